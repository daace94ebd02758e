/** What events about safety say: stops, breakers, positions. */

import * as format from "../../lib/format";
import { moment, money, name, sentence } from "../parts";
import { type Tellers, CAUSES, categoryIn, entryIn, streamIn } from "./called";

export const safety = {
  BreakerTripped: (data) => {
    const { cause, until, highWater } = data;
    return [
      sentence`the breaker tripped, as ${CAUSES[cause]}: awards and changes of policy wait until ${moment(until)}`,
      sentence`the high-water mark is ${money(highWater)}`,
    ];
  },
  BreakerCleared: (data, scene) => {
    const { epoch, index, highWater, restsUntil } = data;
    return [
      sentence`the breaker's trip was ended by vote: ${entryIn(scene, scene.epochIndex(epoch), index)}`,
      sentence`it cannot trip again before ${moment(restsUntil)}; the high-water mark is ${money(highWater)}`,
    ];
  },
  ExecutionsPaused: (data) => {
    const { until, usedSecs } = data;
    return [
      sentence`the guardian paused awards and changes of policy until ${moment(until)}`,
      sentence`${format.span(usedSecs)} of the guardian's pause is used`,
    ];
  },
  StreamPaused: (data, scene) => {
    const { stream, until, usedSecs } = data;
    return [
      sentence`the guardian paused ${streamIn(scene, stream)} until ${moment(until)}`,
      sentence`${format.span(usedSecs)} of pause is used on it`,
    ];
  },
  PositionMarked: (data, scene) => {
    const { category, mark, reportedAt } = data;
    return [
      sentence`the risk reporter valued ${categoryIn(scene, category)} at ${money(mark)}, which counts from the next epoch on`,
      sentence`reported ${moment(reportedAt)}`,
    ];
  },
  ProposalVetoed: (data, scene) => {
    const { epoch, index, guardian, amount, committed } = data;
    const free = amount === 0n ? [] : sentence`; ${money(amount)} is free again`;
    return [
      sentence`${name(guardian)} as guardian vetoed ${entryIn(scene, scene.epochIndex(epoch), index)}${free}`,
      sentence`${money(committed)} is promised in all`,
    ];
  },
} satisfies Pick<
  Tellers,
  | "BreakerTripped"
  | "BreakerCleared"
  | "ExecutionsPaused"
  | "StreamPaused"
  | "PositionMarked"
  | "ProposalVetoed"
>;
