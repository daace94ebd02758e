/** Where accounts are. Derived once: that never changes, and takes about a millisecond each. */

import type { Address } from "@solana/kit";
import { epochAddress, proposalAddress, streamAddress } from "@community-budget/client";

/** Where an award's accounts are. */
export interface AwardPlace {
  readonly proposal: Address;
  readonly stream: Address;
}

/** See the top of this file. */
export class Places {
  readonly treasury: Address;
  readonly #epochs = new Map<number, Promise<Address>>();
  readonly #awards = new Map<string, AwardPlace>();

  constructor(treasury: Address) {
    this.treasury = treasury;
  }

  /** Where an epoch is, by its position. */
  epoch(index: number): Promise<Address> {
    const known = this.#epochs.get(index);
    if (known !== undefined) return known;
    const place = epochAddress(this.treasury, index);
    this.#epochs.set(index, place);
    return place;
  }

  /** Where the proposal at `entry` of an epoch's slate is, and the stream that it may become. */
  async award(index: number, entry: number): Promise<AwardPlace> {
    const key = `${index}/${entry}`;
    const known = this.#awards.get(key);
    if (known !== undefined) return known;
    const proposal = await proposalAddress(await this.epoch(index), entry);
    const place = { proposal, stream: await streamAddress(proposal) };
    this.#awards.set(key, place);
    return place;
  }
}
