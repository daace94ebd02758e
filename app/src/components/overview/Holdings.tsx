/** Where the treasury's money is: free, promised, set aside. */

import { type Treasury, state } from "@community-budget/client";

import { useCell } from "../../lib/cell";
import { useChain, useLoaded } from "../../lib/context";
import * as format from "../../lib/format";
import { epochsOf, runwayLevel, runwayOf } from "../../lib/health";
import { valueOf } from "../../lib/resource";
import { Gauge, LevelWord } from "../Gauge";
import { Money, Term } from "../Text";

const PARTS = [
  { key: "free", word: "Free", what: "for awards of this and later epochs" },
  {
    key: "committed",
    word: "Promised",
    what: "to streams and awards, and paid as they release it",
  },
  { key: "reserved", word: "Set aside", what: "as rewards for taking part in votes" },
] as const;

/** See the top of this file. */
export function Holdings({ treasury }: { readonly treasury: Treasury }) {
  const amounts = {
    free: state.treasury.free(treasury),
    committed: treasury.committed,
    reserved: treasury.reservedFunds,
  };
  return (
    <section aria-labelledby="money">
      <h2 id="money">The treasury</h2>
      <div className="overview-bar" aria-hidden="true">
        {PARTS.map(({ key }) => (
          <span
            key={key}
            data-part={key}
            style={{ width: `${format.fraction(amounts[key], treasury.tracked) * 100}%` }}
          />
        ))}
      </div>
      <dl className="overview-parts">
        {PARTS.map(({ key, word, what }) => (
          <div key={key}>
            <dt>
              <span className="overview-swatch" data-part={key} aria-hidden="true" /> {word}
            </dt>
            <dd>
              <strong>
                <Money value={amounts[key]} />
              </strong>{" "}
              <span className="muted nowrap">{format.share(amounts[key], treasury.tracked)}</span>
              <span className="overview-part-what small muted">{what}</span>
            </dd>
          </div>
        ))}
      </dl>
      <VaultCheck treasury={treasury} />
      <RunwayLine treasury={treasury} />
    </section>
  );
}

/** Whether the vaults hold what the books say. */
function VaultCheck({ treasury }: { readonly treasury: Treasury }) {
  const chain = useChain();
  const doubts = useCell(chain.doubts);
  const held = valueOf(useLoaded(chain.balance(treasury.vault)));
  const doubted = doubts.some(({ rule }) => rule.startsWith("the-") && rule.includes("vault"));
  if (doubted) {
    return (
      <p className="held">
        <strong>The vault does not hold what the books say.</strong> Trust no figure here before
        another node says otherwise.
      </p>
    );
  }
  if (held === null) return <p className="muted">Comparing the vault with the books…</p>;
  const surplus = held - treasury.tracked;
  return (
    <p>
      <span className="funded" aria-hidden="true">
        ✓
      </span>{" "}
      The vault holds what the books say: <Money value={treasury.tracked} />
      {surplus > 0n ? (
        <>
          , and <Money value={surplus} /> more that nobody has counted yet (
          <a href="#/risk">count it</a>)
        </>
      ) : null}
      .
    </p>
  );
}

function RunwayLine({ treasury }: { readonly treasury: Treasury }) {
  const runway = runwayOf(treasury);
  const { centi, floor, outflow, epochs } = runway;
  const level = runwayLevel(runway);
  const over = epochs === 1 ? "this epoch" : `the last ${epochs} epochs`;
  if (centi === null) {
    return (
      <p>
        <strong>Runway without end</strong>: nothing was awarded in {over}. No award may take it
        below {floor} epochs.
      </p>
    );
  }
  const whole = BigInt(Math.max(floor * 5, 1)) * 100n;
  const scale = centi > whole ? centi : whole;
  return (
    <div className="overview-runway">
      <div className="overview-runway-words">
        <strong>
          <Term word="Runway">
            For how many epochs the free money lasts if each awards as much as the mean of {over}:{" "}
            <Money value={(outflow + BigInt(epochs) - 1n) / BigInt(epochs)} />. Income is not
            counted, and an award that would take the runway below the floor does not fit.
          </Term>{" "}
          {epochsOf(centi)}
        </strong>
        , floor {floor}.{" "}
        <LevelWord level={level}>
          {level === "beyond"
            ? "below its floor"
            : level === "near"
              ? "close to its floor"
              : "above its floor"}
        </LevelWord>
      </div>
      <Gauge
        name="Runway"
        words={`${epochsOf(centi)}; awards must leave ${floor}`}
        value={format.fraction(centi, scale)}
        level={level}
        limit={{ at: format.fraction(BigInt(floor) * 100n, scale), word: `floor ${floor}` }}
        end={epochsOf(scale)}
      />
    </div>
  );
}
