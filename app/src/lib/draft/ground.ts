/** What a proposal is checked against: the epoch that would take it, and the bar that it must clear. */

import type { Address } from "@solana/kit";
import * as budget from "@community-budget/client";
import type { Epoch, RecipientRecord, TierRule, Treasury } from "@community-budget/client";

import * as format from "../format";
import type { Unit } from "../format";

const { raised, tierOf } = budget.rules.outcome;
type Tier = budget.rules.outcome.Tier;

/** Share of all weight that takes a slot of the last quarter, in basis points (R13). */
export const RESERVED_SLOT_STAKE_BPS = 100;

/** The epoch that would take a proposal, and the treasury behind it. */
export interface Ground {
  readonly treasury: Treasury;
  readonly address: Address;
  /** The epoch that takes proposals; else the next one as it would open with today's figures. */
  readonly epoch: Epoch;
  /** Whether it takes them now. */
  readonly open: boolean;
  readonly now: bigint;
  readonly budget: Unit;
  readonly stake: Unit;
}

/** Who is involved, as far as the treasury remembers them; `null` for no record. */
export interface People {
  readonly visitor: Address | null;
  readonly proposer: RecipientRecord | null;
  readonly recipient: RecipientRecord | null;
}

/** What a proposal is checked against now. */
export function groundOf(
  treasury: Treasury,
  address: Address,
  epoch: Epoch,
  now: bigint,
  units: { readonly budget: Unit; readonly stake: Unit },
): Ground {
  const open = budget.state.epoch.phaseAt(epoch, now) === "Submission";
  const round = open ? { treasury, epoch } : nextRound(treasury, epoch, now);
  return { ...round, address, open, now, ...units };
}

/**
 * The next epoch as it would open now, with what the present one would award taken off: enough to assess
 * an ask by, and no promise.
 */
export function nextRound(
  treasury: Treasury,
  epoch: Epoch,
  now: bigint,
): { readonly treasury: Treasury; readonly epoch: Epoch } {
  const unsettled = epoch.settledAt === 0n;
  const awarded = unsettled
    ? budget.state.funding.settleNow(treasury, epoch, now).allocation.allocated
    : 0n;
  const { policy } = treasury;
  const outflow = treasury.outflow.map((sum, slot) =>
    slot === epoch.index % treasury.outflow.length ? sum + awarded : sum,
  );
  const after: Treasury = {
    ...treasury,
    committed: treasury.committed + awarded,
    outflow,
    inForce: policy,
    epochCount: epoch.index + 2,
    epochActive: 1,
    lastOpenedAt: now,
  };
  const free = budget.state.treasury.free(after);
  const share = budget.rules.bps.shareFloor(free, policy.budget.epochCapBps);
  const cap = share < policy.budget.epochCapAbs ? share : policy.budget.epochCapAbs;
  const { small, medium, large } = budget.state.policy.askLimits(policy, free);
  return {
    treasury: after,
    epoch: {
      ...epoch,
      index: epoch.index + 1,
      policy,
      settledAt: 0n,
      entryCount: 0,
      votableCount: 0,
      slate: [],
      freeAtOpen: free,
      cap,
      allocated: 0n,
      askLimits: [small, medium, large],
      categoryCaps: policy.risk.categories.map(({ shareBps }) =>
        budget.rules.bps.shareFloor(cap, shareBps),
      ),
      openedAt: now,
      votingOpensAt: now + BigInt(policy.schedule.submissionSecs),
      votingClosesAt: now + BigInt(policy.schedule.submissionSecs + policy.schedule.votingSecs),
    },
  };
}

/** Base units that the next slot takes: fee and bond. */
export function price({ epoch }: Pick<Ground, "epoch">): {
  readonly fee: bigint;
  readonly bond: bigint;
} {
  return { fee: budget.state.epoch.slotFee(epoch), bond: epoch.policy.slate.bond };
}

/** Slots that asks can still take: the last quarter is kept for acts. */
export function slotsLeft({ epoch }: Pick<Ground, "epoch">): number {
  const forAsks = Math.ceil((epoch.policy.slate.capacity * 3) / 4);
  return Math.max(0, forAsks - epoch.entryCount);
}

/** An ask as far as its tier goes by it. */
export interface Ask {
  /** Base units. */
  readonly amount: bigint;
  /** Base units that its recipient will have asked for in the epoch, this ask included. */
  readonly cumulative: bigint;
  readonly category: number;
  readonly durationSecs: number;
  readonly checkpoints: number;
  /** Whether its recipient's reviews are below the policy's floor. */
  readonly weakRecord: boolean;
}

/** What an ask will be held to. */
export interface Bar {
  /** The tier that it is judged at; `null` when its recipient asks for more than any admits. */
  readonly tier: Tier | null;
  /** What lifts it above the tier of its amount, in words. */
  readonly lifted: readonly string[];
  /** The strictest tier whose terms its stream meets. */
  readonly admits: Tier;
  /** Shortest stream of a medium or large ask, in seconds. */
  readonly leastSecs: number;
}

/** R4: the bar of an ask. */
export function barOf({ epoch, budget: unit }: Pick<Ground, "epoch" | "budget">, ask: Ask): Bar {
  const { policy } = epoch;
  const risk = isRisk(epoch, ask.category);
  const lifted: string[] = [];
  if (ask.cumulative > ask.amount) {
    lifted.push(`its recipient asks for ${format.amount(ask.cumulative, unit)} in all`);
  }
  if (risk) lifted.push("money at risk is judged one tier up");
  if (ask.weakRecord) lifted.push("its recipient's reviews are weak, which is one tier up");
  const own = tierOf(budget.state.epoch.limitsOfAsks(epoch), ask.cumulative);
  return {
    tier: own === null ? null : raised(own, Number(risk) + Number(ask.weakRecord)),
    lifted,
    admits: budget.state.policy.admits(policy, ask.durationSecs, ask.checkpoints),
    leastSecs: budget.state.policy.minLongStreamSecs(policy),
  };
}

/** The row of the policy for a tier. */
export function ruleOf({ policy }: Pick<Epoch, "policy">, tier: Tier): TierRule {
  const rule = policy.tiers.rules[tier];
  if (rule === undefined) throw new RangeError(`there is no tier ${tier}`);
  return rule;
}

/** Whether a category's money is at risk rather than spent. */
export function isRisk({ policy }: Pick<Epoch, "policy">, category: number): boolean {
  return budget.rules.risk.isRisk(budget.state.policy.positionTerms(policy, category));
}

/** R4: whether the mean of a record's reviews is below the policy's floor, a missed update counting as 0. */
export function isWeak(record: RecipientRecord | null, { policy }: Pick<Epoch, "policy">): boolean {
  if (record === null) return false;
  const reviews = record.scored + record.missedUpdates;
  return record.scoreSum < reviews * policy.tiers.recordFloorBps;
}

/** Base units that a recipient has accepted in the epoch already. */
export function acceptedBy(record: RecipientRecord | null, epoch: Epoch): bigint {
  if (record === null || record.acceptedEpoch !== epoch.index) return 0n;
  return epoch.slate[record.leader]?.recipientAsk ?? 0n;
}

/** One part of a stream, between two reviews. */
export interface Part {
  readonly fromSecs: number;
  readonly toSecs: number;
  /** Base units. */
  readonly amount: bigint;
}

/** R7: the parts of a stream: equal in time, amounts by cumulative floor, so that they sum exactly. */
export function partsOf(amount: bigint, durationSecs: number, checkpoints: number): Part[] {
  const { cumulative, newPlan, partStartSecs } = budget.rules.stream;
  const plan = newPlan(amount, durationSecs, 0, checkpoints);
  return Array.from({ length: checkpoints + 1 }, (_, part) => ({
    fromSecs: partStartSecs(plan, part),
    toSecs: partStartSecs(plan, part + 1),
    amount: cumulative(plan, part + 1) - cumulative(plan, part),
  }));
}
