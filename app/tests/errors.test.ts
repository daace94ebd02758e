/** Refusals in words. */

import { COMMUNITY_BUDGET_PROGRAM_ADDRESS } from "@community-budget/client";
import { describe, expect, it } from "vitest";

import { errors } from "../../idl/community_budget.json";
import { ADVICE, Refused, ofAnything, ofProgram, ofTransaction } from "../src/lib/errors";

const PROGRAMS = ["ComputeBudget111111111111111111111111111111", COMMUNITY_BUDGET_PROGRAM_ADDRESS];

describe("an error of the program", () => {
  it("has its name, a sentence and advice", () => {
    for (const { code, name } of errors) {
      const refusal = ofTransaction({ InstructionError: [1, { Custom: code }] }, PROGRAMS, []);
      expect(refusal.name).toBe(name);
      expect(refusal.sentence).toMatch(/^[A-Z0-9].*[.!?]$/);
      expect(refusal.advice).not.toBe("");
    }
  });

  it("is told by which program failed", () => {
    const code = errors[0]?.code ?? 0;
    const other = ofTransaction({ InstructionError: [0, { Custom: code }] }, PROGRAMS, []);
    expect(other.name).toBe(`Custom(${code})`);
    expect(
      ofTransaction({ InstructionError: [1n, { Custom: BigInt(code) }] }, PROGRAMS, []).name,
    ).toBe(errors[0]?.name);
    expect(ofProgram(1)).toBeNull();
  });

  it("is advised on only where the program has it", () => {
    const names = new Set(errors.map(({ name }) => name));
    for (const name of Object.keys(ADVICE)) expect(names.has(name), name).toBe(true);
  });
});

describe("an error of the network", () => {
  it("is put into words", () => {
    expect(ofTransaction("BlockhashNotFound", [], []).sentence).toContain("too old");
    expect(ofTransaction("AccountNotFound", [], []).sentence).toContain("SOL");
    expect(ofTransaction({ InstructionError: [1, { Custom: 1 }] }, PROGRAMS, []).name).toBe(
      "InsufficientFunds",
    );
    expect(ofTransaction({ InsufficientFundsForRent: { account_index: 0 } }, [], []).name).toBe(
      "InsufficientFunds",
    );
    expect(
      ofTransaction({ InstructionError: [1, "ComputationalBudgetExceeded"] }, PROGRAMS, []).name,
    ).toBe("ComputationalBudgetExceeded");
    expect(ofTransaction("SomethingNew", [], []).name).toBe("SomethingNew");
    expect(ofTransaction(undefined, [], ["it broke"]).sentence).toBe("It broke.");
  });
});

it("whatever else is thrown has a next step", () => {
  expect(ofAnything(new Error("User rejected the request")).name).toBe("Rejected");
  expect(ofAnything(new TypeError("Failed to fetch")).name).toBe("NodeSilent");
  const refusal = { name: "X", sentence: "Y.", advice: "Z." };
  expect(ofAnything(new Refused(refusal))).toBe(refusal);
  expect(ofAnything("odd").sentence).toBe("Odd.");
});
