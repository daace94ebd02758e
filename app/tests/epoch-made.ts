/** A small epoch to settle: a cap of 1,000, weights of 1,000 in all, and round thresholds. */

import {
  type Entry,
  EntryFlags,
  type Epoch,
  type Policy,
  type Proposal,
  type Treasury,
  UNRANKED,
  state,
} from "@community-budget/client";

import type { ShownSlate } from "../src/hooks/slate";
import { electorateOf, project } from "../src/hooks/slate";
import * as made from "./made";

/** Categories of {@link world}. */
export const [GENERAL, WORKS, HEDGES] = [0, 1, 2] as const;

export const BUDGET = { symbol: "tUSD", decimals: 0 };

const MADE = made.epoch();
const RULES = [
  { quorumBps: 300, approvalBps: 5_001, minCheckpoints: 0, timelockSecs: 86_400 },
  { quorumBps: 1_000, approvalBps: 6_000, minCheckpoints: 1, timelockSecs: 172_800 },
  { quorumBps: 2_000, approvalBps: 6_667, minCheckpoints: 3, timelockSecs: 345_600 },
  { quorumBps: 2_000, approvalBps: 6_667, minCheckpoints: 0, timelockSecs: 345_600 },
];

function named(name: string): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes.set(new TextEncoder().encode(name));
  return bytes;
}

/** The policy of {@link world}. */
export const POLICY: Policy = {
  ...MADE.policy,
  schedule: {
    ...MADE.policy.schedule,
    periodSecs: 30 * 86_400,
    submissionSecs: 14 * 86_400,
    votingSecs: 7 * 86_400,
    maxExtensionSecs: 3 * 86_400,
    executionGraceSecs: 14 * 86_400,
  },
  tiers: {
    ...MADE.policy.tiers,
    rules: RULES.map((rule) => ({ askLimitBps: 0, reserved: new Uint8Array(1), ...rule })),
    contestedCoefBps: 2_000,
    maxQuorumBps: 4_000,
  },
  stake: { ...MADE.policy.stake, minTotalWeight: 500n },
  risk: {
    ...MADE.policy.risk,
    categoryCount: 3,
    maxRecipientBps: 10_000,
    categories: MADE.policy.risk.categories.map((category, at) => ({
      ...category,
      name: named(["general", "works", "hedges"][at] ?? ""),
      shareBps: [10_000, 3_000, 10_000][at] ?? 0,
      class: at === HEDGES ? 1 : 0,
      exposureLimitBps: at === HEDGES ? 500 : 0,
    })),
  },
};

/** An accepted ask of `amount` with these weights. Its recipient asks for nothing else. */
export function ask(
  index: number,
  amount: number,
  [inFavour = 0, against = 0, abstain = 0]: readonly number[],
  part: Partial<Entry> = {},
): Partial<Entry> {
  return {
    for: BigInt(inFavour),
    against: BigInt(against),
    abstain: BigInt(abstain),
    amount: BigInt(amount),
    recipientAsk: BigInt(amount),
    leader: index,
    flags: EntryFlags.Accepted | EntryFlags.AdmitsMedium | EntryFlags.AdmitsLarge,
    rank: UNRANKED,
    ...part,
  };
}

/** What {@link world} may be given instead. */
export interface Other {
  readonly policy?: Policy;
  readonly electorate?: bigint;
  readonly epoch?: Partial<Epoch>;
  readonly treasury?: Partial<Treasury>;
}

/** A treasury and its only epoch, in the midst of voting. */
export function world(
  slate: readonly Partial<Entry>[],
  other: Other = {},
): { readonly treasury: Treasury; readonly epoch: Epoch } {
  const policy = other.policy ?? POLICY;
  const electorate = other.electorate ?? 1_000n;
  const treasury = made.treasury({
    epochCount: 1,
    epochActive: 1,
    totalWeight: electorate,
    frozenEpoch: 0,
    frozenTotal: electorate,
    tracked: 10_000n,
    inForce: policy,
    ...other.treasury,
  });
  const epoch = made.epoch(slate, {
    policy,
    cap: 1_000n,
    askLimits: [100n, 300n, 600n],
    categoryCaps: [1_000n, 300n, 1_000n, 0n, 0n, 0n, 0n, 0n],
    electorate: 0n,
    ...other.epoch,
  });
  return { treasury, epoch };
}

/** What settlement leaves: every decision stored. */
export function settled(treasury: Treasury, epoch: Epoch, settledAt = 50n): Epoch {
  const { decisions, allocation, limits } = state.funding.settleNow(treasury, epoch, settledAt);
  return {
    ...epoch,
    settledAt,
    electorate: electorateOf(treasury, epoch),
    allocated: allocation.allocated,
    runwayRoom: limits.risk.runwayRoom,
    recipientCap: limits.risk.recipientCap,
    exposureRooms: [...limits.risk.exposureRooms],
    slate: epoch.slate.map((entry, index) => ({ ...entry, ...decisions[index] })),
  };
}

/** A slate to show. */
export function shown(
  treasury: Treasury,
  epoch: Epoch,
  now = 15n,
  proposals: ReadonlyMap<number, Proposal> = new Map(),
): ShownSlate {
  const phase = state.epoch.phaseAt(epoch, now);
  const projection = project(treasury, epoch, now);
  const electorate = electorateOf(treasury, epoch);
  const slate = { epoch, projection, electorate, budget: BUDGET, phase };
  return { slate, treasury, epoch, proposals, phase, minute: now };
}

/** A proposal of this title. */
export function proposal(index: number, title: string): Proposal {
  const [none, hash] = [new Uint8Array(0), new Uint8Array(32)];
  return {
    discriminator: none,
    version: 1,
    bump: 0,
    index,
    reservedFlags: none,
    epoch: made.key(1),
    treasury: made.key(2),
    proposer: made.key(3),
    rentPayer: made.key(3),
    bond: 0n,
    submittedAt: 0n,
    reserved: none,
    terms: {
      action: {
        __kind: "Award",
        fields: [
          {
            category: 0,
            checkpoints: 0,
            recipient: made.key(4),
            amount: 1n,
            durationSecs: 86_400,
            cliffSecs: 0,
          },
        ],
      },
      metadataHash: hash,
      title,
      metadataUri: "",
    },
  };
}

/** Text with plain spaces. */
export function said(text: string): string {
  return text.replace(/[\u00a0\u202f]/g, " ");
}
