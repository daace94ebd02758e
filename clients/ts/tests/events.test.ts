/** Events, held against what the program logs, and against what others log. */

import { getBase64Decoder } from "@solana/kit";
import { describe, expect, it } from "vitest";

import { LOG_TRUNCATED, decodeEvent, decodeEvents } from "../src/events";
import { COMMUNITY_BUDGET_EVENTS } from "../src/generated/events";
import { COMMUNITY_BUDGET_PROGRAM_ADDRESS as PROGRAM } from "../src/generated/programs";
import { type Json, bytes, raw, shown } from "./vectors";

const cases = raw<{ name: string; data: string; is: Json }>("events");
const OTHER = "11111111111111111111111111111111";
const data = (hex: string) => `Program data: ${getBase64Decoder().decode(bytes(hex))}`;
const [vote, proposal] = cases;
if (vote === undefined || proposal === undefined) throw new Error("no events");

describe("events", () => {
  cases.forEach((of, index) => {
    it(`${of.name} ${index}`, () => {
      const event = decodeEvent(bytes(of.data));
      expect(event?.name).toBe(of.name);
      expect(shown(event?.data)).toEqual(of.is);
      expect(decodeEvent(bytes(of.data.slice(0, -2)))).toBeNull();
      expect(decodeEvent(bytes(`00${of.data.slice(2)}`))).toBeNull();
    });
  });

  it("are as many as the program has", () => {
    expect(COMMUNITY_BUDGET_EVENTS).toHaveLength(44);
    expect(new Set(COMMUNITY_BUDGET_EVENTS.map(([discriminator]) => discriminator)).size).toBe(44);
  });

  it("come in order, whatever else is logged", () => {
    const logs = [
      `Program ${PROGRAM} invoke [1]`,
      "Program log: Instruction: CastVote",
      data(vote.data),
      `Program ${OTHER} invoke [2]`,
      `Program ${OTHER} success`,
      data(proposal.data),
      `Program ${PROGRAM} consumed 4452 of 200000 compute units`,
      `Program ${PROGRAM} success`,
    ];
    expect(decodeEvents(logs).map(({ name }) => name)).toEqual([vote.name, proposal.name]);
  });

  it("end where the log was cut, though lines that fit may follow", () => {
    const cut = [`Program ${PROGRAM} invoke [1]`, data(vote.data), LOG_TRUNCATED, data(vote.data)];
    expect(decodeEvents(cut)).toHaveLength(1);
  });

  it("of other programs are not believed", () => {
    const forged = [
      data(vote.data),
      `Program ${OTHER} invoke [1]`,
      data(vote.data),
      `Program ${PROGRAM} invoke [2]`,
      `Program ${PROGRAM} success`,
      data(vote.data),
      `Program log: Program ${PROGRAM} invoke [2]`,
      data(vote.data),
      `Program ${OTHER} failed: custom program error: 0x1`,
      data(vote.data),
    ];
    expect(decodeEvents(forged)).toEqual([]);
  });

  it("that are broken are left out", () => {
    const logs = [
      `Program ${PROGRAM} invoke [1]`,
      "Program data: ###",
      "Program data: ",
      data("00"),
    ];
    expect(decodeEvents(logs)).toEqual([]);
  });
});
