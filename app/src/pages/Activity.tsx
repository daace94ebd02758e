/** Every event in order: what happened lately, who did it, and what is missing of it. */

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  useDeferredValue,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";

import { Line, Sentence } from "../activity/Sentence";
import type { Following, Followed } from "../activity/following";
import { useFollowed, useScene, useSpeech } from "../activity/hooks";
import { lately } from "../activity/lately";
import {
  type Row,
  type Wish,
  chosen,
  isEverything,
  lastSeen,
  remember,
  rowsOf,
  worded,
} from "../activity/rows";
import { KINDS, KIND_WORDS, type Kind } from "../activity/say";
import { Empty, Loading } from "../components/States";
import { Copy } from "../components/Text";
import { useCoarseNow, useConfig } from "../lib/context";
import * as format from "../lib/format";
import { href } from "../lib/router";
import "./Activity.css";

/** Rows that are drawn one by one; longer lists draw only what is in sight. */
const FEW = 120;

export default function Activity() {
  const [followed, following] = useFollowed();
  const { known } = followed;
  return (
    <>
      <h1>Activity</h1>
      {known === null ? (
        <Beginning followed={followed} following={following} />
      ) : (
        <Happenings followed={followed} following={following} />
      )}
    </>
  );
}

interface Props {
  readonly followed: Followed;
  readonly following: Following;
}

function Trouble({ followed, following }: Props) {
  if (followed.trouble === null) return null;
  return (
    <div className="notice warn" role="alert">
      <p>
        <strong>The node did not answer.</strong> {followed.trouble} What you see is what was read
        before.
      </p>
      <p>
        <button type="button" onClick={following.again}>
          Try again
        </button>
      </p>
    </div>
  );
}

function Beginning(props: Props) {
  return props.followed.trouble === null ? (
    <Loading what="what happened" />
  ) : (
    <Trouble {...props} />
  );
}

function Happenings({ followed, following }: Props) {
  const { treasury } = useConfig();
  const { known, epochs } = followed;
  const scene = useScene(followed);
  const speech = useSpeech();
  const now = useCoarseNow(60n);
  const [wish, setWish] = useState<Wish>({ kinds: new Set(), words: "" });
  // What is new is new as long as the page is open; the next visit begins where this one ended.
  const [seen] = useState(() => lastSeen(treasury));
  const newest = known?.happened[0]?.slot ?? null;
  useEffect(() => {
    if (newest !== null) remember(treasury, newest);
  }, [treasury, newest]);

  const all = useMemo(() => worded(known?.lines ?? [], scene, speech), [known, scene, speech]);
  const wanted = useDeferredValue(wish);
  const shown = useMemo(() => chosen(all, wanted), [all, wanted]);
  const rows = useMemo(() => rowsOf(shown, seen, now), [shown, seen, now]);
  const summary = useMemo(() => lately(known?.happened ?? [], now), [known, now]);
  const fresh = rows.filter((row) => row.kind === "event" && row.fresh).length;
  if (known === null) return null;

  if (known.happened.length === 0 && known.complete) {
    return (
      <Empty>
        <p>
          <strong>Nothing has happened yet</strong>, or this node keeps nothing of it. Accounts are
          the truth: <a href="#/">the overview</a> shows how things stand.
        </p>
      </Empty>
    );
  }
  return (
    <>
      <p className="lead">
        {summary === null ? "No event is read yet." : <Sentence parts={summary} />}
        {fresh > 0
          ? ` ${format.count(fresh, "event is", "events are")} new since your last visit.`
          : ""}
      </p>
      <Ways epochs={epochs.length} />
      <Trouble followed={followed} following={following} />
      {known.misplaced > 0 || known.lost > 0 ? (
        <div className="notice warn">
          {known.lost > 0 ? (
            <p>
              The node names {format.count(known.lost, "transaction")} that it does not have any
              more.
            </p>
          ) : null}
          {known.misplaced > 0 ? (
            <p>
              {format.count(known.misplaced, "event")} of this node{" "}
              {known.misplaced === 1 ? "contradicts its number" : "contradict their numbers"} and{" "}
              {known.misplaced === 1 ? "is" : "are"} not shown.
            </p>
          ) : null}
        </div>
      ) : null}
      <Filter wish={wish} change={setWish} all={all} />
      <p className="activity-count small muted" role="status">
        {counted(shown.filter(({ kind }) => kind !== null).length, known.happened.length, wish)}
        {known.complete ? "" : " Earlier ones are not read yet."}
      </p>
      {rows.length === 0 ? (
        <Empty>
          <p>
            No event that is read fits.{" "}
            <button
              type="button"
              className="plain"
              onClick={() => setWish({ kinds: new Set(), words: "" })}
            >
              Show all events
            </button>
          </p>
        </Empty>
      ) : (
        <List rows={rows} />
      )}
      <Earlier followed={followed} following={following} />
    </>
  );
}

function counted(shown: number, all: number, wish: Wish): string {
  if (isEverything(wish)) return `${format.count(all, "event")}.`;
  return `${format.count(shown, "event")} of ${format.count(all, "that is read", "that are read")}.`;
}

/** Ways to hear of it elsewhere: digests, and the files beside the page where there are any. */
function Ways({ epochs }: { readonly epochs: number }) {
  const files = useFiles();
  const latest = Array.from({ length: Math.min(epochs, 4) }, (_, at) => epochs - 1 - at);
  return (
    <p className="activity-ways">
      {latest.length === 0 ? null : (
        <>
          To forward:{" "}
          {latest.map((index, at) => (
            <span key={index}>
              {at === 0 ? null : ", "}
              <a href={href({ page: "digest", index })}>digest of epoch {index}</a>
            </span>
          ))}
          .{" "}
        </>
      )}
      {files ? (
        <>
          To follow: <a href="activity.atom">feed of everything</a>,{" "}
          <a href="decisions.atom">feed without ballots and stakes</a>,{" "}
          <a href="deadlines.ics">calendar of deadlines</a>.
        </>
      ) : null}
    </p>
  );
}

/** Whether the feeds were written beside the page. */
function useFiles(): boolean {
  const [found, setFound] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    fetch("activity.atom", { method: "HEAD", signal: stop.signal }).then(
      ({ ok, headers }) => {
        // A server that answers every path with the page has no such file.
        setFound(ok && !(headers.get("content-type") ?? "").includes("html"));
      },
      () => undefined,
    );
    return () => stop.abort();
  }, []);
  return found;
}

function Filter({
  wish,
  change,
  all,
}: {
  readonly wish: Wish;
  readonly change: (wish: Wish) => void;
  readonly all: ReturnType<typeof worded>;
}) {
  const id = useId();
  const counts = useMemo(() => {
    const found = new Map<Kind, number>();
    for (const { kind } of all) {
      if (kind !== null) found.set(kind, (found.get(kind) ?? 0) + 1);
    }
    return found;
  }, [all]);
  const turn = (kind: Kind) => {
    const kinds = new Set(wish.kinds);
    if (!kinds.delete(kind)) kinds.add(kind);
    change({ ...wish, kinds });
  };
  return (
    <form className="activity-filter" role="search" onSubmit={(event) => event.preventDefault()}>
      <div className="activity-find">
        <label htmlFor={id}>Person or entry</label>
        <input
          id={id}
          type="search"
          value={wish.words}
          placeholder="a name, a title, 1/12"
          onChange={({ target }) => change({ ...wish, words: target.value })}
        />
      </div>
      <fieldset className="activity-kinds">
        <legend>Only</legend>
        {KINDS.map((kind) => (
          <label key={kind} className="activity-kind">
            <input type="checkbox" checked={wish.kinds.has(kind)} onChange={() => turn(kind)} />
            {KIND_WORDS[kind]} <span className="muted">{counts.get(kind) ?? 0}</span>
          </label>
        ))}
      </fieldset>
    </form>
  );
}

function Earlier({ followed, following }: Props) {
  const stop = useRef<(() => void) | null>(null);
  const [all, setAll] = useState(false);
  const { known, reading } = followed;
  useEffect(() => {
    if (!reading) setAll(false);
  }, [reading]);
  if (known === null) return null;
  if (known.complete) {
    return (
      <p className="activity-end muted">
        That is the beginning: everything that this node keeps is read.
      </p>
    );
  }
  return (
    <p className="actions activity-end">
      <button type="button" disabled={reading} onClick={following.earlier}>
        {reading ? "Reading earlier events…" : "Read earlier events"}
      </button>
      {all ? (
        <button type="button" onClick={() => stop.current?.()}>
          Stop
        </button>
      ) : (
        <button
          type="button"
          disabled={reading}
          onClick={() => {
            setAll(true);
            stop.current = following.until(() => false);
          }}
        >
          Read all
        </button>
      )}
    </p>
  );
}

// --- the list ---------------------------------------------------------------------------------

function List({ rows }: { readonly rows: readonly Row[] }) {
  return rows.length <= FEW ? (
    <ol className="activity-list">
      {rows.map((row) => (
        <li key={row.key} className={`activity-row activity-row-${row.kind}`}>
          <RowShown row={row} />
        </li>
      ))}
    </ol>
  ) : (
    <LongList rows={rows} />
  );
}

/** Only the rows in sight are drawn; the list is as long as if all were. */
function LongList({ rows }: { readonly rows: readonly Row[] }) {
  const list = useRef<HTMLOListElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const box = list.current?.getBoundingClientRect();
    if (box !== undefined) setTop(box.top + scrollY);
  }, [rows]);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (at) => (rows[at]?.kind === "day" ? 56 : 64),
    getItemKey: (at) => rows[at]?.key ?? at,
    overscan: 12,
    scrollMargin: top,
  });
  return (
    <ol
      ref={list}
      className="activity-list activity-list-long"
      style={{ height: `${virtual.getTotalSize()}px` }}
    >
      {virtual.getVirtualItems().map(({ index, key, start }) => {
        const row = rows[index];
        if (row === undefined) return null;
        return (
          <li
            key={key}
            ref={virtual.measureElement}
            data-index={index}
            aria-setsize={rows.length}
            aria-posinset={index + 1}
            className={`activity-row activity-row-${row.kind}`}
            style={{ transform: `translateY(${start - top}px)` }}
          >
            <RowShown row={row} />
          </li>
        );
      })}
    </ol>
  );
}

const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

function RowShown({ row }: { readonly row: Row }) {
  switch (row.kind) {
    case "day":
      return <h2 className="activity-day">{row.words}</h2>;
    case "note":
      return (
        <p className="activity-note">
          <span className="activity-note-mark" aria-hidden="true" />
          {row.words}
        </p>
      );
    case "event": {
      const { happened } = row.line;
      const said = row.said();
      if (said === null) return null;
      return (
        <article className={row.fresh ? "activity-event activity-event-fresh" : "activity-event"}>
          <p className="activity-when muted">
            {happened.at === null ? (
              "time unknown"
            ) : (
              <time dateTime={format.iso(happened.at)} title={format.iso(happened.at)}>
                {clock.format(new Date(Number(happened.at) * 1_000))}
              </time>
            )}
            {row.fresh ? <strong className="activity-new">new</strong> : null}
          </p>
          <div className="activity-said">
            <p>
              <Line parts={said.words} />.
            </p>
            {said.after === null ? null : (
              <p className="activity-after small muted">
                <Line parts={said.after} />.
              </p>
            )}
          </div>
          <p className="activity-kind-word small muted">
            {KIND_WORDS[row.about]}
            <Copy text={happened.signature} what="signature of the transaction" />
          </p>
        </article>
      );
    }
  }
}
