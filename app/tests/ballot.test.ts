/** Ballots before they are signed, and the slate that they sign, against a slate that the program made. */

import { createHash } from "node:crypto";

import {
  type Address,
  type EncodedAccount,
  address,
  getAddressEncoder,
  getBase64Encoder,
  getU32Encoder,
  lamports,
} from "@solana/kit";
import * as budget from "@community-budget/client";
import { Choice } from "@community-budget/client";
import { beforeAll, describe, expect, test } from "vitest";

import * as ballots from "../src/lib/ballot";
import { hex } from "../src/lib/format";
import { type Signed, checkHash, isShown, termsIn } from "../src/lib/slatehash";
import type { Slate } from "../src/lib/words";
import golden from "./ballot-slate.json";

const bytesOf = (text: string) => Uint8Array.from(getBase64Encoder().encode(text));

function account({ address: key, data }: { address: string; data: string }): EncodedAccount {
  return {
    address: address(key),
    data: bytesOf(data),
    executable: false,
    lamports: lamports(1n),
    programAddress: budget.COMMUNITY_BUDGET_PROGRAM_ADDRESS,
    space: 0n,
  };
}

let treasury: budget.Treasury;
let epoch: budget.Epoch;
let proposals: Map<number, budget.Proposal>;
let signed: Map<number, Signed>;
let now: bigint;

beforeAll(async () => {
  treasury = (await budget.checkTreasury(account(golden.treasury))).data;
  epoch = (await budget.checkEpoch(account(golden.epoch))).data;
  proposals = new Map();
  signed = new Map();
  for (const one of golden.proposals) {
    const { data } = await budget.checkProposal(account(one));
    proposals.set(data.index, data);
    signed.set(data.index, termsIn(bytesOf(one.data)));
  }
  now = epoch.votingOpensAt + 60n;
});

const entryOf = (index: number) => {
  const entry = epoch.slate[index];
  if (entry === undefined) throw new Error(`there is no entry ${index}`);
  return entry;
};

const withEntry = (index: number, change: Partial<budget.Entry>): budget.Epoch => ({
  ...epoch,
  slate: epoch.slate.map((entry, at) => (at === index ? { ...entry, ...change } : entry)),
});

describe("the slate hash", () => {
  test("is what the program made of these proposals, a withdrawn one among them", async () => {
    expect(epoch.slate.some(({ outcome }) => outcome === budget.Outcome.Withdrawn)).toBe(true);
    expect(await checkHash(epoch, signed)).toEqual({ kind: "matches" });
    expect(isShown(signed, proposals)).toBe(true);
  });

  test("stands for no other term", async () => {
    const own = signed.get(7);
    if (own === undefined) throw new Error("there is no proposal 7");
    for (let at = own.canonical.length - 1; at > 60; at -= 17) {
      const canonical = Uint8Array.from(own.canonical);
      canonical[at] = (canonical[at] ?? 0) ^ 1;
      const changed = new Map(signed).set(7, { ...own, canonical });
      expect((await checkHash(epoch, changed)).kind).toBe("differs");
    }
  });

  test("stands for no other entry, epoch, treasury or order", async () => {
    const kind = async (other: budget.Epoch, shown = signed) =>
      (await checkHash(other, shown)).kind;
    const { amount } = entryOf(7);
    expect(await kind(withEntry(7, { amount: amount + 1n }))).toBe("differs");
    expect(await kind(withEntry(7, { category: entryOf(7).category + 1 }))).toBe("differs");
    expect(await kind(withEntry(7, { action: budget.ActionKind.SetRole }))).toBe("differs");
    expect(await kind(withEntry(7, { recipientTag: new Uint8Array(16) }))).toBe("differs");
    expect(await kind({ ...epoch, index: epoch.index + 1 })).toBe("differs");
    expect(await kind({ ...epoch, treasury: address(golden.epoch.address) })).toBe("differs");
    const [first, second] = [signed.get(3), signed.get(4)];
    if (first === undefined || second === undefined) throw new Error("proposals are missing");
    expect(await kind(epoch, new Map(signed).set(3, second).set(4, first))).toBe("differs");
    const gone = withEntry(7, { outcome: budget.Outcome.Withdrawn });
    expect(await kind(gone)).toBe("differs");
  });

  test("is not checked once a proposal is closed, but an entry is still compared", async () => {
    const rest = new Map(signed);
    rest.delete(5);
    const closed = { ...epoch, openProposals: epoch.openProposals - 1 };
    expect(await checkHash(closed, rest)).toEqual({
      kind: "unknown",
      why: "1 of its proposals has been closed since",
    });
    const other = { ...withEntry(7, { amount: 1n }), openProposals: epoch.openProposals - 1 };
    expect((await checkHash(other, rest)).kind).toBe("differs");
    // A proposal that is counted and not shown is hidden.
    expect((await checkHash(epoch, rest)).kind).toBe("differs");
  });

  test("notices a list that says something else than was hashed", () => {
    const own = proposals.get(2);
    if (own === undefined) throw new Error("there is no proposal 2");
    const other = { ...own, terms: { ...own.terms, title: `${own.terms.title}!` } };
    expect(isShown(signed, new Map(proposals).set(2, other))).toBe(false);
    expect(isShown(signed, new Map([[200, own]]))).toBe(false);
  });

  describe("of slates made here", () => {
    const sha = (...parts: Uint8Array[]) =>
      Uint8Array.from(createHash("sha256").update(Buffer.concat(parts)).digest());
    const text = (words: string) => new TextEncoder().encode(words);

    /** A slate of acts with these titles, and its hash after the steps: a submission, or a withdrawal. */
    function made(titles: readonly string[], steps: readonly ("submit" | number)[]) {
      const terms = titles.map((title): budget.Terms => ({
        action: { __kind: "ClearBreaker" },
        metadataHash: new Uint8Array(32),
        title,
        metadataUri: "",
      }));
      const shown = new Map(
        terms.map((own, index) => {
          const canonical = Uint8Array.from(budget.getTermsEncoder().encode(own));
          const data = Uint8Array.from([...new Uint8Array(192), ...canonical, 0, 0, 0]);
          return [index, termsIn(data)] as const;
        }),
      );
      const place = [
        Uint8Array.from(getAddressEncoder().encode(epoch.treasury)),
        Uint8Array.from(getU32Encoder().encode(epoch.index)),
      ];
      let submitted = 0;
      const slateHash = steps.reduce<Uint8Array>(
        (hash, step) => {
          if (step !== "submit") {
            const leaf = sha(text("community-budget:tombstone:v1"), ...place, Uint8Array.of(step));
            return sha(hash, leaf);
          }
          const canonical = Uint8Array.from(shown.get(submitted)?.canonical ?? []);
          const at = Uint8Array.of(submitted);
          submitted += 1;
          return sha(hash, sha(text("community-budget:leaf:v1"), ...place, at, canonical));
        },
        sha(text("community-budget:slate:v1"), ...place),
      );
      const entry: budget.Entry = {
        ...entryOf(0),
        amount: 0n,
        action: budget.ActionKind.ClearBreaker,
        category: 11,
        recipientTag: new Uint8Array(16),
        outcome: budget.Outcome.Pending,
      };
      const gone = new Set(steps.filter((step) => step !== "submit"));
      const slate = titles.map((_, index) =>
        gone.has(index) ? { ...entry, outcome: budget.Outcome.Withdrawn } : entry,
      );
      const count = { entryCount: titles.length, openProposals: titles.length };
      return { epoch: { ...epoch, ...count, slate, slateHash }, shown };
    }

    test("is found whenever something was withdrawn", async () => {
      const titles = ["a", "b", "c"];
      for (const steps of [
        ["submit", "submit", "submit", 0, 1],
        ["submit", "submit", 1, "submit", 0],
        ["submit", 0, "submit", 1, "submit"],
      ] as const) {
        const { epoch: own, shown } = made(titles, steps);
        expect(await checkHash(own, shown)).toEqual({ kind: "matches" });
      }
      const { epoch: own, shown } = made(titles, ["submit", "submit", "submit", 0]);
      const hidden = { ...own, slate: own.slate.map((one) => ({ ...one, outcome: 0 })) };
      expect((await checkHash(hidden, shown)).kind).toBe("differs");
    });

    test("is given up when it would take too long", async () => {
      const titles = Array.from({ length: 12 }, (_, at) => `ask ${at}`);
      const steps = [...titles.map(() => "submit" as const), ...titles.keys()];
      const { epoch: own, shown } = made(titles, steps);
      const other = { ...own, slateHash: new Uint8Array(32) };
      expect((await checkHash(other, shown)).kind).toBe("unknown");
    });

    test("holds for titles that decoding would change", async () => {
      // A zero byte, and a byte order mark: nobody must be able to stop a vote with them.
      const titles = ["a\u0000b", "\uFEFFtitle", "plain"];
      const { epoch: own, shown } = made(titles, ["submit", "submit", "submit"]);
      expect(await checkHash(own, shown)).toEqual({ kind: "matches" });
      expect([...shown.values()].map(({ terms }) => terms.title)).toEqual(titles);
    });
  });
});

describe("a draft", () => {
  const draft: ballots.Draft = new Map([
    [7, Choice.For],
    [2, Choice.Against],
    [4, Choice.Abstain],
  ]);

  test("becomes the same bytes in whatever order it was filled in", () => {
    const other = new Map([...draft].reverse());
    expect(ballots.packed(draft)).toEqual(ballots.packed(other));
    expect(ballots.draftOf(ballots.packed(draft))).toEqual(new Map([...draft].sort()));
  });

  test("changes by one choice at a time, and back", () => {
    const more = ballots.chosen(draft, 9, Choice.For);
    expect(more.get(9)).toBe(Choice.For);
    expect(draft.has(9)).toBe(false);
    expect(ballots.chosen(more, 9, null)).toEqual(draft);
    expect(ballots.counted(draft)).toBe("1 for, 1 against, 1 abstain");
    expect(ballots.counted(new Map())).toBe("");
  });

  test("says where it differs from what is recorded", () => {
    const recorded: ballots.Draft = new Map([
      [2, Choice.Against],
      [4, Choice.For],
      [9, Choice.For],
    ]);
    expect(ballots.turns(recorded, draft)).toEqual([
      { index: 4, from: Choice.For, to: Choice.Abstain },
      { index: 7, from: Choice.Unmarked, to: Choice.For },
      { index: 9, from: Choice.For, to: Choice.Unmarked },
    ]);
    expect(ballots.turns(draft, new Map([...draft].reverse()))).toEqual([]);
  });

  test("loses choices on what nobody may choose on any more", () => {
    const withdrawn = epoch.slate.findIndex(({ outcome }) => outcome === budget.Outcome.Withdrawn);
    expect(ballots.votable(epoch)).not.toContain(withdrawn);
    expect(ballots.votable(epoch)).toHaveLength(epoch.votableCount);
    const lost = ballots.kept(ballots.chosen(draft, withdrawn, Choice.For), epoch);
    expect(lost.has(withdrawn)).toBe(false);
    expect(ballots.kept(draft, epoch)).toBe(draft);
  });
});

describe("what a draft would change", () => {
  const none = new Uint8Array();

  test("is what the rules say, and nothing without a choice", () => {
    const all = new Map(ballots.votable(epoch).map((index) => [index, Choice.Against]));
    const total = budget.state.treasury.electorate(treasury, epoch.index);
    const seen = ballots.foresee(treasury, epoch, none, all, total, now);
    const funded = seen.before.decisions.flatMap(({ outcome }, index) =>
      [budget.Outcome.Funded, budget.Outcome.Approved].includes(outcome) ? [index] : [],
    );
    expect(funded.length).toBeGreaterThan(3);
    expect(seen.turned).toEqual(funded);
    expect(seen.extendsTo).toBeNull();
    const idle = ballots.foresee(treasury, epoch, none, new Map(), total, now);
    expect(idle.turned).toEqual([]);
    expect(idle.after).toEqual(idle.before);
  });

  test("extends voting late, and is refused where it may not pass any more", () => {
    const failing = ballots.votable(epoch).find((index) => {
      const { decisions } = budget.state.funding.settleNow(treasury, epoch, now);
      return decisions[index]?.outcome === budget.Outcome.Failed;
    });
    if (failing === undefined) throw new Error("nothing fails");
    const total = budget.state.treasury.electorate(treasury, epoch.index);
    const draft = new Map([[failing, Choice.For]]);
    const late = epoch.votingClosesAt - 60n;
    const seen = ballots.foresee(treasury, epoch, none, draft, total, late);
    expect(seen.extendsTo).toBe(seen.epoch.votingClosesAt);
    expect(seen.extendsTo ?? 0n).toBeGreaterThan(epoch.votingClosesAt);
    expect(seen.forbidden).toEqual([]);
    const last = { ...epoch, votingClosesAt: epoch.votingHardEndAt };
    const end = epoch.votingHardEndAt - 60n;
    expect(ballots.foresee(treasury, last, none, draft, total, end).forbidden).toEqual([failing]);
  });

  test("replaces what is recorded at the recorded weight", () => {
    const weight = 10n ** 15n;
    const index = ballots.votable(epoch)[0] ?? 0;
    const before = new Map([[index, Choice.For]]);
    const cast = ballots.foresee(treasury, epoch, none, before, weight, now).epoch;
    const back = ballots.foresee(treasury, cast, ballots.packed(before), new Map(), weight, now);
    expect(back.epoch.slate[index]).toEqual(epoch.slate[index]);
  });

  test("earns what the program pays, from the gate on", () => {
    const electorate = budget.state.treasury.electorate(treasury, epoch.index);
    const gate = epoch.policy.budget.participationGateBps;
    const needed = Math.ceil((epoch.votableCount * gate) / 10_000);
    const weight = electorate / 10n;
    expect(ballots.earned(epoch, electorate, weight, needed - 1)).toEqual({
      reward: 0n,
      missing: 1,
      pays: true,
    });
    const { reward, missing } = ballots.earned(epoch, electorate, weight, needed);
    expect(missing).toBe(0);
    expect(reward).toBe((epoch.rewardPool * weight) / electorate);
    expect(ballots.earned({ ...epoch, rewardPool: 0n }, electorate, weight, 0).pays).toBe(false);
  });
});

describe("power", () => {
  const stake = (change: Partial<budget.Stake>): budget.Stake => ({
    discriminator: new Uint8Array(8),
    version: 1,
    bump: 255,
    dormant: 0,
    reservedFlags: new Uint8Array(1),
    lockSecs: 0,
    treasury: epoch.treasury,
    owner: address(golden.epoch.address),
    rentPayer: address(golden.epoch.address),
    delegate: address("11111111111111111111111111111111"),
    amount: 0n,
    cooling: 0n,
    coolingUntil: 0n,
    lockFloorAt: 0n,
    weight: 0n,
    frozenWeight: 0n,
    frozenEpoch: 2 ** 32 - 1,
    actEpoch: 2 ** 32 - 1,
    participationLatest: 2 ** 32 - 1,
    touchedEpoch: 0,
    participation: new Array<number>(8).fill(0),
    frozenAmount: 0n,
    reserved: new Uint8Array(24),
    ...change,
  });
  const record = (weight: bigint, byDelegate = 0): budget.Ballot => ({
    discriminator: new Uint8Array(8),
    version: 1,
    bump: 255,
    byDelegate,
    reservedFlags: new Uint8Array(3),
    tokensBps: 0,
    reserved: new Uint8Array(2),
    epoch: address(golden.epoch.address),
    owner: address(golden.epoch.address),
    rentPayer: address(golden.epoch.address),
    weight,
    choices: new Uint8Array(8),
  });
  const why = (own: budget.Stake | null, opened = true) => {
    const power = ballots.powerOf(own, null, epoch, opened);
    return power.kind === "votes" ? power.weight : power.why;
  };

  test("is the weight at the opening, and a ballot keeps its own", () => {
    expect(why(stake({ amount: 5n, weight: 7n }))).toBe(7n);
    const later = stake({ amount: 9n, weight: 9n, frozenEpoch: epoch.index, frozenWeight: 4n });
    expect(why(later)).toBe(4n);
    expect(why(later, false)).toBe(9n);
    const cast = ballots.powerOf(stake({}), record(3n), epoch, true);
    expect(cast).toEqual({ kind: "votes", weight: 3n });
  });

  test("says why there is none", () => {
    expect(why(null)).toContain("nothing staked");
    expect(why(stake({}))).toContain("Nothing is staked");
    expect(why(stake({ amount: 5n, dormant: 1 }))).toContain("sleeps");
    const late = stake({ amount: 5n, weight: 5n, frozenEpoch: epoch.index, frozenWeight: 0n });
    expect(why(late)).toContain("after voting had opened");
  });

  test("is the owner's alone once the owner has voted", () => {
    expect(ballots.lockedOut(null)).toBeNull();
    expect(ballots.lockedOut(record(1n, 1))).toBeNull();
    expect(ballots.lockedOut(record(1n, 0))).toContain("in person");
  });

  test("of one ballot that reaches a quorum alone is said out loud", () => {
    const index = ballots.votable(epoch)[0] ?? 0;
    const known = knownWith([
      { ...record(1n), choices: ballots.packed(new Map([[index, Choice.For]])) },
      { ...record(10n ** 19n), choices: ballots.packed(new Map([[index + 1, Choice.For]])) },
    ]);
    expect(ballots.decidesAlone(known, index)).toBeNull();
    const big = {
      ...record(10n ** 19n),
      choices: ballots.packed(new Map([[index, Choice.Against]])),
    };
    const small = { ...big, weight: 1n };
    expect(ballots.decidesAlone(knownWith([small, big, small]), index)).toBe(big);
  });
});

function knownWith(
  all: readonly budget.Ballot[],
  records: ReadonlyMap<Address, budget.RecipientRecord> = new Map(),
): ballots.Known {
  const slate: Slate = {
    epoch,
    projection: budget.state.funding.settleNow(treasury, epoch, now),
    electorate: budget.state.treasury.electorate(treasury, epoch.index),
    budget: { symbol: "tUSD", decimals: 6 },
  };
  return { slate, proposals, records, ballots: all };
}

describe("warnings", () => {
  const kinds = (draft: ballots.Draft, known = knownWith([]), at = now) =>
    new Map(
      ballots
        .warnings(draft, known, at)
        .map((warning) => [warning.kind, "entries" in warning ? warning.entries : []]),
    );
  const whole = (choice: Choice): ballots.Draft =>
    new Map(ballots.votable(epoch).map((index) => [index, choice]));

  test("of large asks, risk and strangers are for those who would pay", () => {
    const found = kinds(whole(Choice.For));
    const medium = epoch.askLimits[1] ?? 0n;
    const large = ballots.votable(epoch).filter((index) => entryOf(index).amount > medium);
    expect(large.length).toBeGreaterThan(0);
    expect(found.get("large")).toEqual(large);
    const risk = ballots
      .votable(epoch)
      .filter((index) => budget.hasFlag(entryOf(index), budget.EntryFlags.RiskClass));
    expect(risk.length).toBeGreaterThan(0);
    expect(found.get("risk")).toEqual(risk);
    const awards = ballots
      .votable(epoch)
      .filter((index) => entryOf(index).action === budget.ActionKind.Award);
    expect(found.get("no history")).toEqual(awards);
    const against = kinds(whole(Choice.Against));
    expect([...against.keys()]).toEqual(["contested"]);
  });

  test("of a weak record, and of the last stretch", () => {
    const index = ballots.votable(epoch)[0] ?? 0;
    const recipient = ballots.awardOf(proposals.get(index))?.recipient;
    if (recipient === undefined) throw new Error("it is no award");
    const record: budget.RecipientRecord = {
      discriminator: new Uint8Array(8),
      version: 1,
      bump: 255,
      submittedCount: 0,
      leader: 0,
      submittedEpoch: 0,
      treasury: epoch.treasury,
      person: recipient,
      acceptedEpoch: 0,
      scoreSum: 1_000,
      scored: 1,
      missedUpdates: 0,
      cancellations: 0,
      streams: 1,
      awarded: 1n,
      paid: 0n,
      returned: 0n,
      reserved: new Uint8Array(56),
    };
    const draft = new Map([[index, Choice.For]]);
    const known = knownWith([], new Map([[recipient, record]]));
    expect(kinds(draft, known).get("weak record")).toEqual([index]);
    expect(kinds(draft, known).has("no history")).toBe(false);
    expect(kinds(draft, known).has("late")).toBe(false);
    expect(kinds(draft, known, epoch.votingClosesAt - 60n).has("late")).toBe(true);
    const fine = knownWith([], new Map([[recipient, { ...record, scoreSum: 9_000 }]]));
    expect(kinds(draft, fine).has("weak record")).toBe(false);
  });
});

describe("a slate that changes under a draft", () => {
  test("is told by its hash, with what came and went", () => {
    const before = ballots.seen(epoch);
    expect(before.hash).toBe(hex(epoch.slateHash));
    expect(ballots.changeOf(before, ballots.seen({ ...epoch }))).toBeNull();
    const after = {
      ...withEntry(7, { outcome: budget.Outcome.Withdrawn }),
      slateHash: new Uint8Array(32),
      entryCount: epoch.entryCount + 2,
    };
    expect(ballots.changeOf(before, ballots.seen(after))).toEqual({
      added: [epoch.entryCount, epoch.entryCount + 1],
      withdrawn: [7],
    });
  });
});

test("a share is typed in percent", () => {
  const typed = ["1", " 2.5 ", "2,25 %", "100", "0", "0.00", "100.01", "1000", "x", "1.234", ""];
  expect(typed.map(ballots.parseShare)).toEqual([
    100,
    250,
    225,
    10_000,
    ...new Array<null>(7).fill(null),
  ]);
});
