/** The instructions of a submission: what must be opened first, then the proposal itself. */

import { type Address, type Instruction, createNoopSigner } from "@solana/kit";
import { getCreateAssociatedTokenIdempotentInstructionAsync } from "@solana-program/token";
import * as budget from "@community-budget/client";

import type { Chain } from "../../lib/chain";
import {
  type AskTerms,
  type Ground,
  type WordsForm,
  hashOf,
  metadataOf,
  price,
} from "../../lib/draft";
import { Refused } from "../../lib/errors";
import * as format from "../../lib/format";
import { valueOf } from "../../lib/resource";
import type { ActTerms } from "./acts";

/** What a submission is made of, besides its terms. */
export interface Submission {
  readonly instructions: readonly Instruction[];
  /** Place on the slate that it takes. */
  readonly index: number;
  readonly fee: bigint;
  readonly bond: bigint;
  /** SHA-256 of the metadata file, zeros for none. */
  readonly hash: Uint8Array;
  /** What is opened first, in words. */
  readonly opens: readonly string[];
}

/** What both kinds share; `make` adds the instruction of its own kind. */
async function submission(
  chain: Chain,
  ground: Ground,
  visitor: Address,
  words: WordsForm,
  kind: "ask" | "act",
  make: (shared: Shared) => Promise<Instruction>,
): Promise<Submission> {
  const { treasury, address, epoch } = ground;
  const { budget: token } = chain.config;
  if (!ground.open) throw new Error("No epoch takes proposals now.");
  const { fee, bond } = price(ground);
  const signer = createNoopSigner(visitor);
  const source = await budget.associatedTokenAddress(
    visitor,
    treasury.budgetMint,
    token.tokenProgram,
  );
  const instructions: Instruction[] = [];
  const opens: string[] = [];
  const balance = await fresh(chain, source);
  if (balance === null && fee + bond === 0n) {
    opens.push(`your token account for ${token.symbol}`);
    instructions.push(
      await getCreateAssociatedTokenIdempotentInstructionAsync({
        payer: signer,
        owner: visitor,
        mint: treasury.budgetMint,
        tokenProgram: token.tokenProgram,
      }),
    );
  } else if ((balance ?? 0n) < fee + bond) {
    const [needed, has] = [fee + bond, balance ?? 0n].map((sum) => format.amount(sum, token));
    throw new Refused({
      name: "TooFewTokens",
      sentence: `Slot fee and bond take ${needed}, and your token account has ${has}.`,
      advice: `Get ${token.symbol} first. What you wrote is kept in this browser.`,
    });
  }
  const record = await budget.recipientRecordAddress(address, visitor);
  const known = await chain.rpc
    .getAccountInfo(record, { commitment: "confirmed", encoding: "base64" })
    .send();
  if (known.value === null) {
    opens.push("your record with this treasury, which stays for good");
    instructions.push(
      await budget.getOpenRecipientRecordInstructionAsync({
        payer: signer,
        person: visitor,
        treasury: address,
      }),
    );
  }
  const at = await budget.epochAddress(address, epoch.index);
  const index = epoch.entryCount;
  const hash = await hashOf(metadataOf(words, kind));
  const shared: Shared = {
    proposer: signer,
    payer: signer,
    treasury: address,
    epoch: at,
    proposal: await budget.proposalAddress(at, index),
    source,
    budgetMint: treasury.budgetMint,
    tokenProgram: token.tokenProgram,
    metadataHash: hash,
    title: words.title.trim(),
    metadataUri: words.uri.trim(),
  };
  instructions.push(await make(shared));
  return { instructions, index, fee, bond, hash, opens };
}

interface Shared {
  readonly proposer: ReturnType<typeof createNoopSigner>;
  readonly payer: ReturnType<typeof createNoopSigner>;
  readonly treasury: Address;
  readonly epoch: Address;
  readonly proposal: Address;
  readonly source: Address;
  readonly budgetMint: Address;
  readonly tokenProgram: Address;
  readonly metadataHash: Uint8Array;
  readonly title: string;
  readonly metadataUri: string;
}

/** Base units of a token account as the node has it now; `null` when there is none. */
async function fresh(chain: Chain, token: Address): Promise<bigint | null> {
  const resource = chain.balance(token);
  await resource.reload();
  const loaded = resource.get();
  if (loaded.kind === "failed" || loaded.kind === "doubted") throw new Error(loaded.sentence);
  return valueOf(loaded);
}

/** Submits an ask. A recipient who is the visitor accepts it by the same signature. */
export function submitAsk(
  chain: Chain,
  ground: Ground,
  visitor: Address,
  words: WordsForm,
  terms: AskTerms,
): Promise<Submission> {
  return submission(chain, ground, visitor, words, "ask", (shared) =>
    budget.getSubmitProposalInstructionAsync({
      ...shared,
      ...terms,
      recipient: terms.recipient === visitor ? shared.proposer : terms.recipient,
    }),
  );
}

/** Submits an act. */
export function submitAct(
  chain: Chain,
  ground: Ground,
  visitor: Address,
  words: WordsForm,
  { action, stream, withStake }: ActTerms,
): Promise<Submission> {
  return submission(chain, ground, visitor, words, "act", async (shared) =>
    budget.getSubmitActionInstructionAsync({
      ...shared,
      action,
      ...(stream === null ? {} : { stream }),
      ...(withStake ? { stake: await budget.stakeAddress(ground.address, visitor) } : {}),
    }),
  );
}
