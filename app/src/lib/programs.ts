/** Programs that every transaction of this page may call, besides the one it is about. */

import { address } from "@solana/kit";

export const SYSTEM_PROGRAM_ADDRESS = address("11111111111111111111111111111111");
export const COMPUTE_BUDGET_PROGRAM_ADDRESS = address(
  "ComputeBudget111111111111111111111111111111",
);
export const ASSOCIATED_TOKEN_PROGRAM_ADDRESS = address(
  "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL",
);
