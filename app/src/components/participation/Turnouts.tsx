/** Turnout by epoch: of open ones from their accounts, of closed ones from the ledger when one asks for it. */

import { useEffect, useMemo, useState } from "react";

import { useFollowed } from "../../activity/hooks";
import { type Turnout, withEvents } from "../../lib/participation";
import { Scroll } from "../Scroll";
import { Bar } from "./Bar";

export function TurnoutSection({ turnouts }: { readonly turnouts: readonly Turnout[] }) {
  const [asked, setAsked] = useState(false);
  const gone = turnouts.some(({ weight }) => weight === null);
  return (
    <section aria-labelledby="turnout">
      <h2 id="turnout">Turnout by epoch</h2>
      {asked && gone ? <FromLedger turnouts={turnouts} /> : <Table turnouts={turnouts} />}
      {gone && !asked ? (
        <p className="small muted participation-note">
          A closed epoch’s figures are gone from the accounts; today’s stakers remember only who of
          them took part.{" "}
          <button type="button" className="plain small" onClick={() => setAsked(true)}>
            Read them from the ledger
          </button>
        </p>
      ) : null}
    </section>
  );
}

/** Reads back until every closed epoch’s turnout is found, or the node keeps no more. */
function FromLedger({ turnouts }: { readonly turnouts: readonly Turnout[] }) {
  const [{ known, epochs, reading, trouble }, following] = useFollowed();
  const found = useMemo(
    () =>
      withEvents(
        turnouts,
        (known?.happened ?? []).map(({ event }) => event),
        epochs,
      ),
    [turnouts, known, epochs],
  );
  const begun = known !== null;
  useEffect(() => {
    if (!begun) return;
    return following.until(({ happened }) =>
      withEvents(
        turnouts,
        happened.map(({ event }) => event),
        following.state.get().epochs,
      ).every(({ weight, ballots }) => weight !== null && ballots !== null),
    );
    // Once: what is read stays, and the figures of closed epochs do not change.
  }, [begun, following]);
  const missing = found.filter(({ weight }) => weight === null).length;
  return (
    <>
      <Table turnouts={found} />
      <p className="small muted participation-note" role="status">
        {trouble !== null
          ? `The node stopped answering: ${trouble}`
          : reading || !begun
            ? `Reading the ledger: ${known?.happened.length ?? 0} events so far…`
            : missing === 0
              ? "The closed epochs are read from the ledger: what the program itself logged."
              : "The node does not keep the ledger far enough back for the others."}
      </p>
    </>
  );
}

function Table({ turnouts }: { readonly turnouts: readonly Turnout[] }) {
  return (
    <Scroll label="Turnout by epoch">
      <table className="participation-table">
        <caption>Weight of all ballots, as a share of the weight that could vote</caption>
        <thead>
          <tr>
            <th scope="col">Epoch</th>
            <th scope="col">By weight</th>
            <th scope="col" className="number">
              Ballots
            </th>
          </tr>
        </thead>
        <tbody>
          {[...turnouts].reverse().map(({ index, weight, ballots, remembered }) => (
            <tr key={index}>
              <th scope="row">{index}</th>
              <td>
                {weight === null ? (
                  <span className="muted">closed; not known from accounts</span>
                ) : (
                  <Bar part={weight.cast} whole={weight.of} />
                )}
              </td>
              <td className="number">
                {ballots !== null ? (
                  ballots.toLocaleString("en-GB")
                ) : remembered === null ? (
                  <span className="muted">–</span>
                ) : (
                  <span title="Of today’s stakers">at least {remembered}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
