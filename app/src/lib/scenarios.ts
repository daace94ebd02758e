/**
 * How long the money lasts if things go otherwise: the runway by the program's own rule, what would be left in a
 * few epochs, and whether the breaker could be tripped. Integers only; nothing here is a promise.
 */

import { type Treasury, rules, state } from "@community-budget/client";

import { runwayLevel, type Runway } from "./health";

const { risk, bps } = rules;

/** What a scenario changes. */
export interface Assumption {
  /** Base units awarded by the present epoch. */
  readonly awarded: bigint;
  /** What is awarded from now on, in basis points of the mean. */
  readonly outflowBps: number;
  /** Whether as much comes in as in the mean of the last epochs; nothing otherwise. */
  readonly income: boolean;
  /** What positions are worth, in basis points of what they are marked at. */
  readonly positionsBps: number;
}

/** The scenarios, in the order in which they are shown. */
export type ScenarioName = "none" | "settled" | "more" | "dry" | "half" | "lost" | "all";

/** A scenario and what it leads to. Base units of the budget mint. */
export interface Scenario {
  readonly name: ScenarioName;
  readonly assumption: Assumption;
  readonly runway: Runway;
  /** Awarded and received in an epoch, in the mean. */
  readonly outflow: bigint;
  readonly inflow: bigint;
  /** Free money now, at the end of the present epoch, and of each epoch after it. */
  readonly path: readonly bigint[];
  /** The runway's floor at the same moments: free money that an award must leave. */
  readonly floors: readonly bigint[];
  /** What is in the vault and what positions count for. */
  readonly value: bigint;
  /** Whether that is so far below its high that anybody could trip the breaker. */
  readonly trips: boolean;
}

const WHOLE = 10_000;

/** The assumptions of the scenarios. `awarded`: what the present epoch would fund now; 0 for nothing. */
export function assumptions(
  awarded: bigint,
  unsettled: boolean,
): readonly (readonly [ScenarioName, Assumption])[] {
  const settled: Assumption = { awarded, outflowBps: WHOLE, income: true, positionsBps: WHOLE };
  const worse: (readonly [ScenarioName, Assumption])[] = [
    ["settled", settled],
    ["more", { ...settled, outflowBps: WHOLE + WHOLE / 2 }],
    ["dry", { ...settled, income: false }],
    ["half", { ...settled, positionsBps: WHOLE / 2 }],
    ["lost", { ...settled, positionsBps: 0 }],
    ["all", { awarded, outflowBps: WHOLE + WHOLE / 2, income: false, positionsBps: 0 }],
  ];
  // Once an epoch is settled, or while it would fund nothing, "nothing more" is what is the case.
  return unsettled && awarded > 0n ? [["none", { ...settled, awarded: 0n }], ...worse] : worse;
}

/** The treasury with its positions worth `positionsBps` of their marks. */
function standingIf(treasury: Treasury, positionsBps: number): rules.risk.Standing {
  const standing = state.treasury.standing(treasury, 0n, treasury.lastOpenedAt);
  return {
    ...standing,
    positions: standing.positions.map((position) => ({
      ...position,
      mark: bps.shareFloor(position.mark, positionsBps),
    })),
  };
}

/** What `assumption` leads to over the present epoch and `ahead` more. */
export function scenario(
  treasury: Treasury,
  name: ScenarioName,
  assumption: Assumption,
  ahead: number,
): Scenario {
  const standing = standingIf(treasury, assumption.positionsBps);
  const value = risk.netAssetValue(standing);
  const total = (flows: readonly bigint[]) => flows.reduce((sum, one) => sum + one, 0n);
  const epochs = BigInt(standing.epochs);
  const awarded = total(treasury.outflow) + assumption.awarded;
  const scaled = bps.shareCeil(awarded, assumption.outflowBps);
  const left = risk.free(standing) - assumption.awarded;
  // The present epoch's awards are in `scaled`; the rule only sees what is free after them.
  const centi = risk.runwayCenti(
    { ...standing, committed: standing.committed + assumption.awarded, previousOutflow: scaled },
    0n,
  );
  const outflow = (scaled + epochs - 1n) / epochs;
  const inflow = assumption.income ? total(treasury.inflow) / epochs : 0n;
  const course = courseOf(treasury, left, assumption.awarded, outflow, inflow, ahead);
  const floor = BigInt(standing.minRunwayEpochs);
  return {
    name,
    assumption,
    runway: {
      centi: centi === rules.U64_MAX ? null : centi,
      floor: standing.minRunwayEpochs,
      outflow: scaled,
      epochs: standing.epochs,
    },
    outflow,
    inflow,
    path: [risk.free(standing), ...course.map(({ free }) => free)],
    floors: [
      (total(treasury.outflow) * floor) / epochs,
      ...course.map(({ recent, running }) => (recent * floor) / BigInt(running)),
    ],
    value,
    trips: risk.hasDrawnDown(value, treasury.highWater, treasury.inForce.risk.maxDrawdownBps),
  };
}

/** Where an epoch ends. */
interface End {
  readonly free: bigint;
  /** Awarded in the epochs that its mean runs over, and how many these are. */
  readonly recent: bigint;
  readonly running: number;
}

/**
 * The ends of the present epoch and of `ahead` more: each takes in `inflow`, sets its rewards aside and awards
 * `outflow`, as far as its cap and the runway's floor let it.
 */
function courseOf(
  treasury: Treasury,
  left: bigint,
  awarded: bigint,
  outflow: bigint,
  inflow: bigint,
  ahead: number,
): End[] {
  const { epochCapBps, epochCapAbs, minCap, rewardBps } = treasury.policy.budget;
  const { minRunwayEpochs } = treasury.policy.risk;
  const { TRAILING_EPOCHS } = state.treasury;
  const recent = [...treasury.outflow];
  const present = Math.max(treasury.epochCount, 1) - 1;
  recent[present % TRAILING_EPOCHS] = (recent[present % TRAILING_EPOCHS] ?? 0n) + awarded;
  let free = left;
  const end = (index: number): End => ({
    free,
    recent: recent.reduce((sum, one) => sum + one, 0n),
    running: Math.min(index + 1, TRAILING_EPOCHS),
  });
  const ends = [end(present)];
  for (let index = present + 1; index <= present + ahead; index += 1) {
    const slot = index % TRAILING_EPOCHS;
    recent[slot] = 0n;
    free += inflow;
    const cap = least(bps.shareFloor(free, epochCapBps), epochCapAbs);
    if (cap >= minCap) {
      const room = () => runwayRoom(minRunwayEpochs, free, recent, index + 1);
      free -= least(bps.shareFloor(cap, rewardBps), room());
      const award = least(outflow, cap, room());
      recent[slot] = award;
      free -= award;
    }
    ends.push(end(index));
  }
  return ends;
}

function least(first: bigint, ...others: readonly bigint[]): bigint {
  return others.reduce((a, b) => (b < a ? b : a), first);
}

/** What one epoch may award with the runway still at its floor. `recent`: awards of the epochs before it. */
function runwayRoom(
  minRunwayEpochs: number,
  free: bigint,
  recent: readonly bigint[],
  epochCount: number,
): bigint {
  const { runwayRoom: room } = risk.riskLimits({
    marksJudgedAt: 0n,
    tracked: free,
    committed: 0n,
    reserved: 0n,
    cap: 0n,
    positions: [],
    terms: [],
    markAgeSecs: 0,
    previousOutflow: recent.reduce((sum, one) => sum + one, 0n),
    epochs: Math.min(Math.max(epochCount, 1), state.treasury.TRAILING_EPOCHS),
    minRunwayEpochs,
    maxRecipientBps: 0,
    tripped: false,
  });
  return room;
}

/** All scenarios of a treasury. */
export function scenariosOf(
  treasury: Treasury,
  awarded: bigint,
  unsettled: boolean,
  ahead: number,
): Scenario[] {
  return assumptions(awarded, unsettled).map(([name, assumption]) =>
    scenario(treasury, name, assumption, ahead),
  );
}

/** One step of the forecast: between which figures the scenarios lie, and the one that is drawn. */
export interface Step {
  /** Index of the epoch at whose end it is; `null` for now. */
  readonly epoch: number | null;
  readonly low: bigint;
  readonly high: bigint;
  readonly expected: bigint;
  /** The runway's floor in the case that is drawn. */
  readonly floor: bigint;
}

/** The range between all scenarios, step by step. */
export function forecast(treasury: Treasury, scenarios: readonly Scenario[]): Step[] {
  const expected = scenarios.find(({ name }) => name === "settled");
  if (expected === undefined) return [];
  const present = state.treasury.currentEpoch(treasury);
  return expected.path.map((own, at) => {
    const all = scenarios.map(({ path: points }) => points[at] ?? own);
    return {
      epoch: at === 0 ? null : (present ?? 0) + at - 1,
      low: all.reduce((a, b) => (b < a ? b : a)),
      high: all.reduce((a, b) => (b > a ? b : a)),
      expected: own,
      floor: expected.floors[at] ?? 0n,
    };
  });
}

/** Epochs above the floor in hundredths; below it a negative number; `null` when nothing flows out. */
export function aboveFloor({ centi, floor }: Runway): bigint | null {
  return centi === null ? null : centi - BigInt(floor) * 100n;
}

/** Which scenario is the worst for the runway. */
export function worstOf(scenarios: readonly Scenario[]): Scenario | null {
  return scenarios.reduce<Scenario | null>((worst, one) => {
    const [a, b] = [worst?.runway.centi ?? null, one.runway.centi];
    return worst === null || (b !== null && (a === null || b < a)) ? one : worst;
  }, null);
}

/** Whether a scenario stops awards: its runway is below the floor. */
export function stopsAwards({ runway }: Scenario): boolean {
  return runwayLevel(runway) === "beyond";
}
