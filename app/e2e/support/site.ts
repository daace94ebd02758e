/** The built page, served for a network, with what a test changes on the way. */

import { readFile } from "node:fs/promises";
import path from "node:path";

import { type Served, serve } from "../../scripts/serve.mjs";
import { type Json, isObject, parseJson } from "./json";
import type { NetworkFacts } from "./network";
import { tools } from "./tools";

/** What of the deployment is another. */
export interface SiteOptions {
  /** Fields of `deployment.json` that are replaced: another node, a second one. */
  readonly deployment?: Readonly<Record<string, Json>>;
  /** What is served for `metadata/NAME`; `undefined` for the file itself. */
  readonly metadata?: (name: string) => string | Uint8Array | undefined;
  /** What is served for `community.json`; the file itself unless given. */
  readonly community?: string;
  /** Another folder than the built page's. */
  readonly dist?: string;
}

/** A feed that says nothing: the page only looks whether there is one. */
const FEED = '<feed xmlns="http://www.w3.org/2005/Atom"/>';

/** Serves the page for a network. */
export async function openSite(
  network: NetworkFacts,
  { deployment = {}, metadata = () => undefined, community, dist = tools.dist() }: SiteOptions = {},
): Promise<Served> {
  const file = parseJson(await readFile(path.join(network.keys, "deployment.json"), "utf8"));
  if (!isObject(file)) throw new Error("deployment.json is no object");
  // The seeder takes the websocket's port for the one after the other, which on free ports it is not.
  const own = { rpc: network.rpc, websocket: network.ws };
  const changed = JSON.stringify({ ...file, ...own, ...deployment });
  return serve({
    dist,
    data: network.keys,
    overlay: (name) => {
      if (name === "deployment.json") return changed;
      if (name === "community.json") return community;
      if (name.endsWith(".atom")) return FEED;
      return name.startsWith("metadata/") ? metadata(name.slice("metadata/".length)) : undefined;
    },
  });
}
