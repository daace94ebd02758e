/** A section of the policy in words, beside the one that it would replace. */

import type { ReadonlyUint8Array } from "@solana/kit";
import * as budget from "@community-budget/client";
import type {
  BreakerSection,
  BudgetSection,
  Category,
  Policy,
  PolicyPatch,
  ReviewSection,
  RiskSection,
  ScheduleSection,
  SlateSection,
  StakeSection,
  TierRule,
  TiersSection,
} from "@community-budget/client";

import * as format from "../format";
import { categoryClass, categoryName, tier } from "../words";
import { type Against, type Part, type Row, compared, money, row, text } from "./row";

const share = (value: number): Part[] => [text(format.bps(value))];
const secs = (value: number): Part[] => [text(format.exactSpan(value))];
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

/** What a patch sets in its section, against what holds. */
export function policyRows(patch: PolicyPatch, against: Against): Row[] {
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
