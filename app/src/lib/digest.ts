/** SHA-256 of bytes, and of a file that the visitor chose. Nothing of either is sent anywhere. */

import type { ReadonlyUint8Array } from "@solana/kit";

import { hex } from "./format";

/** SHA-256 of the parts one after the other. */
export async function sha256(...parts: readonly ReadonlyUint8Array[]): Promise<Uint8Array> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all));
}

/** A file is read as a whole; beyond this it would take the page's memory. */
export const MAX_DIGEST_BYTES = 512 * 1_024 * 1_024;

/** SHA-256 of a file, as the 32 bytes that the chain keeps. Throws for a file too large to be read here. */
export async function digestOf(file: Blob): Promise<Uint8Array> {
  if (file.size > MAX_DIGEST_BYTES) {
    throw new RangeError("the file is larger than 512 MB; compute its SHA-256 by another program");
  }
  return sha256(new Uint8Array(await file.arrayBuffer()));
}

/** SHA-256 of a file, in hexadecimal. */
export async function hexDigestOf(file: Blob): Promise<string> {
  return hex(await digestOf(file));
}
