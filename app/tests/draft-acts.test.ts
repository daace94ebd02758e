import { readFileSync } from "node:fs";

import { Role, rules } from "@community-budget/client";
import { describe, expect, it } from "vitest";

import {
  type ActForm,
  type ActGround,
  EMPTY_ACT,
  draftAct,
  reviveAct,
} from "../src/components/propose/acts";
import { RELATIONS, patchOf } from "../src/components/propose/policyPatch";
import {
  ROWS,
  SECTIONS,
  inWords,
  parse,
  read,
  rowsOf,
  typed,
  write,
} from "../src/components/propose/policyTable";
import { type People, groundOf } from "../src/lib/draft";
import { SYSTEM_PROGRAM_ADDRESS } from "../src/lib/programs";
import {
  OTHER,
  TREASURY,
  VISITOR,
  epochOf,
  key,
  policyOf,
  stakeOf,
  treasuryOf,
} from "./draft.samples";

const UNITS = {
  budget: { symbol: "tUSD", decimals: 2 },
  stake: { symbol: "VOTE", decimals: 0 },
};
const people: People = { visitor: VISITOR, proposer: null, recipient: null };
const none: ActGround = { stake: null, streams: [] };
const ground = (treasury = treasuryOf(), epoch = epochOf()) =>
  groundOf(treasury, TREASURY, epoch, 1_000_000n, UNITS);

const drafted = (change: Partial<ActForm>, on = ground(), besides = none) =>
  draftAct({ ...EMPTY_ACT, title: "Act", ...change }, on, people, besides);

function told(field: string, change: Partial<ActForm>, on = ground(), besides = none): string {
  const { terms, checks } = drafted(change, on, besides);
  expect(terms).toBeNull();
  return checks.find((one) => one.field === field && one.state !== "holds")?.sentence ?? "";
}

describe("the table of bounds", () => {
  const page = readFileSync(new URL("../../docs/policy.md", import.meta.url), "utf8");

  /** The rows of the page, each with its bounds as the page writes them. */
  const documented: string[][] = [];
  let section = "";
  for (const line of page.split("\n")) {
    section = /^### (\w+)/.exec(line)?.[1] ?? section;
    const cells = /^\| `([\w.]+)` \| ([^|]+) \| ([^|]+) \| [^|]+ \| (.+) \|$/.exec(line);
    if (cells !== null) documented.push([section, ...cells.slice(1)]);
  }

  /** A bound as a number: `7 d`, `1 h`, `3,000 bps`, `2^64 - 1`. */
  const bound = (text: string): bigint => {
    if (text === "2^64 - 1") return rules.U64_MAX;
    const [, digits = "", unit = ""] = /^([\d,]+)(?: (\w+))?$/.exec(text) ?? [];
    const factor = { d: 86_400n, h: 3_600n, bps: 1n, "": 1n }[unit];
    if (factor === undefined) throw new Error(`no such unit: ${text}`);
    return BigInt(digits.replaceAll(",", "")) * factor;
  };
  const plain = (meaning: string) =>
    meaning
      .replace(/ \([RP]\d+\)/g, "")
      .replace("; `u64::MAX` for none", "; the largest number stands for none");

  it("is the program’s own, row by row", () => {
    expect(documented.length).toBeGreaterThan(50);
    expect(
      ROWS.map(({ section: of, field, min, max, meaning }) => [of, field, min, max, meaning]),
    ).toEqual(
      documented.map(([of = "", field = "", min = "", max = "", meaning = ""]) => [
        of,
        field,
        bound(min),
        bound(max),
        plain(meaning),
      ]),
    );
  });

  it("names every relation between values that a form can break", () => {
    const listed = [...page.matchAll(/^- (.+)$/gm)].map(([, rule = ""]) => rule);
    const own = RELATIONS.map(([rule]) => rule);
    expect(own.filter((rule) => !listed.includes(rule))).toEqual([]);
    expect(listed.filter((rule) => !own.includes(rule))).toEqual([
      "categories are named, of a known class, take 1 to 10000 bps, and only risk classes have limits",
      "reserved bytes are zero",
    ]);
  });

  it("reads and writes every value where it lies, and nothing else", () => {
    const policy = policyOf();
    for (const of of SECTIONS) {
      for (const row of rowsOf(of)) {
        const changed = write(policy, row, row.max);
        expect(read(changed, row), row.field).toBe(row.max);
        expect(write(changed, row, read(policy, row)), row.field).toEqual(policy);
      }
    }
  });

  it("types every value so that it is read back the same", () => {
    const policy = policyOf();
    for (const of of SECTIONS) {
      for (const row of rowsOf(of)) {
        for (const value of [row.min, row.max, read(policy, row)]) {
          expect(parse(row, typed(row, value, UNITS), UNITS), row.field).toBe(value);
        }
      }
    }
  });
});

describe("a change of policy", () => {
  const patched = (section: (typeof SECTIONS)[number], values: Record<string, string>) =>
    patchOf(section, values, policyOf(), UNITS);

  it("is the section with its new values, the others as they are", () => {
    const { patch, changed, problems } = patched("slate", { bond: "75", per_proposer: "5" });
    expect(problems.size).toBe(0);
    expect(patch).toEqual({
      __kind: "Slate",
      fields: [{ ...policyOf().slate, bond: 7_500n, perProposer: 5 }],
    });
    expect(changed).toEqual(["per_proposer", "bond"]);
  });

  it("is none while nothing differs", () => {
    expect(patched("slate", { bond: "50.00" })).toMatchObject({ patch: null, changed: [] });
    expect(told("values", { section: "slate" })).toContain("Change at least one value");
  });

  it("stays within the hard bounds, both of which are allowed", () => {
    const late = (text: string) => patched("schedule", { late_window_secs: text });
    expect(late("1 h").patch).not.toBeNull();
    expect(late("2 d").patch).not.toBeNull();
    expect(late("59 min").problems.get("late_window_secs")).toContain("between 1 h and 2 d");
    expect(late("2 d 1 s").patch).toBeNull();
    expect(late("2").problems.get("late_window_secs")).toContain("no span of time");
  });

  it("keeps what must hold between values", () => {
    const cases: [(typeof SECTIONS)[number], Record<string, string>, string][] = [
      ["slate", { capacity: "48" }, "16, 32, 64 or 128"],
      ["tiers", { "small.ask_limit_bps": "6" }, "ask limits ascend"],
      ["tiers", { "small.quorum_bps": "11" }, "quorums ascend"],
      ["tiers", { "small.approval_bps": "61" }, "approvals ascend"],
      ["tiers", { "large.timelock_secs": "5 d" }, "timelocks ascend"],
      ["tiers", { "constitutional.quorum_bps": "19" }, "at least the large tier's"],
      ["tiers", { "constitutional.timelock_secs": "12 d" }, "exceeds the longest timelock"],
      ["stake", { max_lock_secs: "6 d" }, "at least min_lock_secs"],
      ["budget", { epoch_cap_abs: "5", min_cap: "6" }, "at least min_cap"],
      ["tiers", { "medium.min_checkpoints": "4" }, "ascending checkpoints"],
      ["tiers", { max_quorum_bps: "19" }, "at least the constitutional quorum"],
      ["review", { floor_bps: "29.99" }, "between half of pass_bps"],
    ];
    expect(cases.length).toBe(RELATIONS.length);
    for (const [section, values, wanted] of cases) {
      const { patch, problems } = patched(section, values);
      expect(patch, wanted).toBeNull();
      expect(problems.get(""), wanted).toContain(wanted);
    }
  });

  it("says values with their units", () => {
    const row = (field: string) => ROWS.find((one) => one.field === field) ?? ROWS[0];
    const words = (field: string, value: bigint) => {
      const found = row(field);
      return found === undefined ? "" : inWords(found, value, UNITS);
    };
    expect(words("bond", 7_550n)).toBe("75.5\u00a0tUSD");
    expect(words("epoch_cap_abs", rules.U64_MAX)).toBe("none");
    expect(words("min_total_weight", 5n)).toBe("5\u00a0VOTE");
    expect(words("late_window_secs", 129_600n)).toBe("1 d 12 h");
    expect(words("reward_bps", 250n)).toBe("2.5\u202f%");
  });
});

describe("a role", () => {
  const role = (change: Partial<ActForm>) => drafted({ kind: "role", ...change });

  it("goes to somebody else, or to nobody", () => {
    expect(role({ role: "reviewer", holder: OTHER }).terms?.action).toEqual({
      __kind: "SetRole",
      role: Role.Reviewer,
      holder: OTHER,
    });
    expect(role({ vacant: true }).terms?.action).toMatchObject({ holder: SYSTEM_PROGRAM_ADDRESS });
    expect(told("holder", { kind: "role", holder: "me" })).toContain("no address");
    expect(told("holder", { kind: "role", holder: key(7) })).toContain("Nothing would change");
    expect(told("holder", { kind: "role", role: "reviewer", vacant: true })).toContain("Nothing");
  });
});

describe("a ruling", () => {
  const stream = (heldAt: bigint, passed: number) => ({
    address: key(50),
    data: { heldAt, passed },
  });
  const held = { stake: null, streams: [stream(5n, 2)] };
  const runs = { stake: null, streams: [stream(0n, 0)] };
  const form: Partial<ActForm> = { kind: "ruling", stream: key(50) };

  it("names the stream, and the checkpoint that holds it", () => {
    const found = drafted(form, ground(), held).terms;
    expect(found?.stream).toBe(key(50));
    expect(found?.action).toEqual({
      __kind: "RuleOnStream",
      stream: key(50),
      ruling: { __kind: "Resume", checkpoint: 2 },
    });
    expect(told("ruling", form, ground(), runs)).toContain("Only a held stream");
    expect(told("stream", { ...form, stream: "" }, ground(), held)).toContain("Choose");
    expect(told("stream", { ...form, stream: key(51) }, ground(), held)).toContain(
      "no such stream",
    );
  });

  it("keeps more than nothing and less than all", () => {
    const reduce = (keep: string) => ({ ...form, ruling: "reduce" as const, keep });
    expect(drafted(reduce("25.5 %"), ground(), runs).terms?.action).toMatchObject({
      ruling: { __kind: "Reduce", keepBps: 2_550 },
    });
    for (const keep of ["0", "100", "half"]) {
      expect(told("keep", reduce(keep), ground(), runs)).toContain("more than 0 %");
    }
    const cancelled = drafted({ ...form, ruling: "cancel" }, ground(), runs).terms?.action;
    expect(cancelled).toMatchObject({ ruling: { __kind: "Cancel" } });
  });
});

describe("a write-off", () => {
  const position = {
    pending: 9n,
    cost: 500n,
    mark: 0n,
    markedAt: 0n,
    reportedMark: 0n,
    reportedAt: 0n,
  };
  const on = ground(treasuryOf({ positions: new Array(8).fill(position) }));
  const loss = (amount: string): Partial<ActForm> => ({ kind: "write-off", category: "1", amount });

  it("is of no more than what is out", () => {
    expect(drafted(loss("5"), on).terms?.action).toEqual({
      __kind: "WriteOff",
      category: 1,
      amount: 500n,
    });
    expect(told("amount", loss("5.01"), on)).toContain("5\u00a0tUSD paid out");
    expect(told("amount", loss("0"), on)).toContain("more than nothing");
    expect(told("category", { ...loss("5"), category: "" }, on)).toContain("Choose");
  });
});

describe("a slot for an act", () => {
  const act: Partial<ActForm> = { kind: "breaker" };
  const late = ground(treasuryOf(), epochOf({ entryCount: 24 }));
  const of = (weight: bigint, change = {}): ActGround => ({
    stake: stakeOf(100, weight, change),
    streams: [],
  });

  it("is free for everybody until the last quarter, which takes a stake of weight once", () => {
    expect(drafted(act).terms).toMatchObject({ withStake: false, stream: null });
    expect(told("slot", act, late)).toContain("at least 1\u202f% of all weight");
    expect(told("slot", act, late, of(99n))).toContain("at least 1\u202f%");
    expect(drafted(act, late, of(100n)).terms).toMatchObject({ withStake: true });
    expect(told("slot", act, late, of(100n, { actEpoch: 3 }))).toContain("has taken one");
    const full = ground(treasuryOf(), epochOf({ entryCount: 32 }));
    expect(told("slot", act, full, of(100n))).toBe("The slate is full.");
  });
});

describe("what was kept of an act", () => {
  it("comes back with the choices that there are", () => {
    const kept = {
      ...EMPTY_ACT,
      kind: "role",
      section: "taxes",
      ruling: "stop",
      values: { "slate/bond": "7", "slate/fee": 9 },
    };
    expect(reviveAct(kept)).toEqual({
      ...EMPTY_ACT,
      kind: "role",
      values: { "slate/bond": "7" },
    });
    expect(reviveAct(null)).toEqual(EMPTY_ACT);
  });
});
