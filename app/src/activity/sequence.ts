/**
 * The order of events, and what is missing of them. Each event carries its number on the treasury or on the
 * epoch that it names; numbers begin at 1 and leave none out, so a gap means events that did not come.
 */

import type { Address } from "@solana/kit";
import type { BudgetEvent } from "@community-budget/client";

/** The account that numbers an event, and its number there. */
export interface Counted {
  readonly counter: Address;
  readonly seq: bigint;
}

/** An event that names an epoch is numbered by it, any other by the treasury. */
export function countedOf({ data }: BudgetEvent): Counted {
  return { counter: "epoch" in data ? data.epoch : data.treasury, seq: data.seq };
}

/** A transaction with its events in the order in which they were logged. */
export interface Batch<E extends { readonly event: BudgetEvent }> {
  readonly slot: bigint;
  readonly events: readonly E[];
}

/** Events of one counter that did not come. */
export interface Gap {
  readonly counter: Address;
  /** Number of the first and of the last of them. */
  readonly first: bigint;
  readonly last: bigint;
}

/** How many events are missing. */
export function missing({ first, last }: Gap): bigint {
  return last - first + 1n;
}

/** The transactions of one slot in an order that no counter contradicts; else as they are. */
function untangled<E extends { readonly event: BudgetEvent }>(
  batches: readonly Batch<E>[],
): readonly Batch<E>[] {
  if (batches.length < 2) return batches;
  // Of every counter the batches that it numbers, in the order of their first numbers.
  const chains = new Map<Address, { readonly seq: bigint; readonly at: number }[]>();
  batches.forEach(({ events }, at) => {
    for (const { event } of events) {
      const { counter, seq } = countedOf(event);
      const chain = chains.get(counter);
      if (chain === undefined) chains.set(counter, [{ seq, at }]);
      else chain.push({ seq, at });
    }
  });
  const after = batches.map(() => new Set<number>());
  const waitsFor = batches.map(() => 0);
  for (const chain of chains.values()) {
    chain.sort((a, b) => (a.seq < b.seq ? -1 : a.seq > b.seq ? 1 : a.at - b.at));
    chain.forEach(({ at }, place) => {
      const next = chain[place + 1]?.at;
      const later = after[at];
      if (next === undefined || next === at || later === undefined || later.has(next)) return;
      later.add(next);
      waitsFor[next] = (waitsFor[next] ?? 0) + 1;
    });
  }
  const order: Batch<E>[] = [];
  const placed = new Set<number>();
  while (placed.size < batches.length) {
    // Slots hold few transactions of one treasury: looking through them each time is quick enough.
    let at = batches.findIndex((_, one) => !placed.has(one) && waitsFor[one] === 0);
    if (at === -1) at = batches.findIndex((_, one) => !placed.has(one));
    const batch = batches[at];
    if (batch === undefined) break;
    placed.add(at);
    order.push(batch);
    for (const next of after[at] ?? []) waitsFor[next] = (waitsFor[next] ?? 1) - 1;
  }
  return order;
}

/** Events in order, each with the events that are missing just before it. */
export interface Arranged<E> {
  /** Oldest first. */
  readonly events: readonly { readonly happened: E; readonly before: readonly Gap[] }[];
  /** Missing behind the newest event of a counter. */
  readonly newest: readonly Gap[];
  /** Events whose place contradicts their number, or that came twice; they are left out. */
  readonly misplaced: number;
}

/**
 * Arranges transactions, given oldest first. `complete`: nothing lies before them, so that a counter that does
 * not begin at 1 has a gap at its beginning. `heads`: what accounts said was their last number.
 */
export function arrange<E extends { readonly event: BudgetEvent }>(
  batches: readonly Batch<E>[],
  complete: boolean,
  heads: ReadonlyMap<Address, bigint> = new Map(),
): Arranged<E> {
  const bySlot = new Map<bigint, Batch<E>[]>();
  for (const batch of batches) {
    const slot = bySlot.get(batch.slot);
    if (slot === undefined) bySlot.set(batch.slot, [batch]);
    else slot.push(batch);
  }
  const slots = [...bySlot].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const last = new Map<Address, bigint>();
  const events: { readonly happened: E; readonly before: readonly Gap[] }[] = [];
  let misplaced = 0;
  for (const happened of slots.flatMap(([, slot]) =>
    untangled(slot).flatMap((batch) => batch.events),
  )) {
    const { counter, seq } = countedOf(happened.event);
    const known = last.get(counter) ?? (complete ? 0n : seq - 1n);
    if (seq <= known || seq <= 0n) {
      misplaced += 1;
      continue;
    }
    last.set(counter, seq);
    const gap = { counter, first: known + 1n, last: seq - 1n };
    events.push({ happened, before: gap.first <= gap.last ? [gap] : [] });
  }
  const newest: Gap[] = [];
  for (const [counter, head] of heads) {
    const known = last.get(counter) ?? (complete ? 0n : head);
    if (known < head) newest.push({ counter, first: known + 1n, last: head });
  }
  return { events, newest, misplaced };
}
