/** Contradictions between answers, by who found them: each finder's newest findings replace its earlier ones. */

import { Unreadable } from "@community-budget/client";

import { Cell } from "../cell";
import type { Doubt } from "../doubt";
import { type Reading, sentenceOf } from "../resource";
import { wait } from "./node";

/** How often, and after how long, a contradiction between two readings is looked at before it counts. */
const LOOKS = 3;
const LOOK_AGAIN_MS = 500;

/** What is read under a key, in words. */
const READ: Readonly<Record<string, string>> = {
  epoch: "an epoch",
  proposals: "the list of proposals",
  ballots: "the list of ballots",
  ballot: "a ballot",
  stake: "a stake",
  stream: "a stream",
  reviews: "the list of reviews",
};

/** What was read, and what about it contradicts what else is known. */
export interface Compared<T> {
  readonly value: T;
  readonly findings: readonly Doubt[];
}

/** See the top of this file. */
export class Notes {
  /** Contradictions found and not yet cleared up. */
  readonly all = new Cell<readonly Doubt[]>([]);
  readonly #found = new Map<string, readonly Doubt[]>();

  /** What `source` found last. */
  of(source: string): readonly Doubt[] {
    return this.#found.get(source) ?? [];
  }

  /** Replaces what `source` found by what it finds now. */
  note(source: string, findings: readonly Doubt[]): void {
    const before = this.of(source);
    if (before.length === 0 && findings.length === 0) return;
    const same =
      before.length === findings.length &&
      before.every(({ rule, sentence }, at) => {
        const other = findings[at];
        return other !== undefined && other.rule === rule && other.sentence === sentence;
      });
    if (same) return;
    this.#found.set(source, findings);
    this.all.set([...this.#found.values()].flat());
  }

  /** Notes that an account is not what it must be. */
  refuse(source: string, about: string, error: unknown): void {
    this.note(source, [{ rule: `${source}.unreadable`, about, sentence: sentenceOf(error) }]);
  }

  /** Reads, and notes an account that is not what it must be as a contradiction. */
  async guarded<T>(source: string, read: () => Promise<Reading<T>>): Promise<Reading<T>> {
    const noted = `unreadable/${source}`;
    try {
      const reading = await read();
      this.note(noted, []);
      return reading;
    } catch (error) {
      const kind = source.split("/")[0] ?? source;
      if (error instanceof Unreadable) this.refuse(noted, READ[kind] ?? source, error);
      throw error;
    }
  }

  /**
   * Reads a list and compares it with what else is known. The two are read one after the other, and a
   * transaction may land in between: a contradiction counts when it is still there on a second look.
   */
  async agreeing<T>(
    source: string,
    read: () => Promise<Compared<T>>,
    signal: AbortSignal,
  ): Promise<T> {
    let found = await read();
    for (let look = 1; found.findings.length > 0 && look < LOOKS; look += 1) {
      await wait(LOOK_AGAIN_MS, signal);
      found = await read();
    }
    this.note(source, found.findings);
    return found.value;
  }
}
