/** Where an award's money is, what its checkpoints wait for, what deeds would do, and what all of it is called. */

import { readFileSync } from "node:fs";

import type { Address } from "@solana/kit";
import { rules, state, type Stream } from "@community-budget/client";
import {
  getStreamDecoder,
  getTreasuryDecoder,
} from "@community-budget/client/src/generated/accounts";
import { describe, expect, it } from "vitest";

import { type Speech, plain } from "../src/activity/parts";
import { pausingOf } from "../src/components/streams/PauseForm";
import { scoreOf } from "../src/components/streams/score";
import { barInWords, headline, nextOf, resultOf } from "../src/components/streams/words";
import * as format from "../src/lib/format";
import {
  type Flow,
  STATES,
  clockAmount,
  effectOf,
  flowAt,
  gateAmount,
  gatesOf,
  lapseOf,
  lengthsOf,
  partAmount,
  payouts,
  releasedOf,
  stoodSecs,
} from "../src/lib/streams";
import { epoch, key, treasury } from "./made";
import { DAY, at, docs, ended, finished, held, updated } from "./streams.samples";

const sum = ({ money }: Flow) =>
  money.withdrawn + money.claimable + money.scheduled + money.held + money.returned;

interface Vectors {
  readonly streams: readonly {
    readonly data: string;
    readonly looks: readonly { readonly now: string; readonly claimable: unknown }[];
  }[];
  readonly claims: readonly {
    readonly treasury: string;
    readonly stream: string;
    readonly claims: readonly { readonly now: string; readonly pays: string }[];
  }[];
}
const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../../clients/vectors.json", import.meta.url), "utf8"),
);
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
const decoded = (hex: string) => getStreamDecoder().decode(bytes(hex));

describe("money", () => {
  it("is what the program counts, and never more or less than the award", () => {
    let looked = 0;
    for (const { data, looks } of vectors.streams) {
      for (const { now, claimable } of looks) {
        if (typeof claimable !== "string") continue;
        const flow = flowAt(decoded(data), BigInt(now));
        expect(flow.money.claimable).toBe(BigInt(claimable));
        expect(sum(flow)).toBe(flow.stream.total);
        looked += 1;
      }
    }
    expect(looked).toBeGreaterThan(80);
  });

  it("is somewhere at any time", () => {
    const paid = docs({ withdrawn: 600n });
    const scaled = docs({
      passed: 1,
      partReduction: 250n,
      returned: 250n,
      previousPassedAt: 13n * DAY,
    });
    const paused = docs({ pauseFrom: at(3), pauseUntil: at(9), pauseUsedSecs: 1 });
    let seed = 20_261_203;
    const random = () => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32;
    for (const one of [docs(), updated(), held(), ended(), finished(), paid, scaled, paused]) {
      for (let turn = 0; turn < 200; turn += 1) {
        const flow = flowAt(one, at(random() * 60 - 2));
        expect(sum(flow)).toBe(4_000n);
        const lengths = lengthsOf(flow);
        expect(lengths.reduce((all, { amount }) => all + amount, 0n)).toBe(4_000n);
        lengths.forEach(({ from }, index) => {
          const before = lengths.slice(0, index).reduce((all, { amount }) => all + amount, 0n);
          expect(from).toBe(before);
        });
      }
    }
  });

  it("is scheduled while it runs and held while it is stopped", () => {
    const none = { withdrawn: 0n, claimable: 0n, scheduled: 0n, held: 0n, returned: 0n };
    const money = (one: Stream, day: number) => flowAt(one, at(day)).money;
    expect(money(docs(), 5)).toEqual({ ...none, claimable: 500n, scheduled: 3_500n });
    expect(money(docs(), 20)).toEqual({ ...none, claimable: 1_000n, held: 3_000n });
    expect(money(held(), 20)).toEqual({ ...none, claimable: 1_000n, held: 3_000n });
    expect(money(ended(), 20)).toEqual({ ...none, claimable: 1_000n, returned: 3_000n });
  });

  it("that was just paid is not owed back when the page's time is a moment behind", () => {
    const flow = flowAt(docs({ withdrawn: 501n }), at(5));
    expect(flow.money.claimable).toBe(0n);
    expect(sum(flow)).toBe(4_000n);
  });
});

describe("checkpoints", () => {
  const kinds = (one: Stream, day: number) => gatesOf(flowAt(one, at(day))).map(({ kind }) => kind);
  const first = (one: Stream, day: number) => gatesOf(flowAt(one, at(day)))[0];

  it("go from ahead over open to passed or held", () => {
    expect(first(docs(), 1)).toEqual({ kind: "ahead", opensAt: at(10), closesAt: at(17) });
    expect(kinds(docs(), 9.999)).toEqual(["ahead", "ahead", "ahead"]);
    expect(first(docs(), 10)).toEqual({ kind: "awaitsUpdate", opensAt: at(10), until: at(17) });
    expect(first(docs(), 17)).toEqual({ kind: "overdue", since: at(17) });
    expect(kinds(docs(), 17)).toEqual(["overdue", "behind", "behind"]);
    expect(first(updated(), 13)).toEqual({ kind: "awaitsVerdict", until: at(19) });
    expect(first(held(), 20)).toEqual({ kind: "held", since: at(17) });
    expect(kinds(ended(), 20)).toEqual(["never", "never", "never"]);
    expect(kinds(finished(), 20)).toEqual(["never", "never", "never"]);
  });

  it("pass by the reviewer's silence without a transaction", () => {
    const flow = flowAt(updated(), at(19));
    expect(flow.stream.passed).toBe(1);
    expect(gatesOf(flow).slice(0, 2)).toEqual([
      { kind: "passed" },
      { kind: "ahead", opensAt: at(20), closesAt: at(27) },
    ]);
  });

  it("open no earlier than the one before them passed", () => {
    const late = docs({ passed: 1, previousPassedAt: 22n * DAY });
    expect(gatesOf(flowAt(late, at(22)))[1]).toEqual({
      kind: "awaitsUpdate",
      opensAt: at(22),
      until: at(29),
    });
  });

  it("move with a pause, as the end does", () => {
    const paused = docs({ pauseFrom: at(1), pauseUntil: at(4) });
    const flow = flowAt(paused, at(1));
    expect(flow.state).toBe("paused");
    expect(first(paused, 1)).toEqual({ kind: "ahead", opensAt: at(13), closesAt: at(20) });
    expect(flowAt(paused, at(4)).state).toBe("running");
    expect(stoodSecs(paused, at(2))).toBe(DAY);
    expect(stoodSecs(paused, at(9))).toBe(3n * DAY);
  });

  it("cut parts that sum to what it pays", () => {
    const scaled = docs({ passed: 1, partReduction: 250n, returned: 250n });
    expect([0, 1, 2, 3].map((part) => partAmount(scaled, part))).toEqual([
      1_000n,
      750n,
      1_000n,
      1_000n,
    ]);
  });
});

describe("states", () => {
  it("are told apart", () => {
    const cases: readonly (readonly [Stream, number, string])[] = [
      [docs(), 5, "running"],
      [docs({ cliffSecs: 86_400 * 8 }), 5, "before its cliff"],
      [docs(), 11, "waits for an update"],
      [updated(), 13, "waits for a score"],
      [docs(), 17, "update overdue"],
      [held(), 20, "held"],
      [docs({ pauseFrom: at(1), pauseUntil: at(4) }), 2, "paused"],
      [docs({ checkpoints: 0 }), 40, "run out"],
      [ended(), 21, "ended"],
      [finished(), 21, "finished"],
    ];
    for (const [one, day, words] of cases) expect(STATES[flowAt(one, at(day)).state]).toBe(words);
    expect(new Set(cases.map(([, , words]) => words)).size).toBe(Object.keys(STATES).length);
  });
});

describe("deeds", () => {
  it("pay what the program pays", () => {
    let paid = 0;
    for (const { treasury: books, stream: data, claims } of vectors.claims) {
      for (const { now, pays } of claims) {
        const moment = BigInt(now);
        const known = getTreasuryDecoder().decode(bytes(books));
        expect(payouts(known, [flowAt(decoded(data), moment)], moment)).toEqual([BigInt(pays)]);
        paid += 1;
      }
    }
    expect(paid).toBeGreaterThan(10);
  });

  it("of the guardian pause what runs, for what is left, and with a week between", () => {
    const day = 86_400;
    const asked = (of: Stream, days: number, limitSecs = 7 * day) =>
      pausingOf(flowAt(of, at(days)), limitSecs);
    expect(asked(docs(), 5)).toEqual({ kind: "open", leftSecs: 7 * day });
    expect(asked(docs({ pauseUsedSecs: 6 * day }), 5)).toEqual({ kind: "open", leftSecs: day });
    expect(asked(docs({ pauseUsedSecs: 7 * day }), 5)).toEqual({ kind: "used" });
    expect(asked(docs(), 5, 0)).toEqual({ kind: "used" });
    // What waits for its update runs on; once that is late it may be stopped, but not twice.
    expect(asked(docs(), 12).kind).toBe("open");
    expect(asked(docs(), 18).kind).toBe("open");
    const once = { pauseFrom: at(1), pauseUntil: at(2), pauseUsedSecs: day };
    expect(asked(docs(once), 8.99)).toEqual({ kind: "rests", at: at(9) });
    expect(asked(docs(once), 9)).toEqual({ kind: "open", leftSecs: 6 * day });
    expect(asked(docs(once), 19)).toEqual({ kind: "stopped" });
    expect(asked(held(), 20)).toEqual({ kind: "stopped" });
    expect(asked(ended(), 21)).toEqual({ kind: "stopped" });
  });

  it("of several streams share the outflow limit", () => {
    const books = treasury();
    const policy = {
      ...books.inForce,
      breaker: {
        ...books.inForce.breaker,
        outflowWindowSecs: 604_800,
        maxPayoutDelaySecs: 259_200,
      },
    };
    const now = at(1);
    const limited = {
      ...books,
      inForce: policy,
      bucketCapacity: 150n,
      bucketLevel: 150n,
      bucketAt: now,
    };
    const flows = [docs(), docs(), docs()].map((one) => flowAt(one, now));
    expect(flows.map(({ money }) => money.claimable)).toEqual([100n, 100n, 100n]);
    expect(payouts(limited, flows, now)).toEqual([100n, 50n, 0n]);
    // What is three days old is paid whatever the limit.
    const later = at(5);
    const empty = { ...limited, bucketCapacity: 0n, bucketLevel: 0n };
    expect(payouts(empty, [flowAt(docs(), later)], later)).toEqual([200n]);
  });

  it("of a reviewer pass, scale or hold", () => {
    const flow = flowAt(updated(), at(13));
    expect(effectOf(flow, 6_000)).toEqual({
      verdict: "Passes",
      returned: 0n,
      released: 300n,
      before: 3_000n,
      after: 2_700n,
    });
    expect(effectOf(flow, 4_500)).toEqual({
      verdict: "Scales",
      returned: 250n,
      released: 225n,
      before: 3_000n,
      after: 2_525n,
    });
    expect(effectOf(flow, 2_999)).toEqual({
      verdict: "Holds",
      returned: 0n,
      released: 0n,
      before: 3_000n,
      after: 3_000n,
    });
    expect(effectOf(flowAt(docs(), at(13)), 6_000)).toBeNull();
    expect(effectOf(flowAt(updated(), at(19)), 6_000)).toBeNull();
  });

  it("take scores from 0 to 100 % only", () => {
    expect(["0", "45", "45.5", "45,25 %", "100", "100.00"].map(scoreOf)).toEqual([
      0, 4_500, 4_550, 4_525, 10_000, 10_000,
    ]);
    for (const text of ["", "100.01", "101", "-1", "1e2", "4.555", "abc", "٤٥"]) {
      expect(scoreOf(text)).toBeNull();
    }
  });
});

describe("a hold", () => {
  const policy = epoch().policy;
  const rulable = (openedAt: bigint, settledAt: bigint, index = 4) =>
    epoch([], {
      index,
      openedAt,
      settledAt,
      policy: { ...policy, schedule: { ...policy.schedule, executionGraceSecs: 14 * 86_400 } },
    });
  const now = at(60);
  const latest = { at: at(17) + 180n * DAY, epoch: null };

  it("lapses after the first epoch that could have ruled", () => {
    const of = (...heads: ReturnType<typeof rulable>[]) => lapseOf(held(), treasury(), heads, now);
    expect(of()).toEqual(latest);
    expect(of(rulable(at(17), now))).toEqual(latest);
    expect(of(rulable(at(17) + 1n, 0n))).toEqual(latest);
    const first = rulable(at(17) + 1n, at(50));
    const expected = { at: at(50) + 44n * DAY, epoch: 4 };
    expect(of(rulable(at(48), at(80), 5), first)).toEqual(expected);
    expect(lapseOf(docs(), treasury(), [first], now)).toBeNull();
  });
});

describe("the bar", () => {
  it("has its checkpoints where the parts before them end", () => {
    expect([0, 1, 2].map((gate) => gateAmount(docs(), gate))).toEqual([1_000n, 2_000n, 3_000n]);
    const scaled = docs({ passed: 1, partReduction: 250n, returned: 250n });
    expect([0, 1, 2].map((gate) => gateAmount(scaled, gate))).toEqual([1_000n, 1_750n, 2_750n]);
    const twice = docs({ passed: 3, reducedBefore: 500n, partReduction: 100n, returned: 600n });
    expect([0, 1, 2].map((gate) => gateAmount(twice, gate))).toEqual([1_000n, 1_750n, 2_500n]);
  });

  it("shows the present part's end where releases stop, in every case that the program decided", () => {
    for (const { data } of vectors.streams) {
      const one = decoded(data);
      if (one.passed >= one.checkpoints || one.endedAt !== 0n) continue;
      const own = state.stream.plan(one);
      const ends = BigInt(rules.stream.partStartSecs(own, one.passed + 1));
      const out = rules.stream.released(
        { ...own, cliffSecs: 0 },
        { ...state.stream.gate(one), floor: 0n },
        ends,
      );
      expect(gateAmount(one, one.passed)).toBe(out);
    }
  });

  it("has its clock at what is released, and beyond it while a review is waited for", () => {
    const running = flowAt(docs(), at(5));
    expect(clockAmount(running)).toBe(releasedOf(running));
    expect(clockAmount(flowAt(updated(), at(13)))).toBe(1_300n);
    expect(clockAmount(flowAt(docs({ cliffSecs: 86_400 * 8 }), at(5)))).toBe(500n);
    for (const one of [held(), ended(), finished()]) {
      expect(clockAmount(flowAt(one, at(21)))).toBeNull();
    }
  });

  it("is said in a sentence", () => {
    const unit = { symbol: "tUSD", decimals: 0 };
    expect(
      barInWords(flowAt(docs({ withdrawn: 400n }), at(20)), unit).replaceAll("\u00a0", " "),
    ).toBe(
      "Of 4,000 tUSD: 400 tUSD withdrawn, 600 tUSD claimable, 3,000 tUSD held; update overdue; checkpoints: 1 update did not come, 2 behind the hold, 3 behind the hold.",
    );
  });
});

describe("sentences", () => {
  const speech: Speech = {
    budget: { symbol: "tUSD", decimals: 0 },
    stake: { symbol: "HARB", decimals: 0 },
    nameOf: (address) => (address === key(5) ? "Ada" : "Rev"),
  };
  const said = (parts: Parameters<typeof plain>[0]) =>
    plain(parts, speech).replaceAll("\u00a0", " ");
  const lead = (one: Stream, day: number) => said(headline(flowAt(one, at(day))));
  const next = (one: Stream, day: number, reviewer: Address | null = key(8)) =>
    nextOf(flowAt(one, at(day)), { reviewer, lapse: null })
      .map(said)
      .join(" ");

  it("say what is the case of every state", () => {
    const day = (moment: bigint) => format.day(moment, at(5));
    expect(lead(docs(), 5)).toBe(
      `Runs: 500 tUSD of 4,000 tUSD released, 500 tUSD can be claimed now; next review due between ${day(at(10))} and ${day(at(17))}.`,
    );
    expect(lead(docs({ withdrawn: 1_000n }), 11)).toMatch(
      /^Runs, and waits at a review: 1,000 tUSD of 4,000 tUSD released, nothing can be claimed now; the update is due before .+ \(in 6 d\)\.$/,
    );
    expect(lead(updated(), 13)).toMatch(
      /the score is due before .+ \(in 6 d\), and silence passes it\.$/,
    );
    expect(lead(docs(), 18)).toMatch(
      /^Stopped: .+ the update did not come before .+, and 3,000 tUSD wait for a vote\.$/,
    );
    expect(lead(held(), 20)).toMatch(
      /^Held: .+ 3,000 tUSD wait for a vote since .+ \(3 d ago\)\.$/,
    );
    expect(lead(ended(), 21)).toMatch(
      /^Ended before its time: .+ and 3,000 tUSD went back to the treasury\.$/,
    );
    expect(lead(finished(), 21)).toBe(
      "Finished: 3,000 tUSD of 4,000 tUSD are paid, 1,000 tUSD went back to the treasury.",
    );
    expect(lead(docs({ withdrawn: 4_000n }), 21)).toBe("Finished: all 4,000 tUSD are paid.");
    expect(lead(docs({ checkpoints: 0 }), 41)).toMatch(
      /^Its time is over: 4,000 tUSD of 4,000 tUSD released/,
    );
    expect(lead(docs({ pauseFrom: at(1), pauseUntil: at(4) }), 2)).toMatch(
      /^Paused by the guardian until .+ \(in 2 d\)/,
    );
    expect(lead(docs({ cliffSecs: 86_400 * 8 }), 5)).toMatch(
      /^Has begun, and releases nothing before .+ \(in 3 d\); then 800 tUSD of 4,000 tUSD are released at once\.$/,
    );
  });

  it("say who does what next", () => {
    expect(next(docs(), 5)).toMatch(
      /Anybody may send the 500 tUSD to Ada: nobody else can be paid\. It runs on by itself until checkpoint 1 of 3 opens .+; then Ada has 7.d to file an update\./,
    );
    expect(next(docs(), 11)).toMatch(
      /waits for Ada, who files the update on checkpoint 1 of 3 before/,
    );
    expect(next(updated(), 13)).toMatch(
      /waits for the reviewer Rev.+ If it passed now, 300 tUSD would be released at once/,
    );
    expect(next(updated(), 13, null)).toMatch(
      /Nobody holds the reviewer’s role: checkpoint 1 of 3 passes by itself/,
    );
    expect(next(docs(), 18)).toMatch(/anybody may have the stream held/);
    expect(next(held(), 20)).toMatch(
      /held at checkpoint 1 of 3: a vote may resume, reduce or cancel it/,
    );
    expect(next(ended(), 21)).toMatch(/Nothing more is released\.$/);
    expect(next(finished(), 21)).toMatch(/anybody may close it/);
    expect(next(docs({ withdrawn: 4_000n, openReviews: 2 }), 21)).toMatch(
      /close its 2 reviews, then the stream/,
    );
    const lapsing = (lapse: { at: bigint; epoch: number | null }) =>
      nextOf(flowAt(held(), at(20)), { reviewer: null, lapse })
        .map(said)
        .join(" ");
    expect(lapsing({ at: at(19), epoch: 4 })).toMatch(
      /No vote ruled in time: anybody may end it\.$/,
    );
    expect(lapsing({ at: at(25), epoch: 4 })).toMatch(
      /Without a ruling anybody may end it from .+ \(in 5 d\) on\.$/,
    );
    expect(lapsing({ at: at(25), epoch: null })).toMatch(
      /once an epoch that opened after the hold had its time/,
    );
  });

  it("say what became of an update", () => {
    const review = { scored: 1, scoreBps: 0 };
    type Reviewed = NonNullable<Parameters<typeof resultOf>[2]>;
    // Only what the sentence is made of.
    const of = (one: Stream, day: number, part: Partial<Reviewed> | undefined) =>
      resultOf(flowAt(one, at(day)), 0, part as Reviewed | undefined);
    expect(of(docs({ passed: 1 }), 14, { ...review, scoreBps: 6_000 })).toMatch(/in full/);
    expect(of(docs({ passed: 1 }), 14, { ...review, scoreBps: 5_999 })).toMatch(/scaled down/);
    expect(of(held(), 20, { ...review, scoreBps: 2_999 })).toMatch(/was held/);
    expect(of(updated(), 13, { scored: 0 })).toBe("waits for its score");
    expect(of(updated(), 30, { scored: 0 })).toMatch(/passed by itself/);
    expect(of(ended(), 30, { scored: 0 })).toMatch(/ended before its score/);
    expect(of(docs({ passed: 1 }), 14, undefined)).toMatch(/review is closed/);
    expect(of(docs(), 4, undefined)).toBe("");
  });
});
