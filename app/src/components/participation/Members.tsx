/** All stakers, heaviest first. Only the rows in view are in the page. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useRef } from "react";

import * as format from "../../lib/format";
import { type Member, type Took, weightOf } from "../../lib/participation";
import { Name, WeightShare } from "../Text";

const TOOK: Readonly<Record<Took, string>> = {
  owner: "voted",
  delegate: "by delegate",
  somebody: "took part",
  retracted: "retracted",
  not: "not yet",
};

const ROW = 40;

export const Members = memo(function Members({
  members,
  settled,
  over,
}: {
  readonly members: readonly Member[];
  /** Settled epochs that a streak can count, at most eight. */
  readonly settled: number;
  /** Whether voting is over. */
  readonly over: boolean;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: members.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  const total = weightOf(members);
  return (
    <div
      className="members"
      role="table"
      aria-label="All stakers, heaviest first"
      aria-rowcount={members.length + 1}
    >
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className="members-row members-head small muted">
          <span role="columnheader" className="number">
            rank
          </span>
          <span role="columnheader">staker</span>
          <span role="columnheader" className="number">
            of all weight
          </span>
          <span role="columnheader" className="number members-more">
            cool-down
          </span>
          <span role="columnheader" className="number members-more">
            streak
          </span>
          <span role="columnheader">ballot</span>
        </div>
      </div>
      <div className="members-scroll" ref={scroller} tabIndex={0} role="rowgroup">
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const member = members[index];
            if (member === undefined) return null;
            const { owner, weight, took, streak, lockSecs } = member;
            const silent = took === "not" || took === "retracted";
            return (
              <div
                key={owner}
                role="row"
                aria-rowindex={index + 2}
                className="members-row"
                style={{ position: "absolute", top: start, height: ROW, left: 0, right: 0 }}
              >
                <span role="cell" className="number muted">
                  {index + 1}
                </span>
                <span role="cell" className="members-name">
                  <Name address={owner} />
                </span>
                <span role="cell" className="number">
                  <WeightShare weight={weight} of={total} />
                </span>
                <span role="cell" className="number members-more">
                  {format.span(lockSecs)}
                </span>
                <span role="cell" className="number members-more">
                  {streak} of {settled}
                </span>
                <span role="cell" className={silent ? "muted" : ""}>
                  {took === "not" && over ? "silent" : TOOK[took]}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
});
