/** What a deed is about, and what its receipt says of that. */

import type { Address } from "@solana/kit";
import type { Stream, Treasury } from "@community-budget/client";

import type { Chain } from "../../../lib/chain";
import { Refused } from "../../../lib/errors";
import * as format from "../../../lib/format";
import { valueOf } from "../../../lib/resource";
import { visible } from "../../../lib/text";
import type { Line } from "../../Act";
import { Written } from "../../Text";
import { placeOf } from "../list";

/** A stream that something is done with. */
export interface Subject {
  readonly address: Address;
  readonly stream: Stream;
  /** What people call it; `null` where its proposal is closed. */
  readonly title: string | null;
}

/** A deed that makes no sense now, and what to do instead. */
export function refused(name: string, sentence: string, advice: string): Refused {
  return new Refused({ name, sentence, advice });
}

/** What to do about a deed that came too late. */
export const AGAIN = "Look at the page again: it shows what holds now.";

/** The treasury as it is known now. */
export function treasuryOf(chain: Chain): Treasury {
  const known = valueOf(chain.treasury.get());
  if (known === null) {
    throw refused("NoTreasury", "The treasury has not been read yet.", "Try again in a moment.");
  }
  return known;
}

/** What it is called where only our own words stand: its place. Its title is on a line of its own. */
export const called = ({ stream }: Subject): string => `stream ${placeOf(stream)}`;

/** A name where only text can stand. */
export const plainName = (chain: Chain, address: Address): string =>
  visible(chain.config.names.get(address) ?? format.shortKey(address));

/** The subject's own line on a receipt: what others wrote is shown as theirs. */
export function streamLine({ stream, title }: Subject): Line {
  const place = placeOf(stream);
  return {
    term: "Stream",
    value:
      title === null ? (
        place
      ) : (
        <>
          <Written>{title}</Written> ({place})
        </>
      ),
  };
}

/** Of what is final. */
export const STAYS = "It can be undone by nobody.";

/** Names a checkpoint as people count it, and by its number on chain. */
export const onChain = ({ checkpoints }: Stream, at: number) =>
  `${at + 1} of ${checkpoints} (number ${at} on chain)`;
