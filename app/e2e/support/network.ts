/** Local networks with the community on them, and the command line beside the page. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import { type Json, parseJson, textAt } from "./json";
import { tools } from "./tools";

const run = promisify(execFile);

/** The seeded community's history takes 48 days and ends when the seeding does. */
const HISTORY_SECS = 50 * 86_400;
const SEED_MS = 120_000;

/** What a test file can be handed from another process. */
export interface NetworkFacts {
  readonly rpc: string;
  readonly ws: string;
  /** Folder that the seeder wrote: `deployment.json`, keys, metadata. */
  readonly keys: string;
}

/** How a network runs. */
export interface NetworkOptions {
  /** Milliseconds from one slot to the next. Seeding takes about fifty of them. */
  readonly slotMs?: number;
}

/** A seeded network. */
export class Network implements NetworkFacts {
  readonly rpc: string;
  readonly ws: string;
  readonly keys: string;
  readonly #child: ChildProcess | null;

  constructor(facts: NetworkFacts, child: ChildProcess | null = null) {
    this.rpc = facts.rpc;
    this.ws = facts.ws;
    this.keys = facts.keys;
    this.#child = child;
  }

  /** Starts one on free ports and puts the community on it. It ends with this process. */
  static async start({ slotMs = 400 }: NetworkOptions = {}): Promise<Network> {
    const keys = await mkdtemp(path.join(tmpdir(), "budget-e2e-"));
    const authority = path.join(keys, "upgrade-authority.json");
    await run(tools.localnet(), ["key", authority]);
    const begin = Math.floor(Date.now() / 1_000) - HISTORY_SECS;
    const child = spawn(
      tools.localnet(),
      [
        ...["--port", "0", "--slot-ms", `${slotMs}`, "--start-at", `${begin}`],
        ...["--program", tools.object(), "--upgrade-authority", authority],
        ...["--airdrop", authority, "--stop-with-stdin"],
      ],
      { stdio: ["pipe", "pipe", "pipe"] },
    );
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += String(chunk);
    });
    const first = once(createInterface(child.stdout), "line").then(([line]: unknown[]) => line);
    const line = await Promise.race([first, once(child, "exit").then(() => undefined)]);
    if (typeof line !== "string") throw new Error(`the local network did not start: ${said}`);
    const answer = parseJson(line);
    const network = new Network(
      { rpc: textAt(answer, "rpc"), ws: textAt(answer, "ws"), keys },
      child,
    );
    await run(tools.seed(), ["--url", network.rpc, "--keys", keys], { timeout: SEED_MS });
    return network;
  }

  /** What another process needs to use it. */
  facts(): NetworkFacts {
    return { rpc: this.rpc, ws: this.ws, keys: this.keys };
  }

  /** `deployment.json` as the seeder wrote it. */
  async deployment(): Promise<Json> {
    return parseJson(await readFile(path.join(this.keys, "deployment.json"), "utf8"));
  }

  /** Moves the clock: `3d`, `"1d 6h"`, `2026-12-24T18:00:00Z`. */
  async travel(when: string): Promise<void> {
    await run(tools.localnet(), ["travel", "--url", this.rpc, when]);
  }

  /**
   * Runs the command line as the owner of a key file of {@link keys}, without its question, and says what it
   * printed. Throws when it fails, with what it said.
   */
  async cli(who: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await run(tools.cli(), ["--yes", ...args], {
      env: { ...process.env, ...(await this.#environment(who)) },
      maxBuffer: 64 * 2 ** 20,
    });
    return stdout;
  }

  /** The same, read as JSON. */
  async cliJson(who: string, ...args: readonly string[]): Promise<Json> {
    return parseJson(await this.cli(who, "--json", ...args));
  }

  /**
   * What `budget explain` reads out of a transaction in base64, whether or not anything in it calls for a
   * warning.
   */
  async explain(base64: string, ...args: readonly string[]): Promise<Json> {
    const env = { ...process.env, ...(await this.#environment("voter")) };
    return new Promise((done, failed) => {
      const asked = ["--json", "explain", ...args, base64];
      execFile(tools.cli(), asked, { env }, (error, stdout, stderr) => {
        if (stdout.trim() === "")
          failed(new Error(`explain said nothing: ${stderr}`, { cause: error }));
        else done(parseJson(stdout));
      });
    });
  }

  async #environment(who: string): Promise<Record<string, string>> {
    return {
      BUDGET_URL: this.rpc,
      BUDGET_WS: this.ws,
      BUDGET_TREASURY: textAt(await this.deployment(), "treasury"),
      BUDGET_KEYPAIR: path.join(this.keys, `${who}.json`),
      BUDGET_NAMES: path.join(this.keys, "community.json"),
    };
  }

  /** Ends it, and removes its folder. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    if (child.exitCode === null) {
      const ended = once(child, "exit");
      child.stdin?.end();
      await ended;
    }
    await rm(this.keys, { recursive: true, force: true });
  }
}
