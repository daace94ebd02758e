/** A ballot before it is signed: what it says, what it would change, and what to think of first. */

import type { Address, ReadonlyUint8Array } from "@solana/kit";
import * as budget from "@community-budget/client";
import type {
  Ballot,
  Entry,
  Epoch,
  Proposal,
  RecipientRecord,
  Stake,
  Treasury,
} from "@community-budget/client";

import { hex } from "./format";
import { type Slate, barsOf, wins } from "./words";

const { Choice, EntryFlags, hasFlag } = budget;
type Choice = budget.Choice;
type Projection = budget.state.funding.Projection;

/** What a voter means to say, by place on the slate. Entries that it leaves out are not in it. */
export type Draft = ReadonlyMap<number, Choice>;

/** The draft that says what is recorded. */
export function draftOf(choices: ReadonlyUint8Array): Draft {
  return new Map(budget.unpackBallot(choices));
}

/** The draft with one choice replaced; `null` leaves the entry out. */
export function chosen(draft: Draft, index: number, choice: Choice | null): Draft {
  const next = new Map(draft);
  if (choice === null || choice === Choice.Unmarked) next.delete(index);
  else next.set(index, choice);
  return next;
}

/** Places of the slate that a ballot may choose on. */
export function votable(epoch: Epoch): number[] {
  const slate = epoch.slate.slice(0, epoch.entryCount);
  return slate.flatMap((entry, index) => (budget.state.epoch.isVotable(entry) ? [index] : []));
}

/** The draft without choices on what nobody may choose on any more. */
export function kept(draft: Draft, epoch: Epoch): Draft {
  const open = new Set(votable(epoch));
  return [...draft.keys()].every((index) => open.has(index))
    ? draft
    : new Map([...draft].filter(([index]) => open.has(index)));
}

/** As the program takes it: the same draft gives the same bytes. */
export function packed(draft: Draft): Uint8Array {
  return budget.packBallot([...draft].sort(([a], [b]) => a - b));
}

/** An entry on which a draft says something else than what is recorded. */
export interface Turn {
  readonly index: number;
  readonly from: Choice;
  readonly to: Choice;
}

/** Where a draft differs from what is recorded, in the slate's order. */
export function turns(recorded: Draft, draft: Draft): Turn[] {
  const places = new Set([...recorded.keys(), ...draft.keys()]);
  return [...places]
    .sort((a, b) => a - b)
    .map((index) => ({
      index,
      from: recorded.get(index) ?? Choice.Unmarked,
      to: draft.get(index) ?? Choice.Unmarked,
    }))
    .filter(({ from, to }) => from !== to);
}

const CHOICES: Readonly<Record<Choice, string>> = {
  [Choice.Unmarked]: "no choice",
  [Choice.For]: "for",
  [Choice.Against]: "against",
  [Choice.Abstain]: "abstain",
};

/** A choice in a word. */
export function choiceWord(choice: Choice): string {
  return CHOICES[choice];
}

/** How often a draft says each: `3 for, 1 against`. */
export function counted(draft: Draft): string {
  const sides = [Choice.For, Choice.Against, Choice.Abstain].map((side) => {
    const times = [...draft.values()].filter((choice) => choice === side).length;
    return times === 0 ? null : `${times} ${choiceWord(side)}`;
  });
  return sides.filter((side) => side !== null).join(", ");
}

// --- who may vote -------------------------------------------------------------------------------

/** Whether a stake speaks in an epoch. */
export type Power =
  | { readonly kind: "votes"; readonly weight: bigint }
  /** It does not: why, and what to do about it. */
  | { readonly kind: "none"; readonly why: string; readonly todo: string };

/** The power of a stake in `epoch`; a ballot keeps the weight with which it was first cast. */
export function powerOf(
  stake: Stake | null,
  ballot: Ballot | null,
  epoch: Epoch,
  votingOpened: boolean,
): Power {
  const next = votingOpened
    ? "votes from the next epoch on"
    : "votes in this epoch, if it is staked before voting opens";
  if (ballot !== null) return { kind: "votes", weight: ballot.weight };
  if (stake === null) {
    return {
      kind: "none",
      why: "You have nothing staked here.",
      todo: `What you stake now ${next}.`,
    };
  }
  const weight = votingOpened ? budget.state.stake.powerIn(stake, epoch.index) : stake.weight;
  if (weight > 0n) return { kind: "votes", weight };
  if (stake.dormant !== 0) {
    return {
      kind: "none",
      why: "Your stake sleeps: nobody voted with it for eight epochs.",
      todo: "Touch it to wake it: stake more, change the cool-down or set a delegate. It then votes from the next voting on.",
    };
  }
  if (stake.amount > 0n) {
    return {
      kind: "none",
      why: "Your tokens were staked after voting had opened, so they have no say in this epoch.",
      todo: "They vote from the next epoch on; nothing needs to be done.",
    };
  }
  return {
    kind: "none",
    why: "Nothing is staked in your stake, or all of it has been unstaked since voting opened.",
    todo: `What you stake now ${next}.`,
  };
}

/** Why a delegate may not cast a ballot; `null` when it may. */
export function lockedOut(ballot: Ballot | null): string | null {
  return ballot !== null && ballot.byDelegate === 0
    ? "The owner has voted in person, which ends a delegate’s say in this epoch."
    : null;
}

// --- what it would change -----------------------------------------------------------------------

/** What a draft would do. */
export interface Foresight {
  /** What would be decided if voting closed now, as things are and with the draft. */
  readonly before: Projection;
  readonly after: Projection;
  /** The epoch with the draft counted. */
  readonly epoch: Epoch;
  /** Entries that would be funded or approved and are not now, or the other way round. */
  readonly turned: readonly number[];
  /** Unix seconds at which voting would close, if the draft extends it; `null` if it does not. */
  readonly extendsTo: bigint | null;
  /** Entries that the draft may not turn to passing so late (R5): the program would refuse it. */
  readonly forbidden: readonly number[];
}

/** What a draft of `weight` would do in place of what is recorded. Throws as the rules do. */
export function foresee(
  treasury: Treasury,
  epoch: Epoch,
  recorded: ReadonlyUint8Array,
  draft: Draft,
  weight: bigint,
  now: bigint,
): Foresight {
  const { funding } = budget.state;
  const effect = funding.withBallot(treasury, epoch, recorded, packed(draft), weight, now);
  const before = funding.settleNow(treasury, epoch, now);
  const after = funding.settleNow(treasury, effect.epoch, now);
  const stands = ({ decisions }: Projection, index: number) =>
    wins(decisions[index]?.outcome ?? budget.Outcome.Pending);
  return {
    before,
    after,
    epoch: effect.epoch,
    turned: after.decisions.flatMap((_, index) =>
      stands(before, index) === stands(after, index) ? [] : [index],
    ),
    extendsTo: effect.extends ? effect.epoch.votingClosesAt : null,
    forbidden: effect.forbidden,
  };
}

/** What a ballot earns for taking part, if nothing changes until settlement. */
export interface Earned {
  /** Base units. */
  readonly reward: bigint;
  /** Entries that it would have to cover besides. */
  readonly missing: number;
  /** Whether the epoch pays anything at all. */
  readonly pays: boolean;
}

/** R12, before settlement: `electorate` is the weight of all. */
export function earned(epoch: Epoch, electorate: bigint, weight: bigint, covered: number): Earned {
  const gate = epoch.policy.budget.participationGateBps;
  const needed = Number(budget.rules.bps.shareCeil(BigInt(epoch.votableCount), gate));
  return {
    reward: budget.state.epoch.reward({ ...epoch, electorate }, weight, covered),
    missing: Math.max(0, Math.max(1, needed) - covered),
    pays: epoch.rewardPool > 0n,
  };
}

// --- what to think of first ---------------------------------------------------------------------

/** Something to think of before signing. Entries are places on the slate. */
export type Warning =
  /** Voting closes soon: what turns much extends it. */
  | { readonly kind: "late" }
  | { readonly kind: "large"; readonly entries: readonly number[] }
  | { readonly kind: "risk"; readonly entries: readonly number[] }
  | { readonly kind: "no history"; readonly entries: readonly number[] }
  | { readonly kind: "weak record"; readonly entries: readonly number[] }
  | { readonly kind: "contested"; readonly entries: readonly number[] }
  /** One ballot alone reaches the quorum. */
  | { readonly kind: "alone"; readonly entries: readonly number[] };

/** What warnings are found in. */
export interface Known {
  readonly slate: Slate;
  readonly proposals: ReadonlyMap<number, Proposal>;
  readonly records: ReadonlyMap<Address, RecipientRecord>;
  readonly ballots: readonly Ballot[];
}

/** Opposition from which an entry is called contested, in basis points of (for + against). */
const CONTESTED_BPS = 2_500n;

/** What to think of before a draft is signed at `now`. */
export function warnings(draft: Draft, known: Known, now: bigint): Warning[] {
  const { proposals, records } = known;
  const { epoch } = known.slate;
  const all = [...draft.keys()].sort((a, b) => a - b);
  // Who votes against an entry takes none of its risks.
  const supported = all.filter((index) => draft.get(index) === Choice.For);
  const among = (places: readonly number[], holds: (entry: Entry, index: number) => boolean) =>
    places.filter((index) => {
      const entry = epoch.slate[index];
      return entry !== undefined && holds(entry, index);
    });
  const recordOf = (index: number) => {
    const award = awardOf(proposals.get(index));
    return award === null ? null : { record: records.get(award.recipient) ?? null };
  };
  const medium = epoch.askLimits[1] ?? 0n;
  const found: Warning[] = [
    { kind: "large", entries: among(supported, ({ amount }) => amount > medium) },
    { kind: "risk", entries: among(supported, (entry) => hasFlag(entry, EntryFlags.RiskClass)) },
    {
      kind: "no history",
      entries: among(supported, (_, index) => {
        const known = recordOf(index);
        return known !== null && !hasHistory(known.record);
      }),
    },
    {
      kind: "weak record",
      entries: among(supported, (_, index) => {
        const record = recordOf(index)?.record ?? null;
        return record !== null && isWeak(record, epoch);
      }),
    },
    {
      kind: "contested",
      entries: among(all, (entry) => {
        const decided = entry.for + entry.against;
        return decided > 0n && entry.against * 10_000n >= decided * CONTESTED_BPS;
      }),
    },
    { kind: "alone", entries: among(all, (_, index) => decidesAlone(known, index) !== null) },
  ];
  const late = budget.rules.swing.isLate(budget.state.epoch.votingSchedule(epoch), now);
  const rest = found.filter((warning) => "entries" in warning && warning.entries.length > 0);
  return late ? [{ kind: "late" }, ...rest] : rest;
}

/** The award that a proposal asks for; `null` of an act. */
export function awardOf(proposal: Proposal | undefined): budget.AwardTerms | null {
  const action = proposal?.terms.action;
  return action?.__kind === "Award" ? action.fields[0] : null;
}

/** Whether a record says anything of how somebody dealt with money. */
export function hasHistory(record: RecipientRecord | null): record is RecipientRecord {
  return record !== null && record.streams > 0;
}

/** Whether a record starts its recipient one tier up (R4). */
export function isWeak(record: RecipientRecord, { policy }: Epoch): boolean {
  const { scoreSum, scored, missedUpdates } = record;
  return budget.rules.review.isWeak(scoreSum, scored, missedUpdates, policy.tiers.recordFloorBps);
}

/** The largest ballot on an entry that alone reaches the quorum there; `null` for none. */
export function decidesAlone({ slate, ballots }: Known, index: number): Ballot | null {
  const { quorum } = barsOf(slate, index);
  if (quorum === 0n) return null;
  const largest = ballots.reduce<Ballot | null>((best, ballot) => {
    if (budget.choiceOn(ballot.choices, index) === Choice.Unmarked) return best;
    return best === null || ballot.weight > best.weight ? ballot : best;
  }, null);
  return largest !== null && largest.weight >= quorum ? largest : null;
}

// --- the slate under a draft --------------------------------------------------------------------

/** A slate as a voter has read it. */
export interface Seen {
  /** The slate hash in hexadecimal. */
  readonly hash: string;
  readonly entryCount: number;
  readonly withdrawn: readonly number[];
}

/** What there is to read of a slate. */
export function seen(epoch: Epoch): Seen {
  const slate = epoch.slate.slice(0, epoch.entryCount);
  return {
    hash: hex(epoch.slateHash),
    entryCount: epoch.entryCount,
    withdrawn: slate.flatMap(({ outcome }, index) =>
      outcome === budget.Outcome.Withdrawn ? [index] : [],
    ),
  };
}

/** What became of a slate since it was read: entries that came, and that were withdrawn. */
export interface SlateChange {
  readonly added: readonly number[];
  readonly withdrawn: readonly number[];
}

/** `null` while it is the same slate. */
export function changeOf(before: Seen, after: Seen): SlateChange | null {
  if (before.hash === after.hash) return null;
  const added = Array.from(
    { length: Math.max(0, after.entryCount - before.entryCount) },
    (_, at) => before.entryCount + at,
  );
  return {
    added,
    withdrawn: after.withdrawn.filter((index) => !before.withdrawn.includes(index)),
  };
}

/** Basis points of a share that somebody typed, `2.5`; `null` when it is none above 0 and up to 100. */
export function parseShare(text: string): number | null {
  const match = /^(\d{1,3})(?:[.,](\d{1,2}))?$/.exec(text.trim().replace(/\s*%$/, ""));
  if (match?.[1] === undefined) return null;
  const bps = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  return bps > 0 && bps <= 10_000 ? bps : null;
}
