/** All streams: what runs, what can be claimed, and what waits for whom. */

import type { Account } from "@solana/kit";
import type { Stream, Treasury } from "@community-budget/client";
import { useMemo } from "react";

import { Loading, Shown } from "../components/States";
import { Money } from "../components/Text";
import { Mine } from "../components/streams/Mine";
import { Needs } from "../components/streams/Needs";
import { StreamTable } from "../components/streams/StreamTable";
import { type Need, totalsOf } from "../components/streams/list";
import { type Rows, useMinute, useRows, useTitles } from "../components/streams/rows";
import { useChain, useLoaded } from "../lib/context";
import * as format from "../lib/format";
import { valueOf } from "../lib/resource";
import { useVisitor } from "../lib/wallet";
import "./Streams.css";

export default function Streams() {
  const chain = useChain();
  const streams = useLoaded(chain.streams);
  return (
    <>
      <h1>Streams</h1>
      <Shown loaded={streams} what="the streams">
        {(list) => <Listed list={list} />}
      </Shown>
    </>
  );
}

function Listed({ list }: { readonly list: readonly Account<Stream>[] }) {
  const chain = useChain();
  const treasury = valueOf(useLoaded(chain.treasury));
  const rows = useRows(list);
  if (list.length === 0) {
    return (
      <>
        <p className="lead streams-lead">No stream runs.</p>
        <p>
          A funded award becomes a stream when somebody executes it after its timelock.{" "}
          <a href="#/epoch">See what was funded</a>
        </p>
      </>
    );
  }
  if (rows === null || treasury === null) return <Loading what="the streams" />;
  return <Page {...rows} treasury={treasury} />;
}

function Page({ rows, needs, broken, treasury }: Rows & { readonly treasury: Treasury }) {
  const visitor = useVisitor();
  const now = useMinute();
  const titleOf = useTitles(rows);
  const totals = useMemo(() => totalsOf(rows), [rows]);
  const { running, waiting, claimable } = totals;
  return (
    <>
      <p className="lead streams-lead">
        {format.count(running, "stream")} {running === 1 ? "runs" : "run"},{" "}
        <Money value={claimable} /> can be claimed now, and{" "}
        {waiting === 0 ? "none waits" : waitsFor(waiting)} for somebody
        {waiting === 0 ? "" : `: ${kindsOf(needs)}`}.
      </p>
      {broken === 0 ? null : (
        <div className="notice warn" role="alert">
          <p>
            {format.count(broken, "stream")} cannot be shown: what the node says of{" "}
            {broken === 1 ? "it" : "them"} contradicts itself.
          </p>
        </div>
      )}
      {visitor === null ? null : (
        <Mine
          rows={rows}
          treasury={treasury}
          visitor={visitor.address}
          titleOf={titleOf}
          now={now}
        />
      )}
      <section aria-labelledby="needs">
        <h2 id="needs">What needs somebody</h2>
        <Needs needs={needs} treasury={treasury} titleOf={titleOf} now={now} />
      </section>
      <section aria-labelledby="all">
        <h2 id="all">All streams</h2>
        <StreamTable rows={rows} treasury={treasury} titleOf={titleOf} />
      </section>
    </>
  );
}

const waitsFor = (waiting: number) =>
  `${waiting.toLocaleString("en-GB")} ${waiting === 1 ? "waits" : "wait"}`;

/** `1 update is due, 2 are held`. */
function kindsOf(needs: readonly Need[]): string {
  const count = (kind: Need["kind"]) => needs.filter((need) => need.kind === kind).length;
  const say = (number: number, one: string, many: string) =>
    number === 0 ? [] : [`${number.toLocaleString("en-GB")} ${number === 1 ? one : many}`];
  return [
    ...say(count("update"), "update is due", "updates are due"),
    ...say(count("score"), "score is awaited", "scores are awaited"),
    ...say(count("overdue"), "update is overdue", "updates are overdue"),
    ...say(count("held"), "is held", "are held"),
  ].join(", ");
}
