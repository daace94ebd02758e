/** From what somebody typed to an act that a vote could decide on, or to what is wrong with it. */

import { type Account, type Address, isAddress } from "@solana/kit";
import { Role, rules, state } from "@community-budget/client";
import type { ActionArgs, Stake, Stream } from "@community-budget/client";

import {
  type Check,
  type Drafted,
  EMPTY_WORDS,
  type Ground,
  type People,
  RESERVED_SLOT_STAKE_BPS,
  type WordsForm,
  checkWords,
  checker,
  isReady,
  revive,
} from "../../lib/draft";
import { isTripped } from "../../lib/breaker";
import * as format from "../../lib/format";
import { SYSTEM_PROGRAM_ADDRESS } from "../../lib/programs";
import { type Patched, patchOf } from "./policyPatch";
import { SECTIONS, type Section, calledIn } from "./policyTable";

/** The kinds of acts, as a person chooses among them. */
export const KINDS = ["policy", "role", "ruling", "breaker", "write-off"] as const;
export type Kind = (typeof KINDS)[number];

/** An act, as it is typed. */
export interface ActForm extends WordsForm {
  readonly kind: Kind;
  readonly section: Section;
  /** By `section/field`; only those that were touched. */
  readonly values: Readonly<Record<string, string>>;
  readonly role: "guardian" | "reviewer" | "risk reporter";
  /** Whether nobody is to hold the role. */
  readonly vacant: boolean;
  readonly holder: string;
  /** Address of the stream. */
  readonly stream: string;
  readonly ruling: "resume" | "reduce" | "cancel";
  /** Percent that a reduced stream keeps. */
  readonly keep: string;
  readonly category: string;
  readonly amount: string;
}

export const EMPTY_ACT: ActForm = {
  ...EMPTY_WORDS,
  kind: "policy",
  section: "schedule",
  values: {},
  role: "guardian",
  vacant: false,
  holder: "",
  stream: "",
  ruling: "resume",
  keep: "50",
  category: "",
  amount: "",
};

/** What was kept of an act. A choice that there is no more is as it was at first. */
export function reviveAct(kept: unknown): ActForm {
  const plain = revive(EMPTY_ACT, kept);
  const values: unknown =
    typeof kept === "object" && kept !== null ? Reflect.get(kept, "values") : null;
  const texts = typeof values === "object" && values !== null ? Object.entries(values) : [];
  const known = <T extends string>(all: readonly T[], one: T, first: T): T =>
    all.includes(one) ? one : first;
  return {
    ...plain,
    kind: known(KINDS, plain.kind, EMPTY_ACT.kind),
    section: known(SECTIONS, plain.section, EMPTY_ACT.section),
    role: known(["guardian", "reviewer", "risk reporter"], plain.role, EMPTY_ACT.role),
    ruling: known(["resume", "reduce", "cancel"], plain.ruling, EMPTY_ACT.ruling),
    values: Object.fromEntries(
      texts.filter((one): one is [string, string] => typeof one[1] === "string"),
    ),
  };
}

/** Where something stands that is wrong. */
export type ActField = keyof ActForm | "slot";

export const ROLES = {
  guardian: Role.Guardian,
  reviewer: Role.Reviewer,
  "risk reporter": Role.RiskReporter,
} as const;

/** An act that may be submitted. */
export interface ActTerms {
  readonly action: ActionArgs;
  /** The stream that a ruling is about. */
  readonly stream: Address | null;
  /** Whether the next slot is one of the last quarter, for which the stake is shown. */
  readonly withStake: boolean;
}

/** The streams that can be ruled on. */
export type Streams = readonly Account<Stream>[];

/** A stream that can be ruled on, as far as a ruling depends on it. */
export interface Ruled {
  readonly address: Address;
  readonly data: Pick<Stream, "heldAt" | "passed">;
}

/** What an act is checked against, besides the ground. */
export interface ActGround {
  readonly stake: Stake | null;
  readonly streams: readonly Ruled[];
}

/** The values of the chosen section, as they were typed. */
export function valuesOf({ section, values }: ActForm): Record<string, string> {
  const prefix = `${section}/`;
  const own = Object.entries(values).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** The patch of the chosen section. What the next epoch opens with is what a vote changes. */
export function patchedBy(form: ActForm, { treasury, budget, stake }: Ground): Patched {
  return patchOf(form.section, valuesOf(form), treasury.policy, { budget, stake });
}

/** From the form to an act, or to what is wrong with it. */
export function draftAct(
  form: ActForm,
  ground: Ground,
  people: People,
  { stake, streams }: ActGround,
): Drafted<ActTerms, ActField> {
  const matter = matterOf(form, ground, streams);
  const checks: Check<ActField>[] = [
    ...checkWords(form),
    ...matter.checks,
    checkSlot(ground, people, stake),
  ];
  const ready = isReady(checks);
  const withStake = state.epoch.nextSlotIsReserved(ground.epoch);
  const { action, stream } = matter;
  return { terms: ready && action !== null ? { action, stream, withStake } : null, checks };
}

interface Matter {
  readonly action: ActionArgs | null;
  readonly stream: Address | null;
  readonly checks: readonly Check<ActField>[];
}

function matterOf(form: ActForm, ground: Ground, streams: readonly Ruled[]): Matter {
  const check = checker<ActField>();
  switch (form.kind) {
    case "policy": {
      const { patch, changed, problems } = patchedBy(form, ground);
      const [about, first] = [...problems][0] ?? [];
      const wrong = about === undefined || about === "" ? first : `${calledIn(about)}: ${first}`;
      const listed = format.count(changed.length, "value");
      return {
        action: patch === null ? null : { __kind: "SetPolicy", fields: [patch] },
        stream: null,
        checks: [
          check("values", "Change", {
            open:
              changed.length === 0 && wrong === undefined
                ? `Change at least one value of the section ${form.section}.`
                : null,
            must: [[wrong === undefined, wrong ?? ""]],
            holds: `${listed} of the section ${form.section} would change, within the hard bounds.`,
          }),
        ],
      };
    }
    case "role": {
      const typed = form.holder.trim();
      const holder = form.vacant ? SYSTEM_PROGRAM_ADDRESS : isAddress(typed) ? typed : null;
      const now = holderOf(form.role, ground);
      return {
        action: holder === null ? null : { __kind: "SetRole", role: ROLES[form.role], holder },
        stream: null,
        checks: [
          check("holder", "Holder", {
            open:
              !form.vacant && typed === ""
                ? "Say who is to hold the role, or that nobody is."
                : null,
            must: [
              [holder !== null, "That is no address: an address has 32 to 44 letters and digits."],
              [holder !== now, `Nothing would change: that is who the ${form.role} is.`],
            ],
            holds: `The ${form.role} would be another one.`,
          }),
        ],
      };
    }
    case "ruling":
      return rulingOf(form, streams);
    case "breaker": {
      const tripped = isTripped(ground.treasury, ground.now);
      return {
        action: { __kind: "ClearBreaker" },
        stream: null,
        checks: [
          check("kind", "Breaker", {
            must: [],
            holds: tripped
              ? "The breaker has tripped; the vote would end this trip."
              : "The breaker has not tripped: the act would be refused when it is executed, unless it has by then.",
          }),
        ],
      };
    }
    case "write-off":
      return writeOffOf(form, ground);
  }
}

function rulingOf(form: ActForm, streams: readonly Ruled[]): Matter {
  const check = checker<ActField>();
  const found = streams.find(({ address }) => address === form.stream);
  const keep = format.parseAmount(form.keep.replace(/\s*%\s*$/, ""), 2);
  const share = keep !== null && keep > 0n && keep < 10_000n ? Number(keep) : null;
  const held = found !== undefined && found.data.heldAt !== 0n;
  const action = (): ActionArgs | null => {
    if (found === undefined) return null;
    const { address: stream, data } = found;
    switch (form.ruling) {
      case "resume":
        return {
          __kind: "RuleOnStream",
          stream,
          ruling: { __kind: "Resume", checkpoint: data.passed },
        };
      case "reduce":
        return share === null
          ? null
          : { __kind: "RuleOnStream", stream, ruling: { __kind: "Reduce", keepBps: share } };
      case "cancel":
        return { __kind: "RuleOnStream", stream, ruling: { __kind: "Cancel" } };
    }
  };
  return {
    action: action(),
    stream: found?.address ?? null,
    checks: [
      check("stream", "Stream", {
        open: form.stream === "" ? "Choose the stream." : null,
        must: [[found !== undefined, "There is no such stream any more."]],
        holds: "What it has released stays its recipient's, whatever the vote says.",
      }),
      ...(form.ruling === "resume"
        ? [
            check("ruling", "Ruling", {
              open: found === undefined ? "" : null,
              must: [[held, "Only a held stream can be resumed, and this one runs."]],
              holds: "The stream is held, and would go on from its checkpoint.",
            }),
          ]
        : []),
      ...(form.ruling === "reduce"
        ? [
            check("keep", "Share kept", {
              open: form.keep.trim() === "" ? "Say how much of what is unreleased it keeps." : null,
              must: [
                [
                  share !== null,
                  "A reduced stream keeps more than 0 % and less than 100 %; cancelling ends one.",
                ],
              ],
              holds: "It keeps that share of what is unreleased.",
            }),
          ]
        : []),
    ],
  };
}

function writeOffOf(form: ActForm, { treasury, budget }: Ground): Matter {
  const check = checker<ActField>();
  const amount = format.parseAmount(form.amount, budget.decimals);
  const category = /^\d$/.test(form.category) ? Number(form.category) : null;
  const position = category === null ? undefined : treasury.positions[category];
  const most = position?.cost ?? 0n;
  const sound = amount !== null && amount > 0n && category !== null;
  return {
    action: sound ? { __kind: "WriteOff", category, amount } : null,
    stream: null,
    checks: [
      check("category", "Category", {
        open: form.category === "" ? "Choose the category that lost it." : null,
        must: [[position !== undefined, "The policy has no such category."]],
        holds: "The loss is booked in this category.",
      }),
      check("amount", "Amount", {
        open: form.amount.trim() === "" ? "Say how much is lost." : null,
        must: [
          [amount !== null, "That is no amount: write digits, for example 18,000.5."],
          [amount !== 0n, "A loss is more than nothing."],
          [
            (amount ?? 0n) <= most,
            `The category has ${format.amount(most, budget)} paid out and neither returned nor written off.`,
          ],
        ],
        holds: "The loss is no more than what is out.",
      }),
    ],
  };
}

/** Who holds a role now; the zero key for nobody. */
export function holderOf(role: ActForm["role"], { treasury }: Pick<Ground, "treasury">): Address {
  if (role === "guardian") return treasury.guardian;
  return role === "reviewer" ? treasury.reviewer : treasury.riskReporter;
}

function checkSlot(ground: Ground, people: People, stake: Stake | null): Check<ActField> {
  const { epoch, open, treasury } = ground;
  const { capacity, perProposer } = epoch.policy.slate;
  const record = people.proposer;
  const submitted = record?.submittedEpoch === epoch.index ? record.submittedCount : 0;
  const reserved = state.epoch.nextSlotIsReserved(epoch);
  const least = rules.bps.shareCeil(treasury.totalWeight, RESERVED_SLOT_STAKE_BPS);
  const weight = stake?.weight ?? 0n;
  return checker<ActField>()("slot", "Slot", {
    must: [
      [
        open,
        "No epoch takes proposals now. What you write is kept in this browser until one does.",
      ],
      [epoch.entryCount < capacity, "The slate is full."],
      [
        !reserved || (weight > 0n && weight >= least),
        `The slots that are left take a stake of at least ${format.bps(RESERVED_SLOT_STAKE_BPS)} of all weight.`,
      ],
      [
        !reserved || stake?.actEpoch !== epoch.index,
        "Your stake has taken one of the last slots in this epoch already.",
      ],
      [
        submitted < perProposer,
        `You have submitted ${format.count(submitted, "proposal")} in this epoch, which is as many as one may.`,
      ],
    ],
    holds: `${format.count(capacity - epoch.entryCount, "slot")} for acts are left; you may submit ${perProposer - submitted} more.`,
  });
}
