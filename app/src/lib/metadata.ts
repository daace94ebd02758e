/**
 * Texts that proposals and reports lead to. What is on chain is only their SHA-256: nothing of a text is
 * shown before it has been compared. Texts that the community keeps beside the page are read from there; no
 * other host is ever asked.
 */

import type { ReadonlyUint8Array } from "@solana/kit";

import type { Config } from "./config";
import { hex } from "./format";
import { sha256 } from "./digest";

/** Longest text that is looked at, in bytes. */
export const MAX_BYTES = 65_536;

/** Where a text can be had. */
export type Source =
  | { readonly kind: "nowhere" }
  /** Beside the page, at this path. */
  | { readonly kind: "here"; readonly path: string }
  /** On another host, which this page does not ask. */
  | { readonly kind: "elsewhere" };

/** A name in a path: no dots that lead elsewhere, nothing that a server would decode. */
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/;

/** Where the text of an address can be had, as the deployment says. */
export function sourceOf(metadata: Config["metadata"], uri: string): Source {
  if (uri === "") return { kind: "nowhere" };
  if (metadata === null || metadata.base === "" || !uri.startsWith(metadata.base)) {
    return { kind: "elsewhere" };
  }
  // Only a whole folder is ours: `https://ours.example.evil` begins with `https://ours.example`.
  if (!metadata.base.endsWith("/")) return { kind: "elsewhere" };
  const names = [...metadata.folder.split("/"), ...uri.slice(metadata.base.length).split("/")];
  const sound = names.every((name) => SEGMENT.test(name) && !name.includes(".."));
  return sound ? { kind: "here", path: names.join("/") } : { kind: "elsewhere" };
}

/** What came of reading a text. */
export type Fetched =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "missing" }
  | { readonly kind: "too long" };

/** Reads a text from beside the page; stops at the limit. Throws when there is no answer. */
export async function fetchHere(path: string): Promise<Fetched> {
  const answer = await fetch(path, { credentials: "omit", redirect: "error", cache: "no-cache" });
  if (!answer.ok || answer.body === null) return { kind: "missing" };
  const reader = answer.body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > MAX_BYTES) {
      await reader.cancel();
      return { kind: "too long" };
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return { kind: "bytes", bytes };
}

/** What a text is, once it has been compared. */
export type Checked =
  | { readonly kind: "matches"; readonly document: Document }
  /** It is another text; `found` is its own hash. */
  | { readonly kind: "differs"; readonly found: string };

/** Compares a text with the hash on chain, and only then reads it. */
export async function check(bytes: Uint8Array, hash: ReadonlyUint8Array): Promise<Checked> {
  const found = hex(await sha256(bytes));
  if (found !== hex(hash)) return { kind: "differs", found };
  return { kind: "matches", document: documentOf(bytes) };
}

/** A text, as far as it is shown. */
export type Document =
  | { readonly kind: "structure"; readonly pairs: readonly Pair[]; readonly left: number }
  | { readonly kind: "text"; readonly text: string; readonly cut: boolean }
  /** No text. */
  | { readonly kind: "bytes" };

export type Pair = readonly [name: string, value: Node];

/** A piece of a structure. `left` counts members that are not shown. */
export type Node =
  | { readonly kind: "text"; readonly text: string; readonly cut: boolean }
  | { readonly kind: "list"; readonly items: readonly Node[]; readonly left: number }
  | { readonly kind: "pairs"; readonly pairs: readonly Pair[]; readonly left: number }
  /** Deeper than anything that is shown. */
  | { readonly kind: "deep" };

const MAX_DEPTH = 4;
const MAX_MEMBERS = 64;
const MAX_CHARACTERS = 8_000;
const MAX_NAME = 80;

/** Shown first, in this order. */
const KNOWN: readonly string[] = ["title", "summary", "description", "deliverables", "milestones"];

function documentOf(bytes: Uint8Array): Document {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { kind: "bytes" };
  }
  const value = parsed(text);
  if (!isObject(value)) return { kind: "text", ...shortened(text) };
  const { pairs, left } = pairsOf(value, 1);
  const place = ([name]: Pair) => {
    const known = KNOWN.indexOf(name);
    return known === -1 ? KNOWN.length : known;
  };
  return { kind: "structure", pairs: [...pairs].sort((a, b) => place(a) - place(b)), left };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Members as pairs, never as members of an object of ours: a name like `__proto__` is only a name. */
function pairsOf(value: object, depth: number) {
  const members: [string, unknown][] = Object.entries(value);
  const pairs = members.slice(0, MAX_MEMBERS).map(([name, member]): Pair => {
    const shown = name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name;
    return [shown, nodeOf(member, depth + 1)];
  });
  return { pairs, left: members.length - pairs.length };
}

function nodeOf(value: unknown, depth: number): Node {
  if (Array.isArray(value)) {
    if (depth > MAX_DEPTH) return { kind: "deep" };
    const items = value.slice(0, MAX_MEMBERS).map((item: unknown) => nodeOf(item, depth + 1));
    return { kind: "list", items, left: value.length - items.length };
  }
  if (isObject(value)) {
    return depth > MAX_DEPTH ? { kind: "deep" } : { kind: "pairs", ...pairsOf(value, depth) };
  }
  return { kind: "text", ...shortened(typeof value === "string" ? value : JSON.stringify(value)) };
}

function shortened(text: string) {
  const cut = text.length > MAX_CHARACTERS;
  return { text: cut ? text.slice(0, MAX_CHARACTERS) : text, cut };
}

/** The words of a document's own title; `null` where it has none. */
export function titleOf(document: Document): string | null {
  if (document.kind !== "structure") return null;
  const found = document.pairs.find(([name]) => name === "title")?.[1];
  return found?.kind === "text" ? found.text : null;
}
