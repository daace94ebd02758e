/** The slate with all that is needed to put it into words. */

import type { Epoch, Proposal, Treasury } from "@community-budget/client";
import { state } from "@community-budget/client";
import { useMemo } from "react";

import { useChain, useCoarseNow, useLoaded } from "../lib/context";
import { type Loaded, valueOf } from "../lib/resource";
import type { Slate } from "../lib/words";

/** A slate to show: of the present epoch as it would be settled now, of an earlier one as it was. */
export interface ShownSlate {
  readonly slate: Slate;
  readonly treasury: Treasury;
  readonly epoch: Epoch;
  /** By place on the slate; empty while they are being read. */
  readonly proposals: ReadonlyMap<number, Proposal>;
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

/** The slate of the epoch `index`, the present one for null. Renders anew when the tally changes. */
export function useSlate(index: number | null): Loaded<ShownSlate> {
  const chain = useChain();
  const present = useLoaded(chain.epoch);
  const treasury = useLoaded(chain.treasury);
  const number = index ?? valueOf(present)?.index ?? null;
  const epoch = useLoaded(number === null ? chain.epoch : chain.epochAt(number));
  const proposals = useProposals(number);
  const now = useCoarseNow(STEP);
  const { budget } = chain.config;
  return useMemo((): Loaded<ShownSlate> => {
    if (treasury.kind !== "ready") return treasury;
    if (epoch.kind !== "ready") return epoch;
    const electorate = electorateOf(treasury.value, epoch.value);
    const projection = project(treasury.value, epoch.value, now);
    const slate = { epoch: epoch.value, projection, electorate, budget };
    const value = { slate, treasury: treasury.value, epoch: epoch.value, proposals };
    return { kind: "ready", value, slot: epoch.slot };
  }, [treasury, epoch, proposals, now, budget]);
}

const NONE: ReadonlyMap<number, Proposal> = new Map();

/** The proposals of an epoch; empty while they are being read, and where they are closed. */
export function useProposals(index: number | null): ReadonlyMap<number, Proposal> {
  const chain = useChain();
  const resource = chain.proposals(index ?? 0);
  const loaded = useLoaded(resource);
  return index === null ? NONE : (valueOf(loaded) ?? NONE);
}
