/** What a ballot would change among what would be funded, in words. */

import { ActionKind } from "@community-budget/client";

import type { ShownSlate } from "../../hooks/slate";
import type { Foresight } from "../../lib/ballot";
import { standingOf, wins } from "../../lib/words";
import { EntryTitle } from "../Entry";
import "./Effects.css";

/** See the top of this file. */
export function Effects({
  shown,
  foresight,
}: {
  readonly shown: ShownSlate;
  readonly foresight: Foresight;
}) {
  const { turned, after, epoch } = foresight;
  if (turned.length === 0) {
    return <p className="effects-none">Nothing among the funded, if voting closed now.</p>;
  }
  const slate = { ...shown.slate, epoch, projection: after };
  return (
    <ul className="effects">
      {turned.map((index) => {
        const award = epoch.slate[index]?.action === ActionKind.Award;
        const verb = award ? "funded" : "approved";
        const won = wins(after.decisions[index]?.outcome ?? 0);
        const why = standingOf(slate, index).reason.replace(/^passes, but /, "");
        return (
          <li key={index} className={won ? "effects-up" : "effects-down"}>
            <span aria-hidden="true">{won ? "▲" : "▼"}</span>{" "}
            <EntryTitle index={epoch.index} entry={index} proposal={shown.proposals.get(index)} />{" "}
            {won ? `would be ${verb}` : `would not be ${verb}: ${why}`}
          </li>
        );
      })}
    </ul>
  );
}
