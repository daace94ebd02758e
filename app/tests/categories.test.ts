/** The list of categories, as it is typed and as the program takes it. */

import { getPolicyPatchDecoder, getPolicyPatchEncoder } from "@community-budget/client";
import { describe, expect, it } from "vitest";

import { COUNT, lengthOf, listOf, typedList } from "../src/components/propose/categories";
import { patchOf, rowsOfPatch } from "../src/components/propose/policyPatch";
import { groundOf } from "../src/lib/draft";
import { plain } from "../src/lib/terms";
import { categoryName } from "../src/lib/words";
import { TREASURY, epochOf, policyOf, treasuryOf } from "./draft.samples";

const UNITS = {
  budget: { symbol: "tUSD", decimals: 2 },
  stake: { symbol: "VOTE", decimals: 0 },
};
const { risk } = policyOf();
const NEW = {
  [COUNT]: "3",
  "categories.2.name": "Fährten",
  "categories.2.class": "derivative",
  "categories.2.share_bps": "12.5",
  "categories.2.exposure_limit_bps": "5",
  "categories.2.haircut_bps": "40",
};

const patched = (values: Record<string, string>) => patchOf("risk", values, policyOf(), UNITS);
const wrong = (values: Record<string, string>, field: string) => {
  const { patch, problems } = patched(values);
  expect(patch).toBeNull();
  return problems.get(field);
};

describe("the list of categories", () => {
  it("is the policy’s while nothing is typed", () => {
    const { part, changed, problems } = listOf({}, risk, UNITS);
    expect(part).toEqual({ categories: risk.categories, categoryCount: risk.categoryCount });
    expect([changed, problems.size]).toEqual([[], 0]);
    expect(
      typedList({}, risk, UNITS).map(({ name, isRisk, isNew }) => [name, isRisk, isNew]),
    ).toEqual(
      risk.categories.slice(0, 2).map((own) => [categoryName(own), own.class !== 0, false]),
    );
  });

  it("takes a new one at its end, and leaves the places behind it empty", () => {
    const { patch, changed } = patched(NEW);
    expect(changed).toEqual([COUNT]);
    if (patch?.__kind !== "Risk") throw new Error("the section is the risk section");
    const [own] = patch.fields;
    expect(own.categoryCount).toBe(3);
    expect(own.categories.slice(0, 2)).toEqual(risk.categories.slice(0, 2));
    const [, , third, ...rest] = own.categories;
    expect(third).toMatchObject({
      class: 2,
      shareBps: 1_250,
      exposureLimitBps: 500,
      haircutBps: 4_000,
    });
    expect(third === undefined ? "" : categoryName(third)).toBe("Fährten");
    expect(rest).toEqual(risk.categories.slice(3));
    // The bytes that are signed are the ones that were typed.
    const bytes = getPolicyPatchEncoder().encode(patch);
    expect(getPolicyPatchDecoder().decode(bytes)).toEqual(patch);
  });

  it("is told to voters with the names, what was and what would be", () => {
    const ground = groundOf(treasuryOf(), TREASURY, epochOf(), 1_000_000n, UNITS);
    const { next } = patched(NEW);
    const rows = rowsOfPatch(next, ground).filter(({ same }) => !same);
    const speech = { ...UNITS, nameOf: String };
    const told = rows.map(({ label, before, value }) => [
      label,
      before === null ? "" : plain(before, speech),
      plain(value, speech),
    ]);
    expect(told).toContainEqual([
      "category 3",
      "none",
      "Fährten (derivative, at most 5\u202f% of the treasury at risk, 40\u202f% of its value not counted; 12.5\u202f% of the cap)",
    ]);
    expect(told).toContainEqual(["categories in use", "2", "3"]);
  });

  it("can lose the last one", () => {
    const { patch, changed } = patched({ [COUNT]: "1" });
    expect(changed).toEqual([COUNT]);
    if (patch?.__kind !== "Risk") throw new Error("the section is the risk section");
    expect(patch.fields[0].categoryCount).toBe(1);
    expect(patch.fields[0].categories[1]).toEqual(risk.categories[2]);
    expect(patched({ [COUNT]: "2" })).toMatchObject({ patch: null, changed: [] });
    for (const text of ["0", "9", "12", "-1", "none", ""]) {
      expect(lengthOf({ [COUNT]: text }, risk), text).toBe(2);
    }
  });

  it("changes one where it stands, and says which of its values", () => {
    expect(patched({ "categories.0.name": "Tools" }).changed).toEqual(["categories.0.name"]);
    expect(patched({ "categories.0.share_bps": "55" }).changed).toEqual(["categories.0.share_bps"]);
    // What is spent has no limits of its own: they go with the class.
    const spent = patched({ "categories.1.class": "operating" });
    expect(spent.changed).toEqual(["categories.1.class", "categories.1.exposure_limit_bps"]);
    expect(spent.patch?.fields[0]).toMatchObject({
      categories: [{}, { class: 0, exposureLimitBps: 0, haircutBps: 0 }, {}, {}, {}, {}, {}, {}],
    });
  });

  it("refuses what the program would", () => {
    const name = "categories.0.name";
    expect(wrong({ [name]: "" }, name)).toBe("A category needs a name.");
    expect(wrong({ [name]: "a\0b" }, name)).toBe("A name is text.");
    expect(patched({ [name]: "sixteen letters." }).patch).not.toBeNull();
    expect(wrong({ [name]: "seventeen letters" }, name)).toContain(
      "at most 16 bytes, and this one 17",
    );
    expect(wrong({ [name]: "ääääääääa" }, name)).toContain("this one 17");
    const [first = "", second = ""] = typedList({}, risk, UNITS).map((own) => own.name);
    expect(wrong({ [name]: second }, name)).toContain("Another category");
    // They may change places.
    expect(patched({ [name]: second, "categories.1.name": first }).patch).not.toBeNull();
    expect(wrong({ "categories.1.name": first }, "categories.1.name")).toContain(
      "Another category",
    );
    expect(wrong({ "categories.0.class": "gift" }, "categories.0.class")).toContain(
      "no such class",
    );
    const share = "categories.0.share_bps";
    expect(wrong({ [share]: "0" }, share)).toContain("between 0.01");
    expect(patched({ [share]: "100" }).problems.size).toBe(0);
    expect(wrong({ [share]: "100.01" }, share)).toContain("between");
    expect(wrong({ [share]: "half" }, share)).toContain("no percentage");
    // A new one has no values yet.
    const { problems } = patched({ [COUNT]: "3" });
    expect([...problems]).toEqual([
      ["categories.2.name", "A category needs a name."],
      ["categories.2.share_bps", "It is still to be filled in."],
    ]);
  });
});
