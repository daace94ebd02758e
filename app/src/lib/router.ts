/** Where the visitor is. The part behind `#` needs no server that knows the page's routes. */

import { useSyncExternalStore } from "react";

/** A place, and what it is about. */
export type Route =
  | { readonly page: "overview" | "ballot" | "propose" | "streams" | "risk" }
  | { readonly page: "participation" | "activity" | "learn" | "unknown" }
  /** `index` is null for the epoch opened last. */
  | { readonly page: "epoch"; readonly index: number | null }
  | { readonly page: "digest"; readonly index: number }
  | { readonly page: "proposal" | "stream"; readonly index: number; readonly entry: number };

const PLAIN = [
  "ballot",
  "propose",
  "streams",
  "risk",
  "participation",
  "activity",
  "learn",
] as const;

/** The route that a hash names: `#/proposal/3/12`. */
export function parse(hash: string): Route {
  const [page = "", ...rest] = hash.replace(/^#?\/?/, "").split(/[/?]/);
  const numbers = rest.filter((part) => /^\d{1,9}$/.test(part)).map(Number);
  const [index, entry] = numbers;
  if (page === "") return { page: "overview" };
  if (page === "epoch") return { page, index: index ?? null };
  if (page === "digest" && index !== undefined) return { page, index };
  if ((page === "proposal" || page === "stream") && index !== undefined && entry !== undefined) {
    return { page, index, entry };
  }
  const plain = PLAIN.find((known) => known === page);
  return { page: plain ?? "unknown" };
}

/** The hash of a route, for `href`. */
export function href(route: Route): string {
  switch (route.page) {
    case "overview":
    case "unknown":
      return "#/";
    case "epoch":
      return route.index === null ? "#/epoch" : `#/epoch/${route.index}`;
    case "digest":
      return `#/digest/${route.index}`;
    case "proposal":
    case "stream":
      return `#/${route.page}/${route.index}/${route.entry}`;
    default:
      return `#/${route.page}`;
  }
}

function subscribe(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}

/** The hash of the page, as text: the same route is the same value. */
export function useHash(): string {
  return useSyncExternalStore(subscribe, () => location.hash);
}

/** Goes to a route. */
export function go(route: Route): void {
  location.hash = href(route);
}
