// Step 1: what is deployed is what was built here, byte for byte.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { type AnchorProvider, web3 } from "@anchor-lang/core";

import type { Deployment } from "./deployment";
import { PROGRAM_ID } from "./program_id";

export const LOADER = new web3.PublicKey("BPFLoaderUpgradeab1e11111111111111111111111");

/** Bytes before the object: kind, slot, and the authority with its mark. */
const HEADER = 45;
const OBJECT = join(__dirname, "../../target/deploy/community_budget.so");

export interface Program {
  data: web3.PublicKey;
  /** Who may change the program; null means nobody. */
  authority: web3.PublicKey | null;
}

export async function checkProgram(
  provider: AnchorProvider,
  deployment: Deployment,
): Promise<Program> {
  if (!existsSync(OBJECT)) {
    throw new Error("target/deploy/community_budget.so is missing; `cargo xtask build` makes it.");
  }
  const [data] = web3.PublicKey.findProgramAddressSync([PROGRAM_ID.toBuffer()], LOADER);
  const account = await provider.connection.getAccountInfo(data);
  if (account === null || !account.owner.equals(LOADER)) {
    throw new Error(`${PROGRAM_ID.toBase58()} is not deployed; run \`anchor program deploy\` first.`);
  }
  const built = readFileSync(OBJECT);
  const deployed = deployedObject(account.data, built.length);
  const [expected, found] = [sha256(built), sha256(deployed)];
  if (expected !== found) {
    throw new Error(
      `the deployed program is not the one built here: sha256 ${found}, and here ${expected}.`,
    );
  }
  const authority = authorityOf(account.data);
  Object.assign(deployment.facts, {
    programId: PROGRAM_ID.toBase58(),
    sha256: found,
    bytes: built.length,
    upgradeAuthority: authority?.toBase58() ?? null,
  });
  console.log(`program ${PROGRAM_ID.toBase58()} is what was built here, sha256 ${found}`);
  return { data, authority };
}

/** The deployed object without the room to grow behind it, which must be empty. */
export function deployedObject(data: Buffer, length: number): Buffer {
  const object = data.subarray(HEADER);
  const rest = object.subarray(length);
  // Bytes behind the end would make another program of the same beginning.
  return rest.every((byte) => byte === 0) ? object.subarray(0, length) : object;
}

/** Who may change the program, from its data account. */
export function authorityOf(data: Buffer): web3.PublicKey | null {
  return data[12] === 1 ? new web3.PublicKey(data.subarray(13, HEADER)) : null;
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
