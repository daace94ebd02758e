/** What can be done with a stream: each with the instruction, and a receipt that says what it changes. */

import { type Address, type Instruction, createNoopSigner } from "@solana/kit";
import { getCreateAssociatedTokenIdempotentInstruction } from "@solana-program/token";
import * as budget from "@community-budget/client";
import type { Review, Stream, Treasury } from "@community-budget/client";

import type { Chain } from "../../lib/chain";
import { Refused } from "../../lib/errors";
import * as format from "../../lib/format";
import { valueOf } from "../../lib/resource";
import { visible } from "../../lib/text";
import { category } from "../../lib/words";
import { effectOf, flowAt, isDecided, lapseOf, openGateOf, payouts } from "../../lib/streams";
import type { Deed, Line } from "../Act";
import { Money, Name, SafeLink, When, Written } from "../Text";
import { type Route, obstacle, readTokenAccounts, routesOf } from "./payee";
import { placeOf } from "./list";
import { HEALTH, checkpointOf } from "./words";

/** A stream that something is done with. */
export interface Subject {
  readonly address: Address;
  readonly stream: Stream;
  /** What people call it; `null` where its proposal is closed. */
  readonly title: string | null;
}

/** A deed that makes no sense now, and what to do instead. */
function refused(name: string, sentence: string, advice: string): Refused {
  return new Refused({ name, sentence, advice });
}

const AGAIN = "Look at the page again: it shows what holds now.";

/** The treasury as it is known now. */
function treasuryOf(chain: Chain): Treasury {
  const known = valueOf(chain.treasury.get());
  if (known === null) {
    throw refused("NoTreasury", "The treasury has not been read yet.", "Try again in a moment.");
  }
  return known;
}

/** What it is called where only our own words stand: its place. Its title is on a line of its own. */
const called = ({ stream }: Subject): string => `stream ${placeOf(stream)}`;

const plainName = (chain: Chain, address: Address): string =>
  visible(chain.config.names.get(address) ?? format.shortKey(address));

/** The subject's own line on a receipt: what others wrote is shown as theirs. */
export function streamLine({ stream, title }: Subject): Line {
  const place = placeOf(stream);
  return {
    term: "Stream",
    value:
      title === null ? (
        place
      ) : (
        <>
          <Written>{title}</Written> ({place})
        </>
      ),
  };
}

const STAYS = "It can be undone by nobody.";

// --- withdraw -----------------------------------------------------------------------------------

/** Withdrawals that one transaction takes at most. */
export const WITHDRAWALS = 4;

/** Sends what a stream has released to its recipient, within the outflow limit. */
export async function withdraw(chain: Chain, who: Address, subject: Subject): Promise<Deed> {
  const treasury = treasuryOf(chain);
  const now = chain.clock.now();
  const flow = flowAt(subject.stream, now);
  const { claimable } = flow.money;
  const [pays = 0n] = payouts(treasury, [flow], now);
  if (pays === 0n) throw nothing(chain, treasury, claimable);
  const [route] = await routesOf(chain, [flow.stream]);
  if (route === undefined || route.kind === "none") throw unpayable(route);
  const { symbol, decimals } = chain.config.budget;
  const { stream } = flow;
  const amount = format.exactAmount(pays, chain.config.budget);
  const lines: Line[] = [
    streamLine(subject),
    { term: "Goes to", value: <Name address={stream.recipient} copy /> },
    { term: "Arrives at", value: <Name address={route.to} copy /> },
    {
      term: "Withdrawn",
      value: `${format.exactDigits(stream.withdrawn, decimals)} → ${format.exactDigits(stream.withdrawn + pays, decimals)} of ${format.exactAmount(stream.total, chain.config.budget)}, and what is released until it lands`,
    },
    ...heldBack(chain, treasury, claimable - pays),
    ...detour(route),
  ];
  return {
    title: `Send ${amount} of ${called(subject)} to ${plainName(chain, stream.recipient)}`,
    lines,
    warnings: partly(claimable, pays),
    instructions: await withdrawal(chain, who, subject, route),
    cannot: `It pays nobody but the recipient, and takes no ${symbol} from you: only the network’s fee${route.opens ? " and the rent of the recipient’s new token account" : ""}.`,
    undo: `${STAYS} What arrives is the recipient’s, who may give it back to the treasury.`,
  };
}

/** Sends what up to {@link WITHDRAWALS} streams have released to their recipient, in one transaction. */
export async function withdrawSeveral(
  chain: Chain,
  who: Address,
  subjects: readonly Subject[],
): Promise<Deed> {
  const treasury = treasuryOf(chain);
  const now = chain.clock.now();
  const due = subjects.map((subject) => ({ subject, flow: flowAt(subject.stream, now) }));
  const pays = payouts(
    treasury,
    due.map(({ flow }) => flow),
    now,
  );
  const routes = await routesOf(
    chain,
    due.map(({ flow }) => flow.stream),
  );
  const lines: Line[] = [];
  const instructions: Instruction[] = [];
  const opened = new Set<Address>();
  let [sum, left, sent] = [0n, 0n, 0];
  for (const [at, { subject, flow }] of due.entries()) {
    const [amount, route] = [pays[at] ?? 0n, routes[at]];
    left += flow.money.claimable - amount;
    if (amount === 0n || route === undefined) continue;
    const { value, term } = line(subject, amount, route);
    lines.push({ term, value });
    if (route.kind === "none") continue;
    sum += amount;
    sent += 1;
    const known = opened.has(route.to) ? { ...route, opens: false } : route;
    opened.add(route.to);
    instructions.push(...(await withdrawal(chain, who, subject, known)));
  }
  if (instructions.length === 0) throw nothing(chain, treasury, left);
  return {
    title: `Send ${format.exactAmount(sum, chain.config.budget)} of ${format.count(sent, "stream")} to you`,
    lines: [...lines, ...heldBack(chain, treasury, left)],
    instructions,
    cannot: `It pays nobody but the recipient, and takes no ${chain.config.budget.symbol} from anybody’s wallet.`,
    undo: `${STAYS} What arrives is yours, and you may give it back to the treasury.`,
  };
}

function line(subject: Subject, amount: bigint, route: Route): Line {
  return {
    term: `Stream ${placeOf(subject.stream)}`,
    value:
      route.kind === "none" ? (
        <>left out: its account {route.why}</>
      ) : (
        <>
          <Money value={amount} />
          {subject.title === null ? null : (
            <>
              {" "}
              of <Written>{subject.title}</Written>
            </>
          )}
        </>
      ),
  };
}

async function withdrawal(
  chain: Chain,
  who: Address,
  { address, stream }: Subject,
  { to, blocked, opens }: Extract<Route, { kind: "to" }>,
): Promise<Instruction[]> {
  const { treasury, budget: token } = chain.config;
  const instruction = await budget.getWithdrawStreamInstructionAsync({
    treasury,
    stream: address,
    payout: to,
    ...(blocked === null ? {} : { blockedPayout: blocked }),
    budgetMint: token.mint,
    tokenProgram: token.tokenProgram,
  });
  if (!opens) return [instruction];
  const opening = getCreateAssociatedTokenIdempotentInstruction({
    payer: createNoopSigner(who),
    ata: to,
    owner: stream.recipient,
    mint: token.mint,
    tokenProgram: token.tokenProgram,
  });
  return [opening, instruction];
}

function heldBack(chain: Chain, treasury: Treasury, left: bigint): Line[] {
  if (left === 0n) return [];
  const delay = format.span(treasury.inForce.breaker.maxPayoutDelaySecs);
  return [
    {
      term: "Outflow limit",
      value: `holds ${format.amount(left, chain.config.budget)} back for now; paid as it refills, and ${delay} after its release at the latest`,
    },
  ];
}

function detour({ blocked, opens }: Extract<Route, { kind: "to" }>): Line[] {
  return [
    ...(blocked === null
      ? []
      : [
          {
            term: "Instead of",
            value: (
              <>
                <Name address={blocked} copy />, which cannot be paid
              </>
            ),
          },
        ]),
    ...(opens
      ? [
          {
            term: "Opens",
            value: "the recipient’s token account; its rent is paid by you and theirs",
          },
        ]
      : []),
  ];
}

const partly = (claimable: bigint, pays: bigint) =>
  claimable === pays ? [] : ["The outflow limit lets only a part through now."];

function nothing(chain: Chain, treasury: Treasury, claimable: bigint): Refused {
  if (claimable === 0n) {
    return refused(
      "NothingToWithdraw",
      "Nothing can be claimed now.",
      "The page says what the stream waits for.",
    );
  }
  const delay = format.span(treasury.inForce.breaker.maxPayoutDelaySecs);
  return refused(
    "OutflowLimited",
    "The outflow limit lets nothing through now.",
    `The ${format.amount(claimable, chain.config.budget)} are paid as it refills, and ${delay} after their release at the latest.`,
  );
}

function unpayable(route: Route | undefined): Refused {
  const why = route?.kind === "none" ? route.why : "cannot be read";
  return refused(
    "CannotBePaid",
    `The stream cannot be paid: the recipient’s account ${why}.`,
    "Only its recipient can choose another account.",
  );
}

// --- the recipient's ----------------------------------------------------------------------------

/** What a recipient reports. */
export interface Update {
  readonly health: budget.Health;
  /** Base units. */
  readonly spent: bigint;
  readonly evidenceHash: Uint8Array;
  readonly evidenceUri: string;
}

/** Files the update on the open checkpoint. */
export async function fileUpdate(
  chain: Chain,
  who: Address,
  subject: Subject,
  update: Update,
): Promise<Deed> {
  const flow = flowAt(subject.stream, chain.clock.now());
  const { stream } = flow;
  const open = openGateOf(flow);
  if (open?.gate.kind !== "awaitsUpdate") {
    throw refused("UpdateNotDue", "No update is awaited now.", AGAIN);
  }
  const checkpoint = open.at;
  const signer = createNoopSigner(who);
  const instruction = await budget.getFileUpdateInstructionAsync({
    recipient: signer,
    payer: signer,
    treasury: chain.config.treasury,
    stream: subject.address,
    checkpoint,
    ...update,
  });
  return {
    title: `File the update on ${checkpointOf(stream, checkpoint)}`,
    lines: [
      streamLine(subject),
      { term: "Checkpoint", value: onChain(stream, checkpoint) },
      { term: "Health", value: HEALTH[update.health] },
      { term: "Spent so far", value: format.exactAmount(update.spent, chain.config.budget) },
      { term: "Evidence", value: <SafeLink uri={update.evidenceUri} /> },
      { term: "Its SHA-256", value: <code>{format.hex(update.evidenceHash)}</code> },
      { term: "Due before", value: <When at={open.gate.until} /> },
      {
        term: "Then",
        value: `the reviewer has ${format.span(stream.graceSecs)} to score it; silence passes it`,
      },
    ],
    instructions: [instruction],
    cannot: "It moves no tokens.",
    undo: "An update is filed once: it cannot be changed or taken back.",
  };
}

/** Names a checkpoint as people count it, and by its number on chain. */
const onChain = ({ checkpoints }: Stream, at: number) =>
  `${at + 1} of ${checkpoints} (number ${at} on chain)`;

/** Chooses the token account that a stream pays. */
export async function redirect(
  chain: Chain,
  who: Address,
  subject: Subject,
  to: Address,
): Promise<Deed> {
  const { treasury, budget: token } = chain.config;
  const { stream } = subject;
  if (to === stream.payoutAccount) {
    throw refused("PaidThereAlready", "The stream is paid there already.", "Choose another one.");
  }
  const [found = null] = await readTokenAccounts(chain.rpc, [to], [token.tokenProgram]);
  const why = obstacle(found, token.mint, (owner) => owner !== treasury);
  if (found === null || why !== null) {
    throw refused(
      "CannotBePaid",
      `That cannot be paid: the account ${why ?? "does not exist"}.`,
      `Give the address of a token account for ${token.symbol}, not of a wallet.`,
    );
  }
  const warnings =
    found.owner === who
      ? []
      : [
          "The account belongs to somebody else. What is paid there is theirs, and cannot be had back.",
        ];
  return {
    title: `Have ${called(subject)} paid to another account`,
    lines: [
      streamLine(subject),
      { term: "Paid to now", value: <Name address={stream.payoutAccount} copy /> },
      { term: "Paid to then", value: <Name address={to} copy /> },
      { term: "It belongs to", value: <Name address={found.owner} copy /> },
    ],
    warnings,
    instructions: [
      budget.getRedirectPayoutInstruction({
        recipient: createNoopSigner(who),
        treasury,
        stream: subject.address,
        payout: to,
      }),
    ],
    cannot: "It moves no tokens now; what was paid before stays where it is.",
    undo: "Every later payment goes there, until you choose another account.",
  };
}

/** Brings tokens back to the stream's category. */
export async function giveBack(
  chain: Chain,
  who: Address,
  subject: Subject,
  amount: bigint,
  inRecord: boolean,
): Promise<Deed> {
  const treasury = treasuryOf(chain);
  const { budget: token, treasury: at } = chain.config;
  const index = subject.stream.category;
  const source = await budget.associatedTokenAddress(who, token.mint, token.tokenProgram);
  const [purse = null] = await readTokenAccounts(chain.rpc, [source], [token.tokenProgram]);
  const has = purse?.amount ?? 0n;
  if (amount > has) {
    throw refused(
      "InsufficientTokens",
      `You have ${format.exactAmount(has, token)}, less than you want to give back.`,
      "Lower the amount.",
    );
  }
  const name = category(treasury.inForce, index);
  const exact = (value: bigint) => format.exactAmount(value, token);
  const change = (before: bigint, after: bigint) =>
    `${format.exactDigits(before, token.decimals)} → ${exact(after)}`;
  const terms = budget.state.policy.positionTerms(treasury.inForce, index);
  const cost = treasury.positions[index]?.cost ?? 0n;
  const repaid = amount < cost ? amount : cost;
  const instruction = await budget.getReturnFundsInstructionAsync({
    depositor: createNoopSigner(who),
    treasury: at,
    ...(inRecord ? { record: await budget.recipientRecordAddress(at, who) } : {}),
    source,
    budgetMint: token.mint,
    tokenProgram: token.tokenProgram,
    category: index,
    amount,
  });
  return {
    title: `Give ${exact(amount)} back to the treasury`,
    lines: [
      { term: "Category", value: <Written>{name}</Written> },
      { term: "Your tokens", value: change(has, has - amount) },
      { term: "In the vault", value: change(treasury.tracked, treasury.tracked + amount) },
      ...(budget.rules.risk.isRisk(terms)
        ? [
            { term: "Position", value: change(cost, cost - repaid) },
            { term: "Profit in it", value: exact(amount - repaid) },
          ]
        : []),
      {
        term: "Your record",
        value: inRecord ? "counts it as returned" : "does not count it",
      },
    ],
    instructions: [instruction],
    cannot: "It changes nothing of the stream: what is still to be released stays as it is.",
    undo: "It cannot be taken back: only an award that passes a vote moves tokens out of the vault.",
  };
}

// --- the reviewer's -----------------------------------------------------------------------------

/** Scores the update on the open checkpoint. */
export async function score(
  chain: Chain,
  who: Address,
  subject: Subject,
  review: Review,
  scoreBps: number,
  verdictHash: Uint8Array,
): Promise<Deed> {
  const flow = flowAt(subject.stream, chain.clock.now());
  const { stream } = flow;
  const effect = effectOf(flow, scoreBps);
  if (effect === null || review.checkpoint !== stream.passed) {
    throw refused("VerdictNotDue", "No score is awaited now.", AGAIN);
  }
  const { treasury, budget: token } = chain.config;
  const exact = (value: bigint) => format.exactAmount(value, token);
  const instruction = budget.getScoreUpdateInstruction({
    reviewer: createNoopSigner(who),
    treasury,
    stream: subject.address,
    review: await budget.reviewAddress(subject.address, review.checkpoint),
    record: await budget.recipientRecordAddress(treasury, stream.recipient),
    scoreBps,
    evidenceHash: review.evidenceHash,
    verdictHash,
  });
  return {
    title: `Give ${format.bps(scoreBps)} to ${checkpointOf(stream, review.checkpoint)}`,
    lines: [
      streamLine(subject),
      { term: "Recipient", value: <Name address={stream.recipient} copy /> },
      { term: "Checkpoint", value: onChain(stream, review.checkpoint) },
      {
        term: "Reported",
        value: `${HEALTH[review.health]}, ${exact(review.spent)} spent`,
      },
      { term: "Evidence", value: <SafeLink uri={review.evidenceUri} /> },
      { term: "Its SHA-256", value: <code>{format.hex(review.evidenceHash)}</code> },
      { term: "Verdict", value: verdictOf(stream, scoreBps, effect.verdict) },
      ...(effect.verdict === "Holds"
        ? [{ term: "Held", value: `${exact(effect.after)} until a vote rules` }]
        : [
            { term: "Goes back to the treasury", value: exact(effect.returned) },
            { term: "Released at once", value: exact(effect.released) },
            {
              term: "Still to come",
              value: `${format.exactDigits(effect.before, token.decimals)} → ${exact(effect.after)}`,
            },
          ]),
      { term: "Reasons’ SHA-256", value: <code>{format.hex(verdictHash)}</code> },
    ],
    instructions: [instruction],
    cannot: "What is released already stays the recipient’s, whatever the score.",
    undo: "A score is given once, and enters the recipient’s record for good.",
  };
}

/** What a score means by the stream's own terms. */
export function verdictOf(
  { passBps, floorBps }: Stream,
  scoreBps: number,
  verdict: budget.rules.review.ReviewVerdict,
): string {
  const [given, pass, floor] = [scoreBps, passBps, floorBps].map((share) => format.bps(share));
  switch (verdict) {
    case "Passes":
      return `${given} passes (${pass} are needed): the next part starts in full`;
    case "Scales":
      return `${given} is short of the ${pass} that pass: the next part shrinks to ${given} / ${pass}`;
    case "Holds":
      return `${given} is below the floor of ${floor}: the stream is held`;
  }
}

// --- anybody's ----------------------------------------------------------------------------------

/** Holds a stream whose update did not come. */
export async function hold(chain: Chain, subject: Subject): Promise<Deed> {
  const flow = flowAt(subject.stream, chain.clock.now());
  const { stream, money } = flow;
  const open = openGateOf(flow);
  if (open?.gate.kind !== "overdue") {
    throw refused("UpdateNotOverdue", "The stream is not overdue.", AGAIN);
  }
  const { treasury } = chain.config;
  return {
    title: `Hold ${called(subject)}`,
    lines: [
      streamLine(subject),
      { term: "Checkpoint", value: onChain(stream, open.at) },
      {
        term: "No update before",
        value: <When at={open.gate.since} />,
      },
      { term: "Held", value: <Money value={money.held} /> },
      { term: "Stays claimable", value: <Money value={money.claimable} /> },
      { term: "Recipient’s record", value: "one missed update more" },
    ],
    instructions: [
      budget.getHoldStreamInstruction({
        treasury,
        stream: subject.address,
        record: await budget.recipientRecordAddress(treasury, stream.recipient),
      }),
    ],
    cannot: "It moves no tokens, and takes nothing back that is released.",
    undo: "Only a vote undoes it: it may resume, reduce or cancel the stream. Without one the stream lapses.",
  };
}

/** Ends a held stream that no vote ruled on in time. */
export async function lapse(chain: Chain, subject: Subject): Promise<Deed> {
  const now = chain.clock.now();
  const flow = flowAt(subject.stream, now);
  const { stream, money } = flow;
  const epochs = (valueOf(chain.epochs.get()) ?? []).map(({ data }) => data);
  const due = lapseOf(stream, treasuryOf(chain), epochs, now);
  if (due === null || due.at > now) {
    throw refused("HoldNotOver", "A vote may still rule on the stream.", AGAIN);
  }
  const { treasury } = chain.config;
  const proof = due.epoch === null ? {} : { epoch: await budget.epochAddress(treasury, due.epoch) };
  return {
    title: `End ${called(subject)}`,
    lines: [
      streamLine(subject),
      { term: "Goes back to the treasury", value: <Money value={money.held} /> },
      { term: "Stays claimable", value: <Money value={money.claimable} /> },
      { term: "Recipient’s record", value: "one cancellation more" },
    ],
    instructions: [
      budget.getLapseStreamInstruction({
        treasury,
        stream: subject.address,
        record: await budget.recipientRecordAddress(treasury, stream.recipient),
        ...proof,
      }),
    ],
    cannot: "What is released stays the recipient’s.",
    undo: `${STAYS} Nothing more is released.`,
  };
}

/** Closes a stream that has paid everything. */
export async function closeStream(chain: Chain, subject: Subject): Promise<Deed> {
  const { stream } = subject;
  const finished = budget.state.stream.isFinished(stream);
  if (!finished || stream.openReviews > 0) {
    throw refused("StreamNotFinished", "The stream cannot be closed yet.", AGAIN);
  }
  const { treasury } = chain.config;
  return {
    title: `Close ${called(subject)}`,
    lines: [
      streamLine(subject),
      { term: "Paid", value: <Money value={stream.withdrawn} /> },
      { term: "Returned", value: <Money value={stream.returned} /> },
      { term: "Its rent goes to", value: <Name address={stream.rentPayer} copy /> },
    ],
    instructions: [
      budget.getCloseStreamInstruction({
        treasury,
        stream: subject.address,
        record: await budget.recipientRecordAddress(treasury, stream.recipient),
        rentPayer: stream.rentPayer,
      }),
    ],
    cannot: "It moves no tokens; the recipient’s record keeps what was paid.",
    undo: `${STAYS} The account is gone for good, and this page with it.`,
  };
}

/** Closes a review whose checkpoint is decided. */
export async function closeReview(chain: Chain, subject: Subject, review: Review): Promise<Deed> {
  const flow = flowAt(subject.stream, chain.clock.now());
  if (!isDecided(flow.stream, review.checkpoint)) {
    throw refused("ReviewNotDecided", "The checkpoint is not decided yet.", AGAIN);
  }
  const { treasury } = chain.config;
  return {
    title: `Close the review of ${checkpointOf(flow.stream, review.checkpoint)}`,
    lines: [
      streamLine(subject),
      { term: "Checkpoint", value: onChain(flow.stream, review.checkpoint) },
      { term: "Its rent goes to", value: <Name address={review.rentPayer} copy /> },
    ],
    instructions: [
      budget.getCloseReviewInstruction({
        treasury,
        stream: subject.address,
        review: await budget.reviewAddress(subject.address, review.checkpoint),
        rentPayer: review.rentPayer,
      }),
    ],
    cannot: "It moves no tokens; the score stays in the recipient’s record.",
    undo: `${STAYS} What was filed stays in the ledger’s history only.`,
  };
}
