/** From instructions to a landed transaction: what is refused is never sent, and what is claimed is proved. */

import {
  AccountRole,
  type Instruction,
  type KeyPairSigner,
  generateKeyPairSigner,
  getBase64Encoder,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
  getTransactionEncoder,
  partiallySignTransaction,
} from "@solana/kit";
import { COMMUNITY_BUDGET_PROGRAM_ADDRESS } from "@community-budget/client";
import { beforeAll, describe, expect, it, vi } from "vitest";

import { errors } from "../../idl/community_budget.json";
import type { Chain } from "../src/lib/chain";
import { Refused } from "../src/lib/errors";
import { type Sign, prepare, send } from "../src/lib/transact";
import { key } from "./made";

let owner: KeyPairSigner;
beforeAll(async () => {
  owner = await generateKeyPairSigner();
});

const BLOCKHASH = key(5);

/** A node that answers what a test tells it to. */
function node(answers: Readonly<Record<string, unknown>> = {}) {
  const calls: { readonly method: string; readonly params: readonly unknown[] }[] = [];
  const standard: Readonly<Record<string, unknown>> = {
    getLatestBlockhash: { value: { blockhash: BLOCKHASH, lastValidBlockHeight: 100n } },
    getBalance: { value: 1_000_000n },
    simulateTransaction: {
      value: { err: null, logs: [], unitsConsumed: 5_000n, accounts: [{ lamports: 900_000n }] },
    },
    sendTransaction: "signature",
    getSignatureStatuses: { value: [{ err: null, confirmationStatus: "confirmed" }] },
    getBlockHeight: 50n,
    getTransaction: { slot: 7n, meta: { err: null, logMessages: [] } },
  };
  const rpc = new Proxy(
    {},
    {
      get:
        (_, method: string) =>
        (...params: unknown[]) => ({
          send: async () => {
            calls.push({ method, params });
            const answer = Object.hasOwn(answers, method) ? answers[method] : standard[method];
            if (answer instanceof Error) throw answer;
            return answer;
          },
        }),
    },
  );
  const changed = vi.fn(async () => {});
  // Only what these two functions use of it.
  const chain = { rpc, changed } as unknown as Chain;
  return {
    chain,
    calls,
    changed,
    of: (method: string) => calls.filter((call) => call.method === method),
  };
}

const deed = (): Instruction => ({
  programAddress: COMMUNITY_BUDGET_PROGRAM_ADDRESS,
  accounts: [
    { address: owner.address, role: AccountRole.READONLY_SIGNER },
    { address: key(3), role: AccountRole.WRITABLE },
    { address: key(4), role: AccountRole.READONLY },
  ],
  data: Uint8Array.of(1, 2, 3),
});

const sign: Sign = async (wire) => {
  const signed = await partiallySignTransaction(
    [owner.keyPair],
    getTransactionDecoder().decode(wire),
  );
  return getTransactionEncoder().encode(signed);
};

async function refusal(deedDone: Promise<unknown>): Promise<string> {
  const error = await deedDone.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Refused);
  return error instanceof Refused ? error.refusal.name : "";
}

describe("preparing", () => {
  it("simulates what will be signed, and limits it to a tenth more than it used", async () => {
    const { chain, of } = node();
    const prepared = await prepare(chain, owner.address, [deed()]);
    expect(prepared).toMatchObject({ units: 5_000, limit: 5_500, fee: 5_000n, lamports: 100_000n });
    const simulated = of("simulateTransaction");
    expect(simulated).toHaveLength(2);
    expect(simulated[1]?.params[0]).toBe(prepared.base64);
    expect(Array.from(getBase64Encoder().encode(prepared.base64))).toEqual(
      Array.from(prepared.wire),
    );
    expect(prepared.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  it("names every account, once, with what is done to it", async () => {
    const { touched } = await prepare(node().chain, owner.address, [deed(), deed()]);
    expect(touched).toEqual([
      { address: owner.address, writable: true, signer: true },
      { address: key(3), writable: true, signer: false },
      { address: key(4), writable: false, signer: false },
    ]);
  });

  it("holds the instruction and its limit, and nothing else", async () => {
    const { wire } = await prepare(node().chain, owner.address, [deed()]);
    const { messageBytes } = getTransactionDecoder().decode(wire);
    const message = getCompiledTransactionMessageDecoder().decode(messageBytes);
    if (message.version !== 0) throw new Error("another version");
    const called = message.instructions.map(
      ({ programAddressIndex }) => message.staticAccounts[programAddressIndex],
    );
    expect(called).toEqual([
      "ComputeBudget111111111111111111111111111111",
      COMMUNITY_BUDGET_PROGRAM_ADDRESS,
    ]);
  });

  it("makes no instruction of another program", async () => {
    const { chain, calls } = node();
    const foreign = { ...deed(), programAddress: key(9) };
    await expect(prepare(chain, owner.address, [foreign])).rejects.toThrow(/makes no instruction/);
    expect(calls).toEqual([]);
  });

  it("says by name what the program refuses", async () => {
    const slate = errors.find(({ name }) => name === "SlateChanged");
    const err = { InstructionError: [1, { Custom: slate?.code }] };
    const { chain } = node({ simulateTransaction: { value: { err, logs: [] } } });
    expect(await refusal(prepare(chain, owner.address, [deed()]))).toBe("SlateChanged");
  });
});

describe("sending", () => {
  const prepared = () => prepare(node().chain, owner.address, [deed()]);

  it("sends what was shown, waits for it, and reads everything again", async () => {
    const { chain, of, changed } = node();
    const steps: string[] = [];
    const shown = await prepared();
    const landed = await send(chain, shown, sign, (step) => steps.push(step));
    expect(steps).toEqual(["signing", "sending", "confirming"]);
    expect(landed.slot).toBe(7n);
    expect(of("sendTransaction")).toHaveLength(1);
    expect(changed).toHaveBeenCalledTimes(1);
    const wire = getBase64Encoder().encode(String(of("sendTransaction")[0]?.params[0]));
    const sent = getTransactionDecoder().decode(wire);
    const before = getTransactionDecoder().decode(shown.wire);
    expect(Array.from(sent.messageBytes)).toEqual(Array.from(before.messageBytes));
  });

  it("sends nothing that a wallet altered, by so much as a bit", async () => {
    const { chain, of } = node();
    const flip: Sign = (wire) => {
      // The message ends the bytes, and the instruction's data the message.
      const other = Uint8Array.from(wire);
      const last = other.length - 2;
      other[last] = (other[last] ?? 0) ^ 1;
      return sign(other);
    };
    expect(await refusal(send(chain, await prepared(), flip))).toBe("MessageAltered");
    expect(of("sendTransaction")).toEqual([]);
  });

  it("sends nothing that was not signed", async () => {
    const { chain, of } = node();
    expect(await refusal(send(chain, await prepared(), async (wire) => wire))).toBe("NotSigned");
    const no: Sign = async () => {
      throw new Error("User rejected the request");
    };
    await expect(send(chain, await prepared(), no)).rejects.toThrow(/rejected/);
    expect(of("sendTransaction")).toEqual([]);
  });

  const failing = async (answers: Readonly<Record<string, unknown>>) => {
    const { chain } = node(answers);
    return refusal(send(chain, await prepared(), sign));
  };

  it("reports a failure that landed, whatever the simulation said", async () => {
    const code = errors.find(({ name }) => name === "NotInVoting")?.code;
    const err = { InstructionError: [1, { Custom: code }] };
    expect(
      await failing({
        getSignatureStatuses: { value: [{ err, confirmationStatus: "confirmed" }] },
      }),
    ).toBe("NotInVoting");
    expect(await failing({ getTransaction: { slot: 7n, meta: { err, logMessages: [] } } })).toBe(
      "NotInVoting",
    );
  });

  it("does not believe a confirmation without the transaction", async () => {
    expect(await failing({ getTransaction: null })).toBe("NotShown");
  });

  it("says when a transaction came too late", async () => {
    expect(await failing({ getSignatureStatuses: { value: [null] }, getBlockHeight: 101n })).toBe(
      "Expired",
    );
  });

  it("says by name what the node refuses to take", async () => {
    const code = errors.find(({ name }) => name === "BallotUnchanged")?.code;
    const cause = Object.assign(new Error("instruction"), { context: { code, index: 1 } });
    const error = Object.assign(new Error("preflight", { cause }), { context: { logs: [] } });
    expect(await failing({ sendTransaction: error })).toBe("BallotUnchanged");
  });
});
