#!/usr/bin/env node
/**
 * Writes the files beside the page: `activity.atom`, `decisions.atom`, `deadlines.ics` and `digest-N.txt`.
 *
 *     node scripts/feeds.mjs --data DIR --out DIR [--url https://budget.example/]
 *
 * `--data` holds `deployment.json` and the names it points to; `--url` is where the page will be, for links.
 * Run it again whenever the files should be current: identifiers stay the same, so that readers are told only
 * what is new.
 */

import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { createServer } from "vite";

const APP = join(dirname(fileURLToPath(import.meta.url)), "..");
const USAGE = "usage: node scripts/feeds.mjs --data DIR --out DIR [--url https://budget.example/]";

/** What was asked for; ends the program with a sentence when that is unclear. */
function asked() {
  try {
    const { values } = parseArgs({
      options: { data: { type: "string" }, out: { type: "string" }, url: { type: "string" } },
    });
    const { data, out, url } = values;
    if (data === undefined || out === undefined) throw new Error("--data and --out are needed");
    return { data, out, url: url === undefined ? null : pageAt(url) };
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

/** The page's address as links begin with it. */
function pageAt(text) {
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw new Error("--url is no web address");
  url.hash = "";
  url.search = "";
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}

async function json(path) {
  return JSON.parse(await readFile(path, "utf8"));
}

const { data, out, url } = asked();
// The page's own modules, as the page runs them: vite reads TypeScript, node does not.
const vite = await createServer({
  root: APP,
  configFile: false,
  appType: "custom",
  logLevel: "error",
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
try {
  const { parseConfig, parseNames } = await vite.ssrLoadModule("/src/lib/config.ts");
  const { readSnapshot } = await vite.ssrLoadModule("/src/activity/snapshot.ts");
  const { feedsOf } = await vite.ssrLoadModule("/src/activity/feeds.ts");
  const { createSolanaRpc } = await vite.ssrLoadModule("@solana/kit");

  const deployment = await json(join(data, "deployment.json"));
  const labels = deployment?.labels;
  const named = typeof labels === "string" && /^[\w.-]+\.json$/.test(labels);
  const names = named ? parseNames(await json(join(data, labels))) : new Map();
  const config = parseConfig(deployment, names);

  const said = (line) => process.stderr.isTTY && process.stderr.write(`\r${line}\u001b[K`);
  const { signal } = new AbortController();
  const snapshot = await readSnapshot(config, createSolanaRpc(config.rpc), url, said, signal);
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");

  await mkdir(out, { recursive: true });
  const files = feedsOf(snapshot);
  for (const [name, content] of files) {
    // Whoever reads meanwhile gets the old file or the new one, and never half of one.
    const draft = join(out, `.${name}.new`);
    await writeFile(draft, content);
    await rename(draft, join(out, name));
  }
  const missing = snapshot.known.lines.filter(({ kind }) => kind !== "event").length;
  console.log(
    `${files.size} files in ${out}, from ${snapshot.known.happened.length} events` +
      `${missing === 0 ? "" : `; ${missing} places where the node's history has gaps`}.`,
  );
} catch (error) {
  console.error(`No feeds were written: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await vite.close();
}
