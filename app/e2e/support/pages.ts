/** Where things are on the page: every locator and every word that the tests look for, in one place. */

import { address, createSolanaRpc } from "@solana/kit";
import { listStreams, readTreasury, state } from "@community-budget/client";
import type { Locator, Page } from "playwright-core";

import { textAt } from "./json";
import type { Network } from "./network";

/** The routes that everybody can open, by the name of what is there. */
export const ROUTES = {
  overview: "#/",
  epoch: "#/epoch",
  ballot: "#/ballot",
  propose: "#/propose",
  streams: "#/streams",
  risk: "#/risk",
  participation: "#/participation",
  activity: "#/activity",
  learn: "#/learn",
} as const;

/** Those, and one of each kind that a network has many of. */
export async function routesOf(network: Network): Promise<Readonly<Record<string, string>>> {
  const rpc = createSolanaRpc(network.rpc);
  const treasury = address(textAt(await network.deployment(), "treasury"));
  const index = state.treasury.currentEpoch((await readTreasury(rpc, treasury)).data) ?? 0;
  const streams = await listStreams(rpc, treasury, { derive: false });
  const [stream] = streams.map(({ data }) => `${data.epochIndex}/${data.entryIndex}`).sort();
  return {
    ...ROUTES,
    earlier: `#/epoch/${index - 1}`,
    proposal: `#/proposal/${index}/0`,
    act: `#/proposal/${index}/24`,
    stream: `#/stream/${stream ?? "0/0"}`,
    digest: `#/digest/${index}`,
    unknown: "#/nowhere",
  };
}

/** What is below the frame's head. */
export const main = (page: Page): Locator => page.getByRole("main");

/** Connects the first wallet that the page found. */
export async function connect(page: Page, wallet = "Test Wallet"): Promise<void> {
  await page.getByRole("banner").getByRole("button", { name: "Connect a wallet" }).click();
  await page.getByRole("dialog").getByRole("button", { name: wallet }).click();
  await page.getByLabel("Your wallet").waitFor();
}

/** The one heading of a page. */
export const heading = (page: Page): Locator => page.getByRole("heading", { level: 1 });

/** What the page finds contradictory. */
export const doubts = (page: Page): Locator => page.getByRole("alert", { name: "Contradictions" });

/** A contradiction by the rule that found it. */
export const doubt = (page: Page, rule: string): Locator =>
  doubts(page).locator(`[data-rule$="${rule}"]`);

/** Says that something is still being read. */
export const loading = (page: Page): Locator => page.locator(".loading, .boot");

/** Waits until the page has read what it shows. */
export async function settled(page: Page): Promise<void> {
  await heading(page).first().waitFor();
  await page.waitForFunction(() => document.querySelector(".loading, .boot") === null);
}

/** What makes the page wider than its window: scrolled inside a box of its own it may be wide. */
export function overflowing(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.querySelectorAll("body *")].filter((element) => {
      const { right } = element.getBoundingClientRect();
      return right > width + 1 && element.children.length === 0;
    });
    const name = (element: Element) => `${element.tagName}.${element.className}`;
    return [`${document.documentElement.scrollWidth} of ${width}`, ...wide.slice(0, 5).map(name)];
  });
}

/** Texts that lie on each other, which only those may that are there to be read alone. */
export function overlapping(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const boxes: { readonly text: string; readonly box: DOMRect; readonly node: Node }[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const seen = (element: Element): boolean =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
      element.closest(".visually-hidden, title, dialog:not([open])") === null;
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const of = node.parentElement;
      const text = (node.textContent ?? "").trim();
      if (of === null || text === "" || !seen(of)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) {
        if (box.width > 1 && box.height > 1) boxes.push({ text, box, node });
      }
    }
    boxes.sort((a, b) => a.box.top - b.box.top);
    const found = new Set<string>();
    boxes.forEach((one, index) => {
      for (let next = index + 1; next < boxes.length; next += 1) {
        const other = boxes[next];
        if (other === undefined || other.box.top >= one.box.bottom) break;
        if (other.node === one.node) continue;
        const wide =
          Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const high = Math.min(one.box.bottom, other.box.bottom) - other.box.top;
        // Lines stand closer than their letters are high; a third of a line is an overlap.
        const least = Math.min(one.box.height, other.box.height);
        if (wide > 2 && high > least / 3) {
          found.add(`${one.text.slice(0, 40)} / ${other.text.slice(0, 40)}`);
        }
      }
    });
    return [...found];
  });
}
