/** The gauges of the whole treasury: runway, outflow, loss, drain. */

import type { ReactNode } from "react";

import * as format from "../../lib/format";
import {
  type Gauges,
  type Level,
  type Runway,
  type Verdict,
  bucketLevel,
  epochsOf,
  lastsTenths,
  levelBelow,
  lossBps,
  lossLevel,
  runwayLevel,
} from "../../lib/health";
import { Gauge, LevelWord } from "../Gauge";
import { Money, When } from "../Text";

/** See the top of this file. */
export function Limits({ verdict }: { readonly verdict: Verdict }) {
  const { runway, gauges } = verdict;
  return (
    <section aria-labelledby="limits">
      <h2 id="limits">How near the limits are</h2>
      <div className="risk-grid">
        <RunwayGauge runway={runway} />
        <BucketGauge gauges={gauges} />
        <LossGauge gauges={gauges} />
        <DrainGauge gauges={gauges} />
      </div>
    </section>
  );
}

/** One gauge with its figure above and its meaning below. */
export function Measure({
  title,
  level,
  word,
  figure,
  gauge,
  children,
}: {
  readonly title: ReactNode;
  readonly level: Level;
  readonly word: string;
  readonly figure: ReactNode;
  readonly gauge: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className="risk-measure">
      <h3>
        {title} <LevelWord level={level}>{word}</LevelWord>
      </h3>
      <p className="risk-figure">{figure}</p>
      {gauge}
      <p className="muted small">{children}</p>
    </div>
  );
}

const WORDS: Readonly<Record<Level, string>> = {
  fine: "within its limit",
  near: "close to its limit",
  beyond: "beyond its limit",
};

function RunwayGauge({ runway }: { readonly runway: Runway }) {
  const { centi, floor, outflow, epochs } = runway;
  const level = runwayLevel(runway);
  const least = BigInt(Math.max(floor * 5, 1)) * 100n;
  const scale = centi !== null && centi > least ? centi : least;
  const word = { fine: "above its floor", near: "close to its floor", beyond: "below its floor" };
  const words = `${epochsOf(centi)}; awards must leave ${floor}`;
  return (
    <Measure
      title="Runway"
      level={level}
      word={word[level]}
      figure={
        <>
          <strong>{epochsOf(centi)}</strong>, floor {floor}
        </>
      }
      gauge={
        <Gauge
          name="Runway"
          words={words}
          value={centi === null ? 1 : format.fraction(centi, scale)}
          level={level}
          limit={{ at: format.fraction(BigInt(floor) * 100n, scale), word: `floor ${floor}` }}
          end={centi === null ? undefined : epochsOf(scale)}
        />
      }
    >
      {outflow === 0n ? (
        "Nothing was awarded lately, so nothing runs out."
      ) : (
        <>
          How long the free money lasts at the mean of {over(epochs)}:{" "}
          <Money value={(outflow + BigInt(epochs) - 1n) / BigInt(epochs)} /> an epoch. Income is not
          counted. An award that would take it below the floor does not fit.
        </>
      )}
    </Measure>
  );
}

const over = (epochs: number) =>
  epochs <= 1 ? "the present epoch" : `the last ${epochs} epochs, the present one included`;

function BucketGauge({ gauges }: { readonly gauges: Gauges }) {
  const { level, capacity, windowSecs, fullAt, delaySecs } = gauges;
  const state = bucketLevel(gauges);
  const word = { fine: "pays in full", near: "holds claims back", beyond: "empty" };
  return (
    <Measure
      title="Outflow"
      level={state}
      word={word[state]}
      figure={
        <>
          <strong>
            <Money value={level} />
          </strong>{" "}
          may leave at once
        </>
      }
      gauge={
        <Gauge
          name="Outflow bucket"
          words={`${format.share(level, capacity)} full`}
          value={format.fraction(level, capacity)}
          level={state}
          limit={null}
          end={`${format.share(level, capacity)} full`}
        />
      }
    >
      All claims together take at most <Money value={capacity} /> in {format.span(windowSecs)}.{" "}
      {fullAt === null ? null : (
        <>
          If nothing leaves, it is full again <When at={fullAt} />.{" "}
        </>
      )}
      A claim beyond it waits, but what was released {format.span(delaySecs)} ago is always paid.
    </Measure>
  );
}

function LossGauge({ gauges }: { readonly gauges: Gauges }) {
  const { value, highWater, least, room, maxDrawdownBps } = gauges;
  const level = lossLevel(gauges);
  const loss = highWater > value ? highWater - value : 0n;
  const allowed = highWater - least;
  // The limit stands at two thirds of the bar, so that a loss beyond it has a place.
  const scale = allowed + allowed / 2n;
  return (
    <Measure
      title="Loss of value"
      level={level}
      word={WORDS[level]}
      figure={
        <>
          <strong>{format.bps(lossBps(gauges))}</strong> below the high of{" "}
          <Money value={highWater} />
        </>
      }
      gauge={
        <Gauge
          name="Loss of value"
          words={`${format.bps(lossBps(gauges))} lost; the breaker trips beyond ${format.bps(maxDrawdownBps)}`}
          value={format.fraction(loss, scale)}
          level={level}
          limit={{
            at: format.fraction(allowed, scale),
            word: `trips beyond ${format.bps(maxDrawdownBps)}`,
          }}
        />
      }
    >
      What is in the vault and what positions count for: <Money value={value} />.{" "}
      {room === null ? (
        "There is nothing to lose."
      ) : room === 0n ? (
        "That is so little that anybody may trip the breaker."
      ) : (
        <>
          The breaker can be tripped once <Money value={room} /> more are lost. Awards that are paid
          are spent, not lost.
        </>
      )}
    </Measure>
  );
}

function DrainGauge({ gauges }: { readonly gauges: Gauges }) {
  const { outflow, inflow, epochs, floor, condition } = gauges;
  // Both must hold; the gauge shows the one that is a ratio, the words say the other.
  const most = (inflow * 3n) / 2n;
  const beyond = outflow > most;
  const lasts = lastsTenths(gauges);
  const level: Level =
    condition === "outflow" ? "beyond" : beyond ? "near" : levelBelow(outflow, most);
  const word = {
    fine: "covered by income",
    near: beyond ? "more out than in, and enough left" : "close to its limit",
    beyond: "drains",
  };
  const scale = [outflow, most + most / 2n, 1n].reduce((a, b) => (a > b ? a : b));
  return (
    <Measure
      title="Drain"
      level={level}
      word={word[level]}
      figure={
        <>
          <strong>
            <Money value={outflow} />
          </strong>{" "}
          awarded, <Money value={inflow} /> received
        </>
      }
      gauge={
        <Gauge
          name="Awards against income"
          words={`${ratio(outflow, inflow)}; the breaker looks above 150 %`}
          value={format.fraction(outflow, scale)}
          level={level}
          limit={{ at: format.fraction(most, scale), word: "150 % of income" }}
        />
      }
    >
      In {over(epochs)}: {ratio(outflow, inflow)}. The breaker can be tripped above 150 % only while
      what is not promised lasts less than {floor} epochs; it lasts{" "}
      {lasts === null ? "without end" : `${lasts / 10n}.${lasts % 10n} epochs`}.
    </Measure>
  );
}

function ratio(outflow: bigint, inflow: bigint): string {
  if (inflow === 0n) return outflow === 0n ? "neither" : "nothing came in";
  return `awards are ${format.share(outflow, inflow)} of income`;
}
