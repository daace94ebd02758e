/** How much rests on one recipient, and on one voter. */

import type { Treasury } from "@community-budget/client";

import { useMemo } from "react";

import type { ShownSlate } from "../../hooks/slate";
import { useChain, useCoarseNow, useLoaded } from "../../lib/context";
import * as format from "../../lib/format";
import { levelBelow, unless } from "../../lib/health";
import { tier } from "../../lib/words";
import { Gauge } from "../Gauge";
import { Scroll } from "../Scroll";
import { Shown } from "../States";
import { Money, Name, WeightShare } from "../Text";
import { Measure } from "./Limits";
import {
  type Caster,
  castersOf,
  fewestToPass,
  owedOf,
  passesAlone,
  recipientsOf,
} from "./concentration";

/** How many are listed by name. */
const NAMED = 5;

/** See the top of this file. */
export function Concentration({
  treasury,
  shown,
}: {
  readonly treasury: Treasury;
  readonly shown: ShownSlate | null;
}) {
  return (
    <section aria-labelledby="concentration">
      <h2 id="concentration">What rests on few</h2>
      <div className="risk-grid">
        {shown === null ? null : <LargestRecipient shown={shown} />}
        <Voters treasury={treasury} />
      </div>
      <Owed treasury={treasury} />
    </section>
  );
}

function LargestRecipient({ shown }: { readonly shown: ShownSlate }) {
  const { slate, epoch } = shown;
  const [largest] = useMemo(() => recipientsOf(shown), [shown]);
  const most = slate.projection?.limits.risk.recipientCap ?? epoch.recipientCap;
  const would = slate.projection === null ? "has" : "would have";
  if (largest === undefined) {
    return (
      <Measure
        title="Largest recipient of this epoch"
        level="fine"
        word="nobody yet"
        figure={
          <>
            At most <Money value={most} />
          </>
        }
        gauge={
          <Gauge
            name="Largest recipient"
            words="nobody yet"
            value={0}
            level="fine"
            limit={null}
            end={`most: ${format.bps(epoch.policy.risk.maxRecipientBps)} of the cap`}
          />
        }
      >
        Nothing is funded in this epoch, or would be.
      </Measure>
    );
  }
  const level = levelBelow(largest.amount, most);
  const word = { fine: "within its limit", near: "close to its limit", beyond: "beyond its limit" };
  return (
    <Measure
      title="Largest recipient of this epoch"
      level={level}
      word={word[level]}
      figure={
        <>
          <strong>
            <Money value={largest.amount} />
          </strong>{" "}
          of <Money value={most} /> ({format.share(largest.amount, most)})
        </>
      }
      gauge={
        <Gauge
          name="Largest recipient"
          words={`${format.share(largest.amount, most)} of what one recipient may have`}
          value={format.fraction(largest.amount, most)}
          level={level}
          limit={null}
          end={`most: ${format.bps(epoch.policy.risk.maxRecipientBps)} of the cap`}
        />
      }
    >
      {largest.address === null ? "One recipient" : <Name address={largest.address} />} {would}{" "}
      that, {format.share(largest.amount, epoch.cap)} of the epoch’s cap. What is beyond the limit
      does not fit.
    </Measure>
  );
}

function Voters({ treasury }: { readonly treasury: Treasury }) {
  const stakes = useLoaded(useChain().stakes);
  const now = useCoarseNow(60n);
  return (
    <Shown loaded={stakes} what="all stakes">
      {(list) => {
        const { casters, total } = castersOf(treasury, list, now);
        const [largest] = casters;
        if (largest === undefined || total === 0n)
          return <p>Nobody has staked: nobody can vote.</p>;
        return (
          <LargestVoter treasury={treasury} casters={casters} largest={largest} total={total} />
        );
      }}
    </Shown>
  );
}

function LargestVoter({
  treasury,
  casters,
  largest,
  total,
}: {
  readonly treasury: Treasury;
  readonly casters: readonly Caster[];
  readonly largest: Caster;
  readonly total: bigint;
}) {
  const alone = unless(() => passesAlone(treasury, total, largest.amount)) ?? [];
  const few = unless(() => fewestToPass(treasury, total, casters, 2)) ?? null;
  const { rules } = treasury.inForce.tiers;
  const highest = alone.filter((one) => one < 3).at(-1);
  const level = highest === undefined ? "fine" : highest === 0 ? "near" : "beyond";
  const word = {
    fine: "decides nothing alone",
    near: "alone enough for small asks",
    beyond: `alone enough for ${tier(highest ?? 0)} asks`,
  };
  const large = rules[2]?.quorumBps ?? 10_000;
  const scale = BigInt(Math.max(large * 2, 1));
  const share = format.shareBps(largest.amount, total);
  return (
    <Measure
      title="Largest voter"
      level={level}
      word={word[level]}
      figure={
        <>
          <strong>
            <WeightShare weight={largest.amount} of={total} />
          </strong>{" "}
          of all weight
        </>
      }
      gauge={
        <Gauge
          name="Largest voter"
          words={`${format.bps(share)} of all weight; a large ask needs ${format.bps(large)}`}
          value={format.fraction(share, scale)}
          level={level}
          limit={{
            at: format.fraction(BigInt(large), scale),
            word: `a large ask needs ${format.bps(large)}`,
          }}
        />
      }
    >
      <Name address={largest.address} /> can cast it
      {largest.delegated > 0n ? (
        <>
          , <WeightShare weight={largest.delegated} of={total} /> of it delegated by others
        </>
      ) : null}
      .{" "}
      {highest === undefined
        ? "If nobody else voted, not even a small ask would pass."
        : `If nobody else voted, that alone would pass any ${tier(highest)} ask; whoever is against has to vote.`}{" "}
      {few === null
        ? "No number of holders passes a large one."
        : few === 1
          ? null
          : `The ${few} largest voters together could pass a large one.`}
    </Measure>
  );
}

/** Who is still owed the promised money. */
function Owed({ treasury }: { readonly treasury: Treasury }) {
  const streams = useLoaded(useChain().streams);
  return (
    <Shown loaded={streams} what="the streams">
      {(list) => {
        const parts = owedOf(list);
        if (treasury.committed === 0n || parts.length === 0) {
          return <p>Nothing is promised: no stream has anything left to pay.</p>;
        }
        const named = parts.slice(0, NAMED);
        const rest = parts.slice(NAMED).reduce((sum, { amount }) => sum + amount, 0n);
        const waiting = treasury.committed - parts.reduce((sum, { amount }) => sum + amount, 0n);
        const rows = [
          ...named.map(({ address, amount }) => ({
            key: address ?? "",
            address,
            word: "",
            amount,
          })),
          {
            key: "rest",
            address: null,
            word: `${parts.length - named.length} others`,
            amount: rest,
          },
          { key: "waiting", address: null, word: "not executed yet", amount: waiting },
        ].filter(({ amount }) => amount > 0n);
        return (
          <Scroll label="Who the promised money is for">
            <table className="risk-owed">
              <caption>
                Who the promised <Money value={treasury.committed} /> are for
              </caption>
              <thead>
                <tr>
                  <th scope="col">Recipient</th>
                  <th scope="col" className="number">
                    Still to be paid
                  </th>
                  <th scope="col" className="number">
                    Share
                  </th>
                  <td className="risk-owed-bar" />
                </tr>
              </thead>
              <tbody>
                {rows.map(({ key, address, word, amount }) => (
                  <tr key={key}>
                    <th scope="row">
                      {address === null ? (
                        <span className="muted">{word}</span>
                      ) : (
                        <Name address={address} />
                      )}
                    </th>
                    <td className="number">
                      <Money value={amount} />
                    </td>
                    <td className="number">{format.share(amount, treasury.committed)}</td>
                    <td className="risk-owed-bar" aria-hidden="true">
                      <span
                        style={{ width: `${format.fraction(amount, treasury.committed) * 100}%` }}
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        );
      }}
    </Shown>
  );
}
