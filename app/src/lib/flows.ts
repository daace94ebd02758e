/**
 * What came in and what was awarded, epoch by epoch: of the last four from the treasury's books, of earlier ones
 * from what else is known of them.
 */

import type { Address } from "@solana/kit";
import {
  BondFate,
  type BudgetEvent,
  type Epoch,
  type Treasury,
  state,
} from "@community-budget/client";

/** One epoch's flows, in base units of the budget mint. */
export interface EpochFlow {
  /** Position of the epoch. */
  readonly index: number;
  /** Awarded by it; `null` where that is not known. */
  readonly outflow: bigint | null;
  /** Received while it was the present one, until the next one opened; `null` where that is not known. */
  readonly inflow: bigint | null;
  /** Whether it is still to be settled: its awards are to come. */
  readonly open: boolean;
}

/**
 * The flows of all epochs of which something is known, in order. `events`: everything that the node keeps,
 * oldest first, when none of it is missing; else empty.
 */
export function flowsOf(
  treasury: Treasury,
  epochs: readonly Pick<Epoch, "index" | "allocated">[],
  events: readonly BudgetEvent[],
): EpochFlow[] {
  const { TRAILING_EPOCHS } = state.treasury;
  const first = Math.max(0, treasury.epochCount - TRAILING_EPOCHS);
  const known = new Map<number, { outflow: bigint | null; inflow: bigint | null }>();
  const at = (index: number) => {
    const found = known.get(index) ?? { outflow: null, inflow: null };
    known.set(index, found);
    return found;
  };
  for (const { index, allocated } of epochs) at(index).outflow = allocated;
  for (const { index, outflow, inflow } of counted(events)) {
    const own = at(index);
    own.outflow ??= outflow;
    own.inflow = inflow;
  }
  // The books come last: what they say is what the rules go by.
  for (let index = first; index < treasury.epochCount; index += 1) {
    const slot = index % TRAILING_EPOCHS;
    const own = at(index);
    own.outflow = treasury.outflow[slot] ?? null;
    own.inflow = treasury.inflow[slot] ?? null;
  }
  return [...known]
    .sort(([a], [b]) => a - b)
    .map(([index, own]) => ({
      index,
      ...own,
      open: treasury.epochActive === 1 && index === treasury.epochCount - 1,
    }));
}

/** What events say of epochs: what came in belongs to the epoch opened last before it. */
function counted(
  events: readonly BudgetEvent[],
): { index: number; outflow: bigint | null; inflow: bigint }[] {
  const flows: { index: number; outflow: bigint | null; inflow: bigint }[] = [];
  const indices = new Map<Address, number>();
  for (const event of events) {
    switch (event.name) {
      case "EpochOpened":
        indices.set(event.data.epoch, flows.length);
        flows.push({ index: event.data.index, outflow: null, inflow: 0n });
        break;
      case "EpochSettled": {
        const own = flows[indices.get(event.data.epoch) ?? -1];
        if (own !== undefined) own.outflow = event.data.allocated;
        break;
      }
      default: {
        const own = flows.at(-1);
        if (own !== undefined) own.inflow += received(event);
      }
    }
  }
  return flows;
}

/** Base units that an event says the vault received. */
function received(event: BudgetEvent): bigint {
  switch (event.name) {
    case "FundsDeposited":
    case "FundsReturned":
    case "SurplusAbsorbed":
      return event.data.amount;
    case "ProposalSubmitted":
    case "ActionSubmitted":
      return event.data.slotFee;
    case "ProposalClosed":
      return event.data.fate === BondFate.Forfeited || event.data.fate === BondFate.Unpayable
        ? event.data.bond
        : 0n;
    default:
      return 0n;
  }
}
