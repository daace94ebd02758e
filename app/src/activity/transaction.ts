/** One transaction of the program: the events that it logged, and what only its instructions say. */

import {
  getBase64Encoder,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
} from "@solana/kit";
import {
  type BudgetEvent,
  COMMUNITY_BUDGET_PROGRAM_ADDRESS,
  CommunityBudgetInstruction,
  LOG_TRUNCATED,
  decodeEvents,
  getCastVoteInstructionDataDecoder,
  getReviseVoteInstructionDataDecoder,
  getSubmitActionInstructionDataDecoder,
  getSubmitProposalInstructionDataDecoder,
  identifyCommunityBudgetInstruction,
  unpackBallot,
} from "@community-budget/client";

/** An event, and what its instruction says beyond it. */
export interface Happening {
  readonly event: BudgetEvent;
  /** Entries that a ballot chooses on; `null` for other events, and where the instruction is not seen. */
  readonly marks: number | null;
  /** The title that a proposal was submitted with; `null` likewise. */
  readonly title: string | null;
}

/** What a transaction says. */
export interface Reading {
  /** In the order in which they were logged. */
  readonly happenings: readonly Happening[];
  /** The node cut the log: events may be missing behind the cut. */
  readonly truncated: boolean;
}

/** A transaction that changed nothing, or that nothing is known of. */
export const SILENT: Reading = { happenings: [], truncated: false };

type Detail = { readonly marks?: number; readonly title?: string };
type Named = "VoteCast" | "VoteRevised" | "ProposalSubmitted" | "ActionSubmitted";

/** What one instruction says beyond its event, and the event that it logs. */
function detailOf(data: Uint8Array): readonly [Named, Detail] | null {
  try {
    switch (identifyCommunityBudgetInstruction(data)) {
      case CommunityBudgetInstruction.CastVote: {
        const { args } = getCastVoteInstructionDataDecoder().decode(data);
        return ["VoteCast", { marks: unpackBallot(args.ballot).length }];
      }
      case CommunityBudgetInstruction.ReviseVote: {
        const { args } = getReviseVoteInstructionDataDecoder().decode(data);
        return ["VoteRevised", { marks: unpackBallot(args.ballot).length }];
      }
      case CommunityBudgetInstruction.SubmitProposal:
        return [
          "ProposalSubmitted",
          { title: getSubmitProposalInstructionDataDecoder().decode(data).title },
        ];
      case CommunityBudgetInstruction.SubmitAction:
        return [
          "ActionSubmitted",
          { title: getSubmitActionInstructionDataDecoder().decode(data).title },
        ];
      default:
        return null;
    }
  } catch {
    return null; // An instruction that is not known here: its event still says what happened.
  }
}

/** What the transaction's own instructions say, by the event that they log. Called ones are not seen. */
function detailsOf(wire: string): ReadonlyMap<string, readonly Detail[]> {
  const found = new Map<string, Detail[]>();
  try {
    const { messageBytes } = getTransactionDecoder().decode(getBase64Encoder().encode(wire));
    const message = getCompiledTransactionMessageDecoder().decode(messageBytes);
    if (!("instructions" in message)) return found;
    for (const { programAddressIndex, data } of message.instructions) {
      const program = message.staticAccounts[programAddressIndex];
      if (program !== COMMUNITY_BUDGET_PROGRAM_ADDRESS || data === undefined) continue;
      const detail = detailOf(new Uint8Array(data));
      if (detail === null) continue;
      const [name, said] = detail;
      found.set(name, [...(found.get(name) ?? []), said]);
    }
  } catch {
    return new Map();
  }
  return found;
}

/** Reads a transaction that succeeded: its log, and its bytes in base64. */
export function readTransaction(logs: readonly string[], wire: string | null): Reading {
  const truncated = logs.includes(LOG_TRUNCATED);
  const events = decodeEvents(logs);
  const details = wire === null || truncated ? new Map<string, never[]>() : detailsOf(wire);
  const counts = new Map<string, number>();
  for (const { name } of events) counts.set(name, (counts.get(name) ?? 0) + 1);

  const nth = new Map<string, number>();
  const happenings = events.map((event): Happening => {
    const at = nth.get(event.name) ?? 0;
    nth.set(event.name, at + 1);
    const said: readonly Detail[] = details.get(event.name) ?? [];
    // With a call among them it is not known which event is whose.
    const own = said.length === counts.get(event.name) ? said[at] : undefined;
    return { event, marks: own?.marks ?? null, title: own?.title ?? null };
  });
  return { happenings, truncated };
}
