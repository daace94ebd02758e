/** The rules applied to accounts, held against every case that the program's state decided. */

import { type Address, type ReadonlyUint8Array } from "@solana/kit";
import { describe, expect, it } from "vitest";

import type { Epoch } from "../src/accounts";
import {
  getBudgetEpochDecoder,
  getStakeDecoder,
  getStreamDecoder,
  getTreasuryDecoder,
} from "../src/generated/accounts";
import { getPolicyDecoder } from "../src/generated/types";
import { shareFloor } from "../src/rules/bps";
import { decodeSlate } from "../src/slate";
import * as epochs from "../src/state/epoch";
import { type BallotEffect, assessAsk, settleNow, withBallot } from "../src/state/funding";
import * as policies from "../src/state/policy";
import * as stakes from "../src/state/stake";
import * as streams from "../src/state/stream";
import * as treasuries from "../src/state/treasury";
import { RuleError } from "../src/rules/checked";
import { newPlan } from "../src/rules/stream";
import { Class } from "../src/rules/risk";
import { isOn, totalSecs } from "../src/rules/standstill";
import { type Json, answer, bytes, raw, revive, shown } from "./vectors";

const treasuryOf = (hex: string) => getTreasuryDecoder().decode(bytes(hex));
const streamOf = (hex: string) => getStreamDecoder().decode(bytes(hex));

function epochOf(hex: string): Epoch {
  const data: ReadonlyUint8Array = bytes(hex);
  return { ...getBudgetEpochDecoder().decode(data), slate: decodeSlate(data) };
}

function withoutDiscriminator<T extends { discriminator: unknown }>(account: T): Json {
  const { discriminator: _, ...rest } = account;
  return shown(rest);
}

describe("streams", () => {
  interface Look {
    now: string;
    stage: { is: Json };
    asOf: Json;
    released: string;
    claimable: string;
    overdue: string;
  }
  raw<{ data: string; delaySecs: number; looks: Look[] }>("streams").forEach((of, index) => {
    const stream = streamOf(of.data);
    of.looks.forEach((look) => {
      it(`stream ${index} at ${look.now}`, () => {
        const now = BigInt(look.now);
        expect(shown(streams.stageAt(stream, now))).toEqual(look.stage.is);
        expect(withoutDiscriminator(streams.asOf(stream, now))).toEqual(look.asOf);
        expect(shown(answer(() => streams.releasedAt(stream, now)))).toEqual(look.released);
        expect(shown(answer(() => streams.claimableAt(stream, now)))).toEqual(look.claimable);
        const overdue = answer(() => streams.overdueAt(stream, now, of.delaySecs));
        expect(shown(overdue)).toEqual(look.overdue);
      });
    });
  });

  interface Claims {
    treasury: string;
    address: Address;
    stream: string;
    claims: { now: string; pays: string }[];
  }
  raw<Claims>("claims").forEach((of, index) => {
    const treasury = { address: of.address, data: treasuryOf(of.treasury) };
    it(`claims ${index}`, () => {
      const pays = of.claims.map(({ now }) =>
        shown(streams.claimAt(treasury, streamOf(of.stream), BigInt(now))),
      );
      expect(pays).toEqual(of.claims.map((claim) => claim.pays));
    });
  });

  it("are paid by their own treasury only", () => {
    const [of] = raw<Claims>("claims");
    if (of === undefined) throw new Error("no claims");
    const address = "11111111111111111111111111111111";
    const treasury = { address, data: treasuryOf(of.treasury) };
    expect(() => streams.claimAt(treasury, streamOf(of.stream), 0n)).toThrow(RuleError);
  });

  it("that are never reduced pay their total", () => {
    const [of] = raw<{ data: string }>("streams");
    if (of === undefined) throw new Error("no streams");
    const stream = streamOf(of.data);
    expect(streams.paysInAll(stream)).toBe(stream.total);
    const { total, durationSecs, cliffSecs, checkpoints } = stream;
    expect(streams.plan(stream)).toEqual(newPlan(total, durationSecs, cliffSecs, checkpoints));
  });
});

describe("stakes", () => {
  interface Case {
    treasury: string;
    stake: string;
    now: bigint;
    index: number;
    more: bigint;
    less: bigint;
    lockSecs: number;
    voters: Address[];
  }
  raw<Record<string, Json>>("stakes").forEach((stored, index) => {
    const of = revive(stored) as Case;
    it(`stake ${index}`, () => {
      const treasury = treasuryOf(stored["treasury"] as string);
      const stake = getStakeDecoder().decode(bytes(stored["stake"] as string));
      const at = treasuries.moment(treasury, of.now);
      const computed = shown({
        power: stakes.powerIn(stake, of.index),
        electorate: treasuries.electorate(treasury, of.index),
        votingOpened: treasuries.votingOpened(treasury, of.now),
        settledEpochs: treasuries.settledEpochs(treasury),
        currentEpoch: treasuries.currentEpoch(treasury),
        tripped: treasuries.isTripped(treasury, of.now),
        standing: treasuries.standing(treasury, 1_000n, of.now),
        blocked: isOn(treasuries.standstill(treasury), of.now),
        standstillSecs: totalSecs(treasuries.standstill(treasury), of.now),
        weight: answer(() => stakes.weightAt(stake, at)),
        weightOfMore: answer(() => stakes.weightIf(stake, at, { amount: of.more })),
        weightOfLess: answer(() => stakes.weightIf(stake, at, { amount: of.less })),
        weightLocked: answer(() => stakes.weightIf(stake, at, { lockSecs: of.lockSecs })),
        mayVote: of.voters.map((voter) => stakes.mayVote(stake, voter)),
      });
      expect(stored).toMatchObject(computed as object);
    });
  });
});

describe("epochs", () => {
  interface Case {
    phases: { now: bigint; is: string }[];
    weight: bigint;
    covered: { entries: number; reward: bigint }[];
    standstillSecs: bigint;
  }
  raw<Record<string, Json>>("epochs").forEach((stored, index) => {
    const { phases, weight, covered, standstillSecs } = revive({
      ...stored,
      data: null,
    }) as unknown as Case;
    it(`epoch ${index}`, () => {
      const epoch = epochOf(stored["data"] as string);
      const computed = shown({
        phases: phases.map(({ now }) => ({ now, is: epochs.phaseAt(epoch, now) })),
        slotFee: answer(() => epochs.slotFee(epoch)),
        reservedSlot: epochs.nextSlotIsReserved(epoch),
        covered: covered.map(({ entries }) => {
          return { entries, reward: answer(() => epochs.reward(epoch, weight, entries)) };
        }),
        claimsEndAt: epochs.claimsEndAt(epoch),
        executableAt: [0, 1, 2, 3, 200].map((tier) => epochs.executableAt(epoch, tier)),
        graceEndsAt: epochs.graceEndsAt(epoch, standstillSecs),
      });
      expect(stored).toMatchObject(computed as object);
    });
  });
});

describe("policies", () => {
  interface Case {
    terms: { durationSecs: number; checkpoints: number }[];
    free: bigint;
    total: bigint;
  }
  raw<Record<string, Json>>("policies").forEach((stored, index) => {
    const { terms, free, total } = revive({ ...stored, data: null }) as unknown as Case;
    it(`policy ${index}`, () => {
      const policy = getPolicyDecoder().decode(bytes(stored["data"] as string));
      const computed = shown({
        minLongStreamSecs: policies.minLongStreamSecs(policy),
        terms: terms.map((term) => {
          return { ...term, admits: policies.admits(policy, term.durationSecs, term.checkpoints) };
        }),
        askLimits: policies.askLimits(policy, free),
        thresholds: policies.thresholds(policy, total),
        categories: [0, 1, 8].map((category) => policies.hasCategory(policy, category)),
      });
      expect(stored).toMatchObject(computed as object);
    });
  });
});

describe("categories", () => {
  const [first] = raw<{ data: string }>("policies");
  if (first === undefined) throw new Error("no policies");
  const policy = getPolicyDecoder().decode(bytes(first.data));
  const none = { class: Class.Operating, exposureLimitBps: 0, haircutBps: 0 };

  it("beyond the eight have no terms", () => {
    expect(policies.positionTerms(policy, 8)).toEqual(none);
  });

  it("of a class that nobody knows count as operating, as on chain", () => {
    const [known] = policy.risk.categories;
    if (known === undefined) throw new Error("no categories");
    const risk = { ...policy.risk, categories: [{ ...known, class: 3 }] };
    expect(policies.positionTerms({ risk }, 0)).toEqual(none);
    const hedge = { ...policy.risk, categories: [{ ...known, class: 1, haircutBps: 9 }] };
    expect(policies.positionTerms({ risk: hedge }, 0).class).toBe(Class.Hedge);
  });
});

describe("what would be funded if voting closed now", () => {
  interface Case {
    treasury: string;
    epoch: string;
    now: string;
    electorate: string;
    free: string;
    decisions: Json;
    allocation: Json;
    risk: Json;
  }
  const cases = raw<Case>("settleEpoch");
  cases.forEach((of, index) => {
    it(`is what settlement decides, ${index}`, () => {
      const [treasury, epoch] = [treasuryOf(of.treasury), epochOf(of.epoch)];
      const projected = settleNow(treasury, epoch, BigInt(of.now));
      expect(shown(projected.decisions)).toEqual(of.decisions);
      expect(shown(projected.allocation)).toEqual(of.allocation);
      expect(shown(projected.limits.risk)).toEqual(of.risk);
      expect(shown(projected.thresholds.total)).toEqual(of.electorate);
      expect(shown(treasuries.free(treasury))).toEqual(of.free);
    });
  });

  it("is asked of the treasury's unsettled epoch only", () => {
    const [of] = cases;
    if (of === undefined) throw new Error("no epochs");
    const [treasury, epoch] = [treasuryOf(of.treasury), epochOf(of.epoch)];
    const ask = { amount: 1n, category: 0, recipientAwarded: 0n };
    const others = [
      { ...epoch, settledAt: 1n },
      { ...epoch, index: epoch.index + 1 },
    ];
    for (const other of others) {
      expect(() => settleNow(treasury, other, 0n)).toThrow(RuleError);
      expect(() => assessAsk(treasury, other, ask, 0n)).toThrow(RuleError);
      const ballot = bytes("01");
      expect(() => withBallot(treasury, other, bytes(""), ballot, 1n, 0n)).toThrow(RuleError);
    }
  });
});

describe("what an ask would do", () => {
  interface Ask {
    amount: bigint;
    category: number;
    recipientAwarded: bigint;
  }
  raw<{ treasury: string; epoch: string; now: string; asks: { is: Json }[] }>("assessAsk").forEach(
    (of, index) => {
      it(`is what the program answers, ${index}`, () => {
        const [treasury, epoch] = [treasuryOf(of.treasury), epochOf(of.epoch)];
        const now = BigInt(of.now);
        for (const { is, ...stored } of of.asks) {
          const ask = revive(stored as unknown as Json) as Ask;
          expect(shown(assessAsk(treasury, epoch, ask, now))).toEqual(is);
        }
        const unknown = { amount: 1n, category: 3, recipientAwarded: 0n };
        expect(() => assessAsk(treasury, epoch, unknown, now)).toThrow(RuleError);
      });
    },
  );
});

describe("what a ballot would change", () => {
  interface Cast {
    closesAt: string;
    now: string;
    weight: string;
    before: string;
    ballot: string;
    refused: "LatePassRefused" | "EntryNotVotable" | null;
    closesAfter: string;
    moved: Json;
  }
  function cast(of: Cast, treasuryHex: string, epochHex: string): BallotEffect | null {
    const treasury = treasuryOf(treasuryHex);
    const weight = BigInt(of.weight);
    const epoch = { ...epochOf(epochHex), votingClosesAt: BigInt(of.closesAt) };
    const before = bytes(of.before);
    // What the voter said before, cast early.
    const early = withBallot(treasury, epoch, bytes(""), before, weight, epoch.openedAt);
    return answer(() =>
      withBallot(treasury, early.epoch, before, bytes(of.ballot), weight, BigInt(of.now)),
    );
  }
  const worlds = raw<{ treasury: string; epoch: string; ballots: Cast[] }>("lateBallots");
  worlds.forEach((world, index) => {
    world.ballots.forEach((of, number) => {
      it(`ballot ${index}.${number}`, () => {
        const effect = cast(of, world.treasury, world.epoch);
        if (of.refused === "EntryNotVotable") {
          expect(effect).toBeNull();
          return;
        }
        expect(effect?.forbidden.length === 0).toBe(of.refused === null);
        if (effect === null || of.refused !== null) return;
        expect(shown(effect.epoch.votingClosesAt)).toBe(of.closesAfter);
        expect(effect.extends).toBe(of.closesAfter !== of.closesAt || effect.extends);
        for (const { index: place, tally } of of.moved as { index: number; tally: Json }[]) {
          const entry = effect.epoch.slate[place];
          expect(entry && shown(epochs.tally(entry))).toEqual(tally);
        }
      });
    });
  });

  it("covers every answer", () => {
    const answers = new Set(worlds.flatMap((world) => world.ballots.map((of) => of.refused)));
    expect(answers).toEqual(new Set([null, "LatePassRefused", "EntryNotVotable"]));
    const extended = worlds.flatMap((world) =>
      world.ballots.filter((of) => of.closesAfter !== of.closesAt),
    );
    expect(extended.length).toBeGreaterThan(0);
  });

  it("counts shares of a ballot's weight exactly", () => {
    expect(shareFloor(10_001n, 5_000)).toBe(5_000n);
  });
});
