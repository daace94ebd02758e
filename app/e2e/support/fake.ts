/**
 * A node whose community is as large as it may get: a slate of 128 entries, thousands of streams, and
 * ballots that come in as fast as a test wants. Everything is made from accounts of a seeded network, so the
 * page's own checks hold; what is not made here is asked of that network.
 */

import { type Server, createServer } from "node:http";

import {
  type Address,
  type Codec,
  type ReadonlyUint8Array,
  address,
  combineCodec,
  createSolanaRpc,
  getBase58Encoder,
  getU64Encoder,
} from "@solana/kit";
import {
  ActionKind,
  COMMUNITY_BUDGET_PROGRAM_ADDRESS,
  EPOCH_HEADER_BYTES,
  ENTRY_BYTES,
  type Entry,
  EntryFlags,
  Outcome,
  decodeSlate,
  encodeSlate,
  epochAddress,
  getTermsEncoder,
  hasFlag,
  proposalAddress,
  streamAddress,
} from "@community-budget/client";
import {
  BUDGET_EPOCH_DISCRIMINATOR,
  PROPOSAL_DISCRIMINATOR,
  STREAM_DISCRIMINATOR,
  TREASURY_DISCRIMINATOR,
  VOTE_RECORD_DISCRIMINATOR,
  type BudgetEpoch,
  type Proposal,
  type Stream,
  getBudgetEpochDecoder,
  getBudgetEpochEncoder,
  getProposalDecoder,
  getProposalEncoder,
  getStreamDecoder,
  getStreamEncoder,
  getTreasuryDecoder,
  getTreasuryEncoder,
} from "@community-budget/client/src/generated/accounts";

import { Connection } from "./frames";
import { type Json, at, isList, parseJson, textAt } from "./json";
import type { Network } from "./network";
import { slateHash } from "./slatehash";

const treasuryCodec = combineCodec(getTreasuryEncoder(), getTreasuryDecoder());
const epochCodec = combineCodec(getBudgetEpochEncoder(), getBudgetEpochDecoder());
const proposalCodec = combineCodec(getProposalEncoder(), getProposalDecoder());
const streamCodec = combineCodec(getStreamEncoder(), getStreamDecoder());

/** Entries of a slate of the largest capacity. */
export const ENTRIES = 128;
const SLOT_MS = 400;
const TOKEN_AMOUNT = 64;

interface Found {
  readonly address: Address;
  readonly owner: Address;
  readonly data: Uint8Array;
}

/** See the top of this file. */
export class FakeNode {
  readonly rpc: string;
  readonly ws: string;
  /** Position of its epoch. */
  readonly epochIndex: number;
  readonly #server: Server;
  readonly #connections: Set<Connection>;
  readonly #accounts: ReadonlyMap<string, Found>;
  readonly #upstream: string;
  readonly #epoch: Found;
  readonly #slate: readonly Entry[];
  readonly #subscribers = new Map<number, { readonly to: Connection; readonly key: string }>();
  readonly #began = performance.now();
  #nextId = 1;

  private constructor(parts: {
    readonly port: number;
    readonly server: Server;
    readonly connections: Set<Connection>;
    readonly made: Made;
    readonly upstream: string;
  }) {
    this.rpc = `http://127.0.0.1:${parts.port}`;
    this.ws = `ws://127.0.0.1:${parts.port}`;
    this.epochIndex = parts.made.index;
    this.#server = parts.server;
    this.#connections = parts.connections;
    this.#upstream = parts.upstream;
    this.#accounts = new Map(parts.made.accounts.map((one) => [one.address, one]));
    this.#epoch = parts.made.epoch;
    this.#slate = decodeSlate(parts.made.epoch.data);
  }

  /** Makes the community and answers for it on a free port. */
  static async start(network: Network, streams: number): Promise<FakeNode> {
    const made = await make(network, streams);
    const connections = new Set<Connection>();
    const server = createServer((request, response) => {
      const headers = {
        "access-control-allow-origin": "*",
        "access-control-allow-headers": "*",
        "content-type": "application/json",
      };
      if (request.method !== "POST") {
        response.writeHead(204, headers).end();
        return;
      }
      let body = "";
      request.on("data", (chunk) => {
        body += String(chunk);
      });
      request.on("end", () => {
        node.#answer(body).then(
          (text) => response.writeHead(200, headers).end(text),
          (error: unknown) => response.writeHead(500, headers).end(`${error}`),
        );
      });
    });
    server.on("upgrade", (request, socket) => {
      const connection = new Connection(request, socket, (text) => node.#heard(connection, text));
      connections.add(connection);
      socket.on("close", () => {
        connections.delete(connection);
        node.#forget(connection);
      });
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const bound = server.address();
    if (typeof bound !== "object" || bound === null) throw new Error("no port");
    const node: FakeNode = new FakeNode({
      ...{ port: bound.port, server, connections, made },
      upstream: network.rpc,
    });
    return node;
  }

  /** Fields of `deployment.json` that lead the page here. */
  deployment(): Record<string, string> {
    return { rpc: this.rpc, websocket: this.ws };
  }

  /** How many subscriptions to its epoch there are. */
  get followers(): number {
    const { address: key } = this.#epoch;
    return [...this.#subscribers.values()].filter((one) => one.key === key).length;
  }

  /** Weight that was cast for an entry in the beginning. */
  weightFor(entry: number): bigint {
    return this.#slate[entry]?.for ?? 0n;
  }

  /** Reports a slate in which `weight` is cast for one entry. */
  push(entry: number, weight: bigint): void {
    const slate = this.#slate.map((one, index) =>
      index === entry ? { ...one, for: weight } : one,
    );
    this.#epoch.data.set(encodeSlate(slate), EPOCH_HEADER_BYTES);
    const result = `{"context":{"slot":${this.#slot()}},"value":${json(this.#epoch)}}`;
    for (const [id, { to, key }] of this.#subscribers) {
      if (key !== this.#epoch.address) continue;
      const params = `{"subscription":${id},"result":${result}}`;
      to.send(`{"jsonrpc":"2.0","method":"accountNotification","params":${params}}`);
    }
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  #forget(connection: Connection): void {
    for (const [id, { to }] of this.#subscribers)
      if (to === connection) this.#subscribers.delete(id);
  }

  #slot(): number {
    return 10_000 + Math.floor((performance.now() - this.#began) / SLOT_MS);
  }

  #heard(from: Connection, text: string): void {
    const request = parseJson(text);
    const id = JSON.stringify(at(request, "id") ?? null);
    const method = textAt(request, "method");
    if (method.endsWith("Unsubscribe")) {
      this.#subscribers.delete(Number(at(request, "params", 0)));
      from.send(`{"jsonrpc":"2.0","id":${id},"result":true}`);
      return;
    }
    const subscription = this.#nextId;
    this.#nextId += 1;
    const key = at(request, "params", 0);
    if (method === "accountSubscribe" && typeof key === "string") {
      this.#subscribers.set(subscription, { to: from, key });
    }
    from.send(`{"jsonrpc":"2.0","id":${id},"result":${subscription}}`);
  }

  async #answer(body: string): Promise<string> {
    const request = parseJson(body);
    const params = at(request, "params") ?? [];
    const id = JSON.stringify(at(request, "id") ?? null);
    const context = `{"slot":${this.#slot()}}`;
    const answered = (result: string) => `{"jsonrpc":"2.0","id":${id},"result":${result}}`;
    switch (textAt(request, "method")) {
      case "getHealth":
        return answered('"ok"');
      case "getAccountInfo": {
        const value = await this.#value(`${at(params, 0)}`);
        return answered(`{"context":${context},"value":${value}}`);
      }
      case "getMultipleAccounts": {
        const keys = at(params, 0);
        if (!isList(keys)) break;
        const values = await Promise.all(keys.map((key) => this.#value(`${key}`)));
        return answered(`{"context":${context},"value":[${values.join(",")}]}`);
      }
      case "getProgramAccounts":
        return this.#listed(params, answered, body);
      case "getSignaturesForAddress":
        return answered("[]");
    }
    return this.#passOn(body);
  }

  async #value(key: string): Promise<string> {
    const known = this.#accounts.get(key);
    if (known !== undefined) return json(known);
    const asked = {
      ...{ jsonrpc: "2.0", id: 1, method: "getAccountInfo" },
      params: [key, { encoding: "base64", commitment: "confirmed" }],
    };
    const answer = parseJson(await this.#passOn(JSON.stringify(asked)));
    const found = at(answer, "result", "value") ?? null;
    const head = Buffer.from(`${at(found, "data", 0)}`, "base64");
    // Of what is made here, the network's own do not exist.
    return isMade(head) ? "null" : JSON.stringify(found);
  }

  async #listed(params: Json, answered: (result: string) => string, body: string): Promise<string> {
    const filters = at(params, 1, "filters");
    const wanted = (isList(filters) ? filters : []).map((filter) => ({
      offset: Number(at(filter, "memcmp", "offset") ?? 0),
      bytes: bytesOf(at(filter, "memcmp") ?? null),
    }));
    const fits = ({ data }: Found) =>
      wanted.every(({ offset, bytes }) => bytes.every((byte, i) => data[offset + i] === byte));
    // Kinds that are made here are answered from here alone; the others are the network's.
    const kind = wanted.find(({ offset }) => offset === 0)?.bytes ?? new Uint8Array();
    if (!isMade(kind)) return this.#passOn(body);
    const found = [...this.#accounts.values()].filter(
      (one) => one.owner === COMMUNITY_BUDGET_PROGRAM_ADDRESS && fits(one),
    );
    const rows = found.map((one) => `{"pubkey":"${one.address}","account":${json(one)}}`);
    return answered(`[${rows.join(",")}]`);
  }

  async #passOn(body: string): Promise<string> {
    const headers = { "content-type": "application/json" };
    return (await fetch(this.#upstream, { method: "POST", headers, body })).text();
  }
}

/** Kinds of accounts that the node makes up. */
const MADE: readonly ReadonlyUint8Array[] = [
  TREASURY_DISCRIMINATOR,
  BUDGET_EPOCH_DISCRIMINATOR,
  PROPOSAL_DISCRIMINATOR,
  STREAM_DISCRIMINATOR,
  VOTE_RECORD_DISCRIMINATOR,
];

function isMade(data: Uint8Array): boolean {
  return MADE.some((kind) => kind.every((byte, index) => data[index] === byte));
}

function bytesOf(memcmp: Json): Uint8Array {
  const bytes = `${at(memcmp, "bytes")}`;
  return at(memcmp, "encoding") === "base64"
    ? Uint8Array.from(Buffer.from(bytes, "base64"))
    : Uint8Array.from(getBase58Encoder().encode(bytes));
}

function json({ owner, data }: Found): string {
  const base64 = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
  return (
    `{"data":["${base64}","base64"],"executable":false,"lamports":10000000,` +
    `"owner":"${owner}","rentEpoch":0,"space":${data.length}}`
  );
}

// --- the community ------------------------------------------------------------------------------

interface Made {
  readonly accounts: readonly Found[];
  readonly epoch: Found;
  readonly index: number;
}

/** What a seeded network holds, as a pattern. */
interface Pattern {
  readonly treasury: Found;
  readonly epoch: Found;
  readonly vault: Found;
  readonly proposals: readonly Proposal[];
  readonly streams: readonly Stream[];
}

async function patternOf(network: Network): Promise<Pattern> {
  const rpc = createSolanaRpc(network.rpc);
  const where = address(textAt(await network.deployment(), "treasury"));
  const one = async (key: Address): Promise<Found> => {
    const { value } = await rpc.getAccountInfo(key, { encoding: "base64" }).send();
    if (value === null) throw new Error(`${key} does not exist`);
    const data = Uint8Array.from(Buffer.from(value.data[0], "base64"));
    return { address: key, owner: value.owner, data };
  };
  const all = async <T extends object>(kind: ReadonlyUint8Array, codec: Codec<T>): Promise<T[]> => {
    const list = await rpc
      .getProgramAccounts(COMMUNITY_BUDGET_PROGRAM_ADDRESS, { encoding: "base64" })
      .send();
    return list
      .map(({ account }) => Uint8Array.from(Buffer.from(account.data[0], "base64")))
      .filter((data) => kind.every((byte, index) => data[index] === byte))
      .map((data) => codec.decode(data));
  };
  const treasury = await one(where);
  const { epochCount, vault } = treasuryCodec.decode(treasury.data);
  return {
    treasury,
    epoch: await one(await epochAddress(where, epochCount - 1)),
    vault: await one(vault),
    proposals: await all(PROPOSAL_DISCRIMINATOR, proposalCodec),
    streams: await all(STREAM_DISCRIMINATOR, streamCodec),
  };
}

function cycled<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new Error("there is no pattern to follow");
  return found;
}

const owned = (where: Address, data: ReadonlyUint8Array): Found => ({
  address: where,
  owner: COMMUNITY_BUDGET_PROGRAM_ADDRESS,
  data: Uint8Array.from(data),
});

async function make(network: Network, count: number): Promise<Made> {
  const pattern = await patternOf(network);
  const { address: treasury } = pattern.treasury;
  // Every epoch before the present one has left a stream of each of its entries.
  const index = Math.ceil(count / ENTRIES);
  const streams = await makeStreams(pattern, treasury, count);
  const places = placesOf(pattern);
  const epoch = await makeEpoch(pattern, places, treasury, index);
  const proposals = await makeProposals(places, treasury, epoch.address);
  const owed = streams.reduce((sum, { data }) => {
    const { total, withdrawn, returned } = streamCodec.decode(data);
    return sum + total - withdrawn - returned;
  }, 0n);
  const books = treasuryCodec.decode(pattern.treasury.data);
  const free = books.tracked - books.committed;
  const tracked = owed + free;
  const changed = {
    ...books,
    epochCount: index + 1,
    frozenEpoch: books.frozenEpoch === books.epochCount - 1 ? index : books.frozenEpoch,
    committed: owed,
    tracked,
  };
  const vault = Uint8Array.from(pattern.vault.data);
  vault.set(getU64Encoder().encode(tracked), TOKEN_AMOUNT);
  return {
    index,
    epoch,
    accounts: [
      owned(treasury, treasuryCodec.encode(changed)),
      { ...pattern.vault, data: vault },
      epoch,
      ...proposals,
      ...streams,
    ],
  };
}

/** What stands at one place of the slate. */
interface Place {
  readonly entry: Entry;
  readonly proposal: Proposal;
}

/** The awards that were accepted, over and over, for less each time. */
function placesOf({ epoch, proposals }: Pattern): readonly Place[] {
  const { entryCount } = epochCodec.decode(epoch.data);
  const known = new Map(
    proposals.filter((one) => one.epoch === epoch.address).map((one) => [one.index, one]),
  );
  const awards = decodeSlate(epoch.data)
    .slice(0, entryCount)
    .flatMap((entry, index) => {
      const proposal = known.get(index);
      const fits = entry.action === ActionKind.Award && hasFlag(entry, EntryFlags.Accepted);
      return fits && proposal !== undefined ? [{ entry, proposal }] : [];
    });
  return Array.from({ length: ENTRIES }, (_, place) => {
    const { entry, proposal } = cycled(awards, place);
    const round = Math.floor(place / awards.length);
    const amount = entry.amount / BigInt(1 + round);
    const { terms } = proposal;
    if (terms.action.__kind !== "Award") throw new Error("an award is no award");
    const [award] = terms.action.fields;
    return {
      entry: {
        ...entry,
        amount,
        leader: place,
        recipientAsk: amount,
        outcome: Outcome.Pending,
        for: entry.for - BigInt(place) * (entry.for / 400n),
      },
      proposal: {
        ...proposal,
        terms: {
          ...terms,
          action: { ...terms.action, fields: [{ ...award, amount }] },
          title: [...`${round === 0 ? "" : `${round + 1}: `}${terms.title}`].slice(0, 40).join(""),
        },
      },
    };
  });
}

async function makeEpoch(
  pattern: Pattern,
  places: readonly Place[],
  treasury: Address,
  index: number,
): Promise<Found> {
  const head: BudgetEpoch = epochCodec.decode(pattern.epoch.data);
  const data = new Uint8Array(EPOCH_HEADER_BYTES + ENTRY_BYTES * ENTRIES);
  const policy = { ...head.policy, slate: { ...head.policy.slate, capacity: ENTRIES } };
  const terms = places.map(({ proposal }) => getTermsEncoder().encode(proposal.terms));
  const counts = { entryCount: ENTRIES, openProposals: ENTRIES, votableCount: ENTRIES };
  const hash = slateHash(treasury, index, terms);
  data.set(epochCodec.encode({ ...head, ...counts, index, policy, slateHash: hash }), 0);
  data.set(encodeSlate(places.map(({ entry }) => entry)), EPOCH_HEADER_BYTES);
  return owned(await epochAddress(treasury, index), data);
}

function makeProposals(
  places: readonly Place[],
  treasury: Address,
  epoch: Address,
): Promise<Found[]> {
  return Promise.all(
    places.map(async ({ proposal }, index) => {
      const data = proposalCodec.encode({ ...proposal, index, epoch, treasury });
      return owned(await proposalAddress(epoch, index), data);
    }),
  );
}

async function makeStreams(
  { streams }: Pattern,
  treasury: Address,
  count: number,
): Promise<Found[]> {
  const made: Found[] = [];
  for (let epochIndex = 0; made.length < count; epochIndex += 1) {
    const epoch = await epochAddress(treasury, epochIndex);
    const entries = Array.from({ length: Math.min(ENTRIES, count - made.length) }, (_, i) => i);
    const next = await Promise.all(
      entries.map(async (entryIndex) => {
        const proposal = await proposalAddress(epoch, entryIndex);
        const one = cycled(streams, made.length + entryIndex);
        const data = streamCodec.encode({ ...one, treasury, epochIndex, entryIndex, proposal });
        return owned(await streamAddress(proposal), data);
      }),
    );
    made.push(...next);
  }
  return made;
}
