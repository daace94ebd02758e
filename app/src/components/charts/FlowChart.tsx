/** What was awarded and what came in, epoch by epoch, as pairs of bars that carry their own figures. */

import {
  Bar,
  BarChart,
  LabelList,
  ReferenceLine,
  ResponsiveContainer,
  XAxis,
  YAxis,
} from "recharts";

import type { EpochFlow } from "../../lib/flows";
import { type Unit, short } from "../../lib/format";
import { plotted } from "./scale";
import "./charts.css";

interface Row {
  readonly name: string;
  readonly inflow: number | null;
  readonly inFigure: string;
  readonly inWord: string;
  readonly outflow: number | null;
  readonly outFigure: string;
  readonly outWord: string;
}

/** See the top of this file. Decoration beside a table: hidden from screen readers. */
export default function FlowChart({
  flows,
  unit,
}: {
  readonly flows: readonly EpochFlow[];
  readonly unit: Unit;
}) {
  const figure = (value: bigint | null) => (value === null ? "" : short(value, unit.decimals));
  const length = (value: bigint | null) => (value === null ? null : plotted(value, unit.decimals));
  const rows = flows.map(({ index, inflow, outflow, open }): Row => {
    const awarded = open ? null : outflow;
    return {
      name: `epoch\u00a0${index}`,
      inflow: length(inflow),
      inFigure: figure(inflow),
      inWord: inflow === null ? "" : "in",
      outflow: length(awarded),
      outFigure: figure(awarded),
      outWord: awarded === null ? "" : "out",
    };
  });
  return (
    <div className="chart chart-flows" aria-hidden="true">
      <ResponsiveContainer width="100%" height={200}>
        <BarChart
          data={rows}
          margin={{ top: 22, right: 0, bottom: 0, left: 0 }}
          barGap={16}
          barCategoryGap="18%"
          accessibilityLayer={false}
        >
          <XAxis
            dataKey="name"
            height={44}
            axisLine={false}
            tickLine={false}
            interval={0}
            tickMargin={22}
          />
          <YAxis hide domain={[0, "dataMax"]} />
          <Bar dataKey="inflow" className="chart-in" maxBarSize={36} isAnimationActive={false}>
            <LabelList dataKey="inFigure" position="top" className="chart-word" />
            <LabelList dataKey="inWord" position="bottom" />
          </Bar>
          <Bar dataKey="outflow" className="chart-out" maxBarSize={36} isAnimationActive={false}>
            <LabelList dataKey="outFigure" position="top" className="chart-word" />
            <LabelList dataKey="outWord" position="bottom" />
          </Bar>
          <ReferenceLine y={0} className="chart-base" />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}
