/** What a page shows while it has nothing to show: in words, with a next step. */

import type { Treasury } from "@community-budget/client";
import type { ReactNode } from "react";

import { useChain, useLoaded } from "../lib/context";
import type { Loaded } from "../lib/resource";
import "./States.css";

/** Shows `children` of what is ready, and says what is the case of everything else. */
export function Shown<T>({
  loaded,
  what,
  absent,
  children,
}: {
  readonly loaded: Loaded<T>;
  /** What is read, in the plural or with an article: `the slate`. */
  readonly what: string;
  /** Said, with a next step, when there is none. */
  readonly absent?: ReactNode;
  readonly children: (value: T) => ReactNode;
}) {
  switch (loaded.kind) {
    case "ready":
      return children(loaded.value);
    case "loading":
      return <Loading what={what} />;
    case "absent":
      return <div className="notice">{absent ?? <p>There is no such thing: {what}.</p>}</div>;
    case "doubted":
      return (
        <div className="notice warn" role="alert">
          <p>
            <strong>No figures of {what} are shown.</strong> {loaded.sentence}
          </p>
          <p className="muted">
            The node is wrong, or somebody between it and you. Sign nothing; look at the page
            through another node.
          </p>
        </div>
      );
    case "failed":
      return <Unanswered what={what} sentence={loaded.sentence} />;
  }
}

/** What is shown of the treasury, or why it cannot be. */
export function OfTreasury({ children }: { readonly children: (treasury: Treasury) => ReactNode }) {
  return (
    <Shown
      loaded={useLoaded(useChain().treasury)}
      what="the treasury"
      absent={
        <p>There is no treasury at the address that this page was set up for. Ask who set it up.</p>
      }
    >
      {children}
    </Shown>
  );
}

/** Something is being read. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <p className="loading muted" role="status">
      Reading {what}…
    </p>
  );
}

function Unanswered({ what, sentence }: { readonly what: string; readonly sentence: string }) {
  const chain = useChain();
  return (
    <div className="notice warn" role="alert">
      <p>
        <strong>Could not read {what}.</strong> {sentence}
      </p>
      <p>
        <button type="button" onClick={() => void chain.changed()}>
          Try again
        </button>
      </p>
    </div>
  );
}

/** Something is not there, and what to do instead. */
export function Empty({ children }: { readonly children: ReactNode }) {
  return <div className="notice">{children}</div>;
}
