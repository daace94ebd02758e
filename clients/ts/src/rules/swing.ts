/** R5: what a late ballot may do to the close of voting. */

import { i64, max, min } from "./checked";
import type { Tally } from "./outcome";

/** When voting ends. Requires `closesAt <= hardEndAt` and `lateWindowSecs >= 0`. */
export interface Schedule {
  /** Unix seconds, exclusive. Moves on with every extension. */
  readonly closesAt: bigint;
  /** Unix seconds, exclusive. No extension goes beyond it. */
  readonly hardEndAt: bigint;
  /** Seconds before the close in which a swing extends voting. */
  readonly lateWindowSecs: bigint;
}

/** R5: whether `now` lies in `[closesAt - window, closesAt)`. Throws if the window's start underflows. */
export function isLate(schedule: Schedule, now: bigint): boolean {
  return withinLast(schedule.lateWindowSecs, schedule.closesAt, now);
}

/**
 * R5: whether `now` lies in `[hardEnd - window, hardEnd)`, where no ballot may turn a failing entry
 * into a passing one. Throws if the window's start underflows.
 */
export function isFinal(schedule: Schedule, now: bigint): boolean {
  return withinLast(schedule.lateWindowSecs, schedule.hardEndAt, now);
}

function withinLast(windowSecs: bigint, endAt: bigint, now: bigint): boolean {
  return i64(endAt - windowSecs) <= now && now < endAt;
}

/** How one entry moved under one ballot, judged by R4 before and after. */
export interface Movement {
  readonly passedBefore: boolean;
  readonly passesNow: boolean;
  /** Weight by which (for - against) moved, in either direction. */
  readonly marginMoved: bigint;
}

/** R5: `|(for - against) after - (for - against) before|`, at most the largest `u64`. */
export function marginMoved(before: Tally, after: Tally): bigint {
  const moved = after.for - after.against - (before.for - before.against);
  return min(moved < 0n ? -moved : moved, 2n ** 64n - 1n);
}

/**
 * R5: whether the movement is large enough to extend voting: the result flips either way, or the
 * margin moved by at least `swingThreshold`. A threshold of zero counts as one.
 */
export function isSwing(movement: Movement, swingThreshold: bigint): boolean {
  const flips = movement.passedBefore !== movement.passesNow;
  return flips || movement.marginMoved >= max(swingThreshold, 1n);
}

/** R5: whether the movement turns a failing entry into a passing one. */
export function turnsToPass(movement: Movement): boolean {
  return !movement.passedBefore && movement.passesNow;
}

/** R5: the close after a swing at `now`, `min(max(closesAt, now + window), hardEnd)`. Throws on overflow. */
export function extended(schedule: Schedule, now: bigint): bigint {
  return min(max(i64(now + schedule.lateWindowSecs), schedule.closesAt), schedule.hardEndAt);
}
