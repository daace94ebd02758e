/** What a stake would weigh, and when its tokens would be free. */

import { address } from "@solana/kit";
import { type Stake, state } from "@community-budget/client";
import { describe, expect, test } from "vitest";

import { coolsUntil, locks, powerAfter, weighed } from "../src/components/stake/weigh";

const DAY = 86_400;
const NEVER = 2 ** 32 - 1;
const KEY = address("11111111111111111111111111111111");

const stake: Stake = {
  discriminator: new Uint8Array(8),
  version: 1,
  bump: 255,
  dormant: 0,
  reservedFlags: new Uint8Array(1),
  lockSecs: 7 * DAY,
  treasury: KEY,
  owner: KEY,
  rentPayer: KEY,
  delegate: KEY,
  amount: 1_000n,
  cooling: 0n,
  coolingUntil: 0n,
  lockFloorAt: 0n,
  weight: 1_000n,
  frozenWeight: 0n,
  frozenEpoch: NEVER,
  actEpoch: NEVER,
  participationLatest: 3,
  touchedEpoch: 0,
  participation: [10_000, 10_000, 10_000, 10_000, 0, 0, 0, 0],
  frozenAmount: 0n,
  reserved: new Uint8Array(24),
};

const at: state.treasury.Moment = {
  now: 1_000_000n,
  epoch: 4,
  votingOpened: true,
  settledEpochs: 4,
  lock: { minSecs: 7 * DAY, maxSecs: 180 * DAY, bonusBps: 5_000 },
  streakBonusBps: 2_000,
};

describe("a weight", () => {
  test("is its parts together", () => {
    const own = weighed(stake, at, { lockSecs: 180 * DAY });
    // Four of the last eight epochs: half of the streak's bonus.
    expect(own).toEqual({
      amount: 1_000n,
      lockBonusBps: 5_000,
      streakBonusBps: 1_000,
      weight: 1_600n,
    });
    const bracket = BigInt(10_000 + own.lockBonusBps + own.streakBonusBps);
    expect(own.weight).toBe((own.amount * bracket) / 10_000n);
  });

  test("of a stake that is yet to be opened has no streak", () => {
    const own = weighed(null, at, { amount: 1_000n, lockSecs: 180 * DAY });
    expect(own).toMatchObject({ streakBonusBps: 0, weight: 1_500n });
    expect(weighed(null, at).weight).toBe(0n);
  });

  test("loses part of its streak to tokens that came later", () => {
    expect(weighed(stake, at, { amount: 2_000n })).toMatchObject({
      streakBonusBps: 500,
      weight: 2_100n,
    });
  });
});

test("power after something was taken away is at most what is left", () => {
  const frozen = { ...stake, frozenEpoch: 4, frozenWeight: 800n };
  expect(powerAfter(frozen, 4, 500n)).toBe(500n);
  expect(powerAfter(frozen, 4, 900n)).toBe(800n);
});

test("tokens cool until the last of all that holds them", () => {
  const chosen = at.now + BigInt(7 * DAY);
  expect(coolsUntil(stake, { ...at, votingOpened: false }, chosen + 9n)).toBe(chosen);
  expect(coolsUntil(stake, at, chosen + 9n)).toBe(chosen + 9n);
  expect(coolsUntil({ ...stake, lockFloorAt: chosen + 5n }, at, 0n)).toBe(chosen + 5n);
  expect(coolsUntil({ ...stake, coolingUntil: chosen + 7n }, at, 0n)).toBe(chosen + 7n);
});

test("cool-downs to choose from lie within the policy, and the present one is among them", () => {
  expect(locks(at, 45 * DAY).map((lock) => lock / DAY)).toEqual([7, 14, 30, 45, 60, 90, 120, 180]);
  const narrow = { ...at, lock: { ...at.lock, maxSecs: 20 * DAY } };
  expect(locks(narrow, null).map((lock) => lock / DAY)).toEqual([7, 14, 20]);
  expect(locks(narrow, 90 * DAY).at(-1)).toBe(90 * DAY);
});
