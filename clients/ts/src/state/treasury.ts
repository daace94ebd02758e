/** What a treasury's books give the rules to work with. */

import type { PositionState, Treasury } from "../generated";
import { MAX_CATEGORIES } from "../rules/allocation";
import { type Bucket, refill } from "../rules/bucket";
import { RuleError, u64 } from "../rules/checked";
import { type Position, type PositionTerms, type Standing, isRisk } from "../rules/risk";
import { NEVER, power } from "../rules/snapshot";
import type { Standstill } from "../rules/standstill";
import type { LockTerms } from "../rules/weight";
import { flow, lockTerms, positionTerms } from "./policy";

/** Epochs that runway and trailing flows look at. */
export const TRAILING_EPOCHS = 4;

/** Base units that are neither promised nor set aside. */
export function free(treasury: Treasury): bigint {
  return u64(u64(treasury.tracked - treasury.committed) - treasury.reservedFunds);
}

/** Epochs settled so far. */
export function settledEpochs(treasury: Treasury): number {
  return Math.max(0, treasury.epochCount - treasury.epochActive);
}

/** Index of the epoch opened last; `null` before the first. */
export function currentEpoch(treasury: Treasury): number | null {
  return treasury.epochCount === 0 ? null : treasury.epochCount - 1;
}

/** Whether voting of the current epoch has opened by `now`. Stays true until the next opening. */
export function votingOpened(treasury: Treasury, now: bigint): boolean {
  return treasury.epochCount > 0 && now >= treasury.votingOpensAt;
}

/** The electorate of epoch `index`: the total weight when its voting opened (R2). */
export function electorate(treasury: Treasury, index: number): bigint {
  const frozen = { epoch: treasury.frozenEpoch, value: treasury.frozenTotal };
  return power(frozen, treasury.totalWeight, index);
}

/** Whether the breaker has tripped and not cleared by `now`. */
export function isTripped(treasury: Treasury, now: bigint): boolean {
  return treasury.trippedAt <= now && now < treasury.trippedUntil;
}

/** When executions were blocked, by breaker or pause. */
export function standstill(treasury: Treasury): Standstill {
  return {
    beforeSecs: treasury.standstillBeforeSecs,
    from: treasury.standstillFrom,
    until: treasury.standstillUntil,
  };
}

/** The outflow bucket as it is at `now`. */
export function bucketAt(treasury: Treasury, now: bigint): Bucket {
  const bucket = {
    level: treasury.bucketLevel,
    remainder: treasury.bucketRemainder,
    at: treasury.bucketAt,
  };
  return refill(bucket, flow(treasury.inForce, treasury.bucketCapacity), now);
}

const NO_POSITION: Position = { pending: 0n, cost: 0n, mark: 0n, markedAt: 0n };

function position({ pending, cost, mark, markedAt }: PositionState): Position {
  return { pending, cost, mark, markedAt };
}

/** The treasury as the risk rules see it in the present epoch, whose cap is `cap`, at `now`. */
export function standing(treasury: Treasury, cap: bigint, now: bigint): Standing {
  const terms: PositionTerms[] = [];
  const positions: Position[] = [];
  for (let index = 0; index < MAX_CATEGORIES; index += 1) {
    const own = positionTerms(treasury.inForce, index);
    const state = treasury.positions[index];
    if (state === undefined) throw new RuleError("a treasury has eight positions");
    terms.push(own);
    positions.push(isRisk(own) ? position(state) : NO_POSITION);
  }
  const ownSlot = (currentEpoch(treasury) ?? 0) % TRAILING_EPOCHS;
  const { risk } = treasury.inForce;
  return {
    marksJudgedAt: treasury.lastOpenedAt,
    tracked: treasury.tracked,
    committed: treasury.committed,
    reserved: treasury.reservedFunds,
    cap,
    positions,
    terms,
    markAgeSecs: risk.markAgeSecs,
    previousOutflow: treasury.outflow.reduce(
      (sum, outflow, slot) => (slot === ownSlot ? sum : u64(sum + outflow)),
      0n,
    ),
    epochs: Math.min(Math.max(treasury.epochCount, 1), TRAILING_EPOCHS),
    minRunwayEpochs: risk.minRunwayEpochs,
    maxRecipientBps: risk.maxRecipientBps,
    tripped: isTripped(treasury, now),
  };
}

/** The instant of a change of weight, and the terms by which weights are measured then. */
export interface Moment {
  /** Unix seconds. */
  readonly now: bigint;
  /** Index of the current epoch, `NEVER` for none. */
  readonly epoch: number;
  /** Whether that epoch's voting has opened. */
  readonly votingOpened: boolean;
  /** Epochs settled so far. */
  readonly settledEpochs: number;
  /** Range of locks and the bonus of the longest. */
  readonly lock: LockTerms;
  /** Bonus of a whole streak, in basis points. */
  readonly streakBonusBps: number;
}

/** The instant `now`, as a change of weight needs it. */
export function moment(treasury: Treasury, now: bigint): Moment {
  return {
    now,
    epoch: currentEpoch(treasury) ?? NEVER,
    votingOpened: votingOpened(treasury, now),
    settledEpochs: settledEpochs(treasury),
    lock: lockTerms(treasury.inForce),
    streakBonusBps: treasury.inForce.stake.streakBonusBps,
  };
}
