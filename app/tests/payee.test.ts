/** To which account a stream is paid. */

import type { Address } from "@solana/kit";
import { describe, expect, it } from "vitest";

import {
  type TokenAccount,
  obstacle,
  routeOf,
  tokenAccountOf,
} from "../src/components/streams/payee";
import { key } from "./made";

describe("a payment", () => {
  const [own, chosen, mint, us, them] = [key(3), key(4), key(7), key(9), key(5)];
  const ground = { treasury: us, mint };
  const account = (part: Partial<TokenAccount> = {}): TokenAccount => ({
    owner: them,
    mint,
    amount: 0n,
    frozen: false,
    wantsMemo: false,
    ...part,
  });
  const to = (payoutAccount: Address, atPayout: TokenAccount | null, atOwn: TokenAccount | null) =>
    routeOf(ground, { recipient: them, payoutAccount }, own, atPayout, atOwn);

  it("goes to the payout account, whoever owns it", () => {
    const route = { kind: "to", blocked: null, opens: false };
    expect(to(own, account(), account())).toEqual({ ...route, to: own });
    expect(to(chosen, account({ owner: key(1) }), null)).toEqual({ ...route, to: chosen });
  });

  it("opens the recipient's own account where it is missing", () => {
    expect(to(own, null, null)).toEqual({ kind: "to", to: own, blocked: null, opens: true });
    expect(to(chosen, null, null)).toEqual({ kind: "to", to: own, blocked: chosen, opens: true });
  });

  it("goes around a payout account that cannot be paid", () => {
    for (const broken of [{ frozen: true }, { wantsMemo: true }, { mint: key(1) }, { owner: us }]) {
      const route = to(chosen, account(broken), account());
      expect(route).toEqual({ kind: "to", to: own, blocked: chosen, opens: false });
    }
  });

  it("is impossible where the recipient's own account cannot be paid", () => {
    const none = { kind: "none", account: own };
    expect(to(own, account({ frozen: true }), account({ frozen: true }))).toMatchObject(none);
    expect(to(chosen, null, account({ owner: key(1) }))).toMatchObject(none);
    expect(obstacle(null, mint, () => true)).toBe("does not exist");
  });

  it("reads token accounts of the token's own program only", () => {
    const program = key(8);
    const data = new Uint8Array(165 + 1 + 4 + 1 + 4 + 1);
    data[108] = 1;
    data[64] = 7;
    const read = (bytesOf: Uint8Array, owner = program) =>
      tokenAccountOf(
        {
          address: own,
          data: bytesOf,
          programAddress: owner,
          executable: false,
          lamports: 0n as never,
          space: 0n,
        },
        [program],
      );
    expect(read(data)).toMatchObject({ amount: 7n, frozen: false, wantsMemo: false });
    expect(read(data, key(1))).toBeNull();
    expect(read(data.slice(0, 164))).toBeNull();
    const frozen = data.slice();
    frozen[108] = 2;
    expect(read(frozen)).toMatchObject({ frozen: true });
    const closed = data.slice();
    closed[108] = 0;
    expect(read(closed)).toBeNull();
    // An extension of one byte, of another type, then the one that asks for memos.
    const memo = data.slice();
    memo.set([7, 0, 1, 0, 1, 8, 0, 1, 0, 1], 166);
    expect(read(memo)).toMatchObject({ wantsMemo: true });
    memo[175] = 0;
    expect(read(memo)).toMatchObject({ wantsMemo: false });
  });
});
