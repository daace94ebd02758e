/** What the recipient does: report, choose where it is paid, give back. */

import { type Address, createNoopSigner } from "@solana/kit";
import * as budget from "@community-budget/client";

import type { Chain } from "../../../lib/chain";
import * as format from "../../../lib/format";
import { category } from "../../../lib/words";
import { flowAt, openGateOf } from "../../../lib/streams";
import type { Deed } from "../../Act";
import { Name, SafeLink, When, Written } from "../../Text";
import { obstacle, readTokenAccounts } from "../payee";
import { HEALTH, checkpointOf } from "../words";
import { AGAIN, type Subject, called, onChain, refused, streamLine, treasuryOf } from "./subject";

/** What a recipient reports. */
export interface Update {
  readonly health: budget.Health;
  /** Base units. */
  readonly spent: bigint;
  readonly evidenceHash: Uint8Array;
  readonly evidenceUri: string;
}

/** Files the update on the open checkpoint. */
export async function fileUpdate(
  chain: Chain,
  who: Address,
  subject: Subject,
  update: Update,
): Promise<Deed> {
  const flow = flowAt(subject.stream, chain.clock.now());
  const { stream } = flow;
  const open = openGateOf(flow);
  if (open?.gate.kind !== "awaitsUpdate") {
    throw refused("UpdateNotDue", "No update is awaited now.", AGAIN);
  }
  const checkpoint = open.at;
  const signer = createNoopSigner(who);
  const instruction = await budget.getFileUpdateInstructionAsync({
    recipient: signer,
    payer: signer,
    treasury: chain.config.treasury,
    stream: subject.address,
    checkpoint,
    ...update,
  });
  return {
    title: `File the update on ${checkpointOf(stream, checkpoint)}`,
    lines: [
      streamLine(subject),
      { term: "Checkpoint", value: onChain(stream, checkpoint) },
      { term: "Health", value: HEALTH[update.health] },
      { term: "Spent so far", value: format.exactAmount(update.spent, chain.config.budget) },
      { term: "Evidence", value: <SafeLink uri={update.evidenceUri} /> },
      { term: "Its SHA-256", value: <code>{format.hex(update.evidenceHash)}</code> },
      { term: "Due before", value: <When at={open.gate.until} /> },
      {
        term: "Then",
        value: `the reviewer has ${format.span(stream.graceSecs)} to score it; silence passes it`,
      },
    ],
    instructions: [instruction],
    cannot: "It moves no tokens.",
    undo: "An update is filed once: it cannot be changed or taken back.",
  };
}

/** Chooses the token account that a stream pays. */
export async function redirect(
  chain: Chain,
  who: Address,
  subject: Subject,
  to: Address,
): Promise<Deed> {
  const { treasury, budget: token } = chain.config;
  const { stream } = subject;
  if (to === stream.payoutAccount) {
    throw refused("PaidThereAlready", "The stream is paid there already.", "Choose another one.");
  }
  const [found = null] = await readTokenAccounts(chain.rpc, [to], [token.tokenProgram]);
  const why = obstacle(found, token.mint, (owner) => owner !== treasury);
  if (found === null || why !== null) {
    throw refused(
      "CannotBePaid",
      `That cannot be paid: the account ${why ?? "does not exist"}.`,
      `Give the address of a token account for ${token.symbol}, not of a wallet.`,
    );
  }
  const warnings =
    found.owner === who
      ? []
      : [
          "The account belongs to somebody else. What is paid there is theirs, and cannot be had back.",
        ];
  return {
    title: `Have ${called(subject)} paid to another account`,
    lines: [
      streamLine(subject),
      { term: "Paid to now", value: <Name address={stream.payoutAccount} copy /> },
      { term: "Paid to then", value: <Name address={to} copy /> },
      { term: "It belongs to", value: <Name address={found.owner} copy /> },
    ],
    warnings,
    instructions: [
      budget.getRedirectPayoutInstruction({
        recipient: createNoopSigner(who),
        treasury,
        stream: subject.address,
        payout: to,
      }),
    ],
    cannot: "It moves no tokens now; what was paid before stays where it is.",
    undo: "Every later payment goes there, until you choose another account.",
  };
}

/** Brings tokens back to the stream's category. */
export async function giveBack(
  chain: Chain,
  who: Address,
  subject: Subject,
  amount: bigint,
  inRecord: boolean,
): Promise<Deed> {
  const treasury = treasuryOf(chain);
  const { budget: token, treasury: at } = chain.config;
  const index = subject.stream.category;
  const source = await budget.associatedTokenAddress(who, token.mint, token.tokenProgram);
  const [purse = null] = await readTokenAccounts(chain.rpc, [source], [token.tokenProgram]);
  const has = purse?.amount ?? 0n;
  if (amount > has) {
    throw refused(
      "InsufficientTokens",
      `You have ${format.exactAmount(has, token)}, less than you want to give back.`,
      "Lower the amount.",
    );
  }
  const name = category(treasury.inForce, index);
  const exact = (value: bigint) => format.exactAmount(value, token);
  const change = (before: bigint, after: bigint) =>
    `${format.exactDigits(before, token.decimals)} → ${exact(after)}`;
  const terms = budget.state.policy.positionTerms(treasury.inForce, index);
  const cost = treasury.positions[index]?.cost ?? 0n;
  const repaid = amount < cost ? amount : cost;
  const instruction = await budget.getReturnFundsInstructionAsync({
    depositor: createNoopSigner(who),
    treasury: at,
    ...(inRecord ? { record: await budget.recipientRecordAddress(at, who) } : {}),
    source,
    budgetMint: token.mint,
    tokenProgram: token.tokenProgram,
    category: index,
    amount,
  });
  return {
    title: `Give ${exact(amount)} back to the treasury`,
    lines: [
      { term: "Category", value: <Written>{name}</Written> },
      { term: "Your tokens", value: change(has, has - amount) },
      { term: "In the vault", value: change(treasury.tracked, treasury.tracked + amount) },
      ...(budget.rules.risk.isRisk(terms)
        ? [
            { term: "Position", value: change(cost, cost - repaid) },
            { term: "Profit in it", value: exact(amount - repaid) },
          ]
        : []),
      {
        term: "Your record",
        value: inRecord ? "counts it as returned" : "does not count it",
      },
    ],
    instructions: [instruction],
    cannot: "It changes nothing of the stream: what is still to be released stays as it is.",
    undo: "It cannot be taken back: only an award that passes a vote moves tokens out of the vault.",
  };
}
