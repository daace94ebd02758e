/** Proposal. */

export default function Proposal({
  index,
  entry,
}: {
  readonly index: number;
  readonly entry: number;
}) {
  return (
    <h1>
      Proposal {index}/{entry}
    </h1>
  );
}
