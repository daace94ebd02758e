import {
  type Instruction,
  address,
  appendTransactionMessageInstructions,
  blockhash,
  compileTransaction,
  createNoopSigner,
  createTransactionMessage,
  getBase64EncodedWireTransaction,
  pipe,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from "@solana/kit";
import { Choice, getCastVoteInstruction, packBallot } from "@community-budget/client";
import { describe, expect, it } from "vitest";

import { History, type Line } from "../src/activity/history";
import { arrange, countedOf } from "../src/activity/sequence";
import { readTransaction } from "../src/activity/transaction";
import {
  EPOCH,
  FakeNode,
  OTHER_PROGRAM,
  PROGRAM,
  STRANGER,
  TREASURY,
  accepted,
  at,
  closed,
  log,
  opened,
  voted,
} from "./activity-node";

/** A ballot for these entries. */
function ballotOf(entries: readonly number[]): Instruction {
  const voter = createNoopSigner(at(3));
  const marks = entries.map((entry) => [entry, Choice.For] as const);
  return getCastVoteInstruction({
    voter,
    payer: voter,
    treasury: TREASURY,
    epoch: EPOCH,
    stake: at(4),
    voteRecord: at(5),
    args: { slateHash: new Uint8Array(32), ballot: packBallot(marks) },
  });
}

/** A transaction as a node gives it. */
function wireOf(instructions: readonly Instruction[]): string {
  const lifetime = { blockhash: blockhash(at(6)), lastValidBlockHeight: 1n };
  const message = pipe(
    createTransactionMessage({ version: 0 }),
    (empty) => setTransactionMessageFeePayer(at(3), empty),
    (paid) => setTransactionMessageLifetimeUsingBlockhash(lifetime, paid),
    (living) => appendTransactionMessageInstructions(instructions, living),
  );
  return getBase64EncodedWireTransaction(compileTransaction(message));
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

  it("says on how many entries ballots choose, from the instructions of the same transaction", () => {
    const wire = wireOf([ballotOf([0, 3, 5]), ballotOf([1])]);
    const marks = (...logs: string[]) =>
      readTransaction(log(...logs), wire).happenings.map((one) => one.marks);
    expect(marks(voted(1), voted(2))).toEqual([3, 1]);
    // A third vote was cast by a program that was called: it is not known which of them.
    expect(marks(voted(1), voted(2), voted(3))).toEqual([null, null, null]);
    expect(marks(closed(1), voted(1))).toEqual([null, null]);
    const cut = [...log(voted(1), voted(2)), "Log truncated"];
    expect(readTransaction(cut, wire).happenings.map((one) => one.marks)).toEqual([null, null]);
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
