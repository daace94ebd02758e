/**
 * Every page for everybody: no serious or critical finding of axe, in either colours, on either screen; by
 * keyboard alone; at 200 % zoom and on a narrow phone.
 */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import type { Served } from "../scripts/serve.mjs";
import { Network } from "./support/network";
import { SCREENS, type Screen, Visit, openBrowser } from "./support/page";
import { heading, overflowing, routesOf, settled } from "./support/pages";
import { openSite } from "./support/site";

const network = new Network(inject("network"));
let browser: Browser;
let site: Served;
let axe: string;
let routes: Readonly<Record<string, string>>;

beforeAll(async () => {
  browser = await openBrowser();
  site = await openSite(network);
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  routes = await routesOf(network);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** What axe finds serious or critical. */
async function findings(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    interface Finding {
      readonly id: string;
      readonly impact: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
    }
    interface Axe {
      run(of: Document, options: object): Promise<{ readonly violations: readonly Finding[] }>;
    }
    const run: Axe = Reflect.get(globalThis, "axe");
    const { violations } = await run.run(document, {
      resultTypes: ["violations"],
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) =>
        nodes.slice(0, 3).map(({ html, failureSummary }) => {
          const why = failureSummary.replace(/\s+/g, " ").slice(0, 200);
          return `${id}: ${html.slice(0, 160)} (${why})`;
        }),
      );
  });
}

const screens: readonly Screen[] = ["desktop", "phone"];
const schemes = ["light", "dark"] as const;
const cases = screens.flatMap((screen) => schemes.map((scheme) => [screen, scheme] as const));

describe.each(cases)("on a %s, %s", (screen, colorScheme) => {
  it("axe finds nothing serious on any page", async () => {
    // The policy would refuse axe, and what axe does to the page is not what it is about.
    const options = { screen, colorScheme, bypassCSP: true, reducedMotion: "reduce" } as const;
    const visit = await Visit.open(browser, site.url, options);
    await visit.page.evaluate(axe);
    const found: Record<string, readonly string[]> = {};
    for (const [name, hash] of Object.entries(routes)) {
      await visit.go(hash);
      await settled(visit.page);
      const serious = await findings(visit.page);
      if (serious.length > 0) found[name] = serious;
    }
    expect(found).toEqual({});
    await visit.close();
  });
});

describe("by keyboard", () => {
  it("every page is reached, says where one is, and shows what has the focus", async () => {
    const visit = await Visit.open(browser, site.url);
    const { page } = visit;
    await settled(page);
    const links = page.getByRole("navigation", { name: "Pages" }).getByRole("link");
    for (const name of await links.allTextContents()) {
      const link = page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name });
      await link.focus();
      const outline = await link.evaluate((element) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
        return { outlineStyle, outlineWidth, boxShadow };
      });
      expect(outline.outlineStyle !== "none" || outline.boxShadow !== "none", name).toBe(true);
      await page.keyboard.press("Enter");
      await settled(page);
      expect(await heading(page).count(), name).toBe(1);
      expect(await link.getAttribute("aria-current"), name).toBe("page");
    }
    await visit.close();
  });

  it("the first stop skips to the page", async () => {
    const visit = await Visit.open(browser, site.url);
    await settled(visit.page);
    await visit.page.keyboard.press("Tab");
    await visit.page.keyboard.press("Enter");
    const focused = await visit.page.evaluate(() => document.activeElement?.tagName);
    expect(focused).toBe("MAIN");
    await visit.close();
  });

  it("nothing catches the focus", async () => {
    const visit = await Visit.open(browser, site.url);
    const { page } = visit;
    for (const hash of Object.values(routes)) {
      await visit.go(hash);
      await settled(page);
      await page.evaluate(() => document.body.focus());
      const stops = await page
        .locator("a[href], button:not([disabled]), input, select, textarea, summary")
        .filter({ visible: true })
        .count();
      let wrapped = false;
      for (let step = 0; step <= stops + 20 && !wrapped; step += 1) {
        await page.keyboard.press("Tab");
        wrapped = await page.evaluate(() => document.activeElement === document.body);
        if (step > 60) break;
      }
      const stuck = await page.evaluate(() => document.activeElement?.tagName ?? "");
      expect(stuck, hash).not.toBe("");
    }
    await visit.close();
  });
});

describe("where there is little room", () => {
  it.each([
    ["a phone of 360 pixels", 360, 740],
    ["200 % zoom on a laptop", 640, 450],
  ])("%s needs no scrolling sideways", async (_, width, height) => {
    const visit = await Visit.open(browser, site.url, { screen: "phone" });
    await visit.page.setViewportSize({ width, height });
    const found: Record<string, readonly string[]> = {};
    for (const [name, hash] of Object.entries(routes)) {
      await visit.go(hash);
      await settled(visit.page);
      const wide = await overflowing(visit.page);
      if (wide.length > 0) found[name] = wide;
    }
    expect(found).toEqual({});
    await visit.close();
  });

  it("no motion where none is wanted", async () => {
    const visit = await Visit.open(browser, site.url, { reducedMotion: "reduce" });
    for (const hash of Object.values(routes)) {
      await visit.go(hash);
      await settled(visit.page);
      const moving = await visit.page.evaluate(() =>
        document
          .getAnimations()
          .filter(({ effect }) => Number(effect?.getComputedTiming().duration ?? 0) > 1)
          .map((animation) => `${animation.id} ${animation.constructor.name}`),
      );
      expect(moving, hash).toEqual([]);
    }
    await visit.close();
  });
});

it("looks at two screens", () => {
  expect(screens).toEqual(Object.keys(SCREENS));
});
