/** The parts of the page on participation: each answers one question, its sentence first. */

import { type Epoch, state } from "@community-budget/client";
import { useMemo } from "react";

import { useConfig } from "../../lib/context";
import * as format from "../../lib/format";
import {
  type Few,
  type Group,
  type Member,
  type Place,
  delegates,
  fewWho,
  giniBps,
  groupsOf,
  hands,
  rewardsOf,
  streaks,
  top,
  voted,
  weightOf,
} from "../../lib/participation";
import { Scroll } from "../Scroll";
import { Money, Name, WeightShare, When } from "../Text";
import { Bar } from "./Bar";
import { Lorenz } from "./Lorenz";

/** How few pass a large ask, said out loud: `3 holders together pass any large ask that nobody opposes.` */
export function FewSentence({
  few: { passLarge },
  members,
}: {
  readonly few: Few;
  /** Heaviest first. */
  readonly members: readonly Member[];
}) {
  const [heaviest] = members;
  if (passLarge === null || heaviest === undefined) {
    return <>Not even all holders together reach the quorum of a large ask.</>;
  }
  return passLarge === 1 ? (
    <>
      One holder, <Name address={heaviest.owner} />, alone passes any large ask that nobody opposes.
    </>
  ) : (
    <>{passLarge} holders together pass any large ask that nobody opposes.</>
  );
}

export function GroupsSection({
  members,
  index,
}: {
  readonly members: readonly Member[];
  readonly index: number;
}) {
  const groups = useMemo(() => groupsOf(members), [members]);
  const { stake } = useConfig();
  const [first, last] = [groups[0], groups.at(-1)];
  if (first === undefined || last === undefined || groups.length < 2) return null;
  const head = ({ voters, members: all }: Group) => format.shareBps(BigInt(voters), BigInt(all));
  const more = head(last) > head(first);
  return (
    <section aria-labelledby="groups">
      <h2 id="groups">Small and large holders</h2>
      <p>
        Of the lightest {format.count(first.members, "staker")}{" "}
        {format.share(BigInt(first.voters), BigInt(first.members))} took part, of the heaviest{" "}
        {last.members} {format.share(BigInt(last.voters), BigInt(last.members))}:{" "}
        {head(last) === head(first)
          ? "both alike."
          : more
            ? "large holders vote more often."
            : "small holders vote more often."}
      </p>
      <Scroll label="Groups of stakers">
        <table className="participation-table">
          <caption>
            Epoch {index}: five groups of equal number, lightest first; the weights are those of{" "}
            {stake.symbol} with their bonus
          </caption>
          <thead>
            <tr>
              <th scope="col">Group</th>
              <th scope="col">Took part, by head</th>
              <th scope="col">by weight</th>
              <th scope="col" className="number">
                Its share of all weight
              </th>
            </tr>
          </thead>
          <tbody>
            {groups.map((group, at) => (
              <tr key={at}>
                <th scope="row">
                  {GROUPS[at] ?? `group ${at + 1}`}
                  <span className="small muted participation-range">
                    {format.short(group.from, stake.decimals)} to{" "}
                    {format.short(group.to, stake.decimals)}
                  </span>
                </th>
                <td>
                  <Bar part={BigInt(group.voters)} whole={BigInt(group.members)} />
                </td>
                <td>
                  <Bar part={group.votedWeight} whole={group.weight} hatched />
                </td>
                <td className="number">{format.share(group.weight, weightOf(members))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

const GROUPS = ["lightest fifth", "second", "middle", "fourth", "heaviest fifth"];

export function ConcentrationSection({
  members,
  epoch,
}: {
  readonly members: readonly Member[];
  readonly epoch: Epoch;
}) {
  const weights = useMemo(() => members.map(({ weight }) => weight), [members]);
  const [byOwner, byHand] = useMemo(
    () => [fewWho(weights, epoch), fewWho(hands(members), epoch)],
    [weights, members, epoch],
  );
  const gini = useMemo(() => giniBps(weights), [weights]);
  const total = weightOf(members);
  const number = (few: number | null) => (few === null ? "none" : few.toLocaleString("en-GB"));
  const rows: readonly (readonly [string, keyof Few])[] = [
    ["pass a large ask that nobody opposes", "passLarge"],
    ["keep any large ask from passing", "block"],
    ["have more than half of all weight (Nakamoto coefficient)", "half"],
    ["pass a large ask against everybody else", "force"],
  ];
  return (
    <section aria-labelledby="concentration">
      <h2 id="concentration">How few decide</h2>
      <p>
        <strong>
          <FewSentence few={byOwner} members={members} />
        </strong>{" "}
        The ten heaviest have {format.share(top(weights, 10), total)} of all weight. The Gini
        coefficient is {format.exactDigits(gini / 100n, 2)}: 0 would be all alike, 1 everything in
        one hand.
      </p>
      <div className="participation-two">
        <Scroll label="The least number who together can">
          <table className="participation-table">
            <caption>The least number who together can</caption>
            <thead>
              <tr>
                <th scope="col">Together they</th>
                <th scope="col" className="number">
                  holders
                </th>
                <th scope="col" className="number">
                  with what is delegated
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(([words, key]) => (
                <tr key={key}>
                  <th scope="row">{words}</th>
                  <td className="number">{number(byOwner[key])}</td>
                  <td className="number">{number(byHand[key])}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
        <Lorenz weights={weights} />
      </div>
    </section>
  );
}

export function DelegationSection({ members }: { readonly members: readonly Member[] }) {
  const all = useMemo(() => delegates(members), [members]);
  const total = weightOf(members);
  const given = all.reduce((sum, { weight }) => sum + weight, 0n);
  const owners = all.reduce((sum, one) => sum + one.owners, 0);
  const shown = all.slice(0, 10);
  return (
    <section aria-labelledby="delegation">
      <h2 id="delegation">Delegation</h2>
      {all.length === 0 ? (
        <p>Nobody has given the vote into other hands.</p>
      ) : (
        <>
          <p>
            {format.count(owners, "staker")} {owners === 1 ? "has" : "have"} given{" "}
            {format.share(given, total)} of all weight into the hands of{" "}
            {format.count(all.length, "delegate")}. An owner can still vote in person, and that
            ballot replaces the delegate’s.
          </p>
          <Scroll label="Delegates">
            <table className="participation-table">
              <caption>
                {all.length > shown.length ? "The ten largest delegates" : "The delegates"}
              </caption>
              <thead>
                <tr>
                  <th scope="col">Delegate</th>
                  <th scope="col" className="number">
                    from
                  </th>
                  <th scope="col" className="number">
                    of all weight
                  </th>
                  <th scope="col">cast by the delegate</th>
                  <th scope="col" className="number">
                    by owners in person
                  </th>
                </tr>
              </thead>
              <tbody>
                {shown.map(({ delegate, owners: from, weight, cast, inPerson, forgotten }) => (
                  <tr key={delegate}>
                    <th scope="row">
                      <Name address={delegate} />
                    </th>
                    <td className="number">{from}</td>
                    <td className="number">
                      <WeightShare weight={weight} of={total} />
                    </td>
                    {forgotten > 0n ? (
                      <td colSpan={2} className="muted">
                        {format.share(forgotten, weight)} took part; by whose hand is not known any
                        more
                      </td>
                    ) : (
                      <>
                        <td>
                          <Bar part={cast} whole={weight} />
                        </td>
                        <td className="number">{format.share(inPerson, weight)}</td>
                      </>
                    )}
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </>
      )}
    </section>
  );
}

export function StreakSection({
  members,
  settled,
}: {
  readonly members: readonly Member[];
  readonly settled: number;
}) {
  const counts = useMemo(() => streaks(members, settled), [members, settled]);
  const most = counts.length - 1;
  return (
    <section aria-labelledby="streaks">
      <h2 id="streaks">Streaks</h2>
      {most === 0 ? (
        <p>No epoch has been settled yet, so nobody has a streak.</p>
      ) : (
        <>
          <p>
            {format.count(counts[most] ?? 0, "staker")} of {members.length} took part in{" "}
            {most === 1
              ? "the only epoch settled so far"
              : `each of the last ${most} settled epochs`}
            . A full streak of eight adds the whole streak bonus to one’s weight. A ballot counts
            once its record has been closed, which anybody can do after the vote.
          </p>
          <Scroll label="Epochs that stakers took part in">
            <table className="participation-table participation-narrow">
              <caption>Settled epochs that one took part in, of the last {most}</caption>
              <thead>
                <tr>
                  <th scope="col">Epochs</th>
                  <th scope="col">Stakers</th>
                  <th scope="col" className="number">
                    Number
                  </th>
                </tr>
              </thead>
              <tbody>
                {counts.map((count, epochs) => (
                  <tr key={epochs}>
                    <th scope="row">{epochs}</th>
                    <td>
                      <Bar part={BigInt(count)} whole={BigInt(members.length)} />
                    </td>
                    <td className="number">{count}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </>
      )}
    </section>
  );
}

export function RewardSection({ epoch }: { readonly epoch: Epoch }) {
  const { pool, paid, left, perPercent, gate, votable } = rewardsOf(epoch);
  const settled = epoch.settledAt !== 0n;
  return (
    <section aria-labelledby="rewards">
      <h2 id="rewards">Rewards</h2>
      {pool === 0n ? (
        <p>Epoch {epoch.index} pays nothing for taking part.</p>
      ) : (
        <>
          <p>
            Epoch {epoch.index} pays <Money value={pool} /> for taking part, never for a side:{" "}
            <Money value={perPercent} /> for each percent of all weight.
          </p>
          <dl className="facts">
            <div>
              <dt>Who earns it</dt>
              <dd>
                {votable === 0 ? (
                  <>
                    ballots that choose on {format.bps(epoch.policy.budget.participationGateBps)} of
                    the entries or more; abstaining counts
                  </>
                ) : (
                  <>
                    ballots that choose on {gate} or more of the {votable} entries; abstaining
                    counts
                  </>
                )}
              </dd>
            </div>
            <div>
              <dt>Paid so far</dt>
              <dd>
                <Money value={paid} />
              </dd>
            </div>
            <div>
              <dt>{settled ? "Unclaimed" : "Set aside"}</dt>
              <dd>
                <Money value={left} />
                {settled ? (
                  <>
                    , claimable until <When at={state.epoch.claimsEndAt(epoch)} />, then the vault’s
                    again
                  </>
                ) : (
                  "; what nobody earns returns to the vault"
                )}
              </dd>
            </div>
          </dl>
        </>
      )}
    </section>
  );
}

/** What the visitor is in all this. */
export function YouSection({
  place,
  members,
  index,
  epoch,
  settled,
}: {
  readonly place: Place | null;
  readonly members: readonly Member[];
  /** Position of the epoch whose vote is looked at. */
  readonly index: number;
  /** The present epoch. */
  readonly epoch: Epoch;
  readonly settled: number;
}) {
  if (place === null) {
    return (
      <p className="notice">
        You have no stake that could vote in epoch {index}. What is staked before voting opens
        counts from that vote on.
      </p>
    );
  }
  const { member, rank, shareBps } = place;
  const { gate } = rewardsOf(epoch);
  const reward = (epoch.rewardPool * member.weight) / (weightOf(members) || 1n);
  const earns = index === epoch.index && voted(member) && member.covered >= gate;
  return (
    <div className="notice participation-you">
      <p>
        <strong>
          You: {format.bps(shareBps)} of all weight, {format.ordinal(rank)} of {members.length}.
        </strong>{" "}
        {member.delegate === null ? (
          ""
        ) : (
          <>
            Your delegate is <Name address={member.delegate} />.{" "}
          </>
        )}
        {voted(member)
          ? member.took === "delegate"
            ? `Your delegate cast your ballot in epoch ${index}.`
            : `You took part in epoch ${index}.`
          : `You have not voted in epoch ${index}.`}{" "}
        {settled === 0
          ? ""
          : `You took part in ${member.streak} of the last ${format.count(settled, "settled epoch")}. `}
        {epoch.rewardPool === 0n || epoch.settledAt !== 0n ? (
          ""
        ) : earns ? (
          <>
            Your ballot earns about <Money value={reward} />.
          </>
        ) : (
          <>
            A ballot on {epoch.votableCount === 0 ? "enough" : gate} entries{" "}
            {epoch.votableCount === 0 ? "" : "or more "}would earn about <Money value={reward} /> in
            epoch {epoch.index}.
          </>
        )}
      </p>
    </div>
  );
}
