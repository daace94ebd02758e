/** The check of the slate against its hash, made anew whenever the slate changes. */

import type { Epoch, Proposal } from "@community-budget/client";
import { useCallback, useEffect, useMemo, useState } from "react";

import { useChain } from "../../lib/context";
import { hex } from "../../lib/format";
import { sentenceOf } from "../../lib/resource";
import { type HashCheck, type Signed, checkHash, isShown, readTerms } from "../../lib/slatehash";

/** How far the check is. */
export type SlateCheck =
  | { readonly kind: "checking" }
  | { readonly kind: "failed"; readonly sentence: string }
  | {
      readonly kind: "done";
      readonly check: HashCheck;
      /** The terms that are signed, by their place. */
      readonly signed: ReadonlyMap<number, Signed>;
    };

const CHECKING: SlateCheck = { kind: "checking" };
const APART: HashCheck = {
  kind: "differs",
  sentence: "The node contradicts itself: it lists other proposals than it gives one by one.",
};

/** Checks `epoch`'s slate, and that `proposals` are what was hashed. `again` repeats what failed. */
export function useSlateCheck(
  epoch: Epoch,
  proposals: ReadonlyMap<number, Proposal>,
): readonly [SlateCheck, again: () => void] {
  const chain = useChain();
  const { index, entryCount, openProposals } = epoch;
  const withdrawn = epoch.slate.filter(({ outcome }) => outcome === 1).length;
  const key = `${index}/${hex(epoch.slateHash)}/${entryCount}/${openProposals}/${withdrawn}`;
  const [round, setRound] = useState(0);
  const [found, setFound] = useState<{ key: string; result: SlateCheck } | null>(null);
  useEffect(() => {
    let current = true;
    const take = (result: SlateCheck) => {
      if (current) setFound({ key, result });
    };
    readTerms(chain.rpc, chain.config.treasury, epoch)
      .then(async (signed) => take({ kind: "done", check: await checkHash(epoch, signed), signed }))
      .catch((error: unknown) => take({ kind: "failed", sentence: sentenceOf(error) }));
    return () => {
      current = false;
    };
    // The epoch changes with every ballot; what is hashed of it only with the key.
  }, [chain, key, round]);
  const again = useCallback(() => setRound((before) => before + 1), []);
  const result = found !== null && found.key === key ? found.result : CHECKING;
  const apart = useMemo(
    () => result.kind === "done" && !isShown(result.signed, proposals),
    [result, proposals],
  );
  return [apart && result.kind === "done" ? { ...result, check: APART } : result, again];
}
