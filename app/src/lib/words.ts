/** The states and reasons of the program as people say them. The same words as the command line's. */

import * as budget from "@community-budget/client";
import type { Entry, Policy } from "@community-budget/client";

import * as format from "./format";
import { type Slate, category, decisionOn, outcome } from "./outcomes";
import { unfunded } from "./unfunded";

export * from "./outcomes";

type Decision = budget.state.funding.Decision;

const { Outcome, ActionKind } = budget;
const { Failure, requiredOf, judge } = budget.rules.outcome;

/** What the epoch is doing, and what comes next. */
export const PHASES: Readonly<Record<budget.state.epoch.Phase, string>> = {
  Submission: "Taking proposals",
  Voting: "Voting",
  Tallying: "Waiting to be settled",
  Settled: "Settled",
};

/** Where an entry stands, and how sure that is. */
export interface Standing {
  /** `funded` gets what it asks for; `passes` would, if money or limits reached; the rest do not. */
  readonly kind: "funded" | "passes" | "fails" | "gone";
  /** The verdict in a word: `fits`, `skipped`, `not yet`. */
  readonly word: string;
  /** Why, with the entry's own numbers. */
  readonly reason: string;
  /** The same for a place that shows the word beside it: `9,239.2 tUSD too much for the cap`. */
  readonly detail: string;
}

function standing(
  kind: Standing["kind"],
  word: string,
  reason: string,
  detail: string = reason,
): Standing {
  return { kind, word, reason, detail };
}

/** Where the entry at `index` stands. */
export function standingOf(slate: Slate, index: number): Standing {
  const entry = slate.epoch.slate[index];
  const decision = decisionOn(slate, index);
  if (entry === undefined || decision === null) {
    return standing("gone", "unknown", "there is no such entry");
  }
  const settled = slate.projection === null;
  if (slate.phase === "Submission") return submitted(decision);
  const award = entry.action === ActionKind.Award;
  const passes = settled ? "passed" : "passes";
  switch (decision.outcome) {
    case Outcome.Failed:
      return standing("fails", settled ? "failed" : "not yet", failed(slate, entry, decision));
    case Outcome.Unfunded: {
      const detail = unfunded(slate, index, entry, decision);
      return standing("passes", "skipped", `${passes}, but ${detail}`, detail);
    }
    case Outcome.Funded:
      return settled
        ? standing("funded", "funded", "funded")
        : standing("funded", "fits", "would be funded");
    case Outcome.Approved:
      return settled
        ? standing("funded", "approved", "approved")
        : standing("funded", "passes", "would be approved");
    case Outcome.Executed:
      return award
        ? standing("funded", "running", "funded and executed")
        : standing("funded", "done", "approved and carried out");
    case Outcome.Superseded: {
      const detail = "another act on the same matter ranks higher";
      return standing("passes", "superseded", `${passes}, but ${detail}`, detail);
    }
    case Outcome.NotAccepted: {
      const reason = settled ? outcome(decision.outcome) : "its recipient has not accepted it";
      return standing("gone", "not accepted", reason);
    }
    case Outcome.Withdrawn:
      return standing("gone", "withdrawn", outcome(decision.outcome));
    case Outcome.Lapsed:
      return standing("gone", "lapsed", outcome(decision.outcome), "nobody executed it in time");
    case Outcome.Vetoed:
      return standing("gone", "vetoed", outcome(decision.outcome), "by the guardian");
    default:
      return standing("gone", "pending", outcome(decision.outcome));
  }
}

/** Where an entry stands before voting opens, when nothing is judged yet. */
function submitted(decision: Decision): Standing {
  switch (decision.outcome) {
    case Outcome.Withdrawn:
      return standing("gone", "withdrawn", outcome(decision.outcome));
    case Outcome.NotAccepted: {
      const detail = "for its recipient to accept it";
      return standing("fails", "waits", `waits ${detail}`, detail);
    }
    default:
      return standing("fails", "stands", "stands for election", "");
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
    case Failure.ElectorateTooSmall: {
      const part = format.share(slate.electorate, slate.epoch.policy.stake.minTotalWeight);
      return `only ${part} of the weight that any decision needs is staked`;
    }
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
      const rest = more === null ? "" : `: ${enough(more, slate.electorate)} more needed`;
      return `${ofAll(entry.for)} for it, too few${rest}`;
    }
    default:
      return "did not pass";
  }
}

/** A share of all weight that is enough: rounded up to a tenth of a percent. */
export function enough(weight: bigint, electorate: bigint): string {
  if (electorate === 0n) return format.bps(0);
  return format.bps(((weight * 1_000n + electorate - 1n) / electorate) * 10n);
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

const SECTIONS = ["schedule", "slate", "budget", "tiers", "stake", "risk", "breaker", "review"];
const ROLES = ["guardian", "reviewer", "risk reporter"];
const FIRST_ROLE = SECTIONS.length;
const BREAKER = FIRST_ROLE + ROLES.length;
const FIRST_POSITION = BREAKER + 1;

/** What an entry is about: the category of an award, or what an act would change. */
export function matter(policy: Policy, entry: Entry): string {
  if (entry.action === ActionKind.Award) return category(policy, entry.category);
  const target = entry.category;
  const section = SECTIONS[target];
  if (section !== undefined) return `policy: ${section}`;
  const role = ROLES[target - FIRST_ROLE];
  if (role !== undefined) return `role: ${role}`;
  if (target === BREAKER) return "breaker";
  if (target === budget.state.epoch.STREAM_TARGET) return "stream";
  return `position: ${category(policy, target - FIRST_POSITION)}`;
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
