/** Risk: whether the treasury is safe by its own rules, what would change that, and who can do something. */

import type { Treasury } from "@community-budget/client";
import { useMemo } from "react";

import { OfTreasury } from "../components/States";
import { asksOf } from "../components/overview/Case";
import { Concentration } from "../components/risk/Concentration";
import { Deeds } from "../components/risk/Deeds";
import { Exposure } from "../components/risk/Exposure";
import { Limits } from "../components/risk/Limits";
import { Scenarios } from "../components/risk/Scenarios";
import { VerdictSentence } from "../components/risk/Verdict";
import { useSlate } from "../hooks/slate";
import { useCoarseNow } from "../lib/context";
import { unless, verdictOn } from "../lib/health";
import { valueOf } from "../lib/resource";
import "./Risk.css";

export default function Risk() {
  return (
    <div className="risk">
      <h1>Risk</h1>
      <OfTreasury>{(treasury) => <Books treasury={treasury} />}</OfTreasury>
    </div>
  );
}

/** The outflow bucket fills by the second; nobody reads it faster than this. */
const STEP = 10n;

function Books({ treasury }: { readonly treasury: Treasury }) {
  const now = useCoarseNow(STEP);
  const shown = valueOf(useSlate(null));
  const verdict = useMemo(() => unless(() => verdictOn(treasury, now)), [treasury, now]);
  const unsettled = shown !== null && shown.epoch.settledAt === 0n;
  // What a settled epoch awarded is in the books already.
  const awarded = unsettled ? asksOf(shown).amount : 0n;
  if (verdict === null) {
    return (
      <div className="notice warn" role="alert">
        <p>
          <strong>No figure is shown.</strong> The treasury’s books do not add up by the program’s
          rules: the node is wrong, or somebody between it and you.
        </p>
      </div>
    );
  }
  return (
    <>
      <p className="lead">
        <VerdictSentence verdict={verdict} />
      </p>
      <Limits verdict={verdict} />
      <Exposure treasury={treasury} shown={shown} />
      <Concentration treasury={treasury} shown={shown} />
      <Scenarios treasury={treasury} awarded={awarded} unsettled={unsettled} />
      <Deeds treasury={treasury} gauges={verdict.gauges} holdings={verdict.holdings} />
    </>
  );
}
