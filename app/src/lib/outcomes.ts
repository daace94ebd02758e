/** A slate, what is decided on its entries, and the names of what the program numbers. */

import * as budget from "@community-budget/client";
import type { Category, Epoch, Policy } from "@community-budget/client";

import type { Unit } from "./format";

type Projection = budget.state.funding.Projection;
type Decision = budget.state.funding.Decision;

const { Outcome } = budget;

const TIERS = ["small", "medium", "large", "constitutional"] as const;

/** `small`, `medium`, `large` or `constitutional`. */
export function tier(number: number): string {
  return TIERS[number] ?? "unknown";
}

const decoder = new TextDecoder();

/** A category's name, which its policy pads with zeros. Written by other people: show it as such. */
export function categoryName(category: Category | undefined): string {
  if (category === undefined) return "unknown category";
  return decoder.decode(new Uint8Array(category.name)).replace(/\0+$/, "");
}

/** The name of a policy's category. */
export function category(policy: Policy, index: number): string {
  const known = index < policy.risk.categoryCount;
  return known ? categoryName(policy.risk.categories[index]) : `category ${index}`;
}

/** A checkpoint, which people count from one and the program from zero. */
export function checkpointName(number: number): string {
  return `checkpoint ${number + 1}`;
}

/** What kind of money a category is for. */
export function categoryClass(number: number): string {
  return ["operating", "hedge", "derivative"][number] ?? "unknown class";
}

const OUTCOMES: Readonly<Record<budget.Outcome, string>> = {
  [Outcome.Pending]: "not decided yet",
  [Outcome.Withdrawn]: "withdrawn by its proposer",
  [Outcome.NotAccepted]: "its recipient never accepted it",
  [Outcome.Failed]: "did not pass",
  [Outcome.Unfunded]: "passed, but not funded",
  [Outcome.Funded]: "funded",
  [Outcome.Executed]: "executed",
  [Outcome.Lapsed]: "lapsed: nobody executed it in time",
  [Outcome.Approved]: "approved",
  [Outcome.Superseded]: "passed, but another act on the same matter ranks higher",
  [Outcome.Vetoed]: "vetoed by the guardian",
};

/** What became of an entry, in a few words. */
export function outcome(number: number): string {
  return OUTCOMES[number as budget.Outcome] ?? "unknown";
}

/** Whether an outcome gives money or carries out an act. */
export function wins(number: number): boolean {
  return [Outcome.Funded, Outcome.Executed, Outcome.Approved].includes(number);
}

/** Whether settlement chose an entry, or would, whatever has become of it since. */
export function chosen(number: number): boolean {
  return wins(number) || [Outcome.Lapsed, Outcome.Vetoed].includes(number);
}

/** What `standingOf` takes its numbers from. */
export interface Slate {
  readonly epoch: Epoch;
  /** What would be decided now; `null` once the epoch is settled. */
  readonly projection: Projection | null;
  /** Weight of all, when voting opened. */
  readonly electorate: bigint;
  readonly budget: Unit;
  /** Left out where it does not matter: before voting, nothing is judged yet. */
  readonly phase?: budget.state.epoch.Phase;
}

/** The decision on the entry at `index`: what was decided, or what would be. */
export function decisionOn({ epoch, projection }: Slate, index: number): Decision | null {
  return projection === null ? (epoch.slate[index] ?? null) : (projection.decisions[index] ?? null);
}
