/** What the program, the runtime and the wallet refuse, in words and with a next step. */

import { COMMUNITY_BUDGET_PROGRAM_ADDRESS } from "@community-budget/client";

import { errors } from "../../../idl/community_budget.json";
import { isObject } from "./json";
import { sentenceOf } from "./resource";

/** Why something was refused. */
export interface Refusal {
  /** The error's name: `VotingNotOpen`, or the runtime's. */
  readonly name: string;
  /** What must hold and does not, in one sentence. */
  readonly sentence: string;
  /** What the visitor can do about it. */
  readonly advice: string;
}

/** A refusal, thrown. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.sentence);
    this.refusal = refusal;
  }
}

const NAMED = new Map(errors.map((error) => [error.code, error]));

const AGAIN = "Look at the page again: it shows what holds now.";

/** What can be done about the errors that a visitor meets; all others get a general word. */
export const ADVICE: Readonly<Record<string, string>> = {
  AlreadyVoted:
    "Your ballot is recorded. Change it on the ballot page; it begins with what you cast.",
  BallotUnchanged: "Nothing needs to be signed: it is recorded as it is.",
  DelegateLockedOut:
    "The owner has voted, and only the owner may change that ballot in this epoch.",
  EntryNotVotable: "Take that entry out of your ballot.",
  ExecutionBlocked: "Wait until the breaker or the pause is over; the risk page says until when.",
  GraceOver: "It can only be closed now.",
  InsufficientStake: "Choose at most what is staked.",
  InsufficientTokens: "Add tokens to the wallet, or lower the amount.",
  LatePassRefused: "Take that choice out of your ballot; all others can still be cast.",
  NotInSubmission: "Keep the file that the form made, and submit it in the next epoch.",
  NotInVoting: "Look at the epoch page: it says when voting opens or opened.",
  NothingToWithdraw: "Wait until more is released.",
  NoVotingPower: "Stake now, to have power when the next epoch's voting opens.",
  OutflowLimited:
    "Wait: the limit leaves more with every hour, and what is old enough is always paid.",
  RoleRequired: "Connect the wallet that holds the role.",
  SlateChanged: "The slate changed while you read it. Read it again, then sign.",
  SlateFull: "Keep the file that the form made, and submit it in the next epoch.",
  StillCooling: "Wait until the cool-down has run; your stake says when.",
  StillTimelocked: "Wait until the timelock has run; the proposal says when.",
  VotingInProgress: "Wait until this epoch is settled.",
};

/** The program's error of this number; `null` for a number that it does not have. */
export function ofProgram(code: number): Refusal | null {
  const known = NAMED.get(code);
  if (known === undefined) return null;
  return { name: known.name, sentence: sentenceOf(known.msg), advice: ADVICE[known.name] ?? AGAIN };
}

function number(value: unknown): number | null {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" ? value : null;
}

const FUNDS: Refusal = {
  name: "InsufficientFunds",
  sentence: "The wallet does not hold enough for this.",
  advice: "The receipt says what is needed. Add funds, or lower the amount.",
};

const RUNTIME: Readonly<Record<string, Refusal>> = {
  BlockhashNotFound: {
    name: "BlockhashNotFound",
    sentence: "The transaction is too old for the network.",
    advice: "Nothing was changed. Start again: it is made anew.",
  },
  AlreadyProcessed: {
    name: "AlreadyProcessed",
    sentence: "The network has this transaction already.",
    advice: AGAIN,
  },
  AccountNotFound: {
    name: "AccountNotFound",
    sentence: "The wallet has no SOL yet, and the fee is paid in it.",
    advice: "Send some SOL to the wallet first.",
  },
  InsufficientFundsForFee: FUNDS,
  InsufficientFundsForRent: FUNDS,
};

/**
 * Puts a transaction's error into words. `failed` is the error as the node reports it, `programs` the
 * programs of the transaction's instructions in order, `logs` what the simulation logged.
 */
export function ofTransaction(
  failed: unknown,
  programs: readonly string[],
  logs: readonly string[],
): Refusal {
  if (typeof failed === "string") {
    return (
      RUNTIME[failed] ?? {
        name: failed,
        sentence: `The network refuses it: ${failed}.`,
        advice: AGAIN,
      }
    );
  }
  if (isObject(failed)) {
    const instruction = failed["InstructionError"];
    if (Array.isArray(instruction)) {
      const at = number(instruction[0]);
      const why: unknown = instruction[1];
      const custom = isObject(why) ? number(why["Custom"]) : null;
      const program = at === null ? undefined : programs[at];
      if (custom !== null) {
        if (program === COMMUNITY_BUDGET_PROGRAM_ADDRESS) {
          const known = ofProgram(custom);
          if (known !== null) return known;
        }
        // System program: 1; token programs: 1, also when the program called them.
        if (custom === 1) return FUNDS;
        return {
          name: `Custom(${custom})`,
          sentence: `A program refuses it with number ${custom}.`,
          advice: AGAIN,
        };
      }
      const name =
        typeof why === "string" ? why : (Object.keys(isObject(why) ? why : {})[0] ?? "unknown");
      if (name === "ComputationalBudgetExceeded") {
        return {
          name,
          sentence: "It needs more computation than it may use.",
          advice: "Choose less at a time.",
        };
      }
      return { name, sentence: `The network refuses it: ${name}.`, advice: AGAIN };
    }
    const name = Object.keys(failed)[0] ?? "unknown";
    return RUNTIME[name] ?? { name, sentence: `The network refuses it: ${name}.`, advice: AGAIN };
  }
  const last = logs.at(-1);
  return {
    name: "unknown",
    sentence: last === undefined ? "The network refuses it." : sentenceOf(last),
    advice: AGAIN,
  };
}

/** Whatever was thrown, as a refusal. */
export function ofAnything(error: unknown): Refusal {
  if (error instanceof Refused) return error.refusal;
  const words = error instanceof Error ? error.message : String(error);
  if (/reject|denied|declin|cancel/i.test(words)) {
    return {
      name: "Rejected",
      sentence: "You did not sign it in your wallet.",
      advice: "Nothing was sent and nothing has changed. Sign again whenever you like.",
    };
  }
  if (/fetch|network|HTTP/i.test(words)) {
    return {
      name: "NodeSilent",
      sentence: "The node does not answer.",
      advice:
        "Check your connection. If it was sent already, the page shows it once the node answers.",
    };
  }
  return { name: "Unexpected", sentence: sentenceOf(words), advice: AGAIN };
}
