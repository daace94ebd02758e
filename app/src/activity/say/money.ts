/** What events about money say. */

import { money, name, sentence } from "../parts";
import { type Tellers, categoryIn, entryIn, epochIn, recipientIn, streamIn } from "./called";

export const flows = {
  FundsDeposited: (data) => {
    const { depositor, amount, tracked } = data;
    return [
      sentence`${name(depositor)} paid ${money(amount)} into the vault`,
      sentence`${money(tracked)} is in the vault`,
    ];
  },
  SurplusAbsorbed: (data) => {
    const { amount, tracked } = data;
    return [
      sentence`${money(amount)} that was sent to the vault directly is accounted for now`,
      sentence`${money(tracked)} is in the vault`,
    ];
  },
  FundsReturned: (data, scene) => {
    const { from, category, amount, profit, tracked } = data;
    const gain = profit === 0n ? [] : sentence`, ${money(profit)} of it profit`;
    return [
      sentence`${name(from)} returned ${money(amount)} to ${categoryIn(scene, category)}${gain}`,
      sentence`${money(tracked)} is in the vault`,
    ];
  },
  StreamWithdrawn: (data, scene) => {
    const { stream, payoutAccount, amount, withdrawn, total, tracked, committed } = data;
    return [
      sentence`${recipientIn(scene, stream)} received ${money(amount)} from ${streamIn(scene, stream)}`,
      sentence`${money(withdrawn)} of ${money(total)} is paid, to the account ${name(payoutAccount)}; ${money(tracked)} is in the vault, ${money(committed)} of it promised`,
    ];
  },
  RewardsReclaimed: (data, scene) => {
    const { epoch, amount, reservedFunds } = data;
    return [
      sentence`${money(amount)} of rewards of ${epochIn(scene, epoch)} that nobody claimed is free again`,
      sentence`${money(reservedFunds)} is still set aside`,
    ];
  },
  PositionWrittenOff: (data, scene) => {
    const { epoch, index, category, loss, cost } = data;
    return [
      sentence`${money(loss)} of ${categoryIn(scene, category)} was taken for lost by vote: ${entryIn(scene, scene.epochIndex(epoch), index)}`,
      sentence`${money(cost)} of it is still out`,
    ];
  },
} satisfies Pick<
  Tellers,
  | "FundsDeposited"
  | "SurplusAbsorbed"
  | "FundsReturned"
  | "StreamWithdrawn"
  | "RewardsReclaimed"
  | "PositionWrittenOff"
>;
