/** Names and pictures of addresses. */

import { expect, it } from "vitest";

import { called, partsOf, picture } from "../src/lib/names";
import { parseConfig } from "../src/lib/config";
import { key, treasury } from "./made";

const KEY = "8TL66Y9W5Ezu6yhLdaULrAHmbYoqmB2zkAhGivpDd77M";
const token = { mint: KEY, name: "T", symbol: "T", decimals: 6, tokenProgram: KEY };
const config = parseConfig(
  {
    community: "C",
    cluster: "localnet",
    programId: KEY,
    treasury: KEY,
    budget: token,
    stake: token,
    rpc: "http://127.0.0.1:1",
    websocket: "ws://127.0.0.1:2",
  },
  new Map([
    [key(3), "Ada"],
    [key(2), "the vault"],
  ]),
);

it("a part that the chain knows goes before a name that a file gives", () => {
  const parts = partsOf(treasury({ vault: key(1) }), config.treasury);
  expect(called(config, parts, key(1), "short")).toEqual({ name: "the vault", by: "chain" });
  expect(called(config, parts, config.treasury, "short")).toEqual({
    name: "the treasury",
    by: "chain",
  });
  expect(called(config, parts, key(3), "short")).toEqual({ name: "Ada", by: "file" });
  // A file that calls another address so is known by who says it.
  expect(called(config, parts, key(2), "short")).toEqual({ name: "the vault", by: "file" });
  expect(called(config, parts, key(4), "short")).toEqual({ name: "short", by: "nobody" });
});

it("a picture is stable, symmetrical, and another one for keys that look alike", () => {
  const first = picture("AAAAxxxxBBBB");
  expect(picture("AAAAxxxxBBBB")).toEqual(first);
  expect(picture("AAAAyyyyBBBB")).not.toEqual(first);
  for (const { x, y } of first.cells) {
    expect(first.cells.some((other) => other.x === 4 - x && other.y === y)).toBe(true);
  }
});
