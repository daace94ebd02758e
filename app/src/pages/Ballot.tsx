/** The ballot: a basket over the whole slate, one signature; and the stake that gives it weight. */

import type { Address } from "@solana/kit";
import { type Ballot as Recorded, type Stake, state } from "@community-budget/client";
import { useMemo, useState } from "react";

import { BallotBooth } from "../components/ballot/BallotBooth";
import { StakePanel } from "../components/stake/StakePanel";
import { Empty, Loading, Shown } from "../components/States";
import { Name, WeightShare, When } from "../components/Text";
import { type ShownSlate, useSlate } from "../hooks/slate";
import { type Power, draftOf, powerOf, votable } from "../lib/ballot";
import { useChain, useCoarseNow, useLoaded } from "../lib/context";
import * as format from "../lib/format";
import { type Loaded, valueOf } from "../lib/resource";
import { href } from "../lib/router";
import { useVisitor } from "../lib/wallet";
import "./Ballot.css";

/** See the top of this file. */
export default function Ballot() {
  const slate = useSlate(null);
  const visitor = useVisitor();
  return (
    <>
      <h1>Your ballot</h1>
      <Shown
        loaded={slate}
        what="the slate"
        absent={
          <p>
            No epoch has been opened yet, so there is nothing to vote on. Stake now, to have a say
            from the first one on.
          </p>
        }
      >
        {(shown) => <Open key={visitor?.address ?? ""} shown={shown} />}
      </Shown>
      {visitor === null ? null : (
        <section aria-labelledby="stake-title" id="stake">
          <h2 id="stake-title">Your stake</h2>
          <StakePanel owner={visitor.address} />
        </section>
      )}
    </>
  );
}

function Open({ shown }: { readonly shown: ShownSlate }) {
  const visitor = useVisitor()?.address ?? null;
  const [whose, setWhose] = useState<Address | null>(null);
  const owner = whose ?? visitor;
  return (
    <>
      {visitor === null ? null : (
        <Whose visitor={visitor} index={shown.epoch.index} owner={owner} choose={setWhose} />
      )}
      {owner === null ? (
        <Filled shown={shown} owner={null} stake={null} recorded={null} />
      ) : (
        <Owned key={owner} shown={shown} owner={owner} />
      )}
    </>
  );
}

/** Reads the stake and the ballot before it says what they are. */
function Owned({ shown, owner }: { readonly shown: ShownSlate; readonly owner: Address }) {
  const chain = useChain();
  const stake = useLoaded(chain.stake(owner));
  const recorded = useLoaded(chain.ballot(shown.epoch.index, owner));
  if (known(stake) && known(recorded)) {
    const [own, ballot] = [valueOf(stake), valueOf(recorded)];
    return <Filled shown={shown} owner={owner} stake={own} recorded={ballot} />;
  }
  const waits = known(stake) ? recorded : stake;
  return waits.kind === "loading" ? (
    <Loading what="your stake and ballot" />
  ) : (
    <Shown<Stake | Recorded> loaded={waits} what="your stake and ballot">
      {() => null}
    </Shown>
  );
}

function known<T>(loaded: Loaded<T>): boolean {
  return loaded.kind === "ready" || loaded.kind === "absent";
}

function Filled({
  shown,
  owner,
  stake,
  recorded,
}: {
  readonly shown: ShownSlate;
  readonly owner: Address | null;
  readonly stake: Stake | null;
  readonly recorded: Recorded | null;
}) {
  const { epoch, treasury } = shown;
  const now = useCoarseNow(10n);
  const opened = state.treasury.votingOpened(treasury, now);
  const power = useMemo(
    () => powerOf(stake, recorded, epoch, opened),
    [stake, recorded, epoch, opened],
  );
  const phase = state.epoch.phaseAt(epoch, now);
  return (
    <>
      <Lead shown={shown} owner={owner} power={power} recorded={recorded} phase={phase} />
      {epoch.entryCount === 0 ? (
        <Empty>
          <p>
            The slate is empty. <a href={href({ page: "propose" })}>Propose something</a> before
            voting opens.
          </p>
        </Empty>
      ) : phase === "Settled" ? null : (
        <BallotBooth shown={shown} owner={owner} recorded={recorded} power={power} />
      )}
    </>
  );
}

/** What is the case, in a sentence. */
function Lead({
  shown,
  owner,
  power,
  recorded,
  phase,
}: {
  readonly shown: ShownSlate;
  readonly owner: Address | null;
  readonly power: Power;
  readonly recorded: Recorded | null;
  readonly phase: state.epoch.Phase;
}) {
  const { epoch, slate } = shown;
  const visitor = useVisitor()?.address ?? null;
  const mine = owner === visitor;
  const whose = owner === null || mine ? "You" : <Name address={owner} />;
  const cast = recorded === null ? 0 : draftOf(recorded.choices).size;
  const all = format.count(votable(epoch).length, "entry", "entries");
  const have = mine ? "have" : "has";
  const weighed = power.kind === "votes";
  const again = mine ? "You have" : weighed ? "They have" : <>{whose} has</>;
  const weighs =
    owner === null ? null : power.kind === "votes" ? (
      <>
        {whose} {have}{" "}
        <strong>
          <WeightShare weight={power.weight} of={slate.electorate} />
        </strong>{" "}
        of all weight in epoch {epoch.index}.{" "}
      </>
    ) : null;
  switch (phase) {
    case "Submission":
      return (
        <p className="lead">
          {weighs}Voting in epoch {epoch.index} opens <When at={epoch.votingOpensAt} />. The slate
          can still change; fill in the ballot to see what it would do.
        </p>
      );
    case "Voting":
      return (
        <>
          <p className="lead">
            {weighs}
            {owner === null ? (
              <>
                Epoch {epoch.index} is voting on {all}, until <When at={epoch.votingClosesAt} />.
                Fill in a ballot to see what it would change.
              </>
            ) : (
              <>
                {cast === 0 ? (
                  <>
                    {again} not voted on any of {all} yet
                  </>
                ) : (
                  <>
                    {again} voted on {cast} of {all}
                  </>
                )}
                {recorded?.byDelegate === 1
                  ? mine
                    ? " through your delegate"
                    : " through you"
                  : ""}
                ; voting closes <When at={epoch.votingClosesAt} />.
              </>
            )}
          </p>
          {owner !== null && power.kind === "none" ? (
            <div className="notice warn">
              <p>
                <strong>{power.why}</strong> {power.todo}{" "}
                {mine ? (
                  <a href="#stake" onClick={toStake}>
                    To your stake
                  </a>
                ) : null}
              </p>
            </div>
          ) : null}
        </>
      );
    case "Tallying":
      return (
        <p className="lead">
          Voting in epoch {epoch.index} is over; anybody may settle it now.{" "}
          {owner === null ? null : `${mine ? "You" : "They"} voted on ${cast} of ${all}.`}
        </p>
      );
    case "Settled":
      return (
        <p className="lead">
          There is no vote to cast: epoch {epoch.index} is settled.{" "}
          <a href={href({ page: "epoch", index: epoch.index })}>See what was funded</a>; the next
          epoch may open <When at={epoch.openedAt + BigInt(epoch.policy.schedule.periodSecs)} />.
        </p>
      );
  }
}

/** The page's hash is its route, so a link within it scrolls by itself. */
function toStake(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById("stake")?.scrollIntoView();
}

/** Whose ballot: the visitor's own, or that of somebody who has made the visitor a delegate. */
function Whose({
  visitor,
  index,
  owner,
  choose,
}: {
  readonly visitor: Address;
  readonly index: number;
  readonly owner: Address | null;
  readonly choose: (owner: Address | null) => void;
}) {
  const chain = useChain();
  const stakes = valueOf(useLoaded(chain.stakes));
  const entrusted = useMemo(
    () =>
      (stakes ?? []).filter(
        ({ data }) => data.owner !== visitor && state.stake.mayVote(data, visitor),
      ),
    [stakes, visitor],
  );
  if (entrusted.length === 0) return null;
  return (
    <fieldset className="ballot-whose">
      <legend>Whose ballot</legend>
      {[{ data: { owner: visitor } }, ...entrusted].map(({ data }) => (
        <label key={data.owner}>
          <input
            type="radio"
            name="whose"
            checked={owner === data.owner}
            onChange={() => choose(data.owner === visitor ? null : data.owner)}
          />
          {data.owner === visitor ? "My own" : <Delegated index={index} owner={data.owner} />}
        </label>
      ))}
    </fieldset>
  );
}

/** An owner who lets the visitor vote, and whether there is still something to do. */
function Delegated({ index, owner }: { readonly index: number; readonly owner: Address }) {
  const chain = useChain();
  const ballot = useLoaded(chain.ballot(index, owner));
  const recorded = valueOf(ballot);
  const state =
    recorded === null
      ? ballot.kind === "absent"
        ? "not cast yet"
        : ""
      : recorded.byDelegate === 1
        ? "cast by you"
        : "the owner has voted";
  return (
    <>
      <Name address={owner} /> <span className="muted">{state}</span>
    </>
  );
}
