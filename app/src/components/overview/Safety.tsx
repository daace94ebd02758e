/** Breaker, pauses and the outflow limit, each in a sentence. */

import type { Treasury } from "@community-budget/client";

import { useCoarseNow } from "../../lib/context";
import * as format from "../../lib/format";
import { type Gauges, gaugesOf, mayTrip } from "../../lib/health";
import { Money, When } from "../Text";

/** See the top of this file. */
export function Safety({ treasury }: { readonly treasury: Treasury }) {
  const now = useCoarseNow(60n);
  const gauges = gaugesOf(treasury, now);
  return (
    <section aria-labelledby="safety">
      <h2 id="safety">What stops it</h2>
      <ul className="overview-safety">
        <li>
          <BreakerWords gauges={gauges} />
        </li>
        <li>
          <PauseWords gauges={gauges} />
        </li>
        <li>
          <BucketWords gauges={gauges} />
        </li>
      </ul>
      <p>
        <a href="#/risk">All gauges, and what would happen if</a>
      </p>
    </section>
  );
}

/** The breaker's state, with what happens next and who can do it. */
export function BreakerWords({ gauges }: { readonly gauges: Gauges }) {
  if (gauges.trippedUntil !== null) {
    return (
      <>
        <strong className="held">The breaker has tripped</strong>: no award and no change of policy
        is executed until <When at={gauges.trippedUntil} />; a vote can clear it sooner. What
        streams have released stays claimable.
      </>
    );
  }
  if (mayTrip(gauges)) {
    const why =
      gauges.condition === "drawdown"
        ? "the treasury has lost too much"
        : "more is awarded than comes in, with too little left";
    return (
      <>
        <strong className="held">Anybody may trip the breaker now</strong>: {why}.
      </>
    );
  }
  if (gauges.restsUntil !== null) {
    return (
      <>
        <strong>The breaker rests</strong> after its last trip; it can trip again from{" "}
        <When at={gauges.restsUntil} />.
      </>
    );
  }
  return (
    <>
      <strong>The breaker has not tripped</strong>, and nobody could trip it now.
    </>
  );
}

/** The guardian's pause of executions. */
export function PauseWords({ gauges }: { readonly gauges: Gauges }) {
  if (gauges.pausedUntil !== null) {
    return (
      <>
        <strong className="held">The guardian has paused</strong> awards and changes of policy until{" "}
        <When at={gauges.pausedUntil} />.
      </>
    );
  }
  return (
    <>
      <strong>Nothing is paused.</strong>
      {gauges.allowanceOfSecs > 0 ? (
        <>
          {" "}
          The guardian may pause executions for {format.span(gauges.allowanceSecs)} in any 90 days.
        </>
      ) : null}
    </>
  );
}

/** What may leave the vault. */
export function BucketWords({ gauges }: { readonly gauges: Gauges }) {
  const { level, capacity, fullAt, windowSecs } = gauges;
  if (capacity === 0n) {
    return (
      <>
        <strong>No limit on claims is set yet</strong>: it is set when an epoch opens.
      </>
    );
  }
  return (
    <>
      <strong>
        <Money value={level} /> may leave at once
      </strong>
      , of <Money value={capacity} /> in any {format.span(windowSecs)} (
      {format.share(level, capacity)})
      {fullAt === null ? (
        "."
      ) : (
        <>
          ; full again <When at={fullAt} /> if nothing is claimed.
        </>
      )}
    </>
  );
}
