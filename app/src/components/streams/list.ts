/** The list of all streams: rows, what is looked for in them, how they are ordered, and what needs somebody. */

import type { Account, Address } from "@solana/kit";
import { RuleError, type Stream } from "@community-budget/client";

import {
  type Flow,
  RUNNING,
  STATES,
  type StreamState,
  WAITING,
  endsAt,
  flowAt,
  openGateOf,
  releasedOf,
} from "../../lib/streams";

/** A stream in the list. */
export interface Row {
  readonly address: Address;
  /** As stored: what is shown live is derived from it anew. */
  readonly stream: Stream;
  /** As of the minute at which the list was made. */
  readonly flow: Flow;
  /** What its recipient is called, for order and search. */
  readonly name: string;
  /** Unix seconds at which everything is released. */
  readonly endsAt: bigint;
}

/** `3/12`: epoch and entry, as everybody calls it. */
export function placeOf({ epochIndex, entryIndex }: Stream): string {
  return `${epochIndex}/${entryIndex}`;
}

/** The row of a stream at `now`; `null` for an account that contradicts itself. */
export function rowOf(
  { address, data }: Account<Stream>,
  now: bigint,
  nameOf: (address: Address) => string,
): Row | null {
  try {
    const flow = flowAt(data, now);
    const name = nameOf(data.recipient).toLowerCase();
    return { address, stream: data, flow, name, endsAt: endsAt(flow.stream) };
  } catch (error) {
    if (error instanceof RuleError) return null;
    throw error;
  }
}

/** Sums over rows. Amounts are base units. */
export interface Totals {
  /** Streams that release by themselves, or will. */
  readonly running: number;
  /** Streams that wait for somebody. */
  readonly waiting: number;
  readonly claimable: bigint;
}

export function totalsOf(rows: readonly Row[]): Totals {
  let [running, waiting, claimable] = [0, 0, 0n];
  for (const { flow } of rows) {
    if (RUNNING.includes(flow.state)) running += 1;
    if (WAITING.includes(flow.state)) waiting += 1;
    claimable += flow.money.claimable;
  }
  return { running, waiting, claimable };
}

/** What is looked for. Empty texts and nulls look for nothing in particular. */
export interface Filter {
  /** In the title, the recipient's name and key, and the place. */
  readonly text: string;
  /** A state, or a group of them. */
  readonly state: StreamState | "waiting" | "claimable" | null;
  readonly recipient: Address | null;
  readonly category: number | null;
}

export const NO_FILTER: Filter = { text: "", state: null, recipient: null, category: null };

/** The rows that a filter lets through, in their order. `titleOf`: nothing where the proposal is gone. */
export function filtered(
  rows: readonly Row[],
  filter: Filter,
  titleOf: (stream: Stream) => string | null,
): readonly Row[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const plain = words.length === 0;
  if (plain && filter.state === null && filter.recipient === null && filter.category === null) {
    return rows;
  }
  return rows.filter(({ stream, flow, name }) => {
    if (filter.recipient !== null && stream.recipient !== filter.recipient) return false;
    if (filter.category !== null && stream.category !== filter.category) return false;
    if (!isIn(flow, filter.state)) return false;
    if (plain) return true;
    const title = titleOf(stream)?.toLowerCase() ?? "";
    const text = `${placeOf(stream)} ${name} ${title}`;
    return words.every((word) => text.includes(word) || stream.recipient.toLowerCase() === word);
  });
}

function isIn({ state, money }: Flow, wanted: Filter["state"]): boolean {
  switch (wanted) {
    case null:
      return true;
    case "waiting":
      return WAITING.includes(state);
    case "claimable":
      return money.claimable > 0n;
    default:
      return state === wanted;
  }
}

/** By what a list can be ordered. */
export type SortKey = "place" | "recipient" | "total" | "released" | "claimable" | "state" | "ends";

export interface Order {
  readonly key: SortKey;
  readonly descending: boolean;
}

const STATE_ORDER = new Map(Object.keys(STATES).map((state, at) => [state, at]));

const placeNumber = ({ stream }: Row) => stream.epochIndex * 256 + stream.entryIndex;

function keyOf(row: Row, key: SortKey): bigint | number | string {
  switch (key) {
    case "place":
      return placeNumber(row);
    case "recipient":
      return row.name;
    case "total":
      return row.stream.total;
    case "released":
      return releasedOf(row.flow);
    case "claimable":
      return row.flow.money.claimable;
    case "state":
      return STATE_ORDER.get(row.flow.state) ?? 0;
    case "ends":
      return row.endsAt;
  }
}

/** The rows in order, `first`'s own before all others; equals stay in order of their place. */
export function sorted(
  rows: readonly Row[],
  { key, descending }: Order,
  first: Address | null,
): readonly Row[] {
  const sign = descending ? -1 : 1;
  // Keys are taken once: ten thousand rows are compared a hundred thousand times.
  const keyed = rows.map((row) => {
    const own = row.stream.recipient === first ? 0 : 1;
    return { row, own, key: keyOf(row, key), place: placeNumber(row) };
  });
  keyed.sort((a, b) => {
    if (a.own !== b.own) return a.own - b.own;
    if (a.key !== b.key) return a.key < b.key ? -sign : sign;
    return a.place - b.place;
  });
  return keyed.map(({ row }) => row);
}

/** A stream that waits for somebody, and since or until when. */
export interface Need {
  readonly row: Row;
  readonly kind: "update" | "overdue" | "score" | "held";
  /** Unix seconds: until when, or since when. */
  readonly at: bigint;
}

/** What a stream waits for; `null` when it waits for nobody. */
export function needOf(row: Row): Need | null {
  if (!WAITING.includes(row.flow.state)) return null;
  const gate = openGateOf(row.flow)?.gate;
  switch (gate?.kind) {
    case "awaitsUpdate":
      return { row, kind: "update", at: gate.until };
    case "awaitsVerdict":
      return { row, kind: "score", at: gate.until };
    case "overdue":
      return { row, kind: "overdue", at: gate.since };
    case "held":
      return { row, kind: "held", at: gate.since };
    default:
      return null;
  }
}

/** In order: deadlines first and the soonest of them, then what is late or held, the oldest first. */
export function needsInOrder(needs: readonly Need[]): readonly Need[] {
  const late = ({ kind }: Need) => (kind === "update" || kind === "score" ? 0 : 1);
  return [...needs].sort((a, b) => late(a) - late(b) || (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
