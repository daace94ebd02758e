/**
 * R9, R10, R11: what a treasury holds in positions, how long it lasts, and what an ask would do to both.
 * Settlement and every view take their numbers from here.
 */

import { MAX_CATEGORIES, type Limits, type Reason, refuse } from "./allocation";
import { BPS, mulDivFloor, shareCeil, shareFloor } from "./bps";
import { U64_MAX, at, max, min, saturatingAdd, saturatingSub, u64, upTo } from "./checked";

/** What a category's money is for. */
export enum Class {
  /** Spent for good. */
  Operating = 0,
  /** Held to offset a risk. */
  Hedge = 1,
  /** Held for its return. */
  Derivative = 2,
}

/** How a category limits and values its position. */
export interface PositionTerms {
  readonly class: Class;
  /** Share of the treasury's value that the exposure may reach. */
  readonly exposureLimitBps: number;
  /** Share of a position's value that is not counted. */
  readonly haircutBps: number;
}

/** Money of one risk category that is out or promised. Base units of the budget mint. */
export interface Position {
  /** Awarded, not paid out yet. */
  readonly pending: bigint;
  /** Paid out and neither returned nor written off. */
  readonly cost: bigint;
  /** Value of what `cost` bought, as of the last mark that counts. */
  readonly mark: bigint;
  /** Unix seconds of that mark, or of the first payment into an empty position. */
  readonly markedAt: bigint;
}

/** Whether money of this class is at risk rather than spent: exposure limits apply. */
export function isRisk(terms: PositionTerms): boolean {
  return terms.class !== Class.Operating;
}

/** R9: awarded less returned, saturating. */
export function principal(position: Position): bigint {
  return saturatingAdd(position.pending, position.cost);
}

/** R9: what could be lost: the principal, or the mark where it is higher, and what is pending. */
export function exposure(position: Position): bigint {
  return saturatingAdd(position.pending, max(position.cost, position.mark));
}

/**
 * R9: what the position counts for: the lower of cost and mark after the haircut (rounded down), nothing
 * if the mark was older than `markAgeSecs` at `judgedAt`, the opening of the epoch.
 */
export function positionValue(
  position: Position,
  terms: PositionTerms,
  markAgeSecs: number,
  judgedAt: bigint,
): bigint {
  if (judgedAt - position.markedAt > BigInt(markAgeSecs)) return 0n;
  return afterHaircut(min(position.cost, position.mark), terms.haircutBps);
}

/** `floor(amount * (10_000 - haircut) / 10_000)`; a haircut above a whole leaves nothing. */
export function afterHaircut(amount: bigint, haircutBps: number): bigint {
  return shareFloor(amount, Math.max(0, 10_000 - haircutBps));
}

/** A treasury as the risk rules see it. */
export interface Standing {
  /** Unix seconds of the epoch's opening: marks count by the epoch, and so does their age. */
  readonly marksJudgedAt: bigint;
  /** Base units in the vault. */
  readonly tracked: bigint;
  /** Base units promised to awards and streams. */
  readonly committed: bigint;
  /** Base units set aside for rewards. */
  readonly reserved: bigint;
  /** Cap of the epoch, in base units. */
  readonly cap: bigint;
  /** Positions by category. */
  readonly positions: readonly Position[];
  /** Terms by category. */
  readonly terms: readonly PositionTerms[];
  /** Age in seconds beyond which a mark counts for nothing. */
  readonly markAgeSecs: number;
  /** Base units awarded in the up to three epochs before this one. */
  readonly previousOutflow: bigint;
  /** Epochs that the mean outflow runs over, this one included: 1 to 4. */
  readonly epochs: number;
  /** Runway that no award may go below, in epochs. */
  readonly minRunwayEpochs: number;
  /** Share of the cap that one recipient may be awarded. */
  readonly maxRecipientBps: number;
  /** Whether the breaker has tripped. */
  readonly tripped: boolean;
}

/** What the risk rules leave for the awards of one epoch, in base units. */
export interface RiskLimits {
  /** Most that one recipient may be awarded (rounded down). */
  readonly recipientCap: bigint;
  /** Most that all awards together may take with the runway still at its floor (rounded down). */
  readonly runwayRoom: bigint;
  /** Most that the awards of each category may take; no limit for operating ones. */
  readonly exposureRooms: readonly bigint[];
  /** Free funds and what positions count for. */
  readonly treasuryValue: bigint;
  /** Whether no award may be funded at all. */
  readonly tripped: boolean;
}

/** Base units neither promised nor set aside. Throws if more is than there is. */
export function free(standing: Standing): bigint {
  return u64(u64(standing.tracked - standing.committed) - standing.reserved);
}

/** R9: the sum of what positions count for, saturating. */
export function positionsValue(standing: Standing): bigint {
  return standing.positions.reduce((sum, position, index) => {
    const terms = at(standing.terms, index);
    if (!isRisk(terms)) return sum;
    const value = positionValue(position, terms, standing.markAgeSecs, standing.marksJudgedAt);
    return saturatingAdd(sum, value);
  }, 0n);
}

/**
 * R9, R10: what the awards of this epoch may take. Throws if more is promised or set aside than there is;
 * positions and their marks cannot cause it.
 */
export function riskLimits(standing: Standing): RiskLimits {
  const unpromised = free(standing);
  const treasuryValue = saturatingAdd(unpromised, positionsValue(standing));
  const exposureRooms = standing.terms.map((terms, index) => {
    if (!isRisk(terms)) return U64_MAX;
    const limit = shareFloor(treasuryValue, terms.exposureLimitBps);
    return saturatingSub(limit, exposure(at(standing.positions, index)));
  });
  return {
    recipientCap: shareFloor(standing.cap, standing.maxRecipientBps),
    runwayRoom: runwayRoom(standing, unpromised),
    exposureRooms,
    treasuryValue,
    tripped: standing.tripped,
  };
}

/**
 * R10: the largest sum x of this epoch's awards with `free - x >= min_runway * mean outflow`:
 * `floor((free * epochs - min_runway * previous) / (epochs + min_runway))`. The mean includes the awards
 * themselves.
 */
function runwayRoom(standing: Standing, unpromised: bigint): bigint {
  if (standing.minRunwayEpochs === 0) return U64_MAX;
  const [epochs, floor] = [BigInt(standing.epochs), BigInt(standing.minRunwayEpochs)];
  const left = saturatingSub(unpromised * epochs, standing.previousOutflow * floor);
  return u64(left / (epochs + floor));
}

/**
 * R10: runway in hundredths of an epoch with `awarded` base units awarded in this epoch; the largest
 * `u64` when nothing flows out.
 */
export function runwayCenti(standing: Standing, awarded: bigint): bigint {
  const left = saturatingSub(free(standing), awarded);
  const outflow = standing.previousOutflow + awarded;
  if (outflow === 0n) return U64_MAX;
  return min((left * BigInt(standing.epochs) * 100n) / outflow, U64_MAX);
}

/** R11: tracked funds and what positions count for, saturating. */
export function netAssetValue(standing: Standing): bigint {
  return saturatingAdd(standing.tracked, positionsValue(standing));
}

/** An ask that nobody has to have submitted. */
export interface HypotheticalAsk {
  /** Base units. */
  readonly amount: bigint;
  /** Category, below eight. */
  readonly category: number;
  /** Base units awarded to the same recipient in this epoch already. */
  readonly recipientAwarded: bigint;
  /** Base units awarded in this epoch already, by category. */
  readonly awarded: readonly bigint[];
}

/** What an ask would do to the treasury. */
export interface Assessment {
  /** The first limit that it does not fit, as settlement would report it. */
  readonly refused: Reason | null;
  /** Vault over everything promised, set aside and asked, in basis points; largest `u64`: nothing is. */
  readonly coverageBps: bigint;
  /** Runway before it, in hundredths of an epoch; largest `u64` without outflow. */
  readonly runwayBeforeCenti: bigint;
  /** Runway after it, in hundredths of an epoch; largest `u64` without outflow. */
  readonly runwayAfterCenti: bigint;
  /** Exposure of each category after it, in base units. */
  readonly exposureAfter: readonly bigint[];
  /** Exposure limit of each category, in base units; largest `u64` for operating ones. */
  readonly exposureLimit: readonly bigint[];
  /** Share of the cap that its recipient would hold, in basis points, at most 65,535. */
  readonly concentrationBps: number;
  /** 0 to 100: the scarcest of what it leaves of cap, category, exposure, runway and recipient room. */
  readonly score: number;
}

/** R10: the assessment of an ask under the limits that settlement would apply. */
export function assess(standing: Standing, limits: Limits, ask: HypotheticalAsk): Assessment {
  const before = ask.awarded.reduce((sum, awarded) => u64(sum + awarded), 0n);
  const inCategory = at(ask.awarded, ask.category);
  const { amount, category, recipientAwarded } = ask;
  const refused = refuse(limits, { amount, category }, before, inCategory, recipientAwarded);
  const after = saturatingAdd(before, amount);
  const promised = saturatingAdd(u64(standing.committed + standing.reserved), after);
  const recipient = saturatingAdd(recipientAwarded, amount);
  const categoryAfter = saturatingAdd(inCategory, amount);
  const rooms: readonly (readonly [taken: bigint, room: bigint])[] = [
    [after, limits.cap],
    [categoryAfter, at(limits.categoryCaps, category)],
    [categoryAfter, at(limits.risk.exposureRooms, category)],
    [after, limits.risk.runwayRoom],
    [recipient, limits.risk.recipientCap],
  ];
  return {
    refused,
    coverageBps: ratio(standing.tracked, promised, BPS),
    runwayBeforeCenti: runwayCenti(standing, before),
    runwayAfterCenti: runwayCenti(standing, after),
    ...exposures(standing, limits, ask),
    concentrationBps: upTo(0xffff, min(ratio(recipient, limits.cap, BPS), 0xffffn)),
    score: refused === null ? score(rooms) : 0,
  };
}

function exposures(
  standing: Standing,
  limits: Limits,
  ask: HypotheticalAsk,
): Pick<Assessment, "exposureAfter" | "exposureLimit"> {
  const places = Array.from({ length: MAX_CATEGORIES }, (_, index) => index);
  const atRisk = (index: number) => isRisk(at(standing.terms, index));
  return {
    exposureAfter: places.map((index) => {
      if (!atRisk(index)) return 0n;
      const own = index === ask.category ? ask.amount : 0n;
      const awarded = saturatingAdd(at(ask.awarded, index), own);
      return saturatingAdd(exposure(at(standing.positions, index)), awarded);
    }),
    exposureLimit: places.map((index) => {
      if (!atRisk(index)) return U64_MAX;
      return shareFloor(limits.risk.treasuryValue, at(standing.terms, index).exposureLimitBps);
    }),
  };
}

/** The least headroom of all, in hundredths: `floor(100 * (room - taken) / room)`. */
function score(rooms: readonly (readonly [taken: bigint, room: bigint])[]): number {
  const headrooms = rooms.map(([taken, room]) =>
    room === 0n ? 0n : mulDivFloor(saturatingSub(room, taken), 100n, room),
  );
  return upTo(100, min(100n, ...headrooms));
}

/** `floor(part * scale / whole)`, saturating; the largest `u64` of nothing. */
function ratio(part: bigint, whole: bigint, scale: bigint): bigint {
  return whole === 0n ? U64_MAX : min((part * scale) / whole, U64_MAX);
}

/**
 * R11: whether `value` lies more than `maxDrawdownBps` below `highWater`: whether `value <
 * ceil(highWater * (10_000 - maxDrawdown) / 10_000)`.
 */
export function hasDrawnDown(value: bigint, highWater: bigint, maxDrawdownBps: number): boolean {
  return value < shareCeil(highWater, Math.max(0, 10_000 - maxDrawdownBps));
}

/** What came in and was awarded in the trailing epochs. */
export interface Trailing {
  /** Base units neither promised nor rewarded yet: tracked less committed. */
  readonly uncommitted: bigint;
  /** Base units awarded. */
  readonly outflow: bigint;
  /** Base units received. */
  readonly inflow: bigint;
  /** Epochs that both run over; 0 before the first. */
  readonly epochs: number;
}

/** R11: whether awards exceed 150 % of what came in while the runway is below its floor. */
export function isDraining(trailing: Trailing, minRunwayEpochs: number): boolean {
  const exceeds = trailing.outflow * 2n > trailing.inflow * 3n;
  const covered = trailing.uncommitted * BigInt(trailing.epochs);
  return exceeds && covered < trailing.outflow * BigInt(minRunwayEpochs);
}
