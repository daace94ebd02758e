/** What a visitor must know of this treasury before trusting it: said out loud, on every client. */

import type { Address } from "@solana/kit";
import type { Treasury } from "@community-budget/client";

import * as format from "./format";
import { tier } from "./words";

/** Who can change or freeze a token. */
export interface MintPowers {
  /** Who may freeze any account of it; `null` when nobody may. */
  readonly freezer: Address | null;
  /** Who may make more of it; `null` when nobody may. */
  readonly minter: Address | null;
}

/** Below this share of all weight a quorum lets very few decide. */
const THIN_QUORUM_BPS = 100;

/** One sentence for every tier in which very few can decide. */
export function thinQuorums(policy: Treasury["inForce"]): readonly string[] {
  return policy.tiers.rules.flatMap(({ quorumBps }, at) =>
    quorumBps < THIN_QUORUM_BPS
      ? [`A quorum of ${format.bps(quorumBps)} lets very few decide on ${tier(at)} asks.`]
      : [],
  );
}

/**
 * Reads a mint's powers out of its account; `null` for bytes that are no mint. SPL Token's layout: an option
 * of the minter, supply, decimals, a byte that says it is in use, an option of the freezer.
 */
export function powersOf(
  data: ArrayLike<number>,
  key: (from: number) => Address,
): (MintPowers & { readonly decimals: number }) | null {
  const decimals = data[44];
  if (data.length < 82 || data[45] !== 1 || decimals === undefined) return null;
  return {
    decimals,
    minter: data[0] === 1 ? key(4) : null,
    freezer: data[46] === 1 ? key(50) : null,
  };
}
