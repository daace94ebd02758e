/** An act: a change of rules or of a stream, which the community decides like an award. No act moves money. */

import type { Address } from "@solana/kit";
import { rules, state } from "@community-budget/client";
import { useMemo } from "react";

import { useCell } from "../../lib/cell";
import { useChain, useConfig } from "../../lib/context";
import { type Ground, metadataOf, ruleOf } from "../../lib/draft";
import * as format from "../../lib/format";
import { valueOf } from "../../lib/resource";
import { useVisitor } from "../../lib/wallet";
import * as words from "../../lib/words";
import { Act, type Deed } from "../Act";
import { Written } from "../Text";
import {
  type ActForm as Form,
  type ActTerms,
  EMPTY_ACT,
  KINDS,
  type Kind,
  type Streams,
  draftAct,
  reviveAct,
} from "./acts";
import { Matter } from "./ActFields";
import { changeLines } from "./actLines";
import { Checks } from "./Checks";
import { Choices } from "./Field";
import { KeptBar } from "./KeptBar";
import { useKept } from "./keep";
import { Undo, costLines, fileWarnings, needs, titleWarnings } from "./receipt";
import { type Submission, submitAct } from "./submit";
import { notReady, useTouch } from "./touch";
import { Cost } from "./Verdict";
import { FileFields, WordsFields } from "./Words";

const NAMES: Readonly<Record<Kind, string>> = {
  policy: "Change the policy",
  role: "Give a role to somebody else",
  ruling: "Rule on a stream",
  breaker: "Clear the breaker",
  "write-off": "Write off a loss",
};

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
