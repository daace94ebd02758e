// What `anchor migrate` runs after `anchor program deploy`: proves what is deployed, creates the
// community's treasury from a reviewed policy file, and settles who may change the program.
//
// `anchor migrate` passes no arguments on, so the choices come from the environment:
//
//   BUDGET_POLICY             policy file (cli/examples/policy.toml); without it no treasury is created
//   BUDGET_TREASURY_ID        number among the founder's treasuries; 0 unless given
//   BUDGET_UPGRADE_AUTHORITY  an address that takes the upgrade authority over, or `final`, after which
//                             nobody can change the program; without it the authority stays
//   BUDGET_DRY_RUN            1 prints every effect and sends nothing
//   BUDGET_CLI                the `budget` binary; built by cargo unless given
//
// Every step looks at the network first and does only what is missing: running it again changes
// nothing. What it did is in migrations/deployments/, one file for each network.

import type { AnchorProvider } from "@anchor-lang/core";

import { checkNetwork } from "./steps/0_network";
import { checkProgram } from "./steps/1_program";
import { createTreasury } from "./steps/2_treasury";
import { settleAuthority } from "./steps/3_authority";
import { Deployment } from "./steps/deployment";
import { settings } from "./steps/settings";

module.exports = async function (provider: AnchorProvider): Promise<void> {
  // The script's host does not wait for what it starts, so a refusal must end the process itself.
  try {
    const chosen = settings();
    const network = await checkNetwork(provider);
    const deployment = Deployment.open(network, chosen.dryRun);
    const program = await checkProgram(provider, deployment);
    await createTreasury(provider, chosen, deployment);
    await settleAuthority(provider, chosen, program, deployment);
    deployment.save();
  } catch (error) {
    console.error(`migrate: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
};
