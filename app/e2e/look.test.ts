/** How every page looks: nothing wider than its window, no text on another; pictures for people to look at. */

import { mkdir } from "node:fs/promises";
import path from "node:path";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import type { Served } from "../scripts/serve.mjs";
import { Network } from "./support/network";
import { type Screen, Visit, openBrowser } from "./support/page";
import {
  connect,
  layOut,
  overflowing,
  overlapping,
  routesOf,
  settled,
  walkDown,
} from "./support/pages";
import { openSite } from "./support/site";
import { FULL, OUTPUT } from "./support/tools";
import { TestWallet } from "./support/wallet";

const network = new Network(inject("network"));
let browser: Browser;
let site: Served;
let routes: Readonly<Record<string, string>>;

beforeAll(async () => {
  await mkdir(OUTPUT, { recursive: true });
  browser = await openBrowser();
  site = await openSite(network);
  routes = await routesOf(network);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const READER = null;
const MEMBER = "voter";
const screens: readonly Screen[] = ["desktop", "phone"];
// Layout does not depend on colours, and little on who looks; pictures of all are for people.
const cases = FULL
  ? screens.flatMap((screen) =>
      (["light", "dark"] as const).flatMap((scheme) =>
        [READER, MEMBER].map((who) => [screen, scheme, who] as const),
      ),
    )
  : ([
      ["desktop", "light", READER],
      ["phone", "light", MEMBER],
    ] as const);

describe("every page, for a reader and for a member", () => {
  it.each(cases)("on a %s, %s, for %s", async (screen, colorScheme, who) => {
    const wallets = who === null ? [] : [await TestWallet.of(network, who)];
    // What lays everything out at once is a style that the policy would refuse.
    const options = { screen, colorScheme, wallets, bypassCSP: true } as const;
    const visit = await Visit.open(browser, site.url, options);
    await settled(visit.page);
    if (who !== null) await connect(visit.page);
    const found: Record<string, readonly string[]> = {};
    for (const [name, hash] of Object.entries(routes)) {
      await visit.go(hash);
      await settled(visit.page);
      await visit.quiet();
      await layOut(visit.page);
      if (FULL) await walkDown(visit.page);
      if (FULL) {
        const file = `${name}-${screen}-${colorScheme}${who === null ? "" : "-member"}.png`;
        await visit.page.screenshot({ path: path.join(OUTPUT, file), fullPage: true });
      }
      const wrong = [...(await overflowing(visit.page)), ...(await overlapping(visit.page))];
      if (wrong.length > 0) found[name] = wrong;
    }
    expect(found).toEqual({});
    await visit.close();
  });
});
