/** JSON that somebody else made, read without believing its shape. */

export type Json = null | boolean | number | string | JsonList | JsonObject;
export type JsonList = Json[];
export interface JsonObject {
  [name: string]: Json;
}

/** Reads JSON. Its grammar makes the result what the type says. */
export function parseJson(text: string): Json {
  const value: Json = JSON.parse(text);
  return value;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is JsonList {
  return Array.isArray(value);
}

/** What lies at this path; `undefined` where there is nothing. */
export function at(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): Json | undefined {
  let found = value;
  for (const step of path) {
    if (isList(found) && typeof step === "number") found = found[step];
    else if (isObject(found) && typeof step === "string" && Object.hasOwn(found, step)) {
      found = found[step];
    } else return undefined;
  }
  return found;
}

/** The text at this path. Throws where there is none. */
export function textAt(value: Json | undefined, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  if (typeof found !== "string") throw new Error(`no text at ${path.join(".")}`);
  return found;
}

/** The number at this path. Throws where there is none. */
export function numberAt(value: Json | undefined, ...path: readonly (string | number)[]): number {
  const found = at(value, ...path);
  if (typeof found !== "number") throw new Error(`no number at ${path.join(".")}`);
  return found;
}
