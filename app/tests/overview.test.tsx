/** The gauge as it is drawn, and what the overview counts. */

import { ActionKind, type Entry, Outcome } from "@community-budget/client";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";

import { Gauge, type GaugeProps, LevelWord } from "../src/components/Gauge";
import { asksOf } from "../src/components/overview/Case";
import { epoch } from "./made";

function drawn(part: Partial<GaugeProps> = {}): string {
  const props: GaugeProps = {
    name: "Runway",
    words: "17.4 epochs; awards must leave 4",
    value: 0.25,
    level: "fine",
    limit: { at: 0.5, word: "floor 4" },
    ...part,
  };
  return renderToStaticMarkup(<Gauge {...props} />);
}

describe("a gauge", () => {
  it("is a meter with its figure in words", () => {
    const markup = drawn();
    expect(markup).toContain('role="meter"');
    expect(markup).toContain('aria-label="Runway"');
    expect(markup).toContain('aria-valuenow="25"');
    expect(markup).toContain('aria-valuetext="17.4 epochs; awards must leave 4"');
  });

  it("is as long as its value, within its track, with a tick at the limit", () => {
    expect(drawn()).toContain('class="gauge-fill" x="0" y="5" width="25.00%"');
    expect(drawn()).toContain('class="gauge-limit" x1="50.00%" x2="50.00%"');
    expect(drawn({ value: 1.5 })).toContain('class="gauge-fill" x="0" y="5" width="100.00%"');
    expect(drawn({ value: 1.5 })).toContain('aria-valuenow="100"');
    expect(drawn({ value: -1 })).toContain('class="gauge-fill" x="0" y="5" width="0.00%"');
    expect(drawn({ limit: null })).not.toContain("gauge-limit");
  });

  it("is hatched wherever its colour says that something is near or beyond", () => {
    expect(drawn({ level: "fine" })).not.toContain('fill="url(#');
    expect(drawn({ level: "near" })).toContain('fill="url(#');
    expect(drawn({ level: "beyond" })).toContain('fill="url(#');
  });

  it("keeps words from running off its ends and from lying on each other", () => {
    const anchor = (at: number) => drawn({ limit: { at, word: "floor 4" }, end: "20 epochs" });
    expect(anchor(0.05)).toContain('text-anchor="start"');
    expect(anchor(0.3)).toContain('text-anchor="middle"');
    expect(anchor(0.3)).toContain("20 epochs</text>");
    expect(anchor(0.95)).not.toContain("20 epochs</text>");
    expect(anchor(0.95)).toContain('text-anchor="end"');
  });

  it("has a mark beside the word of its level", () => {
    const mark = (level: GaugeProps["level"]) =>
      renderToStaticMarkup(<LevelWord level={level}>so</LevelWord>).replace(/<[^>]*>/g, "");
    expect([mark("fine"), mark("near"), mark("beyond")]).toEqual(["✓ so", "! so", "✕ so"]);
  });
});

describe("asks", () => {
  const entries: Partial<Entry>[] = [
    { amount: 5n, outcome: Outcome.Funded },
    { amount: 6n, outcome: Outcome.Executed },
    { amount: 7n, outcome: Outcome.Failed },
    { amount: 8n, outcome: Outcome.Withdrawn },
    { amount: 9n, outcome: Outcome.NotAccepted },
    { amount: 0n, outcome: Outcome.Approved, action: ActionKind.SetRole },
  ];
  const own = epoch(entries, { settledAt: 1n });
  const slate = {
    epoch: own,
    projection: null,
    electorate: 1n,
    budget: { symbol: "", decimals: 0 },
  };

  it("are those that could be voted on, acts and withdrawn ones aside", () => {
    expect(asksOf({ slate, epoch: own, phase: "Settled" })).toEqual({
      all: 3,
      funded: 2,
      amount: 11n,
    });
  });

  it("are also those that wait for acceptance, as long as they can be accepted", () => {
    expect(asksOf({ slate, epoch: own, phase: "Submission" }).all).toBe(4);
  });
});
