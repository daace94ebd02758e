/**
 * Lies that a node can tell, as data: what is changed on its way to the page, where that matters, and the
 * rule (`data-rule` in the list of contradictions) or the words by which the page must say so.
 *
 * | lie | the page is told | flagged as |
 * |---|---|---|
 * | owner | the treasury's account belongs to another program | treasury unreadable |
 * | discriminator | the treasury's account is of another kind | treasury unreadable |
 * | version | the treasury has a layout that nobody knows | treasury unreadable |
 * | other treasury | another founder's treasury lies at the address | treasury unreadable |
 * | truncated | the slate ends early | slate unreadable |
 * | extended | the slate has an entry too many | slate unreadable |
 * | other epoch | the epoch before lies at the address of this one | slate unreadable |
 * | capacity | more entries than the slate has room for | slate unreadable |
 * | tally | more weight on an entry than took part | slate.tally |
 * | turnout | more weight took part than there is | slate.turnout |
 * | promises | more is promised than there is | treasury.promises |
 * | vault balance | the vault holds less than the books say | the-vault.balance |
 * | vault mint | the vault holds another token | the-vault.mint |
 * | vault owner | the vault is somebody else's | the-vault.owner |
 * | vault missing | there is no vault | the-vault.missing |
 * | proposals swapped | two proposals lie at each other's addresses | in words |
 * | proposal hidden | a proposal is left out of the list | the-list-of-proposals.count |
 * | stream overdrawn | more came out of a stream than was awarded | stream.total |
 * | stream foreign | a stream of another treasury is in the list | in words |
 * | stream moved | a stream lies where none can be | stream.address |
 * | stream hidden | a stream is left out of the list | streams.sum |
 * | stake hidden | the largest stake is left out of the list | stakes.sum |
 * | past | after a while, answers from a thousand slots ago | slot.back |
 * | clock stopped days ago | the network's time is three days behind | clock.off |
 * | clock back | after a while, the network's time goes back by a day | clock.back |
 * | doubled money | everything adds up, at twice the money | second.money, by a second node |
 * | not a program | what lies at the program's address cannot run | program |
 * | authority hidden | nobody can see who may change the program | program |
 *
 * What a node can lie about while somebody acts is in {@link ACTING}: a transaction that never landed is
 * confirmed, a simulation succeeds that cannot, a failure that landed is no failure.
 */

import {
  type Address,
  type FixedSizeCodec,
  type Rpc,
  type SolanaRpcApi,
  address,
  combineCodec,
  createSolanaRpc,
  getAddressDecoder,
  getAddressEncoder,
  getBase58Decoder,
  getI64Encoder,
  getU64Encoder,
} from "@solana/kit";
import {
  COMMUNITY_BUDGET_PROGRAM_ADDRESS,
  EPOCH_HEADER_BYTES,
  type Entry,
  ENTRY_BYTES,
  decodeSlate,
  encodeSlate,
  epochAddress,
  listEpochs,
  readTreasury,
  state,
  vaultAddress,
} from "@community-budget/client";
import {
  PROPOSAL_DISCRIMINATOR,
  STAKE_DISCRIMINATOR,
  STREAM_DISCRIMINATOR,
  getBudgetEpochDecoder,
  getBudgetEpochEncoder,
  getStreamDecoder,
  getStreamEncoder,
  getTreasuryDecoder,
  getTreasuryEncoder,
} from "@community-budget/client/src/generated/accounts";

import { type Json, at, isList, isObject, textAt } from "./json";
import type { Network } from "./network";
import type { Changes, RawAccount } from "./proxy";

const CLOCK = "SysvarC1ock11111111111111111111111111111111";
const SYSTEM = "11111111111111111111111111111111";
/** Anybody's address, who has no part in the community. */
const STRANGER = getAddressDecoder().decode(new Uint8Array(32).fill(9));

/** What the lies are told about. */
export interface Scene {
  readonly treasury: Address;
  readonly epoch: Address;
  readonly vault: Address;
  /** The account that holds the program's code. */
  readonly code: Address;
  /** The epoch before, as it lies on chain. */
  readonly earlier: Uint8Array;
}

/** Looks at a network through its own eyes. */
export async function sceneOf(network: Network): Promise<Scene> {
  const rpc = createSolanaRpc(network.rpc);
  const treasury = address(textAt(await network.deployment(), "treasury"));
  const { data } = await readTreasury(rpc, treasury);
  const index = state.treasury.currentEpoch(data) ?? 0;
  const epochs = await listEpochs(rpc, treasury);
  const before = epochs.find((one) => one.data.index === index - 1);
  if (before === undefined) throw new Error("the community has no earlier epoch");
  const program = await bytesOf(rpc, COMMUNITY_BUDGET_PROGRAM_ADDRESS);
  return {
    treasury,
    epoch: await epochAddress(treasury, index),
    vault: await vaultAddress(treasury),
    code: getAddressDecoder().decode(program.slice(4, 36)),
    earlier: await bytesOf(rpc, before.address),
  };
}

async function bytesOf(rpc: Rpc<SolanaRpcApi>, where: Address): Promise<Uint8Array> {
  const { value } = await rpc.getAccountInfo(where, { encoding: "base64" }).send();
  if (value === null) throw new Error(`${where} does not exist`);
  return Uint8Array.from(Buffer.from(value.data[0], "base64"));
}

/** A lie. */
export interface Lie {
  readonly name: string;
  /** Route on which it matters. */
  readonly at: string;
  /** When it begins: before the page is opened, or once the page has shown the truth. */
  readonly from: "the start" | "later";
  /** Who tells it: the page's node, or the second one beside an honest first. */
  readonly by?: "the second node";
  /** How the page must flag it. */
  readonly flagged: { readonly rule: string } | { readonly words: RegExp };
  readonly tell: (scene: Scene) => Changes;
}

type Bytes = (data: Uint8Array) => Uint8Array;

/** Changes what lies at one address. */
function only(where: string, change: (account: RawAccount) => RawAccount | null): Changes {
  return { account: (account) => (account.address === where ? change(account) : account) };
}

function bytesAt(where: string, change: Bytes): Changes {
  return only(where, (account) => ({ ...account, data: change(account.data) }));
}

/** Changes fields at the beginning of an account's bytes. */
function fields<T extends object>(
  codec: FixedSizeCodec<T, T>,
  change: (of: T) => Partial<T>,
): Bytes {
  return (data) => {
    const before = codec.decode(data);
    const written = Uint8Array.from(data);
    written.set(codec.encode({ ...before, ...change(before) }), 0);
    return written;
  };
}

const treasury = combineCodec(getTreasuryEncoder(), getTreasuryDecoder());
const epoch = combineCodec(getBudgetEpochEncoder(), getBudgetEpochDecoder());
const stream = combineCodec(getStreamEncoder(), getStreamDecoder());

/** Changes entries of the slate behind an epoch's head. */
function entries(change: (entry: Entry, index: number) => Entry): Bytes {
  return (data) => {
    const written = Uint8Array.from(data);
    written.set(encodeSlate(decodeSlate(data).map(change)), EPOCH_HEADER_BYTES);
    return written;
  };
}

function overwritten(offset: number, bytes: ArrayLike<number>): Bytes {
  return (data) => {
    const written = Uint8Array.from(data);
    written.set(bytes, offset);
    return written;
  };
}

function isKind(account: RawAccount, discriminator: ArrayLike<number>): boolean {
  return Array.from(discriminator).every((byte, index) => account.data[index] === byte);
}

/** Changes the list of one kind. */
function listOf(
  discriminator: ArrayLike<number>,
  change: (accounts: readonly RawAccount[]) => readonly RawAccount[],
): Changes {
  return {
    list: (accounts) =>
      accounts.every((one) => isKind(one, discriminator)) ? change(accounts) : accounts,
  };
}

/** Changes the first of a kind, wherever it comes. */
function firstStream(change: Bytes): Changes {
  return listOf(STREAM_DISCRIMINATOR, ([first, ...rest]) =>
    first === undefined ? rest : [{ ...first, data: change(first.data) }, ...rest],
  );
}

/** Where a token account keeps its mint, its owner and its amount. */
const TOKEN = { mint: 0, owner: 32, amount: 64 };
/** Where the clock keeps its unix time. */
const CLOCK_UNIX = 32;
const DAY = 86_400n;

function clockBy(seconds: bigint): Changes {
  return bytesAt(CLOCK, (data) => {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const unix = view.getBigInt64(CLOCK_UNIX, true);
    return overwritten(CLOCK_UNIX, getI64Encoder().encode(unix + seconds))(data);
  });
}

const OVERVIEW = "#/";
const EPOCH = "#/epoch";
const STREAMS = "#/streams";
const PARTICIPATION = "#/participation";

const start = "the start";
const later = "later";

/** See the table at the top of this file. */
export const LIES: readonly Lie[] = [
  {
    name: "owner",
    at: OVERVIEW,
    from: start,
    flagged: { rule: "treasury.unreadable" },
    tell: (scene) => only(scene.treasury, (account) => ({ ...account, owner: SYSTEM })),
  },
  {
    name: "discriminator",
    at: OVERVIEW,
    from: start,
    flagged: { rule: "treasury.unreadable" },
    tell: (scene) => bytesAt(scene.treasury, overwritten(0, STREAM_DISCRIMINATOR)),
  },
  {
    name: "version",
    at: OVERVIEW,
    from: start,
    flagged: { rule: "treasury.unreadable" },
    tell: (scene) => bytesAt(scene.treasury, overwritten(8, [2])),
  },
  {
    name: "other treasury",
    at: OVERVIEW,
    from: start,
    flagged: { rule: "treasury.unreadable" },
    tell: (scene) =>
      bytesAt(
        scene.treasury,
        fields(treasury, () => ({ founder: STRANGER })),
      ),
  },
  {
    name: "truncated",
    at: EPOCH,
    from: start,
    flagged: { rule: "epoch.unreadable" },
    tell: (scene) => bytesAt(scene.epoch, (data) => data.slice(0, data.length - ENTRY_BYTES)),
  },
  {
    name: "extended",
    at: EPOCH,
    from: start,
    flagged: { rule: "epoch.unreadable" },
    tell: (scene) =>
      bytesAt(scene.epoch, (data) => Uint8Array.of(...data, ...new Uint8Array(ENTRY_BYTES))),
  },
  {
    name: "other epoch",
    at: EPOCH,
    from: start,
    flagged: { rule: "epoch.unreadable" },
    tell: (scene) => bytesAt(scene.epoch, () => scene.earlier),
  },
  {
    name: "capacity",
    at: EPOCH,
    from: start,
    flagged: { rule: "epoch.unreadable" },
    tell: (scene) =>
      bytesAt(
        scene.epoch,
        fields(epoch, ({ policy }) => ({ entryCount: policy.slate.capacity + 1 })),
      ),
  },
  {
    name: "tally",
    at: EPOCH,
    from: start,
    flagged: { rule: "slate.tally" },
    tell: (scene) =>
      bytesAt(
        scene.epoch,
        entries((entry, index) => (index === 0 ? { ...entry, for: 2n ** 60n } : entry)),
      ),
  },
  {
    name: "turnout",
    at: EPOCH,
    from: start,
    flagged: { rule: "slate.turnout" },
    tell: (scene) =>
      bytesAt(
        scene.epoch,
        fields(epoch, () => ({ turnout: 2n ** 61n })),
      ),
  },
  {
    name: "promises",
    at: OVERVIEW,
    from: start,
    flagged: { rule: "treasury.promises" },
    tell: (scene) =>
      bytesAt(
        scene.treasury,
        fields(treasury, ({ tracked }) => ({ committed: tracked + 1n })),
      ),
  },
  {
    name: "vault balance",
    at: OVERVIEW,
    from: start,
    flagged: { rule: "the-vault.balance" },
    tell: (scene) => bytesAt(scene.vault, overwritten(TOKEN.amount, getU64Encoder().encode(1n))),
  },
  {
    name: "vault mint",
    at: OVERVIEW,
    from: start,
    flagged: { rule: "the-vault.mint" },
    tell: (scene) =>
      bytesAt(scene.vault, overwritten(TOKEN.mint, getAddressEncoder().encode(STRANGER))),
  },
  {
    name: "vault owner",
    at: OVERVIEW,
    from: start,
    flagged: { rule: "the-vault.owner" },
    tell: (scene) =>
      bytesAt(scene.vault, overwritten(TOKEN.owner, getAddressEncoder().encode(STRANGER))),
  },
  {
    name: "vault missing",
    at: OVERVIEW,
    from: start,
    flagged: { rule: "the-vault.missing" },
    tell: (scene) => only(scene.vault, () => null),
  },
  {
    name: "proposals swapped",
    at: EPOCH,
    from: start,
    flagged: { words: /does not lie where its kind lies/ },
    tell: () =>
      listOf(PROPOSAL_DISCRIMINATOR, ([one, other, ...rest]) =>
        one === undefined || other === undefined
          ? rest
          : [{ ...one, address: other.address }, { ...other, address: one.address }, ...rest],
      ),
  },
  {
    name: "proposal hidden",
    at: EPOCH,
    from: start,
    flagged: { rule: "the-list-of-proposals.count" },
    tell: () => listOf(PROPOSAL_DISCRIMINATOR, (accounts) => accounts.slice(1)),
  },
  {
    name: "stream overdrawn",
    at: STREAMS,
    from: start,
    flagged: { rule: "stream.total" },
    tell: () => firstStream(fields(stream, ({ total }) => ({ withdrawn: total + 1n }))),
  },
  {
    name: "stream foreign",
    at: STREAMS,
    from: start,
    flagged: { words: /belongs elsewhere|belongs to another treasury/i },
    tell: () => firstStream(fields(stream, () => ({ treasury: STRANGER }))),
  },
  {
    name: "stream moved",
    at: STREAMS,
    from: start,
    flagged: { rule: "stream.address" },
    tell: () =>
      listOf(STREAM_DISCRIMINATOR, ([first, ...rest]) =>
        first === undefined ? rest : [{ ...first, address: STRANGER }, ...rest],
      ),
  },
  {
    name: "stream hidden",
    at: STREAMS,
    from: start,
    flagged: { rule: "streams.sum" },
    tell: () =>
      listOf(STREAM_DISCRIMINATOR, (accounts) => {
        // One that still has something to pay: the others owe nobody anything.
        const owes = accounts.find(({ data }) => {
          const { total, withdrawn, returned } = stream.decode(data);
          return withdrawn + returned < total;
        });
        return accounts.filter((one) => one !== owes);
      }),
  },
  {
    name: "stake hidden",
    at: PARTICIPATION,
    from: start,
    flagged: { rule: "stakes.sum" },
    tell: () => listOf(STAKE_DISCRIMINATOR, (accounts) => accounts.slice(1)),
  },
  {
    name: "past",
    at: OVERVIEW,
    from: later,
    flagged: { rule: "slot.back" },
    tell: () => ({ slot: (slot) => Math.max(0, slot - 1_000) }),
  },
  {
    name: "clock stopped days ago",
    at: OVERVIEW,
    from: start,
    flagged: { rule: "clock.off" },
    tell: () => clockBy(-3n * DAY),
  },
  {
    name: "clock back",
    at: OVERVIEW,
    from: later,
    flagged: { rule: "clock.back" },
    tell: () => clockBy(-DAY),
  },
  {
    name: "doubled money",
    at: OVERVIEW,
    from: start,
    by: "the second node",
    flagged: { rule: "second.money" },
    tell: (scene) => {
      const books = fields(treasury, ({ tracked }) => ({ tracked: tracked * 2n }));
      const balance: Bytes = (data) => {
        const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
        const amount = view.getBigUint64(TOKEN.amount, true);
        return overwritten(TOKEN.amount, getU64Encoder().encode(amount * 2n))(data);
      };
      return {
        account: (account) => {
          const change = { [scene.treasury]: books, [scene.vault]: balance }[account.address];
          return change === undefined ? account : { ...account, data: change(account.data) };
        },
      };
    },
  },
  {
    name: "not a program",
    at: OVERVIEW,
    from: start,
    flagged: { rule: "program" },
    tell: () =>
      only(COMMUNITY_BUDGET_PROGRAM_ADDRESS, (account) => ({ ...account, executable: false })),
  },
  {
    name: "authority hidden",
    at: OVERVIEW,
    from: start,
    flagged: { rule: "program" },
    tell: (scene) => only(scene.code, () => null),
  },
];

/** Lies that are told while somebody acts. */
export const ACTING = {
  /** The transaction is swallowed, and confirmed. */
  neverLanded: (): Changes => ({
    call: (call) => {
      if (call.method !== "sendTransaction") return call;
      const wire = Buffer.from(`${at(call.params, 0)}`, "base64");
      // Behind the number of signatures, one byte, comes the first of them: the transaction's name.
      return { answer: base58(Uint8Array.from(wire.subarray(1, 65))) };
    },
    result: (result, { method }) => {
      if (method !== "getSignatureStatuses" || !isObject(result)) return result;
      const landed: Json = {
        slot: 1,
        confirmations: null,
        err: null,
        status: { Ok: null },
        confirmationStatus: "finalized",
      };
      const value = result["value"];
      return { ...result, value: isList(value) ? value.map(() => landed) : (value ?? null) };
    },
  }),
  /** Simulations succeed, and what cannot succeed is sent unseen. */
  simulationSucceeds: (): Changes => ({
    call: (call) => {
      if (call.method !== "sendTransaction" || !isList(call.params)) return call;
      const [wire, config] = call.params;
      const blind = { ...(isObject(config) ? config : {}), skipPreflight: true };
      return { method: call.method, params: [wire ?? null, blind] };
    },
    result: (result, { method }) => {
      if (method !== "simulateTransaction" || !isObject(result)) return result;
      const value = result["value"];
      return isObject(value) ? { ...result, value: { ...value, err: null } } : result;
    },
  }),
} as const;

const base58 = (bytes: Uint8Array) => getBase58Decoder().decode(bytes);
