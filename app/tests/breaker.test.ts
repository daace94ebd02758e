/** What the page says of a trip of the breaker: as long as the books say that it is on, and no longer. */

import { describe, expect, it } from "vitest";

import { deadlinesOf } from "../src/activity/deadlines";
import { NO_ACCOUNTS, sceneOf } from "../src/activity/facts";
import { EMPTY_ACT, draftAct } from "../src/components/propose/acts";
import { isTripped } from "../src/lib/breaker";
import { groundOf } from "../src/lib/draft";
import { entryOf } from "../src/lib/glossary";
import { plain, termsRows } from "../src/lib/terms";
import { TREASURY, epochOf, policyOf, treasuryOf } from "./draft.samples";

const UNITS = {
  budget: { symbol: "tUSD", decimals: 2 },
  stake: { symbol: "VOTE", decimals: 0 },
};
/** Tripped at 1,030 until 1,090. */
const TRIPPED = treasuryOf({ trippedAt: 1_030n, trippedUntil: 1_090n, tripOpen: 1 });
/** The same, cleared before its time; as it would be from the moment at which it was cleared. */
const CLEARED = treasuryOf({ trippedAt: 1_030n, trippedUntil: 1_090n, tripOpen: 0 });
/** By a clock that is behind the trip, within it, and at its end. */
const MOMENTS = [1_000n, 1_089n, 1_090n] as const;

const each = <T>(of: (treasury: typeof TRIPPED, now: bigint) => T) =>
  [TRIPPED, CLEARED].map((treasury) => MOMENTS.map((now) => of(treasury, now)));
const ON_THEN_OVER = [
  [true, true, false],
  [false, false, false],
];

describe("a trip", () => {
  it("is on by the books, whatever the clock says of its beginning", () => {
    expect(each(isTripped)).toEqual(ON_THEN_OVER);
  });

  it("is what an act to clear it would end", () => {
    const said = each((treasury, now) => {
      const against = { policy: policyOf(), treasury, stream: null, now };
      const [row] = termsRows({ action: { __kind: "ClearBreaker" } }, against);
      return plain(row?.value ?? [], { ...UNITS, nameOf: String });
    });
    expect(said.map((own) => own.map((text) => text.startsWith("tripped until")))).toEqual(
      ON_THEN_OVER,
    );
  });

  it("is what the form of that act says", () => {
    const people = { visitor: null, proposer: null, recipient: null };
    const said = each((treasury, now) => {
      const ground = groundOf(treasury, TREASURY, epochOf(), now, UNITS);
      const form = { ...EMPTY_ACT, title: "Act", kind: "breaker" as const };
      const { checks } = draftAct(form, ground, people, { stake: null, streams: [] });
      return checks.find(({ field }) => field === "kind")?.sentence ?? "";
    });
    expect(said.map((own) => own.map((text) => text.includes("would end this trip")))).toEqual(
      ON_THEN_OVER,
    );
  });

  it("is what the glossary says, and has its end in the calendar", () => {
    const here = each((treasury, now) =>
      entryOf("breaker")?.here?.({ ...UNITS, treasury, epoch: null, now }),
    );
    expect(here.map((own) => own.map((text) => text?.startsWith("It has tripped, until")))).toEqual(
      ON_THEN_OVER,
    );
    const ends = each((treasury, now) => {
      const scene = sceneOf(NO_ACCOUNTS, []);
      const all = deadlinesOf({ treasury, epochs: [], streams: [], scene, now });
      return all.some(({ id, at }) => id === "breaker-1030-ends" && at === 1_090n);
    });
    expect(ends).toEqual(ON_THEN_OVER);
  });
});
