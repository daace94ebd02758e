/** The page: the frame, and in it what the address names. Pages are loaded when they are opened. */

import { Component, type ReactNode, lazy, useMemo } from "react";

import { ActWindow } from "./components/Act";
import { Shell } from "./components/Shell";
import type { Chain } from "./lib/chain";
import { ChainContext } from "./lib/context";
import { sentenceOf } from "./lib/resource";
import { type Route, href, parse, useHash } from "./lib/router";
import { WalletProvider } from "./lib/wallet";

const Activity = lazy(() => import("./pages/Activity"));
const Ballot = lazy(() => import("./pages/Ballot"));
const Digest = lazy(() => import("./pages/Digest"));
const Epoch = lazy(() => import("./pages/Epoch"));
const Learn = lazy(() => import("./pages/Learn"));
const Overview = lazy(() => import("./pages/Overview"));
const Participation = lazy(() => import("./pages/Participation"));
const Proposal = lazy(() => import("./pages/Proposal"));
const Propose = lazy(() => import("./pages/Propose"));
const Risk = lazy(() => import("./pages/Risk"));
const Stream = lazy(() => import("./pages/Stream"));
const Streams = lazy(() => import("./pages/Streams"));

function page(route: Route): { readonly title: string; readonly content: ReactNode } {
  switch (route.page) {
    case "overview":
      return { title: "Overview", content: <Overview /> };
    case "epoch":
      return {
        title: route.index === null ? "Epoch" : `Epoch ${route.index}`,
        content: <Epoch index={route.index} />,
      };
    case "ballot":
      return { title: "Ballot", content: <Ballot /> };
    case "proposal":
      return {
        title: `Proposal ${route.entry} of epoch ${route.index}`,
        content: <Proposal index={route.index} entry={route.entry} />,
      };
    case "propose":
      return { title: "Propose", content: <Propose /> };
    case "streams":
      return { title: "Streams", content: <Streams /> };
    case "stream":
      return {
        title: `Stream ${route.entry} of epoch ${route.index}`,
        content: <Stream index={route.index} entry={route.entry} />,
      };
    case "risk":
      return { title: "Risk", content: <Risk /> };
    case "participation":
      return { title: "Participation", content: <Participation /> };
    case "activity":
      return { title: "Activity", content: <Activity /> };
    case "digest":
      return { title: `Digest of epoch ${route.index}`, content: <Digest index={route.index} /> };
    case "learn":
      return { title: "Learn", content: <Learn /> };
    case "unknown":
      return {
        title: "Not found",
        content: (
          <>
            <h1>There is no such page</h1>
            <p>
              <a href="#/">The overview</a> shows where everything is.
            </p>
          </>
        ),
      };
  }
}

export function App({ chain }: { readonly chain: Chain }) {
  const hash = useHash();
  const route = useMemo(() => parse(hash), [hash]);
  const { title, content } = page(route);
  return (
    <ChainContext value={chain}>
      <WalletProvider>
        <Shell route={route} title={title}>
          <ActWindow>
            <Boundary key={href(route)}>{content}</Boundary>
          </ActWindow>
        </Shell>
      </WalletProvider>
    </ChainContext>
  );
}

/** A page that breaks takes only itself down, and says so. */
class Boundary extends Component<
  { readonly children: ReactNode },
  { readonly error: unknown; readonly broken: boolean }
> {
  override state = { error: null as unknown, broken: false };

  static getDerivedStateFromError(error: unknown) {
    return { error, broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return (
      <div className="notice warn" role="alert">
        <h1>This page cannot be shown</h1>
        <p>{sentenceOf(this.state.error)}</p>
        <p>
          Nothing was signed or sent. <a href="#/">Go to the overview</a>, or reload.
        </p>
      </div>
    );
  }
}
