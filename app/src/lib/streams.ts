/**
 * A stream as it is at a moment: where its money is, what its checkpoints wait for, what comes next and who can
 * do it. The same figures and the same words as the command line's.
 */

import * as budget from "@community-budget/client";
import type { Epoch, Stream, Treasury } from "@community-budget/client";

const { bucket, review, standstill, stream: law } = budget.rules;
const { epoch: course, stream: state, treasury: books } = budget.state;

/** Where every base unit of an award is. The parts sum to the award. */
export interface Money {
  /** Paid. */
  readonly withdrawn: bigint;
  /** Released and not paid yet. */
  readonly claimable: bigint;
  /** Still to be released. */
  readonly scheduled: bigint;
  /** Unreleased, and stopped until a vote rules on the stream: held, or overdue for it. */
  readonly held: bigint;
  /** Given back to the treasury. */
  readonly returned: bigint;
}

/** What a checkpoint is doing. Moments are unix seconds; `until` and `closesAt` are exclusive. */
export type Gate =
  /** The stream has gone past it. */
  | { readonly kind: "passed" }
  /** The part before it still runs; when it opens and closes, unless something stops the clock. */
  | { readonly kind: "ahead"; readonly opensAt: bigint; readonly closesAt: bigint }
  /** It waits for the recipient. */
  | { readonly kind: "awaitsUpdate"; readonly opensAt: bigint; readonly until: bigint }
  /** It waits for the reviewer, whose silence passes it. */
  | { readonly kind: "awaitsVerdict"; readonly until: bigint }
  /** The update did not come; anyone may hold the stream. */
  | { readonly kind: "overdue"; readonly since: bigint }
  /** It holds the stream. */
  | { readonly kind: "held"; readonly since: bigint }
  /** It comes after one that stops the stream, whose clock will be set back. */
  | { readonly kind: "behind" }
  /** The stream ended before it. */
  | { readonly kind: "never" };

/** What a stream does. */
export type StreamState =
  | "finished"
  | "ended"
  | "paused"
  | "update"
  | "score"
  | "overdue"
  | "held"
  | "cliff"
  | "out"
  | "running";

/** What a stream does, in a few words; in the order in which a list sorts them. */
export const STATES: Readonly<Record<StreamState, string>> = {
  overdue: "update overdue",
  held: "held",
  update: "waits for an update",
  score: "waits for a score",
  paused: "paused",
  running: "running",
  cliff: "before its cliff",
  out: "run out",
  ended: "ended",
  finished: "finished",
};

/** States in which a stream waits for somebody. */
export const WAITING: readonly StreamState[] = ["overdue", "held", "update", "score"];

/** States in which a stream releases by itself, or will. */
export const RUNNING: readonly StreamState[] = ["running", "cliff", "paused", "update", "score"];

/** A stream as the program would see it at `now`. */
export interface Flow {
  /** What the account says, with what the reviewer's silence has decided since (R8). */
  readonly stream: Stream;
  /** Unix seconds. */
  readonly now: bigint;
  readonly money: Money;
  readonly state: StreamState;
}

/** A stream at `now`. Throws `RuleError` when the account contradicts itself. */
export function flowAt(stored: Stream, now: bigint): Flow {
  const stream = state.asOf(stored, now);
  const open = openGate(stream, now);
  return { stream, now, money: moneyOf(stream, open, now), state: stateOf(stream, open, now) };
}

function moneyOf(stream: Stream, open: Gate | null, now: bigint): Money {
  const { withdrawn, returned, total } = stream;
  // The page's time is a moment behind the network's: what was just paid may lie ahead of it.
  const released = state.releasedAt(stream, now);
  const claimable = released > withdrawn ? released - withdrawn : 0n;
  const left = total - withdrawn - claimable - returned;
  const stopped = open?.kind === "held" || open?.kind === "overdue";
  return {
    withdrawn,
    claimable,
    scheduled: stopped ? 0n : left,
    held: stopped ? left : 0n,
    returned,
  };
}

function stateOf(stream: Stream, open: Gate | null, now: bigint): StreamState {
  if (state.isFinished(stream)) return "finished";
  if (stream.endedAt !== 0n) return "ended";
  if (isPaused(stream, now)) return "paused";
  switch (open?.kind) {
    case "awaitsUpdate":
      return "update";
    case "awaitsVerdict":
      return "score";
    case "overdue":
      return "overdue";
    case "held":
      return "held";
    default:
      if (now < cliffAt(stream)) return "cliff";
      return now >= endsAt(stream) ? "out" : "running";
  }
}

/** Base units released so far. */
export function releasedOf({ money }: Flow): bigint {
  return money.withdrawn + money.claimable;
}

/** Whether the guardian's pause stops its clock at `now`. */
export function isPaused(stream: Stream, now: bigint): boolean {
  return stream.endedAt === 0n && stream.pauseFrom <= now && now < stream.pauseUntil;
}

/** Whether only a vote's ruling lets it go on: it is held, or anyone may hold it. */
export function isStopped({ state: own }: Flow): boolean {
  return own === "held" || own === "overdue";
}

/** Unix seconds at which its clock showed, or will show, `clockSecs`. */
function unixAt(stream: Stream, clockSecs: bigint): bigint {
  return law.reachedAt(state.clock(stream), clockSecs);
}

/** Unix seconds at which everything is released, if nothing stops the clock. */
export function endsAt(stream: Stream): bigint {
  return unixAt(stream, BigInt(stream.durationSecs));
}

/** Unix seconds before which nothing is released. */
export function cliffAt(stream: Stream): bigint {
  return unixAt(stream, BigInt(stream.cliffSecs));
}

/** Seconds for which its clock has stood in all, the present pause as far as it has run. */
export function stoodSecs(stream: Stream, now: bigint): bigint {
  const until = now < stream.pauseUntil ? now : stream.pauseUntil;
  const paused = until > stream.pauseFrom ? until - stream.pauseFrom : 0n;
  return stream.standingSecs + paused;
}

/** What each of its checkpoints is doing. */
export function gatesOf({ stream, now }: Flow): readonly Gate[] {
  const open = openGate(stream, now);
  return Array.from({ length: stream.checkpoints }, (_, at) => gateAt(stream, open, at));
}

/** The checkpoint that is passed next, from 0, and what it is doing; `null` when none is left. */
export function openGateOf({ stream, now }: Flow): { at: number; gate: Gate } | null {
  const gate = openGate(stream, now);
  return gate === null ? null : { at: stream.passed, gate };
}

function gateAt(stream: Stream, open: Gate | null, at: number): Gate {
  if (at < stream.passed) return { kind: "passed" };
  if (at === stream.passed && open !== null) return open;
  if (stream.endedAt !== 0n || state.isFinished(stream)) return { kind: "never" };
  if (open?.kind === "held" || open?.kind === "overdue") return { kind: "behind" };
  return ahead(stream, at);
}

function openGate(stream: Stream, now: bigint): Gate | null {
  if (stream.passed >= stream.checkpoints) return null;
  if (stream.endedAt !== 0n || state.isFinished(stream)) return { kind: "never" };
  if (stream.heldAt !== 0n) return { kind: "held", since: stream.heldAt };
  const stage = state.stageAt(stream, now);
  switch (stage?.kind) {
    case "AwaitsUpdate": {
      const { opensAt } = ahead(stream, stream.passed);
      return { kind: "awaitsUpdate", opensAt, until: unixAt(stream, stage.until) };
    }
    case "AwaitsVerdict":
      return { kind: "awaitsVerdict", until: unixAt(stream, stage.until) };
    case "Overdue":
      return { kind: "overdue", since: unixAt(stream, stage.at) };
    default:
      return ahead(stream, stream.passed);
  }
}

function ahead(stream: Stream, at: number) {
  const due = BigInt(law.partStartSecs(state.plan(stream), at + 1));
  const next = at === stream.passed && stream.previousPassedAt > due;
  const opens = next ? stream.previousPassedAt : due;
  const closes = opens + BigInt(stream.windowSecs);
  return {
    kind: "ahead",
    opensAt: unixAt(stream, opens),
    closesAt: unixAt(stream, closes),
  } as const;
}

/** Base units of part `part`, from 0, as the plan stands now; scaling of the present part taken off. */
export function partAmount(stream: Stream, part: number): bigint {
  const plan = state.plan(stream);
  const gross = law.cumulative(plan, part + 1) - law.cumulative(plan, part);
  return part === stream.passed ? gross - stream.partReduction : gross;
}

/** Whether the review of a checkpoint has served its purpose, so that it can be closed. */
export function isDecided(stream: Stream, checkpoint: number): boolean {
  return stream.passed > checkpoint || stream.endedAt !== 0n || state.isFinished(stream);
}

// --- a hold's end -------------------------------------------------------------------------------

/** When a hold without a ruling ends the stream, and the epoch that proves it. */
export interface Lapse {
  /** Unix seconds. */
  readonly at: bigint;
  /** A settled epoch that could have ruled; `null` means that only the longest hold counts. */
  readonly epoch: number | null;
}

/** The earliest lapse of a held stream that `epochs` allow; `null` for a stream that is not held. */
export function lapseOf(
  stream: Stream,
  treasury: Treasury,
  epochs: readonly Epoch[],
  now: bigint,
): Lapse | null {
  if (stream.heldAt === 0n || stream.endedAt !== 0n) return null;
  const blocked = standstill.totalSecs(books.standstill(treasury), now);
  let first: { at: bigint; epoch: number } | null = null;
  for (const epoch of epochs) {
    if (epoch.settledAt === 0n || epoch.openedAt <= stream.heldAt) continue;
    const at = course.graceEndsAt(epoch, blocked);
    if (first === null || at < first.at) first = { at, epoch: epoch.index };
  }
  const at = review.lapsesAt(stream.heldAt, first?.at ?? null, stream.holdLimitSecs);
  return { at, epoch: first?.epoch ?? null };
}

// --- what deeds would do ------------------------------------------------------------------------

/**
 * Base units that claims of these streams pay at `now`, one after the other: they share the outflow bucket
 * (R11). Of the treasury's own streams only.
 */
export function payouts(treasury: Treasury, flows: readonly Flow[], now: bigint): bigint[] {
  let filled = books.bucketAt(treasury, now);
  const delay = treasury.inForce.breaker.maxPayoutDelaySecs;
  return flows.map(({ stream, money: { claimable } }) => {
    const short = filled.level < claimable;
    const owed = short ? state.overdueAt(stream, now, delay) : 0n;
    const pays = bucket.payout(claimable, filled.level, owed);
    filled = bucket.take(filled, pays);
    return pays;
  });
}

/** What a score does. Amounts are base units. */
export interface Effect {
  readonly verdict: budget.rules.review.ReviewVerdict;
  /** What goes back to the treasury. */
  readonly returned: bigint;
  /** What is released at once: the time since the checkpoint opened. */
  readonly released: bigint;
  /** Still to be released, before and after; what is held counts. */
  readonly before: bigint;
  readonly after: bigint;
}

/** What a score of `scoreBps` does at `now`; `null` when no score is awaited. */
export function effectOf({ stream, money, now }: Flow, scoreBps: number): Effect | null {
  if (state.stageAt(stream, now)?.kind !== "AwaitsVerdict") return null;
  const verdict = review.verdict(scoreBps, state.reviewTerms(stream));
  const scored = verdict === "Holds" ? heldBy(stream, now) : passedBy(stream, scoreBps, now);
  const after = flowAt(scored, now).money;
  return {
    verdict,
    returned: scored.returned - stream.returned,
    released: after.claimable - money.claimable,
    before: money.scheduled,
    after: after.scheduled + after.held,
  };
}

const heldBy = (stream: Stream, now: bigint): Stream => ({
  ...stream,
  updateFiled: 0,
  heldAt: now,
});

function passedBy(stream: Stream, scoreBps: number, now: bigint): Stream {
  const clock = law.clockAt(state.clock(stream), now);
  const opened = law.pass(state.plan(stream), state.gate(stream), scoreBps, stream.passBps);
  const { passed, reducedBefore, partReduction } = opened.gate;
  const returned = stream.returned + opened.returned;
  const moved = { passed, reducedBefore, partReduction, returned };
  return { ...stream, ...moved, previousPassedAt: clock, updateFiled: 0 };
}

// --- its bar ------------------------------------------------------------------------------------

/** A length of the bar. */
export interface Length {
  readonly kind: keyof Money;
  /** Base units before it, and its own. */
  readonly from: bigint;
  readonly amount: bigint;
}

/** The bar from left to right: what is paid first, what came back last. Empty lengths are left out. */
export function lengthsOf({ money }: Flow): readonly Length[] {
  const order = ["withdrawn", "claimable", "scheduled", "held", "returned"] as const;
  let from = 0n;
  return order.flatMap((kind) => {
    const amount = money[kind];
    const length = { kind, from, amount };
    from += amount;
    return amount === 0n ? [] : [length];
  });
}

/**
 * How many base units lie before a checkpoint: what is released when the part before it ends. Of checkpoints
 * that passed before the last one, scaling is only known as a sum; it is spread evenly over their parts.
 */
export function gateAmount(stream: Stream, checkpoint: number): bigint {
  const { basePart, baseAmount, passed, reducedBefore, partReduction } = stream;
  const part = checkpoint + 1;
  const gross =
    part < basePart
      ? (baseAmount * BigInt(part)) / BigInt(basePart)
      : law.cumulative(state.plan(stream), part);
  if (part > passed) return gross - reducedBefore - partReduction;
  // Part 0 is never scaled, and the parts up to this one of those that are done.
  return passed < 2 ? gross - reducedBefore : gross - spread(reducedBefore, part - 1, passed - 1);
}

function spread(amount: bigint, part: number, parts: number): bigint {
  return (amount * BigInt(part)) / BigInt(parts);
}

/**
 * How many base units the bar has come to by the stream's clock: more than is released while a review is
 * waited for, and what would be released at once if it passed. `null` when the clock does not count: once the
 * stream has ended, and while it is stopped.
 */
export function clockAmount(flow: Flow): bigint | null {
  const { stream, now } = flow;
  if (stream.endedAt !== 0n || isStopped(flow) || flow.state === "finished") return null;
  const shown = law.clockAt(state.clock(stream), now);
  return amountAt(stream, shown);
}

/** How many base units lie before a cliff that is still to come; `null` without one. */
export function cliffAmount({ stream, state: own }: Flow): bigint | null {
  return own === "cliff" ? amountAt(stream, BigInt(stream.cliffSecs)) : null;
}

function amountAt(stream: Stream, clockSecs: bigint): bigint {
  // The cliff stops the money, not the time.
  const plan = { ...state.plan(stream), cliffSecs: 0 };
  const gate = state.gate(stream);
  const last = gate.passed >= plan.checkpoints;
  if (last || clockSecs <= BigInt(law.partStartSecs(plan, gate.passed + 1))) {
    return law.released(plan, gate, clockSecs);
  }
  return law.planned(plan, clockSecs) - gate.reducedBefore - gate.partReduction;
}
