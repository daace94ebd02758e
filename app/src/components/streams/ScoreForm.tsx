/** The reviewer's verdict on an update, and what it would do, before anything is signed. */

import type { Review } from "@community-budget/client";
import { useId, useState } from "react";

import { useChain } from "../../lib/context";
import * as format from "../../lib/format";
import { type Flow, effectOf, openGateOf } from "../../lib/streams";
import { Act } from "../Act";
import { Money, SafeLink, When } from "../Text";
import { Field, FileField, type Hashed } from "./Field";
import { type Subject, score, verdictOf } from "./deeds";
import { scoreOf } from "./score";
import { HEALTH, checkpointOf } from "./words";

export function ScoreForm({
  flow,
  subject,
  review,
}: {
  readonly flow: Flow;
  readonly subject: Subject;
  readonly review: Review;
}) {
  const chain = useChain();
  const head = useId();
  const [text, setText] = useState("");
  const [reasons, setReasons] = useState<Hashed | null>(null);
  const [copy, setCopy] = useState<Hashed | null>(null);
  const open = openGateOf(flow);
  const until = open?.gate.kind === "awaitsVerdict" ? open.gate.until : null;
  if (until === null) return null;

  const given = scoreOf(text);
  const filed = format.hex(review.evidenceHash);
  const differs = copy !== null && format.hex(copy.bytes) !== filed;
  const { passBps, floorBps } = flow.stream;
  const ready = given !== null && reasons !== null && !differs;
  return (
    <section aria-labelledby={head} className="streams-form">
      <h2 id={head}>Score the update</h2>
      <p>
        On {checkpointOf(flow.stream, review.checkpoint)}, before <When at={until} />; without a
        score it passes by itself. Reported: {HEALTH[review.health]}, <Money value={review.spent} />{" "}
        spent.
      </p>
      <p>
        Evidence: <SafeLink uri={review.evidenceUri} />
        <br />
        <span className="small muted">
          SHA-256 <code>{filed}</code>
        </span>
      </p>
      <FileField
        label="Your copy of the evidence (optional)"
        hint="Choose what you downloaded and read: it is compared with what the recipient filed."
        problem={
          differs ? "This is not what the recipient filed: its SHA-256 is another one." : null
        }
        onChange={setCopy}
      />
      {copy !== null && !differs ? (
        <p className="funded small">✓ This is exactly what the recipient filed.</p>
      ) : null}
      <Field
        label="Score, 0 to 100 %"
        problem={text !== "" && given === null ? "That is no percentage from 0 to 100." : null}
        hint={`${format.bps(passBps)} and more pass in full; from ${format.bps(floorBps)} on the next part shrinks; below, the stream is held for a vote.`}
      >
        {(tied) => (
          <input
            {...tied}
            className="streams-short"
            inputMode="decimal"
            autoComplete="off"
            value={text}
            onChange={({ target: { value } }) => setText(value)}
          />
        )}
      </Field>
      <div aria-live="polite">
        {given === null ? null : <Preview flow={flow} scoreBps={given} />}
      </div>
      <FileField
        label="Your reasons"
        hint="A file that says why. It stays on this device; only its SHA-256 goes on chain. Publish it, so that others can read it."
        onChange={setReasons}
      />
      <div className="actions">
        <Act
          label="Give this score"
          disabled={!ready}
          build={(who) => {
            if (given === null || reasons === null) throw new Error("The form is not complete.");
            return score(chain, who, subject, review, given, reasons.bytes);
          }}
        />
        {ready ? null : (
          <span className="muted small">
            {differs
              ? "Take out your copy, or read what was filed."
              : "Fill in the score and choose the file of your reasons."}
          </span>
        )}
      </div>
    </section>
  );
}

/** What a score would do now. */
function Preview({ flow, scoreBps }: { readonly flow: Flow; readonly scoreBps: number }) {
  const effect = effectOf(flow, scoreBps);
  if (effect === null) return null;
  return (
    <div className={effect.verdict === "Holds" ? "notice warn" : "notice"}>
      <p>{verdictOf(flow.stream, scoreBps, effect.verdict)}.</p>
      {effect.verdict === "Holds" ? (
        <p>
          <Money value={effect.after} /> are held until a vote rules.
        </p>
      ) : (
        <p>
          <Money value={effect.released} /> are released at once, <Money value={effect.after} /> are
          still to come
          {effect.returned === 0n ? (
            "."
          ) : (
            <>
              , and <Money value={effect.returned} /> go back to the treasury.
            </>
          )}
        </p>
      )}
    </div>
  );
}
