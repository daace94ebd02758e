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
  const at = (value: bigint) => plotted(value, unit.decimals);
  const rows = steps.map(({ epoch, low, high, expected, floor }, place) => ({
    name: epoch === null ? "now" : `${epoch}`,
    range: [at(low), at(high)],
    low: at(low),
    high: at(high),
    expected: at(expected),
    floor: at(floor),
    floorWord: place === Math.min(3, last) ? "floor" : "",
    lowWord: place === last ? `at\u00a0worst\u00a0${short(low, unit.decimals)}` : "",
    highWord: place === last ? `at\u00a0best\u00a0${short(high, unit.decimals)}` : "",
    word: place === last ? short(expected, unit.decimals) : "",
  }));
  return (
    <div className="chart" aria-hidden="true">
      <ResponsiveContainer width="100%" height={260}>
        <ComposedChart
          data={rows}
          margin={{ top: 12, right: 104, bottom: 0, left: 0 }}
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
