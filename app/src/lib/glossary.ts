/**
 * Every word that the pages use for something of the program, in plain words, with the figures of the treasury
 * at hand. `covers` ties an entry to the states that `words.ts` names, so that none is left unexplained.
 */

import { state } from "@community-budget/client";
import type { Epoch, Policy, Treasury } from "@community-budget/client";

import { isTripped } from "./breaker";
import * as format from "./format";
import type { Unit } from "./format";

/** What an entry may take its figures from. */
export interface Figures {
  readonly treasury: Treasury;
  /** The epoch opened last; `null` before the first. */
  readonly epoch: Epoch | null;
  readonly now: bigint;
  readonly budget: Unit;
  readonly stake: Unit;
}

/** An entry of the glossary. */
export interface Entry {
  /** Stable, for addresses: `#/learn/quorum`. */
  readonly id: string;
  readonly word: string;
  /** What it means, in a sentence or two that hold for every treasury. */
  readonly plain: string;
  /** What it is here and now; `null` where there is nothing to say yet. */
  readonly here?: (figures: Figures) => string | null;
  /** Entries that explain it further. */
  readonly see?: readonly string[];
  /** `tier:small`, `phase:Voting`, `outcome:Failed`, `failure:QuorumMissed`, `reason:OverCap`, `role:Guardian`. */
  readonly covers?: readonly string[];
}

const policyOf = ({ treasury, epoch }: Figures): Policy => epoch?.policy ?? treasury.policy;

const TIERS = ["small", "medium", "large", "constitutional"] as const;

function tierWords(tier: number): (figures: Figures) => string | null {
  return (figures) => {
    const rule = policyOf(figures).tiers.rules[tier];
    if (rule === undefined) return null;
    const { epoch, budget } = figures;
    const limit = epoch?.askLimits[tier];
    const upTo = limit === undefined ? "" : `up to ${format.amount(limit, budget)}; `;
    const reviews =
      rule.minCheckpoints === 0 ? "" : `, ${format.count(rule.minCheckpoints, "review")} or more`;
    return `Here: ${upTo}${format.bps(rule.quorumBps)} must take part, ${format.bps(rule.approvalBps)} in favour, ${format.span(rule.timelockSecs)} of timelock${reviews}.`;
  };
}

const inEpoch =
  (say: (epoch: Epoch, figures: Figures) => string) =>
  (figures: Figures): string | null =>
    figures.epoch === null ? null : say(figures.epoch, figures);

function electorateOf(epoch: Epoch, { treasury }: Figures): bigint {
  return epoch.settledAt === 0n
    ? state.treasury.electorate(treasury, epoch.index)
    : epoch.electorate;
}

const quorums = (figures: Figures) =>
  policyOf(figures)
    .tiers.rules.map(({ quorumBps }, tier) => `${format.bps(quorumBps)} for ${TIERS[tier] ?? ""}`)
    .join(", ");

const ENTRIES: readonly Entry[] = [
  {
    id: "abstain",
    word: "Abstain",
    plain:
      "A choice for neither side. It counts as taking part, so it helps a quorum, but it never helps an entry to win.",
    see: ["quorum"],
  },
  {
    id: "acceptance",
    word: "Acceptance",
    plain:
      "A recipient must agree to an award before voting opens; otherwise nobody can vote on it. Who submits an ask for himself accepts it by the same signature.",
    covers: ["outcome:NotAccepted"],
  },
  {
    id: "act",
    word: "Act",
    plain:
      "A proposal that changes something other than money: the policy, a role, a stream, the breaker, or the books after a loss. Acts are always judged at the constitutional tier.",
    covers: [
      "outcome:Approved",
      "act:SetPolicy",
      "act:SetRole",
      "act:RuleOnStream",
      "act:ClearBreaker",
      "act:WriteOff",
    ],
    see: ["constitutional", "superseded"],
  },
  {
    id: "approval",
    word: "Approval",
    plain: "The share of the weight for or against that must be for.",
    here: (figures) =>
      `Here: ${policyOf(figures)
        .tiers.rules.map(
          ({ approvalBps }, tier) => `${format.bps(approvalBps)} for ${TIERS[tier] ?? ""}`,
        )
        .join(", ")}.`,
    covers: ["failure:ApprovalMissed", "failure:NotMoreForThanAgainst"],
  },
  {
    id: "award",
    word: "Award",
    plain:
      "Money that the community gives: to whom, how much, over which time. It leaves the vault bit by bit, as a stream.",
    covers: ["act:Award"],
    see: ["stream"],
  },
  {
    id: "ballot",
    word: "Ballot",
    plain:
      "One voter’s choices on a slate: for, against or abstain on any of its entries. It can be changed until voting closes.",
    see: ["abstain", "slate-hash"],
  },
  {
    id: "bond",
    word: "Bond",
    plain:
      "Tokens that a proposer puts down with a proposal. They come back unless almost nobody supports it.",
    here: inEpoch(
      ({ policy }, { budget }) =>
        `Here: ${format.amount(policy.slate.bond, budget)}, lost only below ${format.bps(policy.slate.spamSupportBps)} of all weight in favour.`,
    ),
  },
  {
    id: "breaker",
    word: "Breaker",
    plain:
      "A switch that anybody may trip when the treasury has lost too much or drains too fast. While it has tripped, no award is funded or executed and no policy changed; streams go on paying.",
    here: ({ treasury, now }) =>
      isTripped(treasury, now)
        ? `It has tripped, until ${format.moment(treasury.trippedUntil, now)}.`
        : "It has not tripped.",
    covers: ["reason:BreakerTripped"],
  },
  {
    id: "cap",
    word: "Cap",
    plain:
      "The most that one epoch may award. No vote can go beyond it, and the policy can never set it above 30 % of the free funds.",
    here: inEpoch(
      ({ cap, index }, { budget }) => `In epoch ${index}: ${format.amount(cap, budget)}.`,
    ),
    covers: ["reason:OverCap"],
    see: ["free-funds"],
  },
  {
    id: "category",
    word: "Category",
    plain:
      "What a kind of money is for. Each has its share of the cap, and those whose money is at risk have a limit to how much may be out.",
    covers: ["reason:CategoryFull", "class:operating"],
    see: ["exposure"],
  },
  {
    id: "checkpoint",
    word: "Checkpoint",
    plain: "A gate between two parts of a stream. The money stops there until a review is passed.",
    see: ["review", "held"],
  },
  {
    id: "cliff",
    word: "Cliff",
    plain: "The first stretch of a stream, in which nothing is released yet.",
  },
  {
    id: "concentration",
    word: "Concentration",
    plain:
      "How much one recipient may have of an epoch’s cap. It also says how few holders have how much of all weight.",
    here: (figures) =>
      `Here: one recipient may have ${format.bps(policyOf(figures).risk.maxRecipientBps)} of the cap.`,
    covers: ["reason:Concentration"],
  },
  {
    id: "constitutional",
    word: "Constitutional tier",
    plain: "The strictest tier: for changes of policy and roles and for rulings on streams.",
    here: tierWords(3),
    covers: ["tier:constitutional"],
  },
  {
    id: "contested-quorum",
    word: "Contested quorum",
    plain: "The more oppose an entry, the more weight must take part in its vote.",
    here: (figures) => {
      const { contestedCoefBps, maxQuorumBps } = policyOf(figures).tiers;
      return `Here: up to ${format.bps(contestedCoefBps)} more when everybody opposes it, and never above ${format.bps(maxQuorumBps)}.`;
    },
    covers: ["failure:ContestedQuorumMissed"],
    see: ["quorum"],
  },
  {
    id: "cool-down",
    word: "Cool-down",
    plain:
      "How long staked tokens take to come back once you ask for them. A longer one, which you choose, gives more weight; cooling tokens have none.",
    here: (figures) => {
      const { minLockSecs, maxLockSecs } = policyOf(figures).stake;
      return `Here: ${format.span(minLockSecs)} to ${format.span(maxLockSecs)}.`;
    },
    see: ["weight"],
  },
  {
    id: "delegate",
    word: "Delegate",
    plain:
      "Somebody who may cast your ballot in your place. Yours replaces theirs whenever you vote yourself; they never get hold of your tokens.",
  },
  {
    id: "derivative",
    word: "Derivative",
    plain:
      "A class of money that is held for its return. Asks in it are judged one tier up, and what is out has a limit.",
    covers: ["class:derivative"],
    see: ["exposure"],
  },
  {
    id: "electorate",
    word: "Electorate",
    plain:
      "All weight at the moment at which voting opened: what every quorum is a share of. Where too little is staked at all, nothing passes.",
    here: inEpoch(
      (epoch, figures) =>
        `In epoch ${epoch.index}: ${format.digits(electorateOf(epoch, figures), figures.stake.decimals)} weight.`,
    ),
    covers: ["failure:ElectorateTooSmall"],
    see: ["snapshot"],
  },
  {
    id: "epoch",
    word: "Epoch",
    plain:
      "One round: proposals are taken, then voted on, then the vote is settled, then what was funded starts to flow.",
    here: inEpoch(
      ({ index, policy }) =>
        `This is epoch ${index}; they open ${format.span(policy.schedule.periodSecs)} apart or more.`,
    ),
    see: ["submission", "voting", "settlement"],
  },
  {
    id: "executed",
    word: "Executed",
    plain:
      "Carried out after its timelock. An award becomes a stream, an act takes effect. Anybody may do it.",
    covers: ["outcome:Executed"],
    see: ["timelock", "lapsed"],
  },
  {
    id: "exposure",
    word: "Exposure",
    plain:
      "Money that is out in a category whose money is at risk: what was put in, or what it is worth if that is more.",
    covers: ["reason:ExposureLimit"],
    see: ["hedge", "derivative"],
  },
  {
    id: "failed",
    word: "Failed",
    plain: "Did not pass the vote: too few took part, or too few of them were in favour.",
    covers: ["outcome:Failed"],
    see: ["quorum", "approval", "support"],
  },
  {
    id: "free-funds",
    word: "Free funds",
    plain:
      "What the vault has and has neither promised nor set aside. Caps and tiers are shares of it.",
    here: ({ treasury, budget }) => `Now: ${format.amount(state.treasury.free(treasury), budget)}.`,
  },
  {
    id: "funded",
    word: "Funded",
    plain: "Passed, and there was room for it: the money is promised, and waits for its timelock.",
    covers: ["outcome:Funded"],
    see: ["funding-line", "timelock"],
  },
  {
    id: "funding-line",
    word: "Funding line",
    plain:
      "Entries that pass are taken in order: most weight for over against first. What fits is funded, what does not is skipped; the line is where the money ends.",
    see: ["cap"],
  },
  {
    id: "guardian",
    word: "Guardian",
    plain:
      "A key that can delay: it vetoes a funded award or a change of policy within its timelock, and pauses executions or one stream for a limited time. It can spend nothing, and a vote replaces it.",
    here: (figures) => {
      const pause = policyOf(figures).breaker.guardianPauseSecs;
      return `Here: it can pause for ${format.span(pause)} in any 90 days.`;
    },
    covers: ["role:Guardian"],
    see: ["vetoed", "pause"],
  },
  {
    id: "hedge",
    word: "Hedge",
    plain:
      "A class of money that is held to offset a risk. Asks in it are judged one tier up, and what is out has a limit.",
    covers: ["class:hedge"],
    see: ["exposure"],
  },
  {
    id: "held",
    word: "Held",
    plain:
      "A stream that stands still because a review failed or its recipient was silent. A vote can resume, reduce or cancel it; without one the rest returns to the vault.",
    see: ["review", "ruling"],
  },
  {
    id: "lapsed",
    word: "Lapsed",
    plain: "Funded or approved, but nobody executed it in time. The money is free again.",
    here: (figures) =>
      `Here: ${format.span(policyOf(figures).schedule.executionGraceSecs)} from settlement.`,
    covers: ["outcome:Lapsed"],
  },
  {
    id: "large",
    word: "Large tier",
    plain: "The strictest tier for asks. Above its limit nobody can ask at all.",
    here: tierWords(2),
    covers: ["tier:large"],
    see: ["tier"],
  },
  {
    id: "late-swing",
    word: "Late swing",
    plain:
      "A ballot near the end that turns a result extends voting, so that others can answer. In the very last stretch no ballot may turn a failing entry into a passing one.",
    here: (figures) => {
      const { lateWindowSecs, maxExtensionSecs } = policyOf(figures).schedule;
      return `Here: in the last ${format.span(lateWindowSecs)}; by at most ${format.span(maxExtensionSecs)} in all.`;
    },
  },
  {
    id: "medium",
    word: "Medium tier",
    plain:
      "The tier in the middle. Its asks must stream for long enough that a later vote can stop a part.",
    here: tierWords(1),
    covers: ["tier:medium"],
    see: ["tier"],
  },
  {
    id: "metadata",
    word: "Metadata",
    plain:
      "The long text of a proposal. It lies elsewhere; its hash is on chain, and a page shows it only if the bytes are the very ones. Nothing in it touches money.",
  },
  {
    id: "outflow",
    word: "Outflow limit",
    plain:
      "How fast money may leave the vault. A claim beyond it waits, but never longer than the longest delay.",
    here: (figures) => {
      const { outflowBps, outflowWindowSecs, maxPayoutDelaySecs } = policyOf(figures).breaker;
      return `Here: ${format.bps(outflowBps)} of the vault in ${format.span(outflowWindowSecs)}; no payment waits longer than ${format.span(maxPayoutDelaySecs)}.`;
    },
  },
  {
    id: "pause",
    word: "Pause",
    plain:
      "The guardian can stop executions, or one stream’s further release, for a limited time. What is released stays claimable.",
    see: ["guardian"],
  },
  {
    id: "pending",
    word: "Pending",
    plain: "Not decided yet: the epoch has not been settled.",
    covers: ["outcome:Pending"],
  },
  {
    id: "policy",
    word: "Policy",
    plain:
      "The rules that the community sets for itself, within hard bounds that no vote can move. A change never reaches an epoch that is already open.",
  },
  {
    id: "quorum",
    word: "Quorum",
    plain: "The share of all weight that must take part in an entry’s vote for it to pass.",
    here: (figures) => `Here: ${quorums(figures)}.`,
    covers: ["failure:QuorumMissed"],
    see: ["contested-quorum", "electorate"],
  },
  {
    id: "record",
    word: "Record",
    plain:
      "What the treasury remembers of a person: awards, reviews, missed updates. A weak one makes the next ask harder.",
    here: (figures) =>
      `Here: below ${format.bps(policyOf(figures).tiers.recordFloorBps)} on average an ask starts one tier up.`,
  },
  {
    id: "review",
    word: "Review",
    plain:
      "At a checkpoint the recipient files an update and the reviewer scores it. If the reviewer is silent, it passes; if the recipient is silent, the stream is held.",
    here: (figures) => {
      const { passBps, floorBps } = policyOf(figures).review;
      return `Here: ${format.bps(passBps)} passes, below ${format.bps(floorBps)} the stream is held, between them the next part shrinks.`;
    },
    see: ["checkpoint", "held"],
  },
  {
    id: "reviewer",
    word: "Reviewer",
    plain: "A key that scores updates. It can spend nothing, and a vote replaces it.",
    covers: ["role:Reviewer"],
    see: ["review"],
  },
  {
    id: "reward",
    word: "Reward",
    plain:
      "A small part of the cap goes to those who vote, by weight and never for a side. A ballot must choose on enough entries.",
    here: inEpoch(
      ({ rewardPool, policy }, { budget }) =>
        `Here: ${format.amount(rewardPool, budget)}, for ballots on ${format.bps(policy.budget.participationGateBps)} of the entries or more.`,
    ),
  },
  {
    id: "risk-reporter",
    word: "Risk reporter",
    plain:
      "A key that says what positions at risk are worth. It can spend nothing, and a vote replaces it.",
    covers: ["role:RiskReporter"],
    see: ["exposure"],
  },
  {
    id: "ruling",
    word: "Ruling",
    plain:
      "A vote on a running or held stream: resume it, reduce what is left, or cancel it. What is released is never taken back.",
    see: ["stream", "held"],
  },
  {
    id: "runway",
    word: "Runway",
    plain:
      "How many epochs the free funds last at the present pace of awards. An award that would take it below its floor is not funded.",
    here: (figures) =>
      `Here: ${format.count(policyOf(figures).risk.minRunwayEpochs, "epoch")} at least.`,
    covers: ["reason:RunwayFloor"],
  },
  {
    id: "settlement",
    word: "Settlement",
    plain:
      "One transaction that decides the whole slate once voting is over. Anybody may send it, and the result does not depend on who does.",
    here: inEpoch(({ index, settledAt }, { now }) =>
      settledAt === 0n
        ? `Epoch ${index} is not settled yet.`
        : `Epoch ${index} was settled ${format.moment(settledAt, now)}.`,
    ),
    covers: ["phase:Tallying", "phase:Settled"],
  },
  {
    id: "skipped",
    word: "Skipped",
    plain:
      "Passed, but it did not fit what was left, or a limit stood in its way. Smaller entries after it can still be funded.",
    covers: ["outcome:Unfunded"],
    see: ["cap", "category", "runway"],
  },
  {
    id: "slate",
    word: "Slate",
    plain: "The list of all that an epoch votes on. Its last quarter is kept for acts.",
    here: inEpoch(
      ({ entryCount, policy }) =>
        `Here: ${entryCount} of ${policy.slate.capacity} slots are taken.`,
    ),
  },
  {
    id: "slate-hash",
    word: "Slate hash",
    plain:
      "A fingerprint of every word and number on the slate. Your ballot names it: if anything were changed, the ballot would not count.",
  },
  {
    id: "slot-fee",
    word: "Slot fee",
    plain:
      "What a place on the slate costs. It doubles with every quarter that is filled, and the treasury keeps it.",
    here: inEpoch(
      (epoch, { budget }) =>
        `The next slot costs ${format.amount(state.epoch.slotFee(epoch), budget)}.`,
    ),
  },
  {
    id: "small",
    word: "Small tier",
    plain: "The tier that asks least. Many small asks together still meet the next tier’s bar.",
    here: tierWords(0),
    covers: ["tier:small"],
    see: ["tier", "tier-full"],
  },
  {
    id: "snapshot",
    word: "Snapshot",
    plain:
      "Your power in a vote is your weight at the moment at which voting opened, less what you took away since. Tokens staked later have none in that vote.",
  },
  {
    id: "stake",
    word: "Stake",
    plain:
      "Tokens that you put in to vote with. They stay yours, and come back after their cool-down.",
    here: ({ treasury, stake }) => `Here: ${format.amount(treasury.staked, stake)} are staked.`,
    see: ["weight", "cool-down"],
  },
  {
    id: "stream",
    word: "Stream",
    plain:
      "An award on its way: released by the second, part by part, each part behind a review. What is released stays claimable, whatever happens.",
    see: ["checkpoint", "cliff"],
  },
  {
    id: "streak",
    word: "Streak",
    plain:
      "Taking part in each of the last eight epochs adds to your weight; missing some adds less.",
    here: (figures) => `Here: up to ${format.bps(policyOf(figures).stake.streakBonusBps)} more.`,
    see: ["weight"],
  },
  {
    id: "submission",
    word: "Submission",
    plain: "The first phase of an epoch: anybody may propose, and recipients must accept.",
    here: inEpoch(({ votingOpensAt, index }, { now }) =>
      now < votingOpensAt
        ? `Epoch ${index} takes proposals until ${format.moment(votingOpensAt, now)}.`
        : `In epoch ${index} it ended ${format.moment(votingOpensAt, now)}.`,
    ),
    covers: ["phase:Submission"],
  },
  {
    id: "superseded",
    word: "Superseded",
    plain: "Passed, but another act on the same matter ranked higher. Only one of them stands.",
    covers: ["outcome:Superseded"],
  },
  {
    id: "support",
    word: "Support",
    plain:
      "The weight in favour must by itself be as much as a bare quorum would hold, so that abstainers and opponents cannot make up what supporters lack.",
    covers: ["failure:SupportTooThin"],
    see: ["quorum", "approval"],
  },
  {
    id: "tier",
    word: "Tier",
    plain:
      "How much is at stake, and so how much consent it needs: small, medium or large by what a recipient asks for in all, constitutional for acts.",
    covers: ["reason:TierBlocked"],
    see: ["small", "medium", "large", "constitutional"],
  },
  {
    id: "tier-full",
    word: "Tier full",
    plain:
      "Small asks together may not take more than a medium one could, small and medium together not more than a large one: splitting an ask gains nothing.",
    covers: ["reason:TierFull"],
    see: ["tier"],
  },
  {
    id: "timelock",
    word: "Timelock",
    plain:
      "The time between settlement and the first moment at which something can be carried out: a day at least, for everybody to look and, if need be, to leave.",
    here: (figures) =>
      `Here: ${policyOf(figures)
        .tiers.rules.map(
          ({ timelockSecs }, tier) => `${format.span(timelockSecs)} for ${TIERS[tier] ?? ""}`,
        )
        .join(", ")}.`,
  },
  {
    id: "turnout",
    word: "Turnout",
    plain: "The weight of all ballots as a share of all weight.",
    here: inEpoch(
      (epoch, figures) =>
        `In epoch ${epoch.index}: ${format.share(epoch.turnout, electorateOf(epoch, figures))}.`,
    ),
  },
  {
    id: "vault",
    word: "Vault",
    plain:
      "The token account that the treasury pays from. No key can move tokens out of it; only the program can, by its rules.",
    here: ({ treasury, budget }) => `It holds ${format.amount(treasury.tracked, budget)}.`,
  },
  {
    id: "vetoed",
    word: "Vetoed",
    plain:
      "Stopped by the guardian within its timelock. Only awards and changes of policy can be; an act that replaces the guardian cannot.",
    covers: ["outcome:Vetoed"],
    see: ["guardian"],
  },
  {
    id: "voting",
    word: "Voting",
    plain: "The second phase of an epoch: whoever has weight fills in a ballot.",
    here: inEpoch(({ votingOpensAt, votingClosesAt, index }, { now }) => {
      if (now < votingOpensAt)
        return `In epoch ${index} it opens ${format.moment(votingOpensAt, now)}.`;
      const word = now < votingClosesAt ? "closes" : "closed";
      return `In epoch ${index} it ${word} ${format.moment(votingClosesAt, now)}.`;
    }),
    covers: ["phase:Voting"],
    see: ["late-swing"],
  },
  {
    id: "weight",
    word: "Weight",
    plain:
      "What your vote counts for: your staked tokens, with a bonus for a longer cool-down and one for a streak, three times the tokens at most.",
    here: (figures) => {
      const { lockBonusBps, streakBonusBps } = policyOf(figures).stake;
      return `Here: up to ${format.bps(lockBonusBps)} more for the longest cool-down and ${format.bps(streakBonusBps)} for a full streak.`;
    },
    see: ["cool-down", "streak", "snapshot"],
  },
  {
    id: "withdrawn",
    word: "Withdrawn",
    plain: "Taken off the slate by its proposer before voting opened.",
    covers: ["outcome:Withdrawn"],
  },
];

/** All entries, in the order of the alphabet. */
export const GLOSSARY: readonly Entry[] = [...ENTRIES].sort((a, b) => (a.word < b.word ? -1 : 1));

const BY_ID = new Map(GLOSSARY.map((entry) => [entry.id, entry]));
const BY_STATE = new Map(
  GLOSSARY.flatMap((entry) => (entry.covers ?? []).map((one) => [one, entry] as const)),
);

/** The entry of this name; `null` for none. */
export function entryOf(id: string): Entry | null {
  return BY_ID.get(id) ?? null;
}

/** The entry that explains a state: `outcome:Failed`, `tier:small`; `null` for none. */
export function entryFor(covered: string): Entry | null {
  return BY_STATE.get(covered) ?? null;
}
