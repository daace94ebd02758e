/** Streams that wait for somebody: for whom, and since or until when. */

import type { Epoch, Treasury } from "@community-budget/client";
import { useState } from "react";

import { Moment } from "../../activity/Sentence";
import { useChain, useLoaded } from "../../lib/context";
import * as format from "../../lib/format";
import { valueOf } from "../../lib/resource";
import { href } from "../../lib/router";
import { lapseOf } from "../../lib/streams";
import { useVisitor } from "../../lib/wallet";
import { Money, Name, Written } from "../Text";
import { type Need, placeOf } from "./list";
import type { TitleOf } from "./rows";

/** More are shown on demand: the list below has them all. */
const FIRST = 8;

export function Needs({
  needs,
  treasury,
  titleOf,
  now,
}: {
  readonly needs: readonly Need[];
  readonly treasury: Treasury;
  readonly titleOf: TitleOf;
  readonly now: bigint;
}) {
  const chain = useChain();
  const visitor = useVisitor();
  const held = needs.some(({ kind }) => kind === "held");
  const epochs = valueOf(useLoaded(held ? chain.epochs : NOTHING));
  const [all, setAll] = useState(false);
  if (needs.length === 0) return <p>No stream waits for anybody.</p>;
  const mine = ({ kind, row }: Need) =>
    visitor !== null &&
    (kind === "update" || kind === "overdue"
      ? row.stream.recipient === visitor.address
      : kind === "score" && treasury.reviewer === visitor.address);
  const ordered = [...needs.filter(mine), ...needs.filter((need) => !mine(need))];
  const shown = all ? ordered : ordered.slice(0, FIRST);
  return (
    <>
      <ul className="streams-needs">
        {shown.map((need) => (
          <li key={need.row.address} className={mine(need) ? "streams-mine" : ""}>
            <a href={hrefOf(need)}>
              <Title need={need} titleOf={titleOf} />
            </a>{" "}
            <Says
              need={need}
              treasury={treasury}
              epochs={epochs?.map(({ data }) => data) ?? null}
              now={now}
            />
          </li>
        ))}
      </ul>
      {ordered.length > shown.length ? (
        <p>
          <button type="button" onClick={() => setAll(true)}>
            Show all {ordered.length.toLocaleString("en-GB")}
          </button>
        </p>
      ) : null}
    </>
  );
}

const LOADING = { kind: "loading" } as const;
const NOTHING = { get: () => LOADING, subscribe: () => () => undefined };

const hrefOf = ({ row: { stream } }: Need) =>
  href({ page: "stream", index: stream.epochIndex, entry: stream.entryIndex });

function Title({ need, titleOf }: { readonly need: Need; readonly titleOf: TitleOf }) {
  const { stream } = need.row;
  const title = titleOf(stream);
  return title === null ? <>Stream {placeOf(stream)}</> : <Written>{title}</Written>;
}

function Says({
  need,
  treasury,
  epochs,
  now,
}: {
  readonly need: Need;
  readonly treasury: Treasury;
  readonly epochs: readonly Epoch[] | null;
  readonly now: bigint;
}) {
  const { stream, money } = need.row.flow;
  const far = <span className="muted"> ({format.distance(need.at, now)})</span>;
  switch (need.kind) {
    case "update":
      return (
        <>
          waits for an update of <Name address={stream.recipient} />, due before{" "}
          <Moment at={need.at} />
          {far}.
        </>
      );
    case "score":
      return (
        <>
          waits for the reviewer’s score until <Moment at={need.at} />
          {far}; then it passes by itself.
        </>
      );
    case "overdue":
      return (
        <>
          is overdue since <Moment at={need.at} />
          {far}: anybody may have it held.
        </>
      );
    case "held": {
      const lapse = epochs === null ? null : lapseOf(stream, treasury, epochs, now);
      return (
        <>
          is held since <Moment at={need.at} />
          {far} with <Money value={money.held} />, until a vote rules on it.{" "}
          {lapse === null ? null : lapse.at <= now ? (
            "No vote ruled in time: anybody may end it."
          ) : (
            <>
              It lapses {lapse.epoch === null ? "at the latest " : ""}
              <Moment at={lapse.at} />
              <span className="muted"> ({format.distance(lapse.at, now)})</span>.
            </>
          )}
        </>
      );
    }
  }
}
