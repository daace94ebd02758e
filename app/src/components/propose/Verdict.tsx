/** What the rules make of an ask: its tier and what that takes, what it would do, what it costs. */

import { rules, state } from "@community-budget/client";
import { type ReactNode, useMemo } from "react";

import {
  type Ask,
  type Bar,
  type Check,
  type Ground,
  barOf,
  price,
  ruleOf,
  slotsLeft,
} from "../../lib/draft";
import * as format from "../../lib/format";
import * as words from "../../lib/words";
import { Money, Written } from "../Text";
import { Checks } from "./Checks";

const { Reason } = rules.allocation;
const { Tier } = rules.outcome;

/** The tier of an ask, and whether it may be submitted. */
export function Verdict({
  ground,
  ask,
  checks,
}: {
  readonly ground: Ground;
  /** `null` while amount, category, length or reviews are missing. */
  readonly ask: Ask | null;
  readonly checks: readonly Check<string>[];
}) {
  const bar = useMemo(() => (ask === null ? null : barOf(ground, ask)), [ground, ask]);
  return (
    <>
      <section aria-labelledby="verdict-tier">
        <h2 id="verdict-tier">How it will be judged</h2>
        {ask === null || bar === null ? (
          <p className="muted">
            Say how much, of which category and for how long: then this says what it takes.
          </p>
        ) : (
          <BarWords ground={ground} ask={ask} bar={bar} />
        )}
        <Checks checks={checks} />
      </section>
    </>
  );
}

function BarWords({
  ground,
  ask,
  bar,
}: {
  readonly ground: Ground;
  readonly ask: Ask;
  readonly bar: Bar;
}) {
  const { epoch } = ground;
  const limits = state.epoch.limitsOfAsks(epoch);
  if (bar.tier === null) {
    return (
      <div className="notice warn">
        <p>
          <strong>No tier admits it.</strong> Its recipient would ask for{" "}
          <Money value={ask.cumulative} />, and the large limit is <Money value={limits.large} />.
        </p>
      </div>
    );
  }
  const rule = ruleOf(epoch, bar.tier);
  const short = bar.tier > bar.admits;
  const range = [
    <>
      asks up to <Money value={limits.small} /> are small
    </>,
    <>
      asks above <Money value={limits.small} /> and up to <Money value={limits.medium} /> are medium
    </>,
    <>
      asks above <Money value={limits.medium} /> and up to <Money value={limits.large} /> are large
    </>,
  ][rules.outcome.tierOf(limits, ask.cumulative) ?? Tier.Large];
  return (
    <>
      <p className="verdict-tier">
        <strong>A {words.tier(bar.tier)} ask</strong>: {range}
        {bar.lifted.length === 0 ? "" : `; ${bar.lifted.join("; ")}`}.
      </p>
      <ul className="verdict-needs">
        <li>
          <strong>{format.bps(rule.quorumBps)}</strong> of all staked weight must take part, and
          more the more oppose it.
        </li>
        <li>
          <strong>{format.bps(rule.approvalBps)}</strong> of what is for or against must be for.
        </li>
        <li>
          <strong>{format.span(rule.timelockSecs)}</strong> must pass after the vote is settled,
          before the money can start to flow. The guardian can veto it in that time.
        </li>
      </ul>
      {short ? (
        <div className="notice warn">
          <p>
            As it is it could not be funded: a {words.tier(bar.tier)} ask streams for{" "}
            {format.span(bar.leastSecs)} or longer, with{" "}
            {format.count(rule.minCheckpoints, "review")} or more.
          </p>
        </div>
      ) : null}
    </>
  );
}

/** What it would do to the treasury, and what stands beside it. */
export function Effect({ ground, ask }: { readonly ground: Ground; readonly ask: Ask }) {
  const { treasury, epoch, now } = ground;
  const found = useMemo(() => {
    const { category, amount, cumulative } = ask;
    const with_ = (value: bigint, before: bigint) =>
      state.funding.assessAsk(
        treasury,
        epoch,
        { category, amount: value, recipientAwarded: before },
        now,
      );
    return { before: with_(0n, 0n), after: with_(ask.amount, cumulative - amount) };
  }, [treasury, epoch, now, ask]);
  const { before, after } = found;
  const name = words.category(epoch.policy, ask.category);
  const limit = after.exposureLimit[ask.category] ?? 0n;
  const risky = limit !== rules.U64_MAX;
  const minRunway = epoch.policy.risk.minRunwayEpochs;
  return (
    <section aria-labelledby="verdict-effect">
      <h2 id="verdict-effect">What it would do</h2>
      <p>
        {after.refused === null ? (
          <>
            <strong className="funded">It would fit</strong>, if nothing ranked above it: score{" "}
            {after.score} of 100, the scarcest of what it leaves.
          </>
        ) : (
          <>
            <strong className="held">It would not fit</strong> even alone:{" "}
            {refusedWords(ground, ask, after.refused)}.
          </>
        )}
      </p>
      <table className="verdict-table">
        <caption>
          The treasury before it and after it{ground.open ? "" : ", by today’s figures"}
        </caption>
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col" className="number">
              before
            </th>
            <th scope="col" className="number">
              after
            </th>
            <th scope="col" className="number">
              limit
            </th>
          </tr>
        </thead>
        <tbody>
          <Row
            name="Runway"
            before={epochsOf(before.runwayBeforeCenti)}
            after={epochsOf(after.runwayAfterCenti)}
            limit={minRunway === 0 ? "none" : `${minRunway} at least`}
          />
          <Row
            name="Vault over promises"
            before={coverage(before.coverageBps)}
            after={coverage(after.coverageBps)}
            limit="100 % at least"
          />
          {risky ? (
            <Row
              name={
                <>
                  At risk in <Written>{name}</Written>
                </>
              }
              before={<Money value={before.exposureAfter[ask.category] ?? 0n} />}
              after={<Money value={after.exposureAfter[ask.category] ?? 0n} />}
              limit={<Money value={limit} />}
            />
          ) : null}
          <Row
            name="Recipient’s share of the cap"
            before={format.share(ask.cumulative - ask.amount, epoch.cap)}
            after={format.share(ask.cumulative, epoch.cap)}
            limit={format.bps(epoch.policy.risk.maxRecipientBps)}
          />
        </tbody>
      </table>
      <Beside ground={ground} ask={ask} />
    </section>
  );
}

function Row({
  name,
  before,
  after,
  limit,
}: {
  readonly name: ReactNode;
  readonly before: ReactNode;
  readonly after: ReactNode;
  readonly limit: ReactNode;
}) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="number">{before}</td>
      <td className="number">{after}</td>
      <td className="number muted">{limit}</td>
    </tr>
  );
}

function epochsOf(centi: bigint): string {
  if (centi === rules.U64_MAX) return "no end";
  // Further than anybody plans is said in whole epochs.
  if (centi >= 10_000n) return format.count(centi / 100n, "epoch");
  return `${format.exactDigits(centi / 10n, 1)}\u00a0epochs`;
}

function coverage(bps: bigint): string {
  if (bps === rules.U64_MAX) return "no promises";
  return `${format.exactDigits(bps / 100n, 0)}\u202f%`;
}

function refusedWords(ground: Ground, ask: Ask, reason: number): string {
  const { epoch, budget, treasury, now } = ground;
  const { risk, cap } = state.funding.limitsAt(treasury, epoch, now);
  const amount = (value: bigint | undefined) => format.amount(value ?? 0n, budget);
  switch (reason) {
    case Reason.OverCap:
      return `the cap of the epoch is ${amount(cap)}`;
    case Reason.CategoryFull:
      return `its category’s share of the cap is ${amount(epoch.categoryCaps[ask.category])}`;
    case Reason.ExposureLimit:
      return `its category may put ${amount(risk.exposureRooms[ask.category])} more at risk`;
    case Reason.RunwayFloor:
      return `the runway’s floor leaves ${amount(risk.runwayRoom)} for this epoch`;
    case Reason.Concentration:
      return `one recipient may have ${amount(risk.recipientCap)} of the cap`;
    case Reason.BreakerTripped:
      return "the breaker has tripped, and while it has no award is funded";
    default:
      return "a limit of the policy is in its way";
  }
}

/** What it would compete with. */
function Beside({ ground, ask }: { readonly ground: Ground; readonly ask: Ask }) {
  const { epoch, treasury, now, open } = ground;
  const slate = epoch.slate.slice(0, epoch.entryCount);
  const asked = slate.filter((entry) => entry.action === 0 && entry.outcome === 0);
  const inCategory = asked.filter(({ category }) => category === ask.category);
  const sum = (entries: typeof asked) => entries.reduce((all, { amount }) => all + amount, 0n);
  const share = epoch.categoryCaps[ask.category] ?? 0n;
  const allocation = useMemo(
    () => (open ? state.funding.settleNow(treasury, epoch, now).allocation : null),
    [open, treasury, epoch, now],
  );
  const name = words.category(epoch.policy, ask.category);
  const others = sum(asked);
  return (
    <p>
      {allocation !== null && allocation.funded > 0 ? (
        <>
          If voting closed now, {format.count(allocation.funded, "ask")} would be funded with{" "}
          <Money value={allocation.allocated} />.{" "}
        </>
      ) : null}
      {asked.length === 0 ? (
        <>
          {open ? "Nobody else has asked yet." : "The next slate is empty."} The cap is{" "}
          <Money value={epoch.cap} />, of which <Written>{name}</Written> may take{" "}
          <Money value={share} />.
        </>
      ) : (
        <>
          With it {format.count(asked.length + 1, "ask")} compete for a cap of{" "}
          <Money value={epoch.cap} />, and ask for <Money value={others + ask.amount} /> in all; in{" "}
          <Written>{name}</Written> <Money value={sum(inCategory) + ask.amount} /> of{" "}
          <Money value={share} />. Those with the most weight for over against come first.
        </>
      )}
    </p>
  );
}

/** What the slot takes, now and later. */
export function Cost({ ground }: { readonly ground: Ground }) {
  const { fee, bond } = price(ground);
  const { capacity, slotFee, spamSupportBps } = ground.epoch.policy.slate;
  const { entryCount } = ground.epoch;
  const quarter = Math.floor(capacity / 4);
  const toNext = quarter - (entryCount % quarter);
  return (
    <section aria-labelledby="verdict-cost">
      <h2 id="verdict-cost">What it costs</h2>
      <dl className="facts">
        <div>
          <dt>Slot fee</dt>
          <dd>
            <Money value={fee} />, kept by the treasury
            {slotFee > 0n && slotsLeft(ground) > 0 ? (
              <span className="muted">
                {" "}
                · doubles after {format.count(toNext, "more slot")}: the slate fills by quarters
              </span>
            ) : null}
          </dd>
        </div>
        <div>
          <dt>Bond</dt>
          <dd>
            <Money value={bond} />
            {bond === 0n
              ? ""
              : `, back when the proposal is closed; lost only if it fails with less than ${format.bps(spamSupportBps)} of all weight for it`}
          </dd>
        </div>
        <div>
          <dt>Slots</dt>
          <dd>
            {entryCount} of {capacity} taken; the last {quarter} are for acts only
          </dd>
        </div>
      </dl>
    </section>
  );
}
