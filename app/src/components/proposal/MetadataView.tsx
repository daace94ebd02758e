/** The long text of a proposal: read from beside the page or from a file, compared, and only then shown. */

import type { ReadonlyUint8Array } from "@solana/kit";
import { useCallback, useEffect, useId, useMemo, useState } from "react";

import { useConfig } from "../../lib/context";
import { hex } from "../../lib/format";
import {
  type Checked,
  type Document,
  MAX_BYTES,
  type Node,
  type Pair,
  check,
  fetchHere,
  sourceOf,
  titleOf,
} from "../../lib/metadata";
import { sentenceOf } from "../../lib/resource";
import { SafeLink, Written } from "../Text";
import "./MetadataView.css";

type State =
  | { readonly kind: "waiting" }
  | { readonly kind: "reading" }
  | { readonly kind: "failed"; readonly sentence: string }
  | { readonly kind: "checked"; readonly checked: Checked; readonly from: "page" | "file" };

/** See the top of this file. `title` is the one on chain. */
export function MetadataView({
  uri,
  hash,
  title,
}: {
  readonly uri: string;
  readonly hash: ReadonlyUint8Array;
  readonly title: string;
}) {
  const { metadata } = useConfig();
  const source = useMemo(() => sourceOf(metadata, uri), [metadata, uri]);
  const [state, setState] = useState<State>({ kind: "waiting" });
  const [round, setRound] = useState(0);
  const expected = hex(hash);
  const path = source.kind === "here" ? source.path : null;

  useEffect(() => {
    let current = true;
    const take = (next: State) => {
      if (current) setState(next);
    };
    if (path === null) {
      take({ kind: "waiting" });
      return;
    }
    take({ kind: "reading" });
    fetchHere(path)
      .then(async (found): Promise<State> => {
        switch (found.kind) {
          case "missing":
            return { kind: "failed", sentence: "It is not there." };
          case "too long":
            return { kind: "failed", sentence: "It is longer than 64 kB, and was not read." };
          case "bytes":
            return { kind: "checked", checked: await check(found.bytes, hash), from: "page" };
        }
      })
      .catch((error: unknown): State => ({ kind: "failed", sentence: sentenceOf(error) }))
      .then(take);
    return () => {
      current = false;
    };
    // The hash is a new object at every reading; what it says is `expected`.
  }, [path, expected, round]);

  const pick = useCallback(
    async (file: File) => {
      if (file.size > MAX_BYTES) {
        setState({ kind: "failed", sentence: "That file is longer than 64 kB, and was not read." });
        return;
      }
      const bytes = new Uint8Array(await file.arrayBuffer());
      setState({ kind: "checked", checked: await check(bytes, hash), from: "file" });
    },
    [hash],
  );

  const shown = state.kind === "checked" && state.checked.kind === "matches";
  return (
    <>
      {source.kind === "nowhere" ? (
        <p>It names no text. If somebody gave you one, compare it with the hash on chain:</p>
      ) : null}
      {source.kind === "elsewhere" && !shown ? (
        <p>
          It lies on another host, which this page does not ask: <SafeLink uri={uri} />. Save it
          there, and compare it here:
        </p>
      ) : null}
      {state.kind === "reading" ? (
        <p className="muted" role="status">
          Reading it, and comparing it with the hash on chain…
        </p>
      ) : null}
      {state.kind === "failed" ? (
        <div className="notice warn" role="alert">
          <p>
            <strong>The text could not be read.</strong> {state.sentence}
          </p>
          {path === null ? null : (
            <p>
              <button type="button" onClick={() => setRound((before) => before + 1)}>
                Try again
              </button>
            </p>
          )}
        </div>
      ) : null}
      {state.kind === "checked" ? <Result state={state} expected={expected} title={title} /> : null}
      {shown || state.kind === "reading" ? null : <Pick onPick={(file) => void pick(file)} />}
    </>
  );
}

function Pick({ onPick }: { readonly onPick: (file: File) => void }) {
  const field = useId();
  return (
    <p>
      <label htmlFor={field}>Check a file</label>{" "}
      <input
        id={field}
        type="file"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file !== undefined) onPick(file);
        }}
      />{" "}
      <span className="muted small">It stays on your machine.</span>
    </p>
  );
}

function Result({
  state,
  expected,
  title,
}: {
  readonly state: State & { readonly kind: "checked" };
  readonly expected: string;
  readonly title: string;
}) {
  const { checked, from } = state;
  if (checked.kind === "differs") {
    return (
      <div className="notice warn" role="alert">
        <p>
          <strong>This is another text than the one that voters sign, so it is not shown.</strong>{" "}
          Its SHA-256 is <code>{checked.found}</code>; on chain stands <code>{expected}</code>.
        </p>
        <p>
          {from === "file"
            ? "Perhaps it is another file, or was saved in another form."
            : "It was changed after it was submitted, or is not kept as it was. Ask its proposer for the original."}
        </p>
      </div>
    );
  }
  const own = titleOf(checked.document);
  return (
    <>
      <p className="metadata-verdict">
        <span className="funded" aria-hidden="true">
          ✓{" "}
        </span>
        Its hash is the one on chain. It explains; only the terms above bind.
      </p>
      {own === null || own === title ? null : (
        <div className="notice warn">
          <p>
            <strong>It calls itself otherwise than the chain does:</strong> <Written>{own}</Written>
          </p>
        </div>
      )}
      <DocumentView document={checked.document} title={title} />
    </>
  );
}

/** A text that has been compared. */
export function DocumentView({
  document,
  title,
}: {
  readonly document: Document;
  /** Not said again; `null` to say every title. */
  readonly title: string | null;
}) {
  switch (document.kind) {
    case "bytes":
      return <p className="muted">It is no text, and cannot be shown here.</p>;
    case "text":
      return (
        <p className="metadata-text">
          <Written>{document.text}</Written>
          {document.cut ? <Cut /> : null}
        </p>
      );
    case "structure": {
      const said = ([name, value]: Pair) =>
        name === "title" && value.kind === "text" && value.text === title;
      return (
        <Pairs pairs={document.pairs.filter((pair) => !said(pair))} left={document.left} top />
      );
    }
  }
}

function Pairs({
  pairs,
  left,
  top = false,
}: {
  readonly pairs: readonly Pair[];
  readonly left: number;
  readonly top?: boolean;
}) {
  return (
    <>
      <dl className={top ? "metadata-top" : "metadata-pairs"}>
        {pairs.map(([name, value], at) => (
          <div key={at}>
            <dt>
              <Written>{name}</Written>
            </dt>
            <dd>
              <Value node={value} />
            </dd>
          </div>
        ))}
      </dl>
      <Left left={left} />
    </>
  );
}

const ADDRESS = /^[a-z][a-z0-9+.-]*:\S+$/i;

function Value({ node }: { readonly node: Node }) {
  switch (node.kind) {
    case "deep":
      return <span className="muted">more, too deep to be shown</span>;
    case "text":
      return (
        <>
          {ADDRESS.test(node.text) ? <SafeLink uri={node.text} /> : <Written>{node.text}</Written>}
          {node.cut ? <Cut /> : null}
        </>
      );
    case "list":
      return node.items.length === 0 ? (
        <span className="muted">none</span>
      ) : (
        <>
          <ul>
            {node.items.map((item, at) => (
              <li key={at}>
                <Value node={item} />
              </li>
            ))}
          </ul>
          <Left left={node.left} />
        </>
      );
    case "pairs":
      return <Pairs pairs={node.pairs} left={node.left} />;
  }
}

function Cut() {
  return <span className="muted"> … it goes on, and is cut here.</span>;
}

function Left({ left }: { readonly left: number }) {
  return left === 0 ? null : <p className="muted small">and {left} more</p>;
}
