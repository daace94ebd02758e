/** What a proposal waits for, where its bond goes, and what it is compared with. */

import { address, getBase64Encoder, lamports } from "@solana/kit";
import * as budget from "@community-budget/client";
import { Outcome } from "@community-budget/client";
import { beforeAll, describe, expect, test } from "vitest";

import { comparable } from "../src/components/proposal/Comparable";
import { bondFate, isFinal, unpayableAt, waiting } from "../src/components/proposal/waiting";
import golden from "./ballot-slate.json";

const DAY = 86_400n;
const SETTLED_AT = 2_000_000n;

let treasury: budget.Treasury;
let epoch: budget.Epoch;
let entry: budget.Entry;

beforeAll(async () => {
  const encoded = (one: { address: string; data: string }) => ({
    address: address(one.address),
    data: Uint8Array.from(getBase64Encoder().encode(one.data)),
    executable: false,
    lamports: lamports(1n),
    programAddress: budget.COMMUNITY_BUDGET_PROGRAM_ADDRESS,
    space: 0n,
  });
  treasury = {
    ...(await budget.checkTreasury(encoded(golden.treasury))).data,
    standstillBeforeSecs: 0n,
    standstillFrom: 0n,
    standstillUntil: 0n,
  };
  const open = (await budget.checkEpoch(encoded(golden.epoch))).data;
  const { policy } = open;
  epoch = {
    ...open,
    settledAt: SETTLED_AT,
    standstillAtSettlement: 0n,
    electorate: 1_000n,
    policy: {
      ...policy,
      schedule: { ...policy.schedule, executionGraceSecs: 14 * 86_400, periodSecs: 30 * 86_400 },
      slate: { ...policy.slate, spamSupportBps: 100 },
      tiers: {
        ...policy.tiers,
        rules: policy.tiers.rules.map((rule) => ({ ...rule, timelockSecs: 86_400 })),
      },
    },
  };
  const [first] = open.slate;
  if (first === undefined) throw new Error("the slate is empty");
  entry = { ...first, outcome: Outcome.Funded, tier: 0, amount: 1_000n };
});

describe("what passed", () => {
  const at = (secs: bigint, change: Partial<budget.Entry> = {}) =>
    waiting(treasury, epoch, { ...entry, ...change }, SETTLED_AT + secs);

  test("is locked, can be carried out, and is overdue, to the second", () => {
    const lapsesAt = SETTLED_AT + 14n * DAY;
    const locked = { kind: "timelocked", until: SETTLED_AT + DAY, lapsesAt, canBeVetoed: true };
    expect(at(0n)).toEqual(locked);
    expect(at(DAY - 1n)).toEqual(locked);
    expect(at(DAY)).toEqual({ kind: "executable", lapsesAt });
    expect(at(14n * DAY - 1n)).toEqual({ kind: "executable", lapsesAt });
    expect(at(14n * DAY)).toEqual({ kind: "overdue", since: lapsesAt });
    const role = { action: budget.ActionKind.SetRole, outcome: Outcome.Approved };
    expect(at(0n, role)).toMatchObject({ kind: "timelocked", canBeVetoed: false });
  });

  test("waits for nothing once it is decided for good, or before it is", () => {
    for (const outcome of [Outcome.Executed, Outcome.Failed, Outcome.Vetoed, Outcome.Withdrawn]) {
      expect(at(2n * DAY, { outcome })).toBeNull();
      expect(isFinal({ ...entry, outcome })).toBe(true);
    }
    expect(isFinal(entry)).toBe(false);
    expect(isFinal({ ...entry, outcome: Outcome.Pending })).toBe(false);
    expect(waiting(treasury, { ...epoch, settledAt: 0n }, entry, SETTLED_AT)).toBeNull();
  });

  test("stands still while a pause blocks it, if the pause reaches it", () => {
    const from = SETTLED_AT + 2n * DAY;
    const until = from + 5n * DAY;
    const paused = { ...treasury, standstillFrom: from, standstillUntil: until };
    const lapsesAt = SETTLED_AT + 19n * DAY;
    const on = (own: budget.Entry, secs: bigint) =>
      waiting(paused, epoch, own, SETTLED_AT + secs * DAY);
    expect(on(entry, 3n)).toEqual({ kind: "blocked", until, lapsesAt });
    // The page looks at its clock every ten seconds, and hears of a pause at once.
    expect(waiting(paused, epoch, entry, from - 9n)).toEqual({ kind: "blocked", until, lapsesAt });
    expect(on(entry, 7n)).toEqual({ kind: "executable", lapsesAt });
    expect(on(entry, 19n)).toEqual({ kind: "overdue", since: lapsesAt });
    const role = { ...entry, action: budget.ActionKind.SetRole, outcome: Outcome.Approved };
    expect(on(role, 3n)).toEqual({ kind: "executable", lapsesAt });
  });
});

test("a bond goes where the program sends it", () => {
  const failed = { ...entry, outcome: Outcome.Failed, for: 9n };
  const fate = (own: budget.Entry, bond: bigint, payable: boolean, now: bigint) =>
    bondFate(epoch, own, bond, payable, now);
  expect(fate(failed, 0n, false, SETTLED_AT)).toBe("none");
  expect(fate(failed, 5n, true, SETTLED_AT)).toBe("forfeited");
  const supported = { ...failed, for: 10n };
  expect(fate(supported, 5n, true, SETTLED_AT)).toBe("returned");
  const until = SETTLED_AT + 60n * DAY;
  expect(unpayableAt(epoch)).toBe(until);
  expect(fate(supported, 5n, false, until - 1n)).toBe("stuck");
  expect(fate(supported, 5n, false, until)).toBe("unpayable");
  expect(fate({ ...entry, outcome: Outcome.Executed, for: 0n }, 5n, true, SETTLED_AT)).toBe(
    "returned",
  );
});

describe("comparable asks", () => {
  const past = (index: number, amounts: readonly bigint[], change: Partial<budget.Entry> = {}) => ({
    ...epoch,
    index,
    entryCount: amounts.length,
    slate: amounts.map((amount) => ({ ...entry, amount, ...change })),
  });

  test("are of settled epochs, the same category and about as much, the nearest first", () => {
    const own = { ...epoch, index: 9, settledAt: 0n };
    const all = [
      past(1, [499n, 500n, 2_000n, 2_001n]),
      past(2, [900n, 1_100n]),
      { ...past(3, [1_000n]), settledAt: 0n },
      past(4, [1_000n], { category: entry.category + 1 }),
      past(5, [1_000n], { action: budget.ActionKind.WriteOff }),
      own,
    ];
    const found = comparable(all, own, entry).map((one) => [one.epoch.index, one.entry.amount]);
    expect(found).toEqual([
      [2, 900n],
      [2, 1_100n],
      [1, 500n],
      [1, 2_000n],
    ]);
  });

  test("are told by the category's name, whatever its number was then", () => {
    const { policy } = epoch;
    const categories = [...policy.risk.categories];
    const [first, second] = categories;
    if (first === undefined || second === undefined) throw new Error("there are no categories");
    [categories[0], categories[1]] = [second, first];
    const swapped = { ...policy, risk: { ...policy.risk, categories } };
    const own = { ...epoch, index: 9 };
    const zero = { ...entry, category: 0 };
    const other = { ...past(1, [1_000n], { category: 1 }), policy: swapped };
    expect(comparable([other], own, zero)).toHaveLength(1);
    expect(comparable([{ ...other, policy }], own, zero)).toHaveLength(0);
  });
});
