import {
  type Address,
  address,
  createSolanaRpcFromTransport,
  getAddressDecoder,
  getBase64Decoder,
} from "@solana/kit";
import {
  COMMUNITY_BUDGET_PROGRAM_ADDRESS,
  getEpochOpenedEventEncoder,
  getProposalAcceptedEventEncoder,
  getStakeClosedEventEncoder,
} from "@community-budget/client";
import { describe, expect, it } from "vitest";

import { History, type Line } from "../src/activity/history";
import { arrange, countedOf } from "../src/activity/sequence";
import { readTransaction } from "../src/activity/transaction";

const PROGRAM = COMMUNITY_BUDGET_PROGRAM_ADDRESS;
const OTHER_PROGRAM = "11111111111111111111111111111111";
const at = (byte: number) => getAddressDecoder().decode(new Uint8Array(32).fill(byte));
const [TREASURY, EPOCH, STRANGER] = [at(1), at(2), at(9)];

const data = (bytes: { readonly length: number; [index: number]: number }) =>
  `Program data: ${getBase64Decoder().decode(Uint8Array.from(Array.from(bytes)))}`;
const closed = (seq: number, treasury = TREASURY) =>
  data(Array.from(getStakeClosedEventEncoder().encode({ seq, treasury, owner: at(3) })));
const accepted = (seq: number) =>
  data(
    Array.from(
      getProposalAcceptedEventEncoder().encode({
        seq,
        epoch: EPOCH,
        index: 0,
        recipient: at(3),
        recipientAsk: 1,
      }),
    ),
  );
const opened = (seq: number) =>
  data(
    Array.from(
      getEpochOpenedEventEncoder().encode({
        seq,
        treasury: TREASURY,
        epoch: EPOCH,
        index: 0,
        cap: 0,
        rewardPool: 0,
        freeAtOpen: 0,
        votingOpensAt: 0,
        votingClosesAt: 0,
        votingHardEndAt: 0,
      }),
    ),
  );
const log = (...lines: string[]) => [
  `Program ${PROGRAM} invoke [1]`,
  ...lines,
  `Program ${PROGRAM} success`,
];

interface Sent {
  readonly signature: string;
  readonly slot: number;
  readonly logs: readonly string[];
  readonly about: readonly Address[];
  readonly failed?: boolean;
  /** The node names it and does not have it. */
  readonly lost?: boolean;
}

/** A node that keeps the given transactions, oldest first, and counts what it is asked. */
class FakeNode {
  sent: Sent[] = [];
  asked: string[] = [];
  atOnce = 0;
  most = 0;
  /** Requests for these signatures fail, once each. */
  readonly broken = new Set<string>();

  readonly rpc = createSolanaRpcFromTransport(
    async <T>({ payload }: { readonly payload: unknown }) => {
      const { method, params } = JSON.parse(
        JSON.stringify(payload, (_, v: unknown) => (typeof v === "bigint" ? Number(v) : v)),
      );
      this.atOnce += 1;
      this.most = Math.max(this.most, this.atOnce);
      await new Promise((done) => setTimeout(done, 1));
      this.atOnce -= 1;
      const result =
        method === "getTransaction"
          ? this.#transaction(params[0])
          : this.#list(params[0], params[1]);
      // The transport's own type: whatever the method answers.
      return { jsonrpc: "2.0", id: 1, result } as T;
    },
  );

  #list(about: string, range: { before?: string; until?: string; limit: number }) {
    const all = this.sent.filter((one) => one.about.some((each) => each === about)).reverse();
    const from =
      range.before === undefined ? 0 : all.findIndex((one) => one.signature === range.before) + 1;
    const end =
      range.until === undefined ? -1 : all.findIndex((one) => one.signature === range.until);
    return all
      .slice(from, end === -1 ? undefined : end)
      .slice(0, range.limit)
      .map((one) => ({
        signature: one.signature,
        slot: one.slot,
        blockTime: 1_000 + one.slot,
        err: one.failed ? { InstructionError: [0, { Custom: 1 }] } : null,
        memo: null,
        confirmationStatus: "finalized",
      }));
  }

  #transaction(signature: string) {
    this.asked.push(signature);
    if (this.broken.delete(signature)) throw new Error("the node is tired");
    const one = this.sent.find((each) => each.signature === signature);
    if (one === undefined || one.lost) return null;
    return {
      slot: one.slot,
      blockTime: 1_000 + one.slot,
      meta: { err: null, logMessages: one.logs },
      transaction: ["", "base64"],
    };
  }

  add(slot: number, logs: readonly string[], more: Partial<Sent> = {}) {
    this.sent.push({ signature: `s${this.sent.length}`, slot, logs, about: [TREASURY], ...more });
  }
}

const history = (node: FakeNode, more: { page?: number; concurrency?: number } = {}) =>
  new History({ rpc: node.rpc, treasury: TREASURY, epochs: [EPOCH], ...more });
const signal = () => new AbortController().signal;
const short = (lines: readonly Line[]) =>
  lines.map((line) => {
    if (line.kind === "event") return `${line.happened.event.name} ${line.happened.event.data.seq}`;
    if (line.kind === "gap") return `gap ${line.gap.first}-${line.gap.last}`;
    return "cut";
  });

describe("history", () => {
  it("comes newest first, page by page, until all is read", async () => {
    const node = new FakeNode();
    for (let seq = 1; seq <= 7; seq += 1) node.add(seq, log(closed(seq)));
    const read = history(node, { page: 3 });
    await read.earlier(signal());
    expect(short(read.known.get().lines)).toEqual([
      "StakeClosed 7",
      "StakeClosed 6",
      "StakeClosed 5",
    ]);
    expect(read.known.get().complete).toBe(false);
    expect(read.known.get().happened[0]).toMatchObject({ signature: "s6", slot: 7n, at: 1_007n });
    await read.earlier(signal());
    await read.earlier(signal());
    expect(short(read.known.get().lines).at(-1)).toBe("StakeClosed 1");
    expect(read.known.get()).toMatchObject({ complete: true, lost: 0, misplaced: 0 });
    await read.earlier(signal());
    expect(node.asked).toHaveLength(7);
  });

  it("finds transactions that name only an epoch, and shows those that name both once", async () => {
    const node = new FakeNode();
    node.add(1, log(opened(1)), { about: [TREASURY, EPOCH] });
    node.add(2, log(accepted(2)), { about: [EPOCH] });
    node.add(3, log(closed(1)));
    const read = history(node, { page: 2 });
    await read.earlier(signal());
    await read.earlier(signal());
    expect(short(read.known.get().lines)).toEqual([
      "StakeClosed 1",
      "ProposalAccepted 2",
      "EpochOpened 1",
    ]);
    expect(node.asked).toHaveLength(3);
  });

  it("orders the transactions of one slot by the numbers of their events", async () => {
    const node = new FakeNode();
    node.add(5, log(closed(3)));
    node.add(5, log(closed(1)));
    node.add(5, log(closed(2)));
    const read = history(node, { page: 1 });
    await read.earlier(signal());
    // A page does not end within a slot, or a gap would be seen that is none.
    expect(short(read.known.get().lines)).toEqual([
      "StakeClosed 3",
      "StakeClosed 2",
      "StakeClosed 1",
    ]);
    expect(read.known.get().misplaced).toBe(0);
  });

  it("says which events the node does not keep: between, before all, and lost ones", async () => {
    const node = new FakeNode();
    node.add(1, log(closed(3)));
    node.add(2, log(closed(4)), { lost: true });
    node.add(3, log(closed(7)));
    const read = history(node);
    await read.earlier(signal());
    expect(short(read.known.get().lines)).toEqual([
      "StakeClosed 7",
      "gap 4-6",
      "StakeClosed 3",
      "gap 1-2",
    ]);
    expect(read.known.get().lost).toBe(1);
  });

  it("does not take the end of a page for a gap", async () => {
    const node = new FakeNode();
    node.add(1, log(closed(1)));
    node.add(2, log(closed(2)));
    const read = history(node, { page: 1 });
    await read.earlier(signal());
    expect(short(read.known.get().lines)).toEqual(["StakeClosed 2"]);
  });

  it("takes nothing from transactions that failed, and asks for none of them", async () => {
    const node = new FakeNode();
    node.add(1, log(closed(1)), { failed: true });
    node.add(2, log(closed(1)));
    const read = history(node);
    await read.earlier(signal());
    expect(short(read.known.get().lines)).toEqual(["StakeClosed 1"]);
    expect(node.asked).toEqual(["s1"]);
  });

  it("leaves out events of another treasury that come along", async () => {
    const node = new FakeNode();
    node.add(1, log(closed(50, STRANGER), closed(1)));
    const read = history(node);
    await read.earlier(signal());
    expect(short(read.known.get().lines)).toEqual(["StakeClosed 1"]);
  });

  it("leaves out what contradicts its number, and counts it", async () => {
    const node = new FakeNode();
    node.add(1, log(closed(1)));
    node.add(2, log(closed(2)));
    node.add(3, log(closed(2)));
    const read = history(node);
    await read.earlier(signal());
    expect(short(read.known.get().lines)).toEqual(["StakeClosed 2", "StakeClosed 1"]);
    expect(read.known.get().misplaced).toBe(1);
  });

  it("says where a log was cut", async () => {
    const node = new FakeNode();
    node.add(1, log(closed(1)));
    node.add(2, [`Program ${PROGRAM} invoke [1]`, closed(2), "Log truncated"]);
    node.add(3, ["Log truncated"]);
    const read = history(node);
    await read.earlier(signal());
    expect(short(read.known.get().lines)).toEqual(["cut", "cut", "StakeClosed 2", "StakeClosed 1"]);
  });

  it("reads what is new, and what accounts count but the node does not list", async () => {
    const node = new FakeNode();
    node.add(1, log(closed(1)));
    const read = history(node, { page: 2 });
    await read.earlier(signal());
    for (let seq = 2; seq <= 6; seq += 1) node.add(seq, log(closed(seq)));
    node.add(7, log(accepted(1)), { about: [EPOCH] });
    await read.newer(
      signal(),
      new Map([
        [TREASURY, 8n],
        [EPOCH, 1n],
      ]),
    );
    expect(short(read.known.get().lines)).toEqual([
      "gap 7-8",
      "ProposalAccepted 1",
      ...[6, 5, 4, 3, 2, 1].map((seq) => `StakeClosed ${seq}`),
    ]);
    await read.newer(signal(), new Map([[TREASURY, 6n]]));
    expect(short(read.known.get().lines)[0]).toBe("ProposalAccepted 1");
    expect(node.asked).toHaveLength(7);
  });

  it("follows an epoch that opens later, also when its events were read before", async () => {
    const node = new FakeNode();
    node.add(1, log(closed(1)));
    const read = new History({ rpc: node.rpc, treasury: TREASURY, epochs: [] });
    await read.earlier(signal());
    node.add(2, log(opened(1)), { about: [TREASURY, EPOCH] });
    node.add(3, log(accepted(2)), { about: [EPOCH] });
    await read.newer(signal());
    read.follow(EPOCH);
    await read.newer(signal());
    expect(short(read.known.get().lines)).toEqual([
      "ProposalAccepted 2",
      "EpochOpened 1",
      "StakeClosed 1",
    ]);
  });

  it("asks for a bounded number at once, and goes on where a failure stopped it", async () => {
    const node = new FakeNode();
    for (let seq = 1; seq <= 30; seq += 1) node.add(seq, log(closed(seq)));
    node.broken.add("s10");
    const read = history(node, { concurrency: 4 });
    await expect(read.earlier(signal())).rejects.toThrow("tired");
    expect(node.asked.length).toBeLessThan(30);
    await read.earlier(signal());
    expect(read.known.get().happened).toHaveLength(30);
    expect(node.most).toBeLessThanOrEqual(4);
    expect(node.asked).toHaveLength(31);
  });

  it("stops when it is told to", async () => {
    const node = new FakeNode();
    node.add(1, log(closed(1)));
    const stop = new AbortController();
    stop.abort();
    const read = history(node);
    await expect(read.earlier(stop.signal)).rejects.toThrow();
    expect(node.asked).toEqual([]);
    await read.earlier(signal());
    expect(read.known.get().happened).toHaveLength(1);
  });
});

describe("a transaction's log", () => {
  const names = (logs: readonly string[]) =>
    readTransaction(logs, null).happenings.map(({ event }) => String(event.data.seq));

  it("believes nothing behind the cut, where it is not known who speaks", () => {
    const forged = [
      `Program ${PROGRAM} invoke [1]`,
      closed(1),
      "Log truncated",
      closed(2),
      `Program ${PROGRAM} success`,
    ];
    expect(names(forged)).toEqual(["1"]);
    expect(readTransaction(forged, null).truncated).toBe(true);
  });

  it("believes no other program", () => {
    expect(
      names([`Program ${OTHER_PROGRAM} invoke [1]`, closed(1), `Program ${OTHER_PROGRAM} success`]),
    ).toEqual([]);
  });

  it("says nothing more of a ballot when its bytes cannot be read", () => {
    expect(readTransaction(log(closed(1)), "AAAA").happenings).toMatchObject([
      { marks: null, title: null },
    ]);
  });
});

describe("arranging", () => {
  const batch = (slot: number, ...lines: string[]) => ({
    slot: BigInt(slot),
    events: readTransaction(log(...lines), null).happenings,
  });

  it("keeps two counters apart and interleaves their transactions", () => {
    const { events, misplaced } = arrange(
      [batch(1, accepted(2), closed(2)), batch(1, closed(1)), batch(1, accepted(1))],
      true,
    );
    expect(misplaced).toBe(0);
    expect(
      events.map(({ happened }) => `${happened.event.name} ${happened.event.data.seq}`),
    ).toEqual(["StakeClosed 1", "ProposalAccepted 1", "ProposalAccepted 2", "StakeClosed 2"]);
    expect(events.every(({ before }) => before.length === 0)).toBe(true);
  });

  it("survives a slot whose numbers contradict each other", () => {
    const { events, misplaced } = arrange(
      [batch(1, accepted(2), closed(1)), batch(1, closed(2), accepted(1))],
      true,
    );
    expect([events.length, misplaced]).toEqual([3, 1]);
  });

  it("tells an event's counter: the epoch that it names, else the treasury", () => {
    const [first, second] = batch(1, opened(1), closed(4)).events;
    expect(first && countedOf(first.event)).toEqual({ counter: EPOCH, seq: 1n });
    expect(second && countedOf(second.event)).toEqual({ counter: TREASURY, seq: 4n });
    expect(address(EPOCH)).toBe(EPOCH);
  });
});
