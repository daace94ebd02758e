/** An entry of the slate by its title. */

import type { Proposal } from "@community-budget/client";

import { href } from "../lib/router";
import { Written } from "./Text";

/** Its title, as a link to all that is known of it. */
export function EntryTitle({
  index,
  entry,
  proposal,
}: {
  /** Position of the epoch. */
  readonly index: number;
  /** Place on the slate. */
  readonly entry: number;
  readonly proposal: Proposal | undefined;
}) {
  return (
    <a href={href({ page: "proposal", index, entry })}>
      {proposal === undefined ? `Entry ${entry}` : <Written>{proposal.terms.title}</Written>}
    </a>
  );
}
