/** The ground that the other tests stand on: what must never happen in a page is seen when it happens. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import {
  compileTransaction,
  createTransactionMessage,
  getBase64Decoder,
  getBase64Encoder,
  getTransactionDecoder,
  getTransactionEncoder,
  pipe,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
  blockhash,
} from "@solana/kit";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";

import type { Served } from "../scripts/serve.mjs";
import { Network } from "./support/network";
import { Visit, openBrowser } from "./support/page";
import { openSite } from "./support/site";
import { type Behaviour, TestWallet, withTheft } from "./support/wallet";

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'" />
    <title>ground</title>
    <script type="module" src="main.js"></script>
  </head>
  <body><h1>Ground</h1></body>
</html>`;

/** The page's half of the Wallet Standard, as small as it can be. */
const SCRIPT = `
const wallets = [];
const api = { register: (...added) => wallets.push(...added) };
const signed = async (base64) => {
  const [wallet] = wallets;
  const { accounts } = await wallet.features["standard:connect"].connect();
  const transaction = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  const input = { account: accounts[0], chain: "solana:localnet", transaction };
  const [output] = await wallet.features["solana:signTransaction"].signTransaction(input);
  return btoa(String.fromCharCode(...output.signedTransaction));
};
globalThis.ground = { wallets, signed };
addEventListener("wallet-standard:register-wallet", (event) => event.detail(api));
dispatchEvent(Object.assign(new Event("wallet-standard:app-ready"), { detail: api }));
globalThis.ready = true;
`;

const network = new Network(inject("network"));
let dist: string;
let site: Served;
let browser: Browser;
let visit: Visit;

beforeAll(async () => {
  dist = await mkdtemp(path.join(tmpdir(), "ground-"));
  await writeFile(path.join(dist, "index.html"), PAGE);
  await writeFile(path.join(dist, "main.js"), SCRIPT);
  site = await openSite(network, { dist, deployment: { community: "Another" } });
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
  await rm(dist, { recursive: true });
});

async function open(...wallets: TestWallet[]): Promise<Visit> {
  visit = await Visit.open(browser, site.url, { wallets });
  await visit.page.waitForFunction(() => Reflect.get(globalThis, "ready") === true);
  return visit;
}

describe("a page that behaves", () => {
  it("has no problems, and is given what the test changed", async () => {
    const { page } = await open();
    const told = await page.evaluate(async () => {
      const answer = await fetch("deployment.json");
      return answer.text();
    });
    expect(told).toContain('"community":"Another"');
    await visit.close();
  });
});

describe("a page that does not", () => {
  afterEach(() => visit.close().catch(() => {}));

  /** Runs this text as the page's own script would, and waits until that is noticed. */
  async function notices(kind: string, script: string): Promise<void> {
    await open();
    await visit.page.addInitScript(script);
    await visit.page.reload();
    const kinds = () => visit.problems.map((one) => one.kind);
    await expect.poll(kinds, { timeout: 5_000 }).toContain(kind);
  }

  const later = (act: string) => `addEventListener("load", () => { ${act} });`;

  it.each([
    ["logs an error", "console", later(`console.error("broken")`)],
    ["throws", "exception", later(`throw new Error("broken")`)],
    ["rejects", "exception", later(`Promise.reject(new Error("broken"))`)],
    ["evaluates text", "policy", later(`try { eval("1"); } catch {}`)],
    ["writes markup", "policy", later(`try { document.body.innerHTML = "<b>"; } catch {}`)],
    ["sets a style attribute", "policy", later(`document.body.setAttribute("style", "top:0")`)],
    ["asks another host", "policy", later(`fetch("https://evil.example/").catch(() => {})`)],
    [
      "loads another host's image",
      "policy",
      later(`document.body.append(Object.assign(new Image(), { src: "https://evil.example/i" }))`),
    ],
    ["asks something of its user", "dialog", later(`setTimeout(() => alert("hello"))`)],
    ["leaves", "navigation", later(`setTimeout(() => { location.href = "http://127.0.0.1:1/"; })`)],
    ["opens a window", "navigation", later(`open("about:blank")`)],
    [
      "holds a frame",
      "navigation",
      later(`document.body.append(document.createElement("iframe"))`),
    ],
  ])("%s: %s", async (_, kind, script) => {
    await notices(kind, script);
    await expect(visit.close()).rejects.toThrow(kind);
  });

  it("passes where exactly that was meant", async () => {
    await notices("console", later(`console.error("expected")`));
    visit.allow(/expected/);
    await visit.close();
  });
});

describe("the wallet", () => {
  let wallet: TestWallet;

  /** Hands a transaction over to it, and takes it back. */
  async function signed(behaviour: Behaviour) {
    wallet = await TestWallet.of(network, "voter");
    wallet.behaviour = behaviour;
    const { page } = await open(wallet);
    const transaction = compileTransaction(
      pipe(
        createTransactionMessage({ version: 0 }),
        (message) => setTransactionMessageFeePayer(wallet.signer.address, message),
        (message) =>
          setTransactionMessageLifetimeUsingBlockhash(
            { blockhash: blockhash("11111111111111111111111111111111"), lastValidBlockHeight: 1n },
            message,
          ),
      ),
    );
    const base64 = getBase64Decoder().decode(getTransactionEncoder().encode(transaction));
    const back = await page.evaluate(async (handed) => {
      const ground: unknown = Reflect.get(globalThis, "ground");
      const sign: unknown = Reflect.get(Object(ground), "signed");
      if (typeof sign !== "function") return "no page";
      return Promise.resolve(sign(handed)).catch((error: unknown) => `${error}`);
    }, base64);
    expect(wallet.asked).toMatchObject([
      { base64, chain: "solana:localnet", account: wallet.signer.address },
    ]);
    await visit.close();
    if (typeof back !== "string" || back.startsWith("Error")) return { transaction, back };
    return { transaction, back: getTransactionDecoder().decode(getBase64Encoder().encode(back)) };
  }

  it("registers whether it or the page was there first", async () => {
    const { page } = await open(await TestWallet.of(network, "voter"));
    const names = await page.evaluate(() => {
      const { wallets }: { wallets: { name: string }[] } = Reflect.get(globalThis, "ground");
      return wallets.map(({ name }) => name);
    });
    expect(names).toEqual(["Test Wallet"]);
    await visit.close();
  });

  it("signs what it is given", async () => {
    const { transaction, back } = await signed({ kind: "sign" });
    const signature = expect.any(Uint8Array);
    expect(back).toMatchObject({
      messageBytes: Uint8Array.from(transaction.messageBytes),
      signatures: { [wallet.signer.address]: signature },
    });
  });

  it("takes its time", async () => {
    const from = performance.now();
    await signed({ kind: "slow", milliseconds: 700 });
    expect(performance.now() - from).toBeGreaterThan(700);
  });

  it("says no", async () => {
    const { back } = await signed({ kind: "reject" });
    expect(back).toBe("Error: User rejected the request.");
  });

  it("forgets to sign", async () => {
    const { back } = await signed({ kind: "forget" });
    expect(back).toMatchObject({ signatures: { [wallet.signer.address]: null } });
  });

  it("steals", async () => {
    const { transaction, back } = await signed({ kind: "alter", change: withTheft });
    expect(typeof back).toBe("object");
    if (typeof back !== "object") return;
    expect(back.messageBytes.length).toBeGreaterThan(transaction.messageBytes.length);
    expect(back.signatures[wallet.signer.address]).not.toBeNull();
  });
});
