/**
 * All that the page knows of the network: the treasury and its current epoch, followed live; everything else
 * read when somebody looks at it. Every address is derived here, every account checked by the client, and the
 * answers are compared with each other (`doubt.ts`).
 */

import {
  type Account,
  type Address,
  type EncodedAccount,
  type GetAccountInfoApi,
  type GetMultipleAccountsApi,
  type GetProgramAccountsApi,
  type ReadonlyUint8Array,
  type Rpc,
  type SolanaRpcApi,
  address,
  createSolanaRpc,
  createSolanaRpcSubscriptions,
  getAddressDecoder,
  getU64Decoder,
  parseBase64RpcAccount,
} from "@solana/kit";
import * as budget from "@community-budget/client";

import { Cell, type Readable } from "./cell";
import { NetworkClock } from "./clock";
import { type MintPowers, powersOf } from "./caveats";
import { listingRpc } from "./chain/listing";
import type { Config, Token } from "./config";
import * as doubt from "./doubt";
import type { Doubt, Holding } from "./doubt";
import { isObject } from "./json";
import {
  Absent,
  Doubted,
  type Loaded,
  type Reading,
  Resource,
  sentenceOf,
  valueOf,
} from "./resource";
import { Turns } from "./turns";

const CLOCK_SYSVAR = address("SysvarC1ock11111111111111111111111111111111");
const UPGRADEABLE_LOADER = address("BPFLoaderUpgradeab1e11111111111111111111111");
const COMMITMENT = "confirmed";

/** How often the treasury, the epoch and the clock are read again beside the subscription. */
const POLL_MS = 4_000;
/** How often what somebody looks at is read again, when nothing says that it changed. */
const REFRESH_MS = 20_000;
/** How long a subscription's silence or a failed poll goes without a word. */
const STALE_MS = 15_000;
/** Answers from so many slots before the newest one seen are answers from the past. */
const SLOTS_BACK = 150n;
/** How long two nodes may go without one event at which both were seen. */
const APART_MS = 60_000;
/** How often, and after how long, a contradiction between two readings is looked at before it counts. */
const LOOKS = 3;
const LOOK_AGAIN_MS = 500;
/** How far the network's clock may be behind the visitor's before the node is called late, in seconds. */
const LATE_SECS = 60n;
/** A network on this machine may be slow, and its time is moved on purpose, but only forward. */
const LOCAL_LATE_SECS = 3_600n;

/** How the page stands with its node. */
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

/** Who can change the program. */
export interface ProgramFacts {
  /** Who may replace the program's code; `null` when nobody can any more. */
  readonly upgradeAuthority: Address | null;
}

/** What the second node says of the money. */
export type SecondOpinion = "none" | "waiting" | "agrees" | "disagrees" | "silent";

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

/** Where an award's accounts are. */
interface Place {
  readonly proposal: Address;
  readonly stream: Address;
}

/** How something came to be known. */
interface Told {
  /** The slot that the node named. */
  readonly slot: bigint;
  /** When it was asked for, by `performance.now()`; `null` for what the node pushed. */
  readonly asked: number | null;
}

/** See the top of this file. */
export class Chain {
  readonly config: Config;
  readonly rpc: Rpc<SolanaRpcApi>;
  readonly clock = new NetworkClock();
  readonly link = new Cell<Link>({
    live: false,
    slot: null,
    behind: null,
    heardAt: null,
    trouble: null,
  });
  /** Contradictions found and not yet cleared up. */
  readonly doubts = new Cell<readonly Doubt[]>([]);
  readonly secondOpinion: Cell<SecondOpinion>;

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
  readonly mints: Resource<{ readonly budget: MintPowers; readonly stake: MintPowers }>;

  /** Counts the updates that arrived by subscription; for measuring that none is dropped. */
  updates = 0;

  readonly #lists: Rpc<GetProgramAccountsApi>;
  readonly #second: Rpc<SolanaRpcApi> | null;
  readonly #keyed = new Map<string, Resource<unknown>>();
  readonly #found = new Map<string, readonly Doubt[]>();
  readonly #knownStreams: budget.ListCache<budget.Stream> = new Map();
  readonly #knownStakes: budget.ListCache<budget.Stake> = new Map();
  readonly #epochPlaces = new Map<number, Promise<Address>>();
  readonly #places = new Map<string, Place>();
  /** The treasury's event up to which its long lists were read. */
  #listedAt: bigint | null = null;
  readonly #stop = new AbortController();
  #epochAddress: { readonly index: number; readonly address: Address } | null = null;
  #following: AbortController | null = null;
  #vaults: readonly [Address, Address, Address] | null = null;
  readonly #books = new doubt.Comparison();
  readonly #tallies = new doubt.Comparison();
  #agreedAt = performance.now();
  /** When a change was pushed last. */
  #pushedAt = 0;

  constructor(config: Config) {
    this.config = config;
    this.rpc = createSolanaRpc(config.rpc);
    this.#lists = listingRpc(config.rpc);
    this.#second = config.secondRpc === null ? null : createSolanaRpc(config.secondRpc);
    this.secondOpinion = new Cell<SecondOpinion>(this.#second === null ? "none" : "waiting");
    this.treasury = new Resource(() => this.#poll().then(() => this.#known(this.treasury)));
    this.epoch = new Resource(() => this.#poll().then(() => this.#known(this.epoch)));
    const made = <T>(source: string, read: () => Promise<Reading<T>>) =>
      new Resource(() => this.#guarded(source, read));
    this.streams = made("the list of streams", () => this.#readStreams());
    this.epochs = made("the list of epochs", () => this.#readEpochs());
    this.stakes = made("the list of stakes", () => this.#readStakes());
    this.records = made("the list of recipients", () => this.#readRecords());
    this.program = made("the program", () => this.#readProgram());
    this.mints = made("the tokens", () => this.#readMints());
  }

  /** Reads what every page needs, and follows it from then on. */
  start(): void {
    const repeat = async (every: number, act: () => Promise<unknown> | void) => {
      while (!this.#stop.signal.aborted) {
        await wait(every, this.#stop.signal);
        if (!this.#stop.signal.aborted && !document.hidden) await act();
      }
    };
    void this.#poll();
    void this.program.reload();
    void repeat(POLL_MS, () => this.#poll());
    void repeat(REFRESH_MS, () => this.#refresh());
    void repeat(REFRESH_MS, () => this.#askHealth());
    document.addEventListener("visibilitychange", this.#seen, { signal: this.#stop.signal });
  }

  /** Ends everything that runs. */
  stop(): void {
    this.#stop.abort();
    this.#following?.abort();
    this.clock.stop();
  }

  /** Reads again all that somebody looks at: after a transaction landed, or at the visitor's wish. */
  async changed(): Promise<void> {
    await this.#poll();
    this.#refresh();
  }

  // --- what is read when somebody looks at it ---------------------------------------------------

  /** The epoch of this position, also an earlier one. */
  epochAt(index: number): Readable<Loaded<budget.Epoch>> {
    const current = this.#epochAddress;
    if (current !== null && current.index === index) return this.epoch;
    return this.#resource(`epoch/${index}`, async () => {
      const where = await budget.epochAddress(this.config.treasury, index);
      return this.#account(where, budget.checkEpoch);
    });
  }

  /** The proposals of an epoch that are not closed, by their place on the slate. */
  proposals(index: number): Resource<ReadonlyMap<number, budget.Proposal>> {
    return this.#resource(`proposals/${index}`, async () => {
      const epoch = await budget.epochAddress(this.config.treasury, index);
      const { value, slot } = await this.#agreeing(`proposals/${index}`, async () => {
        const list = await budget.listProposals(this.#lists, epoch, { commitment: COMMITMENT });
        const owner = await this.#account(epoch, budget.checkEpoch).catch(() => null);
        const counted = owner?.value.openProposals ?? list.length;
        const findings = doubt.ofCount("the list of proposals", list.length, counted);
        return { value: list, findings };
      });
      return { value: new Map(value.map(({ data }) => [data.index, data])), slot };
    });
  }

  /** All ballots of an epoch whose records are not closed. */
  ballots(index: number): Resource<readonly Account<budget.Ballot>[]> {
    return this.#resource(`ballots/${index}`, async () => {
      const epoch = await budget.epochAddress(this.config.treasury, index);
      const slot = this.#slot();
      const list = await budget.listVoteRecords(this.#lists, epoch, {
        commitment: COMMITMENT,
        derive: false,
      });
      return { value: list, slot };
    });
  }

  /** The ballot of a stake's owner. */
  ballot(index: number, owner: Address): Resource<budget.Ballot> {
    return this.#resource(`ballot/${index}/${owner}`, async () => {
      const epoch = await budget.epochAddress(this.config.treasury, index);
      const where = await budget.voteRecordAddress(epoch, owner);
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
    return this.#resource(`stream/${index}/${entry}`, async () => {
      const where = await this.streamAddress(index, entry);
      return this.#account(where, budget.checkStream);
    });
  }

  /** Where that stream is. */
  async streamAddress(index: number, entry: number): Promise<Address> {
    const epoch = await budget.epochAddress(this.config.treasury, index);
    return budget.streamAddress(await budget.proposalAddress(epoch, entry));
  }

  /** The reviews of a stream, by checkpoint. */
  reviews(stream: Address): Resource<ReadonlyMap<number, budget.Review>> {
    return this.#resource(`reviews/${stream}`, async () => {
      const { value, slot } = await this.#agreeing(`reviews/${stream}`, async () => {
        const list = await budget.listReviews(this.#lists, stream, { commitment: COMMITMENT });
        const owner = await this.#account(stream, budget.checkStream).catch(() => null);
        const counted = owner?.value.openReviews ?? list.length;
        const findings = doubt.ofCount("the list of reviews", list.length, counted);
        return { value: list, findings };
      });
      return { value: new Map(value.map(({ data }) => [data.checkpoint, data])), slot };
    });
  }

  /** Base units of a token account; `absent` when it is not there. */
  balance(token: Address): Resource<bigint> {
    return this.#resource(`balance/${token}`, async () => {
      const { value, slot } = await this.#encoded([token]);
      const found = value[0];
      if (found === undefined || found === null) throw new Absent();
      const holding = holdingOf(found, this.#tokenPrograms());
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

  // --- what is followed -------------------------------------------------------------------------

  #known<T>(resource: Resource<T>): Reading<T> {
    const loaded = resource.get();
    switch (loaded.kind) {
      case "ready":
        return loaded;
      case "absent":
        throw new Absent();
      case "doubted":
        throw new Doubted(loaded.sentence);
      default:
        throw new Error(this.link.get().trouble ?? "The node has not answered yet.");
    }
  }

  #polling: Promise<void> | null = null;

  #poll(): Promise<void> {
    this.#polling ??= this.#pollOnce().finally(() => {
      this.#polling = null;
    });
    return this.#polling;
  }

  async #pollOnce(): Promise<void> {
    try {
      await this.#readHeart();
      this.#heard({});
    } catch (error) {
      const silent = this.#silentFor();
      if (silent === null || silent > STALE_MS) {
        this.#heard({ trouble: `The node does not answer: ${sentenceOf(error)}` }, false);
      }
      for (const resource of [this.treasury, this.epoch]) {
        resource.fail("The node does not answer.");
      }
    }
  }

  /** The clock, the treasury, its vaults and its epoch, of one slot. */
  async #readHeart(): Promise<void> {
    const { treasury } = this.config;
    this.#vaults ??= await Promise.all([
      budget.vaultAddress(treasury),
      budget.stakeVaultAddress(treasury),
      budget.bondVaultAddress(treasury),
    ]);
    const wanted = [CLOCK_SYSVAR, treasury, ...this.#vaults];
    if (this.#epochAddress !== null) wanted.push(this.#epochAddress.address);
    const asked = performance.now();
    const { value, slot } = await this.#encoded(wanted);
    if (!this.#fresh(slot)) return;
    const [clock, own, vault, stakeVault, bondVault, epoch] = value;

    this.#takeClock(clock ?? null);
    if (own === undefined || own === null) {
      this.treasury.doubt("The node says that there is no treasury at its address.");
      this.#note("treasury", [
        {
          rule: "treasury.missing",
          about: "the treasury",
          sentence: "The node says that it does not exist.",
        },
      ]);
      return;
    }
    await this.#takeTreasury(own, { slot, asked });
    const known = valueOf(this.treasury.get());
    if (known === null) return;
    const holding = (account: EncodedAccount | null | undefined) =>
      account === undefined || account === null ? null : holdingOf(account, this.#tokenPrograms());
    this.#note("vaults", [
      ...doubt.ofVault("the vault", treasury, known.budgetMint, known.tracked, holding(vault)),
      ...doubt.ofVault(
        "the stake vault",
        treasury,
        known.stakeMint,
        known.staked,
        holding(stakeVault),
      ),
      ...doubt.ofVault(
        "the bond vault",
        treasury,
        known.budgetMint,
        known.bonded,
        holding(bondVault),
      ),
    ]);
    if (epoch !== undefined && epoch !== null) await this.#takeEpoch(epoch, { slot, asked });
    await this.#follow();
    await this.#compare();
  }

  #takeClock(account: EncodedAccount | null): void {
    if (account === null || account.data.length < 40) {
      this.#note("clock", [
        {
          rule: "clock.missing",
          about: "the clock",
          sentence: "The node does not say what time it is.",
        },
      ]);
      return;
    }
    const unix = getU64Decoder().read(account.data, 32)[0];
    const before = this.clock.second.get();
    const local = BigInt(Math.floor(Date.now() / 1_000));
    const own = this.config.cluster === "localnet";
    const findings: Doubt[] = [];
    if (before !== null && unix + 30n < before) {
      findings.push({
        rule: "clock.back",
        about: "the clock",
        sentence: "The network's time went backwards, which it never does.",
      });
    }
    const off = unix - local;
    if (own ? -off > LOCAL_LATE_SECS : off > LATE_SECS || -off > LATE_SECS) {
      findings.push({
        rule: "clock.off",
        about: "the clock",
        sentence:
          "The network's time differs from yours: the node is behind, or one of the clocks is wrong.",
      });
    }
    this.#note("clock", findings);
    this.clock.set(unix);
  }

  async #takeTreasury(account: EncodedAccount, told: Told): Promise<void> {
    // Nobody renders anew for what is as it was.
    if (this.#sameBytes(this.treasury, account, null)) return;
    try {
      const { data } = await budget.checkTreasury(account);
      if (isOutdated(valueOf(this.treasury.get()), data, told.asked, this.#pushedAt)) return;
      this.#remember(account, null);
      const findings = doubt.ofTreasury(data);
      const { budget: own, stake } = this.config;
      if (data.budgetMint !== own.mint || data.budgetDecimals !== own.decimals) {
        throw new Doubted("The treasury pays another token than this page was set up for.");
      }
      if (data.stakeMint !== stake.mint || data.stakeDecimals !== stake.decimals) {
        throw new Doubted("The treasury's stake is another token than this page was set up for.");
      }
      this.#note("treasury", findings);
      const broken = findings[0];
      if (broken !== undefined) this.treasury.doubt(broken.sentence);
      else this.treasury.offer(data, this.#slotOf(this.treasury, told));
    } catch (error) {
      this.#refuse("treasury", "the treasury", error);
      this.treasury.doubt(sentenceOf(error));
    }
  }

  async #takeEpoch(account: EncodedAccount, told: Told): Promise<void> {
    const expected = this.#epochAddress;
    if (expected === null || account.address !== expected.address) return;
    const treasury = valueOf(this.treasury.get());
    if (this.#sameBytes(this.epoch, account, treasury)) return;
    try {
      const { data } = await budget.checkEpoch(account);
      const known = this.#nextEpoch?.value ?? valueOf(this.epoch.get());
      if (known?.index === data.index && isOutdated(known, data, told.asked, this.#pushedAt))
        return;
      this.#remember(account, treasury);
      const electorate =
        treasury === null || data.settledAt !== 0n
          ? null
          : budget.state.treasury.electorate(treasury, data.index);
      const findings = doubt.ofEpoch(data, electorate);
      this.#note("epoch", findings);
      const broken = findings[0];
      if (broken !== undefined) this.epoch.doubt(broken.sentence);
      else this.#showEpoch({ value: data, slot: this.#slotOf(this.epoch, told) });
    } catch (error) {
      this.#refuse("epoch", "the slate", error);
      this.epoch.doubt(sentenceOf(error));
    }
  }

  /** Whether an account was seen with these bytes last, beside the same other thing, and believed. */
  #sameBytes(resource: Resource<unknown>, account: EncodedAccount, beside: unknown): boolean {
    const last = this.#seenBytes.get(account.address);
    return (
      resource.get().kind === "ready" &&
      last !== undefined &&
      last.beside === beside &&
      last.owner === account.programAddress &&
      last.data.length === account.data.length &&
      last.data.every((byte, at) => byte === account.data[at])
    );
  }
  readonly #seenBytes = new Map<
    Address,
    { readonly data: ReadonlyUint8Array; readonly owner: Address; readonly beside: unknown }
  >();

  #remember({ address: where, data, programAddress }: EncodedAccount, beside: unknown): void {
    this.#seenBytes.set(where, { data, owner: programAddress, beside });
  }

  /** The slot to file an answer under: a push is as new as what is known, whatever slot it names. */
  #slotOf(resource: Resource<unknown>, { slot, asked }: Told): bigint {
    const known = resource.get();
    return asked === null && known.kind === "ready" && known.slot > slot ? known.slot : slot;
  }

  /** Shows a sound epoch with the next frame: of several within one, a screen shows the last. */
  #showEpoch(reading: Reading<budget.Epoch>): void {
    const waiting = this.#nextEpoch !== null;
    if (this.#nextEpoch === null || reading.slot >= this.#nextEpoch.slot) this.#nextEpoch = reading;
    // The first one is waited for, and a page that is not looked at gets no frames.
    const known = this.epoch.get().kind === "ready";
    if (!known || document.hidden || typeof requestAnimationFrame !== "function") this.#frame();
    else if (!waiting) requestAnimationFrame(this.#frame);
  }
  #nextEpoch: Reading<budget.Epoch> | null = null;

  #frame = (): void => {
    const next = this.#nextEpoch;
    this.#nextEpoch = null;
    if (next !== null) this.epoch.offer(next.value, next.slot);
  };

  /** Subscribes to the treasury and its present epoch, and anew when another epoch opens. */
  async #follow(): Promise<void> {
    const treasury = valueOf(this.treasury.get());
    if (treasury === null) return;
    const index = budget.state.treasury.currentEpoch(treasury);
    if (index === null) {
      this.epoch.absent();
    } else if (this.#epochAddress?.index !== index) {
      const where = await budget.epochAddress(this.config.treasury, index);
      this.#epochAddress = { index, address: where };
      this.#keyed.delete(`epoch/${index}`);
      const asked = performance.now();
      const { value, slot } = await this.#encoded([where]);
      const account = value[0];
      if (account === undefined || account === null) this.epoch.absent();
      else await this.#takeEpoch(account, { slot, asked });
      this.#following?.abort();
      this.#following = null;
    }
    if (this.#following === null) {
      this.#following = new AbortController();
      const followed = [
        this.config.treasury,
        ...(this.#epochAddress ? [this.#epochAddress.address] : []),
      ];
      void this.#subscribe(followed, this.#following.signal);
    }
  }

  async #subscribe(accounts: readonly Address[], signal: AbortSignal): Promise<void> {
    let pause = 500;
    while (!signal.aborted) {
      try {
        const { websocket } = this.config;
        const round = new AbortController();
        const end = () => round.abort();
        signal.addEventListener("abort", end, { once: true });
        const subscriptions = createSolanaRpcSubscriptions(websocket);
        const feeds = await Promise.all(
          accounts.map((key) =>
            subscriptions
              .accountNotifications(key, { commitment: COMMITMENT, encoding: "base64" })
              .subscribe({ abortSignal: round.signal }),
          ),
        );
        this.#heard({ live: true });
        pause = 500;
        // Whatever happened between the last reading and now did not come by subscription.
        void this.#poll();
        await Promise.race(
          feeds.map(async (feed, at) => {
            for await (const { value, context } of feed) {
              const key = accounts[at];
              if (key === undefined) continue;
              this.updates += 1;
              // A closed account is left to the next reading.
              if (value.lamports === 0n) continue;
              const encoded = parseBase64RpcAccount(key, value);
              this.#pushedAt = performance.now();
              const told = { slot: context.slot, asked: null };
              if (key === this.config.treasury) await this.#takeTreasury(encoded, told);
              else await this.#takeEpoch(encoded, told);
              this.#heard({});
            }
          }),
        ).finally(end);
        signal.removeEventListener("abort", end);
      } catch {
        // Said by `live`; tried again below.
      }
      if (signal.aborted) return;
      this.#heard({ live: false }, false);
      await wait(pause, signal);
      pause = Math.min(pause * 2, 15_000);
    }
  }

  /** Asks the second node, and compares what it says of the money with what the first one says. */
  async #compare(): Promise<void> {
    const second = this.#second;
    if (second === null) return;
    const wanted = [
      this.config.treasury,
      ...(this.#epochAddress ? [this.#epochAddress.address] : []),
    ];
    let found: readonly (EncodedAccount | null)[];
    try {
      found = (await encodedOf(second, wanted)).value;
    } catch {
      this.secondOpinion.set("silent");
      return;
    }
    const ours = valueOf(this.treasury.get());
    const slate = valueOf(this.epoch.get());
    if (ours !== null) this.#told(this.#books.note(0, ours.seq, doubt.moneyOf(ours)));
    if (slate !== null) this.#told(this.#tallies.note(0, slate.seq, doubt.tallyOf(slate)));
    try {
      const [own, epoch] = found;
      if (own === undefined || own === null) throw new Doubted("There is no treasury.");
      const theirs = (await budget.checkTreasury(own)).data;
      this.#told(this.#books.note(1, theirs.seq, doubt.moneyOf(theirs)));
      if (epoch !== undefined && epoch !== null) {
        const { data } = await budget.checkEpoch(epoch);
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
    if (agrees === null || this.secondOpinion.get() === "disagrees") return;
    this.secondOpinion.set(agrees ? "agrees" : "disagrees");
    if (agrees) this.#agreedAt = performance.now();
    else {
      const sentence =
        "Two nodes give different figures for it: one of them is wrong. Sign nothing, and ask a third.";
      this.#note("second", [{ rule: "second.money", about: "the money", sentence }]);
    }
  }

  async #askHealth(): Promise<void> {
    try {
      await this.rpc.getHealth().send();
      this.#patch({ behind: null });
    } catch (error) {
      const context = error instanceof Error ? Reflect.get(error, "context") : null;
      const slots = isObject(context) ? context["numSlotsBehind"] : null;
      const known = typeof slots === "bigint" || typeof slots === "number";
      if (known) this.#patch({ behind: BigInt(slots) });
    }
  }

  #seen = (): void => {
    if (!document.hidden) void this.changed();
  };

  #refresh(): void {
    const small: readonly Resource<unknown>[] = [this.epochs, ...this.#keyed.values()];
    for (const resource of small) resource.invalidate();
    // A stream, a stake or a record changes with an event of the treasury, so without one they are as
    // they were.
    const seq = valueOf(this.treasury.get())?.seq ?? null;
    if (seq !== null && seq === this.#listedAt) return;
    this.#listedAt = seq;
    const long: readonly Resource<unknown>[] = [this.streams, this.stakes, this.records];
    for (const resource of long) resource.invalidate();
  }

  // --- lists ------------------------------------------------------------------------------------

  async #readStreams(): Promise<Reading<readonly Account<budget.Stream>[]>> {
    const { treasury } = this.config;
    const { value, slot } = await this.#agreeing("streams", async () => {
      const list = await budget.listStreams(this.#lists, treasury, {
        commitment: COMMITMENT,
        derive: false,
        cache: this.#knownStreams,
        breathe: breaths(),
      });
      const broken = list.flatMap(({ data }) => doubt.ofStream(data, treasury)).slice(0, 1);
      if (broken.length > 0) return { value: list, findings: broken };
      const [epochs] = await Promise.all([this.#readEpochs(), this.#poll()]);
      const known = valueOf(this.treasury.get());
      const awaiting = epochs.value.reduce((sum, { data }) => sum + awaitingExecution(data), 0n);
      const streams = list.map(({ data }) => data);
      return {
        value: list,
        findings: known === null ? [] : doubt.ofStreams(known, streams, awaiting),
      };
    });
    const broken = this.#found.get("streams")?.find(({ rule }) => rule.startsWith("stream."));
    if (broken !== undefined) throw new Doubted(broken.sentence);
    const sorted = [...value].sort(
      (a, b) => a.data.epochIndex - b.data.epochIndex || a.data.entryIndex - b.data.entryIndex,
    );
    void this.#deriveStreams(sorted);
    return { value: sorted, slot };
  }

  /** Derives every listed stream's address, a few at a time, so that the page stays quick. */
  async #deriveStreams(list: readonly Account<budget.Stream>[]): Promise<void> {
    const turns = new Turns();
    for (const { address: where, data } of list) {
      if (this.#stop.signal.aborted) return;
      const place = await this.#placeOf(data);
      if (place.proposal !== data.proposal || place.stream !== where) {
        const sentence = `The node lists a stream at ${where}, where none can be.`;
        this.#note("stream.address", [
          { rule: "stream.address", about: "the list of streams", sentence },
        ]);
        this.streams.doubt(sentence);
        return;
      }
      await turns.next();
    }
    this.#note("stream.address", []);
  }

  /** Where the stream of an award is, and the proposal that it came from. Derived once: it never changes. */
  async #placeOf({ epochIndex, entryIndex }: budget.Stream): Promise<Place> {
    const key = `${epochIndex}/${entryIndex}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const epoch = await this.#placeOfEpoch(epochIndex);
    const proposal = await budget.proposalAddress(epoch, entryIndex);
    const place = { proposal, stream: await budget.streamAddress(proposal) };
    this.#places.set(key, place);
    return place;
  }

  #placeOfEpoch(index: number): Promise<Address> {
    const known = this.#epochPlaces.get(index);
    if (known !== undefined) return known;
    const place = budget.epochAddress(this.config.treasury, index);
    this.#epochPlaces.set(index, place);
    return place;
  }

  async #readEpochs(): Promise<Reading<readonly Account<budget.Epoch>[]>> {
    const slot = this.#slot();
    const list = await budget.listEpochs(this.#lists, this.config.treasury, {
      commitment: COMMITMENT,
    });
    return { value: [...list].sort((a, b) => a.data.index - b.data.index), slot };
  }

  async #readStakes(): Promise<Reading<readonly Account<budget.Stake>[]>> {
    return this.#agreeing("stakes", async () => {
      const list = await budget.listStakes(this.#lists, this.config.treasury, {
        commitment: COMMITMENT,
        derive: false,
        cache: this.#knownStakes,
        breathe: breaths(),
      });
      await this.#poll();
      const known = valueOf(this.treasury.get());
      const stakes = list.map(({ data }) => data);
      return { value: list, findings: known === null ? [] : doubt.ofStakes(known, stakes) };
    });
  }

  async #readRecords(): Promise<Reading<ReadonlyMap<Address, budget.RecipientRecord>>> {
    const slot = this.#slot();
    const list = await budget.listRecipientRecords(this.#lists, this.config.treasury, {
      commitment: COMMITMENT,
    });
    return { value: new Map(list.map(({ data }) => [data.person, data])), slot };
  }

  async #readProgram(): Promise<Reading<ProgramFacts>> {
    const { programId } = this.config;
    if (programId !== budget.COMMUNITY_BUDGET_PROGRAM_ADDRESS) {
      throw new Doubted("This page was built for another program than its deployment file names.");
    }
    const { value, slot } = await this.#encoded([programId]);
    const program = value[0];
    const hidden = (sentence: string) => {
      this.#note("program", [{ rule: "program", about: "the program", sentence }]);
      return new Doubted(sentence);
    };
    if (program === undefined || program === null)
      throw hidden("There is no program at its address.");
    const { data, programAddress, executable } = program;
    // Tag 2, then the address of the account that holds the code.
    if (!executable || programAddress !== UPGRADEABLE_LOADER || data[0] !== 2 || data.length < 36) {
      throw hidden("What lies at the program's address is no program that can be looked into.");
    }
    const code = (await this.#encoded([getAddressDecoder().decode(data.slice(4, 36))])).value[0];
    // Tag 3, the slot of the deployment, then an option of the authority.
    if (
      code === undefined ||
      code === null ||
      code.programAddress !== UPGRADEABLE_LOADER ||
      code.data[0] !== 3
    ) {
      throw hidden("The node does not show who can change the program.");
    }
    this.#note("program", []);
    const held = code.data[12] === 1;
    const upgradeAuthority = held ? getAddressDecoder().decode(code.data.slice(13, 45)) : null;
    return { value: { upgradeAuthority }, slot };
  }

  async #readMints(): Promise<
    Reading<{ readonly budget: MintPowers; readonly stake: MintPowers }>
  > {
    const { budget: own, stake } = this.config;
    const { value, slot } = await this.#encoded([own.mint, stake.mint]);
    const read = (account: EncodedAccount | null | undefined, token: Token): MintPowers => {
      const data = account?.data ?? new Uint8Array();
      const key = (from: number) => getAddressDecoder().decode(data.slice(from, from + 32));
      const powers = account?.programAddress === token.tokenProgram ? powersOf(data, key) : null;
      if (powers === null || powers.decimals !== token.decimals) {
        const sentence = `The node does not show ${token.symbol} as the token that it is.`;
        this.#note("mints", [{ rule: "mint", about: "the tokens", sentence }]);
        throw new Doubted(sentence);
      }
      return powers;
    };
    const found = { budget: read(value[0], own), stake: read(value[1], stake) };
    this.#note("mints", []);
    return { value: found, slot };
  }

  // --- the node ---------------------------------------------------------------------------------

  #resource<T>(key: string, read: () => Promise<Reading<T>>): Resource<T> {
    // A key names one kind of thing, so the resource under it has that kind's type.
    const known = this.#keyed.get(key) as Resource<T> | undefined;
    if (known !== undefined) return known;
    const made = new Resource(() => this.#guarded(key, read));
    this.#keyed.set(key, made as Resource<unknown>);
    return made;
  }

  /**
   * Reads a list and compares it with what else is known. The two are read one after the other, and a
   * transaction may land in between: a contradiction counts when it is still there on a second look.
   */
  async #agreeing<T>(
    source: string,
    read: () => Promise<{ readonly value: T; readonly findings: readonly Doubt[] }>,
  ): Promise<Reading<T>> {
    const slot = this.#slot();
    let found = await read();
    for (let look = 1; found.findings.length > 0 && look < LOOKS; look += 1) {
      await wait(LOOK_AGAIN_MS, this.#stop.signal);
      found = await read();
    }
    this.#note(source, found.findings);
    return { value: found.value, slot };
  }

  async #account<T extends object>(
    where: Address,
    check: (account: EncodedAccount) => Promise<Account<T>>,
  ): Promise<Reading<T>> {
    const { value, slot } = await this.#encoded([where]);
    const found = value[0];
    if (found === undefined || found === null) throw new Absent();
    return { value: (await check(found)).data, slot };
  }

  /** Reads, and notes an account that is not what it must be as a contradiction. */
  async #guarded<T>(source: string, read: () => Promise<Reading<T>>): Promise<Reading<T>> {
    const noted = `unreadable/${source}`;
    try {
      const reading = await read();
      this.#note(noted, []);
      return reading;
    } catch (error) {
      const kind = source.split("/")[0] ?? source;
      if (error instanceof budget.Unreadable) this.#refuse(noted, READ[kind] ?? source, error);
      throw error;
    }
  }

  #encoded(wanted: readonly Address[]) {
    return encodedOf(this.rpc, wanted);
  }

  #tokenPrograms(): readonly Address[] {
    return [this.config.budget.tokenProgram, this.config.stake.tokenProgram];
  }

  #slot(): bigint {
    return this.link.get().slot ?? 0n;
  }

  /** Notes the slot of an answer; false for one that is older than what is known. */
  #fresh(slot: bigint): boolean {
    const newest = this.link.get().slot;
    if (newest !== null && slot + SLOTS_BACK < newest) {
      this.#note("slot", [
        {
          rule: "slot.back",
          about: "the node",
          sentence: "It answers from the past: what it says now is older than what it said before.",
        },
      ]);
      return false;
    }
    if (newest === null || slot > newest) {
      this.#note("slot", []);
      this.#patch({ slot });
    }
    return true;
  }

  #silentFor(): number | null {
    const { heardAt } = this.link.get();
    return heardAt === null ? null : performance.now() - heardAt;
  }

  #heard(part: Partial<Link>, answered = true): void {
    this.#patch(answered ? { trouble: null, heardAt: performance.now(), ...part } : part);
  }

  #patch(part: Partial<Link>): void {
    this.link.set({ ...this.link.get(), ...part });
  }

  #refuse(source: string, about: string, error: unknown): void {
    this.#note(source, [{ rule: `${source}.unreadable`, about, sentence: sentenceOf(error) }]);
  }

  /** Replaces what `source` found by what it finds now. */
  #note(source: string, findings: readonly Doubt[]): void {
    const before = this.#found.get(source) ?? [];
    if (before.length === 0 && findings.length === 0) return;
    const same =
      before.length === findings.length &&
      before.every(({ rule, sentence }, at) => {
        const other = findings[at];
        return other !== undefined && other.rule === rule && other.sentence === sentence;
      });
    if (same) return;
    this.#found.set(source, findings);
    this.doubts.set([...this.#found.values()].flat());
  }
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

/** Base units of an epoch's awards that are funded and wait for their execution. */
export function awaitingExecution(epoch: budget.Epoch): bigint {
  return epoch.slate
    .slice(0, epoch.entryCount)
    .filter(({ outcome }) => outcome === budget.Outcome.Funded)
    .reduce((sum, entry) => sum + entry.amount, 0n);
}

async function encodedOf(
  rpc: Rpc<GetMultipleAccountsApi & GetAccountInfoApi>,
  wanted: readonly Address[],
): Promise<Reading<readonly (EncodedAccount | null)[]>> {
  const { context, value } = await rpc
    .getMultipleAccounts(wanted, { commitment: COMMITMENT, encoding: "base64" })
    .send();
  const accounts = wanted.map((key, at) => {
    const found = value[at];
    return found === undefined || found === null ? null : parseBase64RpcAccount(key, found);
  });
  return { value: accounts, slot: context.slot };
}

/** A token account's mint, owner and amount; `null` for what is none. */
function holdingOf(account: EncodedAccount, programs: readonly Address[]): Holding | null {
  const { data, programAddress } = account;
  // The state byte of a token account that is in use is 1, or 2 while it is frozen.
  if (!programs.includes(programAddress) || data.length < 165 || data[108] === 0) return null;
  const key = (from: number) => getAddressDecoder().decode(data.slice(from, from + 32));
  return { mint: key(0), owner: key(32), amount: getU64Decoder().read(data, 64)[0] };
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      done();
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", end);
      done();
    }, milliseconds);
    signal.addEventListener("abort", end, { once: true });
  });
}

/** A pause for whoever decodes a long list: as long as others need it, when a turn is over. */
function breaths(): () => Promise<void> {
  const turns = new Turns();
  return () => turns.next();
}
