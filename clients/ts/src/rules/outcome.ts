/** R4: which risk tier an ask belongs to and whether an entry passes there. */

import { BPS, mulDivCeil, shareCeil, shareFloor } from "./bps";
import { at, min, saturatingAdd, upTo } from "./checked";

/** How much is at stake in an entry, and so how much consent it needs. */
export enum Tier {
  /** Awards up to the small ask limit. */
  Small = 0,
  /** Awards up to the medium ask limit. */
  Medium = 1,
  /** Awards up to the large ask limit. */
  Large = 2,
  /** Changes of policy and roles, and rulings on streams. No award reaches it. */
  Constitutional = 3,
}

/** The next stricter tier for an award: small, medium, large, then none. */
export function nextTier(tier: Tier): Tier | null {
  if (tier === Tier.Small) return Tier.Medium;
  return tier === Tier.Medium ? Tier.Large : null;
}

/** The tier `steps` stricter, the large one at most: nothing stricter exists for awards. */
export function raised(tier: Tier, steps: number): Tier {
  let result = tier;
  for (let step = 0; step < steps; step += 1) result = nextTier(result) ?? result;
  return result;
}

/** Upper bounds of the award tiers, inclusive, in base units of the budget mint. */
export interface AskLimits {
  readonly small: bigint;
  readonly medium: bigint;
  readonly large: bigint;
}

/**
 * R4: each limit is `floor(bps * free / 10_000)` of the free funds at the epoch's opening. Throws if
 * a limit exceeds `u64`.
 */
export function askLimits(
  free: bigint,
  smallBps: number,
  mediumBps: number,
  largeBps: number,
): AskLimits {
  return {
    small: shareFloor(free, smallBps),
    medium: shareFloor(free, mediumBps),
    large: shareFloor(free, largeBps),
  };
}

/**
 * R4: the lowest tier that admits `ask`, the recipient's cumulative ask in base units; `null` above
 * the large limit.
 */
export function tierOf(limits: AskLimits, ask: bigint): Tier | null {
  if (ask <= limits.small) return Tier.Small;
  if (ask <= limits.medium) return Tier.Medium;
  return ask <= limits.large ? Tier.Large : null;
}

/** Weight cast on one entry, in base units of stake weight. */
export interface Tally {
  readonly for: bigint;
  readonly against: bigint;
  /** Cast for neither; counts for the quorum only. */
  readonly abstain: bigint;
}

/** What one tier asks of an entry, in weight. */
export interface Threshold {
  /** Basis points of the frozen total that must take part. */
  readonly quorumBps: number;
  /** Basis points of (for + against) that must be for. */
  readonly approvalBps: number;
  /** Weight that must take part, abstention included. */
  readonly quorum: bigint;
  /** Weight that must be for, so that abstainers and opponents cannot make up a quorum. */
  readonly support: bigint;
}

/**
 * R4: `quorum = ceil(quorum_bps * total / 10^4)`, `support = ceil(approval_bps * quorum_bps * total /
 * 10^8)`, both rounded up from the frozen total. Throws if one exceeds `u64`.
 */
export function threshold(total: bigint, quorumBps: number, approvalBps: number): Threshold {
  const supportShare = BigInt(approvalBps) * BigInt(quorumBps);
  return {
    quorumBps,
    approvalBps,
    quorum: shareCeil(total, quorumBps),
    support: mulDivCeil(total, supportShare, BPS * BPS),
  };
}

/** Why an entry does not pass. Checked, and so reported, in the order in which {@link judge} does. */
export enum Failure {
  /** The frozen total is zero or below the policy's minimum: nothing passes. */
  ElectorateTooSmall = 1,
  /** Not more weight for than against. */
  NotMoreForThanAgainst = 2,
  /** for + against + abstain is below the quorum. */
  QuorumMissed = 3,
  /** The share of for in (for + against) is below the approval threshold. */
  ApprovalMissed = 4,
  /** The weight for is below what a bare quorum, as raised by the opposition, would hold. */
  SupportTooThin = 5,
  /** The tier's quorum is reached, but not the higher one that the opposition calls for. */
  ContestedQuorumMissed = 6,
}

/** How much more quorum an ask needs that many oppose. */
export interface Contested {
  /** Basis points of the frozen total that a wholly opposed ask needs on top; 0: none does. */
  readonly coefBps: number;
  /** Basis points of the frozen total beyond which opposition cannot raise a quorum. */
  readonly maxQuorumBps: number;
}

/** What every tier asks of the entries of one epoch. */
export interface Thresholds {
  /** Whether the frozen total is positive and at least the policy's minimum. */
  readonly electorateOk: boolean;
  /** One threshold per {@link Tier}, in the order of its numbers. */
  readonly tiers: readonly Threshold[];
  /** The frozen total, in weight. */
  readonly total: bigint;
  readonly contested: Contested;
}

/**
 * R4: the thresholds for the frozen `total`; shares in the order of {@link Tier}'s numbers. Throws as
 * {@link threshold} does.
 */
export function thresholds(
  total: bigint,
  minTotalWeight: bigint,
  quorumBps: readonly number[],
  approvalBps: readonly number[],
  contested: Contested,
): Thresholds {
  const tiers = [Tier.Small, Tier.Medium, Tier.Large, Tier.Constitutional];
  return {
    electorateOk: total > 0n && total >= minTotalWeight,
    tiers: tiers.map((tier) => threshold(total, at(quorumBps, tier), at(approvalBps, tier))),
    total,
    contested,
  };
}

/** R4: `null` if `tally` passes at `tier`, else the first condition that it misses. */
export function judge(all: Thresholds, tally: Tally, tier: Tier): Failure | null {
  if (!all.electorateOk) return Failure.ElectorateTooSmall;
  if (tally.for <= tally.against) return Failure.NotMoreForThanAgainst;
  const present = saturatingAdd(saturatingAdd(tally.for, tally.against), tally.abstain);
  if (present < at(all.tiers, tier).quorum) return Failure.QuorumMissed;
  const required = requiredOf(all, tally, tier);
  if (present < required.quorum) return Failure.ContestedQuorumMissed;
  const decided = tally.for + tally.against;
  if (tally.for * BPS < BigInt(required.approvalBps) * decided) return Failure.ApprovalMissed;
  return tally.for < required.support ? Failure.SupportTooThin : null;
}

/**
 * R4: what `tally` must reach at `tier`: the tier's threshold with `quorum = min(max_quorum, quorum +
 * coef * against / (for + against))`, the share rounded up to a basis point; support rises along.
 * Never below the tier's own quorum.
 */
export function requiredOf(all: Thresholds, tally: Tally, tier: Tier): Threshold {
  const own = at(all.tiers, tier);
  const { coefBps, maxQuorumBps } = all.contested;
  if (coefBps === 0 || tally.against === 0n || maxQuorumBps <= own.quorumBps) return own;
  const raise = mulDivCeil(BigInt(coefBps), tally.against, tally.for + tally.against);
  const raisedBps = min(raise + BigInt(own.quorumBps), BigInt(maxQuorumBps));
  return threshold(all.total, upTo(0xffff, raisedBps), own.approvalBps);
}
