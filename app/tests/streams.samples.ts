/** A stream for tests, in each of its states. */

import type { Stream } from "@community-budget/client";

import { key, stream } from "./made";

/** A day in seconds. */
export const DAY = 86_400n;
/** When streams of these tests start, in unix seconds. */
export const START = 1_600_000_000n;
/** So many days after that. */
export const at = (day: number) => START + BigInt(Math.round(day * 86_400));

/** 4,000 over 40 days in four parts; 7 days for the update, 7 for the score, 60 % pass, 30 % hold. */
export function docs(part: Partial<Stream> = {}): Stream {
  return stream({
    entryIndex: 7,
    epochIndex: 3,
    recipient: key(5),
    payoutAccount: key(6),
    total: 4_000n,
    rest: 4_000n,
    startedAt: START,
    durationSecs: 40 * 86_400,
    checkpoints: 3,
    windowSecs: 7 * 86_400,
    graceSecs: 7 * 86_400,
    holdLimitSecs: 30 * 86_400,
    passBps: 6_000,
    floorBps: 3_000,
    ...part,
  });
}

/** After its update on the first checkpoint came on day 12. */
export const updated = (part: Partial<Stream> = {}) =>
  docs({ updateFiled: 1, updatedAt: 12n * DAY, openReviews: 1, ...part });
/** Held since day 17. */
export const held = (part: Partial<Stream> = {}) => docs({ heldAt: at(17), ...part });
/** Ended by a vote on day 20. */
export const ended = () => docs({ endedAt: at(20), endedReleased: 1_000n, returned: 3_000n });
/** All paid or returned. */
export const finished = () => docs({ withdrawn: 3_000n, returned: 1_000n });
