// @vitest-environment jsdom
/** The bar as it is drawn, and when a deed is offered. */

import type { Stream } from "@community-budget/client";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it, vi } from "vitest";

import { StreamPicture } from "../src/components/StreamBar";
import { drawingOf, placed } from "../src/components/streams/bar";
import { Deed } from "../src/components/streams/Deed";
import { flowAt } from "../src/lib/streams";
import { stream } from "./made";

vi.mock("../src/components/Act", () => ({
  Act: ({ label }: { label: string }) => <button type="button">{label}</button>,
}));

const DAY = 86_400n;
const START = 1_600_000_000n;
const UNIT = { symbol: "tUSD", decimals: 2 };

const award = (part: Partial<Stream> = {}) =>
  stream({
    total: 400_000n,
    rest: 400_000n,
    startedAt: START,
    durationSecs: 40 * 86_400,
    checkpoints: 3,
    windowSecs: 7 * 86_400,
    graceSecs: 7 * 86_400,
    passBps: 6_000,
    floorBps: 3_000,
    ...part,
  });

function picture(part: Partial<Stream>, day: bigint, width = 802): Document {
  const flow = flowAt(award(part), START + day * DAY);
  const markup = renderToStaticMarkup(<StreamPicture flow={flow} unit={UNIT} width={width} />);
  return new DOMParser().parseFromString(markup, "text/html");
}

const number = (element: Element | null, name: string) => Number(element?.getAttribute(name));
const fills = (page: Document) => [...page.querySelectorAll(".stream-fill")];
const gates = (page: Document) =>
  [...page.querySelectorAll("g.stream-gate")].map((gate) => ({
    x: number(gate.querySelector("line"), "x1"),
    kind: gate.getAttribute("class")?.replace("stream-gate stream-gate-", ""),
  }));

const CASES: readonly (readonly [Partial<Stream>, bigint])[] = [
  [{}, 5n],
  [{ withdrawn: 33_333n }, 9n],
  [{ withdrawn: 1n }, 20n],
  [{ passed: 1, partReduction: 25_000n, returned: 25_000n, withdrawn: 7n }, 14n],
  [{ endedAt: START + 20n * DAY, endedReleased: 100_000n, returned: 300_000n }, 21n],
  [{ heldAt: START + 17n * DAY, withdrawn: 50_000n }, 21n],
  [{ withdrawn: 300_000n, returned: 100_000n }, 50n],
];

describe("the bar", () => {
  it("is filled from end to end by its parts, without a gap or an overlap", () => {
    for (const [part, day] of CASES) {
      const rects = fills(picture(part, day));
      let x = 0;
      for (const rect of rects) {
        expect(number(rect, "x")).toBeCloseTo(x, 6);
        expect(number(rect, "width")).toBeGreaterThan(0);
        x += number(rect, "width");
      }
      expect(x).toBeCloseTo(800, 6);
    }
  });

  it("gives every part its share of the width", () => {
    const [withdrawn, claimable, scheduled] = fills(picture({ withdrawn: 40_000n }, 5n));
    expect(number(withdrawn ?? null, "width")).toBeCloseTo(80, 6);
    expect(number(claimable ?? null, "width")).toBeCloseTo(20, 6);
    expect(number(scheduled ?? null, "width")).toBeCloseTo(700, 6);
  });

  it("has its checkpoints at the ends of the parts before them", () => {
    expect(gates(picture({}, 5n))).toEqual([
      { x: 200, kind: "ahead" },
      { x: 400, kind: "ahead" },
      { x: 600, kind: "ahead" },
    ]);
    const scaled = { passed: 1, partReduction: 50_000n, returned: 50_000n };
    expect(gates(picture(scaled, 14n)).map(({ x }) => x)).toEqual([200, 300, 500]);
    expect(gates(picture({ heldAt: START + 17n * DAY }, 20n)).map(({ kind }) => kind)).toEqual([
      "held",
      "behind",
      "behind",
    ]);
  });

  it("has a tick where its clock is, and none once that does not count", () => {
    const tick = (page: Document) => page.querySelector(".stream-now line");
    expect(number(tick(picture({}, 5n)), "x1")).toBeCloseTo(100, 6);
    // The clock runs on while an update is waited for; the money does not.
    expect(number(tick(picture({}, 12n)), "x1")).toBeCloseTo(240, 6);
    expect(tick(picture({}, 18n))).toBeNull();
  });

  it("has a pattern beside its colours, exact amounts, and a sentence", () => {
    const page = picture({ withdrawn: 12_345n }, 18n);
    const part = (kind: string) => page.querySelector(`[data-part=${kind}]`);
    expect(part("withdrawn")?.querySelector("title")?.textContent).toBe(
      "withdrawn: 123.45\u00a0tUSD",
    );
    expect(part("claimable")?.querySelectorAll("rect")[1]?.getAttribute("fill")).toMatch(
      /^url\(#.+-claimable\)$/,
    );
    expect(part("held")?.querySelectorAll("rect")[1]?.getAttribute("fill")).toMatch(
      /^url\(#.+-held\)$/,
    );
    const returned = picture({ withdrawn: 300_000n, returned: 100_000n }, 50n);
    expect(returned.querySelector("[data-part=returned] line")).not.toBeNull();
    const svg = page.querySelector("svg");
    expect(svg?.getAttribute("role")).toBe("img");
    expect(svg?.getAttribute("aria-label")).toMatch(/^Of 4,000.tUSD: 123\.45.tUSD withdrawn/);
  });

  it("keeps its labels apart and within its width, also on a phone", () => {
    for (const [part, day] of CASES) {
      for (const width of [300, 360, 802]) {
        const { segments } = drawingOf(flowAt(award(part), START + day * DAY), width);
        const labels = placed(
          segments.map(({ kind, x, width: own }) => ({
            id: kind,
            x: x + own / 2,
            text: `${kind} 123,456.78 tUSD`,
          })),
          width,
        );
        const ends = new Map<number, number>();
        for (const { start, row, text } of labels) {
          expect(start).toBeGreaterThanOrEqual(ends.get(row) ?? 0);
          ends.set(row, start + text.length * 7);
          expect(ends.get(row)).toBeLessThanOrEqual(width);
        }
      }
    }
  });
});

describe("a deed", () => {
  it("is offered while it makes sense; its window is the page's and stays", () => {
    const offered = (when: boolean) =>
      renderToStaticMarkup(<Deed when={when} label="Send" build={vi.fn()} />);
    expect(offered(true)).toContain("Send");
    expect(offered(false)).toBe("");
  });
});
