/** How the page stands with its node: what it heard last, and from when that is. */

import type { Rpc, SolanaRpcApi } from "@solana/kit";

import { Cell } from "../cell";
import { isObject } from "../json";
import type { Notes } from "./notes";

/** Answers from so many slots before the newest one seen are answers from the past. */
const SLOTS_BACK = 150n;

/** See the top of this file. */
export interface Link {
  /** Whether changes arrive by themselves, or are fetched every few seconds. */
  readonly live: boolean;
  /** Newest slot that the node answered from; `null` before the first answer. */
  readonly slot: bigint | null;
  /** Slots that the node says it is behind the network; `null` when it says nothing of the kind. */
  readonly behind: bigint | null;
  /** Milliseconds of `performance.now()` of the last answer; `null` before the first. */
  readonly heardAt: number | null;
  /** What is wrong, in one sentence; `null` while nothing is. */
  readonly trouble: string | null;
}

/** Keeps a {@link Link}. */
export class Line {
  readonly link = new Cell<Link>({
    live: false,
    slot: null,
    behind: null,
    heardAt: null,
    trouble: null,
  });
  readonly #notes: Notes;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  /** The newest slot that is known. */
  get slot(): bigint {
    return this.link.get().slot ?? 0n;
  }

  /** Milliseconds since the last answer; `null` before the first. */
  get silentFor(): number | null {
    const { heardAt } = this.link.get();
    return heardAt === null ? null : performance.now() - heardAt;
  }

  /** Notes the slot of an answer; false for one that is older than what is known. */
  fresh(slot: bigint): boolean {
    const newest = this.link.get().slot;
    if (newest !== null && slot + SLOTS_BACK < newest) {
      this.#notes.note("slot", [
        {
          rule: "slot.back",
          about: "the node",
          sentence: "It answers from the past: what it says now is older than what it said before.",
        },
      ]);
      return false;
    }
    if (newest === null || slot > newest) {
      this.#notes.note("slot", []);
      this.patch({ slot });
    }
    return true;
  }

  /** Notes an answer. */
  heard(part: Partial<Link> = {}): void {
    this.patch({ trouble: null, heardAt: performance.now(), ...part });
  }

  /** Notes something that is no answer. */
  patch(part: Partial<Link>): void {
    this.link.set({ ...this.link.get(), ...part });
  }

  /** Asks the node whether it keeps up with the network. */
  async askHealth(rpc: Rpc<SolanaRpcApi>): Promise<void> {
    try {
      await rpc.getHealth().send();
      this.patch({ behind: null });
    } catch (error) {
      const context = error instanceof Error ? Reflect.get(error, "context") : null;
      const slots = isObject(context) ? context["numSlotsBehind"] : null;
      const known = typeof slots === "bigint" || typeof slots === "number";
      if (known) this.patch({ behind: BigInt(slots) });
    }
  }
}
