/** All streams: looked through, ordered, and drawn only where they are in view. */

import type { Address } from "@solana/kit";
import type { Treasury } from "@community-budget/client";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  memo,
  useCallback,
  useDeferredValue,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";

import { useProposals } from "../../hooks/slate";
import { useChain, useConfig, useNow } from "../../lib/context";
import * as format from "../../lib/format";
import { href } from "../../lib/router";
import { type Flow, STATES, type StreamState, flowAt, releasedOf } from "../../lib/streams";
import { useVisitor } from "../../lib/wallet";
import { category } from "../../lib/words";
import { StreamStrip } from "../StreamBar";
import { MoneyFigure, Name, Written } from "../Text";
import {
  type Filter,
  NO_FILTER,
  type Order,
  type Row,
  type SortKey,
  filtered,
  placeOf,
  sorted,
} from "./list";
import type { TitleOf } from "./rows";

const COLUMNS: readonly (readonly [key: SortKey, words: string, amount: boolean])[] = [
  ["place", "Award", false],
  ["recipient", "Recipient", false],
  ["state", "State", false],
  ["total", "Awarded", true],
  ["released", "Released", true],
  ["claimable", "Claimable", true],
];

const ROW_HEIGHT = 58;
const CARD_HEIGHT = 108;
/** Below so many pixels a row is a card. */
const NARROW = "(max-width: 60rem)";

export function StreamTable({
  rows,
  treasury,
  titleOf,
}: {
  readonly rows: readonly Row[];
  readonly treasury: Treasury;
  readonly titleOf: TitleOf;
}) {
  const visitor = useVisitor()?.address ?? null;
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const [order, setOrder] = useState<Order>({ key: "place", descending: true });
  // The controls answer at once; the list follows.
  const wanted = useDeferredValue(filter);
  const ordering = useDeferredValue(order);
  const ordered = useMemo(() => sorted(rows, ordering, visitor), [rows, ordering, visitor]);
  const shown = useMemo(() => filtered(ordered, wanted, titleOf), [ordered, wanted, titleOf]);
  const own = useMemo(
    () => visitor !== null && rows.some(({ stream }) => stream.recipient === visitor),
    [rows, visitor],
  );
  return (
    <>
      <Controls
        rows={rows}
        treasury={treasury}
        visitor={visitor}
        filter={filter}
        order={order}
        onFilter={setFilter}
        onOrder={setOrder}
      />
      <p className="muted small" role="status">
        {shown.length === rows.length
          ? `All ${format.count(rows.length, "stream")}`
          : `${shown.length.toLocaleString("en-GB")} of ${format.count(rows.length, "stream")}`}
        {own ? ", yours first" : ""}
      </p>
      {shown.length === 0 ? (
        <div className="notice">
          <p>No stream is like that.</p>
          <p>
            <button type="button" onClick={() => setFilter(NO_FILTER)}>
              Show all again
            </button>
          </p>
        </div>
      ) : (
        <Virtual rows={shown} order={order} visitor={visitor} onOrder={setOrder} />
      )}
    </>
  );
}

function Controls({
  rows,
  treasury,
  visitor,
  filter,
  order,
  onFilter,
  onOrder,
}: {
  readonly rows: readonly Row[];
  readonly treasury: Treasury;
  readonly visitor: Address | null;
  readonly filter: Filter;
  readonly order: Order;
  readonly onFilter: (next: Filter) => void;
  readonly onOrder: (next: Order) => void;
}) {
  const { names } = useConfig();
  const id = useId();
  const counts = useMemo(() => countsOf(rows), [rows]);
  const recipients = useMemo(
    () =>
      [...counts.recipients]
        .map((address) => ({ address, name: names.get(address) ?? format.shortKey(address) }))
        .sort((a, b) => a.name.localeCompare(b.name)),
    [counts, names],
  );
  const states = Object.entries(STATES).filter(([state]) => counts.states.has(state));
  const categories = [...counts.categories].sort((a, b) => a - b);
  return (
    <div className="streams-controls" role="search" aria-label="Streams">
      <div>
        <label htmlFor={`${id}-text`}>Search</label>
        <input
          id={`${id}-text`}
          type="search"
          placeholder="Title, recipient, 0/12"
          autoComplete="off"
          value={filter.text}
          onChange={({ target }) => onFilter({ ...filter, text: target.value })}
        />
      </div>
      <div>
        <label htmlFor={`${id}-state`}>State</label>
        <select
          id={`${id}-state`}
          value={filter.state ?? ""}
          onChange={({ target }) => onFilter({ ...filter, state: stateOf(target.value) })}
        >
          <option value="">Any</option>
          <option value="waiting">waits for somebody</option>
          <option value="claimable">has something to claim</option>
          {states.map(([state, words]) => (
            <option key={state} value={state}>
              {words} ({(counts.states.get(state) ?? 0).toLocaleString("en-GB")})
            </option>
          ))}
        </select>
      </div>
      <div>
        <label htmlFor={`${id}-recipient`}>Recipient</label>
        <select
          id={`${id}-recipient`}
          value={filter.recipient ?? ""}
          onChange={({ target }) => {
            const found = recipients.find(({ address }) => address === target.value);
            onFilter({ ...filter, recipient: found?.address ?? null });
          }}
        >
          <option value="">Anybody</option>
          {recipients.map(({ address, name }) => (
            <option key={address} value={address}>
              {name}
              {address === visitor ? " (you)" : ""}
            </option>
          ))}
        </select>
      </div>
      <div>
        <label htmlFor={`${id}-category`}>Category</label>
        <select
          id={`${id}-category`}
          value={filter.category ?? ""}
          onChange={({ target }) =>
            onFilter({ ...filter, category: target.value === "" ? null : Number(target.value) })
          }
        >
          <option value="">Any</option>
          {categories.map((index) => (
            <option key={index} value={index}>
              {category(treasury.inForce, index)}
            </option>
          ))}
        </select>
      </div>
      <div className="streams-order">
        <label htmlFor={`${id}-order`}>Order</label>
        <select
          id={`${id}-order`}
          value={`${order.key} ${order.descending ? "down" : "up"}`}
          onChange={({ target }) => {
            const [key, way] = target.value.split(" ");
            const found = ORDERS.find((one) => one.key === key);
            if (found !== undefined) onOrder({ key: found.key, descending: way === "down" });
          }}
        >
          {ORDERS.map(({ key, up, down }) => [
            <option key={`${key} down`} value={`${key} down`}>
              {down}
            </option>,
            <option key={`${key} up`} value={`${key} up`}>
              {up}
            </option>,
          ])}
        </select>
      </div>
    </div>
  );
}

const ORDERS: readonly { readonly key: SortKey; readonly up: string; readonly down: string }[] = [
  { key: "place", up: "oldest first", down: "newest first" },
  { key: "claimable", up: "least to claim", down: "most to claim" },
  { key: "total", up: "smallest award", down: "largest award" },
  { key: "released", up: "least released", down: "most released" },
  { key: "ends", up: "ends soonest", down: "ends last" },
  { key: "state", up: "by state", down: "by state, finished first" },
  { key: "recipient", up: "recipient A to Z", down: "recipient Z to A" },
];

function stateOf(value: string): Filter["state"] {
  if (value === "waiting" || value === "claimable") return value;
  return isState(value) ? value : null;
}

const isState = (value: string): value is StreamState => Object.hasOwn(STATES, value);

function countsOf(rows: readonly Row[]) {
  const states = new Map<string, number>();
  const categories = new Set<number>();
  const recipients = new Set<Address>();
  for (const { stream, flow } of rows) {
    states.set(flow.state, (states.get(flow.state) ?? 0) + 1);
    categories.add(stream.category);
    recipients.add(stream.recipient);
  }
  return { states, categories, recipients };
}

/** The rows in view, in a table whose other rows are only room. */
function Virtual({
  rows,
  order,
  visitor,
  onOrder,
}: {
  readonly rows: readonly Row[];
  readonly order: Order;
  readonly visitor: Address | null;
  readonly onOrder: (next: Order) => void;
}) {
  const { symbol } = useConfig().budget;
  const box = useRef<HTMLTableElement>(null);
  const [narrow, setNarrow] = useState(() => matchMedia(NARROW).matches);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const query = matchMedia(NARROW);
    const change = () => setNarrow(query.matches);
    query.addEventListener("change", change);
    return () => query.removeEventListener("change", change);
  }, []);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => setOffset(Math.round(element.getBoundingClientRect().top + scrollY));
    measure();
    // What stands above the table may grow, and the page with it. To measure after every rendering would
    // have everything laid out once more while somebody scrolls.
    const watch = new ResizeObserver(measure);
    watch.observe(element.closest("main") ?? document.body);
    return () => watch.disconnect();
  }, []);
  // The same function for the same rows: with another one every row's place would be worked out anew.
  const getItemKey = useCallback((at: number) => rows[at]?.address ?? at, [rows]);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (narrow ? CARD_HEIGHT : ROW_HEIGHT),
    overscan: 6,
    scrollMargin: offset,
    getItemKey,
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, narrow]);
  const items = virtualizer.getVirtualItems();
  const before = (items[0]?.start ?? offset) - offset;
  const after = virtualizer.getTotalSize() - ((items.at(-1)?.end ?? offset) - offset);
  return (
    // Roles are said once more: they hold where the style makes cards of the rows.
    <table className="streams-table" role="table" aria-rowcount={rows.length + 1} ref={box}>
      <caption>
        Amounts in {symbol}. Each bar is the award: paid, claimable, to come, held, given back;
        lines are its checkpoints.
      </caption>
      <thead role="rowgroup">
        <tr role="row" aria-rowindex={1}>
          {COLUMNS.map(([key, words, amount]) => {
            const own = order.key === key;
            const next = { key, descending: own ? !order.descending : amount || key === "place" };
            return (
              <th
                key={key}
                scope="col"
                role="columnheader"
                className={amount ? "number" : ""}
                aria-sort={own ? (order.descending ? "descending" : "ascending") : "none"}
              >
                <button type="button" className="plain" onClick={() => onOrder(next)}>
                  {words}
                  <span aria-hidden="true">{own ? (order.descending ? " ↓" : " ↑") : ""}</span>
                </button>
              </th>
            );
          })}
          <th scope="col" role="columnheader">
            Progress
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        <Room height={before} />
        {items.map((item) => {
          const row = rows[item.index];
          return row === undefined ? null : (
            <StreamRow
              key={item.key}
              row={row}
              at={item.index}
              own={row.stream.recipient === visitor}
              resting={!virtualizer.isScrolling}
            />
          );
        })}
        <Room height={after} />
      </tbody>
    </table>
  );
}

function Room({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    <tr className="streams-room" aria-hidden="true" style={{ height: `${height}px` }}>
      <td colSpan={COLUMNS.length + 1} />
    </tr>
  );
}

const StreamRow = memo(function StreamRow({
  row,
  at,
  own,
  resting,
}: {
  readonly row: Row;
  readonly at: number;
  readonly own: boolean;
  /** Whether the list stands: what is only scrolled past reads nothing. */
  readonly resting: boolean;
}) {
  const flow = useFlow(row);
  const { stream } = flow;
  return (
    <tr
      role="row"
      aria-rowindex={at + 2}
      className={own ? "streams-row streams-mine" : "streams-row"}
      data-stream={placeOf(stream)}
    >
      <th scope="row" role="rowheader">
        <a href={href({ page: "stream", index: stream.epochIndex, entry: stream.entryIndex })}>
          <TitleSeen row={row} read={resting} />
        </a>
        <span className="muted small streams-place">{placeOf(stream)}</span>
      </th>
      <td role="cell" className="streams-recipient">
        <Name address={stream.recipient} />
      </td>
      <td role="cell" className={`streams-state streams-state-${flow.state}`}>
        {STATES[flow.state]}
      </td>
      <td role="cell" className="number" data-label="awarded">
        <MoneyFigure value={stream.total} />
      </td>
      <td role="cell" className="number" data-label="released">
        <MoneyFigure value={releasedOf(flow)} />
      </td>
      <td role="cell" className="number streams-claimable" data-label="claimable">
        <MoneyFigure value={flow.money.claimable} />
      </td>
      <td role="cell" className="streams-strip">
        <StreamStrip flow={flow} />
      </td>
    </tr>
  );
});

/** The row's stream at this second. */
function useFlow(row: Row): Flow {
  const now = useNow();
  // The row's own figures are of the minute, and time never goes back from them.
  return useMemo(() => (now <= row.flow.now ? row.flow : flowAt(row.stream, now)), [row, now]);
}

/** The title, once the list stands and the epoch's proposals are read. */
function TitleSeen({ row, read }: { readonly row: Row; readonly read: boolean }) {
  const chain = useChain();
  const { epochIndex, entryIndex } = row.stream;
  const known = chain.proposals(epochIndex).get();
  const follow = read || known.kind === "ready";
  const title = useProposals(follow ? epochIndex : null).get(entryIndex)?.terms.title;
  if (title === undefined)
    return (
      <>
        Entry {entryIndex} of epoch {epochIndex}
      </>
    );
  return (
    <span className="streams-title">
      <Written>{title}</Written>
    </span>
  );
}
