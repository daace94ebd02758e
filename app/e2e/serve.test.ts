/**
 * The server of the built page: public files with their headers, nothing secret of the same folder, no
 * path that leads elsewhere, no other host, and one sentence when it cannot start.
 */

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Served, serve } from "../scripts/serve.mjs";

const SCRIPT = path.join(import.meta.dirname, "../scripts/serve.mjs");
const POLICY = "default-src 'none'; script-src 'self'";
const SECRET = "[1,2,3]";

let root: string;
let served: Served;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "serve-"));
  const write = async (name: string, text: string) => {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  };
  const meta = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
  await write("dist/index.html", `<!doctype html><title>page</title>${meta}`);
  await write("dist/assets/page-1a.js", "export {};");
  await write("dist/.hidden", SECRET);
  await write("data/deployment.json", "{}");
  await write("data/community.json", '{"names":{}}');
  await write("data/activity.atom", "<feed/>");
  await write("data/deadlines.ics", "BEGIN:VCALENDAR");
  await write("data/digest-0.txt", "Epoch 0");
  await write("data/metadata/audit.json", '{"title":"Audit"}');
  await write("data/metadata/notes.txt", SECRET);
  await write("data/metadata/deep/x.json", SECRET);
  for (const name of ["voter.json", "founder.json", "stakers/0.json", "teams/a.json", "env"]) {
    await write(`data/${name}`, SECRET);
  }
  await write("outside.json", SECRET);
  await symlink(path.join(root, "data/voter.json"), path.join(root, "data/metadata/voter.json"));
  await symlink(path.join(root, "outside.json"), path.join(root, "data/metadata/outside.json"));
  await symlink(path.join(root, "outside.json"), path.join(root, "dist/outside.json"));
  served = await serve({ dist: path.join(root, "dist"), data: path.join(root, "data") });
});

afterAll(async () => {
  await served?.close();
  await rm(root, { recursive: true });
});

/** Asks with exactly these bytes, which no HTTP client would leave alone. */
async function raw(target: string, host = "127.0.0.1", method = "GET"): Promise<string> {
  const socket = createConnection({ host: "127.0.0.1", port: served.port });
  socket.write(`${method} ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

describe("a public file", () => {
  it.each([
    ["", "text/html; charset=utf-8"],
    ["index.html", "text/html; charset=utf-8"],
    ["assets/page-1a.js", "text/javascript; charset=utf-8"],
    ["deployment.json", "application/json; charset=utf-8"],
    ["community.json?x=1", "application/json; charset=utf-8"],
    ["metadata/audit.json", "application/json; charset=utf-8"],
    ["activity.atom", "application/atom+xml; charset=utf-8"],
    ["deadlines.ics", "text/calendar; charset=utf-8"],
    ["digest-0.txt", "text/plain; charset=utf-8"],
  ])("/%s is served as %s", async (name, type) => {
    const answer = await fetch(served.url + name);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe(type);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    expect(answer.headers.get("cross-origin-opener-policy")).toBe("same-origin");
    const policy = answer.headers.get("content-security-policy");
    expect(policy).toBe(`${POLICY}; frame-ancestors 'none'`);
  });

  it("HEAD sends the length and nothing else", async () => {
    const answer = await raw("/deployment.json", "127.0.0.1", "HEAD");
    expect(answer).toMatch(/content-length: 2\r\n/);
    expect(answer.endsWith("\r\n\r\n")).toBe(true);
  });

  it("an overlay stands in for it, and for nothing secret", async () => {
    const asked: string[] = [];
    const overlaid = await serve({
      dist: path.join(root, "dist"),
      data: path.join(root, "data"),
      overlay: (name) => {
        asked.push(name);
        return name === "deployment.json" ? '{"rpc":"elsewhere"}' : undefined;
      },
    });
    try {
      const text = async (name: string) => (await fetch(overlaid.url + name)).text();
      expect(await text("deployment.json")).toBe('{"rpc":"elsewhere"}');
      expect(await text("metadata/audit.json")).toBe('{"title":"Audit"}');
      expect(await text("voter.json")).toBe("404\n");
      expect(asked).toEqual(["deployment.json", "metadata/audit.json"]);
    } finally {
      await overlaid.close();
    }
  });
});

describe("what is not public does not exist", () => {
  it.each([
    ..."voter.json founder.json stakers/0.json teams/a.json env stakers/ metadata/".split(" "),
    "metadata/notes.txt",
    "metadata/deep/x.json",
    // Links that lead to a secret under a public name.
    "metadata/voter.json",
    "metadata/outside.json",
    "outside.json",
    ".hidden",
  ])("/%s", async (name) => {
    const answer = await raw(`/${name}`);
    expect(statusOf(answer)).toBe(404);
    expect(answer).not.toContain(SECRET);
  });

  it.each([
    "/../data/voter.json",
    "/../../outside.json",
    "/%2e%2e/data/voter.json",
    "/%2e%2e%2fdata%2fvoter.json",
    "/..%2fdata/voter.json",
    "/.%2e/data/voter.json",
    "/%252e%252e/data/voter.json",
    "/..%5cdata%5cvoter.json",
    "/metadata/../voter.json",
    "/metadata/%2e%2e/voter.json",
    "/metadata/..%2fvoter.json",
    "/metadata/audit.json/../../voter.json",
    "/deployment.json%00",
    "/voter.json%00.js",
    "/metadata/voter.json%00audit.json",
    "//etc/passwd",
    "/%2fetc/passwd",
    "///etc/passwd",
    "/etc/passwd",
    "/./deployment.json",
    "/metadata//audit.json",
    "/%",
    "/%ff",
    "/%c0%ae%c0%ae/data/voter.json",
    "file:///etc/passwd",
    "http://127.0.0.1/deployment.json",
    "*",
    "/deployment.json/",
  ])("%s", async (target) => {
    const answer = await raw(target);
    expect(statusOf(answer)).toBe(404);
    expect(answer).not.toContain(SECRET);
    expect(answer).not.toContain("root:");
  });
});

describe("who may ask, and how", () => {
  it.each([
    ["127.0.0.1", 200],
    ["localhost:5173", 200],
    ["[::1]:5173", 200],
    ["evil.example", 421],
    ["127.0.0.1.evil.example", 421],
    ["localhost.evil.example:80", 421],
    ["", 421],
  ])("host %s: %i", async (host, status) => {
    expect(statusOf(await raw("/deployment.json", host))).toBe(status);
  });

  it.each(["POST", "PUT", "DELETE", "OPTIONS"])("%s is refused", async (method) => {
    const answer = await raw("/deployment.json", "127.0.0.1", method);
    expect(statusOf(answer)).toBe(405);
    expect(answer).toMatch(/allow: GET, HEAD\r\n/);
  });
});

describe("the command", () => {
  const base = () => ["--dist", path.join(root, "dist"), "--data", path.join(root, "data")];
  const start = () => spawn(process.execPath, [SCRIPT, ...base(), "--stop-with-stdin"]);

  async function refused(...args: string[]): Promise<{ status: unknown; said: string }> {
    return new Promise((done) => {
      execFile(process.execPath, [SCRIPT, ...args], (error, _, said) => {
        done({ status: error?.code ?? 0, said });
      });
    });
  }

  async function urlOf(child: ReturnType<typeof start>): Promise<string> {
    const [line]: unknown[] = await once(child.stdout, "data");
    const said: unknown = JSON.parse(String(line));
    expect(said).toMatchObject({ pid: child.pid, url: expect.stringMatching(/^http:/) });
    return /"url":"([^"]+)"/.exec(String(line))?.[1] ?? "";
  }

  it.each([["SIGINT"], ["SIGTERM"]] as const)("ends on %s", async (signal) => {
    const child = start();
    expect((await fetch(await urlOf(child))).status).toBe(200);
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("ends with its standard input", async () => {
    const child = start();
    await urlOf(child);
    child.stdin.end();
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("ends after --for", async () => {
    expect((await refused(...base(), "--for", "1")).status).toBe(0);
  });

  it("says that a port is taken", async () => {
    const squatter = createServer().listen(0, "127.0.0.1");
    await once(squatter, "listening");
    const address = squatter.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const { status, said } = await refused(...base(), "--port", `${port}`);
    squatter.close();
    expect(status).toBe(3);
    expect(said).toBe(
      `serve: Port ${port} is taken: choose another with --port, or 0 for a free one.\n`,
    );
  });

  it.each([
    [["--host", "0.0.0.0"], 2, "does not listen on 0.0.0.0"],
    [["--port", "70000"], 2, "--port must be"],
    [["--bogus"], 2, "bogus"],
    [["--dist", "/nowhere"], 1, "There is no folder /nowhere"],
  ])("%j ends with %i", async (args, expected, sentence) => {
    const { status, said } = await refused(...base(), ...args);
    expect(status).toBe(expected);
    expect(said).toContain(sentence);
    expect(said.trim().split("\n")).toHaveLength(1);
  });

  it("refuses a page without a policy", async () => {
    const bare = path.join(root, "bare");
    await mkdir(bare);
    await writeFile(path.join(bare, "index.html"), "<!doctype html><title>page</title>");
    const { status, said } = await refused("--dist", bare, "--data", path.join(root, "data"));
    expect(status).toBe(1);
    expect(said).toContain("has no Content-Security-Policy");
  });
});
