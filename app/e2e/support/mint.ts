/** Tokens of the invented community for whoever a test wants to have some: its founder can mint both. */

import { readFile } from "node:fs/promises";
import path from "node:path";

import {
  type Address,
  address,
  appendTransactionMessageInstructions,
  createKeyPairSignerFromBytes,
  createSolanaRpc,
  createTransactionMessage,
  getBase64EncodedWireTransaction,
  getSignatureFromTransaction,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
} from "@solana/kit";
import {
  findAssociatedTokenPda,
  getCreateAssociatedTokenIdempotentInstruction,
  getMintToInstruction,
} from "@solana-program/token";

import { parseJson, textAt } from "./json";
import type { Network } from "./network";

/** Mints base units of the `budget` or the `stake` token for somebody, and waits until they are there. */
export async function mint(
  network: Network,
  owner: Address,
  kind: "budget" | "stake",
  amount: bigint,
): Promise<void> {
  const rpc = createSolanaRpc(network.rpc);
  const deployment = await network.deployment();
  const token = address(textAt(deployment, kind, "mint"));
  const tokenProgram = address(textAt(deployment, kind, "tokenProgram"));
  const secret = parseJson(await readFile(path.join(network.keys, "founder.json"), "utf8"));
  if (!Array.isArray(secret)) throw new Error("founder.json holds no key");
  const founder = await createKeyPairSignerFromBytes(Uint8Array.from(secret, Number));
  const [ata] = await findAssociatedTokenPda({ owner, mint: token, tokenProgram });
  const { value: latest } = await rpc.getLatestBlockhash().send();
  const instructions = [
    getCreateAssociatedTokenIdempotentInstruction({
      ...{ payer: founder, ata, owner, mint: token, tokenProgram },
    }),
    getMintToInstruction({ mint: token, token: ata, mintAuthority: founder, amount }),
  ];
  const transaction = await signTransactionMessageWithSigners(
    pipe(
      createTransactionMessage({ version: 0 }),
      (message) => setTransactionMessageFeePayerSigner(founder, message),
      (message) => setTransactionMessageLifetimeUsingBlockhash(latest, message),
      (message) => appendTransactionMessageInstructions(instructions, message),
    ),
  );
  const wire = getBase64EncodedWireTransaction(transaction);
  await rpc.sendTransaction(wire, { encoding: "base64" }).send();
  const signature = getSignatureFromTransaction(transaction);
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const { value } = await rpc.getSignatureStatuses([signature]).send();
    if (value[0] !== null && value[0] !== undefined) {
      if (value[0].err !== null) throw new Error("the founder could not mint");
      return;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("what was minted did not arrive");
}
