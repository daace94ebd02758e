/** Where the program's accounts are. Every address is derived, never taken from an answer. */

import {
  type Address,
  type ProgramDerivedAddress,
  getAddressEncoder,
  getProgramDerivedAddress,
} from "@solana/kit";

import {
  findBondVaultPda,
  findEpochPda,
  findProposalPda,
  findRecipientRecordPda,
  findReviewPda,
  findStakePda,
  findStakeVaultPda,
  findStreamPda,
  findTreasuryPda,
  findVaultPda,
  findVoteRecordPda,
} from "./generated/pdas";

const ASSOCIATED_TOKEN_PROGRAM =
  "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL" as Address<"ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL">;

async function only(found: Promise<ProgramDerivedAddress>): Promise<Address> {
  return (await found)[0];
}

/** The treasury `id` of `founder`. */
export function treasuryAddress(founder: Address, id: number | bigint): Promise<Address> {
  return only(findTreasuryPda({ founder, id }));
}

/** The vault that awards stream from. */
export function vaultAddress(treasury: Address): Promise<Address> {
  return only(findVaultPda({ treasury }));
}

/** The vault that holds stakes. */
export function stakeVaultAddress(treasury: Address): Promise<Address> {
  return only(findStakeVaultPda({ treasury }));
}

/** The vault that holds bonds. */
export function bondVaultAddress(treasury: Address): Promise<Address> {
  return only(findBondVaultPda({ treasury }));
}

/** The stake account of `owner`. */
export function stakeAddress(treasury: Address, owner: Address): Promise<Address> {
  return only(findStakePda({ treasury, owner }));
}

/** The record kept of `person`. */
export function recipientRecordAddress(treasury: Address, person: Address): Promise<Address> {
  return only(findRecipientRecordPda({ treasury, person }));
}

/** The epoch of position `index`, from 0. */
export function epochAddress(treasury: Address, index: number): Promise<Address> {
  return only(findEpochPda({ treasury, index }));
}

/** The proposal at `index` of an epoch's slate. */
export function proposalAddress(epoch: Address, index: number): Promise<Address> {
  return only(findProposalPda({ epoch, index }));
}

/** The vote record of the stake owner `owner` in an epoch. */
export function voteRecordAddress(epoch: Address, owner: Address): Promise<Address> {
  return only(findVoteRecordPda({ epoch, owner }));
}

/** The stream of an executed proposal. */
export function streamAddress(proposal: Address): Promise<Address> {
  return only(findStreamPda({ proposal }));
}

/** The review of a stream's checkpoint, from 0. */
export function reviewAddress(stream: Address, checkpoint: number): Promise<Address> {
  return only(findReviewPda({ stream, checkpoint }));
}

/** The associated token account of `owner` for `mint`, whose token program is `tokenProgram`. */
export function associatedTokenAddress(
  owner: Address,
  mint: Address,
  tokenProgram: Address,
): Promise<Address> {
  const seeds = [owner, tokenProgram, mint].map((key) => getAddressEncoder().encode(key));
  return only(getProgramDerivedAddress({ programAddress: ASSOCIATED_TOKEN_PROGRAM, seeds }));
}
