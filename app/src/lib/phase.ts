/** What an epoch is doing, until when, and what comes then. */

import { state, type Epoch } from "@community-budget/client";

import { PHASES } from "./words";

/** A phase in words. */
export interface PhaseWords {
  readonly phase: state.epoch.Phase;
  readonly name: string;
  /** When it ends; `null` when that depends on somebody's act. */
  readonly until: bigint | null;
  /** What happens then, to be followed by a distance: `voting opens`. */
  readonly next: string;
  /** Who does what next, in one sentence. */
  readonly sentence: string;
}

/** The phase of an epoch at `now`. */
export function budgetPhase(epoch: Epoch, now: bigint): PhaseWords {
  const phase = state.epoch.phaseAt(epoch, now);
  const name = PHASES[phase];
  switch (phase) {
    case "Submission":
      return {
        phase,
        name,
        until: epoch.votingOpensAt,
        next: "voting opens",
        sentence: "Anybody may propose until then, and recipients must accept.",
      };
    case "Voting":
      return {
        phase,
        name,
        until: epoch.votingClosesAt,
        next: "closes",
        sentence: "Everybody with stake may vote, and change the ballot until it closes.",
      };
    case "Tallying":
      return {
        phase,
        name,
        until: null,
        next: "",
        sentence:
          "Voting is over. Anybody may settle the epoch, and the result does not depend on who does.",
      };
    case "Settled": {
      const next = epoch.openedAt + BigInt(epoch.policy.schedule.periodSecs);
      const open = now >= next;
      return {
        phase,
        name,
        until: open ? null : next,
        next: "the next epoch may open",
        sentence: open
          ? "The next epoch may be opened, by anybody."
          : "What was funded can be executed once its timelock has run, by anybody.",
      };
    }
  }
}
