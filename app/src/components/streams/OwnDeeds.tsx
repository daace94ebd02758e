/** What only a recipient does with a stream, and rarely: choose where it is paid, and give money back. */

import { type Address, isAddress } from "@solana/kit";
import { useState } from "react";

import { useChain, useConfig } from "../../lib/context";
import * as format from "../../lib/format";
import { Act } from "../Act";
import { Name } from "../Text";
import { Field } from "./Field";
import { type Subject, giveBack, redirect } from "./deeds";

export function Redirect({ subject }: { readonly subject: Subject }) {
  const chain = useChain();
  const { symbol } = useConfig().budget;
  const [text, setText] = useState("");
  const typed = text.trim();
  const to: Address | null = isAddress(typed) ? typed : null;
  return (
    <details className="streams-rare">
      <summary>Have it paid to another account</summary>
      <p>
        It is paid to <Name address={subject.stream.payoutAccount} copy /> now. Only you can choose
        another one.
      </p>
      <Field
        label={`Address of a token account for ${symbol}`}
        problem={typed !== "" && to === null ? "That is no address." : null}
        hint="Of the token account, not of the wallet. Every later payment goes there."
      >
        {(tied) => (
          <input
            {...tied}
            className="mono"
            autoComplete="off"
            spellCheck={false}
            value={text}
            onChange={({ target: { value } }) => setText(value)}
          />
        )}
      </Field>
      <div className="actions">
        <Act
          label="Change the account"
          primary={false}
          disabled={to === null}
          build={(who) => {
            if (to === null) throw new Error("The form is not complete.");
            return redirect(chain, who, subject, to);
          }}
        />
      </div>
    </details>
  );
}

export function GiveBack({
  subject,
  hasRecord,
}: {
  readonly subject: Subject;
  readonly hasRecord: boolean;
}) {
  const chain = useChain();
  const unit = useConfig().budget;
  const [text, setText] = useState("");
  const [inRecord, setInRecord] = useState(hasRecord);
  const amount = format.parseAmount(text, unit.decimals);
  const problem =
    text !== "" && amount === null
      ? `That is no amount of ${unit.symbol} with at most ${unit.decimals} decimals.`
      : amount === 0n
        ? "Give back more than nothing."
        : null;
  return (
    <details className="streams-rare">
      <summary>Give money back to the treasury</summary>
      <p>What was paid and is not needed. It leaves your wallet and cannot be had back.</p>
      <Field
        label={`Amount, in ${unit.symbol}`}
        problem={problem}
        hint={amount === null ? "For example 1,200.5" : format.exactAmount(amount, unit)}
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
      {hasRecord ? (
        <label className="streams-check">
          <input
            type="checkbox"
            checked={inRecord}
            onChange={({ target }) => setInRecord(target.checked)}
          />{" "}
          Count it in your record
        </label>
      ) : null}
      <div className="actions">
        <Act
          label="Give it back"
          primary={false}
          disabled={amount === null || amount === 0n}
          build={(who) => {
            if (amount === null) throw new Error("The form is not complete.");
            return giveBack(chain, who, subject, amount, inRecord && hasRecord);
          }}
        />
      </div>
    </details>
  );
}
