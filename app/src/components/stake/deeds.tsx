/** What an owner can do with a stake, each with its receipt. */

import { type Address, type Instruction, createNoopSigner } from "@solana/kit";
import * as budget from "@community-budget/client";
import type { Epoch, Stake, Treasury } from "@community-budget/client";
import { getCreateAssociatedTokenIdempotentInstruction } from "@solana-program/token";

import type { Chain } from "../../lib/chain";
import * as format from "../../lib/format";
import { SYSTEM_PROGRAM_ADDRESS } from "../../lib/programs";
import type { Deed, Line } from "../Act";
import { Name, When } from "../Text";
import { coolsUntil, powerAfter, weighed } from "./weigh";

/** What a deed is made from. */
export interface Scene {
  readonly chain: Chain;
  readonly treasury: Treasury;
  /** The epoch opened last, while it is not settled; `null` otherwise. */
  readonly epoch: Epoch | null;
  readonly owner: Address;
  /** `null` while it is not opened. */
  readonly stake: Stake | null;
  readonly now: bigint;
}

const KEEPS = "Your tokens stay yours: nobody else can move or spend them.";

/** Where the owner's tokens are. */
export function tokenAccount({ chain, owner }: Pick<Scene, "chain" | "owner">): Promise<Address> {
  const { mint, tokenProgram } = chain.config.stake;
  return budget.associatedTokenAddress(owner, mint, tokenProgram);
}

function moment({ treasury, now }: Scene) {
  return budget.state.treasury.moment(treasury, now);
}

function tokens({ chain }: Scene, value: bigint): string {
  return format.exactAmount(value, chain.config.stake);
}

/** A weight before and after, with the share of all that it comes to. */
function weightLine(scene: Scene, weight: bigint): Line {
  const { treasury, stake, chain } = scene;
  const before = stake?.weight ?? 0n;
  const others = treasury.totalWeight - before;
  const digits = (value: bigint) => format.exactDigits(value, chain.config.stake.decimals);
  return {
    term: "Weight",
    value: `${digits(before)} → ${digits(weight)} (${format.share(weight, others + weight)} of all)`,
  };
}

/** What is taken away in the midst of a vote is lost to that vote. */
function powerLine(scene: Scene, weight: bigint): Line[] {
  const { epoch, stake, chain, now } = scene;
  if (epoch === null || stake === null) return [];
  if (budget.state.epoch.phaseAt(epoch, now) !== "Voting") return [];
  const before = budget.state.stake.powerIn(stake, epoch.index);
  const after = powerAfter(stake, epoch.index, weight);
  if (before === after) return [];
  const digits = (value: bigint) => format.exactDigits(value, chain.config.stake.decimals);
  return [
    {
      term: `Power in epoch ${epoch.index}`,
      value: `${digits(before)} → ${digits(after)}, at once; a ballot that is cast already keeps its weight`,
    },
  ];
}

function firstVote(scene: Scene): string {
  return scene.epoch !== null && budget.state.treasury.votingOpened(scene.treasury, scene.now)
    ? `from the next epoch on: voting in epoch ${scene.epoch.index} has opened already`
    : "from the next voting on";
}

/** Stakes tokens; opens the stake first where there is none. */
export async function stakeDeed(scene: Scene, amount: bigint, lockSecs: number): Promise<Deed> {
  const { chain, owner, stake, treasury } = scene;
  const signer = createNoopSigner(owner);
  const where = { owner: signer, treasury: chain.config.treasury };
  const instructions: Instruction[] = [];
  const lines: Line[] = [];
  const before = stake?.amount ?? 0n;
  if (stake === null) {
    instructions.push(
      await budget.getOpenStakeInstructionAsync({ ...where, payer: signer, lockSecs }),
    );
    lines.push(
      { term: "Opens first", value: "your stake account; its rent comes back when you close it" },
      { term: "Cool-down", value: format.exactSpan(lockSecs) },
    );
  }
  instructions.push(
    await budget.getStakeTokensInstructionAsync({
      ...where,
      source: await tokenAccount(scene),
      stakeMint: treasury.stakeMint,
      tokenProgram: chain.config.stake.tokenProgram,
      amount,
    }),
  );
  const change = { amount: before + amount, ...(stake === null ? { lockSecs } : {}) };
  const { weight } = weighed(stake, moment(scene), change);
  const lock = stake?.lockSecs ?? lockSecs;
  return {
    title: `Stake ${tokens(scene, amount)}`,
    lines: [
      ...lines,
      { term: "Your stake", value: `${tokens(scene, before)} → ${tokens(scene, before + amount)}` },
      weightLine(scene, weight),
      { term: "Votes", value: firstVote(scene) },
    ],
    cannot: KEEPS,
    undo: `Unstake whenever you like; the tokens then cool down for ${format.exactSpan(lock)} before you can take them out.`,
    instructions,
  };
}

/** Starts the cool-down of staked tokens. */
export async function unstakeDeed(scene: Scene, amount: bigint): Promise<Deed> {
  const { chain, owner, stake, treasury } = scene;
  if (stake === null) throw new Error("there is no stake");
  const at = moment(scene);
  const left = stake.amount - amount;
  const { weight } = weighed(stake, at, { amount: left });
  const until = coolsUntil(stake, at, treasury.coolingFloorAt);
  return {
    title: `Unstake ${tokens(scene, amount)}`,
    lines: [
      { term: "Your stake", value: `${tokens(scene, stake.amount)} → ${tokens(scene, left)}` },
      weightLine(scene, weight),
      ...powerLine(scene, weight),
      {
        term: "Cooling",
        value: `${tokens(scene, stake.cooling)} → ${tokens(scene, stake.cooling + amount)}`,
      },
      { term: "Can be taken out", value: <When at={until} /> },
    ],
    warnings:
      stake.cooling > 0n
        ? ["Everything that cools already waits as long: its cool-down starts anew."]
        : [],
    cannot: "No token leaves your stake with this; it only starts the cool-down.",
    undo: "It cannot be called off. Once it has cooled down, take it out and stake it again.",
    instructions: [
      await budget.getRequestUnstakeInstructionAsync({
        owner: createNoopSigner(owner),
        treasury: chain.config.treasury,
        amount,
      }),
    ],
  };
}

/** Takes out what has cooled down. */
export async function withdrawDeed(scene: Scene): Promise<Deed> {
  const { chain, owner, stake, treasury } = scene;
  if (stake === null) throw new Error("there is no stake");
  const { tokenProgram } = chain.config.stake;
  const destination = await tokenAccount(scene);
  const signer = createNoopSigner(owner);
  return {
    title: `Take ${tokens(scene, stake.cooling)} out of your stake`,
    lines: [
      { term: "To", value: <Name address={owner} copy /> },
      { term: "Still staked", value: tokens(scene, stake.amount) },
    ],
    cannot: "It goes to your own token account and nowhere else.",
    undo: "Stake the tokens again; they vote from the next voting on.",
    instructions: [
      getCreateAssociatedTokenIdempotentInstruction({
        payer: signer,
        ata: destination,
        owner,
        mint: treasury.stakeMint,
        tokenProgram,
      }),
      await budget.getWithdrawUnstakedInstructionAsync({
        owner: signer,
        treasury: chain.config.treasury,
        destination,
        stakeMint: treasury.stakeMint,
        tokenProgram,
      }),
    ],
  };
}

/** Chooses another cool-down. */
export async function lockDeed(scene: Scene, lockSecs: number): Promise<Deed> {
  const { chain, owner, stake } = scene;
  if (stake === null) throw new Error("there is no stake");
  const { weight } = weighed(stake, moment(scene), { lockSecs });
  const shorter = lockSecs < stake.lockSecs;
  return {
    title: `Change the cool-down to ${format.exactSpan(lockSecs)}`,
    lines: [
      {
        term: "Cool-down",
        value: `${format.exactSpan(stake.lockSecs)} → ${format.exactSpan(lockSecs)}`,
      },
      weightLine(scene, weight),
      ...(shorter ? powerLine(scene, weight) : []),
      {
        term: shorter ? "Tokens stay" : "Counts",
        value: shorter
          ? `at least ${format.exactSpan(stake.lockSecs)} from now, as if the old cool-down had begun`
          : firstVote(scene),
      },
    ],
    cannot: KEEPS,
    undo: shorter
      ? "Choose the longer one again; power lost in this epoch does not come back."
      : "Choose a shorter one; tokens then stay as long as if the longer cool-down had begun.",
    instructions: [
      await budget.getSetLockInstructionAsync({
        owner: createNoopSigner(owner),
        treasury: chain.config.treasury,
        lockSecs,
      }),
    ],
  };
}

/** Chooses who may vote in the owner's place; `null` for nobody. */
export async function delegateDeed(scene: Scene, delegate: Address | null): Promise<Deed> {
  const { chain, owner, stake } = scene;
  if (stake === null) throw new Error("there is no stake");
  const named = (key: Address) =>
    key === SYSTEM_PROGRAM_ADDRESS ? "nobody" : <Name address={key} copy />;
  const next = delegate ?? SYSTEM_PROGRAM_ADDRESS;
  return {
    title: delegate === null ? "Let nobody else vote for you" : "Let somebody vote in your place",
    lines: [
      {
        term: "Delegate",
        value: (
          <>
            {named(stake.delegate)} → {named(next)}
          </>
        ),
      },
      {
        term: "May do",
        value:
          delegate === null
            ? "nothing any more, from now on; a ballot that was cast for you stays until you change it"
            : "cast, change and take back your ballot, while you have not voted yourself in that epoch",
      },
    ],
    cannot:
      "A delegate votes and nothing else: your tokens cannot be moved or unstaked by anybody but you.",
    undo: "Change the delegate whenever you like. Your own ballot always comes first.",
    instructions: [
      await budget.getSetDelegateInstructionAsync({
        owner: createNoopSigner(owner),
        treasury: chain.config.treasury,
        delegate: next,
      }),
    ],
  };
}
