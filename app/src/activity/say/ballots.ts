/** What events of ballots say. */

import * as format from "../../lib/format";
import { moment, money, name, sentence, weight } from "../parts";
import { type Tellers, entries, epochIn, shareIn } from "./called";

export const ballots = {
  VoteCast: (data, scene, beside) => {
    const { epoch, owner, byDelegate, turnout, votingClosesAt } = data;
    const who = sentence`${name(owner)}${byDelegate ? "'s delegate" : ""}`;
    return [
      sentence`${who} voted${entries(beside.marks)} in ${epochIn(scene, epoch)} with ${shareIn(scene, epoch, data.weight)}`,
      sentence`${shareIn(scene, epoch, turnout)} has voted; voting closes ${moment(votingClosesAt)}`,
    ];
  },
  VoteRevised: (data, scene, beside) => {
    const { epoch, owner, byDelegate, votingClosesAt } = data;
    const who = sentence`${name(owner)}${byDelegate ? "'s delegate" : ""}`;
    return [
      sentence`${who} revised the ballot${entries(beside.marks)} in ${epochIn(scene, epoch)}, which has ${shareIn(scene, epoch, data.weight)}`,
      sentence`voting closes ${moment(votingClosesAt)}`,
    ];
  },
  VoteRetracted: (data, scene) => {
    const { epoch, owner, byDelegate, votingClosesAt } = data;
    const who = sentence`${name(owner)}${byDelegate ? "'s delegate" : ""}`;
    return [
      sentence`${who} took back all choices in ${epochIn(scene, epoch)}, made with ${shareIn(scene, epoch, data.weight)}`,
      sentence`voting closes ${moment(votingClosesAt)}`,
    ];
  },
  VoteRecordClosed: (data, scene) => {
    const { epoch, owner, reward, stakeWeight, voteRecordCount } = data;
    const left = format.count(voteRecordCount, "ballot");
    const what =
      reward === 0n
        ? sentence`${name(owner)}'s ballot in ${epochIn(scene, epoch)} was closed without a reward`
        : sentence`${name(owner)} was paid ${money(reward)} for taking part in ${epochIn(scene, epoch)}`;
    return [
      what,
      sentence`the stake carries ${weight(stakeWeight)} since; ${left} of the epoch not closed yet`,
    ];
  },
} satisfies Pick<Tellers, "VoteCast" | "VoteRevised" | "VoteRetracted" | "VoteRecordClosed">;
