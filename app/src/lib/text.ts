/**
 * Text and links that other people wrote: titles, names, metadata. It is shown as text and never as
 * markup, with what could deceive the eye made visible.
 */

/** A run of text, or one character that must be pointed out. */
export type Run =
  | { readonly kind: "plain"; readonly text: string }
  | { readonly kind: "hidden"; readonly code: string; readonly name: string }
  | { readonly kind: "lookalike"; readonly text: string; readonly script: string };

// Written as escapes: what this file is about must not lie in it.
const HIDDEN: readonly (readonly [number, number, string])[] = [
  [0x00, 0x08, "control character"],
  [0x0b, 0x1f, "control character"],
  [0x7f, 0x9f, "control character"],
  [0xad, 0xad, "soft hyphen"],
  [0x34f, 0x34f, "invisible joiner"],
  [0x61c, 0x61c, "writing direction"],
  [0x115f, 0x1160, "invisible letter"],
  [0x17b4, 0x17b5, "invisible vowel"],
  [0x180b, 0x180f, "invisible selector"],
  [0x200b, 0x200d, "zero-width character"],
  [0x200e, 0x200f, "writing direction"],
  [0x2028, 0x2029, "line separator"],
  [0x202a, 0x202e, "writing direction"],
  [0x2060, 0x2064, "invisible operator"],
  [0x2066, 0x2069, "writing direction"],
  [0x206a, 0x206f, "invisible control"],
  [0x3164, 0x3164, "invisible letter"],
  [0xfe00, 0xfe0f, "variation selector"],
  [0xfeff, 0xfeff, "zero-width character"],
  [0xffa0, 0xffa0, "invisible letter"],
  [0xfff9, 0xfffb, "annotation mark"],
  [0xe0000, 0xe0fff, "tag character"],
];

function hiddenName(code: number): string | null {
  for (const [from, to, name] of HIDDEN) if (code >= from && code <= to) return name;
  return null;
}

const LATIN = /\p{Script=Latin}/u;
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/\p{Script=Cyrillic}/u, "Cyrillic"],
  [/\p{Script=Greek}/u, "Greek"],
  [/\p{Script=Armenian}/u, "Armenian"],
  [/\p{Script=Cherokee}/u, "Cherokee"],
  [/\p{Script=Coptic}/u, "Coptic"],
  [/\p{Script=Lisu}/u, "Lisu"],
  [/[\u{1d400}-\u{1d7ff}]/u, "mathematical"],
  [/[\uff00-\uffef]/u, "full-width"],
  [/[\u2100-\u214f]/u, "letter-like"],
];

function scriptOf(character: string): string | null {
  for (const [pattern, name] of OTHERS) if (pattern.test(character)) return name;
  return null;
}

/**
 * Cuts a text into runs: plain ones, characters that are not seen or turn the direction of writing, and
 * letters of another script inside a word that is otherwise Latin.
 */
export function runs(text: string): Run[] {
  const found: Run[] = [];
  const plain = (part: string) => {
    const last = found.at(-1);
    if (last?.kind === "plain") found[found.length - 1] = { kind: "plain", text: last.text + part };
    else found.push({ kind: "plain", text: part });
  };
  // Words keep the hidden characters inside them, so that one cannot split a word's scripts apart.
  for (const word of text.split(/(\s+)/u)) {
    const mixed = LATIN.test(word.normalize("NFC"));
    for (const character of word) {
      const code = character.codePointAt(0) ?? 0;
      const name = hiddenName(code);
      const script = mixed ? scriptOf(character) : null;
      if (name !== null) {
        const hexadecimal = code.toString(16).toUpperCase().padStart(4, "0");
        found.push({ kind: "hidden", code: `U+${hexadecimal}`, name });
      } else if (script !== null) found.push({ kind: "lookalike", text: character, script });
      else plain(character);
    }
  }
  return found.filter((run) => run.kind !== "plain" || run.text !== "");
}

/** Whether anything in the text must be pointed out. */
export function isSuspicious(text: string): boolean {
  return runs(text).some((run) => run.kind !== "plain");
}

/** The text for places that hold only text (titles of the window, labels): what hides is spelled out. */
export function visible(text: string): string {
  return runs(text)
    .map((run) => (run.kind === "hidden" ? `[${run.code}]` : run.text))
    .join("");
}

/** Where a link may lead. */
export type Link =
  | { readonly kind: "open"; readonly href: string; readonly host: string }
  | { readonly kind: "blocked"; readonly why: string };

/**
 * What becomes of an address that somebody else wrote. Only `https:` is opened, and `ipfs:` and `ar:`
 * through nothing: they are shown to be copied. Anything else, and an address with a user name, with
 * hidden characters or with a host that does not look like what it is, is not a link.
 */
export function link(uri: string): Link {
  const blocked = (why: string): Link => ({ kind: "blocked", why });
  if (runs(uri).some((run) => run.kind === "hidden")) return blocked("has hidden characters");
  if (/\s/u.test(uri)) return blocked("has spaces in it");
  let url: URL;
  try {
    url = new URL(uri);
  } catch {
    return blocked("is no address");
  }
  if (url.protocol === "ipfs:" || url.protocol === "ar:") {
    return blocked("is no web address; copy it into a program that opens such addresses");
  }
  if (url.protocol !== "https:") return blocked(`would start ${url.protocol} and is not opened`);
  if (url.username !== "" || url.password !== "") return blocked("hides its host behind a name");
  if (url.hostname.split(".").some((label) => label.startsWith("xn--"))) {
    return blocked("has a host whose letters may look like others");
  }
  return { kind: "open", href: url.href, host: url.host };
}
