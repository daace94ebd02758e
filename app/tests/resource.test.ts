/** What is read from the network: when, and what is known when it cannot be. */

import { describe, expect, it, vi } from "vitest";

import { Absent, Doubted, Resource, sentenceOf } from "../src/lib/resource";

const settle = () => new Promise((done) => setTimeout(done, 0));

describe("a resource", () => {
  it("is read once when it is first watched", async () => {
    const read = vi.fn(async () => ({ value: 1, slot: 5n }));
    const resource = new Resource(read);
    expect(read).not.toHaveBeenCalled();
    const changed = vi.fn();
    resource.subscribe(changed);
    resource.subscribe(() => {});
    await settle();
    expect(read).toHaveBeenCalledTimes(1);
    expect(changed).toHaveBeenCalledTimes(1);
    expect(resource.get()).toEqual({ kind: "ready", value: 1, slot: 5n });
  });

  it("never goes back to an older slot", () => {
    const resource = new Resource(async () => ({ value: 0, slot: 0n }));
    resource.offer(2, 9n);
    resource.offer(1, 8n);
    expect(resource.get()).toEqual({ kind: "ready", value: 2, slot: 9n });
    resource.offer(3, 9n);
    expect(resource.get()).toEqual({ kind: "ready", value: 3, slot: 9n });
  });

  it("says why there is nothing", async () => {
    const failing = async (error: Error) => {
      const resource = new Resource<number>(async () => {
        throw error;
      });
      await resource.reload();
      return resource.get();
    };
    expect(await failing(new Absent())).toEqual({ kind: "absent" });
    expect(await failing(new Doubted("no"))).toEqual({ kind: "doubted", sentence: "No." });
    expect(await failing(new Error("timeout"))).toEqual({ kind: "failed", sentence: "Timeout." });
  });

  it("keeps what it knows when the node falls silent, and drops what is doubted", async () => {
    let error: Error | null = null;
    const resource = new Resource(async () => {
      if (error !== null) throw error;
      return { value: 1, slot: 1n };
    });
    await resource.reload();
    error = new Error("timeout");
    await resource.reload();
    expect(resource.get().kind).toBe("ready");
    error = new Doubted("It cannot be.");
    await resource.reload();
    expect(resource.get()).toEqual({ kind: "doubted", sentence: "It cannot be." });
  });

  it("is read once more for whoever asks while it is being read", async () => {
    let value = 0;
    let release = () => {};
    const read = vi.fn(async () => {
      const mine = ++value;
      if (mine === 1) await new Promise<void>((done) => (release = done));
      return { value: mine, slot: BigInt(mine) };
    });
    const resource = new Resource(read);
    const first = resource.reload();
    const second = resource.reload();
    void resource.reload();
    release();
    await Promise.all([first, second]);
    expect(read).toHaveBeenCalledTimes(2);
    expect(resource.get()).toEqual({ kind: "ready", value: 2, slot: 2n });
  });

  it("is read again when it is watched the next time, if it became invalid unwatched", async () => {
    const read = vi.fn(async () => ({ value: 1, slot: 1n }));
    const resource = new Resource(read);
    resource.subscribe(() => {})();
    await settle();
    resource.invalidate();
    await settle();
    expect(read).toHaveBeenCalledTimes(1);
    resource.subscribe(() => {});
    await settle();
    expect(read).toHaveBeenCalledTimes(2);
  });
});

it("a sentence begins with a capital and ends", () => {
  expect(sentenceOf(new Error("x is missing"))).toBe("X is missing.");
  expect(sentenceOf("Why?")).toBe("Why?");
});
