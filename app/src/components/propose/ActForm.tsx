/** An act: a change of rules or of a stream, which the community decides like an award. No act moves money. */

import type { Account, Address } from "@solana/kit";
import { type Stream, rules, state } from "@community-budget/client";
import { useMemo } from "react";

import { useCell } from "../../lib/cell";
import { useChain, useConfig } from "../../lib/context";
import { type Ground, metadataOf, ruleOf } from "../../lib/draft";
import * as format from "../../lib/format";
import { valueOf } from "../../lib/resource";
import { visible } from "../../lib/text";
import { useVisitor } from "../../lib/wallet";
import * as words from "../../lib/words";
import { Act, type Deed } from "../Act";
import { TermsView } from "../proposal/TermsView";
import { Money, Name, Written } from "../Text";
import {
  type ActForm as Form,
  type ActTerms,
  EMPTY_ACT,
  KINDS,
  type Kind,
  draftAct,
  holderOf,
  patchedBy,
  reviveAct,
} from "./acts";
import { Checks } from "./Checks";
import { Choices, Field } from "./Field";
import { KeptBar } from "./KeptBar";
import { useKept } from "./keep";
import { PolicyFields } from "./PolicyFields";
import { rowsOfPatch } from "./policyPatch";
import { Undo, costLines, fileWarnings, needs, titleWarnings } from "./receipt";
import { type Submission, submitAct } from "./submit";
import { type Touch, notReady, useTouch } from "./touch";
import { Cost } from "./Verdict";
import { FileFields, WordsFields } from "./Words";

const NAMES: Readonly<Record<Kind, string>> = {
  policy: "Change the policy",
  role: "Give a role to somebody else",
  ruling: "Rule on a stream",
  breaker: "Clear the breaker",
  "write-off": "Write off a loss",
};

type Streams = readonly Account<Stream>[];

const NOTHING: Streams = [];

export function ActForm({
  ground,
  live,
}: {
  readonly ground: Ground;
  readonly live: () => Ground;
}) {
  const chain = useChain();
  const config = useConfig();
  const visitor = useVisitor();
  const address = visitor?.address ?? null;
  const records = valueOf(useCell(chain.records));
  const stakes = valueOf(useCell(chain.stakes));
  const listed = valueOf(useCell(chain.streams));
  const kept = useKept<Form>(`community-budget.draft.${config.treasury}.act`, EMPTY_ACT, reviveAct);
  const { form, change } = kept;
  const streams = useMemo(
    () =>
      listed?.filter(({ data }) => data.endedAt === 0n && !state.stream.isFinished(data)) ??
      NOTHING,
    [listed],
  );
  const stake = stakes?.find(({ data }) => data.owner === address)?.data ?? null;
  const peopleOf = (who: Address | null) => ({
    visitor: who,
    proposer: who === null ? null : (records?.get(who) ?? null),
    recipient: null,
  });
  const proposer = address === null ? null : (records?.get(address) ?? null);
  const drafted = useMemo(
    () =>
      draftAct(form, ground, { visitor: address, proposer, recipient: null }, { stake, streams }),
    [form, ground, address, proposer, stake, streams],
  );
  const touch = useTouch<keyof Form>(drafted.checks);
  const handle = { problem: touch.problem, change, leave: touch.leave };

  const build = async (who: Address): Promise<Deed> => {
    const now = live();
    const { terms, checks } = draftAct(form, now, peopleOf(who), { stake, streams });
    if (terms === null) {
      touch.all();
      throw notReady(checks);
    }
    return deedOf(now, form, terms, streams, await submitAct(chain, now, who, form, terms));
  };

  const rule = ruleOf(ground.epoch, rules.outcome.Tier.Constitutional);
  return (
    <>
      <div className="propose-two">
        <form className="propose-form" noValidate onSubmit={(event) => event.preventDefault()}>
          <KeptBar kept={kept} />
          <h2>What is to change</h2>
          <Choices
            legend="The act"
            name="kind"
            value={form.kind}
            choices={KINDS.map((kind) => [kind, NAMES[kind]] as const)}
            onChange={(kind) => change({ kind })}
          />
          <Matter form={form} ground={ground} streams={streams} change={change} touch={touch} />
          <h2>In words</h2>
          <div className="propose-fields">
            <WordsFields form={form} kind="act" handle={handle} />
          </div>
          <h2>The file that voters read</h2>
          <FileFields form={form} kind="act" handle={handle} />
        </form>
        <div className="propose-verdict">
          <section aria-labelledby="act-tier">
            <h2 id="act-tier">How it will be judged</h2>
            <p>
              <strong>A constitutional act</strong>, whatever it changes.
            </p>
            <ul className="verdict-needs">
              <li>
                <strong>{format.bps(rule.quorumBps)}</strong> of all staked weight must take part,
                and more the more oppose it.
              </li>
              <li>
                <strong>{format.bps(rule.approvalBps)}</strong> of what is for or against must be
                for.
              </li>
              <li>
                <strong>{format.span(rule.timelockSecs)}</strong> must pass after the vote is
                settled, before anybody can carry it out
                {form.kind === "policy"
                  ? "; it then counts from the next epoch on. The guardian can veto it in that time."
                  : ". The guardian cannot veto it."}
              </li>
              <li>Of two acts on the same matter only the better ranked one stands.</li>
            </ul>
            <Checks checks={drafted.checks} />
          </section>
        </div>
      </div>
      <div className="propose-end">
        <Cost ground={ground} />
      </div>
      <div className="actions propose-submit">
        {ground.open ? (
          <Act label="Submit this act" build={build} onLanded={() => kept.clear?.()} />
        ) : (
          <p className="muted">
            It can be submitted once an epoch takes proposals. Until then it is kept here.
          </p>
        )}
      </div>
    </>
  );
}

/** The fields of the chosen kind. */
function Matter({
  form,
  ground,
  streams,
  change,
  touch,
}: {
  readonly form: Form;
  readonly ground: Ground;
  readonly streams: Streams;
  readonly change: (part: Partial<Form>) => void;
  readonly touch: Touch<keyof Form>;
}) {
  switch (form.kind) {
    case "policy":
      return <PolicyFields form={form} ground={ground} change={change} />;
    case "role":
      return <RoleFields form={form} ground={ground} change={change} touch={touch} />;
    case "ruling":
      return <RulingFields form={form} streams={streams} change={change} touch={touch} />;
    case "breaker":
      return (
        <p>
          While the breaker has tripped, no award is funded and no policy changed. A vote can end
          the trip before its time.
        </p>
      );
    case "write-off":
      return <LossFields form={form} ground={ground} change={change} touch={touch} />;
  }
}

interface FieldsProps {
  readonly form: Form;
  readonly change: (part: Partial<Form>) => void;
  readonly touch: Touch<keyof Form>;
}

function RoleFields({ form, ground, change, touch }: FieldsProps & { readonly ground: Ground }) {
  return (
    <>
      <Choices
        legend="Role"
        name="role"
        value={form.role}
        choices={[
          ["guardian", "Guardian"],
          ["reviewer", "Reviewer"],
          ["risk reporter", "Risk reporter"],
        ]}
        onChange={(role) => change({ role })}
      />
      <p>
        Held by <Name address={holderOf(form.role, ground)} /> now. A role can stop, score or mark;
        none can spend.
      </p>
      <Choices
        legend="Held from then on by"
        name="vacant"
        value={form.vacant ? "nobody" : "somebody"}
        choices={[
          ["somebody", "Somebody"],
          ["nobody", "Nobody"],
        ]}
        onChange={(value) => change({ vacant: value === "nobody" })}
      />
      {form.vacant ? null : (
        <div className="propose-fields">
          <Field
            label="Address of the holder"
            wide
            problem={touch.problem("holder")}
            hint="A multisig’s address works as well."
          >
            {(tied) => (
              <input
                {...tied}
                type="text"
                spellCheck={false}
                autoComplete="off"
                className="mono"
                value={form.holder}
                onChange={(event) => change({ holder: event.target.value })}
                onBlur={() => touch.leave("holder")}
              />
            )}
          </Field>
        </div>
      )}
    </>
  );
}

function RulingFields({
  form,
  streams,
  change,
  touch,
}: FieldsProps & { readonly streams: Streams }) {
  const { names, budget } = useConfig();
  const chosen = streams.find(({ address }) => address === form.stream);
  return (
    <>
      <div className="propose-fields">
        <Field
          label="Stream"
          wide
          problem={touch.problem("stream")}
          hint={
            chosen === undefined ? (
              streams.length === 0 ? (
                "No stream is running."
              ) : (
                "Held ones come first."
              )
            ) : (
              <>
                To <Name address={chosen.data.recipient} />, <Money value={chosen.data.total} /> in
                all, of which <Money value={chosen.data.withdrawn} /> are paid.{" "}
                <a href={`#/stream/${chosen.data.epochIndex}/${chosen.data.entryIndex}`}>
                  Look at it
                </a>
              </>
            )
          }
        >
          {(tied) => (
            <select
              {...tied}
              value={form.stream}
              onChange={(event) => change({ stream: event.target.value })}
              onBlur={() => touch.leave("stream")}
            >
              <option value="">Choose…</option>
              {[...streams]
                .sort((a, b) => Number(b.data.heldAt !== 0n) - Number(a.data.heldAt !== 0n))
                .map(({ address, data }) => (
                  <option key={address} value={address}>
                    {data.heldAt === 0n ? "" : "held · "}
                    {visible(names.get(data.recipient) ?? format.shortKey(data.recipient))} ·{" "}
                    {format.amount(data.total, budget)} · epoch {data.epochIndex}, entry{" "}
                    {data.entryIndex}
                  </option>
                ))}
            </select>
          )}
        </Field>
      </div>
      <Choices
        legend="Ruling"
        name="ruling"
        value={form.ruling}
        choices={[
          ["resume", "Let it go on"],
          ["reduce", "Reduce it"],
          ["cancel", "Cancel it"],
        ]}
        onChange={(ruling) => change({ ruling })}
      />
      {touch.problem("ruling") === null ? null : (
        <p className="held small">{touch.problem("ruling")}</p>
      )}
      {form.ruling === "reduce" ? (
        <div className="propose-fields">
          <Field
            label="Percent that it keeps"
            problem={touch.problem("keep")}
            hint="Of what is unreleased when it is carried out; the rest returns to the vault."
          >
            {(tied) => (
              <input
                {...tied}
                type="text"
                inputMode="decimal"
                value={form.keep}
                onChange={(event) => change({ keep: event.target.value })}
                onBlur={() => touch.leave("keep")}
              />
            )}
          </Field>
        </div>
      ) : null}
    </>
  );
}

function LossFields({ form, ground, change, touch }: FieldsProps & { readonly ground: Ground }) {
  const { treasury, budget } = ground;
  const { categories, categoryCount } = treasury.policy.risk;
  const risky = categories
    .slice(0, categoryCount)
    .map((_, index) => index)
    .filter((index) => rules.risk.isRisk(state.policy.positionTerms(treasury.policy, index)));
  return (
    <div className="propose-fields">
      <Field
        label="Category"
        problem={touch.problem("category")}
        hint={
          risky.length === 0
            ? "The policy has no category whose money is at risk."
            : "Only money at risk can be lost: hedges and derivatives."
        }
      >
        {(tied) => (
          <select
            {...tied}
            value={form.category}
            onChange={(event) => change({ category: event.target.value })}
            onBlur={() => touch.leave("category")}
          >
            <option value="">Choose…</option>
            {risky.map((index) => (
              <option key={index} value={String(index)}>
                {words.category(treasury.policy, index)} (
                {format.amount(treasury.positions[index]?.cost ?? 0n, budget)} out)
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={`Lost, in ${budget.symbol}`} problem={touch.problem("amount")}>
        {(tied) => (
          <input
            {...tied}
            type="text"
            inputMode="decimal"
            value={form.amount}
            onChange={(event) => change({ amount: event.target.value })}
            onBlur={() => touch.leave("amount")}
          />
        )}
      </Field>
    </div>
  );
}

function deedOf(
  ground: Ground,
  form: Form,
  terms: ActTerms,
  streams: Streams,
  submission: Submission,
): Deed {
  const { epoch } = ground;
  const { index, instructions } = submission;
  const rule = ruleOf(epoch, rules.outcome.Tier.Constitutional);
  const title = form.title.trim();
  const file = metadataOf(form, "act");
  return {
    title: `Propose entry ${index} of epoch ${epoch.index}: a ${words.act(KIND_NUMBERS[form.kind])}`,
    instructions,
    warnings: [...titleWarnings(title), ...fileWarnings(form, file)],
    lines: [
      { term: "Title", value: <Written>{title}</Written> },
      ...changeLines(ground, form, terms, streams),
      {
        term: "Judged as",
        value: `a constitutional act: ${needs(rule)}`,
      },
      ...costLines({ form, file, ground, submission }),
    ],
    cannot:
      "It takes no more than fee and bond out of your wallet, and it changes nothing before a vote has passed and its timelock has run.",
    undo: <Undo at={epoch.votingOpensAt} />,
  };
}

const KIND_NUMBERS: Readonly<Record<Kind, number>> = {
  policy: 1,
  role: 2,
  ruling: 3,
  breaker: 4,
  "write-off": 5,
};

/** What the act says, exactly. */
function changeLines(
  ground: Ground,
  form: Form,
  { action }: ActTerms,
  streams: Streams,
): Deed["lines"] {
  switch (action.__kind) {
    case "SetPolicy":
      return [
        { term: "Section of the policy", value: form.section },
        {
          term: "What changes",
          value: <TermsView rows={rowsOfPatch(patchedBy(form, ground).next, ground)} brief />,
        },
      ];
    case "SetRole":
      return [
        {
          term: `The ${form.role}`,
          value: (
            <>
              <Name address={holderOf(form.role, ground)} /> → <Name address={action.holder} />
            </>
          ),
        },
      ];
    case "RuleOnStream": {
      const stream = streams.find(({ address }) => address === action.stream);
      const { ruling } = action;
      const said =
        ruling.__kind === "Resume"
          ? `goes on from its ${words.checkpointName(ruling.checkpoint)}`
          : ruling.__kind === "Reduce"
            ? `keeps ${format.bps(ruling.keepBps)} of what is unreleased; the rest returns to the vault`
            : "is cancelled: everything unreleased returns to the vault";
      return [
        {
          term: "The stream",
          value:
            stream === undefined ? (
              <Name address={action.stream} />
            ) : (
              <>
                to <Name address={stream.data.recipient} />,{" "}
                {format.exactAmount(stream.data.total, ground.budget)} (epoch{" "}
                {stream.data.epochIndex}, entry {stream.data.entryIndex})
              </>
            ),
        },
        { term: "Ruling", value: `It ${said}.` },
      ];
    }
    case "ClearBreaker":
      return [{ term: "The breaker", value: "Its present trip ends." }];
    case "WriteOff":
      return [
        {
          term: "Lost",
          value: (
            <>
              {format.exactAmount(BigInt(action.amount), ground.budget)} in{" "}
              <Written>{words.category(ground.treasury.policy, action.category)}</Written>
            </>
          ),
        },
      ];
    case "Award":
      return [];
  }
}
