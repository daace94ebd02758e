import { ActionKind, Outcome, Role, rules } from "@community-budget/client";
import { describe, expect, it } from "vitest";

import { type Figures, GLOSSARY, entryFor, entryOf } from "../src/lib/glossary";
import * as words from "../src/lib/words";
import { epochOf, treasuryOf } from "./draft.samples";

/** The numbers of an enumeration. */
const numbers = (of: object): number[] =>
  Object.values(of).filter((value): value is number => typeof value === "number");
const named = (kind: string, of: object) =>
  numbers(of).map((value) => `${kind}:${String(Reflect.get(of, value))}`);

describe("every state that the pages name is explained", () => {
  const { Failure, Tier } = rules.outcome;
  const states = [
    ...Object.keys(words.PHASES).map((phase) => `phase:${phase}`),
    ...numbers(Tier).map((tier) => `tier:${words.tier(tier)}`),
    ...named("outcome", Outcome),
    ...named("failure", Failure),
    ...named("reason", rules.allocation.Reason),
    ...named("role", Role),
    ...named("act", ActionKind),
    ...[0, 1, 2].map((one) => `class:${words.categoryClass(one)}`),
  ];

  it.each(states)("%s", (state) => {
    expect(entryFor(state)).not.toBeNull();
  });

  it("and the glossary explains no state that there is not", () => {
    const covered = GLOSSARY.flatMap(({ covers = [] }) => covers);
    expect(covered.filter((one) => !states.includes(one))).toEqual([]);
    expect(new Set(covered).size, "no state has two entries").toBe(covered.length);
  });

  it("covers all of them, so that none is forgotten in the list above", () => {
    expect(states.length).toBe(4 + 4 + 11 + 6 + 8 + 3 + 6 + 3);
  });
});

describe("the glossary", () => {
  it("has one entry for each name, with sentences", () => {
    expect(new Set(GLOSSARY.map(({ id }) => id)).size).toBe(GLOSSARY.length);
    for (const { id, plain } of GLOSSARY) {
      expect(id).toMatch(/^[a-z-]+$/);
      expect(plain).toMatch(/^[A-Z].*\.$/);
    }
  });

  it("leads only to entries that there are", () => {
    const missing = GLOSSARY.flatMap(({ see = [] }) => see).filter((id) => entryOf(id) === null);
    expect(missing).toEqual([]);
  });

  it("is in the order of the alphabet", () => {
    const all = GLOSSARY.map(({ word }) => word);
    expect(all).toEqual([...all].sort());
  });

  const figures: Figures = {
    treasury: treasuryOf(),
    epoch: epochOf(),
    now: 1_000_000n,
    budget: { symbol: "tUSD", decimals: 2 },
    stake: { symbol: "VOTE", decimals: 0 },
  };

  it("says every figure in a sentence, also before the first epoch", () => {
    for (const { here } of GLOSSARY) {
      for (const of of [figures, { ...figures, epoch: null }]) {
        const said = here?.(of) ?? null;
        if (said !== null) expect(said).toMatch(/^[A-Z][^]*\.$/);
        expect(said ?? "").not.toMatch(/undefined|NaN|null/);
      }
    }
  });

  it("takes its figures from the treasury", () => {
    const said = (id: string) => entryOf(id)?.here?.(figures);
    expect(said("cap")).toBe("In epoch 3: 1,000\u00a0tUSD.");
    expect(said("quorum")).toContain("3\u202f% for small, 10\u202f% for medium");
    expect(said("large")).toContain("up to 2,000\u00a0tUSD; 20\u202f% must take part");
    expect(entryOf("cap")?.here?.({ ...figures, epoch: null })).toBeNull();
  });
});
