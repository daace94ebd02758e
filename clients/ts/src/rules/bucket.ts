/**
 * R11: how fast claims may leave the vault. A token bucket that keeps the remainder of every refill,
 * so that a thousand small refills add up to exactly one large one.
 */

import { mulDivFloor } from "./bps";
import { RuleError, max, min, saturatingSub } from "./checked";

/** How large a bucket is and how fast it fills. Requires `windowSecs > 0`. */
export interface Flow {
  /** Base units that fit, and that flow in per window. */
  readonly capacity: bigint;
  /** Seconds in which an empty bucket fills. */
  readonly windowSecs: number;
}

/** What may leave at once. `level <= capacity`, `remainder < windowSecs`. */
export interface Bucket {
  /** Base units that may leave now. */
  readonly level: bigint;
  /** Base units times seconds that the last refill could not turn into a whole base unit. */
  readonly remainder: bigint;
  /** Unix seconds of the last refill. */
  readonly at: bigint;
}

/** A bucket filled at `now`. */
export function fullBucket(flow: Flow, now: bigint): Bucket {
  return { level: flow.capacity, remainder: 0n, at: now };
}

/**
 * The bucket at `now`: `level + floor((capacity * seconds + remainder) / window)`, at most the
 * capacity. A clock that stands or runs back adds nothing. Throws if the window is zero.
 */
export function refill(bucket: Bucket, flow: Flow, now: bigint): Bucket {
  const window = BigInt(flow.windowSecs);
  if (window === 0n) throw new RuleError("a bucket needs a window");
  const elapsed = now - bucket.at;
  if (elapsed <= 0n) return bucket;
  if (elapsed >= window) return fullBucket(flow, now);
  const flowed = flow.capacity * elapsed + bucket.remainder;
  const level = bucket.level + flowed / window;
  if (level >= flow.capacity) return fullBucket(flow, now);
  return { level, remainder: flowed % window, at: now };
}

/** The bucket after `amount` left. What P4 makes it pay beyond its level is not owed later. */
export function take(bucket: Bucket, amount: bigint): Bucket {
  return { ...bucket, level: saturatingSub(bucket.level, amount) };
}

/**
 * The bucket under another flow from `now` on: what it holds stays, the remainder included, as far as
 * it fits. Throws as {@link refill} does.
 */
export function resize(bucket: Bucket, old: Flow, next: Flow, now: bigint): Bucket {
  const filled = refill(bucket, old, now);
  if (filled.level >= next.capacity) return { ...fullBucket(next, now), at: filled.at };
  const [oldSecs, nextSecs] = [BigInt(old.windowSecs), BigInt(next.windowSecs)];
  return { ...filled, remainder: mulDivFloor(filled.remainder, nextSecs, oldSecs) };
}

/**
 * R11: base units that a claim of `claimable` pays when the bucket holds `level` and `overdue` of them
 * had been released for the longest delay that P4 allows: `max(min(claimable, level), overdue)`, never
 * more than `claimable`.
 */
export function payout(claimable: bigint, level: bigint, overdue: bigint): bigint {
  return min(claimable, max(level, overdue));
}
