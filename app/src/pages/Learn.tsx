/** Learn: how it works, in plain words and with this treasury's figures. */

import { state } from "@community-budget/client";
import { useEffect } from "react";

import { Calculator } from "../components/learn/Calculator";
import { useFigures } from "../components/learn/Explained";
import { Glossary } from "../components/learn/Glossary";
import { Promises } from "../components/learn/Promises";
import { Steps } from "../components/learn/Steps";
import { Shown } from "../components/States";
import { Money, Name } from "../components/Text";
import { useChain, useLoaded } from "../lib/context";
import * as format from "../lib/format";
import { type Figures, entryOf } from "../lib/glossary";
import { SYSTEM_PROGRAM_ADDRESS } from "../lib/programs";
import { useHash } from "../lib/router";
import "./Learn.css";

/** Parts of the page, by what an address names them: `#/learn/weight-sum`. */
const PARTS = [
  ["how", "One epoch, in six steps"],
  ["stop", "What stops a grant that went wrong"],
  ["nobody", "What nobody can do"],
  ["worst", "The worst that a captured vote can do"],
  ["keys", "What the guardian can do, and what not"],
  ["sum", "What your stake weighs"],
  ["words", "Every term"],
] as const;

export default function Learn() {
  const chain = useChain();
  const treasury = useLoaded(chain.treasury);
  const figures = useFigures();
  const place = /^#?\/?learn\/([a-z-]+)$/.exec(useHash())?.[1] ?? null;
  const ready = figures !== null;
  useEffect(() => {
    if (!ready || place === null) return;
    const id = entryOf(place) === null ? `learn-${place}` : `term-${place}`;
    const element = document.getElementById(id);
    element?.scrollIntoView({ block: "start" });
    element?.focus({ preventScroll: true });
  }, [ready, place]);
  return (
    <div className="learn">
      <h1>How it works</h1>
      <Shown loaded={treasury} what="the treasury">
        {() => (figures === null ? null : <Page figures={figures} place={place} />)}
      </Shown>
    </div>
  );
}

function Part({ id }: { readonly id: (typeof PARTS)[number][0] }) {
  return (
    <h2 id={`learn-${id}`} tabIndex={-1}>
      {PARTS.find(([own]) => own === id)?.[1]}
    </h2>
  );
}

function Page({ figures, place }: { readonly figures: Figures; readonly place: string | null }) {
  const { treasury, epoch, budget, stake } = figures;
  const { policy } = treasury;
  return (
    <>
      <p className="lead">
        {epoch === null ? (
          <>
            People who stake {stake.symbol} decide together what{" "}
            <Money value={state.treasury.free(treasury)} /> are spent on.
          </>
        ) : (
          <>
            About every {format.span(policy.schedule.periodSecs)} people who stake {stake.symbol}{" "}
            decide together what up to {format.amount(epoch.cap, budget)} are spent on. Nobody else
            can spend them.
          </>
        )}
      </p>
      <nav aria-label="Parts of this page" className="learn-parts">
        <ul>
          {PARTS.map(([id, words]) => (
            <li key={id}>
              <a href={`#/learn/${id}`}>{words}</a>
            </li>
          ))}
        </ul>
      </nav>

      <Part id="how" />
      {epoch === null ? (
        <p>No epoch has been opened yet. The first one shows here with its dates and figures.</p>
      ) : (
        <Steps figures={figures} epoch={epoch} />
      )}

      <Part id="stop" />
      <Stops figures={figures} />

      <Part id="nobody" />
      <Promises figures={figures} />

      <Part id="worst" />
      <Worst figures={figures} />

      <Part id="keys" />
      <Guardian figures={figures} />

      <Part id="sum" />
      <Calculator figures={figures} />

      <Part id="words" />
      <Glossary figures={figures} at={place} />
    </>
  );
}

function Stops({ figures: { treasury, epoch } }: { readonly figures: Figures }) {
  const { review, breaker, schedule } = epoch?.policy ?? treasury.policy;
  return (
    <>
      <p>
        An award is a promise, not a payment: at any moment only what has been released is gone. In
        the order in which it comes to bear:
      </p>
      <ol>
        <li>
          <strong>A veto</strong>, before it starts: the guardian, within the timelock.
        </li>
        <li>
          <strong>A missed update</strong>: without a report within {format.span(review.windowSecs)}{" "}
          of a checkpoint the stream stands still by itself.
        </li>
        <li>
          <strong>A review</strong>: below {format.bps(review.floorBps)} it is held, between that
          and {format.bps(review.passBps)} the next part shrinks, and the difference returns.
        </li>
        <li>
          <strong>A pause</strong>: the guardian stops further release for up to{" "}
          {format.span(breaker.guardianPauseSecs)} in the life of a stream.
        </li>
        <li>
          <strong>A ruling</strong>: the next vote, {format.span(schedule.periodSecs)} later at the
          earliest, can cancel it; everything unreleased returns to the vault.
        </li>
        <li>
          <strong>Time</strong>: a held stream on which nobody rules lapses, and the rest returns.
        </li>
      </ol>
    </>
  );
}

function Worst({ figures: { treasury, epoch, budget } }: { readonly figures: Figures }) {
  if (epoch === null) return <p>At most the cap of its epoch; none has been opened yet.</p>;
  const { tracked } = treasury;
  const least = state.policy.minLongStreamSecs(epoch.policy);
  const { small } = state.epoch.limitsOfAsks(epoch);
  return (
    <>
      <p>
        Suppose somebody has enough weight to pass anything. Today that could commit at most{" "}
        <strong>{format.amount(epoch.cap, budget)}</strong>, the cap of epoch {epoch.index}, which
        is {format.share(epoch.cap, tracked)} of the <Money value={tracked} /> in the vault.
      </p>
      <ul>
        <li>
          Everything above <Money value={small} /> to one recipient must stream for{" "}
          {format.span(least)} or longer, so that most of it is still in the vault when the next
          vote comes.
        </li>
        <li>Stake that came after voting opened had no power in it; borrowed stake cannot vote.</li>
        <li>
          The rules that bound all this cannot be voted away: their bounds are in the program.
        </li>
      </ul>
      <p>
        What it does not protect from: a majority that keeps its majority keeps its epochs. The time
        between them is there for everybody else to leave.
      </p>
    </>
  );
}

function Guardian({ figures: { treasury, epoch } }: { readonly figures: Figures }) {
  const { breaker } = epoch?.policy ?? treasury.policy;
  const vacant = treasury.guardian === SYSTEM_PROGRAM_ADDRESS;
  return (
    <>
      <p>
        {vacant ? (
          "Nobody is the guardian now."
        ) : (
          <>
            <Name address={treasury.guardian} /> is the guardian now.
          </>
        )}{" "}
        A vote can give the role to somebody else, and the guardian cannot veto that.
      </p>
      <div className="learn-two">
        <div>
          <h3>Can</h3>
          <ul>
            <li>veto a funded award or a change of policy, within its timelock</li>
            <li>
              pause executions, for {format.span(breaker.guardianPauseSecs)} in any 90 days at most
            </li>
            <li>pause one stream’s further release, for as long in its life</li>
          </ul>
        </div>
        <div>
          <h3>Cannot</h3>
          <ul>
            <li>spend, move or redirect a single token</li>
            <li>take back what a stream has released, or stop a claim of it</li>
            <li>veto a ruling, a change of roles, or its own replacement</li>
            <li>change a rule, a vote, or what is on the slate</li>
          </ul>
        </div>
      </div>
    </>
  );
}
