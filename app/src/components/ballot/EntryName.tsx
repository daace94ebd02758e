/** An entry by its title: a link on the page, and none in a receipt, which one must not leave by accident. */

import type { ShownSlate } from "../../hooks/slate";
import { EntryTitle } from "../Entry";
import { Written } from "../Text";

/** See the top of this file. */
export function EntryName({
  shown,
  index,
  link,
}: {
  readonly shown: ShownSlate;
  readonly index: number;
  readonly link: boolean;
}) {
  const proposal = shown.proposals.get(index);
  if (link) return <EntryTitle index={shown.epoch.index} entry={index} proposal={proposal} />;
  return proposal === undefined ? `entry ${index}` : <Written>{proposal.terms.title}</Written>;
}
