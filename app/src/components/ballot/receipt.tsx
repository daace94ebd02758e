/** The receipts of a ballot: what is signed, in words. */

import { type Address, createNoopSigner } from "@solana/kit";
import * as budget from "@community-budget/client";
import type { Ballot } from "@community-budget/client";

import type { ShownSlate } from "../../hooks/slate";
import {
  type Draft,
  type Known,
  choiceWord,
  draftOf,
  earned,
  foresee,
  packed,
  turns,
  warnings,
} from "../../lib/ballot";
import type { Chain } from "../../lib/chain";
import * as format from "../../lib/format";
import { valueOf } from "../../lib/resource";
import type { Signed } from "../../lib/slatehash";
import { type Against, termsRows, textRows } from "../../lib/terms";
import type { Deed, Line } from "../Act";
import { TermsView } from "../proposal/TermsView";
import { Copy, Money, Name, WeightShare, When, Written } from "../Text";
import { Effects } from "./Effects";
import { Said } from "./Warnings";

/** All that a ballot's receipt is made of. */
export interface Booth {
  readonly chain: Chain;
  readonly shown: ShownSlate;
  readonly owner: Address;
  readonly weight: bigint;
  /** What is recorded; `null` for a first ballot. */
  readonly recorded: Ballot | null;
  readonly draft: Draft;
  /** The terms that the slate hash stands for. */
  readonly signed: ReadonlyMap<number, Signed>;
  /** Why the hash could not be checked; `null` when it was. */
  readonly unchecked: string | null;
  readonly known: Known;
  /** The slate hash, in hexadecimal, of the slate that was read. */
  readonly read: string;
}

const NONE = new Uint8Array();

/** The accounts of every ballot. */
async function accounts({ chain, shown, owner }: Pick<Booth, "chain" | "shown" | "owner">) {
  const { treasury } = chain.config;
  const epoch = await budget.epochAddress(treasury, shown.epoch.index);
  const [stake, voteRecord] = await Promise.all([
    budget.stakeAddress(treasury, owner),
    budget.voteRecordAddress(epoch, owner),
  ]);
  return { treasury, epoch, stake, voteRecord };
}

/** A first ballot, or one in place of another. */
export async function voteDeed(booth: Booth, voter: Address): Promise<Deed> {
  const { chain, shown, owner, weight, recorded, draft } = booth;
  const { epoch, treasury } = present(booth);
  const now = chain.clock.now();
  const cast = recorded?.choices ?? NONE;
  const seen = foresee(treasury, epoch, cast, draft, weight, now);
  if (seen.forbidden.length > 0) {
    throw new Error(
      "In the last stretch before the end no ballot may turn a failing entry into a passing one; take those choices out",
    );
  }
  const where = await accounts(booth);
  const signer = createNoopSigner(voter);
  const args = { slateHash: epoch.slateHash, ballot: packed(draft) };
  const instruction =
    recorded === null
      ? budget.getCastVoteInstruction({ ...where, voter: signer, payer: signer, args })
      : budget.getReviseVoteInstruction({
          ...forDelegate(where, owner, voter),
          voter: signer,
          args,
        });
  const { electorate } = shown.slate;
  const lines: Line[] = [...draft]
    .sort(([a], [b]) => a - b)
    .map(([index, choice]) => ({
      term: `${word(choice)}, entry ${index}`,
      value: <Chosen booth={booth} index={index} />,
    }));
  const left = turns(draftOf(cast), draft).filter(({ to }) => to === budget.Choice.Unmarked);
  if (left.length > 0) {
    lines.push({
      term: "No choice any more",
      value: left.map(({ index, from }) => (
        <div key={index}>
          <Title booth={booth} index={index} /> (was: {choiceWord(from)})
        </div>
      )),
    });
  }
  lines.push({
    term: "Weight of each choice",
    value: (
      <>
        {format.exactDigits(weight, chain.config.stake.decimals)} (
        <WeightShare weight={weight} of={electorate} /> of all)
      </>
    ),
  });
  if (owner !== voter)
    lines.push({ term: "For the stake of", value: <Name address={owner} copy /> });
  lines.push({ term: "Would change", value: <Effects shown={shown} foresight={seen} /> });
  if (seen.extendsTo !== null) {
    lines.push({
      term: "Extends voting",
      value: (
        <>
          until <When at={seen.extendsTo} />: a late swing
        </>
      ),
    });
  }
  lines.push(
    { term: "Reward", value: <Reward booth={booth} /> },
    { term: "Slate hash", value: <Hash hex={booth.read} unchecked={booth.unchecked} /> },
  );
  const verb = draftOf(cast).size === 0 ? "Vote" : "Change the ballot";
  return {
    title: `${verb} on ${format.count(draft.size, "entry", "entries")} in epoch ${epoch.index}`,
    lines,
    warnings: [
      ...(booth.unchecked === null
        ? []
        : [`The slate hash was not checked against the proposals: ${booth.unchecked}.`]),
      ...warnings(draft, booth.known, now).map((warning) => (
        <Said key={warning.kind} warning={warning} shown={shown} known={booth.known} />
      )),
    ],
    cannot: "This cannot move tokens.",
    undo: (
      <>
        Change the ballot or take it back here, until voting closes{" "}
        <When at={seen.extendsTo ?? epoch.votingClosesAt} />.
      </>
    ),
    instructions: [instruction],
  };
}

/** All choices taken back. */
export async function retractDeed(booth: Booth, voter: Address): Promise<Deed> {
  const { chain, shown, owner, weight, recorded } = booth;
  if (recorded === null) throw new Error("there is no ballot to take back");
  const { epoch, treasury } = present(booth);
  const seen = foresee(treasury, epoch, recorded.choices, new Map(), weight, chain.clock.now());
  const where = await accounts(booth);
  const lines: Line[] = [
    {
      term: "Was",
      value: [...draftOf(recorded.choices)].map(([index, choice]) => (
        <div key={index}>
          {word(choice)}: <Title booth={booth} index={index} />
        </div>
      )),
    },
    { term: "Would change", value: <Effects shown={shown} foresight={seen} /> },
  ];
  if (owner !== voter)
    lines.push({ term: "For the stake of", value: <Name address={owner} copy /> });
  if (seen.extendsTo !== null) {
    lines.push({
      term: "Extends voting",
      value: (
        <>
          until <When at={seen.extendsTo} />: a late swing
        </>
      ),
    });
  }
  return {
    title: `Take the ballot back in epoch ${epoch.index}`,
    lines,
    cannot: "This cannot move tokens.",
    undo: (
      <>
        Fill the ballot in again, with the same weight, until voting closes{" "}
        <When at={seen.extendsTo ?? epoch.votingClosesAt} />. The record itself stays; its rent
        comes back when it is closed after settlement.
      </>
    ),
    instructions: [
      budget.getRetractVoteInstruction({
        ...forDelegate(where, owner, voter),
        voter: createNoopSigner(voter),
      }),
    ],
  };
}

/** What holds when the receipt is made, which may be later than what is shown. */
function present({ chain, shown, read }: Booth) {
  const epoch = valueOf(chain.epoch.get());
  const treasury = valueOf(chain.treasury.get());
  if (epoch === null || treasury === null) throw new Error("the node does not answer");
  if (epoch.index !== shown.epoch.index) throw new Error("another epoch has opened meanwhile");
  if (format.hex(epoch.slateHash) !== read) {
    throw new Error("the slate changed while you read it; look at what changed, then sign");
  }
  return { epoch, treasury };
}

/** The owner's stake proves who the delegate is; an owner needs no proof. */
function forDelegate(
  { stake, ...where }: Awaited<ReturnType<typeof accounts>>,
  owner: Address,
  voter: Address,
) {
  return owner === voter ? where : { ...where, stake };
}

function word(choice: budget.Choice): string {
  return format.capital(choiceWord(choice));
}

function Title({ booth, index }: { readonly booth: Booth; readonly index: number }) {
  const terms = booth.signed.get(index)?.terms;
  return terms === undefined ? `entry ${index}` : <Written>{terms.title}</Written>;
}

/** An entry with everything of it that is signed. */
function Chosen({ booth, index }: { readonly booth: Booth; readonly index: number }) {
  const own = booth.signed.get(index);
  if (own === undefined) return <>entry {index}: its proposal has been closed</>;
  const against = againstOf(booth, own);
  return (
    <>
      <strong>
        <Written>{own.terms.title}</Written>
      </strong>
      <TermsView rows={termsRows(own.terms, against)} brief />
      <details className="receipt-more">
        <summary>Text and its hash</summary>
        <TermsView rows={textRows(own.terms).slice(1)} brief />
      </details>
    </>
  );
}

function againstOf({ chain, shown }: Booth, { terms }: Signed): Against {
  const { action } = terms;
  const streams = valueOf(chain.streams.get()) ?? [];
  const about = action.__kind === "RuleOnStream" ? action.stream : null;
  return {
    policy: shown.epoch.policy,
    treasury: shown.treasury,
    stream: streams.find(({ address }) => address === about)?.data ?? null,
    now: chain.clock.now(),
  };
}

function Reward({ booth }: { readonly booth: Booth }) {
  const { shown, weight, draft } = booth;
  const { reward, missing, pays } = earned(shown.epoch, shown.slate.electorate, weight, draft.size);
  if (!pays) return "none: this epoch pays nothing for taking part";
  if (missing > 0) return `none: ${format.count(missing, "entry", "entries")} too few`;
  return (
    <>
      <Money value={reward} /> for taking part, paid when the ballot is closed after settlement;
      never for a side
    </>
  );
}

function Hash({ hex, unchecked }: { readonly hex: string; readonly unchecked: string | null }) {
  return (
    <>
      <code>{hex}</code>
      <Copy text={hex} what="slate hash" />
      {unchecked === null ? (
        <div className="muted small">
          Computed here from the terms above and the rest of the slate.
        </div>
      ) : null}
    </>
  );
}

/** Whether an owner would take over what the delegate cast, even as it stands. */
export function takesOver(recorded: Ballot | null, owner: Address, voter: Address | null): boolean {
  return recorded !== null && recorded.byDelegate === 1 && owner === voter;
}
