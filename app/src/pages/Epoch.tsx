/** An epoch: what would be funded if voting closed now, or what was; and what happens next. */

import type { Account } from "@solana/kit";
import { type Epoch, UNRANKED, rules, state } from "@community-budget/client";
import { memo, useLayoutEffect, useMemo, useRef } from "react";

import { LimitBar, TurnoutBar } from "../components/Bars";
import { EntryTitle } from "../components/Entry";
import { EpochDeeds } from "../components/epoch/EpochDeeds";
import { FundingLine, FundingSentence } from "../components/FundingLine";
import { type CategoryUse, categoriesOf } from "../components/FundingLine/line";
import { Shown } from "../components/States";
import { Money, MoneyFigure, When, Written } from "../components/Text";
import { type ShownSlate, useSlate } from "../hooks/slate";
import { thinQuorums } from "../lib/caveats";
import { useChain, useConfig, useLoaded } from "../lib/context";
import * as format from "../lib/format";
import { summary } from "../lib/headline";
import { type Loaded, valueOf } from "../lib/resource";
import { href } from "../lib/router";
import { barsOf, decisionOn } from "../lib/words";
import "./Epoch.css";

export default function EpochPage({ index }: { readonly index: number | null }) {
  const slate = useKept(useSlate(index));
  const known = valueOf(slate)?.epoch.index ?? null;
  return (
    <>
      {slate.kind === "absent" ? null : <h1>Epoch {index ?? known}</h1>}
      <Shown loaded={slate} what="the slate" absent={<NoEpoch index={index} />}>
        {(shown) => <Slate shown={shown} />}
      </Shown>
      <OtherEpochs index={known} />
    </>
  );
}

/** What was shown last, while the next epoch is being read: a page that blinks loses what is open on it. */
function useKept(slate: Loaded<ShownSlate>): Loaded<ShownSlate> {
  const last = useRef(slate);
  useLayoutEffect(() => {
    if (slate.kind !== "loading") last.current = slate;
  }, [slate]);
  return slate.kind === "loading" ? last.current : slate;
}

function NoEpoch({ index }: { readonly index: number | null }) {
  return (
    <>
      <h1>{index === null ? "No epoch yet" : `No epoch ${index}`}</h1>
      <p>
        {index === null
          ? "No epoch has been opened. Anybody may open the first; from then on, anybody may propose."
          : "It has not been opened, or everything of it has been paid and its account closed."}
      </p>
      <p>
        <a href={index === null ? href({ page: "learn" }) : href({ page: "epoch", index: null })}>
          {index === null ? "How an epoch goes" : "The present epoch"}
        </a>
      </p>
    </>
  );
}

function Slate({ shown }: { readonly shown: ShownSlate }) {
  return (
    <>
      <FundingSentence shown={shown} />
      <Next shown={shown} />
      <EpochDeeds shown={shown} />
      <ThinQuorums policy={shown.epoch.policy} />
      <FundingLine shown={shown} />
      <div className="epoch-aside">
        <Categories shown={shown} />
        {shown.phase === "Submission" ? null : <Turnout shown={shown} />}
      </div>
    </>
  );
}

/** Where very few can decide, it is said. */
function ThinQuorums({ policy }: Pick<Epoch, "policy">) {
  return thinQuorums(policy).map((sentence) => (
    <p key={sentence} className="notice warn">
      {sentence}
    </p>
  ));
}

/** What happens next, when, and by whom. */
function Next({ shown }: { readonly shown: ShownSlate }) {
  const { epoch, phase } = shown;
  const [words, at] = nowOf(epoch, phase);
  const extended = phase === "Voting" && epoch.votingHardEndAt > epoch.votingClosesAt;
  return (
    <p className="epoch-next">
      <strong>{words}</strong> <When at={at} />.{" "}
      {phase === "Settled" ? <AfterSettlement shown={shown} /> : SENTENCES[phase]}
      {extended ? (
        <>
          {" "}
          Ballots that swing a result late move the end, to{" "}
          <When at={epoch.votingHardEndAt} plain /> at most.
        </>
      ) : null}{" "}
      {phase === "Submission" ? <a href={href({ page: "propose" })}>Propose</a> : null}
      {phase === "Voting" ? <a href={href({ page: "ballot" })}>Fill in your ballot</a> : null}
      {phase === "Settled" ? (
        <a href={href({ page: "digest", index: epoch.index })}>Its digest</a>
      ) : null}
    </p>
  );
}

const SENTENCES: Readonly<Record<Exclude<state.epoch.Phase, "Settled">, string>> = {
  Submission: "Until then anybody may propose, and recipients must accept what is asked for them.",
  Voting: "Everybody with stake may vote, and change the ballot until it closes.",
  Tallying: "Anybody may settle the epoch now, and the result does not depend on who does.",
};

/** What the epoch is doing, and the moment that goes with it. */
function nowOf(epoch: Epoch, phase: state.epoch.Phase): readonly [string, bigint] {
  switch (phase) {
    case "Submission":
      return ["Voting opens on", epoch.votingOpensAt];
    case "Voting":
      return ["Voting is open until", epoch.votingClosesAt];
    case "Tallying":
      return ["Voting closed on", epoch.votingClosesAt];
    case "Settled":
      return ["Settled on", epoch.settledAt];
  }
}

/** What is still to be executed, and what came of the rest. */
function AfterSettlement({ shown: { epoch, treasury, minute } }: { readonly shown: ShownSlate }) {
  const waiting = epoch.allocated - epoch.executed;
  const standstill = state.treasury.standstill(treasury);
  const until = state.epoch.graceEndsAt(epoch, rules.standstill.totalSecs(standstill, minute));
  if (waiting === 0n) {
    return <>All that was funded, and neither lapsed nor was vetoed, has been executed.</>;
  }
  return minute < until ? (
    <>
      <Money value={waiting} /> of it waits to be executed, which anybody may do once the timelock
      has run.
    </>
  ) : (
    <>
      Nobody executed <Money value={waiting} /> of it in time; anybody may strike that off, and it
      stays in the vault.
    </>
  );
}

function Categories({ shown }: { readonly shown: ShownSlate }) {
  const uses = useMemo(() => categoriesOf(shown.slate), [shown.slate]);
  const scale = uses.reduce((most, { cap }) => (cap > most ? cap : most), 0n);
  return (
    <section>
      <h2>Categories</h2>
      <p className="muted small">
        No category takes more than its share of the cap, however its asks are ranked.
      </p>
      <ul className="epoch-categories">
        {uses.map((use) => (
          <CategoryLine key={use.index} {...use} scale={scale} />
        ))}
      </ul>
    </section>
  );
}

const CategoryLine = memo(function CategoryLine({
  name,
  taken,
  cap,
  shareBps,
  scale,
}: CategoryUse & { readonly scale: bigint }) {
  return (
    <li>
      <span className="epoch-category">
        <Written>{name}</Written>
      </span>
      <LimitBar used={taken} limit={cap} scale={scale} />
      <span className="epoch-category-figures">
        <b>
          <MoneyFigure value={taken} />
        </b>{" "}
        of <Money value={cap} />
        <span className="muted">, {format.bps(shareBps)} of the cap</span>
      </span>
    </li>
  );
});

/** Who took part in all, against the largest quorum that anything on the slate needs. */
function Turnout({ shown }: { readonly shown: ShownSlate }) {
  const { slate, epoch, proposals } = shown;
  const { stake } = useConfig();
  const most = useMemo(() => highestQuorum(shown), [shown]);
  return (
    <section>
      <h2>Turnout</h2>
      <p>
        <strong title={`${format.exactDigits(epoch.turnout, stake.decimals)} weight`}>
          {format.share(epoch.turnout, slate.electorate)}
        </strong>{" "}
        of all weight took part, in {format.count(epoch.ballotCount, "ballot")}.
      </p>
      {most === null ? null : (
        <>
          <div className="epoch-turnout">
            <TurnoutBar
              cast={epoch.turnout}
              electorate={slate.electorate}
              quorum={most.quorum}
              quorumBps={most.quorumBps}
              decimals={stake.decimals}
            />
          </div>
          <p className="muted small">
            The largest quorum on the slate is {format.bps(most.quorumBps)}, for{" "}
            <EntryTitle
              index={epoch.index}
              entry={most.index}
              proposal={proposals.get(most.index)}
            />
            . An abstention counts towards it.
          </p>
        </>
      )}
    </section>
  );
}

interface Quorum {
  readonly index: number;
  readonly quorum: bigint;
  readonly quorumBps: number;
}

function highestQuorum({ slate, epoch }: ShownSlate): Quorum | null {
  let most: Quorum | null = null;
  for (let index = 0; index < epoch.entryCount; index += 1) {
    const decision = decisionOn(slate, index);
    const judged = decision !== null && (decision.rank !== UNRANKED || decision.reason !== 0);
    if (!judged) continue;
    const { quorum, quorumBps } = barsOf(slate, index);
    if (most === null || quorumBps > most.quorumBps) most = { index, quorum, quorumBps };
  }
  return most;
}

const OtherEpochs = memo(function OtherEpochs({ index }: { readonly index: number | null }) {
  const chain = useChain();
  const epochs = valueOf(useLoaded(chain.epochs)) ?? [];
  const others = epochs.filter(({ data }) => data.index !== index).reverse();
  if (others.length === 0) return null;
  return (
    <section className="epoch-others">
      <h2>Other epochs</h2>
      <ul>
        {others.map((account) => (
          <OtherEpoch key={account.data.index} account={account} />
        ))}
      </ul>
    </section>
  );
});

function OtherEpoch({ account: { data } }: { readonly account: Account<Epoch> }) {
  const { budget } = useConfig();
  const settled = data.settledAt !== 0n;
  const { asks, funded, taken } = useMemo(
    () => summary({ epoch: data, projection: null, electorate: data.electorate, budget }),
    [data, budget],
  );
  return (
    <li>
      <a href={href({ page: "epoch", index: data.index })}>Epoch {data.index}</a>
      {settled ? (
        <>
          , settled <When at={data.settledAt} />: {funded} of {format.count(asks, "ask")} funded
          with <MoneyFigure value={taken} /> of <Money value={data.cap} />.{" "}
          <a href={href({ page: "digest", index: data.index })}>Digest</a>
        </>
      ) : (
        <>
          , opened <When at={data.openedAt} />
        </>
      )}
    </li>
  );
}
