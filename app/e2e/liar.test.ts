/** A node that lies: every lie is flagged, and no figure that follows from it is shown. */

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { LIES, type Lie, type Scene, sceneOf } from "./support/liar";
import { Network } from "./support/network";
import { Visit, openBrowser } from "./support/page";
import { doubt, doubts, settled } from "./support/pages";
import { Proxy } from "./support/proxy";
import { openSite } from "./support/site";

/** Longer than the page waits between two readings, twice. */
const FLAGGED_MS = 20_000;

const network = new Network(inject("network"));
let browser: Browser;
let scene: Scene;

beforeAll(async () => {
  browser = await openBrowser();
  scene = await sceneOf(network);
});

afterAll(() => browser?.close());

describe("a node that tells the truth", () => {
  it("is believed, by itself and beside a second one", async () => {
    const [first, second] = [await Proxy.start(network), await Proxy.start(network)];
    const site = await openSite(network, {
      deployment: { ...first.deployment(), secondRpc: second.rpc },
    });
    const visit = await Visit.open(browser, site.url);
    await settled(visit.page);
    await visit.page.getByText("a second node agrees on the money").waitFor();
    for (const route of new Set(LIES.map((lie) => lie.at))) {
      await visit.go(route);
      await settled(visit.page);
      expect(await doubts(visit.page).allTextContents()).toEqual([]);
    }
    await visit.close();
    await Promise.all([site.close(), first.close(), second.close()]);
  });
});

describe("a node that lies is found out", () => {
  it("there are at least twenty ways of lying", () => {
    expect(new Set(LIES.map(({ name }) => name)).size).toBe(LIES.length);
    expect(LIES.length).toBeGreaterThanOrEqual(20);
  });

  it.each(LIES.map((lie) => [lie.name, lie] as const))("%s", async (_, lie: Lie) => {
    const proxy = await Proxy.start(network);
    const deployment = lie.by === "the second node" ? { secondRpc: proxy.rpc } : proxy.deployment();
    const site = await openSite(network, { deployment });
    const begin = () => {
      proxy.changes = lie.tell(scene);
    };
    if (lie.from === "the start") begin();
    const visit = await Visit.open(browser, `${site.url}${lie.at}`);
    try {
      if (lie.from === "later") {
        await settled(visit.page);
        expect(await doubts(visit.page).count()).toBe(0);
        begin();
      }
      const { flagged } = lie;
      const found =
        "rule" in flagged
          ? doubt(visit.page, flagged.rule)
          : visit.page.getByRole("alert").filter({ hasText: flagged.words });
      await found.first().waitFor({ timeout: FLAGGED_MS });
      await visit.close();
    } finally {
      await Promise.all([visit.page.close(), site.close(), proxy.close()]);
    }
  });
});
