/**
 * What a vote can change of the policy: every value with its unit and hard bounds. The same table as the
 * program's, held against `docs/policy.md` by a test.
 */

import { rules } from "@community-budget/client";
import type { Policy } from "@community-budget/client";

import * as format from "../../lib/format";
import type { Unit } from "../../lib/format";

/** The sections, in the order in which a patch names them. */
export const SECTIONS = [
  "schedule",
  "slate",
  "budget",
  "tiers",
  "stake",
  "risk",
  "breaker",
  "review",
] as const;
export type Section = (typeof SECTIONS)[number];

/** What a value counts. */
export type Measure = "secs" | "bps" | "count" | "budget units" | "weight";

/** One value of the policy. */
export interface Row {
  readonly section: Section;
  /** `period_secs`, `small.quorum_bps`; of a category `categories.0.share_bps`. */
  readonly field: string;
  readonly measure: Measure;
  readonly min: bigint;
  readonly max: bigint;
  readonly meaning: string;
}

const U64_MAX = rules.U64_MAX;
/** An eighth of the number range, so that the fee can double thrice. */
const MAX_FEE = U64_MAX >> 3n;
const days = (count: number) => BigInt(count) * 86_400n;

type Written = readonly [Section, string, Measure, bigint, bigint, string];

// prettier-ignore
const WRITTEN: readonly Written[] = [
  ["schedule", "period_secs", "secs", days(7), days(365), "Shortest time between two openings."],
  ["schedule", "submission_secs", "secs", days(3), days(90), "Submission phase, from the opening."],
  ["schedule", "voting_secs", "secs", days(3), days(30), "Voting phase, without extensions."],
  ["schedule", "late_window_secs", "secs", 3_600n, days(2), "The last stretch of voting, in which a swing extends it."],
  ["schedule", "max_extension_secs", "secs", 0n, days(7), "Most that voting can be extended by in all."],
  ["schedule", "execution_grace_secs", "secs", days(7), days(90), "How long after settlement an approved entry can be executed."],
  ["slate", "capacity", "count", 16n, 128n, "Slots: 16, 32, 64 or 128."],
  ["slate", "per_proposer", "count", 1n, 8n, "Proposals that one proposer may submit per epoch."],
  ["slate", "slot_fee", "budget units", 0n, MAX_FEE, "Fee of a slot in the first quarter of the slate; doubles with every quarter used."],
  ["slate", "bond", "budget units", 0n, MAX_FEE, "Bond of a proposal, returned unless the entry fails as spam."],
  ["slate", "spam_support_bps", "bps", 0n, 2_000n, "An entry that fails with less support than this share of the frozen total forfeits its bond."],
  ["budget", "epoch_cap_bps", "bps", 1n, 3_000n, "Cap as a share of free funds at the opening."],
  ["budget", "epoch_cap_abs", "budget units", 1n, U64_MAX, "Absolute cap; the largest number stands for none."],
  ["budget", "min_cap", "budget units", 1n, U64_MAX, "No epoch opens with a cap below this."],
  ["budget", "reward_bps", "bps", 0n, 1_000n, "Share of the cap that is set aside for taking part."],
  ["budget", "participation_gate_bps", "bps", 0n, 10_000n, "Share of the votable entries that a ballot must cover to be rewarded."],
  ["tiers", "small.ask_limit_bps", "bps", 1n, 10_000n, "Largest ask as a share of free funds at the opening; 0 for the constitutional tier."],
  ["tiers", "small.quorum_bps", "bps", 1n, 10_000n, "Share of the frozen total that must take part."],
  ["tiers", "small.approval_bps", "bps", 5_001n, 10_000n, "Share of for + against that must be for."],
  ["tiers", "small.timelock_secs", "secs", days(1), days(30), "Seconds from settlement until an approved entry may be executed."],
  ["tiers", "small.min_checkpoints", "count", 0n, 12n, "Fewest reviews that an award of this tier must have."],
  ["tiers", "medium.ask_limit_bps", "bps", 1n, 10_000n, "Largest ask as a share of free funds at the opening; 0 for the constitutional tier."],
  ["tiers", "medium.quorum_bps", "bps", 1n, 10_000n, "Share of the frozen total that must take part."],
  ["tiers", "medium.approval_bps", "bps", 5_001n, 10_000n, "Share of for + against that must be for."],
  ["tiers", "medium.timelock_secs", "secs", days(1), days(30), "Seconds from settlement until an approved entry may be executed."],
  ["tiers", "medium.min_checkpoints", "count", 0n, 12n, "Fewest reviews that an award of this tier must have."],
  ["tiers", "large.ask_limit_bps", "bps", 1n, 10_000n, "Largest ask as a share of free funds at the opening; 0 for the constitutional tier."],
  ["tiers", "large.quorum_bps", "bps", 1n, 10_000n, "Share of the frozen total that must take part."],
  ["tiers", "large.approval_bps", "bps", 5_001n, 10_000n, "Share of for + against that must be for."],
  ["tiers", "large.timelock_secs", "secs", days(1), days(30), "Seconds from settlement until an approved entry may be executed."],
  ["tiers", "large.min_checkpoints", "count", 0n, 12n, "Fewest reviews that an award of this tier must have."],
  ["tiers", "constitutional.ask_limit_bps", "bps", 0n, 0n, "Largest ask as a share of free funds at the opening; 0 for the constitutional tier."],
  ["tiers", "constitutional.quorum_bps", "bps", 1n, 10_000n, "Share of the frozen total that must take part."],
  ["tiers", "constitutional.approval_bps", "bps", 5_001n, 10_000n, "Share of for + against that must be for."],
  ["tiers", "constitutional.timelock_secs", "secs", days(1), days(30), "Seconds from settlement until an approved entry may be executed."],
  ["tiers", "constitutional.min_checkpoints", "count", 0n, 0n, "Fewest reviews that an award of this tier must have."],
  ["tiers", "late_swing_bps", "bps", 1n, 10_000n, "A late ballot that moves an entry's margin by this share of the frozen total extends voting."],
  ["tiers", "contested_coef_bps", "bps", 0n, 10_000n, "Share of the frozen total that opposition adds to a quorum, per share of (for + against) that is against."],
  ["tiers", "max_quorum_bps", "bps", 1n, 10_000n, "No opposition raises a quorum above this share of the frozen total."],
  ["tiers", "record_floor_bps", "bps", 0n, 10_000n, "Mean review score below which a recipient starts one tier up."],
  ["stake", "min_lock_secs", "secs", days(3), days(90), "Shortest cool-down a staker may choose, in seconds."],
  ["stake", "max_lock_secs", "secs", days(3), days(730), "Longest cool-down a staker may choose, in seconds."],
  ["stake", "lock_bonus_bps", "bps", 0n, 10_000n, "Bonus at the longest lock."],
  ["stake", "streak_bonus_bps", "bps", 0n, 10_000n, "Bonus of a stake that took part in each of the last eight epochs."],
  ["stake", "min_total_weight", "weight", 1n, U64_MAX, "No entry passes while less than this is staked, in weight."],
  ["risk", "category_count", "count", 1n, 8n, "1 to 8."],
  ["risk", "min_runway_epochs", "count", 0n, 24n, "Epochs that free funds must last at the mean outflow of the last four."],
  ["risk", "max_recipient_bps", "bps", 1n, 10_000n, "Share of an epoch's cap that one recipient may be awarded."],
  ["risk", "max_drawdown_bps", "bps", 500n, 9_000n, "Loss of net asset value beyond which anyone may trip the breaker."],
  ["risk", "mark_age_secs", "secs", days(1), days(90), "Age at an epoch's opening beyond which a mark counts for nothing in it, in seconds."],
  ["breaker", "outflow_bps", "bps", 100n, 10_000n, "Capacity of the outflow bucket as a share of tracked funds at an epoch's opening."],
  ["breaker", "outflow_window_secs", "secs", days(1), days(7), "Seconds in which the outflow bucket fills."],
  ["breaker", "max_payout_delay_secs", "secs", days(1), days(7), "Longest time for which the bucket can hold back what was released, in seconds."],
  ["breaker", "trip_secs", "secs", days(1), days(30), "How long a tripped breaker blocks awards and policy changes, in seconds."],
  ["breaker", "guardian_pause_secs", "secs", 0n, days(14), "How long the guardian may block them in any 90 days, and stop one stream in its life, in seconds."],
  ["review", "window_secs", "secs", days(3), days(30), "Seconds from a checkpoint in which the recipient's update can be filed."],
  ["review", "grace_secs", "secs", days(3), days(30), "Seconds from the update in which the reviewer can score it."],
  ["review", "hold_limit_secs", "secs", days(14), days(120), "Seconds that a held stream waits after the grace of the epoch that could have ruled on it."],
  ["review", "pass_bps", "bps", 1n, 10_000n, "Score from which the next part starts in full."],
  ["review", "floor_bps", "bps", 1n, 10_000n, "Score from which the next part starts scaled; below it the stream is held."],
];

/** Every value of a policy that has hard bounds. */
export const ROWS: readonly Row[] = WRITTEN.map(([section, field, measure, min, max, meaning]) => ({
  section,
  field,
  measure,
  min,
  max,
  meaning,
}));

/** How many categories there are follows from their list; see `categories.ts`. */
const BY_LIST = "category_count";

/** The values of a section that a form can change, without those of its categories. */
export function rowsOf(section: Section): readonly Row[] {
  return ROWS.filter(
    ({ section: of, field, min, max }) => of === section && field !== BY_LIST && min !== max,
  );
}

const TIER_NAMES = ["small", "medium", "large", "constitutional"] as const;

function camel(field: string): string {
  return field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Where a value lies: in a section, or in the row of a tier. */
function holderOf(policy: Policy, { section, field }: Row): readonly [object, string] {
  const [first = "", second = ""] = field.split(".");
  const tier = TIER_NAMES.findIndex((name) => name === first);
  if (section === "tiers" && tier >= 0) return [policy.tiers.rules[tier] ?? {}, camel(second)];
  return [policy[section], camel(field)];
}

/** A value of a policy. */
export function read(policy: Policy, row: Row): bigint {
  const [holder, key] = holderOf(policy, row);
  const value: unknown = Reflect.get(holder, key);
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return BigInt(value);
  throw new RangeError(`a policy has no ${row.section}.${row.field}`);
}

/** The policy with another value. */
export function write(policy: Policy, row: Row, value: bigint): Policy {
  const [holder, key] = holderOf(policy, row);
  const isBig = typeof Reflect.get(holder, key) === "bigint";
  const next = isBig ? value : Number(value);
  const [first = ""] = row.field.split(".");
  const put = <T extends object>(part: T): T => ({ ...part, [key]: next });
  const tier = TIER_NAMES.findIndex((name) => name === first);
  if (row.section === "tiers" && tier >= 0) {
    const changed = policy.tiers.rules.map((rule, at) => (at === tier ? put(rule) : rule));
    return { ...policy, tiers: { ...policy.tiers, rules: changed } };
  }
  return { ...policy, [row.section]: put(policy[row.section]) };
}

// --- words --------------------------------------------------------------------------------------

/** The units of a treasury's two tokens. */
export interface Units {
  readonly budget: Unit;
  readonly stake: Unit;
}

function unitOf(row: Row, units: Units): Unit {
  return row.measure === "weight" ? units.stake : units.budget;
}

const UNIT_SECS = { d: 86_400n, h: 3_600n, min: 60n, s: 1n };

/** A span of seconds without loss, as it is typed: `1 d 12 h`. */
function typedSpan(seconds: bigint): string {
  return seconds === 0n ? "0 d" : format.exactSpan(seconds).replaceAll("\u00a0", " ");
}

/** A value as it is typed into a field: exact. */
export function typed(row: Row, value: bigint, units: Units): string {
  switch (row.measure) {
    case "secs":
      return typedSpan(value);
    case "bps":
      return format.exactDigits(value, 2);
    case "count":
      return value.toString();
    default:
      return value === U64_MAX ? "none" : format.exactDigits(value, unitOf(row, units).decimals);
  }
}

/** A value with its unit. */
export function inWords(row: Row, value: bigint, units: Units): string {
  switch (row.measure) {
    case "bps":
      return format.bps(value);
    case "secs":
    case "count":
      return typed(row, value, units);
    default:
      return value === U64_MAX ? "none" : format.exactAmount(value, unitOf(row, units));
  }
}

/** What a field takes after its value. */
export function suffixOf(row: Row, units: Units): string {
  switch (row.measure) {
    case "bps":
      return "%";
    case "secs":
    case "count":
      return "";
    default:
      return unitOf(row, units).symbol;
  }
}

/** Reads what was typed; `null` for what is no such value. */
export function parse(row: Row, text: string, units: Units): bigint | null {
  const plain = text.trim();
  switch (row.measure) {
    case "secs":
      return parseSpan(plain);
    case "bps":
      return format.parseAmount(plain.replace(/\s*%$/, ""), 2);
    case "count":
      return /^\d{1,9}$/.test(plain) ? BigInt(plain) : null;
    default:
      if (plain === "none") return U64_MAX;
      return format.parseAmount(plain, unitOf(row, units).decimals);
  }
}

function parseSpan(text: string): bigint | null {
  if (text === "0") return 0n;
  const whole = /^(?:\d{1,6}\s*(?:d|h|min|s)\s*)+$/.test(text);
  if (!whole) return null;
  let sum = 0n;
  for (const [, digits = "", name] of text.matchAll(/(\d+)\s*(d|h|min|s)/g)) {
    sum +=
      BigInt(digits) * (Object.entries(UNIT_SECS).find(([known]) => known === name)?.[1] ?? 0n);
  }
  return sum;
}

/** What is wrong with what was typed, or its value. */
export function valueOf(
  row: Row,
  text: string,
  units: Units,
): { readonly value: bigint; readonly problem: null } | { readonly problem: string } {
  const value = parse(row, text, units);
  if (value === null) return { problem: NO_VALUE[row.measure] };
  if (value < row.min || value > row.max) {
    const [min, max] = [inWords(row, row.min, units), inWords(row, row.max, units)];
    return { problem: `It must lie between ${min} and ${max}: no vote can go beyond.` };
  }
  return { value, problem: null };
}

const NO_VALUE: Readonly<Record<Measure, string>> = {
  secs: "That is no span of time: write 7 d, 36 h or 1 d 12 h.",
  bps: "That is no percentage: write 3 or 50.01.",
  count: "That is no whole number.",
  "budget units": "That is no amount: write digits, for example 18,000.5.",
  weight: "That is no amount: write digits, for example 18,000.5.",
};

/** A field's name where it stands alone: `period`, `category 2 share`. */
export function calledIn(field: string): string {
  const index = /^categories\.(\d+)\./.exec(field)?.[1];
  return `${index === undefined ? "" : `category ${Number(index) + 1} `}${nameOf({ field })}`;
}

/** A row's name as people say it: `period`, `small quorum`. */
export function nameOf({ field }: Pick<Row, "field">): string {
  return field
    .replace(/_(secs|bps|abs)$/, "")
    .replace(/^categories\.\d+\./, "")
    .replace(/[._]/g, " ");
}
