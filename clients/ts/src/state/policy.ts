/** What a policy gives the rules to work with. */

import type { Category, Policy, RiskSection, StakeSection, TierRule } from "../generated/types";
import type { Flow } from "../rules/bucket";
import { RuleError, U32_MAX } from "../rules/checked";
import * as outcome from "../rules/outcome";
import { Tier } from "../rules/outcome";
import { Class, type PositionTerms } from "../rules/risk";
import type { LockTerms } from "../rules/weight";

/** The row of a tier; of the constitutional one for a number that names none. */
function rule(policy: Policy, tier: number): TierRule {
  const found = policy.tiers.rules[tier] ?? policy.tiers.rules[Tier.Constitutional];
  if (found === undefined) throw new RuleError("a policy has four tiers");
  return found;
}

/** Largest ask of each tier when `free` base units are free (rounded down). */
export function askLimits(policy: Policy, free: bigint): outcome.AskLimits {
  const limit = (tier: Tier) => rule(policy, tier).askLimitBps;
  return outcome.askLimits(free, limit(Tier.Small), limit(Tier.Medium), limit(Tier.Large));
}

/** What each tier asks of an entry when the frozen total is `total`. */
export function thresholds(policy: Policy, total: bigint): outcome.Thresholds {
  const { rules, contestedCoefBps, maxQuorumBps } = policy.tiers;
  return outcome.thresholds(
    total,
    policy.stake.minTotalWeight,
    rules.map((row) => row.quorumBps),
    rules.map((row) => row.approvalBps),
    { coefBps: contestedCoefBps, maxQuorumBps },
  );
}

/** The strictest tier whose terms a stream of this length and so many checkpoints meets (R4, P2). */
export function admits(policy: Policy, durationSecs: number, checkpoints: number): Tier {
  const medium = rule(policy, Tier.Medium).minCheckpoints;
  if (durationSecs < minLongStreamSecs(policy) || checkpoints < medium) return Tier.Small;
  return checkpoints < rule(policy, Tier.Large).minCheckpoints ? Tier.Medium : Tier.Large;
}

/**
 * Shortest stream of a medium or large award (P2), in seconds: a period, the course of a whole epoch, and
 * the constitutional timelock.
 */
export function minLongStreamSecs(policy: Policy): number {
  const { periodSecs, submissionSecs, votingSecs, maxExtensionSecs } = policy.schedule;
  const course = submissionSecs + votingSecs + maxExtensionSecs;
  const shortest =
    Math.max(periodSecs, course) + course + timelockSecs(policy, Tier.Constitutional);
  if (shortest > U32_MAX) throw new RuleError(`${shortest} seconds are no u32`);
  return shortest;
}

/** Timelock of a tier in seconds; the longest for an unknown one. */
export function timelockSecs(policy: Policy, tier: number): number {
  return rule(policy, tier).timelockSecs;
}

/** What a category's position is limited and valued by; nothing for an unknown one. */
export function positionTerms({ risk }: { risk: RiskSection }, category: number): PositionTerms {
  const found: Category | undefined = risk.categories[category];
  const known = found !== undefined && found.class in Class;
  return {
    class: known ? (found.class as Class) : Class.Operating,
    exposureLimitBps: found?.exposureLimitBps ?? 0,
    haircutBps: found?.haircutBps ?? 0,
  };
}

/** Whether the policy has a category of this index. */
export function hasCategory(policy: Policy, index: number): boolean {
  return index >= 0 && index < policy.risk.categoryCount;
}

/** The outflow bucket of this policy with the given capacity. */
export function flow(policy: Policy, capacity: bigint): Flow {
  return { capacity, windowSecs: policy.breaker.outflowWindowSecs };
}

/** The range of locks and the bonus of the longest. */
export function lockTerms({ stake }: { stake: StakeSection }): LockTerms {
  const { minLockSecs, maxLockSecs, lockBonusBps } = stake;
  return { minSecs: minLockSecs, maxSecs: maxLockSecs, bonusBps: lockBonusBps };
}
