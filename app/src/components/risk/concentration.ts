/** How much rests on few: on one recipient, or on one voter. */

import type { Account, Address } from "@solana/kit";
import {
  ActionKind,
  type Proposal,
  type Stake,
  type Stream,
  type Treasury,
  rules,
  state,
} from "@community-budget/client";

import type { ShownSlate } from "../../hooks/slate";
import { hex } from "../../lib/format";
import { SYSTEM_PROGRAM_ADDRESS } from "../../lib/programs";
import { decisionOn, wins } from "../../lib/words";

/** Somebody's part of something. */
export interface Part {
  /** `null` where the account that names the key is closed. */
  readonly address: Address | null;
  readonly amount: bigint;
}

const largestFirst = (parts: Iterable<Part>) =>
  [...parts].sort((a, b) => (a.amount > b.amount ? -1 : a.amount < b.amount ? 1 : 0));

/** What each recipient has, or would have, of an epoch's awards; the largest first. */
export function recipientsOf({
  slate,
  epoch,
  proposals,
}: Pick<ShownSlate, "slate" | "epoch" | "proposals">): Part[] {
  const parts = new Map<string, Part>();
  epoch.slate.slice(0, epoch.entryCount).forEach((entry, index) => {
    const decision = decisionOn(slate, index);
    if (entry.action !== ActionKind.Award || decision === null || !wins(decision.outcome)) return;
    // The rules know a recipient by this tag.
    const tag = hex(entry.recipientTag);
    const before = parts.get(tag);
    parts.set(tag, {
      address: before?.address ?? recipientOf(proposals.get(index)),
      amount: (before?.amount ?? 0n) + entry.amount,
    });
  });
  return largestFirst(parts.values());
}

function recipientOf(proposal: Proposal | undefined): Address | null {
  const action = proposal?.terms.action;
  return action?.__kind === "Award" ? action.fields[0].recipient : null;
}

/** What streams still have to pay to each recipient; the largest first. */
export function owedOf(streams: readonly Account<Stream>[]): Part[] {
  const parts = new Map<Address, bigint>();
  for (const { data } of streams) {
    const left = data.total - data.withdrawn - data.returned;
    if (left > 0n) parts.set(data.recipient, (parts.get(data.recipient) ?? 0n) + left);
  }
  return largestFirst([...parts].map(([address, amount]) => ({ address, amount })));
}

/** Weight that one key can cast. */
export interface Caster extends Part {
  readonly address: Address;
  /** How much of it others delegated to that key. */
  readonly delegated: bigint;
}

/** What each key can cast: its own stake, unless it named a delegate, and what it was named for. */
export function castersOf(
  treasury: Treasury,
  stakes: readonly Account<Stake>[],
  now: bigint,
): { readonly casters: readonly Caster[]; readonly total: bigint } {
  const index = state.treasury.currentEpoch(treasury);
  const frozen = index !== null && state.treasury.votingOpened(treasury, now);
  const total = frozen ? state.treasury.electorate(treasury, index) : treasury.totalWeight;
  const parts = new Map<Address, { own: bigint; delegated: bigint }>();
  const of = (address: Address) => {
    const found = parts.get(address) ?? { own: 0n, delegated: 0n };
    parts.set(address, found);
    return found;
  };
  for (const { data } of stakes) {
    const power = frozen ? state.stake.powerIn(data, index) : data.weight;
    if (power === 0n) continue;
    const others = data.delegate !== SYSTEM_PROGRAM_ADDRESS && data.delegate !== data.owner;
    if (others) of(data.delegate).delegated += power;
    else of(data.owner).own += power;
  }
  const casters = [...parts].map(([address, { own, delegated }]) => ({
    address,
    amount: own + delegated,
    delegated,
  }));
  casters.sort((a, b) => (a.amount > b.amount ? -1 : a.amount < b.amount ? 1 : 0));
  return { casters, total };
}

/** Tiers, by number, that this weight passes in when nobody else votes. */
export function passesAlone(treasury: Treasury, total: bigint, weight: bigint): number[] {
  const needed = state.policy.thresholds(treasury.inForce, total);
  const cast = { for: weight, against: 0n, abstain: 0n };
  return [0, 1, 2, 3].filter((tier) => rules.outcome.judge(needed, cast, tier) === null);
}

/** How many of the largest together pass in `tier` when nobody else votes; `null` when all do not. */
export function fewestToPass(
  treasury: Treasury,
  total: bigint,
  casters: readonly Caster[],
  tier: number,
): number | null {
  let weight = 0n;
  for (const [place, { amount }] of casters.entries()) {
    weight += amount;
    if (passesAlone(treasury, total, weight).includes(tier)) return place + 1;
  }
  return null;
}
