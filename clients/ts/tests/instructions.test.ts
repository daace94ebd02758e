/** Every instruction, held against what the Rust client builds: accounts, roles and bytes. */

import {
  type AccountMeta,
  AccountRole,
  type Address,
  type Instruction,
  createNoopSigner,
} from "@solana/kit";
import { describe, expect, it } from "vitest";

import * as builders from "../src/generated/instructions";
import {
  COMMUNITY_BUDGET_PROGRAM_ADDRESS,
  CommunityBudgetInstruction,
  identifyCommunityBudgetInstruction,
} from "../src/generated/programs";
import { type Json, bytes, hex, raw, shown } from "./vectors";

interface Meta {
  address: Address;
  signer: boolean;
  writable: boolean;
}

interface Case {
  name: string;
  names: string[];
  args: Json;
  is: { accounts: Meta[]; data: string };
}

type Data = Record<string, unknown> & { discriminator: unknown };
type Build = (input: unknown) => Instruction | Promise<Instruction>;
type Parse = (instruction: Instruction) => { data: Data };

const functions = builders as unknown as Record<string, unknown>;
const named = (name: string) => (name === "stake" ? "StakeTokens" : capital(name));
const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
const builder = (name: string) => functions[`get${named(name)}Instruction`] as Build;
const asyncBuilder = (name: string) =>
  functions[`get${named(name)}InstructionAsync`] as Build | undefined;
const parser = (name: string) => functions[`parse${named(name)}Instruction`] as Parse;

function role({ signer, writable }: Meta): AccountRole {
  if (signer) return writable ? AccountRole.WRITABLE_SIGNER : AccountRole.READONLY_SIGNER;
  return writable ? AccountRole.WRITABLE : AccountRole.READONLY;
}

function instruction({ is }: Case): Instruction {
  const accounts: AccountMeta[] = is.accounts.map((meta) => {
    return { address: meta.address, role: role(meta) };
  });
  return {
    programAddress: COMMUNITY_BUDGET_PROGRAM_ADDRESS,
    accounts,
    data: bytes(is.data),
  };
}

/** The accounts by name, as a builder takes them; an optional one that is absent is left out. */
function accounts({ names, is }: Case): Record<string, unknown> {
  const given = names.flatMap((name, index) => {
    const meta = is.accounts[index];
    if (meta === undefined || meta.address === COMMUNITY_BUDGET_PROGRAM_ADDRESS) return [];
    return [[name, meta.signer ? createNoopSigner(meta.address) : meta.address]];
  });
  return Object.fromEntries(given) as Record<string, unknown>;
}

/** Arguments out of the case's own bytes; another test says that they are the case's arguments. */
function input(of: Case): Record<string, unknown> {
  const { discriminator: _, ...args } = parser(of.name)(instruction(of)).data;
  const remaining = of.is.accounts.slice(of.names.length).map((meta) => meta.address);
  return { ...accounts(of), ...args, ...(remaining.length > 0 ? { voteRecords: remaining } : {}) };
}

function comparable(built: Instruction): Json {
  return {
    program: built.programAddress,
    accounts: (built.accounts ?? []).map(({ address, role: as }) => ({ address, role: as })),
    data: hex(built.data ?? []),
  };
}

const cases = raw<Case>("instructions");

describe("instructions", () => {
  cases.forEach((of, index) => {
    it(`${of.name} ${index}: bytes mean the arguments`, () => {
      const { discriminator: _, ...args } = parser(of.name)(instruction(of)).data;
      expect(shown(args)).toEqual(of.args);
      const kind = identifyCommunityBudgetInstruction(bytes(of.is.data));
      expect(CommunityBudgetInstruction[kind]).toBe(named(of.name));
    });

    it(`${of.name} ${index}: the builder makes the same`, async () => {
      const built = await builder(of.name)(input(of));
      expect(comparable(built)).toEqual(comparable(instruction(of)));
    });
  });

  it("are all there", () => {
    const kinds = Object.values(CommunityBudgetInstruction).filter(
      (kind) => typeof kind === "string",
    );
    expect(new Set(cases.map(({ name }) => named(name)))).toEqual(new Set(kinds));
    expect(kinds).toHaveLength(48);
  });
});

/** What each builder may fill in by itself. */
const FILLED: Readonly<Record<string, readonly string[]>> = {
  createTreasury: ["treasury", "vault", "stakeVault", "bondVault", "systemProgram"],
  depositFunds: ["vault"],
  absorbSurplus: ["vault"],
  returnFunds: ["vault"],
  openStake: ["stake", "systemProgram"],
  stake: ["stake", "stakeVault"],
  requestUnstake: ["stake"],
  withdrawUnstaked: ["stake", "stakeVault"],
  setLock: ["stake"],
  setDelegate: ["stake"],
  closeStake: ["stake"],
  openRecipientRecord: ["record", "systemProgram"],
  openEpoch: ["epoch", "systemProgram"],
  submitProposal: ["proposerRecord", "vault", "bondVault", "systemProgram"],
  submitAction: ["proposerRecord", "vault", "bondVault", "systemProgram"],
  castVote: ["systemProgram"],
  executeAward: ["stream", "systemProgram"],
  fileUpdate: ["review", "systemProgram"],
  withdrawStream: ["vault"],
  closeVoteRecord: ["vault"],
  closeProposal: ["vault", "bondVault"],
  vetoProposal: ["instructions"],
  scoreUpdate: ["instructions"],
  markPosition: ["instructions"],
  pauseExecutions: ["instructions"],
  pauseStream: ["instructions"],
};

describe("what builders fill in", () => {
  cases.forEach((of, index) => {
    const filled = FILLED[of.name] ?? [];
    if (filled.length === 0) return;
    it(`${of.name} ${index}: ${filled.join(", ")}`, async () => {
      const given = Object.entries(input(of)).filter(([name]) => !filled.includes(name));
      const build = asyncBuilder(of.name) ?? builder(of.name);
      expect(comparable(await build(Object.fromEntries(given)))).toEqual(
        comparable(instruction(of)),
      );
    });
  });

  cases.forEach((of, index) => {
    const filled = FILLED[of.name] ?? [];
    it(`${of.name} ${index}: nothing else`, async () => {
      const all = input(of);
      const build = asyncBuilder(of.name) ?? builder(of.name);
      for (const name of Object.keys(accounts(of)).filter((other) => !filled.includes(other))) {
        const given = Object.entries(all).filter(([other]) => other !== name);
        const built = await Promise.resolve()
          .then(() => build(Object.fromEntries(given)))
          .catch(() => null);
        const place = of.names.indexOf(name);
        const address = built?.accounts?.[place]?.address ?? COMMUNITY_BUDGET_PROGRAM_ADDRESS;
        expect(address, `${name} must be given`).toBe(COMMUNITY_BUDGET_PROGRAM_ADDRESS);
      }
    });
  });
});
