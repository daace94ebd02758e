/** What needs the visitor: each matter when it is due, and not a second sooner or later. */

import type { Address } from "@solana/kit";
import {
  ActionKind,
  type Ballot,
  Choice,
  type Entry,
  EntryFlags,
  type Epoch,
  Outcome,
  type Proposal,
  type Stake,
  type Stream,
  type Treasury,
  packBallot,
} from "@community-budget/client";
import {
  getProposalDecoder,
  getVoteRecordDecoder,
} from "@community-budget/client/src/generated/accounts";
import { describe, expect, it } from "vitest";

import { plain } from "../src/activity/parts";
import { type Matter, type Scene, type You, mattersOf } from "../src/lib/attention";
import { epoch, key, stake, stream, treasury } from "./made";

const ME = key(20);
const OTHER = key(21);
const HOME = key(1);
const NEVER = 2 ** 32 - 1;
const unit = (symbol: string) => ({ symbol, decimals: 0 });
const speech = { budget: unit("USD"), stake: unit("HARB"), nameOf: (who: Address) => who };

/** Everything, as text. */
const told = (matter: Matter) => plain(matter.words, speech).replace(/[\u00a0\u202f]/g, " ");

/** Voting from 10 to 20 in epoch 1, with all weight 1,000 frozen. */
function books(part: Partial<Treasury> = {}): Treasury {
  const zero = treasury();
  const schedule = { ...zero.policy.schedule, periodSecs: 1_000, executionGraceSecs: 100 };
  const rules = zero.policy.tiers.rules.map((rule) => ({ ...rule, timelockSecs: 30 }));
  const policy = { ...zero.policy, schedule, tiers: { ...zero.policy.tiers, rules } };
  return treasury({
    epochCount: 2,
    epochActive: 1,
    votingOpensAt: 10n,
    lastOpenedAt: 0n,
    frozenEpoch: 1,
    frozenTotal: 1_000n,
    totalWeight: 1_000n,
    tracked: 500n,
    highWater: 500n,
    bucketCapacity: 500n,
    bucketLevel: 500n,
    policy,
    inForce: { ...policy, breaker: { ...policy.breaker, outflowWindowSecs: 10 } },
    ...part,
  });
}

const ASK: Partial<Entry> = { amount: 10n, flags: EntryFlags.Accepted };

function voting(part: Partial<Epoch> = {}, slate: readonly Partial<Entry>[] = [ASK, ASK, ASK]) {
  const zero = epoch(slate, { index: 1, votableCount: slate.length, rewardPool: 100n, ...part });
  const own = books().policy;
  const budget = { ...own.budget, participationGateBps: 5_000 };
  return { ...zero, policy: { ...own, budget } };
}

function ballot(chosen: number, part: Partial<Ballot> = {}): Ballot {
  const record = getVoteRecordDecoder().decode(new Uint8Array(200));
  const marks = Array.from({ length: chosen }, (_, at) => [at, Choice.For] as const);
  return { ...record, owner: ME, weight: 250n, choices: packBallot(marks), ...part };
}

function you(part: Partial<You> = {}): You {
  return {
    address: ME,
    stake: null,
    ballot: null,
    lastBallot: null,
    stakes: null,
    voters: null,
    ...part,
  };
}

function scene(part: Partial<Scene> = {}): Scene {
  return {
    now: 15n,
    treasury: books(),
    epoch: voting(),
    epochs: [],
    proposals: new Map(),
    streams: [],
    titleOf: () => null,
    you: null,
    ...part,
  };
}

const ids = (part: Partial<Scene>) => mattersOf(scene(part)).map(({ id }) => id);

function only(part: Partial<Scene>): Matter {
  const [first, ...others] = mattersOf(scene(part));
  if (first === undefined || others.length > 0) {
    throw new Error(`not one matter but ${others.length + (first === undefined ? 0 : 1)}`);
  }
  return first;
}

const staking = (part: Partial<Stake> = {}) =>
  stake({ owner: ME, weight: 200n, frozenEpoch: 1, frozenWeight: 250n, amount: 100n, ...part });

describe("a ballot", () => {
  it("is missed while voting is open, with the weight it would have", () => {
    const matter = only({ you: you({ stake: staking(), ballot: "none" }) });
    expect(told(matter)).toBe("You have not voted; your weight is 25 % of all.");
    expect(matter).toMatchObject({ who: "you", when: "until", at: 20n });
    expect(matter.route).toEqual({ page: "ballot" });
  });

  it("is not missed before, afterwards, without power, or while nothing is known of it", () => {
    const mine = you({ stake: staking(), ballot: "none" });
    expect(ids({ now: 9n, you: mine })).toEqual([]);
    expect(ids({ now: 20n, you: mine })).toEqual(["settle"]);
    expect(ids({ you: you({ stake: staking({ frozenWeight: 0n }), ballot: "none" }) })).toEqual([]);
    expect(ids({ you: you({ stake: staking(), ballot: null }) })).toEqual([]);
    expect(ids({ you: you({ stake: null, ballot: "none" }) })).toEqual([]);
  });

  it("below the reward's gate is said with what it would earn; at the gate it is done", () => {
    // Half of three entries, rounded up, is two. 100 * 250 / 1,000 = 25.
    const matter = only({ you: you({ stake: staking(), ballot: ballot(1) }) });
    expect(told(matter)).toBe(
      "Your ballot covers 1 of 3 entries; from 2 on it earns 25 USD, whatever you choose.",
    );
    expect(ids({ you: you({ stake: staking(), ballot: ballot(2) }) })).toEqual([]);
    const free = voting({ rewardPool: 0n });
    expect(ids({ epoch: free, you: you({ stake: staking(), ballot: ballot(1) }) })).toEqual([]);
  });

  it("without a choice counts for nothing, and is said so", () => {
    expect(ids({ you: you({ stake: staking(), ballot: ballot(0) }) })).toEqual(["ballot-empty"]);
  });
});

describe("a delegate", () => {
  const named = staking({ owner: OTHER, delegate: ME });
  const list = [named, staking({ owner: key(22), delegate: ME }), staking({ delegate: ME })];

  it("is told of those who named it and have no ballot, and of their weight", () => {
    const own = you({ stakes: list, voters: new Set([key(22)]) });
    const matter = only({ you: own });
    expect(told(matter)).toBe(
      "1 holder who named you as delegate has no ballot yet: 25 % of all weight.",
    );
    expect(matter.at).toBe(20n);
  });

  it("is told nothing before all ballots are read, and once all are cast", () => {
    expect(ids({ you: you({ stakes: list, voters: null }) })).toEqual([]);
    expect(ids({ you: you({ stakes: list, voters: new Set([OTHER, key(22)]) }) })).toEqual([]);
  });
});

describe("an award", () => {
  function proposal(recipient: Address): Proposal {
    const zero = getProposalDecoder().decode(new Uint8Array(1_024));
    const terms = {
      action: {
        __kind: "Award" as const,
        fields: [
          { category: 0, checkpoints: 0, recipient, amount: 10n, durationSecs: 9, cliffSecs: 0 },
        ] as const,
      },
      metadataHash: new Uint8Array(32),
      title: "Paint the pier",
      metadataUri: "",
    };
    return { ...zero, index: 0, terms };
  }
  const before = {
    now: 9n,
    epoch: voting({}, [{ ...ASK, flags: 0 }]),
    proposals: new Map([[0, proposal(ME)]]),
    you: you(),
  };

  it("waits for its recipient until voting opens", () => {
    const matter = only(before);
    expect(told(matter)).toBe(
      "“Paint the pier” would pay you 10 USD; nobody can vote on it before you accept.",
    );
    expect(matter).toMatchObject({ at: 10n, route: { page: "proposal", index: 1, entry: 0 } });
  });

  it("waits for nobody else, and not once accepted, withdrawn or too late", () => {
    expect(ids({ ...before, proposals: new Map([[0, proposal(OTHER)]]) })).toEqual([]);
    expect(ids({ ...before, epoch: voting({}, [ASK]) })).toEqual([]);
    const withdrawn = voting({}, [{ ...ASK, flags: 0, outcome: Outcome.Withdrawn }]);
    expect(ids({ ...before, epoch: withdrawn })).toEqual([]);
    expect(ids({ ...before, now: 10n })).toEqual([]);
  });
});

/** From 0 to 100, with one checkpoint at 50; updates within 20 seconds, verdicts within 10. */
function running(part: Partial<Stream> = {}) {
  const data = stream({
    treasury: HOME,
    recipient: ME,
    total: 100n,
    rest: 100n,
    durationSecs: 100,
    checkpoints: 1,
    windowSecs: 20,
    graceSecs: 10,
    rulingEpoch: NEVER,
    ...part,
  });
  return [{ address: key(5), data }] as unknown as Scene["streams"];
}

/** A scene without an epoch. */
const idle = { epoch: null, treasury: books({ epochActive: 0, lastOpenedAt: 1_000n }) };

describe("a stream", () => {
  it("that has released money is claimed", () => {
    const matter = only({ ...idle, now: 30n, streams: running(), you: you() });
    expect(told(matter)).toBe("30 USD of your streams can be claimed now.");
    expect(matter).toMatchObject({ at: null, route: { page: "stream", index: 0, entry: 0 } });
    expect(ids({ ...idle, now: 30n, streams: running({ withdrawn: 30n }), you: you() })).toEqual(
      [],
    );
    expect(ids({ ...idle, now: 30n, streams: running({ recipient: OTHER }), you: you() })).toEqual(
      [],
    );
  });

  it("that was paid a moment after the minute that is looked at is no matter", () => {
    const paid = running({ withdrawn: 31n });
    expect(ids({ ...idle, now: 30n, streams: paid, you: you() })).toEqual([]);
  });

  it("pays no more than the outflow limit lets it", () => {
    const limited = books({ epochActive: 0, lastOpenedAt: 1_000n, bucketLevel: 0n, bucketAt: 30n });
    const slow = { ...limited.inForce.breaker, maxPayoutDelaySecs: 20 };
    const own = { ...limited, inForce: { ...limited.inForce, breaker: slow } };
    const matter = only({ epoch: null, treasury: own, now: 30n, streams: running(), you: you() });
    // What was released 20 seconds ago is paid all the same.
    expect(told(matter)).toBe("10 USD of your streams can be claimed now.");
  });

  it("asks for its update from the checkpoint on, and says when it is too late", () => {
    const paid = running({ withdrawn: 50n });
    const before = running({ withdrawn: 49n });
    expect(ids({ ...idle, now: 49n, streams: before, you: you() })).toEqual([]);
    const due = only({ ...idle, now: 50n, streams: paid, you: you() });
    expect(due).toMatchObject({ id: "update-0-0-0", when: "until", at: 70n, who: "you" });
    expect(told(due)).toContain("it has come to checkpoint 1 of 1");
    const late = only({ ...idle, now: 70n, streams: paid, you: you() });
    expect(late).toMatchObject({ id: "update-0-0-0", when: "since", at: 70n, who: "you" });
  });

  it("without its update may be held by anybody else", () => {
    const paid = running({ withdrawn: 50n });
    expect(ids({ ...idle, now: 69n, streams: paid })).toEqual([]);
    expect(ids({ ...idle, now: 70n, streams: paid })).toEqual(["hold-0-0"]);
    // What was found at one moment says nothing of another.
    expect(ids({ ...idle, now: 69n, streams: paid })).toEqual([]);
    const named = { titleOf: () => "Paint the pier" };
    const matter = only({ ...idle, ...named, now: 70n, streams: paid });
    expect(matter).toMatchObject({ id: "hold-0-0", who: "anyone", at: 70n });
    expect(told(matter)).toContain("The update on “Paint the pier” did not come in time");
  });

  it("waits for the reviewer, and for nobody else, until it passes by itself", () => {
    const filed = running({ withdrawn: 50n, updateFiled: 1, updatedAt: 55n, recipient: OTHER });
    const own = books({ epochActive: 0, lastOpenedAt: 1_000n, reviewer: ME });
    const matter = only({ epoch: null, treasury: own, now: 60n, streams: filed, you: you() });
    expect(matter).toMatchObject({ id: "verdict-0-0-0", when: "until", at: 65n });
    expect(ids({ ...idle, now: 60n, streams: filed, you: you() })).toEqual([]);
    expect(ids({ epoch: null, treasury: own, now: 65n, streams: filed, you: you() })).toEqual([]);
  });

  it("that has paid everything may be closed, unless reviews are left", () => {
    const done = running({ withdrawn: 100n, checkpoints: 0 });
    expect(ids({ ...idle, now: 99n, streams: done })).toEqual(["close-streams"]);
    const left = running({ withdrawn: 100n, checkpoints: 0, openReviews: 1 });
    expect(ids({ ...idle, now: 99n, streams: left })).toEqual([]);
  });
});

describe("a stake", () => {
  it("is woken when dormant, and what has cooled down is withdrawn", () => {
    expect(ids({ ...idle, you: you({ stake: staking({ dormant: 1 }) }) })).toEqual(["dormant"]);
    const cooling = staking({ cooling: 7n, coolingUntil: 15n });
    const matter = only({ ...idle, now: 15n, you: you({ stake: cooling }) });
    expect(told(matter)).toBe("7 HARB have cooled down and can be withdrawn.");
    expect(ids({ ...idle, now: 14n, you: you({ stake: cooling }) })).toEqual([]);
  });
});

describe("a reward", () => {
  const past = voting({ index: 0, settledAt: 20n, electorate: 1_000n, voteRecordCount: 1n });
  it("is claimed for two periods after settlement", () => {
    const later = books({ epochActive: 0, lastOpenedAt: 9_000n });
    const own = {
      epoch: null,
      treasury: later,
      epochs: [past],
      you: you({ lastBallot: ballot(2) }),
    };
    const matter = only({ ...own, now: 2_019n });
    expect(told(matter)).toBe("You earned 25 USD by voting in epoch 0.");
    expect(matter.at).toBe(2_020n);
    expect(ids({ ...own, now: 2_020n })).toEqual([]);
    expect(ids({ ...own, now: 30n, you: you({ lastBallot: ballot(1) }) })).toEqual([]);
  });
});

/** Settled at 20, timelock 30, grace 100. */
function passed(part: Partial<Entry> = {}, more: Partial<Epoch> = {}): Epoch {
  const entry = { ...ASK, outcome: Outcome.Funded, ...part };
  return voting({ index: 0, settledAt: 20n, openProposals: 1, ...more }, [entry]);
}

describe("what passed", () => {
  it("may be vetoed by the guardian within the timelock", () => {
    const own = books({ epochActive: 0, lastOpenedAt: 1_000n, guardian: ME });
    const at = (now: bigint, one: Epoch) =>
      ids({ epoch: null, treasury: own, now, epochs: [one], you: you() });
    expect(at(49n, passed())).toEqual(["veto-0"]);
    expect(at(50n, passed())).toEqual(["execute-0"]);
    expect(at(49n, passed({ action: ActionKind.SetRole, outcome: Outcome.Approved }))).toEqual([]);
    expect(ids({ ...idle, now: 49n, epochs: [passed()], you: you() })).toEqual([]);
  });

  it("may be executed by anybody after it, and lapses after the grace", () => {
    const at = (now: bigint) => ids({ ...idle, now, epochs: [passed()] });
    expect([at(49n), at(50n), at(119n), at(120n)]).toEqual([
      [],
      ["execute-0"],
      ["execute-0"],
      ["lapse-0"],
    ]);
  });

  it("waits while breaker or pause block it, and its grace with it; a role does not wait", () => {
    const stopped = books({
      epochActive: 0,
      lastOpenedAt: 1_000n,
      standstillFrom: 40n,
      standstillUntil: 90n,
    });
    const at = (now: bigint, one: Epoch) =>
      ids({ epoch: null, treasury: stopped, now, epochs: [one] });
    expect(at(89n, passed())).toEqual([]);
    expect(at(90n, passed())).toEqual(["execute-0"]);
    expect(at(169n, passed())).toEqual(["execute-0"]);
    expect(at(170n, passed())).toEqual(["lapse-0"]);
    const role = passed({ action: ActionKind.SetRole, outcome: Outcome.Approved });
    expect(at(60n, role)).toEqual(["execute-0"]);
  });
});

describe("an epoch", () => {
  it("is settled by anybody once voting has closed", () => {
    expect(ids({ now: 19n })).toEqual([]);
    expect(only({ now: 20n })).toMatchObject({ id: "settle", who: "anyone", at: 20n });
  });

  it("is opened by anybody once the period is over, if its cap is enough", () => {
    const own = books({ epochActive: 0 });
    const enough = {
      ...own.policy,
      budget: { ...own.policy.budget, epochCapBps: 1_000, epochCapAbs: 40n, minCap: 40n },
    };
    const at = (now: bigint, policy: Treasury["policy"]) =>
      ids({ epoch: null, treasury: { ...own, policy }, now });
    expect(at(999n, enough)).toEqual([]);
    expect(at(1_000n, enough)).toEqual(["open"]);
    const active = { ...own, policy: enough, epochActive: 1 };
    expect(ids({ epoch: null, treasury: active, now: 1_000n })).toEqual([]);
    const least = { ...enough, budget: { ...enough.budget, minCap: 41n } };
    expect(at(1_000n, least)).toEqual([]);
  });

  it("is closed by anybody when nothing is left in it", () => {
    const past = voting({ index: 0, settledAt: 20n }, []);
    expect(ids({ ...idle, epochs: [past] })).toEqual(["close-epoch-0"]);
    expect(ids({ ...idle, epochs: [{ ...past, openProposals: 1 }] })).toEqual([]);
    expect(ids({ ...idle, epochs: [{ ...past, voteRecordCount: 1n }] })).toEqual([]);
    expect(ids({ ...idle, epochs: [{ ...past, settledAt: 0n }] })).toEqual([]);
  });
});

describe("a position", () => {
  /** Marked at 950, too old after 100 seconds; the next epoch opens at 1,000. */
  function held(position: Partial<Treasury["positions"][number]> = {}, markAgeSecs = 49) {
    const own = books({ riskReporter: ME });
    const positions = own.positions.map((one, at) =>
      at === 1 ? { ...one, cost: 5n, mark: 5n, markedAt: 950n, ...position } : one,
    );
    const risk = { ...own.inForce.risk, markAgeSecs };
    return { ...own, positions, inForce: { ...own.inForce, risk } };
  }

  it("is marked anew when its mark would be too old at the next opening", () => {
    const at = (own: Treasury) => ids({ treasury: own, now: 960n, epoch: null, you: you() });
    expect(at(held())).toEqual(["mark-1"]);
    expect(at(held({}, 50))).toEqual([]);
    expect(at(held({ reportedAt: 951n }))).toEqual([]);
    expect(at(held({ cost: 0n }))).toEqual([]);
    expect(at({ ...held(), riskReporter: OTHER })).toEqual([]);
  });
});

describe("the breaker", () => {
  it("is tripped by anybody while its condition holds", () => {
    const lost = (part: Partial<Treasury> = {}) => {
      const own = books({ highWater: 1_000n, ...part });
      const risk = { ...own.inForce.risk, maxDrawdownBps: 5_000 };
      return { ...own, inForce: { ...own.inForce, risk } };
    };
    expect(ids({ treasury: lost() })).toEqual([]);
    expect(ids({ treasury: lost({ highWater: 1_001n }) })).toEqual(["trip"]);
    expect(ids({ treasury: lost({ highWater: 1_001n, breakerRestsUntil: 16n }) })).toEqual([]);
    const tripped = { trippedAt: 1n, trippedUntil: 16n, tripOpen: 1 };
    expect(ids({ treasury: lost({ highWater: 1_001n, ...tripped }) })).toEqual([]);
  });
});

describe("the order", () => {
  it("is the visitor's own first, and what runs out soonest first", () => {
    const list = ids({
      now: 15n,
      streams: running({ durationSecs: 10 }),
      you: you({ stake: staking({ dormant: 1, cooling: 1n }), ballot: "none" }),
      epochs: [voting({ index: 0, settledAt: 1n }, [])],
    });
    expect(list[0]).toBe("ballot");
    expect(list.at(-1)).toBe("close-epoch-0");
    expect(list).toContain("dormant");
  });
});
