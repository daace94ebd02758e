/** The corpus itself: large enough, within the program's limits, and nothing twice. */

import { expect, it } from "vitest";

import { CALL, METADATA, TITLES, TITLE_BYTES, URIS, URI_BYTES, bytesOf } from "./support/corpus";

const texts = (payloads: readonly { readonly text: string }[]) => payloads.map(({ text }) => text);
const all = [...texts(TITLES), ...texts(URIS), ...texts(METADATA)];

it("holds at least two hundred payloads, most of which would say that they ran", () => {
  expect(new Set(all).size).toBeGreaterThanOrEqual(200);
  expect(all.filter((text) => text.includes(CALL)).length).toBeGreaterThanOrEqual(150);
});

it.each([
  ["titles", texts(TITLES)],
  ["addresses", texts(URIS)],
  ["texts", texts(METADATA)],
])("has none twice among its %s", (_, list) => {
  expect(list.filter((text, index) => list.indexOf(text) !== index)).toEqual([]);
});

it("fits what the program takes", () => {
  expect(texts(TITLES).filter((text) => bytesOf(text) > TITLE_BYTES)).toEqual([]);
  expect(texts(URIS).filter((text) => bytesOf(text) > URI_BYTES)).toEqual([]);
});
