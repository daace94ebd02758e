/** What the receipts of an ask and of an act have in common. */

import type { TierRule } from "@community-budget/client";

import type { Ground, WordsForm } from "../../lib/draft";
import * as format from "../../lib/format";
import { isSuspicious } from "../../lib/text";
import type { Line } from "../Act";
import { SafeLink, When } from "../Text";
import type { Submission } from "./submit";

/** What a tier asks, in words. */
export function needs({ quorumBps, approvalBps, timelockSecs }: TierRule): string {
  return `${format.bps(quorumBps)} of all weight taking part, ${format.bps(approvalBps)} in favour, ${format.span(timelockSecs)} of timelock`;
}

/** What to think of before a title is on chain for good. */
export function titleWarnings(title: string): readonly string[] {
  return isSuspicious(title)
    ? ["The title mixes letters of several scripts: voters will see it marked as below."]
    : [];
}

/** What to think of before a file's hash is. `file` is null where there is nothing to put into one. */
export function fileWarnings({ uri }: WordsForm, file: string | null): readonly string[] {
  return file !== null && uri.trim() === ""
    ? ["The file has no address: voters will find its hash, and nothing to read."]
    : [];
}

/** The text that voters find, what is paid now, and what comes back. */
export function costLines({
  form,
  file,
  ground: { budget, epoch },
  submission: { fee, bond, hash, opens },
}: {
  readonly form: WordsForm;
  readonly file: string | null;
  readonly ground: Ground;
  readonly submission: Submission;
}): readonly Line[] {
  const uri = form.uri.trim();
  return [
    {
      term: "Text for voters",
      value:
        file === null ? (
          "none: the title is all that they have"
        ) : (
          <>
            SHA-256 <code>{format.hex(hash)}</code>{" "}
            {uri === "" ? (
              "at no address"
            ) : (
              <>
                at <SafeLink uri={uri} />
              </>
            )}
          </>
        ),
    },
    {
      term: "You pay now",
      value: `${format.exactAmount(fee, budget)} slot fee, kept by the treasury, and ${format.exactAmount(bond, budget)} bond`,
    },
    {
      term: "The bond comes back",
      value: `when the proposal is closed, unless it fails with less than ${format.bps(epoch.policy.slate.spamSupportBps)} of all weight for it`,
    },
    ...(opens.length === 0 ? [] : [{ term: "Opens first", value: opens.join("; ") }]),
  ];
}

/** How a submission is taken back; `at` is when voting opens. */
export function Undo({ at }: { readonly at: bigint }) {
  return (
    <>
      Withdraw it before voting opens, <When at={at} plain />: the bond comes back then, the fee
      does not.
    </>
  );
}
