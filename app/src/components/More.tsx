/** The way from the beginning of a long list to the rest of it, so many at a time. */

/** More are shown on demand, so many at a time: a page that draws thousands keeps nobody's touch. */
const STEP = 40;

export function More({
  shown,
  of,
  onMore,
}: {
  readonly shown: number;
  readonly of: number;
  /** Asked to show so many more. */
  readonly onMore: (more: number) => void;
}) {
  const more = Math.min(STEP, of - shown);
  if (more <= 0) return null;
  return (
    <p>
      <button type="button" onClick={() => onMore(more)}>
        Show {more} more
      </button>{" "}
      <span className="muted small">
        {shown.toLocaleString("en-GB")} of {of.toLocaleString("en-GB")}
      </span>
    </p>
  );
}
