/** One section of the policy, its values within their hard bounds, old beside new. */

import type { Ground } from "../../lib/draft";
import { TermsView } from "../proposal/TermsView";
import { type ActForm, patchedBy, valuesOf } from "./acts";
import { CategoryFields } from "./CategoryFields";
import { Field } from "./Field";
import { rowsOfPatch } from "./policyPatch";
import { PolicyRow } from "./PolicyRow";
import { SECTIONS, inWords, nameOf, read, rowsOf, suffixOf, typed } from "./policyTable";

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
  const { treasury } = ground;
  const { policy } = treasury;
  const units = { budget: ground.budget, stake: ground.stake };
  const values = valuesOf(form);
  const { next, changed, problems } = patchedBy(form, ground);
  const between = problems.get("");
  const put = (fields: Readonly<Record<string, string | null>>) => {
    const kept = new Map(Object.entries(form.values));
    for (const [field, text] of Object.entries(fields)) {
      if (text === null) kept.delete(`${form.section}/${field}`);
      else kept.set(`${form.section}/${field}`, text);
    }
    change({ values: Object.fromEntries(kept) });
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
        {rowsOf(form.section).map((row) => {
          const now = read(policy, row);
          const text = values[row.field];
          const bounds = `${inWords(row, row.min, units)} to ${inWords(row, row.max, units)}`;
          return (
            <PolicyRow
              key={row.field}
              label={nameOf(row)}
              now={inWords(row, now, units)}
              hint={`${row.meaning.replace(/, in seconds\.$/, ".")} ${bounds}.`}
              suffix={suffixOf(row, units)}
              text={text ?? typed(row, now, units)}
              changed={changed.includes(row.field)}
              problem={problems.get(row.field) ?? null}
              onChange={(value) => put({ [row.field]: value })}
              onUndo={text === undefined ? null : () => put({ [row.field]: null })}
            />
          );
        })}
      </div>
      {form.section === "risk" ? (
        <CategoryFields
          policy={policy}
          positions={treasury.positions}
          values={values}
          units={units}
          changed={changed}
          problems={problems}
          put={put}
        />
      ) : null}
      {between === undefined ? null : (
        <p className="held" role="alert">
          {between}
        </p>
      )}
      <h3>What would change</h3>
      {changed.length === 0 ? (
        <p className="muted">Nothing yet.</p>
      ) : (
        <TermsView rows={rowsOfPatch(next, ground)} brief />
      )}
    </>
  );
}
