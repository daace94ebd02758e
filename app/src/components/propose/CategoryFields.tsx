/** The list of categories: changed where they stand, added at the end, and the last taken away. */

import type { Policy, Treasury } from "@community-budget/client";

import { Money, Written } from "../Text";
import {
  CLASSES,
  COUNT,
  MOST,
  VALUES,
  fieldOf,
  lengthOf,
  rowsOfCategory,
  typedList,
} from "./categories";
import { PolicyRow } from "./PolicyRow";
import { type Units, inWords, nameOf, suffixOf } from "./policyTable";

const CLASS_WORDS = "What its money is for: operating is spent, hedge and derivative are at risk.";

export function CategoryFields({
  policy,
  positions,
  values,
  units,
  changed,
  problems,
  put,
}: {
  readonly policy: Policy;
  readonly positions: Treasury["positions"];
  /** What was typed, by field. */
  readonly values: Readonly<Record<string, string>>;
  readonly units: Units;
  readonly changed: readonly string[];
  readonly problems: ReadonlyMap<string, string>;
  /** Puts what was typed; `null` takes it back. */
  readonly put: (fields: Readonly<Record<string, string | null>>) => void;
}) {
  const { risk } = policy;
  const list = typedList(values, risk, units);
  const stored = typedList({}, risk, units);
  const length = lengthOf(values, risk);
  // Of a new one nothing is wrong before it was touched.
  const problemOf = (field: string, isNew: boolean) =>
    isNew && values[field] === undefined ? null : (problems.get(field) ?? null);
  const common = (field: string, isNew: boolean) => ({
    changed: isNew || changed.includes(field),
    problem: problemOf(field, isNew),
    onChange: (text: string) => put({ [field]: text }),
    onUndo: isNew || values[field] === undefined ? null : () => put({ [field]: null }),
  });
  // As many as there are is nothing typed.
  const counted = (wanted: number) => (wanted === risk.categoryCount ? null : `${wanted}`);
  const removal = () => {
    const last = length - 1;
    const gone = VALUES.map((of) => [fieldOf(last, of), null] as const);
    put({ ...Object.fromEntries(gone), [COUNT]: counted(last) });
  };
  return (
    <>
      <h3>Categories</h3>
      {list.map((own, index) => {
        const { isNew } = own;
        const old = stored[index];
        const [name, kind] = [fieldOf(index, "name"), fieldOf(index, "class")];
        const position = positions[index];
        const out = isNew || position === undefined ? 0n : position.cost + position.pending;
        return (
          <fieldset key={index} className="policy-category">
            <legend>
              Category {index + 1}
              {old === undefined ? (
                " (new)"
              ) : (
                <>
                  : <Written>{old.name}</Written>
                </>
              )}
            </legend>
            <PolicyRow
              {...common(name, isNew)}
              label="name"
              text={own.name}
              now={old === undefined ? null : <Written>{old.name}</Written>}
              hint="At most 16 bytes: 16 plain letters."
            />
            <PolicyRow
              {...common(kind, isNew)}
              label="class"
              text={own.class}
              now={old?.class ?? ""}
              hint={CLASS_WORDS}
              choices={CLASSES}
            />
            {rowsOfCategory(index, own.isRisk).map((row) => (
              <PolicyRow
                key={row.field}
                {...common(row.field, isNew)}
                label={nameOf(row)}
                text={own.numbers.get(row.field) ?? ""}
                now={old?.numbers.get(row.field) ?? ""}
                suffix={suffixOf(row, units)}
                hint={`${row.meaning} ${inWords(row, row.min, units)} to ${inWords(row, row.max, units)}.`}
              />
            ))}
            {out > 0n ? (
              <p className="small">
                <Money value={out} /> of it is out or promised: its name, class and place can change
                only once that is back, released or written off.
              </p>
            ) : null}
          </fieldset>
        );
      })}
      <div className="actions">
        <button
          type="button"
          disabled={length >= MOST}
          onClick={() => put({ [COUNT]: counted(length + 1) })}
        >
          Add a category
        </button>
        <button type="button" disabled={length <= 1} onClick={removal}>
          Remove category {length}
        </button>
      </div>
      <p className="small muted">
        1 to {MOST}. Streams and proposals know their category by its place, so only the last one
        can be removed. Shares of the cap may add up to more than 100 %: each is a limit.
      </p>
    </>
  );
}
