import { rules, state } from "@community-budget/client";
import { describe, expect, it } from "vitest";

import {
  type AskForm,
  type Ground,
  type People,
  EMPTY_ASK,
  acceptedBy,
  askOf,
  barOf,
  bytesOf,
  daysToSecs,
  draftAsk,
  fileName,
  groundOf,
  hashOf,
  isWeak,
  metadataOf,
  partsOf,
  price,
  readAsk,
  revive,
  slotsLeft,
} from "../src/lib/draft";
import { hex } from "../src/lib/format";
import { SYSTEM_PROGRAM_ADDRESS } from "../src/lib/programs";
import {
  OTHER,
  TREASURY,
  VISITOR,
  entryOf,
  epochOf,
  key,
  policyOf,
  recordOf,
  treasuryOf,
} from "./draft.samples";

const UNITS = {
  budget: { symbol: "tUSD", decimals: 2 },
  stake: { symbol: "VOTE", decimals: 0 },
};
const DAY = 86_400;
const { Tier } = rules.outcome;

const ground = (epoch = epochOf(), now = 1_000_000n): Ground =>
  groundOf(treasuryOf(), TREASURY, epoch, now, UNITS);
const people: People = { visitor: VISITOR, proposer: null, recipient: null };

/** A small ask that holds in every respect. */
const SOUND: AskForm = {
  ...EMPTY_ASK,
  title: "Docs",
  summary: "Write them.",
  uri: "https://example.org/docs.json",
  amount: "100",
  category: "0",
  duration: "30",
};

const drafted = (change: Partial<AskForm>, on = ground(), who = people) =>
  draftAsk({ ...SOUND, ...change }, on, who);

/** The sentence at a field that stands in the way; the draft has no terms then. */
function told(field: string, change: Partial<AskForm>, on = ground(), who = people): string {
  const { terms, checks } = drafted(change, on, who);
  expect(terms).toBeNull();
  const check = checks.find((one) => one.field === field && one.state !== "holds");
  expect(check?.sentence).toMatch(/^[A-Z].*\.$/);
  return check?.sentence ?? "";
}

describe("from a form to terms", () => {
  it("an ask that holds becomes what the program takes, in base units and seconds", () => {
    expect(drafted({ cliff: "10", checkpoints: "2", amount: "99.5" }).terms).toEqual({
      recipient: VISITOR,
      amount: 9_950n,
      category: 0,
      durationSecs: 30 * DAY,
      cliffSecs: 10 * DAY,
      checkpoints: 2,
    });
    expect(drafted({ toMe: false, recipient: ` ${OTHER} ` }).terms?.recipient).toBe(OTHER);
  });

  it("an empty form says of every field what to do, and shouts at none", () => {
    const { terms, checks } = draftAsk(EMPTY_ASK, ground(), { ...people, visitor: null });
    expect(terms).toBeNull();
    expect(checks.filter(({ state }) => state === "missed")).toEqual([]);
    const open = checks.filter(({ state }) => state === "open").map(({ field }) => field);
    expect(open).toEqual(["title", "recipient", "amount", "category"]);
  });

  it("words: no title, a long one by its bytes, hidden characters", () => {
    expect(told("title", { title: "  " })).toBe("Give it a title.");
    expect(drafted({ title: "é".repeat(32) }).terms).not.toBeNull();
    expect(told("title", { title: "é".repeat(33) })).toBe("The title has 66 bytes of at most 64.");
    expect(told("title", { title: "a\u202eb" })).toContain("no screen shows");
    expect(told("summary", { summary: "a\u200bb" })).toContain("no screen shows");
    expect(drafted({ summary: "two\n\tlines" }).terms).not.toBeNull();
  });

  it("an address: its bytes, that it leads somewhere, and that there is something to check", () => {
    const long = `https://example.org/${"a".repeat(108)}`;
    expect(drafted({ uri: long }).terms).not.toBeNull();
    expect(told("uri", { uri: `${long}a` })).toBe("The address has 129 bytes of at most 128.");
    expect(told("uri", { uri: "http://example.org" })).toContain("would start http:");
    expect(told("uri", { uri: "example" })).toContain("is no address");
    expect(told("uri", { summary: "" })).toContain("write a summary");
    expect(drafted({ uri: "ipfs://bafy" }).terms).not.toBeNull();
    expect(drafted({ uri: "" }).terms, "a hash alone is allowed").not.toBeNull();
    expect(drafted({ uri: "", summary: "" }).terms, "a title alone, too").not.toBeNull();
  });

  it("a recipient: an address, and not the treasury’s own", () => {
    const to = (recipient: string) => told("recipient", { toMe: false, recipient });
    expect(to("")).toBe("Say who receives it.");
    expect(to("me")).toContain("no address");
    for (const own of [TREASURY, key(4), key(5), key(6), SYSTEM_PROGRAM_ADDRESS]) {
      expect(to(own)).toContain("must be a person");
    }
    expect(told("recipient", {}, ground(), { ...people, visitor: null })).toContain("wallet");
  });

  it("an amount: more than nothing, of the token’s decimals, within the large limit", () => {
    expect(told("amount", { amount: "0" })).toContain("more than nothing");
    expect(told("amount", { amount: "1.005" })).toBe(
      "An amount in tUSD has 2\u00a0decimals at most; this has 3.",
    );
    expect(told("amount", { amount: "lots" })).toContain("no amount");
    expect(told("amount", { amount: "-5" })).toContain("no amount");
    const large = { duration: "90", checkpoints: "3" };
    expect(drafted({ ...large, amount: "2,000" }).terms).not.toBeNull();
    expect(told("amount", { ...large, amount: "2,000.01" })).toContain("2,000\u00a0tUSD at most");
  });

  it("a category that the policy has", () => {
    expect(drafted({ category: "1", duration: "90", checkpoints: "1" }).terms).not.toBeNull();
    expect(told("category", { category: "2" })).toContain("no such category");
    expect(told("category", { category: "" })).toContain("Choose");
  });

  it("a length within a day and 1,461, and long enough for its tier", () => {
    expect(drafted({ duration: "1" }).terms).not.toBeNull();
    expect(drafted({ duration: "1461" }).terms).not.toBeNull();
    for (const duration of ["0", "1462"]) {
      expect(told("duration", { duration })).toContain("from 1 day to 1,461 days");
    }
    expect(told("duration", { duration: "soon" })).toContain("no length");
    // A period, a whole course and the timelock: 30 + 24 + 4 days.
    const medium = { amount: "100.01", checkpoints: "1" };
    expect(drafted({ ...medium, duration: "58" }).terms).not.toBeNull();
    expect(told("duration", { ...medium, duration: "57" })).toContain(
      "A medium ask must stream for 58\u00a0d at least",
    );
    // Money at risk is judged one tier up.
    expect(told("duration", { category: "1", checkpoints: "1" })).toContain("A medium ask");
  });

  it("reviews: at most twelve, and enough for its tier", () => {
    expect(told("checkpoints", { checkpoints: "13" })).toContain("at most 12 reviews");
    expect(told("checkpoints", { checkpoints: "some" })).toContain("no number of reviews");
    const large = { amount: "500.01", duration: "90" };
    expect(told("checkpoints", { ...large, checkpoints: "2" })).toBe(
      "A large ask needs 3\u00a0reviews; this one has 2.",
    );
    expect(drafted({ ...large, checkpoints: "3" }).terms).not.toBeNull();
  });

  it("a cliff that does not lie behind the end", () => {
    expect(drafted({ cliff: "30" }).terms).not.toBeNull();
    expect(drafted({ cliff: "" }).terms?.cliffSecs).toBe(0);
    expect(told("cliff", { cliff: "31" })).toContain("behind the stream");
    expect(told("cliff", { cliff: "x" })).toContain("no length");
  });

  it("a slot: while proposals are taken, outside of the last quarter, and not too many of one", () => {
    expect(told("slot", {}, ground(epochOf(), 2_000_000n))).toContain("No epoch takes proposals");
    expect(drafted({}, ground(epochOf({ entryCount: 23 }))).terms).not.toBeNull();
    const full = ground(epochOf({ entryCount: 24 }));
    expect(told("slot", {}, full)).toContain("24 of 32");
    const busy = (submittedEpoch: number, submittedCount: number): People => ({
      ...people,
      proposer: recordOf({ submittedEpoch, submittedCount }),
    });
    expect(told("slot", {}, ground(), busy(3, 3))).toContain("3\u00a0proposals");
    expect(drafted({}, ground(), busy(3, 2)).terms).not.toBeNull();
    expect(drafted({}, ground(), busy(2, 3)).terms, "another epoch’s").not.toBeNull();
  });
});

describe("the bar", () => {
  const ask = { amount: 100n, cumulative: 100n, category: 0, durationSecs: 90 * DAY };
  const tier = (change: object) =>
    barOf(ground(), { ...ask, checkpoints: 3, weakRecord: false, ...change }).tier;

  it("follows the sum, the class and the record, up to none", () => {
    expect(tier({ cumulative: 10_000n })).toBe(Tier.Small);
    expect(tier({ cumulative: 10_001n })).toBe(Tier.Medium);
    expect(tier({ cumulative: 50_001n })).toBe(Tier.Large);
    expect(tier({ cumulative: 200_001n })).toBeNull();
    expect(tier({ category: 1 })).toBe(Tier.Medium);
    expect(tier({ category: 1, weakRecord: true })).toBe(Tier.Large);
    expect(tier({ category: 1, weakRecord: true, cumulative: 60_000n })).toBe(Tier.Large);
  });

  it("says why it is lifted", () => {
    const { lifted } = barOf(ground(), {
      ...ask,
      cumulative: 300n,
      category: 1,
      checkpoints: 0,
      weakRecord: true,
    });
    expect(lifted).toHaveLength(3);
    expect(lifted[0]).toContain("3\u00a0tUSD in all");
  });

  it("counts what a recipient has accepted in this epoch, and no other", () => {
    const epoch = epochOf({ entryCount: 1, slate: [entryOf({ recipientAsk: 700n })] });
    expect(acceptedBy(recordOf({ acceptedEpoch: 3, leader: 0 }), epoch)).toBe(700n);
    expect(acceptedBy(recordOf({ acceptedEpoch: 2, leader: 0 }), epoch)).toBe(0n);
    expect(acceptedBy(null, epoch)).toBe(0n);
    const read = readAsk(SOUND, ground(epoch), VISITOR);
    const recipient = recordOf({ acceptedEpoch: 3, leader: 0 });
    expect(askOf(read, ground(epoch), recipient)?.cumulative).toBe(10_700n);
  });

  it("takes a missed update for a review of nothing", () => {
    const epoch = epochOf();
    expect(isWeak(recordOf({ scored: 1, scoreSum: 5_000 }), epoch)).toBe(false);
    expect(isWeak(recordOf({ scored: 1, scoreSum: 4_999 }), epoch)).toBe(true);
    expect(isWeak(recordOf({ scored: 1, scoreSum: 9_000, missedUpdates: 1 }), epoch)).toBe(true);
    expect(isWeak(recordOf(), epoch)).toBe(false);
  });
});

describe("what a slot takes", () => {
  it("doubles with every quarter, and leaves the last one to acts", () => {
    const at = (entryCount: number) => ({ epoch: epochOf({ entryCount }) });
    expect(price(at(0))).toEqual({ fee: 500n, bond: 5_000n });
    expect(price(at(8)).fee).toBe(1_000n);
    expect(price(at(24)).fee).toBe(4_000n);
    expect([0, 23, 24, 30].map((count) => slotsLeft(at(count)))).toEqual([24, 1, 0, 0]);
  });
});

describe("while nothing can be proposed", () => {
  it("an ask is assessed by the next epoch as it would open today", () => {
    const settled = epochOf({ settledAt: 3_000_000n });
    const policy = policyOf({ budget: { ...policyOf().budget, epochCapBps: 500 } });
    const treasury = treasuryOf({ policy, committed: 200_000n });
    const next = groundOf(treasury, TREASURY, settled, 3_000_001n, UNITS);
    expect(next.open).toBe(false);
    expect(next.epoch).toMatchObject({
      index: 4,
      entryCount: 0,
      freeAtOpen: 800_000n,
      cap: 40_000n,
      askLimits: [8_000n, 40_000n, 160_000n],
    });
    expect(next.epoch.categoryCaps.slice(0, 2)).toEqual([40_000n, 12_000n]);
    const found = state.funding.assessAsk(
      next.treasury,
      next.epoch,
      { amount: 1_000n, category: 0, recipientAwarded: 0n },
      next.now,
    );
    expect(found.refused).toBeNull();
  });

  it("what the present vote would award is taken off", () => {
    const entry = entryOf({ amount: 9_000n, recipientAsk: 9_000n, for: 5_000n, flags: 1 });
    const voting = epochOf({ entryCount: 1, slate: [entry] });
    const next = ground(voting, 2_100_000n);
    expect(next.open).toBe(false);
    expect(next.epoch.freeAtOpen).toBe(991_000n);
    expect(next.treasury.outflow[3]).toBe(9_000n);
  });
});

describe("parts", () => {
  it("are equal in time, and their amounts sum exactly", () => {
    const parts = partsOf(100n, 90 * DAY, 2);
    expect(parts.map(({ amount }) => amount)).toEqual([33n, 33n, 34n]);
    expect(parts.map(({ toSecs }) => toSecs / DAY)).toEqual([30, 60, 90]);
    for (let reviews = 0; reviews <= 12; reviews += 1) {
      const all = partsOf(999_999_937n, 91 * DAY + 7, reviews);
      expect(all).toHaveLength(reviews + 1);
      expect(all.reduce((sum, { amount }) => sum + amount, 0n)).toBe(999_999_937n);
      expect(all.at(-1)?.toSecs).toBe(91 * DAY + 7);
    }
  });
});

describe("the metadata file", () => {
  const form = {
    title: " Docs ",
    summary: "One.\r\n\r\n Two. ",
    deliverables: "a\n\nb ",
    links: "https://example.org",
    uri: "",
  };

  it("is the same bytes for the same words: keys in order, a newline at the end", () => {
    expect(metadataOf(form, "ask")).toBe(
      '{\n  "deliverables": [\n    "a",\n    "b"\n  ],\n  "kind": "ask",\n  "links": [\n    "https://example.org"\n  ],\n  "summary": "One.\\nTwo.",\n  "title": "Docs"\n}\n',
    );
    const text = metadataOf(form, "ask") ?? "";
    const keys = Object.keys(JSON.parse(text));
    expect(keys).toEqual([...keys].sort());
    const other = { ...form, title: "Docs", summary: "One.\nTwo." };
    expect(metadataOf(other, "ask"), "spaces at the ends change nothing").toBe(text);
    expect(metadataOf({ ...form, uri: "https://x.example" }, "ask"), "nor where it lies").toBe(
      text,
    );
  });

  it("there is none for a title alone, and no money in any", () => {
    expect(metadataOf({ ...form, summary: " ", deliverables: "", links: "\n" }, "ask")).toBeNull();
    const text = metadataOf(SOUND, "ask") ?? "";
    expect(text).not.toMatch(/amount|recipient|category|100/);
  });

  it("has the hash of its bytes, and zeros where there is none", async () => {
    // FIPS 180-2, appendix B.1.
    const known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(hex(await hashOf("abc"))).toBe(known);
    expect(hex(await hashOf(null))).toBe("00".repeat(32));
  });

  it("has a name that every server takes", () => {
    expect(fileName("Résumé: the 2nd!")).toBe("resume-the-2nd.json");
    expect(fileName("日本")).toBe("proposal.json");
    expect(fileName(`${"a".repeat(39)} b`)).toBe(`${"a".repeat(39)}.json`);
  });
});

describe("small things", () => {
  it("bytes and days", () => {
    expect(bytesOf("aé日😀")).toBe(1 + 2 + 3 + 4);
    expect(daysToSecs(" 90 days ")).toBe(90 * DAY);
    expect(daysToSecs("90d")).toBe(90 * DAY);
    for (const text of ["", "1.5", "-1", "1e3", "123456"]) expect(daysToSecs(text)).toBeNull();
  });

  it("what was kept comes back, and nothing else with it", () => {
    const kept = { ...SOUND, title: 5, toMe: "yes", extra: "x", recipient: "abc" };
    const back = revive(EMPTY_ASK, JSON.parse(JSON.stringify(kept)));
    expect(back).toEqual({ ...SOUND, title: "", toMe: true, recipient: "abc" });
    for (const odd of [null, 7, "x", [], { __proto__: { title: "x" } }]) {
      expect(revive(EMPTY_ASK, odd)).toEqual(EMPTY_ASK);
    }
  });
});
