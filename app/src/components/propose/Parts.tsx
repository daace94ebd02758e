/** A stream's parts, drawn to scale: time from left to right, a gate at each review. */

import { rules } from "@community-budget/client";

import { useConfig } from "../../lib/context";
import { partsOf } from "../../lib/draft";
import * as format from "../../lib/format";
import { Money } from "../Text";

const DAY = 86_400;
const { newPlan, planned } = rules.stream;

function dayOf(secs: number): string {
  const whole = Math.floor(secs / DAY);
  return `day ${whole.toLocaleString("en-GB")}`;
}

export function Parts({
  amount,
  durationSecs,
  cliffSecs,
  checkpoints,
}: {
  readonly amount: bigint;
  readonly durationSecs: number;
  readonly cliffSecs: number;
  readonly checkpoints: number;
}) {
  const { budget } = useConfig();
  const parts = partsOf(amount, durationSecs, checkpoints);
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined) return null;
  const atCliff = cliffSecs / durationSecs;
  const sizes = parts.map((part) => part.amount);
  const least = sizes.reduce((a, b) => (b < a ? b : a));
  const most = sizes.reduce((a, b) => (b > a ? b : a));
  const each =
    least === most
      ? format.amount(least, budget)
      : `${format.exactDigits(least, budget.decimals)} to ${format.exactAmount(most, budget)}`;
  const label =
    parts.length === 1
      ? `One part of ${format.amount(amount, budget)} over ${format.span(durationSecs)}.`
      : `${parts.length} parts of ${format.span(first.toSecs)} each, ${each} in each.`;
  const atOnce = planned(newPlan(amount, durationSecs, cliffSecs, checkpoints), BigInt(cliffSecs));
  return (
    <figure className="parts">
      <div className="parts-bar" role="img" aria-label={label}>
        {parts.map((part, at) => (
          <div
            key={part.fromSecs}
            className="parts-part"
            style={{ flexGrow: part.toSecs - part.fromSecs }}
          >
            {parts.length <= 4 ? (
              <span className="parts-amount">{format.digits(part.amount, budget.decimals)}</span>
            ) : null}
            {at < parts.length - 1 ? <span className="parts-gate" /> : null}
          </div>
        ))}
        {cliffSecs > 0 ? (
          <div className="parts-cliff" style={{ width: `${atCliff * 100}%` }} />
        ) : null}
      </div>
      <div className="parts-scale small muted" aria-hidden="true">
        <span>start</span>
        <span>{dayOf(durationSecs)}</span>
      </div>
      <figcaption className="small">
        {label}{" "}
        {checkpoints === 0
          ? "No review interrupts it: it streams by the second."
          : `A gate, and so a review, after ${parts
              .slice(0, -1)
              .map(({ toSecs }) => dayOf(toSecs))
              .join(", ")}.`}
        {cliffSecs > 0 ? (
          <>
            {" "}
            Nothing is released before {dayOf(cliffSecs)} (hatched); then <Money value={atOnce} />{" "}
            at once, if the reviews before it passed.
          </>
        ) : null}
      </figcaption>
    </figure>
  );
}
