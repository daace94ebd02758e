/** What a stake weighs, now and if its owner changed it. */

import type { Address } from "@solana/kit";

import type { Stake } from "../generated";
import { power } from "../rules/snapshot";
import {
  type Participation,
  dilute,
  lockBonusBps,
  streakBonusBps,
  streakBps,
  weight,
} from "../rules/weight";
import type { Moment } from "./treasury";

/** In which epochs the stake took part. */
export function participation(stake: Stake): Participation {
  return { latest: stake.participationLatest, shares: stake.participation };
}

/** Power of this stake in the epoch `index` whose voting has opened (R2). */
export function powerIn(stake: Stake, index: number): bigint {
  const frozen = { epoch: stake.frozenEpoch, value: stake.frozenWeight };
  return power(frozen, stake.weight, index);
}

/** Whether `voter` may cast the ballot of this stake: the owner, or the delegate. */
export function mayVote(stake: Stake, voter: Address): boolean {
  return stake.owner === voter || stake.delegate === voter;
}

/** What the stake weighs when measured by the terms of `at`, as `refresh_stake` does; 0 while dormant. */
export function weightAt(stake: Stake, at: Moment): bigint {
  return stake.dormant === 0 ? measure(participation(stake), stake.amount, stake.lockSecs, at) : 0n;
}

/**
 * What it would weigh at `at` if its owner had `amount` base units staked with a cool-down of `lockSecs`:
 * after `stake_tokens`, `request_unstake` or `set_lock`. Added tokens took part in nothing yet; the
 * owner's hand wakes a dormant stake.
 */
export function weightIf(
  stake: Stake,
  at: Moment,
  change: { readonly amount?: bigint; readonly lockSecs?: number },
): bigint {
  const amount = change.amount ?? stake.amount;
  const record = dilute(participation(stake), stake.amount, amount);
  return measure(record, amount, change.lockSecs ?? stake.lockSecs, at);
}

function measure(record: Participation, amount: bigint, lockSecs: number, at: Moment): bigint {
  const streak = streakBonusBps(streakBps(record, at.settledEpochs), at.streakBonusBps);
  return weight(amount, lockBonusBps(lockSecs, at.lock), streak);
}
