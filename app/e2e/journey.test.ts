/**
 * A member's year in an hour: connects, is asked by wallets of all kinds, votes, changes the ballot, is seen
 * by everybody else within a slot; the epoch is settled, money streams and is taken; the next epoch takes a
 * proposal. Every transaction that the wallet is given is decoded by the command line and compared with
 * what the page said of it.
 */

import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import type { Served } from "../scripts/serve.mjs";
import { compared } from "./support/compare";
import { at, isList, isObject, textAt } from "./support/json";
import { ACTING } from "./support/liar";
import { note } from "./support/measure";
import { mint } from "./support/mint";
import { Network } from "./support/network";
import { Visit, openBrowser } from "./support/page";
import * as pages from "./support/pages";
import { Proxy } from "./support/proxy";
import { openSite } from "./support/site";
import { TestWallet, withTheft } from "./support/wallet";

const SLOT_MS = 400;
/** What a busy machine may add to a slot before the network is to blame. */
const SLACK_MS = 250;

let network: Network;
let browser: Browser;
let site: Served;
let titles: readonly string[];

beforeAll(async () => {
  network = await Network.start({ slotMs: SLOT_MS });
  browser = await openBrowser();
  site = await openSite(network);
  const shown = await network.cliJson("voter", "epoch", "show");
  const entries = at(shown, "entries");
  const list = isList(entries) ? entries : [];
  const known = new Map(list.map((entry) => [Number(at(entry, "index")), textAt(entry, "title")]));
  titles = Array.from({ length: known.size }, (_, index) => known.get(index) ?? "");
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
  await network?.stop();
});

let visits: Visit[] = [];

afterEach(async () => {
  const open = visits;
  visits = [];
  for (const visit of open) await visit.close();
});

async function open(url: string, ...wallets: TestWallet[]): Promise<Visit> {
  const visit = await Visit.open(browser, url, { wallets });
  visits.push(visit);
  await pages.settled(visit.page);
  if (wallets.length > 0) await pages.connect(visit.page);
  return visit;
}

describe("a ballot", () => {
  let wallet: TestWallet;

  beforeAll(async () => {
    wallet = await TestWallet.of(network, "voter");
  });

  it("is not cast when the owner says no, when the wallet forgets, and when it steals", async () => {
    const { page } = await open(`${site.url}#/ballot`, wallet);
    await pages.choose(page, titles[3] ?? "", "For");
    const kinds = [
      [{ kind: "reject" }, /refused|rejected/i],
      [{ kind: "forget" }, /without a signature/],
      [
        { kind: "alter", change: withTheft },
        /another transaction than the one that you were shown/,
      ],
    ] as const;
    for (const [behaviour, words] of kinds) {
      wallet.behaviour = behaviour;
      await pages.begin(page, "Vote");
      await pages.sign(page);
      expect(await pages.refused(page)).toMatch(words);
    }
    wallet.behaviour = { kind: "sign" };
    await expect(network.cli("voter", "ballot", "show")).rejects.toThrow();
  });

  it("is cast as it was shown, and everybody sees it within a slot", async () => {
    const { page } = await open(`${site.url}#/ballot`, wallet);
    const other = await open(`${site.url}#/epoch`);
    // Long enough for both to have read it again since they subscribed.
    await other.page.waitForTimeout(9_000);
    await pages.choose(page, titles[3] ?? "", "For");
    await pages.choose(page, titles[5] ?? "", "Against");
    await pages
      .basket(page)
      .getByText(/^2 of /)
      .waitFor();
    const receipt = await pages.begin(page, "Vote");
    expect(receipt.title).toMatch(/^Vote on 2\sentries in epoch 1$/);
    expect(receipt.text).toContain("This cannot move tokens");

    const seen = turnoutChanges(other);
    const landed = page.waitForResponse((response) =>
      (response.request().postData() ?? "").includes('"sendTransaction"'),
    );
    await pages.sign(page);
    await landed;
    const sentAt = Date.now();
    const delay = (await seen) - sentAt;
    await pages.done(page);
    await note("ballot to another window, in ms", { delay, slot: SLOT_MS });
    expect(delay).toBeLessThanOrEqual(SLOT_MS + SLACK_MS);

    const instruction = await compared(network, receipt, wallet, "cast_vote");
    expect(at(instruction, "choices")).toEqual({ for: [3], against: [5], abstain: [] });
    expect(receipt.text).toContain(textAt(instruction, "arguments", "args", "slate_hash"));
    await pages.basket(page).getByText("This is what is recorded.").waitFor();
  });

  it("is changed, starting from what was cast", async () => {
    const { page } = await open(`${site.url}#/ballot`, wallet);
    const checked = (title: string, choice: string) =>
      pages.choices(page, title).getByRole("radio", { name: choice }).isChecked();
    expect(await checked(titles[3] ?? "", "For")).toBe(true);
    expect(await checked(titles[5] ?? "", "Against")).toBe(true);
    await pages.choose(page, titles[5] ?? "", "Abstain");
    const receipt = await pages.begin(page, "Change the ballot");
    await pages.sign(page);
    await pages.done(page);
    const instruction = await compared(network, receipt, wallet, "revise_vote");
    expect(at(instruction, "choices")).toEqual({ for: [3], against: [], abstain: [5] });
    const shown = JSON.stringify(await network.cliJson("voter", "ballot", "show"));
    expect(shown).toContain("abstain");
  });
});

/** When the turnout that a window shows becomes another one, in milliseconds since 1970. */
function turnoutChanges(visit: Visit): Promise<number> {
  return visit.page.evaluate(
    () =>
      new Promise<number>((done) => {
        const text = () =>
          [...document.querySelectorAll("main section")]
            .filter((section) => section.querySelector("h2")?.textContent === "Turnout")
            .map((section) => section.querySelector("strong")?.title)
            .join();
        const before = text();
        const look = () => {
          if (text() !== before) done(Date.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
}

describe("a node that lies while somebody acts", () => {
  let proxy: Proxy;
  let through: Served;

  beforeAll(async () => {
    proxy = await Proxy.start(network);
    through = await openSite(network, { deployment: proxy.deployment() });
  });

  afterEach(() => {
    proxy.changes = {};
  });

  afterAll(async () => {
    await Promise.all([through?.close(), proxy?.close()]);
  });

  /** Members who have not voted, by the name of their key file. */
  async function unheard(): Promise<readonly string[]> {
    const found: string[] = [];
    for (let at = 199; at >= 0 && found.length < 2; at -= 1) {
      const who = `stakers/${`${at}`.padStart(4, "0")}`;
      const voted = await network.cli(who, "ballot", "show").then(
        () => true,
        () => false,
      );
      if (!voted) found.push(who);
    }
    return found;
  }

  it("cannot confirm what never landed", async () => {
    const [who = ""] = await unheard();
    const wallet = await TestWallet.of(network, who);
    const { page } = await open(`${through.url}#/ballot`, wallet);
    await pages.choose(page, titles[3] ?? "", "For");
    await pages.begin(page, "Vote");
    proxy.changes = ACTING.neverLanded();
    await pages.sign(page);
    expect(await pages.refused(page)).toMatch(/says that the transaction landed, and cannot show/);
    await expect(network.cli(who, "ballot", "show")).rejects.toThrow();
  });

  it("cannot hide a failure behind a simulation that succeeds", async () => {
    const [, who = ""] = await unheard();
    const wallet = await TestWallet.of(network, who);
    const visit = await open(`${through.url}#/ballot`, wallet);
    const { page } = visit;
    await pages.choose(page, titles[3] ?? "", "For");
    proxy.changes = ACTING.simulationSucceeds();
    await pages.begin(page, "Vote");
    // Between receipt and signature, the same member votes elsewhere: a second first ballot must fail.
    await network.cli(who, "vote", "--against", "3");
    await pages.sign(page);
    expect(await pages.refused(page)).not.toBe("");
    const ballot = JSON.stringify(await network.cliJson(who, "ballot", "show"));
    expect(ballot).toContain("against");
  });
});

describe("a stake", () => {
  it("grows by what was shown", async () => {
    const wallet = await TestWallet.of(network, "voter");
    await mint(network, wallet.signer.address, "stake", 5_000n * 10n ** 9n);
    const { page } = await open(`${site.url}#/ballot`, wallet);
    await (await pages.stakeForm(page)).getByLabel("Amount").fill("1,200");
    const receipt = await pages.begin(page, "Stake");
    expect(receipt.text).toContain("1,200");
    await pages.sign(page);
    await pages.done(page);
    const instruction = await compared(network, receipt, wallet, "stake");
    expect(JSON.stringify(at(instruction, "arguments"))).toContain("1200000000000");
  });
});

describe("after the vote", () => {
  it("the page follows the epoch through its end and its settlement", async () => {
    const visit = await open(`${site.url}#/epoch`);
    const { page } = visit;
    await page.getByText("Voting is open until").waitFor();
    await network.travel("6d");
    await page.getByText("Voting closed on").waitFor({ timeout: 30_000 });
    await network.cli("voter", "epoch", "settle");
    await page.getByText("Settled on").waitFor({ timeout: 30_000 });
    expect(await pages.doubts(page).count()).toBe(0);
  });

  it("what was funded becomes a stream, and pays its recipient", async () => {
    await network.travel("5d");
    await network.cli("voter", "award", "execute", "0");
    const wallet = await TestWallet.of(network, "recipient");
    const { page } = await open(`${site.url}#/streams`, wallet);
    const listed = await network.cliJson("recipient", "stream", "list");
    const list = at(listed, "streams");
    const mine = (isList(list) ? list : []).find(
      (one) => isObject(one) && one["recipient"] === wallet.signer.address,
    );
    const [epoch, entry] = [at(mine, "epoch"), at(mine, "entry")];
    await network.travel("2d");
    await page.goto(`${site.url}#/stream/${Number(epoch)}/${Number(entry)}`);
    await pages.settled(page);
    const receipt = await pages.begin(page, /^Send /);
    await pages.sign(page);
    await pages.done(page);
    await compared(network, receipt, wallet, "withdraw_stream");
    expect(await pages.doubts(page).count()).toBe(0);
  });
});

describe("the next epoch", () => {
  /** The command line refuses characters that are not seen; these it takes. */
  const HOSTILE = [
    "<script>__xss(1)</script>",
    "<img src=x onerror=__xss(1)>",
    "\u0410udit {{constructor.constructor('__xss(1)')()}}",
  ];

  beforeAll(async () => {
    await network.travel("20d");
    await network.cli("voter", "epoch", "open");
  });

  it("takes a proposal as it was written", async () => {
    const wallet = await TestWallet.of(network, "voter");
    await mint(network, wallet.signer.address, "budget", 5_000n * 10n ** 6n);
    const { page } = await open(`${site.url}#/propose`, wallet);
    const field = (label: string | RegExp) => pages.main(page).getByLabel(label).first();
    await field("Title").fill("A bench at the lighthouse");
    await field("Summary").fill("A bench for six, of oak, where the path ends.");
    await field(/^Amount in /).fill("900");
    await field("Category").selectOption("0");
    await field("Length in days").fill("30");
    const receipt = await pages.begin(page, "Submit this proposal");
    expect(receipt.text).toContain("A bench at the lighthouse");
    await pages.sign(page);
    await pages.done(page);
    const instruction = await compared(network, receipt, wallet, "submit_proposal", [
      "several_of_ours",
    ]);
    const written = JSON.stringify(at(instruction, "arguments"));
    expect(written).toContain("A bench at the lighthouse");
    expect(written).toContain("900000000");
    await page.goto(`${site.url}#/epoch`);
    await page.getByText("A bench at the lighthouse").first().waitFor();
  });

  it("shows what hostile people put on chain as what it is", async () => {
    const who = "teams/lindgren";
    for (const title of HOSTILE) {
      await network.cli(
        ...[who, "propose", "award", "--title", title, "--category", "0", "--amount", "500"],
        ...["--duration", "30d", "--uri", "javascript:__xss(1)"],
        ...["--metadata-hash", "ab".repeat(32)],
      );
    }
    const ran: string[] = [];
    const visit = await Visit.open(browser, `${site.url}#/epoch`, {
      before: (page) => page.exposeFunction("__xss", (what: unknown) => ran.push(`${what}`)),
    });
    visits.push(visit);
    await pages.settled(visit.page);
    for (const title of HOSTILE) {
      await visit.page.getByText(title.slice(1)).first().waitFor();
    }
    await pages.main(visit.page).locator("mark").filter({ hasText: "\u0410" }).first().waitFor();
    expect(ran).toEqual([]);
  });
});
