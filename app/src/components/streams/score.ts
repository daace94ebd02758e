/** A score as a reviewer types it. */

/** Basis points of a percentage that was typed; `null` when it is none from 0 to 100. */
export function scoreOf(text: string): number | null {
  const match = /^(\d{1,3})(?:[.,](\d{1,2}))?\s*%?$/.exec(text.trim());
  if (match?.[1] === undefined) return null;
  const bps = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  return bps > 10_000 ? null : bps;
}
