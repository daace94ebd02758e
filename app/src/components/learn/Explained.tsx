/** A term of the glossary that explains itself where it stands, with the treasury's own figures. */

import { useMemo } from "react";

import { useCell } from "../../lib/cell";
import { useChain, useCoarseNow } from "../../lib/context";
import { type Figures, entryOf } from "../../lib/glossary";
import { valueOf } from "../../lib/resource";
import { Term } from "../Text";

/** Seconds after which what depends on the time is said anew. */
const STEP = 60n;

/** What the glossary takes its figures from; `null` while the treasury is being read. */
export function useFigures(): Figures | null {
  const chain = useChain();
  const treasury = valueOf(useCell(chain.treasury));
  const epoch = valueOf(useCell(chain.epoch));
  const now = useCoarseNow(STEP);
  const { budget, stake } = chain.config;
  return useMemo(
    () => (treasury === null ? null : { treasury, epoch, now, budget, stake }),
    [treasury, epoch, now, budget, stake],
  );
}

/** `term` names an entry: `quorum`. `word` is how it reads in the sentence, when not as in the glossary. */
export function Explained({ term, word }: { readonly term: string; readonly word?: string }) {
  const figures = useFigures();
  const entry = entryOf(term);
  if (entry === null) throw new Error(`the glossary has no ${term}`);
  const here = figures === null ? null : (entry.here?.(figures) ?? null);
  return (
    <Term word={word ?? entry.word.toLowerCase()}>
      {entry.plain} {here} <a href={`#/learn/${entry.id}`}>More</a>
    </Term>
  );
}
