/**
 * R7: what a stream has released, part by part.
 *
 * A stream runs on its own clock, in seconds, which stands while a guardian pauses it and which a
 * ruling can set back to a checkpoint ({@link Clock}). Its {@link Plan} says what is released when if
 * every review passes in time; its {@link Gate} says how far reviews have let it come.
 */

import { BPS, mulDivFloor } from "./bps";
import { RuleError, U32_MAX, U64_MAX, i64, max, min, saturatingSub, u64, upTo } from "./checked";

/** The most checkpoints a stream may have; it then has one part more. */
export const MAX_CHECKPOINTS = 12;

/** The longest payout delay that any policy may set, in seconds (P4). */
export const MAX_PAYOUT_DELAY_SECS = 7n * 86_400n;

/**
 * What a stream pays over which time, reviews aside. Requires `cliffSecs <= durationSecs`, at most
 * {@link MAX_CHECKPOINTS} and `basePart <= checkpoints`.
 */
export interface Plan {
  /** Seconds from start to end on the stream's clock. */
  readonly durationSecs: number;
  /** Seconds from the start during which nothing is released. */
  readonly cliffSecs: number;
  /** Checkpoints n that cut the stream into n + 1 parts equal in time. */
  readonly checkpoints: number;
  /** Part from which `rest` is spread. 0 until a ruling reduces the stream. */
  readonly basePart: number;
  /** Base units of the parts before `basePart`. */
  readonly baseAmount: bigint;
  /** Base units spread over the parts from `basePart` on. */
  readonly rest: bigint;
}

/** The plan of a stream that nothing has reduced yet. */
export function newPlan(
  total: bigint,
  durationSecs: number,
  cliffSecs: number,
  checkpoints: number,
): Plan {
  return { durationSecs, cliffSecs, checkpoints, basePart: 0, baseAmount: 0n, rest: total };
}

/** Base units of all parts. Throws if they exceed `u64`. */
export function planTotal(plan: Plan): bigint {
  return u64(plan.baseAmount + plan.rest);
}

function partsOf(plan: Plan): number {
  if (plan.checkpoints > MAX_CHECKPOINTS || plan.basePart > plan.checkpoints) {
    throw new RuleError(`${plan.checkpoints} checkpoints from part ${plan.basePart} are no plan`);
  }
  return plan.checkpoints + 1;
}

/**
 * R7: seconds on the clock at which part `part` (from 0) begins, `floor(duration * k / (n + 1))`; the
 * number of parts gives the duration. Throws beyond that or with too many checkpoints.
 */
export function partStartSecs(plan: Plan, part: number): number {
  const parts = partsOf(plan);
  if (part > parts) throw new RuleError(`part ${part} of ${parts}`);
  return upTo(U32_MAX, mulDivFloor(BigInt(plan.durationSecs), BigInt(part), BigInt(parts)));
}

/**
 * Base units of the parts before `part`, by cumulative floor, so that all parts sum exactly:
 * `baseAmount + floor(rest * (part - basePart) / (n + 1 - basePart))`. Parts before the base count as
 * wholly finished.
 */
export function cumulative(plan: Plan, part: number): bigint {
  const left = partsOf(plan) - plan.basePart;
  const done = part - plan.basePart;
  if (done < 0) return plan.baseAmount;
  if (done > left) throw new RuleError(`part ${part} of ${plan.checkpoints + 1}`);
  return u64(plan.baseAmount + mulDivFloor(plan.rest, BigInt(done), BigInt(left)));
}

/**
 * Base units released at `clockSecs` if every review has passed in time: the finished parts and, of the
 * current one, `floor(part * elapsed in part / part length)`. Nothing before the start and the cliff,
 * everything from the end on. Throws if the plan breaks its requirements.
 */
export function planned(plan: Plan, clockSecs: bigint): bigint {
  const parts = BigInt(partsOf(plan));
  if (plan.cliffSecs > plan.durationSecs) throw new RuleError("the cliff lies behind the end");
  if (clockSecs < 0n) return 0n;
  const duration = BigInt(plan.durationSecs);
  if (clockSecs >= duration) return planTotal(plan);
  if (clockSecs < BigInt(plan.cliffSecs)) return 0n;
  // The last part k that has begun: floor(duration * k / parts) <= elapsed exactly when
  // k < (elapsed + 1) * parts / duration.
  const part = upTo(0xff, ((clockSecs + 1n) * parts - 1n) / duration);
  return within(plan, part, clockSecs, 0n);
}

/** Base units of the parts before `part`, and of `part` less `reduction` its share at `elapsed`. */
function within(plan: Plan, part: number, elapsed: bigint, reduction: bigint): bigint {
  const starts = BigInt(partStartSecs(plan, part));
  const length = BigInt(partStartSecs(plan, part + 1)) - starts;
  const finished = cumulative(plan, part);
  const amount = u64(cumulative(plan, part + 1) - finished - reduction);
  const inPart = min(saturatingSub(elapsed, starts), length);
  // A part of no length is over as soon as it begins.
  return u64(finished + (inPart === length ? amount : mulDivFloor(amount, inPart, length)));
}

/** How far reviews have let a stream come, and what they have cost it. */
export interface Gate {
  /** Checkpoints passed. Part `passed` is the last that may release. */
  readonly passed: number;
  /** Base units that scaling took from the finished parts. */
  readonly reducedBefore: bigint;
  /** Base units that scaling took from part `passed`. */
  readonly partReduction: bigint;
  /** Base units that a ruling found released: what is released never falls below it (P4). */
  readonly floor: bigint;
}

/**
 * R7, R8: base units released at `clockSecs`: what the plan says, stopped at the end of the part before
 * the first open checkpoint, less what scaling took. Throws if plan and gate contradict each other.
 */
export function released(plan: Plan, gate: Gate, clockSecs: bigint): bigint {
  if (plan.cliffSecs > plan.durationSecs || gate.passed > plan.checkpoints) {
    throw new RuleError("plan and gate contradict each other");
  }
  if (clockSecs < BigInt(plan.cliffSecs)) return gate.floor;
  const gross = within(plan, gate.passed, clockSecs, gate.partReduction);
  return max(u64(gross - gate.reducedBefore), gate.floor);
}

/** Base units that the stream pays in all, if nothing else reduces it. */
export function netTotal(plan: Plan, gate: Gate): bigint {
  return u64(planTotal(plan) - gate.reducedBefore - gate.partReduction);
}

/** The gate after a checkpoint passed, and the base units that scaling returns. */
export interface Passed {
  readonly gate: Gate;
  readonly returned: bigint;
}

/**
 * R8: what follows when checkpoint `gate.passed` passes. With `score < passBps`, what the next part has
 * yet to release shrinks to `floor(it * score / pass)`. Throws if no checkpoint is left.
 */
export function pass(plan: Plan, gate: Gate, score: number, passBps: number): Passed {
  const passed = gate.passed + 1;
  const reducedBefore = u64(gate.reducedBefore + gate.partReduction);
  const begins = u64(cumulative(plan, passed) - reducedBefore);
  const ends = u64(cumulative(plan, passed + 1) - reducedBefore);
  // After a ruling the plan may lag behind what is released, which no score takes back.
  const open = saturatingSub(ends, max(begins, gate.floor));
  const kept = score >= passBps ? open : mulDivFloor(open, BigInt(score), BigInt(passBps));
  const returned = u64(open - kept);
  return { gate: { ...gate, passed, reducedBefore, partReduction: returned }, returned };
}

/** A stream's own time. Requires `pauseFrom <= pauseUntil`. */
export interface Clock {
  /** Unix seconds of the start. */
  readonly startedAt: bigint;
  /** Seconds for which the clock has stood, the latest pause aside. */
  readonly standingSecs: bigint;
  /** Unix seconds. Begin of the latest pause. */
  readonly pauseFrom: bigint;
  /** Unix seconds, exclusive. End of the latest pause, which may lie ahead. */
  readonly pauseUntil: bigint;
}

/** Seconds on the clock at `now`. Throws on overflow. */
export function clockAt(clock: Clock, now: bigint): bigint {
  const paused = max(i64(min(now, clock.pauseUntil) - clock.pauseFrom), 0n);
  return i64(i64(i64(now - clock.startedAt) - clock.standingSecs) - paused);
}

/**
 * Unix seconds at which the clock showed, or will show, `clockSecs`. A moment within the latest pause
 * is its begin. Throws on overflow.
 */
export function reachedAt(clock: Clock, clockSecs: bigint): bigint {
  const moment = i64(i64(clock.startedAt + clock.standingSecs) + clockSecs);
  if (moment <= clock.pauseFrom) return moment;
  return i64(moment + i64(clock.pauseUntil - clock.pauseFrom));
}

/** The clock set back to `clockSecs` at `now`. Throws if it shows less: it is never set forward. */
export function setBack(clock: Clock, now: bigint, clockSecs: bigint): Clock {
  const lost = i64(clockAt(clock, now) - clockSecs);
  if (lost < 0n) throw new RuleError("a clock is never set forward");
  return { ...clock, standingSecs: i64(clock.standingSecs + lost) };
}

/** Plan, gate and clock as a ruling leaves them. */
export interface Resumed {
  readonly gate: Gate;
  readonly clock: Clock;
}

/**
 * R8: gate and clock after a held stream goes on at `now`: its checkpoint passed in full, the clock as if
 * it had stood there since. Throws as {@link released} does, and if no checkpoint is left or the clock
 * has not come to it.
 */
export function resume(plan: Plan, gate: Gate, clock: Clock, now: bigint): Resumed {
  // The clock may go back behind the cliff. What it released there stays released.
  const floor = released(plan, gate, clockAt(clock, now));
  const opened = pass(plan, gate, 0, 0).gate;
  const dueAt = BigInt(partStartSecs(plan, opened.passed));
  return { gate: { ...opened, floor }, clock: setBack(clock, now, dueAt) };
}

/** Plan and gate after a ruling reduced a stream, and the base units that return. */
export interface Reduced {
  readonly plan: Plan;
  readonly gate: Gate;
  readonly returned: bigint;
}

/**
 * R8: a ruling keeps `keepBps` of what is unreleased at `clockSecs`; `unreleased - floor(unreleased *
 * keep / 10_000)` returns. What remains is spread evenly over the parts that are not finished; a part
 * that a review scaled below the later ones only keeps its own share. Where that plan lags behind what
 * was already released, nothing more is released until it has caught up. Throws as {@link released}
 * does.
 */
export function reduce(plan: Plan, gate: Gate, clockSecs: bigint, keepBps: number): Reduced {
  const keep = min(BigInt(keepBps), BPS);
  const out = released(plan, gate, clockSecs);
  // Sums count from the start; of each only what is released stays in full.
  const reduced = (sum: bigint) => (sum < out ? sum : out + mulDivFloor(sum - out, keep, BPS));
  const next = gate.passed + 1;
  const taken = u64(gate.reducedBefore + gate.partReduction);
  const net = netTotal(plan, gate);
  const total = reduced(net);
  // Before the cliff, finished parts are unreleased too.
  const begins = reduced(u64(cumulative(plan, gate.passed) - gate.reducedBefore));
  const ends = reduced(u64(cumulative(plan, next) - taken));

  const atEnd = clockSecs >= BigInt(partStartSecs(plan, next));
  const closes = atEnd && gate.passed < plan.checkpoints;
  const basePart = closes ? next : gate.passed;
  const baseAmount = closes ? max(ends, out) : begins;
  const partReduction = closes ? 0n : spreadMore(plan, gate, { total, begins, ends });
  return {
    plan: { ...plan, basePart, baseAmount, rest: u64(u64(total - baseAmount) + partReduction) },
    gate: { passed: gate.passed, reducedBefore: 0n, partReduction, floor: out },
    returned: u64(net - total),
  };
}

/**
 * With p parts left, `total - begins` is part + q * (p - 1) + r, where r < p - 1. If q is more than
 * part, q - part more are spread, which is q * p + r: the current part is then q, and less q - part
 * itself again.
 */
function spreadMore(
  plan: Plan,
  gate: Gate,
  sums: { total: bigint; begins: bigint; ends: bigint },
): bigint {
  const laterParts = BigInt(plan.checkpoints - gate.passed);
  const later = u64(sums.total - sums.ends);
  const each = laterParts === 0n ? 0n : later / laterParts;
  return min(saturatingSub(each, u64(sums.ends - sums.begins)), U64_MAX - sums.total);
}

/** The last moment at which a ruling or a review changed what a stream releases. */
export interface Bend {
  /** Unix seconds; 0 for none. */
  readonly at: bigint;
  /** Base units released just before. */
  readonly released: bigint;
  /** Standing time of the clock before, or before an earlier bend that a delay still reaches. */
  readonly standingSecs: bigint;
}

/**
 * The bend at `now`, with `out` base units released and the clock `before`. Two bends closer than the
 * longest delay count as one that shows the earlier clock: the faster one.
 */
export function noteBend(bend: Bend, now: bigint, out: bigint, before: Clock): Bend {
  const close = bend.at !== 0n && now - bend.at < MAX_PAYOUT_DELAY_SECS;
  return { at: now, released: out, standingSecs: close ? bend.standingSecs : before.standingSecs };
}

/**
 * P4: base units that were released at the past moment `at`. Exact from the last bend on; before it never
 * less than the truth, and never more than was released when it came.
 */
export function matured(plan: Plan, gate: Gate, clock: Clock, bend: Bend, at: bigint): bigint {
  if (at >= bend.at) return released(plan, gate, clockAt(clock, at));
  const before = { ...clock, standingSecs: bend.standingSecs };
  // A ruling since then reduced the plan. Its floor is what was released when it came.
  return min(max(planned(plan, clockAt(before, at)), gate.floor), bend.released);
}
