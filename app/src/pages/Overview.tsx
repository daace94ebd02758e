/** Overview: what is the case, what needs the visitor, and where the money is. */

import type { Treasury } from "@community-budget/client";

import { FundingLine } from "../components/FundingLine";
import { OfTreasury, Shown } from "../components/States";
import { Attention } from "../components/overview/Attention";
import { EpochCase, MoneyCase, Opening } from "../components/overview/Case";
import { Flows } from "../components/overview/Flows";
import { Holdings } from "../components/overview/Holdings";
import { People } from "../components/overview/People";
import { Safety } from "../components/overview/Safety";
import { useSlate } from "../hooks/slate";
import "./Overview.css";

export default function Overview() {
  return (
    <div className="overview">
      <h1>Overview</h1>
      <OfTreasury>{(treasury) => <Books treasury={treasury} />}</OfTreasury>
    </div>
  );
}

function Books({ treasury }: { readonly treasury: Treasury }) {
  const slate = useSlate(null);
  return (
    <>
      <p className="lead">
        <MoneyCase treasury={treasury} />{" "}
        {slate.kind === "ready" ? (
          <EpochCase shown={slate.value} treasury={treasury} />
        ) : slate.kind === "absent" ? (
          <Opening treasury={treasury} />
        ) : null}
      </p>
      <Attention treasury={treasury} />
      <Holdings treasury={treasury} />
      <section aria-labelledby="line">
        <h2 id="line">
          {slate.kind === "ready" && slate.value.epoch.settledAt === 0n
            ? "Who would be funded now"
            : "Who was funded"}
        </h2>
        <Shown
          loaded={slate}
          what="the slate"
          absent={
            <p>
              No epoch is open. <Opening treasury={treasury} />
            </p>
          }
        >
          {(shown) => <FundingLine shown={shown} compact />}
        </Shown>
      </section>
      <Flows treasury={treasury} />
      <div className="overview-two">
        <Safety treasury={treasury} />
        <People treasury={treasury} />
      </div>
    </>
  );
}
