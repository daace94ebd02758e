/** What events about rules and roles say. */

import { moment, name, sentence } from "../parts";
import { type Tellers, ROLES, entryIn, holder, sectionName } from "./called";

export const rules = {
  TreasuryCreated: (data) => {
    const { founder, budgetMint, stakeMint, firstOpenAt } = data;
    const { guardian, reviewer, riskReporter } = data;
    return [
      sentence`${name(founder)} created the treasury, which pays ${name(budgetMint)} and counts stakes of ${name(stakeMint)}`,
      sentence`the first epoch may open ${moment(firstOpenAt)}; ${holder(guardian)} is guardian, ${holder(reviewer)} reviewer, ${holder(riskReporter)} risk reporter`,
    ];
  },
  PolicySet: (data, scene) => {
    const { epoch, index, section } = data;
    return [
      sentence`the policy's section ${sectionName(section)} was changed by vote from the next epoch on: ${entryIn(scene, scene.epochIndex(epoch), index)}`,
      null,
    ];
  },
  RoleSet: (data, scene) => {
    const { epoch, index, role, holder: to } = data;
    return [
      sentence`${holder(to)} is the ${ROLES[role]} by vote: ${entryIn(scene, scene.epochIndex(epoch), index)}`,
      null,
    ];
  },
} satisfies Pick<Tellers, "TreasuryCreated" | "PolicySet" | "RoleSet">;
