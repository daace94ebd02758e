/** Whether the breaker has tripped. */

import type { Treasury } from "@community-budget/client";

/**
 * By the books, which say that a trip is on, and not by when it began: the page's clock is a moment behind
 * the network's, and a coarse one up to its step. `now` in unix seconds.
 */
export function isTripped({ tripOpen, trippedUntil }: Treasury, now: bigint): boolean {
  return tripOpen === 1 && now < trippedUntil;
}
