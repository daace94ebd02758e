/**
 * How safe a treasury is by its own rules, in figures: how long it lasts, what may leave it at once, how far it
 * is from its breaker, what is at risk. The same figures as `budget breaker show` and `budget position list`.
 */

import { RuleError, type Treasury, rules, state } from "@community-budget/client";

import { isTripped } from "./breaker";
import { shareBps } from "./format";
import { categoryName } from "./words";

const { risk } = rules;
const BPS = 10_000n;

/** Days in which pauses share one allowance, in seconds (R11). */
const PAUSE_SPAN_SECS = 90n * 86_400n;

const sum = (values: readonly bigint[]) => values.reduce((all, value) => all + value, 0n);

/** How long the free money lasts. Base units of the budget mint. */
export interface Runway {
  /** Hundredths of an epoch, rounded down; `null` when nothing flows out. */
  readonly centi: bigint | null;
  /** Epochs that no award may go below. */
  readonly floor: number;
  /** Awarded in the epochs that the mean runs over. */
  readonly outflow: bigint;
  /** How many these are, the present one included: 1 to 4. */
  readonly epochs: number;
}

/** The runway as it is: free money over the mean of what the last epochs awarded. */
export function runwayOf(treasury: Treasury): Runway {
  const standing = state.treasury.standing(treasury, 0n, treasury.lastOpenedAt);
  const outflow = sum(treasury.outflow);
  // What the present epoch awarded is promised already, and so no longer free; it counts in the mean.
  const centi = risk.runwayCenti({ ...standing, previousOutflow: outflow }, 0n);
  return {
    centi: centi === rules.U64_MAX ? null : centi,
    floor: standing.minRunwayEpochs,
    outflow,
    epochs: standing.epochs,
  };
}

/** Hundredths of an epoch in words: `17.4 epochs`; cut, never rounded up. */
export function epochsOf(centi: bigint | null): string {
  if (centi === null) return "without end";
  const tenths = centi / 10n;
  return `${(tenths / 10n).toLocaleString("en-GB")}.${tenths % 10n}\u00a0epochs`;
}

/** Why the breaker may be tripped. */
export type TripCause = "drawdown" | "outflow";

/** A treasury's safety at one moment. Amounts are base units, moments unix seconds. */
export interface Gauges {
  /** What may leave the vault at once, and within a window. */
  readonly level: bigint;
  readonly capacity: bigint;
  /** Seconds in which an empty bucket fills. */
  readonly windowSecs: number;
  /** When it is full if nothing leaves; `null` while it is. */
  readonly fullAt: bigint | null;
  /** Longest time for which it can hold back what was released, in seconds (P4). */
  readonly delaySecs: number;
  /** What is in the vault and what positions count for. */
  readonly value: bigint;
  /** What that would be if no position had lost any. */
  readonly highWater: bigint;
  /** The breaker can be tripped when `value` is below. */
  readonly least: bigint;
  /** Base units that would have to be lost for that; `null` while there is nothing to lose. */
  readonly room: bigint | null;
  readonly maxDrawdownBps: number;
  /** Awarded and received in the last epochs, and what is in the vault and not promised. */
  readonly outflow: bigint;
  readonly inflow: bigint;
  readonly uncommitted: bigint;
  /** Epochs that both run over: 0 to 4. */
  readonly epochs: number;
  /** Epochs that `uncommitted` must last at the mean outflow. */
  readonly floor: number;
  /** By which condition anybody could trip the breaker, whatever else forbids it; `null` by none. */
  readonly condition: TripCause | null;
  /** When the present trip ends; `null` while there is none. */
  readonly trippedUntil: bigint | null;
  /** Until when it rests after a trip; `null` when it does not. */
  readonly restsUntil: bigint | null;
  /** Until when the guardian has paused executions; `null` when nothing is paused. */
  readonly pausedUntil: bigint | null;
  /** Seconds that the guardian may still pause for, and of how many. */
  readonly allowanceSecs: number;
  readonly allowanceOfSecs: number;
  /** When the allowance is whole again; `null` while none is used. */
  readonly renewedAt: bigint | null;
  /** How long a trip would last, in seconds. */
  readonly tripSecs: number;
}

/** Reads them off a treasury's books at `now`. */
export function gaugesOf(treasury: Treasury, now: bigint): Gauges {
  const { inForce } = treasury;
  const { breaker } = inForce;
  const standing = state.treasury.standing(treasury, 0n, now);
  const value = risk.netAssetValue(standing);
  const tripped = isTripped(treasury, now);
  // Whether or not somebody has booked the end of the last trip, the next one goes by it.
  const ended = treasury.tripOpen === 1 && !tripped;
  const highWater = ended ? value : treasury.highWater;
  const restsUntil = ended
    ? treasury.trippedUntil + BigInt(inForce.schedule.periodSecs)
    : treasury.breakerRestsUntil;
  const { maxDrawdownBps, minRunwayEpochs } = inForce.risk;
  const least = rules.bps.shareCeil(highWater, Math.max(0, 10_000 - maxDrawdownBps));
  const trailing = {
    uncommitted: treasury.tracked - treasury.committed,
    outflow: sum(treasury.outflow),
    inflow: sum(treasury.inflow),
    epochs: treasury.epochCount === 0 ? 0 : standing.epochs,
  };
  const bucket = state.treasury.bucketAt(treasury, now);
  const capacity = treasury.bucketCapacity;
  const used = treasury.pauseUsedSecs;
  const renewedAt = treasury.pauseUntil + PAUSE_SPAN_SECS;
  const whole = used === 0 || now >= renewedAt;
  return {
    level: bucket.level,
    capacity,
    windowSecs: breaker.outflowWindowSecs,
    fullAt: fullAt(bucket, capacity, breaker.outflowWindowSecs),
    delaySecs: breaker.maxPayoutDelaySecs,
    value,
    highWater,
    least,
    room: least === 0n ? null : value < least ? 0n : value - least + 1n,
    maxDrawdownBps,
    ...trailing,
    floor: minRunwayEpochs,
    condition: risk.hasDrawnDown(value, highWater, maxDrawdownBps)
      ? "drawdown"
      : risk.isDraining(trailing, minRunwayEpochs)
        ? "outflow"
        : null,
    trippedUntil: tripped ? treasury.trippedUntil : null,
    restsUntil: now < restsUntil ? restsUntil : null,
    pausedUntil: now < treasury.pauseUntil ? treasury.pauseUntil : null,
    allowanceSecs: whole
      ? breaker.guardianPauseSecs
      : Math.max(0, breaker.guardianPauseSecs - used),
    allowanceOfSecs: breaker.guardianPauseSecs,
    renewedAt: whole ? null : renewedAt,
    tripSecs: breaker.tripSecs,
  };
}

function fullAt(bucket: rules.bucket.Bucket, capacity: bigint, windowSecs: number): bigint | null {
  if (capacity === 0n || bucket.level >= capacity) return null;
  const missing = (capacity - bucket.level) * BigInt(windowSecs) - bucket.remainder;
  return bucket.at + (missing + capacity - 1n) / capacity;
}

/** Whether the program would let anybody trip the breaker now. */
export function mayTrip(gauges: Gauges): gauges is Gauges & { readonly condition: TripCause } {
  return gauges.condition !== null && gauges.trippedUntil === null && gauges.restsUntil === null;
}

/** How many tenths of an epoch the unpromised lasts at the mean outflow; `null` without any outflow. */
export function lastsTenths({ uncommitted, outflow, epochs }: Gauges): bigint | null {
  return outflow === 0n ? null : (uncommitted * BigInt(epochs) * 10n) / outflow;
}

/** Money of one category that is held rather than spent. Base units, unix seconds. */
export interface Holding {
  readonly category: number;
  /** What the policy calls it: written by other people. */
  readonly name: string;
  readonly derivative: boolean;
  /** Awarded and not paid yet; paid and neither returned nor written off. */
  readonly pending: bigint;
  readonly cost: bigint;
  /** What `cost` is worth, by the mark that counts. */
  readonly mark: bigint;
  readonly markedAt: bigint;
  /** The mark that counts from the next epoch on. */
  readonly reported: { readonly mark: bigint; readonly at: bigint } | null;
  /** What could be lost, and what that may reach. */
  readonly exposure: bigint;
  readonly limit: bigint;
  readonly limitBps: number;
  /** What it counts for, after the haircut. */
  readonly value: bigint;
  readonly haircutBps: number;
  /** Whether its mark is too old to count in the present epoch. */
  readonly stale: boolean;
  /**
   * An epoch that opens later than this counts it for nothing, unless it is marked anew; `null` while
   * nothing is out.
   */
  readonly countsUntil: bigint | null;
}

/** The positions of every category of a risk class, in the order of the policy. */
export function holdingsOf(treasury: Treasury): Holding[] {
  const standing = state.treasury.standing(treasury, 0n, treasury.lastOpenedAt);
  const { treasuryValue } = risk.riskLimits(standing);
  const { categories, categoryCount } = treasury.inForce.risk;
  return categories.slice(0, categoryCount).flatMap((own, category) => {
    const [terms, position, books] = [
      standing.terms[category],
      standing.positions[category],
      treasury.positions[category],
    ];
    if (terms === undefined || position === undefined || books === undefined) return [];
    if (!risk.isRisk(terms)) return [];
    const age = standing.markAgeSecs;
    const worth = position.cost < position.mark ? position.cost : position.mark;
    const out = position.cost > 0n || position.mark > 0n;
    const reported =
      books.reportedAt === 0n ? null : { mark: books.reportedMark, at: books.reportedAt };
    return [
      {
        category,
        name: categoryName(own),
        derivative: terms.class === risk.Class.Derivative,
        ...position,
        reported,
        exposure: risk.exposure(position),
        limit: rules.bps.shareFloor(treasuryValue, terms.exposureLimitBps),
        limitBps: terms.exposureLimitBps,
        value: risk.positionValue(position, terms, age, standing.marksJudgedAt),
        haircutBps: terms.haircutBps,
        stale: worth > 0n && standing.marksJudgedAt - position.markedAt > BigInt(age),
        countsUntil: out ? (reported?.at ?? position.markedAt) + BigInt(age) : null,
      },
    ];
  });
}

/** Unix seconds from which the next epoch may be opened. */
export function nextOpeningAt({ firstOpenAt, lastOpenedAt, epochCount, policy }: Treasury): bigint {
  if (epochCount === 0) return firstOpenAt;
  const due = lastOpenedAt + BigInt(policy.schedule.periodSecs);
  return due > firstOpenAt ? due : firstOpenAt;
}

/** The cap that an epoch opened now would have; `null` when it would be below the policy's minimum. */
export function nextCap(treasury: Treasury): bigint | null {
  const { epochCapBps, epochCapAbs, minCap } = treasury.policy.budget;
  const share = rules.bps.shareFloor(state.treasury.free(treasury), epochCapBps);
  const cap = share < epochCapAbs ? share : epochCapAbs;
  return cap < minCap ? null : cap;
}

/** How something stands to its limit. `near`: more than four fifths of the way. */
export type Level = "fine" | "near" | "beyond";

/** The level of something that must stay at or below `limit`. */
export function levelBelow(value: bigint, limit: bigint): Level {
  if (value > limit) return "beyond";
  return value * 5n > limit * 4n ? "near" : "fine";
}

/** The level of something that must stay at or above `floor`; near it within a quarter. */
export function levelAbove(value: bigint, floor: bigint): Level {
  if (value < floor) return "beyond";
  return value * 4n < floor * 5n ? "near" : "fine";
}

/** The level of the runway. */
export function runwayLevel({ centi, floor }: Runway): Level {
  return centi === null ? "fine" : levelAbove(centi, BigInt(floor) * 100n);
}

/** The level of the loss against what trips the breaker. */
export function lossLevel({ value, highWater, least }: Gauges): Level {
  if (value < least) return "beyond";
  const loss = highWater > value ? highWater - value : 0n;
  return levelBelow(loss, highWater - least);
}

/** The level of the outflow bucket: near when little may leave, beyond when nothing may. */
export function bucketLevel({ level, capacity }: Gauges): Level {
  if (capacity === 0n || level >= capacity / 5n) return "fine";
  return level === 0n ? "beyond" : "near";
}

/** What a verdict on the whole rests on. */
export interface Verdict {
  /** `stopped`: the breaker or a pause blocks executions. */
  readonly kind: "safe" | "near" | "unsafe" | "stopped";
  readonly runway: Runway;
  readonly gauges: Gauges;
  readonly holdings: readonly Holding[];
  /** What is beyond its limit, and what is near it: `the runway`, or a category by its place. */
  readonly beyond: readonly (Concern | Holding)[];
  readonly near: readonly (Concern | Holding)[];
}

/** What can be near its limit. */
export type Concern = "the runway" | "the loss in value" | "the outflow bucket";

/** The verdict on a treasury at `now`, by the limits that it has set itself. */
export function verdictOn(treasury: Treasury, now: bigint): Verdict {
  const runway = runwayOf(treasury);
  const gauges = gaugesOf(treasury, now);
  const holdings = holdingsOf(treasury);
  const levels: (readonly [Concern | Holding, Level])[] = [
    ["the runway", runwayLevel(runway)],
    ["the loss in value", lossLevel(gauges)],
    // An empty bucket delays payments, by at most a few days; it endangers nothing.
    ["the outflow bucket", bucketLevel(gauges) === "fine" ? "fine" : "near"],
    ...holdings.map((holding) => [holding, levelBelow(holding.exposure, holding.limit)] as const),
  ];
  const at = (wanted: Level) => levels.flatMap(([what, level]) => (level === wanted ? [what] : []));
  const [beyond, near] = [at("beyond"), at("near")];
  const stopped = gauges.trippedUntil !== null || gauges.pausedUntil !== null;
  const unsafe = beyond.length > 0 || gauges.condition !== null;
  return {
    kind: stopped ? "stopped" : unsafe ? "unsafe" : near.length > 0 ? "near" : "safe",
    runway,
    gauges,
    holdings,
    beyond,
    near,
  };
}

/** How full the bucket is, in basis points; a bucket without capacity is empty. */
export function bucketBps({ level, capacity }: Gauges): bigint {
  return shareBps(level, capacity);
}

/** The loss from the high-water mark in basis points of it, rounded up: a loss is not made smaller. */
export function lossBps({ value, highWater }: Gauges): bigint {
  if (highWater === 0n || value >= highWater) return 0n;
  return ((highWater - value) * BPS + highWater - 1n) / highWater;
}

/** `compute`, or `null` where the books contradict the rules: no figure is better than a wrong one. */
export function unless<T>(compute: () => T): T | null {
  try {
    return compute();
  } catch (error) {
    if (error instanceof RuleError) return null;
    throw error;
  }
}
