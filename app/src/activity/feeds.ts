/** The files beside the page: what happened as feeds, what is due as a calendar, each epoch as text. */

import type { Address } from "@solana/kit";
import * as budget from "@community-budget/client";
import type { Epoch } from "@community-budget/client";

import type { Config } from "../lib/config";
import * as format from "../lib/format";
import { type Route, href } from "../lib/router";
import { type AtomEntry, atom } from "./atom";
import { deadlinesOf } from "./deadlines";
import { digestOf, digestText } from "./digest";
import { type Accounts, sceneOf } from "./facts";
import type { Known } from "./history";
import { ics } from "./ics";
import { type Speech, oneLine, plain, routeOf } from "./parts";
import { KIND_WORDS, type Kind, say } from "./say";
import { countedOf } from "./sequence";

/** What was read of the network, at one moment. */
export interface Snapshot {
  readonly config: Config;
  readonly treasury: budget.Treasury;
  readonly accounts: Accounts;
  /** Epochs that are not closed. */
  readonly open: readonly Epoch[];
  readonly known: Known;
  /** Unix seconds, by the network's clock. */
  readonly now: bigint;
  /** Where the page is, ending with `/`; `null` when nobody knows yet. */
  readonly url: string | null;
}

/** Entries of a feed, at most: readers fetch it again and again. */
const MOST_ENTRIES = 300;

/** Hundreds of these come with every epoch; who follows decisions does not want them. */
const MANY: readonly Kind[] = ["ballots", "stakes"];

/** How names and units are written in files. */
export function speechOf(config: Config): Speech {
  const { budget: own, stake, names, treasury } = config;
  const called = new Map<string, string>([
    [treasury, "the treasury"],
    [own.mint, own.symbol],
    [stake.mint, stake.symbol],
    ...names,
  ]);
  // Symbols come from a file beside the page and are as hostile as any other text.
  const unit = (token: typeof own) => ({ ...token, symbol: oneLine(token.symbol) });
  return {
    budget: unit(own),
    stake: unit(stake),
    nameOf: (address: Address) => called.get(address) ?? format.shortKey(address),
  };
}

/** All files, by their name. */
export function feedsOf(snapshot: Snapshot): ReadonlyMap<string, string> {
  const { config, treasury, accounts, open, known, now, url } = snapshot;
  const scene = sceneOf(accounts, known.happened);
  const speech = speechOf(config);
  // A name of nothing but spaces is none.
  const community = oneLine(config.community) || "Community Budget";
  const at = (route: Route) => (url === null ? null : `${url}${href(route)}`);
  const files = new Map<string, string>();

  const entries = known.happened.map((one): { kind: Kind; entry: AtomEntry } => {
    const { kind, words, after } = say(one.event, scene, one);
    const { counter, seq } = countedOf(one.event);
    return {
      kind,
      entry: {
        id: `urn:community-budget:${config.cluster}:${counter}:${seq}`,
        title: plain(words, speech),
        content: after === null ? plain(words, speech) : `${format.capital(plain(after, speech))}.`,
        updated: one.at ?? now,
        category: { term: kind, label: KIND_WORDS[kind] },
        link: at(routeOf(words) ?? { page: "activity" }),
      },
    };
  });
  const feed = (file: string, subtitle: string, chosen: readonly AtomEntry[]) => {
    const newest = chosen.slice(0, MOST_ENTRIES);
    files.set(
      file,
      atom({
        id: `urn:community-budget:${config.cluster}:${config.treasury}:${file}`,
        title: community,
        subtitle,
        author: community,
        updated: newest[0]?.updated ?? now,
        link: at({ page: "activity" }),
        self: url === null ? null : `${url}${file}`,
        entries: newest,
      }),
    );
  };
  feed(
    "activity.atom",
    "Everything that happened",
    entries.map(({ entry }) => entry),
  );
  feed(
    "decisions.atom",
    "What happened, without ballots and stakes",
    entries.filter(({ kind }) => !MANY.includes(kind)).map(({ entry }) => entry),
  );

  files.set(
    "deadlines.ics",
    ics({
      name: `${community}: deadlines`,
      writtenAt: now,
      events: deadlinesOf({ treasury, epochs: open, streams: accounts.streams, scene, now }).map(
        ({ id, at: moment, words, next, route, remindSecs }) => ({
          uid: `${id}@${config.treasury}`,
          at: moment,
          summary: plain(words, speech),
          description: `${format.capital(plain(next, speech))}.`,
          url: at(route),
          remindSecs,
        }),
      ),
    }),
  );

  accounts.epochs.forEach((_, index) => {
    const epoch = open.find((one) => one.index === index) ?? null;
    const digest = digestOf({
      index,
      epoch,
      projection: projectionOf(treasury, epoch, now),
      scene,
      happened: known.happened,
      complete: known.complete,
      budget: speech.budget,
      now,
    });
    files.set(
      `digest-${index}.txt`,
      digestText(digest, speech, community, at({ page: "digest", index })),
    );
  });
  return files;
}

/** What would be decided now of an epoch that is voted on and not settled; else `null`. */
export function projectionOf(
  treasury: budget.Treasury,
  epoch: Epoch | null,
  now: bigint,
): budget.state.funding.Projection | null {
  if (epoch === null || epoch.settledAt !== 0n || now < epoch.votingOpensAt) return null;
  // Two accounts read one after the other: the next epoch may have opened between them.
  if (budget.state.treasury.currentEpoch(treasury) !== epoch.index) return null;
  return budget.state.funding.settleNow(treasury, epoch, now);
}
