/** Rows that change places slide there, and wait with it while somebody is about to touch one. */

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

import { type Order, sameMembers, sameOrder } from "./line";

const SLIDE_MS = 160;
/** How long after a pointer left the rows may move again: a mouse, and a finger about to tap once more. */
const MOUSE_MS = 300;
const FINGER_MS = 1_500;

/** Whether rows must keep their places, and what to put on the list to find out. */
export interface Hold {
  readonly held: boolean;
  readonly onPointerEnter: (event: { readonly pointerType: string }) => void;
  readonly onPointerLeave: (event: { readonly pointerType: string }) => void;
  readonly onFocus: (event: { readonly target: EventTarget }) => void;
  readonly onBlur: () => void;
}

function inRow(target: EventTarget): boolean {
  return target instanceof Element && target.closest("[data-row]") !== null;
}

/** Holds the rows while a pointer is over the list, or the focus in a row. */
export function useHold(): Hold {
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const onPointerEnter = useCallback(() => {
    clearTimeout(timer.current);
    setPointed(true);
  }, []);
  const onPointerLeave = useCallback(({ pointerType }: { readonly pointerType: string }) => {
    clearTimeout(timer.current);
    const pause = pointerType === "mouse" ? MOUSE_MS : FINGER_MS;
    timer.current = setTimeout(() => setPointed(false), pause);
  }, []);
  const onFocus = useCallback(
    ({ target }: { readonly target: EventTarget }) => setFocused(inRow(target)),
    [],
  );
  const onBlur = useCallback(() => setFocused(false), []);
  return { held: pointed || focused, onPointerEnter, onPointerLeave, onFocus, onBlur };
}

type Tops = ReadonlyMap<HTMLElement, number>;

/** Measures the rows of these places; the browser lays the page out once for all of them. */
function topsOf(list: HTMLElement, places: ReadonlySet<number>): Tops {
  const tops = new Map<HTMLElement, number>();
  for (const row of list.querySelectorAll<HTMLElement>("[data-row]")) {
    if (places.has(Number(row.dataset["row"]))) tops.set(row, row.getBoundingClientRect().top);
  }
  return tops;
}

/** The rows that another order may move: all from the first one that differs to the last. */
export function moving(from: Order, to: Order): ReadonlySet<number> {
  const flat = (order: Order) => [
    ...order.asks.slice(0, order.above),
    null,
    ...order.asks.slice(order.above, order.passing),
    null,
    ...order.asks.slice(order.passing),
    null,
    ...order.acts,
  ];
  const [before, after] = [flat(from), flat(to)];
  const first = after.findIndex((index, at) => index !== before[at]);
  if (first === -1) return new Set();
  let last = first;
  after.forEach((index, at) => {
    if (index !== before[at]) last = at;
  });
  const places = [...before.slice(first, last + 1), ...after.slice(first, last + 1)];
  return new Set(places.filter((index) => index !== null));
}

function isStill(): boolean {
  return typeof matchMedia !== "function" || matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** What slides. Asking the browser would make it compute all styles first. */
const sliding = new WeakMap<HTMLElement, Animation>();

/** Slides every row from where it was; what is out of sight before and after only jumps. */
function slide(before: Tops): void {
  const moved: (readonly [HTMLElement, number])[] = [];
  for (const row of before.keys()) sliding.get(row)?.cancel();
  for (const [row, from] of before) {
    const to = row.getBoundingClientRect().top;
    const seen = (top: number) => top > -200 && top < innerHeight;
    if (Math.abs(from - to) >= 1 && (seen(from) || seen(to))) moved.push([row, from - to]);
  }
  // Measured first, moved then, for the same reason.
  for (const [row, by] of moved) {
    const from = { transform: [`translateY(${by}px)`, "none"] };
    sliding.set(row, row.animate(from, { duration: SLIDE_MS, easing: "ease-out" }));
  }
}

/** The order to show, which is the present one unless the rows are held. */
export function useOrder(
  order: Order,
  held: boolean,
  list: RefObject<HTMLElement | null>,
): { readonly shown: Order; readonly late: boolean; readonly catchUp: () => void } {
  const [shown, setShown] = useState(order);
  const before = useRef<Tops | null>(null);
  const latest = useRef(shown);
  const late = !sameOrder(shown, order);
  const catchUp = useCallback(() => {
    if (list.current !== null && !isStill()) {
      before.current = topsOf(list.current, moving(latest.current, order));
    }
    setShown(order);
  }, [order, list]);
  // What came or went is shown at once: a row that is no more cannot keep its place.
  const now = late && (!held || !sameMembers(shown, order));
  useLayoutEffect(() => {
    if (now) catchUp();
  }, [now, catchUp]);
  useLayoutEffect(() => {
    if (before.current !== null) slide(before.current);
    before.current = null;
    latest.current = shown;
  }, [shown]);
  return { shown, late, catchUp };
}
