/**
 * A node between the page and the network: JSON-RPC and websocket on one port of loopback. It passes
 * everything on, and what comes back may be changed on the way.
 */

import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";

import { Reader, written } from "./frames";
import { type Json, type JsonObject, at, isList, isObject, parseJson } from "./json";
import type { NetworkFacts } from "./network";

/** An account in an answer. */
export interface RawAccount {
  readonly address: string;
  readonly owner: string;
  readonly data: Uint8Array;
  readonly executable: boolean;
}

/** A request of the page. */
export interface Call {
  readonly method: string;
  readonly params: Json;
}

/** What is changed on the way. */
export interface Changes {
  /** An account, wherever it comes: alone, among several, in a list or by subscription. `null` hides it. */
  readonly account?: (account: RawAccount) => RawAccount | null;
  /** The members of a list, after {@link account}. */
  readonly list?: (accounts: readonly RawAccount[], call: Call) => readonly RawAccount[];
  /** What is asked, before it is passed on; `answer` instead of asking anybody. */
  readonly call?: (call: Call) => Call | { readonly answer: Json };
  /** The slot that an answer or a report speaks of. */
  readonly slot?: (slot: number) => number;
  /** Any result, last of all. */
  readonly result?: (result: Json, call: Call) => Json;
}

const HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "*",
  "access-control-allow-methods": "POST, OPTIONS",
  "content-type": "application/json",
};

/** See the top of this file. */
export class Proxy {
  readonly rpc: string;
  readonly ws: string;
  /** What is changed; nothing in the beginning. */
  changes: Changes = {};
  /** Answers nothing and reports nothing, as a node that is gone. */
  silent = false;
  /** Every method that was asked for, oldest first. */
  readonly methods: string[] = [];
  readonly #close: () => Promise<void>;

  private constructor(port: number, close: () => Promise<void>) {
    this.rpc = `http://127.0.0.1:${port}`;
    this.ws = `ws://127.0.0.1:${port}`;
    this.#close = close;
  }

  /** Starts one on a free port. */
  static async start(network: NetworkFacts): Promise<Proxy> {
    const server = createServer((request, response) => {
      void proxy.#http(network.rpc, request, response);
    });
    const open = new Set<Duplex>();
    server.on("upgrade", (request, client: Duplex) => {
      open.add(client);
      client.on("close", () => open.delete(client));
      proxy.#socket(new URL(network.ws), request, client);
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("no port");
    const proxy: Proxy = new Proxy(address.port, async () => {
      for (const client of open) client.destroy();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    });
    return proxy;
  }

  /** Fields of `deployment.json` that lead the page here. */
  deployment(): Record<string, string> {
    return { rpc: this.rpc, websocket: this.ws };
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #http(upstream: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, body: string) => response.writeHead(status, HEADERS).end(body);
    if (request.method !== "POST") {
      send(204, "");
      return;
    }
    if (this.silent) {
      request.socket.destroy();
      return;
    }
    try {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      const asked = parseJson(body);
      const answered = isList(asked)
        ? await Promise.all(asked.map((one) => this.#answer(upstream, one)))
        : await this.#answer(upstream, asked);
      send(200, JSON.stringify(answered));
    } catch (error) {
      send(502, JSON.stringify({ error: `${error}` }));
    }
  }

  async #answer(upstream: string, request: Json): Promise<Json> {
    if (!isObject(request)) return null;
    const original: Call = { method: `${request["method"]}`, params: request["params"] ?? [] };
    this.methods.push(original.method);
    const call = this.changes.call?.(original) ?? original;
    const id = request["id"] ?? null;
    if ("answer" in call) return { jsonrpc: "2.0", id, result: call.answer };
    const passedOn = await fetch(upstream, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...request, method: call.method, params: call.params }),
    });
    const answer = parseJson(await passedOn.text());
    if (!isObject(answer) || answer["result"] === undefined) return answer;
    return { ...answer, result: this.#changed(answer["result"], call) };
  }

  #changed(result: Json, call: Call): Json {
    const { slot, result: last } = this.changes;
    let changed = result;
    switch (call.method) {
      case "getAccountInfo":
        changed = this.#value(result, (value) => this.#account(`${at(call.params, 0)}`, value));
        break;
      case "getMultipleAccounts":
        changed = this.#value(result, (value) => {
          const wanted = at(call.params, 0);
          if (!isList(value) || !isList(wanted)) return value;
          return value.map((one, index) => this.#account(`${wanted[index]}`, one));
        });
        break;
      case "getProgramAccounts":
        changed = this.#list(result, call);
        break;
    }
    if (slot !== undefined) changed = this.#slot(changed, slot);
    return last === undefined ? changed : last(changed, call);
  }

  #value(result: Json, change: (value: Json) => Json): Json {
    if (!isObject(result) || result["value"] === undefined) return result;
    return { ...result, value: change(result["value"]) };
  }

  #slot(result: Json, change: (slot: number) => number): Json {
    const slot = at(result, "context", "slot");
    if (typeof slot !== "number" || !isObject(result)) return result;
    const context = result["context"];
    return { ...result, context: { ...(isObject(context) ? context : {}), slot: change(slot) } };
  }

  #account(address: string, value: Json): Json {
    const { account } = this.changes;
    const raw = rawOf(address, value);
    if (account === undefined || raw === null || !isObject(value)) return value;
    const changed = account(raw);
    if (changed === raw) return value;
    return changed === null ? null : { ...value, ...jsonOf(changed) };
  }

  #list(result: Json, call: Call): Json {
    const { account, list } = this.changes;
    if (!isList(result) || (account === undefined && list === undefined)) return result;
    const raw = result.map((one) => rawOf(`${at(one, "pubkey")}`, at(one, "account") ?? null));
    const known = raw.filter((one) => one !== null);
    if (known.length !== raw.length) return result;
    const kept = account === undefined ? known : known.map(account).filter((one) => one !== null);
    const first = at(result, 0, "account");
    const template = isObject(first) ? first : {};
    return (list === undefined ? kept : list(kept, call)).map((one) => ({
      pubkey: one.address,
      account: { ...template, ...jsonOf(one) },
    }));
  }

  /** Hands the opening on as it came, less the compression, and listens to both sides from then on. */
  #socket(upstream: URL, request: IncomingMessage, client: Duplex): void {
    if (this.silent) {
      client.destroy();
      return;
    }
    const node = connect({ host: upstream.hostname, port: Number(upstream.port) });
    const end = () => {
      client.destroy();
      node.destroy();
    };
    for (const socket of [client, node]) socket.on("close", end).on("error", end);
    const kept = { ...request.headers, host: upstream.host };
    delete kept["sec-websocket-extensions"];
    const lines = Object.entries(kept).map(([name, value]) => `${name}: ${String(value)}`);
    node.write(`GET ${upstream.pathname} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);

    const [asking, answering] = [new Reader(), new Reader()];
    const asked = new Map<string, string>();
    const subscribed = new Map<string, string>();
    client.on("data", (chunk: Uint8Array) => {
      for (const message of asking.push(chunk)) {
        if (message.kind !== "text") continue;
        const call = parseJson(message.text);
        const [id, key] = [at(call, "id"), at(call, "params", 0)];
        if (id !== undefined && typeof key === "string") asked.set(`${id}`, key);
      }
      node.write(chunk);
    });
    let head = Buffer.alloc(0);
    let opened = false;
    node.on("data", (chunk: Buffer) => {
      let bytes = chunk;
      if (!opened) {
        head = Buffer.concat([head, chunk]);
        const body = head.indexOf("\r\n\r\n") + 4;
        if (body < 4) return;
        opened = true;
        client.write(head.subarray(0, body));
        bytes = head.subarray(body);
      }
      for (const message of answering.push(bytes)) {
        if (this.silent) continue;
        if (message.kind === "text") {
          const text = this.#report(message.text, asked, subscribed);
          client.write(written({ kind: "text", text }));
        } else client.write(written(message));
      }
    });
  }

  #report(
    text: string,
    asked: ReadonlyMap<string, string>,
    subscribed: Map<string, string>,
  ): string {
    const report = parseJson(text);
    const key = asked.get(`${at(report, "id")}`);
    const subscription = at(report, "result");
    if (key !== undefined && typeof subscription === "number") {
      subscribed.set(`${subscription}`, key);
    }
    const params = at(report, "params");
    const address = subscribed.get(`${at(params, "subscription")}`);
    const result = at(params, "result");
    if (address === undefined || !isObject(params) || result === undefined || !isObject(report)) {
      return text;
    }
    let changed = this.#value(result, (value) => this.#account(address, value) ?? value);
    if (this.changes.slot !== undefined) changed = this.#slot(changed, this.changes.slot);
    return JSON.stringify({ ...report, params: { ...params, result: changed } });
  }
}

function rawOf(address: string, value: Json): RawAccount | null {
  const [data, owner] = [at(value, "data", 0), at(value, "owner")];
  if (typeof data !== "string" || typeof owner !== "string") return null;
  const executable = at(value, "executable") === true;
  return { address, owner, data: Uint8Array.from(Buffer.from(data, "base64")), executable };
}

function jsonOf({ owner, data, executable }: RawAccount): JsonObject {
  const base64 = Buffer.from(data).toString("base64");
  return { owner, data: [base64, "base64"], executable, space: data.length };
}
