/** What has changed since the visitor was here last. Kept on this machine, and told to nobody. */

import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";

import { Outcome } from "@community-budget/client";
import { bps, shareBps } from "../../lib/format";
import type { Row } from "./line";

/** How long a changed row must have been in sight to count as seen, in milliseconds. */
const SEEN_MS = 5_000;
/** The most entries that are read back; a slate has no more. */
const MOST = 128;

/** An entry as it was when it was last seen. */
export interface Glimpse {
  readonly outcome: number;
  readonly for: bigint;
  readonly against: bigint;
  readonly abstain: bigint;
}

/** What is to be remembered of a row. */
export function glimpse(row: Row): Glimpse {
  return { outcome: row.outcome, for: row.for, against: row.against, abstain: row.abstain };
}

/** Glimpses as text. */
export function written(glimpses: readonly Glimpse[]): string {
  return glimpses
    .map((one) => [one.outcome, one.for, one.against, one.abstain].join(" "))
    .join("\n");
}

/** Glimpses from text that anything may have happened to; `null` when they are none. */
export function read(text: string | null): readonly Glimpse[] | null {
  if (text === null) return null;
  const lines = text.split("\n");
  if (lines.length > MOST) return null;
  const glimpses: Glimpse[] = [];
  for (const line of lines) {
    const match = /^(\d{1,3}) (\d{1,20}) (\d{1,20}) (\d{1,20})$/.exec(line);
    if (match === null) return null;
    const [, outcome = "0", inFavour = "0", against = "0", abstain = "0"] = match;
    glimpses.push({
      outcome: Number(outcome),
      for: BigInt(inFavour),
      against: BigInt(against),
      abstain: BigInt(abstain),
    });
  }
  return glimpses;
}

const WERE: Readonly<Record<number, string>> = {
  [Outcome.NotAccepted]: "not accepted",
  [Outcome.Failed]: "not passing",
  [Outcome.Unfunded]: "skipped",
  [Outcome.Funded]: "funded",
  [Outcome.Approved]: "passing",
  [Outcome.Superseded]: "superseded",
};

/** What is new about a row, in a few words; `null` for nothing. */
export function newsOf(was: Glimpse | undefined, row: Row): string | null {
  if (was === undefined) return "new";
  const parts: string[] = [];
  const before = WERE[was.outcome];
  if (was.outcome !== row.outcome && before !== undefined) parts.push(`was ${before}`);
  const moved = (name: string, old: bigint, now: bigint) => {
    if (old === now) return;
    const size = bps(shareBps(now > old ? now - old : old - now, row.electorate));
    parts.push(`${now > old ? "+" : "−"}${size} ${name}`);
  };
  moved("for", was.for, row.for);
  moved("against", was.against, row.against);
  moved("abstaining", was.abstain, row.abstain);
  return parts.length === 0 ? null : parts.join(", ");
}

/** A visitor's storage may be full, or closed to pages. Then nothing is remembered. */
const storage = {
  get(key: string): string | null {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set(key: string, text: string): void {
    try {
      localStorage.setItem(key, text);
    } catch {
      // Nothing depends on it.
    }
  },
};

/** What is new about a row, and whether it has been looked at. */
export interface News {
  readonly text: string;
  readonly seen: boolean;
}

const NONE: ReadonlyMap<number, News> = new Map();

/** News of the rows since the last visit, by place on the slate. `key` names the slate. */
export function useNews(
  key: string | null,
  rows: readonly Row[],
  list: RefObject<HTMLElement | null>,
): ReadonlyMap<number, News> {
  const [news, setNews] = useState(NONE);
  const known = useRef<{ readonly key: string; readonly old: readonly Glimpse[] | null } | null>(
    null,
  );
  const latest = useRef({ rows, news });
  useLayoutEffect(() => {
    latest.current = { rows, news };
  });

  // Once for each slate, as soon as there are rows, and before they are painted.
  const ready = key !== null && rows.length > 0;
  useLayoutEffect(() => {
    if (key === null || !ready || known.current?.key === key) return;
    const old = read(storage.get(key));
    known.current = { key, old };
    if (old === null) return;
    const found = latest.current.rows.flatMap((row) => {
      const said = newsOf(old[row.index], row);
      return said === null ? [] : [[row.index, { text: said, seen: false }] as const];
    });
    setNews(new Map(found));
  }, [key, ready]);

  // What has not been looked at is remembered as it was, so that it is marked again next time.
  useEffect(() => {
    if (key === null || !ready) return;
    const keep = () => {
      const { rows: present, news: marked } = latest.current;
      const old = known.current?.old ?? null;
      const glimpses = present.map((row) => {
        const was = old?.[row.index];
        const unseen = marked.get(row.index)?.seen === false;
        return unseen && was !== undefined ? was : glimpse(row);
      });
      storage.set(key, written(glimpses));
    };
    const hidden = () => {
      if (document.hidden) keep();
    };
    addEventListener("pagehide", keep);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      removeEventListener("pagehide", keep);
      document.removeEventListener("visibilitychange", hidden);
      keep();
    };
  }, [key, ready]);

  const marked = news.size > 0;
  useEffect(() => {
    if (!marked || list.current === null || typeof IntersectionObserver !== "function") return;
    const timers = new Map<Element, ReturnType<typeof setTimeout>>();
    const quiet = (row: Element) => {
      observer.unobserve(row);
      const index = Number(row.getAttribute("data-row"));
      setNews((before) => {
        const known = before.get(index);
        if (known === undefined) return before;
        return new Map(before).set(index, { ...known, seen: true });
      });
    };
    const observer = new IntersectionObserver((changes) => {
      for (const { target, isIntersecting } of changes) {
        clearTimeout(timers.get(target));
        if (isIntersecting) timers.set(target, setTimeout(quiet, SEEN_MS, target));
      }
    });
    for (const row of list.current.querySelectorAll("[data-row]")) {
      if (latest.current.news.has(Number(row.getAttribute("data-row")))) observer.observe(row);
    }
    return () => {
      observer.disconnect();
      for (const timer of timers.values()) clearTimeout(timer);
    };
  }, [marked, list]);

  return news;
}
