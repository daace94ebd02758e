/**
 * One epoch to be forwarded: what was decided, why the rest was not, who took part, what money moved. From the
 * epoch's account while it exists, and from what happened between its opening and the next.
 */

import type { Address } from "@solana/kit";
import * as budget from "@community-budget/client";
import type { Entry, Epoch } from "@community-budget/client";

import * as format from "../lib/format";
import type { Unit } from "../lib/format";
import { summary } from "../lib/headline";
import { type Slate, act, standingOf } from "../lib/words";
import type { Happened } from "./history";
import {
  type Part,
  type Speech,
  mixed,
  moment,
  money,
  name,
  plain,
  sentence,
  thing,
  weightOf,
} from "./parts";
import { type Scene, entryIn, kindOf, say } from "./say";

const { ActionKind, UNRANKED } = budget;

/** A part of a digest. Sentences have no full stop. */
export interface Section {
  readonly title: string;
  readonly lines: readonly (readonly Part[])[];
}

/** See the top of this file. */
export interface Digest {
  readonly index: number;
  /** What is the case, in one sentence. */
  readonly heading: readonly Part[];
  readonly sections: readonly Section[];
  /** What could not be found out, likewise. */
  readonly missing: readonly (readonly Part[])[];
}

/** What a digest is made from. */
export interface Sources {
  readonly index: number;
  /** The epoch's account; `null` once it is closed. */
  readonly epoch: Epoch | null;
  /** What would be decided now, of an epoch that is not settled; else `null`. */
  readonly projection: budget.state.funding.Projection | null;
  readonly scene: Scene;
  /** Newest first. */
  readonly happened: readonly Happened[];
  /** Whether everything that the node keeps is among it. */
  readonly complete: boolean;
  readonly budget: Unit;
  /** Unix seconds. */
  readonly now: bigint;
}

/** Events of an epoch: its own, and those of the treasury between its opening and the next one's. */
export function during(
  happened: readonly Happened[],
  index: number,
  scene: Scene,
): { readonly events: readonly Happened[]; readonly begins: boolean } {
  const events: Happened[] = [];
  let [current, begins]: [number | null, boolean] = [null, false];
  for (const one of [...happened].reverse()) {
    const { event } = one;
    if (event.name === "EpochOpened") {
      current = event.data.index;
      begins ||= current === index;
    }
    const own = "epoch" in event.data ? scene.epochIndex(event.data.epoch) : null;
    // An epoch's ballots and proposals are closed in later ones, and are its own all the same.
    if (own === null ? current === index : own === index) events.push(one);
  }
  return { events, begins };
}

/** What the events of one name say, oldest first. */
function all<Name extends budget.CommunityBudgetEventName>(
  events: readonly Happened[],
  wanted: Name,
): budget.CommunityBudgetEvents[Name][] {
  type Wanted = budget.BudgetEvent & { readonly data: budget.CommunityBudgetEvents[Name] };
  const is = (event: budget.BudgetEvent): event is Wanted => event.name === wanted;
  return events.flatMap(({ event }) => (is(event) ? [event.data] : []));
}

const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);

/** Puts an epoch into a digest. */
export function digestOf(sources: Sources): Digest {
  const { index, epoch, scene, happened } = sources;
  const { events, begins } = during(happened, index, scene);
  const sections = [
    ...(epoch === null ? fromEvents(sources, events) : fromAccount(sources, epoch)),
    turnout(sources, events),
    moneyMoved(events),
    ...flows(sources, events),
  ].filter(({ lines }) => lines.length > 0);
  const missing: Part[][] = [];
  if (epoch === null) {
    missing.push(
      sentence`the account of the epoch is closed, and with it the tallies and why entries were not funded`,
    );
  }
  if (!begins) {
    missing.push(
      sources.complete
        ? sentence`the node does not keep all of what happened in the epoch; sums count what it keeps`
        : sentence`what happened earlier is not read yet; sums count what is read`,
    );
  }
  return { index, heading: heading(sources, events), sections, missing };
}

// --- the decision -----------------------------------------------------------------------------

function heading(sources: Sources, events: readonly Happened[]): Part[] {
  const { index, epoch, now, complete } = sources;
  const called = thing(`Epoch ${index}`, { page: "epoch", index });
  if (epoch === null) {
    const settled = all(events, "EpochSettled")[0];
    if (settled === undefined) {
      return complete
        ? sentence`${called} is closed, and this node does not keep what was decided in it`
        : sentence`${called} is closed; what was decided in it is not read yet`;
    }
    const { funded, allocated, settledAt } = settled;
    return sentence`${called} funded ${format.count(funded, "award")} with ${money(allocated)} on ${moment(settledAt)}`;
  }
  const { funded, taken, back } = summary(slateIn(sources, epoch));
  const count = format.count(funded, "award");
  const ofCap = sentence`${money(taken)} of a cap of ${money(epoch.cap)}`;
  if (epoch.settledAt !== 0n) {
    const share = weightOf(epoch.turnout, epoch.electorate);
    const since = back === 0n ? [] : sentence`, ${money(back)} of it not executed`;
    return sentence`${called} was decided on ${moment(epoch.settledAt)} by ${share}: ${count} ${funded === 1 ? "was" : "were"} funded with ${ofCap}${since}`;
  }
  switch (budget.state.epoch.phaseAt(epoch, now)) {
    case "Submission":
      return sentence`${called} takes proposals until ${moment(epoch.votingOpensAt)}; nothing is decided yet`;
    case "Voting":
      return sentence`${called} is being voted on until ${moment(epoch.votingClosesAt)}; if voting closed now, it would fund ${count} with ${ofCap}`;
    default:
      return sentence`${called} is voted on and not settled yet; anyone may settle it, which would fund ${count} with ${ofCap}`;
  }
}

const slateOf = (epoch: Epoch) => epoch.slate.slice(0, epoch.entryCount);

function slateIn({ index, scene, projection, budget: unit }: Sources, epoch: Epoch): Slate {
  const settled = epoch.settledAt !== 0n;
  const electorate = settled ? epoch.electorate : (scene.electorateOf(index) ?? 0n);
  return { epoch, projection, electorate, budget: unit };
}

function fromAccount(sources: Sources, epoch: Epoch): Section[] {
  const { index, scene, projection } = sources;
  const settled = epoch.settledAt !== 0n;
  const slate = slateIn(sources, epoch);
  const decided = slateOf(epoch).map((entry, at) => ({
    entry,
    at,
    rank: projection?.decisions[at]?.rank ?? entry.rank,
    standing: standingOf(slate, at),
  }));
  // Those that passed in their rank, the others in the order of the slate.
  decided.sort((a, b) => a.rank - b.rank || a.at - b.at);
  const line = ({ entry, at, standing, rank }: (typeof decided)[number]): Part[] => {
    const place = rank === UNRANKED ? "" : `${format.ordinal(rank + 1)}: `;
    const what =
      entry.action === ActionKind.Award ? award(scene, index, entry, at) : act(entry.action);
    return sentence`${place}${entryIn(scene, index, at)}, ${what} — ${mixed(standing.reason)}`;
  };
  const of = (kind: string) => decided.filter(({ standing }) => standing.kind === kind).map(line);
  // Before voting opens there is nothing to decide on.
  if (!settled && projection === null) {
    return [{ title: "Proposed so far", lines: decided.map(line) }];
  }
  return [
    { title: settled ? "Funded and approved" : "Would be funded or approved", lines: of("funded") },
    {
      title: settled ? "Passed, but not funded" : "Would pass, but not be funded",
      lines: of("passes"),
    },
    { title: settled ? "Did not pass" : "Would not pass", lines: of("fails") },
    { title: "Withdrawn, lapsed, vetoed or not accepted", lines: of("gone") },
  ];
}

function award(scene: Scene, epoch: number, { amount }: Entry, entry: number): Part[] {
  const place = { epoch, entry };
  const to = scene.awardedTo(place);
  const secs = scene.durationOf(place);
  const whom = to === null ? [] : sentence` to ${name(to)}`;
  return sentence`${money(amount)}${whom}${secs === null ? "" : ` over ${format.span(secs)}`}`;
}

function fromEvents({ index, scene }: Sources, events: readonly Happened[]): Section[] {
  const executed = all(events, "AwardExecuted").map(
    (data) =>
      sentence`${entryIn(scene, index, data.index)}, ${money(data.total)} to ${name(data.recipient)}`,
  );
  const settled = all(events, "EpochSettled")[0];
  const decision =
    settled === undefined
      ? []
      : [
          sentence`${format.count(settled.passing, "entry", "entries")} passed; ${format.count(settled.funded, "award")} funded${settled.approved === 0 ? "" : `, ${format.count(settled.approved, "act")} approved`}`,
        ];
  return [
    { title: "Decided", lines: decision },
    { title: "Awards that were executed", lines: executed },
  ];
}

// --- who took part ----------------------------------------------------------------------------

function turnout({ index, epoch, scene }: Sources, events: readonly Happened[]): Section {
  const lines: Part[][] = [];
  const electorate = scene.electorateOf(index);
  if (epoch !== null && epoch.ballotCount > 0n) {
    const whole = epoch.settledAt === 0n ? electorate : epoch.electorate;
    lines.push(
      sentence`${format.count(epoch.ballotCount, "ballot")} with ${weightOf(epoch.turnout, whole)}`,
    );
  } else if (epoch === null) {
    const cast = all(events, "VoteCast");
    const last = cast.at(-1);
    if (last !== undefined) {
      lines.push(
        sentence`${format.count(cast.length, "ballot")} with ${weightOf(last.turnout, electorate)}`,
      );
    }
  }
  const paid = all(events, "VoteRecordClosed").filter(({ reward }) => reward > 0n);
  const pool = epoch?.rewardPool ?? all(events, "EpochOpened")[0]?.rewardPool ?? 0n;
  const rewards = epoch?.rewardsPaid ?? sum(paid.map(({ reward }) => reward));
  if (pool > 0n) {
    const voters = paid.length === 0 ? "" : ` to ${format.count(paid.length, "voter")}`;
    lines.push(
      rewards === 0n
        ? sentence`${money(pool)} is set aside for taking part`
        : sentence`${money(rewards)} of ${money(pool)} for taking part is paid${voters}`,
    );
  }
  const free = sum(all(events, "RewardsReclaimed").map(({ amount }) => amount));
  if (free > 0n) lines.push(sentence`${money(free)} that nobody claimed is free again`);
  return { title: "Turnout and rewards", lines };
}

// --- money and work ---------------------------------------------------------------------------

function moneyMoved(events: readonly Happened[]): Section {
  const lines: Part[][] = [];
  const add = (total: bigint, count: number, words: (total: Part, payments: string) => Part[]) => {
    if (total > 0n) lines.push(words(money(total), format.count(count, "payment")));
  };
  const paidIn = all(events, "FundsDeposited");
  add(
    sum(paidIn.map(({ amount }) => amount)),
    paidIn.length,
    (total, payments) => sentence`in: ${total} paid in, ${payments}`,
  );
  const found = all(events, "SurplusAbsorbed");
  add(
    sum(found.map(({ amount }) => amount)),
    found.length,
    (total) => sentence`in: ${total} that was sent to the vault directly`,
  );
  const back = all(events, "FundsReturned");
  add(
    sum(back.map(({ amount }) => amount)),
    back.length,
    (total, payments) => sentence`in: ${total} returned from positions, ${payments}`,
  );
  const fees = [...all(events, "ProposalSubmitted"), ...all(events, "ActionSubmitted")];
  add(
    sum(fees.map(({ slotFee }) => slotFee)),
    fees.length,
    (total) => sentence`in: ${total} of slot fees`,
  );
  const kept = all(events, "ProposalClosed").filter(
    ({ fate }) => fate === budget.BondFate.Forfeited || fate === budget.BondFate.Unpayable,
  );
  add(sum(kept.map(({ bond }) => bond)), kept.length, (total) => sentence`in: ${total} of bonds`);
  const streams = all(events, "StreamWithdrawn");
  const to = new Set<Address>(streams.map(({ stream }) => stream)).size;
  add(
    sum(streams.map(({ amount }) => amount)),
    streams.length,
    (total) => sentence`out: ${total} by ${format.count(to, "stream")}`,
  );
  const rewards = all(events, "VoteRecordClosed").filter(({ reward }) => reward > 0n);
  add(
    sum(rewards.map(({ reward }) => reward)),
    rewards.length,
    (total) => sentence`out: ${total} of rewards`,
  );
  const lost = all(events, "PositionWrittenOff");
  add(
    sum(lost.map(({ loss }) => loss)),
    lost.length,
    (total) => sentence`lost: ${total} taken for lost`,
  );
  return { title: "Money in and out", lines };
}

const ENDS: readonly budget.CommunityBudgetEventName[] = [
  "StreamClosed",
  "StreamLapsed",
  "StreamRuled",
];
const REVIEWS: readonly budget.CommunityBudgetEventName[] = [
  "UpdateFiled",
  "UpdateScored",
  "StreamHeld",
];

function flows({ scene }: Sources, events: readonly Happened[]): Section[] {
  const words = (one: Happened): readonly Part[] => say(one.event, scene, one).words;
  const named = (names: readonly string[]) =>
    events.filter(({ event }) => names.includes(event.name)).map(words);
  const scores = all(events, "UpdateScored");
  const mean =
    scores.length === 0
      ? []
      : [
          sentence`${format.count(scores.length, "review")}, ${format.bps(sum(scores.map(({ scoreBps }) => BigInt(scoreBps))) / BigInt(scores.length))} on average`,
        ];
  const stopped = events.filter(({ event }) => ["safety", "rules"].includes(kindOf(event.name)));
  return [
    { title: "Streams that ended or were ruled on", lines: named(ENDS) },
    { title: "Reviews", lines: [...mean, ...named(REVIEWS)] },
    { title: "Rules and safety", lines: stopped.map(words) },
  ];
}

// --- as text ----------------------------------------------------------------------------------

/** The digest as text to be forwarded. `community` is its name, `link` where it is read on the web. */
export function digestText(
  digest: Digest,
  speech: Speech,
  community: string,
  link: string | null,
): string {
  const said = (parts: readonly Part[]) => format.capital(plain(parts, speech));
  const lines = [`${community}, epoch ${digest.index}`, "", `${said(digest.heading)}.`];
  for (const { title, lines: rows } of digest.sections) {
    lines.push("", title, ...rows.map((row) => `- ${said(row)}`));
  }
  if (digest.missing.length > 0) {
    lines.push("", ...digest.missing.map((parts) => `Note: ${plain(parts, speech)}.`));
  }
  if (link !== null) lines.push("", link);
  return `${lines.join("\n")}\n`;
}
