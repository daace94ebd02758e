/**
 * Who holds how much weight, who uses it, and who decides: figures of an electorate. Weights and money are
 * `bigint`, shares are basis points rounded down; nothing here reads a clock or a network.
 */

import type { Address } from "@solana/kit";
import { rules, state } from "@community-budget/client";
import type { Ballot, BudgetEvent, Epoch, Stake } from "@community-budget/client";

import * as format from "./format";
import { SYSTEM_PROGRAM_ADDRESS } from "./programs";

const BPS = 10_000n;

/** How a stake took part in an epoch. */
export type Took =
  /** Its owner cast a ballot. */
  | "owner"
  /** Its delegate did. */
  | "delegate"
  /** It took part; whose hand it was is closed with the record. */
  | "somebody"
  /** Its ballot was emptied again. */
  | "retracted"
  | "not";

/** A stake as a member of an epoch's electorate. */
export interface Member {
  readonly owner: Address;
  /** Who may vote in the owner's place; `null` for nobody. */
  readonly delegate: Address | null;
  /** Power in the epoch. */
  readonly weight: bigint;
  readonly took: Took;
  /** Entries that its ballot chooses on; 0 where no ballot is open. */
  readonly covered: number;
  /** Of the last eight settled epochs, those that it took part in. */
  readonly streak: number;
  /** Cool-down in seconds. */
  readonly lockSecs: number;
}

/** The electorate of an epoch, heaviest first; stakes without weight are no part of it. */
export function electorate(
  stakes: readonly Stake[],
  ballots: readonly Ballot[],
  index: number,
  settledEpochs: number,
): Member[] {
  const cast = new Map(ballots.map((ballot) => [ballot.owner, ballot]));
  const members = stakes.map((stake): Member => {
    const ballot = cast.get(stake.owner);
    const covered = ballot === undefined ? 0 : coveredBy(ballot.choices);
    return {
      owner: stake.owner,
      delegate: stake.delegate === SYSTEM_PROGRAM_ADDRESS ? null : stake.delegate,
      // Who voted keeps the weight of the first cast, whatever the stake has become since.
      weight: ballot?.weight ?? state.stake.powerIn(stake, index),
      took: tookOf(stake, ballot, covered, index),
      covered,
      streak: streakOf(stake, settledEpochs),
      lockSecs: stake.lockSecs,
    };
  });
  return members
    .filter(({ weight }) => weight > 0n)
    .sort((a, b) => compare(b.weight, a.weight) || (a.owner < b.owner ? -1 : 1));
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function coveredBy(choices: Ballot["choices"]): number {
  let count = 0;
  for (const byte of choices) {
    for (let shift = 0; shift < 8; shift += 2) if (((byte >> shift) & 0b11) !== 0) count += 1;
  }
  return count;
}

function tookOf(stake: Stake, ballot: Ballot | undefined, covered: number, index: number): Took {
  if (ballot !== undefined) {
    if (covered === 0) return "retracted";
    return ballot.byDelegate === 1 ? "delegate" : "owner";
  }
  // A closed record leaves its mark in the stake.
  const noted = rules.weight.tookPart(state.stake.participation(stake), index);
  return noted ? "somebody" : "not";
}

/** Of the last eight settled epochs, those that a stake took part in, however diluted since. */
export function streakOf(stake: Stake, settledEpochs: number): number {
  const record = state.stake.participation(stake);
  let count = 0;
  for (let behind = 1; behind <= rules.weight.STREAK_EPOCHS; behind += 1) {
    const epoch = settledEpochs - behind;
    if (epoch >= 0 && rules.weight.tookPart(record, epoch)) count += 1;
  }
  return count;
}

/** Whether a member's weight counts as taking part. */
export function voted({ took }: Pick<Member, "took">): boolean {
  return took === "owner" || took === "delegate" || took === "somebody";
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((all, value) => all + value, 0n);
}

/** Weight of members together. */
export function weightOf(members: readonly Pick<Member, "weight">[]): bigint {
  return sum(members.map(({ weight }) => weight));
}

// --- concentration ------------------------------------------------------------------------------

/**
 * Gini coefficient in basis points: 0 when all weigh the same, towards 10,000 when one weighs everything.
 * With the weights in ascending order, `(2 * sum(i * w_i) - (n + 1) * sum(w)) / (n * sum(w))`.
 */
export function giniBps(weights: readonly bigint[]): bigint {
  const ascending = [...weights].sort(compare);
  const total = sum(ascending);
  if (total === 0n) return 0n;
  const n = BigInt(ascending.length);
  const ranked = ascending.reduce((all, weight, at) => all + BigInt(at + 1) * weight, 0n);
  return ((2n * ranked - (n + 1n) * total) * BPS) / (n * total);
}

/** The least number of holders who have `needed` weight together; `null` when all have not. */
export function fewest(weights: readonly bigint[], needed: bigint): number | null {
  const descending = [...weights].sort((a, b) => compare(b, a));
  let reached = 0n;
  for (const [at, weight] of descending.entries()) {
    reached += weight;
    if (reached >= needed) return at + 1;
  }
  return null;
}

/** Nakamoto coefficient: the least number of holders with more than half of all weight; `null` of none. */
export function nakamoto(weights: readonly bigint[]): number | null {
  const total = sum(weights);
  return total === 0n ? null : fewest(weights, total / 2n + 1n);
}

/** Weight of the `count` heaviest. */
export function top(weights: readonly bigint[], count: number): bigint {
  return sum([...weights].sort((a, b) => compare(b, a)).slice(0, count));
}

/** A point of the Lorenz curve: the lightest so many have so much. Basis points. */
export interface LorenzPoint {
  readonly holdersBps: number;
  readonly weightBps: number;
}

/** The Lorenz curve, from nobody to everybody, at most `steps` points after the first. */
export function lorenz(weights: readonly bigint[], steps = 50): LorenzPoint[] {
  const ascending = [...weights].sort(compare);
  const total = sum(ascending);
  const points: LorenzPoint[] = [{ holdersBps: 0, weightBps: 0 }];
  if (total === 0n) return points;
  const n = ascending.length;
  let [reached, taken] = [0n, 0];
  for (let step = 1; step <= Math.min(steps, n); step += 1) {
    const until = Math.floor((n * step) / Math.min(steps, n));
    for (; taken < until; taken += 1) reached += ascending[taken] ?? 0n;
    points.push({
      holdersBps: Math.floor((taken * 10_000) / n),
      weightBps: Number((reached * BPS) / total),
    });
  }
  return points;
}

/** How few can decide. A number of holders each; `null` where all together cannot. */
export interface Few {
  /** Enough for the quorum and support of a large ask, if nobody opposes it. */
  readonly passLarge: number | null;
  /** More than half of all weight. */
  readonly half: number | null;
  /** Enough to pass any large ask although everybody else opposes it. */
  readonly force: number | null;
  /** Enough to keep any large ask from passing although everybody else is for it. */
  readonly block: number | null;
}

/** How few of these weights can decide a large ask (R4). */
export function fewWho(weights: readonly bigint[], epoch: Epoch): Few {
  const total = sum(weights);
  const { judge } = rules.outcome;
  const large = rules.outcome.Tier.Large;
  const thresholds = state.policy.thresholds(epoch.policy, total);
  const least = (passes: (cast: bigint) => boolean): number | null => {
    const descending = [...weights].sort((a, b) => compare(b, a));
    let reached = 0n;
    for (const [at, weight] of descending.entries()) {
      reached += weight;
      if (passes(reached)) return at + 1;
    }
    return null;
  };
  const won = (forIt: bigint, against: bigint) =>
    judge(thresholds, { for: forIt, against, abstain: 0n }, large) === null;
  return {
    passLarge: least((cast) => won(cast, 0n)),
    half: nakamoto(weights),
    force: least((cast) => won(cast, total - cast)),
    block: least((cast) => !won(total - cast, cast)),
  };
}

/**
 * Weights by the hand that may cast them: what is delegated counts with its delegate. An owner can still vote
 * in person, so this is what delegates decide while owners are silent.
 */
export function hands(members: readonly Member[]): bigint[] {
  const held = new Map<Address, bigint>();
  for (const { owner, delegate, weight } of members) {
    const hand = delegate ?? owner;
    held.set(hand, (held.get(hand) ?? 0n) + weight);
  }
  return [...held.values()];
}

// --- turnout ------------------------------------------------------------------------------------

/** How a group of members took part. */
export interface Group {
  readonly members: number;
  readonly voters: number;
  readonly weight: bigint;
  readonly votedWeight: bigint;
  /** Weight of its lightest and its heaviest. */
  readonly from: bigint;
  readonly to: bigint;
}

/** Members cut into `count` groups of equal number, lightest first; the last ones take the remainder. */
export function groupsOf(members: readonly Member[], count = 5): Group[] {
  const ascending = [...members].sort((a, b) => compare(a.weight, b.weight));
  const groups: Group[] = [];
  for (let at = 0; at < count; at += 1) {
    const own = ascending.slice(
      Math.floor((ascending.length * at) / count),
      Math.floor((ascending.length * (at + 1)) / count),
    );
    const [first, last] = [own[0], own.at(-1)];
    if (first === undefined || last === undefined) continue;
    const voters = own.filter(voted);
    groups.push({
      members: own.length,
      voters: voters.length,
      weight: weightOf(own),
      votedWeight: weightOf(voters),
      from: first.weight,
      to: last.weight,
    });
  }
  return groups;
}

/** Turnout of an epoch. */
export interface Turnout {
  readonly index: number;
  /** Weight of the ballots, retracted ones included, and of all; `null` where it is not known. */
  readonly weight: { readonly cast: bigint; readonly of: bigint } | null;
  /** Ballots cast; `null` where it is not known. */
  readonly ballots: bigint | null;
  /** Of today's stakes, those that took part; only of epochs that a stake still remembers. */
  readonly remembered: number | null;
}

/**
 * Turnout of the epochs from 0 to the present one. Open accounts say it exactly; of a closed epoch only what
 * today's stakes remember is known, which is eight epochs back and without those who left.
 */
export function turnouts(
  epochs: readonly Epoch[],
  stakes: readonly Stake[],
  presentIndex: number,
  presentElectorate: bigint,
): Turnout[] {
  const known = new Map(epochs.map((epoch) => [epoch.index, epoch]));
  return Array.from({ length: presentIndex + 1 }, (_, index) => {
    const epoch = known.get(index);
    const remembers = index < presentIndex && presentIndex - index <= rules.weight.STREAK_EPOCHS;
    const remembered = remembers
      ? stakes.filter((stake) => rules.weight.tookPart(state.stake.participation(stake), index))
          .length
      : null;
    if (epoch === undefined) return { index, weight: null, ballots: null, remembered };
    const of = epoch.settledAt === 0n ? presentElectorate : epoch.electorate;
    return {
      index,
      weight: { cast: epoch.turnout, of },
      ballots: epoch.ballotCount,
      remembered,
    };
  });
}

/**
 * The turnouts with what events say of closed epochs: the total at settlement, and the turnout of the last
 * ballot, which never falls. `at`: addresses of the epochs, in their order.
 */
export function withEvents(
  known: readonly Turnout[],
  events: readonly BudgetEvent[],
  at: readonly Address[],
): Turnout[] {
  return known.map((turnout) => {
    const epoch = at[turnout.index];
    if (turnout.weight !== null || epoch === undefined) return turnout;
    let [of, cast, ballots, opened]: [bigint | null, bigint, bigint, boolean] = [
      null,
      0n,
      0n,
      false,
    ];
    for (const event of events) {
      if (!("epoch" in event.data) || event.data.epoch !== epoch) continue;
      if (event.name === "EpochOpened") opened = true;
      if (event.name === "EpochSettled") of = event.data.electorate;
      if (event.name !== "VoteCast") continue;
      ballots += 1n;
      if (event.data.turnout > cast) cast = event.data.turnout;
    }
    // Without a ballot there may have been none, or it lies further back than what was read.
    const found = of !== null && (ballots > 0n || opened);
    return {
      ...turnout,
      weight: found && of !== null ? { cast, of } : null,
      ballots: opened ? ballots : null,
    };
  });
}

/** How many members took part in so many of the last eight settled epochs, from none to all of them. */
export function streaks(members: readonly Member[], settledEpochs: number): number[] {
  const most = Math.min(rules.weight.STREAK_EPOCHS, settledEpochs);
  const counts = new Array<number>(most + 1).fill(0);
  for (const { streak } of members) counts[streak] = (counts[streak] ?? 0) + 1;
  return counts;
}

// --- delegation ---------------------------------------------------------------------------------

/** A delegate and what is given into their hands. */
export interface Delegate {
  readonly delegate: Address;
  readonly owners: number;
  readonly weight: bigint;
  /** Weight that the delegate cast for others. */
  readonly cast: bigint;
  /** Weight whose owners voted in person after all. */
  readonly inPerson: bigint;
  /** Weight that took part by a hand that is not known any more: its records are closed. */
  readonly forgotten: bigint;
}

/** The delegates, heaviest first. Who names himself delegates nothing. */
export function delegates(members: readonly Member[]): Delegate[] {
  const found = new Map<Address, Delegate>();
  for (const { owner, delegate, weight, took } of members) {
    if (delegate === null || delegate === owner) continue;
    const before = found.get(delegate) ?? {
      delegate,
      owners: 0,
      weight: 0n,
      cast: 0n,
      inPerson: 0n,
      forgotten: 0n,
    };
    found.set(delegate, {
      delegate,
      owners: before.owners + 1,
      weight: before.weight + weight,
      cast: before.cast + (took === "delegate" ? weight : 0n),
      inPerson: before.inPerson + (took === "owner" ? weight : 0n),
      forgotten: before.forgotten + (took === "somebody" ? weight : 0n),
    });
  }
  return [...found.values()].sort((a, b) => compare(b.weight, a.weight));
}

// --- rewards ------------------------------------------------------------------------------------

/** R12: what an epoch pays for taking part. Base units of the budget. */
export interface Rewards {
  readonly pool: bigint;
  readonly paid: bigint;
  /** Not paid yet: claimable until `claimsEndAt`, then the vault's again. */
  readonly left: bigint;
  /** What 1 % of all weight earns. */
  readonly perPercent: bigint;
  /** Entries that a ballot must cover, of how many that can be voted on. */
  readonly gate: number;
  readonly votable: number;
}

/** The rewards of an epoch. */
export function rewardsOf(epoch: Epoch): Rewards {
  const gate = rules.bps.shareCeil(
    BigInt(epoch.votableCount),
    epoch.policy.budget.participationGateBps,
  );
  return {
    pool: epoch.rewardPool,
    paid: epoch.rewardsPaid,
    left: epoch.rewardPool - epoch.rewardsPaid,
    perPercent: epoch.rewardPool / 100n,
    // Whoever chooses on nothing earns nothing, whatever the gate.
    gate: Number(gate > 1n ? gate : 1n),
    votable: epoch.votableCount,
  };
}

/** Where a member stands among the others. */
export interface Place {
  readonly member: Member;
  /** From 1. */
  readonly rank: number;
  /** Share of all weight, in basis points. */
  readonly shareBps: bigint;
}

/** The place of `owner` among members that are sorted heaviest first; `null` for no member. */
export function placeOf(members: readonly Member[], owner: Address): Place | null {
  const at = members.findIndex((member) => member.owner === owner);
  const member = members[at];
  if (member === undefined) return null;
  return { member, rank: at + 1, shareBps: format.shareBps(member.weight, weightOf(members)) };
}
