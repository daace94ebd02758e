/** R3: what a ballot does to the tally of one entry. */

import { u64 } from "./checked";
import type { Tally } from "./outcome";

/** What a ballot says about one entry; two bits in the vote record. */
export enum Choice {
  /** Nothing: the ballot leaves the entry out. */
  Unmarked = 0,
  For = 1,
  Against = 2,
  /** Counts for the quorum only. */
  Abstain = 3,
}

/**
 * R3: the tally after a ballot of `weight` says `next` where it said `old`: the old choice is
 * subtracted, then the new one added, both at the weight recorded when the ballot was first cast.
 * Throws if less than `weight` was cast for the old choice, or the sum exceeds `u64`.
 */
export function replace(tally: Tally, old: Choice, next: Choice, weight: bigint): Tally {
  return moved(moved(tally, old, -weight), next, weight);
}

function moved(tally: Tally, choice: Choice, weight: bigint): Tally {
  switch (choice) {
    case Choice.Unmarked:
      return tally;
    case Choice.For:
      return { ...tally, for: u64(tally.for + weight) };
    case Choice.Against:
      return { ...tally, against: u64(tally.against + weight) };
    case Choice.Abstain:
      return { ...tally, abstain: u64(tally.abstain + weight) };
  }
}
