/** What a funded or approved entry waits for, and who can do what about it until when. */

import {
  ActionKind,
  type Entry,
  type Epoch,
  Outcome,
  type Treasury,
  rules,
  state,
} from "@community-budget/client";

/** Where a funded or approved entry is on its way. Moments are unix seconds. */
export type Waiting =
  /** Its timelock runs; the guardian may veto it, if it is within the guardian's reach. */
  | {
      readonly kind: "timelocked";
      readonly until: bigint;
      readonly lapsesAt: bigint;
      readonly canBeVetoed: boolean;
    }
  /** Anybody may execute it. */
  | { readonly kind: "executable"; readonly lapsesAt: bigint }
  /** Breaker or pause block its execution; its grace stands still. */
  | { readonly kind: "blocked"; readonly until: bigint; readonly lapsesAt: bigint }
  /** Nobody executed it in time: anybody may lapse it. */
  | { readonly kind: "overdue"; readonly since: bigint };

/** Whether an entry waits for its execution. */
export function awaitsExecution({ outcome }: Entry): boolean {
  return outcome === Outcome.Funded || outcome === Outcome.Approved;
}

/** Whether nothing can happen to an entry any more. */
export function isFinal(entry: Entry): boolean {
  return entry.outcome !== Outcome.Pending && !awaitsExecution(entry);
}

/** What `entry` waits for by a clock, in unix seconds; `null` when it waits for nothing. */
export function waiting(
  treasury: Treasury,
  epoch: Epoch,
  entry: Entry,
  clock: bigint,
): Waiting | null {
  if (epoch.settledAt === 0n || !awaitsExecution(entry)) return null;
  const executableAt = state.epoch.executableAt(epoch, entry.tier);
  const standstill = state.treasury.standstill(treasury);
  // A coarse clock may be from before a block that the books already have.
  const now = clock < standstill.from ? standstill.from : clock;
  const reached = entry.action === ActionKind.Award || entry.action === ActionKind.SetPolicy;
  const stands = rules.standstill.isOn(standstill, now);
  const endsAt = (at: bigint) =>
    state.epoch.graceEndsAt(epoch, rules.standstill.totalSecs(standstill, at));
  // Grace runs on only when the block is over: by then so much more will have been blocked.
  const lapsesAt = endsAt(stands ? standstill.until : now);
  const overAt = endsAt(now);
  if (now >= overAt) return { kind: "overdue", since: overAt };
  if (now < executableAt) {
    return { kind: "timelocked", until: executableAt, lapsesAt, canBeVetoed: reached };
  }
  if (stands && reached) return { kind: "blocked", until: standstill.until, lapsesAt };
  return { kind: "executable", lapsesAt };
}

/** Where a bond goes when its proposal is closed (R13). `payable`: whether its proposer can be paid. */
export type BondFate = "none" | "forfeited" | "returned" | "unpayable" | "stuck";

/** Epoch periods after settlement from which an unpayable bond goes to the vault. */
const UNPAYABLE_PERIODS = 2n;

/** Unix seconds from which the treasury gets a bond that cannot be paid. */
export function unpayableAt({ settledAt, policy }: Epoch): bigint {
  return settledAt + BigInt(policy.schedule.periodSecs) * UNPAYABLE_PERIODS;
}

/** What becomes of a bond of `bond` base units at `now`. */
export function bondFate(
  epoch: Epoch,
  entry: Entry,
  bond: bigint,
  payable: boolean,
  now: bigint,
): BondFate {
  if (bond === 0n) return "none";
  const least = rules.bps.shareCeil(epoch.electorate, epoch.policy.slate.spamSupportBps);
  if (entry.outcome === Outcome.Failed && entry.for < least) return "forfeited";
  if (payable) return "returned";
  return now < unpayableAt(epoch) ? "stuck" : "unpayable";
}
