/** A network of a test file's own, the page on it, and people who come with their wallets and do something. */

import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";

import type { Served } from "../../scripts/serve.mjs";
import { compared } from "./compare";
import type { Json } from "./json";
import { Network } from "./network";
import { Visit, openBrowser } from "./page";
import * as pages from "./pages";
import { openSite } from "./site";
import { TestWallet } from "./wallet";

/** Time is travelled here, not waited for: slots only make things slower. */
const SLOT_MS = 50;

/** A text as it is read: between figure and unit stands a space that does not break. */
const plain = (text: string) => text.replace(/\s+/g, " ");

/** Somebody in a window, with a wallet. */
export class Visitor {
  readonly #network: Network;
  readonly #visit: Visit;
  readonly wallet: TestWallet;

  constructor(network: Network, visit: Visit, wallet: TestWallet) {
    this.#network = network;
    this.#visit = visit;
    this.wallet = wallet;
  }

  get page(): Visit["page"] {
    return this.#visit.page;
  }

  /** Goes to another route of the page, which is not loaded anew for it. */
  async go(hash: string): Promise<void> {
    await this.#visit.go(hash);
    await pages.settled(this.page);
  }

  /**
   * Presses a button, reads the receipt, signs, and waits until it is done. Receipt, bytes and what the command
   * line reads in them are one thing; gives the first, and the instruction `name` as the last has it.
   */
  async signs(
    label: string | RegExp,
    name: string,
    warned: readonly string[] = [],
  ): Promise<{ readonly receipt: pages.Receipt; readonly instruction: Json }> {
    const before = this.wallet.asked.length;
    const receipt = await pages.begin(this.page, label);
    await pages.sign(this.page);
    await pages.done(this.page);
    if (this.wallet.asked.length !== before + 1) throw new Error("it was not asked exactly once");
    const instruction = await compared(this.#network, receipt, this.wallet, name, warned);
    const [title, text] = [plain(receipt.title), plain(receipt.text)];
    return { receipt: { ...receipt, title, text }, instruction };
  }
}

/** What {@link stage} starts before the first test of a file. */
export class Stage {
  #network: Network | null = null;
  #browser: Browser | null = null;
  #site: Served | null = null;
  readonly #visits: Visit[] = [];

  get network(): Network {
    if (this.#network === null) throw new Error("nothing is started before the tests");
    return this.#network;
  }

  /** Opens a window of the owner of a key file at a route of the page, with the wallet connected. */
  async enter(who: string, hash: string): Promise<Visitor> {
    const wallet = await TestWallet.of(this.network, who);
    const visit = await this.watch(hash, wallet);
    await pages.connect(visit.page);
    await pages.settled(visit.page);
    return new Visitor(this.network, visit, wallet);
  }

  /** Opens a window of somebody who only looks, whatever is installed. */
  async watch(hash: string, ...wallets: readonly TestWallet[]): Promise<Visit> {
    if (this.#browser === null || this.#site === null) throw new Error("nothing is started");
    const visit = await Visit.open(this.#browser, `${this.#site.url}${hash}`, { wallets });
    this.#visits.push(visit);
    await pages.settled(visit.page);
    return visit;
  }

  async start(): Promise<void> {
    this.#network = await Network.start({ slotMs: SLOT_MS });
    this.#browser = await openBrowser();
    this.#site = await openSite(this.#network);
  }

  /** Closes the windows. Throws when anything happened in one that should not have. */
  async clear(): Promise<void> {
    for (const visit of this.#visits.splice(0)) await visit.close();
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    await this.#site?.close();
    await this.#network?.stop();
  }
}

/** A stage for the tests of a file: started before them, cleared after each, and gone after all. */
export function stage(): Stage {
  const own = new Stage();
  beforeAll(() => own.start());
  afterEach(() => own.clear());
  afterAll(() => own.stop());
  return own;
}
