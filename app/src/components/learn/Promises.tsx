/** What nobody can do, and where it is proved. */

import type { ReactNode } from "react";

import { useCell } from "../../lib/cell";
import { useChain } from "../../lib/context";
import * as format from "../../lib/format";
import type { Figures } from "../../lib/glossary";
import { valueOf } from "../../lib/resource";
import { Money } from "../Text";

interface Pledge {
  readonly id: string;
  readonly title: string;
  readonly words: (figures: Figures) => ReactNode;
  /** Files of the repository, as ARCHITECTURE.md names them. */
  readonly tests: readonly string[];
}

const PROMISES: readonly Pledge[] = [
  {
    id: "P1",
    title: "No key can take the money",
    words: () =>
      "Not the founder’s, not the guardian’s, not that of whoever wrote this. Tokens leave the vault only through an award that passed a vote, waited out its timelock and fits its cap, or as a reward for voting, which has its own bound.",
    tests: ["tests/attacks/promises.rs", "tests/suite/laws/substitution.rs", "random_walk.rs"],
  },
  {
    id: "P2",
    title: "A captured vote has a limit",
    words: ({ epoch }) =>
      epoch === null ? (
        "It commits at most the cap of the epoch, and the next vote can stop what has not streamed."
      ) : (
        <>
          It commits at most the cap of the epoch, <Money value={epoch.cap} /> now, and the next
          vote can stop what has not streamed by then.
        </>
      ),
    tests: ["tests/attacks/promises.rs", "rules/tests/laws/allocation_laws.rs"],
  },
  {
    id: "P3",
    title: "Nothing voted today happens today",
    words: ({ treasury }) => (
      <>
        Between the settlement and the first payment lie{" "}
        {format.span(treasury.inForce.tiers.rules[0]?.timelockSecs ?? 86_400)} or more; a day is the
        least that any policy can set.
      </>
    ),
    tests: ["tests/attacks/promises.rs", "test_execute_award.rs", "test_policy_bounds.rs"],
  },
  {
    id: "P4",
    title: "What is released stays yours",
    words: ({ treasury }) => (
      <>
        No pause, breaker, review or vote takes back what a stream has released. A claim pays at
        least what was released {format.span(treasury.inForce.breaker.maxPayoutDelaySecs)} before,
        even when the outflow limit is reached.
      </>
    ),
    tests: [
      "tests/attacks/promises.rs",
      "rules/tests/laws/stream_life.rs",
      "test_withdraw_stream.rs",
    ],
  },
  {
    id: "P5",
    title: "You sign what you saw",
    words: () =>
      "Amount, recipient and schedule of every ask are on chain and in the slate hash that your ballot names. If one of them changed, your ballot would be refused.",
    tests: ["tests/attacks/promises.rs", "test_cast_vote.rs", "test_withdraw_proposal.rs"],
  },
  {
    id: "P6",
    title: "Everything comes to an end",
    words: () =>
      "No step waits for a particular person. From every state there is a way, open to anybody, that pays what is released, frees what is not, and gives every deposit back to whoever made it.",
    tests: ["tests/attacks/promises.rs", "test_close_*.rs", "random_walk.rs"],
  },
];

export function Promises({ figures }: { readonly figures: Figures }) {
  const program = valueOf(useCell(useChain().program));
  return (
    <>
      {program === null || program.upgradeAuthority === null ? null : (
        <div className="notice warn">
          <p>
            <strong>These hold for the program as it is now.</strong> Its upgrade authority can
            still replace it; they hold for good once nobody can, or only a vote.
          </p>
        </div>
      )}
      <ul className="promises">
        {PROMISES.map(({ id, title, words, tests }) => (
          <li key={id}>
            <h3>{title}</h3>
            <p>{words(figures)}</p>
            <p className="small muted">
              {id} in ARCHITECTURE.md, attacked by{" "}
              {tests.map((test, at) => (
                <span key={test}>
                  {at === 0 ? "" : ", "}
                  <code>{test}</code>
                </span>
              ))}
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
