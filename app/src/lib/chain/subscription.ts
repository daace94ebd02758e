/** Changes as they come by websocket, for as long as somebody wants them, whatever becomes of the connection. */

import {
  type Address,
  type EncodedAccount,
  createSolanaRpcSubscriptions,
  parseBase64RpcAccount,
} from "@solana/kit";

import { COMMITMENT, wait } from "./node";

/** How long after a connection was lost it is tried again: twice as long every time, up to the longest. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** A change as a node reports it. */
export interface Report {
  readonly account: EncodedAccount;
  readonly slot: bigint;
}

/** The changes of accounts until `signal` says stop. Throws what keeps them from coming. */
export type Open = (signal: AbortSignal) => Promise<readonly AsyncIterable<Report>[]>;

/** What is done about it. */
export interface Listener {
  /** The changes come from now on, or come no more. */
  readonly live: (live: boolean) => void;
  readonly heard: (report: Report) => Promise<void>;
}

/** Opens a node's subscriptions to accounts. */
export function accountsOf(websocket: string, accounts: readonly Address[]): Open {
  return async (signal) => {
    const subscriptions = createSolanaRpcSubscriptions(websocket);
    const opened = accounts.map(async (key) => {
      const feed = await subscriptions
        .accountNotifications(key, { commitment: COMMITMENT, encoding: "base64" })
        .subscribe({ abortSignal: signal });
      return reports(key, feed);
    });
    return Promise.all(opened);
  };
}

type Notification = Parameters<typeof parseBase64RpcAccount>[1] & { readonly lamports: bigint };

async function* reports(
  key: Address,
  feed: AsyncIterable<{
    readonly value: Notification;
    readonly context: { readonly slot: bigint };
  }>,
): AsyncIterable<Report> {
  for await (const { value, context } of feed) {
    yield { account: parseBase64RpcAccount(key, value), slot: context.slot };
  }
}

/** Listens until `signal` says stop; connects again when it must, after a while. */
export async function listen(open: Open, listener: Listener, signal: AbortSignal): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    const round = new AbortController();
    const end = () => round.abort();
    signal.addEventListener("abort", end, { once: true });
    try {
      const feeds = await open(round.signal);
      listener.live(true);
      pause = FIRST_PAUSE_MS;
      await Promise.race(
        feeds.map(async (feed) => {
          for await (const report of feed) await listener.heard(report);
        }),
      );
    } catch {
      // Said by `live`; tried again below.
    }
    // One that ended ends the others, which are opened again with it.
    end();
    signal.removeEventListener("abort", end);
    if (signal.aborted) return;
    listener.live(false);
    await wait(pause, signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}
