/** SHA-256 of a file that the visitor chose. It is computed here and nothing of the file is sent anywhere. */

import { hex } from "./format";

/** A file is read as a whole; beyond this it would take the page's memory. */
export const MAX_DIGEST_BYTES = 512 * 1_024 * 1_024;

/** SHA-256 of a file, as the 32 bytes that the chain keeps. Throws for a file too large to be read here. */
export async function digestOf(file: Blob): Promise<Uint8Array> {
  if (file.size > MAX_DIGEST_BYTES) {
    throw new RangeError("the file is larger than 512 MB; compute its SHA-256 by another program");
  }
  const bytes = await file.arrayBuffer();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** SHA-256 of a file, in hexadecimal. */
export async function hexDigestOf(file: Blob): Promise<string> {
  return hex(await digestOf(file));
}
