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
  await page.locator("summary").filter({ hasText: "Your wallet" }).waitFor();
}

/** What stands beside a term in a list of facts: `Held`, `Cool-down`. */
export const fact = (page: Page, term: string): Locator =>
  main(page)
    .locator("dl.facts > div")
    .filter({ has: page.locator("dt").getByText(term, { exact: true }) })
    .locator("dd");

/** The one heading of a page. */
export const heading = (page: Page): Locator => page.getByRole("heading", { level: 1 });

/** The window in which something is done: a receipt, then what came of it. */
export const receipt = (page: Page): Locator => page.locator("dialog.act[open]:not(.wallets)");

/** Presses a button that leads to a receipt, and waits for that. */
export async function begin(page: Page, label: string | RegExp): Promise<Receipt> {
  await main(page).getByRole("button", { name: label, exact: true }).click();
  return readReceipt(page);
}

/** What a receipt says. */
export interface Receipt {
  readonly title: string;
  /** All of it, as text. */
  readonly text: string;
  /** The exact bytes, in base64. */
  readonly base64: string;
  /** SHA-256 of the message. */
  readonly fingerprint: string;
  /** Addresses of the accounts that it names, and whether they change. */
  readonly accounts: ReadonlyMap<string, "changes" | "is read">;
}

/** Reads the receipt that is open, its details included. */
export async function readReceipt(page: Page): Promise<Receipt> {
  const open = receipt(page);
  const shown = open.getByText("Before you sign");
  const not = open.getByRole("heading", { name: /^Not done: / });
  await shown.or(not).waitFor({ timeout: 30_000 });
  if (await not.isVisible()) throw new Error(`there is no receipt: ${await open.innerText()}`);
  await open.getByText("Accounts, computation and exact bytes").click();
  const rows = open.locator(".act-accounts > li");
  const accounts = new Map<string, "changes" | "is read">();
  for (const row of await rows.all()) {
    const key = await row.locator("[title]").first().getAttribute("title");
    const changes = (await row.innerText()).includes("changes");
    if (key !== null) accounts.set(key, changes ? "changes" : "is read");
  }
  return {
    title: await open.getByRole("heading").first().innerText(),
    text: await open.innerText(),
    base64: (
      await open.getByLabel("The transaction in base64", { exact: true }).innerText()
    ).trim(),
    fingerprint: (await open.locator(".act-fingerprint").innerText()).trim(),
    accounts,
  };
}

/** Signs what the receipt shows. */
export async function sign(page: Page): Promise<void> {
  await receipt(page)
    .getByRole("button", { name: /^Sign with/ })
    .click();
}

/** Waits until it is done, and leaves the window. */
export async function done(page: Page): Promise<void> {
  await receipt(page)
    .getByRole("heading", { name: /^Done: / })
    .waitFor({ timeout: 30_000 });
  await leave(page);
}

/** Waits until it is said not to be done, and says why. */
export async function refused(page: Page): Promise<string> {
  const open = receipt(page);
  await open.getByRole("heading", { name: /^Not done: / }).waitFor({ timeout: 90_000 });
  const why = await open.getByRole("alert").innerText();
  await leave(page);
  return why;
}

async function leave(page: Page): Promise<void> {
  await receipt(page).getByRole("button", { name: "Close" }).click();
  await receipt(page).waitFor({ state: "hidden" });
}

/** The choices on an entry of the ballot, by its title. */
export const choices = (page: Page, title: string): Locator =>
  page.getByRole("radiogroup", { name: `Your vote on ${title}` });

/** Chooses on an entry. */
export async function choose(
  page: Page,
  title: string,
  choice: "For" | "Against" | "Abstain",
): Promise<void> {
  await choices(page, title).getByRole("radio", { name: choice }).check();
}

/** Where the ballot is counted and signed. */
export const basket = (page: Page): Locator =>
  page.getByRole("complementary", { name: "Your ballot" });

/** Opens what is folded. By key: what is laid out late above it would move it from under a pointer. */
export async function unfold(details: Locator): Promise<void> {
  await details.locator("summary").first().press("Enter");
}

/** Opens the form for staking more. */
export async function stakeForm(page: Page): Promise<Locator> {
  const form = page
    .getByRole("region", { name: "Your stake" })
    .locator("details")
    .filter({ has: page.locator("button", { hasText: /^Stake$/ }) });
  await unfold(form);
  return form;
}

/** What the page finds contradictory. */
export const doubts = (page: Page): Locator => page.getByRole("alert", { name: "Contradictions" });

/** A contradiction by the rule that found it. */
export const doubt = (page: Page, rule: string): Locator =>
  doubts(page).locator(`[data-rule$="${rule}"]`);

/** Says that something is still being read. */
export const loading = (page: Page): Locator => page.locator(".loading, .boot");

/**
 * Waits until the page that the address names is shown and has read what it shows. All in one look: right
 * after a step the page before is still there, whole and with nothing to wait for.
 */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.querySelector("main")?.dataset["hash"] === location.hash &&
      // There, not visible: a title that hostile people wrote may be blank.
      document.querySelector("h1") !== null &&
      document.querySelector(".loading, .boot") === null,
  );
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

/**
 * Lays everything out at once and where it belongs: what is only laid out when it comes into view, what
 * sticks to the window and what moves would lie on other text for good reasons. Needs a page without policy.
 */
export async function layOut(page: Page): Promise<void> {
  const content =
    "* { content-visibility: visible !important; animation: none !important; " +
    "transition: none !important; }";
  await page.addStyleTag({ content });
  await page.evaluate(() => {
    for (const element of document.querySelectorAll("body *")) {
      const { position } = getComputedStyle(element);
      if (!(element instanceof HTMLElement)) continue;
      if (position === "sticky" || position === "fixed") element.style.position = "static";
    }
  });
}

/** Texts that lie on each other, which only those may that are there to be read alone. */
export function overlapping(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    interface Box {
      readonly text: string;
      readonly node: Node;
      readonly left: number;
      readonly right: number;
      readonly top: number;
      readonly bottom: number;
    }
    const clipping = new Map<Element, boolean>();
    const clips = (element: Element): boolean => {
      const known = clipping.get(element);
      if (known !== undefined) return known;
      const { overflowX, overflowY } = getComputedStyle(element);
      const found = overflowX !== "visible" || overflowY !== "visible";
      clipping.set(element, found);
      return found;
    };
    /** What of a box can be seen: what scrolls inside something ends with it. */
    const seenOf = (box: Box, of: Element): Box => {
      let { left, right, top, bottom } = box;
      for (
        let at: Element | null = of;
        at !== null && at !== document.body;
        at = at.parentElement
      ) {
        if (!clips(at)) continue;
        const edge = at.getBoundingClientRect();
        left = Math.max(left, edge.left);
        right = Math.min(right, edge.right);
        top = Math.max(top, edge.top);
        bottom = Math.min(bottom, edge.bottom);
      }
      return { ...box, left, right, top, bottom };
    };
    const shown = (element: Element): boolean =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
      element.closest(".visually-hidden, title, dialog:not([open])") === null;

    const boxes: Box[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const of = node.parentElement;
      const text = (node.textContent ?? "").trim();
      if (of === null || text === "" || !shown(of)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const { left, right, top, bottom } of range.getClientRects()) {
        const box = seenOf({ text, node, left, right, top, bottom }, of);
        if (box.right - box.left > 1 && box.bottom - box.top > 1) boxes.push(box);
      }
    }
    boxes.sort((a, b) => a.top - b.top);
    const found = new Set<string>();
    boxes.forEach((one, index) => {
      for (let next = index + 1; next < boxes.length; next += 1) {
        const other = boxes[next];
        if (other === undefined || other.top >= one.bottom) break;
        if (other.node === one.node) continue;
        const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const high = Math.min(one.bottom, other.bottom) - other.top;
        // Lines stand closer than their letters are high; a third of a line is an overlap.
        const least = Math.min(one.bottom - one.top, other.bottom - other.top);
        if (wide > 2 && high > least / 3) {
          found.add(`${one.text.slice(0, 40)} / ${other.text.slice(0, 40)}`);
        }
      }
    });
    return [...found];
  });
}

/** Scrolls through a page as a reader does, so that what is made when it is near has been made. */
export async function walkDown(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight / 2) {
      scrollTo(0, top);
      await new Promise((next) => setTimeout(next, 60));
    }
  });
  await settled(page);
  await page.evaluate(() => scrollTo(0, 0));
}
