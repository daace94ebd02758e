/** One figure against its limit: a bar like a line in a ledger, with a tick where the limit is. */

import { useId } from "react";

import type { Level } from "../lib/health";
import "./Gauge.css";

/** What {@link Gauge} takes. All places are shares of the bar's length, between 0 and 1. */
export interface GaugeProps {
  /** What is measured. */
  readonly name: string;
  /** The figure and its limit in words, for those who do not see the bar. */
  readonly words: string;
  readonly value: number;
  readonly level: Level;
  /** Where the limit is, and what stands under it; `null` for none. */
  readonly limit: { readonly at: number; readonly word: string } | null;
  /** What the end of the bar stands for. */
  readonly end?: string | undefined;
}

const percent = (share: number) => `${(Math.min(1, Math.max(0, share)) * 100).toFixed(2)}%`;

/** A word that would run off an end of the bar is set from that end. */
function anchorAt(share: number): "start" | "middle" | "end" {
  if (share < 0.15) return "start";
  return share > 0.85 ? "end" : "middle";
}

/** See the top of this file. */
export function Gauge({ name, words, value, level, limit, end }: GaugeProps) {
  const id = useId();
  const hatch = `${id}hatch`;
  // A word at the limit and one at the end must not lie on each other.
  const crowded = limit !== null && limit.at > 0.6;
  const labelled = (limit !== null && limit.word !== "") || end !== undefined;
  return (
    <svg
      className="gauge"
      data-level={level}
      width="100%"
      height={labelled ? 42 : 22}
      role="meter"
      aria-label={name}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(Math.min(1, Math.max(0, value)) * 100)}
      aria-valuetext={words}
    >
      <defs>
        <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse">
          <path className="gauge-hatch" d="M-1.5 1.5l3-3M0 6l6-6M4.5 7.5l3-3" />
        </pattern>
      </defs>
      <rect className="gauge-track" x="0" y="5" width="100%" height="12" />
      <rect className="gauge-fill" x="0" y="5" width={percent(value)} height="12" />
      {level === "fine" ? null : (
        <rect x="0" y="5" width={percent(value)} height="12" fill={`url(#${hatch})`} />
      )}
      {limit === null ? null : (
        <>
          <line
            className="gauge-limit"
            x1={percent(limit.at)}
            x2={percent(limit.at)}
            y1="0"
            y2="22"
          />
          <text
            className="gauge-word"
            x={percent(limit.at)}
            y="37"
            textAnchor={anchorAt(limit.at)}
            aria-hidden="true"
          >
            {limit.word}
          </text>
        </>
      )}
      {end === undefined || crowded ? null : (
        <text className="gauge-word gauge-end" x="100%" y="37" textAnchor="end" aria-hidden="true">
          {end}
        </text>
      )}
    </svg>
  );
}

const MARKS: Readonly<Record<Level, string>> = { fine: "✓", near: "!", beyond: "✕" };

/** A level in words, with a mark beside its colour. */
export function LevelWord({
  level,
  children,
}: {
  readonly level: Level;
  readonly children: string;
}) {
  return (
    <span className="gauge-level" data-level={level}>
      <span aria-hidden="true">{MARKS[level]}</span> {children}
    </span>
  );
}
