/** Which token account a stream is paid to, and whether it can be, as the program will judge it. */

import {
  type Address,
  type EncodedAccount,
  type Rpc,
  type SolanaRpcApi,
  getAddressDecoder,
  getU64Decoder,
  parseBase64RpcAccount,
} from "@solana/kit";
import { associatedTokenAddress } from "@community-budget/client";
import type { Stream } from "@community-budget/client";

import type { Chain } from "../../lib/chain";

/** What a payment depends on. */
export interface TokenAccount {
  readonly owner: Address;
  readonly mint: Address;
  /** Base units. */
  readonly amount: bigint;
  /** Whether the mint's freeze authority stopped it. */
  readonly frozen: boolean;
  /** Whether it takes no transfer without a memo, which the program does not send. */
  readonly wantsMemo: boolean;
}

const TOKEN_ACCOUNT_BYTES = 165;
const FROZEN = 2;
const MEMO_TRANSFER = 8;

/** Reads an account of one of `programs`; `null` for any other, and for one that is not in use. */
export function tokenAccountOf(
  { data, programAddress }: EncodedAccount,
  programs: readonly Address[],
): TokenAccount | null {
  if (!programs.includes(programAddress)) return null;
  if (data.length < TOKEN_ACCOUNT_BYTES || data[108] === 0) return null;
  const key = (from: number) => getAddressDecoder().decode(data.slice(from, from + 32));
  return {
    mint: key(0),
    owner: key(32),
    amount: getU64Decoder().read(data, 64)[0],
    frozen: data[108] === FROZEN,
    wantsMemo: wantsMemo(Uint8Array.from(data)),
  };
}

/** Looks through the extensions behind a Token-2022 account: type and length of two bytes each, then the value. */
function wantsMemo(data: Uint8Array): boolean {
  const view = new DataView(data.buffer);
  for (let at = TOKEN_ACCOUNT_BYTES + 1; at + 4 <= data.length;) {
    const [kind, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    if (kind === 0) return false;
    if (kind === MEMO_TRANSFER) return data[at + 4] === 1;
    at += 4 + length;
  }
  return false;
}

/** Why an account cannot be paid, to be read after `the account `; `null` when it can. */
export function obstacle(
  account: TokenAccount | null,
  mint: Address,
  suits: (owner: Address) => boolean,
): string | null {
  if (account === null) return "does not exist";
  if (account.mint !== mint || !suits(account.owner)) {
    return "belongs to somebody else or holds another token";
  }
  if (account.frozen) return "is frozen by the mint’s freeze authority";
  return account.wantsMemo ? "takes no transfer without a memo" : null;
}

/** Where a payment goes. */
export type Route =
  | {
      readonly kind: "to";
      readonly to: Address;
      /** The payout account that cannot be paid, which is why it goes elsewhere. */
      readonly blocked: Address | null;
      /** Whether the account is opened first. */
      readonly opens: boolean;
    }
  /** No account can be paid; why, to be read after `the account `. */
  | { readonly kind: "none"; readonly account: Address; readonly why: string };

/** What a route is found from. */
export interface Ground {
  readonly treasury: Address;
  readonly mint: Address;
}

/**
 * The way to a recipient, given what is at the payout account and at the recipient's associated account `own`:
 * the payout account, or the associated account where that cannot be paid.
 */
export function routeOf(
  { treasury, mint }: Ground,
  { recipient, payoutAccount }: Pick<Stream, "recipient" | "payoutAccount">,
  own: Address,
  atPayout: TokenAccount | null,
  atOwn: TokenAccount | null,
): Route {
  const direct = obstacle(atPayout, mint, (owner) => owner !== treasury);
  if (direct === null) return { kind: "to", to: payoutAccount, blocked: null, opens: false };
  const same = payoutAccount === own;
  const blocked = same ? null : payoutAccount;
  if (atOwn === null) return { kind: "to", to: own, blocked, opens: true };
  const why = same ? direct : obstacle(atOwn, mint, (owner) => owner === recipient);
  return why === null
    ? { kind: "to", to: own, blocked, opens: false }
    : { kind: "none", account: own, why };
}

/** Token accounts as the node has them now, in the order that was asked for. */
export async function readTokenAccounts(
  rpc: Rpc<SolanaRpcApi>,
  wanted: readonly Address[],
  programs: readonly Address[],
): Promise<readonly (TokenAccount | null)[]> {
  const { value } = await rpc
    .getMultipleAccounts(wanted, { commitment: "confirmed", encoding: "base64" })
    .send();
  return wanted.map((key, at) => {
    const found = value[at];
    if (found === undefined || found === null) return null;
    return tokenAccountOf(parseBase64RpcAccount(key, found), programs);
  });
}

/** The routes of several streams, read in one go. */
export async function routesOf(
  chain: Chain,
  streams: readonly Stream[],
): Promise<readonly Route[]> {
  const { budget, treasury } = chain.config;
  const own = await Promise.all(
    streams.map(({ recipient }) =>
      associatedTokenAddress(recipient, budget.mint, budget.tokenProgram),
    ),
  );
  const pairs = streams.flatMap(({ payoutAccount }, at) => [
    payoutAccount,
    own[at] ?? payoutAccount,
  ]);
  const found = await readTokenAccounts(chain.rpc, pairs, [budget.tokenProgram]);
  return streams.map((stream, at) =>
    routeOf(
      { treasury, mint: budget.mint },
      stream,
      own[at] ?? stream.payoutAccount,
      found[at * 2] ?? null,
      found[at * 2 + 1] ?? null,
    ),
  );
}
