/**
 * A deed that is offered while it makes sense, and stays until its result was read: what it did takes away the
 * reason for its button, and would take the window with it.
 */

import type { Address } from "@solana/kit";
import { useState } from "react";

import { Act, type Deed as Built } from "../Act";
import "./forms.css";

export function Deed({
  when,
  label,
  build,
  disabled = false,
  primary = true,
}: {
  /** Whether it makes sense now. */
  readonly when: boolean;
  readonly label: string;
  readonly build: (visitor: Address) => Promise<Built>;
  readonly disabled?: boolean;
  readonly primary?: boolean;
}) {
  const [begun, setBegun] = useState(false);
  if (!when && !begun) return null;
  return (
    <div className={when ? "streams-deed" : "streams-deed streams-done"}>
      <Act
        label={label}
        primary={primary}
        disabled={disabled}
        build={(visitor) => {
          setBegun(true);
          return build(visitor);
        }}
      />
    </div>
  );
}

/** For a form around a deed: whether to show it, and what its deed calls when it begins. */
export function useLasting(when: boolean): {
  readonly mounted: boolean;
  readonly className: string;
  readonly begin: () => void;
} {
  const [begun, setBegun] = useState(false);
  return {
    mounted: when || begun,
    className: when ? "streams-form" : "streams-form streams-done",
    begin: () => setBegun(true),
  };
}
