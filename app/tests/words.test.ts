/** Every reason of the rules in words, with the numbers that settlement decided by. */

import {
  ActionKind,
  type Entry,
  EntryFlags,
  Outcome,
  UNRANKED,
  rules,
  state,
} from "@community-budget/client";
import { describe, expect, it } from "vitest";

import { headline, summary } from "../src/lib/headline";
import { takenBefore } from "../src/lib/unfunded";
import * as words from "../src/lib/words";
import {
  BUDGET,
  GENERAL,
  HEDGES,
  type Other,
  POLICY,
  WORKS,
  ask,
  said,
  settled,
  shown,
  world,
} from "./epoch-made";

const { Failure } = rules.outcome;
const { Reason } = rules.allocation;

interface Case {
  readonly why: number;
  readonly slate: readonly Partial<Entry>[];
  /** The entry that is spoken of. */
  readonly at: number;
  readonly other?: Other;
  readonly now: string;
  /** After settlement; left out where it is the same. */
  readonly then?: string;
}

const oneRecipient = { ...POLICY, risk: { ...POLICY.risk, maxRecipientBps: 3_000 } };
const runway = { ...POLICY, risk: { ...POLICY.risk, minRunwayEpochs: 4 } };
/** An entry whose recipient already leads with entry 0. */
const same = (asked: number) => ({ leader: 0, recipientAsk: 0n, amount: BigInt(asked) });

const CASES: readonly Case[] = [
  {
    why: Failure.ElectorateTooSmall,
    slate: [ask(0, 50, [200])],
    at: 0,
    other: { electorate: 400n },
    now: "only 80 % of the weight that any decision needs is staked",
  },
  {
    why: Failure.NotMoreForThanAgainst,
    slate: [ask(0, 50, [50, 60])],
    at: 0,
    now: "5 % for it, 6 % against",
  },
  {
    why: Failure.NotMoreForThanAgainst,
    slate: [ask(0, 50, [])],
    at: 0,
    now: "nobody has voted on it",
  },
  {
    why: Failure.QuorumMissed,
    slate: [ask(0, 50, [10, 0, 8])],
    at: 0,
    now: "1.8 % took part, 3 % needed",
  },
  {
    why: Failure.ContestedQuorumMissed,
    slate: [ask(0, 50, [40, 10])],
    at: 0,
    now: "5 % took part, 7 % needed as 20 % oppose it",
  },
  {
    why: Failure.ApprovalMissed,
    slate: [ask(0, 200, [300, 250])],
    at: 0,
    now: "54.5 % in favour, 60 % needed",
  },
  {
    why: Failure.SupportTooThin,
    slate: [ask(0, 50, [10, 0, 30])],
    at: 0,
    // 3 % of 1,000 is 30, and 50.01 % of that, rounded up, is 16.
    now: "1 % for it, too few: 0.6 % more needed",
  },
  {
    why: Reason.OverCap,
    slate: [ask(0, 550, [900]), ask(1, 400, [880]), ask(2, 60, [870])],
    at: 2,
    now: "passes, but is 10 tUSD too much for the cap",
    then: "passed, but is 10 tUSD too much for the cap",
  },
  {
    why: Reason.CategoryFull,
    slate: [ask(0, 290, [900], { category: WORKS }), ask(1, 20, [880], { category: WORKS })],
    at: 1,
    now: "passes, but works has 10 tUSD left",
    then: "passed, but works has 10 tUSD left",
  },
  {
    why: Reason.TierFull,
    slate: [
      ask(0, 100, [90]),
      ask(1, 100, [89]),
      ask(2, 90, [88]),
      // The medium limit of 300 is all that small asks may take together.
      ask(3, 50, [87], { flags: EntryFlags.Accepted }),
    ],
    at: 3,
    now: "passes, but small asks together may take 300 tUSD and have 290 tUSD, and it does not pass as a medium one",
    then: "passed, but small asks together may take 300 tUSD and have 290 tUSD, and it does not pass as a medium one",
  },
  {
    why: Reason.TierFull,
    slate: [
      ask(0, 300, [190]),
      ask(1, 280, [189]),
      // Of the large limit of 600, small and medium asks leave 20.
      ask(2, 250, [188]),
    ],
    at: 2,
    now: "passes, but small and medium asks together may take 600 tUSD and have 580 tUSD, and it does not pass as a large one",
    then: "passed, but small and medium asks together may take 600 tUSD and have 580 tUSD, and it does not pass as a large one",
  },
  {
    why: Reason.TierBlocked,
    slate: [ask(0, 400, [900], { recipientAsk: 700n })],
    at: 0,
    now: "passes, but its recipient asks for 700 tUSD in all, and a large ask is at most 600 tUSD",
    then: "passed, but its recipient asks for 700 tUSD in all, and a large ask is at most 600 tUSD",
  },
  {
    why: Reason.TierBlocked,
    slate: [ask(0, 90, [900], { recipientAsk: 180n, flags: EntryFlags.Accepted })],
    at: 0,
    // A period of 30 d, the course of 24 d and the constitutional timelock of 4 d.
    now: "passes, but with 180 tUSD for its recipient in all it is a medium ask, which needs 1 review and a stream of 58 d",
    then: "passed, but with 180 tUSD for its recipient in all it is a medium ask, which needs 1 review and a stream of 58 d",
  },
  {
    why: Reason.ExposureLimit,
    // 5 % of the value of 10,000.
    slate: [ask(0, 450, [900], { category: HEDGES }), ask(1, 60, [880], { category: HEDGES })],
    at: 1,
    now: "passes, but hedges may put 50 tUSD more at risk",
    then: "passed, but hedges may put 50 tUSD more at risk",
  },
  {
    why: Reason.RunwayFloor,
    // One epoch has been opened: 1,000 × 1 / (1 + 4), less the 150 before it.
    slate: [ask(0, 150, [900]), ask(1, 90, [880])],
    at: 1,
    other: { policy: runway, treasury: { tracked: 1_000n } },
    now: "passes, but the runway's floor leaves 50 tUSD",
    then: "passed, but the runway's floor leaves 50 tUSD",
  },
  {
    why: Reason.Concentration,
    slate: [ask(0, 200, [900], { recipientAsk: 320n }), ask(1, 120, [880], same(120))],
    at: 1,
    other: { policy: oneRecipient },
    now: "passes, but one recipient may have 300 tUSD of the cap and this one has 200 tUSD",
    then: "passed, but one recipient may have 300 tUSD of the cap and this one has 200 tUSD",
  },
  {
    why: Reason.Concentration,
    slate: [ask(0, 301, [900])],
    at: 0,
    other: { policy: oneRecipient },
    now: "passes, but one recipient may have 300 tUSD of the cap",
    then: "passed, but one recipient may have 300 tUSD of the cap",
  },
  {
    why: Reason.BreakerTripped,
    slate: [ask(0, 50, [900])],
    at: 0,
    other: { treasury: { trippedAt: 1n, trippedUntil: 100n } },
    now: "passes, but the breaker has tripped",
    then: "passed, but the breaker had tripped",
  },
];

describe("why an entry is not funded", () => {
  it.each(CASES)("$now", ({ why, slate, at, other, now, then = now }) => {
    const { treasury, epoch } = world(slate, other);
    const live = shown(treasury, epoch);
    // The words are about what settlement decides, and about nothing else.
    expect(words.decisionOn(live.slate, at)?.reason).toBe(why);
    expect(said(words.standingOf(live.slate, at).reason)).toBe(now);
    const done = shown(treasury, settled(treasury, epoch), 60n);
    expect(words.decisionOn(done.slate, at)?.reason).toBe(why);
    expect(said(words.standingOf(done.slate, at).reason)).toBe(then);
  });

  it("has words for every reason that there is", () => {
    const numbers = [...Object.values(Failure), ...Object.values(Reason)].filter(
      (value) => typeof value === "number",
    );
    expect(new Set(CASES.map(({ why }) => why))).toEqual(new Set(numbers));
  });

  it("counts what lapsed and was vetoed since as taken before", () => {
    const { treasury, epoch } = world([ask(0, 550, [900]), ask(1, 400, [880]), ask(2, 60, [870])]);
    const done = settled(treasury, epoch);
    for (const outcome of [Outcome.Lapsed, Outcome.Vetoed, Outcome.Executed]) {
      const slate = done.slate.map((entry, at) => (at === 1 ? { ...entry, outcome } : entry));
      const later = shown(treasury, { ...done, slate }, 60n);
      const { reason } = words.standingOf(later.slate, 2);
      expect(said(reason)).toBe("passed, but is 10 tUSD too much for the cap");
    }
  });
});

describe("where an entry stands", () => {
  const acts = (target: number, votes: readonly number[], part: Partial<Entry> = {}) =>
    ask(0, 0, votes, { action: ActionKind.ClearBreaker, category: target, ...part });
  const standing = (slate: readonly Partial<Entry>[], now = 15n) => {
    const { treasury, epoch } = world(slate);
    const live = shown(treasury, epoch, now).slate;
    const after = shown(treasury, settled(treasury, epoch), 60n).slate;
    return slate.map((_, at) => {
      const [one, two] = [words.standingOf(live, at), words.standingOf(after, at)];
      return [one.kind, one.word, two.word].join(", ");
    });
  };

  it("has a word now, and one after settlement", () => {
    expect(
      standing([
        ask(0, 50, [500]),
        ask(1, 50, []),
        ask(2, 700, [500], { recipientAsk: 700n }),
        ask(3, 50, [], { flags: 0 }),
        ask(4, 50, [], { outcome: Outcome.Withdrawn, flags: 0 }),
        acts(11, [900]),
        acts(11, [899]),
      ]),
    ).toEqual([
      "funded, fits, funded",
      "fails, not yet, failed",
      "passes, skipped, skipped",
      "gone, not accepted, not accepted",
      "gone, withdrawn, withdrawn",
      "funded, passes, approved",
      "passes, superseded, superseded",
    ]);
  });

  it("is not judged before voting", () => {
    const { treasury, epoch } = world([ask(0, 50, []), ask(1, 50, [], { flags: 0 })]);
    const early = shown(treasury, epoch, 5n).slate;
    expect(words.standingOf(early, 0).reason).toBe("stands for election");
    expect(words.standingOf(early, 1).reason).toBe("waits for its recipient to accept it");
  });

  it("is done for an act that was carried out, and runs for an award", () => {
    const slate = [
      ask(0, 50, [], { outcome: Outcome.Executed }),
      acts(11, [], { outcome: Outcome.Executed }),
    ];
    const { treasury, epoch } = world(slate, { epoch: { settledAt: 50n } });
    const { slate: done } = shown(treasury, epoch, 60n);
    expect([0, 1].map((at) => words.standingOf(done, at).word)).toEqual(["running", "done"]);
  });
});

describe("what is lacking", () => {
  it("is enough, and the least that is", () => {
    const { treasury, epoch } = world([
      ask(0, 50, [10, 20, 5]),
      ask(1, 200, [100, 90]),
      ask(2, 500, [3, 1]),
      ask(3, 50, []),
    ]);
    const { slate } = shown(treasury, epoch);
    epoch.slate.forEach((entry, index) => {
      const tier = words.tierOf(slate, index);
      const more = words.lacking(slate, entry, tier);
      if (more === null) throw new Error("all weight is enough for each of them");
      const passes = (by: bigint) => {
        const all = slate.projection?.thresholds;
        if (all === undefined) throw new Error("it is not settled");
        const tally = { for: entry.for + by, against: entry.against, abstain: entry.abstain };
        return rules.outcome.judge(all, tally, tier) === null;
      };
      expect([index, passes(more), passes(more - 1n)]).toEqual([index, true, false]);
    });
  });

  it("is rounded up where it is shown", () => {
    expect(said(words.enough(61n, 100_000n))).toBe("0.1 %");
    expect(said(words.enough(101n, 100_000n))).toBe("0.2 %");
    expect(said(words.enough(100n, 100_000n))).toBe("0.1 %");
    expect(said(words.enough(0n, 100_000n))).toBe("0 %");
    expect(said(words.enough(5n, 0n))).toBe("0 %");
  });
});

describe("the headline", () => {
  const slate = [
    ask(0, 550, [900]),
    ask(1, 400, [880]),
    ask(2, 60, [870]),
    ask(3, 10, [], { flags: 0 }),
  ];
  const act = ask(4, 0, [900], { action: ActionKind.SetPolicy, category: 3 });
  const sentence = (entries: readonly Partial<Entry>[], now: bigint, after = false) => {
    const { treasury, epoch } = world(entries);
    return said(headline(shown(treasury, after ? settled(treasury, epoch) : epoch, now).slate));
  };

  it("says what would be funded, of those that stand for election", () => {
    expect(sentence(slate, 15n)).toBe(
      "If voting closed now, 2 of 3 asks would be funded with 950 of 1,000 tUSD; 50 would stay in the vault.",
    );
    expect(sentence([...slate, act], 15n)).toMatch(/vault\. 1 of 1 act would be approved\.$/);
    expect(sentence(slate, 25n)).toMatch(/^By the votes cast, 2 of 3 asks would be funded/);
    expect(sentence([ask(0, 50, [])], 15n)).toBe(
      "If voting closed now, none of 1 ask would be funded, and all 1,000 tUSD of the cap would stay in the vault.",
    );
    expect(sentence([], 15n)).toBe(
      "If voting closed now, nothing would be funded: no ask stands for election.",
    );
  });

  it("says what stands for election before voting", () => {
    expect(sentence(slate, 5n)).toBe(
      "3 asks for 1,010 tUSD stand for election so far; up to 1,000 tUSD can be awarded.",
    );
    expect(sentence([], 5n)).toBe(
      "Nothing stands for election yet; up to 1,000 tUSD can be awarded.",
    );
  });

  it("says what was funded, and what came back since", () => {
    expect(sentence(slate, 60n, true)).toBe(
      "2 of 3 asks were funded with 950 of 1,000 tUSD; 50 stayed in the vault.",
    );
    const { treasury, epoch } = world(slate);
    const done = settled(treasury, epoch);
    const lapsed = done.slate.map((entry, at) =>
      at === 1 ? { ...entry, outcome: Outcome.Lapsed } : entry,
    );
    const later = shown(treasury, { ...done, slate: lapsed }, 60n);
    expect(said(headline(later.slate))).toBe(
      "2 of 3 asks were funded with 950 of 1,000 tUSD, 400 tUSD of it not executed; 450 stayed in the vault.",
    );
  });
});

describe("made-up slates", () => {
  // A small generator with a fixed seed, so that a failure can be looked at again.
  const random = (seed: number) => () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };

  const madeUp = (seed: number): readonly Partial<Entry>[] => {
    const next = random(seed);
    const below = (most: number) => Math.floor(next() * most);
    return Array.from({ length: 1 + below(40) }, (_, index) => {
      const inFavour = below(700);
      const votes = [inFavour, below(Math.min(300, 1_000 - inFavour)), below(50)];
      const flags = [0, 1, 17, 49, 49, 49, 57][below(7)] ?? 0;
      if (below(10) === 0) {
        return ask(index, 0, votes, { action: ActionKind.SetPolicy, category: below(8) });
      }
      const leader = below(4) === 0 ? below(index + 1) : index;
      return ask(index, 1 + below(320), votes, { flags, leader, category: below(3) });
    });
  };

  it("say of every entry what settlement decides, and by its numbers", () => {
    const seen = new Set<number>();
    for (let seed = 1; seed <= 100; seed += 1) {
      const { treasury, epoch } = world(madeUp(seed));
      const { decisions, allocation } = state.funding.settleNow(treasury, epoch, 15n);
      const { slate } = shown(treasury, epoch);
      let [funded, taken] = [0, 0n];
      epoch.slate.forEach((entry, index) => {
        const decision = decisions[index];
        if (decision === undefined) throw new Error("every entry is decided on");
        const { reason, kind } = words.standingOf(slate, index);
        expect(said(reason), `seed ${seed}, entry ${index}`).not.toMatch(/undefined|unknown|NaN|−/);
        seen.add(decision.reason);
        const before = decisions.reduce((sum, other, at) => {
          const earlier = other.outcome === Outcome.Funded && other.rank < decision.rank;
          return earlier ? sum + (epoch.slate[at]?.amount ?? 0n) : sum;
        }, 0n);
        expect(takenBefore(slate, index).all).toBe(before);
        if (decision.outcome === Outcome.Funded) {
          expect(kind).toBe("funded");
          expect(before + entry.amount <= epoch.cap).toBe(true);
          [funded, taken] = [funded + 1, taken + entry.amount];
        }
        if (decision.reason === Reason.OverCap) {
          const over = before + entry.amount - epoch.cap;
          expect(said(reason)).toContain(`is ${over} ${BUDGET.symbol} too much`);
        }
        if (decision.outcome === Outcome.Failed) expect(decision.rank).toBe(UNRANKED);
      });
      const sums = summary(slate);
      expect([sums.funded, sums.taken]).toEqual([allocation.funded, allocation.allocated]);
      expect([funded, taken]).toEqual([allocation.funded, allocation.allocated]);
      expect(sums.taken + sums.left).toBe(epoch.cap);
    }
    // They come by most of the reasons, or they would prove little.
    expect(seen.size).toBeGreaterThan(9);
  });
});

describe("names", () => {
  it("of what an entry is about", () => {
    const about = (part: Partial<Entry>) => {
      const { epoch } = world([ask(0, 0, [], part)]);
      const [entry] = epoch.slate;
      return entry === undefined ? "" : words.matter(epoch.policy, entry);
    };
    expect(about({ category: GENERAL })).toBe("general");
    expect(about({ category: 7 })).toBe("category 7");
    expect(about({ action: ActionKind.SetPolicy, category: 6 })).toBe("policy: breaker");
    expect(about({ action: ActionKind.SetRole, category: 10 })).toBe("role: risk reporter");
    expect(about({ action: ActionKind.ClearBreaker, category: 11 })).toBe("breaker");
    expect(about({ action: ActionKind.WriteOff, category: 14 })).toBe("position: hedges");
    expect(about({ action: ActionKind.RuleOnStream, category: 128 })).toBe("stream");
  });
});
