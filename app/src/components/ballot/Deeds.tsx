/** What can be signed of a ballot, or why nothing can be. */

import type { Address } from "@solana/kit";
import { type Ballot, state } from "@community-budget/client";

import type { ShownSlate } from "../../hooks/slate";
import * as ballots from "../../lib/ballot";
import type { Draft, Known, Power } from "../../lib/ballot";
import { useChain, useCoarseNow } from "../../lib/context";
import * as format from "../../lib/format";
import { Act } from "../Act";
import { When } from "../Text";
import type { SlateCheck } from "./check";
import { type Booth, retractDeed, takesOver, voteDeed } from "./receipt";

/** See the top of this file. */
export function Deeds({
  shown,
  draft,
  before,
  power,
  recorded,
  owner,
  voter,
  weight,
  check,
  known,
  changed,
  forbidden,
  onLanded,
}: {
  readonly shown: ShownSlate;
  readonly draft: Draft;
  readonly before: Draft;
  readonly power: Power;
  readonly recorded: Ballot | null;
  readonly owner: Address | null;
  readonly voter: Address | null;
  readonly weight: bigint;
  readonly check: SlateCheck;
  readonly known: Known;
  readonly changed: boolean;
  /** Whether the program would refuse the draft, or why it cannot be told. */
  readonly forbidden: boolean | string;
  readonly onLanded: () => void;
}) {
  const chain = useChain();
  const now = useCoarseNow(10n);
  const phase = state.epoch.phaseAt(shown.epoch, now);
  if (owner === null || voter === null) {
    return <Act label="Vote" build={() => Promise.reject(new Error("connect a wallet first"))} />;
  }
  if (power.kind === "none") return null;
  if (phase === "Submission") {
    return (
      <p className="muted">
        It can be signed when voting opens, <When at={shown.epoch.votingOpensAt} />.
      </p>
    );
  }
  const locked = owner === voter ? null : ballots.lockedOut(recorded);
  if (locked !== null) return <p className="muted">{locked}</p>;
  if (check.kind === "checking") {
    return <p className="muted">Comparing the slate with its hash…</p>;
  }
  if (check.kind === "failed" || check.check.kind === "differs") {
    return <p className="held">Nothing can be signed: see above.</p>;
  }
  const booth: Booth = {
    chain,
    shown,
    owner,
    weight,
    recorded,
    draft,
    signed: check.signed,
    unchecked: check.check.kind === "unknown" ? check.check.why : null,
    known,
    read: format.hex(shown.epoch.slateHash),
  };
  const same = ballots.turns(before, draft).length === 0;
  const takes = same && draft.size > 0 && takesOver(recorded, owner, voter);
  const idle = draft.size === 0 || (same && !takes);
  // Both stay where they are when there is nothing to do: their windows show what came of it.
  return (
    <>
      {same && !takes && draft.size > 0 ? (
        <p className="funded">
          <span aria-hidden="true">✓ </span>This is what is recorded.
        </p>
      ) : null}
      <Act
        label={
          takes ? "Take it over as it stands" : before.size === 0 ? "Vote" : "Change the ballot"
        }
        disabled={idle || forbidden !== false || changed}
        build={(visitor) => voteDeed(booth, visitor)}
        onLanded={onLanded}
      />
      {recorded === null ? null : (
        <Act
          label="Take it back"
          primary={false}
          disabled={before.size === 0}
          build={(visitor) => retractDeed(booth, visitor)}
          onLanded={onLanded}
        />
      )}
    </>
  );
}
