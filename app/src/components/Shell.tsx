/** The frame of every page: where one is, how the network stands, who visits. */

import { budgetPhase } from "../lib/phase";
import { type ReactNode, Suspense, useEffect, useRef } from "react";

import { useCell } from "../lib/cell";
import { useChain, useConfig, useNow } from "../lib/context";
import * as format from "../lib/format";
import { valueOf } from "../lib/resource";
import { type Route, href, useHash } from "../lib/router";
import { visible } from "../lib/text";
import { useTheme } from "../lib/theme";
import { Loading } from "./States";
import { Written } from "./Text";
import { WalletCorner } from "./Wallet";
import "./Shell.css";

interface Place {
  readonly route: Route;
  readonly name: string;
}

const PLACES: readonly Place[] = [
  { route: { page: "overview" }, name: "Overview" },
  { route: { page: "epoch", index: null }, name: "Epoch" },
  { route: { page: "ballot" }, name: "Ballot" },
  { route: { page: "streams" }, name: "Streams" },
  { route: { page: "propose" }, name: "Propose" },
  { route: { page: "risk" }, name: "Risk" },
  { route: { page: "participation" }, name: "Participation" },
  { route: { page: "activity" }, name: "Activity" },
  { route: { page: "learn" }, name: "Learn" },
];

/** Which entry of the navigation a route belongs to. */
function home(route: Route): string {
  switch (route.page) {
    case "proposal":
      return "epoch";
    case "stream":
      return "streams";
    case "digest":
      return "activity";
    default:
      return route.page;
  }
}

export function Shell({
  route,
  title,
  children,
}: {
  readonly route: Route;
  readonly title: string;
  readonly children: ReactNode;
}) {
  const { community } = useConfig();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const where = href(route);
  const hash = useHash();

  useEffect(() => {
    document.title = `${title} · ${visible(community)}`;
  }, [title, community]);

  // A new page begins at its top, and a screen reader is told; the first one is left alone.
  useEffect(() => {
    if (first.current) first.current = false;
    else {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  }, [where]);

  return (
    <div className="shell">
      {/* A link to the fragment would be taken for a route. */}
      <button type="button" className="shell-skip" onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <header className="shell-head">
        <a className="shell-brand" href="#/">
          <Written>{community}</Written>
        </a>
        <PhaseLine />
        <ThemeButton />
        <WalletCorner />
      </header>
      <nav className="shell-nav" aria-label="Pages">
        <ul>
          {PLACES.map(({ route: to, name }) => (
            <li key={name}>
              <a href={href(to)} aria-current={home(route) === to.page ? "page" : undefined}>
                {name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {/* The address says at once where one wants to be; this says what is shown. */}
      <main className="shell-main" ref={main} tabIndex={-1} data-hash={hash}>
        <Standing />
        <Suspense fallback={<Loading what="the page" />}>{children}</Suspense>
      </main>
      <Foot />
    </div>
  );
}

/** The epoch's phase in a few words, on every page. */
function PhaseLine() {
  const chain = useChain();
  const now = useNow();
  const epoch = valueOf(useCell(chain.epoch));
  if (epoch === null) return <span className="shell-phase" />;
  const { name, until, next } = budgetPhase(epoch, now);
  return (
    <a className="shell-phase" href="#/epoch">
      <strong>Epoch {epoch.index}</strong> · {name}
      {until === null ? null : (
        <span className="muted nowrap">
          {" "}
          · {next} {format.distance(until, now)}
        </span>
      )}
    </a>
  );
}

function ThemeButton() {
  const [theme, turn] = useTheme();
  return (
    <button
      type="button"
      className="plain shell-theme"
      onClick={turn}
      aria-label={`Colours: ${theme}. Change.`}
      title={`Colours: ${theme}`}
    >
      <svg
        viewBox="0 0 16 16"
        width="16"
        height="16"
        aria-hidden="true"
        fill="none"
        stroke="currentColor"
      >
        <circle cx="8" cy="8" r="5.5" />
        <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" />
      </svg>
    </button>
  );
}

/** What is wrong with what the page knows: contradictions first, then silence. */
function Standing() {
  const chain = useChain();
  const doubts = useCell(chain.doubts);
  const link = useCell(chain.link);
  return (
    <>
      {doubts.length > 0 ? (
        <section className="shell-doubts" role="alert" aria-label="Contradictions">
          <p>
            <strong>
              This node answers what cannot be true. Sign nothing, and do not trust the figures
              here.
            </strong>
          </p>
          <ul>
            {doubts.map(({ rule, about, sentence }) => (
              <li key={`${rule}${sentence}`} data-rule={rule}>
                About {about}: {sentence}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {link.trouble !== null ? (
        <section className="shell-doubts" role="status" aria-label="Connection">
          <p>
            <strong>{link.trouble}</strong> What you see is from the last answer.
          </p>
        </section>
      ) : null}
      {link.behind !== null && link.behind > 0n ? (
        <section className="shell-doubts" role="status" aria-label="Delay">
          <p>
            <strong>The node is {format.count(link.behind, "slot")} behind the network.</strong>{" "}
            Tallies here are older than that.
          </p>
        </section>
      ) : null}
    </>
  );
}

const SECOND = {
  none: "one node, not compared",
  waiting: "comparing with a second node",
  agrees: "a second node agrees on the money",
  disagrees: "a second node disagrees",
  silent: "the second node does not answer",
} as const;

/** How the page is connected, and who can change the program: small, and on every page. */
function Foot() {
  const chain = useChain();
  const { config } = chain;
  const { live, slot, heardAt } = useCell(chain.link);
  const second = useCell(chain.secondOpinion);
  const program = useCell(chain.program);
  useNow();
  const age = heardAt === null ? null : Math.floor((performance.now() - heardAt) / 1_000);
  return (
    <footer className="shell-foot small muted">
      <p>
        <span className={live ? "shell-live" : "shell-still"} aria-hidden="true" />
        {live ? "Live" : "Fetched every few seconds"}
        {slot === null ? null : `, slot ${slot.toLocaleString("en-GB")}`}
        {age !== null && age > 10 ? `, last heard ${format.span(age)} ago` : null} ·{" "}
        {config.cluster} · {SECOND[second]}
      </p>
      {program.kind === "ready" ? (
        <p>
          {program.value.upgradeAuthority === null
            ? "Nobody can change the program any more."
            : "The program can still be changed by its upgrade authority. Promises hold once nobody can, or only a vote."}
        </p>
      ) : null}
    </footer>
  );
}
