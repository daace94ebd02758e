/**
 * What a node answered that cannot be true. A page that shows money must say so instead of a figure: every
 * rule here compares answers with each other, or with what the program guarantees.
 */

import type { Address } from "@solana/kit";
import { type Epoch, type Stake, type Stream, type Treasury } from "@community-budget/client";

/** A contradiction, in words. */
export interface Doubt {
  /** Stable name of the rule that found it; the newest finding of a rule replaces the one before. */
  readonly rule: string;
  /** What is affected: `the treasury`, `the slate`. */
  readonly about: string;
  /** One sentence. */
  readonly sentence: string;
}

/** A token account, as far as it is compared. */
export interface Holding {
  readonly mint: Address;
  readonly owner: Address;
  readonly amount: bigint;
}

type Finding = readonly [rule: string, holds: boolean, sentence: string];

function broken(about: string, findings: readonly Finding[]): Doubt[] {
  return findings
    .filter(([, holds]) => !holds)
    .map(([rule, , sentence]) => ({ rule, about, sentence }));
}

/** What must hold of a treasury by itself. */
export function ofTreasury(treasury: Treasury): Doubt[] {
  const { tracked, committed, reservedFunds } = treasury;
  return broken("the treasury", [
    [
      "treasury.promises",
      committed + reservedFunds <= tracked,
      "It promises more than it has, which the program never lets happen.",
    ],
  ]);
}

/** What must hold between the treasury and one of its vaults. `booked`: base units that must be in it. */
export function ofVault(
  about: string,
  treasury: Address,
  mint: Address,
  booked: bigint,
  vault: Holding | null,
): Doubt[] {
  const rule = about.replace(/\W+/g, "-");
  if (vault === null) {
    return [{ rule: `${rule}.missing`, about, sentence: "The node says that it does not exist." }];
  }
  return broken(about, [
    [`${rule}.mint`, vault.mint === mint, "It holds another token than the treasury's."],
    [`${rule}.owner`, vault.owner === treasury, "It does not belong to the treasury."],
    [
      `${rule}.balance`,
      vault.amount >= booked,
      "It holds less than the treasury's books say it must.",
    ],
  ]);
}

/** What must hold of an epoch by itself, and with its treasury. */
export function ofEpoch(epoch: Epoch, electorate: bigint | null): Doubt[] {
  const { votingOpensAt, votingClosesAt, votingHardEndAt, openedAt } = epoch;
  const slate = epoch.slate.slice(0, epoch.entryCount);
  const cast = (at: number) => {
    const entry = slate[at];
    return entry === undefined ? 0n : entry.for + entry.against + entry.abstain;
  };
  return broken("the slate", [
    ["slate.cap", epoch.cap <= epoch.freeAtOpen, "Its cap is more than there was to give away."],
    [
      "slate.allocated",
      epoch.allocated <= epoch.cap,
      "More was awarded than its cap allows, which the program never lets happen.",
    ],
    ["slate.executed", epoch.executed <= epoch.allocated, "More was executed than was awarded."],
    [
      "slate.tally",
      slate.every((_, at) => cast(at) <= epoch.turnout),
      "An entry has more weight on it than all ballots together have.",
    ],
    [
      "slate.turnout",
      electorate === null || epoch.turnout <= electorate,
      "More weight took part than there is.",
    ],
    [
      "slate.ballots",
      epoch.ballotCount <= epoch.voteRecordCount || epoch.settledAt !== 0n,
      "It counts more ballots than there are records of voters.",
    ],
    [
      "slate.times",
      openedAt <= votingOpensAt &&
        votingOpensAt < votingClosesAt &&
        votingClosesAt <= votingHardEndAt,
      "Its times are out of order.",
    ],
  ]);
}

/** What must hold of one stream. */
export function ofStream(stream: Stream, treasury: Address): Doubt[] {
  return broken("a stream", [
    ["stream.treasury", stream.treasury === treasury, "It belongs to another treasury."],
    [
      "stream.total",
      stream.withdrawn + stream.returned <= stream.total,
      "More came out of it than was awarded.",
    ],
  ]);
}

/** What all streams together still have to pay, in base units. */
export function outstanding(streams: readonly Stream[]): bigint {
  return streams.reduce((sum, one) => sum + one.total - one.withdrawn - one.returned, 0n);
}

/**
 * What must hold between the treasury's promises and its list of streams: no promise without its stream,
 * no stream that was not promised. `awaiting`: base units that are funded and not executed.
 */
export function ofStreams(
  treasury: Treasury,
  streams: readonly Stream[],
  awaiting: bigint,
): Doubt[] {
  return broken("the list of streams", [
    [
      "streams.sum",
      outstanding(streams) + awaiting === treasury.committed,
      "The streams that the node lists do not add up to what the treasury has promised: some are hidden or invented.",
    ],
  ]);
}

/** What must hold between the treasury's books and its list of stakes. */
export function ofStakes(treasury: Treasury, stakes: readonly Stake[]): Doubt[] {
  const sum = stakes.reduce((all, { amount, cooling }) => all + amount + cooling, 0n);
  return broken("the list of stakes", [
    [
      "stakes.sum",
      sum === treasury.staked,
      "The stakes that the node lists do not add up to what the treasury holds: some are hidden or invented.",
    ],
  ]);
}

/** Whether a list has as many members as a counter on chain says. */
export function ofCount(about: string, listed: number, counted: number | bigint): Doubt[] {
  const rule = `${about.replace(/\W+/g, "-")}.count`;
  const sentence = `The node lists ${listed}, but the chain counts ${counted}.`;
  return broken(about, [[rule, BigInt(listed) === BigInt(counted), sentence]]);
}

/** Figures of money and weight in a treasury. Two nodes that are at the same event give the same. */
export function moneyOf(treasury: Treasury): readonly bigint[] {
  const { tracked, committed, reservedFunds, staked, bonded, totalWeight } = treasury;
  return [tracked, committed, reservedFunds, staked, bonded, totalWeight, ...treasury.outflow];
}

/** Figures of money and weight in an epoch and on its slate. */
export function tallyOf(epoch: Epoch): readonly bigint[] {
  const slate = epoch.slate
    .slice(0, epoch.entryCount)
    .flatMap((entry) => [entry.for, entry.against, entry.abstain, entry.amount]);
  return [epoch.cap, epoch.allocated, epoch.executed, epoch.turnout, epoch.rewardPool, ...slate];
}

/** How many events of an account are remembered for comparison. */
const REMEMBERED = 256;

/**
 * Compares what two nodes say of one account, event by event: they are rarely at the same slot, but the
 * account counts its events, and at the same count its figures are the same.
 */
export class Comparison {
  readonly #sides = [new Map<bigint, string>(), new Map<bigint, string>()] as const;

  /** Notes what `side` says. True for agreement, false for contradiction, null for nothing to compare. */
  note(side: 0 | 1, seq: bigint, figures: readonly bigint[]): boolean | null {
    const own = this.#sides[side];
    const text = figures.join();
    own.set(seq, text);
    const oldest = own.keys().next().value;
    if (own.size > REMEMBERED && oldest !== undefined) own.delete(oldest);
    const other = this.#sides[side === 0 ? 1 : 0].get(seq);
    return other === undefined ? null : other === text;
  }
}
