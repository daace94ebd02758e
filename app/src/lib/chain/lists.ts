/** All accounts of a kind: whether they are all there, and none too many, as far as that can be known. */

import type { Account, Address, GetProgramAccountsApi, Rpc } from "@solana/kit";
import {
  type Ballot,
  type Epoch,
  type ListCache,
  Outcome,
  type Proposal,
  type RecipientRecord,
  type Review,
  type Stake,
  type Stream,
  type Treasury,
  listEpochs,
  listProposals,
  listRecipientRecords,
  listReviews,
  listStakes,
  listStreams,
  listVoteRecords,
} from "@community-budget/client";

import * as doubt from "../doubt";
import { Doubted, type Reading } from "../resource";
import { Turns } from "../turns";
import { COMMITMENT } from "./node";
import type { Notes } from "./notes";
import type { Places } from "./places";

/** Base units of an epoch's awards that are funded and wait for their execution. */
export function awaitingExecution(epoch: Epoch): bigint {
  return epoch.slate
    .slice(0, epoch.entryCount)
    .filter(({ outcome }) => outcome === Outcome.Funded)
    .reduce((sum, entry) => sum + entry.amount, 0n);
}

/** What a list is compared with. */
export interface Books {
  /** The newest slot that is known. */
  readonly slot: () => bigint;
  /** The treasury as it is now; `null` when the node does not say, or is not believed. */
  readonly treasury: () => Promise<Treasury | null>;
}

/** See the top of this file. */
export class Lists {
  readonly #rpc: Rpc<GetProgramAccountsApi>;
  readonly #places: Places;
  readonly #notes: Notes;
  readonly #books: Books;
  readonly #signal: AbortSignal;
  readonly #knownStreams: ListCache<Stream> = new Map();
  readonly #knownStakes: ListCache<Stake> = new Map();

  constructor(
    rpc: Rpc<GetProgramAccountsApi>,
    places: Places,
    notes: Notes,
    books: Books,
    signal: AbortSignal,
  ) {
    this.#rpc = rpc;
    this.#places = places;
    this.#notes = notes;
    this.#books = books;
    this.#signal = signal;
  }

  /** All streams, by epoch and entry. Whether each lies where it must is for {@link misplaced} to say. */
  async streams(): Promise<Reading<readonly Account<Stream>[]>> {
    const { treasury } = this.#places;
    const slot = this.#books.slot();
    const compare = async () => {
      const list = await listStreams(this.#rpc, treasury, {
        commitment: COMMITMENT,
        derive: false,
        cache: this.#knownStreams,
        breathe: breaths(),
      });
      const broken = list.flatMap(({ data }) => doubt.ofStream(data, treasury)).slice(0, 1);
      if (broken.length > 0) return { value: list, findings: broken };
      const [epochs, known] = await Promise.all([this.epochs(), this.#books.treasury()]);
      const awaiting = epochs.value.reduce((sum, { data }) => sum + awaitingExecution(data), 0n);
      const streams = list.map(({ data }) => data);
      return {
        value: list,
        findings: known === null ? [] : doubt.ofStreams(known, streams, awaiting),
      };
    };
    const list = await this.#notes.agreeing("streams", compare, this.#signal);
    const broken = this.#notes.of("streams").find(({ rule }) => rule.startsWith("stream."));
    if (broken !== undefined) throw new Doubted(broken.sentence);
    const sorted = [...list].sort(
      (a, b) => a.data.epochIndex - b.data.epochIndex || a.data.entryIndex - b.data.entryIndex,
    );
    return { value: sorted, slot };
  }

  /**
   * Derives every listed stream's address, a few at a time, and says in a sentence which one lies where none
   * can be; `null` when there is none such.
   */
  async misplaced(list: readonly Account<Stream>[]): Promise<string | null> {
    const turns = new Turns();
    for (const { address: where, data } of list) {
      if (this.#signal.aborted) return null;
      const { proposal, stream } = await this.#places.award(data.epochIndex, data.entryIndex);
      if (proposal !== data.proposal || stream !== where) {
        const sentence = `The node lists a stream at ${where}, where none can be.`;
        this.#notes.note("stream.address", [
          { rule: "stream.address", about: "the list of streams", sentence },
        ]);
        return sentence;
      }
      await turns.next();
    }
    this.#notes.note("stream.address", []);
    return null;
  }

  /** All epochs that are not closed, in order. */
  async epochs(): Promise<Reading<readonly Account<Epoch>[]>> {
    const slot = this.#books.slot();
    const list = await listEpochs(this.#rpc, this.#places.treasury, { commitment: COMMITMENT });
    return { value: [...list].sort((a, b) => a.data.index - b.data.index), slot };
  }

  /** All stakes, in no order. */
  async stakes(): Promise<Reading<readonly Account<Stake>[]>> {
    const slot = this.#books.slot();
    const compare = async () => {
      const list = await listStakes(this.#rpc, this.#places.treasury, {
        commitment: COMMITMENT,
        derive: false,
        cache: this.#knownStakes,
        breathe: breaths(),
      });
      const known = await this.#books.treasury();
      const stakes = list.map(({ data }) => data);
      return { value: list, findings: known === null ? [] : doubt.ofStakes(known, stakes) };
    };
    return { value: await this.#notes.agreeing("stakes", compare, this.#signal), slot };
  }

  /** What the treasury keeps of people, by the person. */
  async records(): Promise<Reading<ReadonlyMap<Address, RecipientRecord>>> {
    const slot = this.#books.slot();
    const list = await listRecipientRecords(this.#rpc, this.#places.treasury, {
      commitment: COMMITMENT,
    });
    return { value: new Map(list.map(({ data }) => [data.person, data])), slot };
  }

  /** All ballots of an epoch whose records are not closed. */
  async ballots(index: number): Promise<Reading<readonly Account<Ballot>[]>> {
    const epoch = await this.#places.epoch(index);
    const slot = this.#books.slot();
    const list = await listVoteRecords(this.#rpc, epoch, { commitment: COMMITMENT, derive: false });
    return { value: list, slot };
  }

  /** The proposals of an epoch that are not closed, by their place; `owner`: the epoch, which counts them. */
  async proposals(
    index: number,
    owner: () => Promise<Epoch | null>,
  ): Promise<Reading<ReadonlyMap<number, Proposal>>> {
    const epoch = await this.#places.epoch(index);
    const slot = this.#books.slot();
    const compare = async () => {
      const list = await listProposals(this.#rpc, epoch, { commitment: COMMITMENT });
      const counted = (await owner())?.openProposals ?? list.length;
      const findings = doubt.ofCount("the list of proposals", list.length, counted);
      return { value: list, findings };
    };
    const list = await this.#notes.agreeing(`proposals/${index}`, compare, this.#signal);
    return { value: new Map(list.map(({ data }) => [data.index, data])), slot };
  }

  /** The reviews of a stream, by checkpoint; `owner`: the stream, which counts them. */
  async reviews(
    stream: Address,
    owner: () => Promise<Stream | null>,
  ): Promise<Reading<ReadonlyMap<number, Review>>> {
    const slot = this.#books.slot();
    const compare = async () => {
      const list = await listReviews(this.#rpc, stream, { commitment: COMMITMENT });
      const counted = (await owner())?.openReviews ?? list.length;
      const findings = doubt.ofCount("the list of reviews", list.length, counted);
      return { value: list, findings };
    };
    const list = await this.#notes.agreeing(`reviews/${stream}`, compare, this.#signal);
    return { value: new Map(list.map(({ data }) => [data.checkpoint, data])), slot };
  }
}

/** A pause for whoever decodes a long list: as long as others need it, when a turn is over. */
function breaths(): () => Promise<void> {
  const turns = new Turns();
  return () => turns.next();
}
