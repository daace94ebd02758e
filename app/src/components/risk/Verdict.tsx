/** The judgement on the whole, by the limits that the treasury has set itself. */

import { Fragment } from "react";

import * as format from "../../lib/format";
import { type Holding, type Verdict, bucketBps, epochsOf, lossBps } from "../../lib/health";
import { When, Written } from "../Text";

/** See the top of this file. */
export function VerdictSentence({ verdict }: { readonly verdict: Verdict }) {
  return (
    <>
      <Judgement verdict={verdict} /> <Figures verdict={verdict} />
    </>
  );
}

function Judgement({ verdict }: { readonly verdict: Verdict }) {
  const { kind, gauges, beyond, near } = verdict;
  switch (kind) {
    case "stopped":
      return gauges.trippedUntil !== null ? (
        <>
          <strong className="held">Stopped by the breaker</strong> until{" "}
          <When at={gauges.trippedUntil} />: no award and no change of policy is executed.
        </>
      ) : (
        <>
          <strong className="held">Paused by the guardian</strong>
          {gauges.pausedUntil === null ? null : (
            <>
              {" "}
              until <When at={gauges.pausedUntil} />
            </>
          )}
          : no award and no change of policy is executed.
        </>
      );
    case "unsafe":
      return (
        <>
          <strong className="held">Not safe by its own rules</strong>
          {beyond.length > 0 ? (
            <>
              : <Concerns all={beyond} /> {beyond.length === 1 ? "is" : "are"} beyond the limit.
            </>
          ) : (
            ": more is awarded than comes in, with too little left."
          )}
        </>
      );
    case "near":
      return (
        <>
          <strong>Safe by its own rules, with little room</strong>: <Concerns all={near} />{" "}
          {near.length === 1 ? "is" : "are"} close to the limit.
        </>
      );
    case "safe":
      return (
        <strong>
          <span className="funded" aria-hidden="true">
            ✓{" "}
          </span>
          Safe by its own rules.
        </strong>
      );
  }
}

function Concerns({ all }: { readonly all: readonly (string | Holding)[] }) {
  return all.map((one, at) => (
    <Fragment key={at}>
      {at === 0 ? null : at === all.length - 1 ? " and " : ", "}
      {typeof one === "string" ? one : <Written>{one.name}</Written>}
    </Fragment>
  ));
}

/** What the judgement rests on. */
function Figures({ verdict }: { readonly verdict: Verdict }) {
  const { runway, gauges, holdings } = verdict;
  const lost = lossBps(gauges);
  return (
    <>
      {runway.centi === null ? (
        "Nothing flows out, so the runway has no end"
      ) : (
        <>
          The runway is {epochsOf(runway.centi)} (floor {runway.floor})
        </>
      )}
      {holdings.map((holding) => (
        <Fragment key={holding.category}>
          , <Written>{holding.name}</Written> uses {format.share(holding.exposure, holding.limit)}{" "}
          of its limit
        </Fragment>
      ))}
      {gauges.capacity === 0n ? null : (
        <>, the outflow bucket is {format.bps((bucketBps(gauges) / 100n) * 100n)} full</>
      )}
      {lost === 0n ? (
        ", and nothing has been lost."
      ) : (
        <>
          , and {format.bps(lost)} of the value is lost (the breaker trips beyond{" "}
          {format.bps(gauges.maxDrawdownBps)}).
        </>
      )}
    </>
  );
}
