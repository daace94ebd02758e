/** Who can do what: the roles, and who can change the program. */

import type { Treasury } from "@community-budget/client";

import { useCell } from "../../lib/cell";
import { useChain } from "../../lib/context";
import { SYSTEM_PROGRAM_ADDRESS } from "../../lib/programs";
import { Caveats } from "../Caveats";
import { Name } from "../Text";

/** See the top of this file. */
export function People({ treasury }: { readonly treasury: Treasury }) {
  const roles = [
    {
      role: "Guardian",
      holder: treasury.guardian,
      may: "may pause and veto; cannot spend",
    },
    {
      role: "Reviewer",
      holder: treasury.reviewer,
      may: "scores what recipients deliver; silence passes it",
    },
    {
      role: "Risk reporter",
      holder: treasury.riskReporter,
      may: "says what positions are worth",
    },
  ];
  return (
    <section aria-labelledby="people">
      <h2 id="people">Who can do what</h2>
      <dl className="facts overview-people">
        {roles.map(({ role, holder, may }) => (
          <div key={role}>
            <dt>{role}</dt>
            <dd>
              {holder === SYSTEM_PROGRAM_ADDRESS ? "vacant" : <Name address={holder} />}
              <span className="muted small"> {may}</span>
            </dd>
          </div>
        ))}
        <div>
          <dt>Founder</dt>
          <dd>
            <Name address={treasury.founder} />
            <span className="muted small"> no power since the treasury was created</span>
          </dd>
        </div>
        <div>
          <dt>Program</dt>
          <dd>
            <ProgramWords />
          </dd>
        </div>
      </dl>
      <Caveats policy={treasury.inForce} />
      <p className="muted small">
        A vote replaces every role. Nobody, whatever the role, can move money out of the vault: only
        an award that passed does.
      </p>
    </section>
  );
}

function ProgramWords() {
  const program = useCell(useChain().program);
  switch (program.kind) {
    case "ready":
      return program.value.upgradeAuthority === null ? (
        <>Nobody can change it any more.</>
      ) : (
        <>
          <Name address={program.value.upgradeAuthority} />
          <span className="small held">
            {" "}
            can replace the program, and with it every promise on this page
          </span>
        </>
      );
    case "loading":
      return <>Looking up who can change it…</>;
    case "absent":
      return <>There is none.</>;
    default:
      return <span className="held">Not known: {program.sentence}</span>;
  }
}
