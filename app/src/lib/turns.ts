/** Long work on the page's only thread, in turns so short that nobody who touches the page waits for them. */

/** How long a turn takes, in milliseconds: well under the frame that an answer to a touch is drawn in. */
const TURN_MS = 6;
/** How long the next turn waits for the browser to be idle. A page that is never idle still gets on. */
const PATIENCE_MS = 50;

/** Says when a turn is over, and waits for the next one. */
export class Turns {
  #since = performance.now();

  /** Whether the browser should have the thread now. */
  get over(): boolean {
    return performance.now() - this.#since >= TURN_MS;
  }

  /** Lets the browser do what is waiting, when the turn is over. */
  async next(): Promise<void> {
    if (!this.over) return;
    await idle();
    this.#since = performance.now();
  }
}

/** Lets the browser do what is waiting. */
export function idle(): Promise<void> {
  return new Promise((done) => {
    if (typeof requestIdleCallback === "function")
      requestIdleCallback(() => done(), { timeout: PATIENCE_MS });
    else setTimeout(done);
  });
}
