/** What events of streams and their reviews say. */

import * as format from "../../lib/format";
import { checkpointName } from "../../lib/outcomes";
import { moment, money, name, sentence } from "../parts";
import { type Tellers, HEALTH, entryIn, recipientIn, ruled, streamIn } from "./called";

export const streams = {
  AwardExecuted: (data, scene) => {
    const { epoch, index, recipient, total, startedAt, executed } = data;
    const place = scene.epochIndex(epoch);
    return [
      sentence`${name(recipient)} is being paid ${money(total)} for ${entryIn(scene, place, index)} from ${moment(startedAt)} on`,
      sentence`${money(executed)} of the epoch's awards is executed`,
    ];
  },
  PayoutRedirected: (data, scene) => {
    const { stream, payoutAccount } = data;
    return [
      sentence`${recipientIn(scene, stream)} has ${streamIn(scene, stream)} paid to the account ${name(payoutAccount)} from now on`,
      null,
    ];
  },
  UpdateFiled: (data, scene) => {
    const { stream, checkpoint, health, spent } = data;
    return [
      sentence`${recipientIn(scene, stream)} reported on ${checkpointName(checkpoint)} of ${streamIn(scene, stream)}: ${HEALTH[health]}, ${money(spent)} spent`,
      null,
    ];
  },
  UpdateScored: (data, scene) => {
    const { stream, checkpoint, scoreBps, held, returned, committed } = data;
    const back = returned === 0n ? [] : sentence`; ${money(returned)} went back to the treasury`;
    return [
      sentence`the reviewer gave ${format.bps(scoreBps)} to ${checkpointName(checkpoint)} of ${streamIn(scene, stream)}, which ${held ? "is held" : "goes on"}${back}`,
      sentence`${money(committed)} is promised in all`,
    ];
  },
  StreamHeld: (data, scene) => {
    const { stream, checkpoint, heldAt } = data;
    return [
      sentence`${streamIn(scene, stream)} is held since ${moment(heldAt)}, as the update on ${checkpointName(checkpoint)} did not come`,
      null,
    ];
  },
  StreamLapsed: (data, scene) => {
    const { stream, returned, committed } = data;
    return [
      sentence`${streamIn(scene, stream)} ended, as no vote ruled on it in time; ${money(returned)} went back to the treasury`,
      sentence`${money(committed)} is promised in all`,
    ];
  },
  StreamRuled: (data, scene) => {
    const { epoch, index, stream, ruling, returned, committed } = data;
    const back = returned === 0n ? [] : sentence`; ${money(returned)} went back to the treasury`;
    return [
      sentence`${streamIn(scene, stream)} was ruled on by vote: ${ruled(ruling)}${back}`,
      sentence`the ruling is ${entryIn(scene, scene.epochIndex(epoch), index)}; ${money(committed)} is promised in all`,
    ];
  },
  StreamClosed: (data, scene) => {
    const { stream, total, paid, returned } = data;
    const back = returned === 0n ? [] : sentence`, ${money(returned)} went back to the treasury`;
    return [
      sentence`${streamIn(scene, stream)} is finished: ${money(paid)} of ${money(total)} paid${back}`,
      null,
    ];
  },
  ReviewClosed: (data, scene) => {
    const { stream, checkpoint } = data;
    return [
      sentence`the review of ${checkpointName(checkpoint)} of ${streamIn(scene, stream)} was closed`,
      null,
    ];
  },
} satisfies Pick<
  Tellers,
  | "AwardExecuted"
  | "PayoutRedirected"
  | "UpdateFiled"
  | "UpdateScored"
  | "StreamHeld"
  | "StreamLapsed"
  | "StreamRuled"
  | "StreamClosed"
  | "ReviewClosed"
>;
