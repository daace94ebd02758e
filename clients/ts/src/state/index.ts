/**
 * The rules applied to accounts, as the program's `state` does: from decoded accounts and `now` to figures.
 * Nothing here reads a clock or a network.
 */

export * as epoch from "./epoch";
export * as funding from "./funding";
export * as policy from "./policy";
export * as stake from "./stake";
export * as stream from "./stream";
export * as treasury from "./treasury";
