/** What must hold of a proposal, one by one. */

import { memo } from "react";

import type { Check } from "../../lib/draft";

const MARKS = {
  holds: { sign: "✓", word: "holds", tone: "funded" },
  missed: { sign: "✗", word: "must change", tone: "held" },
  open: { sign: "○", word: "to fill in", tone: "muted" },
  spare: { sign: "–", word: "may stay so", tone: "muted" },
} as const;

export const Checks = memo(function Checks({
  checks,
}: {
  readonly checks: readonly Check<string>[];
}) {
  const missed = checks.filter(({ state }) => state === "missed").length;
  const open = checks.filter(({ state }) => state === "open").length;
  return (
    <>
      <p role="status" className="propose-count">
        {missed + open === 0
          ? "Everything that the program checks holds."
          : [missed > 0 ? `${missed} must change` : "", open > 0 ? `${open} still to fill in` : ""]
              .filter((words) => words !== "")
              .join(", ") + "."}
      </p>
      <ul className="propose-checks">
        {checks.map(({ field, name, state, sentence }) => {
          const { sign, word, tone } = MARKS[state];
          return (
            <li key={`${field}${name}`} data-check={field} data-state={state}>
              <span className={tone} aria-hidden="true">
                {sign}
              </span>
              <span>
                <strong>{name}</strong>
                <span className="visually-hidden"> ({word})</span>: {sentence}
              </span>
            </li>
          );
        })}
      </ul>
    </>
  );
});
