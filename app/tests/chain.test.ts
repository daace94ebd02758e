/** What is known of the network: it only moves forward, and it is what several answers agree on. */

import type { Address, EncodedAccount } from "@solana/kit";
import { Unreadable } from "@community-budget/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { isOutdated } from "../src/lib/chain";
import { Line } from "../src/lib/chain/line";
import { Notes } from "../src/lib/chain/notes";
import { Framed, Seen } from "../src/lib/chain/order";
import { Soon } from "../src/lib/chain/soon";
import { type Listener, type Report, listen } from "../src/lib/chain/subscription";
import type { Doubt } from "../src/lib/doubt";
import { key } from "./made";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the order of answers", () => {
  it("one with fewer events is outdated when it was pushed, or asked for before the last push", () => {
    const known = { seq: 5n };
    expect(isOutdated(known, { seq: 4n }, null, 100)).toBe(true);
    expect(isOutdated(known, { seq: 4n }, 99, 100)).toBe(true);
    // Asked for afterwards: the node has gone back, and the page goes with it.
    expect(isOutdated(known, { seq: 4n }, 101, 100)).toBe(false);
  });

  it("one with as many events or more is never outdated", () => {
    for (const seq of [5n, 6n]) {
      expect(isOutdated({ seq: 5n }, { seq }, null, 100)).toBe(false);
      expect(isOutdated({ seq: 5n }, { seq }, 99, 100)).toBe(false);
    }
    expect(isOutdated(null, { seq: 0n }, null, 100)).toBe(false);
  });

  it("an account is the same with the same bytes, owner and company", () => {
    const seen = new Seen();
    const account = encoded(key(1), [1, 2, 3]);
    expect(seen.same(account, null)).toBe(false);
    seen.remember(account, null);
    expect(seen.same(encoded(key(1), [1, 2, 3]), null)).toBe(true);
    expect(seen.same(encoded(key(1), [1, 2, 4]), null)).toBe(false);
    expect(seen.same(encoded(key(1), [1, 2]), null)).toBe(false);
    expect(seen.same({ ...account, programAddress: key(3) }, null)).toBe(false);
    expect(seen.same(encoded(key(2), [1, 2, 3]), null)).toBe(false);
    expect(seen.same(account, {})).toBe(false);
  });
});

describe("what is shown of several changes within a frame", () => {
  const made = (hidden = false) => {
    const frames: (() => void)[] = [];
    vi.stubGlobal("document", { hidden });
    vi.stubGlobal("requestAnimationFrame", (act: () => void) => frames.push(act));
    const shown: number[] = [];
    const framed = new Framed<number>(({ value }) => shown.push(value));
    return { frames, shown, framed };
  };

  it("is the last of them, in one frame", () => {
    const { frames, shown, framed } = made();
    framed.show({ value: 1, slot: 7n }, false);
    framed.show({ value: 2, slot: 8n }, false);
    framed.show({ value: 0, slot: 6n }, false);
    expect(framed.next).toEqual({ value: 2, slot: 8n });
    expect([shown, frames.length]).toEqual([[], 1]);
    frames[0]?.();
    expect([shown, framed.next]).toEqual([[2], null]);
    framed.show({ value: 3, slot: 8n }, false);
    expect(frames.length).toBe(2);
  });

  it("is all at once where it is waited for, or nobody looks", () => {
    const { frames, shown, framed } = made();
    framed.show({ value: 1, slot: 7n }, true);
    expect([shown, frames.length]).toEqual([[1], 0]);
    const unseen = made(true);
    unseen.framed.show({ value: 1, slot: 7n }, false);
    expect([unseen.shown, unseen.frames.length]).toEqual([[1], 0]);
  });
});

describe("contradictions", () => {
  const finding = (rule: string, sentence = "It cannot be."): Doubt => ({
    rule,
    sentence,
    about: "it",
  });
  const rules = (notes: Notes) => notes.all.get().map(({ rule }) => rule);
  const never = new AbortController().signal;

  it("stand until who found them finds nothing any more", () => {
    const notes = new Notes();
    notes.note("one", [finding("a"), finding("b")]);
    notes.note("two", [finding("c")]);
    expect(rules(notes)).toEqual(["a", "b", "c"]);
    notes.note("one", [finding("b")]);
    expect(rules(notes)).toEqual(["b", "c"]);
    notes.note("one", []);
    expect(rules(notes)).toEqual(["c"]);
  });

  it("are told once", () => {
    const notes = new Notes();
    const changed = vi.fn();
    notes.all.subscribe(changed);
    notes.note("one", []);
    notes.note("one", [finding("a")]);
    notes.note("one", [finding("a")]);
    expect(changed).toHaveBeenCalledTimes(1);
    notes.note("one", [finding("a", "Otherwise.")]);
    expect(changed).toHaveBeenCalledTimes(2);
  });

  it("between two readings count when they are still there at the third look", async () => {
    const read = vi.fn(async () => ({ value: 1, findings: [finding("a")] }));
    const notes = new Notes();
    const reading = notes.agreeing("one", read, never);
    await vi.advanceTimersByTimeAsync(999);
    expect([read.mock.calls.length, rules(notes)]).toEqual([2, []]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await reading).toBe(1);
    expect([read.mock.calls.length, rules(notes)]).toEqual([3, ["a"]]);
  });

  it("that a transaction made in between are none", async () => {
    const read = vi
      .fn(async () => ({ value: 2, findings: [] as Doubt[] }))
      .mockResolvedValueOnce({ value: 1, findings: [finding("a")] });
    const notes = new Notes();
    const reading = notes.agreeing("one", read, never);
    await vi.advanceTimersByTimeAsync(500);
    expect(await reading).toBe(2);
    expect([read.mock.calls.length, rules(notes)]).toEqual([2, []]);
  });

  it("are an account that is not what it must be, until it is again", async () => {
    const notes = new Notes();
    const unreadable = new Unreadable(key(1), "owner");
    const failing = (error: Error) =>
      notes.guarded("stream/1/2", () => Promise.reject(error)).catch((caught: unknown) => caught);
    expect(await failing(new Error("timeout"))).toBeInstanceOf(Error);
    expect(rules(notes)).toEqual([]);
    expect(await failing(unreadable)).toBe(unreadable);
    expect(notes.all.get()).toMatchObject([
      { rule: "unreadable/stream/1/2.unreadable", about: "a stream" },
    ]);
    expect(await notes.guarded("stream/1/2", async () => ({ value: 3, slot: 1n }))).toEqual({
      value: 3,
      slot: 1n,
    });
    expect(rules(notes)).toEqual([]);
  });
});

describe("the line to the node", () => {
  it("doubts an answer from the past, until one of now comes", () => {
    const notes = new Notes();
    const line = new Line(notes);
    expect(line.slot).toBe(0n);
    expect(line.fresh(1_000n)).toBe(true);
    expect(line.fresh(850n)).toBe(true);
    expect([line.slot, notes.all.get()]).toEqual([1_000n, []]);
    expect(line.fresh(849n)).toBe(false);
    expect(notes.all.get().map(({ rule }) => rule)).toEqual(["slot.back"]);
    expect(line.fresh(1_001n)).toBe(true);
    expect([line.slot, notes.all.get()]).toEqual([1_001n, []]);
  });

  it("says since when nothing was heard, and is clear once something is", () => {
    const line = new Line(new Notes());
    expect(line.silentFor).toBeNull();
    line.heard({ live: true });
    vi.advanceTimersByTime(70);
    expect(line.silentFor).toBe(70);
    line.patch({ trouble: "It is gone." });
    expect([line.silentFor, line.link.get().trouble]).toEqual([70, "It is gone."]);
    line.heard();
    expect(line.silentFor).toBe(0);
    expect(line.link.get()).toMatchObject({ live: true, trouble: null });
  });

  it("knows how far the node is behind, when it says so", async () => {
    const line = new Line(new Notes());
    const asked = (answer: () => Promise<unknown>) =>
      line.askHealth({ getHealth: () => ({ send: answer }) } as never);
    const behind = Object.assign(new Error("behind"), { context: { numSlotsBehind: 42n } });
    await asked(() => Promise.reject(behind));
    expect(line.link.get().behind).toBe(42n);
    await asked(() => Promise.reject(new Error("timeout")));
    expect(line.link.get().behind).toBe(42n);
    await asked(() => Promise.resolve("ok"));
    expect(line.link.get().behind).toBeNull();
  });
});

describe("what is asked for by many", () => {
  it("is done once, a while after the first asked, and never when all is over", async () => {
    const stop = new AbortController();
    const act = vi.fn();
    const soon = new Soon(1_000, act, stop.signal);
    soon.ask();
    await vi.advanceTimersByTimeAsync(600);
    soon.ask();
    await vi.advanceTimersByTimeAsync(399);
    expect(act).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(act).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(act).toHaveBeenCalledTimes(1);
    soon.ask();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(act).toHaveBeenCalledTimes(2);
    soon.ask();
    stop.abort();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(act).toHaveBeenCalledTimes(2);
  });
});

describe("a subscription", () => {
  const report = (slot: bigint): Report => ({ account: encoded(key(1), [1]), slot });

  function made() {
    const said: (boolean | bigint)[] = [];
    const listener: Listener = {
      live: (live) => said.push(live),
      heard: async ({ slot }) => void said.push(slot),
    };
    return { said, listener, stop: new AbortController() };
  }

  it("hands on what comes, in order", async () => {
    const { said, listener, stop } = made();
    const feed = (async function* () {
      yield report(1n);
      yield report(2n);
      await new Promise(() => undefined);
    })();
    void listen(() => Promise.resolve([feed]), listener, stop.signal);
    await vi.advanceTimersByTimeAsync(0);
    expect(said).toEqual([true, 1n, 2n]);
    stop.abort();
  });

  it("is tried again after a while, twice as long every time, up to a quarter of a minute", async () => {
    const { listener, stop } = made();
    const at: number[] = [];
    const began = performance.now();
    const open = vi.fn(async () => {
      at.push(performance.now() - began);
      throw new Error("no connection");
    });
    const done = listen(open, listener, stop.signal);
    await vi.advanceTimersByTimeAsync(61_000);
    const pauses = at.slice(1).map((when, index) => when - (at[index] ?? 0));
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
    stop.abort();
    await done;
    expect(open).toHaveBeenCalledTimes(9);
  });

  it("is tried again soon after it had come about", async () => {
    const { said, listener, stop } = made();
    let tries = 0;
    const open = vi.fn(async () => {
      tries += 1;
      if (tries <= 3) throw new Error("no connection");
      return [(async function* () {})()];
    });
    void listen(open, listener, stop.signal);
    await vi.advanceTimersByTimeAsync(3_500);
    expect([tries, said]).toEqual([4, [false, false, false, true, false]]);
    await vi.advanceTimersByTimeAsync(499);
    expect(tries).toBe(4);
    await vi.advanceTimersByTimeAsync(1);
    expect(tries).toBe(5);
    stop.abort();
  });

  it("ends as a whole: one that ends takes the others with it", async () => {
    const { listener, stop } = made();
    const rounds: AbortSignal[] = [];
    const open = async (signal: AbortSignal) => {
      rounds.push(signal);
      const endless = (async function* (): AsyncGenerator<Report> {
        await new Promise((done) => signal.addEventListener("abort", done));
      })();
      const short = (async function* (): AsyncGenerator<Report> {
        await new Promise((done) => setTimeout(done, 100));
      })();
      return [endless, short];
    };
    const done = listen(open, listener, stop.signal);
    await vi.advanceTimersByTimeAsync(99);
    expect(rounds.map(({ aborted }) => aborted)).toEqual([false]);
    await vi.advanceTimersByTimeAsync(501);
    expect(rounds.map(({ aborted }) => aborted)).toEqual([true, false]);
    stop.abort();
    await done;
    expect(rounds.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});

function encoded(where: Address, bytes: readonly number[]): EncodedAccount {
  return {
    address: where,
    data: Uint8Array.from(bytes),
    executable: false,
    lamports: 1n as EncodedAccount["lamports"],
    programAddress: key(2),
    space: BigInt(bytes.length),
  };
}
