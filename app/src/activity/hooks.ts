/** What the pages of the activity ask for. */

import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import * as budget from "@community-budget/client";
import type { Proposal } from "@community-budget/client";

import { type Readable, useCell } from "../lib/cell";
import { useChain, useLoaded } from "../lib/context";
import { type Loaded, valueOf } from "../lib/resource";
import { type Accounts, sceneOf } from "./facts";
import { speechOf } from "./feeds";
import { type Followed, type Following, followingOf } from "./following";
import type { Speech } from "./parts";
import type { Scene } from "./say";

/** The values of several cells; the same list as long as none changed. `cells` must be the same list, too. */
function useCells<T>(cells: readonly Readable<T>[]): readonly T[] {
  const values = useRef<readonly T[]>([]);
  const subscribe = useCallback(
    (changed: () => void) => {
      const ends = cells.map((cell) => cell.subscribe(changed));
      return () => ends.forEach((end) => end());
    },
    [cells],
  );
  const get = useCallback(() => {
    const next = cells.map((cell) => cell.get());
    const before = values.current;
    const same =
      before.length === next.length && before.every((value, at) => Object.is(value, next[at]));
    if (!same) values.current = next;
    return values.current;
  }, [cells]);
  return useSyncExternalStore(subscribe, get);
}

/** The history, followed while the page is open. */
export function useFollowed(): readonly [Followed, Following] {
  const following = followingOf(useChain());
  useEffect(() => following.watch(), [following]);
  return [useCell(following.state), following];
}

/** What accounts say, for the words. Whatever is not read yet is missing from it. */
export function useAccounts({ epochs }: Followed): Accounts {
  const chain = useChain();
  const treasury = valueOf(useLoaded(chain.treasury));
  const streams = valueOf(useLoaded(chain.streams));
  const current = valueOf(useLoaded(chain.epoch));
  const open = valueOf(useLoaded(chain.epochs));
  const indices = useMemo(() => (open ?? []).map(({ data }) => data.index), [open]);
  // The list is read anew now and then; its members seldom change.
  const key = indices.join();
  const resources: readonly Readable<Loaded<ReadonlyMap<number, Proposal>>>[] = useMemo(
    () => (key === "" ? [] : key.split(",").map((index) => chain.proposals(Number(index)))),
    [key, chain],
  );
  const lists = useCells(resources);
  return useMemo(() => {
    const proposals = new Map<number, ReadonlyMap<number, Proposal>>();
    key.split(",").forEach((index, at) => {
      const list = lists[at];
      const known = list === undefined ? null : valueOf(list);
      if (known !== null) proposals.set(Number(index), known);
    });
    const electorates = new Map<number, bigint>();
    for (const { data } of open ?? []) {
      if (data.settledAt !== 0n) electorates.set(data.index, data.electorate);
    }
    if (treasury !== null && current !== null && current.settledAt === 0n) {
      const frozen = budget.state.treasury.electorate(treasury, current.index);
      electorates.set(current.index, frozen);
    }
    return {
      epochs,
      streams: streams ?? [],
      proposals,
      policy: treasury?.inForce ?? null,
      electorates,
    };
  }, [epochs, streams, lists, key, open, treasury, current]);
}

/** What sentences can know. */
export function useScene(followed: Followed): Scene {
  const accounts = useAccounts(followed);
  const happened = followed.known?.happened;
  return useMemo(() => sceneOf(accounts, happened ?? []), [accounts, happened]);
}

/** How names and units are written where there is only text. */
export function useSpeech(): Speech {
  const { config } = useChain();
  return useMemo(() => speechOf(config), [config]);
}
