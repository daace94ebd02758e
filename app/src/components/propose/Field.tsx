/** A labelled field that says in one sentence, at its place, what is wrong with it. */

import { type InputHTMLAttributes, type ReactNode, useId } from "react";

/** What ties a control to its label, hint and problem. */
export interface Tied {
  readonly id: string;
  readonly "aria-invalid": boolean;
  readonly "aria-describedby": string | undefined;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  /** One sentence; `null` while nothing is wrong, or nobody has been here yet. */
  readonly problem: string | null;
  /** What stands at the end of the label's line: a counter, say. */
  readonly aside?: ReactNode;
  readonly wide?: boolean;
  readonly children: (tied: Tied) => ReactNode;
}

export function Field({ label, hint, problem, aside, wide = false, children }: FieldProps) {
  const id = useId();
  const [hintId, problemId] = [`${id}-hint`, `${id}-problem`];
  const described = [
    ...(hint === undefined ? [] : [hintId]),
    ...(problem === null ? [] : [problemId]),
  ];
  return (
    <div className={wide ? "propose-field propose-wide" : "propose-field"}>
      <div className="propose-label">
        <label htmlFor={id}>{label}</label>
        {aside === undefined ? null : <span className="small muted">{aside}</span>}
      </div>
      {children({
        id,
        "aria-invalid": problem !== null,
        "aria-describedby": described.length === 0 ? undefined : described.join(" "),
      })}
      {problem === null ? null : (
        <p className="propose-problem held small" id={problemId}>
          {problem}
        </p>
      )}
      {hint === undefined ? null : (
        <div className="propose-hint small muted" id={hintId}>
          {hint}
        </div>
      )}
    </div>
  );
}

type Attributes = Pick<
  InputHTMLAttributes<HTMLInputElement>,
  "type" | "inputMode" | "placeholder" | "className" | "spellCheck" | "autoComplete" | "min" | "max"
>;

/** A field in which text is typed: one line, or several where `rows` says how many are seen. */
export function TextField({
  label,
  hint,
  problem,
  aside,
  wide = false,
  value,
  rows,
  onChange,
  onLeave,
  ...attributes
}: Omit<FieldProps, "children"> &
  Attributes & {
    readonly value: string;
    readonly rows?: number;
    readonly onChange: (text: string) => void;
    readonly onLeave?: () => void;
  }) {
  return (
    <Field label={label} hint={hint} problem={problem} aside={aside} wide={wide}>
      {(tied) => {
        const common = { ...tied, value, onBlur: onLeave };
        return rows === undefined ? (
          <input
            type="text"
            {...common}
            {...attributes}
            onChange={({ target }) => onChange(target.value)}
          />
        ) : (
          <textarea {...common} rows={rows} onChange={({ target }) => onChange(target.value)} />
        );
      }}
    </Field>
  );
}

/** One of several, as radio buttons in a row. */
export function Choices<T extends string>({
  legend,
  name,
  value,
  choices,
  onChange,
}: {
  readonly legend: string;
  readonly name: string;
  readonly value: T;
  readonly choices: readonly (readonly [value: T, words: ReactNode])[];
  readonly onChange: (value: T) => void;
}) {
  return (
    <fieldset className="propose-choices">
      <legend>{legend}</legend>
      {choices.map(([choice, words]) => (
        <label key={choice}>
          <input
            type="radio"
            name={name}
            value={choice}
            checked={choice === value}
            onChange={() => onChange(choice)}
          />
          <span>{words}</span>
        </label>
      ))}
    </fieldset>
  );
}
