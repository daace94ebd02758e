/**
 * What hostile people write, in every place where the page shows words of others: nothing of it runs,
 * nothing of it reaches another host, and what deceives the eye is marked.
 */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import type { Served } from "../scripts/serve.mjs";
import { METADATA, type Payload, TITLES, URIS } from "./support/corpus";
import { textAt } from "./support/json";
import { sceneOf } from "./support/liar";
import { Masquerade, type Words } from "./support/masquerade";
import { Network } from "./support/network";
import { Visit, openBrowser } from "./support/page";
import { doubts, heading, main, settled } from "./support/pages";
import { Proxy } from "./support/proxy";
import { openSite } from "./support/site";
import { FULL } from "./support/tools";

const network = new Network(inject("network"));
let browser: Browser;
let proxy: Proxy;
let site: Served;
let masks: Masquerade;

beforeAll(async () => {
  browser = await openBrowser();
  proxy = await Proxy.start(network);
  const base = textAt(await network.deployment(), "metadata", "base");
  masks = await Masquerade.of(network, await sceneOf(network), base);
  proxy.changes = masks.changes;
  site = await openSite(network, {
    deployment: proxy.deployment(),
    metadata: (name) => masks.metadata(name),
  });
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([site?.close(), proxy?.close()]);
});

/** A title, and an address or a text, for one place of the slate. */
interface Worn {
  readonly title: Payload;
  readonly uri: Payload | null;
  readonly text: Payload | null;
}

const HARMLESS = '{"kind":"ask","summary":"nothing"}';

/** The corpus over so many slates that every title and everything that it leads to is worn once. */
function slates(places: number): readonly (readonly Worn[])[] {
  const leads = [
    ...URIS.map((uri) => ({ uri, text: null })),
    ...METADATA.map((text) => ({ uri: null, text })),
  ];
  const count = Math.ceil(Math.max(TITLES.length, leads.length) / places);
  return Array.from({ length: count }, (_, slate) =>
    Array.from({ length: places }, (_, place) => {
      const at = slate * places + place;
      const title = TITLES[at % TITLES.length];
      const led = leads[at % leads.length];
      if (title === undefined || led === undefined) throw new Error("the corpus is empty");
      return { title, ...led };
    }),
  );
}

const wordsOf = ({ title, uri, text }: Worn): Words => ({
  title: title.text,
  uri: uri?.text ?? null,
  text: text?.text ?? HARMLESS,
});

/** What in the document only a payload could have put there. */
function foreign(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const elements =
      "iframe, object, embed, base, form[action], portal, math, marquee, foreignObject";
    const inside = "main script, main style, main link, main meta, main template, svg script";
    const found = [...document.querySelectorAll(`${elements}, ${inside}`)].map(
      (element) => element.outerHTML,
    );
    for (const element of document.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        if (name.startsWith("on")) found.push(`${name}=${value}`);
        const leads = /^(?:href|src|action|formaction|xlink:href|data|srcdoc)$/.test(name);
        const scheme = /^[\s\u0000-\u001f]*([a-z][a-z0-9+.-]*):/i.exec(value)?.[1]?.toLowerCase();
        const own = value.startsWith(`${location.origin}/`);
        if (leads && !own && scheme !== undefined && !["https", "data"].includes(scheme)) {
          found.push(`${element.tagName} ${name}=${value}`);
        }
        if (leads && scheme === "data" && element.tagName !== "IMG") found.push(`data: ${value}`);
      }
    }
    if (Reflect.get({}, "polluted") !== undefined) found.push("Object.prototype was changed");
    return found;
  });
}

/** Whether the page marks what a payload would deceive with. */
async function marks(page: Page, { text, mark }: Payload): Promise<boolean> {
  if (mark === undefined) return true;
  if (mark === "no link")
    return (
      (await main(page)
        .getByText(/no link/)
        .count()) > 0
    );
  const marked = await main(page).locator("mark").allInnerTexts();
  if (mark === "lookalike") return marked.length > 0;
  const codes = [...text].map((one) => (one.codePointAt(0) ?? 0).toString(16).toUpperCase());
  return marked.some((shown) => codes.some((code) => shown === `U+${code.padStart(4, "0")}`));
}

describe("in every proposal of a slate", () => {
  it(
    "nothing runs, nothing leaves, and what deceives is marked",
    { timeout: 900_000 },
    async () => {
      const all = slates(masks.places);
      const chosen = FULL ? all : all.filter((_, index) => index === 0 || index === all.length - 2);
      const ran: string[] = [];
      const strange: string[] = [];
      const unmarked: string[] = [];
      for (const slate of chosen) {
        masks.wear(slate.map(wordsOf));
        const visit = await Visit.open(browser, site.url, {
          before: (page) => page.exposeFunction("__xss", (what: unknown) => ran.push(`${what}`)),
        });
        const { page } = visit;
        // The text is missing where only the address is hostile, and the browser says so.
        visit.allow(/status of 404 \(Not Found\) \(\S+\/metadata\//);
        await settled(page);
        const look = async (where: string, hash: string) => {
          await visit.go(hash);
          await settled(page);
          strange.push(...(await foreign(page)).map((found) => `${where}: ${found}`));
        };
        for (const hash of ["#/", "#/epoch", "#/ballot", "#/streams", "#/activity"]) {
          await look(hash, hash);
        }
        for (const [place, worn] of slate.entries()) {
          const hash = `#/proposal/${masks.index}/${place}`;
          await look(JSON.stringify(worn), hash);
          const named = (await heading(page).innerText()).trim();
          if (named === "") unmarked.push(`blank: ${JSON.stringify(worn.title.text)}`);
          for (const payload of [worn.title, worn.uri, worn.text]) {
            if (payload === null || (await marks(page, payload))) continue;
            unmarked.push(`${payload.mark}: ${JSON.stringify(payload.text)}`);
          }
        }
        expect(await doubts(page).allInnerTexts()).toEqual([]);
        await page.mouse.move(400, 400);
        await visit.close();
      }
      expect({ ran, strange, unmarked }).toEqual({ ran: [], strange: [], unmarked: [] });
    },
  );
});

describe("in the community's own files", () => {
  it("names are text as well", async () => {
    const names = await network.deployment().then(async (deployment) => {
      const founder = textAt(deployment, "founder");
      return { founder, treasury: textAt(deployment, "treasury") };
    });
    const ran: string[] = [];
    const own = await openSite(network, {
      deployment: { community: "<img src=x onerror=__xss(1)>\u202eevil" },
      community: JSON.stringify({
        names: {
          [names.founder]: "<svg onload=__xss(1)>",
          [names.treasury]: "{{constructor.constructor('__xss(1)')()}}",
          __proto__: "<b>",
          "<script>": "x",
        },
      }),
    });
    const visit = await Visit.open(browser, own.url, {
      before: (page) => page.exposeFunction("__xss", (what: unknown) => ran.push(`${what}`)),
    });
    for (const hash of ["#/", "#/risk", "#/participation"]) {
      await visit.go(hash);
      await settled(visit.page);
      expect(await foreign(visit.page)).toEqual([]);
    }
    expect(await visit.page.title()).toContain("[U+202E]");
    expect(ran).toEqual([]);
    await visit.close();
    await own.close();
  });
});
