// Step 0: which network this is, and whether the program id may be used on it.

import type { AnchorProvider } from "@anchor-lang/core";

import type { Network } from "./deployment";
import { PROGRAM_ID } from "./program_id";

/** The id in the source is a development id: its key pair is committed, so anyone can deploy there. */
const DEVELOPMENT_ID = "4tGu76FBYo7oBBzgw5FBKDexfTUXDDW9P3DR6GkeW29o";

export async function checkNetwork(provider: AnchorProvider): Promise<Network> {
  const url = provider.connection.rpcEndpoint;
  const local = isLocal(url);
  if (!local && PROGRAM_ID.toBase58() === DEVELOPMENT_ID) {
    throw new Error(
      `${DEVELOPMENT_ID} is a development id whose key is public: it is for local networks only. ` +
        "Make your own with solana-keygen and `anchor keys sync`, and build again.",
    );
  }
  const genesis = await provider.connection.getGenesisHash();
  console.log(`network ${url}, genesis ${genesis}`);
  return { genesis, url, local };
}

export function isLocal(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
