/** The treasury, its vaults, its present epoch and the network's clock: read every few seconds, and as they change. */

import {
  type Address,
  type EncodedAccount,
  type Rpc,
  type SolanaRpcApi,
  address,
  getU64Decoder,
} from "@solana/kit";
import * as budget from "@community-budget/client";

import type { NetworkClock } from "../clock";
import type { Config } from "../config";
import * as doubt from "../doubt";
import type { Doubt } from "../doubt";
import { Absent, Doubted, type Reading, Resource, sentenceOf, valueOf } from "../resource";
import type { Line } from "./line";
import { encodedOf, holdingOf } from "./node";
import type { Notes } from "./notes";
import { Framed, Seen, type Told, isOutdated } from "./order";
import type { Places } from "./places";
import { SecondNode } from "./second";
import { type Report, accountsOf, listen } from "./subscription";

const CLOCK_SYSVAR = address("SysvarC1ock11111111111111111111111111111111");
/** How long a subscription's silence or a failed poll goes without a word. */
const STALE_MS = 15_000;
/** How far the network's clock may be behind the visitor's before the node is called late, in seconds. */
const LATE_SECS = 60n;
/** A network on this machine may be slow, and its time is moved on purpose, but only forward. */
const LOCAL_LATE_SECS = 3_600n;

/** What it works with. */
export interface HeartParts {
  readonly config: Config;
  readonly rpc: Rpc<SolanaRpcApi>;
  /** `null` when there is no second node. */
  readonly second: Rpc<SolanaRpcApi> | null;
  readonly clock: NetworkClock;
  readonly places: Places;
  readonly notes: Notes;
  readonly line: Line;
  /** Told when another epoch is followed, before anybody sees it. */
  readonly opened: (index: number) => void;
}

/** See the top of this file. */
export class Heart {
  readonly treasury: Resource<budget.Treasury>;
  readonly epoch: Resource<budget.Epoch>;
  readonly second: SecondNode;
  readonly #parts: HeartParts;
  readonly #seen = new Seen();
  readonly #shown = new Framed<budget.Epoch>(({ value, slot }) => this.epoch.offer(value, slot));
  #present: { readonly index: number; readonly address: Address } | null = null;
  #following: AbortController | null = null;
  #vaults: readonly [Address, Address, Address] | null = null;
  #polling: Promise<void> | null = null;
  /** When a change was pushed last. */
  #pushedAt = 0;

  constructor(parts: HeartParts) {
    this.#parts = parts;
    this.second = new SecondNode(parts.second, parts.notes);
    this.treasury = new Resource(() => this.poll().then(() => this.#known(this.treasury)));
    this.epoch = new Resource(() => this.poll().then(() => this.#known(this.epoch)));
  }

  /** Position of the epoch that is followed. */
  get index(): number | null {
    return this.#present?.index ?? null;
  }

  /** Ends everything that runs. */
  stop(): void {
    this.#following?.abort();
  }

  /** Reads it all now, or waits for the reading that runs. */
  poll(): Promise<void> {
    this.#polling ??= this.#pollOnce().finally(() => {
      this.#polling = null;
    });
    return this.#polling;
  }

  async #pollOnce(): Promise<void> {
    const { line } = this.#parts;
    try {
      await this.#read();
      line.heard();
    } catch (error) {
      const silent = line.silentFor;
      if (silent === null || silent > STALE_MS) {
        line.patch({ trouble: `The node does not answer: ${sentenceOf(error)}` });
      }
      for (const resource of [this.treasury, this.epoch]) {
        resource.fail("The node does not answer.");
      }
    }
  }

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
        throw new Error(this.#parts.line.link.get().trouble ?? "The node has not answered yet.");
    }
  }

  /** All of one slot. */
  async #read(): Promise<void> {
    const { config, rpc, line, notes } = this.#parts;
    const { treasury } = config;
    this.#vaults ??= await Promise.all([
      budget.vaultAddress(treasury),
      budget.stakeVaultAddress(treasury),
      budget.bondVaultAddress(treasury),
    ]);
    const wanted = [CLOCK_SYSVAR, treasury, ...this.#vaults];
    if (this.#present !== null) wanted.push(this.#present.address);
    const asked = performance.now();
    const { value, slot } = await encodedOf(rpc, wanted);
    if (!line.fresh(slot)) return;
    const [clock, own, vault, stakeVault, bondVault, epoch] = value;

    this.#takeClock(clock ?? null);
    if (own === undefined || own === null) {
      this.treasury.doubt("The node says that there is no treasury at its address.");
      notes.note("treasury", [
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
    this.#compareVaults(known, [vault, stakeVault, bondVault]);
    if (epoch !== undefined && epoch !== null) await this.#takeEpoch(epoch, { slot, asked });
    await this.#follow();
    await this.second.compare(
      this.#followed(),
      valueOf(this.treasury.get()),
      valueOf(this.epoch.get()),
    );
  }

  #compareVaults(
    known: budget.Treasury,
    found: readonly (EncodedAccount | null | undefined)[],
  ): void {
    const { config, notes } = this.#parts;
    const programs = [config.budget.tokenProgram, config.stake.tokenProgram];
    const booked = [
      ["the vault", known.budgetMint, known.tracked],
      ["the stake vault", known.stakeMint, known.staked],
      ["the bond vault", known.budgetMint, known.bonded],
    ] as const;
    const findings = booked.flatMap(([about, mint, amount], at) => {
      const account = found[at] ?? null;
      const holding = account === null ? null : holdingOf(account, programs);
      return doubt.ofVault(about, config.treasury, mint, amount, holding);
    });
    notes.note("vaults", findings);
  }

  #takeClock(account: EncodedAccount | null): void {
    const { clock, config, notes } = this.#parts;
    if (account === null || account.data.length < 40) {
      notes.note("clock", [
        {
          rule: "clock.missing",
          about: "the clock",
          sentence: "The node does not say what time it is.",
        },
      ]);
      return;
    }
    const unix = getU64Decoder().read(account.data, 32)[0];
    const before = clock.second.get();
    const local = BigInt(Math.floor(Date.now() / 1_000));
    const own = config.cluster === "localnet";
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
    notes.note("clock", findings);
    clock.set(unix);
  }

  async #takeTreasury(account: EncodedAccount, told: Told): Promise<void> {
    const { config, notes } = this.#parts;
    // Nobody renders anew for what is as it was.
    if (this.treasury.get().kind === "ready" && this.#seen.same(account, null)) return;
    try {
      const { data } = await budget.checkTreasury(account);
      if (isOutdated(valueOf(this.treasury.get()), data, told.asked, this.#pushedAt)) return;
      this.#seen.remember(account, null);
      const findings = doubt.ofTreasury(data);
      const { budget: own, stake } = config;
      if (data.budgetMint !== own.mint || data.budgetDecimals !== own.decimals) {
        throw new Doubted("The treasury pays another token than this page was set up for.");
      }
      if (data.stakeMint !== stake.mint || data.stakeDecimals !== stake.decimals) {
        throw new Doubted("The treasury's stake is another token than this page was set up for.");
      }
      notes.note("treasury", findings);
      const broken = findings[0];
      if (broken !== undefined) this.treasury.doubt(broken.sentence);
      else this.treasury.offer(data, slotOf(this.treasury, told));
    } catch (error) {
      notes.refuse("treasury", "the treasury", error);
      this.treasury.doubt(sentenceOf(error));
    }
  }

  async #takeEpoch(account: EncodedAccount, told: Told): Promise<void> {
    const { notes } = this.#parts;
    if (account.address !== this.#present?.address) return;
    const treasury = valueOf(this.treasury.get());
    if (this.epoch.get().kind === "ready" && this.#seen.same(account, treasury)) return;
    try {
      const { data } = await budget.checkEpoch(account);
      const known = this.#shown.next?.value ?? valueOf(this.epoch.get());
      if (known?.index === data.index && isOutdated(known, data, told.asked, this.#pushedAt))
        return;
      this.#seen.remember(account, treasury);
      const electorate =
        treasury === null || data.settledAt !== 0n
          ? null
          : budget.state.treasury.electorate(treasury, data.index);
      const findings = doubt.ofEpoch(data, electorate);
      notes.note("epoch", findings);
      const broken = findings[0];
      if (broken !== undefined) this.epoch.doubt(broken.sentence);
      else {
        const first = this.epoch.get().kind !== "ready";
        this.#shown.show({ value: data, slot: slotOf(this.epoch, told) }, first);
      }
    } catch (error) {
      notes.refuse("epoch", "the slate", error);
      this.epoch.doubt(sentenceOf(error));
    }
  }

  #followed(): readonly [Address, Address?] {
    const { treasury } = this.#parts.config;
    return this.#present === null ? [treasury] : [treasury, this.#present.address];
  }

  /** Subscribes to the treasury and its present epoch, and anew when another epoch opens. */
  async #follow(): Promise<void> {
    const { config, rpc, places, opened } = this.#parts;
    const treasury = valueOf(this.treasury.get());
    if (treasury === null) return;
    const index = budget.state.treasury.currentEpoch(treasury);
    if (index === null) {
      this.epoch.absent();
    } else if (this.#present?.index !== index) {
      const where = await places.epoch(index);
      this.#present = { index, address: where };
      opened(index);
      const asked = performance.now();
      const { value, slot } = await encodedOf(rpc, [where]);
      const account = value[0];
      if (account === undefined || account === null) this.epoch.absent();
      else await this.#takeEpoch(account, { slot, asked });
      this.#following?.abort();
      this.#following = null;
    }
    if (this.#following !== null) return;
    this.#following = new AbortController();
    const followed = this.#followed().flatMap((key) => key ?? []);
    const listener = { live: this.#live, heard: this.#pushed };
    void listen(accountsOf(config.websocket, followed), listener, this.#following.signal);
  }

  #live = (live: boolean): void => {
    const { line } = this.#parts;
    if (!live) line.patch({ live });
    else {
      line.heard({ live });
      // Whatever happened between the last reading and now did not come by subscription.
      void this.poll();
    }
  };

  #pushed = async ({ account, slot }: Report): Promise<void> => {
    // A closed account is left to the next reading.
    if (account.lamports === 0n) return;
    this.#pushedAt = performance.now();
    const told = { slot, asked: null };
    if (account.address === this.#parts.config.treasury) await this.#takeTreasury(account, told);
    else await this.#takeEpoch(account, told);
    this.#parts.line.heard();
  };
}

/** The slot to file an answer under: a push is as new as what is known, whatever slot it names. */
function slotOf(resource: Resource<unknown>, { slot, asked }: Told): bigint {
  const known = resource.get();
  return asked === null && known.kind === "ready" && known.slot > slot ? known.slot : slot;
}
