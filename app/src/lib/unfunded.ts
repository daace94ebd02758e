/** Why an entry that passed is not funded, with the numbers that settlement came to. */

import * as budget from "@community-budget/client";
import type { Entry, Epoch } from "@community-budget/client";

import * as format from "./format";
import { type Slate, category, chosen, decisionOn, tier } from "./outcomes";

type Decision = budget.state.funding.Decision;

const { ActionKind } = budget;
const { Reason } = budget.rules.allocation;

/** Why an entry that passed is not funded; to be read after `passes, but `. */
export function unfunded(slate: Slate, index: number, entry: Entry, decision: Decision): string {
  const { epoch, projection } = slate;
  const name = category(epoch.policy, entry.category);
  const amount = (value: bigint) => format.amount(value < 0n ? 0n : value, slate.budget);
  const taken = takenBefore(slate, index);
  const limits = projection?.limits;
  switch (decision.reason) {
    case Reason.OverCap:
      return `is ${amount(entry.amount - (epoch.cap - taken.all))} too much for the cap`;
    case Reason.CategoryFull: {
      const room = epoch.categoryCaps[entry.category] ?? 0n;
      return `${name} has ${amount(room - taken.inCategory)} left`;
    }
    case Reason.TierFull:
      return tierFull(epoch, entry, decision, taken, amount);
    case Reason.TierBlocked:
      return tierBlocked(epoch, entry, decision, amount);
    case Reason.ExposureLimit: {
      const room =
        limits?.risk.exposureRooms[entry.category] ?? epoch.exposureRooms[entry.category];
      return `${name} may put ${amount((room ?? 0n) - taken.inCategory)} more at risk`;
    }
    case Reason.RunwayFloor: {
      const room = limits?.risk.runwayRoom ?? epoch.runwayRoom;
      return `the runway's floor leaves ${amount(room - taken.all)}`;
    }
    case Reason.Concentration: {
      const most = limits?.risk.recipientCap ?? epoch.recipientCap;
      const has = taken.toRecipient === 0n ? "" : ` and this one has ${amount(taken.toRecipient)}`;
      return `one recipient may have ${amount(most)} of the cap${has}`;
    }
    case Reason.BreakerTripped:
      return `the breaker ${projection === null ? "had" : "has"} tripped`;
    default:
      return "is not funded";
  }
}

function tierFull(
  epoch: Epoch,
  entry: Entry,
  decision: Decision,
  taken: Taken,
  amount: (value: bigint) => string,
): string {
  const [small, medium] = taken.atTier;
  const [, mediumLimit = 0n, largeLimit = 0n] = epoch.askLimits;
  const together = small + medium;
  if (entry.amount > largeLimit - together) {
    const most = `${amount(largeLimit)} and have ${amount(together)}`;
    return `small and medium asks together may take ${most}, and it does not pass as a large one`;
  }
  const most = `${amount(mediumLimit)} and have ${amount(small)}`;
  const next = tier(decision.tier + 1);
  return `${tier(decision.tier)} asks together may take ${most}, and it does not pass as a ${next} one`;
}

function tierBlocked(
  epoch: Epoch,
  entry: Entry,
  decision: Decision,
  amount: (value: bigint) => string,
): string {
  const asked = epoch.slate[entry.leader]?.recipientAsk ?? entry.amount;
  const largest = epoch.askLimits[2] ?? 0n;
  if (asked > largest) {
    return `its recipient asks for ${amount(asked)} in all, and a large ask is at most ${amount(largest)}`;
  }
  const rule = epoch.policy.tiers.rules[decision.tier];
  const reviews = format.count(rule?.minCheckpoints ?? 0, "review");
  const length = format.span(budget.state.policy.minLongStreamSecs(epoch.policy));
  const name = tier(decision.tier);
  const inAll = asked > entry.amount ? `with ${amount(asked)} for its recipient in all it` : "it";
  return `${inAll} is a ${name} ask, which needs ${reviews} and a stream of ${length}`;
}

/** What had been taken when settlement came, or would come, to an entry; in base units. */
export interface Taken {
  readonly all: bigint;
  /** In the entry's category. */
  readonly inCategory: bigint;
  /** At the small, medium and large tier. */
  readonly atTier: readonly [bigint, bigint, bigint];
  /** To the entry's recipient. */
  readonly toRecipient: bigint;
}

/** A slate is walked once, however often it is asked about. */
const walks = new WeakMap<Slate, readonly Taken[]>();

/** What the awards ranked before the entry at `index` take; for one without a rank, what all take. */
export function takenBefore(slate: Slate, index: number): Taken {
  let walked = walks.get(slate);
  if (walked === undefined) {
    walked = walk(slate);
    walks.set(slate, walked);
  }
  return walked[index] ?? { all: 0n, inCategory: 0n, atTier: [0n, 0n, 0n], toRecipient: 0n };
}

function walk(slate: Slate): readonly Taken[] {
  const standing = slate.epoch.slate.slice(0, slate.epoch.entryCount).map((entry, index) => {
    const decision = decisionOn(slate, index);
    const rank = decision?.rank ?? budget.UNRANKED;
    return { entry, index, decision, rank };
  });
  const found: Taken[] = [];
  let all = 0n;
  const atTier: [bigint, bigint, bigint] = [0n, 0n, 0n];
  const byCategory = new Map<number, bigint>();
  const byRecipient = new Map<number, bigint>();
  for (const { entry, index, decision } of standing.sort((a, b) => a.rank - b.rank)) {
    const inCategory = byCategory.get(entry.category) ?? 0n;
    const toRecipient = byRecipient.get(entry.leader) ?? 0n;
    found[index] = { all, inCategory, atTier: [...atTier], toRecipient };
    const award = entry.action === ActionKind.Award;
    if (!award || decision === null || !chosen(decision.outcome)) continue;
    all += entry.amount;
    byCategory.set(entry.category, inCategory + entry.amount);
    byRecipient.set(entry.leader, toRecipient + entry.amount);
    if (decision.tier === 0 || decision.tier === 1 || decision.tier === 2) {
      atTier[decision.tier] += entry.amount;
    }
  }
  return found;
}
