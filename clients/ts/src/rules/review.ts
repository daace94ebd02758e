/**
 * R8: what a checkpoint waits for, and what its verdict does. All moments are seconds on the stream's
 * clock, so that deadlines stand still while the stream is paused.
 */

import { i64, max, min, saturatingAdd } from "./checked";

/** How a treasury reviews. Requires `floorBps <= passBps`. */
export interface ReviewTerms {
  /** Seconds from a checkpoint's opening in which its update can be filed. */
  readonly windowSecs: number;
  /** Seconds from the update in which it can be scored. */
  readonly graceSecs: number;
  /** Score from which the next part starts in full. */
  readonly passBps: number;
  /** Score from which the next part starts scaled. */
  readonly floorBps: number;
}

/** The first checkpoint that has not passed. */
export interface Checkpoint {
  /** Clock seconds at which the part before it ends. */
  readonly dueAt: bigint;
  /** Clock seconds at which the checkpoint before it passed; 0 for the first. */
  readonly previousPassedAt: bigint;
  /** Clock seconds at which its update was filed. */
  readonly updatedAt: bigint | null;
}

/** What a checkpoint waits for. */
export type Stage =
  /** The part before it still runs. */
  | { readonly kind: "Ahead" }
  /** The recipient's update, until the given clock second, exclusive. */
  | { readonly kind: "AwaitsUpdate"; readonly until: bigint }
  /** The reviewer's verdict, until the given clock second, exclusive. */
  | { readonly kind: "AwaitsVerdict"; readonly until: bigint }
  /** The reviewer kept silent: it passed by itself at the given clock second. */
  | { readonly kind: "PassedBySilence"; readonly at: bigint }
  /** The recipient kept silent: held since the given clock second. */
  | { readonly kind: "Overdue"; readonly at: bigint };

/**
 * R8: what the checkpoint waits for when the clock shows `clockSecs`. Silence of the reviewer favours
 * the recipient, silence of the recipient the treasury. Throws on overflow.
 */
export function stage(checkpoint: Checkpoint, terms: ReviewTerms, clockSecs: bigint): Stage {
  if (checkpoint.updatedAt !== null) {
    const until = i64(checkpoint.updatedAt + BigInt(terms.graceSecs));
    return clockSecs < until
      ? { kind: "AwaitsVerdict", until }
      : { kind: "PassedBySilence", at: until };
  }
  const opensAt = max(checkpoint.dueAt, checkpoint.previousPassedAt);
  if (clockSecs < opensAt) return { kind: "Ahead" };
  const until = i64(opensAt + BigInt(terms.windowSecs));
  return clockSecs < until ? { kind: "AwaitsUpdate", until } : { kind: "Overdue", at: until };
}

/** What a score does: the next part starts in full, starts scaled, or the stream is held. */
export type ReviewVerdict = "Passes" | "Scales" | "Holds";

/** R8: the verdict of `scoreBps`, 0 to 10,000. */
export function verdict(scoreBps: number, terms: ReviewTerms): ReviewVerdict {
  if (scoreBps >= terms.passBps) return "Passes";
  return scoreBps >= terms.floorBps ? "Scales" : "Holds";
}

/** The longest a hold can last, in seconds. */
export const MAX_HOLD_SECS = 180n * 86_400n;

/**
 * R8: unix seconds from which a stream held since `heldAt` lapses: `holdLimitSecs` after the execution
 * grace of an epoch that opened after the hold, and at most 180 days after the hold. Throws on
 * overflow.
 */
export function lapsesAt(
  heldAt: bigint,
  rulingGraceEndsAt: bigint | null,
  holdLimitSecs: number,
): bigint {
  const latest = i64(heldAt + MAX_HOLD_SECS);
  if (rulingGraceEndsAt === null) return latest;
  return min(i64(rulingGraceEndsAt + BigInt(holdLimitSecs)), latest);
}

/**
 * Whether a record counts as weak, updates that never came as zero: whether `scoreSum / (scored +
 * missed) < floor`. A person without reviews has no weak record.
 */
export function isWeak(
  scoreSum: number,
  scored: number,
  missed: number,
  floorBps: number,
): boolean {
  const reviews = saturatingAdd(BigInt(scored), BigInt(missed));
  return BigInt(scoreSum) < reviews * BigInt(floorBps);
}
