/**
 * From what somebody typed to terms that a vote could decide on, or to named problems. The same checks as
 * the program's and the command line's, before anything is sent; nothing here reads a clock or a network.
 */

import { type Address, isAddress } from "@solana/kit";
import * as budget from "@community-budget/client";
import type { RecipientRecord, SubmitProposalInstructionDataArgs } from "@community-budget/client";

import {
  type Ask,
  type Ground,
  type People,
  acceptedBy,
  barOf,
  isWeak,
  ruleOf,
  slotsLeft,
} from "./draft/ground";
import {
  type Check,
  type Drafted,
  EMPTY_WORDS,
  type WordsForm,
  checkWords,
  checker,
  isReady,
} from "./draft/words";
import * as format from "./format";
import { SYSTEM_PROGRAM_ADDRESS } from "./programs";
import * as words from "./words";

export * from "./draft/ground";
export * from "./draft/words";

const { Tier } = budget.rules.outcome;

/** Length of a stream, in seconds. */
export const MIN_STREAM_SECS = 86_400;
export const MAX_STREAM_SECS = 1_461 * 86_400;

const DAY_SECS = 86_400;

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

/** Where something stands that is wrong; `slot` is no field, but the slate itself. */
export type Field = keyof AskForm | "slot";

/** What is submitted of an ask, without what its words need. */
export type AskTerms = Pick<
  SubmitProposalInstructionDataArgs,
  "category" | "checkpoints" | "durationSecs" | "cliffSecs"
> & { readonly amount: bigint; readonly recipient: Address };

/** Seconds of days as they are typed; `null` for what is no whole number of days. */
export function daysToSecs(text: string): number | null {
  const days = /^\s*(\d{1,5})\s*(?:d|days?)?\s*$/.exec(text)?.[1];
  return days === undefined ? null : Number(days) * DAY_SECS;
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

/** From the form to terms, or to what is wrong with it. */
export function draftAsk(form: AskForm, ground: Ground, people: People): Drafted<AskTerms, Field> {
  const read = readAsk(form, ground, people.visitor);
  const checks: Check<Field>[] = [
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

function checkRecipient(
  form: AskForm,
  { recipient }: Read,
  { treasury, address }: Ground,
): Check<Field> {
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

function checkMoney(form: AskForm, read: Read, ground: Ground): Check<Field>[] {
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

function checkSlot(ground: Ground, record: RecipientRecord | null): Check<Field> {
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
