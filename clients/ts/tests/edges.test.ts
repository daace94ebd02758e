/** Edges that no vector lies on exactly. */

import { getBase16Encoder, lamports } from "@solana/kit";
import { describe, expect, it } from "vitest";

import { checkEpoch } from "../src/accounts";
import { getTreasuryDecoder } from "../src/generated/accounts";
import { COMMUNITY_BUDGET_PROGRAM_ADDRESS } from "../src/generated/programs";
import { refill } from "../src/rules/bucket";
import { note } from "../src/rules/weight";
import { votingOpened } from "../src/state/treasury";
import { raw } from "./vectors";

const data = (hex: string) => Uint8Array.from(getBase16Encoder().encode(hex));

describe("edges", () => {
  it("a bucket that is full to the unit forgets its remainder", () => {
    const flow = { capacity: 10n, windowSecs: 7 };
    // 10 units a window for a second and 5 left over: 15 / 7 is 2, which fills it.
    const filled = refill({ level: 8n, remainder: 5n, at: 0n }, flow, 1n);
    expect(filled).toEqual({ level: 10n, remainder: 0n, at: 1n });
  });

  it("the eighth epoch before the newest is past counting", () => {
    const record = { latest: 20, shares: [1, 2, 3, 4, 5, 6, 7, 8] };
    expect(note(record, 12, 9_999)).toEqual(record);
    expect(note(record, 13, 9_999).shares[5]).toBe(9_999);
  });

  it("no voting has opened before the first epoch", () => {
    const [of] = raw<{ treasury: string }>("settleEpoch");
    if (of === undefined) throw new Error("no treasury");
    const treasury = getTreasuryDecoder().decode(data(of.treasury));
    expect(votingOpened(treasury, treasury.votingOpensAt)).toBe(true);
    expect(votingOpened({ ...treasury, epochCount: 0 }, treasury.votingOpensAt)).toBe(false);
  });

  it("a slate may be full, and no fuller", async () => {
    const of = raw<{ kind: string; address: string; data: string }>("accounts").find(
      ({ kind }) => kind === "BudgetEpoch",
    );
    if (of === undefined) throw new Error("no epoch");
    const withEntries = (entries: number) => {
      const bytes = data(of.data);
      bytes[10] = entries; // of 16
      return checkEpoch({
        address: of.address as typeof COMMUNITY_BUDGET_PROGRAM_ADDRESS,
        data: bytes,
        executable: false,
        lamports: lamports(1n),
        programAddress: COMMUNITY_BUDGET_PROGRAM_ADDRESS,
        space: BigInt(bytes.length),
      });
    };
    expect((await withEntries(16)).data.entryCount).toBe(16);
    await expect(withEntries(17)).rejects.toThrow("has another length than its kind");
  });
});
