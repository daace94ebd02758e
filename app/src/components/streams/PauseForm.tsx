/** What only the guardian does with a stream: stop its clock for a while. */

import { getPauseStreamInstruction, rules } from "@community-budget/client";
import { type Address, createNoopSigner } from "@solana/kit";
import { useState } from "react";

import { useChain } from "../../lib/context";
import { Refused } from "../../lib/errors";
import * as format from "../../lib/format";
import type { Flow } from "../../lib/streams";
import { Act, type Deed } from "../Act";
import { When } from "../Text";
import { Field } from "./Field";
import { type Subject, streamLine } from "./deeds";

const HOUR_SECS = 3_600;

/** Whether a stream may be paused, and for how long. */
export type Pausing =
  /** `leftSecs` of the guardian's time for this stream's whole life are left. */
  | { readonly kind: "open"; readonly leftSecs: number }
  | { readonly kind: "used" }
  /** The last pause must have ended a while ago; `at` in Unix seconds. */
  | { readonly kind: "rests"; readonly at: bigint }
  /** It is stopped already, or has ended. */
  | { readonly kind: "stopped" };

/** What the program would say of a pause that begins now; `limitSecs` is the policy's in force. */
export function pausingOf({ stream, state, now }: Flow, limitSecs: number): Pausing {
  const stopped = state === "ended" || state === "finished" || state === "held" || state === "out";
  // A second pause would blur since when an overdue stream is late.
  if (stopped || (state === "overdue" && stream.pauseUntil !== 0n)) return { kind: "stopped" };
  const rested = stream.pauseUntil + rules.stream.MAX_PAYOUT_DELAY_SECS;
  if (stream.pauseUntil !== 0n && now < rested) return { kind: "rests", at: rested };
  const leftSecs = limitSecs - stream.pauseUsedSecs;
  return leftSecs > 0 ? { kind: "open", leftSecs } : { kind: "used" };
}

export function PauseForm({
  flow,
  subject,
  limitSecs,
}: {
  readonly flow: Flow;
  readonly subject: Subject;
  readonly limitSecs: number;
}) {
  const chain = useChain();
  const [text, setText] = useState("24");
  const pausing = pausingOf(flow, limitSecs);
  const left = pausing.kind === "open" ? pausing.leftSecs : 0;
  const secs = /^\d{1,4}$/.test(text) ? Number(text) * HOUR_SECS : 0;
  const fits = secs > 0 && secs <= left;
  const build = (guardian: Address): Deed => {
    if (!fits) {
      throw new Refused({
        name: "PauseExceedsAllowance",
        sentence: "That is more than this stream may be paused for.",
        advice: "Choose fewer hours.",
      });
    }
    return {
      title: `Pause the stream for ${format.exactSpan(secs)}`,
      lines: [
        streamLine(subject),
        { term: "Stops", value: "what would be released from now on; its deadlines move with it" },
        { term: "Ends", value: <When at={flow.now + BigInt(secs)} /> },
        {
          term: "Stays claimable",
          value: format.exactAmount(flow.money.claimable, chain.config.budget),
        },
        {
          term: "Allowance",
          value: `${format.exactSpan(left)} → ${format.exactSpan(left - secs)} in the stream’s whole life`,
        },
      ],
      cannot: "It takes nothing from anybody: all is released later by as much as it is paused.",
      undo: "It cannot be ended early.",
      instructions: [
        getPauseStreamInstruction({
          guardian: createNoopSigner(guardian),
          treasury: chain.config.treasury,
          stream: subject.address,
          secs,
        }),
      ],
    };
  };
  return (
    <details className="streams-rare">
      <summary>Pause this stream</summary>
      <p>
        You are the guardian: you may stop a stream’s clock for {format.exactSpan(limitSecs)} in its
        whole life. What it has released stays claimable. <Why pausing={pausing} />
      </p>
      {pausing.kind === "open" ? (
        <>
          <Field
            label="For how many hours"
            problem={fits ? null : `1 to ${Math.floor(left / HOUR_SECS)} hours are left.`}
            hint={`${format.exactSpan(left)} are left.`}
          >
            {(tied) => (
              <input
                {...tied}
                className="streams-short"
                inputMode="numeric"
                autoComplete="off"
                value={text}
                onChange={({ target }) => setText(target.value.trim())}
              />
            )}
          </Field>
          <div className="actions">
            <Act label="Pause the stream" primary={false} disabled={!fits} build={build} />
          </div>
        </>
      ) : null}
    </details>
  );
}

function Why({ pausing }: { readonly pausing: Pausing }) {
  switch (pausing.kind) {
    case "open":
      return null;
    case "used":
      return "For this one it is used up.";
    case "rests":
      return (
        <>
          Between two pauses lies a week: it can be paused again <When at={pausing.at} />.
        </>
      );
    case "stopped":
      return "This one does not run.";
  }
}
