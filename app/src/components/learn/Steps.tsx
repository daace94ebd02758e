/** One epoch from proposal to stream, with the dates and figures of this one. */

import { type Epoch, state } from "@community-budget/client";

import * as format from "../../lib/format";
import type { Figures } from "../../lib/glossary";
import { Money, When } from "../Text";
import { Explained } from "./Explained";

/** Which step an epoch is at, from 0. */
function stepAt(epoch: Epoch, now: bigint): number {
  switch (state.epoch.phaseAt(epoch, now)) {
    case "Submission":
      return 1;
    case "Voting":
      return 2;
    case "Tallying":
      return 3;
    case "Settled":
      return 4;
  }
}

export function Steps({ figures, epoch }: { readonly figures: Figures; readonly epoch: Epoch }) {
  const { now, budget } = figures;
  const { policy } = epoch;
  const at = stepAt(epoch, now);
  const [fee, bond] = [state.epoch.slotFee(epoch), policy.slate.bond];
  const [small, , large] = policy.tiers.rules;
  const timelocks = policy.tiers.rules.map(({ timelockSecs }) => timelockSecs);
  const [shortest, longest] = [Math.min(...timelocks), Math.max(...timelocks)];
  const settled = epoch.settledAt !== 0n;
  const mark = (step: number) => (step === at ? <span className="tag steps-now">now</span> : null);
  return (
    <ol className="steps">
      <li>
        <h3>1. It opens {mark(0)}</h3>
        <p>
          Epoch {epoch.index} was opened on <When at={epoch.openedAt} plain />; anybody may open
          one. Of what was free then, <Money value={epoch.freeAtOpen} />, it may award{" "}
          {format.bps(policy.budget.epochCapBps)}:{" "}
          <strong>{format.amount(epoch.cap, budget)}</strong>, the cap.
        </p>
      </li>
      <li>
        <h3>2. People propose {mark(1)}</h3>
        <p>
          {now < epoch.votingOpensAt ? "Until" : "That ended"}{" "}
          <When at={epoch.votingOpensAt} plain />: {epoch.entryCount} of {policy.slate.capacity}{" "}
          slots are taken. A slot costs <Money value={fee} /> and a bond of <Money value={bond} />.
          Everything about money is on chain, and the recipient has to agree.
        </p>
      </li>
      <li>
        <h3>3. Stakers vote {mark(2)}</h3>
        <div className="steps-text">
          <When at={epoch.votingOpensAt} plain /> to <When at={epoch.votingClosesAt} plain />, by{" "}
          <Explained term="weight" />: one ballot over the whole <Explained term="slate" />,
          changeable until it closes. A small ask needs a <Explained term="quorum" /> of{" "}
          {format.bps(small?.quorumBps ?? 0)}, a large one {format.bps(large?.quorumBps ?? 0)} and{" "}
          {format.bps(large?.approvalBps ?? 0)} in favour.
        </div>
      </li>
      <li>
        <h3>4. The vote is settled {mark(3)}</h3>
        <p>
          {settled ? (
            <>
              Somebody settled it on <When at={epoch.settledAt} plain />:{" "}
              <Money value={epoch.allocated} /> were awarded.
            </>
          ) : (
            <>Anybody settles it in one transaction; who does makes no difference.</>
          )}{" "}
          What passed is ranked, most weight for over against first, and funded until the cap or a
          limit is reached.
        </p>
      </li>
      <li>
        <h3>5. Everybody waits {mark(4)}</h3>
        <div className="steps-text">
          A <Explained term="timelock" /> of {format.span(shortest)} to {format.span(longest)} runs,
          by how much is at stake. In it the guardian can veto an award, and whoever disagrees can
          begin to leave.
        </div>
      </li>
      <li>
        <h3>6. The money streams</h3>
        <div className="steps-text">
          Anybody executes what was funded. Each award becomes a <Explained term="stream" /> out of
          the vault, cut into parts by <Explained term="review" word="reviews" />; what a review
          stops flows back, and the record of its recipient counts in the next epoch. That one can
          open {now < epoch.openedAt + BigInt(policy.schedule.periodSecs) ? "from" : "since"}{" "}
          <When at={epoch.openedAt + BigInt(policy.schedule.periodSecs)} plain />
          {settled ? "." : ", once this one is settled."}
        </div>
      </li>
    </ol>
  );
}
