/** One epoch to be forwarded: what was decided, why, by whom, and what money moved. */

import { useEffect, useMemo, useState } from "react";

import { Line, Sentence } from "../activity/Sentence";
import { type Digest as Told, digestOf, digestText } from "../activity/digest";
import { projectionOf } from "../activity/feeds";
import type { Followed, Following } from "../activity/following";
import { useFollowed, useScene, useSpeech } from "../activity/hooks";
import { oneLine } from "../activity/parts";
import { Empty, Loading, Shown } from "../components/States";
import { useChain, useCoarseNow, useConfig, useLoaded } from "../lib/context";
import { valueOf } from "../lib/resource";
import { href } from "../lib/router";
import "./Digest.css";

export default function Digest({ index }: { readonly index: number }) {
  const chain = useChain();
  const treasury = useLoaded(chain.treasury);
  const [followed, following] = useFollowed();
  return (
    <div className="digest">
      <Shown loaded={treasury} what="the treasury">
        {({ epochCount }) =>
          index < epochCount ? (
            <Known index={index} count={epochCount} followed={followed} following={following} />
          ) : (
            <>
              <h1>There is no epoch {index} yet</h1>
              <Empty>
                <p>
                  {epochCount === 0 ? (
                    "No epoch has opened yet; the first one will have a digest here."
                  ) : (
                    <>
                      The latest one is{" "}
                      <a href={href({ page: "digest", index: epochCount - 1 })}>
                        epoch {epochCount - 1}
                      </a>
                      .
                    </>
                  )}
                </p>
              </Empty>
            </>
          )
        }
      </Shown>
    </div>
  );
}

interface Props {
  readonly index: number;
  readonly count: number;
  readonly followed: Followed;
  readonly following: Following;
}

function Known({ index, count, followed, following }: Props) {
  const chain = useChain();
  const { budget } = useConfig();
  const treasury = valueOf(useLoaded(chain.treasury));
  const epoch = useLoaded(chain.epochAt(index));
  const scene = useScene(followed);
  const now = useCoarseNow(60n);
  const { known, reading, trouble } = followed;
  const account = valueOf(epoch);

  // What happened in the epoch lies behind its opening: read back to there.
  const begun = known !== null;
  useEffect(() => {
    if (!begun) return;
    return following.until(({ happened }) =>
      happened.some(({ event }) => event.name === "EpochOpened" && event.data.index === index),
    );
  }, [begun, following, index]);

  const digest = useMemo(() => {
    if (treasury === null || (account === null && epoch.kind !== "absent")) return null;
    return digestOf({
      index,
      epoch: account,
      projection: projectionOf(treasury, account, now),
      scene,
      happened: known?.happened ?? [],
      complete: known?.complete ?? false,
      budget,
      now,
    });
  }, [treasury, account, epoch.kind, index, scene, known, budget, now]);

  return (
    <>
      <h1>Digest of epoch {index}</h1>
      {digest === null ? (
        <Shown loaded={epoch} what="the epoch">
          {() => <Loading what="the epoch" />}
        </Shown>
      ) : (
        <Content digest={digest} reading={reading} />
      )}
      {trouble === null ? null : (
        <div className="notice warn" role="alert">
          <p>
            <strong>What happened could not be read.</strong> {trouble}
          </p>
          <p>
            <button type="button" onClick={following.again}>
              Try again
            </button>
          </p>
        </div>
      )}
      <nav className="digest-others" aria-label="Other digests">
        {index > 0 ? (
          <a href={href({ page: "digest", index: index - 1 })}>Epoch {index - 1}</a>
        ) : null}
        {index + 1 < count ? (
          <a href={href({ page: "digest", index: index + 1 })}>Epoch {index + 1}</a>
        ) : null}
        <a href={href({ page: "activity" })}>All that happened</a>
      </nav>
    </>
  );
}

function Content({ digest, reading }: { readonly digest: Told; readonly reading: boolean }) {
  return (
    <>
      <p className="lead">
        <Line parts={digest.heading} />.
      </p>
      <Forward digest={digest} waiting={reading} />
      {digest.sections.map(({ title, lines }) => (
        <section key={title}>
          <h2>{title}</h2>
          <ul className="digest-lines">
            {lines.map((parts, at) => (
              <li key={at}>
                <Line parts={parts} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {reading ? <Loading what="what happened in it" /> : null}
      {!reading && digest.missing.length > 0 ? (
        <div className="notice digest-missing">
          {digest.missing.map((parts, at) => (
            <p key={at}>
              Note: <Sentence parts={parts} />.
            </p>
          ))}
        </div>
      ) : null}
    </>
  );
}

/** Copying it as text, and printing it. */
function Forward({ digest, waiting }: { readonly digest: Told; readonly waiting: boolean }) {
  const { community } = useConfig();
  const speech = useSpeech();
  const [copied, setCopied] = useState<"no" | "yes" | "refused">("no");
  const text = useMemo(() => {
    const here = `${location.origin}${location.pathname}${href({ page: "digest", index: digest.index })}`;
    return digestText(digest, speech, oneLine(community), here);
  }, [digest, speech, community]);
  useEffect(() => setCopied("no"), [text]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied("yes");
    } catch {
      setCopied("refused");
    }
  };
  return (
    <div className="digest-forward">
      <p className="actions">
        <button type="button" disabled={waiting} onClick={() => void copy()}>
          Copy as text
        </button>
        <button type="button" disabled={waiting} onClick={() => print()}>
          Print
        </button>
        <span role="status" className="muted">
          {copied === "yes" ? "Copied." : ""}
        </span>
      </p>
      {copied === "refused" ? (
        <label className="digest-text">
          The browser did not let it be copied. Select it here:
          <textarea readOnly rows={10} value={text} onFocus={({ target }) => target.select()} />
        </label>
      ) : null}
    </div>
  );
}
