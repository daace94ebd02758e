/** Accounts made for tests: all zeros, and what a test needs of them. */

import type { Address } from "@solana/kit";
import type { Entry, Epoch, Stake, Stream, Treasury } from "@community-budget/client";
import {
  getBudgetEpochDecoder,
  getStakeDecoder,
  getStreamDecoder,
  getTreasuryDecoder,
} from "@community-budget/client/src/generated/accounts";
import { getEntryDecoder } from "@community-budget/client/src/slate";

/** Some address, the same for the same number. */
export function key(number: number): Address {
  const letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  // 32 base58 digits "1" are 32 zero bytes; the last one then makes a small number of them.
  return `${"1".repeat(31)}${letters[number] ?? "2"}` as Address;
}

/** A treasury without money. */
export function treasury(part: Partial<Treasury> = {}): Treasury {
  return {
    ...getTreasuryDecoder().decode(new Uint8Array(getTreasuryDecoder().fixedSize)),
    ...part,
  };
}

/** An epoch with these entries. */
export function epoch(slate: readonly Partial<Entry>[] = [], part: Partial<Epoch> = {}): Epoch {
  const head = getBudgetEpochDecoder().decode(new Uint8Array(4_096));
  const entries = slate.map((entry) => ({
    ...getEntryDecoder().decode(new Uint8Array(64)),
    ...entry,
  }));
  const times = { openedAt: 0n, votingOpensAt: 10n, votingClosesAt: 20n, votingHardEndAt: 30n };
  return { ...head, ...times, slate: entries, entryCount: entries.length, ...part };
}

/** A stream of nothing. */
export function stream(part: Partial<Stream> = {}): Stream {
  return { ...getStreamDecoder().decode(new Uint8Array(getStreamDecoder().fixedSize)), ...part };
}

/** A stake of nothing. */
export function stake(part: Partial<Stake> = {}): Stake {
  return { ...getStakeDecoder().decode(new Uint8Array(getStakeDecoder().fixedSize)), ...part };
}
