/** Foreign texts: where they are read from, what must hold before they are shown, and how much is shown. */

import { createHash } from "node:crypto";

import { afterEach, describe, expect, test, vi } from "vitest";

import { MAX_BYTES, check, fetchHere, sourceOf, titleOf } from "../src/lib/metadata";

const OURS = { base: "https://open-harbour.example/metadata/", folder: "metadata" };
const bytesOf = (text: string) => new TextEncoder().encode(text);
const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();

describe("where a text is read from", () => {
  test("beside the page when the community keeps it there", () => {
    const here = (rest: string) => sourceOf(OURS, OURS.base + rest);
    expect(here("audit.json")).toEqual({ kind: "here", path: "metadata/audit.json" });
    expect(here("2026/a-b_c.v2.json")).toEqual({
      kind: "here",
      path: "metadata/2026/a-b_c.v2.json",
    });
  });

  test.each([
    "../deployment.json",
    "..",
    "a/../b.json",
    "a..b.json",
    ".hidden",
    "",
    "/etc/passwd",
    "a//b.json",
    "a%2e%2e/b.json",
    "a.json?x=1",
    "a.json#x",
    "a\\b.json",
    "a b.json",
    "\u0430udit.json",
    "@evil.example/a.json",
  ])("never by %j", (rest) => {
    expect(sourceOf(OURS, OURS.base + rest)).toEqual({ kind: "elsewhere" });
  });

  test("never from another host", () => {
    for (const uri of [
      "https://open-harbour.example.evil/metadata/audit.json",
      "https://OPEN-harbour.example/metadata/audit.json",
      "ipfs://audit.json",
      "javascript:alert(1)",
    ]) {
      expect(sourceOf(OURS, uri)).toEqual({ kind: "elsewhere" });
    }
    // A base that is no folder would also be the beginning of somebody else's host.
    const loose = { ...OURS, base: "https://open-harbour.example" };
    expect(sourceOf(loose, "https://open-harbour.example.evil/a.json")).toEqual({
      kind: "elsewhere",
    });
    expect(sourceOf({ ...OURS, folder: "../keys" }, `${OURS.base}a.json`)).toEqual({
      kind: "elsewhere",
    });
    expect(sourceOf(null, `${OURS.base}a.json`)).toEqual({ kind: "elsewhere" });
    expect(sourceOf({ ...OURS, base: "" }, "a.json")).toEqual({ kind: "elsewhere" });
    expect(sourceOf(OURS, "")).toEqual({ kind: "nowhere" });
  });
});

describe("reading", () => {
  afterEach(() => vi.unstubAllGlobals());

  test("stops at the limit", async () => {
    let chunks = 0;
    const body = () =>
      new ReadableStream<Uint8Array>({
        pull: (controller) => {
          chunks += 1;
          controller.enqueue(new Uint8Array(16_384));
        },
      });
    const asked: RequestInit[] = [];
    vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
      asked.push(init);
      return new Response(body());
    });
    expect(await fetchHere("metadata/endless.json")).toEqual({ kind: "too long" });
    expect(chunks).toBeLessThan(10);
    expect(asked[0]).toMatchObject({ credentials: "omit", redirect: "error" });
  });

  test("gives a text up to the limit as it is, and says what is missing", async () => {
    const whole = new Uint8Array(MAX_BYTES).fill(65);
    vi.stubGlobal("fetch", async () => new Response(whole));
    expect(await fetchHere("a.json")).toEqual({ kind: "bytes", bytes: whole });
    vi.stubGlobal("fetch", async () => new Response("no", { status: 404 }));
    expect(await fetchHere("a.json")).toEqual({ kind: "missing" });
  });
});

describe("what is shown", () => {
  const shown = async (text: string | Uint8Array) => {
    const bytes = typeof text === "string" ? bytesOf(text) : text;
    const checked = await check(bytes, hashOf(bytes));
    if (checked.kind !== "matches") throw new Error("it must match");
    return checked.document;
  };

  test("is nothing of a text with another hash", async () => {
    const bytes = bytesOf('{"title":"Another"}');
    const hash = hashOf(bytesOf('{"title":"One"}'));
    expect(await check(bytes, hash)).toEqual({
      kind: "differs",
      found: hashOf(bytes).toString("hex"),
    });
    expect((await check(bytes, new Uint8Array(32))).kind).toBe("differs");
  });

  test("is a structure with the known fields first", async () => {
    const document = await shown(
      '{"z":1,"deliverables":["a","b"],"kind":"ask","title":"T","summary":"S","n":null}',
    );
    if (document.kind !== "structure") throw new Error(document.kind);
    expect(document.pairs.map(([name]) => name)).toEqual([
      "title",
      "summary",
      "deliverables",
      "z",
      "kind",
      "n",
    ]);
    expect(document.pairs[2]?.[1]).toEqual({
      kind: "list",
      left: 0,
      items: [
        { kind: "text", text: "a", cut: false },
        { kind: "text", text: "b", cut: false },
      ],
    });
    expect(document.pairs[5]?.[1]).toEqual({ kind: "text", text: "null", cut: false });
    expect(titleOf(document)).toBe("T");
  });

  test("takes no name for anything but a name", async () => {
    const document = await shown('{"__proto__":{"polluted":true},"constructor":{"prototype":1}}');
    if (document.kind !== "structure") throw new Error(document.kind);
    expect(document.pairs.map(([name]) => name)).toEqual(["__proto__", "constructor"]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    expect(titleOf(document)).toBeNull();
  });

  test("ends somewhere in depth, width and length", async () => {
    const deep = `{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`;
    expect(JSON.stringify(await shown(deep))).toContain('"deep"');
    expect(JSON.stringify(await shown(deep)).length).toBeLessThan(400);
    const wide = await shown(
      JSON.stringify(Object.fromEntries(Array.from({ length: 99 }, (_, at) => [`f${at}`, at]))),
    );
    if (wide.kind !== "structure") throw new Error(wide.kind);
    expect([wide.pairs.length, wide.left]).toEqual([64, 35]);
    const long = await shown(JSON.stringify({ title: "x".repeat(9_000) }));
    if (long.kind !== "structure") throw new Error(long.kind);
    expect(long.pairs[0]?.[1]).toMatchObject({ kind: "text", cut: true });
    expect(titleOf(long)).toHaveLength(8_000);
  });

  test("is plain text, or nothing, where it is no structure", async () => {
    expect(await shown("<b>hello</b>")).toEqual({ kind: "text", text: "<b>hello</b>", cut: false });
    expect(await shown('["a"]')).toEqual({ kind: "text", text: '["a"]', cut: false });
    expect(await shown(Uint8Array.of(0xff, 0xfe, 0x00))).toEqual({ kind: "bytes" });
  });
});
