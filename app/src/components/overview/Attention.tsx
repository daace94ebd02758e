/** What needs the visitor, and what anybody may do now. */

import type { Treasury } from "@community-budget/client";
import { useState } from "react";

import { Sentence } from "../../activity/Sentence";
import type { Matter } from "../../lib/attention";
import { useChain, useCoarseNow, useLoaded } from "../../lib/context";
import { nextOpeningAt } from "../../lib/health";
import { budgetPhase } from "../../lib/phase";
import { valueOf } from "../../lib/resource";
import { href } from "../../lib/router";
import { useVisitor } from "../../lib/wallet";
import { More } from "../More";
import { When } from "../Text";
import { useMatters } from "./matters";

/** See the top of this file. */
export function Attention({ treasury }: { readonly treasury: Treasury }) {
  const { matters, kind } = useMatters(treasury);
  const visitor = useVisitor();
  const yours = matters.filter(({ who }) => who === "you");
  const open = matters.filter(({ who }) => who === "anyone");
  return (
    <section aria-labelledby="needs" className="overview-needs">
      <h2 id="needs">{visitor === null ? "What comes next" : "What needs you"}</h2>
      {yours.length > 0 ? <List matters={yours} /> : null}
      {kind === "reading" ? (
        <p className="muted" role="status">
          Still reading what could need {visitor === null ? "anybody" : "you"}…
        </p>
      ) : null}
      {kind === "unsure" ? (
        <p className="held" role="status">
          Not everything could be read, so this list may be short.
        </p>
      ) : null}
      {yours.length === 0 ? (
        <p>
          {visitor === null ? null : kind === "complete" ? "Nothing needs you. " : null}
          <Next treasury={treasury} />
        </p>
      ) : null}
      {open.length > 0 ? (
        <>
          <h3>What anybody may do now</h3>
          <List matters={open} />
        </>
      ) : null}
      {visitor === null ? (
        <p className="muted small">
          Connect a wallet and this says what waits for you: your ballot, your streams, your stake.
        </p>
      ) : null}
    </section>
  );
}

/** As many as a busy epoch has; thousands of late streams are shown on demand. */
const FIRST = 24;

function List({ matters }: { readonly matters: readonly Matter[] }) {
  const [most, setMost] = useState(FIRST);
  const shown = matters.slice(0, most);
  return (
    <>
      <ul className="overview-matters">
        {shown.map(({ id, words, when, at, route, deed }) => (
          <li key={id} data-matter={id}>
            <span>
              <Sentence parts={words} />
              {at === null || when === null ? null : (
                <span className="overview-when">
                  {" "}
                  {when === "until" ? "Until" : "Since"} <When at={at} />.
                </span>
              )}
            </span>
            <a className="overview-deed" href={href(route)}>
              {deed}
            </a>
          </li>
        ))}
      </ul>
      <More
        shown={shown.length}
        of={matters.length}
        onMore={(more) => setMost(shown.length + more)}
      />
    </>
  );
}

/** What happens next, whoever visits. */
function Next({ treasury }: { readonly treasury: Treasury }) {
  const chain = useChain();
  const epoch = valueOf(useLoaded(chain.epoch));
  const now = useCoarseNow(1n);
  const opensAt = nextOpeningAt(treasury);
  const opening = (
    <>
      Next: epoch {treasury.epochCount} may be opened, by anybody, from <When at={opensAt} />.
    </>
  );
  if (epoch === null) return opening;
  const { phase, sentence } = budgetPhase(epoch, now);
  switch (phase) {
    case "Submission":
      return (
        <>
          Next: voting opens <When at={epoch.votingOpensAt} />. {sentence}
        </>
      );
    case "Voting":
      return (
        <>
          Next: voting closes <When at={epoch.votingClosesAt} />; then anybody may settle the epoch.
        </>
      );
    case "Tallying":
      return <>Next: {sentence}</>;
    case "Settled":
      return opening;
  }
}
