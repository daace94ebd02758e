/** What a stream has released and waits for. */

import type { Stream, Treasury } from "../generated";
import { payout } from "../rules/bucket";
import { RuleError, saturatingSub, u64 } from "../rules/checked";
import { type ReviewTerms, type Stage, stage } from "../rules/review";
import {
  type Bend,
  type Clock,
  type Gate,
  type Plan,
  clockAt,
  matured,
  netTotal,
  noteBend,
  partStartSecs,
  pass,
  reachedAt,
  released,
} from "../rules/stream";
import { bucketAt } from "./treasury";

/** What a stream pays over which time. */
export function plan(stream: Stream): Plan {
  const { durationSecs, cliffSecs, checkpoints, basePart, baseAmount, rest } = stream;
  return { durationSecs, cliffSecs, checkpoints, basePart, baseAmount, rest };
}

/** How far reviews have let it come. */
export function gate(stream: Stream): Gate {
  const { passed, reducedBefore, partReduction, releasedFloor } = stream;
  return { passed, reducedBefore, partReduction, floor: releasedFloor };
}

/** Its own time. */
export function clock(stream: Stream): Clock {
  const { startedAt, standingSecs, pauseFrom, pauseUntil } = stream;
  return { startedAt, standingSecs, pauseFrom, pauseUntil };
}

/** The last moment at which a review or ruling changed what it releases. */
export function bend(stream: Stream): Bend {
  const { bendAt, bendReleased, bendStandingSecs } = stream;
  return { at: bendAt, released: bendReleased, standingSecs: bendStandingSecs };
}

/** How its updates are judged. */
export function reviewTerms(stream: Stream): ReviewTerms {
  const { windowSecs, graceSecs, passBps, floorBps } = stream;
  return { windowSecs, graceSecs, passBps, floorBps };
}

/** Whether everything has been paid or returned. */
export function isFinished(stream: Stream): boolean {
  return stream.withdrawn + stream.returned === stream.total;
}

/** Base units that the stream pays in all, if nothing else reduces it. */
export function paysInAll(stream: Stream): bigint {
  return stream.endedAt === 0n ? netTotal(plan(stream), gate(stream)) : stream.endedReleased;
}

/**
 * What the first checkpoint that has not passed waits for; `null` when none is left, or the stream is held,
 * has ended, or has nothing left to pay.
 */
export function stageAt(stream: Stream, now: bigint): Stage | null {
  const runs = stream.heldAt === 0n && stream.endedAt === 0n && !isFinished(stream);
  if (!runs || stream.passed >= stream.checkpoints) return null;
  const checkpoint = {
    dueAt: BigInt(partStartSecs(plan(stream), stream.passed + 1)),
    previousPassedAt: stream.previousPassedAt,
    updatedAt: stream.updateFiled === 0 ? null : stream.updatedAt,
  };
  return stage(checkpoint, reviewTerms(stream), clockAt(clock(stream), now));
}

/**
 * The stream as any instruction finds it at `now`: with its checkpoint passed, if the reviewer kept silent
 * for too long (R8).
 */
export function asOf(stream: Stream, now: bigint): Stream {
  if (stream.updateFiled === 0) return stream;
  const waits = stageAt(stream, now);
  if (waits?.kind !== "PassedBySilence") return stream;
  const [own, before, time] = [plan(stream), gate(stream), clock(stream)];
  const out = released(own, before, waits.at);
  const opened = pass(own, before, stream.passBps, stream.passBps);
  const bent = noteBend(bend(stream), reachedAt(time, waits.at), out, time);
  return {
    ...stream,
    passed: opened.gate.passed,
    reducedBefore: opened.gate.reducedBefore,
    partReduction: opened.gate.partReduction,
    bendAt: bent.at,
    bendReleased: bent.released,
    bendStandingSecs: bent.standingSecs,
    previousPassedAt: waits.at,
    updateFiled: 0,
    returned: u64(stream.returned + opened.returned),
  };
}

/** Base units released by `now`, rounded down; all of them at the end. */
export function releasedAt(stream: Stream, now: bigint): bigint {
  const present = asOf(stream, now);
  if (present.endedAt !== 0n) return present.endedReleased;
  return released(plan(present), gate(present), clockAt(clock(present), now));
}

/** Base units that can be claimed at `now`, the outflow bucket aside. */
export function claimableAt(stream: Stream, now: bigint): bigint {
  return u64(releasedAt(stream, now) - stream.withdrawn);
}

/**
 * Of what is claimable at `now`, the base units that were released `delaySecs` before already: no bucket
 * holds them back (P4).
 */
export function overdueAt(stream: Stream, now: bigint, delaySecs: number): bigint {
  const present = asOf(stream, now);
  const then = now - BigInt(delaySecs);
  const ended = present.endedAt !== 0n && then >= present.endedAt;
  const out = ended
    ? present.endedReleased
    : matured(plan(present), gate(present), clock(present), bend(present), then);
  return saturatingSub(out, present.withdrawn);
}

/**
 * Base units that `withdraw_stream` pays at `now`, what the outflow bucket allows but never less than P4
 * says; 0 where the program would refuse the claim. Throws when the stream is another treasury's.
 */
export function claimAt(
  treasury: { readonly address: string; readonly data: Treasury },
  stream: Stream,
  now: bigint,
): bigint {
  if (stream.treasury !== treasury.address) throw new RuleError("a stream of another treasury");
  const claimable = claimableAt(stream, now);
  const { level } = bucketAt(treasury.data, now);
  const delay = treasury.data.inForce.breaker.maxPayoutDelaySecs;
  return payout(claimable, level, level < claimable ? overdueAt(stream, now, delay) : 0n);
}
