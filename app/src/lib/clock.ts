/** The network's time. The program knows no other, so neither does this page. */

import { Cell } from "./cell";

/** Follows the network's clock: as last read, and running on by the visitor's since. */
export class NetworkClock {
  /** Unix seconds; changes once a second. `null` before the first reading. */
  readonly second = new Cell<bigint | null>(null);
  #at: { readonly unix: bigint; readonly local: number } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Unix seconds by the network's clock; the visitor's own before the first reading. */
  now(): bigint {
    if (this.#at === null) return BigInt(Math.floor(Date.now() / 1_000));
    const elapsed = Math.floor((performance.now() - this.#at.local) / 1_000);
    return this.#at.unix + BigInt(Math.max(0, elapsed));
  }

  /** Takes a reading. The network's clock has whole seconds: a reading of the same second moves nothing. */
  set(unix: bigint): void {
    if (this.#at === null || this.now() !== unix) {
      // Less than two seconds apart are two readings of one clock, and time must not step back.
      const apart = unix - this.now();
      const same = this.#at !== null && apart < 2n && apart > -2n;
      if (!same) this.#at = { unix, local: performance.now() };
    }
    this.#tick();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #tick = (): void => {
    clearTimeout(this.#timer);
    this.second.set(this.now());
    const since = this.#at === null ? 0 : performance.now() - this.#at.local;
    this.#timer = setTimeout(this.#tick, 1_000 - (since % 1_000) + 5);
  };
}
