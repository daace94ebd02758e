/** From base units to lengths on a chart: the only place where an amount becomes floating point. */

/** Whole tokens, to six digits after the point; for the length of a bar and nothing else. */
export function plotted(amount: bigint, decimals: number): number {
  const keep = Math.min(decimals, 6);
  const units = amount / 10n ** BigInt(decimals - keep);
  return Number(units) / 10 ** keep;
}

/** Base units of a tick on an axis. */
export function unplotted(tokens: number, decimals: number): bigint {
  const keep = Math.min(decimals, 6);
  return BigInt(Math.round(tokens * 10 ** keep)) * 10n ** BigInt(decimals - keep);
}
