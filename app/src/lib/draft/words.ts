/** The words of a proposal: what is typed, what must hold of it, and the file that voters read. */

import { sha256 } from "../digest";
import { link, runs } from "../text";

/** Most bytes of a title and of an address of metadata, in UTF-8. */
export const MAX_TITLE_BYTES = 64;
export const MAX_URI_BYTES = 128;

/** The words of a proposal, as they are typed. */
export interface WordsForm {
  readonly title: string;
  readonly summary: string;
  /** One a line. */
  readonly deliverables: string;
  /** One a line. */
  readonly links: string;
  /** Where the metadata file will be. */
  readonly uri: string;
}

export const EMPTY_WORDS: WordsForm = {
  title: "",
  summary: "",
  deliverables: "",
  links: "",
  uri: "",
};

/**
 * What was kept of a form, in a shape that can be shown: texts and switches of the form's own names, all else
 * as it is when nothing was typed.
 */
export function revive<T extends object>(empty: T, kept: unknown): T {
  if (typeof kept !== "object" || kept === null) return empty;
  const found = Object.entries(empty).flatMap(([name, value]: [string, unknown]) => {
    const own: unknown = Object.hasOwn(kept, name) ? Reflect.get(kept, name) : undefined;
    const plain = typeof own === "string" || typeof own === "boolean";
    return plain && typeof own === typeof value ? [[name, own] as const] : [];
  });
  return { ...empty, ...Object.fromEntries(found) };
}

/** One thing that must hold of a proposal. */
export interface Check<F extends string> {
  readonly field: F;
  /** What is checked, in a word or two. */
  readonly name: string;
  /** `open` while there is nothing to check yet; `spare` where nothing need ever be. */
  readonly state: "holds" | "missed" | "open" | "spare";
  /** One sentence: what holds, or what must change. */
  readonly sentence: string;
}

/** What became of a form. */
export interface Drafted<T, F extends string> {
  /** `null` while a check is missed or open. */
  readonly terms: T | null;
  readonly checks: readonly Check<F>[];
}

const encoder = new TextEncoder();

/** Bytes of a text in UTF-8. */
export function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

function hides(text: string): boolean {
  return runs(text).some(({ kind }) => kind === "hidden");
}

/** The checks of a proposal's words. */
export function checkWords(form: WordsForm): Check<keyof WordsForm>[] {
  const title = form.title.trim();
  const size = bytesOf(title);
  const check = checker<keyof WordsForm>();
  const hasFile = metadataOf(form, "ask") !== null;
  const uri = form.uri.trim();
  const at = uri === "" ? null : link(uri);
  // `ipfs:` and `ar:` lead somewhere, only not by themselves.
  const leads = at?.kind === "open" || /^(?:ipfs|ar):\S+$/.test(uri);
  return [
    check("title", "Title", {
      open: title === "" ? "Give it a title." : null,
      must: [
        [size <= MAX_TITLE_BYTES, `The title has ${size} bytes of at most ${MAX_TITLE_BYTES}.`],
        [!hides(title), "The title has characters that no screen shows; type it anew."],
      ],
      holds: `The title fits: ${size} of ${MAX_TITLE_BYTES} bytes.`,
    }),
    check("summary", "Summary", {
      spare: hasFile ? null : "Without a summary the title is all that voters have.",
      must: [
        [
          !hides(form.summary.replace(/[\r\n\t]/g, "")),
          "The summary has characters that no screen shows.",
        ],
      ],
      holds: "Voters get a text to read.",
    }),
    check("uri", "Address of the file", {
      spare:
        uri === ""
          ? hasFile
            ? "The file is at no address yet: voters will find its hash, and nothing to read."
            : "There is no file, so there is no address."
          : null,
      must: [
        [
          bytesOf(uri) <= MAX_URI_BYTES,
          `The address has ${bytesOf(uri)} bytes of at most ${MAX_URI_BYTES}.`,
        ],
        [
          hasFile,
          "An address says nothing unless voters can check what it leads to: write a summary.",
        ],
        [leads, at?.kind === "blocked" ? `The address ${at.why}.` : "The address is no address."],
      ],
      holds: "The address is one that voters can open.",
    }),
  ];
}

/** What a check says in each of its states. */
interface Said {
  /** What is still to be done; `null` when it is. */
  readonly open?: string | null;
  /** What is missing and may stay so; `null` when it is not. */
  readonly spare?: string | null;
  /** Each condition with what to say where it is not met. */
  readonly must: readonly (readonly [holds: boolean, otherwise: string])[];
  readonly holds: string;
}

/** Makes the checks of fields `F`. */
export function checker<F extends string>() {
  return (field: F, name: string, { open, spare, must, holds }: Said): Check<F> => {
    if (typeof open === "string") return { field, name, state: "open", sentence: open };
    if (typeof spare === "string") return { field, name, state: "spare", sentence: spare };
    const missed = must.find(([met]) => !met);
    return missed === undefined
      ? { field, name, state: "holds", sentence: holds }
      : { field, name, state: "missed", sentence: missed[1] };
  };
}

/** Whether nothing stands in the way of a submission. */
export function isReady(checks: readonly Check<string>[]): boolean {
  return checks.every(({ state }) => state === "holds" || state === "spare");
}

function lines(text: string): string[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/**
 * The text that the metadata address must lead to: JSON with its keys in order, two spaces deep, a newline
 * at its end; the same words always give the same bytes. `null` where there is nothing beyond the title.
 * Nothing of it touches money: that is typed on chain (P5).
 */
export function metadataOf(form: WordsForm, kind: "ask" | "act"): string | null {
  const summary = lines(form.summary).join("\n");
  const [deliverables, links] = [lines(form.deliverables), lines(form.links)];
  if (summary === "" && deliverables.length === 0 && links.length === 0) return null;
  const content: Readonly<Record<string, string | readonly string[]>> = {
    ...(deliverables.length > 0 ? { deliverables } : {}),
    kind,
    ...(links.length > 0 ? { links } : {}),
    summary,
    title: form.title.trim(),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** A name for the metadata file, of letters that every server and shell takes as they are. */
export function fileName(title: string): string {
  const plain = title
    .normalize("NFKD")
    .replace(/[^\x20-\x7e]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-+|-+$/g, "");
  return `${plain === "" ? "proposal" : plain}.json`;
}

/** SHA-256 of a text's bytes in UTF-8; of none, zeros, as the program stores it. */
export async function hashOf(text: string | null): Promise<Uint8Array> {
  if (text === null) return new Uint8Array(32);
  return sha256(encoder.encode(text));
}
