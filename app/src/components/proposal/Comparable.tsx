/** Asks of other epochs that were for the same kind of thing and about as much, and what became of them. */

import { type Entry, type Epoch, ActionKind } from "@community-budget/client";
import { useMemo } from "react";

import { useProposals } from "../../hooks/slate";
import { useChain, useLoaded } from "../../lib/context";
import * as format from "../../lib/format";
import { category, outcome } from "../../lib/words";
import { EntryTitle } from "../Entry";
import { Scroll } from "../Scroll";
import { Shown } from "../States";
import { Money } from "../Text";

/** Most that are shown. */
const MOST = 6;

/** An ask of an earlier epoch. */
export interface Past {
  readonly epoch: Epoch;
  readonly index: number;
  readonly entry: Entry;
}

/**
 * Asks of settled epochs in a category of the same name, of between half and twice the amount; the nearest
 * amounts first.
 */
export function comparable(epochs: readonly Epoch[], own: Epoch, entry: Entry): Past[] {
  const name = category(own.policy, entry.category);
  const apart = (other: bigint) =>
    other > entry.amount ? other - entry.amount : entry.amount - other;
  return epochs
    .filter((epoch) => epoch.index !== own.index && epoch.settledAt !== 0n)
    .flatMap((epoch) =>
      epoch.slate
        .slice(0, epoch.entryCount)
        .map((other, index) => ({ epoch, index, entry: other })),
    )
    .filter(
      ({ epoch, entry: other }) =>
        other.action === ActionKind.Award &&
        category(epoch.policy, other.category) === name &&
        other.amount * 2n >= entry.amount &&
        other.amount <= entry.amount * 2n,
    )
    .sort((a, b) => {
      const [first, second] = [apart(a.entry.amount), apart(b.entry.amount)];
      if (first !== second) return first < second ? -1 : 1;
      return b.epoch.index - a.epoch.index || a.index - b.index;
    });
}

/** See the top of this file. */
export function Comparable({ epoch, entry }: { readonly epoch: Epoch; readonly entry: Entry }) {
  const epochs = useLoaded(useChain().epochs);
  return (
    <Shown loaded={epochs} what="the earlier epochs">
      {(all) => <Listed all={all.map(({ data }) => data)} epoch={epoch} entry={entry} />}
    </Shown>
  );
}

function Listed({
  all,
  epoch,
  entry,
}: {
  readonly all: readonly Epoch[];
  readonly epoch: Epoch;
  readonly entry: Entry;
}) {
  const found = useMemo(() => comparable(all, epoch, entry), [all, epoch, entry]);
  if (found.length === 0) {
    return (
      <p className="muted">
        None: no ask of another epoch that is still on chain was for the same category and about as
        much.
      </p>
    );
  }
  return (
    <Scroll label="Comparable asks">
      <table>
        <caption>
          {found.length > MOST ? `The ${MOST} nearest of ${found.length}` : "All"} between half and
          twice the amount
        </caption>
        <thead>
          <tr>
            <th scope="col">Ask</th>
            <th scope="col">Epoch</th>
            <th scope="col" className="number">
              Amount
            </th>
            <th scope="col">In favour</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {found.slice(0, MOST).map((past) => (
            <Row key={`${past.epoch.index}/${past.index}`} past={past} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Row({ past: { epoch, index, entry } }: { readonly past: Past }) {
  const proposals = useProposals(epoch.index);
  return (
    <tr>
      <th scope="row">
        <EntryTitle index={epoch.index} entry={index} proposal={proposals.get(index)} />
      </th>
      <td>{epoch.index}</td>
      <td className="number">
        <Money value={entry.amount} />
      </td>
      <td>{format.share(entry.for, entry.for + entry.against)}</td>
      <td>{outcome(entry.outcome)}</td>
    </tr>
  );
}
