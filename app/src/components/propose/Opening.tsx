/** Whether one can propose now, until when, and what a slot costs. */

import { type Epoch, state } from "@community-budget/client";

import { type Ground, price, slotsLeft } from "../../lib/draft";
import * as format from "../../lib/format";
import { Money, When } from "../Text";

/** The page's first sentence. `present`: the epoch opened last. */
export function Opening({ ground, present }: { readonly ground: Ground; readonly present: Epoch }) {
  if (!ground.open) return <Closed ground={ground} present={present} />;
  const left = slotsLeft(ground);
  return (
    <p className="lead">
      Submission is open until <When at={present.votingOpensAt} />
      {left === 0 ? (
        <>
          , but the {format.count(present.entryCount, "slot")} for asks are taken: only acts can
          still be proposed.
        </>
      ) : (
        <>
          ; <Cost ground={ground} />
        </>
      )}
    </p>
  );
}

/** `a slot costs 5 tUSD and a bond of 50 tUSD, which you get back unless …` */
function Cost({ ground }: { readonly ground: Ground }) {
  const { fee, bond } = price(ground);
  const { spamSupportBps } = ground.epoch.policy.slate;
  if (fee === 0n && bond === 0n) return <>a slot costs nothing but the network’s rent and fee.</>;
  return (
    <>
      a slot costs <Money value={fee} />
      {bond === 0n ? (
        "."
      ) : (
        <>
          {" "}
          and a bond of <Money value={bond} />, which you get back unless almost nobody supports it
          (less than {format.bps(spamSupportBps)} of all weight).
        </>
      )}
    </>
  );
}

function Closed({ ground, present }: { readonly ground: Ground; readonly present: Epoch }) {
  const phase = state.epoch.phaseAt(present, ground.now);
  const period = present.openedAt + BigInt(present.policy.schedule.periodSecs);
  const earliest = period > present.votingClosesAt ? period : present.votingClosesAt;
  const from = ground.now < earliest;
  return (
    <p className="lead">
      Submission is closed:{" "}
      {phase === "Settled" ? (
        <>epoch {present.index} is settled</>
      ) : (
        <>
          epoch {present.index} is {phase === "Voting" ? "being voted on" : "waiting to be settled"}
        </>
      )}
      .{" "}
      {from ? (
        <>
          The next epoch can open <When at={earliest} />
          {phase === "Settled" ? "" : ", once this one is settled"}.
        </>
      ) : phase === "Settled" ? (
        <>Anybody may open the next one now.</>
      ) : (
        <>The next one can open as soon as this one is settled.</>
      )}{" "}
      Write your proposal now if you like: it is kept in this browser, and its figures are those of
      an epoch that opened today.
    </p>
  );
}
