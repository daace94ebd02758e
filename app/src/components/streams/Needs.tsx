/** Streams that wait for somebody: for whom, and since or until when. */

import type { Address } from "@solana/kit";
import type { Epoch, Treasury } from "@community-budget/client";
import { memo, useMemo, useState } from "react";

import { Moment } from "../../activity/Sentence";
import { useChain, useLoaded } from "../../lib/context";
import * as format from "../../lib/format";
import { valueOf } from "../../lib/resource";
import { href } from "../../lib/router";
import { lapseOf } from "../../lib/streams";
import { useVisitor } from "../../lib/wallet";
import { More } from "../More";
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
  const open = useMemo(() => epochs?.map(({ data }) => data) ?? null, [epochs]);
  const [most, setMost] = useState(FIRST);
  const who = visitor?.address ?? null;
  const { reviewer } = treasury;
  const [own, others] = useMemo(() => {
    const isOwn = (need: Need) => isFor(need, who, reviewer);
    return [needs.filter(isOwn), needs.filter((need) => !isOwn(need))];
  }, [needs, who, reviewer]);
  if (needs.length === 0) return <p>No stream waits for anybody.</p>;
  const shown = [...own.slice(0, most), ...others.slice(0, Math.max(0, most - own.length))];
  return (
    <>
      <ul className="streams-needs">
        {shown.map((need, at) => (
          <Item
            key={need.row.address}
            need={need}
            own={at < own.length}
            title={titleOf(need.row.stream)}
            treasury={treasury}
            epochs={open}
            now={now}
          />
        ))}
      </ul>
      <More
        shown={shown.length}
        of={needs.length}
        onMore={(more) => setMost(shown.length + more)}
      />
    </>
  );
}

/** Whether a stream waits for `visitor`. */
function isFor({ kind, row }: Need, visitor: Address | null, reviewer: Address): boolean {
  if (visitor === null) return false;
  if (kind === "score") return reviewer === visitor;
  return kind !== "held" && row.stream.recipient === visitor;
}

const Item = memo(function Item({
  need,
  own,
  title,
  ...rest
}: {
  readonly need: Need;
  readonly own: boolean;
  /** What the award is called; `null` where that is not known. */
  readonly title: string | null;
  readonly treasury: Treasury;
  readonly epochs: readonly Epoch[] | null;
  readonly now: bigint;
}) {
  return (
    <li className={own ? "streams-mine" : ""}>
      <a href={hrefOf(need)}>
        {title === null ? <>Stream {placeOf(need.row.stream)}</> : <Written>{title}</Written>}
      </a>{" "}
      <Says need={need} {...rest} />
    </li>
  );
});

const LOADING = { kind: "loading" } as const;
const NOTHING = { get: () => LOADING, subscribe: () => () => undefined };

const hrefOf = ({ row: { stream } }: Need) =>
  href({ page: "stream", index: stream.epochIndex, entry: stream.entryIndex });

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
