/** What a page takes, measured in the page, and noted in `target/e2e/figures.json`. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import type { Locator, Page } from "playwright-core";

import { type JsonObject, isObject, parseJson } from "./json";
import { OUTPUT } from "./tools";

/** Writes figures down beside those of other tests, and shows them. */
export async function note(name: string, figures: Readonly<Record<string, number>>): Promise<void> {
  await mkdir(OUTPUT, { recursive: true });
  const file = path.join(OUTPUT, "figures.json");
  const before = await readFile(file, "utf8").then(parseJson, () => null);
  const all: JsonObject = { ...(isObject(before) ? before : {}), [name]: { ...figures } };
  await writeFile(file, `${JSON.stringify(all, null, 2)}\n`);
  const shown = Object.entries(figures).map(([what, value]) => `${what} ${value}`);
  process.stdout.write(`      ${name}: ${shown.join(", ")}\n`);
}

/** The value below which `share` of the list lies; 0 of an empty list. */
export function quantile(list: readonly number[], share: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

const KEY = "__budgetTestMeasures";

interface Measures {
  /** Milliseconds from input to next paint, one for each interaction that took over 16. */
  readonly interactions: Map<number, number>;
  /** When reports came by websocket, when frames began, and when the page changed. */
  readonly reports: number[];
  readonly frames: number[];
  readonly changes: number[];
}

/** Begins to measure, before anything of the page runs. */
export async function measure(page: Page): Promise<void> {
  await page.addInitScript((key) => {
    const measures: Measures = { interactions: new Map(), reports: [], frames: [], changes: [] };
    Reflect.set(globalThis, key, measures);
    const { interactions, reports, frames, changes } = measures;
    // Of the options, the library's types know only those of other kinds.
    const events = { type: "event", durationThreshold: 16, buffered: true };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const id: unknown = Reflect.get(entry, "interactionId");
        if (typeof id !== "number" || id === 0) continue;
        interactions.set(id, Math.max(interactions.get(id) ?? 0, entry.duration));
      }
    }).observe(events);
    const frame = (at: number) => {
      frames.push(at);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    document.addEventListener("DOMContentLoaded", () => {
      new MutationObserver(() => changes.push(performance.now())).observe(document.body, {
        attributes: true,
        characterData: true,
        childList: true,
        subtree: true,
      });
    });
    const Native = WebSocket;
    globalThis.WebSocket = class extends Native {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        // The first listener hears it first: the page's own come behind.
        this.addEventListener("message", ({ data }) => {
          if (String(data).includes("accountNotification")) reports.push(performance.now());
        });
      }
    };
  }, KEY);
}

/** Interactions so far that took over 16 ms, in milliseconds. */
export function interactionsOf(page: Page): Promise<readonly number[]> {
  return page.evaluate((key) => {
    const measures: Measures = Reflect.get(globalThis, key);
    return [...measures.interactions.values()];
  }, KEY);
}

/** How long after one touch the next one comes, whether or not the page has answered. */
const NEXT_TOUCH_MS = 60;

/**
 * Presses a button that opens a window and leaves that again, over and over, until something has come
 * about; says how many touches that were. Unlike a test's usual clicks these do not wait for the page to be
 * ready for them: people do not either.
 */
export async function touchUntil(button: Locator, end: Promise<unknown>): Promise<number> {
  const page = button.page();
  const box = await button.boundingBox();
  if (box === null) throw new Error("there is nothing to touch");
  const hand = await page.context().newCDPSession(page);
  const mouse = { x: box.x + 8, y: box.y + 8, button: "left", clickCount: 1 } as const;
  const escape = { key: "Escape", code: "Escape", windowsVirtualKeyCode: 27 } as const;
  let [touches, ended] = [0, false];
  const sent: Promise<unknown>[] = [
    end.finally(() => {
      ended = true;
    }),
  ];
  while (!ended) {
    sent.push(
      hand.send("Input.dispatchMouseEvent", { ...mouse, type: "mousePressed" }),
      hand.send("Input.dispatchMouseEvent", { ...mouse, type: "mouseReleased" }),
    );
    await page.waitForTimeout(NEXT_TOUCH_MS);
    sent.push(
      hand.send("Input.dispatchKeyEvent", { ...escape, type: "keyDown" }),
      hand.send("Input.dispatchKeyEvent", { ...escape, type: "keyUp" }),
    );
    await page.waitForTimeout(NEXT_TOUCH_MS);
    touches += 2;
  }
  await Promise.all(sent);
  await hand.detach();
  return touches;
}

/** Forgets reports, frames and changes. */
export function forget(page: Page): Promise<void> {
  return page.evaluate((key) => {
    const { reports, frames, changes }: Measures = Reflect.get(globalThis, key);
    for (const list of [reports, frames, changes]) list.length = 0;
  }, KEY);
}

/**
 * For every report since then: how many frames began after it and before the page changed. At most one
 * means that what the report says is in the first frame that could have shown it.
 */
export function framesBehind(
  page: Page,
): Promise<{ readonly behind: readonly number[]; readonly frames: number; readonly ms: number }> {
  return page.evaluate((key) => {
    const { reports, frames, changes }: Measures = Reflect.get(globalThis, key);
    const behind = reports.map((at) => {
      const changed = changes.find((change) => change >= at) ?? Infinity;
      return frames.filter((frame) => frame > at && frame <= changed).length;
    });
    const [first = 0, last = 0] = [frames[0], frames.at(-1)];
    return { behind, frames: frames.length, ms: last - first };
  }, KEY);
}
