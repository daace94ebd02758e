/** The browser, and pages in it that remember everything that should not have happened. */

import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  chromium,
} from "playwright-core";

import { tools } from "./tools";
import type { TestWallet } from "./wallet";

/** Something that a page must not do. */
export interface Problem {
  readonly kind: "console" | "policy" | "exception" | "dialog" | "request" | "navigation" | "crash";
  readonly text: string;
}

/** Screens that everything is looked at on. */
export const SCREENS = {
  desktop: { viewport: { width: 1_280, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
} as const satisfies Record<string, BrowserContextOptions>;

export type Screen = keyof typeof SCREENS;

/** How somebody visits. */
export interface VisitOptions {
  readonly screen?: Screen;
  readonly colorScheme?: "light" | "dark";
  readonly reducedMotion?: "reduce" | "no-preference";
  /** Wallets that are installed. */
  readonly wallets?: readonly TestWallet[];
  /** What happens to the window before anything is loaded. */
  readonly before?: (page: Page) => Promise<unknown>;
  /** Switches the page's policy off, for tools that must be injected. Never for what the policy is about. */
  readonly bypassCSP?: boolean;
}

/** A page that asks without end is not waited for any longer. */
const QUIET_MS = 5_000;
const BINDING = "__budgetTestViolation";

/** Starts the browser. It contacts nobody by itself. */
export function openBrowser(flags: readonly string[] = []): Promise<Browser> {
  const quiet = ["--disable-gpu", "--disable-background-networking", "--disable-component-update"];
  return chromium.launch({ executablePath: tools.chromium(), args: [...quiet, ...flags] });
}

/** Somebody's window. */
export class Visit {
  readonly page: Page;
  readonly problems: Problem[] = [];
  readonly #context: BrowserContext;
  readonly #allowed: RegExp[] = [];
  #asking = 0;
  #askedAt = 0;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
  }

  /** Opens a window of somebody who was never here, and loads the page. */
  static async open(browser: Browser, url: string, options: VisitOptions = {}): Promise<Visit> {
    const { screen = "desktop", wallets = [], ...rest } = options;
    const context = await browser.newContext({
      ...SCREENS[screen],
      colorScheme: rest.colorScheme ?? "light",
      reducedMotion: rest.reducedMotion ?? "no-preference",
      bypassCSP: rest.bypassCSP ?? false,
      locale: "en-GB",
      timezoneId: "UTC",
      serviceWorkers: "block",
      permissions: ["clipboard-read", "clipboard-write"],
    });
    context.setDefaultTimeout(15_000);
    const visit = new Visit(context, await context.newPage());
    await visit.#watch(new URL(url));
    for (const wallet of wallets) await wallet.install(context);
    await options.before?.(visit.page);
    await visit.page.goto(url);
    return visit;
  }

  /** Another window of the same visitor, with the same wallets. */
  async another(url: string): Promise<Visit> {
    const visit = new Visit(this.#context, await this.#context.newPage());
    await visit.#watch(new URL(url));
    await visit.page.goto(url);
    return visit;
  }

  /** Problems that match are meant to happen in this test. */
  allow(...expected: readonly RegExp[]): void {
    this.#allowed.push(...expected);
  }

  /** What happened and was not meant to. */
  unexpected(): readonly Problem[] {
    return this.problems.filter(({ text }) => !this.#allowed.some((one) => one.test(text)));
  }

  /** Waits until nothing has been asked of anybody for so many milliseconds. */
  async quiet(milliseconds = 250): Promise<void> {
    const until = performance.now() + QUIET_MS;
    while (performance.now() < until) {
      const since = performance.now() - this.#askedAt;
      if (this.#asking === 0 && since >= milliseconds) return;
      await new Promise((done) => setTimeout(done, 25));
    }
  }

  /** Goes to a route of the page: `#/ballot`. */
  async go(hash: string): Promise<void> {
    await this.page.evaluate((to) => {
      location.hash = to;
    }, hash);
  }

  /** Closes the window. Throws when anything happened in it that should not have. */
  async close(): Promise<void> {
    const found = this.unexpected();
    if (!this.page.isClosed()) await this.page.close();
    if (this.#context.pages().length === 0) await this.#context.close();
    if (found.length === 0) return;
    const lines = found.map(({ kind, text }) => `  ${kind}: ${text}`);
    throw new Error(`the page had problems:\n${[...new Set(lines)].join("\n")}`);
  }

  async #watch(home: URL): Promise<void> {
    const { page, problems } = this;
    const note = (kind: Problem["kind"], text: string) => problems.push({ kind, text });
    page.on("console", (message) => {
      if (message.type() === "error") {
        note("console", `${message.text()} (${message.location().url})`);
      }
    });
    page.on("pageerror", (error) => note("exception", error.stack ?? error.message));
    page.on("crash", () => note("crash", "the page crashed"));
    page.on("dialog", (dialog) => {
      note("dialog", dialog.message());
      void dialog.dismiss();
    });
    page.on("popup", (popup) => note("navigation", `a window was opened: ${popup.url()}`));
    const answered = () => {
      this.#asking = Math.max(0, this.#asking - 1);
      this.#askedAt = performance.now();
    };
    page.on("requestfinished", answered);
    page.on("requestfailed", answered);
    page.on("request", (request) => {
      this.#asking += 1;
      this.#askedAt = performance.now();
      const url = request.url();
      if (/^(?:data|blob):/.test(url)) return;
      if (new URL(url).hostname !== "127.0.0.1") note("request", `left this machine: ${url}`);
    });
    page.on("framenavigated", (frame) => {
      const url = frame.url();
      if (frame !== page.mainFrame()) note("navigation", `a frame appeared: ${url}`);
      else if (url !== "about:blank" && new URL(url).origin !== home.origin) {
        note("navigation", `the page left for ${url}`);
      }
    });
    await page.exposeFunction(BINDING, (text: string) => note("policy", text));
    await page.addInitScript((binding) => {
      document.addEventListener("securitypolicyviolation", (event) => {
        const { effectiveDirective, blockedURI, sample, sourceFile, lineNumber } = event;
        const report: unknown = Reflect.get(globalThis, binding);
        const where = `${sourceFile}:${lineNumber}`;
        const text = `${effectiveDirective} forbids ${blockedURI} ${sample} at ${where}`;
        if (typeof report === "function") report(text);
      });
    }, BINDING);
  }
}
