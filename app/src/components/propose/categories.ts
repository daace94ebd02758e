/**
 * The categories of a policy as a list that can be typed. A category is known by its place, to streams and
 * proposals too: so one can be changed where it stands, added at the end, and only the last be taken away.
 */

import type { Category, RiskSection } from "@community-budget/client";

import * as format from "../../lib/format";
import { categoryClass, categoryName } from "../../lib/words";
import { type Row, type Units, typed, valueOf } from "./policyTable";

/** The program has room for so many. */
export const MOST = 8;

/** Bytes of a name. */
const NAME_BYTES = 16;

/** The classes by their number; money of the first is spent, of the others at risk. */
export const CLASSES = [0, 1, 2].map(categoryClass);

/** Under which name the length of the list is kept among what was typed. */
export const COUNT = "category_count";

const BLANK: Category = {
  name: new Uint8Array(NAME_BYTES),
  shareBps: 0,
  exposureLimitBps: 0,
  haircutBps: 0,
  class: 0,
  reserved: new Uint8Array(1),
};

/** Under which name a value of a category is kept among what was typed. */
export const VALUES = ["name", "class", "share_bps", "exposure_limit_bps", "haircut_bps"] as const;
type Of = (typeof VALUES)[number];
export const fieldOf = (index: number, of: Of): string => `categories.${index}.${of}`;

function rowOf(index: number, of: Of, min: bigint, meaning: string): Row {
  const field = fieldOf(index, of);
  return { section: "risk", field, measure: "bps", min, max: 10_000n, meaning };
}

/** The numbers of a category; of a class that is spent it is its share alone. */
export function rowsOfCategory(index: number, isRisk: boolean): readonly Row[] {
  const share = rowOf(index, "share_bps", 1n, "Share of the epoch's cap.");
  if (!isRisk) return [share];
  return [
    share,
    rowOf(
      index,
      "exposure_limit_bps",
      0n,
      "Share of the treasury's value that its exposure may reach.",
    ),
    rowOf(index, "haircut_bps", 0n, "Share of its position's value that is not counted."),
  ];
}

/** A category as it is typed. */
export interface Typed {
  readonly name: string;
  readonly class: string;
  readonly isRisk: boolean;
  /** Whether the policy has no category at this place yet. */
  readonly isNew: boolean;
  /** By field. */
  readonly numbers: ReadonlyMap<string, string>;
}

type Values = Readonly<Record<string, string>>;

/** How long the list is. */
export function lengthOf(values: Values, { categoryCount }: RiskSection): number {
  const wanted = values[COUNT];
  const known = wanted !== undefined && /^[1-8]$/.test(wanted);
  return known ? Number(wanted) : categoryCount;
}

/** The list as it is typed; what was not touched stands as it is in the policy. */
export function typedList(values: Values, risk: RiskSection, units: Units): readonly Typed[] {
  return Array.from({ length: lengthOf(values, risk) }, (_, index) => {
    const isNew = index >= risk.categoryCount;
    const old = (isNew ? undefined : risk.categories[index]) ?? BLANK;
    const put = (of: Of, otherwise: string) => values[fieldOf(index, of)] ?? otherwise;
    const kind = put("class", categoryClass(old.class));
    const isRisk = CLASSES.indexOf(kind) > 0;
    const numbers = rowsOfCategory(index, isRisk).map((row) => {
      const was = isNew ? "" : typed(row, BigInt(valueIn(old, index, row.field)), units);
      return [row.field, values[row.field] ?? was] as const;
    });
    return {
      name: put("name", isNew ? "" : categoryName(old)),
      class: kind,
      isRisk,
      isNew,
      numbers: new Map(numbers),
    };
  });
}

/** A value of the category at `index`, by its field; the name in hexadecimal. */
function valueIn(of: Category, index: number, field: string): string | number {
  switch (field) {
    case fieldOf(index, "name"):
      return format.hex(of.name);
    case fieldOf(index, "class"):
      return of.class;
    case fieldOf(index, "share_bps"):
      return of.shareBps;
    case fieldOf(index, "exposure_limit_bps"):
      return of.exposureLimitBps;
    default:
      return of.haircutBps;
  }
}

/** What became of the list. */
export interface Listed {
  readonly part: Pick<RiskSection, "categories" | "categoryCount">;
  readonly changed: readonly string[];
  readonly problems: ReadonlyMap<string, string>;
}

/** The categories with what was typed, or what is wrong with it, by field. */
export function listOf(values: Values, risk: RiskSection, units: Units): Listed {
  const problems = new Map<string, string>();
  const list = typedList(values, risk, units);
  const categories = list.map((own, index): Category => {
    const old = (own.isNew ? undefined : risk.categories[index]) ?? BLANK;
    const kept = !own.isNew && values[fieldOf(index, "name")] === undefined;
    const name = new TextEncoder().encode(own.name);
    // Of two alike the one that was typed is wrong, whichever comes first.
    const taken = list.some((other, at) => at !== index && other.name === own.name);
    const wrong = kept ? null : wrongName(own.name, name, taken);
    if (wrong !== null) problems.set(fieldOf(index, "name"), wrong);
    const kind = CLASSES.indexOf(own.class);
    if (kind < 0) problems.set(fieldOf(index, "class"), "There is no such class.");
    const number = (of: Of): number => {
      const row = rowsOfCategory(index, own.isRisk).find(
        ({ field }) => field === fieldOf(index, of),
      );
      if (row === undefined) return 0;
      const text = own.numbers.get(row.field) ?? "";
      if (text.trim() === "") {
        problems.set(row.field, "It is still to be filled in.");
        return 0;
      }
      const found = valueOf(row, text, units);
      if (found.problem === null) return Number(found.value);
      problems.set(row.field, found.problem);
      return 0;
    };
    return {
      name: kept ? old.name : padded(name),
      class: Math.max(0, kind),
      shareBps: number("share_bps"),
      exposureLimitBps: number("exposure_limit_bps"),
      haircutBps: number("haircut_bps"),
      reserved: old.reserved,
    };
  });
  const left = Array.from({ length: MOST - categories.length }, () => BLANK);
  const part = { categories: [...categories, ...left], categoryCount: categories.length };
  return { part, changed: changedIn(part, risk), problems };
}

function wrongName(name: string, bytes: Uint8Array, taken: boolean): string | null {
  if (name.trim() === "") return "A category needs a name.";
  if (name.includes("\0")) return "A name is text.";
  if (bytes.length > NAME_BYTES) {
    return `A name has at most ${NAME_BYTES} bytes, and this one ${bytes.length}.`;
  }
  return taken ? "Another category has this name." : null;
}

function padded(name: Uint8Array): Uint8Array {
  const whole = new Uint8Array(NAME_BYTES);
  whole.set(name.subarray(0, NAME_BYTES));
  return whole;
}

function changedIn({ categories, categoryCount }: Listed["part"], risk: RiskSection): string[] {
  const both = categories.slice(0, Math.min(categoryCount, risk.categoryCount));
  const changed = both.flatMap((own, index) => {
    const old = risk.categories[index] ?? BLANK;
    return VALUES.map((of) => fieldOf(index, of)).filter(
      (field) => valueIn(own, index, field) !== valueIn(old, index, field),
    );
  });
  return categoryCount === risk.categoryCount ? changed : [COUNT, ...changed];
}
