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

type Tops = ReadonlyMap<string, number>;

function rowsOf(list: HTMLElement): readonly HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>("[data-row]")];
}

function topsOf(list: HTMLElement): Tops {
  return new Map(
    rowsOf(list).map((row) => [row.dataset["row"] ?? "", row.getBoundingClientRect().top]),
  );
}

function isStill(): boolean {
  return typeof matchMedia !== "function" || matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Slides every row from where it was; what is out of sight before and after only jumps. */
function slide(list: HTMLElement, before: Tops): void {
  if (isStill()) return;
  const moved: (readonly [HTMLElement, number])[] = [];
  for (const row of rowsOf(list)) {
    row.getAnimations?.().forEach((animation) => animation.cancel());
    const from = before.get(row.dataset["row"] ?? "");
    const to = row.getBoundingClientRect().top;
    if (from === undefined || Math.abs(from - to) < 1) continue;
    const seen = (top: number) => top > -200 && top < innerHeight;
    if (seen(from) || seen(to)) moved.push([row, from - to]);
  }
  // Measured first, moved then: the browser lays the page out once.
  for (const [row, by] of moved) {
    row.animate?.(
      { transform: [`translateY(${by}px)`, "none"] },
      { duration: SLIDE_MS, easing: "ease-out" },
    );
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
  const late = !sameOrder(shown, order);
  const catchUp = useCallback(() => {
    if (list.current !== null) before.current = topsOf(list.current);
    setShown(order);
  }, [order, list]);
  // What came or went is shown at once: a row that is no more cannot keep its place.
  const now = late && (!held || !sameMembers(shown, order));
  useLayoutEffect(() => {
    if (now) catchUp();
  }, [now, catchUp]);
  useLayoutEffect(() => {
    if (before.current !== null && list.current !== null) slide(list.current, before.current);
    before.current = null;
  }, [shown, list]);
  return { shown, late, catchUp };
}
