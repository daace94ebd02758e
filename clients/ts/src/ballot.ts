/** Ballots as the program takes them: two bits an entry, four entries a byte, lowest bits first. */

import type { ReadonlyUint8Array } from "@solana/kit";

import { Choice } from "./rules/ballot";

/** Bytes of a vote record before its choices, discriminator included. */
export const VOTE_RECORD_HEADER_BYTES = 120;

/** A choice and the slate index of the entry that it is about. */
export type Mark = readonly [index: number, choice: Choice];

/**
 * Packs choices per entry index, 0 to 255; the later of two choices on one entry counts. Trailing bytes
 * without a choice are left out. Throws `RangeError` on another index.
 */
export function packBallot(marks: Iterable<Mark>): Uint8Array {
  const bytes: number[] = [];
  for (const [index, choice] of marks) {
    if (!Number.isInteger(index) || index < 0 || index > 255) {
      throw new RangeError(`a slate has no entry ${index}`);
    }
    const [byte, shift] = [index >> 2, (index & 3) * 2];
    while (bytes.length <= byte) bytes.push(0);
    bytes[byte] = ((bytes[byte] ?? 0) & ~(0b11 << shift)) | (choice << shift);
  }
  while (bytes.at(-1) === 0) bytes.pop();
  return Uint8Array.from(bytes);
}

/** Choices of a packed ballot in the slate's order, entries without one left out. */
export function unpackBallot(bytes: ReadonlyUint8Array): Mark[] {
  const marks: Mark[] = [];
  bytes.forEach((byte, at) => {
    for (let slot = 0; slot < 4; slot += 1) {
      const choice: Choice = (byte >> (slot * 2)) & 0b11;
      if (choice !== Choice.Unmarked) marks.push([at * 4 + slot, choice]);
    }
  });
  return marks;
}

/** What a packed ballot says about the entry at `index`. */
export function choiceOn(bytes: ReadonlyUint8Array, index: number): Choice {
  return ((bytes[index >> 2] ?? 0) >> ((index & 3) * 2)) & 0b11;
}

/**
 * The packed choices behind a vote record's head. Check the account first: `accounts.ts` does.
 */
export function decodeChoices(data: ReadonlyUint8Array): Uint8Array {
  return Uint8Array.from(data.slice(VOTE_RECORD_HEADER_BYTES));
}
