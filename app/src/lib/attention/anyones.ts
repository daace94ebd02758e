/** What anybody may do now. */

import * as budget from "@community-budget/client";
import type { Stream } from "@community-budget/client";

import { money, sentence } from "../../activity/parts";
import { gaugesOf, mayTrip, nextCap, nextOpeningAt } from "../health";
import type { Route } from "../router";
import { EPOCH, type Matter, type Scene, called, count, reached, streamRoute } from "./scene";

const { ActionKind, Outcome } = budget;
const { epoch: course, stream: flow, treasury: books } = budget.state;

/** Matters of nobody in particular, in no order. */
export function mattersForAnyone(scene: Scene): Matter[] {
  return [...courseOf(scene), ...tripOf(scene), ...executionsOf(scene), ...streamsForAnyone(scene)];
}

function courseOf({ now, treasury, epoch, epochs }: Scene): Matter[] {
  const matters: Matter[] = [];
  if (epoch !== null && course.phaseAt(epoch, now) === "Tallying") {
    matters.push({
      id: "settle",
      who: "anyone",
      words: sentence`Voting in epoch ${String(epoch.index)} has closed: anybody may settle it, and the result does not depend on who does.`,
      when: "since",
      at: epoch.votingClosesAt,
      route: EPOCH,
      deed: "Settle it",
    });
  }
  const opensAt = nextOpeningAt(treasury);
  if (treasury.epochActive === 0 && now >= opensAt) {
    const cap = nextCap(treasury);
    if (cap !== null) {
      matters.push({
        id: "open",
        who: "anyone",
        words: sentence`Epoch ${String(treasury.epochCount)} may be opened by anybody; it could give away ${money(cap)}.`,
        when: "since",
        at: opensAt,
        route: EPOCH,
        deed: "Open it",
      });
    }
  }
  for (const past of epochs) {
    const empty = past.voteRecordCount === 0n && past.openProposals === 0;
    if (past.settledAt === 0n || !empty) continue;
    matters.push({
      id: `close-epoch-${past.index}`,
      who: "anyone",
      words: sentence`Nothing is left to do in epoch ${String(past.index)}: anybody may close its account, and the rent goes back to who paid it.`,
      when: null,
      at: null,
      route: { page: "epoch", index: past.index },
      deed: "Close it",
    });
  }
  return matters;
}

function executionsOf({ now, treasury, epochs }: Scene): Matter[] {
  const standstill = books.standstill(treasury);
  const blocked = budget.rules.standstill.isOn(standstill, now);
  const stood = budget.rules.standstill.totalSecs(standstill, now);
  return epochs.flatMap((epoch): Matter[] => {
    if (epoch.settledAt === 0n) return [];
    const waiting = epoch.slate
      .slice(0, epoch.entryCount)
      .filter(({ outcome }) => outcome === Outcome.Funded || outcome === Outcome.Approved);
    const graceEndsAt = course.graceEndsAt(epoch, stood);
    const over = now >= graceEndsAt;
    const route: Route = { page: "epoch", index: epoch.index };
    if (over) {
      if (waiting.length === 0) return [];
      return [
        {
          id: `lapse-${epoch.index}`,
          who: "anyone",
          words: sentence`${count(waiting.length, "entry", "entries")} of epoch ${String(epoch.index)} ${waiting.length === 1 ? "was" : "were"} not executed in time: anybody may let ${waiting.length === 1 ? "it" : "them"} lapse, which frees the money.`,
          when: "since",
          at: graceEndsAt,
          route,
          deed: "Look at the epoch",
        },
      ];
    }
    const due = waiting.filter(
      ({ action, tier }) =>
        now >= course.executableAt(epoch, tier) &&
        // Breaker and pause reach awards and changes of policy only.
        !(blocked && (action === ActionKind.Award || action === ActionKind.SetPolicy)),
    );
    if (due.length === 0) return [];
    return [
      {
        id: `execute-${epoch.index}`,
        who: "anyone",
        words: sentence`${count(due.length, "entry", "entries")} of epoch ${String(epoch.index)} passed and may be executed by anybody.`,
        when: "until",
        at: graceEndsAt,
        route,
        deed: "Look at the epoch",
      },
    ];
  });
}

/** What anybody may do about a stream. */
interface Open {
  /** Unix seconds. */
  readonly now: bigint;
  readonly closable: boolean;
  /** Since when its update is late, in Unix seconds; `null` when it is not. */
  readonly lateSince: bigint | null;
}

/** The scene changes with every ballot, and ten thousand streams take a while: each is looked at once a moment. */
const looked = new WeakMap<Stream, Open>();

function openOf(stored: Stream, now: bigint): Open {
  const last = looked.get(stored);
  if (last?.now === now) return last;
  const stream = flow.asOf(stored, now);
  const waits = flow.stageAt(stream, now);
  const open = {
    now,
    closable: flow.isFinished(stream) && stream.openReviews === 0,
    lateSince: waits?.kind === "Overdue" ? reached(stream, waits.at) : null,
  };
  looked.set(stored, open);
  return open;
}

function streamsForAnyone(scene: Scene): Matter[] {
  const { now, streams, you } = scene;
  const matters: Matter[] = [];
  let finished = 0;
  for (const { data: stream } of streams) {
    const { closable, lateSince } = openOf(stream, now);
    if (closable) finished += 1;
    // The recipient is told so as the recipient.
    if (lateSince === null || stream.recipient === you?.address) continue;
    matters.push({
      id: `hold-${stream.epochIndex}-${stream.entryIndex}`,
      who: "anyone",
      words: sentence`The update on ${called(scene, stream)} did not come in time: anybody may have the stream held until a vote decides on it.`,
      when: "since",
      at: lateSince,
      route: streamRoute(stream),
      deed: "Look at the stream",
    });
  }
  if (finished > 0) {
    matters.push({
      id: "close-streams",
      who: "anyone",
      words: sentence`${count(finished, "stream")} paid all that ${finished === 1 ? "it" : "they"} had to: anybody may close ${finished === 1 ? "its account" : "their accounts"}, and the rent goes back to who paid it.`,
      when: null,
      at: null,
      route: { page: "streams" },
      deed: "Look at the streams",
    });
  }
  return matters;
}

function tripOf({ now, treasury }: Scene): Matter[] {
  const gauges = gaugesOf(treasury, now);
  if (!mayTrip(gauges)) return [];
  const why =
    gauges.condition === "drawdown"
      ? "the treasury has lost too much"
      : "more is awarded than comes in, with too little left";
  return [
    {
      id: "trip",
      who: "anyone",
      words: sentence`Anybody may trip the breaker now: ${why}.`,
      when: null,
      at: null,
      route: { page: "risk" },
      deed: "Look at the risk",
    },
  ];
}
