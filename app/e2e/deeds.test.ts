/**
 * What people do between votes, each with their own wallet, on the page alone: a recipient reports and a
 * reviewer scores, a member delegates and unstakes, the risk reporter marks, the guardian vetoes and pauses,
 * and anybody carries out what was decided. Every transaction is what the page said and what the command
 * line reads in it; whoever may not do it is told who may; and what it changed is shown without loading the
 * page anew. The tests follow each other in the network's time.
 */

import { createHash } from "node:crypto";

import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import { at } from "./support/json";
import * as pages from "./support/pages";
import { stage } from "./support/stage";
import { TestWallet } from "./support/wallet";

const here = stage();

const { main, fact } = pages;

/** The sentence that says what is the case. */
const lead = (page: Page) => main(page).locator(".lead").first().innerText();

/** A file as somebody chooses it, and its SHA-256. */
function file(name: string, text: string) {
  const buffer = Buffer.from(text);
  const hash = createHash("sha256").update(buffer).digest("hex");
  return { chosen: { name, mimeType: "text/markdown", buffer }, hash };
}

const REPORT = file("report.md", "# Half of the audit is done\n");
const REASONS = file("reasons.md", "# Nothing that can be read was delivered\n");
/** As long as the page may take to read what it is told has changed. */
const POLL = { timeout: 15_000 };
const NOBODY = "11111111111111111111111111111111";

describe("a review", () => {
  it("begins with the update that the recipient files", async () => {
    const other = await here.enter("voter", "#/stream/0/1");
    await main(other.page).getByText("It waits for Tern Security").waitFor();
    expect(await main(other.page).getByText("File your update").count()).toBe(0);

    const own = await here.enter("teams/tern", "#/stream/0/1");
    const form = main(own.page).getByRole("region", { name: "File your update" });
    const button = form.getByRole("button", { name: "File the update" });
    expect(await button.isDisabled()).toBe(true);
    await form.getByRole("radio", { name: /^at risk/ }).check();
    await form.getByLabel("Spent so far, in tUSD").fill("12,500.25");
    await form.getByLabel("Evidence", { exact: true }).setInputFiles(REPORT.chosen);
    await form.getByLabel("Where others find it").fill("https://tern.example/report.md");
    const { receipt, instruction } = await own.signs("File the update", "file_update");
    for (const said of ["at risk", "12,500.25 tUSD", REPORT.hash, "1 of 2 (number 0 on chain)"]) {
      expect(receipt.text).toContain(said);
    }
    expect(at(instruction, "arguments", "args")).toEqual({
      checkpoint: 0,
      health: "AtRisk",
      spent: 12_500_250_000,
      evidence_hash: REPORT.hash,
      evidence_uri: "https://tern.example/report.md",
    });

    await main(own.page).getByText("It waits for the reviewer").waitFor();
    const row = main(own.page).getByRole("row", { name: /^1 waits for the score/ });
    await row.getByText("at risk, 12,500.25 tUSD spent").waitFor();
    await form.waitFor({ state: "detached" });
  });

  it("holds the stream with a score below the floor, which the reviewer alone gives", async () => {
    const recipient = await here.enter("teams/tern", "#/stream/0/1");
    expect(await main(recipient.page).getByText("Score the update").count()).toBe(0);
    expect(await fact(recipient.page, "Held").count()).toBe(0);

    const reviewer = await here.enter("reviewer", "#/stream/0/1");
    const form = main(reviewer.page).getByRole("region", { name: "Score the update" });
    const button = form.getByRole("button", { name: "Give this score" });
    await form.getByLabel("Score, 0 to 100 %").fill("20");
    await form.getByText("32,000 tUSD are held until a vote rules").waitFor();
    await form.getByLabel("Your reasons").setInputFiles(REASONS.chosen);
    const copy = form.getByLabel("Your copy of the evidence (optional)");
    await copy.setInputFiles(REASONS.chosen);
    await form.getByText("This is not what the recipient filed").waitFor();
    expect(await button.isDisabled()).toBe(true);
    await copy.setInputFiles(REPORT.chosen);
    await form.getByText("This is exactly what the recipient filed.").waitFor();

    const { receipt, instruction } = await reviewer.signs("Give this score", "score_update");
    expect(receipt.title).toContain("Give 20 %");
    expect(receipt.text).toContain("32,000 tUSD until a vote rules");
    expect(receipt.text).toContain(REASONS.hash);
    expect(at(instruction, "arguments", "args")).toEqual({
      score_bps: 2_000,
      evidence_hash: REPORT.hash,
      verdict_hash: REASONS.hash,
    });

    const { page } = reviewer;
    await expect.poll(() => lead(page), POLL).toMatch(/^Held: .*32,000.tUSD wait for a vote/);
    await fact(page, "Held").getByText("32,000 tUSD").waitFor();
    await main(page).getByText("The mean of 1 score is 20 %").waitFor();
    await form.waitFor({ state: "detached" });
    // Also where nobody did anything, as the treasury tells of the event.
    await expect.poll(() => lead(recipient.page), POLL).toMatch(/^Held: /);
  });
});

describe("a stake", () => {
  it("is voted by a delegate, and by nobody else again", async () => {
    const { signer } = await TestWallet.of(here.network, "stakers/0003");
    const own = await here.enter("voter", "#/ballot");
    const { page } = own;
    const form = main(page)
      .locator("details")
      .filter({ hasText: "Let somebody vote in your place" });
    await pages.unfold(form);
    const button = form.getByRole("button", { name: "Let this address vote" });
    await form.getByLabel("Address").fill(own.wallet.signer.address);
    await form.getByText("That is your own address").waitFor();
    expect(await button.isDisabled()).toBe(true);
    expect(await form.getByRole("button", { name: "Let nobody" }).isDisabled()).toBe(true);

    await form.getByLabel("Address").fill(signer.address);
    const given = await own.signs("Let this address vote", "set_delegate");
    expect(at(given.instruction, "arguments")).toEqual({ delegate: signer.address });
    expect(given.receipt.text).toContain("nobody → ");
    const name = fact(page, "Votes in your place").locator(`[title="${signer.address}"]`);
    await name.waitFor();

    const taken = await own.signs("Let nobody", "set_delegate");
    expect(at(taken.instruction, "arguments")).toEqual({ delegate: NOBODY });
    await fact(page, "Votes in your place").getByText("nobody", { exact: true }).waitFor();
  });

  it("cools down before it can be taken out", async () => {
    const own = await here.enter("voter", "#/ballot");
    const { page } = own;
    const form = main(page)
      .locator("details")
      .filter({ has: page.locator("summary", { hasText: /^Unstake$/ }) });
    await pages.unfold(form);
    await form.getByLabel("Amount").fill("32,251.1");
    await form.getByText("An amount above 0 and up to 32,251 HARB.").waitFor();
    expect(await form.getByRole("button", { name: "Unstake" }).isDisabled()).toBe(true);

    await form.getByLabel("Amount").fill("12,251");
    const { receipt, instruction } = await own.signs("Unstake", "request_unstake");
    expect(receipt.text).toContain("32,251 HARB → 20,000 HARB");
    expect(at(instruction, "arguments")).toEqual({ amount: 12_251_000_000_000 });
    await fact(page, "Staked").getByText("20,000 HARB").waitFor();
    await fact(page, "Cooling").getByText("12,251 HARB").waitFor();
    expect(await main(page).getByRole("button", { name: "Take it out" }).isDisabled()).toBe(true);
  });
});

describe("a position", () => {
  it("is marked by the risk reporter alone", async () => {
    const other = await here.enter("voter", "#/risk");
    await main(other.page).getByText("Only the risk reporter can: Risk reporter.").waitFor();
    expect(await main(other.page).getByRole("button", { name: "Mark it" }).count()).toBe(0);

    const own = await here.enter("risk-reporter", "#/risk");
    await main(own.page).getByLabel("Is worth").fill("7,000.5");
    const { receipt, instruction } = await own.signs("Mark it", "mark_position");
    expect(receipt.title).toBe("Mark a position at 7,000.5 tUSD");
    expect(at(instruction, "arguments")).toEqual({ category: 3, mark: 7_000_500_000 });
    for (const { page } of [own, other]) {
      await fact(page, "Reported").getByText("7,000.5 tUSD").waitFor();
    }
  });
});

describe("after the vote", () => {
  it("the guardian alone can veto an award within its timelock", async () => {
    await here.network.travel("3d 1h");
    await here.network.cli("voter", "epoch", "settle");
    const other = await here.enter("voter", "#/proposal/1/0");
    const deeds = main(other.page).getByRole("region", { name: "What can be done now" });
    const veto = deeds.getByRole("listitem").filter({ hasText: "Veto" });
    await veto.getByText("Guardian alone may").waitFor();
    expect(await veto.getByRole("button").count()).toBe(0);

    const own = await here.enter("guardian", "#/proposal/1/0");
    const { receipt, instruction } = await own.signs("Veto", "veto_proposal");
    expect(receipt.text).toContain("24,000 tUSD");
    expect(at(instruction, "arguments")).toEqual({ index: 0 });
    for (const { page } of [own, other]) {
      await expect.poll(() => lead(page), POLL).toMatch(/vetoed/i);
      await veto.waitFor({ state: "detached" });
    }
  });

  it("the guardian alone can pause, and what waits is blocked until the pause is over", async () => {
    await here.network.travel("1d 6h");
    const other = await here.enter("voter", "#/risk");
    const name = "Pause executions";
    await main(other.page).getByText("Only the guardian can: Guardian.").waitFor();
    expect(await main(other.page).getByRole("button", { name }).count()).toBe(0);
    await other.go("#/proposal/1/2");
    const carry = main(other.page).getByRole("button", { name: "Carry it out" });
    await carry.waitFor();

    const own = await here.enter("guardian", "#/risk");
    const { page } = own;
    const button = main(page).getByRole("button", { name });
    await main(page).getByText("7 d of 7 d in any 90 days are left").waitFor();
    await main(page).getByLabel("For how long").fill("169");
    expect(await button.isDisabled()).toBe(true);
    await main(page).getByLabel("For how long").fill("24");
    const { receipt, instruction } = await own.signs(name, "pause_executions");
    expect(receipt.text).toContain("7 d → 6 d in any 90 days");
    expect(at(instruction, "arguments")).toEqual({ secs: 86_400 });
    await main(page).getByText("and pauses do not overlap").waitFor();
    expect(await button.isDisabled()).toBe(true);
    await own.go("#/");
    await main(page).getByText("The guardian has paused").waitFor();
    await main(other.page).getByText("The breaker or a pause blocks its execution").waitFor();
    await carry.waitFor({ state: "detached" });
  });

  it("anybody carries out an award, and its stream begins", async () => {
    await here.network.travel("1d 1h");
    const own = await here.enter("voter", "#/stream/1/2");
    const { page } = own;
    await main(page).getByText("There is no stream of entry 2 in epoch 1").waitFor();
    await own.go("#/proposal/1/2");
    const { receipt, instruction } = await own.signs("Carry it out", "execute_award");
    expect(receipt.text).toContain("16,000 tUSD");
    expect(at(instruction, "arguments")).toEqual({});
    await expect.poll(() => lead(page), POLL).toMatch(/executed/i);
    await own.go("#/stream/1/2");
    await expect.poll(() => lead(page), POLL).toMatch(/^Runs: .* of 16,000.tUSD released/);
  });

  it("the guardian alone can pause that stream, once in a while", async () => {
    const pause = "Pause this stream";
    const other = await here.enter("voter", "#/stream/1/2");
    expect(await main(other.page).getByText(pause).count()).toBe(0);

    const own = await here.enter("guardian", "#/stream/1/2");
    const { page } = own;
    const form = main(page).locator("details").filter({ hasText: pause });
    await pages.unfold(form);
    const button = form.getByRole("button", { name: "Pause the stream" });
    await form.getByLabel("For how many hours").fill("169");
    await form.getByText("1 to 168 hours are left").waitFor();
    expect(await button.isDisabled()).toBe(true);
    await form.getByLabel("For how many hours").fill("24");
    const { receipt, instruction } = await own.signs("Pause the stream", "pause_stream");
    expect(receipt.text).toContain("7 d → 6 d in the stream’s whole life");
    expect(at(instruction, "arguments")).toEqual({ secs: 86_400 });
    await expect.poll(() => lead(page), POLL).toMatch(/^Paused/);
    await form.getByText("Between two pauses lies a week").waitFor();
    await button.waitFor({ state: "detached" });
  });

  it("anybody carries out a ruling, and the held stream goes on", async () => {
    await here.network.travel("2d");
    const own = await here.enter("voter", "#/stream/0/5");
    const { page } = own;
    expect(await lead(page)).toMatch(/^Held: /);
    await own.go("#/proposal/1/24");
    const { receipt, instruction } = await own.signs("Carry it out", "execute_stream_ruling");
    expect(receipt.text).toContain("Let the mural go on");
    expect(at(instruction, "arguments")).toEqual({});
    await expect.poll(() => lead(page), POLL).toMatch(/carried out/i);
    await own.go("#/stream/0/5");
    await expect.poll(() => lead(page), POLL).toMatch(/^Runs/);
    expect(await fact(page, "Held").count()).toBe(0);
  });

  it("what was unstaked is taken out once it has cooled down", async () => {
    await here.network.travel("90d");
    const own = await here.enter("voter", "#/ballot");
    await fact(own.page, "Cooling").getByText("ready to be taken out").waitFor();
    const { receipt, instruction } = await own.signs("Take it out", "withdraw_unstaked");
    expect(receipt.title).toBe("Take 12,251 HARB out of your stake");
    expect(at(instruction, "arguments")).toEqual({});
    await fact(own.page, "Cooling").getByText("nothing any more").waitFor();
    await fact(own.page, "Staked").getByText("20,000 HARB").waitFor();
  });
});
