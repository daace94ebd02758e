/** What a ballot would change among what would be funded, in words. */

import { ActionKind } from "@community-budget/client";

import type { ShownSlate } from "../../hooks/slate";
import type { Foresight } from "../../lib/ballot";
import { standingOf, wins } from "../../lib/words";
import { EntryName } from "./EntryName";
import "./Effects.css";

/** See the top of this file. */
export function Effects({
  shown,
  foresight,
  links = false,
}: {
  readonly shown: ShownSlate;
  readonly foresight: Foresight;
  /** Whether titles lead to their pages. */
  readonly links?: boolean;
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
            <EntryName shown={shown} index={index} link={links} />{" "}
            {won ? `would be ${verb}` : `would not be ${verb}: ${why}`}
          </li>
        );
      })}
    </ul>
  );
}
