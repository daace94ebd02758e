/** What has happened to a proposal, and what can still happen, in order. */

import {
  ActionKind,
  type Entry,
  type Epoch,
  EntryFlags,
  Outcome,
  type Proposal,
  type Treasury,
  hasFlag,
  state,
} from "@community-budget/client";
import type { ReactNode } from "react";

import * as format from "../../lib/format";
import { href } from "../../lib/router";
import { outcome } from "../../lib/words";
import { When } from "../Text";
import { awaitsExecution, waiting } from "./waiting";
import "./Timeline.css";

interface Step {
  readonly what: ReactNode;
  /** Unix seconds; `null` where the chain does not say. */
  readonly at: bigint | null;
  readonly done: boolean;
}

/** See the top of this file. */
export function Timeline({
  treasury,
  epoch,
  entry,
  index,
  proposal,
  now,
}: {
  readonly treasury: Treasury;
  readonly epoch: Epoch;
  readonly entry: Entry;
  readonly index: number;
  readonly proposal: Proposal | null;
  readonly now: bigint;
}) {
  return (
    <ol className="timeline">
      {steps(treasury, epoch, entry, index, proposal, now).map(({ what, at, done }, place) => (
        <li key={place} className={done ? "timeline-done" : "timeline-ahead"}>
          <span className="visually-hidden">{done ? "Done: " : "Ahead: "}</span>
          {what}
          {at === null ? null : (
            <>
              {" "}
              <When at={at} />
            </>
          )}
        </li>
      ))}
    </ol>
  );
}

function steps(
  treasury: Treasury,
  epoch: Epoch,
  entry: Entry,
  index: number,
  proposal: Proposal | null,
  now: bigint,
): Step[] {
  const { votingOpensAt, votingClosesAt, settledAt } = epoch;
  const settled = settledAt !== 0n;
  const all: Step[] = [];
  if (proposal !== null) all.push({ what: "Submitted", at: proposal.submittedAt, done: true });
  if (entry.outcome === Outcome.Withdrawn) {
    return [...all, { what: "Withdrawn by its proposer", at: null, done: true }];
  }
  const accepted = hasFlag(entry, EntryFlags.Accepted);
  if (entry.action !== ActionKind.Award) {
    // Acts are about nobody who would have to agree.
  } else if (accepted) all.push({ what: "Accepted by its recipient", at: null, done: true });
  else if (now < votingOpensAt)
    all.push({ what: "Its recipient may accept it until", at: votingOpensAt, done: false });
  else
    return [
      ...all,
      { what: "Never accepted by its recipient, so nobody could vote on it", at: null, done: true },
    ];
  all.push(
    {
      what: now < votingOpensAt ? "Voting opens" : "Voting opened",
      at: votingOpensAt,
      done: now >= votingOpensAt,
    },
    {
      what: now < votingClosesAt ? "Voting closes" : "Voting closed",
      at: votingClosesAt,
      done: now >= votingClosesAt,
    },
    settled
      ? { what: "Settled", at: settledAt, done: true }
      : { what: "Settled by anybody, once voting has closed", at: null, done: false },
  );
  if (!settled) return all;
  if (awaitsExecution(entry)) {
    const waits = waiting(treasury, epoch, entry, now);
    const until = state.epoch.executableAt(epoch, entry.tier);
    all.push({
      what: now < until ? "Its timelock ends" : "Its timelock ended",
      at: until,
      done: now >= until,
    });
    if (waits?.kind === "overdue") {
      all.push({ what: "Nobody carried it out before", at: waits.since, done: true });
    } else if (waits !== null) {
      all.push({ what: "It can be carried out until", at: waits.lapsesAt, done: false });
    }
    return all;
  }
  if (entry.outcome === Outcome.Executed && entry.amount > 0n) {
    const link = (
      <a href={href({ page: "stream", index: epoch.index, entry: index })}>its stream</a>
    );
    return [...all, { what: <>Executed: see {link}</>, at: null, done: true }];
  }
  all.push({ what: format.capital(outcome(entry.outcome)), at: null, done: true });
  return all;
}
