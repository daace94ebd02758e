/** The rules, held against every case that `crates/rules` decided. */

import { describe } from "vitest";

import { replace } from "../src/rules/ballot";
import { settle, type Candidate, type Limits } from "../src/rules/allocation";
import { mulDivCeil, mulDivFloor, shareCeil, shareFloor } from "../src/rules/bps";
import { type Bucket, type Flow, payout, refill, resize, take } from "../src/rules/bucket";
import {
  type Contested,
  type Tally,
  type Thresholds,
  type Tier,
  askLimits,
  judge,
  raised,
  thresholds,
  tierOf,
} from "../src/rules/outcome";
import {
  type Checkpoint,
  type ReviewTerms,
  isWeak,
  lapsesAt,
  stage,
  verdict,
} from "../src/rules/review";
import {
  type HypotheticalAsk,
  type Position,
  type PositionTerms,
  type Standing,
  type Trailing,
  afterHaircut,
  assess,
  exposure,
  free,
  hasDrawnDown,
  isDraining,
  netAssetValue,
  positionValue,
  positionsValue,
  principal,
  riskLimits,
  runwayCenti,
} from "../src/rules/risk";
import { type Frozen, changeWeight, freeze, power } from "../src/rules/snapshot";
import { type Standstill, isOn, totalSecs } from "../src/rules/standstill";
import {
  type Bend,
  type Clock,
  type Gate,
  type Plan,
  clockAt,
  cumulative,
  matured,
  netTotal,
  noteBend,
  partStartSecs,
  pass,
  planTotal,
  planned,
  reachedAt,
  reduce,
  released,
  resume,
  setBack,
} from "../src/rules/stream";
import {
  type Movement,
  type Schedule,
  extended,
  isFinal,
  isLate,
  isSwing,
  marginMoved,
  turnsToPass,
} from "../src/rules/swing";
import {
  type LockTerms,
  type Participation,
  dilute,
  lockBonusBps,
  note,
  streakBonusBps,
  streakBps,
  tookPart,
  weight,
} from "../src/rules/weight";
import { answer, reproduces } from "./vectors";

describe("shares of amounts", () => {
  reproduces<{ a: bigint; b: bigint; d: bigint }>("mulDiv", ({ a, b, d }) => ({
    floor: answer(() => mulDivFloor(a, b, d)),
    ceil: answer(() => mulDivCeil(a, b, d)),
  }));
  reproduces<{ amount: bigint; bps: number }>("share", ({ amount, bps }) => ({
    floor: answer(() => shareFloor(amount, bps)),
    ceil: answer(() => shareCeil(amount, bps)),
  }));
});

describe("R1, R2: weight", () => {
  reproduces<{ lockSecs: number; terms: LockTerms }>("lockBonus", ({ lockSecs, terms }) => ({
    is: answer(() => lockBonusBps(lockSecs, terms)),
  }));
  reproduces<{
    record: Participation;
    epoch: number;
    shareBps: number;
    old: bigint;
    grown: bigint;
    settled: number;
  }>("participation", ({ record, epoch, shareBps, old, grown, settled }) => ({
    noted: answer(() => note(record, epoch, shareBps)),
    diluted: answer(() => dilute(record, old, grown)),
    streak: streakBps(record, settled),
    tookPart: tookPart(record, epoch === 2 ** 32 - 1 ? 0 : epoch),
  }));
  reproduces<{ amount: bigint; lockBonus: number; streak: number; bonusBps: number }>(
    "weight",
    ({ amount, lockBonus, streak, bonusBps }) => ({
      streakBonus: answer(() => streakBonusBps(streak, bonusBps)),
      is: answer(() => weight(amount, lockBonus, streakBonusBps(streak, bonusBps))),
    }),
  );
  reproduces<{ frozen: Frozen; old: bigint; next: bigint; epoch: number; opened: boolean }>(
    "snapshot",
    ({ frozen, old, next, epoch, opened }) => ({
      power: power(frozen, old, epoch),
      kept: freeze(frozen, old, epoch, opened),
      changed: changeWeight(frozen, old, next, epoch, opened),
    }),
  );
});

describe("R3, R5: ballots and late swings", () => {
  reproduces<{ tally: Tally; old: number; next: number; weight: bigint }>("replace", (of) => ({
    is: answer(() => replace(of.tally, of.old, of.next, of.weight)),
  }));
  reproduces<{ schedule: Schedule; now: bigint }>("late", ({ schedule, now }) => ({
    late: answer(() => isLate(schedule, now)),
    final: answer(() => isFinal(schedule, now)),
    extended: answer(() => extended(schedule, now)),
  }));
  reproduces<{ before: Tally; after: Tally; movement: Movement; threshold: number }>(
    "movement",
    ({ before, after, movement, threshold }) => ({
      moved: marginMoved(before, after),
      swings: isSwing(movement, BigInt(threshold)),
      turns: turnsToPass(movement),
    }),
  );
});

describe("R4: tiers and outcomes", () => {
  reproduces<{ free: bigint; bps: [number, number, number]; ask?: bigint; raise?: number }>(
    "tier",
    ({ free: unpromised, bps, ask, raise }) => {
      const limits = answer(() => askLimits(unpromised, ...bps));
      if (limits === null || ask === undefined) return { limits };
      const tier = tierOf(limits, ask);
      return { limits, tier, raised: tier === null ? null : raised(tier, raise ?? 0) };
    },
  );
  reproduces<{
    total: bigint;
    minTotalWeight: bigint;
    quorumBps: number[];
    approvalBps: number[];
    contested: Contested;
  }>("thresholds", (of) => ({
    is: answer(() =>
      thresholds(of.total, of.minTotalWeight, of.quorumBps, of.approvalBps, of.contested),
    ),
  }));
  reproduces<{ thresholds: Thresholds; tally: Tally; tier: Tier }>("judge", (of) => ({
    is: judge(of.thresholds, of.tally, of.tier) ?? 0,
  }));
});

describe("R6, R14: allocation", () => {
  reproduces<{ slate: (Candidate | null)[]; thresholds: Thresholds; limits: Limits }>(
    "settle",
    (of) => ({ is: answer(() => settle(of.slate, of.thresholds, of.limits)) }),
  );
});

describe("R7, R8, P4: streams", () => {
  reproduces<{ plan: Plan }>("plan", ({ plan }) => {
    const parts = Array.from({ length: plan.checkpoints + 3 }, (_, part) => part);
    return {
      total: answer(() => planTotal(plan)),
      starts: parts.map((part) => answer(() => partStartSecs(plan, part))),
      sums: parts.map((part) => answer(() => cumulative(plan, part))),
    };
  });
  reproduces<{ plan: Plan; at: bigint[] }>("planned", ({ plan, at }) => ({
    is: at.map((secs) => answer(() => planned(plan, secs))),
  }));
  reproduces<{ plan: Plan; gate: Gate; at: bigint[] }>("released", ({ plan, gate, at }) => ({
    is: at.map((secs) => answer(() => released(plan, gate, secs))),
    net: answer(() => netTotal(plan, gate)),
  }));
  reproduces<{ clock: Clock; now: bigint; clockSecs: bigint }>(
    "clock",
    ({ clock, now, clockSecs }) => ({
      at: answer(() => clockAt(clock, now)),
      reachedAt: answer(() => reachedAt(clock, clockSecs)),
      setBack: answer(() => setBack(clock, now, clockSecs)),
    }),
  );
  reproduces<{
    plan: Plan;
    gate: Gate;
    clock: Clock;
    now: bigint;
    score: number;
    passBps: number;
    keepBps: number;
    bend: Bend;
  }>("streamLife", ({ plan, gate, clock, now, score, passBps, keepBps, bend }) => {
    const at = clockAt(clock, now);
    return {
      passed: answer(() => pass(plan, gate, score, passBps)),
      reduced: answer(() => reduce(plan, gate, at, keepBps)),
      resumed: answer(() => resume(plan, gate, clock, now)),
      noted: noteBend(bend, now, released(plan, gate, at), clock),
    };
  });
  reproduces<{ bend: Bend; now: bigint; released: bigint; clock: Clock }>("bend", (of) => ({
    is: noteBend(of.bend, of.now, of.released, of.clock),
  }));
  reproduces<{ plan: Plan; gate: Gate; clock: Clock; bend: Bend; at: bigint[] }>(
    "matured",
    ({ plan, gate, clock, bend, at }) => ({
      is: at.map((moment) => answer(() => matured(plan, gate, clock, bend, moment))),
    }),
  );
  reproduces<{ checkpoint: Checkpoint; terms: ReviewTerms; clockSecs: bigint }>(
    "stage",
    ({ checkpoint, terms, clockSecs }) => ({
      is: answer(() => stage(checkpoint, terms, clockSecs)),
    }),
  );
  reproduces<{ score: number; terms: ReviewTerms }>("verdict", ({ score, terms }) => ({
    is: verdict(score, terms),
  }));
  reproduces<{ heldAt: bigint; graceEndsAt: bigint | null; holdLimitSecs: number }>(
    "lapsesAt",
    ({ heldAt, graceEndsAt, holdLimitSecs }) => ({
      is: answer(() => lapsesAt(heldAt, graceEndsAt, holdLimitSecs)),
    }),
  );
  reproduces<{ scoreSum: number; scored: number; missed: number; floorBps: number }>(
    "isWeak",
    ({ scoreSum, scored, missed, floorBps }) => ({
      is: isWeak(scoreSum, scored, missed, floorBps),
    }),
  );
});

describe("R9, R10: risk", () => {
  reproduces<{
    position: Position;
    terms: PositionTerms;
    markAgeSecs: number;
    judgedAt: bigint;
  }>("position", ({ position, terms, markAgeSecs, judgedAt }) => ({
    principal: principal(position),
    exposure: exposure(position),
    value: positionValue(position, terms, markAgeSecs, judgedAt),
    afterHaircut: afterHaircut(position.cost, terms.haircutBps),
  }));
  reproduces<{ standing: Standing; awarded: bigint[] }>("riskLimits", ({ standing, awarded }) => ({
    free: answer(() => free(standing)),
    limits: answer(() => riskLimits(standing)),
    value: positionsValue(standing),
    netAssetValue: netAssetValue(standing),
    runway: awarded.map((amount) => answer(() => runwayCenti(standing, amount))),
  }));
  reproduces<{ standing: Standing; limits: Limits; ask: HypotheticalAsk }>("assess", (of) => ({
    is: answer(() => assess(of.standing, of.limits, of.ask)),
  }));
});

describe("R11: outflow and breaker", () => {
  reproduces<{ bucket: Bucket; flow: Flow; next: Flow; now: bigint; amount: bigint }>(
    "bucket",
    ({ bucket, flow, next, now, amount }) => ({
      filled: answer(() => refill(bucket, flow, now)),
      resized: answer(() => resize(bucket, flow, next, now)),
      taken: take(bucket, amount),
    }),
  );
  reproduces<{ claimable: bigint; level: bigint; overdue: bigint }>("payout", (of) => ({
    is: payout(of.claimable, of.level, of.overdue),
  }));
  reproduces<{ standstill: Standstill; now: bigint }>("standstill", ({ standstill, now }) => ({
    on: isOn(standstill, now),
    total: answer(() => totalSecs(standstill, now)),
  }));
  reproduces<{ value: bigint; highWater: bigint; maxDrawdownBps: number }>(
    "hasDrawnDown",
    ({ value, highWater, maxDrawdownBps }) => ({
      is: hasDrawnDown(value, highWater, maxDrawdownBps),
    }),
  );
  reproduces<{ trailing: Trailing; minRunwayEpochs: number }>(
    "isDraining",
    ({ trailing, minRunwayEpochs }) => ({ is: isDraining(trailing, minRunwayEpochs) }),
  );
});
