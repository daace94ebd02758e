/** What the reviewer does: score. */

import { type Address, createNoopSigner } from "@solana/kit";
import * as budget from "@community-budget/client";
import type { Review, Stream } from "@community-budget/client";

import type { Chain } from "../../../lib/chain";
import * as format from "../../../lib/format";
import { effectOf, flowAt } from "../../../lib/streams";
import type { Deed } from "../../Act";
import { Name, SafeLink } from "../../Text";
import { HEALTH, checkpointOf } from "../words";
import { AGAIN, type Subject, onChain, refused, streamLine } from "./subject";

/** Scores the update on the open checkpoint. */
export async function score(
  chain: Chain,
  who: Address,
  subject: Subject,
  review: Review,
  scoreBps: number,
  verdictHash: Uint8Array,
): Promise<Deed> {
  const flow = flowAt(subject.stream, chain.clock.now());
  const { stream } = flow;
  const effect = effectOf(flow, scoreBps);
  if (effect === null || review.checkpoint !== stream.passed) {
    throw refused("VerdictNotDue", "No score is awaited now.", AGAIN);
  }
  const { treasury, budget: token } = chain.config;
  const exact = (value: bigint) => format.exactAmount(value, token);
  const instruction = budget.getScoreUpdateInstruction({
    reviewer: createNoopSigner(who),
    treasury,
    stream: subject.address,
    review: await budget.reviewAddress(subject.address, review.checkpoint),
    record: await budget.recipientRecordAddress(treasury, stream.recipient),
    scoreBps,
    evidenceHash: review.evidenceHash,
    verdictHash,
  });
  return {
    title: `Give ${format.bps(scoreBps)} to ${checkpointOf(stream, review.checkpoint)}`,
    lines: [
      streamLine(subject),
      { term: "Recipient", value: <Name address={stream.recipient} copy /> },
      { term: "Checkpoint", value: onChain(stream, review.checkpoint) },
      {
        term: "Reported",
        value: `${HEALTH[review.health]}, ${exact(review.spent)} spent`,
      },
      { term: "Evidence", value: <SafeLink uri={review.evidenceUri} /> },
      { term: "Its SHA-256", value: <code>{format.hex(review.evidenceHash)}</code> },
      { term: "Verdict", value: verdictOf(stream, scoreBps, effect.verdict) },
      ...(effect.verdict === "Holds"
        ? [{ term: "Held", value: `${exact(effect.after)} until a vote rules` }]
        : [
            { term: "Goes back to the treasury", value: exact(effect.returned) },
            { term: "Released at once", value: exact(effect.released) },
            {
              term: "Still to come",
              value: `${format.exactDigits(effect.before, token.decimals)} → ${exact(effect.after)}`,
            },
          ]),
      { term: "Reasons’ SHA-256", value: <code>{format.hex(verdictHash)}</code> },
    ],
    instructions: [instruction],
    cannot: "What is released already stays the recipient’s, whatever the score.",
    undo: "A score is given once, and enters the recipient’s record for good.",
  };
}

/** What a score means by the stream's own terms. */
export function verdictOf(
  { passBps, floorBps }: Stream,
  scoreBps: number,
  verdict: budget.rules.review.ReviewVerdict,
): string {
  const [given, pass, floor] = [scoreBps, passBps, floorBps].map((share) => format.bps(share));
  switch (verdict) {
    case "Passes":
      return `${given} passes (${pass} are needed): the next part starts in full`;
    case "Scales":
      return `${given} is short of the ${pass} that pass: the next part shrinks to ${given} / ${pass}`;
    case "Holds":
      return `${given} is below the floor of ${floor}: the stream is held`;
  }
}
