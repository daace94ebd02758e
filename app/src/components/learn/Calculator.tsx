/** What a stake would weigh, and what it could do: with the visitor's own stake or a typed one. */

import { type Stake, rules, state } from "@community-budget/client";
import { useId, useMemo, useState } from "react";

import { useCell } from "../../lib/cell";
import { useChain } from "../../lib/context";
import * as format from "../../lib/format";
import type { Figures } from "../../lib/glossary";
import { valueOf } from "../../lib/resource";
import { useVisitor } from "../../lib/wallet";

const DAY = 86_400;

export function Calculator({ figures }: { readonly figures: Figures }) {
  const visitor = useVisitor();
  return visitor === null ? (
    <Sum figures={figures} own={null} about="Connect a wallet to begin with your own stake." />
  ) : (
    <Own key={visitor.address} figures={figures} />
  );
}

function Own({ figures }: { readonly figures: Figures }) {
  const chain = useChain();
  const stakes = useCell(chain.stakes);
  const visitor = useVisitor();
  const own = valueOf(stakes)?.find(({ data }) => data.owner === visitor?.address)?.data ?? null;
  // Not before it is known whether there is a stake: fields do not change under the hand.
  if (stakes.kind === "loading") return <p className="muted">Reading your stake…</p>;
  const about = own === null ? "You have no stake yet." : "It begins with your own stake.";
  return <Sum figures={figures} own={own} about={about} />;
}

function Sum({
  figures,
  own,
  about,
}: {
  readonly figures: Figures;
  readonly own: Stake | null;
  /** Where its first figures come from. */
  readonly about: string;
}) {
  const { treasury, stake: unit, epoch, budget, now } = figures;
  const id = useId();
  const at = useMemo(() => state.treasury.moment(treasury, now), [treasury, now]);
  const { minSecs, maxSecs } = at.lock;
  const [amount, setAmount] = useState(
    own === null ? "10,000" : format.exactDigits(own.amount, unit.decimals),
  );
  const [days, setDays] = useState(Math.round((own?.lockSecs ?? minSecs) / DAY));
  const [streak, setStreak] = useState(
    own === null
      ? 0
      : Math.round(
          (rules.weight.streakBps(state.stake.participation(own), at.settledEpochs) * 8) / 10_000,
        ),
  );
  const tokens = format.parseAmount(amount, unit.decimals);
  const lock = rules.weight.lockBonusBps(days * DAY, at.lock);
  const bonus = rules.weight.streakBonusBps(Math.floor((streak * 10_000) / 8), at.streakBonusBps);
  const weight = tokens === null ? null : rules.weight.weight(tokens, lock, bonus);
  const others = treasury.totalWeight - (own?.weight ?? 0n);
  const pool = epoch?.rewardPool ?? 0n;
  const longest = Math.max(Math.floor(minSecs / DAY), Math.floor(maxSecs / DAY));
  return (
    <div className="calculator">
      <div className="calculator-fields">
        <p>
          <label htmlFor={`${id}-amount`}>Staked, in {unit.symbol}</label>
          <input
            id={`${id}-amount`}
            type="text"
            inputMode="decimal"
            value={amount}
            aria-invalid={tokens === null}
            aria-describedby={`${id}-sum`}
            onChange={(event) => setAmount(event.target.value)}
          />
        </p>
        <p>
          <label htmlFor={`${id}-days`}>
            Cool-down: <strong>{format.count(days, "day")}</strong>
          </label>
          <input
            id={`${id}-days`}
            type="range"
            min={Math.ceil(minSecs / DAY)}
            max={longest}
            value={days}
            onChange={(event) => setDays(Number(event.target.value))}
          />
        </p>
        <p>
          <label htmlFor={`${id}-streak`}>
            Took part in: <strong>{streak} of the last 8 epochs</strong>
          </label>
          <input
            id={`${id}-streak`}
            type="range"
            min={0}
            max={8}
            value={streak}
            onChange={(event) => setStreak(Number(event.target.value))}
          />
        </p>
      </div>
      <p role="status" id={`${id}-sum`} className="calculator-sum">
        {weight === null || tokens === null ? (
          "That is no amount: write digits, for example 10,000."
        ) : (
          <>
            It weighs <strong>{format.digits(weight, unit.decimals)}</strong>:{" "}
            {format.digits(tokens, unit.decimals)} tokens, {format.bps(lock)} more for the
            cool-down, {format.bps(bonus)} for the streak. That is{" "}
            <strong>{format.share(weight, others + weight)}</strong> of all weight
            {own === null ? " if nobody else staked besides" : ""}
            {pool === 0n ? (
              "."
            ) : (
              <>
                , and earns about {format.amount((pool * weight) / (others + weight || 1n), budget)}{" "}
                for a vote in epoch {epoch?.index}.
              </>
            )}
          </>
        )}
      </p>
      <p className="small muted">
        {about} Added tokens took part in nothing yet, so they thin out a streak.
      </p>
    </div>
  );
}
