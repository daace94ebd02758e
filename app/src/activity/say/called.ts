/** What sentences about events are made from: what is known, and what things are called. */

import type { Address } from "@solana/kit";
import {
  type Action,
  type CommunityBudgetEventName,
  type CommunityBudgetEvents,
  Health,
  Role,
  type Ruling,
  TripCause,
} from "@community-budget/client";

import * as format from "../../lib/format";
import { checkpointName } from "../../lib/outcomes";
import { SYSTEM_PROGRAM_ADDRESS } from "../../lib/programs";
import { type Part, money, name, sentence, thing, weightOf, written } from "../parts";

/** The award that a stream pays. */
export interface Place {
  readonly epoch: number;
  readonly entry: number;
}

/** What the sentences need to know besides the event. Everything may be unknown. */
export interface Scene {
  /** Position of an epoch. */
  readonly epochIndex: (epoch: Address) => number | null;
  /** The award that a stream pays. */
  readonly placeOf: (stream: Address) => Place | null;
  /** Who a stream pays. */
  readonly recipientOf: (stream: Address) => Address | null;
  /** Title of an entry, as its proposer wrote it. */
  readonly titleOf: (place: Place) => string | null;
  /** Who an award is for. */
  readonly awardedTo: (place: Place) => Address | null;
  /** How long an award streams, in seconds. */
  readonly durationOf: (place: Place) => number | null;
  /** Name of a category, as the policy has it. */
  readonly categoryOf: (index: number) => string | null;
  /** All weight when voting of an epoch opened. */
  readonly electorateOf: (epoch: number) => bigint | null;
}

/** What is known of an event from its transaction, beyond its own fields. */
export interface Beside {
  /** Entries that a ballot chooses on. */
  readonly marks: number | null;
}

/** A sentence, and the state after it; neither has a full stop. */
export type Told = readonly [words: readonly Part[], after: readonly Part[] | null];

/** For every event the function that says it. */
export type Tellers = {
  readonly [Name in CommunityBudgetEventName]: (
    data: CommunityBudgetEvents[Name],
    scene: Scene,
    beside: Beside,
  ) => Told;
};

export const ROLES: Readonly<Record<Role, string>> = {
  [Role.Guardian]: "guardian",
  [Role.Reviewer]: "reviewer",
  [Role.RiskReporter]: "risk reporter",
};

export const HEALTH: Readonly<Record<Health, string>> = {
  [Health.OnTrack]: "on track",
  [Health.AtRisk]: "at risk",
  [Health.OffTrack]: "off track",
};

export const CAUSES: Readonly<Record<TripCause, string>> = {
  [TripCause.Drawdown]: "the treasury has lost too much",
  [TripCause.Outflow]: "more is awarded than comes in, with too little left",
};

const SECTIONS = ["schedule", "slate", "budget", "tiers", "stake", "risk", "breaker", "review"];

/** The words for a section of the policy. */
export function sectionName(section: number): string {
  return SECTIONS[section] ?? `section ${section}`;
}

/** An entry by its title and place, or by its place alone. */
export function entryIn(scene: Scene, epoch: number | null, entry: number): Part[] {
  if (epoch === null) return sentence`entry ${String(entry)} of an epoch that is not known here`;
  const route = { page: "proposal", index: epoch, entry } as const;
  const title = scene.titleOf({ epoch, entry });
  return title === null
    ? [thing(`entry ${entry} of epoch ${epoch}`, route)]
    : [written(title, route), { kind: "text", text: ` (${epoch}/${entry})` }];
}

/** A stream by the title of its award, by its place, or by its address. */
export function streamIn(scene: Scene, stream: Address): Part[] {
  const place = scene.placeOf(stream);
  if (place === null) return sentence`the stream ${name(stream)}`;
  const route = { page: "stream", index: place.epoch, entry: place.entry } as const;
  const title = scene.titleOf(place);
  return title === null
    ? [thing(`the stream of award ${place.epoch}/${place.entry}`, route)]
    : [written(title, route), { kind: "text", text: ` (${place.epoch}/${place.entry})` }];
}

export const epochCalled = (index: number): Part =>
  thing(`epoch ${index}`, { page: "epoch", index });

export function epochIn(scene: Scene, epoch: Address): Part[] {
  const index = scene.epochIndex(epoch);
  return index === null ? sentence`the epoch ${name(epoch)}` : [epochCalled(index)];
}

export function categoryIn(scene: Scene, index: number): Part {
  const known = scene.categoryOf(index);
  return known === null ? thing(`category ${index}`, null) : written(known, null);
}

export function shareIn(scene: Scene, epoch: Address, value: bigint): Part {
  const index = scene.epochIndex(epoch);
  return weightOf(value, index === null ? null : scene.electorateOf(index));
}

export const isNobody = (address: Address) => address === SYSTEM_PROGRAM_ADDRESS;
export const holder = (address: Address): Part[] =>
  isNobody(address) ? sentence`nobody` : [name(address)];
export const capital = (parts: readonly Part[]): Part[] => {
  const [first, ...rest] = parts;
  if (first === undefined || (first.kind !== "text" && first.kind !== "thing")) return [...parts];
  if (first.kind === "thing" && first.written) return [...parts];
  return [{ ...first, text: format.capital(first.text) }, ...rest];
};

export function entries(marks: number | null): string {
  return marks === null ? "" : ` on ${format.count(marks, "entry", "entries")}`;
}

export function ruled(ruling: Ruling): string {
  switch (ruling.__kind) {
    case "Resume":
      return `it goes on from ${checkpointName(ruling.checkpoint)}, which held it`;
    case "Reduce":
      return `it keeps ${format.bps(ruling.keepBps)} of what was unreleased`;
    case "Cancel":
      return "it ends, and what was released stays claimable";
  }
}

/** What an act would do, after a colon. */
export function act(scene: Scene, action: Action): Part[] {
  switch (action.__kind) {
    case "Award":
      return sentence`an award of ${money(action.fields[0].amount)} to ${name(action.fields[0].recipient)}`;
    case "SetPolicy":
      return sentence`a change of policy, section ${action.fields[0].__kind.toLowerCase()}`;
    case "SetRole":
      return sentence`${holder(action.holder)} as ${ROLES[action.role]}`;
    case "RuleOnStream":
      return sentence`a ruling on ${streamIn(scene, action.stream)}: ${ruled(action.ruling)}`;
    case "ClearBreaker":
      return sentence`to end the breaker's trip`;
    case "WriteOff":
      return sentence`to take ${money(action.amount)} of ${categoryIn(scene, action.category)} for lost`;
  }
}

export function recipientIn(scene: Scene, stream: Address): Part[] {
  const recipient = scene.recipientOf(stream);
  return recipient === null ? sentence`the recipient` : [name(recipient)];
}
