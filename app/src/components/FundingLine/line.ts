/** The funding line in figures: what each row shows, and in which order. */

import * as budget from "@community-budget/client";
import type { Entry, Epoch, Proposal } from "@community-budget/client";
import type { Address } from "@solana/kit";

import type { ShownSlate } from "../../hooks/slate";
import * as format from "../../lib/format";
import { headline, summary } from "../../lib/headline";
import { takenBefore } from "../../lib/unfunded";
import * as words from "../../lib/words";

type Projection = budget.state.funding.Projection;

const { ActionKind, Outcome, UNRANKED } = budget;

/** How a row's part of the cap is drawn, and what its word's pattern is. */
export type Look = "funded" | "skipped" | "waiting" | "dropped";

/** What one row shows. Only values that can be compared, so that a row of the same values stays as it is. */
export interface Row {
  /** Place on the slate. */
  readonly index: number;
  readonly epoch: number;
  readonly award: boolean;
  readonly look: Look;
  /** Place among the passing awards, or among the passing acts, from 1; `null` of what does not pass. */
  readonly rank: number | null;
  readonly title: string | null;
  readonly recipient: Address | null;
  /** Category of an award, or what an act would change. */
  readonly matter: string;
  readonly tier: string;
  /** Base units asked for. */
  readonly amount: bigint;
  /** Base units that had been taken when its turn came. */
  readonly before: bigint;
  readonly cap: bigint;
  /** {@link budget.Outcome}. */
  readonly outcome: number;
  readonly word: string;
  /** Why it stands there, or what comes next; empty where the word says it all. */
  readonly why: string;
  readonly for: bigint;
  readonly against: bigint;
  readonly abstain: bigint;
  readonly electorate: bigint;
  readonly quorum: bigint;
  readonly quorumBps: number;
  readonly approvalBps: number;
  /** Whether votes have been counted on it. */
  readonly judged: boolean;
  /** Whether its proposal account has been closed, and its words with it. */
  readonly closed: boolean;
  /** Whether a ballot may choose on it. */
  readonly votable: boolean;
}

/** The order of the rows, by places on the slate. */
export interface Order {
  /** Awards: first those above the line, then those that pass, then the rest. */
  readonly asks: readonly number[];
  /** How many of them are above the line. */
  readonly above: number;
  /** How many of them pass, the ones above the line included. */
  readonly passing: number;
  readonly acts: readonly number[];
  /** What does not stand for election. */
  readonly gone: readonly number[];
}

/** See the top of this file. */
export interface Line {
  readonly rows: readonly Row[];
  readonly order: Order;
  readonly headline: string;
  readonly cap: bigint;
  readonly taken: bigint;
  readonly left: bigint;
  /** Basis points of all weight at the right end of every bar of turnout. */
  readonly scaleBps: number;
}

const NO_RANKS: ReadonlyMap<number, number> = new Map();

/** Turns slates into lines, and keeps the rows whose values have not changed. */
export class Lines {
  #rows: readonly Row[] = [];
  #order: Order | null = null;
  readonly #lack = new Map<number, { readonly key: string; readonly text: string }>();

  /** The line of a slate. */
  of(shown: ShownSlate): Line {
    const { slate, epoch } = shown;
    // Before voting there is nothing to rank.
    const ranks = shown.phase === "Submission" ? NO_RANKS : ranksOf(slate);
    const lacking = (index: number) => this.#lacking(slate, index);
    const rows = standing(epoch).map((entry, index) => {
      const row = rowOf(shown, entry, index, ranks.get(index) ?? null, lacking);
      const known = this.#rows[index];
      return known !== undefined && same(known, row) ? known : row;
    });
    const order = orderOf(shown, rows);
    const kept = this.#order !== null && sameOrder(this.#order, order) ? this.#order : order;
    this.#rows = rows;
    this.#order = kept;
    const { taken, left } = summary(slate);
    return {
      rows,
      order: kept,
      headline: headline(slate),
      cap: epoch.cap,
      taken,
      left,
      scaleBps: scaleOf(rows),
    };
  }

  /** What is missing is searched for, so it is kept while nothing that it depends on has changed. */
  #lacking(slate: words.Slate, index: number): string {
    const entry = slate.epoch.slate[index];
    if (entry === undefined) return "";
    const tier = words.tierOf(slate, index);
    const key = [entry.for, entry.against, entry.abstain, tier, slate.electorate].join(" ");
    const known = this.#lack.get(index);
    if (known?.key === key) return known.text;
    const more = words.lacking(slate, entry, tier);
    const text =
      more === null
        ? "too little weight is staked for any decision"
        : `needs ${words.enough(more, slate.electorate)} more weight in favour`;
    this.#lack.set(index, { key, text });
    return text;
  }
}

function same(a: Row, b: Row): boolean {
  return Object.entries(b).every(([field, value]) => Reflect.get(a, field) === value);
}

function sameList(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}

/** Whether two orders show the same rows at the same places. */
export function sameOrder(a: Order, b: Order): boolean {
  return (
    a.above === b.above &&
    a.passing === b.passing &&
    sameList(a.asks, b.asks) &&
    sameList(a.acts, b.acts) &&
    sameList(a.gone, b.gone)
  );
}

/** Whether two orders show the same rows, wherever. */
export function sameMembers(a: Order, b: Order): boolean {
  const sorted = (list: readonly number[]) => [...list].sort((x, y) => x - y);
  return (
    sameList(sorted(a.asks), sorted(b.asks)) &&
    sameList(sorted(a.acts), sorted(b.acts)) &&
    sameList(a.gone, b.gone)
  );
}

function recipientOf(proposal: Proposal | undefined): Address | null {
  if (proposal === undefined) return null;
  const { action } = proposal.terms;
  return action.__kind === "Award" ? action.fields[0].recipient : null;
}

function rowOf(
  shown: ShownSlate,
  entry: Entry,
  index: number,
  rank: number | null,
  lacking: (index: number) => string,
): Row {
  const { slate, epoch, proposals } = shown;
  const decision = words.decisionOn(slate, index);
  const { word, kind, detail } = words.standingOf(slate, index);
  const bars = words.barsOf(slate, index);
  const proposal = proposals.get(index);
  const outcome = decision?.outcome ?? Outcome.Pending;
  const out = [Outcome.Withdrawn, Outcome.NotAccepted].includes(outcome);
  return {
    index,
    epoch: epoch.index,
    award: entry.action === ActionKind.Award,
    look: shown.phase === "Submission" ? "waiting" : lookOf(outcome, kind),
    rank,
    title: proposal?.terms.title ?? null,
    recipient: recipientOf(proposal),
    matter: words.matter(epoch.policy, entry),
    tier: words.tier(words.tierOf(slate, index)),
    amount: entry.amount,
    // What does not pass has no turn: only its size is drawn.
    before: rank === null ? 0n : takenBefore(slate, index).all,
    cap: epoch.cap,
    outcome,
    word,
    why: kind === "fails" && voting(shown) ? lacking(index) : whyOf(shown, entry, outcome, detail),
    for: entry.for,
    against: entry.against,
    abstain: entry.abstain,
    electorate: slate.electorate,
    quorum: bars.quorum,
    quorumBps: bars.quorumBps,
    approvalBps: bars.approvalBps,
    judged: shown.phase !== "Submission" && !out,
    closed: budget.hasFlag(entry, budget.EntryFlags.Closed),
    votable: budget.state.epoch.isVotable(entry),
  };
}

function voting({ phase }: ShownSlate): boolean {
  return phase === "Voting";
}

function lookOf(outcome: number, kind: words.Standing["kind"]): Look {
  if (kind === "funded") return "funded";
  if (kind === "passes") return "skipped";
  return words.chosen(outcome) ? "dropped" : "waiting";
}

/** Places among the passing of each kind: acts take no money, and so no place of an ask's. */
function ranksOf(slate: words.Slate): ReadonlyMap<number, number> {
  const passing = standing(slate.epoch)
    .map((entry, index) => ({
      index,
      award: entry.action === ActionKind.Award,
      rank: words.decisionOn(slate, index)?.rank ?? UNRANKED,
    }))
    .filter(({ rank }) => rank !== UNRANKED)
    .sort((a, b) => a.rank - b.rank);
  const ranks = new Map<number, number>();
  for (const kind of [true, false]) {
    passing
      .filter(({ award }) => award === kind)
      .forEach(({ index }, at) => ranks.set(index, at + 1));
  }
  return ranks;
}

/** Why an entry stands where it does; of what won in a settled epoch, when it can be executed. */
function whyOf(shown: ShownSlate, entry: Entry, outcome: number, detail: string): string {
  if (shown.slate.projection !== null) return words.wins(outcome) ? "" : detail;
  if (outcome === Outcome.Executed) return "";
  return [Outcome.Funded, Outcome.Approved].includes(outcome) ? execution(shown, entry) : detail;
}

/** When, and for how long, an entry that won can be executed. */
function execution({ epoch, treasury, minute }: ShownSlate, entry: Entry): string {
  const from = budget.state.epoch.executableAt(epoch, entry.tier);
  const stood = budget.rules.standstill.totalSecs(
    budget.state.treasury.standstill(treasury),
    minute,
  );
  const until = budget.state.epoch.graceEndsAt(epoch, stood);
  if (minute >= until) return "nobody executed it in time: anybody may strike it off";
  const length = format.span(until - (minute < from ? from : minute));
  return minute < from
    ? `executable from ${format.moment(from, minute)} for ${length}`
    : `executable by anybody until ${format.moment(until, minute)}, for ${length} more`;
}

function orderOf(shown: ShownSlate, rows: readonly Row[]): Order {
  const early = shown.phase === "Submission";
  const isGone = ({ outcome }: Row) =>
    outcome === Outcome.Withdrawn || (outcome === Outcome.NotAccepted && !early);
  const standing = rows.filter((row) => !isGone(row));
  const asks = standing.filter(({ award }) => award);
  const indices = (list: readonly Row[]) => list.map(({ index }) => index);
  const gone = indices(rows.filter(isGone));
  if (early) {
    const acts = standing.filter(({ award }) => !award);
    return { asks: indices(asks), above: 0, passing: 0, acts: indices(acts), gone };
  }
  const above = asks.filter(({ outcome }) => words.chosen(outcome)).sort(byRank);
  const skipped = asks.filter((row) => row.rank !== null && !words.chosen(row.outcome));
  const rest = asks.filter(({ rank }) => rank === null).sort(byMargin);
  return {
    asks: indices([...above, ...skipped.sort(byRank), ...rest]),
    above: above.length,
    passing: above.length + skipped.length,
    acts: indices(standing.filter(({ award }) => !award).sort(byRank)),
    gone,
  };
}

function byRank(a: Row, b: Row): number {
  const last = Number.MAX_SAFE_INTEGER;
  return (a.rank ?? last) - (b.rank ?? last) || byMargin(a, b);
}

/** As settlement ranks: by the margin, then the smaller one, then the earlier one. */
function byMargin(a: Row, b: Row): number {
  const margin = b.for - b.against - (a.for - a.against);
  const difference = margin === 0n ? a.amount - b.amount : margin;
  if (difference !== 0n) return difference < 0n ? -1 : 1;
  return a.index - b.index;
}

const SCALES = [1_000, 2_500, 5_000];

/** A round end for the bars of turnout, so that it seldom moves. */
function scaleOf(rows: readonly Row[]): number {
  let widest = 0n;
  for (const row of rows) {
    if (!row.judged) continue;
    const cast = format.shareBps(row.for + row.against + row.abstain, row.electorate);
    const most = cast > BigInt(row.quorumBps) ? cast : BigInt(row.quorumBps);
    if (most > widest) widest = most;
  }
  return SCALES.find((scale) => BigInt(scale) >= widest) ?? 10_000;
}

/** What an epoch's cap leaves for each category, and what is taken of it. Amounts are base units. */
export interface CategoryUse {
  readonly index: number;
  readonly name: string;
  readonly taken: bigint;
  readonly cap: bigint;
  readonly shareBps: number;
}

/** The categories of an epoch's policy. */
export function categoriesOf(slate: words.Slate): readonly CategoryUse[] {
  const { epoch } = slate;
  const taken = takenByCategory(slate);
  return epoch.policy.risk.categories
    .slice(0, epoch.policy.risk.categoryCount)
    .map((own, index) => ({
      index,
      name: words.categoryName(own),
      taken: taken.get(index) ?? 0n,
      cap: epoch.categoryCaps[index] ?? 0n,
      shareBps: own.shareBps,
    }));
}

function takenByCategory(slate: words.Slate): ReadonlyMap<number, bigint> {
  const taken = new Map<number, bigint>();
  standing(slate.epoch).forEach((entry, index) => {
    const outcome = words.decisionOn(slate, index)?.outcome ?? Outcome.Pending;
    if (entry.action !== ActionKind.Award || !words.chosen(outcome)) return;
    taken.set(entry.category, (taken.get(entry.category) ?? 0n) + entry.amount);
  });
  return taken;
}

function standing(epoch: Epoch): readonly Entry[] {
  return epoch.slate.slice(0, epoch.entryCount);
}

/** Rows that would stand elsewhere under another projection, and where. */
export function movesTo(slate: words.Slate, other: Projection): ReadonlyMap<number, string> {
  const moves = new Map<number, string>();
  const then = { ...slate, projection: other };
  standing(slate.epoch).forEach((entry, index) => {
    const [now, would] = [words.standingOf(slate, index).kind, words.standingOf(then, index).kind];
    const kind = entry.action === ActionKind.Award ? AWARD_MOVES : ACT_MOVES;
    const said = kind[`${now} ${would}`];
    if (said !== undefined) moves.set(index, said);
  });
  return moves;
}

const AWARD_MOVES: Readonly<Record<string, string>> = {
  "funded passes": "would fall below the line",
  "funded fails": "would no longer pass",
  "passes funded": "would now fit",
  "passes fails": "would no longer pass",
  "fails funded": "would pass and fit",
  "fails passes": "would pass, but not fit",
};

const ACT_MOVES: Readonly<Record<string, string>> = {
  "funded passes": "would be superseded",
  "funded fails": "would no longer pass",
  "passes funded": "would now stand",
  "passes fails": "would no longer pass",
  "fails funded": "would pass",
  "fails passes": "would pass, but be superseded",
};
