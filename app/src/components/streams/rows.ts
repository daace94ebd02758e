/** All streams as rows, derived a few at a time, so that ten thousand of them never hold the page up. */

import type { Account, Address } from "@solana/kit";
import type { Stream } from "@community-budget/client";
import { startTransition, useEffect, useMemo, useState } from "react";

import { useSelected } from "../../lib/cell";
import type { Chain } from "../../lib/chain";
import { useChain } from "../../lib/context";
import * as format from "../../lib/format";
import { Turns, idle } from "../../lib/turns";
import { type Need, type Row, needOf, needsInOrder, rowOf } from "./list";

/** Figures of the list are of the minute; those in view count on by themselves. */
const STEP = 60n;

/** What is known of the rows. */
export interface Rows {
  readonly rows: readonly Row[];
  /** Those that wait for somebody, in order. */
  readonly needs: readonly Need[];
  /** Streams whose accounts contradict themselves, and are not among them. */
  readonly broken: number;
}

/** The network's time to the minute; the component renders anew when that changes. */
export function useMinute(): bigint {
  const { clock } = useChain();
  return useSelected(clock.second, () => {
    const now = clock.now();
    return now - (now % STEP);
  });
}

/** The rows of a list; `null` while the first of them are derived. */
export function useRows(list: readonly Account<Stream>[]): Rows | null {
  const chain = useChain();
  const minute = useMinute();
  const [found, setFound] = useState<Rows | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    void derived(chain, list, stop.signal).then((rows) => {
      // Also the first time: a page with ten thousand rows takes more than a frame to make.
      if (rows !== null) startTransition(() => setFound(rows));
    });
    return () => stop.abort();
  }, [chain, list, minute]);
  return found;
}

async function derived(
  chain: Chain,
  list: readonly Account<Stream>[],
  signal: AbortSignal,
): Promise<Rows | null> {
  // Not the minute's beginning: money that was paid since would not have been released then.
  const now = chain.clock.now();
  const names = new Map<Address, string>();
  const nameOf = (address: Address) => {
    const known = names.get(address);
    if (known !== undefined) return known;
    const made = chain.config.names.get(address) ?? format.shortKey(address);
    names.set(address, made);
    return made;
  };
  const rows: Row[] = [];
  const needs: Need[] = [];
  const turns = new Turns();
  let broken = 0;
  for (const account of list) {
    const row = rowOf(account, now, nameOf);
    const need = row === null ? null : needOf(row);
    if (row === null) broken += 1;
    else rows.push(row);
    if (need !== null) needs.push(need);
    if (turns.over) await turns.next();
    if (signal.aborted) return null;
  }
  return { rows, needs: needsInOrder(needs), broken };
}

/** Epochs whose titles are read for search; those of older ones are mostly closed. */
const TITLED_EPOCHS = 16;

/** What an award is called; `null` where its proposal is closed, or not read. */
export type TitleOf = (stream: Stream) => string | null;

/** Titles of the newest epochs' awards. */
export function useTitles(rows: readonly Row[]): TitleOf {
  const chain = useChain();
  const newest = useMemo(() => {
    const epochs = new Set(rows.map(({ stream }) => stream.epochIndex));
    return [...epochs].sort((a, b) => b - a).slice(0, TITLED_EPOCHS);
  }, [rows]);
  const key = newest.join();
  const [read, changed] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    void followed(chain, newest, () => changed((count) => count + 1), stop.signal);
    return () => stop.abort();
    // The same epochs are the same subscription.
  }, [chain, key]);
  return useMemo(() => {
    return ({ epochIndex, entryIndex }: Stream) => {
      const loaded = chain.proposals(epochIndex).get();
      if (loaded.kind !== "ready") return null;
      return loaded.value.get(entryIndex)?.terms.title ?? null;
    };
    // Another function for other answers: what was looked for is looked for again.
  }, [chain, read]);
}

/** Follows the proposals of epochs. Each is a request: they are not all sent in one go. */
async function followed(
  chain: Chain,
  epochs: readonly number[],
  changed: () => void,
  signal: AbortSignal,
): Promise<void> {
  for (const epoch of epochs) {
    await idle();
    if (signal.aborted) return;
    signal.addEventListener("abort", chain.proposals(epoch).subscribe(changed));
  }
}
