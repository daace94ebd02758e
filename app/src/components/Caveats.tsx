/** What a visitor must know before trusting this treasury. */

import type { Treasury } from "@community-budget/client";

import { useChain, useLoaded } from "../lib/context";
import { thinQuorums } from "../lib/caveats";
import { valueOf } from "../lib/resource";
import { Name } from "./Text";

/** Nothing where there is nothing to say. */
export function Caveats({ policy }: { readonly policy: Treasury["inForce"] }) {
  const chain = useChain();
  const mints = valueOf(useLoaded(chain.mints));
  const { budget, stake } = chain.config;
  const thin = thinQuorums(policy);
  const freezer = mints?.budget.freezer ?? null;
  const minter = mints?.stake.minter ?? null;
  if (thin.length === 0 && freezer === null && minter === null) return null;
  return (
    <div className="notice">
      {thin.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {freezer === null ? null : (
        <p>
          <Name address={freezer} /> can freeze accounts of {budget.symbol}, the vault and those of
          recipients included: money would wait, not be lost.
        </p>
      )}
      {minter === null ? null : (
        <p>
          <Name address={minter} /> can make more {stake.symbol}, and with it weight, though none
          that counts in a vote that is already open.
        </p>
      )}
    </div>
  );
}
