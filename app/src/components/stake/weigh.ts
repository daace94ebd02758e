/** What a stake weighs, and why: the parts of its weight in the owner's own numbers. */

import { type Stake, rules, state } from "@community-budget/client";

type Moment = state.treasury.Moment;

/** A weight with its parts. Bonuses are basis points of the amount. */
export interface Weighed {
  /** Base units that carry it. */
  readonly amount: bigint;
  readonly lockBonusBps: number;
  readonly streakBonusBps: number;
  readonly weight: bigint;
}

/** What `stake` would weigh with another amount or cool-down; `null` for a stake that is not there yet. */
export function weighed(
  stake: Stake | null,
  at: Moment,
  change: { readonly amount?: bigint; readonly lockSecs?: number } = {},
): Weighed {
  const amount = change.amount ?? stake?.amount ?? 0n;
  const lockSecs = change.lockSecs ?? stake?.lockSecs ?? at.lock.minSecs;
  const lockBonusBps = rules.weight.lockBonusBps(lockSecs, at.lock);
  if (stake === null) {
    const weight = rules.weight.weight(amount, lockBonusBps, 0);
    return { amount, lockBonusBps, streakBonusBps: 0, weight };
  }
  const record = rules.weight.dilute(state.stake.participation(stake), stake.amount, amount);
  const streak = rules.weight.streakBps(record, at.settledEpochs);
  return {
    amount,
    lockBonusBps,
    streakBonusBps: rules.weight.streakBonusBps(streak, at.streakBonusBps),
    weight: state.stake.weightIf(stake, at, change),
  };
}

/** Unix seconds from which tokens could be withdrawn that are unstaked now. */
export function coolsUntil(stake: Stake, at: Moment, coolingFloorAt: bigint): bigint {
  const chosen = at.now + BigInt(stake.lockSecs);
  const floor = at.votingOpened ? coolingFloorAt : chosen;
  return [stake.coolingUntil, chosen, stake.lockFloorAt, floor].reduce((latest, one) =>
    one > latest ? one : latest,
  );
}

/**
 * Power in the present epoch after its owner took something away: what was frozen at the opening, and no
 * more than what is left (R2). Only once voting has opened.
 */
export function powerAfter(stake: Stake, epoch: number, weight: bigint): bigint {
  const power = state.stake.powerIn(stake, epoch);
  return weight < power ? weight : power;
}

/** Cool-downs to choose from, in seconds: round ones, the policy's bounds, and the present one. */
export function locks(at: Moment, present: number | null): number[] {
  const { minSecs, maxSecs } = at.lock;
  const round = [7, 14, 30, 60, 90, 120, 180, 365, 730].map((days) => days * 86_400);
  const all = [minSecs, maxSecs, ...(present === null ? [] : [present]), ...round];
  return [...new Set(all)]
    .filter((lock) => (lock >= minSecs && lock <= maxSecs) || lock === present)
    .sort((a, b) => a - b);
}
