// @vitest-environment jsdom
import { getAddressDecoder } from "@solana/kit";
import { type BudgetEvent, EntryFlags, Outcome, UNRANKED } from "@community-budget/client";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { digestOf, digestText, during } from "../src/activity/digest";
import { NO_ACCOUNTS, sceneOf } from "../src/activity/facts";
import type { Happened, Line } from "../src/activity/history";
import { lately } from "../src/activity/lately";
import { plain } from "../src/activity/parts";
import { chosen, lastSeen, remember, rowsOf, worded } from "../src/activity/rows";
import * as made from "./made";

const at = (byte: number) => getAddressDecoder().decode(new Uint8Array(32).fill(byte));
const [TREASURY, FIRST, SECOND, ADA, BO, STREAM] = [at(1), at(2), at(3), at(4), at(5), at(6)];
const DAY = 86_400n;

const budget = { symbol: "tUSD", decimals: 0 };
const speech = {
  budget,
  stake: { symbol: "HARB", decimals: 0 },
  nameOf: (address: string) => (address === ADA ? "Ada" : address === BO ? "Bo" : address),
};
const said = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

let seqs = new Map<string, bigint>();
const next = (counter: string) => {
  const seq = (seqs.get(counter) ?? 0n) + 1n;
  seqs.set(counter, seq);
  return seq;
};
beforeEach(() => {
  seqs = new Map();
});

const opened = (epoch: typeof FIRST, index: number): BudgetEvent => ({
  name: "EpochOpened",
  data: {
    seq: next(epoch),
    treasury: TREASURY,
    epoch,
    index,
    cap: 100n,
    rewardPool: 10n,
    freeAtOpen: 1n,
    votingOpensAt: 1n,
    votingClosesAt: 2n,
    votingHardEndAt: 3n,
  },
});
const deposited = (amount: bigint): BudgetEvent => ({
  name: "FundsDeposited",
  data: { seq: next(TREASURY), treasury: TREASURY, depositor: ADA, amount, tracked: 0n },
});
const withdrawn = (amount: bigint): BudgetEvent => ({
  name: "StreamWithdrawn",
  data: {
    seq: next(TREASURY),
    treasury: TREASURY,
    stream: STREAM,
    payoutAccount: at(7),
    amount,
    withdrawn: amount,
    total: 100n,
    tracked: 0n,
    committed: 0n,
  },
});
const rewarded = (epoch: typeof FIRST, reward: bigint): BudgetEvent => ({
  name: "VoteRecordClosed",
  data: { seq: next(epoch), epoch, owner: BO, reward, stakeWeight: 1n, voteRecordCount: 0n },
});
const executed = (epoch: typeof FIRST): BudgetEvent => ({
  name: "AwardExecuted",
  data: {
    seq: next(epoch),
    epoch,
    index: 0,
    stream: STREAM,
    recipient: ADA,
    total: 100n,
    startedAt: 5n,
    executed: 100n,
  },
});
const scored = (scoreBps: number): BudgetEvent => ({
  name: "UpdateScored",
  data: {
    seq: next(TREASURY),
    treasury: TREASURY,
    stream: STREAM,
    checkpoint: 0,
    scoreBps,
    verdictHash: new Uint8Array(32),
    held: false,
    returned: 0n,
    committed: 0n,
  },
});
const settled = (epoch: typeof FIRST): BudgetEvent => ({
  name: "EpochSettled",
  data: {
    seq: next(epoch),
    epoch,
    electorate: 200n,
    passing: 2,
    funded: 1,
    approved: 0,
    allocated: 60n,
    settledAt: 20n,
    committed: 60n,
  },
});

/** Newest first, a day apart; the newest happened at day `last`. */
function history(events: readonly BudgetEvent[], last = 100n): Happened[] {
  return events
    .map((event, place): Happened => {
      const day = last - BigInt(events.length - 1 - place);
      return {
        event,
        marks: null,
        title: null,
        signature: `s${place}` as Happened["signature"],
        slot: day,
        at: day * DAY,
      };
    })
    .reverse();
}
const lines = (happened: readonly Happened[]) =>
  happened.map((one): Line => ({ kind: "event", happened: one }));

describe("a digest", () => {
  const accounts = { ...NO_ACCOUNTS, epochs: [FIRST, SECOND] };

  it("counts what happened between an epoch's opening and the next, and its own afterwards", () => {
    const happened = history([
      deposited(1n),
      opened(FIRST, 0),
      deposited(20n),
      withdrawn(3n),
      opened(SECOND, 1),
      withdrawn(40n),
      rewarded(FIRST, 5n),
    ]);
    const scene = sceneOf(accounts, happened);
    const names = (index: number) =>
      during(happened, index, scene).events.map(({ event }) => event.name);
    expect(names(0)).toEqual([
      "EpochOpened",
      "FundsDeposited",
      "StreamWithdrawn",
      "VoteRecordClosed",
    ]);
    expect(names(1)).toEqual(["EpochOpened", "StreamWithdrawn"]);
    expect(during(happened.slice(0, 5), 0, scene).begins).toBe(false);
    const text = textOf(happened, 0, made.epoch([], { rewardPool: 10n, rewardsPaid: 5n }));
    expect(text).toContain("- In: 20 tUSD paid in, 1 payment\n");
    expect(text).toContain("- Out: 3 tUSD by 1 stream\n- Out: 5 tUSD of rewards\n");
    expect(text).toContain("- 5 tUSD of 10 tUSD for taking part is paid to 1 voter\n");
  });

  function textOf(
    happened: readonly Happened[],
    index: number,
    epoch = made.epoch(),
    complete = true,
  ) {
    const scene = sceneOf(accounts, happened);
    const sources = { index, epoch, projection: null, scene, happened, complete, budget, now: 0n };
    return said(digestText(digestOf(sources), speech, "Open Harbour", null));
  }

  it("says of every entry what became of it and why, in the order of ranks", () => {
    const entry = { flags: EntryFlags.Accepted, rank: UNRANKED, amount: 60n };
    const epoch = made.epoch(
      [
        { ...entry, for: 1n, against: 2n, outcome: Outcome.Failed, reason: 2 },
        { ...entry, for: 9n, outcome: Outcome.Unfunded, reason: 16, rank: 2 },
        { ...entry, for: 10n, outcome: Outcome.Executed, rank: 1 },
        { ...entry, outcome: Outcome.Withdrawn },
        { ...entry, outcome: Outcome.Vetoed, rank: 3 },
        { ...entry, for: 11n, amount: 5n, outcome: Outcome.Funded, rank: 0 },
      ],
      { index: 0, cap: 200n, settledAt: 20n, electorate: 100n, turnout: 50n, ballotCount: 3n },
    );
    const text = textOf(history([opened(FIRST, 0)]), 0, epoch);
    expect(text).toContain(
      "Epoch 0 was decided on Thu 1 Jan 1970, 00:00 UTC by 50 % of all weight: 3 awards were funded with 125 tUSD of a cap of 200 tUSD, 60 tUSD of it not executed.",
    );
    const order = [
      "Funded and approved",
      "1st: entry 5",
      "2nd: entry 2",
      "Passed, but not funded",
      "3rd: entry 1",
      "Did not pass",
      "entry 0",
      "Withdrawn, lapsed",
      "entry 3",
      "Turnout and rewards",
      "3 ballots with 50 %",
    ];
    const places = order.map((words) => text.toLowerCase().indexOf(words.toLowerCase()));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(text).toMatch(/entry 0 of epoch 0, 60 tUSD — 1 % for it, 2 % against/i);
    expect(text).toMatch(/too much for the cap/);
    expect(text).not.toContain("Note:");
  });

  it("falls back on the settlement's event when the account is closed, and says so", () => {
    const happened = history([opened(FIRST, 0), settled(FIRST), executed(FIRST)]);
    const scene = sceneOf(accounts, happened);
    const sources = {
      index: 0,
      epoch: null,
      projection: null,
      scene,
      happened,
      complete: true,
      budget,
      now: 0n,
    };
    const text = said(digestText(digestOf(sources), speech, "Open Harbour", "https://x.example/"));
    expect(text).toContain("Epoch 0 funded 1 award with 60 tUSD on Thu 1 Jan 1970, 00:00 UTC.");
    expect(text).toContain("- 2 entries passed; 1 award funded\n");
    expect(text).toContain("- Entry 0 of epoch 0, 100 tUSD to Ada\n");
    expect(text).toContain("Note: the account of the epoch is closed");
    expect(text.endsWith("\nhttps://x.example/\n")).toBe(true);
    const nothing = digestOf({ ...sources, happened: [] });
    expect(said(plain(nothing.heading, speech))).toBe(
      "Epoch 0 is closed, and this node does not keep what was decided in it",
    );
  });

  it("says when what happened is not read, or not kept", () => {
    const happened = history([deposited(1n)]);
    expect(textOf(happened, 0, made.epoch(), false)).toContain(
      "Note: what happened earlier is not read yet",
    );
    expect(textOf(happened, 0, made.epoch(), true)).toContain("Note: the node does not keep all");
  });

  it("gives the mean of the reviews", () => {
    const text = textOf(history([opened(FIRST, 0), scored(8_200), scored(2_000)]), 0);
    expect(text).toContain(
      "Reviews\n- 2 reviews, 51 % on average\n- The reviewer gave 82 % to checkpoint 1",
    );
  });
});

describe("what is known for the words", () => {
  const key = { executable: false, programAddress: at(9), space: 0n };
  const lamports = 0n as Parameters<typeof sceneOf>[0]["streams"][number]["lamports"];
  const data = made.stream({ epochIndex: 1, entryIndex: 4, recipient: BO, durationSecs: 90 });
  const accounts = {
    ...NO_ACCOUNTS,
    epochs: [FIRST, SECOND],
    streams: [{ ...key, lamports, address: STREAM, data }],
  };

  it("comes from accounts", () => {
    const scene = sceneOf(accounts, []);
    expect([scene.epochIndex(SECOND), scene.epochIndex(ADA)]).toEqual([1, null]);
    expect(scene.placeOf(STREAM)).toEqual({ epoch: 1, entry: 4 });
    expect([scene.recipientOf(STREAM), scene.awardedTo({ epoch: 1, entry: 4 })]).toEqual([BO, BO]);
    expect(scene.durationOf({ epoch: 1, entry: 4 })).toBe(90);
    expect([scene.placeOf(ADA), scene.titleOf({ epoch: 1, entry: 4 })]).toEqual([null, null]);
  });

  it("and from what happened, where accounts are closed", () => {
    const scene = sceneOf(
      { ...NO_ACCOUNTS, epochs: [FIRST] },
      history([opened(SECOND, 1), settled(FIRST), executed(FIRST)]),
    );
    expect([scene.epochIndex(SECOND), scene.electorateOf(0)]).toEqual([1, 200n]);
    expect(scene.placeOf(STREAM)).toEqual({ epoch: 0, entry: 0 });
    expect(scene.recipientOf(STREAM)).toBe(ADA);
  });
});

describe("what happened lately", () => {
  const words = (happened: readonly Happened[], now: bigint) =>
    said(plain(lately(happened, now) ?? [], speech));

  it("is one sentence about a week, rare things first", () => {
    const happened = history([
      opened(FIRST, 0),
      deposited(1n),
      withdrawn(3n),
      withdrawn(4n),
      scored(1),
      executed(FIRST),
    ]);
    expect(words(happened, 101n * DAY)).toBe(
      "Since Mon 6 Apr 1970, 00:00 UTC: 1 epoch opened, 1 award executed, 7 tUSD paid out by streams and 1 review.",
    );
    // The first of them are older than a week by then.
    expect(words(happened, 104n * DAY)).toBe(
      "Since Wed 8 Apr 1970, 00:00 UTC: 1 award executed, 7 tUSD paid out by streams and 1 review.",
    );
  });

  it("says when nothing did", () => {
    expect(words(history([deposited(1n)]), 200n * DAY)).toBe(
      "Nothing happened in the last seven days; the latest was Sat 11 Apr 1970, 00:00 UTC.",
    );
    expect(lately([], 0n)).toBeNull();
  });
});

describe("rows", () => {
  const happened = history([deposited(1n), executed(FIRST), scored(1)]);
  const scene = sceneOf({ ...NO_ACCOUNTS, epochs: [FIRST] }, happened);
  const all = worded(lines(happened), scene, speech);
  const wish = (
    words: string,
    ...kinds: Parameters<typeof chosen>[1]["kinds"] extends ReadonlySet<infer K> ? K[] : never
  ) =>
    chosen(all, { words, kinds: new Set(kinds) }).map(({ line }) =>
      line.kind === "event" ? line.happened.event.name : line.kind,
    );

  it("are found by person, by entry, by key and by kind", () => {
    expect(wish("")).toEqual(["UpdateScored", "AwardExecuted", "FundsDeposited"]);
    expect(wish("", "money")).toEqual(["FundsDeposited"]);
    expect(wish("  ADA ")).toEqual(["UpdateScored", "AwardExecuted", "FundsDeposited"]);
    expect(wish("ada", "streams")).toEqual(["UpdateScored", "AwardExecuted"]);
    expect(wish(ADA.toLowerCase(), "money")).toEqual(["FundsDeposited"]);
    expect(wish("award 0/1")).toEqual([]);
    expect(wish("award 0/0 reviewer")).toEqual(["UpdateScored"]);
    expect(wish("bo")).toEqual([]);
  });

  it("stand under their days, and mark what is new since the last visit", () => {
    const rows = rowsOf(all, 99n, 100n * DAY);
    expect(rows.map((row) => (row.kind === "event" ? row.fresh : row.kind))).toEqual([
      "day",
      true,
      "day",
      false,
      "day",
      false,
    ]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
    expect(rowsOf(all, null, 0n).some((row) => row.kind === "event" && row.fresh)).toBe(false);
  });

  it("say what is missing, by where it is missing; not among what is filtered", () => {
    const gap = (first: bigint, last: bigint): Line => ({
      kind: "gap",
      gap: { counter: TREASURY, first, last },
    });
    const cut: Line = { kind: "cut", signature: "c" as Happened["signature"], at: null };
    const [one, two] = lines(happened);
    if (one === undefined || two === undefined) throw new Error("no events");
    const gappy = worded([gap(9n, 9n), one, gap(3n, 5n), cut, two, gap(1n, 1n)], scene, speech);
    const notes = rowsOf(gappy, null, 0n).flatMap((row) =>
      row.kind === "note" ? [said(row.words)] : [],
    );
    expect(notes).toEqual([
      "1 event newer than these is counted on chain, and this node does not list it.",
      "3 events between these two are missing from what this node keeps.",
      "The node cut this transaction's log: events may be missing here.",
      "1 event before these is missing from what this node keeps.",
    ]);
    expect(
      chosen(gappy, { words: "ada", kinds: new Set() }).every(({ kind }) => kind !== null),
    ).toBe(true);
  });
});

describe("the last visit", () => {
  it("is remembered for each treasury, and survives a browser that stores nothing", () => {
    expect(lastSeen(TREASURY)).toBeNull();
    remember(TREASURY, 12n);
    expect([lastSeen(TREASURY), lastSeen(ADA)]).toEqual([12n, null]);
    localStorage.setItem(`community-budget.activity.${TREASURY}`, "12 and more");
    expect(lastSeen(TREASURY)).toBeNull();
    const refuse = () => {
      throw new DOMException("no", "SecurityError");
    };
    const [get, set] = [
      vi.spyOn(Storage.prototype, "getItem"),
      vi.spyOn(Storage.prototype, "setItem"),
    ];
    get.mockImplementation(refuse);
    set.mockImplementation(refuse);
    expect(lastSeen(TREASURY)).toBeNull();
    expect(() => remember(TREASURY, 1n)).not.toThrow();
    get.mockRestore();
    set.mockRestore();
  });
});
