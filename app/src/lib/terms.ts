/**
 * The terms of a proposal in words: every field that touches money or power, so that one signs what one
 * reads (P5). A test walks the program's interface and fails for a field of which nothing is said here.
 */

import type { Address } from "@solana/kit";
import * as budget from "@community-budget/client";
import type { Action, AwardTerms, Policy, Ruling, Terms, Treasury } from "@community-budget/client";

import { isTripped } from "./breaker";
import * as format from "./format";
import type { Unit } from "./format";
import { policyRows, sectionName } from "./terms/policy";
import {
  type Against,
  type Part,
  type Row,
  money,
  parts,
  person,
  row,
  sameParts,
  text,
} from "./terms/row";
import { visible } from "./text";
import { category, categoryClass, checkpointName } from "./words";

export type { Against, Part, Row } from "./terms/row";
export { patched, sectionName } from "./terms/policy";

/** All that a proposal's terms say of money and power, in the order in which it matters. */
export function termsRows({ action }: Pick<Terms, "action">, against: Against): Row[] {
  switch (action.__kind) {
    case "Award":
      return award(action.fields[0], against.policy);
    case "SetPolicy":
      return policyRows(action.fields[0], against);
    case "SetRole": {
      const before = [person(holderOf(against.treasury, action.role))];
      const value = [person(action.holder)];
      return [
        row("role", role(action.role)),
        { label: "holder", value, before, same: sameParts(before, value) },
      ];
    }
    case "RuleOnStream":
      return ruling(action.stream, action.ruling, against);
    case "ClearBreaker":
      return [row("ends the trip", breakerState(against))];
    case "WriteOff":
      return writeOff(action.category, action.amount, against);
  }
}

/** What leads to the long text: not money, and signed all the same. */
export function textRows({ title, metadataUri, metadataHash }: Terms): Row[] {
  return [
    row("title", { kind: "written", text: title }),
    row("text at", metadataUri === "" ? "nowhere" : { kind: "link", uri: metadataUri }),
    row("text’s SHA-256", { kind: "bytes", hex: format.hex(metadataHash) }),
  ];
}

/** What an action does, in one line: `18,000 tUSD to Ada over 90 d`. */
export function summary(action: Action, policy: Policy): Part[] {
  switch (action.__kind) {
    case "Award": {
      const { amount, recipient, durationSecs } = action.fields[0];
      return parts([
        money(amount),
        " to ",
        person(recipient),
        ` over ${format.exactSpan(durationSecs)}`,
      ]);
    }
    case "SetPolicy":
      return parts([`changes the policy’s ${sectionName(action.fields[0].__kind)}`]);
    case "SetRole":
      return parts([`makes `, person(action.holder), ` the ${role(action.role)}`]);
    case "RuleOnStream":
      return parts([
        action.ruling.__kind === "Resume"
          ? "lets a held stream go on"
          : action.ruling.__kind === "Cancel"
            ? "ends a stream"
            : "reduces a stream",
      ]);
    case "ClearBreaker":
      return parts(["ends the trip of the breaker"]);
    case "WriteOff":
      return parts([
        "takes ",
        money(action.amount),
        " of ",
        { kind: "written", text: category(policy, action.category) },
        " for lost",
      ]);
  }
}

// --- awards -------------------------------------------------------------------------------------

function award(terms: AwardTerms, policy: Policy): Row[] {
  const { checkpoints, cliffSecs, durationSecs } = terms;
  const several = `${format.count(checkpoints, "review")}, which cut it into ${checkpoints + 1} parts`;
  return [
    row("asks for", money(terms.amount)),
    row("recipient", person(terms.recipient)),
    row("streams for", `${format.exactSpan(durationSecs)}, from its execution`),
    row(
      "cliff",
      cliffSecs === 0
        ? "none: it flows from the first second"
        : `nothing in the first ${format.exactSpan(cliffSecs)}`,
    ),
    row(
      "reviews",
      checkpoints === 0
        ? "none: nothing stops it but a vote"
        : `${checkpoints === 1 ? "1 review, which cuts it into 2 parts" : several} of equal length`,
    ),
    row("category", ...categoryParts(policy, terms.category)),
  ];
}

function categoryParts(policy: Policy, index: number): Part[] {
  const own = index < policy.risk.categoryCount ? policy.risk.categories[index] : undefined;
  const name: Part = { kind: "written", text: category(policy, index) };
  return own === undefined ? [name] : [name, text(` (${categoryClass(own.class)})`)];
}

// --- acts ---------------------------------------------------------------------------------------

const ROLES: Readonly<Record<budget.Role, string>> = {
  [budget.Role.Guardian]: "guardian",
  [budget.Role.Reviewer]: "reviewer",
  [budget.Role.RiskReporter]: "risk reporter",
};

/** A role in words. */
export function role(number: budget.Role): string {
  return ROLES[number];
}

function holderOf(treasury: Treasury, number: budget.Role): Address {
  switch (number) {
    case budget.Role.Guardian:
      return treasury.guardian;
    case budget.Role.Reviewer:
      return treasury.reviewer;
    case budget.Role.RiskReporter:
      return treasury.riskReporter;
  }
}

function rulingWords(what: Ruling): string {
  switch (what.__kind) {
    case "Resume":
      return `goes on from ${checkpointName(what.checkpoint)}, which holds it; of another hold it says nothing`;
    case "Reduce":
      return `keeps ${format.bps(what.keepBps)} of what is unreleased and returns the rest; a held stream goes on`;
    case "Cancel":
      return "ends: everything unreleased returns, what is released stays its recipient’s";
  }
}

function ruling(where: Address, what: Ruling, { stream, now }: Against): Row[] {
  const rows = [row("stream", { kind: "name", address: where }), row("ruling", rulingWords(what))];
  if (stream === null) return rows;
  const released = budget.state.stream.releasedAt(stream, now);
  const all = budget.state.stream.paysInAll(stream);
  return [
    ...rows,
    row("its recipient", person(stream.recipient)),
    row("not released yet", money(all - released), " of ", money(stream.total)),
  ];
}

function breakerState({ treasury, now }: Against): string {
  return isTripped(treasury, now)
    ? `tripped until ${format.moment(treasury.trippedUntil, now)}`
    : "nothing is tripped now; it can only end a trip that is on when the epoch is settled";
}

function writeOff(index: number, amount: bigint, { policy, treasury }: Against): Row[] {
  const out = treasury.positions[index]?.cost ?? 0n;
  const atRisk = budget.rules.risk.isRisk(budget.state.policy.positionTerms(policy, index));
  const effect = atRisk
    ? parts([money(amount), " of the ", money(out), " paid out in it"])
    : parts([money(amount), ", of nothing: money of this category is spent, not at risk"]);
  return [row("category", ...categoryParts(policy, index)), row("takes for lost", ...effect)];
}

// --- as text ------------------------------------------------------------------------------------

/** What text needs to know of tokens and names. */
export interface Speech {
  readonly budget: Unit;
  readonly stake: Unit;
  readonly nameOf: (address: Address) => string;
}

/** Parts as plain text, with exact figures. */
export function plain(of: readonly Part[], speech: Speech): string {
  return of
    .map((part) => {
      switch (part.kind) {
        case "text":
          return part.text;
        case "written":
          return visible(part.text);
        case "money":
          return format.exactAmount(part.value, speech.budget);
        case "weight":
          return `${format.exactDigits(part.value, speech.stake.decimals)} weight`;
        case "name":
          return speech.nameOf(part.address);
        case "bytes":
          return part.hex;
        case "link":
          return visible(part.uri);
      }
    })
    .join("");
}
