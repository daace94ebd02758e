/**
 * All that the page knows of the network: the treasury and its current epoch, followed live; everything else
 * read when somebody looks at it. Every address is derived here, every account checked by the client, and the
 * answers are compared with each other (`doubt.ts`).
 */

import {
  type Account,
  type Address,
  type EncodedAccount,
  type Rpc,
  type SolanaRpcApi,
  createSolanaRpc,
} from "@solana/kit";
import * as budget from "@community-budget/client";

import type { Readable } from "./cell";
import { type MintFacts, type ProgramFacts, readMints, readProgram } from "./chain/facts";
import { Heart } from "./chain/heart";
import { Line } from "./chain/line";
import { listingRpc } from "./chain/listing";
import { Lists } from "./chain/lists";
import { COMMITMENT, encodedOf, holdingOf, wait } from "./chain/node";
import { Notes } from "./chain/notes";
import { Places } from "./chain/places";
import { Soon } from "./chain/soon";
import { NetworkClock } from "./clock";
import type { Config } from "./config";
import { Absent, Doubted, type Loaded, type Reading, Resource, valueOf } from "./resource";

export type { ProgramFacts } from "./chain/facts";
export type { Link } from "./chain/line";
export { awaitingExecution } from "./chain/lists";
export { isOutdated } from "./chain/order";
export type { SecondOpinion } from "./chain/second";

/** How often the treasury, the epoch and the clock are read again beside the subscription. */
const POLL_MS = 4_000;
/** How often what somebody looks at is read again, when nothing says that it changed. */
const REFRESH_MS = 20_000;
/** How soon it is read again when the treasury tells of an event: several come together. */
const NEWS_MS = 1_000;

/** See the top of this file. */
export class Chain {
  readonly config: Config;
  readonly rpc: Rpc<SolanaRpcApi>;
  readonly clock = new NetworkClock();
  readonly link: Line["link"];
  /** Contradictions found and not yet cleared up. */
  readonly doubts: Notes["all"];
  readonly secondOpinion: Heart["second"]["opinion"];

  readonly treasury: Resource<budget.Treasury>;
  /** The epoch opened last. */
  readonly epoch: Resource<budget.Epoch>;
  /** All streams of the treasury that are not closed. */
  readonly streams: Resource<readonly Account<budget.Stream>[]>;
  /** All epochs that are not closed, in order. */
  readonly epochs: Resource<readonly Account<budget.Epoch>[]>;
  readonly stakes: Resource<readonly Account<budget.Stake>[]>;
  readonly records: Resource<ReadonlyMap<Address, budget.RecipientRecord>>;
  readonly program: Resource<ProgramFacts>;
  /** Who has power over the two tokens. */
  readonly mints: Resource<MintFacts>;

  readonly #notes = new Notes();
  readonly #line = new Line(this.#notes);
  readonly #places: Places;
  readonly #heart: Heart;
  readonly #lists: Lists;
  readonly #stop = new AbortController();
  readonly #keyed = new Map<string, Resource<unknown>>();
  readonly #news = new Soon(NEWS_MS, () => this.#refreshSmall(), this.#stop.signal);
  /** The treasury's event up to which its long lists were read. */
  #listedAt: bigint | null = null;
  /** The treasury's newest event. */
  #told: bigint | null = null;

  constructor(config: Config) {
    this.config = config;
    this.rpc = createSolanaRpc(config.rpc);
    this.link = this.#line.link;
    this.doubts = this.#notes.all;
    this.#places = new Places(config.treasury);
    this.#heart = new Heart({
      config,
      rpc: this.rpc,
      clock: this.clock,
      places: this.#places,
      notes: this.#notes,
      line: this.#line,
      second: config.secondRpc === null ? null : createSolanaRpc(config.secondRpc),
      // It is the present one's from now on.
      opened: (index) => this.#keyed.delete(`epoch/${index}`),
    });
    this.treasury = this.#heart.treasury;
    this.epoch = this.#heart.epoch;
    this.secondOpinion = this.#heart.second.opinion;
    const books = {
      slot: () => this.#line.slot,
      treasury: () => this.#heart.poll().then(() => valueOf(this.treasury.get())),
    };
    const lists = listingRpc(config.rpc);
    this.#lists = new Lists(lists, this.#places, this.#notes, books, this.#stop.signal);
    const made = <T>(source: string, read: () => Promise<Reading<T>>) =>
      new Resource(() => this.#notes.guarded(source, read));
    this.streams = made("the list of streams", () => this.#readStreams());
    this.epochs = made("the list of epochs", () => this.#lists.epochs());
    this.stakes = made("the list of stakes", () => this.#lists.stakes());
    this.records = made("the list of recipients", () => this.#lists.records());
    this.program = made("the program", () => readProgram(this.rpc, config, this.#notes));
    this.mints = made("the tokens", () => readMints(this.rpc, config, this.#notes));
  }

  /** Reads what every page needs, and follows it from then on. */
  start(): void {
    const repeat = async (every: number, act: () => Promise<unknown> | void) => {
      while (!this.#stop.signal.aborted) {
        await wait(every, this.#stop.signal);
        if (!this.#stop.signal.aborted && !document.hidden) await act();
      }
    };
    this.#stop.signal.addEventListener("abort", this.treasury.subscribe(this.#heard));
    void this.#heart.poll();
    void this.program.reload();
    void repeat(POLL_MS, () => this.#heart.poll());
    void repeat(REFRESH_MS, () => this.#refresh());
    void repeat(REFRESH_MS, () => this.#line.askHealth(this.rpc));
    document.addEventListener("visibilitychange", this.#looked, { signal: this.#stop.signal });
  }

  /** Ends everything that runs. */
  stop(): void {
    this.#stop.abort();
    this.#heart.stop();
    this.clock.stop();
  }

  /** Reads again all that somebody looks at: after a transaction landed, or at the visitor's wish. */
  async changed(): Promise<void> {
    await this.#heart.poll();
    this.#refresh();
  }

  // --- what is read when somebody looks at it ---------------------------------------------------

  /** The epoch of this position, also an earlier one. */
  epochAt(index: number): Readable<Loaded<budget.Epoch>> {
    if (this.#heart.index === index) return this.epoch;
    return this.#resource(`epoch/${index}`, async () =>
      this.#account(await this.#places.epoch(index), budget.checkEpoch),
    );
  }

  /** The proposals of an epoch that are not closed, by their place on the slate. */
  proposals(index: number): Resource<ReadonlyMap<number, budget.Proposal>> {
    return this.#resource(`proposals/${index}`, () =>
      this.#lists.proposals(index, async () =>
        this.#counter(await this.#places.epoch(index), budget.checkEpoch),
      ),
    );
  }

  /** All ballots of an epoch whose records are not closed. */
  ballots(index: number): Resource<readonly Account<budget.Ballot>[]> {
    return this.#resource(`ballots/${index}`, () => this.#lists.ballots(index));
  }

  /** The ballot of a stake's owner. */
  ballot(index: number, owner: Address): Resource<budget.Ballot> {
    return this.#resource(`ballot/${index}/${owner}`, async () => {
      const where = await budget.voteRecordAddress(await this.#places.epoch(index), owner);
      return this.#account(where, budget.checkVoteRecord);
    });
  }

  /** The stake of `owner`. */
  stake(owner: Address): Resource<budget.Stake> {
    return this.#resource(`stake/${owner}`, async () => {
      const where = await budget.stakeAddress(this.config.treasury, owner);
      return this.#account(where, budget.checkStake);
    });
  }

  /** The stream of the award at `entry` of epoch `index`. */
  stream(index: number, entry: number): Resource<budget.Stream> {
    return this.#resource(`stream/${index}/${entry}`, async () =>
      this.#account(await this.streamAddress(index, entry), budget.checkStream),
    );
  }

  /** Where that stream is. */
  async streamAddress(index: number, entry: number): Promise<Address> {
    return (await this.#places.award(index, entry)).stream;
  }

  /** The reviews of a stream, by checkpoint. */
  reviews(stream: Address): Resource<ReadonlyMap<number, budget.Review>> {
    return this.#resource(`reviews/${stream}`, () =>
      this.#lists.reviews(stream, () => this.#counter(stream, budget.checkStream)),
    );
  }

  /** Base units of a token account; `absent` when it is not there. */
  balance(token: Address): Resource<bigint> {
    const { budget: own, stake } = this.config;
    return this.#resource(`balance/${token}`, async () => {
      const { value, slot } = await encodedOf(this.rpc, [token]);
      const found = value[0];
      if (found === undefined || found === null) throw new Absent();
      const holding = holdingOf(found, [own.tokenProgram, stake.tokenProgram]);
      if (holding === null) throw new Doubted("That is no token account.");
      return { value: holding.amount, slot };
    });
  }

  /** Lamports of a wallet. */
  lamports(owner: Address): Resource<bigint> {
    return this.#resource(`lamports/${owner}`, async () => {
      const answer = await this.rpc.getBalance(owner, { commitment: COMMITMENT }).send();
      return { value: answer.value, slot: answer.context.slot };
    });
  }

  #resource<T>(key: string, read: () => Promise<Reading<T>>): Resource<T> {
    // A key names one kind of thing, so the resource under it has that kind's type.
    const known = this.#keyed.get(key) as Resource<T> | undefined;
    if (known !== undefined) return known;
    const made = new Resource(() => this.#notes.guarded(key, read));
    this.#keyed.set(key, made as Resource<unknown>);
    return made;
  }

  async #account<T extends object>(
    where: Address,
    check: (account: EncodedAccount) => Promise<Account<T>>,
  ): Promise<Reading<T>> {
    const { value, slot } = await encodedOf(this.rpc, [where]);
    const found = value[0];
    if (found === undefined || found === null) throw new Absent();
    return { value: (await check(found)).data, slot };
  }

  /** The account that counts a list's members; `null` when it is closed, or not what it must be. */
  #counter<T extends object>(
    where: Address,
    check: (account: EncodedAccount) => Promise<Account<T>>,
  ): Promise<T | null> {
    return this.#account(where, check).then(
      ({ value }) => value,
      () => null,
    );
  }

  async #readStreams(): Promise<Reading<readonly Account<budget.Stream>[]>> {
    const reading = await this.#lists.streams();
    // That takes about a millisecond for each: they are shown meanwhile, and taken back if need be.
    void this.#lists.misplaced(reading.value).then((sentence) => {
      if (sentence !== null) this.streams.doubt(sentence);
    });
    return reading;
  }

  // --- what is read again -----------------------------------------------------------------------

  #looked = (): void => {
    if (!document.hidden) void this.changed();
  };

  /** Streams, reviews, stakes and roles change with an event of the treasury. */
  #heard = (): void => {
    const seq = valueOf(this.treasury.get())?.seq ?? null;
    if (seq === null || seq === this.#told) return;
    if (this.#told !== null) this.#news.ask();
    this.#told = seq;
  };

  #refreshSmall(): void {
    const small: readonly Resource<unknown>[] = [this.epochs, ...this.#keyed.values()];
    for (const resource of small) resource.invalidate();
  }

  #refresh(): void {
    this.#refreshSmall();
    // A stream, a stake or a record changes with an event of the treasury, so without one they are as
    // they were.
    const seq = valueOf(this.treasury.get())?.seq ?? null;
    if (seq !== null && seq === this.#listedAt) return;
    this.#listedAt = seq;
    const long: readonly Resource<unknown>[] = [this.streams, this.stakes, this.records];
    for (const resource of long) resource.invalidate();
  }
}
