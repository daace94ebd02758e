/** Addresses of pages. */

import { expect, it } from "vitest";

import { type Route, href, parse } from "../src/lib/router";

const ROUTES: readonly Route[] = [
  { page: "overview" },
  { page: "epoch", index: null },
  { page: "epoch", index: 7 },
  { page: "ballot" },
  { page: "proposal", index: 3, entry: 12 },
  { page: "propose" },
  { page: "streams" },
  { page: "stream", index: 0, entry: 0 },
  { page: "risk" },
  { page: "participation" },
  { page: "activity" },
  { page: "digest", index: 2 },
  { page: "learn" },
];

it("every route is found again under its address", () => {
  for (const route of ROUTES) expect(parse(href(route))).toEqual(route);
});

it("what is no page is said to be none", () => {
  for (const hash of [
    "#/nowhere",
    "#/proposal",
    "#/proposal/1",
    "#/stream/x/y",
    "#/digest",
    "#/__proto__",
  ]) {
    expect(parse(hash), hash).toEqual({ page: "unknown" });
  }
  expect(parse("")).toEqual({ page: "overview" });
  expect(parse("#")).toEqual({ page: "overview" });
  expect(parse("#/epoch/-1")).toEqual({ page: "epoch", index: null });
});
