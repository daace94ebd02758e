/** From what was typed to a section of the policy that the program would take. */

import type { Policy, PolicyPatch, TierRule } from "@community-budget/client";

import type { Ground } from "../../lib/draft";
import { type Row, termsRows } from "../../lib/terms";
import { listOf } from "./categories";
import { type Section, type Units, read, rowsOf, valueOf, write } from "./policyTable";

const rule = (policy: Policy, tier: number): TierRule => {
  const found = policy.tiers.rules[tier];
  if (found === undefined) throw new RangeError("a policy has four tiers");
  return found;
};

function ascends(
  policy: Policy,
  tiers: readonly number[],
  of: (rule: TierRule) => number,
): boolean {
  const values = tiers.map((tier) => of(rule(policy, tier)));
  return values.every((value, at) => at === 0 || (values[at - 1] ?? 0) <= value);
}

const AWARDS = [0, 1, 2];

/** What must hold between values; the same sentences as the program's log. */
export const RELATIONS: readonly (readonly [string, (policy: Policy) => boolean])[] = [
  ["slate.capacity is 16, 32, 64 or 128", (p) => [16, 32, 64, 128].includes(p.slate.capacity)],
  ["tier ask limits ascend", (p) => ascends(p, AWARDS, (one) => one.askLimitBps)],
  ["tier quorums ascend", (p) => ascends(p, AWARDS, (one) => one.quorumBps)],
  ["tier approvals ascend", (p) => ascends(p, AWARDS, (one) => one.approvalBps)],
  ["tier timelocks ascend", (p) => ascends(p, [...AWARDS, 3], (one) => one.timelockSecs)],
  [
    "constitutional thresholds are at least the large tier's",
    (p) =>
      rule(p, 3).quorumBps >= rule(p, 2).quorumBps &&
      rule(p, 3).approvalBps >= rule(p, 2).approvalBps,
  ],
  [
    "the execution grace exceeds the longest timelock by three days",
    (p) => p.schedule.executionGraceSecs >= rule(p, 3).timelockSecs + 3 * 86_400,
  ],
  [
    "stake.max_lock_secs is at least min_lock_secs",
    (p) => p.stake.maxLockSecs >= p.stake.minLockSecs,
  ],
  ["budget.epoch_cap_abs is at least min_cap", (p) => p.budget.epochCapAbs >= p.budget.minCap],
  [
    "award tiers ask for ascending checkpoints",
    (p) => ascends(p, AWARDS, (one) => one.minCheckpoints),
  ],
  [
    "tiers.max_quorum_bps is at least the constitutional quorum",
    (p) => p.tiers.maxQuorumBps >= rule(p, 3).quorumBps,
  ],
  [
    "review.floor_bps lies between half of pass_bps and pass_bps",
    ({ review: { passBps, floorBps } }) =>
      floorBps <= passBps && floorBps >= Math.ceil(passBps / 2),
  ],
];

/** What became of the values of a section. */
export interface Patched {
  /** The section as it would be, as far as what was typed is in order. */
  readonly next: PolicyPatch;
  /** `null` while something is wrong or nothing changes. */
  readonly patch: PolicyPatch | null;
  /** The fields that change. */
  readonly changed: readonly string[];
  /** What is wrong, by field; under `""` what is wrong between fields. */
  readonly problems: ReadonlyMap<string, string>;
}

/** The section of `policy` with what was typed, by field; a field that was not touched stays as it is. */
export function patchOf(
  section: Section,
  values: Readonly<Record<string, string>>,
  policy: Policy,
  units: Units,
): Patched {
  const problems = new Map<string, string>();
  const changed: string[] = [];
  let next = policy;
  for (const row of rowsOf(section)) {
    const text = values[row.field];
    if (text === undefined) continue;
    const found = valueOf(row, text, units);
    if (found.problem !== null) {
      problems.set(row.field, found.problem);
      continue;
    }
    if (read(policy, row) !== found.value) changed.push(row.field);
    next = write(next, row, found.value);
  }
  if (section === "risk") {
    const listed = listOf(values, policy.risk, units);
    listed.problems.forEach((problem, field) => problems.set(field, problem));
    changed.push(...listed.changed);
    next = { ...next, risk: { ...next.risk, ...listed.part } };
  }
  if (problems.size === 0) {
    const broken = RELATIONS.find(([, holds]) => !holds(next));
    if (broken !== undefined) problems.set("", `This must hold: ${broken[0]}.`);
  }
  const ready = problems.size === 0 && changed.length > 0;
  const whole = sectionOf(section, next);
  return { next: whole, patch: ready ? whole : null, changed, problems };
}

function sectionOf(section: Section, policy: Policy): PolicyPatch {
  switch (section) {
    case "schedule":
      return { __kind: "Schedule", fields: [policy.schedule] };
    case "slate":
      return { __kind: "Slate", fields: [policy.slate] };
    case "budget":
      return { __kind: "Budget", fields: [policy.budget] };
    case "tiers":
      return { __kind: "Tiers", fields: [policy.tiers] };
    case "stake":
      return { __kind: "Stake", fields: [policy.stake] };
    case "risk":
      return { __kind: "Risk", fields: [policy.risk] };
    case "breaker":
      return { __kind: "Breaker", fields: [policy.breaker] };
    case "review":
      return { __kind: "Review", fields: [policy.review] };
  }
}

/** What a section would change, in the words in which voters will read it. */
export function rowsOfPatch(patch: PolicyPatch, { epoch, treasury, now }: Ground): readonly Row[] {
  const action = { __kind: "SetPolicy", fields: [patch] } as const;
  return termsRows({ action }, { policy: epoch.policy, treasury, stream: null, now });
}
