/** Of two answers, which is the newer one; and which of several is shown. */

import type { Address, EncodedAccount, ReadonlyUint8Array } from "@solana/kit";

import type { Reading } from "../resource";

/** How something came to be known. */
export interface Told {
  /** The slot that the node named. */
  readonly slot: bigint;
  /** When it was asked for, by `performance.now()`; `null` for what the node pushed. */
  readonly asked: number | null;
}

/** An account that counts its own events. */
interface Counting {
  readonly seq: bigint;
}

/**
 * Whether an answer is older than what is known. The account's own events count, not the slots of
 * notifications: not every node tells those apart. An answer may have been on its way while a change was
 * pushed; one that was asked for afterwards and still counts fewer events tells of a fork. `asked` and
 * `pushedAt` are of `performance.now()`; a pushed answer was not asked for.
 */
export function isOutdated(
  known: Counting | null,
  answer: Counting,
  asked: number | null,
  pushedAt: number,
): boolean {
  if (known === null || answer.seq >= known.seq) return false;
  return asked === null || asked <= pushedAt;
}

/** The bytes of accounts as they were believed last. */
export class Seen {
  readonly #bytes = new Map<
    Address,
    { readonly data: ReadonlyUint8Array; readonly owner: Address; readonly beside: unknown }
  >();

  /** Whether an account was seen with these bytes last, beside the same other thing. */
  same(account: EncodedAccount, beside: unknown): boolean {
    const last = this.#bytes.get(account.address);
    return (
      last !== undefined &&
      last.beside === beside &&
      last.owner === account.programAddress &&
      last.data.length === account.data.length &&
      last.data.every((byte, at) => byte === account.data[at])
    );
  }

  remember({ address: where, data, programAddress }: EncodedAccount, beside: unknown): void {
    this.#bytes.set(where, { data, owner: programAddress, beside });
  }
}

/** Hands readings on with the next frame: of several within one, a screen shows the last. */
export class Framed<T> {
  readonly #show: (reading: Reading<T>) => void;
  #next: Reading<T> | null = null;

  constructor(show: (reading: Reading<T>) => void) {
    this.#show = show;
  }

  /** What waits for the next frame. */
  get next(): Reading<T> | null {
    return this.#next;
  }

  /** Shows a reading; now when it is waited for. */
  show(reading: Reading<T>, now: boolean): void {
    const waiting = this.#next !== null;
    if (this.#next === null || reading.slot >= this.#next.slot) this.#next = reading;
    // A page that is not looked at gets no frames.
    if (now || document.hidden || typeof requestAnimationFrame !== "function") this.#frame();
    else if (!waiting) requestAnimationFrame(this.#frame);
  }

  #frame = (): void => {
    const next = this.#next;
    this.#next = null;
    if (next !== null) this.#show(next);
  };
}
