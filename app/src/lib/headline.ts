/** What is the case of a slate: its sums, and a sentence or two. */

import * as budget from "@community-budget/client";

import * as format from "./format";
import { type Slate, chosen, decisionOn, wins } from "./outcomes";

const { ActionKind, Outcome } = budget;

/** A slate in figures. Amounts are base units. */
export interface Summary {
  /** Awards that a ballot may choose on. */
  readonly asks: number;
  /** What they ask for together. */
  readonly asked: bigint;
  /** Awards that are funded, or would be; also those that lapsed or were vetoed since. */
  readonly funded: number;
  readonly taken: bigint;
  /** Of what was taken, what lapsed or was vetoed since and stays in the vault. */
  readonly back: bigint;
  /** Acts that a ballot may choose on, and those that are or would be approved. */
  readonly acts: number;
  readonly approved: number;
  /** What is left of the cap. */
  readonly left: bigint;
}

/** Counts and sums of a slate. */
export function summary(slate: Slate): Summary {
  let [asks, funded, acts, approved] = [0, 0, 0, 0];
  let [asked, taken, back] = [0n, 0n, 0n];
  slate.epoch.slate.slice(0, slate.epoch.entryCount).forEach((entry, index) => {
    const number = decisionOn(slate, index)?.outcome ?? Outcome.Withdrawn;
    if ([Outcome.Withdrawn, Outcome.NotAccepted].includes(number)) return;
    if (entry.action !== ActionKind.Award) {
      acts += 1;
      if (chosen(number)) approved += 1;
      return;
    }
    asks += 1;
    asked += entry.amount;
    if (!chosen(number)) return;
    funded += 1;
    taken += entry.amount;
    if (!wins(number)) back += entry.amount;
  });
  return { asks, asked, funded, taken, back, acts, approved, left: slate.epoch.cap - taken };
}

/** What is the case of a slate, in a sentence or two. */
export function headline(slate: Slate): string {
  const { asks, asked, funded, taken, back, acts, approved, left } = summary(slate);
  const amount = (value: bigint) => format.amount(value, slate.budget);
  const bare = (value: bigint) => format.digits(value, slate.budget.decimals);
  const { cap } = slate.epoch;
  const settled = slate.projection === null;
  const all = format.count(asks, "ask");
  if (slate.phase === "Submission") {
    if (asks + acts === 0)
      return `Nothing stands for election yet; up to ${amount(cap)} can be awarded.`;
    const standing = `${all} for ${amount(asked)} ${asks === 1 ? "stands" : "stand"} for election so far`;
    const beside = acts === 0 ? "" : `, and ${format.count(acts, "act")}`;
    return `${standing}${beside}; up to ${amount(cap)} can be awarded.`;
  }
  const when = settled
    ? ""
    : slate.phase === "Tallying"
      ? "By the votes cast, "
      : "If voting closed now, ";
  const were = (verb: string) => (settled ? `were ${verb}` : `would be ${verb}`);
  const begin = (text: string) => (when === "" ? format.capital(text) : when + text);
  const others =
    acts === 0 ? "" : ` ${approved} of ${format.count(acts, "act")} ${were("approved")}.`;
  if (asks === 0) {
    return `${begin("nothing")} ${were("funded")}: no ask ${settled ? "stood" : "stands"} for election.${others}`;
  }
  const rest = settled ? "stayed in the vault" : "would stay in the vault";
  if (funded === 0) {
    return `${begin("none")} of ${all} ${were("funded")}, and all ${amount(cap)} of the cap ${rest}.${others}`;
  }
  const since = back === 0n ? "" : `, ${amount(back)} of it not executed`;
  return `${begin(String(funded))} of ${all} ${were("funded")} with ${bare(taken)} of ${amount(cap)}${since}; ${bare(left + back)} ${rest}.${others}`;
}
