// What the environment asks for.

import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { web3 } from "@anchor-lang/core";

/** What becomes of the upgrade authority. */
export type Authority =
  | { kind: "keep" }
  | { kind: "final" }
  | { kind: "hand-over"; to: web3.PublicKey };

export interface Settings {
  /** Absolute path of the policy file; none means that no treasury is created. */
  policy: string | undefined;
  treasuryId: bigint;
  authority: Authority;
  dryRun: boolean;
}

/** Reads and checks the environment. Throws a sentence for the first value that makes no sense. */
export function settings(env: NodeJS.ProcessEnv = process.env): Settings {
  return {
    policy: policy(env["BUDGET_POLICY"]),
    treasuryId: treasuryId(env["BUDGET_TREASURY_ID"]),
    authority: authority(env["BUDGET_UPGRADE_AUTHORITY"]),
    dryRun: flag("BUDGET_DRY_RUN", env["BUDGET_DRY_RUN"]),
  };
}

function policy(value: string | undefined): string | undefined {
  if (value === undefined || value === "") return undefined;
  // `anchor migrate` starts the script in .anchor/; the path is relative to the repository.
  const path = resolve(__dirname, "../..", value);
  if (!existsSync(path)) throw new Error(`BUDGET_POLICY: there is no file ${path}.`);
  return path;
}

function treasuryId(value: string | undefined): bigint {
  if (value === undefined || value === "") return 0n;
  if (!/^\d{1,20}$/.test(value) || BigInt(value) >= 1n << 64n) {
    throw new Error(`BUDGET_TREASURY_ID: \`${value}\` is no number of 64 bits.`);
  }
  return BigInt(value);
}

function authority(value: string | undefined): Authority {
  if (value === undefined || value === "") return { kind: "keep" };
  if (value === "final") return { kind: "final" };
  try {
    return { kind: "hand-over", to: new web3.PublicKey(value) };
  } catch {
    throw new Error(`BUDGET_UPGRADE_AUTHORITY: \`${value}\` is neither an address nor \`final\`.`);
  }
}

function flag(name: string, value: string | undefined): boolean {
  if (value === undefined || value === "" || value === "0") return false;
  if (value === "1") return true;
  throw new Error(`${name}: give 1 or 0, not \`${value}\`.`);
}
