/**
 * What needs the visitor, and what anybody may do now: one sentence, a date and a place each. Read from accounts
 * alone.
 */

import { mattersForAnyone } from "./attention/anyones";
import type { Matter, Scene } from "./attention/scene";
import { mattersFor } from "./attention/yours";

export { lastSettled } from "./attention/scene";
export type { Matter, Scene, You } from "./attention/scene";

/** All matters: the visitor's first, what runs out soonest first. */
export function mattersOf(scene: Scene): readonly Matter[] {
  const own = scene.you === null ? [] : mattersFor(scene, scene.you);
  return [...sorted(own), ...sorted(mattersForAnyone(scene))];
}

function sorted(matters: readonly Matter[]): Matter[] {
  const ends = (matter: Matter) => (matter.when === "until" ? matter.at : null);
  return [...matters].sort((a, b) => {
    const [first, second] = [ends(a), ends(b)];
    if (first === second) return 0;
    if (first === null) return 1;
    return second === null || first < second ? -1 : 1;
  });
}
