/** Words, names, amounts and moments, as every page shows them. */

import { type ReactNode, useMemo } from "react";

import { useCell } from "../lib/cell";
import type { Token } from "../lib/config";
import { useChain, useConfig, useNow } from "../lib/context";
import * as format from "../lib/format";
import { called, partsOf, picture } from "../lib/names";
import { valueOf } from "../lib/resource";
import { link, runs } from "../lib/text";
import { useVisitor } from "../lib/wallet";
import "./Text.css";

/** Text that somebody else wrote: as text, with what could deceive the eye marked. */
export function Written({ children }: { readonly children: string }) {
  const parts = useMemo(() => runs(children), [children]);
  const seen = parts.some((run) => run.kind !== "plain" || run.text.trim() !== "");
  if (!seen) return <span className="tag">nothing that can be seen</span>;
  return (
    // An own direction, so that nothing in it can turn what stands beside it.
    <bdi className="written">
      {parts.map((run, at) => {
        switch (run.kind) {
          case "plain":
            return run.text;
          case "hidden":
            return (
              <mark key={at} className="written-mark" title={`hidden: ${run.name}`}>
                {run.code}
              </mark>
            );
          case "lookalike":
            return (
              <mark key={at} className="written-mark" title={`a ${run.script} letter`}>
                {run.text}
                <span className="visually-hidden"> ({run.script} letter) </span>
              </mark>
            );
        }
      })}
    </bdi>
  );
}

/** An address on the web that somebody else wrote. Opened only when it is plainly one. */
export function SafeLink({ uri }: { readonly uri: string }) {
  const target = useMemo(() => link(uri), [uri]);
  if (target.kind === "open") {
    return (
      <a
        className="safe-link"
        href={target.href}
        target="_blank"
        rel="noopener noreferrer nofollow"
      >
        <Written>{uri}</Written>
        <span className="muted"> (opens {target.host})</span>
      </a>
    );
  }
  return (
    <span className="safe-link">
      <Written>{uri}</Written> <span className="tag">no link: {target.why}</span>
    </span>
  );
}

/** An amount with its unit; the exact one on hover. */
export function Amount({ value, unit }: { readonly value: bigint; readonly unit: Token }) {
  return (
    <span className="nowrap" title={format.exactAmount(value, unit)}>
      {format.amount(value, unit)}
    </span>
  );
}

/** An amount of the budget's token. */
export function Money({ value }: { readonly value: bigint }) {
  return <Amount value={value} unit={useConfig().budget} />;
}

/** An amount of budget tokens without the unit, for a column that names it. */
export function MoneyFigure({ value }: { readonly value: bigint }) {
  const unit = useConfig().budget;
  return (
    <span className="nowrap" title={format.exactAmount(value, unit)}>
      {format.digits(value, unit.decimals)}
    </span>
  );
}

/** A weight as a share of all; the exact one on hover. */
export function WeightShare({ weight, of }: { readonly weight: bigint; readonly of: bigint }) {
  const { stake } = useConfig();
  return (
    <span className="nowrap" title={`${format.exactDigits(weight, stake.decimals)} weight`}>
      {format.share(weight, of)}
    </span>
  );
}

/** A moment and how far it is: `Thu 3 Dec, 18:00 (in 2 d 4 h)`. */
export function When({ at, plain = false }: { readonly at: bigint; readonly plain?: boolean }) {
  const now = useNow();
  return (
    <time dateTime={format.iso(at)} title={format.iso(at)}>
      {format.moment(at, now)}
      {plain ? null : <span className="muted"> ({format.distance(at, now)})</span>}
    </time>
  );
}

/** Only how far a moment is: `in 2 d 4 h`. */
export function Distance({ at }: { readonly at: bigint }) {
  const now = useNow();
  return (
    <time dateTime={format.iso(at)} title={`${format.moment(at, now)}, ${format.iso(at)}`}>
      {format.distance(at, now)}
    </time>
  );
}

/** The stable picture of a key. */
export function Identicon({
  address,
  size = 16,
}: {
  readonly address: string;
  readonly size?: number;
}) {
  const { cells, hue } = useMemo(() => picture(address), [address]);
  return (
    <svg
      className="identicon"
      viewBox="0 0 5 5"
      width={size}
      height={size}
      aria-hidden="true"
      style={{ color: `oklch(60% 0.11 ${hue})` }}
    >
      {cells.map(({ x, y }) => (
        <rect key={`${x}.${y}`} x={x} y={y} width="1.02" height="1.02" fill="currentColor" />
      ))}
    </svg>
  );
}

/** An address by its name; where it has none by a short key and its picture. The key itself on hover. */
export function Name({
  address,
  copy = false,
}: {
  readonly address: string;
  readonly copy?: boolean;
}) {
  const chain = useChain();
  const visitor = useVisitor();
  const treasury = valueOf(useCell(chain.treasury));
  const { config } = chain;
  const parts = useMemo(
    () => (treasury === null ? new Map<string, string>() : partsOf(treasury, config.treasury)),
    [treasury, config.treasury],
  );
  const { name, by } = called(config, parts, address, format.shortKey(address));
  return (
    <span className="name">
      <span title={address} className="name-shown">
        {by === "chain" ? null : <Identicon address={address} />}
        {by === "file" ? (
          <Written>{name}</Written>
        ) : (
          <span className={by === "nobody" ? "mono" : ""}>{name}</span>
        )}
      </span>
      {visitor?.address === address ? <span className="muted"> (you)</span> : null}
      {copy ? <Copy text={address} what="address" /> : null}
    </span>
  );
}

/** Puts a text where it can be pasted from. */
export function Copy({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <button
      type="button"
      className="plain copy"
      aria-label={`Copy the ${what}`}
      title={`Copy the ${what}`}
      onClick={() => void navigator.clipboard.writeText(text)}
    >
      <svg
        viewBox="0 0 16 16"
        width="14"
        height="14"
        aria-hidden="true"
        fill="none"
        stroke="currentColor"
      >
        <path d="M5.5 4.5v-2h8v9h-2M2.5 4.5h8v9h-8z" />
      </svg>
    </button>
  );
}

/** A term that explains itself where it stands. `children` is the explanation, with the numbers at hand. */
export function Term({ word, children }: { readonly word: string; readonly children: ReactNode }) {
  return (
    <details className="term">
      <summary>{word}</summary>
      <div className="term-text">{children}</div>
    </details>
  );
}
