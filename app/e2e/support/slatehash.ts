/** The hash that a ballot signs, computed anew (R3): from the bytes of the terms, in the slate's order. */

import { createHash } from "node:crypto";

import {
  type Address,
  type ReadonlyUint8Array,
  getAddressEncoder,
  getU32Encoder,
} from "@solana/kit";

/** Bytes of a proposal's account before its terms. */
export const TERMS_OFFSET = 192;

export function sha256(...parts: readonly ReadonlyUint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(Uint8Array.from(part));
  return Uint8Array.from(hash.digest());
}

/** Bytes of a text. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Every submission folded in, and the withdrawals of the places in `withdrawn` behind them. */
export function slateHash(
  treasury: Address,
  epoch: number,
  terms: readonly ReadonlyUint8Array[],
  withdrawn: readonly number[] = [],
): Uint8Array {
  const where = [getAddressEncoder().encode(treasury), getU32Encoder().encode(epoch)] as const;
  const domain = (name: string) => utf8(`community-budget:${name}:v1`);
  let hash = sha256(domain("slate"), ...where);
  for (const [place, own] of terms.entries()) {
    hash = sha256(hash, sha256(domain("leaf"), ...where, Uint8Array.of(place), own));
  }
  for (const place of withdrawn) {
    hash = sha256(hash, sha256(domain("tombstone"), ...where, Uint8Array.of(place)));
  }
  return hash;
}
