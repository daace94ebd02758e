/** Terms as they are shown: names as names, amounts exact, and what an act would change. */

import { useConfig } from "../../lib/context";
import * as format from "../../lib/format";
import type { Part, Row } from "../../lib/terms";
import { Copy, Name, SafeLink, Written } from "../Text";
import "./TermsView.css";

/** A value in parts. */
export function Parts({ parts }: { readonly parts: readonly Part[] }) {
  return parts.map((part, at) => <Piece key={at} part={part} />);
}

function Piece({ part }: { readonly part: Part }) {
  const { budget, stake } = useConfig();
  switch (part.kind) {
    case "text":
      return part.text;
    case "written":
      return <Written>{part.text}</Written>;
    case "money":
      return <span className="nowrap">{format.exactAmount(part.value, budget)}</span>;
    case "weight":
      return (
        <span className="nowrap">{format.exactDigits(part.value, stake.decimals)} weight</span>
      );
    case "name":
      return <Name address={part.address} copy />;
    case "bytes":
      return (
        <>
          <code>{part.hex}</code>
          <Copy text={part.hex} what="hash" />
        </>
      );
    case "link":
      return <SafeLink uri={part.uri} />;
  }
}

/** The rows of terms. An act’s rows that change nothing can be left out; how many is said. */
export function TermsView({
  rows,
  brief = false,
}: {
  readonly rows: readonly Row[];
  readonly brief?: boolean;
}) {
  const shown = brief ? rows.filter(({ same }) => !same) : rows;
  const left = rows.length - shown.length;
  return (
    <>
      <dl className={brief ? "terms terms-brief" : "terms facts"}>
        {shown.map(({ label, value, before, same }, at) => (
          <div key={at} className={before !== null && !same ? "terms-changed" : ""}>
            <dt>{label}</dt>
            <dd>
              {before === null || same ? null : (
                <>
                  <s className="muted">
                    <Parts parts={before} />
                  </s>{" "}
                  <span aria-hidden="true">→</span>
                  <span className="visually-hidden"> becomes </span>{" "}
                </>
              )}
              <Parts parts={value} />
              {before !== null && same ? <span className="muted"> (as it is)</span> : null}
            </dd>
          </div>
        ))}
      </dl>
      {left > 0 ? (
        <p className="muted small">
          {left === 1 ? "1 other value stays" : `${left} other values stay`} as they are.
        </p>
      ) : null}
    </>
  );
}
