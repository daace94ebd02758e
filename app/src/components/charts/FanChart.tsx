/** Free money over the next epochs: the range between the scenarios, one line in it, and the floor. */

import { Area, ComposedChart, LabelList, Line, ResponsiveContainer, XAxis, YAxis } from "recharts";

import { type Unit, short } from "../../lib/format";
import type { Step } from "../../lib/scenarios";
import { plotted, unplotted } from "./scale";
import "./charts.css";

/** See the top of this file. Decoration beside a table: hidden from screen readers. */
export default function FanChart({
  steps,
  unit,
}: {
  readonly steps: readonly Step[];
  readonly unit: Unit;
}) {
  const last = steps.length - 1;
  const end = wordsAtEnd(steps, unit);
  const at = (value: bigint) => plotted(value, unit.decimals);
  const rows = steps.map(({ epoch, low, high, expected, floor }, place) => ({
    name: epoch === null ? "now" : `${epoch}`,
    range: [at(low), at(high)],
    low: at(low),
    high: at(high),
    expected: at(expected),
    floor: at(floor),
    floorWord: place === Math.min(3, last) ? "floor" : "",
    lowWord: place === last ? end.low : "",
    highWord: place === last ? end.high : "",
    word: place === last ? end.expected : "",
  }));
  return (
    <div className="chart" aria-hidden="true">
      <ResponsiveContainer width="100%" height={260}>
        <ComposedChart
          data={rows}
          margin={{ top: 12, right: 124, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <XAxis
            dataKey="name"
            axisLine={false}
            tickLine={false}
            interval={0}
            tickMargin={6}
            padding={{ left: 8 }}
          />
          <YAxis
            width={44}
            axisLine={false}
            tickLine={false}
            tickCount={4}
            domain={[0, "auto"]}
            tickFormatter={(tokens: number) =>
              short(unplotted(tokens, unit.decimals), unit.decimals)
            }
          />
          <Area
            dataKey="range"
            className="chart-range"
            stroke="none"
            isAnimationActive={false}
            activeDot={false}
          />
          <Line dataKey="high" className="chart-edge" dot={false} isAnimationActive={false}>
            <LabelList dataKey="highWord" position="right" className="chart-word" />
          </Line>
          <Line dataKey="low" className="chart-edge" dot={false} isAnimationActive={false}>
            <LabelList dataKey="lowWord" position="right" className="chart-word" />
          </Line>
          <Line dataKey="expected" className="chart-line" dot={false} isAnimationActive={false}>
            <LabelList dataKey="word" position="right" className="chart-word chart-strong" />
          </Line>
          <Line dataKey="floor" className="chart-floor" dot={false} isAnimationActive={false}>
            <LabelList dataKey="floorWord" position="bottom" className="chart-word" />
          </Line>
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  );
}

/** What stands at the ends of the lines: words that would lie on each other are left to the outer ones. */
function wordsAtEnd(
  steps: readonly Step[],
  unit: Unit,
): Record<"low" | "high" | "expected", string> {
  const end = steps.at(-1);
  if (end === undefined) return { low: "", high: "", expected: "" };
  const top = steps.reduce((most, { high }) => (high > most ? high : most), 1n);
  const { low, high, expected } = end;
  // A line of text takes about a fifteenth of the chart's height.
  const apart = (a: bigint, b: bigint) => (a - b) * 15n > top;
  const figure = (value: bigint) => short(value, unit.decimals);
  if (!apart(high, low)) return { low: "", high: "", expected: figure(expected) };
  return {
    low: `at\u00a0worst\u00a0${figure(low)}`,
    high: `at\u00a0best\u00a0${figure(high)}`,
    expected: apart(high, expected) && apart(expected, low) ? figure(expected) : "",
  };
}
