/** What happens when: the moments that accounts have set, for a calendar. Nobody's own dates are among them. */

import type { Account } from "@solana/kit";
import * as budget from "@community-budget/client";
import type { Epoch, Stream, Treasury } from "@community-budget/client";

import { isTripped } from "../lib/breaker";
import * as format from "../lib/format";
import { checkpointName } from "../lib/outcomes";
import type { Route } from "../lib/router";
import { type Part, name, sentence } from "./parts";
import { type Scene, entryIn, streamIn } from "./say";

const { Outcome, ActionKind } = budget;
const { stream: flow, epoch: course, treasury: books } = budget.state;
const { reachedAt } = budget.rules.stream;
const { isOn, totalSecs } = budget.rules.standstill;

/** A moment that matters. */
export interface Deadline {
  /** The same for the same deadline, also when its moment moves. */
  readonly id: string;
  /** Unix seconds. */
  readonly at: bigint;
  /** What happens, without a full stop. */
  readonly words: readonly Part[];
  /** What can be done about it, likewise. */
  readonly next: readonly Part[];
  readonly route: Route;
  /** Seconds before it at which to be reminded; `null` for never. */
  readonly remindSecs: number | null;
}

/** What deadlines are read from. */
export interface Calendar {
  readonly treasury: Treasury;
  /** All that are not closed. */
  readonly epochs: readonly Epoch[];
  readonly streams: readonly Account<Stream>[];
  readonly scene: Scene;
  /** Unix seconds. */
  readonly now: bigint;
}

const DAY = 86_400;

/** Everything that is to come, soonest first. */
export function deadlinesOf(calendar: Calendar): readonly Deadline[] {
  const { treasury, epochs, streams, scene, now } = calendar;
  const all = [
    ...epochs.flatMap((epoch) => ofVoting(epoch)),
    ...epochs.flatMap((epoch) => ofExecution(epoch, treasury, scene, now)),
    ...epochs.flatMap((epoch) => ofRewards(epoch)),
    ...streams.flatMap(({ address, data }) => ofStream(data, streamIn(scene, address), now)),
    ...ofTreasury(treasury, now),
  ];
  return all
    .filter(({ at }) => at > now)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
}

function ofVoting(epoch: Epoch): Deadline[] {
  const { index, votingOpensAt, votingClosesAt, votingHardEndAt } = epoch;
  if (epoch.settledAt !== 0n) return [];
  const route = { page: "epoch", index } as const;
  return [
    {
      id: `epoch-${index}-voting-opens`,
      at: votingOpensAt,
      words: sentence`Voting opens in epoch ${String(index)}`,
      next: sentence`proposals are taken until then, and awards that nobody accepted by then cannot be voted on`,
      route,
      remindSecs: DAY,
    },
    {
      id: `epoch-${index}-voting-closes`,
      at: votingClosesAt,
      words: sentence`Voting closes in epoch ${String(index)}`,
      next: sentence`ballots can be cast and revised until then; a late swing extends it; afterwards anyone may settle the epoch`,
      route,
      remindSecs: DAY,
    },
    {
      id: `epoch-${index}-voting-hard-end`,
      at: votingHardEndAt,
      words: sentence`Voting of epoch ${String(index)} ends, however often it was extended`,
      next: sentence`it ends sooner unless a late swing extends it`,
      route,
      remindSecs: null,
    },
  ];
}

function ofExecution(epoch: Epoch, treasury: Treasury, scene: Scene, now: bigint): Deadline[] {
  if (epoch.settledAt === 0n) return [];
  // Grace runs on only when a block is over: by then so much more will have been blocked.
  const standstill = books.standstill(treasury);
  const over = isOn(standstill, now) ? standstill.until : now;
  const blocked = totalSecs(standstill, over);
  return epoch.slate.slice(0, epoch.entryCount).flatMap((entry, at) => {
    const waits = entry.outcome === Outcome.Funded || entry.outcome === Outcome.Approved;
    if (!waits) return [];
    const what = entryIn(scene, epoch.index, at);
    const route = { page: "proposal", index: epoch.index, entry: at } as const;
    const vetoable = entry.action === ActionKind.Award || entry.action === ActionKind.SetPolicy;
    return [
      {
        id: `entry-${epoch.index}-${at}-executable`,
        at: course.executableAt(epoch, entry.tier),
        words: sentence`${what} can be executed`,
        next: sentence`anyone may execute it from then on${vetoable ? "; the guardian may veto it until then" : ""}`,
        route,
        remindSecs: null,
      },
      {
        id: `entry-${epoch.index}-${at}-lapses`,
        at: course.graceEndsAt(epoch, blocked),
        words: sentence`${what} lapses unless it is executed`,
        next: sentence`anyone may execute it before then, if nothing blocks executions`,
        route,
        remindSecs: DAY,
      },
    ];
  });
}

function ofRewards(epoch: Epoch): Deadline[] {
  if (epoch.settledAt === 0n || epoch.rewardPool === epoch.rewardsPaid) return [];
  if (epoch.voteRecordCount === 0n) return [];
  return [
    {
      id: `epoch-${epoch.index}-rewards-end`,
      at: course.claimsEndAt(epoch),
      words: sentence`Rewards of epoch ${String(epoch.index)} can no longer be claimed`,
      next: sentence`closing a ballot before then pays its reward; anyone may close it`,
      route: { page: "participation" },
      remindSecs: DAY,
    },
  ];
}

function ofStream(stored: Stream, what: readonly Part[], now: bigint): Deadline[] {
  const stream = flow.asOf(stored, now);
  const { epochIndex: index, entryIndex: entry, passed } = stream;
  const checkpoint = checkpointName(passed);
  const route = { page: "stream", index, entry } as const;
  const deadline = (id: string, clock: bigint, words: Part[], next: Part[], remind = false) => ({
    id: `stream-${index}-${entry}-${id}`,
    at: reachedAt(flow.clock(stream), clock),
    words,
    next,
    route,
    remindSecs: remind ? DAY : null,
  });
  const due = (opensAt: bigint) =>
    deadline(
      `update-${passed}-due`,
      opensAt + BigInt(stream.windowSecs),
      sentence`The update on ${checkpoint} of ${what} is due`,
      sentence`${name(stream.recipient)} must file it before then, or anyone may hold the stream`,
      true,
    );
  const waits = flow.stageAt(stream, now);
  switch (waits?.kind) {
    case "Ahead": {
      const begins = BigInt(budget.rules.stream.partStartSecs(flow.plan(stream), passed + 1));
      const opensAt = begins > stream.previousPassedAt ? begins : stream.previousPassedAt;
      return [
        deadline(
          `review-${passed}-opens`,
          opensAt,
          sentence`${format.capital(checkpoint)} of ${what} opens for its update`,
          sentence`${name(stream.recipient)} reports from then on; the stream waits at the checkpoint`,
        ),
        due(opensAt),
      ];
    }
    case "AwaitsUpdate":
      return [due(waits.until - BigInt(stream.windowSecs))];
    case "AwaitsVerdict":
      return [
        deadline(
          `verdict-${passed}-due`,
          waits.until,
          sentence`${format.capital(checkpoint)} of ${what} passes by itself unless it is scored`,
          sentence`the reviewer may score the update before then`,
          true,
        ),
      ];
    default:
      break;
  }
  const runs = stream.heldAt === 0n && stream.endedAt === 0n && passed >= stream.checkpoints;
  if (!runs || flow.isFinished(stream)) return [];
  return [
    deadline(
      "ends",
      BigInt(stream.durationSecs),
      sentence`${what} has released everything`,
      sentence`what is claimable stays so; anyone may claim it for ${name(stream.recipient)}`,
    ),
  ];
}

function ofTreasury(treasury: Treasury, now: bigint): Deadline[] {
  const found: Deadline[] = [];
  const last = books.currentEpoch(treasury);
  const next = last === null ? 0 : last + 1;
  const opensAt =
    last === null
      ? treasury.firstOpenAt
      : treasury.lastOpenedAt + BigInt(treasury.policy.schedule.periodSecs);
  found.push({
    id: `epoch-${next}-opens`,
    at: opensAt,
    words: sentence`Epoch ${String(next)} may open`,
    next: sentence`anyone may open it from then on, once the epoch before it is settled`,
    route: { page: "epoch", index: null },
    remindSecs: null,
  });
  if (isTripped(treasury, now)) {
    found.push({
      id: `breaker-${treasury.trippedAt}-ends`,
      at: treasury.trippedUntil,
      words: sentence`The breaker's trip ends`,
      next: sentence`awards and changes of policy can be executed again`,
      route: { page: "risk" },
      remindSecs: null,
    });
  }
  if (treasury.pauseUntil > now) {
    found.push({
      id: `pause-${treasury.pauseUntil}-ends`,
      at: treasury.pauseUntil,
      words: sentence`The guardian's pause of executions ends`,
      next: sentence`awards and changes of policy can be executed again`,
      route: { page: "risk" },
      remindSecs: null,
    });
  }
  return found;
}
