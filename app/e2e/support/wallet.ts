/**
 * A wallet by the Wallet Standard, as an extension would put it into the page. Its key stays in this process:
 * the page only ever holds the part that asks.
 */

import { readFile } from "node:fs/promises";
import path from "node:path";

import {
  type KeyPairSigner,
  type Transaction,
  AccountRole,
  address,
  appendTransactionMessageInstruction,
  compileTransaction,
  createKeyPairSignerFromBytes,
  decompileTransactionMessage,
  getAddressDecoder,
  getAddressEncoder,
  getBase64Decoder,
  getBase64Encoder,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
  getTransactionEncoder,
  getU64Encoder,
  partiallySignTransaction,
} from "@solana/kit";
import type { BrowserContext } from "playwright-core";

import { type Json, isObject, parseJson, textAt } from "./json";
import type { NetworkFacts } from "./network";

/** Chains that it speaks. */
const CHAINS = ["solana:localnet", "solana:devnet", "solana:testnet", "solana:mainnet"];

/** What it does when it is asked to sign. */
export type Behaviour =
  /** What it is asked. */
  | { readonly kind: "sign" }
  /** Its owner says no. */
  | { readonly kind: "reject" }
  /** Hostile: it signs another message than the one it was given. */
  | { readonly kind: "alter"; readonly change: (transaction: Transaction) => Transaction }
  /** It gives the transaction back as it came. */
  | { readonly kind: "forget" }
  /** Its owner takes so long. */
  | { readonly kind: "slow"; readonly milliseconds: number };

/** Something that it was asked to sign. */
export interface Asked {
  /** The transaction as the page handed it over. */
  readonly wire: Uint8Array;
  /** The same in base64. */
  readonly base64: string;
  readonly chain: string;
  readonly account: string;
}

interface Injected {
  readonly binding: string;
  readonly name: string;
  readonly address: string;
  readonly publicKey: readonly number[];
  readonly chains: readonly string[];
}

/** See the top of this file. */
export class TestWallet {
  readonly name: string;
  readonly signer: KeyPairSigner;
  /** Everything that it was asked to sign, oldest first. */
  readonly asked: Asked[] = [];
  behaviour: Behaviour = { kind: "sign" };
  /** Whether its owner agrees to be seen by the page. */
  agrees = true;
  #known = false;

  constructor(signer: KeyPairSigner, name = "Test Wallet") {
    this.signer = signer;
    this.name = name;
  }

  /** The wallet of the owner of a key file: `voter`, `stakers/003`. */
  static async of({ keys }: NetworkFacts, who: string, name?: string): Promise<TestWallet> {
    const secret = parseJson(await readFile(path.join(keys, `${who}.json`), "utf8"));
    if (!Array.isArray(secret)) throw new Error(`${who}.json holds no key`);
    const bytes = Uint8Array.from(secret, Number);
    return new TestWallet(await createKeyPairSignerFromBytes(bytes), name);
  }

  /** Puts it into every page of a browser's context that is loaded from then on. */
  async install(context: BrowserContext): Promise<void> {
    const binding = `__budgetTestWallet${this.name.replace(/\W/g, "")}`;
    await context.exposeFunction(binding, (request: string) => this.#answer(parseJson(request)));
    const injected: Injected = {
      binding,
      name: this.name,
      address: this.signer.address,
      publicKey: [...getAddressEncoder().encode(this.signer.address)],
      chains: CHAINS,
    };
    await context.addInitScript(inject, injected);
  }

  async #answer(request: Json): Promise<string> {
    switch (textAt(request, "kind")) {
      case "connect": {
        const silent = isObject(request) && request["silent"] === true;
        // A wallet shows itself silently only where it has been shown before.
        const allowed = this.agrees && (this.#known || !silent);
        this.#known ||= allowed;
        return JSON.stringify({ allowed });
      }
      case "disconnect":
        this.#known = false;
        return "{}";
      case "sign": {
        const base64 = textAt(request, "transaction");
        const wire = Uint8Array.from(getBase64Encoder().encode(base64));
        const [chain, account] = [textAt(request, "chain"), textAt(request, "account")];
        this.asked.push({ wire, base64, chain, account });
        const signed = await this.#sign(wire);
        if (signed === null) return JSON.stringify({ rejected: true });
        return JSON.stringify({ signed: getBase64Decoder().decode(signed) });
      }
      default:
        throw new Error("the wallet was asked for something that it does not know");
    }
  }

  async #sign(wire: Uint8Array): Promise<Uint8Array | null> {
    const { behaviour } = this;
    const shown = getTransactionDecoder().decode(wire);
    const sign = async (transaction: Transaction) =>
      Uint8Array.from(
        getTransactionEncoder().encode(
          await partiallySignTransaction([this.signer.keyPair], transaction),
        ),
      );
    switch (behaviour.kind) {
      case "sign":
        return sign(shown);
      case "reject":
        return null;
      case "alter":
        return sign(behaviour.change(shown));
      case "forget":
        return wire;
      case "slow":
        await new Promise((done) => setTimeout(done, behaviour.milliseconds));
        return sign(shown);
    }
  }
}

/** Nobody's address, and not the visitor's. */
const THIEF = getAddressDecoder().decode(new Uint8Array(32).fill(7));
const SYSTEM = address("11111111111111111111111111111111");

/** What a hostile wallet would do: the same transaction, and one lamport more for somebody else. */
export function withTheft(transaction: Transaction): Transaction {
  const compiled = getCompiledTransactionMessageDecoder().decode(transaction.messageBytes);
  const message = decompileTransactionMessage(compiled);
  const payer = message.feePayer.address;
  const [tag, lamports] = [Uint8Array.of(2, 0, 0, 0), getU64Encoder().encode(1n)];
  const theft = {
    programAddress: SYSTEM,
    accounts: [
      { address: payer, role: AccountRole.WRITABLE_SIGNER },
      { address: THIEF, role: AccountRole.WRITABLE },
    ],
    data: Uint8Array.from([...tag, ...lamports]),
  };
  return compileTransaction(appendTransactionMessageInstruction(theft, message));
}

/** Runs in the page, before anything of it. It is handed over as text, so it uses nothing from outside. */
function inject({ binding, name, address, publicKey, chains }: Injected): void {
  const ask = async (request: object): Promise<Record<string, unknown>> => {
    const bound: unknown = Reflect.get(globalThis, binding);
    if (typeof bound !== "function") throw new Error("the wallet is gone");
    const answer: Record<string, unknown> = JSON.parse(await bound(JSON.stringify(request)));
    return answer;
  };
  const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
  const bytesOf = (text: string) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

  const SIGN = "solana:signTransaction";
  const account = Object.freeze({
    address,
    publicKey: Uint8Array.from(publicKey),
    chains,
    features: [SIGN],
    label: "Test account",
  });
  let accounts: readonly (typeof account)[] = [];
  const listeners = new Set<(change: object) => void>();
  const show = (next: readonly (typeof account)[]) => {
    accounts = next;
    for (const changed of [...listeners]) changed({ accounts });
  };

  interface Input {
    readonly account: { readonly address: string };
    readonly transaction: Uint8Array;
    readonly chain?: string;
  }
  const signOne = async (input: Input) => {
    const answer = await ask({
      kind: "sign",
      transaction: base64(input.transaction),
      chain: input.chain ?? "none",
      account: input.account.address,
    });
    if (typeof answer["signed"] !== "string") {
      throw Object.assign(new Error("User rejected the request."), { code: 4001 });
    }
    return { signedTransaction: bytesOf(answer["signed"]) };
  };

  const wallet = Object.freeze({
    version: "1.0.0",
    name,
    icon: "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=",
    chains,
    get accounts() {
      return accounts;
    },
    features: Object.freeze({
      "standard:connect": {
        version: "1.0.0",
        connect: async ({ silent = false } = {}) => {
          const { allowed } = await ask({ kind: "connect", silent });
          if (allowed === true) show([account]);
          else if (!silent) {
            throw Object.assign(new Error("User rejected the request."), { code: 4001 });
          }
          return { accounts };
        },
      },
      "standard:disconnect": {
        version: "1.0.0",
        disconnect: async () => {
          await ask({ kind: "disconnect" });
          show([]);
        },
      },
      "standard:events": {
        version: "1.0.0",
        on: (_: "change", listener: (change: object) => void) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      // `solana:signAndSendTransaction` is left out: what a wallet sends itself, the page cannot compare.
      [SIGN]: {
        version: "1.0.0",
        supportedTransactionVersions: ["legacy", 0],
        signTransaction: async (...inputs: readonly Input[]) => {
          const outputs = [];
          for (const input of inputs) outputs.push(await signOne(input));
          return outputs;
        },
      },
    }),
  });

  // Whoever was there first, the page or the wallet, the other one is told.
  const register = (api: unknown) => {
    if (typeof api !== "object" || api === null || !("register" in api)) return;
    if (typeof api.register === "function") api.register(wallet);
  };
  window.addEventListener("wallet-standard:app-ready", (event) => {
    register(Reflect.get(event, "detail"));
  });
  const announced = new Event("wallet-standard:register-wallet");
  Object.defineProperty(announced, "detail", { value: register });
  window.dispatchEvent(announced);
}
