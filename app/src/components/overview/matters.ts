/** What needs the visitor, from what the page knows: read only as far as it can matter. */

import type { Account, Address } from "@solana/kit";
import { type Ballot, type Stake, type Treasury, state } from "@community-budget/client";
import { useMemo } from "react";

import { useProposals } from "../../hooks/slate";
import { type Matter, type You, lastSettled, mattersOf } from "../../lib/attention";
import { Cell } from "../../lib/cell";
import { useChain, useCoarseNow, useLoaded } from "../../lib/context";
import { unless } from "../../lib/health";
import { type Loaded, valueOf } from "../../lib/resource";
import { useVisitor } from "../../lib/wallet";

/** What is not asked for. */
const ABSENT = { kind: "absent" } as const;
const NO_STAKE = new Cell<Loaded<Stake>>(ABSENT);
const NO_BALLOT = new Cell<Loaded<Ballot>>(ABSENT);
const NO_STAKES = new Cell<Loaded<readonly Account<Stake>[]>>(ABSENT);
const NO_BALLOTS = new Cell<Loaded<readonly Account<Ballot>[]>>(ABSENT);

/** The matters, and how sure it is that there are no others. */
export interface Matters {
  readonly matters: readonly Matter[];
  /** `unsure`: something could not be read, or what was read contradicts itself. */
  readonly kind: "complete" | "reading" | "unsure";
}

/** A minute is fine enough for what runs out in days. */
const STEP = 60n;

/** See the top of this file. */
export function useMatters(treasury: Treasury): Matters {
  const chain = useChain();
  const visitor = useVisitor()?.address ?? null;
  const now = useCoarseNow(STEP);
  const epoch = useLoaded(chain.epoch);
  const epochs = useLoaded(chain.epochs);
  const streams = useLoaded(chain.streams);
  const index = state.treasury.currentEpoch(treasury);
  const proposals = useProposals(index);
  const earlier = useProposals(index === null || index === 0 ? null : index - 1);

  const past = useMemo(
    () => lastSettled((valueOf(epochs) ?? []).map(({ data }) => data)),
    [epochs],
  );
  const stake = useLoaded(visitor === null ? NO_STAKE : chain.stake(visitor));
  const ballot = useLoaded(
    visitor === null || index === null ? NO_BALLOT : chain.ballot(index, visitor),
  );
  const lastBallot = useLoaded(
    visitor === null || past === null ? NO_BALLOT : chain.ballot(past.index, visitor),
  );
  // Lists of all stakes and all ballots are long: they are read while a delegate can vote, and where there is one.
  const present = valueOf(epoch);
  const voting = present !== null && state.epoch.phaseAt(present, now) === "Voting";
  const stakes = useLoaded(visitor === null || !voting ? NO_STAKES : chain.stakes);
  const delegate = useMemo(
    () => valueOf(stakes)?.some(({ data }) => data.delegate === visitor) ?? false,
    [stakes, visitor],
  );
  const ballots = useLoaded(index === null || !delegate ? NO_BALLOTS : chain.ballots(index));

  return useMemo(() => {
    const list = valueOf(epochs)?.map(({ data }) => data) ?? [];
    const you =
      visitor === null ? null : youOf(visitor, stake, ballot, lastBallot, stakes, ballots);
    const matters = unless(() =>
      mattersOf({
        now,
        treasury,
        epoch: valueOf(epoch),
        epochs: list,
        proposals,
        streams: valueOf(streams) ?? [],
        titleOf: (at, entry) => {
          const known = at === index ? proposals : at + 1 === index ? earlier : null;
          return known?.get(entry)?.terms.title ?? null;
        },
        you,
      }),
    );
    const read = [epoch, epochs, streams, stake, ballot, lastBallot, stakes, ballots];
    const unsure =
      matters === null || read.some(({ kind }) => kind === "failed" || kind === "doubted");
    const reading = read.some(({ kind }) => kind === "loading");
    return { matters: matters ?? [], kind: unsure ? "unsure" : reading ? "reading" : "complete" };
  }, [
    now,
    treasury,
    epoch,
    epochs,
    streams,
    proposals,
    earlier,
    index,
    visitor,
    stake,
    ballot,
    lastBallot,
    stakes,
    ballots,
  ]);
}

function youOf(
  address: Address,
  stake: Loaded<Stake>,
  ballot: Loaded<Ballot>,
  lastBallot: Loaded<Ballot>,
  stakes: Loaded<readonly Account<Stake>[]>,
  ballots: Loaded<readonly Account<Ballot>[]>,
): You {
  const voters = valueOf(ballots)?.map(({ data }) => data.owner) ?? null;
  return {
    address,
    stake: valueOf(stake),
    ballot: ballot.kind === "absent" ? "none" : valueOf(ballot),
    lastBallot: valueOf(lastBallot),
    stakes: valueOf(stakes)?.map(({ data }) => data) ?? null,
    voters: voters === null ? null : new Set(voters),
  };
}
