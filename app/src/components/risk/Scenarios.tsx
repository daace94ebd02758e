/** The runway if things go otherwise. */

import type { Treasury } from "@community-budget/client";
import { lazy, useMemo } from "react";

import { useConfig } from "../../lib/context";
import * as format from "../../lib/format";
import { epochsOf, runwayLevel } from "../../lib/health";
import {
  type Scenario,
  type ScenarioName,
  aboveFloor,
  forecast,
  scenariosOf,
  worstOf,
} from "../../lib/scenarios";
import { Gauge, LevelWord } from "../Gauge";
import { WhenNear } from "../charts/WhenNear";
import { Scroll } from "../Scroll";
import { Money, MoneyFigure } from "../Text";

const FanChart = lazy(() => import("../charts/FanChart"));

/** Epochs after the present one that are looked at. */
const AHEAD = 6;

/** See the top of this file. */
export function Scenarios({
  treasury,
  awarded,
  unsettled,
}: {
  readonly treasury: Treasury;
  /** Base units that the present epoch would fund now; 0 for nothing, and once it is settled. */
  readonly awarded: bigint;
  readonly unsettled: boolean;
}) {
  const { budget } = useConfig();
  const scenarios = useMemo(
    () => scenariosOf(treasury, awarded, unsettled, AHEAD),
    [treasury, awarded, unsettled],
  );
  const steps = useMemo(() => forecast(treasury, scenarios), [treasury, scenarios]);
  const expected = scenarios.find(({ name }) => name === "settled");
  const worst = worstOf(scenarios);
  const last = steps.at(-1);
  if (expected === undefined || worst === null || last === undefined) return null;
  const longest = scenarios.reduce(
    (most, { runway }) => (runway.centi !== null && runway.centi > most ? runway.centi : most),
    BigInt(Math.max(expected.runway.floor * 2, 1)) * 100n,
  );
  return (
    <section aria-labelledby="scenarios">
      <h2 id="scenarios">The runway, if things go otherwise</h2>
      <p>
        {awarded > 0n ? "If what would be funded now is funded, the" : "The"} runway is{" "}
        <strong>{epochsOf(expected.runway.centi)}</strong>; at worst here,{" "}
        <strong>{epochsOf(worst.runway.centi)}</strong>. In {AHEAD} epochs, between{" "}
        <Money value={last.low} /> and <Money value={last.high} /> would be free.
      </p>
      <div className="risk-fan">
        <h3>Free money, by the end of each epoch</h3>
        <WhenNear>
          <FanChart steps={steps} unit={budget} />
        </WhenNear>
        <p className="muted small">
          The grey range lies between the best and the worst of the cases below; the line is the
          case “{nameOf("settled", unsettled, awarded)}”. The dashed line is {expected.runway.floor}{" "}
          times the mean award of that case: an award must leave that much, so the rules themselves
          slow the fall. None of this is a promise.
        </p>
      </div>
      <Scroll label="Cases">
        <table className="risk-scenarios">
          <caption>
            Each case with what it assumes; an epoch awards at most its cap, and nothing that takes
            the runway below {expected.runway.floor}. Amounts in {budget.symbol}
          </caption>
          <thead>
            <tr>
              <th scope="col">Case</th>
              <th scope="col">Runway</th>
              <th scope="col" className="number">
                Free in {AHEAD} epochs
              </th>
              <th scope="col" className="number">
                Value with positions
              </th>
            </tr>
          </thead>
          <tbody>
            {scenarios.map((scenario) => (
              <Row
                key={scenario.name}
                scenario={scenario}
                longest={longest}
                unsettled={unsettled}
                awarded={awarded}
              />
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function nameOf(name: ScenarioName, unsettled: boolean, awarded: bigint): string {
  switch (name) {
    case "none":
      return "This epoch funds nothing";
    case "settled":
      return unsettled && awarded > 0n ? "What would be funded now is funded" : "As it is";
    case "more":
      return "Half as much again is awarded";
    case "dry":
      return "Nothing comes in any more";
    case "half":
      return "Positions are worth half";
    case "lost":
      return "All positions are lost";
    case "all":
      return "All of it at once";
  }
}

function Assumption({ scenario }: { readonly scenario: Scenario }) {
  const { name, outflow, inflow } = scenario;
  switch (name) {
    case "none":
      return <>Nothing more is awarded in this epoch; the mean of awards falls with it.</>;
    case "settled":
      return (
        <>
          Later epochs award <Money value={outflow} /> and receive <Money value={inflow} />, the
          means of the last ones.
        </>
      );
    case "more":
      return (
        <>
          Every epoch wants <Money value={outflow} />, one and a half times the mean, and gets what
          its cap allows.
        </>
      );
    case "dry":
      return <>The runway never counts income, so it stays; the money shrinks faster.</>;
    case "half":
      return <>Every mark is halved. Free money stays; less may be put at risk.</>;
    case "lost":
      return <>No position is worth anything. Free money stays; the value falls.</>;
    case "all":
      return <>Half as much again is awarded, nothing comes in, and all positions are lost.</>;
  }
}

function Row({
  scenario,
  longest,
  unsettled,
  awarded,
}: {
  readonly scenario: Scenario;
  readonly longest: bigint;
  readonly unsettled: boolean;
  readonly awarded: bigint;
}) {
  const { name, runway, path, value, trips } = scenario;
  const level = runwayLevel(runway);
  const above = aboveFloor(runway);
  const words =
    above === null
      ? "never reaches its floor"
      : above < 0n
        ? `${epochsOf(-above)} below the floor`
        : `${epochsOf(above)} above the floor`;
  return (
    <tr>
      <th scope="row">
        {nameOf(name, unsettled, awarded)}
        <span className="risk-assumption muted small">
          <Assumption scenario={scenario} />
        </span>
      </th>
      <td className="risk-runway">
        <strong>{epochsOf(runway.centi)}</strong> <LevelWord level={level}>{words}</LevelWord>
        <Gauge
          name="Runway"
          words={`${epochsOf(runway.centi)}, ${words}`}
          value={runway.centi === null ? 1 : format.fraction(runway.centi, longest)}
          level={level}
          limit={{ at: format.fraction(BigInt(runway.floor) * 100n, longest), word: "" }}
        />
      </td>
      <td className="number">
        <span className="risk-narrow muted">Free in {path.length - 2} epochs: </span>
        <MoneyFigure value={path.at(-1) ?? 0n} />
      </td>
      <td className="number">
        <span className="risk-narrow muted">Value with positions: </span>
        <MoneyFigure value={value} />
        {trips ? <span className="risk-trips held small">trips the breaker</span> : null}
      </td>
    </tr>
  );
}
