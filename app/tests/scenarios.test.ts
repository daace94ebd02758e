/** The runway if things go otherwise: figures reckoned by hand, and what must hold of any of them. */

import type { Treasury } from "@community-budget/client";
import { describe, expect, it } from "vitest";

import {
  type Scenario,
  type ScenarioName,
  aboveFloor,
  assumptions,
  forecast,
  scenario,
  scenariosOf,
  stopsAwards,
  worstOf,
} from "../src/lib/scenarios";
import { treasury } from "./made";

const FOREVER = 2n ** 64n - 1n;

/** 1,000 in the vault, 100 promised, 100 set aside; two epochs: 200 awarded and 100 received in the first. */
function books(part: Partial<Treasury> = {}, changed: Partial<Treasury["policy"]["budget"]> = {}) {
  const zero = treasury();
  const risk = {
    ...zero.inForce.risk,
    minRunwayEpochs: 2,
    maxDrawdownBps: 3_000,
    markAgeSecs: 100,
  };
  const budget = { ...zero.policy.budget, epochCapAbs: FOREVER, epochCapBps: 10_000, minCap: 1n };
  const policy = { ...zero.policy, risk, budget: { ...budget, ...changed } };
  return treasury({
    tracked: 1_000n,
    committed: 100n,
    reservedFunds: 100n,
    highWater: 1_000n,
    epochCount: 2,
    epochActive: 1,
    outflow: [200n, 0n, 0n, 0n],
    inflow: [100n, 0n, 0n, 0n],
    policy,
    inForce: policy,
    ...part,
  });
}

/** The same with a hedge that cost 200 and is worth as much, of a haircut of a tenth. */
function hedged() {
  const plain = books();
  const [first, second, ...rest] = plain.inForce.risk.categories;
  if (first === undefined || second === undefined) throw new Error("no categories");
  const categories = [
    first,
    { ...second, class: 1, exposureLimitBps: 5_000, haircutBps: 1_000 },
    ...rest,
  ];
  const risk = { ...plain.inForce.risk, categories, categoryCount: 2 };
  const positions = plain.positions.map((one, at) =>
    at === 1 ? { ...one, cost: 200n, mark: 200n } : one,
  );
  return { ...plain, positions, inForce: { ...plain.inForce, risk }, highWater: 1_180n };
}

function named(all: readonly Scenario[], name: ScenarioName): Scenario {
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no scenario ${name}`);
  return found;
}

describe("the runway", () => {
  it("is what the program reckons: free over the mean of two epochs", () => {
    const own = named(scenariosOf(books(), 0n, true, 3), "settled");
    // 800 free, 200 in 2 epochs: 8 epochs.
    expect(own.runway).toEqual({ centi: 800n, floor: 2, outflow: 200n, epochs: 2 });
    expect([own.outflow, own.inflow]).toEqual([100n, 50n]);
  });

  it("counts what would be funded now as gone and as awarded", () => {
    const own = named(scenariosOf(books(), 300n, true, 3), "settled");
    // 500 free, 500 in 2 epochs: 2 epochs.
    expect(own.runway.centi).toBe(200n);
    expect(own.path.slice(0, 2)).toEqual([800n, 500n]);
    expect(stopsAwards(own)).toBe(false);
    expect(aboveFloor(own.runway)).toBe(0n);
  });

  it("falls below its floor by one more base unit", () => {
    const own = named(scenariosOf(books(), 301n, true, 3), "settled");
    expect(stopsAwards(own)).toBe(true);
    expect(aboveFloor(own.runway)).toBe(-1n);
  });

  it("shrinks by half as much again of awards, rounded against the treasury", () => {
    const own = named(scenariosOf(books({ outflow: [201n, 0n, 0n, 0n] }), 0n, true, 3), "more");
    expect(own.runway.outflow).toBe(302n);
    expect(own.runway.centi).toBe((800n * 2n * 100n) / 302n);
  });

  it("does not depend on income, but what is left does", () => {
    const all = scenariosOf(books(), 0n, true, 3);
    const [settled, dry] = [named(all, "settled"), named(all, "dry")];
    expect(dry.runway).toEqual(settled.runway);
    expect(dry.path).toEqual([800n, 800n, 700n, 600n, 500n]);
    expect(settled.path).toEqual([800n, 800n, 750n, 700n, 650n]);
  });

  it("has no end when nothing flows out", () => {
    const own = named(scenariosOf(books({ outflow: [0n, 0n, 0n, 0n] }), 0n, true, 1), "more");
    expect(own.runway.centi).toBeNull();
    expect(aboveFloor(own.runway)).toBeNull();
    expect(stopsAwards(own)).toBe(false);
  });
});

describe("positions", () => {
  it("are worth less, and only the value falls", () => {
    const all = scenariosOf(hedged(), 0n, true, 1);
    const [settled, half, lost] = [named(all, "settled"), named(all, "half"), named(all, "lost")];
    expect([settled.value, half.value, lost.value]).toEqual([1_180n, 1_090n, 1_000n]);
    expect(half.runway).toEqual(settled.runway);
    expect(lost.path).toEqual(settled.path);
    expect(lost.trips).toBe(false);
  });

  it("trip the breaker when their loss is beyond the drawdown", () => {
    const own = hedged();
    const risk = { ...own.inForce.risk, maxDrawdownBps: 1_000 };
    const all = scenariosOf({ ...own, inForce: { ...own.inForce, risk } }, 0n, true, 1);
    // A tenth of 1,180 is 118: what is left must not be below 1,062.
    expect(named(all, "half").trips).toBe(false);
    expect(named(all, "lost").trips).toBe(true);
  });
});

describe("the course", () => {
  const course = (own: Treasury, ahead: number) =>
    scenario(
      own,
      "more",
      { awarded: 0n, outflowBps: 100_000, income: false, positionsBps: 10_000 },
      ahead,
    );

  it("never awards more than an epoch's cap", () => {
    const { path } = course(books({}, { epochCapBps: 1_000 }), 2);
    expect(path).toEqual([800n, 800n, 720n, 648n]);
  });

  it("sets rewards aside before it awards", () => {
    const { path } = course(books({}, { epochCapBps: 1_000, rewardBps: 1_000 }), 1);
    // Cap 80, rewards 8, award 80.
    expect(path).toEqual([800n, 800n, 712n]);
  });

  it("opens no epoch whose cap is below the least", () => {
    const { path } = course(books({}, { epochCapBps: 1_000, minCap: 81n }), 2);
    expect(path).toEqual([800n, 800n, 800n, 800n]);
  });

  it("never takes the runway below its floor, and forgets what is four epochs old", () => {
    const own = course(books(), 8);
    const awards = own.path.slice(1).map((free, at) => (own.path[at] ?? 0n) - free);
    // (800 * 3 - 2 * 200) / (3 + 2); (400 * 4 - 2 * 600) / 6; then the first 200 are forgotten:
    // (334 * 4 - 2 * 466) / 6; (267 * 4 - 2 * 533) / 6; then the 400: (267 * 4 - 2 * 133) / 6.
    expect(awards.slice(0, 6)).toEqual([0n, 400n, 66n, 67n, 0n, 133n]);
    own.path.forEach((free, at) => expect(free).toBeGreaterThanOrEqual(own.floors[at] ?? 0n));
  });
});

describe("the cases", () => {
  it("leave out that nothing is funded, where nothing would be or the epoch is settled", () => {
    const names = (awarded: bigint, unsettled: boolean) =>
      assumptions(awarded, unsettled).map(([name]) => name);
    expect(names(5n, true)[0]).toBe("none");
    expect(names(0n, true)[0]).toBe("settled");
    expect(names(5n, false)[0]).toBe("settled");
  });

  it("have a worst one, and a range that holds them all", () => {
    const own = hedged();
    const all = scenariosOf(own, 100n, true, 6);
    const worst = worstOf(all);
    for (const { runway } of all) {
      expect(worst?.runway.centi ?? 0n).toBeLessThanOrEqual(runway.centi ?? FOREVER);
    }
    const steps = forecast(own, all);
    expect(steps.map(({ epoch }) => epoch)).toEqual([null, 1, 2, 3, 4, 5, 6, 7]);
    steps.forEach(({ low, high, expected }, at) => {
      const points = all.map(({ path }) => path[at] ?? 0n);
      expect(points).toContain(low);
      expect(points).toContain(high);
      expect(points.every((point) => low <= point && point <= high)).toBe(true);
      expect(expected).toBe(named(all, "settled").path[at]);
    });
    expect(steps.at(-1)?.low).toBeLessThan(steps.at(-1)?.expected ?? 0n);
    expect(steps.at(-1)?.high).toBeGreaterThan(steps.at(-1)?.expected ?? 0n);
  });

  it("are also told before the first epoch", () => {
    const all = scenariosOf(
      books({ epochCount: 0, epochActive: 0, outflow: [0n, 0n, 0n, 0n], inflow: [0n, 0n, 0n, 0n] }),
      0n,
      false,
      2,
    );
    expect(named(all, "settled").path).toEqual([800n, 800n, 800n, 800n]);
  });
});
