/** R11: for how long executions stood still, so that grace does not run meanwhile. */

import { i64, max, min } from "./checked";

/** When executions were blocked, by breaker or pause. `from <= until`. */
export interface Standstill {
  /** Seconds of all stretches before the latest. */
  readonly beforeSecs: bigint;
  /** Unix seconds. Begin of the latest stretch. */
  readonly from: bigint;
  /** Unix seconds, exclusive. End of the latest stretch, which may lie ahead. */
  readonly until: bigint;
}

/** Whether executions are blocked at `now`. */
export function isOn(standstill: Standstill, now: bigint): boolean {
  return standstill.from <= now && now < standstill.until;
}

/** Seconds blocked up to `now`, all stretches together. Throws on overflow. */
export function totalSecs(standstill: Standstill, now: bigint): bigint {
  const latest = max(i64(min(now, standstill.until) - standstill.from), 0n);
  return i64(standstill.beforeSecs + latest);
}
