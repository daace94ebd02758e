/** Reads from a node all that the files beside the page are written from. */

import {
  type Address,
  type Rpc,
  type SolanaRpcApi,
  address,
  fetchEncodedAccount,
  getI64Decoder,
} from "@solana/kit";
import * as budget from "@community-budget/client";

import type { Config } from "../lib/config";
import type { Snapshot } from "./feeds";
import { History } from "./history";

const CLOCK = address("SysvarC1ock11111111111111111111111111111111");
const COMMITMENT = { commitment: "confirmed" } as const;

/** Pages of history, at most: a node that always answers more must not be listened to for ever. */
const MOST_PAGES = 2_000;

async function networkTime(rpc: Rpc<SolanaRpcApi>): Promise<bigint> {
  const clock = await fetchEncodedAccount(rpc, CLOCK, COMMITMENT);
  if (!clock.exists || clock.data.length < 40)
    throw new Error("the node does not say what time it is");
  return getI64Decoder().read(clock.data, 32)[0];
}

/** Addresses of all epochs that a treasury has opened so far. */
export function epochsOf(treasury: Address, count: number): Promise<Address[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => budget.epochAddress(treasury, index)),
  );
}

/** Reads everything; `said` is told how far it is. Throws when an account cannot be believed. */
export async function readSnapshot(
  config: Config,
  rpc: Rpc<SolanaRpcApi>,
  url: string | null,
  said: (line: string) => void,
  signal: AbortSignal,
): Promise<Snapshot> {
  if (config.programId !== budget.COMMUNITY_BUDGET_PROGRAM_ADDRESS) {
    throw new Error(`deployment.json names another program: ${config.programId}`);
  }
  const { data: treasury } = await budget.readTreasury(rpc, config.treasury, COMMITMENT);
  const epochs = await epochsOf(config.treasury, treasury.epochCount);
  const open = (await budget.listEpochs(rpc, config.treasury, COMMITMENT)).map(({ data }) => data);
  open.sort((a, b) => a.index - b.index);
  const streams = await budget.listStreams(rpc, config.treasury, COMMITMENT);
  const proposals = new Map<number, ReadonlyMap<number, budget.Proposal>>();
  const electorates = new Map<number, bigint>();
  for (const epoch of open) {
    const where = await budget.epochAddress(config.treasury, epoch.index);
    const list = await budget.listProposals(rpc, where, COMMITMENT);
    proposals.set(epoch.index, new Map(list.map(({ data }) => [data.index, data])));
    const settled = epoch.settledAt !== 0n;
    const frozen = budget.state.treasury.electorate(treasury, epoch.index);
    electorates.set(epoch.index, settled ? epoch.electorate : frozen);
  }
  const history = new History({ rpc, treasury: config.treasury, epochs });
  for (let page = 0; page < MOST_PAGES && !history.known.get().complete; page += 1) {
    await history.earlier(signal);
    said(`${history.known.get().happened.length} events read`);
  }
  return {
    config,
    treasury,
    accounts: { epochs, streams, proposals, policy: treasury.inForce, electorates },
    open,
    known: history.known.get(),
    now: await networkTime(rpc),
    url,
  };
}
