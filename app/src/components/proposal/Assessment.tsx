/** What an award would do to the treasury: as things are, and after it. */

import { ActionKind, type Entry, rules, state } from "@community-budget/client";

import type { ShownSlate } from "../../hooks/slate";
import { useCoarseNow } from "../../lib/context";
import * as format from "../../lib/format";
import { category, decisionOn, wins } from "../../lib/words";
import { Scroll } from "../Scroll";
import { Money, Term, Written } from "../Text";

const { Reason } = rules.allocation;
const LIMITS: Readonly<Record<number, string>> = {
  [Reason.OverCap]: "it does not fit what the epoch’s cap leaves",
  [Reason.CategoryFull]: "it does not fit its category’s share of the cap",
  [Reason.ExposureLimit]: "its category’s exposure would exceed its limit",
  [Reason.RunwayFloor]: "the runway would fall below the policy’s floor",
  [Reason.Concentration]: "its recipient would have more of the cap than one may have",
  [Reason.BreakerTripped]: "the breaker has tripped, and nothing is funded",
};

/** Runway in epochs, from hundredths of one. */
function runway(centi: bigint): string {
  return centi === rules.U64_MAX
    ? "no end: nothing flows out"
    : `${format.exactDigits(centi, 2)} epochs`;
}

/** Base units of other entries to the same recipient that would be funded. */
function alsoAwarded({ slate, epoch }: ShownSlate, index: number, entry: Entry): bigint {
  return epoch.slate.slice(0, epoch.entryCount).reduce((sum, other, at) => {
    const same = at !== index && other.action === ActionKind.Award && other.leader === entry.leader;
    return same && wins(decisionOn(slate, at)?.outcome ?? 0) ? sum + other.amount : sum;
  }, 0n);
}

/** See the top of this file. */
export function Assessment({
  shown,
  index,
}: {
  readonly shown: ShownSlate;
  readonly index: number;
}) {
  const { epoch, treasury } = shown;
  const now = useCoarseNow(60n);
  const entry = epoch.slate[index];
  if (entry === undefined) return null;
  if (epoch.settledAt !== 0n) {
    return (
      <p className="muted">
        The epoch is settled: what the risk rules left was applied then, and what was decided stands
        above.
      </p>
    );
  }
  const recipientAwarded = alsoAwarded(shown, index, entry);
  const { amount, category: place } = entry;
  const found = state.funding.assessAsk(
    treasury,
    epoch,
    { amount, category: place, recipientAwarded },
    now,
  );
  const limits = state.funding.limitsAt(treasury, epoch, now);
  const terms = state.policy.positionTerms(epoch.policy, place);
  const atRisk = rules.risk.isRisk(terms);
  const exposure = found.exposureAfter[place] ?? 0n;
  const most = found.exposureLimit[place] ?? 0n;
  const name = <Written>{category(epoch.policy, place)}</Written>;
  const concentrationBefore = format.share(recipientAwarded, epoch.cap);
  return (
    <>
      <div className="assessment-verdict">
        {found.refused === null ? (
          <>
            Taken by itself it fits every limit, and leaves <strong>{found.score} of 100</strong>{" "}
            parts of the scarcest of them.
          </>
        ) : (
          <>
            <strong>Taken by itself it does not fit:</strong> {LIMITS[found.refused] ?? "a limit"}.
          </>
        )}{" "}
        <Term word="How is that measured?">
          <p>
            As the program measures it at settlement, as if nothing else were funded in this epoch:
            the room that it leaves of the cap, of its category, of the exposure limit, of the
            runway and of what one recipient may have. The least of them counts.
          </p>
        </Term>
      </div>
      <Scroll label="Before and after">
        <table className="assessment">
          <caption>Before and after this award</caption>
          <thead>
            <tr>
              <th scope="col">Measure</th>
              <th scope="col">As things are</th>
              <th scope="col">With it</th>
              <th scope="col">Limit</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">Runway</th>
              <td>{runway(found.runwayBeforeCenti)}</td>
              <td>{runway(found.runwayAfterCenti)}</td>
              <td>at least {format.count(epoch.policy.risk.minRunwayEpochs, "epoch")}</td>
            </tr>
            <tr>
              <th scope="row">Share of the cap</th>
              <td>{format.share(0n, 1n)}</td>
              <td>{format.share(amount, epoch.cap)}</td>
              <td>
                <Money value={limits.categoryCaps[place] ?? 0n} /> for {name}
              </td>
            </tr>
            {atRisk ? (
              <tr>
                <th scope="row">Exposure of {name}</th>
                <td>
                  <Money value={exposure - amount} />
                </td>
                <td>
                  <Money value={exposure} />
                </td>
                <td>
                  <Money value={most} />
                </td>
              </tr>
            ) : null}
            <tr>
              <th scope="row">Its recipient’s part of the cap</th>
              <td>{concentrationBefore}</td>
              <td>{format.bps(found.concentrationBps)}</td>
              <td>{format.bps(epoch.policy.risk.maxRecipientBps)}</td>
            </tr>
            <tr>
              <th scope="row">Vault over all promises</th>
              <td>{coverage(treasury.tracked, treasury.committed + treasury.reservedFunds)}</td>
              <td>{format.bps(found.coverageBps)}</td>
              <td className="muted">none</td>
            </tr>
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function coverage(tracked: bigint, promised: bigint): string {
  return promised === 0n ? "nothing is promised" : format.bps((tracked * 10_000n) / promised);
}
