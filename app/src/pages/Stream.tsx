/** One stream: where its money is, what it waits for, and what can be done about it. */

import type { Address } from "@solana/kit";
import type { Review, Stream as StoredStream, Treasury } from "@community-budget/client";
import { RuleError, state } from "@community-budget/client";
import { useEffect, useMemo, useState } from "react";

import { Sentence } from "../activity/Sentence";
import { Shown } from "../components/States";
import { StreamBar } from "../components/StreamBar";
import { Written } from "../components/Text";
import { Checkpoints } from "../components/streams/Checkpoints";
import { Deed } from "../components/streams/Deed";
import { Facts, Record } from "../components/streams/Facts";
import { GiveBack, Redirect } from "../components/streams/OwnDeeds";
import { PauseForm } from "../components/streams/PauseForm";
import { ScoreForm } from "../components/streams/ScoreForm";
import { UpdateForm } from "../components/streams/UpdateForm";
import * as deeds from "../components/streams/deeds";
import { type Subject } from "../components/streams/deeds";
import { headline, nextOf } from "../components/streams/words";
import { useProposals } from "../hooks/slate";
import { useChain, useLoaded, useNow } from "../lib/context";
import * as format from "../lib/format";
import { type Loaded, sentenceOf, valueOf } from "../lib/resource";
import { href } from "../lib/router";
import { type Flow, type Lapse, flowAt, lapseOf, payouts } from "../lib/streams";
import { useVisitor } from "../lib/wallet";
import "./Stream.css";

/** What the system's own program stands for where nobody holds a role. */
const NOBODY = "11111111111111111111111111111111";

export default function Stream({
  index,
  entry,
}: {
  readonly index: number;
  readonly entry: number;
}) {
  const chain = useChain();
  const stored = useLoaded(chain.stream(index, entry));
  const treasury = useLoaded(chain.treasury);
  const address = useStreamAddress(index, entry);
  const proposal = useProposals(index).get(entry);
  const title = proposal?.terms.title ?? null;
  const loaded = useMemo(() => both(stored, treasury, address), [stored, treasury, address]);
  const gone = loaded.kind === "absent";
  // Of a stream that was closed while it was looked at, the last of what was known stays.
  const [last, setLast] = useState<Loaded<Ready> | null>(null);
  if (loaded.kind === "ready" && loaded !== last) setLast(loaded);
  return (
    <>
      <h1>
        {title === null ? `Stream of entry ${entry} in epoch ${index}` : <Written>{title}</Written>}
      </h1>
      <p className="muted">
        Stream {index}/{entry}, of an award in{" "}
        <a href={href({ page: "epoch", index })}>epoch {index}</a>
        {proposal === undefined ? null : (
          <>
            {" · "}
            <a href={href({ page: "proposal", index, entry })}>its proposal</a>
          </>
        )}
        {" · "}
        <a href={href({ page: "streams" })}>all streams</a>
      </p>
      <Shown
        loaded={gone && last !== null ? last : loaded}
        what="the stream"
        absent={
          <>
            <p>
              There is no stream of entry {entry} in epoch {index}: it was not funded, nobody has
              executed it yet, or it has paid everything and is closed.
            </p>
            <p>
              <a href={href({ page: "proposal", index, entry })}>What became of the entry</a>
            </p>
          </>
        }
      >
        {(value) => <Whole {...value} title={title} gone={gone} />}
      </Shown>
    </>
  );
}

interface Ready {
  readonly stored: StoredStream;
  readonly treasury: Treasury;
  readonly address: Address;
}

function both(
  stored: Loaded<StoredStream>,
  treasury: Loaded<Treasury>,
  address: Address | null,
): Loaded<Ready> {
  if (stored.kind !== "ready") return stored;
  if (treasury.kind !== "ready") return treasury;
  if (address === null) return { kind: "loading" };
  const value = { stored: stored.value, treasury: treasury.value, address };
  return { kind: "ready", slot: stored.slot, value };
}

/** The flow of every second, or why there is none. */
function Whole({
  stored,
  treasury,
  address,
  title,
  gone,
}: Ready & { readonly title: string | null; readonly gone: boolean }) {
  const now = useNow();
  let flow: Flow;
  try {
    flow = flowAt(stored, now);
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    const doubted = { kind: "doubted", sentence: sentenceOf(error) } as const;
    return (
      <Shown loaded={doubted} what="the stream">
        {() => null}
      </Shown>
    );
  }
  const subject: Subject = { address, stream: stored, title };
  return <Body flow={flow} treasury={treasury} subject={subject} gone={gone} />;
}

function Body({
  flow,
  treasury,
  subject,
  gone,
}: {
  readonly flow: Flow;
  readonly treasury: Treasury;
  readonly subject: Subject;
  /** Whether it was closed since. */
  readonly gone: boolean;
}) {
  const chain = useChain();
  const visitor = useVisitor();
  const { stream } = flow;
  const reviews = valueOf(useLoaded(chain.reviews(subject.address)));
  const records = valueOf(useLoaded(chain.records));
  const record = records?.get(stream.recipient) ?? null;
  const lapse = useLapse(flow, treasury);
  const reviewer = treasury.reviewer === NOBODY ? null : treasury.reviewer;
  const isRecipient = visitor?.address === stream.recipient;
  const isReviewer = visitor !== null && visitor.address === reviewer;
  // Nobody holds the key of zeros.
  const isGuardian = visitor !== null && visitor.address === treasury.guardian;
  const newest =
    reviews === null ? [] : [...reviews.values()].sort((a, b) => a.checkpoint - b.checkpoint);
  const filed = newest.at(-1);
  return (
    <>
      <p className="lead">
        {gone ? "It is closed. " : null}
        <Sentence parts={headline(flow)} />
      </p>
      <StreamBar flow={flow} />
      <section aria-labelledby="next">
        <h2 id="next">What happens next</h2>
        {(gone ? [] : nextOf(flow, { lapse, reviewer })).map((sentence, at) => (
          <p key={at}>
            <Sentence parts={sentence} />
          </p>
        ))}
        <AnybodysDeeds
          flow={flow}
          treasury={treasury}
          subject={subject}
          lapse={lapse}
          gone={gone}
        />
        <Yours flow={flow} isRecipient={isRecipient} isReviewer={isReviewer} />
      </section>
      {isRecipient ? <UpdateForm flow={flow} subject={subject} /> : null}
      {isReviewer && filed !== undefined ? (
        <ScoreForm flow={flow} subject={subject} review={filed} />
      ) : null}
      <section aria-labelledby="facts">
        <h2 id="facts">Facts</h2>
        <Facts flow={flow} treasury={treasury} />
      </section>
      <section aria-labelledby="checkpoints">
        <h2 id="checkpoints">Checkpoints</h2>
        <Checkpoints flow={flow} subject={subject} reviews={reviews ?? NO_REVIEWS} />
      </section>
      <section aria-labelledby="record">
        <h2 id="record">Who receives it</h2>
        {records === null ? null : <Record recipient={stream.recipient} record={record} />}
      </section>
      {isRecipient || isGuardian ? (
        <section aria-labelledby="rare">
          <h2 id="rare">What else you can do</h2>
          {isRecipient ? (
            <>
              <Redirect subject={subject} />
              <GiveBack subject={subject} hasRecord={record !== null} />
            </>
          ) : null}
          {isGuardian ? (
            <PauseForm
              flow={flow}
              subject={subject}
              limitSecs={treasury.inForce.breaker.guardianPauseSecs}
            />
          ) : null}
        </section>
      ) : null}
    </>
  );
}

const NO_REVIEWS: ReadonlyMap<number, Review> = new Map();

/** What anybody may do now. Only what would not be refused is offered. */
function AnybodysDeeds({
  flow,
  treasury,
  subject,
  lapse,
  gone,
}: {
  readonly flow: Flow;
  readonly treasury: Treasury;
  readonly subject: Subject;
  readonly lapse: Lapse | null;
  readonly gone: boolean;
}) {
  const chain = useChain();
  const unit = chain.config.budget;
  const { claimable } = flow.money;
  const [pays = 0n] = payouts(treasury, [flow], flow.now);
  const { stream } = flow;
  const lapsed = lapse !== null && lapse.at <= flow.now;
  const closable = state.stream.isFinished(stream) && stream.openReviews === 0;
  return (
    <>
      {claimable > pays ? (
        <p className="notice">
          The <a href={href({ page: "risk" })}>outflow limit</a> lets{" "}
          {pays === 0n ? "nothing" : format.amount(pays, unit)} through now. The rest is paid as it
          refills, and {format.span(treasury.inForce.breaker.maxPayoutDelaySecs)} after its release
          at the latest.
        </p>
      ) : null}
      <div className="actions">
        <Deed
          when={pays > 0n && !gone}
          label={`Send ${format.amount(pays, unit)}`}
          build={(who) => deeds.withdraw(chain, who, subject)}
        />
        <Deed
          when={flow.state === "overdue" && !gone}
          label="Have it held"
          primary={pays === 0n}
          build={() => deeds.hold(chain, subject)}
        />
        <Deed
          when={lapsed && !gone}
          label="End it"
          primary={pays === 0n}
          build={() => deeds.lapse(chain, subject)}
        />
        <Deed
          when={closable && !gone}
          label="Close the stream"
          build={() => deeds.closeStream(chain, subject)}
        />
      </div>
    </>
  );
}

/** What the visitor's part in it is, where there is one. */
function Yours({
  flow,
  isRecipient,
  isReviewer,
}: {
  readonly flow: Flow;
  readonly isRecipient: boolean;
  readonly isReviewer: boolean;
}) {
  if (isRecipient && flow.state === "update") return <p>That is you: the form is below.</p>;
  if (isReviewer && flow.state === "score") return <p>You are the reviewer: the form is below.</p>;
  return null;
}

/** When a hold ends; `null` of a stream that is not held, and while epochs are read. */
function useLapse({ stream, now }: Flow, treasury: Treasury): Lapse | null {
  const chain = useChain();
  const held = stream.heldAt !== 0n && stream.endedAt === 0n;
  const epochs = useLoaded(held ? chain.epochs : NOTHING);
  if (!held || epochs.kind !== "ready") return null;
  return lapseOf(
    stream,
    treasury,
    epochs.value.map(({ data }) => data),
    now,
  );
}

const LOADING = { kind: "loading" } as const;
/** Nothing to read: the epochs matter to held streams only. */
const NOTHING = { get: () => LOADING, subscribe: () => () => undefined };

/** The stream's address; `null` while it is derived. */
function useStreamAddress(index: number, entry: number): Address | null {
  const chain = useChain();
  const [found, setFound] = useState<{ key: string; address: Address } | null>(null);
  const key = `${index}/${entry}`;
  useEffect(() => {
    let current = true;
    void chain.streamAddress(index, entry).then((address) => {
      if (current) setFound({ key, address });
    });
    return () => {
      current = false;
    };
  }, [chain, index, entry, key]);
  return found?.key === key ? found.address : null;
}
