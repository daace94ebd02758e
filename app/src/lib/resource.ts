/** Something read from the network: read when first watched, kept, read again when it may have changed. */

import { Cell, type Readable } from "./cell";

/** What is known of it. */
export type Loaded<T> =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly value: T; readonly slot: bigint }
  /** It does not exist. */
  | { readonly kind: "absent" }
  /** The node's answer cannot be true; no figure of it is shown. */
  | { readonly kind: "doubted"; readonly sentence: string }
  /** The node did not answer. */
  | { readonly kind: "failed"; readonly sentence: string };

/** A value and the slot that it was read at. */
export interface Reading<T> {
  readonly value: T;
  readonly slot: bigint;
}

/** What a reader throws when there is nothing to read. */
export class Absent extends Error {
  override readonly name = "Absent";
}

/** What a reader throws when an answer cannot be true. */
export class Doubted extends Error {
  override readonly name = "Doubted";
}

const LOADING = { kind: "loading" } as const;

/** See the top of this file. */
export class Resource<T> implements Readable<Loaded<T>> {
  readonly #cell = new Cell<Loaded<T>>(LOADING);
  readonly #read: () => Promise<Reading<T>>;
  #watchers = 0;
  #running: Promise<void> | null = null;
  #again = false;
  #begun = false;

  constructor(read: () => Promise<Reading<T>>) {
    this.#read = read;
  }

  get = (): Loaded<T> => this.#cell.get();

  subscribe = (changed: () => void): (() => void) => {
    const end = this.#cell.subscribe(changed);
    this.#watchers += 1;
    if (!this.#begun) void this.reload();
    return () => {
      end();
      this.#watchers -= 1;
    };
  };

  /** Whether anybody looks at it. */
  get watched(): boolean {
    return this.#watchers > 0;
  }

  /** Forgets nothing, and reads again: now when it is watched, else when it is watched next. */
  invalidate(): void {
    if (this.watched) void this.reload();
    else this.#begun = false;
  }

  /** Takes what came by another way, unless something newer is known. */
  offer(value: T, slot: bigint): void {
    const known = this.#cell.get();
    if (known.kind === "ready" && known.slot > slot) return;
    this.#begun = true;
    this.#cell.set({ kind: "ready", value, slot });
  }

  /** Refuses what came by another way. */
  doubt(sentence: string): void {
    this.#cell.set({ kind: "doubted", sentence });
  }

  /** There is none. */
  absent(): void {
    this.#cell.set({ kind: "absent" });
  }

  /** The node did not answer. What was read before stays: the page says how old it is. */
  fail(sentence: string): void {
    if (this.#cell.get().kind !== "ready") this.#cell.set({ kind: "failed", sentence });
  }

  /** Reads it now. Whoever asks while it is being read gets one more reading after it. */
  reload(): Promise<void> {
    this.#begun = true;
    if (this.#running !== null) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    do {
      this.#again = false;
      try {
        const { value, slot } = await this.#read();
        this.offer(value, slot);
      } catch (error) {
        this.#fail(error);
      }
    } while (this.#again);
  }

  #fail(error: unknown): void {
    if (error instanceof Absent) this.absent();
    else if (error instanceof Doubted || isUnreadable(error)) this.doubt(sentenceOf(error));
    else this.fail(sentenceOf(error));
  }
}

function isUnreadable(error: unknown): error is Error {
  return error instanceof Error && error.name === "Unreadable";
}

/** An error's words as a sentence. */
export function sentenceOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  const first = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** The value of a resource that is ready; `null` for any other state. */
export function valueOf<T>(loaded: Loaded<T>): T | null {
  return loaded.kind === "ready" ? loaded.value : null;
}
