import { type Ballot, type BudgetEvent, Choice, packBallot } from "@community-budget/client";
import { describe, expect, it } from "vitest";

import {
  type Member,
  delegates,
  electorate,
  fewWho,
  fewest,
  giniBps,
  groupsOf,
  hands,
  lorenz,
  nakamoto,
  placeOf,
  rewardsOf,
  streaks,
  top,
  turnouts,
  voted,
  withEvents,
} from "../src/lib/participation";
import { OTHER, TREASURY, epochOf, key, policyOf, stakeOf } from "./draft.samples";

const EPOCH = 3;
const NEVER = 2 ** 32 - 1;

function ballotOf(number: number, weight: bigint, change: Partial<Ballot> = {}): Ballot {
  return {
    discriminator: new Uint8Array(0),
    version: 1,
    bump: 0,
    byDelegate: 0,
    reservedFlags: new Uint8Array(0),
    tokensBps: 10_000,
    reserved: new Uint8Array(0),
    epoch: TREASURY,
    owner: key(number),
    rentPayer: key(number),
    weight,
    choices: packBallot([
      [0, Choice.For],
      [5, Choice.Abstain],
    ]),
    ...change,
  };
}

const member = (number: number, weight: bigint, change: Partial<Member> = {}): Member => ({
  owner: key(number),
  delegate: null,
  weight,
  took: "not",
  covered: 0,
  streak: 0,
  lockSecs: 0,
  ...change,
});

describe("electorate", () => {
  it("is sorted by weight, and leaves out who has none", () => {
    const stakes = [stakeOf(1, 5n), stakeOf(2, 0n), stakeOf(3, 9n)];
    const found = electorate(stakes, [], EPOCH, 3);
    expect(found.map(({ owner }) => owner)).toEqual([key(3), key(1)]);
  });

  it("takes the power that counted when voting opened, and a voter’s weight of the first cast", () => {
    const frozen = stakeOf(1, 500n, { frozenEpoch: EPOCH, frozenWeight: 20n });
    const gone = stakeOf(2, 1n);
    const found = electorate([frozen, gone], [ballotOf(2, 70n)], EPOCH, 3);
    expect(found.map(({ weight }) => weight)).toEqual([70n, 20n]);
    expect(electorate([frozen], [], EPOCH + 1, 3)[0]?.weight).toBe(500n);
  });

  it("tells whose hand a ballot was", () => {
    const noted = { participationLatest: EPOCH, participation: [0, 0, 0, 1, 0, 0, 0, 0] };
    const stakes = [
      stakeOf(1, 6n),
      stakeOf(2, 5n),
      stakeOf(3, 4n),
      stakeOf(4, 3n, noted),
      stakeOf(5, 2n),
    ];
    const ballots = [
      ballotOf(1, 6n),
      ballotOf(2, 5n, { byDelegate: 1 }),
      ballotOf(3, 4n, { choices: new Uint8Array(4) }),
    ];
    const found = electorate(stakes, ballots, EPOCH, 3);
    expect(found.map(({ took }) => took)).toEqual([
      "owner",
      "delegate",
      "retracted",
      "somebody",
      "not",
    ]);
    expect(found.map(voted)).toEqual([true, true, false, true, false]);
    expect(found.map(({ covered }) => covered)).toEqual([2, 2, 0, 0, 0]);
  });

  it("counts a streak over the settled epochs alone, and no further back than eight", () => {
    const all = stakeOf(1, 1n, { participationLatest: 9, participation: new Array(8).fill(1) });
    const streak = (settled: number, of = all) => electorate([of], [], 20, settled)[0]?.streak;
    expect(streak(10)).toBe(8);
    expect(streak(9)).toBe(7);
    expect(streak(12)).toBe(6);
    expect(streak(3, stakeOf(1, 1n, { participationLatest: NEVER }))).toBe(0);
  });
});

describe("concentration", () => {
  it("Gini: equals are 0, one with everything comes close to 1", () => {
    expect(giniBps([7n, 7n, 7n])).toBe(0n);
    expect(giniBps([0n, 0n, 0n, 100n])).toBe(7_500n);
    expect(giniBps([1n, 3n])).toBe(2_500n);
    expect(giniBps([])).toBe(0n);
    expect(giniBps([0n])).toBe(0n);
  });

  it("Gini does not depend on the order or the unit", () => {
    const weights = [5n, 1n, 22n, 9n, 9n];
    const large = weights.map((weight) => weight * 10n ** 15n).reverse();
    expect(giniBps(large)).toBe(giniBps(weights));
  });

  it("Nakamoto: the fewest with more than half, and half is not more", () => {
    expect(nakamoto([50n, 30n, 20n])).toBe(2);
    expect(nakamoto([51n, 29n, 20n])).toBe(1);
    expect(nakamoto([1n, 1n, 1n, 1n])).toBe(3);
    expect(nakamoto([])).toBeNull();
    expect(fewest([3n, 4n], 8n)).toBeNull();
  });

  it("the top is that of the heaviest, whatever the order", () => {
    expect(top([1n, 9n, 5n], 2)).toBe(14n);
    expect(top([1n], 10)).toBe(1n);
  });

  it("Lorenz begins at nobody, ends at everybody, and never falls", () => {
    const points = lorenz([1n, 1n, 8n, 10n]);
    expect(points).toEqual([
      { holdersBps: 0, weightBps: 0 },
      { holdersBps: 2_500, weightBps: 500 },
      { holdersBps: 5_000, weightBps: 1_000 },
      { holdersBps: 7_500, weightBps: 5_000 },
      { holdersBps: 10_000, weightBps: 10_000 },
    ]);
    const many = lorenz(Array.from({ length: 997 }, (_, at) => BigInt(at)));
    expect(many).toHaveLength(51);
    expect(many.at(-1)).toEqual({ holdersBps: 10_000, weightBps: 10_000 });
    const falls = many.some(({ weightBps }, at) => weightBps < (many[at - 1]?.weightBps ?? 0));
    expect(falls).toBe(false);
    expect(lorenz([])).toEqual([{ holdersBps: 0, weightBps: 0 }]);
  });

  it("says how few pass, block and force a large ask", () => {
    // Of 100: the quorum is 20, approval 66.67 %. Against all others a force needs 67.
    const weights = [15n, 15n, 14n, 14n, 14n, 14n, 14n];
    expect(fewWho(weights, epochOf())).toEqual({ passLarge: 2, half: 4, force: 5, block: 3 });
    // With a quorum of half, four are needed where nobody opposes.
    const policy = policyOf();
    const strict = policyOf({
      tiers: {
        ...policy.tiers,
        maxQuorumBps: 5_000,
        rules: policy.tiers.rules.map((rule) => ({ ...rule, quorumBps: 5_000 })),
      },
    });
    expect(fewWho(weights, epochOf({ policy: strict })).passLarge).toBe(4);
  });

  it("counts what is delegated with the delegate", () => {
    const members = [
      member(1, 5n),
      member(2, 3n, { delegate: key(1) }),
      member(3, 2n, { delegate: key(9) }),
    ];
    expect(hands(members).sort()).toEqual([2n, 8n]);
  });
});

describe("turnout", () => {
  it("of five groups of equal number, lightest first, by head and by weight", () => {
    const members = Array.from({ length: 12 }, (_, at) =>
      member(at + 1, BigInt(at + 1), { took: at >= 10 ? "owner" : "not" }),
    );
    const groups = groupsOf(members);
    expect(groups.map((group) => group.members)).toEqual([2, 2, 3, 2, 3]);
    expect(groups.map(({ from, to }) => [from, to])).toEqual([
      [1n, 2n],
      [3n, 4n],
      [5n, 7n],
      [8n, 9n],
      [10n, 12n],
    ]);
    expect(groups.map(({ voters }) => voters)).toEqual([0, 0, 0, 0, 2]);
    expect(groups.at(-1)).toMatchObject({ weight: 33n, votedWeight: 23n });
    expect(groupsOf([]).length).toBe(0);
    expect(groupsOf([member(1, 1n)]).length).toBe(1);
  });

  it("is exact of open epochs, and of closed ones what stakes remember", () => {
    const settled = epochOf({ index: 2, settledAt: 5n, electorate: 80n, turnout: 40n });
    const present = epochOf({ turnout: 30n, ballotCount: 7n });
    const stakes = [
      stakeOf(1, 1n, { participationLatest: 1, participation: [1, 1, 0, 0, 0, 0, 0, 0] }),
      stakeOf(2, 1n, { participationLatest: 1, participation: [0, 1, 0, 0, 0, 0, 0, 0] }),
    ];
    const found = turnouts([settled, present], stakes, 3, 100n);
    expect(found[3]).toEqual({
      index: 3,
      weight: { cast: 30n, of: 100n },
      ballots: 7n,
      remembered: null,
    });
    expect(found[2]?.weight).toEqual({ cast: 40n, of: 80n });
    expect(found[1]).toEqual({ index: 1, weight: null, ballots: null, remembered: 2 });
    expect(found[0]?.remembered).toBe(1);
    expect(turnouts([], stakes, 12, 1n)[1]?.remembered, "too long ago").toBeNull();
  });

  it("of closed epochs is what the program logged, as far as it is read", () => {
    const [at, other] = [key(30), key(31)];
    const closed = turnouts([], [], 1, 1n);
    const cast = (epoch: typeof at, turnout: bigint): BudgetEvent => ({
      name: "VoteCast",
      data: {
        seq: 1n,
        epoch,
        owner: OTHER,
        byDelegate: false,
        weight: 1n,
        turnout,
        votingClosesAt: 0n,
      },
    });
    const settled: BudgetEvent = {
      name: "EpochSettled",
      data: {
        seq: 1n,
        epoch: at,
        electorate: 90n,
        passing: 0,
        funded: 0,
        approved: 0,
        allocated: 0n,
        settledAt: 0n,
        committed: 0n,
      },
    };
    const found = (events: readonly BudgetEvent[]) => withEvents(closed, events, [at, other])[0];
    expect(found([settled]), "ballots may lie further back").toMatchObject({ weight: null });
    expect(found([settled, cast(at, 40n), cast(other, 80n), cast(at, 30n)])).toEqual({
      index: 0,
      weight: { cast: 40n, of: 90n },
      ballots: null,
      remembered: 0,
    });
    const opened: BudgetEvent = {
      name: "EpochOpened",
      data: {
        seq: 1n,
        treasury: TREASURY,
        epoch: at,
        index: 0,
        cap: 0n,
        rewardPool: 0n,
        freeAtOpen: 0n,
        votingOpensAt: 0n,
        votingClosesAt: 0n,
        votingHardEndAt: 0n,
      },
    };
    expect(found([settled, opened]), "nobody voted").toMatchObject({
      weight: { cast: 0n, of: 90n },
      ballots: 0n,
    });
    expect(found([settled, cast(at, 40n), opened])?.ballots).toBe(1n);
    expect(found([cast(at, 40n)])?.weight, "of how much is not known").toBeNull();
  });

  it("streaks are counted from none to all of the settled epochs", () => {
    const members = [member(1, 1n, { streak: 2 }), member(2, 1n, { streak: 2 }), member(3, 1n)];
    expect(streaks(members, 2)).toEqual([1, 0, 2]);
    expect(streaks(members, 40)).toHaveLength(9);
    expect(streaks([member(1, 1n)], 0)).toEqual([1]);
  });
});

describe("delegation", () => {
  it("sums what is in each hand, and what became of it", () => {
    const members = [
      member(1, 5n, { delegate: key(9), took: "delegate" }),
      member(2, 3n, { delegate: key(9), took: "owner" }),
      member(3, 2n, { delegate: key(9), took: "somebody" }),
      member(4, 50n, { delegate: key(8) }),
      member(5, 9n, { delegate: key(5), took: "owner" }),
      member(6, 70n),
    ];
    expect(delegates(members)).toEqual([
      { delegate: key(8), owners: 1, weight: 50n, cast: 0n, inPerson: 0n, forgotten: 0n },
      { delegate: key(9), owners: 3, weight: 10n, cast: 5n, inPerson: 3n, forgotten: 2n },
    ]);
  });
});

describe("rewards", () => {
  it("rounds the gate up, and asks for one entry at least", () => {
    const epoch = epochOf({ rewardPool: 2_050n, rewardsPaid: 50n, votableCount: 5 });
    expect(rewardsOf(epoch)).toEqual({
      pool: 2_050n,
      paid: 50n,
      left: 2_000n,
      perPercent: 20n,
      gate: 3,
      votable: 5,
    });
    expect(rewardsOf(epochOf({ votableCount: 0 })).gate).toBe(1);
  });
});

describe("the visitor’s place", () => {
  it("is the rank and the share of all weight", () => {
    const members = [member(1, 6n), member(2, 3n), member(3, 1n)];
    expect(placeOf(members, key(2))).toEqual({ member: members[1], rank: 2, shareBps: 3_000n });
    expect(placeOf(members, OTHER)).toBeNull();
  });
});
