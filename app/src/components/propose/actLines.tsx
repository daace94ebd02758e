/** What an act would change, as the receipt says it. */

import * as format from "../../lib/format";
import type { Ground } from "../../lib/draft";
import * as words from "../../lib/words";
import type { Deed } from "../Act";
import { TermsView } from "../proposal/TermsView";
import { Name, Written } from "../Text";
import { type ActForm as Form, type ActTerms, type Streams, holderOf, patchedBy } from "./acts";
import { rowsOfPatch } from "./policyPatch";

/** What the act says, exactly. */
export function changeLines(
  ground: Ground,
  form: Form,
  { action }: ActTerms,
  streams: Streams,
): Deed["lines"] {
  switch (action.__kind) {
    case "SetPolicy":
      return [
        { term: "Section of the policy", value: form.section },
        {
          term: "What changes",
          value: <TermsView rows={rowsOfPatch(patchedBy(form, ground).next, ground)} brief />,
        },
      ];
    case "SetRole":
      return [
        {
          term: `The ${form.role}`,
          value: (
            <>
              <Name address={holderOf(form.role, ground)} /> → <Name address={action.holder} />
            </>
          ),
        },
      ];
    case "RuleOnStream": {
      const stream = streams.find(({ address }) => address === action.stream);
      const { ruling } = action;
      const said =
        ruling.__kind === "Resume"
          ? `goes on from its ${words.checkpointName(ruling.checkpoint)}`
          : ruling.__kind === "Reduce"
            ? `keeps ${format.bps(ruling.keepBps)} of what is unreleased; the rest returns to the vault`
            : "is cancelled: everything unreleased returns to the vault";
      return [
        {
          term: "The stream",
          value:
            stream === undefined ? (
              <Name address={action.stream} />
            ) : (
              <>
                to <Name address={stream.data.recipient} />,{" "}
                {format.exactAmount(stream.data.total, ground.budget)} (epoch{" "}
                {stream.data.epochIndex}, entry {stream.data.entryIndex})
              </>
            ),
        },
        { term: "Ruling", value: `It ${said}.` },
      ];
    }
    case "ClearBreaker":
      return [{ term: "The breaker", value: "Its present trip ends." }];
    case "WriteOff":
      return [
        {
          term: "Lost",
          value: (
            <>
              {format.exactAmount(BigInt(action.amount), ground.budget)} in{" "}
              <Written>{words.category(ground.treasury.policy, action.category)}</Written>
            </>
          ),
        },
      ];
    case "Award":
      return [];
  }
}
