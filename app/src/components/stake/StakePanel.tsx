/** A member's stake: what it weighs and why, and everything that its owner can do with it. */

import type { Address } from "@solana/kit";
import { type Stake, rules, state } from "@community-budget/client";
import { useEffect, useState } from "react";

import { useChain, useCoarseNow, useLoaded } from "../../lib/context";
import * as format from "../../lib/format";
import { SYSTEM_PROGRAM_ADDRESS } from "../../lib/programs";
import { valueOf } from "../../lib/resource";
import { Act } from "../Act";
import { Loading, Shown } from "../States";
import { Amount, Name, Term, WeightShare, When } from "../Text";
import { type Scene, withdrawDeed } from "./deeds";
import { Delegate, Lock, StakeMore, Unstake } from "./Forms";
import { type Weighed, weighed } from "./weigh";
import "./StakePanel.css";

/** See the top of this file. */
export function StakePanel({ owner }: { readonly owner: Address }) {
  const chain = useChain();
  const treasury = useLoaded(chain.treasury);
  const stake = useLoaded(chain.stake(owner));
  const epoch = valueOf(useLoaded(chain.epoch));
  const now = useCoarseNow(10n);
  if (stake.kind === "loading") return <Loading what="your stake" />;
  if (stake.kind !== "ready" && stake.kind !== "absent") {
    return (
      <Shown loaded={stake} what="your stake">
        {() => null}
      </Shown>
    );
  }
  return (
    <Shown loaded={treasury} what="the treasury">
      {(own) => (
        <Panel
          scene={{
            chain,
            treasury: own,
            epoch: epoch !== null && epoch.settledAt === 0n ? epoch : null,
            owner,
            stake: valueOf(stake),
            now,
          }}
        />
      )}
    </Shown>
  );
}

function Panel({ scene }: { readonly scene: Scene }) {
  const { stake } = scene;
  return (
    <>
      {stake === null ? (
        <p>
          You have no stake here. What you stake gives you weight in votes and stays yours; it can
          be taken out after a cool-down that you choose.
        </p>
      ) : (
        <Standing scene={scene} stake={stake} />
      )}
      <div className="stake-deeds">
        <StakeMore scene={scene} />
        {stake === null ? null : (
          <>
            <Unstake scene={scene} stake={stake} />
            <Lock scene={scene} stake={stake} />
            <Delegate scene={scene} stake={stake} />
          </>
        )}
      </div>
    </>
  );
}

/** What is staked, and the weight in the owner's own numbers. */
function Standing({ scene, stake }: { readonly scene: Scene; readonly stake: Stake }) {
  const { chain, treasury, now } = scene;
  const unit = chain.config.stake;
  const at = state.treasury.moment(treasury, now);
  const own = weighed(stake, at);
  return (
    <dl className="facts">
      <div>
        <dt>Staked</dt>
        <dd>
          <Amount value={stake.amount} unit={unit} />
        </dd>
      </div>
      <div>
        <dt>Weight</dt>
        <dd>
          {format.digits(stake.weight, unit.decimals)},{" "}
          <WeightShare weight={stake.weight} of={treasury.totalWeight} /> of all.{" "}
          {stake.dormant === 0 ? (
            <Term word="Why so much?">
              <Why own={own} stake={stake} scene={scene} />
            </Term>
          ) : (
            "It sleeps: nobody voted with it for eight epochs. Anything that you do with it wakes it."
          )}
        </dd>
      </div>
      <div>
        <dt>Cool-down</dt>
        <dd>{format.exactSpan(stake.lockSecs)} from unstaking</dd>
      </div>
      <div>
        <dt>Votes in your place</dt>
        <dd>
          {stake.delegate === SYSTEM_PROGRAM_ADDRESS ? (
            "nobody"
          ) : (
            <>
              <Name address={stake.delegate} copy />, unless you vote yourself
            </>
          )}
        </dd>
      </div>
      <Cooling scene={scene} stake={stake} />
    </dl>
  );
}

/** How a weight comes about. */
function Why({
  own,
  stake,
  scene,
}: {
  readonly own: Weighed;
  readonly stake: Stake;
  readonly scene: Scene;
}) {
  const { chain, treasury, now } = scene;
  const at = state.treasury.moment(treasury, now);
  const record = state.stake.participation(stake);
  const settled = Math.min(at.settledEpochs, rules.weight.STREAK_EPOCHS);
  const epochs = Array.from({ length: settled }, (_, behind) => at.settledEpochs - 1 - behind);
  const voted = epochs.filter((epoch) => rules.weight.tookPart(record, epoch)).length;
  const bracket = 10_000 + own.lockBonusBps + own.streakBonusBps;
  return (
    <>
      <p>
        {format.digits(stake.amount, chain.config.stake.decimals)} tokens × {format.bps(bracket)}:
      </p>
      <ul>
        <li>{format.bps(10_000)} for the tokens themselves;</li>
        <li>
          {format.bps(own.lockBonusBps)} for a cool-down of {format.exactSpan(stake.lockSecs)} (the
          longest, {format.exactSpan(at.lock.maxSecs)}, gives {format.bps(at.lock.bonusBps)});
        </li>
        <li>
          {format.bps(own.streakBonusBps)} for having taken part in {voted} of the last eight epochs
          (all eight give {format.bps(at.streakBonusBps)}). A ballot counts once its record is
          closed after settlement; tokens that came later count less.
        </li>
      </ul>
      {own.weight === stake.weight ? null : (
        <p>Measured now it would weigh {format.digits(own.weight, chain.config.stake.decimals)}.</p>
      )}
    </>
  );
}

function Cooling({ scene, stake }: { readonly scene: Scene; readonly stake: Stake }) {
  const [seen, setSeen] = useState(stake.cooling > 0n);
  useEffect(() => {
    if (stake.cooling > 0n) setSeen(true);
  }, [stake.cooling]);
  // Once shown it stays: its window tells what came of taking it out.
  if (!seen) return null;
  const due = scene.now >= stake.coolingUntil;
  return (
    <div>
      <dt>Cooling</dt>
      <dd>
        {stake.cooling === 0n ? (
          "nothing any more"
        ) : (
          <>
            <Amount value={stake.cooling} unit={scene.chain.config.stake} />,{" "}
            {due ? (
              "ready to be taken out"
            ) : (
              <>
                until <When at={stake.coolingUntil} />
              </>
            )}
          </>
        )}
        <div className="actions">
          <Act
            label="Take it out"
            disabled={!due || stake.cooling === 0n}
            build={() => withdrawDeed(scene)}
          />
        </div>
      </dd>
    </div>
  );
}
