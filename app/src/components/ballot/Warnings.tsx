/** What to think of before signing a ballot, in sentences. */

import type { ReactNode } from "react";

import type { ShownSlate } from "../../hooks/slate";
import { type Known, type Warning, awardOf, decidesAlone } from "../../lib/ballot";
import * as format from "../../lib/format";
import { categoryClass } from "../../lib/words";
import { Name, WeightShare, When } from "../Text";
import { EntryName } from "./EntryName";

/** One warning, with the entries that it is about. */
export function Said({
  warning,
  shown,
  known,
  links = false,
}: {
  readonly warning: Warning;
  readonly shown: ShownSlate;
  readonly known: Known;
  /** Whether titles lead to their pages. */
  readonly links?: boolean;
}) {
  const { epoch, slate, proposals } = shown;
  const named = (entries: readonly number[], about: (index: number) => ReactNode) =>
    entries.map((index, at) => (
      <span key={index}>
        {at === 0 ? "" : "; "}
        <EntryName shown={shown} index={index} link={links} /> {about(index)}
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
          <strong>No history here.</strong> These recipients have not received an award of this
          treasury yet:{" "}
          {named(warning.entries, (index) => (
            <>({recipient(index)})</>
          ))}
          .
        </>
      );
    case "weak record":
      return (
        <>
          <strong>A weak record.</strong> These recipients’ reviews are below what the policy asks:{" "}
          {named(warning.entries, (index) => (
            <>({recipient(index)})</>
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
