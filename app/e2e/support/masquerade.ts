/**
 * Hostile words in the place of those that a community wrote: in the titles and addresses of proposals and in
 * the texts that they lead to, with every hash made to fit. To put two hundred of them on chain would take
 * a dozen epochs; what the page gets is the same.
 */

import { createSolanaRpc, getAddressEncoder } from "@solana/kit";
import {
  type Entry,
  Outcome,
  getTermsDecoder,
  getTermsEncoder,
  listProposals,
  readEpoch,
} from "@community-budget/client";
import {
  PROPOSAL_DISCRIMINATOR,
  getBudgetEpochDecoder,
  getBudgetEpochEncoder,
} from "@community-budget/client/src/generated/accounts";

import type { Scene } from "./liar";
import type { Network } from "./network";
import type { Changes, RawAccount } from "./proxy";
import { TERMS_OFFSET, sha256, slateHash, utf8 } from "./slatehash";

/** Where a proposal's account keeps its place on the slate, and its epoch. */
const PLACE_OFFSET = 10;
const EPOCH_OFFSET = 16;

/** What is written in a proposal instead. */
export interface Words {
  readonly title: string;
  /** The address; `null` for one that leads to {@link text}. */
  readonly uri: string | null;
  /** What the address leads to. */
  readonly text: string;
}

/** See the top of this file. */
export class Masquerade {
  /** Places on the slate. */
  readonly places: number;
  /** Position of the epoch. */
  readonly index: number;
  readonly #scene: Scene;
  readonly #base: string;
  readonly #originals: ReadonlyMap<number, Uint8Array>;
  readonly #slate: readonly Entry[];
  #words: readonly Words[] = [];

  private constructor(parts: {
    readonly scene: Scene;
    readonly base: string;
    readonly originals: ReadonlyMap<number, Uint8Array>;
    readonly slate: readonly Entry[];
    readonly index: number;
  }) {
    this.#scene = parts.scene;
    this.#base = parts.base;
    this.#originals = parts.originals;
    this.#slate = parts.slate;
    this.index = parts.index;
    this.places = parts.slate.length;
  }

  /** Takes the present epoch of a network as what is masked. `base`: where the page keeps texts. */
  static async of(network: Network, scene: Scene, base: string): Promise<Masquerade> {
    const rpc = createSolanaRpc(network.rpc);
    const { data } = await readEpoch(rpc, scene.epoch);
    const proposals = await listProposals(rpc, scene.epoch);
    const originals = new Map<number, Uint8Array>();
    for (const { data: one, address } of proposals) {
      const { value } = await rpc.getAccountInfo(address, { encoding: "base64" }).send();
      if (value !== null) {
        originals.set(one.index, Uint8Array.from(Buffer.from(value.data[0], "base64")));
      }
    }
    const slate = data.slate.slice(0, data.entryCount);
    return new Masquerade({ scene, base, originals, slate, index: data.index });
  }

  /** Says what is written from now on, by place on the slate. */
  wear(words: readonly Words[]): void {
    this.#words = words;
  }

  /** What a proxy changes. */
  readonly changes: Changes = {
    account: (account) => {
      if (account.address === this.#scene.epoch) return this.#epoch(account);
      return this.#isOurs(account) ? { ...account, data: this.#masked(account.data) } : account;
    },
  };

  /** What a site serves for a text. */
  readonly metadata = (name: string): string | undefined => {
    const place = /^hostile-(\d+)\.json$/.exec(name)?.[1];
    return place === undefined ? undefined : this.#words[Number(place)]?.text;
  };

  #isOurs({ data }: RawAccount): boolean {
    const epoch = getAddressEncoder().encode(this.#scene.epoch);
    return (
      PROPOSAL_DISCRIMINATOR.every((byte, at) => data[at] === byte) &&
      epoch.every((byte, at) => data[EPOCH_OFFSET + at] === byte)
    );
  }

  #terms(place: number, data: Uint8Array): Uint8Array {
    const words = this.#words[place];
    const before = data.slice(TERMS_OFFSET);
    if (words === undefined) return before;
    const own = getTermsDecoder().decode(before);
    return Uint8Array.from(
      getTermsEncoder().encode({
        ...own,
        title: words.title,
        metadataUri: words.uri ?? `${this.#base}hostile-${place}.json`,
        metadataHash: sha256(utf8(words.text)),
      }),
    );
  }

  #masked(data: Uint8Array): Uint8Array {
    const terms = this.#terms(data[PLACE_OFFSET] ?? 0, data);
    return Uint8Array.from([...data.slice(0, TERMS_OFFSET), ...terms]);
  }

  #epoch(account: RawAccount): RawAccount {
    const head = getBudgetEpochDecoder().decode(account.data);
    const data = Uint8Array.from(account.data);
    data.set(getBudgetEpochEncoder().encode({ ...head, slateHash: this.#slateHash() }), 0);
    return { ...account, data };
  }

  #slateHash(): Uint8Array {
    const terms = this.#slate.map((_, place) => {
      const original = this.#originals.get(place);
      if (original === undefined) throw new Error(`there is no proposal ${place}`);
      return this.#terms(place, original);
    });
    const withdrawn = this.#slate.flatMap(({ outcome }, place) =>
      outcome === Outcome.Withdrawn ? [place] : [],
    );
    return slateHash(this.#scene.treasury, this.index, terms, withdrawn);
  }
}
