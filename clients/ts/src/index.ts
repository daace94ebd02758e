/**
 * Community Budget from outside the program: generated instruction builders, types and errors, addresses,
 * checked accounts, events, and the rules.
 *
 * The generated functions that fetch or decode an account without checking it are not part of this: read
 * accounts with `readTreasury` and its siblings.
 */

export * from "./accounts";
export * from "./addresses";
export * from "./ballot";
export * from "./events";
export * from "./slate";
export * as rules from "./rules";
export * as state from "./state";
export { RuleError } from "./rules/checked";
export { Choice } from "./rules/ballot";

export type {
  BudgetEpoch,
  Proposal,
  RecipientRecord,
  Review,
  Stake,
  Stream,
  Treasury,
  VoteRecord,
} from "./generated/accounts";
export * from "./generated/errors";
export * from "./generated/events";
export * from "./generated/instructions";
export * from "./generated/types";
export {
  COMMUNITY_BUDGET_PROGRAM_ADDRESS,
  CommunityBudgetAccount,
  CommunityBudgetInstruction,
  identifyCommunityBudgetInstruction,
  parseCommunityBudgetInstruction,
  type ParsedCommunityBudgetInstruction,
} from "./generated/programs";
