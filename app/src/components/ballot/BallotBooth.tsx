/** One ballot: the slate with choices, what they would change, and the way to sign them. */

import { type Address } from "@solana/kit";
import { ActionKind, type Ballot, type Choice, state } from "@community-budget/client";
import { useCallback, useEffect, useMemo, useState } from "react";

import type { ShownSlate } from "../../hooks/slate";
import * as ballots from "../../lib/ballot";
import type { Foresight, Known, Power } from "../../lib/ballot";
import { useCell } from "../../lib/cell";
import { useChain, useCoarseNow, useLoaded } from "../../lib/context";
import * as format from "../../lib/format";
import { Absent, Resource, sentenceOf, valueOf } from "../../lib/resource";
import { useVisitor } from "../../lib/wallet";
import { EntryTitle } from "../Entry";
import { FundingLine } from "../FundingLine";
import { Basket } from "./Basket";
import { type SlateCheck, useSlateCheck } from "./check";
import { Deeds } from "./Deeds";
import { making } from "./drafts";
import "./BallotBooth.css";

/** Of what nobody looks at. */
export const NOTHING = new Resource<never>(() => Promise.reject(new Absent()));

const NO_BYTES = new Uint8Array();
const NO_RECORDS = new Map();
const NO_BALLOTS: readonly Ballot[] = [];

/** What a booth is for. */
export interface BoothProps {
  readonly shown: ShownSlate;
  /** Whose stake speaks; `null` for a visitor without a wallet. */
  readonly owner: Address | null;
  readonly recorded: Ballot | null;
  readonly power: Power;
}

/** See the top of this file. */
export function BallotBooth({ shown, owner, recorded, power }: BoothProps) {
  const chain = useChain();
  const voter = useVisitor()?.address ?? null;
  const { epoch, slate, treasury, proposals } = shown;
  const now = useCoarseNow(10n);
  const phase = state.epoch.phaseAt(epoch, now);
  const own = making(`${chain.config.treasury}/${epoch.index}/${owner ?? ""}`);
  const started = useCell(own.draft);
  const [check, checkAgain] = useSlateCheck(epoch, proposals);

  const before = useMemo(() => ballots.draftOf(recorded?.choices ?? NO_BYTES), [recorded]);
  const draft = useMemo(() => ballots.kept(started ?? before, epoch), [started, before, epoch]);
  const [share, setShare] = useState("1");
  const real = power.kind === "votes";
  const tried = ballots.parseShare(share);
  const weight = real ? power.weight : (slate.electorate * BigInt(tried ?? 0)) / 10_000n;

  const foresight = useMemo((): Foresight | string => {
    try {
      const cast = real ? (recorded?.choices ?? NO_BYTES) : NO_BYTES;
      return ballots.foresee(treasury, epoch, cast, draft, weight, now);
    } catch (error) {
      return sentenceOf(error);
    }
  }, [treasury, epoch, recorded, real, draft, weight, now]);

  const choose = useCallback(
    (index: number, choice: Choice | null) => {
      own.draft.set(ballots.chosen(own.draft.get() ?? before, index, choice));
    },
    [own, before],
  );

  // Read for warnings and receipts only, and so only once there is something to warn of.
  const begun = draft.size > 0;
  const records = valueOf(useLoaded(begun ? chain.records : NOTHING)) ?? NO_RECORDS;
  const listed = valueOf(useLoaded(begun ? chain.ballots(epoch.index) : NOTHING));
  const rules = epoch.slate.some(({ action }) => action === ActionKind.RuleOnStream);
  useLoaded(begun && rules ? chain.streams : NOTHING);
  const known = useMemo((): Known => {
    const all = listed?.map(({ data }) => data) ?? NO_BALLOTS;
    return { slate, proposals, records, ballots: all };
  }, [slate, proposals, records, listed]);

  const change = useSlateChange(own, epoch);
  const open = phase === "Submission" || phase === "Voting";
  const compare = typeof foresight === "string" || draft.size === 0 ? null : foresight.after;

  return (
    <>
      <SlateNotice check={check} again={checkAgain} />
      {change === null ? null : <ChangeNotice {...change} shown={shown} />}
      {real || !open ? null : (
        <Try share={share} setShare={setShare} valid={tried !== null} wallet={owner !== null} />
      )}
      <div className="booth">
        <FundingLine
          shown={shown}
          choices={draft}
          onChoose={open ? choose : undefined}
          compare={compare}
        />
        {open ? (
          <Basket
            shown={shown}
            draft={draft}
            before={before}
            weight={weight}
            foresight={foresight}
            known={known}
            now={now}
            onReset={started === null ? null : () => own.draft.set(null)}
          >
            <Deeds
              shown={shown}
              draft={draft}
              before={before}
              power={power}
              recorded={recorded}
              owner={owner}
              voter={voter}
              weight={weight}
              check={check}
              known={known}
              changed={change !== null}
              forbidden={typeof foresight === "string" ? foresight : foresight.forbidden.length > 0}
              onLanded={() => own.draft.set(null)}
            />
          </Basket>
        ) : null}
      </div>
    </>
  );
}

/** What changed of the slate since it was read, and how to say that it has been read again. */
function useSlateChange(own: ReturnType<typeof making>, epoch: ShownSlate["epoch"]) {
  const seen = useCell(own.seen);
  const hash = format.hex(epoch.slateHash);
  useEffect(() => {
    if (own.seen.get() === null) own.seen.set(ballots.seen(epoch));
    // What is read of an epoch is told by its hash.
  }, [own, hash]);
  const change = seen === null ? null : ballots.changeOf(seen, ballots.seen(epoch));
  return change === null ? null : { change, read: () => own.seen.set(ballots.seen(epoch)) };
}

function ChangeNotice({
  change,
  read,
  shown,
}: {
  readonly change: ballots.SlateChange;
  readonly read: () => void;
  readonly shown: ShownSlate;
}) {
  const titles = (entries: readonly number[]) =>
    entries.map((index) => (
      <li key={index}>
        <EntryTitle index={shown.epoch.index} entry={index} proposal={shown.proposals.get(index)} />
      </li>
    ));
  return (
    <div className="notice warn" role="alert">
      <p>
        <strong>The slate changed while you read it.</strong> A signature would be on the slate as
        it is now.
      </p>
      {change.added.length > 0 ? (
        <>
          <p>New on it:</p>
          <ul>{titles(change.added)}</ul>
        </>
      ) : null}
      {change.withdrawn.length > 0 ? (
        <>
          <p>Withdrawn; what you chose on it is gone from your ballot:</p>
          <ul>{titles(change.withdrawn)}</ul>
        </>
      ) : null}
      {change.added.length + change.withdrawn.length === 0 ? (
        <p>No entry came or went, and its hash is another all the same: do not trust this node.</p>
      ) : null}
      <p>
        <button type="button" onClick={read}>
          I have read it
        </button>
      </p>
    </div>
  );
}

function SlateNotice({ check, again }: { readonly check: SlateCheck; readonly again: () => void }) {
  if (check.kind === "failed") {
    return (
      <div className="notice warn" role="alert">
        <p>
          <strong>The slate could not be checked against its hash.</strong> {check.sentence} Nothing
          can be signed before.
        </p>
        <p>
          <button type="button" onClick={again}>
            Try again
          </button>
        </p>
      </div>
    );
  }
  if (check.kind === "done" && check.check.kind === "differs") {
    return (
      <div className="notice warn" role="alert">
        <p>
          <strong>Do not vote through this node.</strong> {check.check.sentence}
        </p>
        <p>Nothing can be signed here. Look at the page through another node.</p>
      </div>
    );
  }
  return null;
}

/** A weight for visitors who have none. */
function Try({
  share,
  setShare,
  valid,
  wallet,
}: {
  readonly share: string;
  readonly setShare: (share: string) => void;
  readonly valid: boolean;
  readonly wallet: boolean;
}) {
  return (
    <p className="booth-try">
      <label>
        Try it with{" "}
        <input
          type="text"
          inputMode="decimal"
          size={5}
          value={share}
          aria-invalid={!valid}
          onChange={(event) => setShare(event.target.value)}
        />{" "}
        % of all weight.
      </label>{" "}
      <span className="muted">
        {valid
          ? `Nothing is signed${wallet ? "" : " without a wallet"}; you see what such a ballot would change.`
          : "Type a share above 0 and up to 100."}
      </span>
    </p>
  );
}
