// The record of a deployment: one file for each network, named by its genesis hash.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Network {
  genesis: string;
  url: string;
  /** On this machine: its record is thrown away with the network, so it is not kept in the repository. */
  local: boolean;
}

export interface Entry {
  step: string;
  signature: string;
}

export interface Facts {
  genesis: string;
  programId?: string;
  sha256?: string;
  bytes?: number;
  upgradeAuthority?: string | null;
  treasury?: { address: string; founder: string; id: string; policySha256: string };
  transactions: Entry[];
}

export class Deployment {
  private constructor(
    private readonly path: string,
    readonly network: Network,
    readonly dryRun: boolean,
    readonly facts: Facts,
  ) {}

  static open(network: Network, dryRun: boolean): Deployment {
    const folder = network.local
      ? join(__dirname, "../../target/deployments")
      : join(__dirname, "../deployments");
    const path = join(folder, `${network.genesis}.json`);
    return new Deployment(path, network, dryRun, read(path, network.genesis));
  }

  note(step: string, signature: string): void {
    this.facts.transactions.push({ step, signature });
    // At once: what happened is on record even if the next step fails.
    this.save();
  }

  save(): void {
    if (this.dryRun) return;
    mkdirSync(join(this.path, ".."), { recursive: true });
    writeFileSync(this.path, `${JSON.stringify(this.facts, undefined, 2)}\n`);
    console.log(`recorded in ${this.path}`);
  }
}

function read(path: string, genesis: string): Facts {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return { genesis, transactions: [] };
  }
  const facts = JSON.parse(text) as Facts;
  if (facts.genesis !== genesis || !Array.isArray(facts.transactions)) {
    throw new Error(`${path} is no record of this network; move it away first.`);
  }
  return facts;
}
