/** Whether the page said of a transaction what is in it: the command line reads it, and knows nothing of the page. */

import { createHash } from "node:crypto";

import { getTransactionDecoder } from "@solana/kit";
import { expect } from "vitest";

import { type Json, at, isList, textAt } from "./json";
import type { Network } from "./network";
import type { Receipt } from "./pages";
import type { TestWallet } from "./wallet";

const BUDGET = "4tGu76FBYo7oBBzgw5FBKDexfTUXDDW9P3DR6GkeW29o";
const SYSTEM = "11111111111111111111111111111111";

/** The program's instruction of this name in what `explain` read. */
function instructionIn(explained: Json, name: string): Json {
  const list = at(explained, "instructions");
  const own = (isList(list) ? list : []).filter(
    (one) => at(one, "program") === BUDGET && at(one, "name") === name,
  );
  expect(own).toHaveLength(1);
  return own[0] ?? null;
}

/**
 * Compares what the wallet was given, what the page said of it, and what the command line reads in it.
 * `warned`: kinds of warnings that it has reason for. Gives the program's instruction of that name, as read.
 */
export async function compared(
  network: Network,
  receipt: Receipt,
  wallet: TestWallet,
  name: string,
  warned: readonly string[] = [],
): Promise<Json> {
  const asked = wallet.asked.at(-1);
  if (asked === undefined) throw new Error("the wallet was not asked");
  expect(asked.base64).toBe(receipt.base64);
  const { messageBytes } = getTransactionDecoder().decode(asked.wire);
  const digest = createHash("sha256").update(Uint8Array.from(messageBytes)).digest("hex");
  expect(receipt.fingerprint).toBe(digest);

  const explained = await network.explain(asked.base64);
  const warnings = at(explained, "warnings");
  expect((isList(warnings) ? warnings : []).map((one) => at(one, "kind"))).toEqual(warned);
  if (warned.length === 0) expect(at(explained, "understood")).toBe(true);
  expect(at(explained, "fee_payer")).toBe(wallet.signer.address);
  const list = at(explained, "instructions");
  const touched = new Map<string, "changes" | "is read">();
  for (const instruction of isList(list) ? list : []) {
    const accounts = at(instruction, "accounts");
    for (const account of isList(accounts) ? accounts : []) {
      if (at(account, "left_out") === true) continue;
      const key = textAt(account, "key");
      const changes = at(account, "writable") === true || touched.get(key) === "changes";
      touched.set(key, changes ? "changes" : "is read");
    }
  }
  // Who pays the fee is touched by that alone.
  touched.set(wallet.signer.address, "changes");
  // The system's own program is in every transaction and says nothing.
  touched.delete(SYSTEM);
  touched.delete(BUDGET);
  const shown = new Map(receipt.accounts);
  shown.delete(BUDGET);
  expect(shown).toEqual(touched);
  return instructionIn(explained, name);
}
