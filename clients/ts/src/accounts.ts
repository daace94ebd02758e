/**
 * Reading accounts: owner, discriminator, layout version, length, address, then bytes. Whatever a node
 * answers, an account that is not what was asked for becomes an {@link Unreadable} and no figure.
 */

import {
  type Account,
  type Address,
  type Base64EncodedBytes,
  type Decoder,
  type EncodedAccount,
  type FetchAccountConfig,
  type GetAccountInfoApi,
  type GetProgramAccountsApi,
  type ReadonlyUint8Array,
  type Rpc,
  containsBytes,
  fetchEncodedAccount,
  getAddressEncoder,
  getBase64Decoder,
  parseBase64RpcAccount,
} from "@solana/kit";

import {
  epochAddress,
  proposalAddress,
  recipientRecordAddress,
  reviewAddress,
  stakeAddress,
  streamAddress,
  treasuryAddress,
  voteRecordAddress,
} from "./addresses";
import { decodeChoices, VOTE_RECORD_HEADER_BYTES } from "./ballot";
import {
  BUDGET_EPOCH_DISCRIMINATOR,
  type BudgetEpoch,
  PROPOSAL_DISCRIMINATOR,
  type Proposal,
  RECIPIENT_RECORD_DISCRIMINATOR,
  REVIEW_DISCRIMINATOR,
  type RecipientRecord,
  type Review,
  STAKE_DISCRIMINATOR,
  STREAM_DISCRIMINATOR,
  type Stake,
  type Stream,
  TREASURY_DISCRIMINATOR,
  type Treasury,
  VOTE_RECORD_DISCRIMINATOR,
  type VoteRecord,
  getBudgetEpochDecoder,
  getProposalDecoder,
  getRecipientRecordDecoder,
  getReviewDecoder,
  getStakeDecoder,
  getStreamDecoder,
  getTreasuryDecoder,
  getVoteRecordDecoder,
} from "./generated/accounts";
import { COMMUNITY_BUDGET_PROGRAM_ADDRESS } from "./generated/programs";
import { ENTRY_BYTES, EPOCH_HEADER_BYTES, type Entry, decodeSlate } from "./slate";

/** Layout version of every account that this client can read. */
export const ACCOUNT_VERSION = 1;

/** Offset of the key of the treasury, epoch or stream that an account belongs to. */
export const PARENT_OFFSET = 16n;

/** An epoch with the slate behind its head. */
export type Epoch = BudgetEpoch & { readonly slate: readonly Entry[] };

/** A vote record with the packed choices behind its head. */
export type Ballot = VoteRecord & { readonly choices: ReadonlyUint8Array };

/** Why an account was not believed. */
export type UnreadableReason =
  "missing" | "owner" | "discriminator" | "version" | "length" | "address" | "parent";

const SENTENCES: Readonly<Record<UnreadableReason, string>> = {
  missing: "does not exist",
  owner: "belongs to another program",
  discriminator: "is of another kind",
  version: "has a layout that this client does not know",
  length: "has another length than its kind",
  address: "does not lie where its kind lies",
  parent: "belongs elsewhere",
};

/** An account that is not what it was read as. Nothing of it may be shown. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
  /** The account. */
  readonly address: Address;
  /** What is wrong with it. */
  readonly reason: UnreadableReason;

  constructor(address: Address, reason: UnreadableReason) {
    super(`the account ${address} ${SENTENCES[reason]}`);
    this.address = address;
    this.reason = reason;
  }
}

/** How one kind of account is told, decoded and located. */
interface Kind<T extends object> {
  readonly discriminator: ReadonlyUint8Array;
  readonly decode: (data: ReadonlyUint8Array) => T;
  readonly fits: (length: number, data: T) => boolean;
  readonly derive: (data: T) => Promise<Address>;
}

const exactly = (bytes: number) => (length: number) => length === bytes;
const reader =
  <T>(decoder: Decoder<T>) =>
  (data: ReadonlyUint8Array) =>
    decoder.decode(data);

const TREASURY: Kind<Treasury> = {
  discriminator: TREASURY_DISCRIMINATOR,
  decode: reader(getTreasuryDecoder()),
  fits: exactly(getTreasuryDecoder().fixedSize),
  derive: ({ founder, id }) => treasuryAddress(founder, id),
};

const EPOCH: Kind<Epoch> = {
  discriminator: BUDGET_EPOCH_DISCRIMINATOR,
  decode: (data) => ({ ...getBudgetEpochDecoder().decode(data), slate: decodeSlate(data) }),
  fits: (length, epoch) =>
    length === EPOCH_HEADER_BYTES + ENTRY_BYTES * epoch.policy.slate.capacity &&
    epoch.entryCount <= epoch.policy.slate.capacity,
  derive: ({ treasury, index }) => epochAddress(treasury, index),
};

const PROPOSAL: Kind<Proposal> = {
  discriminator: PROPOSAL_DISCRIMINATOR,
  decode: reader(getProposalDecoder()),
  fits: () => true, // Borsh: what decodes has its length.
  derive: ({ epoch, index }) => proposalAddress(epoch, index),
};

const VOTE_RECORD: Kind<Ballot> = {
  discriminator: VOTE_RECORD_DISCRIMINATOR,
  decode: (data) => ({ ...getVoteRecordDecoder().decode(data), choices: decodeChoices(data) }),
  fits: (length) => length > VOTE_RECORD_HEADER_BYTES,
  derive: ({ epoch, owner }) => voteRecordAddress(epoch, owner),
};

const STAKE: Kind<Stake> = {
  discriminator: STAKE_DISCRIMINATOR,
  decode: reader(getStakeDecoder()),
  fits: exactly(getStakeDecoder().fixedSize),
  derive: ({ treasury, owner }) => stakeAddress(treasury, owner),
};

const STREAM: Kind<Stream> = {
  discriminator: STREAM_DISCRIMINATOR,
  decode: reader(getStreamDecoder()),
  fits: exactly(getStreamDecoder().fixedSize),
  derive: ({ proposal }) => streamAddress(proposal),
};

const REVIEW: Kind<Review> = {
  discriminator: REVIEW_DISCRIMINATOR,
  decode: reader(getReviewDecoder()),
  fits: () => true, // Borsh: what decodes has its length.
  derive: ({ stream, checkpoint }) => reviewAddress(stream, checkpoint),
};

const RECIPIENT_RECORD: Kind<RecipientRecord> = {
  discriminator: RECIPIENT_RECORD_DISCRIMINATOR,
  decode: reader(getRecipientRecordDecoder()),
  fits: exactly(getRecipientRecordDecoder().fixedSize),
  derive: ({ treasury, person }) => recipientRecordAddress(treasury, person),
};

/** Decodes an account after every check that its bytes allow; its address is checked separately. */
function decodeAs<T extends object>(kind: Kind<T>, account: EncodedAccount): Account<T> {
  const refuse = (reason: UnreadableReason) => new Unreadable(account.address, reason);
  if (account.programAddress !== COMMUNITY_BUDGET_PROGRAM_ADDRESS) throw refuse("owner");
  const { data } = account;
  if (!containsBytes(data, kind.discriminator, 0)) throw refuse("discriminator");
  if (data[kind.discriminator.length] !== ACCOUNT_VERSION) throw refuse("version");
  let decoded: T;
  try {
    decoded = kind.decode(data);
  } catch {
    throw refuse("length");
  }
  if (!kind.fits(data.length, decoded)) throw refuse("length");
  return { ...account, data: decoded };
}

async function checkAs<T extends object>(
  kind: Kind<T>,
  account: EncodedAccount,
): Promise<Account<T>> {
  const checked = decodeAs(kind, account);
  if ((await kind.derive(checked.data)) !== account.address) {
    throw new Unreadable(account.address, "address");
  }
  return checked;
}

async function readAs<T extends object>(
  kind: Kind<T>,
  rpc: Rpc<GetAccountInfoApi>,
  address: Address,
  config?: FetchAccountConfig,
): Promise<Account<T>> {
  const account = await fetchEncodedAccount(rpc, address, config);
  if (!account.exists) throw new Unreadable(address, "missing");
  return checkAs(kind, account);
}

// --- one account ------------------------------------------------------------------------------

type Check<T extends object> = (account: EncodedAccount) => Promise<Account<T>>;
type Read<T extends object> = (
  rpc: Rpc<GetAccountInfoApi>,
  address: Address,
  config?: FetchAccountConfig,
) => Promise<Account<T>>;

const check =
  <T extends object>(kind: Kind<T>): Check<T> =>
  (account) =>
    checkAs(kind, account);
const read =
  <T extends object>(kind: Kind<T>): Read<T> =>
  (rpc, address, config) =>
    readAs(kind, rpc, address, config);

/** Checks and decodes bytes that came some other way, say by subscription. Throws {@link Unreadable}. */
export const checkTreasury = check(TREASURY);
/** Checks and decodes an epoch with its slate. Throws {@link Unreadable}. */
export const checkEpoch = check(EPOCH);
/** Checks and decodes a proposal. Throws {@link Unreadable}. */
export const checkProposal = check(PROPOSAL);
/** Checks and decodes a vote record with its choices. Throws {@link Unreadable}. */
export const checkVoteRecord = check(VOTE_RECORD);
/** Checks and decodes a stake. Throws {@link Unreadable}. */
export const checkStake = check(STAKE);
/** Checks and decodes a stream. Throws {@link Unreadable}. */
export const checkStream = check(STREAM);
/** Checks and decodes a review. Throws {@link Unreadable}. */
export const checkReview = check(REVIEW);
/** Checks and decodes a recipient's record. Throws {@link Unreadable}. */
export const checkRecipientRecord = check(RECIPIENT_RECORD);

/** Reads a treasury. Throws {@link Unreadable}, also when there is none. */
export const readTreasury = read(TREASURY);
/** Reads an epoch with its slate. Throws {@link Unreadable}, also when there is none. */
export const readEpoch = read(EPOCH);
/** Reads a proposal. Throws {@link Unreadable}, also when there is none. */
export const readProposal = read(PROPOSAL);
/** Reads a vote record with its choices. Throws {@link Unreadable}, also when there is none. */
export const readVoteRecord = read(VOTE_RECORD);
/** Reads a stake. Throws {@link Unreadable}, also when there is none. */
export const readStake = read(STAKE);
/** Reads a stream. Throws {@link Unreadable}, also when there is none. */
export const readStream = read(STREAM);
/** Reads a review. Throws {@link Unreadable}, also when there is none. */
export const readReview = read(REVIEW);
/** Reads a recipient's record. Throws {@link Unreadable}, also when there is none. */
export const readRecipientRecord = read(RECIPIENT_RECORD);

// --- all of a parent --------------------------------------------------------------------------

/** Accounts as they were decoded, with the bytes that they were decoded from. */
export type ListCache<T extends object> = Map<
  Address,
  { readonly base64: string; readonly account: Account<T> }
>;

/** How many accounts are decoded before `breathe` is asked for: a few milliseconds' worth. */
const BREATH = 8;

/** How a list is read. */
export interface ListConfig<T extends object = object> extends FetchAccountConfig {
  /**
   * Whether every address is derived anew, which takes about a millisecond each. Without it, derive the
   * addresses of what is shown with a `check` function. Default: true.
   */
  readonly derive?: boolean;
  /**
   * What an earlier reading decoded, filled by this one. An account with the same owner and bytes is taken
   * from here, its lamports included.
   */
  readonly cache?: ListCache<T>;
  /** Awaited now and then while a long list is decoded, so that a browser can paint in between. */
  readonly breathe?: () => Promise<void>;
}

async function listAs<T extends object>(
  kind: Kind<T>,
  rpc: Rpc<GetProgramAccountsApi>,
  { derive = true, cache, breathe, abortSignal, ...config }: ListConfig<T>,
  within?: { readonly parent: Address; readonly of: (data: T) => Address },
): Promise<Account<T>[]> {
  const memcmp = (offset: bigint, bytes: ReadonlyUint8Array) => ({
    memcmp: {
      offset,
      bytes: getBase64Decoder().decode(bytes) as Base64EncodedBytes,
      encoding: "base64" as const,
    },
  });
  const filters = [memcmp(0n, kind.discriminator)];
  if (within) filters.push(memcmp(PARENT_OFFSET, getAddressEncoder().encode(within.parent)));
  const request = rpc.getProgramAccounts(COMMUNITY_BUDGET_PROGRAM_ADDRESS, {
    ...config,
    encoding: "base64",
    filters,
  });
  const answer = await request.send(abortSignal === undefined ? {} : { abortSignal });
  const one = async ({ pubkey, account }: (typeof answer)[number]) => {
    const [base64] = account.data;
    const known = cache?.get(pubkey);
    const same = known?.base64 === base64 && known.account.programAddress === account.owner;
    if (known !== undefined && same) return known.account;
    const encoded = parseBase64RpcAccount(pubkey, account);
    const checked = derive ? await checkAs(kind, encoded) : decodeAs(kind, encoded);
    if (within && within.of(checked.data) !== within.parent) {
      throw new Unreadable(pubkey, "parent");
    }
    cache?.set(pubkey, { base64, account: checked });
    return checked;
  };
  const list: Account<T>[] = [];
  for (let from = 0; from < answer.length; from += BREATH) {
    if (from > 0) await breathe?.();
    list.push(...(await Promise.all(answer.slice(from, from + BREATH).map(one))));
  }
  if (cache !== undefined && cache.size > answer.length) {
    const present = new Set(answer.map(({ pubkey }) => pubkey));
    for (const address of cache.keys()) if (!present.has(address)) cache.delete(address);
  }
  return list;
}

type List<T extends object> = (
  rpc: Rpc<GetProgramAccountsApi>,
  parent: Address,
  config?: ListConfig<T>,
) => Promise<Account<T>[]>;

const list =
  <T extends object>(kind: Kind<T>, parentOf: (data: T) => Address): List<T> =>
  (rpc, parent, config = {}) =>
    listAs(kind, rpc, config, { parent, of: parentOf });

/** All treasuries of the program, in no order. Throws {@link Unreadable}. */
export function listTreasuries(
  rpc: Rpc<GetProgramAccountsApi>,
  config: ListConfig<Treasury> = {},
): Promise<Account<Treasury>[]> {
  return listAs(TREASURY, rpc, config);
}

/** All epochs of a treasury that are not closed, in no order. Throws {@link Unreadable}. */
export const listEpochs = list(EPOCH, (epoch) => epoch.treasury);
/** All stakes in a treasury, in no order. Throws {@link Unreadable}. */
export const listStakes = list(STAKE, (stake) => stake.treasury);
/** All streams of a treasury that are not closed, in no order. Throws {@link Unreadable}. */
export const listStreams = list(STREAM, (stream) => stream.treasury);
/** All records that a treasury keeps of people, in no order. Throws {@link Unreadable}. */
export const listRecipientRecords = list(RECIPIENT_RECORD, (record) => record.treasury);
/** All proposals of an epoch that are not closed, in no order. Throws {@link Unreadable}. */
export const listProposals = list(PROPOSAL, (proposal) => proposal.epoch);
/** All vote records of an epoch that are not closed, in no order. Throws {@link Unreadable}. */
export const listVoteRecords = list(VOTE_RECORD, (record) => record.epoch);
/** All reviews of a stream that are not closed, in no order. Throws {@link Unreadable}. */
export const listReviews = list(REVIEW, (review) => review.stream);
