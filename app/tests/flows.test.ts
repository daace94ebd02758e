/** What came in and what was awarded, epoch by epoch. */

import { BondFate, type BudgetEvent } from "@community-budget/client";
import { describe, expect, it } from "vitest";

import { flowsOf } from "../src/lib/flows";
import { key, treasury } from "./made";

const HASH = new Uint8Array(32);

const opened = (index: number): BudgetEvent => ({
  name: "EpochOpened",
  data: {
    seq: 1n,
    treasury: key(1),
    epoch: key(10 + index),
    index,
    cap: 0n,
    rewardPool: 0n,
    freeAtOpen: 0n,
    votingOpensAt: 0n,
    votingClosesAt: 0n,
    votingHardEndAt: 0n,
  },
});

const settled = (index: number, allocated: bigint): BudgetEvent => ({
  name: "EpochSettled",
  data: {
    seq: 2n,
    epoch: key(10 + index),
    electorate: 0n,
    passing: 0,
    funded: 0,
    approved: 0,
    allocated,
    settledAt: 1n,
    committed: 0n,
  },
});

const deposited = (amount: bigint): BudgetEvent => ({
  name: "FundsDeposited",
  data: { seq: 3n, treasury: key(1), depositor: key(2), amount, tracked: 0n },
});

const submitted = (slotFee: bigint): BudgetEvent => ({
  name: "ProposalSubmitted",
  data: {
    seq: 4n,
    epoch: key(10),
    index: 0,
    proposer: key(2),
    recipient: key(2),
    amount: 1_000n,
    slotFee,
    bond: 50n,
    accepted: true,
    slateHash: HASH,
  },
});

const closed = (fate: BondFate, bond: bigint): BudgetEvent => ({
  name: "ProposalClosed",
  data: { seq: 5n, epoch: key(10), index: 0, bond, fate, tracked: 0n },
});

const SIX = { epochCount: 6, epochActive: 1 } as const;

describe("the books", () => {
  it("keep four epochs, each in the place of its number", () => {
    const own = treasury({ ...SIX, outflow: [40n, 0n, 20n, 30n], inflow: [4n, 5n, 2n, 3n] });
    expect(flowsOf(own, [], [])).toEqual([
      { index: 2, outflow: 20n, inflow: 2n, open: false },
      { index: 3, outflow: 30n, inflow: 3n, open: false },
      { index: 4, outflow: 40n, inflow: 4n, open: false },
      { index: 5, outflow: 0n, inflow: 5n, open: true },
    ]);
  });

  it("keep fewer while there were fewer, and none before the first", () => {
    const two = treasury({ epochCount: 2, epochActive: 0, outflow: [7n, 8n, 0n, 0n] });
    expect(flowsOf(two, [], []).map(({ outflow, open }) => [outflow, open])).toEqual([
      [7n, false],
      [8n, false],
    ]);
    expect(flowsOf(treasury(), [], [])).toEqual([]);
  });
});

describe("earlier epochs", () => {
  const own = treasury({ ...SIX, outflow: [40n, 0n, 20n, 30n] });

  it("are known by their accounts as far as they awarded", () => {
    const epochs = [
      { index: 0, allocated: 9n },
      // What the books say of a later one goes before what its account says.
      { index: 3, allocated: 1n },
      { index: 5, allocated: 0n },
    ];
    const flows = flowsOf(own, epochs, []);
    expect(flows.map(({ index }) => index)).toEqual([0, 2, 3, 4, 5]);
    expect(flows[0]).toEqual({ index: 0, outflow: 9n, inflow: null, open: false });
    expect(flows[2]?.outflow).toBe(30n);
  });

  it("are known by events, and what came in belongs to the epoch opened last", () => {
    const events = [
      deposited(999n),
      opened(0),
      submitted(5n),
      deposited(10n),
      settled(0, 70n),
      closed(BondFate.Returned, 50n),
      closed(BondFate.Forfeited, 50n),
      closed(BondFate.Unpayable, 1n),
      opened(1),
      deposited(3n),
    ];
    const flows = flowsOf(own, [], events);
    expect(flows.slice(0, 2)).toEqual([
      { index: 0, outflow: 70n, inflow: 66n, open: false },
      { index: 1, outflow: null, inflow: 3n, open: false },
    ]);
  });

  it("go by their account before the event: what lapsed since is no outflow", () => {
    const events = [opened(0), settled(0, 70n)];
    const flows = flowsOf(own, [{ index: 0, allocated: 60n }], events);
    expect(flows[0]?.outflow).toBe(60n);
  });
});
