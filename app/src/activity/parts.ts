/**
 * Sentences in parts, so that a page can show names as names and amounts with their exact value, and a feed
 * can write the same sentence as text.
 */

import type { Address } from "@solana/kit";

import * as format from "../lib/format";
import type { Unit } from "../lib/format";
import { type Route, href } from "../lib/router";
import { visible } from "../lib/text";

/** What an amount is counted in. Weight has the decimals of the stake token. */
export type Measure = "budget" | "stake" | "weight";

/** A piece of a sentence. */
export type Part =
  /** `mixed`: with words of other people in it. */
  | { readonly kind: "text"; readonly text: string; readonly mixed?: true }
  /** Somebody, or an account. */
  | { readonly kind: "name"; readonly address: Address }
  /** Base units. */
  | { readonly kind: "amount"; readonly value: bigint; readonly measure: Measure }
  /** `value` of `whole` weight. */
  | { readonly kind: "share"; readonly value: bigint; readonly whole: bigint }
  /** Unix seconds. */
  | { readonly kind: "moment"; readonly at: bigint }
  /** What other people wrote, if `written`; where it leads on this page, if anywhere. */
  | {
      readonly kind: "thing";
      readonly text: string;
      readonly written: boolean;
      readonly route: Route | null;
    };

type Piece = string | Part | readonly Part[];

/** Joins texts and parts into a sentence; neighbouring texts become one. */
export function sentence(texts: TemplateStringsArray, ...pieces: readonly Piece[]): Part[] {
  const parts: Part[] = [];
  const add = (part: Part) => {
    const last = parts.at(-1);
    const ours = part.kind === "text" && part.mixed !== true;
    if (ours && last?.kind === "text" && last.mixed !== true) {
      parts[parts.length - 1] = { kind: "text", text: last.text + part.text };
    } else if (part.kind !== "text" || part.text !== "") parts.push(part);
  };
  texts.forEach((text, at) => {
    add({ kind: "text", text });
    const piece = pieces[at];
    if (piece === undefined) return;
    if (typeof piece === "string") add({ kind: "text", text: piece });
    else if ("kind" in piece) add(piece);
    else piece.forEach(add);
  });
  return parts;
}

/** The name of an address. */
export const name = (address: Address): Part => ({ kind: "name", address });
/** An amount of the budget token. */
export const money = (value: bigint): Part => ({ kind: "amount", value, measure: "budget" });
/** An amount of the stake token. */
export const staked = (value: bigint): Part => ({ kind: "amount", value, measure: "stake" });
/** Weight. */
export const weight = (value: bigint): Part => ({ kind: "amount", value, measure: "weight" });
/** A moment in unix seconds. */
export const moment = (at: bigint): Part => ({ kind: "moment", at });
/** Plain words. */
export const text = (words: string): Part => ({ kind: "text", text: words });
/** Our words with other people's among them. */
export const mixed = (words: string): Part => ({ kind: "text", text: words, mixed: true });
/** Our own words for something that has a page. */
export const thing = (words: string, route: Route | null): Part => ({
  kind: "thing",
  text: words,
  written: false,
  route,
});
/** What somebody else calls something. */
export const written = (words: string, route: Route | null): Part => ({
  kind: "thing",
  text: words,
  written: true,
  route,
});
/** Weight, as a share of all weight where that is known. */
export const weightOf = (value: bigint, whole: bigint | null): Part =>
  whole === null || whole === 0n ? weight(value) : { kind: "share", value, whole };

/** How text is written where nothing can be looked up: in feeds, and in what is copied. */
export interface Speech {
  readonly budget: Unit;
  readonly stake: Unit;
  readonly nameOf: (address: Address) => string;
}

/** The unit of a measure. */
export function unitOf(speech: Pick<Speech, "budget" | "stake">, measure: Measure): Unit {
  switch (measure) {
    case "budget":
      return speech.budget;
    case "stake":
      return speech.stake;
    case "weight":
      return { symbol: "weight", decimals: speech.stake.decimals };
  }
}

const utcFormat = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZone: "UTC",
});

/** A moment for readers in any time zone: `Thu 3 Dec 2026, 18:00 UTC`. */
export function utc(at: bigint): string {
  const parts = new Map(
    utcFormat.formatToParts(Number(at) * 1_000).map(({ type, value }) => [type, value]),
  );
  const get = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "";
  const date = `${get("weekday")} ${get("day")} ${get("month")} ${get("year")}`;
  return `${date}, ${get("hour")}:${get("minute")} UTC`;
}

/** What is hidden in a text is spelled out, and its lines become one. */
export function oneLine(words: string): string {
  return visible(words.replace(/\s+/gu, " ")).trim();
}

// Narrow spaces between figures and units stay; everything else is as in a line.
function oneLineKept(words: string): string {
  return visible(words.replace(/[^\S\u00a0\u202f]+/gu, " "));
}

/** One part as text, with exact figures. */
export function plainPart(part: Part, speech: Speech): string {
  switch (part.kind) {
    case "text":
      return part.mixed === true ? oneLineKept(part.text) : part.text;
    case "name":
      return oneLine(speech.nameOf(part.address));
    case "amount":
      return format.exactAmount(part.value, unitOf(speech, part.measure));
    case "share":
      return `${format.share(part.value, part.whole)} of all weight`;
    case "moment":
      return utc(part.at);
    case "thing":
      return part.written ? `“${oneLine(part.text)}”` : part.text;
  }
}

/** A sentence as text, with exact figures and moments in UTC. */
export function plain(parts: readonly Part[], speech: Speech): string {
  return parts.map((part) => plainPart(part, speech)).join("");
}

/** Where a sentence leads: the route of its first part that has one. */
export function routeOf(parts: readonly Part[]): Route | null {
  for (const part of parts) if (part.kind === "thing" && part.route !== null) return part.route;
  return null;
}

/** The address of that route, for `href`; `null` without one. */
export function hrefOf(parts: readonly Part[]): string | null {
  const route = routeOf(parts);
  return route === null ? null : href(route);
}
