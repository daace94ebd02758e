/** The visitor's own streams in a sentence, and all that they have released in as few signatures as it takes. */

import type { Address } from "@solana/kit";
import type { Treasury } from "@community-budget/client";
import { useMemo } from "react";

import { useChain, useConfig } from "../../lib/context";
import * as format from "../../lib/format";
import { payouts } from "../../lib/streams";
import { Money } from "../Text";
import { Deed } from "./Deed";
import { WITHDRAWALS, withdrawSeveral } from "./deeds";
import type { Row } from "./list";
import type { TitleOf } from "./rows";

export function Mine({
  rows,
  treasury,
  visitor,
  titleOf,
  now,
}: {
  readonly rows: readonly Row[];
  readonly treasury: Treasury;
  readonly visitor: Address;
  readonly titleOf: TitleOf;
  readonly now: bigint;
}) {
  const chain = useChain();
  const unit = useConfig().budget;
  const own = useMemo(
    () => rows.filter(({ stream }) => stream.recipient === visitor),
    [rows, visitor],
  );
  if (own.length === 0) return null;
  const pays = payouts(
    treasury,
    own.map(({ flow }) => flow),
    now,
  );
  const due = own.filter((_, at) => (pays[at] ?? 0n) > 0n);
  const sum = pays.reduce((all, one) => all + one, 0n);
  const claimable = own.reduce((all, { flow }) => all + flow.money.claimable, 0n);
  const next = due.slice(0, WITHDRAWALS);
  const nextSum = payouts(
    treasury,
    next.map(({ flow }) => flow),
    now,
  ).reduce((all, one) => all + one, 0n);
  const signatures = Math.ceil(due.length / WITHDRAWALS);
  return (
    <section aria-labelledby="mine">
      <h2 id="mine">Yours</h2>
      <p>
        {format.count(own.length, "stream")} {own.length === 1 ? "pays" : "pay"} you:{" "}
        <Money value={claimable} /> can be claimed now
        {sum < claimable ? (
          <>
            , of which the outflow limit lets <Money value={sum} /> through
          </>
        ) : null}
        .
        {signatures > 1
          ? ` That takes ${signatures} signatures, for ${WITHDRAWALS} streams each.`
          : ""}
      </p>
      <div className="actions">
        <Deed
          when={next.length > 0}
          label={
            next.length === due.length
              ? `Withdraw all ${format.amount(nextSum, unit)}`
              : `Withdraw ${format.amount(nextSum, unit)} of the first ${next.length}`
          }
          build={(who) =>
            withdrawSeveral(
              chain,
              who,
              next.map(({ address, stream }) => ({ address, stream, title: titleOf(stream) })),
            )
          }
        />
      </div>
    </section>
  );
}
