/** A share as a bar with its figure beside it: the length is the figure, and nothing else. */

import * as format from "../../lib/format";

export function Bar({
  part,
  whole,
  hatched = false,
}: {
  readonly part: bigint;
  readonly whole: bigint;
  readonly hatched?: boolean;
}) {
  return (
    <span className="share-bar">
      <span className="share-track" aria-hidden="true">
        <span
          className={hatched ? "share-fill share-hatched" : "share-fill"}
          style={{ width: `${format.fraction(part, whole) * 100}%` }}
        />
      </span>
      <span className="share-figure">{format.share(part, whole)}</span>
    </span>
  );
}
