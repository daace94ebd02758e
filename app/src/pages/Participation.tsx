/** Participation: who takes part, who decides, and what it earns. */

import { type Account } from "@solana/kit";
import { type Epoch, type Stake, type Treasury, state } from "@community-budget/client";
import { useMemo } from "react";

import { Members } from "../components/participation/Members";
import {
  ConcentrationSection,
  DelegationSection,
  FewSentence,
  GroupsSection,
  RewardSection,
  StreakSection,
  YouSection,
} from "../components/participation/Sections";
import { TurnoutSection } from "../components/participation/Turnouts";
import { Shown } from "../components/States";
import { useSelected } from "../lib/cell";
import { useChain, useLoaded } from "../lib/context";
import * as format from "../lib/format";
import { electorate, fewWho, placeOf, turnouts, voted } from "../lib/participation";
import { valueOf } from "../lib/resource";
import { useVisitor } from "../lib/wallet";
import { PHASES } from "../lib/words";
import "./Participation.css";

export default function Participation() {
  const chain = useChain();
  const treasury = useLoaded(chain.treasury);
  const epoch = useLoaded(chain.epoch);
  const stakes = useLoaded(chain.stakes);
  return (
    <>
      <h1>Participation</h1>
      <Shown loaded={treasury} what="the treasury">
        {(own) => (
          <Shown
            loaded={epoch}
            what="the epoch"
            absent={
              <>
                <p>No epoch has been opened yet, so nobody could take part.</p>
                <p>Whoever stakes before the first vote opens can vote in it.</p>
              </>
            }
          >
            {(present) => (
              <Shown loaded={stakes} what="the stakes">
                {(all) => <Page treasury={own} present={present} stakes={all} />}
              </Shown>
            )}
          </Shown>
        )}
      </Shown>
    </>
  );
}

const NO_EPOCHS: readonly Account<Epoch>[] = [];

function Page({
  treasury,
  present,
  stakes,
}: {
  readonly treasury: Treasury;
  readonly present: Epoch;
  readonly stakes: readonly Account<Stake>[];
}) {
  const chain = useChain();
  const visitor = useVisitor();
  const phase = usePhase(present);
  // Nobody has voted before voting opens: until then the vote before it is the one to look at.
  const before = phase === "Submission" && present.index > 0;
  const index = before ? present.index - 1 : present.index;
  const earlier = valueOf(useLoaded(chain.epochAt(index)));
  const ballots = useLoaded(chain.ballots(index));
  const epochs = valueOf(useLoaded(chain.epochs)) ?? NO_EPOCHS;
  const settled = state.treasury.settledEpochs(treasury);
  const counted = Math.min(8, settled);
  const plain = useMemo(() => stakes.map(({ data }) => data), [stakes]);
  const cast = valueOf(ballots);
  const members = useMemo(
    () => electorate(plain, cast?.map(({ data }) => data) ?? [], index, settled),
    [plain, cast, index, settled],
  );
  const byEpoch = useMemo(
    () =>
      turnouts(
        epochs.map(({ data }) => (data.index === present.index ? present : data)),
        plain,
        present.index,
        state.treasury.electorate(treasury, present.index),
      ),
    [epochs, plain, present, treasury],
  );
  const few = useMemo(
    () =>
      fewWho(
        members.map(({ weight }) => weight),
        present,
      ),
    [members, present],
  );
  const place = visitor === null ? null : placeOf(members, visitor.address);
  if (members.length === 0) {
    return (
      <div className="notice">
        <p>
          <strong>Nobody has staked yet.</strong> Without weight nothing can be decided; whoever
          stakes before voting opens can vote.
        </p>
      </div>
    );
  }
  const voters = members.filter(voted);
  // Records may be closed, and stakes may have moved since: the account's own figure comes first.
  const shown = before ? earlier : present;
  const exact =
    shown === null
      ? null
      : {
          cast: shown.turnout,
          of:
            shown.settledAt === 0n
              ? state.treasury.electorate(treasury, shown.index)
              : shown.electorate,
          allOpen: shown.voteRecordCount === shown.ballotCount,
        };
  return (
    <>
      <p className="lead">
        {exact === null || exact.of === 0n ? (
          <>
            {format.count(voters.length, "staker")} of {members.length} took part in epoch {index}.
          </>
        ) : (
          <>
            {format.share(exact.cast, exact.of)} of all weight{" "}
            {phase === "Voting" ? "has voted so far" : "voted"} in epoch {index}:{" "}
            {exact.allOpen ? "" : "at least "}
            {voters.length} of {format.count(members.length, "staker")}.
          </>
        )}{" "}
        <FewSentence few={few} members={members} />
      </p>
      {before ? (
        <p className="muted">
          Epoch {present.index} is {PHASES.Submission.toLowerCase()}; this looks back at the vote
          before it, by today’s weights.
        </p>
      ) : null}
      {visitor === null ? null : (
        <YouSection
          place={place}
          members={members}
          index={index}
          epoch={present}
          settled={counted}
        />
      )}
      <TurnoutSection turnouts={byEpoch} />
      <Shown loaded={ballots} what="the ballots">
        {() => <GroupsSection members={members} index={index} />}
      </Shown>
      <ConcentrationSection members={members} epoch={present} />
      <DelegationSection members={members} />
      <StreakSection members={members} settled={counted} />
      <RewardSection epoch={shown ?? present} />
      <section aria-labelledby="stakers">
        <h2 id="stakers">All {format.count(members.length, "staker")}</h2>
        <Members members={members} settled={counted} over={phase !== "Voting" || before} />
      </section>
    </>
  );
}

/** The phase, anew when it changes and not each second. */
function usePhase(epoch: Epoch): state.epoch.Phase {
  const { clock } = useChain();
  return useSelected(clock.second, (now) => state.epoch.phaseAt(epoch, now ?? clock.now()));
}
