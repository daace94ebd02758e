/**
 * R2: the value that counted when voting opened. Whoever first changes a value afterwards stores the
 * old one beside it, marked with the epoch; a value that nobody changed is its own snapshot.
 */

import { U32_MAX, min } from "./checked";

/** No epoch: nothing was ever frozen, or none was ever opened. */
export const NEVER = U32_MAX;

/** A value as it was when voting of `epoch` opened. */
export interface Frozen {
  /** Index of the epoch the value belongs to, or {@link NEVER}. */
  readonly epoch: number;
  /** Weight in base units. Means nothing while `epoch` is {@link NEVER}. */
  readonly value: bigint;
}

function holds(frozen: Frozen, epoch: number): boolean {
  return frozen.epoch === epoch && epoch !== NEVER;
}

/**
 * R2: the value that counts in `epoch`: the frozen one if it belongs to that epoch, else `current`,
 * which has not changed since voting opened. Only the treasury's latest epoch may be asked for, once
 * its voting has opened.
 */
export function power(frozen: Frozen, current: bigint, epoch: number): bigint {
  return holds(frozen, epoch) ? frozen.value : current;
}

/**
 * R2: what to keep before a value changes from `old`: the value at the opening, if voting of
 * `currentEpoch` has opened and nothing is kept for it yet.
 */
export function freeze(
  frozen: Frozen,
  old: bigint,
  currentEpoch: number,
  votingOpened: boolean,
): Frozen {
  const due = votingOpened && currentEpoch !== NEVER && frozen.epoch !== currentEpoch;
  return due ? { epoch: currentEpoch, value: old } : frozen;
}

/**
 * R2, for a stake: {@link freeze}s the weight at the opening, then caps it by the new weight. What the
 * owner takes away is lost at once, what is added counts from the next epoch.
 */
export function changeWeight(
  frozen: Frozen,
  old: bigint,
  next: bigint,
  currentEpoch: number,
  votingOpened: boolean,
): Frozen {
  const kept = freeze(frozen, old, currentEpoch, votingOpened);
  return holds(kept, currentEpoch) ? { ...kept, value: min(kept.value, next) } : kept;
}
