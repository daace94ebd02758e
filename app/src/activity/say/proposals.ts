/** What events of proposals say. */

import { BondFate } from "@community-budget/client";

import { type Part, money, name, sentence } from "../parts";
import { type Tellers, act, entryIn } from "./called";

export const proposals = {
  ProposalSubmitted: (data, scene) => {
    const { epoch, index, proposer, recipient, amount, slotFee, bond, accepted } = data;
    const whom = proposer === recipient ? [] : sentence` for ${name(recipient)}`;
    const consent = accepted ? "" : ", whose acceptance is still needed";
    return [
      sentence`${name(proposer)} proposed ${entryIn(scene, scene.epochIndex(epoch), index)}: ${money(amount)}${whom}${consent}`,
      sentence`the slot cost ${money(slotFee)}; ${money(bond)} is held as a bond`,
    ];
  },
  ActionSubmitted: (data, scene) => {
    const { epoch, index, proposer, action, slotFee, bond } = data;
    return [
      sentence`${name(proposer)} proposed ${entryIn(scene, scene.epochIndex(epoch), index)}: ${act(scene, action)}`,
      sentence`the slot cost ${money(slotFee)}; ${money(bond)} is held as a bond`,
    ];
  },
  ProposalAccepted: (data, scene) => {
    const { epoch, index, recipient, recipientAsk } = data;
    return [
      sentence`${name(recipient)} accepted ${entryIn(scene, scene.epochIndex(epoch), index)}`,
      sentence`${money(recipientAsk)} is what the recipient asks for in this epoch in all`,
    ];
  },
  ProposalWithdrawn: (data, scene) => {
    const { epoch, index } = data;
    return [
      sentence`${entryIn(scene, scene.epochIndex(epoch), index)} was withdrawn by its proposer`,
      null,
    ];
  },
  ProposalLapsed: (data, scene) => {
    const { epoch, index, amount, committed } = data;
    const free = amount === 0n ? [] : sentence`; ${money(amount)} is free again`;
    return [
      sentence`${entryIn(scene, scene.epochIndex(epoch), index)} lapsed, as nobody executed it in time${free}`,
      sentence`${money(committed)} is promised in all`,
    ];
  },
  ProposalClosed: (data, scene) => {
    const { epoch, index, bond, fate, tracked } = data;
    const fates: Readonly<Record<BondFate, Part[]>> = {
      [BondFate.None]: [],
      [BondFate.Returned]: sentence`; its bond of ${money(bond)} went back to the proposer`,
      [BondFate.Forfeited]: sentence`; its bond of ${money(bond)} is forfeited to the vault`,
      [BondFate.Unpayable]: sentence`; its bond of ${money(bond)} could not be paid back and went to the vault`,
    };
    return [
      sentence`${entryIn(scene, scene.epochIndex(epoch), index)} was closed${fates[fate]}`,
      sentence`${money(tracked)} is in the vault`,
    ];
  },
  RecipientRecordOpened: (data) => {
    return [sentence`${name(data.person)} has a record with the treasury from now on`, null];
  },
} satisfies Pick<
  Tellers,
  | "ProposalSubmitted"
  | "ActionSubmitted"
  | "ProposalAccepted"
  | "ProposalWithdrawn"
  | "ProposalLapsed"
  | "ProposalClosed"
  | "RecipientRecordOpened"
>;
