/** Ballots that are being filled in. They outlive the page they are filled in on, and nothing else. */

import type { Draft, Seen } from "../../lib/ballot";
import { Cell } from "../../lib/cell";

/** One ballot in the making. */
export interface Making {
  /** `null` while it says what is recorded. */
  readonly draft: Cell<Draft | null>;
  /** The slate that was read for it; `null` before it was first shown. */
  readonly seen: Cell<Seen | null>;
}

const all = new Map<string, Making>();

/** The ballot in the making of this key: treasury, epoch and owner. */
export function making(key: string): Making {
  const known = all.get(key);
  if (known !== undefined) return known;
  const made: Making = { draft: new Cell<Draft | null>(null), seen: new Cell<Seen | null>(null) };
  all.set(key, made);
  return made;
}
