/** The slate behind an epoch's head: one entry of 64 bytes for each ask. */

import {
  type FixedSizeDecoder,
  type FixedSizeEncoder,
  type ReadonlyUint8Array,
  fixDecoderSize,
  fixEncoderSize,
  getBytesDecoder,
  getBytesEncoder,
  getStructDecoder,
  getStructEncoder,
  getU64Decoder,
  getU64Encoder,
  getU8Decoder,
  getU8Encoder,
} from "@solana/kit";

/** Bytes of an epoch account before its slate, discriminator included. */
export const EPOCH_HEADER_BYTES = 2_048;

/** Bytes of one entry. */
export const ENTRY_BYTES = 64;

/** One ask on the slate, with its tally. */
export interface Entry {
  /** Weight for, against and abstaining. */
  readonly for: bigint;
  readonly against: bigint;
  readonly abstain: bigint;
  /** Base units asked for; 0 for an act. */
  readonly amount: bigint;
  /** First 16 bytes of SHA-256 of the key that it is about; zero where there is none. */
  readonly recipientTag: ReadonlyUint8Array;
  /** Index of the policy's category; for an act its target. */
  readonly category: number;
  /** {@link ActionKind}. */
  readonly action: number;
  /** Tier it was judged or funded at, from settlement on; decides the timelock. */
  readonly tier: number;
  /** {@link Outcome}. */
  readonly outcome: number;
  /** Why it failed or was not funded: `Failure` or `Reason` of the rules; 0 for none. */
  readonly reason: number;
  /** {@link EntryFlags}. */
  readonly flags: number;
  /** Slate index of the entry that holds its recipient's cumulative ask. */
  readonly leader: number;
  /** Place among the passing entries from 0; {@link UNRANKED} for none. */
  readonly rank: number;
  /** At a leader: the recipient's cumulative accepted ask in this epoch. Elsewhere 0. */
  readonly recipientAsk: bigint;
}

/** Rank of an entry that has none. */
export const UNRANKED = 255;

/** What an entry does, as the slate stores it. */
export enum ActionKind {
  Award = 0,
  SetPolicy = 1,
  SetRole = 2,
  RuleOnStream = 3,
  ClearBreaker = 4,
  WriteOff = 5,
}

/** What became of an entry. */
export enum Outcome {
  /** Not settled yet. */
  Pending = 0,
  /** Withdrawn by its proposer before voting. */
  Withdrawn = 1,
  /** Its recipient never accepted, so nobody could vote on it. */
  NotAccepted = 2,
  /** The vote failed; `reason` says where. */
  Failed = 3,
  /** The vote passed, but money or limits did not reach; `reason` says which. */
  Unfunded = 4,
  /** Funded, waiting for its timelock and execution. */
  Funded = 5,
  /** Executed into a stream. */
  Executed = 6,
  /** Funded or approved, but nobody executed it in time. */
  Lapsed = 7,
  /** An act that passed, waiting for its timelock and execution. */
  Approved = 8,
  /** An act that passed, beside a better ranked one on the same target. */
  Superseded = 9,
  /** Funded or approved, and stopped by the guardian within its timelock. */
  Vetoed = 10,
}

/** Bits of {@link Entry.flags}. */
export enum EntryFlags {
  /** The recipient agreed. */
  Accepted = 1,
  /** The recipient's record was weak when the recipient agreed: one tier up. */
  WeakRecord = 2,
  /** The proposal account has been closed. */
  Closed = 4,
  /** The category is a hedge or derivative: one tier up. */
  RiskClass = 8,
  /** The terms meet what the medium tier asks: length and checkpoints. */
  AdmitsMedium = 16,
  /** The terms meet what the large tier asks. */
  AdmitsLarge = 32,
}

/** Whether an entry carries a flag. */
export function hasFlag(entry: Entry, flag: EntryFlags): boolean {
  return (entry.flags & flag) !== 0;
}

/** One entry's 64 bytes, written. */
export function getEntryEncoder(): FixedSizeEncoder<Entry> {
  const [u64, u8] = [getU64Encoder(), getU8Encoder()];
  return getStructEncoder([
    ["for", u64],
    ["against", u64],
    ["abstain", u64],
    ["amount", u64],
    ["recipientTag", fixEncoderSize(getBytesEncoder(), 16)],
    ["category", u8],
    ["action", u8],
    ["tier", u8],
    ["outcome", u8],
    ["reason", u8],
    ["flags", u8],
    ["leader", u8],
    ["rank", u8],
    ["recipientAsk", u64],
  ]);
}

/** One entry's 64 bytes, read. */
export function getEntryDecoder(): FixedSizeDecoder<Entry> {
  const [u64, u8] = [getU64Decoder(), getU8Decoder()];
  return getStructDecoder([
    ["for", u64],
    ["against", u64],
    ["abstain", u64],
    ["amount", u64],
    ["recipientTag", fixDecoderSize(getBytesDecoder(), 16)],
    ["category", u8],
    ["action", u8],
    ["tier", u8],
    ["outcome", u8],
    ["reason", u8],
    ["flags", u8],
    ["leader", u8],
    ["rank", u8],
    ["recipientAsk", u64],
  ]);
}

/**
 * The slate of an epoch account's data; as many entries as the account has room for. Check the account
 * first: `accounts.ts` does.
 */
export function decodeSlate(data: ReadonlyUint8Array): Entry[] {
  const decoder = getEntryDecoder();
  const entries: Entry[] = [];
  for (let at = EPOCH_HEADER_BYTES; at + ENTRY_BYTES <= data.length; at += ENTRY_BYTES) {
    entries.push(decoder.read(data, at)[0]);
  }
  return entries;
}

/** The bytes of a slate, as they lie behind an epoch's head. */
export function encodeSlate(slate: readonly Entry[]): Uint8Array {
  const encoder = getEntryEncoder();
  const bytes = new Uint8Array(slate.length * ENTRY_BYTES);
  slate.forEach((entry, index) => encoder.write(entry, bytes, index * ENTRY_BYTES));
  return bytes;
}
