/** R6, R14: which of the passing awards are funded, and which acts stand. */

import { RuleError, at, saturatingSub, u64, upTo } from "./checked";
import {
  type AskLimits,
  type Failure,
  type Tally,
  type Thresholds,
  Tier,
  judge,
  raised,
  tierOf,
} from "./outcome";
import type { RiskLimits } from "./risk";

/** The most entries a slate may have. */
export const MAX_ENTRIES = 128;

/** The most categories a treasury may have. */
export const MAX_CATEGORIES = 8;

/**
 * Why an award that passed is not funded. Checked, and so reported, in this order: `BreakerTripped`,
 * `TierBlocked`, then by number, `TierFull` last. One number space with `Failure`.
 */
export enum Reason {
  /** It does not fit what is left of the epoch's cap. */
  OverCap = 16,
  /** It does not fit what is left of its category's share of the cap. */
  CategoryFull = 17,
  /** Its tier is full, and it does not meet what the lowest tier with room asks. */
  TierFull = 18,
  /** No tier admits it. */
  TierBlocked = 19,
  /** Its category's exposure would exceed its limit. */
  ExposureLimit = 20,
  /** The treasury's runway would fall below the policy's floor. */
  RunwayFloor = 21,
  /** Its recipient would be awarded more than the share of the cap that one may have. */
  Concentration = 22,
  /** The breaker had tripped when the epoch was settled. */
  BreakerTripped = 23,
}

/** An award standing for election. */
export interface Award {
  /** Base units asked for. */
  readonly amount: bigint;
  /** Category, from 0, below {@link MAX_CATEGORIES}. */
  readonly category: number;
  /** Base units: everything its recipient accepted in this epoch, this award included. */
  readonly recipientAsk: bigint;
  /** Entry that stands for its recipient, the same for all awards to one recipient. */
  readonly leader: number;
  /** Tiers that it starts above the one of its recipient's ask. */
  readonly raise: number;
  /** The strictest tier whose terms its stream meets (length, P2; checkpoints, R4). */
  readonly admits: Tier;
}

/** One entry standing for election: money, or an act with the target that it would change. */
export type Candidate =
  | { readonly tally: Tally; readonly award: Award }
  | { readonly tally: Tally; readonly target: number };

/** The tier an award is judged at; `null` if its recipient asks more than the large limit. */
export function awardTier(award: Award, limits: AskLimits): Tier | null {
  const own = tierOf(limits, award.recipientAsk);
  return own === null ? null : raised(own, award.raise);
}

/** What settlement decided about an entry. Ranks count the passing entries from 0. */
export type Verdict =
  /** It did not stand for election. */
  | { readonly kind: "NotVotable" }
  /** It did not pass. */
  | { readonly kind: "Failed"; readonly tier: Tier; readonly why: Failure }
  /** It passed, but is not funded. */
  | { readonly kind: "Unfunded"; readonly tier: Tier; readonly why: Reason; readonly rank: number }
  /** It passed and is funded, at the tier whose timelock it takes. */
  | { readonly kind: "Funded"; readonly tier: Tier; readonly rank: number }
  /** It passed and is to be carried out. */
  | { readonly kind: "Approved"; readonly rank: number }
  /** It passed, but another act on the same target passed with a better rank. */
  | { readonly kind: "Superseded"; readonly rank: number };

/** What the awards of one epoch may take together. */
export interface Limits {
  /** Base units all awards may take. */
  readonly cap: bigint;
  /** Ask limits of the tiers. */
  readonly ask: AskLimits;
  /** Base units the awards of each category may take. */
  readonly categoryCaps: readonly bigint[];
  /** What the risk rules leave. */
  readonly risk: RiskLimits;
}

/**
 * The first limit that another award does not fit, tiers aside; `null` if it fits. All sums are base
 * units: awarded in the epoch so far, in the award's category, and to its recipient.
 */
export function refuse(
  limits: Limits,
  award: Pick<Award, "amount" | "category">,
  awarded: bigint,
  inCategory: bigint,
  toRecipient: bigint,
): Reason | null {
  const categoryCap = at(limits.categoryCaps, award.category);
  const exposureRoom = at(limits.risk.exposureRooms, award.category);
  const exceeds = (room: bigint, taken: bigint) => award.amount > saturatingSub(room, taken);
  if (limits.risk.tripped) return Reason.BreakerTripped;
  if (exceeds(limits.cap, awarded)) return Reason.OverCap;
  if (exceeds(categoryCap, inCategory)) return Reason.CategoryFull;
  if (exceeds(exposureRoom, inCategory)) return Reason.ExposureLimit;
  if (exceeds(limits.risk.runwayRoom, awarded)) return Reason.RunwayFloor;
  return exceeds(limits.risk.recipientCap, toRecipient) ? Reason.Concentration : null;
}

/** Sums over the funded awards, in base units, and counts. */
export interface Allocation {
  /** Base units of all funded awards; at most the cap. */
  readonly allocated: bigint;
  /** Entries that passed, funded or not. */
  readonly passing: number;
  /** Awards that are funded. */
  readonly funded: number;
  /** Acts that are to be carried out. */
  readonly approved: number;
  /** Base units per category; each at most its cap. */
  readonly byCategory: readonly bigint[];
  /** Base units funded at the small, medium and large tier. */
  readonly byTier: readonly bigint[];
}

/** What settlement decides: a verdict for every entry, in the slate's order, and the sums. */
export interface Settlement {
  readonly verdicts: readonly Verdict[];
  readonly allocation: Allocation;
}

interface Passing {
  readonly index: number;
  readonly candidate: Candidate;
}

/**
 * R6, R14: decides every entry of the slate (`null` for one that is not votable) and sums up what is
 * funded.
 *
 * Passing entries are walked by (for - against) descending, amount ascending, index ascending; each
 * award that fits is taken, others are skipped with the first {@link Reason} that holds; of the acts on
 * one target the first stands. Throws if the slate is longer than {@link MAX_ENTRIES} or a passing award
 * names a category or leader out of range.
 */
export function settle(
  slate: readonly (Candidate | null)[],
  thresholds: Thresholds,
  limits: Limits,
): Settlement {
  if (slate.length > MAX_ENTRIES) throw new RuleError(`a slate of ${slate.length} entries`);
  const verdicts: Verdict[] = [];
  const passing: Passing[] = [];
  slate.forEach((candidate, index) => {
    if (candidate === null) {
      verdicts[index] = { kind: "NotVotable" };
      return;
    }
    const tier = judgedTier(candidate, limits.ask);
    const why = judge(thresholds, candidate.tally, tier);
    if (why === null) passing.push({ index, candidate });
    else verdicts[index] = { kind: "Failed", tier, why };
  });
  passing.sort(better);

  const sums = new Sums();
  passing.forEach(({ index, candidate }, rank) => {
    verdicts[index] =
      "award" in candidate
        ? sums.fund(candidate.award, candidate.tally, rank, thresholds, limits)
        : sums.approve(candidate.target, rank);
  });
  return { verdicts, allocation: sums.allocation(passing.length) };
}

/** An ask above the large limit has no tier: it is judged at the strictest, then blocked. */
function judgedTier(candidate: Candidate, ask: AskLimits): Tier {
  if ("award" in candidate) return awardTier(candidate.award, ask) ?? Tier.Large;
  return Tier.Constitutional;
}

function better(a: Passing, b: Passing): number {
  const margin = ({ tally }: Candidate) => tally.for - tally.against;
  const amount = (candidate: Candidate) => ("award" in candidate ? candidate.award.amount : 0n);
  return (
    order(margin(b.candidate), margin(a.candidate)) ||
    order(amount(a.candidate), amount(b.candidate)) ||
    a.index - b.index
  );
}

function order(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** What has been taken while passing entries are walked. */
class Sums {
  private allocated = 0n;
  private funded = 0;
  private approved = 0;
  private readonly byCategory = new Array<bigint>(MAX_CATEGORIES).fill(0n);
  private readonly byTier = [0n, 0n, 0n];
  private readonly recipients = new Array<bigint>(MAX_ENTRIES).fill(0n);
  private readonly targets = new Set<number>();

  fund(award: Award, tally: Tally, rank: number, thresholds: Thresholds, limits: Limits): Verdict {
    const own = awardTier(award, limits.ask);
    const found = this.fit(award, tally, own, thresholds, limits);
    if ("why" in found) {
      return { kind: "Unfunded", tier: own ?? Tier.Large, why: found.why, rank };
    }
    this.take(award, found.tier);
    return { kind: "Funded", tier: found.tier, rank };
  }

  approve(target: number, rank: number): Verdict {
    const kept = upTo(0xff, BigInt(target));
    if (this.targets.has(kept)) return { kind: "Superseded", rank };
    this.targets.add(kept);
    this.approved += 1;
    return { kind: "Approved", rank };
  }

  allocation(passing: number): Allocation {
    const { allocated, funded, approved, byCategory, byTier } = this;
    return { allocated, passing, funded, approved, byCategory, byTier };
  }

  /** The tier at which the award fits beside what is already taken, or why it does not. */
  private fit(
    award: Award,
    tally: Tally,
    own: Tier | null,
    thresholds: Thresholds,
    limits: Limits,
  ): { readonly tier: Tier } | { readonly why: Reason } {
    const inCategory = at(this.byCategory, award.category);
    const toRecipient = at(this.recipients, award.leader);
    if (limits.risk.tripped) return { why: Reason.BreakerTripped };
    if (own === null || own > award.admits) return { why: Reason.TierBlocked };
    const why = refuse(limits, award, this.allocated, inCategory, toRecipient);
    if (why !== null) return { why };
    const tier = this.lowestWithRoom(own, award.amount, limits.ask);
    const meets = tier === own || (tier <= award.admits && judge(thresholds, tally, tier) === null);
    return meets ? { tier } : { why: Reason.TierFull };
  }

  /**
   * The lowest tier, from `own` up, at which `amount` leaves the sums below within their limits: small
   * awards together at most the medium ask limit, small and medium ones together at most the large one.
   * Splitting an ask over fresh recipients so gains nothing. The large tier always has room.
   */
  private lowestWithRoom(own: Tier, amount: bigint, ask: AskLimits): Tier {
    const [small, medium] = [at(this.byTier, Tier.Small), at(this.byTier, Tier.Medium)];
    if (own === Tier.Large || amount > saturatingSub(ask.large, small + medium)) return Tier.Large;
    if (own === Tier.Medium || amount > saturatingSub(ask.medium, small)) return Tier.Medium;
    return Tier.Small;
  }

  private take(award: Award, tier: Tier): void {
    const add = (sums: bigint[], index: number) => {
      sums[index] = u64(at(sums, index) + award.amount);
    };
    add(this.byCategory, award.category);
    add(this.byTier, tier);
    add(this.recipients, award.leader);
    this.allocated = u64(this.allocated + award.amount);
    this.funded += 1;
  }
}
