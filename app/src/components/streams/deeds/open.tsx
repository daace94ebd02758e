/** What anybody does: hold, end, and close what is over. */

import * as budget from "@community-budget/client";
import type { Review } from "@community-budget/client";

import type { Chain } from "../../../lib/chain";
import { valueOf } from "../../../lib/resource";
import { flowAt, isDecided, lapseOf, openGateOf } from "../../../lib/streams";
import type { Deed } from "../../Act";
import { Money, Name, When } from "../../Text";
import { checkpointOf } from "../words";
import {
  AGAIN,
  STAYS,
  type Subject,
  called,
  onChain,
  refused,
  streamLine,
  treasuryOf,
} from "./subject";

/** Holds a stream whose update did not come. */
export async function hold(chain: Chain, subject: Subject): Promise<Deed> {
  const flow = flowAt(subject.stream, chain.clock.now());
  const { stream, money } = flow;
  const open = openGateOf(flow);
  if (open?.gate.kind !== "overdue") {
    throw refused("UpdateNotOverdue", "The stream is not overdue.", AGAIN);
  }
  const { treasury } = chain.config;
  return {
    title: `Hold ${called(subject)}`,
    lines: [
      streamLine(subject),
      { term: "Checkpoint", value: onChain(stream, open.at) },
      {
        term: "No update before",
        value: <When at={open.gate.since} />,
      },
      { term: "Held", value: <Money value={money.held} /> },
      { term: "Stays claimable", value: <Money value={money.claimable} /> },
      { term: "Recipient’s record", value: "one missed update more" },
    ],
    instructions: [
      budget.getHoldStreamInstruction({
        treasury,
        stream: subject.address,
        record: await budget.recipientRecordAddress(treasury, stream.recipient),
      }),
    ],
    cannot: "It moves no tokens, and takes nothing back that is released.",
    undo: "Only a vote undoes it: it may resume, reduce or cancel the stream. Without one the stream lapses.",
  };
}

/** Ends a held stream that no vote ruled on in time. */
export async function lapse(chain: Chain, subject: Subject): Promise<Deed> {
  const now = chain.clock.now();
  const flow = flowAt(subject.stream, now);
  const { stream, money } = flow;
  const epochs = (valueOf(chain.epochs.get()) ?? []).map(({ data }) => data);
  const due = lapseOf(stream, treasuryOf(chain), epochs, now);
  if (due === null || due.at > now) {
    throw refused("HoldNotOver", "A vote may still rule on the stream.", AGAIN);
  }
  const { treasury } = chain.config;
  const proof = due.epoch === null ? {} : { epoch: await budget.epochAddress(treasury, due.epoch) };
  return {
    title: `End ${called(subject)}`,
    lines: [
      streamLine(subject),
      { term: "Goes back to the treasury", value: <Money value={money.held} /> },
      { term: "Stays claimable", value: <Money value={money.claimable} /> },
      { term: "Recipient’s record", value: "one cancellation more" },
    ],
    instructions: [
      budget.getLapseStreamInstruction({
        treasury,
        stream: subject.address,
        record: await budget.recipientRecordAddress(treasury, stream.recipient),
        ...proof,
      }),
    ],
    cannot: "What is released stays the recipient’s.",
    undo: `${STAYS} Nothing more is released.`,
  };
}

/** Closes a stream that has paid everything. */
export async function closeStream(chain: Chain, subject: Subject): Promise<Deed> {
  const { stream } = subject;
  const finished = budget.state.stream.isFinished(stream);
  if (!finished || stream.openReviews > 0) {
    throw refused("StreamNotFinished", "The stream cannot be closed yet.", AGAIN);
  }
  const { treasury } = chain.config;
  return {
    title: `Close ${called(subject)}`,
    lines: [
      streamLine(subject),
      { term: "Paid", value: <Money value={stream.withdrawn} /> },
      { term: "Returned", value: <Money value={stream.returned} /> },
      { term: "Its rent goes to", value: <Name address={stream.rentPayer} copy /> },
    ],
    instructions: [
      budget.getCloseStreamInstruction({
        treasury,
        stream: subject.address,
        record: await budget.recipientRecordAddress(treasury, stream.recipient),
        rentPayer: stream.rentPayer,
      }),
    ],
    cannot: "It moves no tokens; the recipient’s record keeps what was paid.",
    undo: `${STAYS} The account is gone for good, and this page with it.`,
  };
}

/** Closes a review whose checkpoint is decided. */
export async function closeReview(chain: Chain, subject: Subject, review: Review): Promise<Deed> {
  const flow = flowAt(subject.stream, chain.clock.now());
  if (!isDecided(flow.stream, review.checkpoint)) {
    throw refused("ReviewNotDecided", "The checkpoint is not decided yet.", AGAIN);
  }
  const { treasury } = chain.config;
  return {
    title: `Close the review of ${checkpointOf(flow.stream, review.checkpoint)}`,
    lines: [
      streamLine(subject),
      { term: "Checkpoint", value: onChain(flow.stream, review.checkpoint) },
      { term: "Its rent goes to", value: <Name address={review.rentPayer} copy /> },
    ],
    instructions: [
      budget.getCloseReviewInstruction({
        treasury,
        stream: subject.address,
        review: await budget.reviewAddress(subject.address, review.checkpoint),
        rentPayer: review.rentPayer,
      }),
    ],
    cannot: "It moves no tokens; the score stays in the recipient’s record.",
    undo: `${STAYS} What was filed stays in the ledger’s history only.`,
  };
}
