/** What can be done about a proposal, each with its receipt. */

import { type Address, type Instruction, createNoopSigner } from "@solana/kit";
import * as budget from "@community-budget/client";
import type { Entry, Epoch, Proposal, Treasury } from "@community-budget/client";
import { getCreateAssociatedTokenIdempotentInstruction } from "@solana-program/token";

import type { Chain } from "../../lib/chain";
import { type Resource, valueOf } from "../../lib/resource";
import { targetOf } from "../../lib/slatehash";
import { termsRows } from "../../lib/terms";
import { visible } from "../../lib/text";
import type { Deed, Line } from "../Act";
import { Money, Name, When } from "../Text";
import { TermsView } from "./TermsView";
import { bondFate, unpayableAt } from "./waiting";

/** What a deed is made from. */
export interface Case {
  readonly chain: Chain;
  readonly treasury: Treasury;
  readonly epoch: Epoch;
  readonly index: number;
  readonly entry: Entry;
  readonly proposal: Proposal;
  readonly now: bigint;
}

/** The accounts of a proposal. */
async function accounts({ chain, epoch, index }: Case) {
  const { treasury } = chain.config;
  const where = await budget.epochAddress(treasury, epoch.index);
  return { treasury, epoch: where, proposal: await budget.proposalAddress(where, index) };
}

/** What a list says. Whoever is faster than its first reading waits for that. */
async function read<T>(list: Resource<T>): Promise<T> {
  if (list.get().kind !== "ready") await list.reload();
  const loaded = list.get();
  if (loaded.kind === "ready") return loaded.value;
  throw new Error(
    "sentence" in loaded ? loaded.sentence : "The network did not say what is there.",
  );
}

function named({ proposal, epoch, index }: Case): string {
  return `“${visible(proposal.terms.title)}” (entry ${index} of epoch ${epoch.index})`;
}

/** Everything of the terms that is signed. */
function terms({ chain, treasury, epoch, proposal, now }: Case): Line {
  const { action } = proposal.terms;
  const about = action.__kind === "RuleOnStream" ? action.stream : null;
  const streams = valueOf(chain.streams.get()) ?? [];
  const stream = streams.find(({ address }) => address === about)?.data ?? null;
  const rows = termsRows(proposal.terms, { policy: epoch.policy, treasury, stream, now });
  return { term: "Terms", value: <TermsView rows={rows} brief /> };
}

/** The recipient agrees to an award. Opens the record first that is kept of every recipient. */
export async function acceptDeed(one: Case, recipient: Address): Promise<Deed> {
  const { chain, epoch, entry, proposal } = one;
  const { treasury, ...where } = await accounts(one);
  const record = await budget.recipientRecordAddress(treasury, recipient);
  const known = (await read(chain.records)).get(recipient);
  const signer = createNoopSigner(recipient);
  const instructions: Instruction[] = [];
  const lines: Line[] = [terms(one)];
  if (known === undefined) {
    instructions.push(
      budget.getOpenRecipientRecordInstruction({
        payer: signer,
        person: recipient,
        treasury,
        record,
      }),
    );
    lines.push({ term: "Opens first", value: "your record here; its rent stays in it for good" });
  }
  const leader = known?.acceptedEpoch === epoch.index ? epoch.slate[known.leader] : undefined;
  lines.push({
    term: "All that you ask for in this epoch",
    value: (
      <>
        <Money value={(leader?.recipientAsk ?? 0n) + entry.amount} />; it decides by which quorum
        and approval each of your asks is judged
      </>
    ),
  });
  instructions.push(budget.getAcceptProposalInstruction({ ...where, recipient: signer, record }));
  return {
    title: `Accept ${named(one)}`,
    lines,
    cannot: "This moves no token: it only lets the community vote on it.",
    undo: (
      <>
        You cannot; its proposer, <Name address={proposal.proposer} />, can withdraw it until voting
        opens <When at={epoch.votingOpensAt} />.
      </>
    ),
    instructions,
  };
}

/** The proposer takes it off the slate. */
export async function withdrawDeed(one: Case, proposer: Address): Promise<Deed> {
  const { treasury: _, ...where } = await accounts(one);
  const { bond } = one.proposal;
  return {
    title: `Withdraw ${named(one)}`,
    lines: [
      {
        term: "Bond",
        value:
          bond === 0n ? (
            "none"
          ) : (
            <>
              <Money value={bond} />, back to you when the proposal is closed after settlement
            </>
          ),
      },
      { term: "Slot", value: "stays taken, and its fee with the treasury" },
      { term: "Slate hash", value: "changes: the withdrawal is folded into it" },
    ],
    cannot: "This moves no token.",
    undo: "It cannot be put back; proposing it anew takes another slot.",
    instructions: [
      budget.getWithdrawProposalInstruction({ ...where, proposer: createNoopSigner(proposer) }),
    ],
  };
}

/** The guardian stops it within its timelock. */
export async function vetoDeed(one: Case, guardian: Address, until: bigint): Promise<Deed> {
  const { treasury, epoch } = await accounts(one);
  return {
    title: `Veto ${named(one)}`,
    lines: [
      terms(one),
      { term: "Frees", value: <Money value={one.entry.amount} /> },
      { term: "Possible until", value: <When at={until} /> },
    ],
    cannot: "A veto pays nobody: what was awarded stays in the vault.",
    undo: "It is stopped for good; it can be proposed anew.",
    instructions: [
      budget.getVetoProposalInstruction({
        guardian: createNoopSigner(guardian),
        treasury,
        epoch,
        index: one.index,
      }),
    ],
  };
}

/** Anybody frees what nobody executed in time. */
export async function lapseDeed(one: Case): Promise<Deed> {
  const { treasury, epoch } = await accounts(one);
  return {
    title: `Lapse ${named(one)}`,
    lines: [{ term: "Frees", value: <Money value={one.entry.amount} /> }],
    cannot: "This pays nobody: what was awarded stays in the vault.",
    undo: "It cannot be taken back; it can be proposed anew.",
    instructions: [budget.getLapseProposalInstruction({ treasury, epoch, index: one.index })],
  };
}

/** Whether what an act would change has been changed since it was settled (R14). */
export function hasChanged({ chain, treasury, epoch, proposal }: Case): boolean {
  const { action } = proposal.terms;
  if (action.__kind === "Award") return false;
  if (action.__kind === "RuleOnStream") {
    const streams = valueOf(chain.streams.get()) ?? [];
    const own = streams.find(({ address }) => address === action.stream);
    return own !== undefined && own.data.ruledAt >= epoch.settledAt;
  }
  const target = targetOf(action);
  return treasury.targetChanges[target] !== epoch.targetChanges[target];
}

/** Anybody carries it out. */
export async function executeDeed(one: Case, payer: Address, until: bigint): Promise<Deed> {
  const where = await accounts(one);
  const { action } = one.proposal.terms;
  const made = await execution(one, where, payer);
  return {
    title: `Carry out ${named(one)}`,
    lines: [
      terms(one),
      ...(action.__kind === "Award"
        ? [{ term: "Opens", value: "the stream; its rent comes back to you when it is closed" }]
        : []),
      { term: "Possible until", value: <When at={until} /> },
    ],
    cannot: `The vote has decided it; you decide nothing and pay the fee alone. ${made.note}`,
    undo: "It cannot be undone. Votes and reviews can still stop what a stream has not released.",
    instructions: [made.instruction],
  };
}

async function execution(
  one: Case,
  where: Awaited<ReturnType<typeof accounts>>,
  payer: Address,
): Promise<{ readonly instruction: Instruction; readonly note: string }> {
  const { chain, proposal, treasury } = one;
  const { action } = proposal.terms;
  switch (action.__kind) {
    case "Award": {
      const [{ recipient }] = action.fields;
      return {
        note: "The stream starts at once and pays nobody but its recipient.",
        instruction: await budget.getExecuteAwardInstructionAsync({
          ...where,
          payer: createNoopSigner(payer),
          record: await budget.recipientRecordAddress(where.treasury, recipient),
          budgetMint: treasury.budgetMint,
        }),
      };
    }
    case "SetPolicy":
      return {
        note: "The next epoch opens with it; the present one keeps its own policy.",
        instruction: budget.getExecuteSetPolicyInstruction(where),
      };
    case "SetRole":
      return {
        note: "The role changes hands at once, and no role can spend anything.",
        instruction: budget.getExecuteSetRoleInstruction(where),
      };
    case "RuleOnStream": {
      const streams = await read(chain.streams);
      const own = streams.find(({ address }) => address === action.stream);
      if (own === undefined) throw new Error("the stream that it rules on is not there");
      return {
        note: "What is released stays its recipient’s in every case.",
        instruction: budget.getExecuteStreamRulingInstruction({
          ...where,
          stream: action.stream,
          record: await budget.recipientRecordAddress(where.treasury, own.data.recipient),
        }),
      };
    }
    case "ClearBreaker":
      return {
        note: "The breaker rests for one period afterwards.",
        instruction: budget.getExecuteClearBreakerInstruction(where),
      };
    case "WriteOff":
      return {
        note: "No token moves: it is taken out of what counts as being out.",
        instruction: budget.getExecuteWriteOffInstruction(where),
      };
  }
}

/** Anybody closes a proposal that is decided for good: bond and rent go home. */
export async function closeDeed(one: Case, payer: Address): Promise<Deed> {
  const { chain, epoch, entry, proposal, treasury, now } = one;
  const where = await accounts(one);
  const { tokenProgram } = chain.config.budget;
  const { proposer, rentPayer, bond } = proposal;
  const bondAccount = await budget.associatedTokenAddress(
    proposer,
    treasury.budgetMint,
    tokenProgram,
  );
  const account = chain.balance(bondAccount);
  await account.reload();
  const payable = account.get().kind === "ready";
  const fate = bondFate(epoch, entry, bond, payable, now);
  const opens = fate === "stuck";
  const words: Readonly<Record<typeof fate, React.ReactNode>> = {
    none: "none",
    forfeited: "to the treasury: too few supported it",
    returned: (
      <>
        to <Name address={proposer} copy />
      </>
    ),
    stuck: (
      <>
        to <Name address={proposer} copy />, whose token account is opened first; you pay its rent.
        From <When at={unpayableAt(epoch)} /> on it would go to the treasury instead
      </>
    ),
    unpayable: "to the treasury: its proposer has had no account that could be paid for long",
  };
  const open = getCreateAssociatedTokenIdempotentInstruction({
    payer: createNoopSigner(payer),
    ata: bondAccount,
    owner: proposer,
    mint: treasury.budgetMint,
    tokenProgram,
  });
  return {
    title: `Close the proposal ${named(one)}`,
    lines: [
      {
        term: "Bond",
        value:
          bond === 0n ? (
            words.none
          ) : (
            <>
              <Money value={bond} /> {words[fate]}
            </>
          ),
      },
      {
        term: "Rent",
        value: (
          <>
            to <Name address={rentPayer} copy />
          </>
        ),
      },
      { term: "Stays", value: "the entry with its tally; the text leaves the chain" },
    ],
    cannot: "It changes nothing of what was decided.",
    undo: "It cannot be undone.",
    instructions: [
      ...(opens ? [open] : []),
      await budget.getCloseProposalInstructionAsync({
        ...where,
        rentPayer,
        bondAccount,
        budgetMint: treasury.budgetMint,
        tokenProgram,
      }),
    ],
  };
}
