/**
 * Integers of the widths that the chain counts with.
 *
 * Amounts, weights and moments are `bigint`; shares, seconds of a span and indices, which fit 32
 * bits, are whole `number`s and become `bigint` before anything is computed with them.
 */

/** The largest `u64`. */
export const U64_MAX = 2n ** 64n - 1n;
/** The largest `u32`; as an epoch's index it stands for "never". */
export const U32_MAX = 2 ** 32 - 1;
const I64_MAX = 2n ** 63n - 1n;
const I64_MIN = -(2n ** 63n);

/**
 * The input breaks a rule's stated requirement, or a result does not fit its width. The program
 * refuses the instruction in this case; where its rules answer `None`, these throw.
 */
export class RuleError extends RangeError {
  override readonly name = "RuleError";
}

/** `value`, if it is a `u64`. Throws {@link RuleError}. */
export function u64(value: bigint): bigint {
  if (value < 0n || value > U64_MAX) throw new RuleError(`${value} is no u64`);
  return value;
}

/** `value`, if it is an `i64`. Throws {@link RuleError}. */
export function i64(value: bigint): bigint {
  if (value < I64_MIN || value > I64_MAX) throw new RuleError(`${value} is no i64`);
  return value;
}

/** `value`, if it is a whole number from 0 to `max`. Throws {@link RuleError}. */
export function upTo(max: number, value: bigint): number {
  if (value < 0n || value > BigInt(max)) throw new RuleError(`${value} is not within 0 to ${max}`);
  return Number(value);
}

/** `a - b`, or 0. */
export function saturatingSub(a: bigint, b: bigint): bigint {
  return a > b ? a - b : 0n;
}

/** `a + b`, or the largest `u64`. */
export function saturatingAdd(a: bigint, b: bigint): bigint {
  return min(a + b, U64_MAX);
}

/** The smallest of the values. */
export function min(first: bigint, ...others: bigint[]): bigint {
  return others.reduce((least, value) => (value < least ? value : least), first);
}

/** The largest of the values. */
export function max(first: bigint, ...others: bigint[]): bigint {
  return others.reduce((most, value) => (value > most ? value : most), first);
}

/** The element at `index`. Throws {@link RuleError} where there is none. */
export function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new RuleError(`there is no place ${index} among ${values.length}`);
  return value;
}
