/** What every component may ask for. */

import { createContext, useContext } from "react";

import { useCell } from "./cell";
import type { Chain } from "./chain";
import type { Config } from "./config";
import type { Loaded, Resource } from "./resource";

export const ChainContext = createContext<Chain | null>(null);

/** The network as this page sees it. */
export function useChain(): Chain {
  const chain = useContext(ChainContext);
  if (chain === null) throw new Error("outside of the page");
  return chain;
}

/** What the page was set up for. */
export function useConfig(): Config {
  return useChain().config;
}

/** What is known of a resource; reads it when nobody has yet. */
export function useLoaded<T>(
  resource: Resource<T> | { get(): Loaded<T>; subscribe: Resource<T>["subscribe"] },
): Loaded<T> {
  return useCell(resource);
}

/** The network's time in unix seconds; the component renders anew every second. */
export function useNow(): bigint {
  const { clock } = useChain();
  return useCell(clock.second) ?? clock.now();
}

/**
 * The network's time, anew only every `step` seconds: for what is computed from it and need not be computed
 * each second.
 */
export function useCoarseNow(step: bigint): bigint {
  const now = useNow();
  return now - (now % step);
}
