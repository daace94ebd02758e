/** The program's events, out of a transaction's log. */

import { getBase64Encoder } from "@solana/kit";

import {
  COMMUNITY_BUDGET_EVENTS,
  type CommunityBudgetEventName,
  type CommunityBudgetEvents,
} from "./generated/events";
import { COMMUNITY_BUDGET_PROGRAM_ADDRESS } from "./generated/programs";

/** An event with its name. */
export type BudgetEvent = {
  [Name in CommunityBudgetEventName]: {
    readonly name: Name;
    readonly data: CommunityBudgetEvents[Name];
  };
}[CommunityBudgetEventName];

const DISCRIMINATOR_BYTES = 8;
const BY_DISCRIMINATOR = new Map(COMMUNITY_BUDGET_EVENTS.map((row) => [row[0], row]));

/** Decodes the bytes of one event; `null` if they are none of this program's, or broken. */
export function decodeEvent(bytes: Uint8Array): BudgetEvent | null {
  const head = [...bytes.subarray(0, DISCRIMINATOR_BYTES)];
  const hex = head.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const row = BY_DISCRIMINATOR.get(hex);
  if (row === undefined) return null;
  const [, name, decoder] = row;
  try {
    return { name, data: decoder().decode(bytes) } as BudgetEvent;
  } catch {
    return null;
  }
}

const INVOKE = /^Program (\S+) invoke \[\d+\]$/;
const END = /^Program (\S+) (success|failed.*)$/;
const DATA = "Program data: ";

/** What a node writes where it cut a log short. */
export const LOG_TRUNCATED = "Log truncated";

/**
 * The events that this program emitted in a transaction, in order. What other programs log, in the same
 * transaction or called by it, is not believed; nor is anything behind a cut, where it is not known any more
 * which program speaks.
 */
export function decodeEvents(logs: readonly string[]): BudgetEvent[] {
  const running: string[] = [];
  const events: BudgetEvent[] = [];
  for (const line of logs) {
    if (line === LOG_TRUNCATED) break;
    const invoked = INVOKE.exec(line);
    if (invoked?.[1] !== undefined) running.push(invoked[1]);
    else if (END.test(line)) running.pop();
    else if (line.startsWith(DATA) && running.at(-1) === COMMUNITY_BUDGET_PROGRAM_ADDRESS) {
      const event = decodeEvent(bytesOf(line.slice(DATA.length)));
      if (event !== null) events.push(event);
    }
  }
  return events;
}

function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(getBase64Encoder().encode(base64));
  } catch {
    return new Uint8Array();
  }
}
