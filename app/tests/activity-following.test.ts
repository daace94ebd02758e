import { epochAddress } from "@community-budget/client";
import { afterEach, describe, expect, it, vi } from "vitest";

import { type Followable, Following } from "../src/activity/following";
import { parseConfig } from "../src/lib/config";
import { Resource } from "../src/lib/resource";
import { FakeNode, PROGRAM, TREASURY, accepted, at, closed, log } from "./activity-node";
import * as made from "./made";

const token = (mint: number) => ({
  mint: at(mint),
  name: "T",
  symbol: "T",
  decimals: 0,
  tokenProgram: at(8),
});
const config = parseConfig(
  {
    community: "Open Harbour",
    cluster: "localnet",
    programId: PROGRAM,
    treasury: TREASURY,
    budget: token(5),
    stake: token(6),
    rpc: "http://127.0.0.1:1",
    websocket: "ws://127.0.0.1:2",
  },
  new Map(),
);

/** A chain of which nothing is known before it is offered. */
function chain(node: FakeNode) {
  const never = () => new Promise<never>(() => undefined);
  return {
    config,
    rpc: node.rpc,
    treasury: new Resource(never),
    epoch: new Resource(never),
  } as unknown as Followable;
}

const numbers = (following: Following) =>
  (following.state.get().known?.happened ?? []).map(
    ({ event }) => `${event.name} ${event.data.seq}`,
  );
const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 4_000, interval: 5 });
let end: (() => void) | null = null;
afterEach(() => end?.());

function setUp(transactions: number) {
  const node = new FakeNode();
  for (let seq = 1; seq <= transactions; seq += 1) node.add(seq, log(closed(seq)));
  const network = chain(node);
  const following = new Following(network);
  end = following.watch();
  const say = (seq: number, epochCount = 0) =>
    network.treasury.offer(made.treasury({ seq: BigInt(seq), epochCount }), BigInt(seq));
  return { node, network, following, say };
}

describe("following what happens", () => {
  it("begins when the treasury is known, and adds what is new when its number says so", async () => {
    const { node, following, say } = setUp(2);
    expect(following.state.get().known).toBeNull();
    say(2);
    await until(() => numbers(following).length === 2);
    node.add(3, log(closed(3)));
    const asked = node.asked.length;
    say(2); // Another reading of the same state asks nobody.
    await new Promise((done) => setTimeout(done, 50));
    expect(node.asked).toHaveLength(asked);
    say(3);
    await until(() => numbers(following).length === 3);
    expect(numbers(following)[0]).toBe("StakeClosed 3");
    expect(following.state.get()).toMatchObject({ reading: false, trouble: null });
  });

  it("follows an epoch that opens meanwhile", async () => {
    const { node, network, following, say } = setUp(1);
    say(1);
    await until(() => numbers(following).length === 1);
    const epoch = await epochAddress(TREASURY, 0);
    node.add(2, log(closed(2)));
    node.add(3, log(accepted(1, epoch)), { about: [epoch] });
    network.epoch.offer(made.epoch([], { index: 0, seq: 1n }), 3n);
    say(2, 1);
    await until(() => numbers(following).length === 3);
    expect(numbers(following)).toEqual(["ProposalAccepted 1", "StakeClosed 2", "StakeClosed 1"]);
  });

  it("says what the treasury counts and the node does not list", async () => {
    const { following, say } = setUp(1);
    say(1);
    await until(() => numbers(following).length === 1);
    say(4);
    await until(() => following.state.get().known?.lines.length === 2);
    expect(following.state.get().known?.lines[0]).toMatchObject({
      kind: "gap",
      gap: { first: 2n, last: 4n },
    });
  });

  it("says what failed, keeps what it has, and goes on", async () => {
    const { node, following, say } = setUp(1);
    say(1);
    await until(() => numbers(following).length === 1);
    node.add(2, log(closed(2)));
    node.broken.add("s1");
    following.again();
    await until(() => following.state.get().trouble !== null);
    expect(following.state.get().trouble).toMatch(/tired\.$/);
    expect(numbers(following)).toEqual(["StakeClosed 1"]);
    following.again();
    await until(() => numbers(following).length === 2);
    expect(following.state.get().trouble).toBeNull();
  });

  it("survives that nobody looks for a moment, even while it begins", async () => {
    const { following, say } = setUp(3);
    say(3);
    end?.();
    end = following.watch();
    await until(() => numbers(following).length === 3);
    expect(following.state.get().trouble).toBeNull();
  });

  it("reads back as far as somebody wants, and no further", async () => {
    const { node, following, say } = setUp(180);
    say(180);
    await until(() => numbers(following).length === 50);
    following.until(({ happened }) => happened.length > 60);
    await until(() => !following.state.get().reading);
    expect(numbers(following)).toHaveLength(100);
    const stop = following.until(() => false);
    stop();
    await until(() => !following.state.get().reading);
    expect(numbers(following)).toHaveLength(100);
    expect(node.asked.length).toBeLessThan(180);
  });
});
