/** What is kept of a form, and how to be rid of it. */

import type { Kept } from "./keep";

export function KeptBar({ kept }: { readonly kept: Kept<object> }) {
  const { restored, clear, bringBack, keeps } = kept;
  return (
    <div className="propose-kept small muted" role="status">
      <span>
        {!keeps
          ? "Your browser keeps nothing: what you write is lost when you leave."
          : restored
            ? "This is what you wrote last time. It is kept in this browser only."
            : "What you write is kept in this browser, and nowhere else."}
      </span>
      <span>
        {clear === null ? null : (
          <button type="button" className="plain" onClick={clear}>
            Start over
          </button>
        )}
        {bringBack === null ? null : (
          <button type="button" className="plain" onClick={bringBack}>
            Bring back what I cleared
          </button>
        )}
      </span>
    </div>
  );
}
