/** What an epoch and its slate give the rules to work with. */

import type { BudgetEpoch } from "../generated";
import type { Candidate } from "../rules/allocation";
import { mulDivFloor, shareCeil } from "../rules/bps";
import { at, i64, min, u64 } from "../rules/checked";
import { type AskLimits, type Tally, Tier } from "../rules/outcome";
import type { Schedule } from "../rules/swing";
import { ActionKind, type Entry, EntryFlags, Outcome, hasFlag } from "../slate";
import { timelockSecs } from "./policy";

/** Epoch periods after settlement until which rewards can be claimed (R12). */
export const CLAIM_PERIODS = 2n;

/** Target of a ruling; with the entry that leads its stream in the lower bits. */
export const STREAM_TARGET = 128;

/** What an epoch is doing. */
export type Phase = "Submission" | "Voting" | "Tallying" | "Settled";

/** Phase at `now`; intervals are half-open. */
export function phaseAt(epoch: BudgetEpoch, now: bigint): Phase {
  if (epoch.settledAt !== 0n) return "Settled";
  if (now < epoch.votingOpensAt) return "Submission";
  return now < epoch.votingClosesAt ? "Voting" : "Tallying";
}

/** Voting times as the late-swing rule takes them. */
export function votingSchedule(epoch: BudgetEpoch): Schedule {
  return {
    closesAt: epoch.votingClosesAt,
    hardEndAt: epoch.votingHardEndAt,
    lateWindowSecs: BigInt(epoch.policy.schedule.lateWindowSecs),
  };
}

/** Largest ask per tier, in base units. */
export function limitsOfAsks(epoch: BudgetEpoch): AskLimits {
  const limit = (tier: Tier) => at(epoch.askLimits, tier);
  return { small: limit(Tier.Small), medium: limit(Tier.Medium), large: limit(Tier.Large) };
}

/** Fee of the next slot: the policy's, doubled for every full quarter of the slate (R13). */
export function slotFee(epoch: BudgetEpoch): bigint {
  const quarter = (BigInt(epoch.entryCount) * 4n) / BigInt(epoch.policy.slate.capacity);
  return u64(epoch.policy.slate.slotFee * 2n ** quarter);
}

/** Whether the next slot is one of the last quarter, which takes acts only (R13). */
export function nextSlotIsReserved(epoch: BudgetEpoch): boolean {
  return epoch.entryCount * 4 >= epoch.policy.slate.capacity * 3;
}

/** Unix seconds from which a funded or approved entry of `tier` can be executed. */
export function executableAt(epoch: BudgetEpoch, tier: number): bigint {
  return i64(epoch.settledAt + BigInt(timelockSecs(epoch.policy, tier)));
}

/**
 * Unix seconds from which an entry can no longer be executed, given the seconds for which executions have
 * been blocked in all: grace does not run meanwhile.
 */
export function graceEndsAt(epoch: BudgetEpoch, standstillSecs: bigint): bigint {
  const blocked = i64(standstillSecs - epoch.standstillAtSettlement);
  return i64(i64(epoch.settledAt + BigInt(epoch.policy.schedule.executionGraceSecs)) + blocked);
}

/**
 * R12: base units that a ballot of `weight` earns, covering `covered` entries; rounded down. Nothing for a
 * ballot without a choice or below the gate, which rounds up.
 */
export function reward(epoch: BudgetEpoch, weight: bigint, covered: number): bigint {
  const gate = epoch.policy.budget.participationGateBps;
  const needed = shareCeil(BigInt(epoch.votableCount), gate);
  if (covered === 0 || BigInt(covered) < needed || epoch.electorate === 0n) return 0n;
  const left = u64(epoch.rewardPool - epoch.rewardsPaid);
  return min(mulDivFloor(epoch.rewardPool, weight, epoch.electorate), left);
}

/** Unix seconds from which rewards cannot be claimed any more. */
export function claimsEndAt(epoch: BudgetEpoch): bigint {
  return i64(epoch.settledAt + BigInt(epoch.policy.schedule.periodSecs) * CLAIM_PERIODS);
}

/** Whether a ballot may choose on an entry. */
export function isVotable(entry: Entry): boolean {
  return hasFlag(entry, EntryFlags.Accepted) && entry.outcome === Outcome.Pending;
}

/** The weight cast on an entry, as the rules take it. */
export function tally(entry: Entry): Tally {
  return { for: entry.for, against: entry.against, abstain: entry.abstain };
}

/** What an act would change; two acts on one target exclude each other. */
export function targetOf(entry: Entry): number {
  return entry.category === STREAM_TARGET ? STREAM_TARGET | entry.leader : entry.category;
}

/** What settlement decides on, given the recipient's cumulative ask. */
export function candidate(entry: Entry, recipientAsk: bigint): Candidate {
  if (entry.action !== ActionKind.Award) return { tally: tally(entry), target: targetOf(entry) };
  const steps = [EntryFlags.WeakRecord, EntryFlags.RiskClass];
  const award = {
    amount: entry.amount,
    category: entry.category,
    recipientAsk,
    leader: entry.leader,
    raise: steps.filter((flag) => hasFlag(entry, flag)).length,
    admits: admitted(entry),
  };
  return { tally: tally(entry), award };
}

function admitted(entry: Entry): Tier {
  if (hasFlag(entry, EntryFlags.AdmitsLarge)) return Tier.Large;
  return hasFlag(entry, EntryFlags.AdmitsMedium) ? Tier.Medium : Tier.Small;
}

/** The slate as settlement sees it: one candidate for each entry, `null` for one that is not votable. */
export function candidates(slate: readonly Entry[]): (Candidate | null)[] {
  return slate.map((entry) => {
    if (!isVotable(entry)) return null;
    const leading = slate[entry.leader];
    return leading === undefined ? null : candidate(entry, leading.recipientAsk);
  });
}
