/** What is known of the network only moves forward. */

import { expect, it } from "vitest";

import { isOutdated } from "../src/lib/chain";

it("an answer with fewer events is outdated when it was pushed, or asked for before the last push", () => {
  const known = { seq: 5n };
  expect(isOutdated(known, { seq: 4n }, null, 100)).toBe(true);
  expect(isOutdated(known, { seq: 4n }, 99, 100)).toBe(true);
  // Asked for afterwards: the node has gone back, and the page goes with it.
  expect(isOutdated(known, { seq: 4n }, 101, 100)).toBe(false);
});

it("an answer with as many events or more is never outdated", () => {
  for (const seq of [5n, 6n]) {
    expect(isOutdated({ seq: 5n }, { seq }, null, 100)).toBe(false);
    expect(isOutdated({ seq: 5n }, { seq }, 99, 100)).toBe(false);
  }
  expect(isOutdated(null, { seq: 0n }, null, 100)).toBe(false);
});
