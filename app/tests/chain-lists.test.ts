/** Lists that are complete, and lists that are not; and what is kept when a node falls silent. */

import type { Address, GetProgramAccountsApi, ReadonlyUint8Array, Rpc } from "@solana/kit";
import {
  COMMUNITY_BUDGET_PROGRAM_ADDRESS,
  type Stream,
  type Treasury,
  epochAddress,
  proposalAddress,
  streamAddress,
  treasuryAddress,
} from "@community-budget/client";
import {
  BUDGET_EPOCH_DISCRIMINATOR,
  RECIPIENT_RECORD_DISCRIMINATOR,
  STAKE_DISCRIMINATOR,
  STREAM_DISCRIMINATOR,
  TREASURY_DISCRIMINATOR,
  getStakeEncoder,
  getStreamEncoder,
  getTreasuryEncoder,
} from "@community-budget/client/src/generated/accounts";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { Heart } from "../src/lib/chain/heart";
import { Line } from "../src/lib/chain/line";
import { Lists } from "../src/lib/chain/lists";
import { Notes } from "../src/lib/chain/notes";
import { Places } from "../src/lib/chain/places";
import { NetworkClock } from "../src/lib/clock";
import type { Config } from "../src/lib/config";
import { key, stake, stream, treasury } from "./made";

const VERSION = 1;

type Listed = readonly [where: Address, data: ReadonlyUint8Array];

const row = ([pubkey, data]: Listed) => ({
  pubkey,
  account: {
    data: [Buffer.from(Uint8Array.from(data)).toString("base64"), "base64"],
    executable: false,
    lamports: 1n,
    owner: COMMUNITY_BUDGET_PROGRAM_ADDRESS,
    space: BigInt(data.length),
  },
});

let own: Address;
const streams: (readonly [Address, Stream])[] = [];

beforeAll(async () => {
  own = await treasuryAddress(key(1), 7);
  for (const [epochIndex, entryIndex] of [
    [1, 0],
    [0, 2],
    [0, 1],
  ] as const) {
    const proposal = await proposalAddress(await epochAddress(own, epochIndex), entryIndex);
    const made = stream({
      ...{ discriminator: STREAM_DISCRIMINATOR, version: VERSION, treasury: own },
      ...{ epochIndex, entryIndex, proposal, total: 10n, withdrawn: 3n },
    });
    streams.push([await streamAddress(proposal), made]);
  }
});

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => vi.useRealTimers());

/** Lists as a node answers them; `streams` and `stakes` may be others at every reading. */
function made(
  books: Partial<Treasury> | null,
  answers: {
    streams?: () => readonly (readonly [Address, Stream])[];
    stakes?: () => readonly Listed[];
  },
) {
  const notes = new Notes();
  const asked = { streams: 0 };
  const kinds = new Map<string, () => readonly Listed[]>([
    [
      kindOf(STREAM_DISCRIMINATOR),
      () => {
        asked.streams += 1;
        return (answers.streams?.() ?? []).map(([where, data]) => [
          where,
          getStreamEncoder().encode(data),
        ]);
      },
    ],
    [kindOf(STAKE_DISCRIMINATOR), () => answers.stakes?.() ?? []],
    [kindOf(BUDGET_EPOCH_DISCRIMINATOR), () => []],
    [kindOf(RECIPIENT_RECORD_DISCRIMINATOR), () => []],
  ]);
  const rpc = {
    getProgramAccounts: (
      _: Address,
      { filters }: { filters: readonly { memcmp: { bytes: string } }[] },
    ) => ({
      send: async () => (kinds.get(filters[0]?.memcmp.bytes ?? "")?.() ?? []).map(row),
    }),
  };
  const lists = new Lists(
    rpc as unknown as Rpc<GetProgramAccountsApi>,
    new Places(own),
    notes,
    { slot: () => 5n, treasury: async () => (books === null ? null : treasury(books)) },
    new AbortController().signal,
  );
  const rules = () => notes.all.get().map(({ rule }) => rule);
  return { lists, rules, asked };
}

const kindOf = (discriminator: ReadonlyUint8Array) =>
  Buffer.from(Uint8Array.from(discriminator)).toString("base64");

/** Lets all that waits for a second look have it. */
async function done<T>(reading: Promise<T>): Promise<T> {
  // What it throws is the test's, which asks for it afterwards.
  reading.catch(() => undefined);
  for (let looks = 0; looks < 20; looks += 1) {
    await vi.advanceTimersByTimeAsync(100);
    await new Promise((next) => setImmediate(next));
  }
  return reading;
}

describe("the list of streams", () => {
  it("is in order and not doubted when it adds up to what is promised", async () => {
    const { lists, rules, asked } = made({ committed: 21n }, { streams: () => streams });
    const { value, slot } = await done(lists.streams());
    expect(value.map(({ data }) => [data.epochIndex, data.entryIndex])).toEqual([
      [0, 1],
      [0, 2],
      [1, 0],
    ]);
    expect([slot, asked.streams, rules()]).toEqual([5n, 1, []]);
    vi.useRealTimers();
    expect(await lists.misplaced(value)).toBeNull();
    expect(rules()).toEqual([]);
  });

  it("is doubted when one is hidden, after a third look", async () => {
    const { lists, rules, asked } = made({ committed: 21n }, { streams: () => streams.slice(1) });
    const { value } = await done(lists.streams());
    expect([value.length, asked.streams, rules()]).toEqual([2, 3, ["streams.sum"]]);
  });

  it("is not doubted for one that was executed while it was read", async () => {
    let looks = 0;
    const late = () => ((looks += 1) === 1 ? streams.slice(1) : streams);
    const { lists, rules } = made({ committed: 21n }, { streams: late });
    expect((await done(lists.streams())).value.length).toBe(3);
    expect(rules()).toEqual([]);
  });

  it("is compared with nothing while the treasury is not known", async () => {
    const { lists, rules } = made(null, { streams: () => streams.slice(1) });
    expect((await done(lists.streams())).value.length).toBe(2);
    expect(rules()).toEqual([]);
  });

  it("is refused with a stream that paid more than was awarded", async () => {
    const [first, ...rest] = streams;
    if (first === undefined) throw new Error("there is no stream");
    const overdrawn = [first[0], { ...first[1], withdrawn: 11n }] as const;
    const { lists, rules } = made({ committed: 21n }, { streams: () => [overdrawn, ...rest] });
    await expect(done(lists.streams())).rejects.toThrow("More came out of it");
    expect(rules()).toEqual(["stream.total"]);
  });

  it("is refused with a stream of another treasury", async () => {
    const foreign = streams.map(([where, data]) => [where, { ...data, treasury: key(3) }] as const);
    const { lists } = made({ committed: 21n }, { streams: () => foreign });
    await expect(done(lists.streams())).rejects.toThrow("belongs elsewhere");
  });

  it("is taken back with a stream where none can be, or of another's proposal", async () => {
    vi.useRealTimers();
    const moved = streams.map(([, data], at) => [key(at + 2), data] as const);
    const swapped = streams.map(
      ([where, data], at) =>
        [where, { ...data, proposal: streams[(at + 1) % 3]?.[1].proposal ?? key(1) }] as const,
    );
    for (const wrong of [moved, swapped]) {
      const { lists, rules } = made({ committed: 21n }, { streams: () => wrong });
      const { value } = await lists.streams();
      expect(await lists.misplaced(value)).toContain("where none can be");
      expect(rules()).toEqual(["stream.address"]);
    }
  });
});

describe("the list of stakes", () => {
  const stakes = (): Listed[] =>
    [4n, 5n].map((amount, at) => {
      const fields = { version: VERSION, treasury: own, owner: key(at + 1), amount };
      const data = stake({ discriminator: STAKE_DISCRIMINATOR, ...fields, cooling: 1n });
      return [key(at + 5), getStakeEncoder().encode(data)];
    });

  it("adds up to what is staked, or is doubted", async () => {
    const whole = made({ staked: 11n }, { stakes });
    expect((await done(whole.lists.stakes())).value.length).toBe(2);
    expect(whole.rules()).toEqual([]);
    const hidden = made({ staked: 11n }, { stakes: () => stakes().slice(1) });
    await done(hidden.lists.stakes());
    expect(hidden.rules()).toEqual(["stakes.sum"]);
  });
});

describe("a node that falls silent", () => {
  function heart() {
    const answer = { silent: false, asked: 0 };
    const notes = new Notes();
    const line = new Line(notes);
    const token = { mint: key(2), name: "T", symbol: "T", decimals: 0, tokenProgram: key(6) };
    const config = {
      ...{ treasury: own, budget: token, stake: token, cluster: "localnet" },
      ...{ websocket: "ws://127.0.0.1:1", names: new Map() },
    } as unknown as Config;
    const data = getTreasuryEncoder().encode(
      treasury({
        ...{ discriminator: TREASURY_DISCRIMINATOR, version: VERSION, founder: key(1), id: 7n },
        ...{ budgetMint: key(2), stakeMint: key(2) },
      }),
    );
    const rpc = {
      getMultipleAccounts: (wanted: readonly Address[]) => ({
        send: async () => {
          answer.asked += 1;
          if (answer.silent) throw new Error("timeout");
          const found = row([own, data]).account;
          const value = wanted.map((where) => (where === own ? found : null));
          return { context: { slot: 9n }, value };
        },
      }),
    } as never;
    const clock = new NetworkClock();
    const parts = { config, rpc, second: null, clock, places: new Places(own), notes, line };
    return { answer, line, notes, heart: new Heart({ ...parts, opened: () => undefined }) };
  }

  it("leaves what is known, and is named after a quarter of a minute", async () => {
    const { answer, line, heart: own } = heart();
    await own.poll();
    own.stop();
    expect(own.treasury.get().kind).toBe("ready");
    answer.silent = true;
    vi.advanceTimersByTime(14_000);
    await own.poll();
    expect([own.treasury.get().kind, line.link.get().trouble]).toEqual(["ready", null]);
    vi.advanceTimersByTime(2_000);
    await own.poll();
    expect(own.treasury.get().kind).toBe("ready");
    expect(line.link.get().trouble).toBe("The node does not answer: Timeout.");
    answer.silent = false;
    await own.poll();
    expect(line.link.get().trouble).toBeNull();
  });

  it("is said at once where nothing is known", async () => {
    const { answer, line, heart: own } = heart();
    answer.silent = true;
    await own.poll();
    expect(own.treasury.get()).toMatchObject({ kind: "failed" });
    expect(line.link.get().trouble).toBe("The node does not answer: Timeout.");
  });

  it("is asked once by all who ask at the same time", async () => {
    const { answer, heart: own } = heart();
    await Promise.all([own.poll(), own.poll(), own.poll()]);
    own.stop();
    expect(answer.asked).toBe(1);
  });
});
