/** A place that scrolls sideways by itself, so that the page need not; reachable by keyboard. */

import type { ReactNode } from "react";

export function Scroll({
  label,
  children,
}: {
  /** What is in it. */
  readonly label: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="scroll" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
