/** What hardly ever changes, and decides whom one trusts: who can change the program, and who the tokens. */

import {
  type Address,
  type EncodedAccount,
  type Rpc,
  type SolanaRpcApi,
  address,
  getAddressDecoder,
} from "@solana/kit";
import { COMMUNITY_BUDGET_PROGRAM_ADDRESS } from "@community-budget/client";

import { type MintPowers, powersOf } from "../caveats";
import type { Config, Token } from "../config";
import { Doubted, type Reading } from "../resource";
import { encodedOf } from "./node";
import type { Notes } from "./notes";

const UPGRADEABLE_LOADER = address("BPFLoaderUpgradeab1e11111111111111111111111");

/** Who can change the program. */
export interface ProgramFacts {
  /** Who may replace the program's code; `null` when nobody can any more. */
  readonly upgradeAuthority: Address | null;
}

/** Who has power over the two tokens. */
export interface MintFacts {
  readonly budget: MintPowers;
  readonly stake: MintPowers;
}

/** Reads the program's account and that of its code. Throws {@link Doubted}. */
export async function readProgram(
  rpc: Rpc<SolanaRpcApi>,
  { programId }: Config,
  notes: Notes,
): Promise<Reading<ProgramFacts>> {
  if (programId !== COMMUNITY_BUDGET_PROGRAM_ADDRESS) {
    throw new Doubted("This page was built for another program than its deployment file names.");
  }
  const { value, slot } = await encodedOf(rpc, [programId]);
  const program = value[0];
  const hidden = (sentence: string) => {
    notes.note("program", [{ rule: "program", about: "the program", sentence }]);
    return new Doubted(sentence);
  };
  if (program === undefined || program === null)
    throw hidden("There is no program at its address.");
  const { data, programAddress, executable } = program;
  // Tag 2, then the address of the account that holds the code.
  if (!executable || programAddress !== UPGRADEABLE_LOADER || data[0] !== 2 || data.length < 36) {
    throw hidden("What lies at the program's address is no program that can be looked into.");
  }
  const code = (await encodedOf(rpc, [getAddressDecoder().decode(data.slice(4, 36))])).value[0];
  // Tag 3, the slot of the deployment, then an option of the authority.
  if (
    code === undefined ||
    code === null ||
    code.programAddress !== UPGRADEABLE_LOADER ||
    code.data[0] !== 3
  ) {
    throw hidden("The node does not show who can change the program.");
  }
  notes.note("program", []);
  const held = code.data[12] === 1;
  const upgradeAuthority = held ? getAddressDecoder().decode(code.data.slice(13, 45)) : null;
  return { value: { upgradeAuthority }, slot };
}

/** Reads the mints of the two tokens. Throws {@link Doubted}. */
export async function readMints(
  rpc: Rpc<SolanaRpcApi>,
  { budget: own, stake }: Config,
  notes: Notes,
): Promise<Reading<MintFacts>> {
  const { value, slot } = await encodedOf(rpc, [own.mint, stake.mint]);
  const read = (account: EncodedAccount | null | undefined, token: Token): MintPowers => {
    const data = account?.data ?? new Uint8Array();
    const key = (from: number) => getAddressDecoder().decode(data.slice(from, from + 32));
    const powers = account?.programAddress === token.tokenProgram ? powersOf(data, key) : null;
    if (powers === null || powers.decimals !== token.decimals) {
      const sentence = `The node does not show ${token.symbol} as the token that it is.`;
      notes.note("mints", [{ rule: "mint", about: "the tokens", sentence }]);
      throw new Doubted(sentence);
    }
    return powers;
  };
  const found = { budget: read(value[0], own), stake: read(value[1], stake) };
  notes.note("mints", []);
  return { value: found, slot };
}
