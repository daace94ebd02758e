/** A stream in sentences: what is the case, what comes next, and who can do it. */

import type { Address } from "@solana/kit";
import { state as rules } from "@community-budget/client";
import type { Review, Stream } from "@community-budget/client";

import { type Part, moment as at, money, name, sentence } from "../../activity/parts";
import * as format from "../../lib/format";
import type { Unit } from "../../lib/format";
import { checkpointName } from "../../lib/outcomes";
import {
  type Flow,
  type Gate,
  type Lapse,
  STATES,
  cliffAt,
  effectOf,
  endsAt,
  gatesOf,
  lengthsOf,
  openGateOf,
  releasedOf,
} from "../../lib/streams";

/** `checkpoint 1 of 3`: people count from one. */
export function checkpointOf({ checkpoints }: Stream, at: number): string {
  return `${checkpointName(at)} of ${checkpoints}`;
}

/** A moment and how far it is. */
const when = (moment: bigint, now: bigint): Part[] =>
  sentence`${at(moment)} (${format.distance(moment, now)})`;

const released = (flow: Flow): Part[] =>
  sentence`${money(releasedOf(flow))} of ${money(flow.stream.total)} released`;

const claimable = ({ money: { claimable: amount } }: Flow): Part[] =>
  amount === 0n
    ? sentence`nothing can be claimed now`
    : sentence`${money(amount)} can be claimed now`;

/** What is the case, in one sentence. */
export function headline(flow: Flow): Part[] {
  const { stream, now, money: own } = flow;
  const figures = sentence`${released(flow)}, ${claimable(flow)}`;
  const gate = openGateOf(flow)?.gate;
  switch (flow.state) {
    case "finished":
      return own.returned === 0n
        ? sentence`Finished: all ${money(own.withdrawn)} are paid.`
        : sentence`Finished: ${money(own.withdrawn)} of ${money(stream.total)} are paid, ${money(own.returned)} went back to the treasury.`;
    case "ended":
      return sentence`Ended before its time: ${figures}, and ${money(own.returned)} went back to the treasury.`;
    case "paused":
      return sentence`Paused by the guardian until ${when(stream.pauseUntil, now)}: ${figures}.`;
    case "cliff":
      return sentence`Has begun, and releases nothing before ${when(cliffAt(stream), now)}; then ${money(rules.stream.releasedAt(stream, cliffAt(stream)))} of ${money(stream.total)} are released at once.`;
    case "out":
      return sentence`Its time is over: ${figures}.`;
    case "running":
      return sentence`Runs: ${figures}; ${comes(stream, gate, now)}.`;
    case "update":
      return sentence`Runs, and waits at a review: ${figures}; ${waits(gate, now)}.`;
    case "score":
      return sentence`Runs, and waits at a review: ${figures}; ${waits(gate, now)}.`;
    case "overdue":
      return sentence`Stopped: ${figures}; ${waits(gate, now)}, and ${money(own.held)} wait for a vote.`;
    case "held":
      return sentence`Held: ${figures}; ${money(own.held)} wait for a vote${gate?.kind === "held" ? sentence` since ${when(gate.since, now)}` : ""}.`;
  }
}

function comes(stream: Stream, gate: Gate | undefined, now: bigint): Part[] {
  if (gate?.kind !== "ahead") return sentence`all is released ${when(endsAt(stream), now)}`;
  const [from, to] = [format.day(gate.opensAt, now), format.day(gate.closesAt, now)];
  return sentence`next review due between ${from} and ${to}`;
}

function waits(gate: Gate | undefined, now: bigint): Part[] {
  switch (gate?.kind) {
    case "awaitsUpdate":
      return sentence`the update is due before ${when(gate.until, now)}`;
    case "awaitsVerdict":
      return sentence`the score is due before ${when(gate.until, now)}, and silence passes it`;
    case "overdue":
      return sentence`the update did not come before ${when(gate.since, now)}`;
    default:
      return [];
  }
}

/** What the sentences about what comes next need to know besides the stream. */
export interface Around {
  /** When a hold ends without a ruling; `null` of a stream that is not held, and before it is known. */
  readonly lapse: Lapse | null;
  /** Who scores; `null` while the role is vacant. */
  readonly reviewer: Address | null;
}

/** What happens next, and who can do it. */
export function nextOf(flow: Flow, around: Around): readonly Part[][] {
  const { stream } = flow;
  const sentences: Part[][] = [];
  if (flow.money.claimable > 0n) {
    sentences.push(
      sentence`Anybody may send the ${money(flow.money.claimable)} to ${name(stream.recipient)}: nobody else can be paid.`,
    );
  }
  if (flow.state === "finished") sentences.push(closing(stream));
  else if (flow.state === "ended") sentences.push(sentence`Nothing more is released.`);
  else sentences.push(...waitsFor(flow, around));
  return sentences;
}

function closing({ openReviews }: Stream): Part[] {
  return openReviews === 0
    ? sentence`Everything is paid or returned: anybody may close it, and its rent goes back to who paid it.`
    : sentence`Everything is paid or returned: anybody may close its ${format.count(openReviews, "review")}, then the stream.`;
}

function waitsFor(flow: Flow, { lapse, reviewer }: Around): Part[][] {
  const { stream, now } = flow;
  const open = openGateOf(flow);
  const recipient = name(stream.recipient);
  if (open === null) {
    return now < endsAt(stream)
      ? [sentence`It runs on by itself until ${when(endsAt(stream), now)}; no review is left.`]
      : [];
  }
  const { gate } = open;
  const number = checkpointOf(stream, open.at);
  switch (gate.kind) {
    case "ahead":
      return [
        sentence`It runs on by itself until ${number} opens ${when(gate.opensAt, now)}; then ${recipient} has ${format.span(stream.windowSecs)} to file an update.`,
      ];
    case "awaitsUpdate":
      return [
        sentence`It waits for ${recipient}, who files the update on ${number} before ${when(gate.until, now)}. After that anybody may have the stream held.`,
      ];
    case "awaitsVerdict": {
      const passing = effectOf(flow, stream.passBps)?.released ?? 0n;
      return [
        reviewer === null
          ? sentence`Nobody holds the reviewer’s role: ${number} passes by itself ${when(gate.until, now)}.`
          : sentence`It waits for the reviewer ${name(reviewer)}, who scores the update on ${number} before ${when(gate.until, now)}. Without a score it passes by itself.`,
        ...(passing === 0n
          ? []
          : [
              sentence`If it passed now, ${money(passing)} would be released at once: the time since.`,
            ]),
      ];
    }
    case "overdue":
      return [
        sentence`The update on ${number} did not come: anybody may have the stream held, and then a vote must rule on it.`,
      ];
    case "held":
    case "behind":
      return [
        sentence`It is held at ${number}: a vote may resume, reduce or cancel it. What is released stays claimable.`,
        ...(lapse === null ? [] : [ending(lapse, now)]),
      ];
    default:
      return [];
  }
}

function ending(lapse: Lapse, now: bigint): Part[] {
  if (lapse.at <= now) return sentence`No vote ruled in time: anybody may end it.`;
  return lapse.epoch !== null
    ? sentence`Without a ruling anybody may end it from ${when(lapse.at, now)} on.`
    : sentence`Without a ruling anybody may end it once an epoch that opened after the hold had its time to rule, and from ${when(lapse.at, now)} on in any case.`;
}

/** What a checkpoint is doing, in a word or two. */
export function gateWord(gate: Gate): string {
  switch (gate.kind) {
    case "passed":
      return "passed";
    case "ahead":
      return "ahead";
    case "awaitsUpdate":
      return "waits for the update";
    case "awaitsVerdict":
      return "waits for the score";
    case "overdue":
      return "update did not come";
    case "held":
      return "holds the stream";
    case "behind":
      return "behind the hold";
    case "never":
      return "never opened";
  }
}

/** How the recipient sees the work. */
export const HEALTH = ["on track", "at risk", "off track"] as const;

/** What became of the update on a checkpoint. */
export function resultOf(flow: Flow, checkpoint: number, review: Review | undefined): string {
  const { stream } = flow;
  if (review === undefined) {
    // Its account may be closed: only what the stream itself keeps is known.
    return checkpoint < stream.passed ? "passed; its review is closed" : "";
  }
  if (review.scored === 1) {
    const { passBps, floorBps } = stream;
    if (review.scoreBps >= passBps) return "the next part started in full";
    if (review.scoreBps >= floorBps) {
      return `short of ${format.bps(passBps)}: the next part started scaled down`;
    }
    return `below ${format.bps(floorBps)}: the stream was held for a vote`;
  }
  if (checkpoint < stream.passed) return "not scored in time, so it passed by itself";
  if (stream.endedAt !== 0n || rules.stream.isFinished(stream))
    return "the stream ended before its score";
  return "waits for its score";
}

/** The bar in a sentence, for whoever does not see it. */
export function barInWords(flow: Flow, unit: Unit): string {
  const { stream } = flow;
  const lengths = lengthsOf(flow).map(
    ({ kind, amount }) => `${format.amount(amount, unit)} ${kind}`,
  );
  const gates = gatesOf(flow).map((gate, at) => `${at + 1} ${gateWord(gate)}`);
  const reviews = gates.length === 0 ? "no checkpoints" : `checkpoints: ${gates.join(", ")}`;
  return `Of ${format.amount(stream.total, unit)}: ${lengths.join(", ")}; ${STATES[flow.state]}; ${reviews}.`;
}
