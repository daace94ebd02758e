/** Where things are on the page: every locator and every word that the tests look for, in one place. */

import type { Locator, Page } from "playwright-core";

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

export type RouteName = keyof typeof ROUTES;

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
