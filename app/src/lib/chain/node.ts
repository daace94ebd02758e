/** What is asked of a node, and what its answers are before anything of them is checked. */

import {
  type Address,
  type EncodedAccount,
  type GetAccountInfoApi,
  type GetMultipleAccountsApi,
  type Rpc,
  getAddressDecoder,
  getU64Decoder,
  parseBase64RpcAccount,
} from "@solana/kit";

import type { Holding } from "../doubt";
import type { Reading } from "../resource";

/** What the page shows has been voted on by the network, and is not yet beyond recall. */
export const COMMITMENT = "confirmed";

/** Accounts of one slot, `null` where there is none, in the order in which they were asked for. */
export async function encodedOf(
  rpc: Rpc<GetMultipleAccountsApi & GetAccountInfoApi>,
  wanted: readonly Address[],
): Promise<Reading<readonly (EncodedAccount | null)[]>> {
  const { context, value } = await rpc
    .getMultipleAccounts(wanted, { commitment: COMMITMENT, encoding: "base64" })
    .send();
  const accounts = wanted.map((key, at) => {
    const found = value[at];
    return found === undefined || found === null ? null : parseBase64RpcAccount(key, found);
  });
  return { value: accounts, slot: context.slot };
}

/** A token account's mint, owner and amount; `null` for what is none. */
export function holdingOf(account: EncodedAccount, programs: readonly Address[]): Holding | null {
  const { data, programAddress } = account;
  // The state byte of a token account that is in use is 1, or 2 while it is frozen.
  if (!programs.includes(programAddress) || data.length < 165 || data[108] === 0) return null;
  const key = (from: number) => getAddressDecoder().decode(data.slice(from, from + 32));
  return { mint: key(0), owner: key(32), amount: getU64Decoder().read(data, 64)[0] };
}

/** Waits so many milliseconds, or until told to stop. */
export function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      done();
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", end);
      done();
    }, milliseconds);
    signal.addEventListener("abort", end, { once: true });
  });
}
