/** Another node's word on the money, event by event beside the first one's. */

import { type Address, type EncodedAccount, type Rpc, type SolanaRpcApi } from "@solana/kit";
import { type Epoch, type Treasury, checkEpoch, checkTreasury } from "@community-budget/client";

import { Cell } from "../cell";
import * as doubt from "../doubt";
import { Doubted } from "../resource";
import { encodedOf } from "./node";
import type { Notes } from "./notes";

/** How long two nodes may go without one event at which both were seen. */
const APART_MS = 60_000;

/** What the second node says of the money. */
export type SecondOpinion = "none" | "waiting" | "agrees" | "disagrees" | "silent";

/** See the top of this file. */
export class SecondNode {
  readonly opinion: Cell<SecondOpinion>;
  readonly #rpc: Rpc<SolanaRpcApi> | null;
  readonly #notes: Notes;
  readonly #books = new doubt.Comparison();
  readonly #tallies = new doubt.Comparison();
  #agreedAt = performance.now();

  /** `rpc`: `null` when there is no second node. */
  constructor(rpc: Rpc<SolanaRpcApi> | null, notes: Notes) {
    this.#rpc = rpc;
    this.#notes = notes;
    this.opinion = new Cell<SecondOpinion>(rpc === null ? "none" : "waiting");
  }

  /** Asks it, and compares what it says of the money with what the first node says. */
  async compare(
    where: readonly [treasury: Address, epoch?: Address],
    ours: Treasury | null,
    slate: Epoch | null,
  ): Promise<void> {
    if (this.#rpc === null) return;
    let found: readonly (EncodedAccount | null)[];
    try {
      found = (
        await encodedOf(
          this.#rpc,
          where.flatMap((key) => key ?? []),
        )
      ).value;
    } catch {
      this.opinion.set("silent");
      return;
    }
    if (ours !== null) this.#told(this.#books.note(0, ours.seq, doubt.moneyOf(ours)));
    if (slate !== null) this.#told(this.#tallies.note(0, slate.seq, doubt.tallyOf(slate)));
    try {
      const [own, epoch] = found;
      if (own === undefined || own === null) throw new Doubted("There is no treasury.");
      const theirs = (await checkTreasury(own)).data;
      this.#told(this.#books.note(1, theirs.seq, doubt.moneyOf(theirs)));
      if (epoch !== undefined && epoch !== null) {
        const { data } = await checkEpoch(epoch);
        this.#told(this.#tallies.note(1, data.seq, doubt.tallyOf(data)));
      }
    } catch {
      this.#told(false);
    }
    // Nodes that are long without a common event tell different histories.
    if (performance.now() - this.#agreedAt > APART_MS) this.#told(false);
  }

  /** Takes one comparison's result. A contradiction stays until the page is opened anew. */
  #told(agrees: boolean | null): void {
    if (agrees === null || this.opinion.get() === "disagrees") return;
    this.opinion.set(agrees ? "agrees" : "disagrees");
    if (agrees) this.#agreedAt = performance.now();
    else {
      const sentence =
        "Two nodes give different figures for it: one of them is wrong. Sign nothing, and ask a third.";
      this.#notes.note("second", [{ rule: "second.money", about: "the money", sentence }]);
    }
  }
}
