/**
 * From instructions to a landed transaction: compiled here, simulated before anybody signs, signed by the
 * wallet, compared byte by byte with what was shown, sent, and then looked for on chain. A transaction holds
 * nothing but this program's instruction, and what it needs beside it.
 */

import {
  type Address,
  type Instruction,
  type ReadonlyUint8Array,
  type Signature,
  AccountRole,
  appendTransactionMessageInstructions,
  compileTransaction,
  createTransactionMessage,
  getBase58Decoder,
  getBase64EncodedWireTransaction,
  getTransactionDecoder,
  getTransactionEncoder,
  pipe,
  setTransactionMessageComputeUnitLimit,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from "@solana/kit";
import {
  type BudgetEvent,
  COMMUNITY_BUDGET_PROGRAM_ADDRESS,
  decodeEvents,
} from "@community-budget/client";

import type { Chain } from "./chain";
import { sha256 } from "./digest";
import { Refused, ofTransaction } from "./errors";
import { hex } from "./format";
import {
  ASSOCIATED_TOKEN_PROGRAM_ADDRESS,
  COMPUTE_BUDGET_PROGRAM_ADDRESS,
  SYSTEM_PROGRAM_ADDRESS,
} from "./programs";

/** Most units that a transaction may use; the limit while it is simulated. */
const MAX_UNITS = 1_400_000;
const CONFIRM_EVERY_MS = 300;
/** A confirmation that does not come by then is said to be open. */
const CONFIRM_MS = 60_000;

/** Signs a transaction of the wire format and gives it back signed. */
export type Sign = (wire: Uint8Array) => Promise<ReadonlyUint8Array>;

/** An account that a transaction names. */
export interface Touched {
  readonly address: Address;
  readonly writable: boolean;
  readonly signer: boolean;
}

/** A transaction that was simulated and may be signed. */
export interface Prepared {
  /** The wire bytes without signatures, as the wallet gets them. */
  readonly wire: Uint8Array;
  /** The same in base64, for `budget explain`. */
  readonly base64: string;
  /** SHA-256 of the message, in hexadecimal: what a second device can compare. */
  readonly fingerprint: string;
  readonly payer: Address;
  /** Programs of the instructions, in order: errors are told apart by their place. */
  readonly programs: readonly Address[];
  readonly touched: readonly Touched[];
  /** Units that the simulation used, and the limit that was set. */
  readonly units: number;
  readonly limit: number;
  /** Lamports of the network's fee. */
  readonly fee: bigint;
  /** Lamports that the payer's balance falls by, fee included: what is locked as rent is in it. */
  readonly lamports: bigint;
  /** Events of the simulation: what would be recorded. */
  readonly events: readonly BudgetEvent[];
  readonly lastValidBlockHeight: bigint;
}

/** A transaction that landed. */
export interface Landed {
  readonly signature: Signature;
  readonly slot: bigint;
  readonly events: readonly BudgetEvent[];
}

/** Lamports for each signature. */
const SIGNATURE_FEE = 5_000n;

/** Programs that may be called at top level, and nothing else. */
const ALLOWED: readonly Address[] = [
  COMMUNITY_BUDGET_PROGRAM_ADDRESS,
  COMPUTE_BUDGET_PROGRAM_ADDRESS,
  ASSOCIATED_TOKEN_PROGRAM_ADDRESS,
];

/** Compiles and simulates. Throws {@link Refused} with what the program or the network says. */
export async function prepare(
  chain: Chain,
  payer: Address,
  instructions: readonly Instruction[],
): Promise<Prepared> {
  const { rpc } = chain;
  for (const { programAddress } of instructions) {
    if (ALLOWED.includes(programAddress)) continue;
    throw new Error(`this page makes no instruction of ${programAddress}`);
  }
  const [{ value: latest }, balance] = await Promise.all([
    rpc.getLatestBlockhash({ commitment: "confirmed" }).send(),
    rpc.getBalance(payer, { commitment: "confirmed" }).send(),
  ]);
  const compiled = (limit: number) =>
    compileTransaction(
      pipe(
        createTransactionMessage({ version: 0 }),
        (message) => setTransactionMessageFeePayer(payer, message),
        (message) => setTransactionMessageLifetimeUsingBlockhash(latest, message),
        (message) => setTransactionMessageComputeUnitLimit(limit, message),
        (message) => appendTransactionMessageInstructions(instructions, message),
      ),
    );
  // The limit is set before the others are appended, so it comes first; errors count all of them.
  const programs = [
    COMPUTE_BUDGET_PROGRAM_ADDRESS,
    ...instructions.map((one) => one.programAddress),
  ];
  const simulate = async (transaction: ReturnType<typeof compiled>) => {
    const { value } = await rpc
      .simulateTransaction(getBase64EncodedWireTransaction(transaction), {
        commitment: "confirmed",
        encoding: "base64",
        sigVerify: false,
        accounts: { addresses: [payer], encoding: "base64" },
      })
      .send();
    if (value.err !== null) throw new Refused(ofTransaction(value.err, programs, value.logs ?? []));
    return value;
  };
  const tried = await simulate(compiled(MAX_UNITS));
  const units = Number(tried.unitsConsumed ?? MAX_UNITS);
  const limit = Math.min(MAX_UNITS, Math.ceil(units * 1.1));
  const transaction = compiled(limit);
  const final = await simulate(transaction);
  const wire = Uint8Array.from(getTransactionEncoder().encode(transaction));
  const digest = await sha256(transaction.messageBytes);
  const signers = Object.keys(transaction.signatures).length;
  const after = final.accounts[0]?.lamports ?? balance.value;
  const fee = SIGNATURE_FEE * BigInt(signers);
  const spent = balance.value - after;
  return {
    wire,
    base64: getBase64EncodedWireTransaction(transaction),
    fingerprint: hex(digest),
    payer,
    programs,
    touched: touchedBy(payer, instructions),
    units,
    limit,
    fee,
    // A node may or may not take the fee off in a simulation; it is taken off when it lands.
    lamports: spent < fee ? spent + fee : spent,
    events: decodeEvents(final.logs ?? []),
    lastValidBlockHeight: latest.lastValidBlockHeight,
  };
}

function touchedBy(payer: Address, instructions: readonly Instruction[]): Touched[] {
  const all = new Map<Address, Touched>([
    [payer, { address: payer, writable: true, signer: true }],
  ]);
  for (const { accounts = [] } of instructions) {
    for (const { address, role } of accounts) {
      const before = all.get(address);
      const writable = role === AccountRole.WRITABLE || role === AccountRole.WRITABLE_SIGNER;
      const signer = role === AccountRole.READONLY_SIGNER || role === AccountRole.WRITABLE_SIGNER;
      all.set(address, {
        address,
        writable: writable || (before?.writable ?? false),
        signer: signer || (before?.signer ?? false),
      });
    }
  }
  return [...all.values()].filter(({ address }) => address !== SYSTEM_PROGRAM_ADDRESS);
}

/** How far a sending has come. */
export type Progress = "signing" | "sending" | "confirming";

/**
 * Has it signed, sends it, and waits until the node shows it. Throws {@link Refused} when the wallet gave
 * back something else than what was shown, when it failed, or when it expired.
 */
export async function send(
  chain: Chain,
  prepared: Prepared,
  sign: Sign,
  progress: (step: Progress) => void = () => {},
): Promise<Landed> {
  progress("signing");
  const signed = getTransactionDecoder().decode(await sign(prepared.wire));
  const shown = getTransactionDecoder().decode(prepared.wire);
  if (hex(signed.messageBytes) !== hex(shown.messageBytes)) {
    throw new Refused({
      name: "MessageAltered",
      sentence: "The wallet gave back another transaction than the one that you were shown.",
      advice: "It was not sent. Do not use this wallet until you know why.",
    });
  }
  const own = signed.signatures[prepared.payer];
  if (own === undefined || own === null) {
    throw new Refused({
      name: "NotSigned",
      sentence: "The wallet gave the transaction back without a signature.",
      advice: "Nothing was sent. Sign again, or choose another account of the wallet.",
    });
  }
  // The bytes of a signature in base58 are what Solana calls the signature.
  const signature = getBase58Decoder().decode(own) as Signature;
  progress("sending");
  try {
    await chain.rpc
      .sendTransaction(getBase64EncodedWireTransaction(signed), {
        encoding: "base64",
        preflightCommitment: "confirmed",
      })
      .send();
  } catch (error) {
    const failed = preflight(error);
    if (failed === null) throw error;
    throw new Refused(ofTransaction(failed.err, prepared.programs, failed.logs));
  }
  progress("confirming");
  const landed = await confirmed(chain, prepared, signature);
  await chain.changed();
  return landed;
}

function preflight(error: unknown): { err: unknown; logs: readonly string[] } | null {
  const context: unknown = error instanceof Error ? Reflect.get(error, "context") : null;
  if (typeof context !== "object" || context === null) return null;
  const logs: unknown = Reflect.get(context, "logs");
  const cause: unknown = error instanceof Error ? error.cause : null;
  const inner: unknown =
    typeof cause === "object" && cause !== null ? Reflect.get(cause, "context") : null;
  const code: unknown =
    typeof inner === "object" && inner !== null ? Reflect.get(inner, "code") : null;
  const index: unknown =
    typeof inner === "object" && inner !== null ? Reflect.get(inner, "index") : null;
  const lines = Array.isArray(logs) ? logs.filter((line) => typeof line === "string") : [];
  if (typeof code === "number")
    return { err: { InstructionError: [index, { Custom: code }] }, logs: lines };
  return lines.length > 0 ? { err: null, logs: lines } : null;
}

async function confirmed(chain: Chain, prepared: Prepared, signature: Signature): Promise<Landed> {
  const { rpc } = chain;
  const until = performance.now() + CONFIRM_MS;
  for (;;) {
    const { value } = await rpc.getSignatureStatuses([signature]).send();
    const status = value[0];
    if (status !== undefined && status !== null) {
      if (status.err !== null)
        throw new Refused(await failure(chain, prepared, signature, status.err));
      const level = status.confirmationStatus;
      if (level === "confirmed" || level === "finalized") break;
    }
    if (status === null) {
      const height = await rpc.getBlockHeight({ commitment: "confirmed" }).send();
      if (height > prepared.lastValidBlockHeight) {
        throw new Refused({
          name: "Expired",
          sentence: "The network did not take the transaction in time.",
          advice: "Nothing was changed. Sign again: it is made anew.",
        });
      }
    }
    if (performance.now() > until) {
      throw new Refused({
        name: "Unconfirmed",
        sentence: "The transaction was sent, and the node has not confirmed it yet.",
        advice: "Do not send it again: look at the page in a minute, it shows what landed.",
      });
    }
    await new Promise((done) => setTimeout(done, CONFIRM_EVERY_MS));
  }
  // A status is a claim. The transaction itself, with the program's own log, is what counts.
  const found = await transaction(chain, signature);
  if (found === null) {
    throw new Refused({
      name: "NotShown",
      sentence: "The node says that the transaction landed, and cannot show it.",
      advice:
        "Do not believe this node. Look at the page through another one before you sign again.",
    });
  }
  const meta = found.meta;
  if (meta !== null && meta.err !== null) {
    throw new Refused(ofTransaction(meta.err, prepared.programs, meta.logMessages ?? []));
  }
  return { signature, slot: found.slot, events: decodeEvents(meta?.logMessages ?? []) };
}

async function failure(chain: Chain, prepared: Prepared, signature: Signature, err: unknown) {
  const found = await transaction(chain, signature).catch(() => null);
  const logs = found?.meta?.logMessages ?? [];
  return ofTransaction(err, prepared.programs, logs);
}

async function transaction(chain: Chain, signature: Signature) {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const found = await chain.rpc
      .getTransaction(signature, {
        commitment: "confirmed",
        encoding: "base64",
        maxSupportedTransactionVersion: 0,
      })
      .send();
    if (found !== null) return found;
    await new Promise((done) => setTimeout(done, CONFIRM_EVERY_MS));
  }
  return null;
}
