/** What the program decides, builds and reads: `clients/vectors.json`, and how to compare with it. */

import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { RuleError } from "../src/rules/checked";

/** A value of the file. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const FILE = new URL("../../vectors.json", import.meta.url);
const file = JSON.parse(readFileSync(FILE, "utf8")) as Record<string, Json>;

/** Names of the sections that hold cases. */
export const SECTIONS: readonly string[] = Object.keys(file).filter((name) =>
  Array.isArray(file[name]),
);

/** The program's id, as the file states it. */
export const PROGRAM = file["program"];

/** The cases of a section as they lie in the file. Throws for a section without cases. */
export function raw<Case>(section: string): Case[] {
  const cases = file[section];
  if (!Array.isArray(cases) || cases.length === 0) throw new Error(`no cases of ${section}`);
  return cases as Case[];
}

/** A case with its decimal strings as `bigint`s. */
export function revive(value: Json): unknown {
  if (typeof value === "string") return /^-?\d+$/.test(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(revive);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, revive(member)]));
}

/** A value as the file would hold it. */
export function shown(value: unknown): Json {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return hex(value);
  if (Array.isArray(value)) return value.map(shown);
  if (value === null || typeof value !== "object") return value as Json;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shown(member)]));
}

/** What `rule` answers; `null` where it refuses. Every other error is passed on. */
export function answer<T>(rule: () => T): T | null {
  try {
    return rule();
  } catch (error) {
    if (error instanceof RuleError) return null;
    throw error;
  }
}

/**
 * One test for each case of a section: the members of `expected` that `compute` gives must be those of
 * the case. `compute` takes the case with its integers revived.
 */
export function reproduces<Case>(
  section: string,
  compute: (of: Case) => Record<string, unknown>,
): void {
  raw<Record<string, Json>>(section).forEach((stored, index) => {
    it(`${section} ${index}`, () => {
      const computed = compute(revive(stored) as Case);
      const expected = Object.fromEntries(
        Object.keys(computed).map((name) => [name, stored[name] ?? null]),
      );
      expect(shown(computed)).toEqual(expected);
    });
  });
}

/** Bytes in hexadecimal. */
export function hex(bytes: Iterable<number>): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Bytes out of hexadecimal. */
export function bytes(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
