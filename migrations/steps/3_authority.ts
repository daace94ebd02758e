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
  const signature = await send(provider, instruction);
  deployment.facts.upgradeAuthority = wanted?.toBase58() ?? null;
  deployment.note("upgrade authority", signature);
  console.log(sentence(wanted));
}

/**
 * Sends one instruction and asks until the network has it. Not `sendAndConfirm`, which listens at the
 * port after the RPC's: not every node has its websocket there.
 */
async function send(
  provider: AnchorProvider,
  instruction: web3.TransactionInstruction,
): Promise<string> {
  const { connection, wallet } = provider;
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  const feePayer = wallet.publicKey;
  const transaction = new web3.Transaction({ feePayer, blockhash, lastValidBlockHeight });
  const signed = await wallet.signTransaction(transaction.add(instruction));
  const signature = await connection.sendRawTransaction(signed.serialize());
  for (;;) {
    const { value } = await connection.getSignatureStatus(signature, { searchTransactionHistory: true });
    if (value?.err) throw new Error(`the transaction ${signature} failed: ${JSON.stringify(value.err)}.`);
    if (value && value.confirmationStatus !== "processed") return signature;
    if ((await connection.getBlockHeight()) > lastValidBlockHeight) {
      throw new Error(`the transaction ${signature} expired; nothing happened, so run it again.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
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
