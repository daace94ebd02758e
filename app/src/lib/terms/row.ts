/** Lines of terms, and what they are made of. */

import type { Address } from "@solana/kit";
import type { Policy, Stream, Treasury } from "@community-budget/client";

import { SYSTEM_PROGRAM_ADDRESS } from "../programs";

/** A piece of a value. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  /** What other people wrote. */
  | { readonly kind: "written"; readonly text: string }
  /** Base units of the budget token. */
  | { readonly kind: "money"; readonly value: bigint }
  /** Weight, in base units of the stake token. */
  | { readonly kind: "weight"; readonly value: bigint }
  | { readonly kind: "name"; readonly address: Address }
  /** Bytes in hexadecimal. */
  | { readonly kind: "bytes"; readonly hex: string }
  /** An address on the web that somebody else wrote. */
  | { readonly kind: "link"; readonly uri: string };

/** One line of the terms. */
export interface Row {
  readonly label: string;
  readonly value: readonly Part[];
  /** What holds at present, where the act would change it; `null` where there is nothing to compare. */
  readonly before: readonly Part[] | null;
  /** Whether an act would leave it as it is. */
  readonly same: boolean;
}

/** What terms are told against. */
export interface Against {
  /** Policy of the proposal's epoch: what an award's category means. */
  readonly policy: Policy;
  readonly treasury: Treasury;
  /** The stream that a ruling is about, if it is known. */
  readonly stream: Stream | null;
  /** Unix seconds. */
  readonly now: bigint;
}

/** Words of our own. */
export const text = (words: string): Part => ({ kind: "text", text: words });
/** Base units of the budget token. */
export const money = (value: bigint): Part => ({ kind: "money", value });
/** Somebody, or nobody. */
export const person = (address: Address): Part =>
  address === SYSTEM_PROGRAM_ADDRESS ? text("nobody") : { kind: "name", address };

/** A line with nothing to compare. */
export function row(label: string, ...value: readonly (Part | string)[]): Row {
  return { label, value: parts(value), before: null, same: false };
}

/** Words among parts. */
export function parts(pieces: readonly (Part | string)[]): Part[] {
  return pieces.map((piece) => (typeof piece === "string" ? text(piece) : piece));
}

/** A line that says what was as well. */
export function compared(label: string, before: readonly Part[], value: readonly Part[]): Row {
  return { label, value, before, same: sameParts(before, value) };
}

/** Whether two values say the same. */
export function sameParts(a: readonly Part[], b: readonly Part[]): boolean {
  const key = (part: Part) =>
    JSON.stringify(part, (_, value: unknown) =>
      typeof value === "bigint" ? value.toString() : value,
    );
  return a.length === b.length && a.every((part, at) => key(part) === key(b[at] ?? text("")));
}
