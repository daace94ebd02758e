/** Addresses, held against the Rust client's. */

import type { Address } from "@solana/kit";
import { describe, expect, it } from "vitest";

import * as addresses from "../src/addresses";
import { COMMUNITY_BUDGET_PROGRAM_ADDRESS } from "../src/generated/programs";
import { PROGRAM, raw } from "./vectors";

interface Seeds {
  founder: Address;
  id: string;
  treasury: Address;
  owner: Address;
  person: Address;
  index: number;
  epoch: Address;
  proposal: Address;
  stream: Address;
  checkpoint: number;
  mint: Address;
  tokenProgram: Address;
}

const FINDERS: Readonly<Record<string, (seeds: Seeds) => Promise<Address>>> = {
  treasury: ({ founder, id }) => addresses.treasuryAddress(founder, BigInt(id)),
  vault: ({ treasury }) => addresses.vaultAddress(treasury),
  stakeVault: ({ treasury }) => addresses.stakeVaultAddress(treasury),
  bondVault: ({ treasury }) => addresses.bondVaultAddress(treasury),
  stake: ({ treasury, owner }) => addresses.stakeAddress(treasury, owner),
  recipientRecord: ({ treasury, person }) => addresses.recipientRecordAddress(treasury, person),
  epoch: ({ treasury, index }) => addresses.epochAddress(treasury, index),
  proposal: ({ epoch, index }) => addresses.proposalAddress(epoch, index),
  voteRecord: ({ epoch, owner }) => addresses.voteRecordAddress(epoch, owner),
  stream: ({ proposal }) => addresses.streamAddress(proposal),
  review: ({ stream, checkpoint }) => addresses.reviewAddress(stream, checkpoint),
  associatedToken: ({ owner, mint, tokenProgram }) =>
    addresses.associatedTokenAddress(owner, mint, tokenProgram),
};

const cases = raw<{ of: string; seeds: Seeds; is: Address }>("addresses");

describe("addresses", () => {
  cases.forEach(({ of, seeds, is }, index) => {
    it(`${of} ${index}`, async () => {
      expect(await FINDERS[of]?.(seeds)).toBe(is);
    });
  });

  it("are found for every kind", () => {
    expect(new Set(cases.map(({ of }) => of))).toEqual(new Set(Object.keys(FINDERS)));
  });

  it("belong to the program that the Rust client speaks to", () => {
    expect(COMMUNITY_BUDGET_PROGRAM_ADDRESS).toBe(PROGRAM);
  });
});
