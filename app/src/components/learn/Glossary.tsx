/** All terms, to be searched and linked to. */

import { memo, useMemo, useState } from "react";

import { type Entry, type Figures, GLOSSARY, entryOf } from "../../lib/glossary";

export function Glossary({
  figures,
  at,
}: {
  readonly figures: Figures;
  readonly at: string | null;
}) {
  const [search, setSearch] = useState("");
  const found = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    return GLOSSARY.filter(
      ({ word, plain }) =>
        word.toLowerCase().includes(wanted) || plain.toLowerCase().includes(wanted),
    );
  }, [search]);
  return (
    <>
      <p>
        <label>
          Find a term:{" "}
          <input type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
        </label>{" "}
        <span className="muted small" role="status">
          {search === "" ? "" : `${found.length} of ${GLOSSARY.length}`}
        </span>
      </p>
      <dl className="glossary">
        {found.map((entry) => (
          <Item key={entry.id} entry={entry} figures={figures} here={entry.id === at} />
        ))}
      </dl>
      {found.length === 0 ? <p className="muted">No term says that. Try a shorter word.</p> : null}
    </>
  );
}

const Item = memo(function Item({
  entry: { id, word, plain, here, see = [] },
  figures,
  here: pointedAt,
}: {
  readonly entry: Entry;
  readonly figures: Figures;
  readonly here: boolean;
}) {
  const now = here?.(figures) ?? null;
  return (
    <div id={`term-${id}`} className={pointedAt ? "glossary-at" : ""} tabIndex={-1}>
      <dt>{word}</dt>
      <dd>
        {plain} {now === null ? null : <span className="muted">{now}</span>}
        {see.length === 0 ? null : (
          <span className="small">
            {" "}
            See{" "}
            {see.map((other, place) => (
              <span key={other}>
                {place === 0 ? "" : ", "}
                <a href={`#/learn/${other}`}>{entryOf(other)?.word.toLowerCase() ?? other}</a>
              </span>
            ))}
            .
          </span>
        )}
      </dd>
    </div>
  );
});
