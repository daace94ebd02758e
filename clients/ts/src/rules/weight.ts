/** R1: what a stake weighs. */

import { BPS, mulDivFloor } from "./bps";
import { RuleError, at, min, upTo } from "./checked";
import { NEVER } from "./snapshot";

/** The most the bracket of R1 may reach: a stake weighs at most three times its amount. */
export const MAX_BRACKET_BPS = 30_000n;

/** How many of the latest epochs the streak bonus looks at. */
export const STREAK_EPOCHS = 8;

/** How a treasury rewards long cool-downs. Requires `minSecs <= maxSecs`. */
export interface LockTerms {
  /** The shortest cool-down a staker may choose; earns no bonus. */
  readonly minSecs: number;
  /** The longest cool-down; earns all of `bonusBps`. */
  readonly maxSecs: number;
  /** Basis points of the amount that the longest cool-down adds to the weight. */
  readonly bonusBps: number;
}

/**
 * R1: bonus in basis points for a cool-down of `lockSecs`, `floor(bonus * (lock - min) / (max -
 * min))`; zero when there is nothing to choose. A lock outside the bounds counts as the nearest bound.
 * Throws if the terms are contradictory.
 */
export function lockBonusBps(lockSecs: number, terms: LockTerms): number {
  const range = BigInt(terms.maxSecs) - BigInt(terms.minSecs);
  if (range < 0n) throw new RuleError("the shortest lock is longer than the longest");
  if (range === 0n) return 0;
  const beyond = BigInt(lockSecs) - BigInt(terms.minSecs);
  const chosen = beyond > 0n ? min(beyond, range) : 0n;
  return upTo(0xffff, mulDivFloor(BigInt(terms.bonusBps), chosen, range));
}

/** How much of a stake took part in each of the last eight epochs it took part in. */
export interface Participation {
  /** Newest epoch noted, or {@link NEVER}. */
  readonly latest: number;
  /** Basis points of the present stake that took part, at `epoch % 8`. */
  readonly shares: readonly number[];
}

/**
 * The record after `shareBps` of the stake took part in `epoch`. Epochs may come in any order; those
 * eight or more before the newest are past counting, and one noted twice keeps the larger share.
 * Throws if `epoch` is {@link NEVER}.
 */
export function note(record: Participation, epoch: number, shareBps: number): Participation {
  if (epoch === NEVER) throw new RuleError("no epoch can be noted as never");
  const share = Math.min(shareBps, 10_000);
  const shares = [...record.shares];
  let { latest } = record;
  if (latest === NEVER) {
    shares.fill(0);
    latest = epoch;
  } else if (epoch > latest) {
    const skipped = Math.min(epoch - latest, STREAK_EPOCHS);
    for (let behind = 0; behind < skipped; behind += 1)
      shares[(epoch - behind) % STREAK_EPOCHS] = 0;
    latest = epoch;
  } else if (latest - epoch >= STREAK_EPOCHS) {
    return record;
  }
  const slot = epoch % STREAK_EPOCHS;
  shares[slot] = Math.max(share, at(shares, slot));
  return { latest, shares };
}

/**
 * The record after the stake grew from `old` to `next` base units: every share shrinks to
 * `floor(share * old / next)`. A stake that shrinks keeps its shares.
 */
export function dilute(record: Participation, old: bigint, next: bigint): Participation {
  if (next <= old || record.latest === NEVER) return record;
  const shares = record.shares.map((share) => Number(mulDivFloor(BigInt(share), old, next)));
  return { ...record, shares };
}

/**
 * Mean share over the last eight settled epochs, rounded down, in basis points; epochs before the
 * treasury's first count as missed.
 */
export function streakBps(record: Participation, settledEpochs: number): number {
  if (record.latest === NEVER) return 0;
  let sum = 0n;
  for (let behind = 0; behind < STREAK_EPOCHS && behind <= record.latest; behind += 1) {
    const epoch = record.latest - behind;
    if (epoch < settledEpochs && settledEpochs - epoch <= STREAK_EPOCHS) {
      sum += BigInt(at(record.shares, epoch % STREAK_EPOCHS));
    }
  }
  return upTo(0xffff, sum / BigInt(STREAK_EPOCHS));
}

/** Whether the stake took part in `epoch`, as far back as the record reaches. */
export function tookPart(record: Participation, epoch: number): boolean {
  const behind = record.latest - epoch;
  if (record.latest === NEVER || behind < 0 || behind >= STREAK_EPOCHS) return false;
  return at(record.shares, epoch % STREAK_EPOCHS) > 0;
}

/** R1: bonus in basis points for a streak, `floor(bonus * streak / 10_000)`. */
export function streakBonusBps(streak: number, bonusBps: number): number {
  return upTo(0xffff, mulDivFloor(BigInt(bonusBps), BigInt(streak), BPS));
}

/**
 * R1: `floor(amount * (10_000 + lock bonus + streak bonus) / 10_000)` in base units of the stake mint,
 * the bracket at most {@link MAX_BRACKET_BPS}. `amount` is what is staked and not cooling down. Throws
 * if the weight exceeds `u64`.
 */
export function weight(amount: bigint, lockBonus: number, streakBonus: number): bigint {
  const bracket = min(BPS + BigInt(lockBonus) + BigInt(streakBonus), MAX_BRACKET_BPS);
  return mulDivFloor(amount, bracket, BPS);
}
