/** What happened lately, in one sentence. */

import * as format from "../lib/format";
import type { Happened } from "./history";
import { type Part, moment, money, sentence } from "./parts";

const WEEK = 7n * 86_400n;

type Count = (events: readonly Happened[]) => readonly Part[] | null;

const counted =
  (names: readonly string[], one: string, many?: string): Count =>
  (events) => {
    const count = events.filter(({ event }) => names.includes(event.name)).length;
    return count === 0 ? null : sentence`${format.count(count, one, many)}`;
  };

const paidOut: Count = (events) => {
  let [total, count] = [0n, 0];
  for (const { event } of events) {
    if (event.name !== "StreamWithdrawn") continue;
    total += event.data.amount;
    count += 1;
  }
  return count === 0 ? null : sentence`${money(total)} paid out by streams`;
};

// The rarest and weightiest first: who reads on has read the most important.
const COUNTS: readonly Count[] = [
  counted(["BreakerTripped"], "trip of the breaker", "trips of the breaker"),
  counted(["ExecutionsPaused", "StreamPaused"], "pause by the guardian", "pauses by the guardian"),
  counted(["ProposalVetoed"], "veto"),
  counted(["EpochOpened"], "epoch opened", "epochs opened"),
  counted(["EpochSettled"], "epoch settled", "epochs settled"),
  counted(["PolicySet", "RoleSet"], "change of rules", "changes of rules"),
  counted(["AwardExecuted"], "award executed", "awards executed"),
  paidOut,
  counted(["StreamHeld"], "stream held", "streams held"),
  counted(["UpdateFiled"], "report"),
  counted(["UpdateScored"], "review"),
  counted(["ProposalSubmitted", "ActionSubmitted"], "proposal"),
  counted(["VoteCast", "VoteRevised"], "ballot"),
];

/** Figures that a sentence can hold. */
const MOST = 5;

/**
 * What happened in the last week, or since the earliest event that is read. `happened` is newest first;
 * `null` when nothing is read.
 */
export function lately(happened: readonly Happened[], now: bigint): readonly Part[] | null {
  const timed = happened.filter(({ at }) => at !== null);
  const [newest, oldest] = [timed[0]?.at ?? null, timed.at(-1)?.at ?? null];
  if (newest === null || oldest === null) return null;
  const since = oldest > now - WEEK ? oldest : now - WEEK;
  const recent = timed.filter(({ at }) => at !== null && at >= since);
  if (recent.length === 0) {
    return sentence`Nothing happened in the last seven days; the latest was ${moment(newest)}.`;
  }
  const figures = COUNTS.map((count) => count(recent)).filter((words) => words !== null);
  const shown = figures.slice(0, MOST);
  if (shown.length === 0) {
    return sentence`${format.count(recent.length, "event")} since ${moment(since)}.`;
  }
  const list = shown.flatMap((words, at) => {
    const before = at === 0 ? "" : at === shown.length - 1 ? " and " : ", ";
    return sentence`${before}${words}`;
  });
  return sentence`Since ${moment(since)}: ${list}.`;
}
