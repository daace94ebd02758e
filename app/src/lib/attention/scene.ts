/** What needs somebody, and what that is read from. */

import type { Account, Address } from "@solana/kit";
import * as budget from "@community-budget/client";
import type { Ballot, Epoch, Proposal, Stake, Stream, Treasury } from "@community-budget/client";

import { type Part, text, written } from "../../activity/parts";
import * as format from "../format";
import type { Route } from "../router";

const { stream: flow } = budget.state;

/** Something to be done. */
export interface Matter {
  /** The same for the same matter. */
  readonly id: string;
  /** Whom it needs. */
  readonly who: "you" | "anyone";
  /** One sentence. */
  readonly words: readonly Part[];
  /** What the moment is: `until`, `since`. */
  readonly when: "until" | "since" | null;
  /** Unix seconds; `null` when nothing runs out. */
  readonly at: bigint | null;
  readonly route: Route;
  /** What the link says: the deed. */
  readonly deed: string;
}

/** What is known of who visits. Whatever is not known yet is `null` and asks for nothing. */
export interface You {
  readonly address: Address;
  readonly stake: Stake | null;
  /** The ballot in the present epoch; `"none"` when there is none. */
  readonly ballot: Ballot | "none" | null;
  /** The ballot in the last settled epoch, while it is not closed. */
  readonly lastBallot: Ballot | null;
  /** All stakes: who named the visitor as delegate. */
  readonly stakes: readonly Stake[] | null;
  /** Owners whose ballots are recorded in the present epoch. */
  readonly voters: ReadonlySet<Address> | null;
}

/** What matters are read from. */
export interface Scene {
  /** Unix seconds. */
  readonly now: bigint;
  readonly treasury: Treasury;
  /** The epoch opened last; `null` before the first, and when it is closed. */
  readonly epoch: Epoch | null;
  /** All epochs that are not closed. */
  readonly epochs: readonly Epoch[];
  /** Of the present epoch, by place on the slate. */
  readonly proposals: ReadonlyMap<number, Proposal>;
  readonly streams: readonly Account<Stream>[];
  /** Titles of awards that became streams; nothing where it is not known. */
  readonly titleOf: (epoch: number, entry: number) => string | null;
  readonly you: You | null;
}

/** The epoch opened last. */
export const EPOCH: Route = { page: "epoch", index: null };

/** How many, as a part of a sentence. */
export const count = (value: number, one: string, many?: string) =>
  text(format.count(value, one, many));

/** The page of a stream. */
export const streamRoute = ({ epochIndex, entryIndex }: Stream): Route => ({
  page: "stream",
  index: epochIndex,
  entry: entryIndex,
});

/** A stream by its award's title, or by its place. */
export function called({ titleOf }: Scene, { epochIndex, entryIndex }: Stream): Part {
  const title = titleOf(epochIndex, entryIndex);
  return title === null
    ? text(`the stream of entry ${entryIndex} in epoch ${epochIndex}`)
    : written(title, null);
}

/** Unix seconds at which a stream's own clock shows `clock`. */
export function reached(stream: Stream, clock: bigint): bigint {
  return budget.rules.stream.reachedAt(flow.clock(stream), clock);
}

/** The epoch settled last, of those that are not closed. */
export function lastSettled(epochs: readonly Epoch[]): Epoch | null {
  return epochs.reduce<Epoch | null>(
    (last, one) => (one.settledAt !== 0n && (last === null || one.index > last.index) ? one : last),
    null,
  );
}
