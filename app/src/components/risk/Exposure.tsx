/** What is at risk, category by category, against what each may put at risk. */

import { ActionKind, type Treasury } from "@community-budget/client";

import type { ShownSlate } from "../../hooks/slate";
import { useConfig, useNow } from "../../lib/context";
import * as format from "../../lib/format";
import { type Holding, holdingsOf, levelBelow, nextOpeningAt } from "../../lib/health";
import { categoryName, decisionOn, wins } from "../../lib/words";
import { Gauge } from "../Gauge";
import { Scroll } from "../Scroll";
import { Money, MoneyFigure, Term, When, Written } from "../Text";
import { Measure } from "./Limits";

/** See the top of this file. */
export function Exposure({
  treasury,
  shown,
}: {
  readonly treasury: Treasury;
  /** `null` while there is no epoch to show. */
  readonly shown: ShownSlate | null;
}) {
  const { budget } = useConfig();
  const holdings = holdingsOf(treasury);
  const { categories, categoryCount } = treasury.inForce.risk;
  const spent = categories.slice(0, categoryCount).flatMap((own, category) => {
    const held = holdings.some((holding) => holding.category === category);
    return held ? [] : [{ category, name: categoryName(own) }];
  });
  return (
    <section aria-labelledby="exposure">
      <h2 id="exposure">What is at risk</h2>
      <ExposureSentence holdings={holdings} />
      {holdings.length === 0 ? null : (
        <div className="risk-holdings">
          {holdings.map((holding) => (
            <HoldingMeasure key={holding.category} holding={holding} treasury={treasury} />
          ))}
        </div>
      )}
      {spent.length === 0 ? null : (
        <Scroll label="Categories without a limit on exposure">
          <table className="risk-spent">
            <caption>
              Categories without a limit on exposure: their money is spent for good. Amounts in{" "}
              {budget.symbol}
            </caption>
            <thead>
              <tr>
                <th scope="col">Category</th>
                <th scope="col" className="number">
                  {shown?.epoch.settledAt === 0n ? "Would get now" : "Got"}
                </th>
                <th scope="col" className="number">
                  At most
                </th>
              </tr>
            </thead>
            <tbody>
              {spent.map(({ category, name }) => (
                <tr key={category}>
                  <th scope="row">
                    <Written>{name}</Written>
                  </th>
                  <td className="number">
                    {shown === null ? "–" : <MoneyFigure value={awardedIn(shown, category)} />}
                  </td>
                  <td className="number">
                    {shown === null ? (
                      "–"
                    ) : (
                      <MoneyFigure value={shown.epoch.categoryCaps[category] ?? 0n} />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

function awardedIn({ slate, epoch }: ShownSlate, category: number): bigint {
  return epoch.slate.slice(0, epoch.entryCount).reduce((sum, entry, index) => {
    const decision = decisionOn(slate, index);
    const won =
      entry.action === ActionKind.Award &&
      entry.category === category &&
      decision !== null &&
      wins(decision.outcome);
    return won ? sum + entry.amount : sum;
  }, 0n);
}

function ExposureSentence({ holdings }: { readonly holdings: readonly Holding[] }) {
  const total = (pick: (holding: Holding) => bigint) =>
    holdings.reduce((sum, holding) => sum + pick(holding), 0n);
  if (holdings.length === 0) {
    return <p>Nothing is at risk: every category of the policy is spent for good.</p>;
  }
  return (
    <p>
      <strong>
        <Money value={total((one) => one.exposure)} />
      </strong>{" "}
      could be lost in {format.count(holdings.length, "category", "categories")}. The treasury’s
      value counts <Money value={total((one) => one.value)} /> for it.
    </p>
  );
}

function HoldingMeasure({
  holding,
  treasury,
}: {
  readonly holding: Holding;
  readonly treasury: Treasury;
}) {
  const { name, exposure, limit, limitBps, derivative } = holding;
  const level = levelBelow(exposure, limit);
  const word = { fine: "within its limit", near: "close to its limit", beyond: "beyond its limit" };
  const scale = exposure > limit ? exposure : limit;
  return (
    <div className="risk-grid">
      <Measure
        title={
          <>
            <Written>{name}</Written>{" "}
            <span className="tag">{derivative ? "derivative" : "hedge"}</span>
          </>
        }
        level={level}
        word={word[level]}
        figure={
          <>
            <strong>
              <Money value={exposure} />
            </strong>{" "}
            of <Money value={limit} /> ({format.share(exposure, limit)})
          </>
        }
        gauge={
          <Gauge
            name={`Exposure of ${name}`}
            words={`${format.share(exposure, limit)} of its limit`}
            value={format.fraction(exposure, scale)}
            level={level}
            limit={exposure > limit ? { at: format.fraction(limit, scale), word: "limit" } : null}
            end={`limit: ${format.bps(limitBps)} of the treasury’s value`}
          />
        }
      >
        {exposure < limit ? (
          <>
            Awards may put <Money value={limit - exposure} /> more at risk here.
          </>
        ) : (
          "No award of this category fits before some of it comes back, or the limit grows."
        )}
      </Measure>
      <HoldingFacts holding={holding} treasury={treasury} />
    </div>
  );
}

function HoldingFacts({
  holding,
  treasury,
}: {
  readonly holding: Holding;
  readonly treasury: Treasury;
}) {
  const { pending, cost, mark, markedAt, reported, value, haircutBps, stale, countsUntil } =
    holding;
  const now = useNow();
  const age = treasury.inForce.risk.markAgeSecs;
  const nothing = cost === 0n && mark === 0n;
  return (
    <dl className="facts risk-facts">
      <div>
        <dt>
          <Term word="Principal">
            What was awarded less what came back: it falls by tokens received, or by a vote that
            writes them off.
          </Term>
        </dt>
        <dd>
          <Money value={pending + cost} />{" "}
          <span className="muted small">
            <Money value={cost} /> paid out, <Money value={pending} /> still in the vault
          </span>
        </dd>
      </div>
      <div>
        <dt>Mark</dt>
        <dd>
          {nothing ? (
            "nothing is out"
          ) : (
            <>
              <Money value={mark} />{" "}
              <span className="muted small">
                {format.span(now - markedAt)} old; {versus(mark, cost)}
              </span>
            </>
          )}
        </dd>
      </div>
      {reported === null ? null : (
        <div>
          <dt>Reported</dt>
          <dd>
            <Money value={reported.mark} />{" "}
            <span className="muted small">
              <When at={reported.at} />; counts from the next epoch on
            </span>
          </dd>
        </div>
      )}
      <div>
        <dt>Counts for</dt>
        <dd>
          {stale ? (
            <span className="held">
              nothing: its mark was too old when the epoch opened (limit {format.span(age)})
            </span>
          ) : (
            <>
              <Money value={value} />{" "}
              <span className="muted small">
                the lower of cost and mark, less {format.bps(haircutBps)}
              </span>
            </>
          )}
        </dd>
      </div>
      {nothing ? null : (
        <div>
          <dt>{countsUntil !== null && now > countsUntil ? "Too old since" : "Too old from"}</dt>
          <dd>
            <Staleness holding={holding} treasury={treasury} />
          </dd>
        </div>
      )}
    </dl>
  );
}

/** Until when the mark counts, and what that means for the next epoch. */
function Staleness({
  holding,
  treasury,
}: {
  readonly holding: Holding;
  readonly treasury: Treasury;
}) {
  const { countsUntil } = holding;
  if (countsUntil === null) return null;
  const opensAt = nextOpeningAt(treasury);
  const late = countsUntil < opensAt;
  return (
    <>
      <When at={countsUntil} />{" "}
      <span className={late ? "held small" : "muted small"}>
        {late
          ? "it counts in this epoch; in the next one it counts for nothing, unless it is marked anew"
          : "an epoch that opens before still counts it"}
      </span>
    </>
  );
}

function versus(mark: bigint, cost: bigint): string {
  if (cost === 0n) return "all of its cost has come back";
  if (mark === cost) return "as much as it cost";
  const [word, difference] = mark > cost ? ["more", mark - cost] : ["less", cost - mark];
  return `${format.share(difference, cost)} ${word} than it cost`;
}
