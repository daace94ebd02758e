/** What events of stakes say. */

import * as format from "../../lib/format";
import { moment, name, sentence, staked, weight } from "../parts";
import { type Tellers, isNobody } from "./called";

export const stakes = {
  StakeOpened: (data) => {
    const { owner, lockSecs } = data;
    return [
      sentence`${name(owner)} opened a stake with a cool-down of ${format.span(lockSecs)}`,
      null,
    ];
  },
  StakeChanged: (data) => {
    const { owner, amount, cooling, coolingUntil, lockSecs, totalWeight } = data;
    const cools =
      cooling === 0n ? [] : sentence`; ${staked(cooling)} cools down until ${moment(coolingUntil)}`;
    return [
      sentence`${name(owner)} has ${staked(amount)} staked with a cool-down of ${format.span(lockSecs)} and carries ${weight(data.weight)}${cools}`,
      sentence`all stakes carry ${weight(totalWeight)}`,
    ];
  },
  DelegateSet: (data) => {
    const { owner, delegate } = data;
    return [
      isNobody(delegate)
        ? sentence`${name(owner)} lets nobody else vote any more`
        : sentence`${name(owner)} lets ${name(delegate)} vote as delegate`,
      null,
    ];
  },
  StakeRefreshed: (data) => {
    const { owner, dormant, totalWeight } = data;
    const how = dormant ? "is dormant, having missed eight epochs," : "was measured anew";
    return [
      sentence`${name(owner)}'s stake ${how} and carries ${weight(data.weight)}`,
      sentence`all stakes carry ${weight(totalWeight)}`,
    ];
  },
  UnstakedWithdrawn: (data) => {
    const { owner, amount, staked: rest } = data;
    return [
      sentence`${name(owner)} took ${staked(amount)} out of the stake vault after its cool-down`,
      sentence`${staked(rest)} of all members is in the stake vault`,
    ];
  },
  StakeClosed: (data) => {
    return [sentence`${name(data.owner)} closed an empty stake`, null];
  },
} satisfies Pick<
  Tellers,
  | "StakeOpened"
  | "StakeChanged"
  | "DelegateSet"
  | "StakeRefreshed"
  | "UnstakedWithdrawn"
  | "StakeClosed"
>;
