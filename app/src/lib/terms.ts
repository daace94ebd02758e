/**
 * The terms of a proposal in words: every field that touches money or power, so that one signs what one
 * reads (P5). A test walks the program's interface and fails for a field of which nothing is said here.
 */

import type { Address, ReadonlyUint8Array } from "@solana/kit";
import * as budget from "@community-budget/client";
import type {
  Action,
  AwardTerms,
  BreakerSection,
  BudgetSection,
  Category,
  Policy,
  PolicyPatch,
  ReviewSection,
  RiskSection,
  Ruling,
  ScheduleSection,
  SlateSection,
  StakeSection,
  Stream,
  Terms,
  TierRule,
  TiersSection,
  Treasury,
} from "@community-budget/client";

import * as format from "./format";
import type { Unit } from "./format";
import { SYSTEM_PROGRAM_ADDRESS } from "./programs";
import { visible } from "./text";
import { category, categoryClass, categoryName, checkpointName, tier } from "./words";

/** A piece of a value. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  /** What other people wrote. */
  | { readonly kind: "written"; readonly text: string }
  /** Base units of the budget token. */
  | { readonly kind: "money"; readonly value: bigint }
  /** Weight, in base units of the stake token. */
  | { readonly kind: "weight"; readonly value: bigint }
  | { readonly kind: "name"; readonly address: Address }
  /** Bytes in hexadecimal. */
  | { readonly kind: "bytes"; readonly hex: string }
  /** An address on the web that somebody else wrote. */
  | { readonly kind: "link"; readonly uri: string };

/** One line of the terms. */
export interface Row {
  readonly label: string;
  readonly value: readonly Part[];
  /** What holds at present, where the act would change it; `null` where there is nothing to compare. */
  readonly before: readonly Part[] | null;
  /** Whether an act would leave it as it is. */
  readonly same: boolean;
}

/** What terms are told against. */
export interface Against {
  /** Policy of the proposal's epoch: what an award's category means. */
  readonly policy: Policy;
  readonly treasury: Treasury;
  /** The stream that a ruling is about, if it is known. */
  readonly stream: Stream | null;
  /** Unix seconds. */
  readonly now: bigint;
}

const text = (words: string): Part => ({ kind: "text", text: words });
const money = (value: bigint): Part => ({ kind: "money", value });
const person = (address: Address): Part =>
  address === SYSTEM_PROGRAM_ADDRESS ? text("nobody") : { kind: "name", address };

function row(label: string, ...value: readonly (Part | string)[]): Row {
  return { label, value: parts(value), before: null, same: false };
}

function parts(pieces: readonly (Part | string)[]): Part[] {
  return pieces.map((piece) => (typeof piece === "string" ? text(piece) : piece));
}

/** A number of seconds to the second: nothing that is signed is rounded. `2 d 4 h`, `1 d 1 s`. */
export function exactSpan(seconds: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
    [1, "s"],
  ];
  let left = seconds;
  const found: string[] = [];
  for (const [size, name] of units) {
    if (left >= size) found.push(`${Math.floor(left / size)}\u00a0${name}`);
    left %= size;
  }
  return found.length === 0 ? "none" : found.join(" ");
}

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
      return parts([money(amount), " to ", person(recipient), ` over ${exactSpan(durationSecs)}`]);
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
    row("streams for", `${exactSpan(durationSecs)}, from its execution`),
    row(
      "cliff",
      cliffSecs === 0
        ? "none: it flows from the first second"
        : `nothing in the first ${exactSpan(cliffSecs)}`,
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
  return budget.state.treasury.isTripped(treasury, now)
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

// --- policy -------------------------------------------------------------------------------------

const share = (value: number): Part[] => [text(format.bps(value))];
const secs = (value: number): Part[] => [text(exactSpan(value))];
const count = (value: number): Part[] => [text(value.toString())];
const units = (value: bigint): Part[] => [money(value)];
const limit = (value: bigint): Part[] =>
  value === budget.rules.U64_MAX ? [text("none")] : units(value);
const epochs = (value: number): Part[] => [text(format.count(value, "epoch"))];

/** A label, and what a section says of it. */
type Field<Section> = readonly [label: string, words: (section: Section) => Part[]];

/** One for every field that means something; reserved bytes have a row of their own. */
type Fields<Section, Without extends keyof Section = never> = {
  readonly [Name in Exclude<keyof Section, "reserved" | Without>]: Field<Section>;
};

const SCHEDULE: Fields<ScheduleSection> = {
  periodSecs: ["shortest time between two openings", (of) => secs(of.periodSecs)],
  submissionSecs: ["time for proposals", (of) => secs(of.submissionSecs)],
  votingSecs: ["voting, without extensions", (of) => secs(of.votingSecs)],
  lateWindowSecs: [
    "last stretch of voting, in which a swing extends it",
    (of) => secs(of.lateWindowSecs),
  ],
  maxExtensionSecs: ["most that voting is extended in all", (of) => secs(of.maxExtensionSecs)],
  executionGraceSecs: ["time for execution, from settlement", (of) => secs(of.executionGraceSecs)],
};

const SLATE: Fields<SlateSection> = {
  capacity: ["slots of a slate", (of) => count(of.capacity)],
  perProposer: ["proposals of one proposer in an epoch", (of) => count(of.perProposer)],
  slotFee: ["fee of a slot in the first quarter", (of) => units(of.slotFee)],
  bond: ["bond of a proposal", (of) => units(of.bond)],
  spamSupportBps: [
    "support below which a failed proposal loses its bond",
    (of) => share(of.spamSupportBps),
  ],
};

const BUDGET: Fields<BudgetSection> = {
  epochCapBps: ["cap of an epoch, of free funds", (of) => share(of.epochCapBps)],
  epochCapAbs: ["cap of an epoch, at most", (of) => limit(of.epochCapAbs)],
  minCap: ["least cap with which an epoch opens", (of) => units(of.minCap)],
  rewardBps: ["reward for taking part, of the cap", (of) => share(of.rewardBps)],
  participationGateBps: [
    "entries that a rewarded ballot covers",
    (of) => share(of.participationGateBps),
  ],
};

const TIERS: Fields<TiersSection, "rules"> = {
  lateSwingBps: ["swing that extends voting late, of all weight", (of) => share(of.lateSwingBps)],
  contestedCoefBps: [
    "quorum added by opposition, of all weight",
    (of) => share(of.contestedCoefBps),
  ],
  maxQuorumBps: ["highest quorum that opposition brings about", (of) => share(of.maxQuorumBps)],
  recordFloorBps: [
    "mean score below which a recipient starts one tier up",
    (of) => share(of.recordFloorBps),
  ],
};

const TIER: Fields<TierRule> = {
  askLimitBps: ["largest of the $ asks, of free funds", (of) => share(of.askLimitBps)],
  quorumBps: ["quorum of $ asks", (of) => share(of.quorumBps)],
  approvalBps: ["approval of $ asks", (of) => share(of.approvalBps)],
  timelockSecs: ["timelock of $ asks", (of) => secs(of.timelockSecs)],
  minCheckpoints: ["fewest reviews of $ asks", (of) => count(of.minCheckpoints)],
};

const STAKE: Fields<StakeSection> = {
  minLockSecs: ["shortest cool-down", (of) => secs(of.minLockSecs)],
  maxLockSecs: ["longest cool-down", (of) => secs(of.maxLockSecs)],
  lockBonusBps: ["bonus at the longest cool-down", (of) => share(of.lockBonusBps)],
  streakBonusBps: ["bonus of a whole streak", (of) => share(of.streakBonusBps)],
  minTotalWeight: [
    "least weight of all with which anything passes",
    (of) => [{ kind: "weight", value: of.minTotalWeight }],
  ],
};

const RISK: Fields<RiskSection, "categories"> = {
  categoryCount: ["categories in use", (of) => count(of.categoryCount)],
  minRunwayEpochs: ["runway that no award may go below", (of) => epochs(of.minRunwayEpochs)],
  maxRecipientBps: ["most for one recipient, of the cap", (of) => share(of.maxRecipientBps)],
  maxDrawdownBps: [
    "loss beyond which the breaker can be tripped",
    (of) => share(of.maxDrawdownBps),
  ],
  markAgeSecs: ["age beyond which a mark counts for nothing", (of) => secs(of.markAgeSecs)],
};

const BREAKER: Fields<BreakerSection> = {
  outflowBps: ["most that leaves the vault in a window", (of) => share(of.outflowBps)],
  outflowWindowSecs: ["that window", (of) => secs(of.outflowWindowSecs)],
  maxPayoutDelaySecs: [
    "longest time for which a payout is held back",
    (of) => secs(of.maxPayoutDelaySecs),
  ],
  tripSecs: ["time for which a trip blocks awards", (of) => secs(of.tripSecs)],
  guardianPauseSecs: [
    "time for which the guardian may block them in 90 days",
    (of) => secs(of.guardianPauseSecs),
  ],
};

const REVIEW: Fields<ReviewSection> = {
  windowSecs: ["time for an update, from its checkpoint", (of) => secs(of.windowSecs)],
  graceSecs: ["time for a verdict, from the update", (of) => secs(of.graceSecs)],
  holdLimitSecs: [
    "time for which a stream is held after the epoch that could rule on it",
    (of) => secs(of.holdLimitSecs),
  ],
  passBps: ["score from which a part starts in full", (of) => share(of.passBps)],
  floorBps: ["score from which it starts scaled; below it is held", (of) => share(of.floorBps)],
};

/** A section's rows against what holds. */
function rowsOf<Section extends { readonly reserved: ReadonlyUint8Array }>(
  fields: Readonly<Record<string, Field<Section>>>,
  before: Section,
  after: Section,
  label: (words: string) => string = (words) => words,
): Row[] {
  const rows = Object.values(fields).map(([words, say]) =>
    compared(label(words), say(before), say(after)),
  );
  return [...rows, ...reservedRow(label("reserved bytes"), after.reserved)];
}

/** Reserved bytes must be zero: the program refuses any other at execution, and they are shown then. */
function reservedRow(label: string, bytes: ReadonlyUint8Array): Row[] {
  if (bytes.every((byte) => byte === 0)) return [];
  return [row(label, { kind: "bytes", hex: format.hex(bytes) }, ", which the program refuses")];
}

function compared(label: string, before: readonly Part[], value: readonly Part[]): Row {
  return { label, value, before, same: sameParts(before, value) };
}

function sameParts(a: readonly Part[], b: readonly Part[]): boolean {
  const key = (part: Part) =>
    JSON.stringify(part, (_, value: unknown) =>
      typeof value === "bigint" ? value.toString() : value,
    );
  return a.length === b.length && a.every((part, at) => key(part) === key(b[at] ?? text("")));
}

/** The policy with one section replaced. */
export function patched(policy: Policy, patch: PolicyPatch): Policy {
  switch (patch.__kind) {
    case "Schedule":
      return { ...policy, schedule: patch.fields[0] };
    case "Slate":
      return { ...policy, slate: patch.fields[0] };
    case "Budget":
      return { ...policy, budget: patch.fields[0] };
    case "Tiers":
      return { ...policy, tiers: patch.fields[0] };
    case "Stake":
      return { ...policy, stake: patch.fields[0] };
    case "Risk":
      return { ...policy, risk: patch.fields[0] };
    case "Breaker":
      return { ...policy, breaker: patch.fields[0] };
    case "Review":
      return { ...policy, review: patch.fields[0] };
  }
}

/** A section of the policy, in words. */
export function sectionName(kind: PolicyPatch["__kind"]): string {
  const names: Readonly<Record<PolicyPatch["__kind"], string>> = {
    Schedule: "calendar",
    Slate: "rules of the slate",
    Budget: "cap and rewards",
    Tiers: "quorums and thresholds",
    Stake: "rules of staking",
    Risk: "categories and risk limits",
    Breaker: "breaker and outflow limit",
    Review: "rules of reviews",
  };
  return names[kind];
}

/**
 * Whether the treasury has the section already. Told against the epoch's own policy then: what it changed
 * is what the epoch opened with.
 */
function base(patch: PolicyPatch, { policy, treasury }: Against): Policy {
  const encode = budget.getPolicyEncoder();
  const next = treasury.policy;
  const applied =
    format.hex(encode.encode(patched(next, patch))) === format.hex(encode.encode(next));
  return applied ? policy : next;
}

function policyRows(patch: PolicyPatch, against: Against): Row[] {
  const before = base(patch, against);
  const head = row("section", sectionName(patch.__kind));
  switch (patch.__kind) {
    case "Schedule":
      return [head, ...rowsOf(SCHEDULE, before.schedule, patch.fields[0])];
    case "Slate":
      return [head, ...rowsOf(SLATE, before.slate, patch.fields[0])];
    case "Budget":
      return [head, ...rowsOf(BUDGET, before.budget, patch.fields[0])];
    case "Tiers":
      return [head, ...tierRows(before.tiers, patch.fields[0])];
    case "Stake":
      return [head, ...rowsOf(STAKE, before.stake, patch.fields[0])];
    case "Risk":
      return [head, ...riskRows(before.risk, patch.fields[0])];
    case "Breaker":
      return [head, ...rowsOf(BREAKER, before.breaker, patch.fields[0])];
    case "Review":
      return [head, ...rowsOf(REVIEW, before.review, patch.fields[0])];
  }
}

function tierRows(before: TiersSection, after: TiersSection): Row[] {
  const rules = after.rules.flatMap((own, number) => {
    const old = before.rules[number];
    const label = (words: string) => words.replace("$", tier(number));
    return old === undefined ? [] : rowsOf(TIER, old, own, label);
  });
  return [...rules, ...rowsOf(TIERS, before, after)];
}

function riskRows(before: RiskSection, after: RiskSection): Row[] {
  const categories = after.categories.flatMap((own, index) => {
    const old = before.categories[index];
    const [was, is] = [index < before.categoryCount, index < after.categoryCount];
    if (old === undefined || (!was && !is && isBlank(own))) return [];
    const words = (used: boolean, of: Category) =>
      used || !isBlank(of) ? categoryWords(of, used) : [text("none")];
    const label = `category ${index + 1}`;
    return [
      compared(label, words(was, old), words(is, own)),
      ...reservedRow(`${label}: reserved bytes`, own.reserved),
    ];
  });
  return [...categories, ...rowsOf(RISK, before, after)];
}

function isBlank({
  name,
  shareBps,
  exposureLimitBps,
  haircutBps,
  class: kind,
  reserved,
}: Category) {
  const zero = [...name, ...reserved].every((byte) => byte === 0);
  return zero && shareBps === 0 && exposureLimitBps === 0 && haircutBps === 0 && kind === 0;
}

function categoryWords(of: Category, used: boolean): Part[] {
  const { shareBps, exposureLimitBps, haircutBps, class: kind } = of;
  const limited = kind !== 0 || exposureLimitBps !== 0 || haircutBps !== 0;
  const risk = limited
    ? `, at most ${format.bps(exposureLimitBps)} of the treasury at risk, ${format.bps(haircutBps)} of its value not counted`
    : "";
  const unused = used ? "" : "; not in use";
  return [
    { kind: "written", text: nameOf(of) },
    text(` (${categoryClass(kind)}${risk}; ${format.bps(shareBps)} of the cap${unused})`),
  ];
}

/** The name; in hexadecimal where it is no text that could be read back. */
function nameOf(of: Category): string {
  const name = categoryName(of);
  const bytes = new TextEncoder().encode(name);
  const padded = of.name.every((byte, at) => byte === (bytes[at] ?? 0));
  return padded ? name : `0x${format.hex(of.name)}`;
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
