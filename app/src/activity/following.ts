/** The history as the page follows it: read when somebody looks at it, kept between pages, live. */

import type { Address } from "@solana/kit";
import * as budget from "@community-budget/client";

import { Cell } from "../lib/cell";
import type { Chain } from "../lib/chain";
import { sentenceOf, valueOf } from "../lib/resource";
import { History, type Known } from "./history";
import { epochsOf } from "./snapshot";

/** How long changes gather before the node is asked for their events. */
const GATHER_MS = 1_500;

/** What of the network is needed. */
export type Followable = Pick<Chain, "config" | "rpc" | "treasury" | "epoch">;

/** What is known, and what is being done about the rest. */
export interface Followed {
  /** `null` before the first page is read. */
  readonly known: Known | null;
  readonly epochs: readonly Address[];
  readonly reading: boolean;
  /** Why the last reading failed, in a sentence; `null` when it did not. */
  readonly trouble: string | null;
}

/** See the top of this file. */
export class Following {
  readonly state = new Cell<Followed>({ known: null, epochs: [], reading: false, trouble: null });
  readonly #chain: Followable;
  #history: History | null = null;
  #watchers = 0;
  #end: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #starting = false;
  #busy = 0;
  #read: ReadonlyMap<Address, bigint> = new Map();

  constructor(chain: Followable) {
    this.#chain = chain;
  }

  /** Follows until the returned function is called. */
  watch = (): (() => void) => {
    this.#watchers += 1;
    if (this.#watchers === 1) this.#begin();
    return () => {
      this.#watchers -= 1;
      if (this.#watchers > 0) return;
      this.#end?.abort();
      this.#end = null;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  };

  /** Reads one more page of earlier events. */
  earlier = (): void => {
    void this.#reading((history, signal) => history.earlier(signal));
  };

  /** Reads earlier events until `enough` says so or none are left; `stop` ends it. */
  until = (enough: (known: Known) => boolean): (() => void) => {
    const stop = new AbortController();
    void this.#reading(async (history, signal) => {
      const ends = AbortSignal.any([signal, stop.signal]);
      while (!history.known.get().complete && !enough(history.known.get())) {
        await history.earlier(ends);
      }
    });
    return () => stop.abort();
  };

  /** Reads what is not known yet: the first page, or what is new. */
  again = (): void => {
    const treasury = valueOf(this.#chain.treasury.get());
    if (treasury === null) return;
    if (this.#history === null) void this.#first(treasury);
    else if (this.state.get().known === null) this.earlier();
    else void this.#newer();
  };

  #begin(): void {
    const end = new AbortController();
    this.#end = end;
    const { treasury, epoch } = this.#chain;
    const ends = [treasury.subscribe(this.#changed), epoch.subscribe(this.#changed)];
    end.signal.addEventListener("abort", () => ends.forEach((one) => one()));
    this.again();
  }

  /** The treasury or its epoch changed: something happened, or they are known now. */
  #changed = (): void => {
    if (this.#timer !== undefined) return;
    const heads = this.#heads();
    const isNew = [...heads].some(([counter, seq]) => this.#read.get(counter) !== seq);
    if (!isNew) return;
    // The first time there is nothing to gather.
    const wait = this.#history === null ? 0 : GATHER_MS;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.again();
    }, wait);
  };

  async #first(treasury: budget.Treasury): Promise<void> {
    if (this.#starting) return;
    this.#starting = true;
    const { rpc, config } = this.#chain;
    const epochs = await epochsOf(config.treasury, treasury.epochCount);
    this.#history = new History({ rpc, treasury: config.treasury, epochs });
    this.#patch({ epochs });
    this.#read = this.#heads();
    this.earlier();
  }

  async #newer(): Promise<void> {
    const heads = this.#heads();
    const known = this.state.get().epochs;
    const treasury = valueOf(this.#chain.treasury.get());
    if (treasury !== null && treasury.epochCount > known.length) {
      const epochs = await epochsOf(this.#chain.config.treasury, treasury.epochCount);
      for (const epoch of epochs.slice(known.length)) this.#history?.follow(epoch);
      this.#patch({ epochs });
    }
    await this.#reading(async (history, signal) => {
      await history.newer(signal, heads);
      this.#read = heads;
    });
  }

  /** The numbers that the accounts say were their last. */
  #heads(): ReadonlyMap<Address, bigint> {
    const heads = new Map<Address, bigint>();
    const treasury = valueOf(this.#chain.treasury.get());
    const epoch = valueOf(this.#chain.epoch.get());
    if (treasury !== null) heads.set(this.#chain.config.treasury, treasury.seq);
    const where = epoch === null ? undefined : this.state.get().epochs[epoch.index];
    if (epoch !== null && where !== undefined) heads.set(where, epoch.seq);
    return heads;
  }

  async #reading(act: (history: History, signal: AbortSignal) => Promise<void>): Promise<void> {
    const history = this.#history;
    const signal = this.#end?.signal;
    if (history === null || signal === undefined) return;
    const publish = history.known.subscribe(() => this.#patch({ known: history.known.get() }));
    this.#busy += 1;
    this.#patch({ reading: true, trouble: null });
    try {
      await act(history, signal);
    } catch (error) {
      const ended = error instanceof Error && error.name === "AbortError";
      if (!ended) this.#patch({ trouble: sentenceOf(error) });
    } finally {
      publish();
      this.#busy -= 1;
      this.#patch({ reading: this.#busy > 0 });
    }
  }

  #patch(part: Partial<Followed>): void {
    this.state.set({ ...this.state.get(), ...part });
  }
}

const FOLLOWED = new WeakMap<Chain, Following>();

/** The one following of a chain. */
export function followingOf(chain: Chain): Following {
  const known = FOLLOWED.get(chain);
  if (known !== undefined) return known;
  const fresh = new Following(chain);
  FOLLOWED.set(chain, fresh);
  return fresh;
}
