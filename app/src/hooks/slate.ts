/** The slate with all that is needed to put it into words. */

import type { Epoch, Proposal, Treasury } from "@community-budget/client";
import { RuleError, state } from "@community-budget/client";
import { useMemo } from "react";

import { useSelected } from "../lib/cell";
import { useChain, useLoaded } from "../lib/context";
import { type Loaded, sentenceOf, valueOf } from "../lib/resource";
import type { Slate } from "../lib/words";

/** A slate to show: of the present epoch as it would be settled now, of an earlier one as it was. */
export interface ShownSlate {
  readonly slate: Slate;
  readonly treasury: Treasury;
  readonly epoch: Epoch;
  /** By place on the slate; empty while they are being read. */
  readonly proposals: ReadonlyMap<number, Proposal>;
  readonly phase: state.epoch.Phase;
  /** The network's time, to the minute. */
  readonly minute: bigint;
}

/** Positions move with time only where a breaker clears or a mark ages; a minute is fine enough. */
const STEP = 60n;

/** The projection of an unsettled epoch; `null` of a settled one. */
export function project(
  treasury: Treasury,
  epoch: Epoch,
  now: bigint,
): state.funding.Projection | null {
  return epoch.settledAt === 0n ? state.funding.settleNow(treasury, epoch, now) : null;
}

/** All weight that could vote in an epoch. */
export function electorateOf(treasury: Treasury, epoch: Epoch): bigint {
  return epoch.settledAt === 0n
    ? state.treasury.electorate(treasury, epoch.index)
    : epoch.electorate;
}

/** A slate to show at `minute`, or why there is none. */
function shownOf(
  treasury: Treasury,
  epoch: Epoch,
  proposals: ReadonlyMap<number, Proposal>,
  phase: state.epoch.Phase,
  minute: bigint,
  budget: Slate["budget"],
): ShownSlate | null {
  // The treasury has a newer epoch than the one at hand: that one is on its way.
  const present = state.treasury.currentEpoch(treasury);
  if (epoch.settledAt === 0n && present !== epoch.index) return null;
  const electorate = electorateOf(treasury, epoch);
  const projection = project(treasury, epoch, minute);
  const slate = { epoch, projection, electorate, budget, phase };
  return { slate, treasury, epoch, proposals, phase, minute };
}

/** The slate of the epoch `index`, the present one for null. Renders anew when the tally changes. */
export function useSlate(index: number | null): Loaded<ShownSlate> {
  const chain = useChain();
  const present = useSelected(chain.epoch, (loaded) => valueOf(loaded)?.index ?? null);
  const treasury = useLoaded(chain.treasury);
  const number = index ?? present;
  const epoch = useLoaded(number === null ? chain.epoch : chain.epochAt(number));
  const proposals = useProposals(number);
  // A second that changes neither the minute nor the phase renders nothing.
  const minute = useSelected(chain.clock.second, () => {
    const now = chain.clock.now();
    return now - (now % STEP);
  });
  const phase = useSelected(chain.clock.second, () => {
    const known = valueOf(epoch);
    return known === null ? null : state.epoch.phaseAt(known, chain.clock.now());
  });
  const { budget } = chain.config;
  return useMemo((): Loaded<ShownSlate> => {
    if (treasury.kind !== "ready") return treasury;
    if (epoch.kind !== "ready") return epoch;
    if (phase === null) return { kind: "loading" };
    try {
      const value = shownOf(treasury.value, epoch.value, proposals, phase, minute, budget);
      return value === null ? { kind: "loading" } : { kind: "ready", value, slot: epoch.slot };
    } catch (error) {
      // Figures that no rule admits: the program never stores them.
      if (error instanceof RuleError) return { kind: "doubted", sentence: sentenceOf(error) };
      throw error;
    }
  }, [treasury, epoch, proposals, phase, minute, budget]);
}

const NONE: ReadonlyMap<number, Proposal> = new Map();
/** Nothing to read: no epoch is known yet. */
const NOTHING = { get: () => LOADING, subscribe: () => () => undefined };
const LOADING = { kind: "loading" } as const;

/** The proposals of an epoch; empty while they are being read, and where they are closed. */
export function useProposals(index: number | null): ReadonlyMap<number, Proposal> {
  const chain = useChain();
  const loaded = useLoaded<ReadonlyMap<number, Proposal>>(
    index === null ? NOTHING : chain.proposals(index),
  );
  return valueOf(loaded) ?? NONE;
}
