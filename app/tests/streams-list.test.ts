/** The list of streams: looked through, ordered, counted. */

import type { Address } from "@solana/kit";
import type { Stream } from "@community-budget/client";
import { describe, expect, it } from "vitest";

import {
  NO_FILTER,
  type Row,
  filtered,
  needOf,
  needsInOrder,
  rowOf,
  sorted,
  totalsOf,
} from "../src/components/streams/list";
import { key } from "./made";
import { DAY, at, docs } from "./streams.samples";

describe("the list", () => {
  const NAMES = new Map<string, string>([
    [key(1), "Ada"],
    [key(2), "Bo"],
  ]);
  const row = (entryIndex: number, part: Partial<Stream>, day = 11): Row => {
    const data = docs({ entryIndex, ...part });
    const account = { address: key(entryIndex), data };
    const made = rowOf(
      { ...account, executable: false, lamports: 0n as never, programAddress: key(1), space: 0n },
      at(day),
      (address) => NAMES.get(address) ?? address,
    );
    if (made === null) throw new Error("contradicts itself");
    return made;
  };
  const rows = [
    row(1, { recipient: key(1), startedAt: at(5), category: 0 }),
    row(2, { recipient: key(2), category: 1, withdrawn: 1_000n }),
    row(3, { recipient: key(1), heldAt: at(5), category: 1 }),
    row(4, { recipient: key(2), updateFiled: 1, updatedAt: 10n * DAY, category: 1 }),
    row(5, { recipient: key(2), startedAt: at(-9), category: 2 }),
    row(6, { recipient: key(1), withdrawn: 4_000n }),
  ];
  const titles = ["", "Docs translation", "Audit", "Mural", "Docs, second part", "Radio", "Sprint"];
  const titleOf = ({ entryIndex }: Stream) => titles[entryIndex] ?? null;
  const places = (list: readonly Row[]) => list.map(({ stream: { entryIndex } }) => entryIndex);

  it("is looked through by title, name, place, state, recipient and category", () => {
    const found = (part: Partial<typeof NO_FILTER>) =>
      places(filtered(rows, { ...NO_FILTER, ...part }, titleOf));
    expect(found({})).toEqual([1, 2, 3, 4, 5, 6]);
    expect(found({ text: "docs" })).toEqual([1, 4]);
    expect(found({ text: "DOCS bo" })).toEqual([4]);
    expect(found({ text: "3/2" })).toEqual([2]);
    expect(found({ text: key(1) })).toEqual([1, 3, 6]);
    expect(found({ text: "nothing" })).toEqual([]);
    expect(found({ state: "held" })).toEqual([3]);
    expect(found({ state: "waiting" })).toEqual([2, 3, 4, 5]);
    expect(found({ state: "claimable" })).toEqual([1, 3, 4, 5]);
    expect(found({ recipient: key(2) })).toEqual([2, 4, 5]);
    expect(found({ category: 1 })).toEqual([2, 3, 4]);
    expect(found({ category: 1, recipient: key(2), state: "score" })).toEqual([4]);
    expect(places(filtered(rows, { ...NO_FILTER, text: "docs" }, () => null))).toEqual([]);
  });

  it("is ordered, the visitor's own first", () => {
    const order = (
      orderKey: Parameters<typeof sorted>[1]["key"],
      descending: boolean,
      own: Address | null = null,
    ) => places(sorted(rows, { key: orderKey, descending }, own));
    expect(order("place", true)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(order("recipient", false)).toEqual([1, 3, 6, 2, 4, 5]);
    expect(order("released", true)[0]).toBe(6);
    expect(order("claimable", true).slice(-2)).toEqual([2, 6]);
    expect(order("ends", false)[0]).toBe(5);
    expect(order("state", false)).toEqual([5, 3, 2, 4, 1, 6]);
    expect(order("place", true, key(1))).toEqual([6, 3, 1, 5, 4, 2]);
  });

  it("counts what runs, waits and can be claimed", () => {
    const claimable = rows.reduce((all, { flow }) => all + flow.money.claimable, 0n);
    expect(totalsOf(rows)).toEqual({ running: 3, waiting: 4, claimable });
  });

  it("says what needs somebody, what runs out soonest first", () => {
    expect(
      needsInOrder(rows.flatMap((row) => needOf(row) ?? [])).map(
        ({
          row: {
            stream: { entryIndex },
          },
          kind,
          at: when,
        }) => [entryIndex, kind, when],
      ),
    ).toEqual([
      [2, "update", at(17)],
      [4, "score", at(17)],
      [3, "held", at(5)],
      [5, "overdue", at(8)],
    ]);
  });

  it("leaves out an account that contradicts itself", () => {
    const broken = docs({ passed: 9 });
    const account = { address: key(1), data: broken };
    expect(
      rowOf(
        { ...account, executable: false, lamports: 0n as never, programAddress: key(1), space: 0n },
        at(1),
        String,
      ),
    ).toBeNull();
  });
});
