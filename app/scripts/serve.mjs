/**
 * Serves the built page to this machine, with a deployment's public files laid over it.
 *
 *     node app/scripts/serve.mjs --data DIR [--dist DIR] [--port N] [--for SECS] [--stop-with-stdin]
 *
 * DIR is a folder that `budget-seed --keys` wrote. It holds secret keys too, so what may leave it is named
 * here, one by one, and everything else in it does not exist. The page is static: whoever hosts it
 * elsewhere needs these files and these headers, and nothing of this program.
 *
 * Exit codes are those of the local network: 0 told to end, 1 could not start, 2 wrong command line, 3 the
 * port is taken.
 */

import { readFile, realpath } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const LOOPBACK = "127.0.0.1";

/** Names by which this machine may be asked. Any other in `Host` is a page elsewhere, rebinding its name. */
const HOSTS = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** The only names that leave the folder of a deployment. */
const PUBLIC =
  /^(?:deployment\.json|community\.json|activity\.atom|decisions\.atom|deadlines\.ics|digest-\d+\.txt|metadata\/[A-Za-z0-9][\w.-]*\.json)$/;

const TYPES = new Map([
  [".atom", "application/atom+xml; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".html", "text/html; charset=utf-8"],
  [".ics", "text/calendar; charset=utf-8"],
  [".ico", "image/x-icon"],
  [".js", "text/javascript; charset=utf-8"],
  [".json", "application/json; charset=utf-8"],
  [".map", "application/json; charset=utf-8"],
  [".mjs", "text/javascript; charset=utf-8"],
  [".png", "image/png"],
  [".svg", "image/svg+xml"],
  [".txt", "text/plain; charset=utf-8"],
  [".wasm", "application/wasm"],
  [".webmanifest", "application/manifest+json"],
  [".woff2", "font/woff2"],
]);

const POLICY = /<meta\s+http-equiv="Content-Security-Policy"\s+content="([^"]+)"/i;

/** Why a server did not start, in one sentence. */
export class NotServed extends Error {
  /**
   * @param {string} sentence
   * @param {number} status Exit code for it.
   */
  constructor(sentence, status) {
    super(sentence);
    this.name = "NotServed";
    this.status = status;
  }
}

/** See `serve.d.mts`. */
export async function serve({ dist, data, port = 0, overlay = () => undefined }) {
  const roots = {
    dist: await folder(dist, "the built page"),
    data: await folder(data, "the data"),
  };
  const headers = headersFor(await policyOf(path.join(roots.dist, "index.html")));

  const server = createServer((request, response) => {
    answer(request, roots, overlay)
      .catch(() => ({ status: 500 }))
      .then(({ status, type = "text/plain; charset=utf-8", body = Buffer.from(`${status}\n`) }) => {
        response.writeHead(status, {
          ...headers,
          "content-type": type,
          "content-length": body.length,
          ...(status === 405 ? { allow: "GET, HEAD" } : {}),
        });
        response.end(request.method === "HEAD" ? undefined : body);
      });
  });
  await listening(server, port);
  const { port: taken } = server.address();
  return {
    port: taken,
    url: `http://${LOOPBACK}:${taken}/`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function folder(name, what) {
  try {
    return await realpath(name);
  } catch {
    throw new NotServed(`There is no folder ${name} with ${what}.`, 1);
  }
}

/** The page's own policy, so that header and `<meta>` cannot drift apart. */
async function policyOf(index) {
  const html = await readFile(index, "utf8").catch(() => {
    throw new NotServed(`${index} is missing: build the page with \`npx vite build\` in app/.`, 1);
  });
  const found = POLICY.exec(html)?.[1];
  if (found === undefined) throw new NotServed(`${index} has no Content-Security-Policy.`, 1);
  return found.replaceAll("&#39;", "'").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}

function headersFor(policy) {
  return {
    "cache-control": "no-store",
    // What a <meta> cannot say is said here.
    "content-security-policy": `${policy.replace(/;?\s*$/, "")}; frame-ancestors 'none'`,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  };
}

async function answer({ method, url, headers }, roots, overlay) {
  const host = (headers.host ?? "").replace(/:\d+$/, "");
  if (!HOSTS.has(host)) return { status: 421 };
  if (method !== "GET" && method !== "HEAD") return { status: 405 };
  const name = nameOf(url);
  if (name === null) return { status: 404 };
  const type = TYPES.get(path.extname(name)) ?? "application/octet-stream";
  if (PUBLIC.test(name)) {
    const body = await overlay(name);
    if (body !== undefined) return { status: 200, type, body: Buffer.from(body) };
  }
  const body =
    (PUBLIC.test(name) ? await fileIn(roots.data, name) : null) ?? (await fileIn(roots.dist, name));
  return body === null ? { status: 404 } : { status: 200, type, body };
}

/** Name of a file, relative and with plain segments only; `null` for whatever else was asked for. */
function nameOf(url) {
  let wanted;
  try {
    wanted = decodeURIComponent(url.replace(/[?#].*$/s, ""));
  } catch {
    return null;
  }
  if (!wanted.startsWith("/") || /[\0\\:]/.test(wanted)) return null;
  const name = wanted === "/" ? "index.html" : wanted.slice(1);
  // A segment that begins with a dot is hidden or leads upwards; an empty one makes a path absolute.
  return name.split("/").some((part) => part === "" || part.startsWith(".")) ? null : name;
}

/** A file's bytes; nothing through a link, which could give a secret a public name. */
async function fileIn(root, name) {
  try {
    const file = path.join(root, name);
    return (await realpath(file)) === file ? await readFile(file) : null;
  } catch {
    return null;
  }
}

function listening(server, port) {
  return new Promise((ready, failed) => {
    server.once("error", (error) => {
      const taken = error.code === "EADDRINUSE";
      const sentence = taken
        ? `Port ${port} is taken: choose another with --port, or 0 for a free one.`
        : `Port ${port} could not be opened: ${error.message}.`;
      failed(new NotServed(sentence, taken ? 3 : 1));
    });
    server.listen(port, LOOPBACK, ready);
  });
}

function options(args) {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const { values } = parseArgs({
    args,
    options: {
      dist: { type: "string", default: path.join(here, "../dist") },
      data: { type: "string" },
      port: { type: "string", default: "0" },
      host: { type: "string", default: LOOPBACK },
      for: { type: "string" },
      "stop-with-stdin": { type: "boolean", default: false },
    },
  });
  const whole = (name, most) => {
    const text = values[name] ?? "";
    if (!/^\d+$/.test(text) || Number(text) > most) {
      throw new TypeError(`--${name} must be a whole number of at most ${most}`);
    }
    return Number(text);
  };
  if (values.data === undefined) throw new TypeError("--data DIR is missing");
  if (values.host !== LOOPBACK && values.host !== "localhost") {
    throw new TypeError(
      `this server is for this machine only and does not listen on ${values.host}`,
    );
  }
  return {
    dist: values.dist,
    data: values.data,
    port: whole("port", 65_535),
    seconds: values.for === undefined ? null : whole("for", 2_000_000),
    stopWithStdin: values["stop-with-stdin"],
  };
}

async function main() {
  let wanted;
  try {
    wanted = options(process.argv.slice(2));
  } catch (error) {
    throw new NotServed(`${error.message}.`, 2);
  }
  const server = await serve(wanted);
  process.stdout.write(
    `${JSON.stringify({ pid: process.pid, port: server.port, url: server.url })}\n`,
  );

  const stop = () => server.close().then(() => process.exit(0));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  if (wanted.seconds !== null) setTimeout(stop, wanted.seconds * 1_000);
  if (wanted.stopWithStdin) process.stdin.on("end", stop).on("error", stop).resume();
}

if (
  process.argv[1] !== undefined &&
  fileURLToPath(import.meta.url) === (await realpath(process.argv[1]))
) {
  main().catch((error) => {
    process.stderr.write(`serve: ${error.message}\n`);
    process.exit(error instanceof NotServed ? error.status : 1);
  });
}
