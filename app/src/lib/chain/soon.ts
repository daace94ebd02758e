/** Something that many ask for and that need not be done for each of them. */

import { wait } from "./node";

/** Does something a while after it was first asked to, once for all who ask in the meantime. */
export class Soon {
  readonly #milliseconds: number;
  readonly #act: () => void;
  readonly #signal: AbortSignal;
  #asked = false;

  /** `signal`: nothing is done any more. */
  constructor(milliseconds: number, act: () => void, signal: AbortSignal) {
    this.#milliseconds = milliseconds;
    this.#act = act;
    this.#signal = signal;
  }

  ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    void wait(this.#milliseconds, this.#signal).then(() => {
      this.#asked = false;
      if (!this.#signal.aborted) this.#act();
    });
  }
}
