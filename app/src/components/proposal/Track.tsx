/** How a recipient has dealt with the treasury's money so far. */

import type { Address } from "@solana/kit";
import type { Epoch, RecipientRecord } from "@community-budget/client";

import { hasHistory, isWeak } from "../../lib/ballot";
import { useChain, useLoaded } from "../../lib/context";
import * as format from "../../lib/format";
import { Shown } from "../States";
import { Money, Name } from "../Text";

/** See the top of this file. */
export function Track({
  recipient,
  epoch,
}: {
  readonly recipient: Address;
  readonly epoch: Epoch;
}) {
  const loaded = useLoaded(useChain().records);
  return (
    <Shown loaded={loaded} what="the records of recipients">
      {(records) => <Told record={records.get(recipient) ?? null} who={recipient} epoch={epoch} />}
    </Shown>
  );
}

function Told({
  record,
  who,
  epoch,
}: {
  readonly record: RecipientRecord | null;
  readonly who: Address;
  readonly epoch: Epoch;
}) {
  if (!hasHistory(record)) {
    return (
      <p>
        <strong>No history here.</strong> <Name address={who} /> has not received an award of this
        treasury yet.
      </p>
    );
  }
  const { streams, awarded, paid, returned, scored, scoreSum, missedUpdates, cancellations } =
    record;
  const weak = isWeak(record, epoch);
  return (
    <>
      <p>
        <Name address={who} /> has had {format.count(streams, "award")} of this treasury, of{" "}
        <Money value={awarded} /> in all. {scored === 0 ? "No review has scored it yet" : null}
        {scored === 0 ? null : (
          <>
            {format.count(scored, "review")} gave {scored === 1 ? "" : "a mean of "}
            <strong>{format.bps(Math.floor(scoreSum / scored))}</strong>
          </>
        )}
        ;{" "}
        {missedUpdates === 0
          ? "no update was late"
          : `${format.count(missedUpdates, "update")} did not come in time`}
        ;{" "}
        {cancellations === 0
          ? "no stream was cancelled"
          : `${format.count(cancellations, "stream")} ended by a vote or while held`}
        .
      </p>
      {weak ? (
        <div className="notice warn">
          <p>
            <strong>A weak record.</strong> The policy asks for a mean of{" "}
            {format.bps(epoch.policy.tiers.recordFloorBps)}, late updates counting as zero; asks of
            this recipient start one tier up.
          </p>
        </div>
      ) : null}
      <dl className="facts">
        <div>
          <dt>Closed streams paid</dt>
          <dd>
            <Money value={paid} />
          </dd>
        </div>
        <div>
          <dt>Came back</dt>
          <dd>
            <Money value={returned} />
          </dd>
        </div>
      </dl>
    </>
  );
}
