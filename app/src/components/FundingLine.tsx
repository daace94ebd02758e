/**
 * The slate as it would be funded now, or as it was: in rank order against the cap, with the line where the
 * money ends. Figures move where they stand; rows that change places slide, and wait while one is pointed at.
 */

import type { Choice, state } from "@community-budget/client";
import {
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";

import type { ShownSlate } from "../hooks/slate";
import { useConfig } from "../lib/context";
import * as format from "../lib/format";
import { href } from "../lib/router";
import { headline } from "../lib/headline";
import { CapBar } from "./Bars";
import { EntryTitle } from "./Entry";
import { FundingRow, type FundingRowProps } from "./FundingLine/FundingRow";
import { type Line, Lines, type Order, movesTo } from "./FundingLine/line";
import { useHold, useOrder } from "./FundingLine/order";
import { useNews } from "./FundingLine/seen";
import { Term } from "./Text";
import "./FundingLine.css";

type Projection = state.funding.Projection;

/** Rows above the line that a compact list shows. */
const COMPACT_ROWS = 5;
/** How often a reader of the screen is told, in milliseconds. */
const SPEAK_MS = 10_000;

/** What {@link FundingLine} takes. */
export interface FundingLineProps {
  readonly shown: ShownSlate;
  /** The visitor's choices, by place on the slate. Without `onChoose` they are only shown. */
  readonly choices?: ReadonlyMap<number, Choice> | undefined;
  /** Puts controls into every row that can be voted on; `null` clears the choice. */
  readonly onChoose?: ((index: number, choice: Choice | null) => void) | undefined;
  /** What would be decided with the visitor's ballot: rows that would stand elsewhere are marked. */
  readonly compare?: Projection | null | undefined;
  /** Only the first rows, the line, and how many there are besides. */
  readonly compact?: boolean | undefined;
}

/** What is the case of a slate, in a sentence: `If voting closed now, 7 of 11 asks would be funded …` */
export function FundingSentence({ shown }: { readonly shown: ShownSlate }) {
  return <p className="lead funding-sentence">{headline(shown.slate)}</p>;
}

/** See the top of this file. */
export function FundingLine(props: FundingLineProps) {
  // Nothing of one epoch's rows holds for another's.
  return <EpochLine key={props.shown.epoch.index} {...props} />;
}

function EpochLine({ shown, choices, onChoose, compare, compact = false }: FundingLineProps) {
  const { treasury, stake } = useConfig();
  const [lines] = useState(() => new Lines());
  const line = useMemo(() => lines.of(shown), [lines, shown]);
  const moves = useMemo(
    () => (compare === null || compare === undefined ? null : movesTo(shown.slate, compare)),
    [shown.slate, compare],
  );
  const list = useRef<HTMLDivElement>(null);
  const { held, ...holders } = useHold();
  const { shown: order, late, catchUp } = useOrder(line.order, held, list);
  const key = compact ? null : `funding-line/${treasury}/${shown.epoch.index}`;
  const news = useNews(key, line.rows, list);
  const choose = useSteady(onChoose);

  const { budget } = shown.slate;
  const row = (index: number): ReactNode => {
    const own = line.rows[index];
    if (own === undefined) return null;
    const props: FundingRowProps = {
      row: own,
      unit: budget,
      decimals: stake.decimals,
      scaleBps: line.scaleBps,
      compact,
      choice: choices?.get(index) ?? null,
      onChoose: choose,
      move: moves?.get(index) ?? null,
      news: news.get(index) ?? null,
    };
    return <FundingRow key={index} {...props} />;
  };

  const view: ViewProps = { shown, line, order, row, compact };
  return (
    <div
      className={compact ? "funding funding-compact" : "funding"}
      ref={list}
      tabIndex={-1}
      {...holders}
    >
      <Asks {...view} />
      {compact ? null : <Acts {...view} />}
      {compact ? <Rest {...view} /> : <Gone {...view} />}
      {late ? <Late list={list} catchUp={catchUp} /> : null}
      {compact ? null : <Spoken text={line.headline} />}
    </div>
  );
}

/** The same function at every rendering, so that no row renders for a caller's new one. */
function useSteady(onChoose: FundingLineProps["onChoose"]): FundingRowProps["onChoose"] {
  const latest = useRef(onChoose);
  useLayoutEffect(() => {
    latest.current = onChoose;
  });
  const steady = useCallback(
    (index: number, choice: Choice | null) => latest.current?.(index, choice),
    [],
  );
  return onChoose === undefined ? null : steady;
}

interface ViewProps {
  readonly shown: ShownSlate;
  readonly line: Line;
  readonly order: Order;
  readonly row: (index: number) => ReactNode;
  readonly compact: boolean;
}

function Asks(view: ViewProps) {
  const { shown, line, order, row, compact } = view;
  // The headline says that there is none.
  if (order.asks.length === 0) return null;
  const early = shown.phase === "Submission";
  const above = order.asks.slice(0, order.above);
  const skipped = order.asks.slice(order.above, order.passing);
  const rest = order.asks.slice(order.passing);
  const settled = shown.slate.projection === null;
  const heading = (key: string, list: readonly number[], words: string): readonly ReactNode[] =>
    list.length === 0
      ? []
      : [
          <tr role="row" key={key} className="funding-heading">
            <th role="rowheader" scope="rowgroup">
              {words}
            </th>
          </tr>,
          ...list.map(row),
        ];
  // One list with keys, so that a row keeps its element when it crosses the line.
  const body = early
    ? (compact ? order.asks.slice(0, COMPACT_ROWS) : order.asks).map(row)
    : [
        ...(compact ? above.slice(0, COMPACT_ROWS) : above).map(row),
        compact && above.length > COMPACT_ROWS ? (
          <MoreAbove key="more" count={above.length - COMPACT_ROWS} settled={settled} />
        ) : null,
        <TheLine key="line" line={line} shown={shown} />,
        ...(compact
          ? []
          : [
              ...heading(
                "skipped",
                skipped,
                settled ? "Passed, but did not fit" : "Pass, but do not fit",
              ),
              ...heading("rest", rest, settled ? "Did not pass" : "Do not pass yet"),
            ]),
      ];
  return (
    <table role="table" className="funding-table">
      <caption className="visually-hidden">{line.headline}</caption>
      <Head {...view} />
      <tbody role="rowgroup">{body}</tbody>
    </table>
  );
}

function Head({ shown, line, compact }: ViewProps) {
  const unit = shown.slate.budget;
  const { tiers } = shown.epoch.policy;
  const [small, medium, large] = tiers.rules;
  const per = (field: "quorumBps" | "approvalBps") =>
    `${format.bps(small?.[field] ?? 0)} for a small ask, ${format.bps(medium?.[field] ?? 0)} for a medium and ${format.bps(large?.[field] ?? 0)} for a large one`;
  const voted = !compact && shown.phase !== "Submission";
  return (
    <thead role="rowgroup">
      <tr role="row" className="funding-head">
        <th role="columnheader" scope="col" className="funding-rank">
          <span className="visually-hidden">Rank</span>
        </th>
        <th role="columnheader" scope="col" className="funding-entry">
          Ask
        </th>
        <th role="columnheader" scope="col" className="funding-amount number">
          {unit.symbol}
        </th>
        <th role="columnheader" scope="col" className="funding-part">
          <span className="funding-cap" title={format.exactAmount(line.cap, unit)}>
            cap {format.digits(line.cap, unit.decimals)}
          </span>
        </th>
        <th role="columnheader" scope="col" className="funding-word">
          <span className="visually-hidden">Standing</span>
        </th>
        {voted ? (
          <>
            <th role="columnheader" scope="col" className="funding-turnout">
              <Term word="Took part">
                At least this share of all staked weight must take part, abstaining included:{" "}
                {per("quorumBps")}
                {tiers.contestedCoefBps === 0 ? "." : "; the more oppose it, the more."} The bars
                end at {format.bps(line.scaleBps)}.
              </Term>
            </th>
            <th role="columnheader" scope="col" className="funding-approval">
              <Term word="In favour">
                Of the weight for and against, at least this share must be for it:{" "}
                {per("approvalBps")}.
              </Term>
            </th>
          </>
        ) : null}
        {compact ? null : (
          <th role="columnheader" scope="col" className="visually-hidden">
            Why, and your vote
          </th>
        )}
      </tr>
    </thead>
  );
}

/** Where the money ends. */
function TheLine({ line, shown }: { readonly line: Line; readonly shown: ShownSlate }) {
  const unit = shown.slate.budget;
  return (
    <tr role="row" className="funding-the-line">
      <td role="cell" className="funding-end">
        funding line:{" "}
        <strong title={format.exactAmount(line.left, unit)}>
          {format.amount(line.left, unit)}
        </strong>{" "}
        left
      </td>
      <td role="cell" className="funding-part">
        <CapBar before={line.taken} amount={0n} cap={line.cap} fill="plain" />
      </td>
    </tr>
  );
}

function MoreAbove({ count, settled }: { readonly count: number; readonly settled: boolean }) {
  return (
    <tr role="row" className="funding-more">
      <td role="cell">
        and {count} more that {settled ? "were" : "would be"} funded
      </td>
    </tr>
  );
}

/** Of a compact list, what is not in it. */
function Rest({ shown, order }: ViewProps) {
  const early = shown.phase === "Submission";
  const settled = shown.slate.projection === null;
  const parts: string[] = [];
  const add = (count: number, words: string) => {
    if (count > 0) parts.push(`${count} ${words}`);
  };
  if (early) add(Math.max(0, order.asks.length - COMPACT_ROWS), "more");
  else {
    add(order.passing - order.above, settled ? "passed, but did not fit" : "pass, but do not fit");
    add(order.asks.length - order.passing, settled ? "did not pass" : "do not pass yet");
  }
  add(order.acts.length, order.acts.length === 1 ? "act" : "acts");
  return (
    <p className="funding-rest">
      {parts.length === 0 ? null : `${parts.join(" · ")}. `}
      <a href={href({ page: "epoch", index: settled ? shown.epoch.index : null })}>
        The whole slate
      </a>
    </p>
  );
}

function Acts({ order, row }: ViewProps) {
  if (order.acts.length === 0) return null;
  return (
    <section className="funding-acts">
      <h2>Acts</h2>
      <p className="muted small">
        Changes of policy and roles, and rulings on streams. They take no money from the cap, and
        need the largest consent.
      </p>
      <table role="table" className="funding-table funding-act-table">
        <caption className="visually-hidden">Acts, which take no money</caption>
        <thead role="rowgroup" className="visually-hidden">
          <tr role="row">
            {["Rank", "Act", "Standing", "Took part", "In favour"].map((name) => (
              <th role="columnheader" scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">{order.acts.map(row)}</tbody>
      </table>
    </section>
  );
}

/** What does not stand for election: there, but quiet. */
function Gone({ shown, line, order }: ViewProps) {
  if (order.gone.length === 0) return null;
  return (
    <details className="funding-gone">
      <summary>{order.gone.length} withdrawn or not accepted</summary>
      <ul>
        {order.gone.map((index) => {
          const own = line.rows[index];
          if (own === undefined) return null;
          return (
            <li key={index} data-row={index}>
              <EntryTitle
                index={shown.epoch.index}
                entry={index}
                proposal={shown.proposals.get(index)}
              />
              {own.award ? `, ${format.amount(own.amount, shown.slate.budget)}` : null}:{" "}
              <span className="muted">{own.why}</span>
            </li>
          );
        })}
      </ul>
    </details>
  );
}

/** Rows are held at places that are theirs no more. */
function Late({
  list,
  catchUp,
}: {
  readonly list: RefObject<HTMLElement | null>;
  readonly catchUp: () => void;
}) {
  return (
    <p className="funding-late" role="status">
      The order has changed while you are here.{" "}
      <button
        type="button"
        onClick={() => {
          catchUp();
          // The button goes away, and the focus must not get lost with it.
          list.current?.focus({ preventScroll: true });
        }}
      >
        Show the new order
      </button>
    </p>
  );
}

/** Tells a reader of the screen what has changed, now and then. Not what was there at first. */
function Spoken({ text }: { readonly text: string }) {
  const [said, setSaid] = useState("");
  const latest = useRef({ text, at: 0, first: text });
  useEffect(() => {
    const state = latest.current;
    state.text = text;
    if (text === state.first) return;
    state.first = "";
    const wait = Math.max(0, state.at + SPEAK_MS - performance.now());
    const timer = setTimeout(() => {
      state.at = performance.now();
      setSaid(state.text);
    }, wait);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p className="visually-hidden" aria-live="polite">
      {said}
    </p>
  );
}
