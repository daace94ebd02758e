/** Ballots, held against the Rust client's. */

import { describe, expect, it } from "vitest";

import { type Mark, choiceOn, packBallot, unpackBallot } from "../src/ballot";
import { Choice } from "../src/rules/ballot";
import { bytes, hex, raw } from "./vectors";

describe("ballots", () => {
  raw<{ marks: Mark[]; packed: string; unpacked: Mark[] }>("ballots").forEach((of, index) => {
    it(`ballot ${index}`, () => {
      expect(hex(packBallot(of.marks))).toBe(of.packed);
      expect(unpackBallot(bytes(of.packed))).toEqual(of.unpacked);
      const marked = new Map(of.unpacked);
      for (let entry = 0; entry < 256; entry += 1) {
        expect(choiceOn(bytes(of.packed), entry)).toBe(marked.get(entry) ?? Choice.Unmarked);
      }
    });
  });

  it("refuse entries that no slate has", () => {
    for (const index of [-1, 256, 0.5, Number.NaN]) {
      expect(() => packBallot([[index, Choice.For]])).toThrow("a slate has no entry");
    }
  });
});
