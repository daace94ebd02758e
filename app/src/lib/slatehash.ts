/**
 * Whether the proposals that a node shows are the ones that the slate hash stands for (R3, P5). A ballot
 * signs that hash; what is shown beside it must be what it commits to, or it is not signed here.
 *
 * The hash is computed from the bytes of the accounts and not from what was decoded from them: decoding a
 * text loses zero bytes and a byte order mark, and whoever put one into a title would make every slate with
 * it look forged.
 */

import {
  type Address,
  type GetMultipleAccountsApi,
  type ReadonlyUint8Array,
  type Rpc,
  fetchEncodedAccounts,
  getAddressEncoder,
  getU32Decoder,
  getU32Encoder,
} from "@solana/kit";
import * as budget from "@community-budget/client";
import type { Action, Entry, Epoch, Proposal, Terms } from "@community-budget/client";

import { hex } from "./format";
import { sha256 } from "./digest";

const text = new TextEncoder();
const SLATE_DOMAIN = text.encode("community-budget:slate:v1");
const LEAF_DOMAIN = text.encode("community-budget:leaf:v1");
const TOMBSTONE_DOMAIN = text.encode("community-budget:tombstone:v1");

/** Bytes of a proposal's account before its terms, discriminator included. */
const TERMS_OFFSET = 192;
/** Most accounts that a node gives at once. */
const AT_ONCE = 100;
/** Most hashes that are tried to find out when withdrawn proposals were withdrawn. */
const TRIES = 20_000;

/** Target of an act, as a slate's entry stores it in place of a category. */
const [FIRST_ROLE, BREAKER, FIRST_POSITION] = [8, 11, 12];

/** The terms of a proposal with the bytes that are hashed. */
export interface Signed {
  /** With texts as they are on chain, zero bytes and byte order marks included. */
  readonly terms: Terms;
  readonly canonical: ReadonlyUint8Array;
}

const exactText = new TextDecoder("utf-8", { ignoreBOM: true });

/** The terms in the bytes of a checked proposal's account. */
export function termsIn(data: ReadonlyUint8Array): Signed {
  const [terms, end] = budget.getTermsDecoder().read(data, TERMS_OFFSET);
  const [, actionEnd] = budget.getActionDecoder().read(data, TERMS_OFFSET);
  const textAt = (offset: number): readonly [string, number] => {
    const from = offset + 4;
    const to = from + getU32Decoder().read(data, offset)[0];
    return [exactText.decode(Uint8Array.from(data.slice(from, to))), to];
  };
  const [title, titleEnd] = textAt(actionEnd + terms.metadataHash.length);
  const [metadataUri] = textAt(titleEnd);
  return { terms: { ...terms, title, metadataUri }, canonical: data.slice(TERMS_OFFSET, end) };
}

/** Reads the terms of an epoch's proposals that are not closed, by their place. Throws `Unreadable`. */
export async function readTerms(
  rpc: Rpc<GetMultipleAccountsApi>,
  treasury: Address,
  { index, entryCount }: Pick<Epoch, "index" | "entryCount">,
): Promise<ReadonlyMap<number, Signed>> {
  const epoch = await budget.epochAddress(treasury, index);
  const places = Array.from({ length: entryCount }, (_, entry) => entry);
  const keys = await Promise.all(places.map((entry) => budget.proposalAddress(epoch, entry)));
  const found = new Map<number, Signed>();
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const accounts = await fetchEncodedAccounts(rpc, keys.slice(from, from + AT_ONCE), {
      commitment: "confirmed",
    });
    for (const [at, account] of accounts.entries()) {
      if (!account.exists) continue;
      await budget.checkProposal(account);
      found.set(from + at, termsIn(account.data));
    }
  }
  return found;
}

/** What a comparison of proposals and slate hash comes to. */
export type HashCheck =
  | { readonly kind: "matches" }
  /** They are not what it stands for: the node is wrong, or hides something. */
  | { readonly kind: "differs"; readonly sentence: string }
  /** It cannot be told from accounts alone. */
  | { readonly kind: "unknown"; readonly why: string };

/** What an entry of the slate stores of an action besides its amount. */
export function targetOf(action: Action): number {
  switch (action.__kind) {
    case "Award":
      return action.fields[0].category;
    case "SetPolicy":
      return SECTIONS.indexOf(action.fields[0].__kind);
    case "SetRole":
      return FIRST_ROLE + action.role;
    case "RuleOnStream":
      return budget.state.epoch.STREAM_TARGET;
    case "ClearBreaker":
      return BREAKER;
    case "WriteOff":
      return FIRST_POSITION + action.category;
  }
}

/** Sections of a policy by their number as a target. */
export const SECTIONS: readonly budget.PolicyPatch["__kind"][] = [
  "Schedule",
  "Slate",
  "Budget",
  "Tiers",
  "Stake",
  "Risk",
  "Breaker",
  "Review",
];

/** The key that an action is about; `null` for none. */
export function subjectOf(action: Action): Address | null {
  switch (action.__kind) {
    case "Award":
      return action.fields[0].recipient;
    case "SetRole":
      return action.holder;
    case "RuleOnStream":
      return action.stream;
    default:
      return null;
  }
}

/** Whether an entry says of a proposal what its terms say. */
async function agrees(entry: Entry, { action }: Terms): Promise<boolean> {
  const award = action.__kind === "Award" ? action.fields[0] : null;
  const subject = subjectOf(action);
  const tag =
    subject === null
      ? new Uint8Array(16)
      : (await sha256(getAddressEncoder().encode(subject))).slice(0, 16);
  return (
    entry.action === budget.ActionKind[action.__kind] &&
    entry.category === targetOf(action) &&
    entry.amount === (award?.amount ?? 0n) &&
    hex(entry.recipientTag) === hex(tag)
  );
}

/** The leaves that one entry can add to the hash. */
interface Leaves {
  readonly submitted: Uint8Array;
  readonly withdrawn: Uint8Array;
}

/** Compares the proposals of an epoch, and its entries, with its slate hash. */
export async function checkHash(
  epoch: Epoch,
  signed: ReadonlyMap<number, Signed>,
): Promise<HashCheck> {
  const missing = epoch.entryCount - signed.size;
  if (missing > 0) {
    const closed = epoch.entryCount - epoch.openProposals;
    if (missing > closed) {
      return differs(`it does not show ${missing - closed} of the proposals that the slate counts`);
    }
  }
  const slate = epoch.slate.slice(0, epoch.entryCount);
  const place = new Uint8Array(getU32Encoder().encode(epoch.index));
  const key = getAddressEncoder().encode(epoch.treasury);
  const leaves: Leaves[] = [];
  for (const [index, entry] of slate.entries()) {
    const own = signed.get(index);
    if (own === undefined) continue;
    if (!(await agrees(entry, own.terms))) {
      return differs(`entry ${index} of the slate is another than the proposal at its place`);
    }
    const at = Uint8Array.of(index);
    leaves.push({
      submitted: await sha256(LEAF_DOMAIN, key, place, at, own.canonical),
      withdrawn: await sha256(TOMBSTONE_DOMAIN, key, place, at),
    });
  }
  if (missing > 0) {
    const have = missing === 1 ? "1 of its proposals has" : `${missing} of its proposals have`;
    return { kind: "unknown", why: `${have} been closed since` };
  }
  const pending = slate.map(({ outcome }) => outcome === budget.Outcome.Withdrawn);
  const search = new Search(epoch.slateHash, leaves);
  const start = await sha256(SLATE_DOMAIN, key, place);
  if (await search.reaches(start, 0, pending)) return { kind: "matches" };
  return search.left === 0
    ? { kind: "unknown", why: "too many were withdrawn to find out in which order" }
    : differs("the slate hash stands for other proposals than the ones that it shows");
}

function differs(what: string): HashCheck {
  return { kind: "differs", sentence: `The node contradicts itself: ${what}.` };
}

/**
 * Looks for an order of submissions and withdrawals that leads to the slate hash: accounts do not say when
 * a proposal was withdrawn, only that it was.
 */
class Search {
  left = TRIES;
  readonly #wanted: string;
  readonly #leaves: readonly Leaves[];

  constructor(wanted: ReadonlyUint8Array, leaves: readonly Leaves[]) {
    this.#wanted = hex(wanted);
    this.#leaves = leaves;
  }

  async reaches(
    hash: Uint8Array,
    submitted: number,
    pending: readonly boolean[],
  ): Promise<boolean> {
    if (this.left === 0) return false;
    this.left -= 1;
    if (submitted === this.#leaves.length && !pending.includes(true)) {
      return hex(hash) === this.#wanted;
    }
    for (const [at, leaf] of this.#leaves.slice(0, submitted).entries()) {
      if (pending[at] !== true) continue;
      const rest = pending.map((waits, other) => waits && other !== at);
      const reached = await this.reaches(await sha256(hash, leaf.withdrawn), submitted, rest);
      if (reached) return true;
    }
    const next = this.#leaves[submitted];
    if (next === undefined) return false;
    return this.reaches(await sha256(hash, next.submitted), submitted + 1, pending);
  }
}

/**
 * Whether what the page shows of the proposals is what was hashed, as far as it shows them. Both are compared
 * as decoded: what decoding loses is lost on both sides.
 */
export function isShown(
  signed: ReadonlyMap<number, Signed>,
  shown: ReadonlyMap<number, Proposal>,
): boolean {
  const bytes = (terms: Terms) => hex(budget.getTermsEncoder().encode(terms));
  return [...shown].every(([index, { terms }]) => {
    const own = signed.get(index);
    return (
      own !== undefined && bytes(terms) === bytes(budget.getTermsDecoder().decode(own.canonical))
    );
  });
}
