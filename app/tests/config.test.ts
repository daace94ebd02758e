/** The file beside the page: complete and safe, or refused with a sentence. */

import { describe, expect, it } from "vitest";

import { BadConfig, parseConfig, parseNames } from "../src/lib/config";

const KEY = "8TL66Y9W5Ezu6yhLdaULrAHmbYoqmB2zkAhGivpDd77M";
const token = { mint: KEY, name: "Test Dollar", symbol: "tUSD", decimals: 6, tokenProgram: KEY };
const GOOD = {
  community: "Open Harbour",
  cluster: "localnet",
  programId: KEY,
  treasury: KEY,
  budget: token,
  stake: { ...token, symbol: "HARB", decimals: 9 },
  rpc: "http://127.0.0.1:8899",
  websocket: "ws://127.0.0.1:8900",
};

describe("a deployment file", () => {
  it("is taken when it is complete", () => {
    const config = parseConfig(
      { ...GOOD, metadata: { base: "https://x.example/", folder: "metadata" } },
      new Map(),
    );
    expect(config.budget.decimals).toBe(6);
    expect(config.secondRpc).toBeNull();
    expect(config.metadata).toEqual({ base: "https://x.example/", folder: "metadata" });
    expect(parseConfig({ ...GOOD, secondRpc: "https://other.example" }, new Map()).secondRpc).toBe(
      "https://other.example",
    );
  });

  it("is refused, by name of the field, when anything is wrong", () => {
    const wrong: readonly (readonly [string, object])[] = [
      ["community", { community: 1 }],
      ["cluster", { cluster: "elsewhere" }],
      ["programId", { programId: "abc" }],
      ["treasury", { treasury: undefined }],
      ["budget", { budget: null }],
      ["decimals", { budget: { ...token, decimals: 6.5 } }],
      ["decimals", { budget: { ...token, decimals: 19 } }],
      ["mint", { stake: { ...token, mint: "x" } }],
      ["rpc", { rpc: "javascript:alert(1)" }],
      ["rpc", { rpc: "http://node.example" }],
      ["websocket", { websocket: "ws://node.example" }],
      ["secondRpc", { secondRpc: "http://node.example" }],
      ["base", { metadata: { folder: "metadata" } }],
    ];
    for (const [field, change] of wrong) {
      expect(() => parseConfig({ ...GOOD, ...change }, new Map()), field).toThrow(BadConfig);
      expect(() => parseConfig({ ...GOOD, ...change }, new Map()), field).toThrow(field);
    }
    expect(() => parseConfig([], new Map())).toThrow(BadConfig);
    expect(() => parseConfig(null, new Map())).toThrow(BadConfig);
  });

  it("does not take what it inherits for what it says", () => {
    const inherited: unknown = Object.create({ ...GOOD });
    expect(() => parseConfig(inherited, new Map())).toThrow(BadConfig);
  });
});

describe("a list of names", () => {
  it("names addresses, and nothing else", () => {
    const file: unknown = JSON.parse(
      `{"names": {"${KEY}": "Ada", "x": "no address", "11111111111111111111111111111111": 5, "__proto__": "y"}}`,
    );
    expect([...parseNames(file)]).toEqual([[KEY, "Ada"]]);
    for (const other of [null, [], {}, { names: [] }, "x"]) expect(parseNames(other).size).toBe(0);
  });
});
