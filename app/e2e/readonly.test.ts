/** Somebody without a wallet reads everything, and is told what a wallet would let them do. */

import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";

import type { Served } from "../scripts/serve.mjs";
import { Network } from "./support/network";
import { Visit, openBrowser } from "./support/page";
import { doubts, heading, main, routesOf, settled } from "./support/pages";
import { Proxy } from "./support/proxy";
import { openSite } from "./support/site";
import { FULL } from "./support/tools";

const network = new Network(inject("network"));
let browser: Browser;
let site: Served;
let visit: Visit;

beforeAll(async () => {
  browser = await openBrowser();
  site = await openSite(network);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

describe("without a wallet", () => {
  beforeEach(async () => {
    visit = await Visit.open(browser, site.url);
    await settled(visit.page);
  });

  afterEach(() => visit.close());

  it("every page opens, has one heading, its own title, and something to read", async () => {
    const titles = new Set<string>();
    const routes = await routesOf(network);
    for (const [name, hash] of Object.entries(routes)) {
      await visit.go(hash);
      await settled(visit.page);
      expect(await heading(visit.page).count(), name).toBe(1);
      const words = (await main(visit.page).innerText()).split(/\s+/).length;
      expect(words, name).toBeGreaterThan(8);
      titles.add(await visit.page.title());
    }
    expect(titles.size).toBe(Object.keys(routes).length);
    expect(await doubts(visit.page).count()).toBe(0);
  });

  it("every page opens by its address alone", async () => {
    const routes = Object.values(await routesOf(network));
    // A page of its own and one of many of a kind are enough where there is little time.
    for (const hash of FULL ? routes : [routes[1], routes.at(-5), routes.at(-1)]) {
      await visit.page.goto("about:blank");
      await visit.page.goto(`${site.url}${hash ?? ""}`);
      await settled(visit.page);
      expect(await heading(visit.page).count(), hash).toBe(1);
    }
  });

  it("nothing can be signed", async () => {
    await visit.go("#/ballot");
    await settled(visit.page);
    expect(await visit.page.getByRole("button", { name: /^Sign/ }).count()).toBe(0);
    await visit.page
      .getByRole("button", { name: /^Connect a wallet/ })
      .first()
      .click();
    await visit.page.getByRole("dialog").getByText("No wallet was found").waitFor();
  });

  it("the back button goes back", async () => {
    await visit.go("#/streams");
    await settled(visit.page);
    const streams = await heading(visit.page).innerText();
    await visit.go("#/risk");
    await settled(visit.page);
    await visit.page.goBack();
    await expect.poll(() => heading(visit.page).innerText()).toBe(streams);
  });
});

describe("when the node goes silent", () => {
  it("the page says so, keeps what it knows, and recovers", async () => {
    const proxy = await Proxy.start(network);
    const own = await openSite(network, { deployment: proxy.deployment() });
    visit = await Visit.open(browser, own.url);
    visit.allow(/ERR_|Failed to load resource|WebSocket/);
    await settled(visit.page);
    const before = await heading(visit.page).innerText();
    proxy.silent = true;
    const trouble = visit.page.getByRole("status", { name: "Connection" });
    await trouble.waitFor({ timeout: 45_000 });
    expect(await heading(visit.page).innerText()).toBe(before);
    proxy.silent = false;
    await trouble.waitFor({ state: "detached", timeout: 45_000 });
    await visit.close();
    await Promise.all([own.close(), proxy.close()]);
  });

  it("a page that never had an answer says what to do", async () => {
    const proxy = await Proxy.start(network);
    proxy.silent = true;
    const own = await openSite(network, { deployment: proxy.deployment() });
    visit = await Visit.open(browser, own.url);
    visit.allow(/ERR_|Failed to load resource|WebSocket/);
    await visit.page.getByText("The node does not answer").first().waitFor({ timeout: 30_000 });
    await visit.close();
    await Promise.all([own.close(), proxy.close()]);
  });

  it("a page without its deployment file says what is missing", async () => {
    const own = await openSite(network, { deployment: { treasury: "nonsense" } });
    visit = await Visit.open(browser, own.url);
    await visit.page.getByText('"treasury" in deployment.json is no address.').waitFor();
    await visit.close();
    await own.close();
  });
});
