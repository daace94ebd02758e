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
  [Outcome.Executed]: "executed",
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

/** Whether settlement chose an entry, or would, whatever has become of it since. */
export function chosen(number: number): boolean {
  return wins(number) || [Outcome.Lapsed, Outcome.Vetoed].includes(number);
}

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

/** What `standingOf` takes its numbers from. */
export interface Slate {
  readonly epoch: Epoch;
  /** What would be decided now; `null` once the epoch is settled. */
  readonly projection: Projection | null;
  /** Weight of all, when voting opened. */
  readonly electorate: bigint;
  readonly budget: Unit;
  /** Left out where it does not matter: before voting, nothing is judged yet. */
  readonly phase?: budget.state.epoch.Phase;
}

/** The decision on the entry at `index`: what was decided, or what would be. */
export function decisionOn({ epoch, projection }: Slate, index: number): Decision | null {
  return projection === null ? (epoch.slate[index] ?? null) : (projection.decisions[index] ?? null);
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

/** Why an entry that passed is not funded; to be read after `passes, but `. */
function unfunded(slate: Slate, index: number, entry: Entry, decision: Decision): string {
  const { epoch, projection } = slate;
  const name = category(epoch.policy, entry.category);
  const amount = (value: bigint) => format.amount(value < 0n ? 0n : value, slate.budget);
  const taken = takenBefore(slate, index);
  const limits = projection?.limits;
  switch (decision.reason) {
    case Reason.OverCap:
      return `is ${amount(entry.amount - (epoch.cap - taken.all))} too much for the cap`;
    case Reason.CategoryFull: {
      const room = epoch.categoryCaps[entry.category] ?? 0n;
      return `${name} has ${amount(room - taken.inCategory)} left`;
    }
    case Reason.TierFull:
      return tierFull(epoch, entry, decision, taken, amount);
    case Reason.TierBlocked:
      return tierBlocked(epoch, entry, decision, amount);
    case Reason.ExposureLimit: {
      const room =
        limits?.risk.exposureRooms[entry.category] ?? epoch.exposureRooms[entry.category];
      return `${name} may put ${amount((room ?? 0n) - taken.inCategory)} more at risk`;
    }
    case Reason.RunwayFloor: {
      const room = limits?.risk.runwayRoom ?? epoch.runwayRoom;
      return `the runway's floor leaves ${amount(room - taken.all)}`;
    }
    case Reason.Concentration: {
      const most = limits?.risk.recipientCap ?? epoch.recipientCap;
      const has = taken.toRecipient === 0n ? "" : ` and this one has ${amount(taken.toRecipient)}`;
      return `one recipient may have ${amount(most)} of the cap${has}`;
    }
    case Reason.BreakerTripped:
      return `the breaker ${projection === null ? "had" : "has"} tripped`;
    default:
      return "is not funded";
  }
}

function tierFull(
  epoch: Epoch,
  entry: Entry,
  decision: Decision,
  taken: Taken,
  amount: (value: bigint) => string,
): string {
  const [small, medium] = taken.atTier;
  const [, mediumLimit = 0n, largeLimit = 0n] = epoch.askLimits;
  const together = small + medium;
  if (entry.amount > largeLimit - together) {
    const most = `${amount(largeLimit)} and have ${amount(together)}`;
    return `small and medium asks together may take ${most}, and it does not pass as a large one`;
  }
  const most = `${amount(mediumLimit)} and have ${amount(small)}`;
  const next = tier(decision.tier + 1);
  return `${tier(decision.tier)} asks together may take ${most}, and it does not pass as a ${next} one`;
}

function tierBlocked(
  epoch: Epoch,
  entry: Entry,
  decision: Decision,
  amount: (value: bigint) => string,
): string {
  const asked = epoch.slate[entry.leader]?.recipientAsk ?? entry.amount;
  const largest = epoch.askLimits[2] ?? 0n;
  if (asked > largest) {
    return `its recipient asks for ${amount(asked)} in all, and a large ask is at most ${amount(largest)}`;
  }
  const rule = epoch.policy.tiers.rules[decision.tier];
  const reviews = format.count(rule?.minCheckpoints ?? 0, "review");
  const length = format.span(budget.state.policy.minLongStreamSecs(epoch.policy));
  const name = tier(decision.tier);
  const inAll = asked > entry.amount ? `with ${amount(asked)} for its recipient in all it` : "it";
  return `${inAll} is a ${name} ask, which needs ${reviews} and a stream of ${length}`;
}

/** What had been taken when settlement came, or would come, to an entry; in base units. */
export interface Taken {
  readonly all: bigint;
  /** In the entry's category. */
  readonly inCategory: bigint;
  /** At the small, medium and large tier. */
  readonly atTier: readonly [bigint, bigint, bigint];
  /** To the entry's recipient. */
  readonly toRecipient: bigint;
}

/** A slate is walked once, however often it is asked about. */
const walks = new WeakMap<Slate, readonly Taken[]>();

/** What the awards ranked before the entry at `index` take; for one without a rank, what all take. */
export function takenBefore(slate: Slate, index: number): Taken {
  let walked = walks.get(slate);
  if (walked === undefined) {
    walked = walk(slate);
    walks.set(slate, walked);
  }
  return walked[index] ?? { all: 0n, inCategory: 0n, atTier: [0n, 0n, 0n], toRecipient: 0n };
}

function walk(slate: Slate): readonly Taken[] {
  const standing = slate.epoch.slate.slice(0, slate.epoch.entryCount).map((entry, index) => {
    const decision = decisionOn(slate, index);
    const rank = decision?.rank ?? budget.UNRANKED;
    return { entry, index, decision, rank };
  });
  const found: Taken[] = [];
  let all = 0n;
  const atTier: [bigint, bigint, bigint] = [0n, 0n, 0n];
  const byCategory = new Map<number, bigint>();
  const byRecipient = new Map<number, bigint>();
  for (const { entry, index, decision } of standing.sort((a, b) => a.rank - b.rank)) {
    const inCategory = byCategory.get(entry.category) ?? 0n;
    const toRecipient = byRecipient.get(entry.leader) ?? 0n;
    found[index] = { all, inCategory, atTier: [...atTier], toRecipient };
    const award = entry.action === ActionKind.Award;
    if (!award || decision === null || !chosen(decision.outcome)) continue;
    all += entry.amount;
    byCategory.set(entry.category, inCategory + entry.amount);
    byRecipient.set(entry.leader, toRecipient + entry.amount);
    if (decision.tier === 0 || decision.tier === 1 || decision.tier === 2) {
      atTier[decision.tier] += entry.amount;
    }
  }
  return found;
}

/** A slate in figures. Amounts are base units. */
export interface Summary {
  /** Awards that a ballot may choose on. */
  readonly asks: number;
  /** What they ask for together. */
  readonly asked: bigint;
  /** Awards that are funded, or would be; also those that lapsed or were vetoed since. */
  readonly funded: number;
  readonly taken: bigint;
  /** Of what was taken, what lapsed or was vetoed since and stays in the vault. */
  readonly back: bigint;
  /** Acts that a ballot may choose on, and those that are or would be approved. */
  readonly acts: number;
  readonly approved: number;
  /** What is left of the cap. */
  readonly left: bigint;
}

/** Counts and sums of a slate. */
export function summary(slate: Slate): Summary {
  let [asks, funded, acts, approved] = [0, 0, 0, 0];
  let [asked, taken, back] = [0n, 0n, 0n];
  slate.epoch.slate.slice(0, slate.epoch.entryCount).forEach((entry, index) => {
    const number = decisionOn(slate, index)?.outcome ?? Outcome.Withdrawn;
    if ([Outcome.Withdrawn, Outcome.NotAccepted].includes(number)) return;
    if (entry.action !== ActionKind.Award) {
      acts += 1;
      if (chosen(number)) approved += 1;
      return;
    }
    asks += 1;
    asked += entry.amount;
    if (!chosen(number)) return;
    funded += 1;
    taken += entry.amount;
    if (!wins(number)) back += entry.amount;
  });
  return { asks, asked, funded, taken, back, acts, approved, left: slate.epoch.cap - taken };
}

/** What is the case of a slate, in a sentence or two. */
export function headline(slate: Slate): string {
  const { asks, asked, funded, taken, back, acts, approved, left } = summary(slate);
  const amount = (value: bigint) => format.amount(value, slate.budget);
  const bare = (value: bigint) => format.digits(value, slate.budget.decimals);
  const { cap } = slate.epoch;
  const settled = slate.projection === null;
  const all = format.count(asks, "ask");
  if (slate.phase === "Submission") {
    if (asks + acts === 0)
      return `Nothing stands for election yet; up to ${amount(cap)} can be awarded.`;
    const standing = `${all} for ${amount(asked)} ${asks === 1 ? "stands" : "stand"} for election so far`;
    const beside = acts === 0 ? "" : `, and ${format.count(acts, "act")}`;
    return `${standing}${beside}; up to ${amount(cap)} can be awarded.`;
  }
  const when = settled
    ? ""
    : slate.phase === "Tallying"
      ? "By the votes cast, "
      : "If voting closed now, ";
  const were = (verb: string) => (settled ? `were ${verb}` : `would be ${verb}`);
  const begin = (text: string) =>
    when === "" ? text.charAt(0).toUpperCase() + text.slice(1) : when + text;
  const others =
    acts === 0 ? "" : ` ${approved} of ${format.count(acts, "act")} ${were("approved")}.`;
  if (asks === 0) {
    return `${begin("nothing")} ${were("funded")}: no ask ${settled ? "stood" : "stands"} for election.${others}`;
  }
  const rest = settled ? "stayed in the vault" : "would stay in the vault";
  if (funded === 0) {
    return `${begin("none")} of ${all} ${were("funded")}, and all ${amount(cap)} of the cap ${rest}.${others}`;
  }
  const since = back === 0n ? "" : `, ${amount(back)} of it not executed`;
  return `${begin(String(funded))} of ${all} ${were("funded")} with ${bare(taken)} of ${amount(cap)}${since}; ${bare(left + back)} ${rest}.${others}`;
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
