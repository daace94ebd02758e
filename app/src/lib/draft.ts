/**
 * From what somebody typed to terms that a vote could decide on, or to named problems. The same checks as
 * the program's and the command line's, before anything is sent; nothing here reads a clock or a network.
 */

import { type Address, isAddress } from "@solana/kit";
import * as budget from "@community-budget/client";
import type {
  Epoch,
  RecipientRecord,
  SubmitProposalInstructionDataArgs,
  TierRule,
  Treasury,
} from "@community-budget/client";

import * as format from "./format";
import type { Unit } from "./format";
import { SYSTEM_PROGRAM_ADDRESS } from "./programs";
import { link, runs } from "./text";
import * as words from "./words";
import { sha256 } from "./digest";

const { Tier, raised, tierOf } = budget.rules.outcome;
type Tier = budget.rules.outcome.Tier;

/** Most bytes of a title and of an address of metadata, in UTF-8. */
export const MAX_TITLE_BYTES = 64;
export const MAX_URI_BYTES = 128;
/** Length of a stream, in seconds. */
export const MIN_STREAM_SECS = 86_400;
export const MAX_STREAM_SECS = 1_461 * 86_400;
/** Share of all weight that takes a slot of the last quarter, in basis points (R13). */
export const RESERVED_SLOT_STAKE_BPS = 100;

const DAY_SECS = 86_400;

// --- what a proposal is checked against -----------------------------------------------------------

/** The epoch that would take a proposal, and the treasury behind it. */
export interface Ground {
  readonly treasury: Treasury;
  readonly address: Address;
  /** The epoch that takes proposals; else the next one as it would open with today's figures. */
  readonly epoch: Epoch;
  /** Whether it takes them now. */
  readonly open: boolean;
  readonly now: bigint;
  readonly budget: Unit;
  readonly stake: Unit;
}

/** Who is involved, as far as the treasury remembers them; `null` for no record. */
export interface People {
  readonly visitor: Address | null;
  readonly proposer: RecipientRecord | null;
  readonly recipient: RecipientRecord | null;
}

/** What a proposal is checked against now. */
export function groundOf(
  treasury: Treasury,
  address: Address,
  epoch: Epoch,
  now: bigint,
  units: { readonly budget: Unit; readonly stake: Unit },
): Ground {
  const open = budget.state.epoch.phaseAt(epoch, now) === "Submission";
  const round = open ? { treasury, epoch } : nextRound(treasury, epoch, now);
  return { ...round, address, open, now, ...units };
}

/**
 * The next epoch as it would open now, with what the present one would award taken off: enough to assess
 * an ask by, and no promise.
 */
export function nextRound(
  treasury: Treasury,
  epoch: Epoch,
  now: bigint,
): { readonly treasury: Treasury; readonly epoch: Epoch } {
  const unsettled = epoch.settledAt === 0n;
  const awarded = unsettled
    ? budget.state.funding.settleNow(treasury, epoch, now).allocation.allocated
    : 0n;
  const { policy } = treasury;
  const outflow = treasury.outflow.map((sum, slot) =>
    slot === epoch.index % treasury.outflow.length ? sum + awarded : sum,
  );
  const after: Treasury = {
    ...treasury,
    committed: treasury.committed + awarded,
    outflow,
    inForce: policy,
    epochCount: epoch.index + 2,
    epochActive: 1,
    lastOpenedAt: now,
  };
  const free = budget.state.treasury.free(after);
  const share = budget.rules.bps.shareFloor(free, policy.budget.epochCapBps);
  const cap = share < policy.budget.epochCapAbs ? share : policy.budget.epochCapAbs;
  const { small, medium, large } = budget.state.policy.askLimits(policy, free);
  return {
    treasury: after,
    epoch: {
      ...epoch,
      index: epoch.index + 1,
      policy,
      settledAt: 0n,
      entryCount: 0,
      votableCount: 0,
      slate: [],
      freeAtOpen: free,
      cap,
      allocated: 0n,
      askLimits: [small, medium, large],
      categoryCaps: policy.risk.categories.map(({ shareBps }) =>
        budget.rules.bps.shareFloor(cap, shareBps),
      ),
      openedAt: now,
      votingOpensAt: now + BigInt(policy.schedule.submissionSecs),
      votingClosesAt: now + BigInt(policy.schedule.submissionSecs + policy.schedule.votingSecs),
    },
  };
}

/** Base units that the next slot takes: fee and bond. */
export function price({ epoch }: Pick<Ground, "epoch">): {
  readonly fee: bigint;
  readonly bond: bigint;
} {
  return { fee: budget.state.epoch.slotFee(epoch), bond: epoch.policy.slate.bond };
}

/** Slots that asks can still take: the last quarter is kept for acts. */
export function slotsLeft({ epoch }: Pick<Ground, "epoch">): number {
  const forAsks = Math.ceil((epoch.policy.slate.capacity * 3) / 4);
  return Math.max(0, forAsks - epoch.entryCount);
}

// --- the bar ------------------------------------------------------------------------------------

/** An ask as far as its tier goes by it. */
export interface Ask {
  /** Base units. */
  readonly amount: bigint;
  /** Base units that its recipient will have asked for in the epoch, this ask included. */
  readonly cumulative: bigint;
  readonly category: number;
  readonly durationSecs: number;
  readonly checkpoints: number;
  /** Whether its recipient's reviews are below the policy's floor. */
  readonly weakRecord: boolean;
}

/** What an ask will be held to. */
export interface Bar {
  /** The tier that it is judged at; `null` when its recipient asks for more than any admits. */
  readonly tier: Tier | null;
  /** What lifts it above the tier of its amount, in words. */
  readonly lifted: readonly string[];
  /** The strictest tier whose terms its stream meets. */
  readonly admits: Tier;
  /** Shortest stream of a medium or large ask, in seconds. */
  readonly leastSecs: number;
}

/** R4: the bar of an ask. */
export function barOf({ epoch, budget: unit }: Pick<Ground, "epoch" | "budget">, ask: Ask): Bar {
  const { policy } = epoch;
  const risk = isRisk(epoch, ask.category);
  const lifted: string[] = [];
  if (ask.cumulative > ask.amount) {
    lifted.push(`its recipient asks for ${format.amount(ask.cumulative, unit)} in all`);
  }
  if (risk) lifted.push("money at risk is judged one tier up");
  if (ask.weakRecord) lifted.push("its recipient's reviews are weak, which is one tier up");
  const own = tierOf(budget.state.epoch.limitsOfAsks(epoch), ask.cumulative);
  return {
    tier: own === null ? null : raised(own, Number(risk) + Number(ask.weakRecord)),
    lifted,
    admits: budget.state.policy.admits(policy, ask.durationSecs, ask.checkpoints),
    leastSecs: budget.state.policy.minLongStreamSecs(policy),
  };
}

/** The row of the policy for a tier. */
export function ruleOf({ policy }: Pick<Epoch, "policy">, tier: Tier): TierRule {
  const rule = policy.tiers.rules[tier];
  if (rule === undefined) throw new RangeError(`there is no tier ${tier}`);
  return rule;
}

/** Whether a category's money is at risk rather than spent. */
export function isRisk({ policy }: Pick<Epoch, "policy">, category: number): boolean {
  return budget.rules.risk.isRisk(budget.state.policy.positionTerms(policy, category));
}

/** R4: whether the mean of a record's reviews is below the policy's floor, a missed update counting as 0. */
export function isWeak(record: RecipientRecord | null, { policy }: Pick<Epoch, "policy">): boolean {
  if (record === null) return false;
  const reviews = record.scored + record.missedUpdates;
  return record.scoreSum < reviews * policy.tiers.recordFloorBps;
}

/** Base units that a recipient has accepted in the epoch already. */
export function acceptedBy(record: RecipientRecord | null, epoch: Epoch): bigint {
  if (record === null || record.acceptedEpoch !== epoch.index) return 0n;
  return epoch.slate[record.leader]?.recipientAsk ?? 0n;
}

/** One part of a stream, between two reviews. */
export interface Part {
  readonly fromSecs: number;
  readonly toSecs: number;
  /** Base units. */
  readonly amount: bigint;
}

/** R7: the parts of a stream: equal in time, amounts by cumulative floor, so that they sum exactly. */
export function partsOf(amount: bigint, durationSecs: number, checkpoints: number): Part[] {
  const { cumulative, newPlan, partStartSecs } = budget.rules.stream;
  const plan = newPlan(amount, durationSecs, 0, checkpoints);
  return Array.from({ length: checkpoints + 1 }, (_, part) => ({
    fromSecs: partStartSecs(plan, part),
    toSecs: partStartSecs(plan, part + 1),
    amount: cumulative(plan, part + 1) - cumulative(plan, part),
  }));
}

// --- the form -----------------------------------------------------------------------------------

/** The words of a proposal, as they are typed. */
export interface WordsForm {
  readonly title: string;
  readonly summary: string;
  /** One a line. */
  readonly deliverables: string;
  /** One a line. */
  readonly links: string;
  /** Where the metadata file will be. */
  readonly uri: string;
}

/** An ask for money, as it is typed. */
export interface AskForm extends WordsForm {
  /** Whether the visitor is the recipient. */
  readonly toMe: boolean;
  readonly recipient: string;
  readonly amount: string;
  /** Index of the category; empty while none is chosen. */
  readonly category: string;
  /** Days. */
  readonly duration: string;
  readonly cliff: string;
  readonly checkpoints: string;
}

export const EMPTY_WORDS: WordsForm = {
  title: "",
  summary: "",
  deliverables: "",
  links: "",
  uri: "",
};

export const EMPTY_ASK: AskForm = {
  ...EMPTY_WORDS,
  toMe: true,
  recipient: "",
  amount: "",
  category: "",
  duration: "90",
  cliff: "0",
  checkpoints: "0",
};

/**
 * What was kept of a form, in a shape that can be shown: texts and switches of the form's own names, all else
 * as it is when nothing was typed.
 */
export function revive<T extends object>(empty: T, kept: unknown): T {
  if (typeof kept !== "object" || kept === null) return empty;
  const found = Object.entries(empty).flatMap(([name, value]: [string, unknown]) => {
    const own: unknown = Object.hasOwn(kept, name) ? Reflect.get(kept, name) : undefined;
    const plain = typeof own === "string" || typeof own === "boolean";
    return plain && typeof own === typeof value ? [[name, own] as const] : [];
  });
  return { ...empty, ...Object.fromEntries(found) };
}

/** Where something stands that is wrong; `slot` is no field, but the slate itself. */
export type Field = keyof AskForm | "slot";

/** One thing that must hold of a proposal. */
export interface Check<F extends string = Field> {
  readonly field: F;
  /** What is checked, in a word or two. */
  readonly name: string;
  /** `open` while there is nothing to check yet; `spare` where nothing need ever be. */
  readonly state: "holds" | "missed" | "open" | "spare";
  /** One sentence: what holds, or what must change. */
  readonly sentence: string;
}

/** What is submitted of an ask, without what its words need. */
export type AskTerms = Pick<
  SubmitProposalInstructionDataArgs,
  "category" | "checkpoints" | "durationSecs" | "cliffSecs"
> & { readonly amount: bigint; readonly recipient: Address };

/** What became of a form. */
export interface Drafted<T, F extends string = Field> {
  /** `null` while a check is missed or open. */
  readonly terms: T | null;
  readonly checks: readonly Check<F>[];
}

const encoder = new TextEncoder();

/** Bytes of a text in UTF-8. */
export function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

function hides(text: string): boolean {
  return runs(text).some(({ kind }) => kind === "hidden");
}

/** Seconds of days as they are typed; `null` for what is no whole number of days. */
export function daysToSecs(text: string): number | null {
  const days = /^\s*(\d{1,5})\s*(?:d|days?)?\s*$/.exec(text)?.[1];
  return days === undefined ? null : Number(days) * DAY_SECS;
}

/** The checks of a proposal's words. */
export function checkWords(form: WordsForm): Check<keyof WordsForm>[] {
  const title = form.title.trim();
  const size = bytesOf(title);
  const check = checker<keyof WordsForm>();
  const hasFile = metadataOf(form, "ask") !== null;
  const uri = form.uri.trim();
  const at = uri === "" ? null : link(uri);
  // `ipfs:` and `ar:` lead somewhere, only not by themselves.
  const leads = at?.kind === "open" || /^(?:ipfs|ar):\S+$/.test(uri);
  return [
    check("title", "Title", {
      open: title === "" ? "Give it a title." : null,
      must: [
        [size <= MAX_TITLE_BYTES, `The title has ${size} bytes of at most ${MAX_TITLE_BYTES}.`],
        [!hides(title), "The title has characters that no screen shows; type it anew."],
      ],
      holds: `The title fits: ${size} of ${MAX_TITLE_BYTES} bytes.`,
    }),
    check("summary", "Summary", {
      spare: hasFile ? null : "Without a summary the title is all that voters have.",
      must: [
        [
          !hides(form.summary.replace(/[\r\n\t]/g, "")),
          "The summary has characters that no screen shows.",
        ],
      ],
      holds: "Voters get a text to read.",
    }),
    check("uri", "Address of the file", {
      spare:
        uri === ""
          ? hasFile
            ? "The file is at no address yet: voters will find its hash, and nothing to read."
            : "There is no file, so there is no address."
          : null,
      must: [
        [
          bytesOf(uri) <= MAX_URI_BYTES,
          `The address has ${bytesOf(uri)} bytes of at most ${MAX_URI_BYTES}.`,
        ],
        [
          hasFile,
          "An address says nothing unless voters can check what it leads to: write a summary.",
        ],
        [leads, at?.kind === "blocked" ? `The address ${at.why}.` : "The address is no address."],
      ],
      holds: "The address is one that voters can open.",
    }),
  ];
}

/** What a check says in each of its states. */
interface Said {
  /** What is still to be done; `null` when it is. */
  readonly open?: string | null;
  /** What is missing and may stay so; `null` when it is not. */
  readonly spare?: string | null;
  /** Each condition with what to say where it is not met. */
  readonly must: readonly (readonly [holds: boolean, otherwise: string])[];
  readonly holds: string;
}

/** Makes the checks of fields `F`. */
export function checker<F extends string>() {
  return (field: F, name: string, { open, spare, must, holds }: Said): Check<F> => {
    if (typeof open === "string") return { field, name, state: "open", sentence: open };
    if (typeof spare === "string") return { field, name, state: "spare", sentence: spare };
    const missed = must.find(([met]) => !met);
    return missed === undefined
      ? { field, name, state: "holds", sentence: holds }
      : { field, name, state: "missed", sentence: missed[1] };
  };
}

/** What of an ask could be read, whether or not it may be submitted; `null` where it could not. */
export interface Read {
  readonly recipient: Address | null;
  readonly amount: bigint | null;
  readonly category: number | null;
  readonly durationSecs: number | null;
  readonly cliffSecs: number | null;
  readonly checkpoints: number | null;
}

/** Reads the fields of an ask. */
export function readAsk(form: AskForm, ground: Ground, visitor: Address | null): Read {
  const typed = form.recipient.trim();
  const category = /^\d$/.test(form.category) ? Number(form.category) : null;
  const known = category !== null && budget.state.policy.hasCategory(ground.epoch.policy, category);
  const checkpoints = /^\s*\d{1,3}\s*$/.test(form.checkpoints) ? Number(form.checkpoints) : null;
  return {
    recipient: form.toMe ? visitor : isAddress(typed) ? typed : null,
    amount: format.parseAmount(form.amount, ground.budget.decimals),
    category: known ? category : null,
    durationSecs: daysToSecs(form.duration),
    cliffSecs: form.cliff.trim() === "" ? 0 : daysToSecs(form.cliff),
    checkpoints,
  };
}

/** The ask that was read, for its bar and assessment; `null` while something of it is missing. */
export function askOf(read: Read, ground: Ground, recipient: RecipientRecord | null): Ask | null {
  const { amount, category, durationSecs, checkpoints } = read;
  if (amount === null || amount === 0n || category === null) return null;
  if (durationSecs === null || checkpoints === null) return null;
  if (checkpoints > budget.rules.stream.MAX_CHECKPOINTS || durationSecs > MAX_STREAM_SECS)
    return null;
  return {
    amount,
    cumulative: acceptedBy(recipient, ground.epoch) + amount,
    category,
    durationSecs,
    checkpoints,
    weakRecord: isWeak(recipient, ground.epoch),
  };
}

/** Whether nothing stands in the way of a submission. */
export function isReady(checks: readonly Check<string>[]): boolean {
  return checks.every(({ state }) => state === "holds" || state === "spare");
}

/** From the form to terms, or to what is wrong with it. */
export function draftAsk(form: AskForm, ground: Ground, people: People): Drafted<AskTerms> {
  const read = readAsk(form, ground, people.visitor);
  const checks: Check[] = [
    ...checkWords(form),
    checkRecipient(form, read, ground),
    ...checkMoney(form, read, ground),
    checkSlot(ground, people.proposer),
  ];
  const { recipient, amount, category, durationSecs, cliffSecs, checkpoints } = read;
  const ready = isReady(checks);
  const complete =
    recipient !== null &&
    amount !== null &&
    category !== null &&
    durationSecs !== null &&
    cliffSecs !== null &&
    checkpoints !== null;
  return {
    terms:
      ready && complete
        ? { recipient, amount, category, durationSecs, cliffSecs, checkpoints }
        : null,
    checks,
  };
}

function checkRecipient(form: AskForm, { recipient }: Read, { treasury, address }: Ground): Check {
  const own: readonly string[] = [
    address,
    treasury.vault,
    treasury.stakeVault,
    treasury.bondVault,
    SYSTEM_PROGRAM_ADDRESS,
  ];
  const empty = form.toMe ? recipient === null : form.recipient.trim() === "";
  return checker<Field>()("recipient", "Recipient", {
    open: empty
      ? form.toMe
        ? "Connect a wallet, or name somebody else."
        : "Say who receives it."
      : null,
    must: [
      [recipient !== null, "That is no address: an address has 32 to 44 letters and digits."],
      [
        recipient === null || !own.includes(recipient),
        "The recipient must be a person: this is the treasury, one of its vaults or nobody.",
      ],
    ],
    holds: form.toMe
      ? "You receive it, and accept it by signing."
      : "The recipient must accept it before voting opens.",
  });
}

function checkMoney(form: AskForm, read: Read, ground: Ground): Check[] {
  const { epoch, budget: unit } = ground;
  const { amount, category, durationSecs, cliffSecs, checkpoints } = read;
  const check = checker<Field>();
  const { large } = budget.state.epoch.limitsOfAsks(epoch);
  const most = budget.rules.stream.MAX_CHECKPOINTS;
  // By itself: what its recipient has accepted besides is known when it accepts.
  const alone = askOf(read, ground, null);
  const bar = alone === null || alone.amount > large ? null : barOf(ground, alone);
  const tier = bar?.tier ?? Tier.Small;
  const name = words.tier(tier);
  const article = `A ${name} ask`;
  const needed = ruleOf(epoch, tier).minCheckpoints;
  const decimals = /\.(\d+)\s*$/.exec(form.amount)?.[1]?.length ?? 0;
  const least = bar?.leastSecs ?? 0;
  return [
    check("amount", "Amount", {
      open: form.amount.trim() === "" ? "Say how much you ask for." : null,
      must: [
        [
          decimals <= unit.decimals,
          `An amount in ${unit.symbol} has ${format.count(unit.decimals, "decimal")} at most; this has ${decimals}.`,
        ],
        [amount !== null, "That is no amount: write digits, for example 18,000.5."],
        [amount !== 0n, "An ask must be for more than nothing."],
        [
          (amount ?? 0n) <= large,
          `One ask may be for ${format.amount(large, unit)} at most in this epoch, the large limit.`,
        ],
      ],
      holds: `One ask may be for up to ${format.amount(large, unit)}.`,
    }),
    check("category", "Category", {
      open: form.category === "" ? "Choose what kind of money it is." : null,
      must: [[category !== null, "The policy has no such category."]],
      holds: "The policy has this category.",
    }),
    check("duration", "Length", {
      open: form.duration.trim() === "" ? "Say for how many days it streams." : null,
      must: [
        [durationSecs !== null, "That is no length: write whole days, for example 90."],
        [
          (durationSecs ?? 0) >= MIN_STREAM_SECS && (durationSecs ?? 0) <= MAX_STREAM_SECS,
          "A stream lasts from 1 day to 1,461 days.",
        ],
        [
          tier === Tier.Small || (durationSecs ?? 0) >= least,
          `${article} must stream for ${format.span(least)} at least, so that a later vote can stop a part of it.`,
        ],
      ],
      holds:
        tier === Tier.Small
          ? "A small ask may be as short as a day."
          : `${article} streams for ${format.span(least)} or longer, as this does.`,
    }),
    check("cliff", "Cliff", {
      must: [
        [cliffSecs !== null, "That is no length: write whole days, or 0 for none."],
        [
          (cliffSecs ?? 0) <= (durationSecs ?? MAX_STREAM_SECS),
          "The cliff must not lie behind the stream's end.",
        ],
      ],
      holds:
        cliffSecs === 0
          ? "Money is released from the first second on."
          : "The cliff lies within the stream.",
    }),
    check("checkpoints", "Reviews", {
      open: form.checkpoints.trim() === "" ? "Say how many reviews cut it into parts." : null,
      must: [
        [checkpoints !== null, "That is no number of reviews: write 0 to 12."],
        [(checkpoints ?? 0) <= most, `A stream has at most ${most} reviews.`],
        [
          (checkpoints ?? 0) >= needed,
          `${article} needs ${format.count(needed, "review")}; this one has ${checkpoints ?? 0}.`,
        ],
      ],
      holds:
        needed === 0
          ? "A small ask needs no review."
          : `${article} needs ${format.count(needed, "review")}, and this one has ${checkpoints ?? 0}.`,
    }),
  ];
}

function checkSlot(ground: Ground, record: RecipientRecord | null): Check {
  const { epoch, open } = ground;
  const { capacity, perProposer } = epoch.policy.slate;
  const submitted = record?.submittedEpoch === epoch.index ? record.submittedCount : 0;
  return checker<Field>()("slot", "Slot", {
    must: [
      [
        open,
        "No epoch takes proposals now. What you write is kept in this browser until one does.",
      ],
      [
        !budget.state.epoch.nextSlotIsReserved(epoch),
        `The slots for asks are taken: ${epoch.entryCount} of ${capacity}, and the last quarter is kept for acts.`,
      ],
      [
        submitted < perProposer,
        `You have submitted ${format.count(submitted, "proposal")} in this epoch, which is as many as one may.`,
      ],
    ],
    holds: `${format.count(slotsLeft(ground), "slot")} for asks are left; you may submit ${perProposer - submitted} more.`,
  });
}

// --- the metadata file ----------------------------------------------------------------------------

function lines(text: string): string[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/**
 * The text that the metadata address must lead to: JSON with its keys in order, two spaces deep, a newline
 * at its end; the same words always give the same bytes. `null` where there is nothing beyond the title.
 * Nothing of it touches money: that is typed on chain (P5).
 */
export function metadataOf(form: WordsForm, kind: "ask" | "act"): string | null {
  const summary = lines(form.summary).join("\n");
  const [deliverables, links] = [lines(form.deliverables), lines(form.links)];
  if (summary === "" && deliverables.length === 0 && links.length === 0) return null;
  const content: Readonly<Record<string, string | readonly string[]>> = {
    ...(deliverables.length > 0 ? { deliverables } : {}),
    kind,
    ...(links.length > 0 ? { links } : {}),
    summary,
    title: form.title.trim(),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** A name for the metadata file, of letters that every server and shell takes as they are. */
export function fileName(title: string): string {
  const plain = title
    .normalize("NFKD")
    .replace(/[^\x20-\x7e]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-+|-+$/g, "");
  return `${plain === "" ? "proposal" : plain}.json`;
}

/** SHA-256 of a text's bytes in UTF-8; of none, zeros, as the program stores it. */
export async function hashOf(text: string | null): Promise<Uint8Array> {
  if (text === null) return new Uint8Array(32);
  return sha256(encoder.encode(text));
}
