/** The states and reasons of the program as people say them. The same words as the command line's. */

import * as budget from "@community-budget/client";
import type { Category, Entry, Epoch, Policy } from "@community-budget/client";

import * as format from "./format";
import type { Unit } from "./format";

type Projection = budget.state.funding.Projection;
type Decision = budget.state.funding.Decision;

const { Outcome, ActionKind } = budget;
const { Failure, requiredOf, judge } = budget.rules.outcome;
const { Reason } = budget.rules.allocation;

/** What the epoch is doing, and what comes next. */
export const PHASES: Readonly<Record<budget.state.epoch.Phase, string>> = {
  Submission: "Taking proposals",
  Voting: "Voting",
  Tallying: "Waiting to be settled",
  Settled: "Settled",
};

const TIERS = ["small", "medium", "large", "constitutional"] as const;

/** `small`, `medium`, `large` or `constitutional`. */
export function tier(number: number): string {
  return TIERS[number] ?? "unknown";
}

const decoder = new TextDecoder();

/** A category's name, which its policy pads with zeros. Written by other people: show it as such. */
export function categoryName(category: Category | undefined): string {
  if (category === undefined) return "unknown category";
  return decoder.decode(new Uint8Array(category.name)).replace(/\0+$/, "");
}

/** The name of a policy's category. */
export function category(policy: Policy, index: number): string {
  const known = index < policy.risk.categoryCount;
  return known ? categoryName(policy.risk.categories[index]) : `category ${index}`;
}

/** What kind of money a category is for. */
export function categoryClass(number: number): string {
  return ["operating", "hedge", "derivative"][number] ?? "unknown class";
}

const OUTCOMES: Readonly<Record<budget.Outcome, string>> = {
  [Outcome.Pending]: "not decided yet",
  [Outcome.Withdrawn]: "withdrawn by its proposer",
  [Outcome.NotAccepted]: "its recipient never accepted it",
  [Outcome.Failed]: "did not pass",
  [Outcome.Unfunded]: "passed, but not funded",
  [Outcome.Funded]: "funded",
  [Outcome.Executed]: "funded and running",
  [Outcome.Lapsed]: "lapsed: nobody executed it in time",
  [Outcome.Approved]: "approved",
  [Outcome.Superseded]: "passed, but another act on the same matter ranks higher",
  [Outcome.Vetoed]: "vetoed by the guardian",
};

/** What became of an entry, in a few words. */
export function outcome(number: number): string {
  return OUTCOMES[number as budget.Outcome] ?? "unknown";
}

/** Whether an outcome gives money or carries out an act. */
export function wins(number: number): boolean {
  return [Outcome.Funded, Outcome.Executed, Outcome.Approved].includes(number);
}

/** Where an entry stands, and how sure that is. */
export interface Standing {
  /** `funded` gets what it asks for; `passes` would, if money or limits reached; the rest do not. */
  readonly kind: "funded" | "passes" | "fails" | "gone";
  /** The verdict in a word: `fits`, `skipped`, `not yet`. */
  readonly word: string;
  /** Why, with the entry's own numbers. */
  readonly reason: string;
}

/** What `standingOf` takes its numbers from. */
export interface Slate {
  readonly epoch: Epoch;
  /** What would be decided now; `null` once the epoch is settled. */
  readonly projection: Projection | null;
  /** Weight of all, when voting opened. */
  readonly electorate: bigint;
  readonly budget: Unit;
}

/** The decision on the entry at `index`: what was decided, or what would be. */
export function decisionOn({ epoch, projection }: Slate, index: number): Decision | null {
  return projection === null ? (epoch.slate[index] ?? null) : (projection.decisions[index] ?? null);
}

/** Where the entry at `index` stands. */
export function standingOf(slate: Slate, index: number): Standing {
  const entry = slate.epoch.slate[index];
  const decision = decisionOn(slate, index);
  if (entry === undefined || decision === null) {
    return { kind: "gone", word: "unknown", reason: "there is no such entry" };
  }
  const settled = slate.projection === null;
  switch (decision.outcome) {
    case Outcome.Failed:
      return {
        kind: "fails",
        word: settled ? "failed" : "not yet",
        reason: failed(slate, entry, decision),
      };
    case Outcome.Unfunded:
      return { kind: "passes", word: "skipped", reason: unfunded(slate, index, decision) };
    case Outcome.Funded:
      return {
        kind: "funded",
        word: settled ? "funded" : "fits",
        reason: settled ? "funded" : "would be funded",
      };
    case Outcome.Approved:
      return {
        kind: "funded",
        word: settled ? "approved" : "passes",
        reason: settled ? "approved" : "would be approved",
      };
    case Outcome.Executed:
      return { kind: "funded", word: "running", reason: "funded and executed" };
    case Outcome.Superseded:
      return { kind: "passes", word: "superseded", reason: outcome(decision.outcome) };
    case Outcome.NotAccepted: {
      const reason = settled ? outcome(decision.outcome) : "its recipient has not accepted it";
      return { kind: "gone", word: "not accepted", reason };
    }
    case Outcome.Withdrawn:
      return { kind: "gone", word: "withdrawn", reason: outcome(decision.outcome) };
    case Outcome.Lapsed:
      return { kind: "gone", word: "lapsed", reason: outcome(decision.outcome) };
    case Outcome.Vetoed:
      return { kind: "gone", word: "vetoed", reason: outcome(decision.outcome) };
    default:
      return { kind: "gone", word: "pending", reason: outcome(decision.outcome) };
  }
}

function thresholdsOf({ epoch, projection, electorate }: Slate): budget.rules.outcome.Thresholds {
  return projection?.thresholds ?? budget.state.policy.thresholds(epoch.policy, electorate);
}

/** Basis points of all weight that must take part in an entry's vote, as its opposition raises them. */
export function quorumBps(slate: Slate, entry: Entry, tierNumber: number): number {
  const all = thresholdsOf(slate);
  const own = all.tiers[tierNumber];
  if (own === undefined) return 0;
  // Opposition counts where the vote gets as far as the quorum.
  if (entry.for <= entry.against) return own.quorumBps;
  return requiredOf(all, budget.state.epoch.tally(entry), tierNumber).quorumBps;
}

/** What the bars of an entry are drawn from. */
export interface Bars {
  /** Weight for, against, abstaining. */
  readonly cast: bigint;
  readonly quorum: bigint;
  readonly quorumBps: number;
  readonly approvalBps: number;
  /** Share of (for + against) that is for, in basis points, rounded down; `null` with neither. */
  readonly approval: bigint | null;
}

/** The tier by which an entry is judged now; once failed or funded, the one that was used. */
export function tierOf(slate: Slate, index: number): number {
  const entry = slate.epoch.slate[index];
  const decision = decisionOn(slate, index);
  if (entry === undefined || decision === null) return 0;
  if (entry.action !== ActionKind.Award) return budget.rules.outcome.Tier.Constitutional;
  const judged: readonly number[] = [
    Outcome.Failed,
    Outcome.Unfunded,
    Outcome.Funded,
    Outcome.Executed,
  ];
  if (judged.includes(decision.outcome)) return decision.tier;
  const leader = slate.epoch.slate[entry.leader];
  const standing = budget.state.epoch.candidate(entry, leader?.recipientAsk ?? entry.amount);
  const limits = budget.state.epoch.limitsOfAsks(slate.epoch);
  return "award" in standing
    ? (budget.rules.allocation.awardTier(standing.award, limits) ?? budget.rules.outcome.Tier.Large)
    : budget.rules.outcome.Tier.Constitutional;
}

/** Turnout and approval of an entry against what its tier asks. */
export function barsOf(slate: Slate, index: number): Bars {
  const entry = slate.epoch.slate[index];
  if (entry === undefined) throw new RangeError(`there is no entry ${index}`);
  const number = tierOf(slate, index);
  const needed = quorumBps(slate, entry, number);
  const decided = entry.for + entry.against;
  return {
    cast: decided + entry.abstain,
    quorum: budget.rules.bps.shareCeil(slate.electorate, needed),
    quorumBps: needed,
    approvalBps: thresholdsOf(slate).tiers[number]?.approvalBps ?? 0,
    approval: decided === 0n ? null : (entry.for * 10_000n) / decided,
  };
}

function failed(slate: Slate, entry: Entry, decision: Decision): string {
  const ofAll = (weight: bigint) => format.share(weight, slate.electorate);
  const decided = entry.for + entry.against;
  const cast = decided + entry.abstain;
  switch (decision.reason) {
    case Failure.ElectorateTooSmall:
      return "too little weight is staked for any decision";
    case Failure.NotMoreForThanAgainst:
      if (cast === 0n) return "nobody has voted on it";
      return `${ofAll(entry.for)} for it, ${ofAll(entry.against)} against`;
    case Failure.QuorumMissed:
    case Failure.ContestedQuorumMissed: {
      const needed = quorumBps(slate, entry, decision.tier);
      const own = thresholdsOf(slate).tiers[decision.tier]?.quorumBps ?? needed;
      const opposed = needed > own ? ` as ${format.share(entry.against, decided)} oppose it` : "";
      return `${ofAll(cast)} took part, ${format.bps(needed)} needed${opposed}`;
    }
    case Failure.ApprovalMissed: {
      const needed = thresholdsOf(slate).tiers[decision.tier]?.approvalBps ?? 0;
      return `${format.share(entry.for, decided)} in favour, ${format.bps(needed)} needed`;
    }
    case Failure.SupportTooThin: {
      const more = lacking(slate, entry, decision.tier);
      const rest = more === null ? "" : `: ${ofAll(more)} more needed`;
      return `${ofAll(entry.for)} for it, too few${rest}`;
    }
    default:
      return "did not pass";
  }
}

/** The least weight in favour that would make an entry pass; `null` when even all weight would not. */
export function lacking(slate: Slate, entry: Entry, tierNumber: number): bigint | null {
  const all = thresholdsOf(slate);
  const tally = budget.state.epoch.tally(entry);
  const fails = (more: bigint) =>
    judge(all, { ...tally, for: tally.for + more }, tierNumber) !== null;
  if (fails(all.total)) return null;
  let [low, high] = [0n, all.total];
  while (low < high) {
    const middle = (low + high) / 2n;
    if (fails(middle)) low = middle + 1n;
    else high = middle;
  }
  return low;
}

function unfunded(slate: Slate, index: number, decision: Decision): string {
  const { epoch, projection } = slate;
  const entry = epoch.slate[index];
  if (entry === undefined) return "not funded";
  const name = category(epoch.policy, entry.category);
  const amount = (value: bigint) => format.amount(value < 0n ? 0n : value, slate.budget);
  const [taken, inCategory] = takenBefore(slate, decision.rank, entry.category);
  const limits = projection?.limits;
  switch (decision.reason) {
    case Reason.OverCap:
      return `passes, but is ${amount(entry.amount - (epoch.cap - taken))} too much for the cap`;
    case Reason.CategoryFull: {
      const room = epoch.categoryCaps[entry.category] ?? 0n;
      return `passes, but ${name} has ${amount(room - inCategory)} left`;
    }
    case Reason.TierFull:
      return `passes, but ${tier(decision.tier)} asks hold all that they may together`;
    case Reason.TierBlocked:
      return (epoch.askLimits[2] ?? 0n) < (epoch.slate[entry.leader]?.recipientAsk ?? 0n)
        ? "passes, but its recipient asks for more than the large limit"
        : `passes, but is too short, or has too few reviews, for a ${tier(decision.tier)} ask`;
    case Reason.ExposureLimit: {
      const room =
        limits?.risk.exposureRooms[entry.category] ?? epoch.exposureRooms[entry.category];
      return `passes, but ${name} may put ${amount((room ?? 0n) - inCategory)} more at risk`;
    }
    case Reason.RunwayFloor: {
      const room = limits?.risk.runwayRoom ?? epoch.runwayRoom;
      return `passes, but the runway's floor leaves ${amount(room - taken)}`;
    }
    case Reason.Concentration: {
      const most = limits?.risk.recipientCap ?? epoch.recipientCap;
      return `passes, but one recipient may have ${amount(most)} of the cap`;
    }
    case Reason.BreakerTripped:
      return "passes, but the breaker has tripped";
    default:
      return "passed, but not funded";
  }
}

/** What the awards ranked before `rank` take, in all and in one category. */
export function takenBefore(
  slate: Slate,
  rank: number,
  inCategory: number,
): readonly [bigint, bigint] {
  let [all, own] = [0n, 0n];
  slate.epoch.slate.slice(0, slate.epoch.entryCount).forEach((entry, index) => {
    const decision = decisionOn(slate, index);
    const money = entry.action === ActionKind.Award && decision !== null && wins(decision.outcome);
    if (!money || decision.rank >= rank) return;
    all += entry.amount;
    if (entry.category === inCategory) own += entry.amount;
  });
  return [all, own];
}

/** The kind of an act, as a noun. */
export function act(kind: number): string {
  const acts: Readonly<Record<number, string>> = {
    [ActionKind.Award]: "award",
    [ActionKind.SetPolicy]: "change of policy",
    [ActionKind.SetRole]: "change of a role",
    [ActionKind.RuleOnStream]: "ruling on a stream",
    [ActionKind.ClearBreaker]: "clearing of the breaker",
    [ActionKind.WriteOff]: "write-off",
  };
  return acts[kind] ?? "act";
}
