/**
 * Acts of the community, from the form to what they change: three are proposed on the page, win, and are
 * carried out there by anybody; the rule that one of them tightened lets anybody trip the breaker, and a last
 * act clears it. Every transaction is what the page said and what the command line reads in it. Votes are
 * cast by the command line. The tests follow each other in the network's time.
 */

import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";

import { at } from "./support/json";
import { mint } from "./support/mint";
import * as pages from "./support/pages";
import { type Visitor, stage } from "./support/stage";
import { TestWallet } from "./support/wallet";

const here = stage();

const { main, fact } = pages;

/** Members with a third of all weight, which is quorum enough. */
const LARGEST = ["stakers/0000", "stakers/0001", "stakers/0002"];
/** Whom the community makes its risk reporter: Gael Novak. */
const HEIR = "stakers/0003";
/** Where an instruction has what was written. */
const ARGS = ["arguments", "args"] as const;

/** As long as the page may take to read what it is told has changed. */
const POLL = { timeout: 15_000 };

/** The sentence that says what is the case. */
const lead = (page: Page) => main(page).locator(".lead").first().innerText();

/** Fills in what every act has, besides what it is. */
async function write({ page }: Visitor, kind: string, title: string): Promise<void> {
  await main(page).getByRole("radio", { name: kind }).check();
  await main(page).getByLabel("Title").fill(title);
  await main(page).getByLabel("Reasons").fill("So that the tests see it happen.");
}

/** Has these entries win. */
async function support(entries: string): Promise<void> {
  for (const who of LARGEST) await here.network.cli(who, "vote", "--for", entries);
}

beforeAll(async () => {
  const { signer } = await TestWallet.of(here.network, "voter");
  await mint(here.network, signer.address, "budget", 5_000n * 10n ** 6n);
});

describe("an epoch", () => {
  it("is settled and followed by the next one, when it is time and by anybody", async () => {
    const early = await here.enter("voter", "#/epoch");
    expect(
      await main(early.page)
        .getByRole("button", { name: /^(Settle|Open) / })
        .count(),
    ).toBe(0);

    await here.network.travel("3d 1h");
    const settler = await here.enter("voter", "#/epoch");
    const settled = await settler.signs("Settle epoch 1", "settle_epoch");
    expect(settled.receipt.text).toContain("9 of 22 asks funded with 271,000 tUSD");
    expect(at(settled.instruction, "arguments")).toEqual({});
    await main(settler.page).getByText("Settled on").waitFor();

    await here.network.travel("11d");
    const opener = await here.enter("voter", "#/epoch");
    const opened = await opener.signs("Open epoch 2", "open_epoch");
    expect(opened.receipt.title).toBe("Open epoch 2");
    await pages.heading(opener.page).getByText("Epoch 2").waitFor();
  });
});

describe("three acts", () => {
  it("are proposed as they were written", async () => {
    const own = await here.enter("voter", "#/propose/act");
    const { page } = own;
    const field = (label: string) => main(page).getByLabel(label, { exact: true });

    await write(own, "Change the policy", "Keep two years in hand");
    await field("Section").selectOption("risk");
    await field("min runway epochs").fill("25");
    await main(page)
      .getByText(/at most 24|0 to 24/)
      .first()
      .waitFor();
    await field("min runway epochs").fill("24");
    const policy = await own.signs("Submit this act", "submit_action", ["several_of_ours"]);
    expect(policy.receipt.text).toContain("4 epochs → becomes 24 epochs");
    expect(at(policy.instruction, ...ARGS, "title")).toBe("Keep two years in hand");
    const risk = at(policy.instruction, ...ARGS, "action", "SetPolicy", "Risk");
    expect(risk).toMatchObject({ min_runway_epochs: 24, max_drawdown_bps: 3_000 });

    await write(own, "Give a role to somebody else", "Another risk reporter");
    await main(page).getByRole("radio", { name: "Risk reporter" }).check();
    const now = await TestWallet.of(here.network, "risk-reporter");
    await field("Address of the holder").fill(now.signer.address);
    await main(page).getByText("Nothing would change").first().waitFor();
    const heir = await TestWallet.of(here.network, HEIR);
    await field("Address of the holder").fill(heir.signer.address);
    const role = await own.signs("Submit this act", "submit_action");
    expect(role.receipt.text).toContain("Risk reporter → Gael Novak");
    expect(at(role.instruction, ...ARGS, "action")).toEqual({
      SetRole: { role: "RiskReporter", holder: heir.signer.address },
    });

    await write(own, "Write off a loss", "What the collar lost");
    await field("Category").selectOption("3");
    await field("Lost, in tUSD").fill("7,687.6");
    await main(page).getByText("The category has 7,687.5 tUSD paid out").first().waitFor();
    await field("Lost, in tUSD").fill("1,000");
    const loss = await own.signs("Submit this act", "submit_action");
    expect(loss.receipt.text).toContain("1,000 tUSD in hedging");
    expect(at(loss.instruction, ...ARGS, "action")).toEqual({
      WriteOff: { category: 3, amount: 1_000_000_000 },
    });

    await own.go("#/epoch");
    for (const title of [
      "Keep two years in hand",
      "Another risk reporter",
      "What the collar lost",
    ]) {
      await main(page).getByText(title).first().waitFor();
    }
  });

  it("wait for their timelock once they have won", async () => {
    await here.network.travel("12d 1h");
    await support("0,1,2");
    await here.network.travel("7d");
    await here.network.cli("voter", "epoch", "settle");
    const { page } = await here.enter("voter", "#/proposal/2/0");
    await main(page).getByText("Its timelock runs until").waitFor();
    expect(await main(page).getByRole("button", { name: "Carry it out" }).count()).toBe(0);
  });

  it("change the policy", async () => {
    await here.network.travel("4d 1h");
    const own = await here.enter("voter", "#/propose/act");
    const { page } = own;
    const value = main(page).getByLabel("min runway epochs", { exact: true });
    const section = main(page).getByLabel("Section", { exact: true });
    await section.selectOption("risk");
    expect(await value.inputValue()).toBe("4");
    await own.go("#/proposal/2/0");
    const { receipt, instruction } = await own.signs("Carry it out", "execute_set_policy");
    expect(receipt.text).toContain("24 epochs");
    expect(at(instruction, "arguments")).toEqual({});
    await expect.poll(() => lead(page), POLL).toMatch(/carried out/);
    await own.go("#/propose/act");
    await section.selectOption("risk");
    expect(await value.inputValue()).toBe("24");
  });

  it("give a role to somebody else", async () => {
    const heir = await TestWallet.of(here.network, HEIR);
    const own = await here.enter(HEIR, "#/risk");
    const { page } = own;
    const mark = main(page).getByRole("button", { name: "Mark it" });
    await main(page).getByText("Only the risk reporter can: Risk reporter.").waitFor();
    expect(await mark.count()).toBe(0);
    await own.go("#/proposal/2/1");
    const { receipt, instruction } = await own.signs("Carry it out", "execute_set_role");
    expect(receipt.text).toContain("Another risk reporter");
    expect(at(instruction, "arguments")).toEqual({});
    await own.go("#/risk");
    await mark.waitFor();
    await own.go("#/");
    await fact(page, "Risk reporter").locator(`[title="${heir.signer.address}"]`).waitFor();
    const former = await here.enter("risk-reporter", "#/risk");
    await main(former.page).getByText("Only the risk reporter can").waitFor();
    expect(await main(former.page).getByRole("button", { name: "Mark it" }).count()).toBe(0);
  });

  it("write off a loss", async () => {
    const own = await here.enter("voter", "#/risk");
    const { page } = own;
    await fact(page, "Principal").getByText("7,687.5 tUSD paid out").waitFor();
    await own.go("#/proposal/2/2");
    const { receipt, instruction } = await own.signs("Carry it out", "execute_write_off");
    expect(receipt.text).toContain("1,000 tUSD");
    expect(at(instruction, "arguments")).toEqual({});
    await own.go("#/risk");
    await fact(page, "Principal").getByText("6,687.5 tUSD paid out").waitFor();
  });
});

describe("the breaker", () => {
  it("can be tripped by anybody, once its condition holds", async () => {
    await here.network.travel("7d");
    const own = await here.enter("voter", "#/risk");
    const { page } = own;
    const trip = main(page).getByRole("button", { name: "Trip the breaker" });
    await main(page).getByText("It cannot be tripped now").waitFor();
    expect(await trip.count()).toBe(0);
    await here.network.cli("voter", "epoch", "open");
    await main(page).getByText("Its condition holds now.").waitFor();
    await main(page).getByText("floor 24").first().waitFor();

    await own.go("#/propose/act");
    await write(own, "Clear the breaker", "Go on as before");
    const act = await own.signs("Submit this act", "submit_action");
    expect(act.receipt.text).toContain("Its present trip ends.");
    expect(at(act.instruction, ...ARGS, "action")).toBe("ClearBreaker");
    await here.network.travel("12d 1h");
    await support("0");
    await here.network.travel("6d 20h");
  });

  it("stops awards when it is tripped, and says so", async () => {
    const own = await here.enter("voter", "#/risk");
    const { page } = own;
    const { receipt, instruction } = await own.signs("Trip the breaker", "trip_breaker");
    expect(receipt.text).toContain("every award and every change of policy");
    expect(at(instruction, "arguments")).toEqual({});
    await main(page).getByText("It has tripped already").waitFor();
    expect(await main(page).getByRole("button", { name: "Trip the breaker" }).count()).toBe(0);
    await own.go("#/");
    await main(page).getByText("The breaker has tripped").waitFor();
    await main(page).getByText("no award and no change of policy is executed until").waitFor();
  });

  it("is cleared by an act that won", async () => {
    await here.network.travel("5h");
    await here.network.cli("voter", "epoch", "settle");
    await here.network.travel("4d 1h");
    const own = await here.enter("voter", "#/");
    const { page } = own;
    await main(page).getByText("The breaker has tripped").waitFor();
    await own.go("#/proposal/3/0");
    const { receipt, instruction } = await own.signs("Carry it out", "execute_clear_breaker");
    expect(receipt.text).toContain("Go on as before");
    expect(at(instruction, "arguments")).toEqual({});
    await own.go("#/");
    await main(page).getByText("The breaker rests").waitFor();
    expect(await main(page).getByText("The breaker has tripped").count()).toBe(0);
  });
});
