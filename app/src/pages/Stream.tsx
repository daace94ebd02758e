/** Stream. */

export default function Stream({
  index,
  entry,
}: {
  readonly index: number;
  readonly entry: number;
}) {
  return (
    <h1>
      Stream {index}/{entry}
    </h1>
  );
}
