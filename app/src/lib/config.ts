/** What this page shows: which program, which treasury, by which node. Read from files beside the page. */

import { type Address, isAddress } from "@solana/kit";

import type { Unit } from "./format";
import { type Json, isObject } from "./json";

/** A mint, as the deployment file names it. What matters of it is checked against the treasury. */
export interface Token extends Unit {
  readonly mint: Address;
  readonly name: string;
  readonly tokenProgram: Address;
}

/** `deployment.json` beside the page. */
export interface Config {
  /** Name of the community. */
  readonly community: string;
  /** `localnet`, `devnet`, `testnet` or `mainnet`; decides which chain a wallet is asked to sign for. */
  readonly cluster: Cluster;
  readonly programId: Address;
  readonly treasury: Address;
  readonly budget: Token;
  readonly stake: Token;
  /** JSON-RPC of the node that answers. */
  readonly rpc: string;
  /** Its websocket. */
  readonly websocket: string;
  /** A second node, run by somebody else, that money figures are compared with; `null` for none. */
  readonly secondRpc: string | null;
  /** Addresses to names. */
  readonly names: ReadonlyMap<string, string>;
  /** Metadata whose address begins with `base` is read from `folder` beside the page; `null` for none. */
  readonly metadata: { readonly base: string; readonly folder: string } | null;
}

const CLUSTERS = ["localnet", "devnet", "testnet", "mainnet"] as const;
export type Cluster = (typeof CLUSTERS)[number];

/** A deployment file that does not say what it must. */
export class BadConfig extends Error {
  override readonly name = "BadConfig";
}

function text(of: Json, field: string): string {
  const value = Object.hasOwn(of, field) ? of[field] : undefined;
  if (typeof value !== "string") throw new BadConfig(`deployment.json has no text "${field}".`);
  return value;
}

function key(of: Json, field: string): Address {
  const value = text(of, field);
  if (!isAddress(value)) throw new BadConfig(`"${field}" in deployment.json is no address.`);
  return value;
}

function endpoint(of: Json, field: string, secure: string, plain: string): string {
  const value = text(of, field);
  const url = URL.canParse(value) ? new URL(value) : null;
  const local = url !== null && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (url === null || !(url.protocol === secure || (local && url.protocol === plain))) {
    throw new BadConfig(`"${field}" in deployment.json must begin with ${secure}// .`);
  }
  return value;
}

function token(of: Json, field: string): Token {
  const value = of[field];
  if (!isObject(value)) throw new BadConfig(`deployment.json does not describe "${field}".`);
  const decimals = value["decimals"];
  if (
    typeof decimals !== "number" ||
    !Number.isInteger(decimals) ||
    decimals < 0 ||
    decimals > 18
  ) {
    throw new BadConfig(`"${field}" in deployment.json needs 0 to 18 decimals.`);
  }
  return {
    decimals,
    mint: key(value, "mint"),
    name: text(value, "name"),
    symbol: text(value, "symbol"),
    tokenProgram: key(value, "tokenProgram"),
  };
}

/** Reads the names out of `community.json`. Whatever is no address or no name is left out. */
export function parseNames(labels: unknown): Map<string, string> {
  const names = new Map<string, string>();
  if (!isObject(labels) || !isObject(labels["names"])) return names;
  for (const [address, name] of Object.entries(labels["names"])) {
    if (isAddress(address) && typeof name === "string" && name !== "") names.set(address, name);
  }
  return names;
}

/** Checks `deployment.json`. Throws {@link BadConfig}. */
export function parseConfig(file: unknown, names: ReadonlyMap<string, string>): Config {
  if (!isObject(file)) throw new BadConfig("deployment.json is not an object.");
  const name = text(file, "cluster");
  const cluster = CLUSTERS.find((known) => known === name);
  if (cluster === undefined) {
    throw new BadConfig(`"cluster" in deployment.json must be one of ${CLUSTERS.join(", ")}.`);
  }
  const metadata = file["metadata"];
  return {
    community: text(file, "community"),
    cluster,
    programId: key(file, "programId"),
    treasury: key(file, "treasury"),
    budget: token(file, "budget"),
    stake: token(file, "stake"),
    rpc: endpoint(file, "rpc", "https:", "http:"),
    websocket: endpoint(file, "websocket", "wss:", "ws:"),
    secondRpc:
      typeof file["secondRpc"] === "string" ? endpoint(file, "secondRpc", "https:", "http:") : null,
    names,
    metadata: isObject(metadata)
      ? { base: text(metadata, "base"), folder: text(metadata, "folder") }
      : null,
  };
}

async function json(path: string): Promise<unknown> {
  const answer = await fetch(path, { cache: "no-cache" });
  if (!answer.ok) throw new BadConfig(`${path} could not be read (${answer.status}).`);
  try {
    return await answer.json();
  } catch {
    throw new BadConfig(`${path} is not JSON.`);
  }
}

/** Reads the files beside the page. Names are a comfort: without them the page shows short keys. */
export async function loadConfig(): Promise<Config> {
  const file = await json("deployment.json");
  const labels = isObject(file) && typeof file["labels"] === "string" ? file["labels"] : null;
  const safe = labels !== null && /^[\w.-]+\.json$/.test(labels);
  const names = safe ? await json(labels).then(parseNames, () => new Map()) : new Map();
  return parseConfig(file, names);
}
