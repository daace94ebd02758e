/** A deed that is offered while it makes sense. */

import type { ComponentProps } from "react";

import { Act } from "../Act";
import "./forms.css";

export function Deed({
  when,
  ...act
}: ComponentProps<typeof Act> & {
  /** Whether it makes sense now. */
  readonly when: boolean;
}) {
  return when ? (
    <div className="streams-deed">
      <Act {...act} />
    </div>
  ) : null;
}
