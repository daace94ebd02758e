/** One section of the policy, its values within their hard bounds, old beside new. */

import type { Policy } from "@community-budget/client";
import { useId } from "react";

import type { Ground } from "../../lib/draft";
import * as words from "../../lib/words";
import { Written } from "../Text";
import { type ActForm, patchedBy, valuesOf } from "./acts";
import { type Row, SECTIONS, inWords, nameOf, read, rowsOf, suffixOf, typed } from "./policyTable";
import { Field } from "./Field";

const ABOUT: Readonly<Record<(typeof SECTIONS)[number], string>> = {
  schedule: "when an epoch does what",
  slate: "who may take a slot, at which price",
  budget: "how much an epoch may give away",
  tiers: "what small, medium and large asks take",
  stake: "how staked tokens become weight",
  risk: "categories, runway and drawdown",
  breaker: "how fast money may leave",
  review: "how delivered work is judged",
};

export function PolicyFields({
  form,
  ground,
  change,
}: {
  readonly form: ActForm;
  readonly ground: Ground;
  readonly change: (part: Partial<ActForm>) => void;
}) {
  const { policy } = ground.treasury;
  const units = { budget: ground.budget, stake: ground.stake };
  const values = valuesOf(form);
  const { changes, problems } = patchedBy(form, ground);
  const between = problems.get("");
  const put = (row: Row, text: string) =>
    change({ values: { ...form.values, [`${form.section}/${row.field}`]: text } });
  const undo = (row: Row) => {
    const { [`${form.section}/${row.field}`]: _, ...rest } = form.values;
    change({ values: rest });
  };
  return (
    <>
      <div className="propose-fields">
        <Field
          label="Section"
          wide
          problem={null}
          hint="A vote replaces one section at a time, from the next epoch on."
        >
          {(tied) => (
            <select
              {...tied}
              value={form.section}
              onChange={({ target }) => {
                const section = SECTIONS.find((one) => one === target.value);
                if (section !== undefined) change({ section });
              }}
            >
              {SECTIONS.map((section) => (
                <option key={section} value={section}>
                  {section}: {ABOUT[section]}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <div className="policy-rows" role="group" aria-label={`The section ${form.section}`}>
        {rowsOf(form.section, policy).map((row) => {
          const now = read(policy, row);
          const text = values[row.field];
          return (
            <PolicyRow
              key={row.field}
              row={row}
              about={<About row={row} policy={policy} />}
              now={inWords(row, now, units)}
              bounds={`${inWords(row, row.min, units)} to ${inWords(row, row.max, units)}`}
              suffix={suffixOf(row, units)}
              text={text ?? typed(row, now, units)}
              changed={changes.some(({ row: { field } }) => field === row.field)}
              problem={problems.get(row.field) ?? null}
              onChange={(next) => put(row, next)}
              onUndo={text === undefined ? null : () => undo(row)}
            />
          );
        })}
      </div>
      {form.section === "risk" ? (
        <p className="small muted">
          Adding, renaming or removing categories takes a file: <code>budget propose FILE</code>.
        </p>
      ) : null}
      {between === undefined ? null : (
        <p className="held" role="alert">
          {between}
        </p>
      )}
      <h3>What would change</h3>
      {changes.length === 0 ? (
        <p className="muted">Nothing yet.</p>
      ) : (
        <ul>
          {changes.map(({ row, from, to }) => (
            <li key={row.field}>
              <About row={row} policy={policy} />: {inWords(row, from, units)} →{" "}
              <strong>{inWords(row, to, units)}</strong>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** What a row is about: its name, and whose it is where it belongs to a category. */
function About({ row, policy }: { readonly row: Row; readonly policy: Policy }) {
  const category = /^categories\.(\d+)\./.exec(row.field)?.[1];
  return (
    <>
      {category === undefined ? null : (
        <>
          <Written>{words.category(policy, Number(category))}</Written>:{" "}
        </>
      )}
      {nameOf(row)}
    </>
  );
}

function PolicyRow({
  row,
  about,
  now,
  bounds,
  suffix,
  text,
  changed,
  problem,
  onChange,
  onUndo,
}: {
  readonly row: Row;
  readonly about: React.ReactNode;
  readonly now: string;
  readonly bounds: string;
  readonly suffix: string;
  readonly text: string;
  readonly changed: boolean;
  readonly problem: string | null;
  readonly onChange: (text: string) => void;
  readonly onUndo: (() => void) | null;
}) {
  const id = useId();
  return (
    <div className={changed ? "policy-row policy-changed" : "policy-row"}>
      <label htmlFor={id}>{about}</label>
      <span className="policy-input">
        <input
          id={id}
          type="text"
          value={text}
          aria-invalid={problem !== null}
          aria-describedby={`${id}-about`}
          onChange={(event) => onChange(event.target.value)}
        />
        {suffix === "" ? null : <span className="muted small">{suffix}</span>}
        {onUndo === null ? null : (
          <button type="button" className="plain small" onClick={onUndo}>
            back to {now}
          </button>
        )}
      </span>
      <span className="small muted policy-about" id={`${id}-about`}>
        {problem === null ? null : <span className="held">{problem} </span>}
        {row.meaning.replace(/, in seconds\.$/, ".")} {bounds}.
      </span>
    </div>
  );
}
