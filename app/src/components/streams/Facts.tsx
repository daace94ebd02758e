/** Facts of a stream and of the person whom it pays. */

import type { Address } from "@solana/kit";
import { associatedTokenAddress } from "@community-budget/client";
import type { RecipientRecord, Treasury } from "@community-budget/client";
import { useEffect, useState } from "react";

import { useConfig } from "../../lib/context";
import * as format from "../../lib/format";
import { type Flow, cliffAt, endsAt, isStopped, releasedOf, stoodSecs } from "../../lib/streams";
import { category } from "../../lib/words";
import { Money, Name, When, Written } from "../Text";

export function Facts({ flow, treasury }: { readonly flow: Flow; readonly treasury: Treasury }) {
  const { stream, money, now } = flow;
  const own = useOwnAccount(stream.recipient);
  const stood = stoodSecs(stream, now);
  return (
    <dl className="facts">
      <div>
        <dt>Awarded</dt>
        <dd>
          <Money value={stream.total} /> from{" "}
          <Written>{category(treasury.inForce, stream.category)}</Written>
        </dd>
      </div>
      <div>
        <dt>Released</dt>
        <dd>
          <Money value={releasedOf(flow)} />, {format.share(releasedOf(flow), stream.total)} of it
        </dd>
      </div>
      <div>
        <dt>Withdrawn</dt>
        <dd>
          <Money value={money.withdrawn} />
        </dd>
      </div>
      <div>
        <dt>Went back</dt>
        <dd>
          <Money value={money.returned} />
        </dd>
      </div>
      {money.held === 0n ? null : (
        <div>
          <dt>Held</dt>
          <dd className="held">
            <Money value={money.held} />
          </dd>
        </div>
      )}
      <div>
        <dt>Started</dt>
        <dd>
          <When at={stream.startedAt} />
        </dd>
      </div>
      <Ending flow={flow} />
      {flow.state === "cliff" ? (
        <div>
          <dt>Cliff</dt>
          <dd>
            nothing is released before <When at={cliffAt(stream)} />
          </dd>
        </div>
      ) : null}
      {stood === 0n ? null : (
        <div>
          <dt>Clock stood</dt>
          <dd>for {format.span(stood)} in all, by pauses and rulings</dd>
        </div>
      )}
      <div>
        <dt>Paid to</dt>
        <dd>
          <Name address={stream.payoutAccount} copy />
          <span className="muted">
            {own === null
              ? ""
              : own === stream.payoutAccount
                ? " the recipient’s own account for this token"
                : " an account that the recipient chose"}
          </span>
        </dd>
      </div>
    </dl>
  );
}

function Ending({ flow }: { readonly flow: Flow }) {
  const { stream, now } = flow;
  if (stream.endedAt !== 0n) {
    return (
      <div>
        <dt>Ended</dt>
        <dd>
          <When at={stream.endedAt} />, before its time
        </dd>
      </div>
    );
  }
  if (isStopped(flow)) {
    return (
      <div>
        <dt>Ends</dt>
        <dd>not while it is stopped; its length is {format.span(stream.durationSecs)}</dd>
      </div>
    );
  }
  const end = endsAt(stream);
  return (
    <div>
      <dt>{end <= now ? "Ended" : "Ends"}</dt>
      <dd>
        <When at={end} />
      </dd>
    </div>
  );
}

/** What the community has seen of a recipient. */
export function Record({
  recipient,
  record,
}: {
  readonly recipient: Address;
  readonly record: RecipientRecord | null;
}) {
  if (record === null || record.streams === 0) {
    return (
      <p>
        <Name address={recipient} copy /> has no history here yet.
      </p>
    );
  }
  const { scored, missedUpdates, cancellations, scoreSum, streams } = record;
  const mean = scored === 0 ? null : Math.floor(scoreSum / scored);
  return (
    <>
      <p>
        <Name address={recipient} copy /> was awarded <Money value={record.awarded} /> in{" "}
        {format.count(streams, "stream")}.{" "}
        {mean === null
          ? "No update was scored yet"
          : `The mean of ${format.count(scored, "score")} is ${format.bps(mean)}`}
        {missedUpdates === 0
          ? "; no update was missed"
          : `; ${format.count(missedUpdates, "update")} did not come in time`}
        {cancellations === 0
          ? ", and no stream was ended before its time."
          : `, and ${format.count(cancellations, "stream was", "streams were")} ended by a vote, or lapsed.`}
      </p>
      {record.paid === 0n && record.returned === 0n ? null : (
        <p className="muted">
          Streams that are closed paid <Money value={record.paid} />;{" "}
          <Money value={record.returned} /> came back.
        </p>
      )}
    </>
  );
}

/** The recipient's associated account for the budget's token; `null` while it is derived. */
function useOwnAccount(owner: Address): Address | null {
  const { budget } = useConfig();
  const [found, setFound] = useState<{ owner: Address; account: Address } | null>(null);
  useEffect(() => {
    let current = true;
    void associatedTokenAddress(owner, budget.mint, budget.tokenProgram).then((account) => {
      if (current) setFound({ owner, account });
    });
    return () => {
      current = false;
    };
  }, [owner, budget.mint, budget.tokenProgram]);
  return found?.owner === owner ? found.account : null;
}
