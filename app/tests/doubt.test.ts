/** Contradictions: every rule finds what it is for, and nothing in what is sound. */

import { Outcome } from "@community-budget/client";
import { describe, expect, it } from "vitest";

import { awaitingExecution } from "../src/lib/chain";
import * as doubt from "../src/lib/doubt";
import { epoch, key, stake, stream, treasury } from "./made";

const rules = (found: readonly doubt.Doubt[]) => found.map(({ rule }) => rule);

describe("a treasury", () => {
  it("may promise all that it has, and not a unit more", () => {
    const sound = treasury({ tracked: 100n, committed: 60n, reservedFunds: 40n });
    expect(doubt.ofTreasury(sound)).toEqual([]);
    expect(rules(doubt.ofTreasury({ ...sound, committed: 61n }))).toEqual(["treasury.promises"]);
    expect(rules(doubt.ofTreasury({ ...sound, reservedFunds: 41n }))).toEqual([
      "treasury.promises",
    ]);
  });
});

describe("a vault", () => {
  const [own, mint] = [key(1), key(2)];
  const sound = { mint, owner: own, amount: 10n };
  const rulesOf = (vault: doubt.Holding | null, booked = 10n) =>
    rules(doubt.ofVault("the vault", own, mint, booked, vault));

  it("holds at least what is booked, of the right token, for the treasury", () => {
    expect(rulesOf(sound)).toEqual([]);
    expect(rulesOf({ ...sound, amount: 11n })).toEqual([]);
    expect(rulesOf({ ...sound, amount: 9n })).toEqual(["the-vault.balance"]);
    expect(rulesOf({ ...sound, mint: key(3) })).toEqual(["the-vault.mint"]);
    expect(rulesOf({ ...sound, owner: key(3) })).toEqual(["the-vault.owner"]);
    expect(rulesOf(null)).toEqual(["the-vault.missing"]);
  });
});

describe("an epoch", () => {
  const slate = [{ for: 5n, against: 3n, abstain: 2n }];
  const books = { freeAtOpen: 100n, cap: 30n, allocated: 30n, executed: 30n };
  const sound = epoch(slate, { ...books, turnout: 10n, ballotCount: 2n, voteRecordCount: 2n });
  const rulesOf = (change: object, electorate: bigint | null = 10n) =>
    rules(doubt.ofEpoch({ ...sound, ...change }, electorate));

  it("has books that agree with each other", () => {
    expect(rulesOf({})).toEqual([]);
    expect(rulesOf({ cap: 101n })).toEqual(["slate.cap"]);
    expect(rulesOf({ cap: 29n })).toEqual(["slate.allocated"]);
    expect(rulesOf({ executed: 31n })).toEqual(["slate.executed"]);
  });

  it("has no more votes than voters", () => {
    expect(rulesOf({ turnout: 9n })).toEqual(["slate.tally"]);
    expect(rulesOf({}, 9n)).toEqual(["slate.turnout"]);
    expect(rulesOf({}, null)).toEqual([]);
    expect(rulesOf({ ballotCount: 3n })).toEqual(["slate.ballots"]);
    // Records are closed after the settlement, one after the other.
    expect(rulesOf({ ballotCount: 3n, settledAt: 40n })).toEqual([]);
  });

  it("has its times in order", () => {
    expect(rulesOf({ votingOpensAt: 20n })).toEqual(["slate.times"]);
    expect(rulesOf({ votingHardEndAt: 19n })).toEqual(["slate.times"]);
    expect(rulesOf({ openedAt: 11n })).toEqual(["slate.times"]);
  });

  it("does not count what lies behind its entries", () => {
    expect(rulesOf({ entryCount: 0, turnout: 0n })).toEqual([]);
  });
});

describe("streams", () => {
  const sound = stream({ treasury: key(1), total: 10n, withdrawn: 6n, returned: 4n });

  it("pay at most what was awarded, from one treasury", () => {
    expect(doubt.ofStream(sound, key(1))).toEqual([]);
    expect(rules(doubt.ofStream(sound, key(2)))).toEqual(["stream.treasury"]);
    expect(rules(doubt.ofStream({ ...sound, withdrawn: 7n }, key(1)))).toEqual(["stream.total"]);
  });

  it("add up to what the treasury has promised", () => {
    const running = stream({ total: 10n, withdrawn: 3n, returned: 1n });
    const funded = epoch([
      { amount: 5n, outcome: Outcome.Funded },
      { amount: 7n, outcome: Outcome.Executed },
      { amount: 9n, outcome: Outcome.Unfunded },
    ]);
    expect(doubt.outstanding([running, sound])).toBe(6n);
    expect(awaitingExecution(funded)).toBe(5n);
    const own = treasury({ committed: 11n });
    expect(doubt.ofStreams(own, [running, sound], 5n)).toEqual([]);
    expect(rules(doubt.ofStreams(own, [sound], 5n))).toEqual(["streams.sum"]);
    expect(rules(doubt.ofStreams(own, [running, running], 5n))).toEqual(["streams.sum"]);
  });
});

it("stakes add up to what the treasury holds", () => {
  const stakes = [stake({ amount: 5n, cooling: 1n }), stake({ amount: 2n })];
  expect(doubt.ofStakes(treasury({ staked: 8n }), stakes)).toEqual([]);
  expect(rules(doubt.ofStakes(treasury({ staked: 8n }), stakes.slice(1)))).toEqual(["stakes.sum"]);
});

it("a list has as many members as the chain counts", () => {
  expect(doubt.ofCount("the list of proposals", 3, 3)).toEqual([]);
  expect(doubt.ofCount("the list of proposals", 3, 3n)).toEqual([]);
  expect(doubt.ofCount("the list of proposals", 2, 3)).toEqual([
    {
      rule: "the-list-of-proposals.count",
      about: "the list of proposals",
      sentence: "The node lists 2, but the chain counts 3.",
    },
  ]);
});

describe("what two nodes are compared by", () => {
  it("changes with every figure of money and weight", () => {
    const books = doubt.moneyOf(treasury());
    for (const field of [
      "tracked",
      "committed",
      "reservedFunds",
      "staked",
      "bonded",
      "totalWeight",
    ] as const) {
      expect(doubt.moneyOf(treasury({ [field]: 1n })), field).not.toEqual(books);
    }
    const tally = doubt.tallyOf(epoch([{}]));
    for (const field of ["cap", "allocated", "executed", "turnout", "rewardPool"] as const) {
      expect(doubt.tallyOf(epoch([{}], { [field]: 1n })), field).not.toEqual(tally);
    }
    for (const field of ["for", "against", "abstain", "amount"] as const) {
      expect(doubt.tallyOf(epoch([{ [field]: 1n }])), field).not.toEqual(tally);
    }
  });

  it("is compared at the same event only, whichever side comes to it first", () => {
    const both = new doubt.Comparison();
    expect(both.note(0, 1n, [5n])).toBeNull();
    expect(both.note(1, 2n, [7n])).toBeNull();
    expect(both.note(1, 1n, [5n])).toBe(true);
    expect(both.note(0, 2n, [8n])).toBe(false);
    expect(both.note(0, 2n, [7n])).toBe(true);
  });

  it("is forgotten after a while", () => {
    const both = new doubt.Comparison();
    both.note(0, 0n, [1n]);
    for (let seq = 1n; seq <= 256n; seq += 1n) both.note(0, seq, [1n]);
    expect(both.note(1, 0n, [2n])).toBeNull();
    expect(both.note(1, 1n, [2n])).toBe(false);
  });
});
