/** What to think of before signing a ballot, in sentences. */

import type { ReactNode } from "react";

import type { ShownSlate } from "../../hooks/slate";
import { type Known, type Warning, awardOf, decidesAlone } from "../../lib/ballot";
import * as format from "../../lib/format";
import { categoryClass } from "../../lib/words";
import { EntryTitle } from "../Entry";
import { Name, WeightShare, When } from "../Text";

/** One warning, with the entries that it is about. */
export function Said({
  warning,
  shown,
  known,
}: {
  readonly warning: Warning;
  readonly shown: ShownSlate;
  readonly known: Known;
}) {
  const { epoch, slate, proposals } = shown;
  const named = (entries: readonly number[], about: (index: number) => ReactNode) =>
    entries.map((index, at) => (
      <span key={index}>
        {at === 0 ? "" : "; "}
        <EntryTitle index={epoch.index} entry={index} proposal={proposals.get(index)} />{" "}
        {about(index)}
      </span>
    ));
  const recipient = (index: number) => {
    const award = awardOf(proposals.get(index));
    return award === null ? null : <Name address={award.recipient} />;
  };
  switch (warning.kind) {
    case "late":
      return (
        <>
          <strong>Voting is in its last stretch.</strong> A ballot that turns a result, or moves one
          far, extends it: at the latest to <When at={epoch.votingHardEndAt} plain />.
        </>
      );
    case "large":
      return (
        <>
          <strong>A large share of the money: </strong>
          {named(warning.entries, (index) => {
            const amount = epoch.slate[index]?.amount ?? 0n;
            return `asks for ${format.share(amount, epoch.freeAtOpen)} of all free funds`;
          })}
          .
        </>
      );
    case "risk":
      return (
        <>
          <strong>Money at risk, not spent: </strong>
          {named(warning.entries, (index) => {
            const place = epoch.slate[index]?.category ?? 0;
            const kind = categoryClass(epoch.policy.risk.categories[place]?.class ?? 0);
            return `is a ${kind}, and can lose its value`;
          })}
          .
        </>
      );
    case "no history":
      return (
        <>
          <strong>No history here: </strong>
          {named(warning.entries, (index) => (
            <>({recipient(index)} has not received an award of this treasury yet)</>
          ))}
          .
        </>
      );
    case "weak record":
      return (
        <>
          <strong>A weak record: </strong>
          {named(warning.entries, (index) => (
            <>({recipient(index)}’s reviews are below what the policy asks)</>
          ))}
          .
        </>
      );
    case "contested":
      return (
        <>
          <strong>Contested: </strong>
          {named(warning.entries, (index) => {
            const { for: pro = 0n, against = 0n } = epoch.slate[index] ?? {};
            return `has ${format.share(against, pro + against)} of the decided weight against it`;
          })}
          .
        </>
      );
    case "alone":
      return (
        <>
          <strong>One holder decides this alone: </strong>
          {named(warning.entries, (index) => {
            const ballot = decidesAlone(known, index);
            return ballot === null ? null : (
              <>
                (the ballot of <Name address={ballot.owner} />, with{" "}
                <WeightShare weight={ballot.weight} of={slate.electorate} /> of all weight, reaches
                the quorum by itself)
              </>
            );
          })}
          .
        </>
      );
  }
}
