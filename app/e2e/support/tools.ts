/** The programs that the tests start, and how thorough they are. */

import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";

const ROOT = path.join(import.meta.dirname, "../../..");

/** What `cargo xtask e2e` passed on; else where it would have been built. */
function built(variable: string, usual: string): string {
  const file = process.env[variable] ?? path.resolve(ROOT, usual);
  if (existsSync(file)) return file;
  throw new Error(`${file} is missing: run \`cargo xtask e2e\`, which builds it.`);
}

export const tools = {
  /** The local network. */
  localnet: () => built("BUDGET_LOCALNET", "target/localnet/debug/budget-localnet"),
  /** What puts the community on it. */
  seed: () => built("BUDGET_SEED", "target/tools/budget-seed"),
  /** The command line. */
  cli: () => built("BUDGET_CLI", "target/tools/budget"),
  /** The program. */
  object: () => built("BUDGET_OBJECT", "target/deploy/community_budget.so"),
  /** The browser. */
  chromium: () => built("BUDGET_CHROMIUM", "/usr/bin/chromium"),
  /** Folder of the built page. */
  dist: () => built("BUDGET_DIST", "app/dist"),
};

/** Where screenshots and measurements go. */
export const OUTPUT = path.join(ROOT, "target/e2e");

/** Root of the repository. */
export const REPOSITORY = ROOT;

/** Whether the whole corpus, all screenshots and the long measurements are wanted. */
export const FULL = process.env["BUDGET_E2E_FULL"] === "1";
