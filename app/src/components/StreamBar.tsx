/**
 * Where an award's money is: paid, claimable, to come, held, given back; its checkpoints as gates on the bar,
 * and how far its clock has come. Drawn by hand, labelled where things stand.
 */

import { useEffect, useId, useRef, useState } from "react";

import { useConfig } from "../lib/context";
import * as format from "../lib/format";
import type { Unit } from "../lib/format";
import { checkpointName } from "../lib/outcomes";
import type { Flow, Gate } from "../lib/streams";
import { type Drawing, type Label, type Placed, drawingOf, placed } from "./streams/bar";
import { barInWords, gateWord } from "./streams/words";
import "./StreamBar.css";

const ROW = 18;
const THICK = 30;
/** How far gates reach beyond the bar. */
const REACH = 7;
const FIRST_WIDTH = 640;

/** The large picture of one stream, as wide as there is room. */
export function StreamBar({ flow }: { readonly flow: Flow }) {
  const unit = useConfig().budget;
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(FIRST_WIDTH);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => setWidth(Math.max(240, Math.floor(element.clientWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div className="stream-bar" ref={box}>
      <StreamPicture flow={flow} unit={unit} width={width} />
    </div>
  );
}

/** The picture over so many pixels. */
export function StreamPicture({
  flow,
  unit,
  width,
}: {
  readonly flow: Flow;
  readonly unit: Unit;
  readonly width: number;
}) {
  const pattern = useId();
  // Half a pixel on both sides for what has an outline.
  const drawing = drawingOf(flow, width - 2);
  const above = placed(labelsAbove(drawing), width);
  const below = placed(labelsBelow(drawing, unit), width);
  const top = rows(above) * ROW + REACH + 6;
  const height = top + THICK + REACH + 8 + rows(below) * ROW;
  return (
    <svg
      className="stream-picture"
      width={width}
      height={height}
      viewBox={`-1 0 ${width} ${height}`}
      role="img"
      aria-label={barInWords(flow, unit)}
    >
      <Patterns id={pattern} />
      <Segments drawing={drawing} unit={unit} pattern={pattern} y={top} height={THICK} />
      {drawing.marks.map(({ checkpoint, x, gate }) => (
        <g key={checkpoint} className={`stream-gate stream-gate-${gate.kind}`}>
          <title>{`${format.capital(checkpointName(checkpoint))}: ${gateWord(gate)}`}</title>
          <line x1={x} x2={x} y1={top - REACH} y2={top + THICK + REACH} />
          <Glyph gate={gate} x={x} y={top - REACH} />
        </g>
      ))}
      {drawing.now === null ? null : (
        <g className="stream-now">
          <title>How far the stream’s clock has come</title>
          <line x1={drawing.now} x2={drawing.now} y1={top - 3} y2={top + THICK + 3} />
          <path
            d={`M${drawing.now - 4} ${top + THICK + 9}l4 -6l4 6z`}
            className="stream-now-head"
          />
        </g>
      )}
      {drawing.cliff === null ? null : (
        <line
          className="stream-cliff"
          x1={drawing.cliff}
          x2={drawing.cliff}
          y1={top - 3}
          y2={top + THICK + 3}
        />
      )}
      {above.map(({ id, text, start, row }) => (
        <text key={id} className="stream-label" x={start} y={top - REACH - 8 - row * ROW}>
          {text}
        </text>
      ))}
      {below.map(({ id, x, text, start, row }) => (
        <g key={id} className={`stream-label-${id}`}>
          {row === 0 ? null : (
            <line
              className="stream-leader"
              x1={x}
              x2={x}
              y1={top + THICK + 2}
              y2={top + THICK + REACH + 8 + row * ROW}
            />
          )}
          <text
            className="stream-label stream-label-halo"
            x={start}
            y={top + THICK + REACH + 17 + row * ROW}
          >
            {text}
          </text>
        </g>
      ))}
    </svg>
  );
}

const rows = (labels: readonly Placed[]) =>
  labels.reduce((most, { row }) => Math.max(most, row + 1), 0);

/** The gates by number; of the one that is waited at, and of the clock, also in words. */
function labelsAbove({ marks, now, cliff }: Drawing): readonly Label[] {
  const waited = marks.find(({ gate }) => gate.kind !== "passed" && gate.kind !== "never");
  const gates = marks.map((mark) => ({
    id: `gate-${mark.checkpoint}`,
    x: mark.x,
    text:
      mark === waited && mark.gate.kind !== "ahead"
        ? `${mark.checkpoint + 1} ${gateWord(mark.gate)}`
        : `${mark.checkpoint + 1}`,
  }));
  const others = [
    ...(now === null ? [] : [{ id: "now", x: now, text: "now" }]),
    ...(cliff === null ? [] : [{ id: "cliff", x: cliff, text: "nothing before" }]),
  ];
  return [...gates, ...others].sort((a, b) => a.x - b.x);
}

function labelsBelow({ segments }: Drawing, unit: Unit): readonly Label[] {
  return segments.map(({ kind, x, width, amount }) => ({
    id: kind,
    x: x + width / 2,
    text: `${kind} ${format.amount(amount, unit)}`,
  }));
}

/** The same in a line of a list, without labels: the words and figures stand beside it. */
export function StreamStrip({
  flow,
  width = 150,
}: {
  readonly flow: Flow;
  readonly width?: number;
}) {
  const unit = useConfig().budget;
  const pattern = useId();
  const drawing = drawingOf(flow, width - 2);
  return (
    <svg
      className="stream-picture"
      width={width}
      height={20}
      viewBox={`-1 0 ${width} 20`}
      role="img"
      aria-label={barInWords(flow, unit)}
    >
      <Patterns id={pattern} />
      <Segments drawing={drawing} unit={unit} pattern={pattern} y={4} height={12} />
      {drawing.marks.map(({ checkpoint, x, gate }) => (
        <line
          key={checkpoint}
          className={`stream-gate stream-gate-${gate.kind}`}
          x1={x}
          x2={x}
          y1={1}
          y2={19}
        />
      ))}
    </svg>
  );
}

function Segments({
  drawing,
  unit,
  pattern,
  y,
  height,
}: {
  readonly drawing: Drawing;
  readonly unit: Unit;
  readonly pattern: string;
  readonly y: number;
  readonly height: number;
}) {
  return drawing.segments.map(({ kind, x, width, amount }) => (
    <g key={kind} className={`stream-part stream-${kind}`} data-part={kind}>
      <title>{`${kind}: ${format.exactAmount(amount, unit)}`}</title>
      <rect className="stream-fill" x={x} y={y} width={width} height={height} />
      {kind === "claimable" || kind === "held" ? (
        <rect x={x} y={y} width={width} height={height} fill={`url(#${pattern}-${kind})`} />
      ) : null}
      {kind === "returned" ? (
        <line x1={x} x2={x + width} y1={y + height / 2} y2={y + height / 2} />
      ) : null}
    </g>
  ));
}

/** Beside its colour every part has a pattern: solid, dotted, empty, hatched, struck through. */
function Patterns({ id }: { readonly id: string }) {
  return (
    <defs>
      <pattern id={`${id}-claimable`} width="6" height="6" patternUnits="userSpaceOnUse">
        <circle className="stream-dot" cx="3" cy="3" r="1.1" />
      </pattern>
      <pattern
        id={`${id}-held`}
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <line className="stream-hatch" x1="0" x2="0" y1="0" y2="6" />
      </pattern>
    </defs>
  );
}

/** A gate's state as a shape: passed, waiting, stopping, or nothing yet. */
function Glyph({ gate, x, y }: { readonly gate: Gate; readonly x: number; readonly y: number }) {
  switch (gate.kind) {
    case "passed":
      return <circle className="stream-glyph-full" cx={x} cy={y} r={3.5} />;
    case "awaitsUpdate":
    case "awaitsVerdict":
      return <path className="stream-glyph-full" d={`M${x - 5} ${y - 5}h10l-5 7z`} />;
    case "overdue":
    case "held":
      return (
        <path className="stream-glyph-cross" d={`M${x - 4} ${y - 4}l8 8M${x + 4} ${y - 4}l-8 8`} />
      );
    default:
      return <circle className="stream-glyph-open" cx={x} cy={y} r={3} />;
  }
}
