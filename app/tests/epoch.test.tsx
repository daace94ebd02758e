// @vitest-environment jsdom
/** The funding line as it is drawn, and what it does while tallies come in. */

import {
  ActionKind,
  Choice,
  type Entry,
  EntryFlags,
  type Epoch,
  Outcome,
  type Treasury,
  state,
} from "@community-budget/client";
import { act } from "react";
import { type Root, createRoot } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { FundingLine, type FundingLineProps } from "../src/components/FundingLine";
import { Lines, movesTo } from "../src/components/FundingLine/line";
import { moving } from "../src/components/FundingLine/order";
import { read, written } from "../src/components/FundingLine/seen";
import type { ShownSlate } from "../src/hooks/slate";
import { Chain } from "../src/lib/chain";
import { ChainContext } from "../src/lib/context";
import { ask, proposal, said, settled, shown, world } from "./epoch-made";
import { key } from "./made";

/** How often each title was rendered: a row renders its title whenever it renders itself. */
const rendered = new Map<string, number>();
vi.mock("../src/components/Text", async (original) => ({
  ...(await original<typeof import("../src/components/Text")>()),
  Written: ({ children }: { readonly children: string }) => {
    rendered.set(children, (rendered.get(children) ?? 0) + 1);
    return children;
  },
  Name: () => "somebody",
}));

const token = {
  mint: key(5),
  name: "Test",
  symbol: "tUSD",
  decimals: 0,
  tokenProgram: key(6),
};
const chain = new Chain({
  community: "Test",
  cluster: "localnet",
  programId: key(7),
  treasury: key(8),
  budget: token,
  stake: token,
  rpc: "http://127.0.0.1:1",
  websocket: "ws://127.0.0.1:1",
  secondRpc: null,
  names: new Map(),
  metadata: null,
});

let root: Root;
let host: HTMLElement;

beforeEach(() => {
  Reflect.set(globalThis, "IS_REACT_ACT_ENVIRONMENT", true);
  localStorage.clear();
  rendered.clear();
  host = document.createElement("main");
  document.body.append(host);
  root = createRoot(host);
});

afterEach(() => {
  act(() => root.unmount());
  host.remove();
  vi.useRealTimers();
});

function show(slate: ShownSlate, more: Omit<FundingLineProps, "shown"> = {}): void {
  act(() =>
    root.render(
      <ChainContext value={chain}>
        <FundingLine shown={slate} {...more} />
      </ChainContext>,
    ),
  );
}

/** The same entries as a new account has them: every object is another one. */
function decoded(epoch: Epoch, change: (entry: Entry, index: number) => Partial<Entry>): Epoch {
  const slate = epoch.slate.map((entry, index) => ({ ...entry, ...change(entry, index) }));
  return { ...epoch, slate };
}

const titles = new Map(
  Array.from({ length: 128 }, (_, index) => [index, proposal(index, `Ask ${index}`)]),
);
const shownOf = (treasury: Treasury, epoch: Epoch, now = 15n) =>
  shown(treasury, epoch, now, titles);

/** Rows in the order in which they stand, by their place on the slate. */
const order = () =>
  [...host.querySelectorAll("tr[data-row]")].map((row) => Number(row.getAttribute("data-row")));
const rowOf = (index: number) => {
  const row = host.querySelector(`[data-row="${index}"]`);
  if (row === null) throw new Error(`there is no row ${index}`);
  return row;
};
const textOf = (index: number) => said(rowOf(index).textContent ?? "");
const button = (name: string, within: Element = host) => {
  const found = [...within.querySelectorAll("button")].find(
    (one) => one.textContent === name || one.getAttribute("aria-label") === name,
  );
  if (found === undefined) throw new Error(`there is no button ${name}`);
  return found;
};

/** 0 and 2 fit, 1 is skipped, 3 and 4 do not pass, 5 has not been accepted, 6 is an act. */
const MIXED = [
  ask(0, 550, [900]),
  ask(1, 500, [880]),
  ask(2, 60, [870]),
  ask(3, 50, [10]),
  ask(4, 50, [20, 5]),
  ask(5, 50, [], { flags: 0 }),
  ask(6, 0, [900], { action: ActionKind.SetPolicy, category: 3 }),
];

describe("the order", () => {
  it("is what is funded by rank, what is skipped, and the rest by its margin", () => {
    const { treasury, epoch } = world(MIXED);
    show(shownOf(treasury, epoch));
    expect(order()).toEqual([0, 2, 1, 4, 3, 6]);
    expect(textOf(2)).toContain("3Ask 2");
    expect(textOf(1)).toContain("2Ask 1");
    const rows = [...host.querySelectorAll("tbody tr")];
    const line = rows.findIndex((row) => row.classList.contains("funding-the-line"));
    expect(rows.slice(0, line).map((row) => row.getAttribute("data-row"))).toEqual(["0", "2"]);
    expect(said(rows[line]?.textContent ?? "")).toBe("funding line: 390 tUSD left");
    expect(said(host.querySelector(".funding-gone")?.textContent ?? "")).toContain(
      "1 withdrawn or not accepted",
    );
  });

  it("is the slate's before voting, and draws no line", () => {
    const { treasury, epoch } = world(MIXED);
    show(shownOf(treasury, epoch, 5n));
    expect(order()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(host.querySelector(".funding-the-line")).toBeNull();
    expect(textOf(5)).toContain("waits");
    expect(textOf(0)).not.toContain("fits");
    expect(host.querySelector(".funding-dropped, .funding-funded, .funding-skipped")).toBeNull();
    expect(textOf(1)).toContain("needs 20 % taking part, 66.67 % in favour");
  });
});

describe("rows that change places", () => {
  const order = (asks: readonly number[], above: number) => {
    return { asks, above, passing: asks.length, acts: [], gone: [] };
  };

  it("are all from the first that differs to the last", () => {
    const from = order([0, 1, 2, 3, 4, 5], 4);
    expect([...moving(from, from)]).toEqual([]);
    expect([...moving(from, order([0, 3, 2, 1, 4, 5], 4))].sort()).toEqual([1, 2, 3]);
    // 3 stays where it was, and the line goes above it.
    expect([...moving(from, order([0, 1, 2, 3, 4, 5], 3))]).toEqual([3]);
  });
});

describe("what each row takes", () => {
  it("adds up to the cap", () => {
    const { treasury, epoch } = world(MIXED);
    const line = new Lines().of(shownOf(treasury, epoch));
    const above = line.order.asks.slice(0, line.order.above).map((index) => line.rows[index]);
    let taken = 0n;
    for (const row of above) {
      expect(row?.before).toBe(taken);
      taken += row?.amount ?? 0n;
    }
    expect(taken).toBe(610n);
    expect([line.taken, line.taken + line.left]).toEqual([taken, epoch.cap]);
    // 1 came second, and from there sticks out by what it is too much.
    const skipped = line.rows[1];
    expect([skipped?.before, skipped?.why]).toEqual([550n, "is 50\u00a0tUSD too much for the cap"]);
    expect(line.rows[3]?.before).toBe(0n);
  });
});

describe("thresholds", () => {
  it("are named on each bar, reached or missed", () => {
    const { treasury, epoch } = world([ask(0, 50, [250, 50]), ask(1, 50, [15, 10])]);
    show(shownOf(treasury, epoch));
    // 3 % and a sixth, then two fifths, of the 20 % that opposition may add.
    expect(textOf(0)).toContain("30 %quorum 6.34 % ✓ reached");
    expect(textOf(0)).toContain("83.3 %approval 50.01 % ✓ reached");
    expect(textOf(1)).toContain("2.5 %of 11 % quorum");
    expect(textOf(1)).toContain("60 %approval 50.01 % ✓ reached");
    expect(textOf(1)).toContain("needs 3.8 % more weight in favour");
    const exact = rowOf(0).querySelector("[title*='weight for']");
    expect(exact?.getAttribute("title")).toBe("250 weight for, 50 against");
  });
});

describe("a tally that comes in", () => {
  const many = Array.from({ length: 128 }, (_, index) => ask(index, 5, [900 - index]));

  it("renders its own row and no other", { timeout: 30_000 }, () => {
    const { treasury, epoch } = world(many);
    show(shownOf(treasury, epoch));
    expect(rendered.get("Ask 5")).toBe(1);
    expect(rendered.get("Ask 127")).toBe(1);
    // Against, too few to change a rank.
    const next = decoded(epoch, (_, index) => (index === 127 ? { against: 1n } : {}));
    rendered.clear();
    show(shownOf(treasury, next));
    expect([...rendered].filter(([title]) => title.startsWith("Ask"))).toEqual([["Ask 127", 1]]);
    expect(rowOf(127).querySelector("[title*='1 against']")).not.toBeNull();
  });

  it("renders nothing where nothing has changed", { timeout: 30_000 }, () => {
    const { treasury, epoch } = world(many);
    show(shownOf(treasury, epoch));
    rendered.clear();
    show(
      shownOf(
        treasury,
        decoded(epoch, () => ({})),
      ),
    );
    expect(rendered.size).toBe(0);
  });

  it("keeps the element of a row that crosses the line", () => {
    const { treasury, epoch } = world(MIXED);
    show(shownOf(treasury, epoch));
    const element = rowOf(1);
    show(
      shownOf(
        treasury,
        decoded(epoch, (_, at) => (at === 1 ? { for: 950n } : {})),
      ),
    );
    expect(order()).toEqual([1, 2, 0, 4, 3, 6]);
    expect(rowOf(1)).toBe(element);
  });
});

/** What the environment has no events for: a mouse's. */
class Pointer extends MouseEvent {
  readonly pointerType = "mouse";
}

describe("rows that somebody points at", () => {
  const pointer = (type: "pointerover" | "pointerout", target: Element) =>
    act(() => {
      const related = type === "pointerout" ? document.body : null;
      const options = { bubbles: true, relatedTarget: related };
      target.dispatchEvent(new Pointer(type, options));
    });
  const swap = (epoch: Epoch) => decoded(epoch, (_, at) => (at === 1 ? { for: 950n } : {}));

  it("keep their places, with their new figures, until asked", () => {
    const { treasury, epoch } = world(MIXED);
    show(shownOf(treasury, epoch));
    pointer("pointerover", rowOf(0));
    show(shownOf(treasury, swap(epoch)));
    expect(order()).toEqual([0, 2, 1, 4, 3, 6]);
    expect(textOf(1)).toContain("fits");
    expect(host.textContent).toContain("The order has changed");
    act(() => button("Show the new order").click());
    expect(order()).toEqual([1, 2, 0, 4, 3, 6]);
    expect(host.textContent).not.toContain("The order has changed");
  });

  it("move once the pointer has left", () => {
    vi.useFakeTimers();
    const { treasury, epoch } = world(MIXED);
    show(shownOf(treasury, epoch));
    pointer("pointerover", rowOf(0));
    show(shownOf(treasury, swap(epoch)));
    pointer("pointerout", rowOf(0));
    expect(order()).toEqual([0, 2, 1, 4, 3, 6]);
    act(() => vi.advanceTimersByTime(1_000));
    expect(order()).toEqual([1, 2, 0, 4, 3, 6]);
  });

  it("keep their places while the focus is in one of them", () => {
    const { treasury, epoch } = world(MIXED);
    show(shownOf(treasury, epoch));
    const link = rowOf(0).querySelector("a");
    act(() => link?.focus());
    show(shownOf(treasury, swap(epoch)));
    expect(order()).toEqual([0, 2, 1, 4, 3, 6]);
    act(() => link?.blur());
    expect(order()).toEqual([1, 2, 0, 4, 3, 6]);
  });
});

describe("a ballot's choices", () => {
  it("are one of three, or none, and only where one may choose", () => {
    const { treasury, epoch } = world(MIXED);
    const onChoose = vi.fn();
    show(shownOf(treasury, epoch), { choices: new Map([[2, Choice.Against]]), onChoose });
    const group = rowOf(2).querySelector("[role=radiogroup]");
    expect(group?.getAttribute("aria-label")).toBe("Your vote on Ask 2");
    const radios = [...(group?.querySelectorAll("input") ?? [])];
    expect(radios.map(({ checked }) => checked)).toEqual([false, true, false]);
    act(() => radios[0]?.click());
    expect(onChoose).toHaveBeenLastCalledWith(2, Choice.For);
    act(() => radios[2]?.click());
    expect(onChoose).toHaveBeenLastCalledWith(2, Choice.Abstain);
    act(() => button("Clear your vote on Ask 2").click());
    expect(onChoose).toHaveBeenLastCalledWith(2, null);
    expect(host.querySelectorAll("[role=radiogroup]")).toHaveLength(6);
    expect(rowOf(5).querySelector("input")).toBeNull();
    // Two groups do not share a name, or one choice would undo another.
    const names = new Set([...host.querySelectorAll("input")].map(({ name }) => name));
    expect(names.size).toBe(6);
  });

  it("render one row, whatever function takes them", () => {
    const { treasury, epoch } = world(MIXED);
    const slate = shownOf(treasury, epoch);
    show(slate, { choices: new Map(), onChoose: () => undefined });
    rendered.clear();
    const second = vi.fn();
    show(slate, { choices: new Map([[0, Choice.For]]), onChoose: second });
    // Ask 5 is not a row: it does not stand for election.
    const rows = [...rendered.keys()].filter((title) => /^Ask [^5]/.test(title));
    expect(rows).toEqual(["Ask 0"]);
    act(() => rowOf(1).querySelector("input")?.click());
    expect(second).toHaveBeenCalledWith(1, Choice.For);
  });

  it("are only shown without a function that takes them", () => {
    const { treasury, epoch } = world(MIXED);
    show(shownOf(treasury, epoch), { choices: new Map([[0, Choice.Abstain]]) });
    expect(textOf(0)).toContain("you: Abstain");
    expect(host.querySelector("input")).toBeNull();
  });

  it("mark what they would move", () => {
    const { treasury, epoch } = world(MIXED);
    const slate = shownOf(treasury, epoch);
    const voted = decoded(epoch, (_, at) =>
      at === 1 ? { for: 950n } : at === 4 ? { for: 400n } : at === 2 ? { against: 900n } : {},
    );
    const compare = state.funding.settleNow(treasury, voted, 15n);
    expect([...movesTo(slate.slate, compare)]).toEqual([
      [0, "would fall below the line"],
      [1, "would now fit"],
      [2, "would no longer pass"],
      [4, "would pass and fit"],
    ]);
    show(slate, { compare });
    expect(textOf(1)).toContain("With your ballot it would now fit");
    expect(textOf(3)).not.toContain("With your ballot");
    show(slate, { compare: null });
    expect(textOf(1)).not.toContain("With your ballot");
  });
});

describe("a compact list", () => {
  it("shows the first rows, the line, and how many there are besides", () => {
    const slate = [
      ...Array.from({ length: 8 }, (_, index) => ask(index, 20, [900 - index])),
      ...[8, 9].map((index) => ask(index, 600, [500 - index])),
      ask(10, 600, [400]),
      ask(11, 50, []),
    ];
    const { treasury, epoch } = world(slate);
    show(shownOf(treasury, epoch), { compact: true });
    expect(order()).toEqual([0, 1, 2, 3, 4]);
    const text = said(host.textContent ?? "");
    expect(text).toContain("and 4 more that would be funded");
    expect(text).toContain("funding line: 240 tUSD left");
    expect(text).toContain("2 pass, but do not fit · 1 do not pass yet. The whole slate");
  });
});

describe("a settled epoch", () => {
  it("says when what won can be executed, and why the rest was not funded", () => {
    const { treasury, epoch } = world(MIXED);
    const done = settled(treasury, epoch);
    show(shownOf(treasury, done, 60n));
    const tierLarge = 345_600n;
    expect(textOf(0)).toMatch(/executable from \w{3} \d+ \w{3}, \d\d:\d\d for 10 d/);
    expect(textOf(1)).toContain("is 50 tUSD too much for the cap");
    expect(textOf(3)).toContain("1 % took part, 3 % needed");
    expect(said(host.textContent ?? "")).toContain("Passed, but did not fit");
    show(shownOf(treasury, done, 50n + tierLarge));
    expect(textOf(0)).toMatch(/executable by anybody until .*, for 10 d more/);
    show(shownOf(treasury, done, 50n + 14n * 86_400n));
    expect(textOf(0)).toContain("nobody executed it in time");
  });

  it("keeps what lapsed above the line, where it was", () => {
    const { treasury, epoch } = world(MIXED);
    const done = decoded(settled(treasury, epoch), (_, at) =>
      at === 0 ? { outcome: Outcome.Lapsed } : at === 2 ? { outcome: Outcome.Executed } : {},
    );
    show(shownOf(treasury, done, 60n));
    expect(order().slice(0, 3)).toEqual([0, 2, 1]);
    expect(textOf(0)).toContain("lapsed");
    const link = [...rowOf(2).querySelectorAll("a")].map((one) => one.getAttribute("href"));
    expect(link).toContain("#/stream/0/2");
  });

  it("says of a closed proposal why it has no title", () => {
    const flags = EntryFlags.Accepted | EntryFlags.Closed;
    const { treasury, epoch } = world([ask(0, 50, [], { flags })]);
    show(shown(treasury, settled(treasury, epoch), 60n));
    expect(textOf(0)).toContain("Entry 0general · small · its proposal account is closed");
  });
});

describe("what has changed since the last visit", () => {
  it("is marked, until it was remembered", () => {
    const { treasury, epoch } = world(MIXED);
    show(shownOf(treasury, epoch));
    act(() => root.unmount());
    root = createRoot(host);
    const next = decoded(epoch, (_, at) =>
      at === 1 ? { for: 950n } : at === 4 ? { against: 8n } : {},
    );
    show(shownOf(treasury, next));
    expect(textOf(1)).toContain("Since your last visit: was skipped, +7 % for");
    expect(textOf(0)).toContain("Since your last visit: was funded");
    expect(textOf(4)).toContain("Since your last visit: +0.3 % against");
    expect(textOf(2)).not.toContain("Since your last visit");
  });

  it("is nothing on a first visit, or where anything else was stored", () => {
    const { treasury, epoch } = world(MIXED);
    localStorage.setItem(`funding-line/${key(8)}/0`, "<b>3 4 5 6</b>");
    show(shownOf(treasury, epoch));
    expect(host.textContent).not.toContain("Since your last visit");
  });

  it("is read back as it was written, or not at all", () => {
    const glimpses = [
      { outcome: 3, for: 2n ** 64n - 1n, against: 0n, abstain: 7n },
      { outcome: 5, for: 1n, against: 2n, abstain: 3n },
    ];
    expect(read(written(glimpses))).toEqual(glimpses);
    for (const text of [null, "", "1 2 3", "1 2 3 4 5", "1 2 3 -4", "x 1 2 3"]) {
      expect(read(text)).toBeNull();
    }
    const line = "1 2 3 4";
    expect(read(new Array(128).fill(line).join("\n"))).toHaveLength(128);
    expect(read(new Array(129).fill(line).join("\n"))).toBeNull();
  });
});

describe("a reader of the screen", () => {
  it("is told what has changed, at most every ten seconds", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const { treasury, epoch } = world(MIXED);
    const told = () => said(host.querySelector("[aria-live=polite]")?.textContent ?? "");
    const step = (ms: number) => act(() => vi.advanceTimersByTime(ms));
    show(shownOf(treasury, epoch));
    step(60_000);
    expect(told()).toBe("");
    const without = (index: number) => decoded(epoch, (_, at) => (at === index ? { for: 0n } : {}));
    show(shownOf(treasury, without(2)));
    step(1);
    expect(told()).toContain("1 of 5 asks would be funded with 550 of 1,000 tUSD");
    show(shownOf(treasury, without(0)));
    step(9_000);
    expect(told()).toContain("550 of");
    step(1_500);
    expect(told()).toContain("2 of 5 asks would be funded with 560 of 1,000 tUSD");
  });
});
