/** One network for all tests that only read; those that act start their own. */

import type { TestProject } from "vitest/node";

import { Network, type NetworkFacts } from "./network";

declare module "vitest" {
  export interface ProvidedContext {
    network: NetworkFacts;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const network = await Network.start({ slotMs: 50 });
  project.provide("network", network.facts());
  return () => network.stop();
}
