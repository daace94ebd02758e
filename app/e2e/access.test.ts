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
import { FULL } from "./support/tools";

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

const ROOMS = [
  ["a phone of 360 pixels", 360, 740],
  ["200 % zoom on a laptop", 640, 450],
] as const;
const screens: readonly Screen[] = ["desktop", "phone"];
const schemes = ["light", "dark"] as const;
const cases = FULL
  ? screens.flatMap((screen) => schemes.map((scheme) => [screen, scheme] as const))
  : ([
      ["desktop", "light"],
      ["phone", "dark"],
    ] as const);

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
      const to = await link.getAttribute("href");
      await page.keyboard.press("Enter");
      await page.waitForFunction((hash) => location.hash === hash, to);
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

  it("nothing catches the focus: every stop leads to the next, and the last one out", async () => {
    const visit = await Visit.open(browser, site.url);
    const { page } = visit;
    for (const name of FULL ? Object.keys(routes) : ["learn", "ballot", "proposal"]) {
      await visit.go(routes[name] ?? "");
      await settled(page);
      await visit.quiet();
      // A new page has the focus at its beginning: from there on through what is on it, and out of it.
      const stops: string[] = [];
      for (let step = 0; step < 600; step += 1) {
        await page.keyboard.press("Tab");
        const stop = await page.evaluate((key) => {
          const { activeElement: at } = document;
          if (at === null || at === document.body) return null;
          const known: unknown = Reflect.get(at, key);
          if (known !== undefined) return `again: ${at.outerHTML.slice(0, 80)}`;
          Reflect.set(at, key, true);
          return at.tagName;
        }, `stop on ${name}`);
        if (stop === null || (stop.startsWith("again") && step > 0)) break;
        stops.push(stop);
      }
      expect(stops.length, name).toBeGreaterThan(5);
      expect(stops.length, name).toBeLessThan(600);
      const missed = await page.evaluate((key) => {
        const all = [...document.querySelectorAll("main a, main button, main input, main summary")];
        return all
          .filter((one) => one instanceof HTMLElement && one.tabIndex >= 0)
          .filter((one) => one.checkVisibility() && !one.matches(":disabled, [type=radio]"))
          .filter((one) => Reflect.get(one, key) === undefined)
          .map((one) => one.outerHTML.slice(0, 100));
      }, `stop on ${name}`);
      expect(missed, `what Tab does not reach on ${name}`).toEqual([]);
    }
    await visit.close();
  });
});

describe("where there is little room, and no wish for motion", () => {
  it("nothing scrolls sideways, and nothing moves", async () => {
    const visit = await Visit.open(browser, site.url, {
      screen: "phone",
      reducedMotion: "reduce",
    });
    const found: Record<string, readonly string[]> = {};
    for (const [name, hash] of Object.entries(routes)) {
      await visit.go(hash);
      await settled(visit.page);
      for (const [room, width, height] of ROOMS) {
        await visit.page.setViewportSize({ width, height });
        const wide = await overflowing(visit.page);
        if (wide.length > 0) found[`${name}, ${room}`] = wide;
      }
      const moving = await visit.page.evaluate(() =>
        document
          .getAnimations()
          .filter(({ effect }) => Number(effect?.getComputedTiming().duration ?? 0) > 1)
          .map((animation) => `${animation.id} ${animation.constructor.name}`),
      );
      if (moving.length > 0) found[`${name}, moving`] = moving;
    }
    expect(found).toEqual({});
    await visit.close();
  });
});

describe("for who reads large letters", () => {
  it("nothing scrolls sideways on a narrow phone, at one and a half times the usual size", async () => {
    // A setting of the browser, not of the page: the width at which the page breaks follows it.
    const large = await openBrowser(["--blink-settings=defaultFontSize=24"]);
    const visit = await Visit.open(large, site.url, { screen: "phone" });
    await visit.page.setViewportSize({ width: 360, height: 740 });
    const found: Record<string, readonly string[]> = {};
    for (const [name, hash] of Object.entries(routes)) {
      await visit.go(hash);
      await settled(visit.page);
      const wide = await overflowing(visit.page);
      if (wide.length > 0) found[name] = wide;
    }
    expect(found).toEqual({});
    await visit.close();
    await large.close();
  });
});

it("looks at two screens", () => {
  expect(screens).toEqual(Object.keys(SCREENS));
});
