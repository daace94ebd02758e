/** What somebody writes is kept in this browser, and nowhere else, until it is submitted or thrown away. */

import { useEffect, useState } from "react";

/** A form that is kept. */
export interface Kept<T> {
  readonly form: T;
  readonly change: (part: Partial<T>) => void;
  /** Whether what is shown was written in an earlier visit, and nothing of it has changed since. */
  readonly restored: boolean;
  /** Empties the form; what was in it can be brought back. `null` while it is empty. */
  readonly clear: (() => void) | null;
  /** Brings back what was cleared last; `null` when there is nothing. */
  readonly bringBack: (() => void) | null;
  /** Whether the browser keeps it. Storage may be switched off, or full. */
  readonly keeps: boolean;
}

function load(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

function store(name: string, value: unknown): boolean {
  try {
    localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** How long typing must rest before it is kept, in milliseconds. */
const REST_MS = 300;

/** See the top of this file. `name` tells drafts apart; `revive` checks what was kept. */
export function useKept<T extends object>(
  name: string,
  empty: T,
  revive: (kept: unknown) => T,
): Kept<T> {
  const [form, setForm] = useState(() => revive(load(name)));
  const [cleared, setCleared] = useState<T | null>(() => {
    const kept = load(`${name}.cleared`);
    return kept === null ? null : revive(kept);
  });
  const [written, setWritten] = useState(false);
  const [keeps, setKeeps] = useState(true);
  const isEmpty = same(form, empty);

  useEffect(() => {
    if (!written) return;
    const timer = setTimeout(() => setKeeps(store(name, form)), REST_MS);
    // Whoever leaves the page within the rest loses nothing.
    const leave = () => store(name, form);
    addEventListener("pagehide", leave);
    return () => {
      clearTimeout(timer);
      removeEventListener("pagehide", leave);
      store(name, form);
    };
  }, [name, form, written]);

  const put = (next: T) => {
    setWritten(true);
    setForm(next);
  };
  return {
    form,
    change: (part) => put({ ...form, ...part }),
    restored: !written && !isEmpty,
    clear: isEmpty
      ? null
      : () => {
          store(`${name}.cleared`, form);
          setCleared(form);
          put(empty);
        },
    bringBack:
      cleared === null || !isEmpty
        ? null
        : () => {
            setCleared(null);
            put(cleared);
          },
    keeps,
  };
}

function same(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
