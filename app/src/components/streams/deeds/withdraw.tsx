/** Sending what streams have released to their recipients. */

import { type Address, type Instruction, createNoopSigner } from "@solana/kit";
import { getCreateAssociatedTokenIdempotentInstruction } from "@solana-program/token";
import * as budget from "@community-budget/client";
import type { Treasury } from "@community-budget/client";

import type { Chain } from "../../../lib/chain";
import { Refused } from "../../../lib/errors";
import * as format from "../../../lib/format";
import { flowAt, payouts } from "../../../lib/streams";
import type { Deed, Line } from "../../Act";
import { Money, Name, Written } from "../../Text";
import { type Route, routesOf } from "../payee";
import { placeOf } from "../list";
import { STAYS, type Subject, called, plainName, refused, streamLine, treasuryOf } from "./subject";

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
