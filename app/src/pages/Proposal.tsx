/** One proposal: where it stands, everything that is signed of it, and what is known of who asks. */

import { ActionKind, type Entry, type Proposal as Terms, UNRANKED } from "@community-budget/client";
import { useEffect, useMemo, useState } from "react";

import { ApprovalBar, TurnoutBar } from "../components/Bars";
import { useSlateCheck } from "../components/ballot/check";
import { Assessment } from "../components/proposal/Assessment";
import { Comparable } from "../components/proposal/Comparable";
import { Deeds } from "../components/proposal/Deeds";
import { MetadataView } from "../components/proposal/MetadataView";
import { Parts, TermsView } from "../components/proposal/TermsView";
import { Timeline } from "../components/proposal/Timeline";
import { Track } from "../components/proposal/Track";
import { Shown } from "../components/States";
import { Money, Name, WeightShare, When, Written } from "../components/Text";
import { type ShownSlate, useSlate } from "../hooks/slate";
import { awardOf } from "../lib/ballot";
import { useChain, useCoarseNow, useLoaded } from "../lib/context";
import * as format from "../lib/format";
import { valueOf } from "../lib/resource";
import { href } from "../lib/router";
import { summary, termsRows, textRows } from "../lib/terms";
import { act, barsOf, category, decisionOn, standingOf, tier, tierOf } from "../lib/words";
import "./Proposal.css";

/** See the top of this file. */
export default function Proposal({
  index,
  entry,
}: {
  readonly index: number;
  readonly entry: number;
}) {
  const slate = useSlate(index);
  return (
    <Shown
      loaded={slate}
      what={`epoch ${index}`}
      absent={
        <>
          <h1>No such proposal</h1>
          <p>
            Epoch {index} was never opened, or has been closed since.{" "}
            <a href={href({ page: "epoch", index: null })}>See the present epoch</a>.
          </p>
        </>
      }
    >
      {(shown) => {
        const own = shown.epoch.slate[entry];
        return own === undefined || entry >= shown.epoch.entryCount ? (
          <>
            <h1>No such proposal</h1>
            <p>
              Epoch {index} has {format.count(shown.epoch.entryCount, "entry", "entries")}, numbered
              from 0. <a href={href({ page: "epoch", index })}>See its slate</a>.
            </p>
          </>
        ) : (
          <One shown={shown} index={entry} entry={own} />
        );
      }}
    </Shown>
  );
}

function One({
  shown,
  index,
  entry,
}: {
  readonly shown: ShownSlate;
  readonly index: number;
  readonly entry: Entry;
}) {
  const chain = useChain();
  const { epoch, treasury, proposals } = shown;
  const proposal = proposals.get(index) ?? null;
  // Closing it takes its terms away; the window of that deed tells what came of it all the same.
  const [kept, setKept] = useState(proposal);
  useEffect(() => {
    if (proposal !== null) setKept(proposal);
  }, [proposal]);
  const award = awardOf(proposal ?? undefined);
  const now = useCoarseNow(10n);
  return (
    <article className="proposal">
      <p className="muted small proposal-over">
        <a href={href({ page: "epoch", index: epoch.index })}>Epoch {epoch.index}</a>, entry {index}{" "}
        · {act(entry.action)}
        {entry.action === ActionKind.Award ? (
          <>
            {" "}
            · <Written>{category(epoch.policy, entry.category)}</Written> ·{" "}
            {tier(tierOf(shown.slate, index))}
          </>
        ) : null}
      </p>
      <h1>{proposal === null ? `Entry ${index}` : <Written>{proposal.terms.title}</Written>}</h1>
      <Decision shown={shown} index={index} proposal={proposal} />
      <Vote shown={shown} index={index} entry={entry} />
      {proposal === null ? (
        <Gone shown={shown} entry={entry} />
      ) : (
        <Asked shown={shown} index={index} proposal={proposal} />
      )}
      {kept === null ? null : (
        <Deeds one={{ chain, treasury, epoch, index, entry, proposal: kept, now }} />
      )}
      {award === null ? null : (
        <section aria-labelledby="track-title">
          <h2 id="track-title">Who would receive it</h2>
          <Track recipient={award.recipient} epoch={epoch} />
        </section>
      )}
      {proposal === null ? null : (
        <section aria-labelledby="text-title">
          <h2 id="text-title">In its proposer’s words</h2>
          <MetadataView
            uri={proposal.terms.metadataUri}
            hash={proposal.terms.metadataHash}
            title={proposal.terms.title}
          />
        </section>
      )}
      {entry.action === ActionKind.Award ? (
        <>
          <section aria-labelledby="assessment-title">
            <h2 id="assessment-title">What it would do to the treasury</h2>
            <Assessment shown={shown} index={index} />
          </section>
          <section aria-labelledby="comparable-title">
            <h2 id="comparable-title">Comparable asks</h2>
            <Comparable epoch={epoch} entry={entry} />
          </section>
        </>
      ) : null}
      <section aria-labelledby="timeline-title">
        <h2 id="timeline-title">Its way</h2>
        <Timeline
          treasury={treasury}
          epoch={epoch}
          entry={entry}
          index={index}
          proposal={proposal}
          now={now}
        />
      </section>
    </article>
  );
}

/** Where it stands, in a sentence with its numbers. */
function Decision({
  shown,
  index,
  proposal,
}: {
  readonly shown: ShownSlate;
  readonly index: number;
  readonly proposal: Terms | null;
}) {
  const { slate, epoch } = shown;
  const { kind, reason } = standingOf(slate, index);
  const rank = decisionOn(slate, index)?.rank ?? UNRANKED;
  const award = epoch.slate[index]?.action === ActionKind.Award;
  const about = proposal === null ? null : summary(proposal.terms.action, epoch.policy);
  const settled = slate.projection === null;
  const place =
    kind === "funded" && rank !== UNRANKED ? `, ranked ${format.ordinal(rank + 1)}` : "";
  const open = !settled && kind !== "gone" && shown.slate.phase !== "Submission";
  const said = `${open && kind === "fails" ? "would not pass: " : ""}${reason}${place}`;
  return (
    <p className="lead">
      {open ? "If voting closed now, it " : ""}
      <strong>{open ? said : format.capital(said)}</strong>
      {about === null ? null : (
        <>
          {award ? ": " : ". It "}
          <Parts parts={about} />
        </>
      )}
      .{" "}
      {shown.slate.phase === "Voting" ? (
        <>
          Voting closes <When at={epoch.votingClosesAt} />;{" "}
          <a href={href({ page: "ballot" })}>vote</a>.
        </>
      ) : null}
    </p>
  );
}

/** Turnout and approval against what they must reach. */
function Vote({
  shown,
  index,
  entry,
}: {
  readonly shown: ShownSlate;
  readonly index: number;
  readonly entry: Entry;
}) {
  const { slate } = shown;
  const { decimals } = useChain().config.stake;
  const bars = barsOf(slate, index);
  if (bars.cast === 0n && slate.phase === "Submission") return null;
  const sides = [
    ["For", entry.for],
    ["Against", entry.against],
    ["Abstain", entry.abstain],
  ] as const;
  return (
    <section aria-label="The vote" className="proposal-vote">
      <div className="proposal-bars">
        <div>
          <span className="muted small">Took part</span>
          <TurnoutBar
            cast={bars.cast}
            electorate={slate.electorate}
            quorum={bars.quorum}
            quorumBps={bars.quorumBps}
            decimals={decimals}
          />
        </div>
        <div>
          <span className="muted small">In favour</span>
          <ApprovalBar
            inFavour={entry.for}
            against={entry.against}
            approvalBps={bars.approvalBps}
            decimals={decimals}
          />
        </div>
      </div>
      <p className="muted small">
        {sides.map(([word, weight], at) => (
          <span key={word}>
            {at === 0 ? "" : " · "}
            {word} <WeightShare weight={weight} of={slate.electorate} />
          </span>
        ))}{" "}
        of all weight
      </p>
    </section>
  );
}

/** Everything of it that is signed, and its bond. */
function Asked({
  shown,
  index,
  proposal,
}: {
  readonly shown: ShownSlate;
  readonly index: number;
  readonly proposal: Terms;
}) {
  const chain = useChain();
  const { epoch, treasury, proposals } = shown;
  const [check] = useSlateCheck(epoch, proposals);
  const now = useCoarseNow(60n);
  const { action } = proposal.terms;
  const about = action.__kind === "RuleOnStream" ? action.stream : null;
  const streams = valueOf(useLoaded(chain.streams));
  const rows = useMemo(() => {
    const stream = streams?.find(({ address }) => address === about)?.data ?? null;
    return termsRows(proposal.terms, { policy: epoch.policy, treasury, stream, now });
  }, [streams, about, proposal, epoch.policy, treasury, now]);
  const spam = epoch.policy.slate.spamSupportBps;
  return (
    <section aria-labelledby="terms-title">
      <h2 id="terms-title">What voters sign</h2>
      <TermsView rows={rows} />
      <TermsView rows={textRows(proposal.terms)} />
      <dl className="facts">
        <div>
          <dt>proposer</dt>
          <dd>
            <Name address={proposal.proposer} copy /> <When at={proposal.submittedAt} />
          </dd>
        </div>
        <div>
          <dt>bond</dt>
          <dd>
            {proposal.bond === 0n ? (
              "none"
            ) : (
              <>
                <Money value={proposal.bond} />, back to the proposer unless it fails with less than{" "}
                {format.bps(spam)} of all weight for it
              </>
            )}
          </dd>
        </div>
        {proposal.rentPayer === proposal.proposer ? null : (
          <div>
            <dt>paid its rent</dt>
            <dd>
              <Name address={proposal.rentPayer} copy />, who gets it back
            </dd>
          </div>
        )}
      </dl>
      <p className="small">
        {check.kind === "checking" ? (
          <span className="muted">Comparing these terms with the slate hash…</span>
        ) : check.kind === "failed" ? (
          <span className="held">
            These terms could not be compared with the slate hash. {check.sentence}
          </span>
        ) : check.check.kind === "matches" ? (
          <>
            <span className="funded" aria-hidden="true">
              ✓{" "}
            </span>
            These terms are what the slate hash stands for that every ballot signs. Computed here.
          </>
        ) : check.check.kind === "differs" ? (
          <strong className="held">{check.check.sentence}</strong>
        ) : (
          <span className="muted">
            Not compared with the slate hash: {check.check.why}. Entry {index} itself agrees with
            them.
          </span>
        )}
      </p>
    </section>
  );
}

/** The account is closed; what is left is the entry. */
function Gone({ shown, entry }: { readonly shown: ShownSlate; readonly entry: Entry }) {
  const closed = shown.epoch.openProposals < shown.epoch.entryCount;
  return (
    <section>
      <h2>What is left of it</h2>
      {closed ? (
        <p>
          Its terms have been closed, and its bond and rent have gone home; the entry stays with its
          tally.
        </p>
      ) : (
        <p className="muted" role="status">
          Reading its terms…
        </p>
      )}
      {entry.amount === 0n ? null : (
        <p>
          It asked for <Money value={entry.amount} />.
        </p>
      )}
    </section>
  );
}
