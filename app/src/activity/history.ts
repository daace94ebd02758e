/**
 * Reads what happened from a node, newest first: the signatures that name the treasury or one of its epochs,
 * the logs of those transactions, and the program's events in them. Says what is missing.
 *
 * Accounts are the truth: an event tells when something happened, and a node need not keep it for ever.
 */

import type {
  Address,
  GetSignaturesForAddressApi,
  GetTransactionApi,
  Rpc,
  Signature,
} from "@solana/kit";

import { Cell } from "../lib/cell";
import { type Gap, arrange, countedOf } from "./sequence";
import { type Happening, type Reading, SILENT, readTransaction } from "./transaction";

/** An event where it happened. */
export interface Happened extends Happening {
  readonly signature: Signature;
  readonly slot: bigint;
  /** Unix seconds of its block; `null` where the node does not know. */
  readonly at: bigint | null;
}

/** A line of the history. */
export type Line =
  | { readonly kind: "event"; readonly happened: Happened }
  /** Events between the lines around it that the node does not keep. */
  | { readonly kind: "gap"; readonly gap: Gap }
  /** The node cut the log of the transaction: events may be missing here. */
  | { readonly kind: "cut"; readonly signature: Signature; readonly at: bigint | null };

/** What is known so far. */
export interface Known {
  /** Newest first. */
  readonly lines: readonly Line[];
  /** Newest first. */
  readonly happened: readonly Happened[];
  /** Whether everything that the node keeps has been read. */
  readonly complete: boolean;
  /** Transactions that the node names and does not have. */
  readonly lost: number;
  /** Events that contradict their numbers and are not shown. */
  readonly misplaced: number;
}

/** A signature as the node lists it. */
interface Signed {
  readonly signature: Signature;
  readonly slot: bigint;
  readonly at: bigint | null;
  readonly failed: boolean;
}

/** An address whose transactions are read. */
interface Source {
  readonly address: Address;
  /** Listed and not taken yet, newest first. */
  readonly buffer: Signed[];
  /** The oldest listed: where listing goes on. */
  oldest: Signature | null;
  /** The newest listed: from where on new ones are new. */
  newest: Signature | null;
  exhausted: boolean;
}

const NOTHING: Known = { lines: [], happened: [], complete: false, lost: 0, misplaced: 0 };

/** How a history is read. */
export interface HistoryOptions {
  readonly rpc: Rpc<GetSignaturesForAddressApi & GetTransactionApi>;
  readonly treasury: Address;
  /** Addresses of all epochs opened so far, closed ones too. */
  readonly epochs: readonly Address[];
  /** Signatures a page. */
  readonly page?: number;
  /** Requests at one time. */
  readonly concurrency?: number;
}

/** See the top of this file. One caller at a time: calls wait for each other. */
export class History {
  readonly known = new Cell<Known>(NOTHING);
  readonly #rpc: HistoryOptions["rpc"];
  readonly #treasury: Address;
  readonly #sources: Source[];
  readonly #page: number;
  readonly #concurrency: number;
  /** By signature. A transaction is read once. */
  readonly #readings = new Map<Signature, Reading | null>();
  readonly #seen = new Set<Signature>();
  /** Taken from the sources, in the order of the lines; newest first. */
  #taken: Signed[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #heads: ReadonlyMap<Address, bigint> = new Map();

  constructor({ rpc, treasury, epochs, page = 50, concurrency = 6 }: HistoryOptions) {
    this.#rpc = rpc;
    this.#treasury = treasury;
    this.#page = page;
    this.#concurrency = concurrency;
    this.#sources = [treasury, ...epochs].map(sourceOf);
  }

  /** Reads the next page of earlier transactions; nothing when all are read. */
  earlier(signal: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      // What a failed reading left behind comes first.
      if (this.#taken.every(({ signature }) => this.#readings.has(signature))) {
        await this.#take(signal);
      }
      await this.#read(this.#taken, signal);
      this.#publish();
    });
  }

  /**
   * Reads what is new since the last reading. `heads`: the numbers that accounts, read before, said were
   * their last; what they count and the node does not list is a gap.
   */
  newer(signal: AbortSignal, heads: ReadonlyMap<Address, bigint> = new Map()): Promise<void> {
    return this.#inTurn(async () => {
      // An instruction that does not name the treasury is one on the slate that takes proposals: the last.
      const [treasury, ...epochs] = this.#sources;
      const asked = [treasury, epochs.at(-1)].filter((source) => source !== undefined);
      const fresh: Signed[] = [];
      const newest = new Map<Source, Signature>();
      for (const source of asked) {
        const listed = await this.#listNew(source, signal);
        const first = listed[0];
        if (first !== undefined) newest.set(source, first.signature);
        fresh.push(...listed.filter(({ signature }) => !this.#seen.has(signature)));
      }
      const unique = [...new Map(fresh.map((one) => [one.signature, one])).values()];
      unique.sort((a, b) => (a.slot > b.slot ? -1 : a.slot < b.slot ? 1 : 0));
      await this.#read(unique, signal);
      for (const { signature } of unique) this.#seen.add(signature);
      for (const [source, signature] of newest) source.newest = signature;
      this.#taken.unshift(...unique);
      this.#heads = heads;
      this.#publish();
    });
  }

  /** Follows an epoch that was opened since. */
  follow(epoch: Address): void {
    if (this.#sources.some(({ address }) => address === epoch)) return;
    // Everything of it is new, so there is nothing earlier to list.
    this.#sources.push({ ...sourceOf(epoch), exhausted: true });
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(act, act);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  // --- listing ----------------------------------------------------------------------------------

  async #list(
    address: Address,
    range: { readonly before?: Signature; readonly until?: Signature },
    signal: AbortSignal,
  ): Promise<readonly Signed[]> {
    const listed = await this.#rpc
      .getSignaturesForAddress(address, { ...range, commitment: "confirmed", limit: this.#page })
      .send({ abortSignal: signal });
    return listed.map(({ signature, slot, blockTime, err }) => ({
      signature,
      slot,
      at: blockTime,
      failed: err !== null,
    }));
  }

  async #listNew(source: Source, signal: AbortSignal): Promise<readonly Signed[]> {
    const listed: Signed[] = [];
    let before: Signature | null = null;
    for (;;) {
      const page = await this.#list(
        source.address,
        {
          ...(before === null ? {} : { before }),
          ...(source.newest === null ? {} : { until: source.newest }),
        },
        signal,
      );
      listed.push(...page);
      before = page.at(-1)?.signature ?? null;
      if (page.length < this.#page || before === null) return listed;
    }
  }

  async #refill(source: Source, signal: AbortSignal): Promise<void> {
    const range = source.oldest === null ? {} : { before: source.oldest };
    const page = await this.#list(source.address, range, signal);
    source.buffer.push(...page);
    source.newest ??= page[0]?.signature ?? null;
    source.oldest = page.at(-1)?.signature ?? source.oldest;
    source.exhausted = page.length < this.#page;
  }

  /** Takes the next signatures of all sources together, newest first, never ending within a slot. */
  async #take(signal: AbortSignal): Promise<void> {
    let count = 0;
    let slot: bigint | null = null;
    for (;;) {
      const empty = this.#sources.filter(
        ({ buffer, exhausted }) => buffer.length === 0 && !exhausted,
      );
      await this.#each(empty, signal, (source) => this.#refill(source, signal));
      if (empty.length > 0) continue;
      const [first, ...others] = this.#sources.filter(({ buffer }) => buffer.length > 0);
      if (first === undefined) return;
      const slotOf = ({ buffer }: Source) => buffer[0]?.slot ?? -1n;
      const next = others.reduce((best, one) => (slotOf(one) > slotOf(best) ? one : best), first);
      if (count >= this.#page && slotOf(next) !== slot) return;
      const signed = next.buffer.shift();
      if (signed === undefined || this.#seen.has(signed.signature)) continue;
      this.#seen.add(signed.signature);
      this.#taken.push(signed);
      count += 1;
      slot = signed.slot;
    }
  }

  // --- reading ----------------------------------------------------------------------------------

  async #read(all: readonly Signed[], signal: AbortSignal): Promise<void> {
    const unread = all.filter(({ signature }) => !this.#readings.has(signature));
    await this.#each(unread, signal, async ({ signature, failed }) => {
      // A transaction that failed changed nothing, whatever it logged.
      const reading = failed ? SILENT : await this.#transaction(signature, signal);
      this.#readings.set(signature, reading);
    });
  }

  async #transaction(signature: Signature, signal: AbortSignal): Promise<Reading | null> {
    const found = await this.#rpc
      .getTransaction(signature, {
        commitment: "confirmed",
        encoding: "base64",
        maxSupportedTransactionVersion: 0,
      })
      .send({ abortSignal: signal });
    if (found === null || found.meta === null) return null;
    if (found.meta.err !== null) return SILENT;
    return readTransaction(found.meta.logMessages ?? [], found.transaction[0]);
  }

  /**
   * Acts on each, so many at one time. The first failure stops those that have not begun, and is thrown once
   * none is under way.
   */
  async #each<T>(
    all: readonly T[],
    signal: AbortSignal,
    act: (one: T) => Promise<void>,
  ): Promise<void> {
    const queue = [...all];
    const work = async () => {
      for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
        try {
          signal.throwIfAborted();
          await act(one);
        } catch (error) {
          queue.length = 0;
          throw error;
        }
      }
    };
    const workers = Array.from({ length: Math.min(this.#concurrency, all.length) }, work);
    const ended = await Promise.allSettled(workers);
    for (const end of ended) if (end.status === "rejected") throw end.reason;
  }

  #publish(): void {
    const complete = this.#sources.every(
      ({ buffer, exhausted }) => exhausted && buffer.length === 0,
    );
    // Whoever calls the program for another treasury can name this one in passing.
    const own = new Set<Address>(this.#sources.map(({ address }) => address));
    const batches = this.#taken.map(({ signature, slot, at }) => ({
      slot,
      events: (this.#readings.get(signature)?.happenings ?? [])
        .filter(({ event }) => own.has(countedOf(event).counter))
        .map((happening): Happened => ({ ...happening, signature, slot, at })),
    }));
    batches.reverse();
    const { events, newest, misplaced } = arrange(batches, complete, this.#heads);
    const cut = new Set(
      this.#taken
        .filter(({ signature }) => this.#readings.get(signature)?.truncated)
        .map(({ signature }) => signature),
    );
    const lines: Line[] = [];
    events.forEach(({ happened, before }, place) => {
      for (const gap of before) lines.push({ kind: "gap", gap });
      lines.push({ kind: "event", happened });
      const { signature, at } = happened;
      const isLast = events[place + 1]?.happened.signature !== signature;
      if (isLast && cut.delete(signature)) lines.push({ kind: "cut", signature, at });
    });
    for (const gap of newest) lines.push({ kind: "gap", gap });
    // A log that was cut before its first event has no place among events; it is the newest doubt.
    for (const { signature, at } of this.#taken) {
      if (cut.has(signature)) lines.push({ kind: "cut", signature, at });
    }
    this.known.set({
      lines: lines.reverse(),
      happened: events.map(({ happened }) => happened).reverse(),
      complete,
      lost: this.#taken.filter(({ signature }) => this.#readings.get(signature) === null).length,
      misplaced,
    });
  }

  /** The treasury that it is the history of. */
  get treasury(): Address {
    return this.#treasury;
  }
}

function sourceOf(address: Address): Source {
  return { address, buffer: [], oldest: null, newest: null, exhausted: false };
}
