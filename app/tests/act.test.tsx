// @vitest-environment jsdom
/** The window of a deed: it belongs to the page, so its result outlives the button that asked for it. */

import { act } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Act, ActWindow, type Deed } from "../src/components/Act";
import { Refused } from "../src/lib/errors";

const prepare = vi.hoisted(() => vi.fn());
const send = vi.hoisted(() => vi.fn());
vi.mock("../src/lib/transact", () => ({ prepare, send }));
vi.mock("../src/lib/context", () => ({ useChain: () => ({ config: { cluster: "localnet" } }) }));
vi.mock("../src/lib/wallet", () => {
  const visitor = { address: "somebody", wallet: "Test Wallet", sign: vi.fn() };
  return { useVisitor: () => visitor };
});
vi.mock("../src/components/Text", () => ({ Copy: () => null, Name: () => null }));
vi.mock("../src/components/Wallet", () => ({ ConnectButton: () => null }));

const DEED: Deed = { title: "Settle epoch 1", lines: [], cannot: "-", undo: "-", instructions: [] };
const PREPARED = {
  fee: 0n,
  lamports: 0n,
  units: 1,
  limit: 2,
  touched: [],
  fingerprint: "",
  base64: "",
};

let place: HTMLElement;
let show: (content: React.ReactNode) => Promise<void>;

beforeEach(() => {
  Reflect.set(globalThis, "IS_REACT_ACT_ENVIRONMENT", true);
  // jsdom has the element without its methods.
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
  };
  place = document.createElement("div");
  document.body.append(place);
  const root = createRoot(place);
  show = (content) => act(async () => root.render(<ActWindow>{content}</ActWindow>));
  prepare.mockReset().mockResolvedValue(PREPARED);
  send.mockReset().mockResolvedValue({ signature: "s".repeat(88), slot: 7n, events: [] });
});

afterEach(() => place.remove());

const press = (label: string) =>
  act(async () => {
    const buttons = [...place.querySelectorAll("button")];
    const button = buttons.find(({ textContent }) => textContent === label);
    if (button === undefined) throw new Error(`there is no button ${label}`);
    button.click();
  });
const dialog = () => place.querySelector("dialog")?.textContent ?? "";

it("shows what landed, though the button has gone meanwhile", async () => {
  await show(<Act label="Settle" build={() => DEED} />);
  await press("Settle");
  expect(dialog()).toContain("Before you sign");
  await show(null);
  await press("Sign with Test Wallet");
  expect(dialog()).toContain("Done: Settle epoch 1");
  await press("Close");
  expect(dialog()).toBe("");
});

it("asks no wallet for what the network refuses, and names the error", async () => {
  const refusal = { name: "NotInVoting", sentence: "It must be.", advice: "Wait." };
  prepare.mockRejectedValue(new Refused(refusal));
  await show(<Act label="Vote" build={() => DEED} />);
  await press("Vote");
  for (const words of ["Not done: Vote", "It must be.", "Wait.", "NotInVoting"]) {
    expect(dialog()).toContain(words);
  }
  expect(send).not.toHaveBeenCalled();
});

it("signs nothing before it was shown", async () => {
  await show(<Act label="Vote" build={() => DEED} />);
  await press("Vote");
  expect(send).not.toHaveBeenCalled();
  await press("Cancel");
  expect(send).not.toHaveBeenCalled();
});
