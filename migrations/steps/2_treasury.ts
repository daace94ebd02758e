// Step 2: the community's treasury, from a reviewed policy file. The `budget` command line reads and
// checks the file, so that there is one reading of it.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { type AnchorProvider, web3 } from "@anchor-lang/core";

import { sha256 } from "./1_program";
import type { Deployment } from "./deployment";
import { PROGRAM_ID } from "./program_id";
import type { Settings } from "./settings";

const ROOT = join(__dirname, "../..");

export async function createTreasury(
  provider: AnchorProvider,
  chosen: Settings,
  deployment: Deployment,
): Promise<void> {
  if (chosen.policy === undefined) {
    console.log("no treasury: BUDGET_POLICY names no policy file");
    return;
  }
  const founder = provider.wallet.publicKey;
  const address = treasuryAddress(founder, chosen.treasuryId);
  const policySha256 = sha256(readFileSync(chosen.policy));
  const account = await provider.connection.getAccountInfo(address);
  if (account !== null) {
    if (!account.owner.equals(PROGRAM_ID)) {
      throw new Error(`${address.toBase58()} belongs to ${account.owner.toBase58()}.`);
    }
    console.log(`treasury ${address.toBase58()} exists already; nothing is changed`);
    const known = deployment.facts.treasury;
    if (known?.address === address.toBase58() && known.policySha256 !== policySha256) {
      console.log("the policy file has changed since; only a vote changes a treasury's policy");
    }
    return;
  }
  const answer = budget([
    ...["treasury", "create", chosen.policy, "--id", chosen.treasuryId.toString()],
    ...["--url", deployment.network.url, "--keypair", walletFile()],
    ...["--json", chosen.dryRun ? "--dry-run" : "--yes"],
  ]);
  console.log(JSON.stringify(answer, undefined, 2));
  if (chosen.dryRun) return;
  deployment.facts.treasury = {
    address: address.toBase58(),
    founder: founder.toBase58(),
    id: chosen.treasuryId.toString(),
    policySha256,
  };
  deployment.note(`treasury ${chosen.treasuryId.toString()}`, answer.signature);
}

export function treasuryAddress(founder: web3.PublicKey, id: bigint): web3.PublicKey {
  const number = Buffer.alloc(8);
  number.writeBigUInt64LE(id);
  const seeds = [Buffer.from("treasury"), founder.toBuffer(), number];
  return web3.PublicKey.findProgramAddressSync(seeds, PROGRAM_ID)[0];
}

/** The provider's own key file: Anchor reads it from this variable. */
function walletFile(): string {
  const file = process.env["ANCHOR_WALLET"];
  if (file === undefined) throw new Error("ANCHOR_WALLET names no key file.");
  return file.startsWith("~/") ? join(process.env["HOME"] ?? "", file.slice(2)) : file;
}

function budget(args: string[]): { signature: string } {
  const binary = process.env["BUDGET_CLI"];
  const cargo = ["run", "--quiet", "--profile", "tools", "--package", "budget-cli", "--"];
  const [program, before] = binary === undefined ? ["cargo", cargo] : [binary, []];
  const done = spawnSync(program, [...before, ...args], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (done.error !== undefined) throw new Error(`${program} could not be started: ${done.error.message}.`);
  if (done.status !== 0) throw new Error("the treasury was not created; the sentence above says why.");
  return JSON.parse(done.stdout) as { signature: string };
}
