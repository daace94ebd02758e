/** Checkpoints of a stream in a table: what each part holds, when its review is due, and what came of it. */

import type { Review } from "@community-budget/client";

import { useChain, useConfig } from "../../lib/context";
import * as format from "../../lib/format";
import { type Flow, type Gate, gatesOf, isDecided, partAmount } from "../../lib/streams";
import { useVisitor } from "../../lib/wallet";
import { Copy, Money, MoneyFigure, SafeLink, When } from "../Text";
import { Deed } from "./Deed";
import { type Subject, closeReview } from "./deeds";
import { HEALTH, gateWord, resultOf } from "./words";

export function Checkpoints({
  flow,
  subject,
  reviews,
}: {
  readonly flow: Flow;
  readonly subject: Subject;
  readonly reviews: ReadonlyMap<number, Review>;
}) {
  const { symbol } = useConfig().budget;
  const gates = gatesOf(flow);
  const { stream } = flow;
  if (gates.length === 0) {
    return <p>It has no checkpoints: it runs from its start to its end by itself.</p>;
  }
  return (
    <table className="checkpoints">
      <caption>
        {format.count(gates.length, "checkpoint cuts", "checkpoints cut")} the stream into parts
        that are equal in time. What comes after a checkpoint is released once its review passes:{" "}
        {format.bps(stream.passBps)} pass in full, below {format.bps(stream.floorBps)} it is held.
      </caption>
      <thead>
        <tr>
          <th scope="col">Checkpoint</th>
          <th scope="col" className="number">
            Part before it, {symbol}
          </th>
          <th scope="col">Review</th>
          <th scope="col">What the recipient reported</th>
          <th scope="col">Score, and what it did</th>
        </tr>
      </thead>
      <tbody>
        {gates.map((gate, at) => {
          const review = reviews.get(at);
          return (
            <tr key={at} className={`checkpoint-${gate.kind}`}>
              <th scope="row">
                {at + 1} <span className="checkpoint-state">{gateWord(gate)}</span>
              </th>
              <td className="number" data-label={`Part before it, ${symbol}`}>
                <MoneyFigure value={partAmount(stream, at)} />
              </td>
              <td data-label="Review">
                <Window gate={gate} />
              </td>
              <td data-label="Reported">
                {review === undefined ? <Missing gate={gate} /> : <Report review={review} />}
              </td>
              <td data-label="Score">
                <Score flow={flow} at={at} review={review} />
                <CloseReview subject={subject} review={review} decided={isDecided(stream, at)} />
              </td>
            </tr>
          );
        })}
        <tr>
          <th scope="row">
            End <span className="checkpoint-state">no review</span>
          </th>
          <td className="number" data-label={`Last part, ${symbol}`}>
            <MoneyFigure value={partAmount(stream, gates.length)} />
          </td>
          <td colSpan={3} />
        </tr>
      </tbody>
    </table>
  );
}

function Window({ gate }: { readonly gate: Gate }) {
  switch (gate.kind) {
    case "ahead":
      return (
        <>
          opens <When at={gate.opensAt} />, closes <When at={gate.closesAt} plain />
        </>
      );
    case "awaitsUpdate":
      return (
        <>
          open since <When at={gate.opensAt} plain />, closes <When at={gate.until} />
        </>
      );
    case "awaitsVerdict":
      return (
        <>
          the score is due before <When at={gate.until} />
        </>
      );
    case "overdue":
      return (
        <>
          closed <When at={gate.since} />
        </>
      );
    case "held":
      return (
        <>
          held since <When at={gate.since} />
        </>
      );
    case "behind":
      return <span className="muted">opens when the stream has gone on</span>;
    case "passed":
      return <span className="muted">over</span>;
    case "never":
      return <span className="muted">never opened</span>;
  }
}

/** Why there is no report. */
function Missing({ gate: { kind } }: { readonly gate: Gate }) {
  const why: Partial<Record<Gate["kind"], string>> = {
    passed: "its account is closed",
    overdue: "nothing in time",
    held: "nothing that is kept",
    awaitsUpdate: "nothing yet",
  };
  const words = why[kind];
  return words === undefined ? <None /> : <span className="muted">{words}</span>;
}

/** Nothing to say, which a narrow page leaves out. */
function None() {
  return <span className="muted checkpoint-none">–</span>;
}

function Report({ review }: { readonly review: Review }) {
  const hash = format.hex(review.evidenceHash);
  return (
    <>
      <strong>{HEALTH[review.health]}</strong>, <Money value={review.spent} /> spent, filed{" "}
      <When at={review.filedAt} plain />
      <br />
      <SafeLink uri={review.evidenceUri} />
      <br />
      <span className="small muted">
        SHA-256{" "}
        <code title={hash}>
          {hash.slice(0, 8)}…{hash.slice(-8)}
        </code>
        <Copy text={hash} what="SHA-256 of the evidence" />
      </span>
    </>
  );
}

function Score({
  flow,
  at,
  review,
}: {
  readonly flow: Flow;
  readonly at: number;
  readonly review: Review | undefined;
}) {
  const result = resultOf(flow, at, review);
  if (review === undefined || review.scored !== 1) {
    return result === "" ? <None /> : <span className="muted">{result}</span>;
  }
  const hash = format.hex(review.verdictHash);
  return (
    <>
      <strong>{format.bps(review.scoreBps)}</strong>, {result}, <When at={review.scoredAt} plain />
      <br />
      <span className="small muted">
        reasons’ SHA-256{" "}
        <code title={hash}>
          {hash.slice(0, 8)}…{hash.slice(-8)}
        </code>
        <Copy text={hash} what="SHA-256 of the reasons" />
      </span>
    </>
  );
}

function CloseReview({
  subject,
  review,
  decided,
}: {
  readonly subject: Subject;
  readonly review: Review | undefined;
  readonly decided: boolean;
}) {
  const chain = useChain();
  const visitor = useVisitor();
  return (
    <Deed
      // Housekeeping: nothing to connect a wallet for.
      when={review !== undefined && decided && visitor !== null}
      label="Close this review"
      primary={false}
      build={() => {
        if (review === undefined) throw new Error("The review is closed already.");
        return closeReview(chain, subject, review);
      }}
    />
  );
}
