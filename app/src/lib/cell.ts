/** Values that change while the page is open, and who wants to know. */

import { useSyncExternalStore } from "react";

/** A value that can be read and watched. */
export interface Readable<T> {
  get(): T;
  /** Calls back after every change until the returned function is called. */
  subscribe(changed: () => void): () => void;
}

/** A value that changes. Setting what it holds already tells nobody. */
export class Cell<T> implements Readable<T> {
  #value: T;
  readonly #watchers = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get = (): T => this.#value;

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const changed of [...this.#watchers]) changed();
  }

  subscribe = (changed: () => void): (() => void) => {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  };
}

/** The cell's value; the component renders anew when it changes. */
export function useCell<T>(cell: Readable<T>): T {
  return useSyncExternalStore(cell.subscribe, cell.get);
}

/**
 * A part of the cell's value; the component renders anew only when that part is another one. `select`
 * must return the same object for the same value.
 */
export function useSelected<T, U>(cell: Readable<T>, select: (value: T) => U): U {
  return useSyncExternalStore(cell.subscribe, () => select(cell.get()));
}
