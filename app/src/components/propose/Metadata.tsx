/** The metadata file: made here, hashed here, downloaded from here. Nothing of it goes to any server. */

import { useEffect, useMemo, useState } from "react";

import { hexDigestOf } from "../../lib/digest";
import { type WordsForm, fileName, hashOf, metadataOf } from "../../lib/draft";
import * as format from "../../lib/format";
import { Copy } from "../Text";

export function Metadata({
  form,
  kind,
}: {
  readonly form: WordsForm;
  readonly kind: "ask" | "act";
}) {
  const text = useMemo(() => metadataOf(form, kind), [form, kind]);
  const [hash, setHash] = useState<string | null>(null);
  const [found, setFound] = useState<"same" | "other" | null>(null);
  useEffect(() => {
    let current = true;
    void hashOf(text).then((bytes) => {
      if (current) setHash(format.hex(bytes));
    });
    setFound(null);
    return () => {
      current = false;
    };
  }, [text]);
  if (text === null) {
    return (
      <p className="muted">
        There is nothing to put into a file yet: write a summary, deliverables or links.
      </p>
    );
  }
  const name = fileName(form.title);
  const bytes = new TextEncoder().encode(text);
  const compare = async (file: File | undefined) => {
    if (file === undefined) return;
    setFound((await hexDigestOf(file)) === hash ? "same" : "other");
  };
  return (
    <>
      <p>
        These words make a file of {format.count(bytes.length, "byte")}. Put it where anybody can
        fetch it (a web server of yours, a code repository, IPFS, Arweave) and write its address
        below. The address must lead to exactly these bytes: its hash is what voters sign, and a
        page that finds other bytes there does not show them.
      </p>
      <p className="metadata-hash">
        <span className="muted">SHA-256</span> <code>{hash ?? "…"}</code>
        {hash === null ? null : <Copy text={hash} what="hash" />}
      </p>
      <div className="actions">
        <button type="button" onClick={() => download(name, bytes)}>
          Download {name}
        </button>
      </div>
      <details className="metadata-more">
        <summary>Look at the file, or compare one that you have published</summary>
        <pre tabIndex={0} aria-label={`The contents of ${name}`}>
          {text}
        </pre>
        <p>
          <label>
            A file to compare with it:{" "}
            <input type="file" onChange={(event) => void compare(event.target.files?.[0])} />
          </label>
        </p>
        <p role="status">
          {found === null ? null : found === "same" ? (
            <span className="funded">✓ The same bytes.</span>
          ) : (
            <span className="held">
              ✗ Other bytes: voters would not be shown that file. Publish the one above.
            </span>
          )}
        </p>
      </details>
    </>
  );
}

function download(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/json" }));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  // The download has begun by then, or never will.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
