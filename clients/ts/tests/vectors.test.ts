/** No section of `clients/vectors.json` may go unread. */

import { readFileSync, readdirSync } from "node:fs";

import { expect, it } from "vitest";

import { SECTIONS } from "./vectors";

it("every section of the vectors is reproduced by some test", () => {
  const folder = new URL(".", import.meta.url);
  const tests = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
  const text = tests.map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
  // Both functions that read a section take its cases' type first: `raw<Case>("section")`.
  const read = SECTIONS.filter((section) => new RegExp(`>\\(\\s*"${section}"`).test(text));
  expect(read).toEqual(SECTIONS);
});
