/** The forms of a stake: what each leads to is said before it is signed. */

import { type Address, isAddress } from "@solana/kit";
import { type Stake, rules, state } from "@community-budget/client";
import { type ReactNode, useEffect, useId, useState } from "react";

import { useLoaded } from "../../lib/context";
import * as format from "../../lib/format";
import { SYSTEM_PROGRAM_ADDRESS } from "../../lib/programs";
import { Absent, Resource, valueOf } from "../../lib/resource";
import { Act } from "../Act";
import { Name, WeightShare, When } from "../Text";
import { type Scene, delegateDeed, lockDeed, stakeDeed, tokenAccount, unstakeDeed } from "./deeds";
import { coolsUntil, locks, powerAfter, weighed } from "./weigh";

function Form({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <details className="stake-form">
      <summary>{title}</summary>
      <div className="stake-form-body">{children}</div>
    </details>
  );
}

function AmountField({
  label,
  text,
  setText,
  value,
  most,
  unit,
}: {
  readonly label: string;
  readonly text: string;
  readonly setText: (text: string) => void;
  /** `null` when the text is no amount that is possible. */
  readonly value: bigint | null;
  readonly most: bigint | null;
  readonly unit: { readonly symbol: string; readonly decimals: number };
}) {
  const field = useId();
  const wrong = text !== "" && value === null;
  return (
    <p>
      <label htmlFor={field}>{label}</label>
      <span className="stake-amount">
        <input
          id={field}
          type="text"
          inputMode="decimal"
          value={text}
          aria-invalid={wrong}
          aria-describedby={`${field}-most`}
          onChange={(event) => setText(event.target.value)}
        />{" "}
        {unit.symbol}
        {most === null ? null : (
          <button
            type="button"
            className="plain"
            onClick={() => setText(format.exactDigits(most, unit.decimals))}
          >
            All
          </button>
        )}
      </span>
      <span className={wrong ? "held small" : "muted small"} id={`${field}-most`}>
        {most === null
          ? ""
          : wrong
            ? `An amount above 0 and up to ${format.exactAmount(most, unit)}.`
            : `Up to ${format.exactAmount(most, unit)}.`}
      </span>
    </p>
  );
}

/** What somebody typed, if it is more than nothing and at most `most`. */
function within(text: string, decimals: number, most: bigint | null): bigint | null {
  const value = format.parseAmount(text, decimals);
  return value !== null && value > 0n && (most === null || value <= most) ? value : null;
}

function LockField({
  scene,
  present,
  value,
  choose,
}: {
  readonly scene: Scene;
  readonly present: number | null;
  readonly value: number;
  readonly choose: (lock: number) => void;
}) {
  const field = useId();
  const at = state.treasury.moment(scene.treasury, scene.now);
  return (
    <p>
      <label htmlFor={field}>Cool-down</label>
      <select id={field} value={value} onChange={(event) => choose(Number(event.target.value))}>
        {locks(at, present).map((lock) => (
          <option key={lock} value={lock}>
            {format.exactSpan(lock)}: {format.bps(rules.weight.lockBonusBps(lock, at.lock))} more
            weight
          </option>
        ))}
      </select>
    </p>
  );
}

/** What a change would make of the weight. */
function Preview({
  scene,
  weight,
  children,
}: {
  readonly scene: Scene;
  readonly weight: bigint;
  readonly children?: ReactNode;
}) {
  const before = scene.stake?.weight ?? 0n;
  const all = scene.treasury.totalWeight - before + weight;
  const { decimals } = scene.chain.config.stake;
  return (
    <p aria-live="polite">
      Weight {format.digits(before, decimals)} → <strong>{format.digits(weight, decimals)}</strong>,{" "}
      <WeightShare weight={weight} of={all} /> of all. {children}
    </p>
  );
}

const NO_BALANCE = new Resource<bigint>(() => Promise.reject(new Absent()));

function useBalance(scene: Scene) {
  const { chain, owner } = scene;
  const [where, setWhere] = useState<Address | null>(null);
  useEffect(() => {
    let current = true;
    void tokenAccount({ chain, owner }).then((found) => {
      if (current) setWhere(found);
    });
    return () => {
      current = false;
    };
  }, [chain, owner]);
  const loaded = useLoaded(where === null ? NO_BALANCE : chain.balance(where));
  return where === null ? null : loaded.kind === "absent" ? 0n : valueOf(loaded);
}

/** Stakes, or stakes more. */
export function StakeMore({ scene }: { readonly scene: Scene }) {
  const { chain, stake, treasury, now, epoch } = scene;
  const unit = chain.config.stake;
  const balance = useBalance(scene);
  const at = state.treasury.moment(treasury, now);
  const [text, setText] = useState("");
  const [lock, setLock] = useState(stake?.lockSecs ?? at.lock.minSecs);
  const amount = within(text, unit.decimals, balance);
  const change =
    amount === null
      ? null
      : {
          amount: (stake?.amount ?? 0n) + amount,
          ...(stake === null ? { lockSecs: lock } : {}),
        };
  const late = epoch !== null && at.votingOpened;
  return (
    <Form title={stake === null ? "Stake" : "Stake more"}>
      {balance === 0n ? (
        <p>Your wallet holds no {unit.symbol}. Get some first; then come back and stake it.</p>
      ) : null}
      <AmountField
        label="Amount"
        text={text}
        setText={setText}
        value={amount}
        most={balance}
        unit={unit}
      />
      {stake === null ? (
        <LockField scene={scene} present={null} value={lock} choose={setLock} />
      ) : null}
      {change === null ? null : (
        <Preview scene={scene} weight={weighed(stake, at, change).weight}>
          {late
            ? `It votes from the next epoch on: voting in epoch ${epoch.index} has opened already.`
            : "It votes from the next voting on."}
        </Preview>
      )}
      <Act
        label="Stake"
        disabled={amount === null}
        build={() => stakeDeed(scene, amount ?? 0n, lock)}
        onLanded={() => setText("")}
      />
    </Form>
  );
}

/** Starts the cool-down of staked tokens. */
export function Unstake({ scene, stake }: { readonly scene: Scene; readonly stake: Stake }) {
  const { chain, treasury, now, epoch } = scene;
  const unit = chain.config.stake;
  const at = state.treasury.moment(treasury, now);
  const [text, setText] = useState("");
  const amount = within(text, unit.decimals, stake.amount);
  const weight =
    amount === null ? null : weighed(stake, at, { amount: stake.amount - amount }).weight;
  const voting = epoch !== null && state.epoch.phaseAt(epoch, now) === "Voting";
  return (
    <Form title="Unstake">
      <AmountField
        label="Amount"
        text={text}
        setText={setText}
        value={amount}
        most={stake.amount}
        unit={unit}
      />
      {weight === null ? null : (
        <Preview scene={scene} weight={weight}>
          It can be taken out <When at={coolsUntil(stake, at, treasury.coolingFloorAt)} />.
          {voting ? (
            <>
              {" "}
              In epoch {epoch.index} it has{" "}
              <WeightShare
                weight={powerAfter(stake, epoch.index, weight)}
                of={state.treasury.electorate(treasury, epoch.index)}
              />{" "}
              of all weight left, at once; a ballot that is cast already keeps its own.
            </>
          ) : null}
        </Preview>
      )}
      <Act
        label="Unstake"
        disabled={amount === null}
        build={() => unstakeDeed(scene, amount ?? 0n)}
        onLanded={() => setText("")}
      />
    </Form>
  );
}

/** Chooses another cool-down. */
export function Lock({ scene, stake }: { readonly scene: Scene; readonly stake: Stake }) {
  const at = state.treasury.moment(scene.treasury, scene.now);
  const [lock, setLock] = useState(stake.lockSecs);
  const same = lock === stake.lockSecs;
  return (
    <Form title="Change the cool-down">
      <LockField scene={scene} present={stake.lockSecs} value={lock} choose={setLock} />
      {same ? null : (
        <Preview scene={scene} weight={weighed(stake, at, { lockSecs: lock }).weight}>
          {lock < stake.lockSecs
            ? "The weight falls at once, in this epoch too; the tokens stay as long as if the old cool-down had begun now."
            : "A longer cool-down weighs more, from the next voting on."}
        </Preview>
      )}
      <Act label="Change the cool-down" disabled={same} build={() => lockDeed(scene, lock)} />
    </Form>
  );
}

/** Chooses who may vote in the owner’s place. */
export function Delegate({ scene, stake }: { readonly scene: Scene; readonly stake: Stake }) {
  const field = useId();
  const [text, setText] = useState("");
  const typed = text.trim();
  const delegate = isAddress(typed) ? typed : null;
  const own = delegate === scene.owner;
  const same = delegate === stake.delegate;
  const wrong =
    typed === "" || (delegate !== null && !own && !same)
      ? null
      : own
        ? "That is your own address: you may vote as it is."
        : same
          ? "That is your delegate already."
          : "That is no address.";
  const none = stake.delegate === SYSTEM_PROGRAM_ADDRESS;
  return (
    <Form title="Let somebody vote in your place">
      <p>
        A delegate casts your ballot while you do not. Your own ballot always comes first, and
        nobody but you can move or unstake your tokens.
      </p>
      <p>
        <label htmlFor={field}>Address</label>
        <input
          id={field}
          className="stake-address mono"
          type="text"
          spellCheck={false}
          autoComplete="off"
          value={text}
          aria-invalid={wrong !== null}
          onChange={(event) => setText(event.target.value)}
        />
        <span className={wrong === null ? "small" : "held small"}>
          {wrong ?? (delegate === null ? "" : <Name address={delegate} />)}
        </span>
      </p>
      <div className="actions">
        <Act
          label="Let this address vote"
          disabled={delegate === null || wrong !== null}
          build={() => delegateDeed(scene, delegate)}
          onLanded={() => setText("")}
        />
        <Act
          label="Let nobody"
          primary={false}
          disabled={none}
          build={() => delegateDeed(scene, null)}
        />
      </div>
    </Form>
  );
}
