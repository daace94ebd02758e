/** What came in and what was awarded, by epoch. */

import type { BudgetEvent, Treasury } from "@community-budget/client";
import { lazy, useEffect, useMemo, useState, useSyncExternalStore } from "react";

import { followingOf } from "../../activity/following";
import type { Known } from "../../activity/history";
import { useFollowed } from "../../activity/hooks";
import { useCell } from "../../lib/cell";

import { useChain, useConfig, useLoaded } from "../../lib/context";
import { type EpochFlow, flowsOf } from "../../lib/flows";
import { valueOf } from "../../lib/resource";
import { href } from "../../lib/router";
import { WhenNear } from "../charts/WhenNear";
import { Scroll } from "../Scroll";
import { Money, MoneyFigure } from "../Text";

const FlowChart = lazy(() => import("../charts/FlowChart"));

/** Epochs that a chart has room for, on a wide page and on a phone. */
const SHOWN = { wide: 8, narrow: 4 } as const;

const NARROW = "(max-width: 40rem)";

function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = matchMedia(NARROW);
      query.addEventListener("change", changed);
      return () => query.removeEventListener("change", changed);
    },
    () => matchMedia(NARROW).matches,
  );
}

/** See the top of this file. */
export function Flows({ treasury }: { readonly treasury: Treasury }) {
  const chain = useChain();
  const { budget } = useConfig();
  const epochs = valueOf(useLoaded(chain.epochs));
  const { known } = useCell(followingOf(chain).state);
  const flows = useMemo(
    () => flowsOf(treasury, epochs?.map(({ data }) => data) ?? [], wholeOf(known)),
    [treasury, epochs, known],
  );
  const whole =
    flows.length === treasury.epochCount &&
    flows.every(({ inflow, outflow }) => inflow !== null && outflow !== null);
  const shown = useStable(flows.slice(-SHOWN[useNarrow() ? "narrow" : "wide"]));
  return (
    <section aria-labelledby="flows">
      <h2 id="flows">In and out, by epoch</h2>
      {flows.length === 0 ? (
        <p>No epoch has been opened yet: nothing was awarded.</p>
      ) : (
        <>
          <FlowSentence flows={flows} />
          <WhenNear>
            <div style={{ maxWidth: `${Math.max(shown.length, 2) * 11}rem` }}>
              <FlowChart flows={shown} unit={budget} />
            </div>
          </WhenNear>
          <FlowTable flows={flows} />
          {whole ? null : <Earlier />}
        </>
      )}
    </section>
  );
}

/** All events, oldest first, when none is missing: a sum over some of them would be wrong. */
function wholeOf(known: Known | null): readonly BudgetEvent[] {
  if (known === null || !known.complete || known.lost > 0 || known.misplaced > 0) return [];
  if (known.lines.some(({ kind }) => kind !== "event")) return [];
  return known.happened.map(({ event }) => event).reverse();
}

/** The books keep four epochs. What was before is in the history, which takes many requests. */
function Earlier() {
  const [reading, setReading] = useState(false);
  return (
    <p>
      {reading ? (
        <Reading />
      ) : (
        <button type="button" onClick={() => setReading(true)}>
          Read earlier epochs from the history
        </button>
      )}
    </p>
  );
}

function Reading() {
  const [{ known, trouble }, following] = useFollowed();
  const ready = known !== null;
  useEffect(() => (ready ? following.until(() => false) : undefined), [ready, following]);
  if (trouble !== null) return <span role="status">{trouble} Earlier figures are not known.</span>;
  if (known?.complete !== true) {
    return (
      <span role="status" className="muted">
        Reading the history: {(known?.happened.length ?? 0).toLocaleString("en-GB")} events so far…
      </span>
    );
  }
  return (
    <span className="muted">
      The node does not keep every event: what came in before the last four epochs is not known.
    </span>
  );
}

/** The same array while what it says is the same: a chart is not drawn anew for nothing. */
function useStable(flows: readonly EpochFlow[]): readonly EpochFlow[] {
  const key = flows
    .map(({ index, outflow, inflow, open }) => `${index} ${outflow} ${inflow} ${open}`)
    .join();
  return useMemo(() => flows, [key]);
}

function FlowSentence({ flows }: { readonly flows: readonly EpochFlow[] }) {
  const settled = flows.filter(({ open }) => !open).slice(-4);
  const total = (pick: (flow: EpochFlow) => bigint | null) =>
    settled.reduce((sum, flow) => sum + (pick(flow) ?? 0n), 0n);
  const [out, received] = [total((flow) => flow.outflow), total((flow) => flow.inflow)];
  const known = settled.every(({ inflow }) => inflow !== null);
  if (settled.length === 0)
    return <p>The first epoch is still open: it has awarded nothing yet.</p>;
  const span =
    settled.length === 1 ? "the last settled epoch" : `the last ${settled.length} settled epochs`;
  return (
    <p>
      In {span}, <Money value={out} /> was awarded
      {known ? (
        <>
          {" "}
          and <Money value={received} /> came in: deposits, returns, fees and forfeited bonds
        </>
      ) : null}
      .
    </p>
  );
}

function FlowTable({ flows }: { readonly flows: readonly EpochFlow[] }) {
  const { budget } = useConfig();
  return (
    <details className="overview-flows-table">
      <summary>The same as a table</summary>
      <Scroll label="Awarded and received by epoch">
        <table>
          <caption>Awarded and received by epoch, in {budget.symbol}</caption>
          <thead>
            <tr>
              <th scope="col">Epoch</th>
              <th scope="col" className="number">
                Received
              </th>
              <th scope="col" className="number">
                Awarded
              </th>
            </tr>
          </thead>
          <tbody>
            {flows.map(({ index, outflow, inflow, open }) => (
              <tr key={index}>
                <th scope="row">
                  <a href={href({ page: "epoch", index })}>Epoch {index}</a>
                </th>
                <td className="number">
                  {inflow === null ? "not known" : <MoneyFigure value={inflow} />}
                </td>
                <td className="number">
                  {open ? (
                    "not settled yet"
                  ) : outflow === null ? (
                    "not known"
                  ) : (
                    <MoneyFigure value={outflow} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}
