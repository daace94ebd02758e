/**
 * Numbers, shares, moments and spans as people read them. Money is computed in base units (`bigint`) and
 * only ever becomes text here; no figure passes through floating point.
 */

/** A token, as far as its amounts must be written. */
export interface Unit {
  readonly symbol: string;
  readonly decimals: number;
}

const THIN = "\u202f";
const NBSP = "\u00a0";

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** Exact decimal digits of base units, without a unit: `1,234.5`. */
export function exactDigits(amount: bigint, decimals: number): string {
  const negative = amount < 0n;
  const digits = (negative ? -amount : amount).toString().padStart(decimals + 1, "0");
  const whole = grouped(digits.slice(0, digits.length - decimals));
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return `${negative ? "−" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Exact amount with its unit, for receipts, titles and exports: `1,234.567891 tUSD`. */
export function exactAmount(amount: bigint, unit: Unit): string {
  return `${exactDigits(amount, unit.decimals)}${NBSP}${unit.symbol}`;
}

/**
 * An amount as it stands on a page: at most two decimals, cut and never rounded up, so that nobody reads
 * more than there is; smaller ones keep their first two digits. `1,234.56`, `0.00012`.
 */
export function digits(amount: bigint, decimals: number): string {
  const negative = amount < 0n;
  const size = negative ? -amount : amount;
  const scale = 10n ** BigInt(decimals);
  let keep = Math.min(2, decimals);
  if (size !== 0n && size < scale) {
    const leading = decimals - size.toString().length;
    keep = Math.min(decimals, Math.max(2, leading + 2));
  }
  const unit = 10n ** BigInt(decimals - keep);
  const cut = (size / unit) * unit;
  return exactDigits(negative ? -cut : cut, decimals);
}

/** An amount with its unit, cut to two decimals: `1,234.56 tUSD`. */
export function amount(value: bigint, unit: Unit): string {
  return `${digits(value, unit.decimals)}${NBSP}${unit.symbol}`;
}

const STEPS: readonly (readonly [bigint, string])[] = [
  [1_000_000_000n, "bn"],
  [1_000_000n, "M"],
  [10_000n, "k"],
];

/** An amount for a tight place: `12.3k`, `4.56M`; below ten thousand as {@link digits}. */
export function short(value: bigint, decimals: number): string {
  const scale = 10n ** BigInt(decimals);
  const size = value < 0n ? -value : value;
  for (const [step, suffix] of STEPS) {
    if (size < step * scale) continue;
    const unit = suffix === "k" ? 1_000n : step;
    const tenths = (size * 10n) / (unit * scale);
    const text = `${grouped((tenths / 10n).toString())}.${tenths % 10n}`.replace(/\.0$/, "");
    return `${value < 0n ? "−" : ""}${text}${suffix}`;
  }
  return digits(value, decimals);
}

/** Basis points as a percentage: `3 %`, `50.01 %`. */
export function bps(value: number | bigint): string {
  return `${exactDigits(BigInt(value), 2)}${THIN}%`;
}

/** `part / whole` in basis points, rounded down; 0 of an empty whole. */
export function shareBps(part: bigint, whole: bigint): bigint {
  return whole === 0n ? 0n : (part * 10_000n) / whole;
}

/** `part` as a percentage of `whole` with one decimal, cut: `23.1 %`; `under 0.1 %` for a trace. */
export function share(part: bigint, whole: bigint): string {
  if (whole === 0n) return `0${THIN}%`;
  const tenths = (part * 1_000n) / whole;
  if (tenths === 0n && part > 0n) return `under 0.1${THIN}%`;
  return `${exactDigits(tenths, 1)}${THIN}%`;
}

/** `part / whole` between 0 and 1, for the length of a bar and nothing else. */
export function fraction(part: bigint, whole: bigint): number {
  if (whole <= 0n || part <= 0n) return 0;
  if (part >= whole) return 1;
  return Number((part * 1_000_000n) / whole) / 1_000_000;
}

/** Words as a sentence begins. */
export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `1 ballot`, `3 ballots`. */
export function count(value: number | bigint, one: string, many = `${one}s`): string {
  return `${grouped(value.toString())}${NBSP}${BigInt(value) === 1n ? one : many}`;
}

/** `1st`, `2nd`, `3rd`, `11th`. */
export function ordinal(value: number): string {
  const [tens, ones] = [value % 100, value % 10];
  const plain = tens >= 11 && tens <= 13;
  const suffix = plain ? "th" : (["th", "st", "nd", "rd"][ones] ?? "th");
  return `${value}${suffix}`;
}

const SPANS: readonly (readonly [bigint, string])[] = [
  [86_400n, "d"],
  [3_600n, "h"],
  [60n, "min"],
  [1n, "s"],
];

/** A span of seconds in its two largest units: `2 d 4 h`, `35 min`, `12 s`. Cut, never rounded up. */
export function span(seconds: bigint | number): string {
  let left = BigInt(seconds);
  if (left < 0n) left = -left;
  const first = SPANS.findIndex(([size]) => left >= size);
  if (first === -1) return `0${NBSP}s`;
  const parts: string[] = [];
  for (const [size, name] of SPANS.slice(first, first + 2)) {
    if (left / size > 0n) parts.push(`${left / size}${NBSP}${name}`);
    left %= size;
    // Seconds beside minutes are noise; beside nothing they are the figure.
    if (name === "min") break;
  }
  return parts.join(" ");
}

/** Seconds without loss, where nothing may be rounded: `2 d 4 h`, `1 d 1 s`; `none` for zero. */
export function exactSpan(seconds: number | bigint): string {
  let left = BigInt(seconds);
  const found: string[] = [];
  for (const [size, name] of SPANS) {
    if (left >= size) found.push(`${left / size}${NBSP}${name}`);
    left %= size;
  }
  return found.length === 0 ? "none" : found.join(" ");
}

/** `in 2 d 4 h`, `35 min ago`, `now`. */
export function distance(at: bigint, now: bigint): string {
  if (at === now) return "now";
  return at > now ? `in ${span(at - now)}` : `${span(now - at)} ago`;
}

function date(at: bigint): Date {
  return new Date(Number(at) * 1_000);
}

const locale = "en-GB";
const DAY: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short" };
const withYear = new Intl.DateTimeFormat(locale, { ...DAY, year: "numeric" });
const withoutYear = new Intl.DateTimeFormat(locale, DAY);
const clock = new Intl.DateTimeFormat(locale, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** A day in the visitor's time zone: `Thu 3 Dec`, with the year unless it is the present one. */
export function day(at: bigint, now: bigint = BigInt(Math.floor(Date.now() / 1_000))): string {
  const sameYear = date(at).getFullYear() === date(now).getFullYear();
  return (sameYear ? withoutYear : withYear).format(date(at)).replace(",", "");
}

/** A moment in the visitor's time zone: `Thu 3 Dec, 18:00`. */
export function moment(at: bigint, now?: bigint): string {
  return `${day(at, now)}, ${clock.format(date(at))}`;
}

/** A moment as machines and receipts write it: `2026-12-03T18:00:00Z`. */
export function iso(at: bigint): string {
  return date(at).toISOString().replace(".000", "");
}

/** A key for a tight place: its first and last four characters. */
export function shortKey(key: string): string {
  return key.length <= 10 ? key : `${key.slice(0, 4)}…${key.slice(-4)}`;
}

/** Bytes in hexadecimal. */
export function hex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Base units of what a person typed, `1,234.5`; `null` when it is no amount, is negative, or has more
 * decimals than the token.
 */
export function parseAmount(text: string, decimals: number): bigint | null {
  const plain = text.trim().replace(/[,\s_\u202f\u00a0]/g, "");
  const match = /^(\d+)(?:\.(\d*))?$/.exec(plain);
  if (match?.[1] === undefined) return null;
  const fraction = match[2] ?? "";
  if (fraction.length > decimals) return null;
  const value = BigInt(match[1] + fraction.padEnd(decimals, "0"));
  return value > 2n ** 64n - 1n ? null : value;
}
