/** Shares of amounts, exact and rounded the way the name says. */

import { RuleError, u64 } from "./checked";

/** Basis points in a whole. */
export const BPS = 10_000n;

/** `floor(a * b / d)`. Throws if `d` is zero or the result exceeds `u64`. */
export function mulDivFloor(a: bigint, b: bigint, d: bigint): bigint {
  if (d === 0n) throw new RuleError("division by zero");
  return u64((a * b) / d);
}

/** `ceil(a * b / d)`. Throws if `d` is zero or the result exceeds `u64`. */
export function mulDivCeil(a: bigint, b: bigint, d: bigint): bigint {
  if (d === 0n) throw new RuleError("division by zero");
  return u64((a * b + d - 1n) / d);
}

/** `floor(amount * bps / 10_000)`; `bps` may exceed a whole. Throws if the result exceeds `u64`. */
export function shareFloor(amount: bigint, bps: number): bigint {
  return mulDivFloor(amount, BigInt(bps), BPS);
}

/** `ceil(amount * bps / 10_000)`; `bps` may exceed a whole. Throws if the result exceeds `u64`. */
export function shareCeil(amount: bigint, bps: number): bigint {
  return mulDivCeil(amount, BigInt(bps), BPS);
}
