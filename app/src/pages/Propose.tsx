/** Propose: an ask for money or an act, judged while it is written. */

import { type KeyboardEvent, useCallback, useMemo, useRef } from "react";

import { ActForm } from "../components/propose/ActForm";
import { AskForm } from "../components/propose/AskForm";
import { Opening } from "../components/propose/Opening";
import { Shown } from "../components/States";
import { useChain, useCoarseNow, useLoaded } from "../lib/context";
import { type Ground, groundOf } from "../lib/draft";
import { valueOf } from "../lib/resource";
import { useHash } from "../lib/router";
import "./Propose.css";

const TABS = [
  ["ask", "Ask for money"],
  ["act", "Propose an act"],
] as const;
type Tab = (typeof TABS)[number][0];

/** A minute is fine enough for what time changes of an assessment. */
const STEP = 60n;

export default function Propose() {
  const chain = useChain();
  const treasury = useLoaded(chain.treasury);
  const epoch = useLoaded(chain.epoch);
  const coarse = useCoarseNow(STEP);
  const { budget, stake, treasury: address } = chain.config;
  // A phase ends within a minute, not with it.
  const opensAt = valueOf(epoch)?.votingOpensAt ?? 0n;
  const now = opensAt > coarse && chain.clock.now() >= opensAt ? opensAt : coarse;
  const ground = useMemo(() => {
    if (treasury.kind !== "ready" || epoch.kind !== "ready") return null;
    return groundOf(treasury.value, address, epoch.value, now, { budget, stake });
  }, [treasury, epoch, now, address, budget, stake]);
  const live = useCallback((): Ground => {
    const [own, present] = [valueOf(chain.treasury.get()), valueOf(chain.epoch.get())];
    if (own === null || present === null) throw new Error("The treasury is not read yet.");
    return groundOf(own, address, present, chain.clock.now(), { budget, stake });
  }, [chain, address, budget, stake]);
  // In the address, so that it can be linked to and outlives the connecting of a wallet.
  const tab: Tab = /^#?\/?propose\/act\b/.test(useHash()) ? "act" : "ask";
  return (
    <>
      <h1>Propose</h1>
      <Shown loaded={treasury} what="the treasury">
        {() => (
          <Shown
            loaded={epoch}
            what="the epoch"
            absent={
              <>
                <p>No epoch has been opened yet, so nothing can be proposed.</p>
                <p>Anybody may open the first one; the overview says from when.</p>
              </>
            }
          >
            {(present) =>
              ground === null ? null : (
                <>
                  <Opening ground={ground} present={present} />
                  <Tabs tab={tab} />
                  <div role="tabpanel" id="propose-panel" aria-labelledby={`propose-tab-${tab}`}>
                    {tab === "ask" ? (
                      <AskForm ground={ground} live={live} />
                    ) : (
                      <ActForm ground={ground} live={live} />
                    )}
                  </div>
                </>
              )
            }
          </Shown>
        )}
      </Shown>
    </>
  );
}

function choose(tab: Tab): void {
  location.hash = tab === "ask" ? "#/propose" : "#/propose/act";
}

function Tabs({ tab }: { readonly tab: Tab }) {
  const list = useRef<HTMLDivElement>(null);
  const step = (event: KeyboardEvent) => {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    const next = tab === "ask" ? "act" : "ask";
    choose(next);
    list.current?.querySelector<HTMLButtonElement>(`#propose-tab-${next}`)?.focus();
  };
  return (
    <div
      className="propose-tabs"
      role="tablist"
      aria-label="What to propose"
      ref={list}
      onKeyDown={step}
    >
      {TABS.map(([name, words]) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`propose-tab-${name}`}
          aria-selected={name === tab}
          aria-controls="propose-panel"
          tabIndex={name === tab ? 0 : -1}
          onClick={() => choose(name)}
        >
          {words}
        </button>
      ))}
    </div>
  );
}
