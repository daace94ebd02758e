/** Accounts: decoded as the program stores them, and refused when they are not what was asked for. */

import {
  type Account,
  type Address,
  type Codec,
  type EncodedAccount,
  type GetAccountInfoApi,
  type GetProgramAccountsApi,
  type Rpc,
  getAddressDecoder,
  getBase64Decoder,
  lamports,
} from "@solana/kit";
import { describe, expect, it } from "vitest";

import * as accounts from "../src/accounts";
import { Unreadable, type UnreadableReason } from "../src/accounts";
import { VOTE_RECORD_HEADER_BYTES } from "../src/ballot";
import * as codecs from "../src/generated/accounts";
import { COMMUNITY_BUDGET_PROGRAM_ADDRESS } from "../src/generated/programs";
import { EPOCH_HEADER_BYTES, decodeSlate, encodeSlate } from "../src/slate";
import { type Json, bytes, hex, raw, shown } from "./vectors";

interface Case {
  kind: string;
  address: Address;
  data: string;
  is: Json;
}

type Check = (account: EncodedAccount) => Promise<Account<object>>;
type Read = (rpc: Rpc<GetAccountInfoApi>, address: Address) => Promise<Account<object>>;

const CHECKS: Readonly<Record<string, [Check, Read]>> = {
  Treasury: [accounts.checkTreasury, accounts.readTreasury],
  BudgetEpoch: [accounts.checkEpoch, accounts.readEpoch],
  Proposal: [accounts.checkProposal, accounts.readProposal],
  VoteRecord: [accounts.checkVoteRecord, accounts.readVoteRecord],
  Stake: [accounts.checkStake, accounts.readStake],
  Stream: [accounts.checkStream, accounts.readStream],
  Review: [accounts.checkReview, accounts.readReview],
  RecipientRecord: [accounts.checkRecipientRecord, accounts.readRecipientRecord],
};

const STRANGER = "11111111111111111111111111111111" as Address;
const cases = raw<Case>("accounts");

function encoded({ address, data }: Case): EncodedAccount {
  const own = bytes(data);
  return {
    address,
    data: own,
    executable: false,
    lamports: lamports(1n),
    programAddress: COMMUNITY_BUDGET_PROGRAM_ADDRESS,
    space: BigInt(own.length),
  };
}

function functionsOf(of: Case): [Check, Read] {
  const found = CHECKS[of.kind];
  if (found === undefined) throw new Error(`no check of ${of.kind}`);
  return found;
}

async function refusal(run: () => Promise<unknown>): Promise<UnreadableReason | null> {
  try {
    await run();
    return null;
  } catch (error) {
    if (error instanceof Unreadable) return error.reason;
    throw error;
  }
}

describe("accounts", () => {
  cases.forEach((of, index) => {
    it(`${of.kind} ${index} is decoded`, async () => {
      const [check] = functionsOf(of);
      const { discriminator, ...data } = (await check(encoded(of))).data as Record<string, unknown>;
      expect(shown(data)).toEqual(of.is);
      expect(hex(discriminator as Uint8Array)).toBe(of.data.slice(0, 16));
    });

    it(`${of.kind} ${index} is encoded as it was`, () => {
      const codec = (codecs as unknown as Record<string, () => Codec<object>>)[
        `get${of.kind}Codec`
      ];
      if (codec === undefined) throw new Error(`no codec of ${of.kind}`);
      const data = bytes(of.data);
      const again = codec().encode(codec().decode(data));
      const tail = of.data.slice(again.length * 2);
      expect(hex(again)).toBe(of.data.slice(0, again.length * 2));
      if (of.kind === "BudgetEpoch") {
        expect(again).toHaveLength(EPOCH_HEADER_BYTES);
        expect(hex(encodeSlate(decodeSlate(data)))).toBe(tail);
      }
    });

    it(`${of.kind} ${index} is refused when it is another thing`, async () => {
      const [check] = functionsOf(of);
      const account = encoded(of);
      const changed = (at: number) => {
        const data = bytes(of.data);
        data[at] = (data[at] ?? 0) ^ 1;
        return { ...account, data };
      };
      const longer = { ...account, data: Uint8Array.from([...account.data, 0, 0]) };
      const shorter = { ...account, data: account.data.slice(0, 100) };
      expect(await refusal(() => check({ ...account, programAddress: STRANGER }))).toBe("owner");
      for (let at = 0; at < 8; at += 1) {
        expect(await refusal(() => check(changed(at)))).toBe("discriminator");
      }
      expect(await refusal(() => check({ ...account, data: new Uint8Array() }))).toBe(
        "discriminator",
      );
      expect(await refusal(() => check(changed(8)))).toBe("version");
      expect(await refusal(() => check(shorter))).toBe("length");
      expect(await refusal(() => check({ ...account, address: STRANGER }))).toBe("address");
      if (!["Proposal", "Review", "VoteRecord"].includes(of.kind)) {
        expect(await refusal(() => check(longer))).toBe("length");
      }
    });
  });

  it("of every kind are covered", () => {
    expect(new Set(cases.map(({ kind }) => kind))).toEqual(new Set(Object.keys(CHECKS)));
  });

  it("with more entries than their slate are refused", async () => {
    const of = cases.find(({ kind }) => kind === "BudgetEpoch");
    if (of === undefined) throw new Error("no epoch");
    const data = bytes(of.data);
    data[10] = 17; // entry_count, of 16
    expect(await refusal(() => accounts.checkEpoch({ ...encoded(of), data }))).toBe("length");
  });
});

it("a vote record without choices is refused", async () => {
  const of = cases.find(({ kind }) => kind === "VoteRecord");
  if (of === undefined) throw new Error("no vote record");
  const account = encoded(of);
  const data = account.data.slice(0, VOTE_RECORD_HEADER_BYTES);
  expect(await refusal(() => accounts.checkVoteRecord({ ...account, data }))).toBe("length");
});

// --- a node that answers from the cases -------------------------------------------------------

interface Filter {
  memcmp: { offset: bigint; bytes: string; encoding: "base64" };
}

/** A node with these accounts; it applies filters unless it is told to lie. */
function node(held: Case[], lie: Partial<EncodedAccount> = {}, filters = true) {
  const answered = (of: Case) => {
    const account = { ...encoded(of), ...lie };
    return {
      data: [getBase64Decoder().decode(account.data), "base64"],
      executable: false,
      lamports: 1n,
      owner: account.programAddress,
      space: account.space,
    };
  };
  const matches = (of: Case, { memcmp }: Filter) => {
    const wanted = Buffer.from(memcmp.bytes, "base64").toString("hex");
    return of.data.startsWith(wanted, Number(memcmp.offset) * 2);
  };
  const rpc = {
    getAccountInfo: (address: Address) => ({
      send: () => {
        const of = held.find((other) => other.address === address);
        return Promise.resolve({ context: { slot: 1n }, value: of ? answered(of) : null });
      },
    }),
    getProgramAccounts: (program: Address, config: { filters: Filter[] }) => ({
      send: async ({ abortSignal }: { abortSignal?: AbortSignal }) => {
        abortSignal?.throwIfAborted();
        expect(program).toBe(COMMUNITY_BUDGET_PROGRAM_ADDRESS);
        const found = held.filter(
          (of) => !filters || config.filters.every((filter) => matches(of, filter)),
        );
        return found.map((of) => ({
          pubkey: lie.address ?? of.address,
          account: answered(of),
        }));
      },
    }),
  };
  return rpc as unknown as Rpc<GetAccountInfoApi & GetProgramAccountsApi>;
}

const parentOf = (of: Case) => getAddressDecoder().decode(bytes(of.data.slice(32, 96)));

type List = (
  rpc: Rpc<GetProgramAccountsApi>,
  parent: Address,
  config?: Omit<accounts.ListConfig, "cache">,
) => Promise<Account<object>[]>;

const LISTS: Readonly<Record<string, List>> = {
  BudgetEpoch: accounts.listEpochs,
  Proposal: accounts.listProposals,
  VoteRecord: accounts.listVoteRecords,
  Stake: accounts.listStakes,
  Stream: accounts.listStreams,
  Review: accounts.listReviews,
  RecipientRecord: accounts.listRecipientRecords,
};

describe("reading from a node", () => {
  cases.forEach((of, index) => {
    it(`${of.kind} ${index}`, async () => {
      const [, read] = functionsOf(of);
      expect((await read(node(cases), of.address)).address).toBe(of.address);
      expect(await refusal(() => read(node([]), of.address))).toBe("missing");
      const foreign = node(cases, { programAddress: STRANGER });
      expect(await refusal(() => read(foreign, of.address))).toBe("owner");
    });
  });

  Object.entries(LISTS).forEach(([kind, list]) => {
    it(`all of one parent: ${kind}`, async () => {
      const own = cases.filter((of) => of.kind === kind);
      const [first] = own;
      if (first === undefined) throw new Error(`no ${kind}`);
      const parent = parentOf(first);
      const expected = own.filter((of) => parentOf(of) === parent).map(({ address }) => address);
      const listed = await list(node(cases), parent);
      expect(listed.map(({ address }) => address)).toEqual(expected);
      expect(await list(node(cases), STRANGER)).toEqual([]);
    });

    it(`a node that lies is found out: ${kind}`, async () => {
      const own = cases.filter((of) => of.kind === kind).slice(0, 1);
      const [first] = own;
      if (first === undefined) throw new Error(`no ${kind}`);
      const parent = parentOf(first);
      const ask = (rpc: Rpc<GetProgramAccountsApi>, of = parent, config = {}) =>
        refusal(() => list(rpc, of, config));
      const lying = (lie: Partial<EncodedAccount>) => node(own, lie, false);
      expect(await ask(lying({ programAddress: STRANGER }))).toBe("owner");
      expect(await ask(lying({ data: new Uint8Array(500) }))).toBe("discriminator");
      expect(await ask(lying({ address: STRANGER }))).toBe("address");
      expect(await ask(lying({ address: STRANGER }), parent, { derive: false })).toBeNull();
      expect(await ask(lying({}), STRANGER)).toBe("parent");
    });
  });

  it("all treasuries", async () => {
    const own = cases.filter(({ kind }) => kind === "Treasury");
    const listed = await accounts.listTreasuries(node(cases));
    expect(listed.map(({ address }) => address)).toEqual(own.map(({ address }) => address));
  });

  it("a list that is no longer wanted is given up", async () => {
    const abortSignal = AbortSignal.abort(new Error("no longer wanted"));
    const listed = accounts.listTreasuries(node(cases), { abortSignal });
    await expect(listed).rejects.toThrow("no longer wanted");
  });
});

describe("a list that was read before", () => {
  const own = cases.filter((of) => of.kind === "Stream");
  const [first] = own;
  if (first === undefined) throw new Error("no stream");
  const parent = parentOf(first);
  const held = own.filter((of) => parentOf(of) === parent);

  it("decodes only what changed, and forgets what is gone", async () => {
    const cache: accounts.ListCache<codecs.Stream> = new Map();
    const before = await accounts.listStreams(node(held), parent, { cache });
    const again = await accounts.listStreams(node(held), parent, { cache });
    again.forEach((account, at) => expect(account).toBe(before[at]));

    // `withdrawn`, somewhere behind the addresses.
    const data = `${first.data.slice(0, 400)}${first.data.slice(400, 402) === "00" ? "01" : "00"}${first.data.slice(402)}`;
    const changed = held.map((of) => (of === first ? { ...first, data } : of));
    const after = await accounts.listStreams(node(changed), parent, { cache });
    expect(after.map((account, at) => account === before[at])).toEqual(
      held.map((of) => of !== first),
    );

    expect(await accounts.listStreams(node([]), parent, { cache })).toEqual([]);
    expect(cache.size).toBe(0);
  });

  it("believes no other owner for the same bytes", async () => {
    const cache: accounts.ListCache<codecs.Stream> = new Map();
    await accounts.listStreams(node(held), parent, { cache });
    const foreign = node(held, { programAddress: STRANGER });
    expect(await refusal(() => accounts.listStreams(foreign, parent, { cache }))).toBe("owner");
  });

  it("lets others go first, once in a while", async () => {
    const many = Array.from({ length: 130 }, () => first);
    let breaths = 0;
    const breathe = async () => {
      breaths += 1;
    };
    const list = await accounts.listStreams(node(many), parent, { breathe, derive: false });
    expect([list.length, breaths]).toEqual([130, 16]);
  });
});
