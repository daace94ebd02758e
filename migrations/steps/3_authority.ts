// Step 3: who may change the program. Handing the authority over, or away, cannot be taken back.

import { type AnchorProvider, web3 } from "@anchor-lang/core";

import { LOADER, type Program } from "./1_program";
import type { Deployment } from "./deployment";
import type { Settings } from "./settings";

/** The loader's instruction `SetAuthority`. */
const SET_AUTHORITY = 4;

export async function settleAuthority(
  provider: AnchorProvider,
  chosen: Settings,
  program: Program,
  deployment: Deployment,
): Promise<void> {
  const wanted = target(chosen);
  if (wanted === undefined || same(program.authority, wanted)) {
    console.log(sentence(program.authority));
    return;
  }
  const own = provider.wallet.publicKey;
  if (program.authority === null || !program.authority.equals(own)) {
    throw new Error(
      `the upgrade authority is ${program.authority?.toBase58() ?? "gone"}, not ${own.toBase58()}: it cannot be changed from here.`,
    );
  }
  console.log(`upgrade authority: ${own.toBase58()} -> ${wanted?.toBase58() ?? "nobody, for good"}`);
  if (chosen.dryRun) return;
  const instruction = setAuthority(program.data, own, wanted);
  const signature = await provider.sendAndConfirm(new web3.Transaction().add(instruction));
  deployment.facts.upgradeAuthority = wanted?.toBase58() ?? null;
  deployment.note("upgrade authority", signature);
  console.log(sentence(wanted));
}

function target(chosen: Settings): web3.PublicKey | null | undefined {
  switch (chosen.authority.kind) {
    case "keep":
      return undefined;
    case "final":
      return null;
    case "hand-over":
      return chosen.authority.to;
  }
}

function same(a: web3.PublicKey | null, b: web3.PublicKey | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

function sentence(authority: web3.PublicKey | null): string {
  return authority === null
    ? "the program is final: nobody can change it"
    : `whoever holds ${authority.toBase58()} can change the program`;
}

export function setAuthority(
  data: web3.PublicKey,
  current: web3.PublicKey,
  next: web3.PublicKey | null,
): web3.TransactionInstruction {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(SET_AUTHORITY);
  const keys = [
    { pubkey: data, isSigner: false, isWritable: true },
    { pubkey: current, isSigner: true, isWritable: false },
  ];
  if (next !== null) keys.push({ pubkey: next, isSigner: false, isWritable: false });
  return new web3.TransactionInstruction({ programId: LOADER, keys, data: bytes });
}
