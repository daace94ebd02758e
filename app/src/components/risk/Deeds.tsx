/** What can be done about risk, by whom, and when it cannot. */

import {
  type Treasury,
  associatedTokenAddress,
  getAbsorbSurplusInstruction,
  getDepositFundsInstruction,
  getMarkPositionInstruction,
  getPauseExecutionsInstruction,
  getTripBreakerInstruction,
  state,
} from "@community-budget/client";
import { type Address, createNoopSigner } from "@solana/kit";
import { type ReactNode, useId, useState } from "react";

import { useChain, useConfig, useLoaded } from "../../lib/context";
import * as format from "../../lib/format";
import { type Gauges, type Holding, mayTrip } from "../../lib/health";
import { SYSTEM_PROGRAM_ADDRESS } from "../../lib/programs";
import { valueOf } from "../../lib/resource";
import { useVisitor } from "../../lib/wallet";
import { Act, type Deed } from "../Act";
import { Money, Name, When, Written } from "../Text";

/** See the top of this file. */
export function Deeds({
  treasury,
  gauges,
  holdings,
}: {
  readonly treasury: Treasury;
  readonly gauges: Gauges;
  readonly holdings: readonly Holding[];
}) {
  return (
    <section aria-labelledby="deeds">
      <h2 id="deeds">What can be done</h2>
      <div className="risk-deeds">
        <Trip gauges={gauges} />
        <Give treasury={treasury} />
        <Absorb treasury={treasury} />
        <Pause treasury={treasury} gauges={gauges} />
        {holdings.length === 0 ? null : <Mark treasury={treasury} holdings={holdings} />}
      </div>
    </section>
  );
}

function DeedRow({ title, who, children }: { title: string; who: string; children: ReactNode }) {
  return (
    <div className="risk-deed">
      <h3>
        {title} <span className="muted risk-who">{who}</span>
      </h3>
      {children}
    </div>
  );
}

function Trip({ gauges }: { readonly gauges: Gauges }) {
  const { treasury } = useConfig();
  const may = mayTrip(gauges);
  const build = (): Deed => {
    if (!mayTrip(gauges)) throw new Error("None of the breaker's conditions holds.");
    return {
      title: "Trip the breaker",
      lines: [
        {
          term: "Because",
          value:
            gauges.condition === "drawdown" ? (
              <>
                <Money value={gauges.value} /> is left of <Money value={gauges.highWater} />, and
                less than <Money value={gauges.least} /> trips it
              </>
            ) : (
              <>
                <Money value={gauges.outflow} /> was awarded and <Money value={gauges.inflow} />{" "}
                came in, with too little left
              </>
            ),
        },
        { term: "Blocks", value: "every award and every change of policy" },
        { term: "For", value: format.span(gauges.tripSecs) },
      ],
      cannot: "It takes nothing from anybody: what streams have released stays claimable.",
      undo: "Only a vote ends it sooner.",
      instructions: [getTripBreakerInstruction({ treasury })],
    };
  };
  return (
    <DeedRow title="Trip the breaker" who="anybody, when its condition holds">
      <p>
        {gauges.trippedUntil !== null ? (
          <>
            It has tripped already; that ends <When at={gauges.trippedUntil} />.
          </>
        ) : gauges.restsUntil !== null ? (
          <>
            It rests after its last trip, and can trip again from <When at={gauges.restsUntil} />.
          </>
        ) : may ? (
          <>
            Its condition holds now. It blocks awards and changes of policy for{" "}
            {format.span(gauges.tripSecs)}.
          </>
        ) : (
          <>It cannot be tripped now: nothing was lost or drained beyond the limits above.</>
        )}
      </p>
      {may ? (
        <div className="actions">
          <Act label="Trip the breaker" build={build} />
        </div>
      ) : null}
    </DeedRow>
  );
}

/** A field for an amount of the budget token. */
function AmountField({
  label,
  text,
  onText,
  zero = false,
}: {
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  /** Whether nothing is an amount, too. */
  readonly zero?: boolean;
}) {
  const { budget } = useConfig();
  const id = useId();
  const value = format.parseAmount(text, budget.decimals);
  const wrong = text !== "" && (value === null || (value === 0n && !zero));
  return (
    <div className="risk-field">
      <label htmlFor={id}>{label}</label>
      <span className="risk-input">
        <input
          id={id}
          inputMode="decimal"
          autoComplete="off"
          value={text}
          onChange={(event) => onText(event.target.value)}
          aria-invalid={wrong}
          aria-describedby={wrong ? `${id}-wrong` : undefined}
        />{" "}
        {budget.symbol}
      </span>
      {wrong ? (
        <span id={`${id}-wrong`} className="held small">
          Write an amount like 1,200.5, with at most {budget.decimals} decimals.
        </span>
      ) : null}
    </div>
  );
}

function Give({ treasury }: { readonly treasury: Treasury }) {
  const chain = useChain();
  const { budget, treasury: key } = chain.config;
  const [text, setText] = useState("");
  const amount = format.parseAmount(text, budget.decimals);
  const build = async (visitor: Address): Promise<Deed> => {
    if (amount === null || amount === 0n) throw new Error("Say how much you want to give.");
    const source = await associatedTokenAddress(visitor, budget.mint, budget.tokenProgram);
    const purse = chain.balance(source);
    await purse.reload();
    const held = valueOf(purse.get()) ?? 0n;
    if (held < amount) {
      throw new Error(
        `This wallet holds ${format.exactAmount(held, budget)}, less than you want to give.`,
      );
    }
    const free = state.treasury.free(treasury);
    return {
      title: `Give ${format.exactAmount(amount, budget)} to the treasury`,
      lines: [
        { term: "Your tokens", value: <Change from={held} to={held - amount} /> },
        {
          term: "In the vault",
          value: <Change from={treasury.tracked} to={treasury.tracked + amount} />,
        },
        { term: "Free", value: <Change from={free} to={free + amount} /> },
      ],
      warnings: ["You get nothing for it: no weight, no claim, no way back."],
      cannot: "It moves this amount out of your wallet, and nothing else.",
      undo: "It cannot be undone: only an award that passes a vote moves the tokens out again.",
      instructions: [
        getDepositFundsInstruction({
          depositor: createNoopSigner(visitor),
          treasury: key,
          vault: treasury.vault,
          source,
          budgetMint: budget.mint,
          tokenProgram: budget.tokenProgram,
          amount,
        }),
      ],
    };
  };
  return (
    <DeedRow title="Give to the treasury" who="anybody">
      <p>The tokens become the community’s: a vote decides what they are spent on.</p>
      <AmountField label="Amount" text={text} onText={setText} />
      <div className="actions">
        <Act
          label="Give"
          build={build}
          primary={false}
          disabled={amount === null || amount === 0n}
          onLanded={() => setText("")}
        />
      </div>
    </DeedRow>
  );
}

function Change({ from, to }: { readonly from: bigint; readonly to: bigint }) {
  return (
    <>
      <Money value={from} /> → <Money value={to} />
    </>
  );
}

function Absorb({ treasury }: { readonly treasury: Treasury }) {
  const chain = useChain();
  const held = valueOf(useLoaded(chain.balance(treasury.vault)));
  const surplus = held === null || held < treasury.tracked ? 0n : held - treasury.tracked;
  const open = treasury.epochActive === 1;
  const { budget, treasury: key } = chain.config;
  const build = (): Deed => ({
    title: `Count ${format.exactAmount(surplus, budget)} that lie in the vault`,
    lines: [
      {
        term: "By the books",
        value: <Change from={treasury.tracked} to={treasury.tracked + surplus} />,
      },
    ],
    cannot: "No token moves: they were sent to the vault before, and now they can be awarded.",
    undo: "It cannot be undone, and costs nobody anything.",
    instructions: [getAbsorbSurplusInstruction({ treasury: key, vault: treasury.vault })],
  });
  if (surplus === 0n) return null;
  return (
    <DeedRow title="Count what lies in the vault" who="anybody, between epochs">
      <p>
        <Money value={surplus} /> were sent to the vault directly and are not in the books.{" "}
        {open
          ? "They can be counted once this epoch is settled, so that nobody moves the terms of an open one."
          : null}
      </p>
      {open ? null : (
        <div className="actions">
          <Act label="Count them" build={build} primary={false} />
        </div>
      )}
    </DeedRow>
  );
}

/** Who else would have to do it. */
function OnlyBy({ role, holder }: { readonly role: string; readonly holder: Address }) {
  return (
    <p className="muted">
      {holder === SYSTEM_PROGRAM_ADDRESS ? (
        <>Nobody can: there is no {role}.</>
      ) : (
        <>
          Only the {role} can: <Name address={holder} />.
        </>
      )}
    </p>
  );
}

const HOUR = 3_600;

function Pause({ treasury, gauges }: { readonly treasury: Treasury; readonly gauges: Gauges }) {
  const { treasury: key } = useConfig();
  const visitor = useVisitor();
  const [text, setText] = useState("24");
  const id = useId();
  const most = Math.floor(gauges.allowanceSecs / HOUR);
  const hours = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  const fits = hours >= 1 && hours <= most && gauges.pausedUntil === null;
  const build = (guardian: Address): Deed => {
    if (!fits) throw new Error("That is more than the guardian may pause for.");
    const secs = hours * HOUR;
    return {
      title: `Pause executions for ${format.span(secs)}`,
      lines: [
        { term: "Blocks", value: "every award and every change of policy" },
        {
          term: "Allowance",
          value: `${format.span(gauges.allowanceSecs)} → ${format.span(gauges.allowanceSecs - secs)} in any 90 days`,
        },
      ],
      cannot: "It stops no stream, and the time to execute awards is prolonged by it.",
      undo: "It cannot be ended early.",
      instructions: [
        getPauseExecutionsInstruction({
          guardian: createNoopSigner(guardian),
          treasury: key,
          secs,
        }),
      ],
    };
  };
  return (
    <DeedRow title="Pause executions" who="the guardian">
      <p>
        {gauges.pausedUntil === null ? (
          <>
            Blocks awards and changes of policy for a while. {format.span(gauges.allowanceSecs)} of{" "}
            {format.span(gauges.allowanceOfSecs)} in any 90 days are left
            {gauges.renewedAt === null ? null : (
              <>
                ; whole again <When at={gauges.renewedAt} />
              </>
            )}
            .
          </>
        ) : (
          <>
            Executions are paused until <When at={gauges.pausedUntil} />, and pauses do not overlap.
          </>
        )}
      </p>
      {visitor?.address === treasury.guardian ? (
        <>
          <div className="risk-field">
            <label htmlFor={id}>For how long</label>
            <span className="risk-input">
              <input
                id={id}
                inputMode="numeric"
                autoComplete="off"
                value={text}
                onChange={(event) => setText(event.target.value.trim())}
                aria-invalid={!fits && gauges.pausedUntil === null}
                disabled={gauges.pausedUntil !== null}
              />{" "}
              hours, at most {most}
            </span>
          </div>
          <div className="actions">
            <Act label="Pause executions" build={build} primary={false} disabled={!fits} />
          </div>
        </>
      ) : (
        <OnlyBy role="guardian" holder={treasury.guardian} />
      )}
    </DeedRow>
  );
}

function Mark({
  treasury,
  holdings,
}: {
  readonly treasury: Treasury;
  readonly holdings: readonly Holding[];
}) {
  const { treasury: key, budget } = useConfig();
  const visitor = useVisitor();
  const [category, setCategory] = useState(holdings[0]?.category ?? 0);
  const [text, setText] = useState("");
  const id = useId();
  const mark = format.parseAmount(text, budget.decimals);
  const holding = holdings.find((one) => one.category === category);
  const build = (reporter: Address): Deed => {
    if (mark === null || holding === undefined) throw new Error("Say what it is worth.");
    return {
      title: `Mark a position at ${format.exactAmount(mark, budget)}`,
      lines: [
        { term: "Category", value: <Written>{holding.name}</Written> },
        { term: "Cost", value: <Money value={holding.cost} /> },
        {
          term: "Counts now",
          value: (
            <>
              <Money value={holding.mark} />, marked <When at={holding.markedAt} />
            </>
          ),
        },
        ...(holding.reported === null
          ? []
          : [
              {
                term: "Replaces",
                value: (
                  <>
                    <Money value={holding.reported.mark} />, reported{" "}
                    <When at={holding.reported.at} />
                  </>
                ),
              },
            ]),
        { term: "Counts from", value: "the opening of the next epoch" },
      ],
      cannot: "It moves no token.",
      undo: "Until the next epoch opens, another mark replaces it.",
      instructions: [
        getMarkPositionInstruction({
          riskReporter: createNoopSigner(reporter),
          treasury: key,
          category,
          mark,
        }),
      ],
    };
  };
  return (
    <DeedRow title="Mark a position" who="the risk reporter">
      <p>Says what a position is worth. It counts from the next epoch on.</p>
      {visitor?.address === treasury.riskReporter ? (
        <>
          <div className="risk-field">
            <label htmlFor={id}>Category</label>
            <select
              id={id}
              value={category}
              onChange={(event) => setCategory(Number(event.target.value))}
            >
              {holdings.map((one) => (
                <option key={one.category} value={one.category}>
                  {one.name}
                </option>
              ))}
            </select>
          </div>
          <AmountField label="Is worth" text={text} onText={setText} zero />
          <div className="actions">
            <Act
              label="Mark it"
              build={build}
              primary={false}
              disabled={mark === null}
              onLanded={() => setText("")}
            />
          </div>
        </>
      ) : (
        <OnlyBy role="risk reporter" holder={treasury.riskReporter} />
      )}
    </DeedRow>
  );
}
