/** What needs the visitor. */

import * as budget from "@community-budget/client";
import type { Stake, Stream, Treasury } from "@community-budget/client";

import { money, sentence, staked, text, written } from "../../activity/parts";
import * as format from "../format";
import { nextOpeningAt } from "../health";
import type { Route } from "../router";
import { categoryName, checkpointName } from "../words";
import {
  type Matter,
  type Scene,
  type You,
  called,
  count,
  lastSettled,
  reached,
  streamRoute,
} from "./scene";

const { ActionKind, EntryFlags, Outcome, hasFlag } = budget;
const { epoch: course, stake: stakes, stream: flow, treasury: books } = budget.state;

/** Matters of the visitor, in no order. */
export function mattersFor(scene: Scene, you: You): Matter[] {
  return [
    ...ballotOf(scene, you),
    ...delegationsOf(scene, you),
    ...acceptancesOf(scene, you),
    ...streamsOf(scene, you),
    ...stakeOf(scene, you),
    ...rewardOf(scene, you),
    ...dutiesOf(scene, you),
  ];
}

/** The power of a stake in the present epoch. */
function powerOf(treasury: Treasury, stake: Stake, now: bigint): bigint {
  const index = books.currentEpoch(treasury);
  if (index === null || !books.votingOpened(treasury, now)) return 0n;
  return stakes.powerIn(stake, index);
}

function ballotOf({ now, treasury, epoch }: Scene, you: You): Matter[] {
  if (epoch === null || course.phaseAt(epoch, now) !== "Voting") return [];
  const { stake, ballot } = you;
  if (stake === null || ballot === null || epoch.votableCount === 0) return [];
  const electorate = books.electorate(treasury, epoch.index);
  const common = {
    who: "you",
    when: "until",
    at: epoch.votingClosesAt,
    route: { page: "ballot" },
  } as const;
  if (ballot === "none") {
    const power = powerOf(treasury, stake, now);
    if (power === 0n) return [];
    const share = text(format.share(power, electorate));
    return [
      {
        ...common,
        id: "ballot",
        words: sentence`You have not voted; your weight is ${share} of all.`,
        deed: "Fill in your ballot",
      },
    ];
  }
  const covered = budget.unpackBallot(ballot.choices).length;
  const gate = epoch.policy.budget.participationGateBps;
  const needed = Number(budget.rules.bps.shareCeil(BigInt(epoch.votableCount), gate));
  const paid = epoch.rewardPool > 0n && covered < Math.max(needed, 1);
  if (covered === 0) {
    return [
      {
        ...common,
        id: "ballot-empty",
        words: sentence`Your ballot holds no choice: it counts for nothing.`,
        deed: "Fill it in again",
      },
    ];
  }
  if (!paid) return [];
  const earned = course.reward({ ...epoch, electorate }, ballot.weight, needed);
  return [
    {
      ...common,
      id: "ballot-gate",
      words: sentence`Your ballot covers ${String(covered)} of ${count(
        epoch.votableCount,
        "entry",
        "entries",
      )}; from ${String(needed)} on it earns ${money(earned)}, whatever you choose.`,
      deed: "Add to your ballot",
    },
  ];
}

function delegationsOf({ now, treasury, epoch }: Scene, you: You): Matter[] {
  if (epoch === null || course.phaseAt(epoch, now) !== "Voting") return [];
  const { voters } = you;
  if (you.stakes === null || voters === null || epoch.votableCount === 0) return [];
  const waiting = you.stakes.filter(
    (stake) =>
      stake.delegate === you.address &&
      stake.owner !== you.address &&
      !voters.has(stake.owner) &&
      powerOf(treasury, stake, now) > 0n,
  );
  if (waiting.length === 0) return [];
  const weight = waiting.reduce((sum, stake) => sum + powerOf(treasury, stake, now), 0n);
  const share = text(format.share(weight, books.electorate(treasury, epoch.index)));
  const who = waiting.length === 1 ? "has" : "have";
  return [
    {
      id: "delegations",
      who: "you",
      words: sentence`${count(waiting.length, "holder")} who named you as delegate ${who} no ballot yet: ${share} of all weight.`,
      when: "until",
      at: epoch.votingClosesAt,
      route: { page: "ballot" },
      deed: "Vote for them",
    },
  ];
}

function acceptancesOf({ now, epoch, proposals }: Scene, you: You): Matter[] {
  if (epoch === null || course.phaseAt(epoch, now) !== "Submission") return [];
  return [...proposals.values()].flatMap(({ index, terms }): Matter[] => {
    const entry = epoch.slate[index];
    const { action } = terms;
    if (action.__kind !== "Award" || action.fields[0].recipient !== you.address) return [];
    const waits =
      entry !== undefined &&
      entry.outcome === Outcome.Pending &&
      !hasFlag(entry, EntryFlags.Accepted);
    if (!waits) return [];
    const route: Route = { page: "proposal", index: epoch.index, entry: index };
    return [
      {
        id: `accept-${epoch.index}-${index}`,
        who: "you",
        words: sentence`${written(terms.title, null)} would pay you ${money(
          action.fields[0].amount,
        )}; nobody can vote on it before you accept.`,
        when: "until",
        at: epoch.votingOpensAt,
        route,
        deed: "Look at its terms",
      },
    ];
  });
}

function streamsOf(scene: Scene, you: You): Matter[] {
  const { now, treasury, streams } = scene;
  const own = streams.filter(({ data }) => data.recipient === you.address);
  const matters: Matter[] = [];
  let claimable = 0n;
  let paying: Stream | null = null;
  let several = false;
  for (const { data } of own) {
    // `now` is a little late; just after a payment, less had been released then than is paid now.
    const due = flow.releasedAt(data, now) > data.withdrawn;
    const next = due ? flow.claimAt({ address: data.treasury, data: treasury }, data, now) : 0n;
    if (next > 0n) {
      several = paying !== null;
      claimable += next;
      paying = data;
    }
    const update = updateOf(scene, data);
    if (update !== null) matters.push(update);
  }
  if (paying !== null) {
    matters.push({
      id: "claim",
      who: "you",
      words: sentence`${money(claimable)} of your streams can be claimed now.`,
      when: null,
      at: null,
      route: several ? { page: "streams" } : streamRoute(paying),
      deed: "Claim",
    });
  }
  return matters;
}

function updateOf(scene: Scene, stored: Stream): Matter | null {
  const stream = flow.asOf(stored, scene.now);
  const waits = flow.stageAt(stream, scene.now);
  const common = { who: "you", route: streamRoute(stream) } as const;
  const id = `update-${stream.epochIndex}-${stream.entryIndex}-${stream.passed}`;
  const checkpoint = `${checkpointName(stream.passed)} of ${stream.checkpoints}`;
  switch (waits?.kind) {
    case "AwaitsUpdate":
      return {
        ...common,
        id,
        words: sentence`Your update on ${called(scene, stream)} is due: it has come to ${checkpoint} and waits there.`,
        when: "until",
        at: reached(stream, waits.until),
        deed: "File the update",
      };
    case "Overdue":
      return {
        ...common,
        id,
        words: sentence`Your update on ${called(scene, stream)} did not come in time: anybody may have it held.`,
        when: "since",
        at: reached(stream, waits.at),
        deed: "See what can be done",
      };
    default:
      return null;
  }
}

function stakeOf({ now }: Scene, { stake }: You): Matter[] {
  if (stake === null) return [];
  const route: Route = { page: "participation" };
  const matters: Matter[] = [];
  if (stake.dormant !== 0) {
    matters.push({
      id: "dormant",
      who: "you",
      words: sentence`Your stake is dormant, as nobody voted with it for eight epochs: it weighs nothing until you touch it.`,
      when: null,
      at: null,
      route,
      deed: "Wake it",
    });
  }
  if (stake.cooling > 0n && now >= stake.coolingUntil) {
    matters.push({
      id: "cooled",
      who: "you",
      words: sentence`${staked(stake.cooling)} have cooled down and can be withdrawn.`,
      when: "since",
      at: stake.coolingUntil,
      route,
      deed: "Withdraw",
    });
  }
  return matters;
}

function rewardOf({ now, epochs }: Scene, { lastBallot }: You): Matter[] {
  const epoch = lastSettled(epochs);
  if (epoch === null || lastBallot === null) return [];
  const covered = budget.unpackBallot(lastBallot.choices).length;
  const earned = course.reward(epoch, lastBallot.weight, covered);
  const until = course.claimsEndAt(epoch);
  if (earned === 0n || now >= until) return [];
  return [
    {
      id: `reward-${epoch.index}`,
      who: "you",
      words: sentence`You earned ${money(earned)} by voting in epoch ${String(epoch.index)}.`,
      when: "until",
      at: until,
      route: { page: "participation" },
      deed: "Claim it",
    },
  ];
}

function dutiesOf(scene: Scene, you: You): Matter[] {
  const { treasury } = scene;
  return [
    ...(treasury.reviewer === you.address ? reviewsOf(scene) : []),
    ...(treasury.guardian === you.address ? vetoesOf(scene) : []),
    ...(treasury.riskReporter === you.address ? marksOf(scene) : []),
  ];
}

function reviewsOf(scene: Scene): Matter[] {
  return scene.streams.flatMap(({ data }): Matter[] => {
    const waits = flow.stageAt(data, scene.now);
    if (waits?.kind !== "AwaitsVerdict") return [];
    return [
      {
        id: `verdict-${data.epochIndex}-${data.entryIndex}-${data.passed}`,
        who: "you",
        words: sentence`As the reviewer, you are to score the update on ${called(scene, data)}; without a score it passes by itself.`,
        when: "until",
        at: reached(data, waits.until),
        route: streamRoute(data),
        deed: "Read and score it",
      },
    ];
  });
}

function vetoesOf({ now, epochs }: Scene): Matter[] {
  return epochs.flatMap((epoch): Matter[] => {
    if (epoch.settledAt === 0n) return [];
    const open = epoch.slate.slice(0, epoch.entryCount).flatMap((entry) => {
      const stoppable = entry.action === ActionKind.Award || entry.action === ActionKind.SetPolicy;
      const waits = entry.outcome === Outcome.Funded || entry.outcome === Outcome.Approved;
      const until = course.executableAt(epoch, entry.tier);
      return stoppable && waits && now < until ? [until] : [];
    });
    const [first] = [...open].sort((a, b) => (a < b ? -1 : 1));
    if (first === undefined) return [];
    const them = open.length === 1 ? "it" : "them";
    return [
      {
        id: `veto-${epoch.index}`,
        who: "you",
        words: sentence`As the guardian, you may veto ${count(open.length, "entry", "entries")} of epoch ${String(epoch.index)} while the timelock keeps ${them} from being executed.`,
        when: "until",
        at: first,
        route: { page: "epoch", index: epoch.index },
        deed: "Read what passed",
      },
    ];
  });
}

function marksOf({ treasury }: Scene): Matter[] {
  const opensAt = nextOpeningAt(treasury);
  const { markAgeSecs, categories } = treasury.inForce.risk;
  return treasury.positions.flatMap((position, category): Matter[] => {
    if (position.cost === 0n) return [];
    const markedAt = position.reportedAt === 0n ? position.markedAt : position.reportedAt;
    const countsUntil = markedAt + BigInt(markAgeSecs);
    if (countsUntil >= opensAt) return [];
    return [
      {
        id: `mark-${category}`,
        who: "you",
        words: sentence`As the risk reporter, you are to mark ${written(
          categoryName(categories[category]),
          null,
        )} anew: its mark will be too old to count when the next epoch opens.`,
        when: "until",
        at: opensAt,
        route: { page: "risk" },
        deed: "Mark it",
      },
    ];
  });
}
