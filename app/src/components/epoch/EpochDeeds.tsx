/** What anybody may do for everybody: settle an epoch that is over, and open the next one. */

import { type Address, createNoopSigner } from "@solana/kit";
import * as budget from "@community-budget/client";
import { type ReactNode, useCallback, useState } from "react";

import type { ShownSlate } from "../../hooks/slate";
import { useChain } from "../../lib/context";
import * as format from "../../lib/format";
import { summary } from "../../lib/headline";
import { nextCap, nextOpeningAt } from "../../lib/health";
import { Act, type Deed } from "../Act";
import { Money } from "../Text";

/** The deed that the epoch waits for; nothing while it waits for none. */
export function EpochDeeds({ shown }: { readonly shown: ShownSlate }) {
  const { epoch, treasury, phase, minute } = shown;
  const latest = budget.state.treasury.currentEpoch(treasury) === epoch.index;
  const over = phase === "Settled" && latest && minute >= nextOpeningAt(treasury);
  const cap = nextCap(treasury);
  return (
    <>
      <Offered due={phase === "Tallying"}>
        <Settle shown={shown} due={phase === "Tallying"} />
      </Offered>
      <Offered due={over && cap !== null}>
        <OpenNext shown={shown} cap={cap ?? 0n} due={over} />
      </Offered>
    </>
  );
}

/** A deed that was offered stays, out of sight: its window says that it is done after it no longer is due. */
function Offered({ due, children }: { readonly due: boolean; readonly children: ReactNode }) {
  const [ever, setEver] = useState(due);
  if (due && !ever) setEver(true);
  if (!ever) return null;
  return <div className={due ? "actions epoch-deeds" : "visually-hidden"}>{children}</div>;
}

function Settle({ shown, due }: { readonly shown: ShownSlate; readonly due: boolean }) {
  const { config } = useChain();
  const build = useCallback(async (): Promise<Deed> => {
    const { index } = shown.epoch;
    const { asks, funded, taken, acts, approved } = summary(shown.slate);
    return {
      title: `Settle epoch ${index}`,
      lines: [
        {
          term: "Result",
          value: (
            <>
              {funded} of {format.count(asks, "ask")} funded with <Money value={taken} />
              {acts === 0 ? null : `, ${approved} of ${format.count(acts, "act")} approved`}
            </>
          ),
        },
        { term: "Depends on", value: "the votes cast, and nothing that you choose" },
      ],
      cannot: "This cannot move tokens out of your wallet, and pays nobody.",
      undo: "It cannot be undone. What is funded waits out its timelock before it can be executed.",
      instructions: [
        budget.getSettleEpochInstruction({
          treasury: config.treasury,
          epoch: await budget.epochAddress(config.treasury, index),
        }),
      ],
    };
  }, [config, shown]);
  return <Act label={`Settle epoch ${shown.epoch.index}`} build={build} disabled={!due} />;
}

function OpenNext({
  shown,
  cap,
  due,
}: {
  readonly shown: ShownSlate;
  readonly cap: bigint;
  readonly due: boolean;
}) {
  const { config } = useChain();
  const index = shown.epoch.index + 1;
  const { submissionSecs, votingSecs } = shown.treasury.policy.schedule;
  const build = useCallback(
    async (visitor: Address): Promise<Deed> => ({
      title: `Open epoch ${index}`,
      lines: [
        {
          term: "Course",
          value: `Proposals for ${format.span(submissionSecs)}, then votes for ${format.span(votingSecs)}`,
        },
        {
          term: "Cap",
          value: (
            <>
              <Money value={cap} />, by what is free now
            </>
          ),
        },
        { term: "Rules", value: "the policy as it is now, for the whole epoch" },
      ],
      cannot:
        "This moves no tokens; what it locks of your SOL comes back when the epoch is closed.",
      undo: "It cannot be undone. An epoch in which nothing passes pays nothing.",
      instructions: [
        await budget.getOpenEpochInstructionAsync({
          payer: createNoopSigner(visitor),
          treasury: config.treasury,
          index,
        }),
      ],
    }),
    [config, index, cap, submissionSecs, votingSecs],
  );
  return <Act label={`Open epoch ${index}`} build={build} disabled={!due} />;
}
