/** Nothing in a proposal's terms may hide: every field of the program's interface changes what is shown. */

import { address, lamports } from "@solana/kit";
import * as budget from "@community-budget/client";
import { describe, expect, test } from "vitest";

import { types } from "../../idl/community_budget.json";
import vectors from "../../clients/vectors.json";
import { exactSpan } from "../src/lib/format";
import { plain, sectionName, summary, termsRows, textRows } from "../src/lib/terms";
import type { Against } from "../src/lib/terms";

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));

async function against(): Promise<Against> {
  const found = vectors.accounts.find(({ kind }) => kind === "Treasury");
  if (found === undefined) throw new Error("there is no treasury among the vectors");
  const treasury = await budget.checkTreasury({
    address: address(found.address),
    data: bytesOf(found.data),
    executable: false,
    lamports: lamports(1n),
    programAddress: budget.COMMUNITY_BUDGET_PROGRAM_ADDRESS,
    space: 0n,
  });
  // Vectors fill accounts with what no policy would say; only shapes matter here.
  const policy = zero(budget.getPolicyDecoder());
  return { policy, treasury: { ...treasury.data, policy }, stream: null, now: 1_000n };
}

function zero<T>(decoder: { readonly decode: (bytes: Uint8Array) => T }): T {
  return decoder.decode(new Uint8Array(4_096));
}

const speech = {
  budget: { symbol: "tUSD", decimals: 6 },
  stake: { symbol: "HARB", decimals: 9 },
  nameOf: (key: string) => key,
};

/** Everything that is said of terms. */
function said(terms: budget.Terms, by: Against): string {
  const rows = [...termsRows(terms, by), ...textRows(terms)];
  return rows
    .map(({ label, value, before }) => {
      const was = before === null ? "" : `${plain(before, speech)} → `;
      return `${label}: ${was}${plain(value, speech)}`;
    })
    .join("\n");
}

// --- the interface's tree ------------------------------------------------------------------------

type Json = unknown;
const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const defined = new Map<string, Json>(types.map(({ name, type }) => [name, type]));

/** Where a number or key lies in the bytes of terms, and what it is called. */
interface Leaf {
  readonly path: string;
  readonly at: number;
  readonly bytes: number;
}

/** A sample of the terms: its bytes, and its leaves. */
interface Sample {
  readonly name: string;
  readonly bytes: readonly number[];
  readonly leaves: readonly Leaf[];
}

const SIZES: Readonly<Record<string, number>> = { u8: 1, u16: 2, u32: 4, u64: 8, pubkey: 32 };
const nothing: Sample = { name: "", bytes: [], leaves: [] };

function after(first: Sample, second: Sample): Sample {
  const shift = first.bytes.length;
  return {
    name: [first.name, second.name].filter((name) => name !== "").join("."),
    bytes: [...first.bytes, ...second.bytes],
    leaves: [...first.leaves, ...second.leaves.map((leaf) => ({ ...leaf, at: leaf.at + shift }))],
  };
}

/** All samples of a type: one for every path through its variants. Numbers are 1, keys 9s. */
function samples(type: Json, path: string): Sample[] {
  if (typeof type === "string") {
    if (type === "string") {
      const leaf = { path, at: 4, bytes: 1 };
      return [{ ...nothing, bytes: [1, 0, 0, 0, 0x61], leaves: [leaf] }];
    }
    const bytes = SIZES[type];
    if (bytes === undefined) throw new Error(`${path} is a ${type}`);
    const value = new Array<number>(bytes).fill(type === "pubkey" ? 9 : 0);
    if (type !== "pubkey") value[0] = 1;
    return [{ ...nothing, bytes: value, leaves: [{ path, at: 0, bytes }] }];
  }
  if (!isObject(type)) throw new Error(`${path} has no type`);
  if (Array.isArray(type["array"])) {
    const [item, length] = type["array"];
    if (item === "u8") {
      // Bytes together are one thing. Reserved ones are zero.
      const reserved = path.endsWith(".reserved");
      const bytes = new Array<number>(Number(length)).fill(reserved ? 0 : 0x61);
      return [{ ...nothing, bytes, leaves: [{ path, at: 0, bytes: bytes.length }] }];
    }
    const members = Array.from({ length: Number(length) }, (_, at) => `${path}[${at}]`);
    return members.reduce<Sample[]>(
      (all, member) => all.flatMap((one) => samples(item, member).map((next) => after(one, next))),
      [nothing],
    );
  }
  const reference = type["defined"];
  if (isObject(reference)) {
    const name = String(reference["name"]);
    const found = defined.get(name);
    return samples(found, path === "" ? name : path);
  }
  if (type["kind"] === "struct") return fields(type["fields"], path);
  if (type["kind"] === "enum" && Array.isArray(type["variants"])) {
    const variants: readonly Json[] = type["variants"];
    return variants.flatMap((variant, tag) => {
      if (!isObject(variant)) throw new Error(`${path} has no variants`);
      const name = String(variant["name"]);
      const head: Sample = { name, bytes: [tag], leaves: [] };
      return fields(variant["fields"] ?? [], `${path}.${name}`).map((rest) => after(head, rest));
    });
  }
  throw new Error(`${path} is of no known kind`);
}

function fields(list: Json, path: string): Sample[] {
  if (!Array.isArray(list)) throw new Error(`${path} has no fields`);
  return list.reduce<Sample[]>(
    (all, field: Json) => {
      const named = isObject(field) && "type" in field;
      const name = named ? String(field["name"]) : "";
      const type: Json = named ? field["type"] : field;
      const own = name === "" ? path : `${path}.${name}`;
      return all.flatMap((one) => samples(type, own).map((next) => after(one, next)));
    },
    [nothing],
  );
}

const all = samples({ defined: { name: "Terms" } }, "");

function read(bytes: readonly number[]): budget.Terms {
  return budget.getTermsDecoder().decode(Uint8Array.from(bytes));
}

describe("the interface's tree", () => {
  test("has every action, section, ruling and role", () => {
    const names = all.map(({ name }) => name);
    expect(names).toEqual([
      "Award",
      ...["Schedule", "Slate", "Budget", "Tiers", "Stake", "Risk", "Breaker", "Review"].map(
        (section) => `SetPolicy.${section}`,
      ),
      "SetRole.Guardian",
      "SetRole.Reviewer",
      "SetRole.RiskReporter",
      "RuleOnStream.Resume",
      "RuleOnStream.Reduce",
      "RuleOnStream.Cancel",
      "ClearBreaker",
      "WriteOff",
    ]);
    const leaves = all.flatMap(({ leaves }) => leaves);
    expect(leaves.length).toBeGreaterThan(150);
  });

  test("is laid out as the client reads it", () => {
    for (const { bytes } of all) {
      expect([...budget.getTermsEncoder().encode(read(bytes))]).toEqual(bytes);
    }
  });
});

describe.each(all)("$name", ({ bytes, leaves }) => {
  test.each(leaves)("shows $path", async ({ at, bytes: size }) => {
    const by = await against();
    const shown = said(read(bytes), by);
    for (let offset = at; offset < at + size; offset += 1) {
      for (const change of [1, 2]) {
        const other = [...bytes];
        other[offset] = (other[offset] ?? 0) ^ change;
        expect(said(read(other), by)).not.toBe(shown);
      }
    }
  });
});

test("actions are told apart by what is said of them", async () => {
  const by = await against();
  const told = all.map(({ bytes }) => said(read(bytes), by));
  expect(new Set(told).size).toBe(told.length);
  const short = all.map(({ bytes }) => plain(summary(read(bytes).action, by.policy), speech));
  expect(short.every((words) => words.length > 10)).toBe(true);
});

describe("a change of policy", () => {
  test("is told against what the next epoch would open with", async () => {
    const by = await against();
    const [tiers] = all.filter(({ name }) => name === "SetPolicy.Tiers");
    if (tiers === undefined) throw new Error("there is none");
    const { action } = read(tiers.bytes);
    if (action.__kind !== "SetPolicy" || action.fields[0].__kind !== "Tiers") {
      throw new Error("it is another");
    }
    const [section] = action.fields[0].fields;
    const next = { ...by.treasury.policy, tiers: section };
    const rules = section.rules.map((rule, at) => (at === 0 ? { ...rule, quorumBps: 200 } : rule));
    const patch: budget.PolicyPatch = { __kind: "Tiers", fields: [{ ...section, rules }] };
    const terms: budget.Terms = {
      ...read(tiers.bytes),
      action: { __kind: "SetPolicy", fields: [patch] },
    };
    const rows = termsRows(terms, { ...by, treasury: { ...by.treasury, policy: next } });
    const changed = rows.filter(({ before, same }) => before !== null && !same);
    expect(changed.map(({ label }) => label)).toEqual(["quorum of small asks"]);
    expect(changed.map(({ value }) => plain(value, speech))).toEqual(["2\u202f%"]);
    expect(changed.map(({ before }) => plain(before ?? [], speech))).toEqual(["0.01\u202f%"]);
    // Once it is in force, it is told against what the epoch opened with.
    const done = { ...next, tiers: { ...section, rules } };
    const later = termsRows(terms, {
      ...by,
      policy: next,
      treasury: { ...by.treasury, policy: done },
    });
    expect(later.filter(({ same, before }) => before !== null && !same)).toHaveLength(1);
  });

  test("has a name for every section", () => {
    for (const kind of [
      "Schedule",
      "Slate",
      "Budget",
      "Tiers",
      "Stake",
      "Risk",
      "Breaker",
      "Review",
    ] as const) {
      expect(sectionName(kind).length).toBeGreaterThan(5);
    }
  });
});

test("spans are exact to the second", () => {
  const words = [0, 1, 60, 3_600, 86_400, 86_401, 90 * 86_400 + 3_661].map((secs) =>
    exactSpan(secs),
  );
  expect(words.map((span) => span.replace(/\u00a0/g, " "))).toEqual([
    "none",
    "1 s",
    "1 min",
    "1 h",
    "1 d",
    "1 d 1 s",
    "90 d 1 h 1 min 1 s",
  ]);
});
