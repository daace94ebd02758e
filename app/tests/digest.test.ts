/** The SHA-256 of files. */

import { describe, expect, it } from "vitest";

import { digestOf, hexDigestOf } from "../src/lib/digest";
import * as format from "../src/lib/format";

describe("a file's digest", () => {
  it("is its SHA-256", async () => {
    const abc = new Blob(["abc"]);
    const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(await hexDigestOf(abc)).toBe(expected);
    expect(format.hex(await digestOf(abc))).toBe(expected);
  });

  it("is refused for what does not fit into memory", async () => {
    const huge = new Blob([]);
    Object.defineProperty(huge, "size", { value: 2 ** 40 });
    await expect(digestOf(huge)).rejects.toThrow("512 MB");
  });
});
