/** One row of the funding line. It renders anew only when one of its own values is another one. */

import { Choice, Outcome } from "@community-budget/client";
import { memo, useEffect, useRef } from "react";

import type { Unit } from "../../lib/format";
import * as format from "../../lib/format";
import { href } from "../../lib/router";
import { visible } from "../../lib/text";
import { ApprovalBar, CapBar, Swatch, TurnoutBar } from "../Bars";
import { Name, Written } from "../Text";
import { Choose, choiceWord } from "./Choose";
import type { Row } from "./line";
import type { News } from "./seen";

/** How long the mark of a change is seen, in milliseconds. */
const PULSE_MS = 1_500;

/** What {@link FundingRow} takes. */
export interface FundingRowProps {
  readonly row: Row;
  readonly unit: Unit;
  /** Decimals of weights. */
  readonly decimals: number;
  readonly scaleBps: number;
  readonly compact: boolean;
  readonly choice: Choice | null;
  readonly onChoose: ((index: number, choice: Choice | null) => void) | null;
  /** Where the visitor's ballot would move it; `null` for nowhere. */
  readonly move: string | null;
  /** What has changed since the last visit; `null` for nothing. */
  readonly news: News | null;
}

/** See the top of this file. */
export const FundingRow = memo(function FundingRow({
  row,
  unit,
  decimals,
  scaleBps,
  compact,
  choice,
  onChoose,
  move,
  news,
}: FundingRowProps) {
  const pulse = usePulse(row);
  const name = row.title === null ? `entry ${row.index}` : visible(row.title);
  return (
    <tr role="row" className={`funding-row funding-${row.look}`} data-row={row.index}>
      <td role="cell" className="funding-rank">
        <span className="funding-pulse" ref={pulse} aria-hidden="true" />
        {row.rank ?? <span className="visually-hidden">no rank</span>}
      </td>
      <th role="rowheader" scope="row" className="funding-entry">
        <a
          className="funding-title"
          href={href({ page: "proposal", index: row.epoch, entry: row.index })}
        >
          {row.title === null ? `Entry ${row.index}` : <Written>{row.title}</Written>}
        </a>
        <About row={row} />
        {news === null ? null : (
          // It stays when it has been seen, and only gets quiet: nothing moves under a finger.
          <span className={news.seen ? "funding-news funding-quiet" : "funding-news"}>
            Since your last visit: {news.text}
          </span>
        )}
      </th>
      {row.award ? (
        <>
          <td role="cell" className="funding-amount number">
            <span title={format.exactAmount(row.amount, unit)}>{amountIn(row, unit)}</span>
          </td>
          <td role="cell" className="funding-part">
            <CapBar before={row.before} amount={row.amount} cap={row.cap} fill={row.look} />
          </td>
        </>
      ) : null}
      <td role="cell" className="funding-word">
        <Swatch fill={row.look} />
        <Word row={row} />
      </td>
      {compact ? null : <Votes row={row} scaleBps={scaleBps} decimals={decimals} />}
      {row.why === "" || compact ? null : (
        <td role="cell" className="funding-why">
          {row.why}
        </td>
      )}
      {onChoose !== null && row.votable ? (
        <td role="cell" className="funding-choice">
          <Choose index={row.index} what={name} choice={choice} onChoose={onChoose} />
        </td>
      ) : null}
      {onChoose === null && choice !== null && choice !== Choice.Unmarked ? (
        <td role="cell" className="funding-choice">
          <span className="tag">you: {choiceWord(choice)}</span>
        </td>
      ) : null}
      {/* With controls, its place is kept: a choice on one row must not push others about. */}
      {onChoose === null && move === null ? null : (
        <td role="cell" className="funding-move">
          {move === null ? null : `With your ballot it ${move}`}
        </td>
      )}
    </tr>
  );
});

/** The most characters that the column of amounts is wide. */
const WIDE = 10;

function amountIn({ amount }: Row, unit: Unit): string {
  const digits = format.digits(amount, unit.decimals);
  return digits.length > WIDE ? format.short(amount, unit.decimals) : digits;
}

function About({ row }: { readonly row: Row }) {
  return (
    <span className="funding-about">
      {row.recipient === null ? null : (
        <>
          <Name address={row.recipient} /> ·{" "}
        </>
      )}
      <Written>{row.matter}</Written> · {row.tier}
      {row.closed ? " · its proposal account is closed" : null}
    </span>
  );
}

/** The standing in a word; of what runs, with the way to its stream. */
function Word({ row }: { readonly row: Row }) {
  if (row.award && row.outcome === Outcome.Executed) {
    return <a href={href({ page: "stream", index: row.epoch, entry: row.index })}>{row.word}</a>;
  }
  return row.word;
}

function Votes({
  row,
  scaleBps,
  decimals,
}: Pick<FundingRowProps, "row" | "scaleBps" | "decimals">) {
  if (!row.judged) {
    return (
      <td role="cell" className="funding-needs">
        needs {format.bps(row.quorumBps)} taking part, {format.bps(row.approvalBps)} in favour
      </td>
    );
  }
  return (
    <>
      <td role="cell" className="funding-turnout">
        <TurnoutBar
          cast={row.for + row.against + row.abstain}
          electorate={row.electorate}
          quorum={row.quorum}
          quorumBps={row.quorumBps}
          scaleBps={scaleBps}
          decimals={decimals}
        />
      </td>
      <td role="cell" className="funding-approval">
        <ApprovalBar
          inFavour={row.for}
          against={row.against}
          approvalBps={row.approvalBps}
          decimals={decimals}
        />
      </td>
    </>
  );
}

/**
 * Lights a mark up for a while whenever the row's own votes or standing change. It is lit past React, and
 * stands still: a hundred marks that fade would be drawn anew with every frame.
 */
function usePulse(row: Row) {
  const mark = useRef<HTMLSpanElement>(null);
  const before = useRef(row);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    const was = before.current;
    before.current = row;
    const votes = was.for !== row.for || was.against !== row.against || was.abstain !== row.abstain;
    if (!votes && was.word === row.word) return;
    const lit = mark.current;
    lit?.classList.add("funding-lit");
    clearTimeout(timer.current);
    timer.current = setTimeout(() => lit?.classList.remove("funding-lit"), PULSE_MS);
  }, [row]);
  return mark;
}
