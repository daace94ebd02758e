/** Labelled fields of the forms: each says at its place what is wrong with it. */

import { type ReactNode, useId, useState } from "react";

import { digestOf } from "../../lib/digest";
import * as format from "../../lib/format";
import { sentenceOf } from "../../lib/resource";
import "./forms.css";

/** What ties a control to its label, hint and problem. */
export interface Tied {
  readonly id: string;
  readonly "aria-invalid": boolean;
  readonly "aria-describedby": string;
}

export function Field({
  label,
  hint,
  problem = null,
  children,
}: {
  readonly label: string;
  readonly hint?: ReactNode;
  /** One sentence; `null` while nothing is wrong. */
  readonly problem?: string | null;
  readonly children: (tied: Tied) => ReactNode;
}) {
  const id = useId();
  const about = `${id}-about`;
  return (
    <div className="streams-field">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-invalid": problem !== null, "aria-describedby": about })}
      <div id={about} className="small">
        {problem === null ? (
          <span className="muted">{hint}</span>
        ) : (
          <span className="held">{problem}</span>
        )}
      </div>
    </div>
  );
}

/** A chosen file, as far as it matters: its hash. */
export interface Hashed {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A file of which only the SHA-256 leaves this page. */
export function FileField({
  label,
  hint,
  problem = null,
  onChange,
}: {
  readonly label: string;
  readonly hint: ReactNode;
  readonly problem?: string | null;
  readonly onChange: (hashed: Hashed | null) => void;
}) {
  const [state, setState] = useState<{ hashed: Hashed | null; problem: string | null }>({
    hashed: null,
    problem: null,
  });
  const take = async (file: File | undefined) => {
    onChange(null);
    setState({ hashed: null, problem: null });
    if (file === undefined) return;
    try {
      const hashed = { name: file.name, bytes: await digestOf(file) };
      setState({ hashed, problem: null });
      onChange(hashed);
    } catch (error) {
      setState({ hashed: null, problem: sentenceOf(error) });
    }
  };
  const { hashed } = state;
  return (
    <Field
      label={label}
      problem={problem ?? state.problem}
      hint={
        hashed === null ? (
          hint
        ) : (
          <>
            SHA-256 <code>{format.hex(hashed.bytes)}</code>
          </>
        )
      }
    >
      {(tied) => (
        <input {...tied} type="file" onChange={({ target }) => void take(target.files?.[0])} />
      )}
    </Field>
  );
}
