import { getAddressEncoder } from "@solana/kit";
import {
  type BudgetEvent,
  COMMUNITY_BUDGET_EVENTS,
  decodeEvent,
  getPolicyDecoder,
} from "@community-budget/client";
import { describe, expect, it } from "vitest";

import idl from "../../idl/community_budget.json";
import { type Part, plain } from "../src/activity/parts";
import { KINDS, LEFT_OUT, type Scene, kindOf, say } from "../src/activity/say";

type Field = { readonly name: string; readonly type: unknown };

const le = (value: bigint, bytes: number) =>
  Array.from({ length: bytes }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));
const key = (byte: number) => new Array<number>(32).fill(byte);

/** Bytes of what the programs' types can be, one list for each variant that has words of its own. */
const DEFINED: Readonly<Record<string, readonly (readonly number[])[]>> = {
  Action: [
    [1, 0, ...new Array<number>(40).fill(0)],
    [2, 0, ...key(40)],
    [2, 1, ...key(40)],
    [3, ...key(41), 0, 2],
    [3, ...key(41), 1, ...le(5_000n, 2)],
    [3, ...key(41), 2],
    [4],
    [5, 3, ...le(77n, 8)],
  ],
  BondFate: [[0], [1], [2], [3]],
  Health: [[0], [1], [2]],
  Policy: [0, 1].map((byte) => new Array<number>(getPolicyDecoder().fixedSize).fill(byte)),
  Role: [[0], [1], [2]],
  Ruling: [[0, 4], [1, ...le(2_500n, 2)], [1, ...le(7_500n, 2)], [2]],
  TripCause: [[0], [1]],
};

/** Values of a field: the first is the usual one. `place` keeps fields of one event apart. */
function values(type: unknown, place: number): readonly (readonly number[])[] {
  const numbers = (bytes: number) =>
    [1, 2, 0].map((n) => le(BigInt(n === 0 ? 0 : n * 10 + place), bytes));
  switch (type) {
    case "bool":
      return [[0], [1]];
    case "u8":
      return numbers(1);
    case "u16":
      return numbers(2);
    case "u32":
      return [[90_000n, 200_000n].map((n) => le(n, 4)), [le(0n, 4)]].flat();
    case "u64":
    case "i64":
      return [1_700_000_000n, 1_800_000_000n, 0n].map((n) =>
        le(n === 0n ? 0n : n + BigInt(place * 1_000), 8),
      );
    case "pubkey":
      return [key(place + 1), key(place + 60), key(0)];
  }
  if (typeof type === "object" && type !== null) {
    if ("array" in type) return [key(1), key(2)];
    if ("defined" in type && typeof type.defined === "object" && type.defined !== null) {
      const name = "name" in type.defined ? String(type.defined.name) : "";
      const found = DEFINED[name];
      if (found !== undefined) return found;
    }
  }
  throw new Error(`the test knows no values of ${JSON.stringify(type)}`);
}

const types = new Map(idl.types.map((one) => [one.name, one]));

function fieldsOf(name: string): readonly Field[] {
  const found = types.get(name)?.type;
  if (found === undefined || !("fields" in found) || found.fields === undefined) {
    throw new Error(`the IDL does not describe ${name}`);
  }
  return found.fields.map((field) => {
    if (typeof field === "string" || !("name" in field)) throw new Error(`${name} has no names`);
    return { name: field.name, type: field.type };
  });
}

function decoded(
  discriminator: readonly number[],
  fields: readonly (readonly number[])[],
): BudgetEvent {
  const event = decodeEvent(Uint8Array.from([...discriminator, ...fields.flat()]));
  if (event === null) throw new Error("the test wrote an event that cannot be read");
  return event;
}

const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

// Every key has a meaning of its own, so that another key says something else.
const byteOf = (address: Parameters<Scene["epochIndex"]>[0]) =>
  getAddressEncoder().encode(address)[0] ?? 0;
const scene: Scene = {
  epochIndex: byteOf,
  placeOf: (stream) => ({ epoch: byteOf(stream), entry: 3 }),
  recipientOf: () => null,
  titleOf: ({ epoch, entry }) => (entry === 3 ? `Award ${epoch}` : null),
  awardedTo: () => null,
  durationOf: () => null,
  categoryOf: (index) => `category <${index}>`,
  electorateOf: () => null,
};
const speech = {
  budget: { symbol: "tUSD", decimals: 6 },
  stake: { symbol: "HARB", decimals: 9 },
  nameOf: (address: string) => address,
};

const written = (parts: readonly Part[] | null) =>
  JSON.stringify(parts, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
const all = (event: BudgetEvent) => {
  const { words, after } = say(event, scene);
  return written(words) + written(after);
};

/** The event with every field as usual, and with each value of each field among several usual ones. */
function variants(name: string) {
  const fields = fieldsOf(name);
  const choices = fields.map(({ type }, place) => values(type, place));
  const discriminator = idl.events.find((event) => event.name === name)?.discriminator ?? [];
  const bases = Array.from({ length: Math.max(...choices.map((one) => one.length)) }, (_, which) =>
    choices.map((one) => one[Math.min(which, one.length - 1)] ?? []),
  );
  return { fields, choices, discriminator, bases };
}

describe("every event of the program has words", () => {
  it("in a list that leaves none out", () => {
    expect(idl.events.map(({ name }) => name).sort()).toEqual(
      COMMUNITY_BUDGET_EVENTS.map(([, name]) => name).sort(),
    );
    const kinds = COMMUNITY_BUDGET_EVENTS.map(([, name]) => kindOf(name));
    for (const kind of KINDS) expect(kinds, kind).toContain(kind);
  });

  it.each(idl.events.map(({ name }) => name))("%s", (name) => {
    const { discriminator, bases } = variants(name);
    for (const base of bases) {
      const { words, after } = say(decoded(discriminator, base), scene);
      for (const said of [
        plain(words, speech),
        ...(after === null ? [] : [plain(after, speech)]),
      ]) {
        expect(said).not.toMatch(/undefined|NaN|\[object|^\s|\s$|\s{2}|\.$/);
        // A subject: a name, a title, or words that begin as a sentence does.
        expect(said).toMatch(/^[\p{Lu}\p{N}“]/u);
        expect(said.length).toBeGreaterThan(15);
      }
    }
  });
});

describe("every field of an event is said, or left out for a reason", () => {
  it.each(idl.events.map(({ name }) => name))("%s", (name) => {
    const { fields, choices, discriminator, bases } = variants(name);
    const row = COMMUNITY_BUDGET_EVENTS.find(([, known]) => known === name);
    expect(row).toBeDefined();
    if (row === undefined) return;
    const excuses: Readonly<Record<string, string>> = { ...LEFT_OUT.every, ...LEFT_OUT[row[1]] };
    const said = new Set<string>();
    fields.forEach((field, place) => {
      for (const base of bases) {
        const before = all(decoded(discriminator, base));
        for (const other of choices[place] ?? []) {
          const changed = base.map((bytes, at) => (at === place ? other : bytes));
          if (all(decoded(discriminator, changed)) !== before) said.add(camel(field.name));
        }
      }
    });
    const names = fields.map((field) => camel(field.name));
    expect(names.filter((one) => !said.has(one) && !(one in excuses))).toEqual([]);
    // An excuse for what is said after all, or is no field, is stale.
    expect(
      Object.keys(LEFT_OUT[row[1]] ?? {}).filter((one) => said.has(one) || !names.includes(one)),
    ).toEqual([]);
    expect(["seq", "treasury"].filter((one) => said.has(one))).toEqual([]);
    for (const excuse of Object.values(excuses)) expect(excuse.length).toBeGreaterThan(10);
  });
});

describe("what other people wrote stays text", () => {
  it("and shows what hides in it", () => {
    const event = decoded(variants("ProposalWithdrawn").discriminator, [
      le(1n, 8),
      key(7),
      [3],
      key(1),
    ]);
    const hostile: Scene = { ...scene, titleOf: () => "Pay\u202e me\nnow <b>" };
    const { words } = say(event, hostile);
    expect(plain(words, speech)).toBe(
      "“Pay[U+202E] me now <b>” (7/3) was withdrawn by its proposer",
    );
    expect(words[0]).toMatchObject({
      kind: "thing",
      written: true,
      route: { page: "proposal", index: 7, entry: 3 },
    });
  });

  it("and names too", () => {
    const event = decoded(variants("StakeClosed").discriminator, [le(1n, 8), key(1), key(2)]);
    const named = { ...speech, nameOf: () => "Ada\u200b\u2028Lindgren" };
    expect(plain(say(event, scene).words, named)).toBe(
      "Ada[U+200B] Lindgren closed an empty stake",
    );
  });
});

describe("ballots", () => {
  it("say how many entries they choose on, and which share of all weight they carry", () => {
    const { discriminator } = variants("VoteCast");
    const event = decoded(discriminator, [
      le(1n, 8),
      key(7),
      key(2),
      [0],
      le(32n, 8),
      le(231n, 8),
      le(0n, 8),
    ]);
    const known: Scene = { ...scene, electorateOf: () => 1_000n };
    const ada = { ...speech, nameOf: () => "Ada Lindgren" };
    const { words, after } = say(event, known, { marks: 7 });
    const spaced = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");
    expect(spaced(plain(words, ada))).toBe(
      "Ada Lindgren voted on 7 entries in epoch 7 with 3.2 % of all weight",
    );
    expect(spaced(plain(after ?? [], ada))).toBe(
      "23.1 % of all weight has voted; voting closes Thu 1 Jan 1970, 00:00 UTC",
    );
  });
});
