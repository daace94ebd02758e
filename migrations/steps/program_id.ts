// The id that the committed interface description declares.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { web3 } from "@anchor-lang/core";

const idl = JSON.parse(
  readFileSync(join(__dirname, "../../idl/community_budget.json"), "utf8"),
) as { address: string };

export const PROGRAM_ID = new web3.PublicKey(idl.address);
