/** The recipient's report on the open checkpoint. */

import { Health } from "@community-budget/client";
import { useId, useState } from "react";

import { useChain, useConfig } from "../../lib/context";
import * as format from "../../lib/format";
import { type Flow, openGateOf } from "../../lib/streams";
import { link } from "../../lib/text";
import { Act } from "../Act";
import { Money, SafeLink, When } from "../Text";
import { Field, FileField, type Hashed } from "./Field";
import { type Subject, fileUpdate } from "./deeds";
import { HEALTH, checkpointOf } from "./words";

/** Bytes that the program takes. */
const MAX_URI_BYTES = 128;
const encoder = new TextEncoder();

const CHOICES = [
  [Health.OnTrack, "The work goes as proposed."],
  [Health.AtRisk, "It may not get there."],
  [Health.OffTrack, "It will not get there as proposed."],
] as const;

export function UpdateForm({ flow, subject }: { readonly flow: Flow; readonly subject: Subject }) {
  const chain = useChain();
  const unit = useConfig().budget;
  const group = useId();
  const [health, setHealth] = useState<Health>(Health.OnTrack);
  const [spentText, setSpent] = useState("");
  const [uri, setUri] = useState("");
  const [evidence, setEvidence] = useState<Hashed | null>(null);
  const open = openGateOf(flow);
  const until = open?.gate.kind === "awaitsUpdate" ? open.gate.until : null;
  if (open === null || until === null) return null;

  const spent = format.parseAmount(spentText, unit.decimals);
  const uriBytes = encoder.encode(uri).length;
  const spentProblem =
    spentText !== "" && spent === null
      ? `That is no amount of ${unit.symbol} with at most ${unit.decimals} decimals.`
      : null;
  const uriProblem =
    uriBytes > MAX_URI_BYTES
      ? `The address has ${uriBytes} bytes; at most ${MAX_URI_BYTES} fit.`
      : null;
  const target = uri === "" ? null : link(uri);
  const ready = spent !== null && evidence !== null && uri !== "" && uriProblem === null;
  return (
    <section aria-labelledby={`${group}-head`} className="streams-form">
      <h2 id={`${group}-head`}>File your update</h2>
      <p>
        On {checkpointOf(flow.stream, open.at)}, before <When at={until} />. An update is filed
        once. Then the reviewer has {format.span(flow.stream.graceSecs)} to score it; without a
        score it passes by itself.
      </p>
      <fieldset className="streams-choices">
        <legend>How the work stands</legend>
        {CHOICES.map(([value, words]) => (
          <label key={value}>
            <input
              type="radio"
              name={group}
              checked={health === value}
              onChange={() => setHealth(value)}
            />{" "}
            <strong>{HEALTH[value]}</strong> <span className="muted">{words}</span>
          </label>
        ))}
      </fieldset>
      <Field
        label={`Spent so far, in ${unit.symbol}`}
        problem={spentProblem}
        hint={
          spent === null ? (
            `Of all that this award has paid, from its beginning.`
          ) : (
            <>
              <Money value={spent} />
              {spent > flow.stream.withdrawn ? (
                <>
                  , more than the <Money value={flow.stream.withdrawn} /> paid so far
                </>
              ) : null}
            </>
          )
        }
      >
        {(tied) => (
          <input
            {...tied}
            inputMode="decimal"
            autoComplete="off"
            value={spentText}
            onChange={({ target: { value } }) => setSpent(value)}
          />
        )}
      </Field>
      <FileField
        label="Evidence"
        hint="The report itself. It stays on this device: only its SHA-256 goes on chain, so that nobody can change it later unseen."
        onChange={setEvidence}
      />
      <Field
        label="Where others find it"
        problem={uriProblem}
        hint={
          target === null ? (
            `An address that leads to exactly this file, like https://… (${MAX_URI_BYTES} bytes at most).`
          ) : (
            <>
              It is shown as <SafeLink uri={uri} />
            </>
          )
        }
      >
        {(tied) => (
          <input
            {...tied}
            type="url"
            autoComplete="off"
            spellCheck={false}
            value={uri}
            onChange={({ target: { value } }) => setUri(value.trim())}
          />
        )}
      </Field>
      <div className="actions">
        <Act
          label="File the update"
          disabled={!ready}
          build={(who) => {
            if (spent === null || evidence === null) throw new Error("The form is not complete.");
            const update = { health, spent, evidenceHash: evidence.bytes, evidenceUri: uri };
            return fileUpdate(chain, who, subject, update);
          }}
        />
        {ready ? null : (
          <span className="muted small">
            Fill in what was spent, the evidence and where it is found.
          </span>
        )}
      </div>
    </section>
  );
}
