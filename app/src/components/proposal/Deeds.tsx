/** What can be done about a proposal now, by whom, until when. */

import type { Address } from "@solana/kit";
import { EntryFlags, Outcome, hasFlag, state } from "@community-budget/client";
import type { ReactNode } from "react";

import { useLoaded } from "../../lib/context";
import { useVisitor } from "../../lib/wallet";
import { Act, type Deed } from "../Act";
import { Name, When } from "../Text";
import {
  type Case,
  acceptDeed,
  closeDeed,
  executeDeed,
  hasChanged,
  lapseDeed,
  vetoDeed,
  withdrawDeed,
} from "./receipts";
import { isFinal, waiting } from "./waiting";

/** One deed, and whether it is possible. */
interface Possible {
  readonly label: string;
  /** Who can do it; `null` for anybody. */
  readonly who: Address | null;
  readonly until: bigint | null;
  readonly possible: boolean;
  readonly build: (visitor: Address) => Promise<Deed>;
}

/** All deeds of a proposal, in the order in which they come. */
function deedsOf(one: Case): readonly Possible[] {
  const { treasury, epoch, entry, proposal, now } = one;
  const { action } = proposal.terms;
  const taking = state.epoch.phaseAt(epoch, now) === "Submission";
  const here = entry.outcome !== Outcome.Withdrawn;
  const waits = waiting(treasury, epoch, entry, now);
  const locked = waits?.kind === "timelocked" ? waits : null;
  const due = waits?.kind === "executable" ? waits : null;
  const changed = hasChanged(one);
  return [
    ...(action.__kind === "Award"
      ? [
          {
            label: "Accept",
            who: action.fields[0].recipient,
            until: epoch.votingOpensAt,
            possible: taking && here && !hasFlag(entry, EntryFlags.Accepted),
            build: (visitor: Address) => acceptDeed(one, visitor),
          },
        ]
      : []),
    {
      label: "Withdraw",
      who: proposal.proposer,
      until: epoch.votingOpensAt,
      possible: taking && here,
      build: (visitor) => withdrawDeed(one, visitor),
    },
    {
      label: "Veto",
      who: treasury.guardian,
      until: locked?.until ?? null,
      possible: locked?.canBeVetoed === true,
      build: (visitor) => vetoDeed(one, visitor, locked?.until ?? 0n),
    },
    {
      label: "Carry it out",
      who: null,
      until: due?.lapsesAt ?? null,
      possible: due !== null && !changed,
      build: (visitor) => executeDeed(one, visitor, due?.lapsesAt ?? 0n),
    },
    {
      label: "Lapse",
      who: null,
      until: null,
      possible: waits?.kind === "overdue",
      build: () => lapseDeed(one),
    },
    {
      label: "Close",
      who: null,
      until: null,
      possible: epoch.settledAt !== 0n && isFinal(entry) && !hasFlag(entry, EntryFlags.Closed),
      build: (visitor) => closeDeed(one, visitor),
    },
  ];
}

/** See the top of this file. */
export function Deeds({ one }: { readonly one: Case }) {
  const visitor = useVisitor()?.address ?? null;
  // Receipts say what these hold.
  useLoaded(one.chain.records);
  useLoaded(one.chain.streams);
  const open = deedsOf(one).filter(({ possible }) => possible);
  const { treasury, epoch, entry, now } = one;
  const waits = waiting(treasury, epoch, entry, now);
  const here = entry.outcome !== Outcome.Withdrawn;
  return (
    <section aria-labelledby="deeds-title" className="deeds">
      <h2 id="deeds-title">What can be done now</h2>
      {waits?.kind === "blocked" ? (
        <p>
          The breaker or a pause blocks its execution until <When at={waits.until} />; its time
          stands still meanwhile, and ends <When at={waits.lapsesAt} plain />.
        </p>
      ) : null}
      {waits?.kind === "executable" && hasChanged(one) ? (
        <p>
          What it would change has been changed since it was settled, so the program refuses to
          carry it out. It can be proposed anew; after <When at={waits.lapsesAt} /> anybody may
          lapse it.
        </p>
      ) : null}
      {open.length === 0 && waits === null ? (
        <p className="muted">
          {!here
            ? "Nothing: it has been withdrawn. It is closed once the epoch is settled."
            : epoch.settledAt === 0n
              ? "Nothing but voting on it: see your ballot."
              : "Nothing: it is decided."}
        </p>
      ) : null}
      {waits?.kind === "timelocked" ? (
        <p>
          Its timelock runs until <When at={waits.until} />; then anybody may carry it out, until{" "}
          <When at={waits.lapsesAt} plain />.
        </p>
      ) : null}
      <ul className="deeds-list">
        {open.map((deed) => (
          <Row key={deed.label} deed={deed} visitor={visitor} />
        ))}
      </ul>
    </section>
  );
}

function Row({ deed, visitor }: { readonly deed: Possible; readonly visitor: Address | null }) {
  const { who, until, label, build } = deed;
  const may = who === null || who === visitor;
  const by: ReactNode = who === null ? "Anybody may" : may ? "You may" : <Name address={who} />;
  return (
    <li>
      {may || visitor === null ? (
        <Act label={label} primary={may && who !== null} build={build} />
      ) : (
        <strong>{label}</strong>
      )}{" "}
      <span className="muted">
        {by}
        {may ? "" : " alone may"}
        {until === null ? null : (
          <>
            , until <When at={until} />
          </>
        )}
        .
      </span>
    </li>
  );
}
