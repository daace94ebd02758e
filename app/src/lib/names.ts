/** Names before keys: what an address is called here, and how it looks where it has no name. */

import type { Address } from "@solana/kit";
import type { Treasury } from "@community-budget/client";

import type { Config } from "./config";
import { SYSTEM_PROGRAM_ADDRESS } from "./programs";

/** What an address is called, by whom, and whether it is the visitor. */
export interface Called {
  readonly name: string;
  /** `chain` when its part in the treasury says so, `file` when the community's list of names does. */
  readonly by: "chain" | "file" | "nobody";
}

const PARTS = new WeakMap<Treasury, ReadonlyMap<string, string>>();

/** The parts that addresses play in a treasury; made once for all names on a page. */
export function partsOf(treasury: Treasury, at: Address): ReadonlyMap<string, string> {
  const known = PARTS.get(treasury);
  if (known !== undefined) return known;
  const parts = new Map<string, string>([
    [at, "the treasury"],
    [treasury.vault, "the vault"],
    [treasury.stakeVault, "the stake vault"],
    [treasury.bondVault, "the bond vault"],
    [SYSTEM_PROGRAM_ADDRESS, "nobody"],
  ]);
  PARTS.set(treasury, parts);
  return parts;
}

/** What `address` is called. */
export function called(
  config: Config,
  parts: ReadonlyMap<string, string>,
  address: string,
  shortened: string,
): Called {
  const part = parts.get(address);
  if (part !== undefined) return { name: part, by: "chain" };
  const name = config.names.get(address);
  return name === undefined ? { name: shortened, by: "nobody" } : { name, by: "file" };
}

/** One cell of a picture, on a grid of five by five. */
export interface Cell {
  readonly x: number;
  readonly y: number;
}

/**
 * A stable picture of an address: which cells of the left half are filled (the right half mirrors them), and
 * its hue in degrees. Two keys that share their first and last characters do not share it.
 */
export function picture(address: string): {
  readonly cells: readonly Cell[];
  readonly hue: number;
} {
  let hash = 0x811c9dc5;
  for (let at = 0; at < address.length; at += 1) {
    hash = Math.imul(hash ^ address.charCodeAt(at), 0x01000193) >>> 0;
  }
  const hue = hash % 360;
  const cells: Cell[] = [];
  let bits = hash;
  for (let y = 0; y < 5; y += 1) {
    for (let x = 0; x < 3; x += 1) {
      bits = (Math.imul(bits, 0x5bd1e995) ^ (bits >>> 13)) >>> 0;
      if ((bits & 0b100) === 0) continue;
      cells.push({ x, y });
      if (x < 2) cells.push({ x: 4 - x, y });
    }
  }
  return { cells, hue };
}
