// Generates src/generated from idl/community_budget.json:
//
//     node scripts/generate.mjs [FOLDER]
//
// What the IDL cannot say is said here, once, as changes of Codama's tree: where every account is,
// which of these addresses a builder may fill in by itself, and which signatures are optional.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { rootNodeFromAnchor } from "@codama/nodes-from-anchor";
import { getRenderMapVisitor } from "@codama/renderers-js";
import {
  createRenderMap,
  deleteDirectory,
  mapRenderMapContentAsync,
  mergeRenderMaps,
  writeRenderMap,
} from "@codama/renderers-core";
import * as c from "codama";
import * as prettier from "prettier";

import { eventsPage } from "./events.mjs";

const idlFile = fileURLToPath(new URL("../../../idl/community_budget.json", import.meta.url));
const idl = JSON.parse(readFileSync(idlFile, "utf8"));
const folder = process.argv[2] ?? fileURLToPath(new URL("../src/generated", import.meta.url));

// --- where accounts are -----------------------------------------------------------------------

const key = (name) => c.variablePdaSeedNode(name, c.publicKeyTypeNode());
const integer = (name, format) => c.variablePdaSeedNode(name, c.numberTypeNode(format));

/** Every address of the program: its seed constant in the IDL, then what follows it. */
const PDAS = {
  treasury: ["TREASURY_SEED", key("founder"), integer("id", "u64")],
  vault: ["VAULT_SEED", key("treasury")],
  stakeVault: ["STAKE_VAULT_SEED", key("treasury")],
  bondVault: ["BOND_VAULT_SEED", key("treasury")],
  stake: ["STAKE_SEED", key("treasury"), key("owner")],
  recipientRecord: ["RECIPIENT_SEED", key("treasury"), key("person")],
  epoch: ["EPOCH_SEED", key("treasury"), integer("index", "u32")],
  proposal: ["PROPOSAL_SEED", key("epoch"), integer("index", "u8")],
  voteRecord: ["VOTE_SEED", key("epoch"), key("owner")],
  stream: ["STREAM_SEED", key("proposal")],
  review: ["REVIEW_SEED", key("stream"), integer("checkpoint", "u8")],
};

function pdas() {
  return Object.entries(PDAS).map(([name, [constant, ...seeds]]) => {
    const found = idl.constants.find((entry) => entry.name === constant);
    if (found === undefined) throw new Error(`the IDL has no constant ${constant}`);
    const text = String.fromCharCode(...JSON.parse(found.value));
    return c.pdaNode({ name, seeds: [c.constantPdaSeedNodeFromString("utf8", text), ...seeds] });
  });
}

// --- which of them a builder fills in ---------------------------------------------------------

const from = (pda, accounts, args = {}) =>
  c.pdaValueNode(c.pdaLinkNode(pda), [
    ...Object.entries(accounts).map(([seed, account]) =>
      c.pdaSeedValueNode(seed, c.accountValueNode(account)),
    ),
    ...Object.entries(args).map(([seed, argument]) =>
      c.pdaSeedValueNode(seed, c.argumentValueNode(argument)),
    ),
  ]);

const inTreasury = (pda) => from(pda, { treasury: "treasury" });
const ownStake = { stake: from("stake", { treasury: "treasury", owner: "owner" }) };
const proposerRecord = {
  proposerRecord: from("recipientRecord", { treasury: "treasury", person: "proposer" }),
};

/** Defaults of accounts in every instruction that has them together with a treasury. */
const EVERYWHERE = {
  vault: inTreasury("vault"),
  stakeVault: inTreasury("stakeVault"),
  bondVault: inTreasury("bondVault"),
};

/**
 * Defaults by instruction: only where accounts and arguments leave no choice. A ballot's stake and
 * record are not among them: a delegate's key does not say whose ballot it casts.
 */
const DEFAULTS = {
  createTreasury: { treasury: from("treasury", { founder: "founder" }, { id: "id" }) },
  openStake: ownStake,
  stakeTokens: ownStake,
  requestUnstake: ownStake,
  withdrawUnstaked: ownStake,
  setLock: ownStake,
  setDelegate: ownStake,
  closeStake: ownStake,
  openRecipientRecord: {
    record: from("recipientRecord", { treasury: "treasury", person: "person" }),
  },
  openEpoch: { epoch: from("epoch", { treasury: "treasury" }, { index: "index" }) },
  submitProposal: proposerRecord,
  submitAction: proposerRecord,
  executeAward: { stream: from("stream", { proposal: "proposal" }) },
  fileUpdate: { review: from("review", { stream: "stream" }, { checkpoint: "checkpoint" }) },
};

/** Instructions that would share a name with an account. The Rust client's name for it. */
const RENAMED = { stake: "stakeTokens" };

/** The only defaults taken from the IDL: fixed addresses that it states itself. */
function statedAddress(instruction, account) {
  const entry = idl.instructions.find((other) => camel(other.name) === instruction);
  return entry?.accounts.find((other) => camel(other.name) === account)?.address;
}

function withDefaults(instruction) {
  const name = RENAMED[instruction.name] ?? instruction.name;
  const has = (account) => instruction.accounts.some((other) => other.name === account);
  const unused = new Set(Object.keys(DEFAULTS[name] ?? {}));
  const accounts = instruction.accounts.map(({ defaultValue: guessed, ...account }) => {
    unused.delete(account.name);
    const stated = statedAddress(instruction.name, account.name);
    const general = has("treasury") ? EVERYWHERE[account.name] : undefined;
    const defaultValue =
      stated === undefined ? (DEFAULTS[name]?.[account.name] ?? general) : guessed;
    return defaultValue === undefined ? account : { ...account, defaultValue };
  });
  if (unused.size > 0) throw new Error(`${name} has no account ${[...unused].join(", ")}`);
  return c.instructionNode({ ...instruction, name, accounts });
}

function camel(name) {
  return c.camelCase(name);
}

// --- what else the IDL cannot say -------------------------------------------------------------

/** The recipient's signature is optional: with it the submission is accepted at once. */
function withOptionalSignature(instruction) {
  if (instruction.name !== "submitProposal") return instruction;
  const accounts = instruction.accounts.map((account) =>
    account.name === "recipient" ? { ...account, isSigner: "either" } : account,
  );
  return c.instructionNode({ ...instruction, accounts });
}

/** The missed epochs' vote records, which prove by not being there. */
function withRemainingAccounts(instruction) {
  if (instruction.name !== "markDormant") return instruction;
  const records = c.instructionRemainingAccountsNode(c.argumentValueNode("voteRecords"), {
    docs: ["Where the owner's vote records of the last eight epochs would be, newest first."],
  });
  return c.instructionNode({ ...instruction, remainingAccounts: [records] });
}

/** Events become types, so that there is a decoder for each. */
function eventTypes(events) {
  return events.map((event) =>
    c.definedTypeNode({ name: `${event.name}Event`, type: event.data, docs: event.docs ?? [] }),
  );
}

const rewrite = c.bottomUpTransformerVisitor([
  {
    select: "[programNode]",
    transform: (program) =>
      c.programNode({
        ...program,
        pdas: pdas(),
        definedTypes: [...program.definedTypes, ...eventTypes(program.events)],
        instructions: program.instructions
          .map(withDefaults)
          .map(withOptionalSignature)
          .map(withRemainingAccounts),
      }),
  },
]);

// --- rendering --------------------------------------------------------------------------------

/**
 * The renderer states a return type for its client plugin that strict TypeScript does not accept;
 * without it the compiler infers the right one.
 */
function patchPlugin(path, code) {
  if (path !== "programs/communityBudget.ts") return code;
  const stated =
    /\(client: T\): Omit<T, "communityBudget"> & \{ communityBudget: CommunityBudgetPlugin \} =>/g;
  if ([...code.matchAll(stated)].length !== 1) {
    throw new Error("the renderer's plugin has changed: look at patchPlugin in generate.mjs");
  }
  return code.replace(stated, "(client: T) =>");
}

const codama = c.createFromRoot(rootNodeFromAnchor(idl));
codama.update(rewrite);
const rendered = mergeRenderMaps([
  c.visit(codama.getRoot(), getRenderMapVisitor()),
  createRenderMap({ "events/index.ts": { content: eventsPage(idl) } }),
]);
const formatted = await mapRenderMapContentAsync(rendered, (code, path) =>
  prettier.format(patchPlugin(path, code), { parser: "typescript", printWidth: 100 }),
);
deleteDirectory(folder);
writeRenderMap(formatted, folder);
