/** The history as rows of a list: days, events, what is missing, and where the last visit ended. */

import type { Address } from "@solana/kit";

import * as format from "../lib/format";
import type { Line } from "./history";
import { type Speech, plain } from "./parts";
import { type Kind, type Said, type Scene, kindOf, say } from "./say";
import { missing } from "./sequence";

/** A row. `key` stays the same for the same row. */
export type Row =
  | { readonly kind: "day"; readonly key: string; readonly words: string }
  | {
      readonly kind: "event";
      readonly key: string;
      readonly said: () => Said | null;
      readonly about: Kind;
      readonly line: Extract<Line, { kind: "event" }>;
      /** Happened since the last visit. */
      readonly fresh: boolean;
    }
  /** Something is missing here, in a sentence. */
  | { readonly kind: "note"; readonly key: string; readonly words: string };

/** A line in words. They are found when they are first asked for: most lines are never in sight. */
export interface Worded {
  readonly line: Line;
  /** `null` for what is missing. */
  readonly kind: Kind | null;
  readonly said: () => Said | null;
  /** Lower-case text to search in. */
  readonly text: () => string;
}

function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | null = null;
  return () => (found ??= { value: find() }).value;
}

/** Puts lines into words. */
export function worded(lines: readonly Line[], scene: Scene, speech: Speech): readonly Worded[] {
  return lines.map((line) => {
    if (line.kind !== "event") return { line, kind: null, said: () => null, text: () => "" };
    const said = once(() => say(line.happened.event, scene, line.happened));
    const text = once(() => {
      const { words, after } = said();
      const keys = [...words, ...(after ?? [])].flatMap((part) =>
        part.kind === "name" ? [part.address] : [],
      );
      const recipient = recipientOf(line, scene);
      const found = [
        plain(words, speech),
        plain(after ?? [], speech),
        ...keys,
        ...(recipient === null ? [] : [speech.nameOf(recipient), recipient]),
      ];
      return found.join(" ").toLowerCase();
    });
    return { line, kind: kindOf(line.happened.event.name), said, text };
  });
}

/** Whose award an event is about: who looks for a person wants the reviews of that person's work, too. */
function recipientOf({ happened }: Extract<Line, { kind: "event" }>, scene: Scene): Address | null {
  const { name, data } = happened.event;
  // The index of these two is the epoch's, not an entry's.
  if (name === "EpochOpened" || name === "EpochClosed") return null;
  if ("stream" in data) return scene.recipientOf(data.stream);
  const epoch = "epoch" in data ? scene.epochIndex(data.epoch) : null;
  if (epoch === null || !("index" in data)) return null;
  return scene.awardedTo({ epoch, entry: data.index });
}

/** What a reader wants to see. */
export interface Wish {
  /** Kinds to show; all when empty. */
  readonly kinds: ReadonlySet<Kind>;
  /** Words that must all occur. */
  readonly words: string;
}

/** Whether nothing is filtered out. */
export function isEverything({ kinds, words }: Wish): boolean {
  return kinds.size === 0 && words.trim() === "";
}

/** Those that a reader wants to see. What is missing is only shown among everything. */
export function chosen(all: readonly Worded[], wish: Wish): readonly Worded[] {
  if (isEverything(wish)) return all;
  const terms = wish.words
    .toLowerCase()
    .split(/\s+/)
    .filter((term) => term !== "");
  return all.filter(
    ({ kind, text }) =>
      kind !== null &&
      (wish.kinds.size === 0 || wish.kinds.has(kind)) &&
      terms.every((term) => text().includes(term)),
  );
}

function gone(line: Exclude<Line, { kind: "event" }>, last: boolean, first: boolean): string {
  if (line.kind === "cut") {
    return "The node cut this transaction's log: events may be missing here.";
  }
  const count = missing(line.gap);
  const events = format.count(count, "event");
  const are = count === 1n ? "is" : "are";
  if (first)
    return `${events} newer than these ${are} counted on chain, and this node does not list ${count === 1n ? "it" : "them"}.`;
  if (last) return `${events} before these ${are} missing from what this node keeps.`;
  return `${events} between these two ${are} missing from what this node keeps.`;
}

/** Rows of a list, under a heading for each day. `seen`: the slot at which the last visit ended. */
export function rowsOf(all: readonly Worded[], seen: bigint | null, now: bigint): readonly Row[] {
  const rows: Row[] = [];
  let today: string | null = null;
  all.forEach(({ line, kind, said }, place) => {
    if (line.kind !== "event" || kind === null) {
      if (line.kind === "event") return;
      const first = all.slice(0, place).every((one) => one.kind === null);
      const last = all.slice(place).every((one) => one.kind === null);
      const id = line.kind === "cut" ? line.signature : `${line.gap.counter}:${line.gap.first}`;
      rows.push({ kind: "note", key: `${line.kind}:${id}`, words: gone(line, last, first) });
      return;
    }
    const { happened } = line;
    const words = happened.at === null ? "At an unknown time" : format.day(happened.at, now);
    if (words !== today) {
      today = words;
      rows.push({ kind: "day", key: `day:${words}:${happened.slot}`, words });
    }
    const { data } = happened.event;
    const counter = "epoch" in data ? data.epoch : data.treasury;
    rows.push({
      kind: "event",
      key: `${counter}:${data.seq}`,
      said,
      about: kind,
      line,
      fresh: seen !== null && happened.slot > seen,
    });
  });
  return rows;
}

const STORED = "community-budget.activity.";

/** The slot at which the last visit ended; `null` for the first visit, or where nothing can be stored. */
export function lastSeen(treasury: string): bigint | null {
  try {
    const stored = localStorage.getItem(STORED + treasury);
    return stored !== null && /^\d{1,20}$/.test(stored) ? BigInt(stored) : null;
  } catch {
    return null;
  }
}

/** Remembers that everything up to a slot was seen. */
export function remember(treasury: string, slot: bigint): void {
  try {
    localStorage.setItem(STORED + treasury, slot.toString());
  } catch {
    // A browser that stores nothing marks nothing as new.
    return;
  }
}
