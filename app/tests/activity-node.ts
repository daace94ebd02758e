/** A node that keeps what a test gives it, and the logs that the program writes. */

import {
  type Address,
  createSolanaRpcFromTransport,
  getAddressDecoder,
  getBase64Decoder,
} from "@solana/kit";
import {
  COMMUNITY_BUDGET_PROGRAM_ADDRESS,
  getEpochOpenedEventEncoder,
  getProposalAcceptedEventEncoder,
  getStakeClosedEventEncoder,
  getVoteCastEventEncoder,
} from "@community-budget/client";

export const PROGRAM = COMMUNITY_BUDGET_PROGRAM_ADDRESS;
export const OTHER_PROGRAM = "11111111111111111111111111111111";
export const at = (byte: number) => getAddressDecoder().decode(new Uint8Array(32).fill(byte));
export const [TREASURY, EPOCH, STRANGER] = [at(1), at(2), at(9)];

const data = (bytes: { readonly length: number; [index: number]: number }) =>
  `Program data: ${getBase64Decoder().decode(Uint8Array.from(Array.from(bytes)))}`;
export const closed = (seq: number, treasury = TREASURY) =>
  data(Array.from(getStakeClosedEventEncoder().encode({ seq, treasury, owner: at(3) })));
export const accepted = (seq: number, epoch = EPOCH) =>
  data(
    Array.from(
      getProposalAcceptedEventEncoder().encode({
        seq,
        epoch,
        index: 0,
        recipient: at(3),
        recipientAsk: 1,
      }),
    ),
  );
export const opened = (seq: number) =>
  data(
    Array.from(
      getEpochOpenedEventEncoder().encode({
        seq,
        treasury: TREASURY,
        epoch: EPOCH,
        index: 0,
        cap: 0,
        rewardPool: 0,
        freeAtOpen: 0,
        votingOpensAt: 0,
        votingClosesAt: 0,
        votingHardEndAt: 0,
      }),
    ),
  );
export const voted = (seq: number) =>
  data(
    Array.from(
      getVoteCastEventEncoder().encode({
        seq,
        epoch: EPOCH,
        owner: at(3),
        byDelegate: false,
        weight: 1,
        turnout: 1,
        votingClosesAt: 1,
      }),
    ),
  );
export const log = (...lines: string[]) => [
  `Program ${PROGRAM} invoke [1]`,
  ...lines,
  `Program ${PROGRAM} success`,
];

interface Sent {
  readonly signature: string;
  readonly slot: number;
  readonly logs: readonly string[];
  readonly about: readonly Address[];
  readonly failed?: boolean;
  /** The node names it and does not have it. */
  readonly lost?: boolean;
}

/** A node that keeps the given transactions, oldest first, and counts what it is asked. */
export class FakeNode {
  sent: Sent[] = [];
  asked: string[] = [];
  atOnce = 0;
  most = 0;
  /** Requests for these signatures fail, once each. */
  readonly broken = new Set<string>();

  readonly rpc = createSolanaRpcFromTransport(
    async <T>({ payload }: { readonly payload: unknown }) => {
      const { method, params } = JSON.parse(
        JSON.stringify(payload, (_, v: unknown) => (typeof v === "bigint" ? Number(v) : v)),
      );
      this.atOnce += 1;
      this.most = Math.max(this.most, this.atOnce);
      await new Promise((done) => setTimeout(done, 1));
      this.atOnce -= 1;
      const result =
        method === "getTransaction"
          ? this.#transaction(params[0])
          : this.#list(params[0], params[1]);
      // The transport's own type: whatever the method answers.
      return { jsonrpc: "2.0", id: 1, result } as T;
    },
  );

  #list(about: string, range: { before?: string; until?: string; limit: number }) {
    const all = this.sent.filter((one) => one.about.some((each) => each === about)).reverse();
    const from =
      range.before === undefined ? 0 : all.findIndex((one) => one.signature === range.before) + 1;
    const end =
      range.until === undefined ? -1 : all.findIndex((one) => one.signature === range.until);
    return all
      .slice(from, end === -1 ? undefined : end)
      .slice(0, range.limit)
      .map((one) => ({
        signature: one.signature,
        slot: one.slot,
        blockTime: 1_000 + one.slot,
        err: one.failed ? { InstructionError: [0, { Custom: 1 }] } : null,
        memo: null,
        confirmationStatus: "finalized",
      }));
  }

  #transaction(signature: string) {
    this.asked.push(signature);
    if (this.broken.delete(signature)) throw new Error("the node is tired");
    const one = this.sent.find((each) => each.signature === signature);
    if (one === undefined || one.lost) return null;
    return {
      slot: one.slot,
      blockTime: 1_000 + one.slot,
      meta: { err: null, logMessages: one.logs },
      transaction: ["", "base64"],
    };
  }

  add(slot: number, logs: readonly string[], more: Partial<Sent> = {}) {
    this.sent.push({ signature: `s${this.sent.length}`, slot, logs, about: [TREASURY], ...more });
  }
}
