/** A feed of what happened (RFC 4287). Everything is text: nobody's words become markup. */

/** One entry. */
export interface AtomEntry {
  /** An IRI that is the same for the same event for ever. */
  readonly id: string;
  readonly title: string;
  readonly content: string;
  /** Unix seconds. */
  readonly updated: bigint;
  /** A word to filter by, and how it is shown. */
  readonly category: { readonly term: string; readonly label: string };
  /** Where it is read on the web; `null` for nowhere. */
  readonly link: string | null;
}

/** A feed. */
export interface AtomFeed {
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  readonly author: string;
  /** Unix seconds. */
  readonly updated: bigint;
  /** Where the page is, and where this file is; `null` for nowhere. */
  readonly link: string | null;
  readonly self: string | null;
  readonly entries: readonly AtomEntry[];
}

// Characters that XML 1.0 cannot hold at all, lone halves of surrogate pairs among them.
const IMPOSSIBLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text as it may stand in XML, also within an attribute. */
export function xml(text: string): string {
  return text
    .replace(IMPOSSIBLE, "\ufffd")
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** A moment as RFC 3339 writes it. */
export function rfc3339(at: bigint): string {
  return new Date(Number(at) * 1_000).toISOString().replace(".000Z", "Z");
}

/** Writes a feed. */
export function atom(feed: AtomFeed): string {
  const lines = [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    `  <id>${xml(feed.id)}</id>`,
    `  <title type="text">${xml(feed.title)}</title>`,
    `  <subtitle type="text">${xml(feed.subtitle)}</subtitle>`,
    `  <updated>${rfc3339(feed.updated)}</updated>`,
    `  <author><name>${xml(feed.author)}</name></author>`,
    "  <generator>Community Budget</generator>",
  ];
  if (feed.link !== null) {
    lines.push(`  <link rel="alternate" type="text/html" href="${xml(feed.link)}"/>`);
  }
  if (feed.self !== null) {
    lines.push(`  <link rel="self" type="application/atom+xml" href="${xml(feed.self)}"/>`);
  }
  for (const entry of feed.entries) lines.push(...entryLines(entry));
  lines.push("</feed>");
  return `${lines.join("\n")}\n`;
}

function entryLines({ id, title, content, updated, category, link }: AtomEntry): string[] {
  return [
    "  <entry>",
    `    <id>${xml(id)}</id>`,
    `    <title type="text">${xml(title)}</title>`,
    `    <updated>${rfc3339(updated)}</updated>`,
    `    <category term="${xml(category.term)}" label="${xml(category.label)}"/>`,
    ...(link === null ? [] : [`    <link rel="alternate" type="text/html" href="${xml(link)}"/>`]),
    `    <content type="text">${xml(content)}</content>`,
    "  </entry>",
  ];
}
