/** What an act is about: the fields of each kind of act. */

import { rules, state } from "@community-budget/client";

import { useConfig } from "../../lib/context";
import type { Ground } from "../../lib/draft";
import * as format from "../../lib/format";
import { visible } from "../../lib/text";
import * as words from "../../lib/words";
import { Money, Name } from "../Text";
import { type ActForm as Form, type Streams, holderOf } from "./acts";
import { Choices, Field, TextField } from "./Field";
import { PolicyFields } from "./PolicyFields";
import type { Touch } from "./touch";

/** The fields of the chosen kind. */
export function Matter({
  form,
  ground,
  streams,
  change,
  touch,
}: {
  readonly form: Form;
  readonly ground: Ground;
  readonly streams: Streams;
  readonly change: (part: Partial<Form>) => void;
  readonly touch: Touch<keyof Form>;
}) {
  switch (form.kind) {
    case "policy":
      return <PolicyFields form={form} ground={ground} change={change} />;
    case "role":
      return <RoleFields form={form} ground={ground} change={change} touch={touch} />;
    case "ruling":
      return <RulingFields form={form} streams={streams} change={change} touch={touch} />;
    case "breaker":
      return (
        <p>
          While the breaker has tripped, no award is funded and no policy changed. A vote can end
          the trip before its time.
        </p>
      );
    case "write-off":
      return <LossFields form={form} ground={ground} change={change} touch={touch} />;
  }
}

interface FieldsProps {
  readonly form: Form;
  readonly change: (part: Partial<Form>) => void;
  readonly touch: Touch<keyof Form>;
}

function RoleFields({ form, ground, change, touch }: FieldsProps & { readonly ground: Ground }) {
  return (
    <>
      <Choices
        legend="Role"
        name="role"
        value={form.role}
        choices={[
          ["guardian", "Guardian"],
          ["reviewer", "Reviewer"],
          ["risk reporter", "Risk reporter"],
        ]}
        onChange={(role) => change({ role })}
      />
      <p>
        Held by <Name address={holderOf(form.role, ground)} /> now. A role can stop, score or mark;
        none can spend.
      </p>
      <Choices
        legend="Held from then on by"
        name="vacant"
        value={form.vacant ? "nobody" : "somebody"}
        choices={[
          ["somebody", "Somebody"],
          ["nobody", "Nobody"],
        ]}
        onChange={(value) => change({ vacant: value === "nobody" })}
      />
      {form.vacant ? null : (
        <div className="propose-fields">
          <TextField
            label="Address of the holder"
            wide
            problem={touch.problem("holder")}
            hint="A multisig’s address works as well."
            spellCheck={false}
            autoComplete="off"
            className="mono"
            value={form.holder}
            onChange={(holder) => change({ holder })}
            onLeave={() => touch.leave("holder")}
          />
        </div>
      )}
    </>
  );
}

function RulingFields({
  form,
  streams,
  change,
  touch,
}: FieldsProps & { readonly streams: Streams }) {
  const { names, budget } = useConfig();
  const chosen = streams.find(({ address }) => address === form.stream);
  return (
    <>
      <div className="propose-fields">
        <Field
          label="Stream"
          wide
          problem={touch.problem("stream")}
          hint={
            chosen === undefined ? (
              streams.length === 0 ? (
                "No stream is running."
              ) : (
                "Held ones come first."
              )
            ) : (
              <>
                To <Name address={chosen.data.recipient} />, <Money value={chosen.data.total} /> in
                all, of which <Money value={chosen.data.withdrawn} /> are paid.{" "}
                <a href={`#/stream/${chosen.data.epochIndex}/${chosen.data.entryIndex}`}>
                  Look at it
                </a>
              </>
            )
          }
        >
          {(tied) => (
            <select
              {...tied}
              value={form.stream}
              onChange={(event) => change({ stream: event.target.value })}
              onBlur={() => touch.leave("stream")}
            >
              <option value="">Choose…</option>
              {[...streams]
                .sort((a, b) => Number(b.data.heldAt !== 0n) - Number(a.data.heldAt !== 0n))
                .map(({ address, data }) => (
                  <option key={address} value={address}>
                    {data.heldAt === 0n ? "" : "held · "}
                    {visible(names.get(data.recipient) ?? format.shortKey(data.recipient))} ·{" "}
                    {format.amount(data.total, budget)} · epoch {data.epochIndex}, entry{" "}
                    {data.entryIndex}
                  </option>
                ))}
            </select>
          )}
        </Field>
      </div>
      <Choices
        legend="Ruling"
        name="ruling"
        value={form.ruling}
        choices={[
          ["resume", "Let it go on"],
          ["reduce", "Reduce it"],
          ["cancel", "Cancel it"],
        ]}
        onChange={(ruling) => change({ ruling })}
      />
      {touch.problem("ruling") === null ? null : (
        <p className="held small">{touch.problem("ruling")}</p>
      )}
      {form.ruling === "reduce" ? (
        <div className="propose-fields">
          <TextField
            label="Percent that it keeps"
            problem={touch.problem("keep")}
            hint="Of what is unreleased when it is carried out; the rest returns to the vault."
            inputMode="decimal"
            value={form.keep}
            onChange={(keep) => change({ keep })}
            onLeave={() => touch.leave("keep")}
          />
        </div>
      ) : null}
    </>
  );
}

function LossFields({ form, ground, change, touch }: FieldsProps & { readonly ground: Ground }) {
  const { treasury, budget } = ground;
  const { categories, categoryCount } = treasury.policy.risk;
  const risky = categories
    .slice(0, categoryCount)
    .map((_, index) => index)
    .filter((index) => rules.risk.isRisk(state.policy.positionTerms(treasury.policy, index)));
  return (
    <div className="propose-fields">
      <Field
        label="Category"
        problem={touch.problem("category")}
        hint={
          risky.length === 0
            ? "The policy has no category whose money is at risk."
            : "Only money at risk can be lost: hedges and derivatives."
        }
      >
        {(tied) => (
          <select
            {...tied}
            value={form.category}
            onChange={(event) => change({ category: event.target.value })}
            onBlur={() => touch.leave("category")}
          >
            <option value="">Choose…</option>
            {risky.map((index) => (
              <option key={index} value={String(index)}>
                {words.category(treasury.policy, index)} (
                {format.amount(treasury.positions[index]?.cost ?? 0n, budget)} out)
              </option>
            ))}
          </select>
        )}
      </Field>
      <TextField
        label={`Lost, in ${budget.symbol}`}
        problem={touch.problem("amount")}
        inputMode="decimal"
        value={form.amount}
        onChange={(amount) => change({ amount })}
        onLeave={() => touch.leave("amount")}
      />
    </div>
  );
}
