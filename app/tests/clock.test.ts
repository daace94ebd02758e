/** The network's time, between two readings of it. */

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { NetworkClock } from "../src/lib/clock";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("runs on from what was read, second by second", () => {
  const clock = new NetworkClock();
  expect(clock.second.get()).toBeNull();
  clock.set(1_000n);
  expect(clock.now()).toBe(1_000n);
  const seen: (bigint | null)[] = [];
  clock.second.subscribe(() => seen.push(clock.second.get()));
  vi.advanceTimersByTime(3_500);
  expect(seen).toEqual([1_001n, 1_002n, 1_003n]);
  clock.stop();
});

it("does not step back for a reading that is a second late", () => {
  const clock = new NetworkClock();
  clock.set(1_000n);
  vi.advanceTimersByTime(2_500);
  clock.set(1_001n);
  expect(clock.now()).toBe(1_002n);
  clock.stop();
});

it("follows a jump, as of a network whose time is moved", () => {
  const clock = new NetworkClock();
  clock.set(1_000n);
  clock.set(260_200n);
  expect(clock.now()).toBe(260_200n);
  expect(clock.second.get()).toBe(260_200n);
  clock.stop();
});

it("stops", () => {
  const clock = new NetworkClock();
  clock.set(1_000n);
  clock.stop();
  vi.advanceTimersByTime(5_000);
  expect(clock.second.get()).toBe(1_000n);
});
