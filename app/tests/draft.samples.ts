/** A treasury and an epoch for tests: the default policy, 10,000 tokens free, two categories. */

import { getAddressDecoder } from "@solana/kit";
import {
  type Entry,
  type Epoch,
  type Policy,
  type RecipientRecord,
  type Stake,
  type Treasury,
  getPolicyDecoder,
  rules,
} from "@community-budget/client";

import { SYSTEM_PROGRAM_ADDRESS } from "../src/lib/programs";

const DAY = 86_400;

/** A key of its own for each number. */
export function key(number: number) {
  const bytes = new Uint8Array(32).fill(9);
  bytes[0] = number & 0xff;
  bytes[1] = number >> 8;
  return getAddressDecoder().decode(bytes);
}

export const TREASURY = key(1);
export const VISITOR = key(100);
export const OTHER = key(101);

const name = (text: string) => {
  const bytes = new Uint8Array(16);
  bytes.set(new TextEncoder().encode(text));
  return bytes;
};

/** The default policy of the program, with an operating and a hedging category, a fee and a bond. */
export function policyOf(change: Partial<Policy> = {}): Policy {
  const zero = getPolicyDecoder().decode(new Uint8Array(getPolicyDecoder().fixedSize));
  const tier = (
    limit: number,
    quorum: number,
    approval: number,
    days: number,
    reviews: number,
  ) => ({
    askLimitBps: limit,
    quorumBps: quorum,
    approvalBps: approval,
    timelockSecs: days * DAY,
    minCheckpoints: reviews,
    reserved: new Uint8Array(1),
  });
  const category = { exposureLimitBps: 0, haircutBps: 0, class: 0, reserved: new Uint8Array(1) };
  const none = zero.risk.categories.slice(2);
  return {
    schedule: {
      ...zero.schedule,
      periodSecs: 30 * DAY,
      submissionSecs: 14 * DAY,
      votingSecs: 7 * DAY,
      lateWindowSecs: DAY,
      maxExtensionSecs: 3 * DAY,
      executionGraceSecs: 14 * DAY,
    },
    slate: {
      ...zero.slate,
      capacity: 32,
      perProposer: 3,
      slotFee: 500n,
      bond: 5_000n,
      spamSupportBps: 100,
    },
    budget: {
      ...zero.budget,
      epochCapBps: 1_000,
      epochCapAbs: rules.U64_MAX,
      minCap: 1n,
      rewardBps: 200,
      participationGateBps: 5_000,
    },
    tiers: {
      ...zero.tiers,
      rules: [
        tier(100, 300, 5_001, 1, 0),
        tier(500, 1_000, 6_000, 2, 1),
        tier(2_000, 2_000, 6_667, 4, 3),
        tier(0, 2_000, 6_667, 4, 0),
      ],
      lateSwingBps: 500,
      contestedCoefBps: 2_000,
      maxQuorumBps: 4_000,
      recordFloorBps: 5_000,
    },
    stake: {
      ...zero.stake,
      minLockSecs: 7 * DAY,
      maxLockSecs: 180 * DAY,
      lockBonusBps: 5_000,
      streakBonusBps: 2_000,
      minTotalWeight: 1n,
    },
    risk: {
      ...zero.risk,
      categories: [
        { ...category, name: name("general"), shareBps: 10_000 },
        { ...category, name: name("hedging"), shareBps: 3_000, class: 1, exposureLimitBps: 2_000 },
        ...none,
      ],
      categoryCount: 2,
      minRunwayEpochs: 4,
      maxRecipientBps: 3_000,
      maxDrawdownBps: 3_000,
      markAgeSecs: 14 * DAY,
    },
    breaker: {
      ...zero.breaker,
      outflowBps: 2_000,
      outflowWindowSecs: 7 * DAY,
      maxPayoutDelaySecs: 3 * DAY,
      tripSecs: 7 * DAY,
      guardianPauseSecs: 7 * DAY,
    },
    review: {
      ...zero.review,
      windowSecs: 7 * DAY,
      graceSecs: 7 * DAY,
      holdLimitSecs: 30 * DAY,
      passBps: 6_000,
      floorBps: 3_000,
    },
    ...change,
  };
}

/** Epoch 3, taking proposals until 2,000,000. Amounts have two decimals. */
export function epochOf(change: Partial<Epoch> = {}): Epoch {
  const policy = change.policy ?? policyOf();
  const empty = new Uint8Array(0);
  return {
    discriminator: empty,
    version: 1,
    bump: 0,
    entryCount: 0,
    openProposals: 0,
    index: 3,
    treasury: TREASURY,
    rentPayer: OTHER,
    openedAt: 900_000n,
    votingOpensAt: 2_000_000n,
    votingClosesAt: 2_600_000n,
    votingHardEndAt: 2_900_000n,
    settledAt: 0n,
    seq: 0n,
    freeAtOpen: 1_000_000n,
    cap: 100_000n,
    allocated: 0n,
    executed: 0n,
    electorate: 0n,
    voteRecordCount: 0n,
    ballotCount: 0n,
    turnout: 0n,
    askLimits: [10_000n, 50_000n, 200_000n],
    categoryCaps: [100_000n, 30_000n, 0n, 0n, 0n, 0n, 0n, 0n],
    categoryAwarded: new Array<bigint>(8).fill(0n),
    slateHash: empty,
    policy,
    rewardPool: 2_000n,
    rewardsPaid: 0n,
    standstillAtSettlement: 0n,
    treasuryValue: 0n,
    runwayRoom: 0n,
    recipientCap: 0n,
    exposureRooms: new Array<bigint>(8).fill(0n),
    targetChanges: new Array<number>(20).fill(0),
    votableCount: 0,
    reserved: empty,
    slate: [],
    ...change,
  };
}

/** A treasury whose epoch 3 is the present one. */
export function treasuryOf(change: Partial<Treasury> = {}): Treasury {
  const policy = policyOf();
  const empty = new Uint8Array(0);
  const nothing = {
    pending: 0n,
    cost: 0n,
    mark: 0n,
    markedAt: 0n,
    reportedMark: 0n,
    reportedAt: 0n,
  };
  return {
    discriminator: empty,
    version: 1,
    bump: 0,
    vaultBump: 0,
    stakeVaultBump: 0,
    bondVaultBump: 0,
    budgetDecimals: 2,
    stakeDecimals: 0,
    epochActive: 1,
    epochCount: 4,
    frozenEpoch: 2 ** 32 - 1,
    id: 0n,
    founder: OTHER,
    budgetMint: key(2),
    stakeMint: key(3),
    vault: key(4),
    stakeVault: key(5),
    bondVault: key(6),
    tracked: 1_000_000n,
    committed: 0n,
    reservedFunds: 0n,
    staked: 10_000n,
    bonded: 0n,
    totalWeight: 10_000n,
    frozenTotal: 0n,
    firstOpenAt: 0n,
    lastOpenedAt: 900_000n,
    votingOpensAt: 2_000_000n,
    coolingFloorAt: 0n,
    seq: 0n,
    policy,
    inForce: policy,
    guardian: key(7),
    reviewer: SYSTEM_PROGRAM_ADDRESS,
    riskReporter: SYSTEM_PROGRAM_ADDRESS,
    positions: new Array(8).fill(nothing),
    realisedProfit: 0n,
    realisedLoss: 0n,
    outflow: [0n, 0n, 0n, 0n],
    inflow: [0n, 0n, 0n, 0n],
    bucketCapacity: 0n,
    bucketLevel: 0n,
    bucketRemainder: 0n,
    bucketAt: 0n,
    highWater: 0n,
    trippedAt: 0n,
    trippedUntil: 0n,
    breakerRestsUntil: 0n,
    standstillBeforeSecs: 0n,
    standstillFrom: 0n,
    standstillUntil: 0n,
    pauseUntil: 0n,
    pauseUsedSecs: 0,
    targetChanges: new Array<number>(20).fill(0),
    tripOpen: 0,
    reserved: empty,
    ...change,
  };
}

/** An accepted ask on the slate. */
export function entryOf(change: Partial<Entry> = {}): Entry {
  return {
    for: 0n,
    against: 0n,
    abstain: 0n,
    amount: 0n,
    recipientTag: new Uint8Array(16),
    category: 0,
    action: 0,
    tier: 0,
    outcome: 0,
    reason: 0,
    flags: 1,
    leader: 0,
    rank: 255,
    recipientAsk: 0n,
    ...change,
  };
}

/** A record without any history. */
export function recordOf(change: Partial<RecipientRecord> = {}): RecipientRecord {
  return {
    discriminator: new Uint8Array(0),
    version: 1,
    bump: 0,
    submittedCount: 0,
    leader: 0,
    submittedEpoch: 2 ** 32 - 1,
    treasury: TREASURY,
    person: VISITOR,
    acceptedEpoch: 2 ** 32 - 1,
    scoreSum: 0,
    scored: 0,
    missedUpdates: 0,
    cancellations: 0,
    streams: 0,
    awarded: 0n,
    paid: 0n,
    returned: 0n,
    reserved: new Uint8Array(0),
    ...change,
  };
}

/** A stake of `weight` that never took part. */
export function stakeOf(number: number, weight: bigint, change: Partial<Stake> = {}): Stake {
  return {
    discriminator: new Uint8Array(0),
    version: 1,
    bump: 0,
    dormant: 0,
    reservedFlags: new Uint8Array(0),
    lockSecs: 7 * DAY,
    treasury: TREASURY,
    owner: key(number),
    rentPayer: key(number),
    delegate: SYSTEM_PROGRAM_ADDRESS,
    amount: weight,
    cooling: 0n,
    coolingUntil: 0n,
    lockFloorAt: 0n,
    weight,
    frozenWeight: 0n,
    frozenEpoch: 2 ** 32 - 1,
    actEpoch: 2 ** 32 - 1,
    participationLatest: 2 ** 32 - 1,
    touchedEpoch: 0,
    participation: new Array<number>(8).fill(0),
    frozenAmount: 0n,
    reserved: new Uint8Array(0),
    ...change,
  };
}
