/**
 * The dashboard's heart: what would be funded if voting closed now, what a ballot would change, and what an
 * ask would do to the treasury. The same numbers as `settle_epoch`, `cast_vote` and `assess_ask`.
 */

import type { ReadonlyUint8Array } from "@solana/kit";

import type { Epoch } from "../accounts";
import { choiceOn } from "../ballot";
import type { Treasury } from "../generated";
import {
  type Allocation,
  type Limits,
  MAX_CATEGORIES,
  type Verdict,
  awardTier,
  settle,
} from "../rules/allocation";
import { replace } from "../rules/ballot";
import { shareCeil } from "../rules/bps";
import { RuleError } from "../rules/checked";
import { type Tally, type Thresholds, Tier, judge } from "../rules/outcome";
import { type Assessment, assess, riskLimits } from "../rules/risk";
import { extended, isFinal, isLate, isSwing, marginMoved, turnsToPass } from "../rules/swing";
import { type Entry, Outcome, UNRANKED } from "../slate";
import { candidate, candidates, isVotable, limitsOfAsks, tally, votingSchedule } from "./epoch";
import { hasCategory, thresholds } from "./policy";
import { currentEpoch, electorate, standing } from "./treasury";

/** What settlement would write into an entry. */
export type Decision = Pick<Entry, "outcome" | "tier" | "reason" | "rank">;

/** What settlement would decide, and by which measure. */
export interface Projection {
  /** By slate index; as many as there are entries. */
  readonly decisions: readonly Decision[];
  readonly allocation: Allocation;
  readonly thresholds: Thresholds;
  readonly limits: Limits;
}

function requireCurrent(treasury: Treasury, epoch: Epoch): void {
  if (currentEpoch(treasury) !== epoch.index || epoch.settledAt !== 0n) {
    throw new RuleError(`epoch ${epoch.index} is not the treasury's unsettled one`);
  }
}

/** What the awards of the treasury's present epoch may take together. */
export function limitsAt(treasury: Treasury, epoch: Epoch, now: bigint): Limits {
  return {
    cap: epoch.cap,
    ask: limitsOfAsks(epoch),
    categoryCaps: epoch.categoryCaps,
    risk: riskLimits(standing(treasury, epoch.cap, now)),
  };
}

/**
 * R4, R6: what would be decided if voting closed at `now`: outcome, tier, reason and rank of every entry,
 * exactly as `settle_epoch` would store them. Throws for an epoch that is settled or not the treasury's
 * present one.
 */
export function settleNow(treasury: Treasury, epoch: Epoch, now: bigint): Projection {
  requireCurrent(treasury, epoch);
  const slate = epoch.slate.slice(0, epoch.entryCount);
  const required = thresholds(epoch.policy, electorate(treasury, epoch.index));
  const limits = limitsAt(treasury, epoch, now);
  const { verdicts, allocation } = settle(candidates(slate), required, limits);
  const decisions = slate.map((entry, index) => decision(entry, verdicts[index]));
  return { decisions, allocation, thresholds: required, limits };
}

function decision(entry: Entry, verdict: Verdict | undefined): Decision {
  const none = { tier: 0, reason: 0, rank: UNRANKED };
  switch (verdict?.kind) {
    case undefined:
    case "NotVotable": {
      const withdrawn = entry.outcome === Outcome.Withdrawn;
      return withdrawn ? stored(entry) : { ...none, outcome: Outcome.NotAccepted };
    }
    case "Failed":
      return { ...none, outcome: Outcome.Failed, tier: verdict.tier, reason: verdict.why };
    case "Unfunded": {
      const { tier, why: reason, rank } = verdict;
      return { outcome: Outcome.Unfunded, tier, reason, rank };
    }
    case "Funded":
      return { ...none, outcome: Outcome.Funded, tier: verdict.tier, rank: verdict.rank };
    case "Approved":
      return { ...none, outcome: Outcome.Approved, tier: Tier.Constitutional, rank: verdict.rank };
    case "Superseded":
      return {
        ...none,
        outcome: Outcome.Superseded,
        tier: Tier.Constitutional,
        rank: verdict.rank,
      };
  }
}

function stored({ outcome, tier, reason, rank }: Entry): Decision {
  return { outcome, tier, reason, rank };
}

/** What one ballot would do. */
export interface BallotEffect {
  /** The epoch with the ballot counted and its voting extended; show it to {@link settleNow}. */
  readonly epoch: Epoch;
  /** Whether the ballot is a late swing that extends voting (R5). */
  readonly extends: boolean;
  /** Entries that the ballot may not turn to passing so late (R5): the program would refuse it. */
  readonly forbidden: readonly number[];
}

/**
 * R3, R5: what a ballot of `weight` would do at `now` in place of what is `recorded` (empty for a first
 * ballot). Throws where it chooses on an entry that nobody may choose on.
 */
export function withBallot(
  treasury: Treasury,
  epoch: Epoch,
  recorded: ReadonlyUint8Array,
  ballot: ReadonlyUint8Array,
  weight: bigint,
  now: bigint,
): BallotEffect {
  requireCurrent(treasury, epoch);
  const schedule = votingSchedule(epoch);
  const [late, final] = [isLate(schedule, now), isFinal(schedule, now)];
  const total = electorate(treasury, epoch.index);
  const swing = shareCeil(total, epoch.policy.tiers.lateSwingBps);
  const required = thresholds(epoch.policy, total);
  const slate = [...epoch.slate];
  const forbidden: number[] = [];
  let swung = false;
  for (let index = 0; index < Math.max(recorded.length, ballot.length) * 4; index += 1) {
    const [old, next] = [choiceOn(recorded, index), choiceOn(ballot, index)];
    if (old === next) continue;
    const entry = slate[index];
    if (entry === undefined || !isVotable(entry)) {
      throw new RuleError(`nobody may choose on entry ${index}`);
    }
    const before = tally(entry);
    const after = replace(before, old, next, weight);
    slate[index] = { ...entry, ...after };
    const passes = (cast: Tally) => passesAt(epoch, slate, entry, required, cast);
    const movement = {
      passedBefore: passes(before),
      passesNow: passes(after),
      marginMoved: marginMoved(before, after),
    };
    swung ||= late && isSwing(movement, swing);
    if (final && turnsToPass(movement)) forbidden.push(index);
  }
  const votingClosesAt = swung ? extended(schedule, now) : epoch.votingClosesAt;
  return { epoch: { ...epoch, slate, votingClosesAt }, extends: swung, forbidden };
}

/** Whether an entry passes with this tally. An ask above the large limit passes nowhere. */
function passesAt(
  epoch: Epoch,
  slate: readonly Entry[],
  entry: Entry,
  required: Thresholds,
  cast: Tally,
): boolean {
  const ask = slate[entry.leader]?.recipientAsk ?? 2n ** 64n - 1n;
  const standing = candidate(entry, ask);
  const tier =
    "award" in standing ? awardTier(standing.award, limitsOfAsks(epoch)) : Tier.Constitutional;
  return tier !== null && judge(required, cast, tier) === null;
}

/**
 * R10: what an ask of `amount` in `category` would do, with `recipientAwarded` awarded to the same recipient
 * in this epoch already; as `assess_ask` answers. Throws for an unknown category, and as
 * {@link settleNow} does.
 */
export function assessAsk(
  treasury: Treasury,
  epoch: Epoch,
  ask: { readonly amount: bigint; readonly category: number; readonly recipientAwarded: bigint },
  now: bigint,
): Assessment {
  requireCurrent(treasury, epoch);
  if (!hasCategory(epoch.policy, ask.category)) {
    throw new RuleError(`there is no category ${ask.category}`);
  }
  const awarded = new Array<bigint>(MAX_CATEGORIES).fill(0n);
  const own = standing(treasury, epoch.cap, now);
  return assess(own, limitsAt(treasury, epoch, now), { ...ask, awarded });
}
