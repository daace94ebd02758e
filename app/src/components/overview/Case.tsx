/** What is the case, in one paragraph: the money, and what the epoch is doing. */

import { ActionKind, Outcome, type Treasury, state } from "@community-budget/client";

import type { ShownSlate } from "../../hooks/slate";
import { useConfig, useNow } from "../../lib/context";
import { nextCap, nextOpeningAt } from "../../lib/health";
import { decisionOn, wins } from "../../lib/words";
import { Money, When, Written } from "../Text";

/** The first half: the money. */
export function MoneyCase({ treasury }: { readonly treasury: Treasury }) {
  const { community } = useConfig();
  return (
    <>
      <Written>{community}</Written> has <Money value={treasury.tracked} />,{" "}
      <Money value={state.treasury.free(treasury)} /> of it free.
    </>
  );
}

/** How many asks there are, how many are or would be funded, and with how much. */
export interface Asks {
  readonly all: number;
  readonly funded: number;
  readonly amount: bigint;
}

/**
 * Counts the asks of a slate: withdrawn ones are none, and once voting has opened neither are those that
 * nobody may vote on. Acts ask for nothing.
 */
export function asksOf({
  slate,
  epoch,
  phase,
}: Pick<ShownSlate, "slate" | "epoch" | "phase">): Asks {
  let [all, funded, amount] = [0, 0, 0n];
  epoch.slate.slice(0, epoch.entryCount).forEach((entry, index) => {
    const decision = decisionOn(slate, index);
    if (entry.action !== ActionKind.Award || decision === null) return;
    if (decision.outcome === Outcome.Withdrawn) return;
    if (decision.outcome === Outcome.NotAccepted && phase !== "Submission") return;
    all += 1;
    if (!wins(decision.outcome)) return;
    funded += 1;
    amount += entry.amount;
  });
  return { all, funded, amount };
}

/** The second half: the epoch. */
export function EpochCase({
  shown,
  treasury,
}: {
  readonly shown: ShownSlate;
  readonly treasury: Treasury;
}) {
  const { epoch } = shown;
  const now = useNow();
  const { all, funded, amount } = asksOf(shown);
  const asks = all === 1 ? "ask" : "asks";
  switch (state.epoch.phaseAt(epoch, now)) {
    case "Submission":
      return (
        <>
          Epoch {epoch.index} takes proposals: {all} {asks} so far, for at most{" "}
          <Money value={epoch.cap} />. Voting opens <When at={epoch.votingOpensAt} />.
        </>
      );
    case "Voting":
      return (
        <>
          Epoch {epoch.index} is voting: {funded} of {all} {asks} would be funded, with{" "}
          <Money value={amount} /> of <Money value={epoch.cap} />. It closes{" "}
          <When at={epoch.votingClosesAt} />.
        </>
      );
    case "Tallying":
      return (
        <>
          Voting in epoch {epoch.index} is over: {funded} of {all} {asks} will be funded, with{" "}
          <Money value={amount} />, once anybody settles it.
        </>
      );
    case "Settled":
      return (
        <>
          Epoch {epoch.index} is settled: {funded} of {all} {asks} were funded, with{" "}
          <Money value={amount} />. <Opening treasury={treasury} />
        </>
      );
  }
}

/** When the next epoch can open, and with how much. */
export function Opening({ treasury }: { readonly treasury: Treasury }) {
  const now = useNow();
  const at = nextOpeningAt(treasury);
  const cap = nextCap(treasury);
  const which = `Epoch ${treasury.epochCount}`;
  if (cap === null) {
    return (
      <>
        {which} cannot open before the treasury has more free money: its cap would be below the
        policy’s minimum.
      </>
    );
  }
  return now >= at ? (
    <>{which} may be opened now, by anybody.</>
  ) : (
    <>
      {which} may be opened from <When at={at} />.
    </>
  );
}
