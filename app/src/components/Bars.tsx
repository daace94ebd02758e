/** Bars with their thresholds on them, each labelled where it stands. Lengths move; nothing else does. */

import * as format from "../lib/format";
import "./Bars.css";

/** How a bar is filled: by colour and by pattern, so that it is told without colours. */
export type Fill = "funded" | "skipped" | "waiting" | "dropped" | "plain";

/** Where the cap is on the scale of {@link CapBar}, in percent: what is too much sticks out beyond it. */
const CAP_AT = 86;

/**
 * A stretch of a bar, in percent of its length. It is cut out of its whole length, so that patterns keep
 * still while it moves and nothing is laid out anew.
 */
function Stretch({
  from,
  to,
  className,
}: {
  readonly from: number;
  readonly to: number;
  readonly className: string;
}) {
  return (
    <span
      className={`bars-stretch ${className}`}
      style={{ clipPath: `inset(0 ${100 - to}% 0 ${from}%)` }}
    />
  );
}

/**
 * An amount's part of the cap. One scale for all rows of a slate: what had been taken before it, the amount
 * itself, and what is left up to the cap; what is too much sticks out beyond.
 */
export function CapBar({
  before,
  amount,
  cap,
  fill,
}: {
  readonly before: bigint;
  readonly amount: bigint;
  readonly cap: bigint;
  readonly fill: Fill;
}) {
  const at = (value: bigint) => format.fraction(value, cap) * CAP_AT;
  const [from, to] = [at(before), at(before + amount)];
  const over = before + amount - cap;
  // Beyond the cap the scale goes on, to the edge.
  const beyond = over > 0n ? Math.min(100, CAP_AT + format.fraction(over, cap) * CAP_AT) : CAP_AT;
  return (
    <span className="bars-track bars-cap" aria-hidden="true">
      <Stretch className="bars-before" from={0} to={from} />
      <Stretch className={`bars-${fill}`} from={from} to={to} />
      <Stretch className="bars-over" from={CAP_AT} to={beyond} />
    </span>
  );
}

/** What is used of a limit, on a scale that others share. */
export function LimitBar({
  used,
  limit,
  scale,
}: {
  readonly used: bigint;
  readonly limit: bigint;
  /** At the right end. */
  readonly scale: bigint;
}) {
  const at = (value: bigint) => format.fraction(value, scale) * 100;
  return (
    <span className="bars-track" aria-hidden="true">
      <Stretch className="bars-room" from={0} to={at(limit)} />
      <Stretch className="bars-funded" from={0} to={at(used)} />
      <Stretch className="bars-end" from={Math.max(0, at(limit) - 0.5)} to={at(limit)} />
    </span>
  );
}

/** A share against the share that is needed, on a bar whose right end is `scaleBps`. */
export function ThresholdBar({
  share,
  needed,
  scaleBps,
  reached,
  figure,
  exact,
  what,
}: {
  /** Basis points. */
  readonly share: bigint;
  readonly needed: number;
  readonly scaleBps: number;
  readonly reached: boolean;
  /** The share as it is read, and what it is exactly. */
  readonly figure: string;
  readonly exact: string;
  /** What is needed is called. */
  readonly what: "quorum" | "approval";
}) {
  const scale = BigInt(scaleBps);
  const threshold = format.bps(needed);
  return (
    <span className="bars-threshold">
      <span className="bars-track" aria-hidden="true">
        <Stretch
          className={reached ? "bars-funded" : "bars-short"}
          from={0}
          to={format.fraction(share, scale) * 100}
        />
        <span
          className="bars-tick"
          style={{ transform: `translateX(${format.fraction(BigInt(needed), scale) * 100}%)` }}
        />
      </span>
      <b className="bars-figure" title={exact}>
        {figure}
      </b>
      {reached ? (
        <span className="bars-label">
          {what} {threshold}
          <span className="bars-check" aria-hidden="true">
            {" "}
            ✓
          </span>
          <span className="visually-hidden"> reached</span>
        </span>
      ) : (
        <span className="bars-label bars-missed">
          of {threshold} {what}
        </span>
      )}
    </span>
  );
}

/** Who took part against the quorum. */
export function TurnoutBar({
  cast,
  electorate,
  quorum,
  quorumBps,
  scaleBps = 10_000,
  decimals,
}: {
  /** Weight for, against and abstaining. */
  readonly cast: bigint;
  /** Of the weight. */
  readonly decimals: number;
  readonly electorate: bigint;
  readonly quorum: bigint;
  readonly quorumBps: number;
  readonly scaleBps?: number;
}) {
  return (
    <ThresholdBar
      share={format.shareBps(cast, electorate)}
      needed={quorumBps}
      scaleBps={scaleBps}
      reached={cast > 0n && cast >= quorum}
      figure={format.share(cast, electorate)}
      exact={`${format.exactDigits(cast, decimals)} weight took part, ${format.exactDigits(quorum, decimals)} needed`}
      what="quorum"
    />
  );
}

/** Who is in favour, of those for and against, against what is needed. */
export function ApprovalBar({
  inFavour,
  against,
  approvalBps,
  decimals,
}: {
  /** Weight. */
  readonly inFavour: bigint;
  readonly against: bigint;
  readonly approvalBps: number;
  /** Of the weight. */
  readonly decimals: number;
}) {
  const decided = inFavour + against;
  return (
    <ThresholdBar
      share={format.shareBps(inFavour, decided)}
      needed={approvalBps}
      scaleBps={10_000}
      reached={decided > 0n && inFavour * 10_000n >= BigInt(approvalBps) * decided}
      figure={format.share(inFavour, decided)}
      exact={`${format.exactDigits(inFavour, decimals)} weight for, ${format.exactDigits(against, decimals)} against`}
      what="approval"
    />
  );
}

/** The pattern of a fill, to stand beside its word. */
export function Swatch({ fill }: { readonly fill: Fill }) {
  return <span className={`bars-swatch bars-${fill}`} aria-hidden="true" />;
}
