/** The slate as it would be funded now, or as it was: ranked, with the line where the money ends. */

import { type Choice, type state } from "@community-budget/client";

import type { ShownSlate } from "../hooks/slate";
import { amount } from "../lib/format";
import { standingOf } from "../lib/words";
import { EntryTitle } from "./Entry";
import "./FundingLine.css";

type Projection = state.funding.Projection;

/** What {@link FundingLine} takes. */
export interface FundingLineProps {
  readonly shown: ShownSlate;
  /** The visitor's choices, by place on the slate. */
  readonly choices?: ReadonlyMap<number, Choice> | undefined;
  /** Puts controls into every row that can be voted on; `null` clears the choice. */
  readonly onChoose?: ((index: number, choice: Choice | null) => void) | undefined;
  /** What would be decided with the visitor's ballot: rows that would stand elsewhere are marked. */
  readonly compare?: Projection | null | undefined;
  /** Only the first rows, the line, and how many there are besides. */
  readonly compact?: boolean | undefined;
}

/** See the top of this file. */
export function FundingLine({ shown }: FundingLineProps) {
  const { slate, epoch, proposals } = shown;
  return (
    <ol>
      {epoch.slate.slice(0, epoch.entryCount).map((entry, index) => (
        <li key={index}>
          <EntryTitle index={epoch.index} entry={index} proposal={proposals.get(index)} />{" "}
          {amount(entry.amount, slate.budget)}: {standingOf(slate, index).reason}
        </li>
      ))}
    </ol>
  );
}
