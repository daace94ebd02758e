/**
 * Every event of the program in plain words: who did what, with which figures, and the state after. The
 * sentence answers "what happened?"; what follows it is for readers who check.
 */

import type {
  BudgetEvent,
  CommunityBudgetEventName,
  CommunityBudgetEvents,
} from "@community-budget/client";

import type { Part } from "./parts";
import { ballots } from "./say/ballots";
import { type Beside, type Scene, type Tellers, type Told, capital } from "./say/called";
import { epochs } from "./say/epochs";
import { flows } from "./say/money";
import { proposals } from "./say/proposals";
import { rules } from "./say/rules";
import { safety } from "./say/safety";
import { stakes } from "./say/stakes";
import { streams } from "./say/streams";

export type { Beside, Place, Scene } from "./say/called";
export { entryIn, sectionName, streamIn } from "./say/called";

const GROUPS = {
  epochs,
  ballots,
  proposals,
  money: flows,
  streams,
  stakes,
  rules,
  safety,
} as const;

/** What events are filtered by. */
export type Kind = keyof typeof GROUPS;

/** The kinds as a reader chooses them, in that order. */
export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  epochs: "Epochs",
  ballots: "Ballots",
  proposals: "Proposals",
  money: "Money",
  streams: "Streams and reviews",
  stakes: "Stakes",
  rules: "Rules and roles",
  safety: "Safety",
};

export const KINDS: readonly Kind[] = [
  "epochs",
  "ballots",
  "proposals",
  "money",
  "streams",
  "stakes",
  "rules",
  "safety",
];

const TELLERS: Tellers = {
  ...epochs,
  ...ballots,
  ...proposals,
  ...flows,
  ...streams,
  ...stakes,
  ...rules,
  ...safety,
};

/** An event in words. */
export interface Said {
  readonly kind: Kind;
  /** One sentence without its full stop, subject first. */
  readonly words: readonly Part[];
  /** The state after it, likewise; `null` where there is nothing more to say. */
  readonly after: readonly Part[] | null;
}

/** What an event is about. */
export function kindOf(name: CommunityBudgetEventName): Kind {
  const kind = KINDS.find((one) => name in GROUPS[one]);
  if (kind === undefined) throw new Error(`${name} has no words`);
  return kind;
}

function told<Name extends CommunityBudgetEventName>(
  name: Name,
  data: CommunityBudgetEvents[Name],
  scene: Scene,
  beside: Beside,
): Told {
  return TELLERS[name](data, scene, beside);
}

/** Puts an event into words. */
export function say(event: BudgetEvent, scene: Scene, beside: Beside = { marks: null }): Said {
  const [words, after] = told(event.name, event.data, scene, beside);
  return {
    kind: kindOf(event.name),
    words: capital(words),
    after: after === null ? null : capital(after),
  };
}

/** Fields that no sentence says, and why not. */
export const LEFT_OUT: Readonly<
  Partial<Record<CommunityBudgetEventName | "every", Readonly<Record<string, string>>>>
> = {
  every: {
    seq: "the order in which events are shown",
    treasury: "the page shows one treasury",
  },
  ActionSubmitted: { slateHash: "the page of the epoch compares it with what voters sign" },
  AwardExecuted: { stream: "its page is told by epoch and entry, which are said" },
  EpochClosed: { epoch: "the account of the index, which is said" },
  EpochOpened: { epoch: "the account of the index, which is said" },
  PolicySet: { policy: "the page of the proposal says every value that it changes" },
  ProposalSubmitted: { slateHash: "the page of the epoch compares it with what voters sign" },
  ProposalWithdrawn: { slateHash: "the page of the epoch compares it with what voters sign" },
  UpdateFiled: { evidenceHash: "the page of the stream checks the evidence by it" },
  UpdateScored: { verdictHash: "the page of the stream checks the verdict by it" },
};
