/** What must be said of a treasury. */

import { getAddressDecoder, getAddressEncoder } from "@solana/kit";
import { expect, it } from "vitest";

import { powersOf, thinQuorums } from "../src/lib/caveats";
import { key, treasury } from "./made";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

it("a quorum that lets very few decide is named by its tier", () => {
  const { inForce } = treasury();
  const quorums = [99, 100, 99, 2_000];
  const rules = inForce.tiers.rules.map((rule, at) => ({ ...rule, quorumBps: quorums[at] ?? 0 }));
  const policy = { ...inForce, tiers: { ...inForce.tiers, rules } };
  expect(thinQuorums(policy).map(plain)).toEqual([
    "A quorum of 0.99 % lets very few decide on small asks.",
    "A quorum of 0.99 % lets very few decide on large asks.",
  ]);
});

it("a mint's powers are read where they lie", () => {
  const data = new Uint8Array(82);
  const at = (from: number) => getAddressDecoder().decode(data.slice(from, from + 32));
  expect(powersOf(data, at)).toBeNull();
  data[45] = 1;
  data[44] = 6;
  expect(powersOf(data, at)).toEqual({ decimals: 6, minter: null, freezer: null });
  data[0] = 1;
  data.set(getAddressEncoder().encode(key(3)), 4);
  expect(powersOf(data, at)).toEqual({ decimals: 6, minter: key(3), freezer: null });
  data[46] = 1;
  data.set(getAddressEncoder().encode(key(4)), 50);
  expect(powersOf(data, at)).toEqual({ decimals: 6, minter: key(3), freezer: key(4) });
  expect(powersOf(data.slice(0, 81), at)).toBeNull();
});
