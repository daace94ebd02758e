/** What is known for the words: titles, recipients, places; from accounts, and from what happened. */

import type { Account, Address } from "@solana/kit";
import type { Policy, Proposal, Stream } from "@community-budget/client";

import { category } from "../lib/words";
import type { Happened } from "./history";
import type { Place, Scene } from "./say";

/** What accounts say. Closed ones are missing: events say the rest. */
export interface Accounts {
  /** Addresses of all epochs opened so far, closed ones too, by position. */
  readonly epochs: readonly Address[];
  readonly streams: readonly Account<Stream>[];
  /** Proposals by epoch and entry. */
  readonly proposals: ReadonlyMap<number, ReadonlyMap<number, Proposal>>;
  readonly policy: Policy | null;
  /** All weight when voting of an epoch opened. */
  readonly electorates: ReadonlyMap<number, bigint>;
}

/** Nothing is known. */
export const NO_ACCOUNTS: Accounts = {
  epochs: [],
  streams: [],
  proposals: new Map(),
  policy: null,
  electorates: new Map(),
};

const keyOf = ({ epoch, entry }: Place) => `${epoch}/${entry}`;

/** What sentences about these events can know. */
export function sceneOf(accounts: Accounts, happened: readonly Happened[]): Scene {
  const indices = new Map(accounts.epochs.map((epoch, index) => [epoch, index]));
  for (const { event } of happened) {
    if (event.name === "EpochOpened") indices.set(event.data.epoch, event.data.index);
  }
  const places = new Map<Address, Place>();
  const recipients = new Map<Address, Address>();
  const titles = new Map<string, string>();
  const asked = new Map<string, Address>();
  const durations = new Map<string, number>();
  const electorates = new Map(accounts.electorates);
  for (const { event, title } of happened) {
    if (!("epoch" in event.data)) continue;
    const epoch = indices.get(event.data.epoch);
    if (epoch === undefined) continue;
    switch (event.name) {
      case "EpochSettled":
        electorates.set(epoch, event.data.electorate);
        break;
      case "AwardExecuted":
        places.set(event.data.stream, { epoch, entry: event.data.index });
        recipients.set(event.data.stream, event.data.recipient);
        break;
      case "ProposalSubmitted":
      case "ActionSubmitted":
        if (title !== null) titles.set(keyOf({ epoch, entry: event.data.index }), title);
        if (event.name === "ProposalSubmitted") {
          asked.set(keyOf({ epoch, entry: event.data.index }), event.data.recipient);
        }
        break;
    }
  }
  for (const { address, data } of accounts.streams) {
    const place = { epoch: data.epochIndex, entry: data.entryIndex };
    places.set(address, place);
    recipients.set(address, data.recipient);
    asked.set(keyOf(place), data.recipient);
    durations.set(keyOf(place), data.durationSecs);
  }
  for (const [epoch, proposals] of accounts.proposals) {
    for (const [entry, { terms }] of proposals) {
      const key = keyOf({ epoch, entry });
      titles.set(key, terms.title);
      if (terms.action.__kind !== "Award") continue;
      const [award] = terms.action.fields;
      asked.set(key, award.recipient);
      durations.set(key, award.durationSecs);
    }
  }
  const { policy } = accounts;
  return {
    epochIndex: (epoch) => indices.get(epoch) ?? null,
    placeOf: (stream) => places.get(stream) ?? null,
    recipientOf: (stream) => recipients.get(stream) ?? null,
    titleOf: (place) => titles.get(keyOf(place)) ?? null,
    awardedTo: (place) => asked.get(keyOf(place)) ?? null,
    durationOf: (place) => durations.get(keyOf(place)) ?? null,
    categoryOf: (index) =>
      policy !== null && index < policy.risk.categoryCount ? category(policy, index) : null,
    electorateOf: (epoch) => electorates.get(epoch) ?? null,
  };
}
