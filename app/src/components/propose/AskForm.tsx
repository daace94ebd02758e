/** An ask for money: what, for whom, how much over which time; judged while it is written. */

import type { Address } from "@solana/kit";
import { rules, state } from "@community-budget/client";
import type { RecipientRecord } from "@community-budget/client";
import { useMemo } from "react";

import { useCell } from "../../lib/cell";
import { useChain, useConfig } from "../../lib/context";
import {
  type AskForm as Form,
  type AskTerms,
  EMPTY_ASK,
  type Ground,
  askOf,
  barOf,
  draftAsk,
  metadataOf,
  readAsk,
  revive,
  ruleOf,
} from "../../lib/draft";
import * as format from "../../lib/format";
import { valueOf } from "../../lib/resource";
import { useVisitor } from "../../lib/wallet";
import * as words from "../../lib/words";
import { Act, type Deed } from "../Act";
import { Money, Name, When, Written } from "../Text";
import { Choices, Field, TextField } from "./Field";
import { KeptBar } from "./KeptBar";
import { useKept } from "./keep";
import { Parts } from "./Parts";
import { Undo, costLines, fileWarnings, needs, titleWarnings } from "./receipt";
import { type Submission, submitAsk } from "./submit";
import { notReady, useTouch } from "./touch";
import { Cost, Effect, Verdict } from "./Verdict";
import { FileFields, WordsFields } from "./Words";

export function AskForm({
  ground,
  live,
}: {
  readonly ground: Ground;
  readonly live: () => Ground;
}) {
  const chain = useChain();
  const { budget, treasury: treasuryAddress } = useConfig();
  const visitor = useVisitor();
  const records = valueOf(useCell(chain.records));
  const kept = useKept<Form>(`community-budget.draft.${treasuryAddress}.ask`, EMPTY_ASK, (stored) =>
    revive(EMPTY_ASK, stored),
  );
  const { form, change } = kept;
  const address = visitor?.address ?? null;
  const read = useMemo(() => readAsk(form, ground, address), [form, ground, address]);
  const recordOf = (who: Address | null) => (who === null ? null : (records?.get(who) ?? null));
  const [proposer, recipient] = [recordOf(address), recordOf(read.recipient)];
  const drafted = useMemo(
    () => draftAsk(form, ground, { visitor: address, proposer, recipient }),
    [form, ground, address, proposer, recipient],
  );
  const ask = useMemo(() => askOf(read, ground, recipient), [read, ground, recipient]);
  const touch = useTouch<keyof Form>(drafted.checks);
  const handle = { problem: touch.problem, change, leave: touch.leave };

  const build = async (who: Address): Promise<Deed> => {
    const now = live();
    const people = { visitor: who, proposer: recordOf(who), recipient: recordOf(read.recipient) };
    const { terms, checks } = draftAsk(form, now, people);
    if (terms === null) {
      touch.all();
      throw notReady(checks);
    }
    return deedOf(now, who, form, terms, await submitAsk(chain, now, who, form, terms), recipient);
  };

  const { duration, checkpoints, cliff } = form;
  const drawable =
    read.amount !== null &&
    read.amount > 0n &&
    read.durationSecs !== null &&
    read.durationSecs > 0 &&
    read.checkpoints !== null &&
    read.checkpoints <= rules.stream.MAX_CHECKPOINTS &&
    read.cliffSecs !== null &&
    read.cliffSecs <= read.durationSecs;
  return (
    <>
      <div className="propose-two">
        <form className="propose-form" noValidate onSubmit={(event) => event.preventDefault()}>
          <KeptBar kept={kept} />
          <h2>What</h2>
          <div className="propose-fields">
            <WordsFields form={form} kind="ask" handle={handle} />
          </div>

          <h2>Who receives it</h2>
          <Choices
            legend="Recipient"
            name="recipient"
            value={form.toMe ? "me" : "other"}
            choices={[
              ["me", visitor === null ? "I do" : <Name address={visitor.address} />],
              ["other", "Somebody else"],
            ]}
            onChange={(value) => change({ toMe: value === "me" })}
          />
          {form.toMe ? null : (
            <div className="propose-fields">
              <TextField
                label="Address of the recipient"
                wide
                problem={touch.problem("recipient")}
                hint={
                  <>
                    They must accept it on this page or with <code>budget proposal accept</code>{" "}
                    before voting opens, or nobody can vote on it.
                  </>
                }
                spellCheck={false}
                autoComplete="off"
                className="mono"
                value={form.recipient}
                onChange={(recipient) => change({ recipient })}
                onLeave={() => touch.leave("recipient")}
              />
            </div>
          )}
          {read.recipient === null ? null : (
            <Known who={read.recipient} record={recipient} ground={ground} named={!form.toMe} />
          )}

          <h2>Money and time</h2>
          <div className="propose-fields">
            <TextField
              label={`Amount in ${budget.symbol}`}
              problem={touch.problem("amount")}
              hint={
                <>
                  Up to <Money value={state.epoch.limitsOfAsks(ground.epoch).large} />.
                </>
              }
              inputMode="decimal"
              value={form.amount}
              onChange={(amount) => change({ amount })}
              onLeave={() => touch.leave("amount")}
            />
            <Category form={form} ground={ground} read={read.category} handle={handle} />
            <TextField
              label="Length in days"
              problem={touch.problem("duration")}
              hint="From the execution; the money streams evenly."
              inputMode="numeric"
              value={duration}
              onChange={(duration) => change({ duration })}
              onLeave={() => touch.leave("duration")}
            />
            <TextField
              label="Reviews, 0 to 12"
              problem={touch.problem("checkpoints")}
              hint={
                ask === null
                  ? "Each stops the stream until it is passed."
                  : reviewsHint(ground, barOf(ground, ask).tier)
              }
              type="number"
              min={0}
              max={12}
              value={checkpoints}
              onChange={(checkpoints) => change({ checkpoints })}
              onLeave={() => touch.leave("checkpoints")}
            />
            <TextField
              label="Cliff in days"
              problem={touch.problem("cliff")}
              hint="Nothing is released before; 0 for none."
              inputMode="numeric"
              value={cliff}
              onChange={(cliff) => change({ cliff })}
              onLeave={() => touch.leave("cliff")}
            />
          </div>
          {drawable ? (
            <Parts
              amount={read.amount}
              durationSecs={read.durationSecs}
              cliffSecs={read.cliffSecs}
              checkpoints={read.checkpoints}
            />
          ) : null}

          <h2>The file that voters read</h2>
          <FileFields form={form} kind="ask" handle={handle} />
        </form>

        <div className="propose-verdict">
          <Verdict ground={ground} ask={ask} checks={drafted.checks} />
        </div>
      </div>
      <div className="propose-end">
        {ask === null ? null : <Effect ground={ground} ask={ask} />}
        <Cost ground={ground} />
      </div>
      <div className="actions propose-submit">
        {ground.open ? (
          <Act label="Submit this proposal" build={build} onLanded={() => kept.clear?.()} />
        ) : (
          <p className="muted">
            It can be submitted once an epoch takes proposals. Until then it is kept here.
          </p>
        )}
      </div>
    </>
  );
}

function reviewsHint(ground: Ground, tier: number | null): string {
  if (tier === null) return "Each stops the stream until it is passed.";
  const { minCheckpoints } = ruleOf(ground.epoch, tier);
  return minCheckpoints === 0
    ? `A ${words.tier(tier)} ask needs none; each stops the stream until it is passed.`
    : `A ${words.tier(tier)} ask needs ${minCheckpoints} or more.`;
}

function Category({
  form,
  ground: { epoch, treasury, now, open, budget },
  read,
  handle,
}: {
  readonly form: Form;
  readonly ground: Ground;
  readonly read: number | null;
  readonly handle: {
    readonly problem: (field: "category") => string | null;
    readonly change: (part: Partial<Form>) => void;
    readonly leave: (field: "category") => void;
  };
}) {
  const left = useMemo(() => {
    const taken = open ? state.funding.settleNow(treasury, epoch, now).allocation.byCategory : [];
    return epoch.categoryCaps.map((cap, index) => {
      const rest = cap - (taken[index] ?? 0n);
      return rest > 0n ? rest : 0n;
    });
  }, [epoch, treasury, now, open]);
  const { categories, categoryCount } = epoch.policy.risk;
  const chosen = read === null ? undefined : categories[read];
  return (
    <Field
      label="Category"
      problem={handle.problem("category")}
      hint={
        chosen === undefined ? (
          "Each has its share of the cap."
        ) : (
          <>
            Money of the class {words.categoryClass(chosen.class)}. Of its share,{" "}
            <Money value={epoch.categoryCaps[read ?? 0] ?? 0n} />, if voting closed now{" "}
            <Money value={left[read ?? 0] ?? 0n} /> would be left.
          </>
        )
      }
    >
      {(tied) => (
        <select
          {...tied}
          value={form.category}
          onChange={(event) => handle.change({ category: event.target.value })}
          onBlur={() => handle.leave("category")}
        >
          <option value="">Choose…</option>
          {categories.slice(0, categoryCount).map((_, index) => (
            <option key={index} value={String(index)}>
              {words.category(epoch.policy, index)} ·{" "}
              {format.short(left[index] ?? 0n, budget.decimals)} left
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** Who the recipient is, and what the treasury remembers of them. */
function Known({
  who,
  record,
  ground,
  named,
}: {
  readonly who: Address;
  readonly record: RecipientRecord | null;
  readonly ground: Ground;
  readonly named: boolean;
}) {
  const floor = ground.epoch.policy.tiers.recordFloorBps;
  const reviews = record === null ? 0 : record.scored + record.missedUpdates;
  const mean = record === null || reviews === 0 ? null : Math.floor(record.scoreSum / reviews);
  return (
    <p className="propose-known">
      {named ? (
        <>
          <Name address={who} />{" "}
        </>
      ) : (
        "You "
      )}
      {record === null || (record.streams === 0 && reviews === 0) ? (
        <>{named ? "has" : "have"} no history with this treasury: voters will be told so.</>
      ) : (
        <>
          {named ? "has" : "have"} had {format.count(record.streams, "award")} of{" "}
          <Money value={record.awarded} /> in all
          {mean === null
            ? "; none was reviewed yet."
            : `; reviews at ${format.bps(mean)} on average`}
          {mean === null ? null : record.missedUpdates > 0 ? (
            <>, {format.count(record.missedUpdates, "update")} missed.</>
          ) : (
            "."
          )}
          {mean !== null && mean < floor ? (
            <strong className="held"> That is below {format.bps(floor)}: one tier up.</strong>
          ) : null}
        </>
      )}
    </p>
  );
}

function deedOf(
  ground: Ground,
  visitor: Address,
  form: Form,
  terms: AskTerms,
  submission: Submission,
  recipient: RecipientRecord | null,
): Deed {
  const { epoch } = ground;
  const { index, instructions } = submission;
  const ask = askOf(readAsk(form, ground, visitor), ground, recipient);
  const bar = ask === null ? null : barOf(ground, ask);
  const rule = bar?.tier === null || bar === null ? null : ruleOf(epoch, bar.tier);
  const own = terms.recipient === visitor;
  const title = form.title.trim();
  const file = metadataOf(form, "ask");
  return {
    title: `Propose entry ${index} of epoch ${epoch.index}`,
    instructions,
    warnings: [
      ...titleWarnings(title),
      ...(own
        ? []
        : [
            <>
              <Name address={terms.recipient} /> must accept it before{" "}
              <When at={epoch.votingOpensAt} />, or nobody can vote on it. The slot fee is gone
              then.
            </>,
          ]),
      ...(bar?.tier !== null && bar !== null && bar.tier > bar.admits
        ? [
            `By all that its recipient asks for it is a ${words.tier(bar.tier)} ask, and it is too short, or has too few reviews, for one: it could not be funded.`,
          ]
        : []),
      ...fileWarnings(form, file),
    ],
    lines: [
      { term: "Title", value: <Written>{title}</Written> },
      { term: "Amount", value: <strong>{format.exactAmount(terms.amount, ground.budget)}</strong> },
      {
        term: "Recipient",
        value: (
          <>
            <Name address={terms.recipient} />
            {own ? ", who accepts it by signing this" : ", who has still to accept it"}
          </>
        ),
      },
      {
        term: "Category",
        value: <Written>{words.category(epoch.policy, terms.category)}</Written>,
      },
      {
        term: "Streams",
        value: `over ${format.span(terms.durationSecs)} from its execution${
          terms.cliffSecs === 0 ? "" : `, nothing before ${format.span(terms.cliffSecs)}`
        }, ${
          terms.checkpoints === 0
            ? "without a review"
            : `in ${terms.checkpoints + 1} parts with ${format.count(terms.checkpoints, "review")} between them`
        }`,
      },
      ...(rule === null || bar === null || bar.tier === null
        ? []
        : [
            {
              term: "Judged as",
              value: `a ${words.tier(bar.tier)} ask: ${needs(rule)}`,
            },
          ]),
      ...costLines({ form, file, ground, submission }),
    ],
    cannot:
      "It takes no more than fee and bond out of your wallet, and nothing of these terms can be changed afterwards, by you or by anybody.",
    undo: <Undo at={epoch.votingOpensAt} />,
  };
}
