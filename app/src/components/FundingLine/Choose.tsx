/** The choice on one row: one of three, or none. */

import { Choice } from "@community-budget/client";
import { useId } from "react";

const CHOICES = [
  [Choice.For, "For"],
  [Choice.Against, "Against"],
  [Choice.Abstain, "Abstain"],
] as const;

/** A choice in a word. */
export function choiceWord(choice: Choice): string {
  return CHOICES.find(([known]) => known === choice)?.[1] ?? "none";
}

/** Radio buttons for a choice, with a way back to none. */
export function Choose({
  index,
  what,
  choice,
  onChoose,
}: {
  readonly index: number;
  /** What is chosen on, for a reader who hears only this. */
  readonly what: string;
  readonly choice: Choice | null;
  readonly onChoose: (index: number, choice: Choice | null) => void;
}) {
  const group = useId();
  return (
    <span
      className={choice === null ? "choose choose-none" : "choose"}
      role="radiogroup"
      aria-label={`Your vote on ${what}`}
    >
      {CHOICES.map(([value, word]) => (
        <label key={word} className="choose-one" data-choice={word}>
          <input
            type="radio"
            name={group}
            checked={choice === value}
            onChange={() => onChoose(index, value)}
          />
          {word}
        </label>
      ))}
      {/* Its place is kept while there is nothing to clear, so that a choice moves nothing. */}
      <button
        type="button"
        className="plain choose-clear"
        aria-label={`Clear your vote on ${what}`}
        disabled={choice === null}
        onClick={() => onChoose(index, null)}
      >
        Clear
      </button>
    </span>
  );
}
