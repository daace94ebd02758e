/** What events of epochs say. */

import * as format from "../../lib/format";
import { moment, money, sentence, weight } from "../parts";
import { type Tellers, epochCalled, epochIn } from "./called";

export const epochs = {
  EpochOpened: (data) => {
    const { index, cap, rewardPool, freeAtOpen } = data;
    const { votingOpensAt, votingClosesAt, votingHardEndAt } = data;
    return [
      sentence`${epochCalled(index)} opened with a cap of ${money(cap)}: proposals until ${moment(votingOpensAt)}, then ballots until ${moment(votingClosesAt)}`,
      sentence`${money(freeAtOpen)} was free; ${money(rewardPool)} is set aside for taking part; voting ends ${moment(votingHardEndAt)} at the latest`,
    ];
  },
  EpochSettled: (data, scene) => {
    const { epoch, electorate, passing, funded, approved, allocated } = data;
    const { settledAt, committed } = data;
    const acts = approved === 0 ? "" : ` and ${format.count(approved, "act")} approved`;
    const passed = `${format.count(passing, "entry", "entries")} passed`;
    return [
      sentence`${epochIn(scene, epoch)} was settled: ${passed}, ${format.count(funded, "award")} funded with ${money(allocated)}${acts}`,
      sentence`decided ${moment(settledAt)} by an electorate of ${weight(electorate)}; ${money(committed)} is promised in all`,
    ];
  },
  EpochClosed: (data) => {
    const { index, unclaimedRewards } = data;
    const free =
      unclaimedRewards === 0n
        ? []
        : sentence`; ${money(unclaimedRewards)} of rewards that nobody claimed is free again`;
    return [sentence`${epochCalled(index)} was closed${free}`, null];
  },
} satisfies Pick<Tellers, "EpochOpened" | "EpochSettled" | "EpochClosed">;
