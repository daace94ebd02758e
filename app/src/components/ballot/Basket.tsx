/** What a ballot says, what it would change, and what to think of before it is signed. */

import { type ReactNode, useMemo, useState } from "react";

import type { ShownSlate } from "../../hooks/slate";
import * as ballots from "../../lib/ballot";
import type { Draft, Foresight, Known } from "../../lib/ballot";
import * as format from "../../lib/format";
import { EntryTitle } from "../Entry";
import { Money, When } from "../Text";
import { Effects } from "./Effects";
import { Said } from "./Warnings";

/** See the top of this file. */
export function Basket({
  shown,
  draft,
  before,
  weight,
  foresight,
  known,
  now,
  onReset,
  children,
}: {
  readonly shown: ShownSlate;
  readonly draft: Draft;
  readonly before: Draft;
  readonly weight: bigint;
  readonly foresight: Foresight | string;
  readonly known: Known;
  readonly now: bigint;
  readonly onReset: (() => void) | null;
  readonly children: ReactNode;
}) {
  const { epoch, slate } = shown;
  const [unfolded, setUnfolded] = useState(() => matchMedia("(min-width: 48rem)").matches);
  const turned = ballots.turns(before, draft).length;
  const all = ballots.votable(epoch).length;
  const warned = useMemo(() => ballots.warnings(draft, known, now), [draft, known, now]);
  const reward = ballots.earned(epoch, slate.electorate, weight, draft.size);
  const full = ballots.earned(epoch, slate.electorate, weight, draft.size + reward.missing);
  return (
    <aside className="basket" aria-label="Your ballot">
      <div className="basket-head">
        <h2>Your ballot</h2>
        <p className="basket-count">
          {all === 0 ? (
            "Nothing on the slate can be voted on yet."
          ) : (
            <>
              <strong>
                {draft.size} of {format.count(all, "entry", "entries")}
              </strong>
              {draft.size === 0 ? ". Choose on any of them." : `: ${ballots.counted(draft)}.`}
            </>
          )}
          {before.size > 0 && turned > 0 ? (
            <span className="muted"> {format.count(turned, "change")} from what is recorded.</span>
          ) : null}
        </p>
      </div>
      <details
        className="basket-rest"
        open={unfolded}
        onToggle={(event) => setUnfolded(event.currentTarget.open)}
      >
        <summary>{short(foresight, draft)}</summary>
        {draft.size === 0 && before.size === 0 ? null : (
          <div aria-live="polite">
            <h3>Would change</h3>
            {typeof foresight === "string" ? (
              <p>{foresight}</p>
            ) : (
              <>
                <Effects shown={shown} foresight={foresight} links />
                {foresight.extendsTo === null ? null : (
                  <p>
                    It is a late swing: voting is extended until <When at={foresight.extendsTo} />.
                  </p>
                )}
                {foresight.forbidden.length === 0 ? null : (
                  <div className="notice warn">
                    <p>
                      So late, no ballot may turn a failing entry into a passing one. Take these
                      choices out:
                    </p>
                    <ul>
                      {foresight.forbidden.map((index) => (
                        <li key={index}>
                          <EntryTitle
                            index={epoch.index}
                            entry={index}
                            proposal={shown.proposals.get(index)}
                          />
                        </li>
                      ))}
                    </ul>
                  </div>
                )}
              </>
            )}
          </div>
        )}
        {reward.pays && all > 0 ? (
          <p>
            {reward.missing === 0 ? (
              <>
                It earns <Money value={reward.reward} /> for taking part, whatever you choose.
              </>
            ) : (
              <>
                {format.count(reward.missing, "more entry", "more entries")}, and it earns{" "}
                <Money value={full.reward} /> for taking part. To abstain counts.
              </>
            )}
          </p>
        ) : null}
        {warned.length === 0 ? null : (
          <details className="basket-warnings">
            <summary>{format.count(warned.length, "thing")} to think of first</summary>
            <ul>
              {warned.map((warning) => (
                <li key={warning.kind}>
                  <Said warning={warning} shown={shown} known={known} links />
                </li>
              ))}
            </ul>
          </details>
        )}
      </details>
      <div className="actions">
        {children}
        {onReset === null || turned === 0 ? null : (
          <button type="button" className="plain" onClick={onReset}>
            {before.size === 0 ? "Clear" : "Back to what is recorded"}
          </button>
        )}
      </div>
    </aside>
  );
}

/** What a draft would change, in a few words, where there is no room for more. */
function short(foresight: Foresight | string, draft: Draft): string {
  if (draft.size === 0) return "What it could earn";
  if (typeof foresight === "string") return "It cannot be told what it would change";
  const { turned, forbidden } = foresight;
  if (forbidden.length > 0) return "Some choices come too late";
  if (turned.length === 0) return "Would change nothing among the funded";
  return `${format.count(turned.length, "entry", "entries")} would stand otherwise`;
}
