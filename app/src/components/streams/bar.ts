/** Where everything on a stream's bar lies, in pixels. */

import { fraction } from "../../lib/format";
import {
  type Flow,
  type Gate,
  type Money,
  clockAmount,
  cliffAmount,
  gateAmount,
  gatesOf,
  lengthsOf,
} from "../../lib/streams";

/** A length of the bar. */
export interface Segment {
  readonly kind: keyof Money;
  readonly x: number;
  readonly width: number;
  /** Base units. */
  readonly amount: bigint;
}

/** A checkpoint on the bar. */
export interface Mark {
  /** From 0. */
  readonly checkpoint: number;
  readonly x: number;
  readonly gate: Gate;
}

/** A bar that can be drawn. */
export interface Drawing {
  readonly segments: readonly Segment[];
  readonly marks: readonly Mark[];
  /** Where the stream's clock is; `null` when it does not count. */
  readonly now: number | null;
  readonly cliff: number | null;
}

/** The drawing of a stream over `width` pixels. The segments' widths add up to it. */
export function drawingOf(flow: Flow, width: number): Drawing {
  const { stream } = flow;
  const at = (amount: bigint) => fraction(amount, stream.total) * width;
  const segments = lengthsOf(flow).map(({ kind, from, amount }) => {
    // Both ends are placed: widths then add up whatever is cut off.
    const x = at(from);
    return { kind, x, width: at(from + amount) - x, amount };
  });
  const marks = gatesOf(flow).map((gate, checkpoint) => ({
    checkpoint,
    x: at(gateAmount(stream, checkpoint)),
    gate,
  }));
  const [now, cliff] = [clockAmount(flow), cliffAmount(flow)];
  return {
    segments,
    marks,
    now: now === null ? null : at(now),
    cliff: cliff === null ? null : at(cliff),
  };
}

/** A text that belongs to a place on the bar. */
export interface Label {
  readonly id: string;
  readonly x: number;
  readonly text: string;
}

/** A label where it is written: from `start` on, in a row from 0, the one next to the bar. */
export interface Placed extends Label {
  readonly start: number;
  readonly row: number;
}

/** Width of a character of the label's size, widely enough for any face. */
const CHARACTER = 7.3;
const GAP = 12;

/**
 * Writes every label as near to its place as the width allows, and into the first row in which it covers no
 * other. Labels keep their order from left to right.
 */
export function placed(labels: readonly Label[], width: number): readonly Placed[] {
  const ends: number[] = [];
  return labels.map((label) => {
    const own = label.text.length * CHARACTER;
    const start = Math.max(0, Math.min(label.x - own / 2, width - own));
    let row = ends.findIndex((end) => end + GAP <= start);
    if (row === -1) row = ends.length;
    ends[row] = start + own;
    return { ...label, start, row };
  });
}
