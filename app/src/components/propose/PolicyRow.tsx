/** One value of the policy that a vote could change: typed, within which bounds, and the way back. */

import { type ReactNode, useId } from "react";

export function PolicyRow({
  label,
  now,
  hint,
  suffix = "",
  text,
  choices,
  changed,
  problem,
  onChange,
  onUndo,
}: {
  readonly label: string;
  /** As it is now. */
  readonly now: ReactNode;
  /** What it means and within which bounds. */
  readonly hint: string;
  readonly suffix?: string;
  readonly text: string;
  /** What can be chosen, where it is not typed. */
  readonly choices?: readonly string[];
  readonly changed: boolean;
  readonly problem: string | null;
  readonly onChange: (text: string) => void;
  /** `null` where nothing was typed. */
  readonly onUndo: (() => void) | null;
}) {
  const id = useId();
  const tied = {
    id,
    value: text,
    "aria-invalid": problem !== null,
    "aria-describedby": `${id}-about`,
  };
  return (
    <div className={changed ? "policy-row policy-changed" : "policy-row"}>
      <label htmlFor={id}>{label}</label>
      <span className="policy-input">
        {choices === undefined ? (
          <input {...tied} type="text" onChange={({ target }) => onChange(target.value)} />
        ) : (
          <select {...tied} onChange={({ target }) => onChange(target.value)}>
            {choices.map((choice) => (
              <option key={choice}>{choice}</option>
            ))}
          </select>
        )}
        {suffix === "" ? null : <span className="muted small">{suffix}</span>}
        {onUndo === null ? null : (
          <button type="button" className="plain small" onClick={onUndo}>
            back to {now}
          </button>
        )}
      </span>
      <span className="small muted policy-about" id={`${id}-about`}>
        {problem === null ? null : <span className="held">{problem} </span>}
        {hint}
      </span>
    </div>
  );
}
