/** Nobody is told of a mistake in a field that they have not left yet, unless they ask for all of them. */

import { useCallback, useState } from "react";

import type { Check } from "../../lib/draft";
import { Refused } from "../../lib/errors";

/** Why a form cannot be submitted yet: the first thing that stands in the way. */
export function notReady(checks: readonly Check<string>[]): Refused {
  const first = checks.find(({ state }) => state === "missed" || state === "open");
  return new Refused({
    name: "NotReady",
    sentence: first?.sentence ?? "Something is missing.",
    advice: "Nothing was sent. What is missing now stands at its field.",
  });
}

/** What may be said of the fields. */
export interface Touch<F extends string> {
  readonly problem: (field: F) => string | null;
  readonly leave: (field: F) => void;
  /** From now on every field says what it lacks. */
  readonly all: () => void;
}

export function useTouch<F extends string>(checks: readonly Check<string>[]): Touch<F> {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState(false);
  return {
    problem: (field) => {
      const check = checks.find(
        (one) => one.field === field && (one.state === "missed" || one.state === "open"),
      );
      if (check === undefined) return null;
      return asked || (check.state === "missed" && left.has(field)) ? check.sentence : null;
    },
    leave: useCallback((field: F) => setLeft((before) => new Set([...before, field])), []),
    all: useCallback(() => setAsked(true), []),
  };
}
