/** Whether a treasury is safe by its own rules, at the very limits. */

import type { Account, Address } from "@solana/kit";
import {
  type Entry,
  type Epoch,
  Outcome,
  type Stake,
  type Stream,
  type Treasury,
} from "@community-budget/client";
import { describe, expect, it } from "vitest";

import { plotted, unplotted } from "../src/components/charts/scale";
import {
  castersOf,
  fewestToPass,
  owedOf,
  passesAlone,
  recipientsOf,
} from "../src/components/risk/concentration";
import {
  bucketLevel,
  epochsOf,
  gaugesOf,
  holdingsOf,
  levelAbove,
  levelBelow,
  lossBps,
  lossLevel,
  mayTrip,
  nextCap,
  nextOpeningAt,
  runwayOf,
  unless,
  verdictOn,
} from "../src/lib/health";
import { epoch, key, stake, stream, treasury } from "./made";

const NOW = 1_000n;

/** 1,000 in the vault, a drawdown of 30 %, a floor of 4 epochs, a bucket of 100 in 100 seconds. */
function books(part: Partial<Treasury> = {}, risk: Partial<Treasury["inForce"]["risk"]> = {}) {
  const zero = treasury();
  const inForce = {
    ...zero.inForce,
    schedule: { ...zero.inForce.schedule, periodSecs: 500 },
    breaker: {
      ...zero.inForce.breaker,
      outflowWindowSecs: 100,
      maxPayoutDelaySecs: 50,
      tripSecs: 70,
      guardianPauseSecs: 60,
    },
    risk: {
      ...zero.inForce.risk,
      maxDrawdownBps: 3_000,
      minRunwayEpochs: 4,
      markAgeSecs: 10,
      ...risk,
    },
  };
  return treasury({
    tracked: 1_000n,
    highWater: 1_000n,
    epochCount: 1,
    bucketCapacity: 100n,
    bucketLevel: 100n,
    bucketAt: NOW,
    inForce,
    policy: inForce,
    ...part,
  });
}

const flows = (first: bigint): bigint[] => [first, 0n, 0n, 0n];

describe("the runway", () => {
  it("counts what the present epoch awarded, which is free no more", () => {
    const own = books({ outflow: flows(200n), committed: 200n });
    expect(runwayOf(own)).toEqual({ centi: 400n, floor: 4, outflow: 200n, epochs: 1 });
    expect(verdictOn(own, NOW).kind).toBe("near");
    const less = books({ outflow: flows(200n), committed: 201n, inflow: flows(9_999n) });
    expect(verdictOn(less, NOW)).toMatchObject({ kind: "unsafe", beyond: ["the runway"] });
  });

  it("is said cut to a tenth", () => {
    expect([epochsOf(1_749n), epochsOf(99n), epochsOf(null)]).toEqual([
      "17.4\u00a0epochs",
      "0.9\u00a0epochs",
      "without end",
    ]);
  });
});

describe("the loss", () => {
  it("trips beyond the drawdown, and not at it", () => {
    const at = (tracked: bigint) => gaugesOf(books({ tracked }), NOW);
    expect(at(1_000n)).toMatchObject({ least: 700n, room: 301n, condition: null });
    expect(at(700n)).toMatchObject({ room: 1n, condition: null });
    expect(at(699n)).toMatchObject({ room: 0n, condition: "drawdown" });
    expect([lossLevel(at(761n)), lossLevel(at(759n)), lossLevel(at(699n))]).toEqual([
      "fine",
      "near",
      "beyond",
    ]);
    expect(lossBps(at(699n))).toBe(3_010n);
    expect(verdictOn(books({ tracked: 699n }), NOW).kind).toBe("unsafe");
  });

  it("of a share that is no whole basis point is rounded up", () => {
    expect(lossBps(gaugesOf(books({ tracked: 29_999n, highWater: 30_000n }), NOW))).toBe(1n);
    expect(lossBps(gaugesOf(books({ highWater: 900n }), NOW))).toBe(0n);
  });
});

describe("the drain", () => {
  it("needs more than half as much again going out, and too little left", () => {
    const at = (outflow: bigint, committed: bigint) =>
      gaugesOf(books({ outflow: flows(outflow), inflow: flows(100n), committed }), NOW).condition;
    expect(at(150n, 500n)).toBeNull();
    expect(at(151n, 396n)).toBeNull();
    expect(at(151n, 397n)).toBe("outflow");
    expect(gaugesOf(books({ epochCount: 0 }), NOW)).toMatchObject({ epochs: 0, condition: null });
  });
});

describe("the bucket", () => {
  it("fills with time, and says when it is full", () => {
    const own = books({ bucketLevel: 20n });
    expect(gaugesOf(own, NOW)).toMatchObject({ level: 20n, fullAt: NOW + 80n });
    expect(gaugesOf(own, NOW + 79n)).toMatchObject({ level: 99n, fullAt: NOW + 80n });
    expect(gaugesOf(own, NOW + 80n)).toMatchObject({ level: 100n, fullAt: null });
    const slow = books({ bucketLevel: 0n, bucketCapacity: 3n });
    expect(gaugesOf(slow, NOW).fullAt).toBe(NOW + 100n);
    expect(gaugesOf(slow, NOW + 99n).level).toBe(2n);
    // A hundredth of 7 a second: the last one is there in the fifteenth.
    const odd = books({ bucketLevel: 6n, bucketCapacity: 7n });
    expect(gaugesOf(odd, NOW).fullAt).toBe(NOW + 15n);
    expect([14n, 15n].map((secs) => gaugesOf(odd, NOW + secs).level)).toEqual([6n, 7n]);
  });

  it("delays payments and endangers nothing", () => {
    const empty = books({ bucketLevel: 0n });
    expect(bucketLevel(gaugesOf(empty, NOW))).toBe("beyond");
    expect(verdictOn(empty, NOW)).toMatchObject({ kind: "near", near: ["the outflow bucket"] });
  });
});

describe("the breaker", () => {
  it("is tripped once, rests for a period, and starts from what is there", () => {
    const tripped = { trippedAt: 950n, trippedUntil: 1_020n, tripOpen: 1 };
    const own = books({ tracked: 600n, ...tripped });
    const during = gaugesOf(own, NOW);
    expect(during).toMatchObject({ trippedUntil: 1_020n, condition: "drawdown" });
    expect(mayTrip(during)).toBe(false);
    expect(verdictOn(own, NOW).kind).toBe("stopped");
    // Nobody has booked the end: the next trip goes by it all the same.
    const after = gaugesOf(own, 1_020n);
    expect(after).toMatchObject({
      trippedUntil: null,
      highWater: 600n,
      condition: null,
      restsUntil: 1_520n,
    });
    const again = gaugesOf(books({ tracked: 600n, breakerRestsUntil: 1_001n }), NOW);
    expect([again.condition, mayTrip(again)]).toEqual(["drawdown", false]);
    expect(mayTrip(gaugesOf(books({ tracked: 600n, breakerRestsUntil: 1_000n }), NOW))).toBe(true);
  });

  it("has tripped and is cleared as soon as the books say so, by a clock that is behind them", () => {
    const tripped = books({ trippedAt: 1_030n, trippedUntil: 1_090n, tripOpen: 1 });
    expect(gaugesOf(tripped, NOW)).toMatchObject({ trippedUntil: 1_090n, restsUntil: null });
    const cleared = books({ trippedAt: 900n, trippedUntil: 1_030n, breakerRestsUntil: 1_530n });
    expect(gaugesOf(cleared, NOW)).toMatchObject({ trippedUntil: null, restsUntil: 1_530n });
  });
});

describe("the pause", () => {
  it("has an allowance that is whole again 90 days after the last one", () => {
    expect(gaugesOf(books(), NOW)).toMatchObject({ allowanceSecs: 60, renewedAt: null });
    const used = books({ pauseUntil: 1_010n, pauseUsedSecs: 45 });
    const renewedAt = 1_010n + 90n * 86_400n;
    expect(gaugesOf(used, NOW)).toMatchObject({
      pausedUntil: 1_010n,
      allowanceSecs: 15,
      renewedAt,
    });
    expect(verdictOn(used, NOW).kind).toBe("stopped");
    expect(gaugesOf(used, 1_010n).pausedUntil).toBeNull();
    expect(gaugesOf(used, renewedAt)).toMatchObject({ allowanceSecs: 60, renewedAt: null });
  });
});

/** A hedge in category 1 that may reach half of the value, a tenth of it not counted. */
function hedged(position: Partial<Treasury["positions"][number]>, part: Partial<Treasury> = {}) {
  const own = books({ lastOpenedAt: NOW, ...part });
  const [first, second, ...rest] = own.inForce.risk.categories;
  if (first === undefined || second === undefined) throw new Error("no categories");
  const name = Uint8Array.from([...new TextEncoder().encode("ropes"), 0, 0]);
  const hedge = { ...second, name, class: 1, exposureLimitBps: 5_000, haircutBps: 1_000 };
  const risk = { ...own.inForce.risk, categories: [first, hedge, ...rest], categoryCount: 2 };
  const positions = own.positions.map((one, at) => (at === 1 ? { ...one, ...position } : one));
  return { ...own, positions, inForce: { ...own.inForce, risk } };
}

describe("a position", () => {
  it("is exposed with what is promised and the higher of cost and mark, and counts with the lower", () => {
    const own = hedged({ pending: 50n, cost: 100n, mark: 120n, markedAt: 995n });
    const [holding, ...others] = holdingsOf(own);
    expect(others).toEqual([]);
    // 1,000 free and 90 counted: half of it is 545.
    expect(holding).toMatchObject({
      category: 1,
      name: "ropes",
      derivative: false,
      exposure: 170n,
      value: 90n,
      limit: 545n,
      stale: false,
      countsUntil: 1_005n,
      reported: null,
    });
  });

  it("counts for nothing once its mark was too old at the opening", () => {
    expect(holdingsOf(hedged({ cost: 100n, mark: 100n, markedAt: 990n }))[0]?.stale).toBe(false);
    const [old] = holdingsOf(hedged({ cost: 100n, mark: 100n, markedAt: 989n }));
    expect(old).toMatchObject({ stale: true, value: 0n, exposure: 100n, limit: 500n });
  });

  it("keeps counting from a mark that is reported", () => {
    const report = { reportedMark: 7n, reportedAt: 999n };
    const [holding] = holdingsOf(hedged({ cost: 10n, mark: 10n, markedAt: 991n, ...report }));
    expect(holding).toMatchObject({ reported: { mark: 7n, at: 999n }, countsUntil: 1_009n });
    expect(holdingsOf(hedged({}))[0]?.countsUntil).toBeNull();
  });

  it("beyond its limit makes the treasury unsafe, and near it is said", () => {
    const at = (pending: bigint) => verdictOn(hedged({ pending }), NOW);
    expect(at(400n).kind).toBe("safe");
    expect(at(401n)).toMatchObject({ kind: "near", near: [{ name: "ropes" }] });
    expect(at(501n)).toMatchObject({ kind: "unsafe", beyond: [{ name: "ropes" }] });
  });
});

describe("levels", () => {
  it("are near within a fifth below a limit, and a quarter above a floor", () => {
    expect([80n, 81n, 100n, 101n].map((value) => levelBelow(value, 100n))).toEqual([
      "fine",
      "near",
      "near",
      "beyond",
    ]);
    expect([125n, 124n, 100n, 99n].map((value) => levelAbove(value, 100n))).toEqual([
      "fine",
      "near",
      "near",
      "beyond",
    ]);
  });
});

describe("the next epoch", () => {
  it("opens a period after the last opening, and not before the first date", () => {
    expect(nextOpeningAt(books({ epochCount: 0, firstOpenAt: 7n }))).toBe(7n);
    expect(nextOpeningAt(books({ lastOpenedAt: 100n, firstOpenAt: 7n }))).toBe(600n);
    expect(nextOpeningAt(books({ lastOpenedAt: 100n, firstOpenAt: 700n }))).toBe(700n);
  });

  it("has the smaller of both caps, and none below the least", () => {
    const own = books({ committed: 500n });
    const cap = (budget: Partial<Treasury["policy"]["budget"]>) =>
      nextCap({
        ...own,
        policy: { ...own.policy, budget: { ...own.policy.budget, ...budget } },
      });
    expect(cap({ epochCapBps: 1_000, epochCapAbs: 60n, minCap: 50n })).toBe(50n);
    expect(cap({ epochCapBps: 1_000, epochCapAbs: 40n, minCap: 1n })).toBe(40n);
    expect(cap({ epochCapBps: 1_000, epochCapAbs: 60n, minCap: 51n })).toBeNull();
  });
});

describe("books that contradict themselves", () => {
  it("give no figure", () => {
    expect(unless(() => verdictOn(books({ committed: 1_001n }), NOW))).toBeNull();
    expect(() =>
      unless(() => {
        throw new TypeError("another error");
      }),
    ).toThrow(TypeError);
  });
});

describe("what rests on few", () => {
  const listed = <T extends object>(data: readonly T[]) =>
    data.map((one, at) => ({ address: key(at), data: one })) as unknown as Account<T>[];

  it("adds up what one recipient gets of an epoch, funded asks only", () => {
    const tag = (byte: number) => new Uint8Array(16).fill(byte);
    const entries: Partial<Entry>[] = [
      { amount: 5n, outcome: Outcome.Executed, recipientTag: tag(1) },
      { amount: 9n, outcome: Outcome.Funded, recipientTag: tag(2) },
      { amount: 6n, outcome: Outcome.Funded, recipientTag: tag(1) },
      { amount: 99n, outcome: Outcome.Unfunded, recipientTag: tag(2) },
      { amount: 0n, outcome: Outcome.Approved, action: 2, recipientTag: tag(1) },
    ];
    const own: Epoch = epoch(entries, { settledAt: 1n });
    const slate = {
      epoch: own,
      projection: null,
      electorate: 1n,
      budget: { symbol: "", decimals: 0 },
    };
    const parts = recipientsOf({ slate, epoch: own, proposals: new Map() });
    expect(parts.map(({ amount }) => amount)).toEqual([11n, 9n]);
  });

  it("adds up what streams still owe to one recipient", () => {
    const owing = (recipient: Address, total: bigint, part: Partial<Stream> = {}) =>
      stream({ recipient, total, ...part });
    const parts = owedOf(
      listed([
        owing(key(1), 10n, { withdrawn: 4n }),
        owing(key(2), 11n, { returned: 1n }),
        owing(key(1), 5n),
        owing(key(3), 7n, { withdrawn: 5n, returned: 2n }),
      ]),
    );
    expect(parts).toEqual([
      { address: key(1), amount: 11n },
      { address: key(2), amount: 10n },
    ]);
  });

  /** Every tier: a quorum of 10, 20, 40, 40 %, more than half in favour. */
  function voting() {
    const own = books({ epochCount: 1, votingOpensAt: 1n, frozenEpoch: 0, frozenTotal: 100n });
    const quorums = [1_000, 2_000, 4_000, 4_000];
    const rules = own.inForce.tiers.rules.map((rule, at) => ({
      ...rule,
      quorumBps: quorums[at] ?? 0,
      approvalBps: 5_001,
    }));
    const tiers = { ...own.inForce.tiers, rules, maxQuorumBps: 10_000 };
    const minimum = { ...own.inForce.stake, minTotalWeight: 1n };
    return { ...own, inForce: { ...own.inForce, tiers, stake: minimum } };
  }

  it("gives a delegate what was delegated, and counts by what was frozen", () => {
    const of = (owner: Address, frozenWeight: bigint, part: Partial<Stake> = {}) =>
      stake({ owner, frozenWeight, frozenEpoch: 0, weight: 999n, delegate: key(0), ...part });
    const stakes = listed([
      of(key(1), 15n),
      of(key(2), 20n, { delegate: key(1) }),
      of(key(3), 30n, { delegate: key(3) }),
      of(key(4), 0n),
    ]);
    const { casters, total } = castersOf(voting(), stakes, NOW);
    expect(total).toBe(100n);
    expect(casters).toEqual([
      { address: key(1), amount: 35n, delegated: 20n },
      { address: key(3), amount: 30n, delegated: 0n },
    ]);
    const before = castersOf({ ...voting(), votingOpensAt: 2_000n, totalWeight: 7n }, stakes, NOW);
    expect([before.total, before.casters[0]?.amount]).toEqual([7n, 1_998n]);
  });

  it("says which tiers a weight passes alone, and how few pass one", () => {
    const own = voting();
    const tiers = (weight: bigint) => passesAlone(own, 100n, weight);
    expect([9n, 10n, 20n, 39n, 40n].map(tiers)).toEqual([[], [0], [0, 1], [0, 1], [0, 1, 2, 3]]);
    const casters = [35n, 4n, 1n].map((amount, at) => ({
      address: key(at),
      amount,
      delegated: 0n,
    }));
    expect(fewestToPass(own, 100n, casters, 2)).toBe(3);
    expect(fewestToPass(own, 100n, casters.slice(0, 2), 2)).toBeNull();
  });
});

describe("what is plotted", () => {
  it("is whole tokens, and comes back as the same amount", () => {
    expect(plotted(1_234_567_890n, 6)).toBe(1_234.56789);
    expect(plotted(12n, 0)).toBe(12);
    expect(plotted(1_500_000_000n, 9)).toBe(1.5);
    expect(unplotted(1_234.5, 6)).toBe(1_234_500_000n);
    expect(unplotted(1.5, 9)).toBe(1_500_000_000n);
  });
});
