/**
 * The law of Community Budget in TypeScript: integers and `now` in, decisions out. The same rules, under
 * the same names, as `crates/rules`, which is what the program applies; `clients/vectors.json` holds what
 * it decides, and the tests hold this against it.
 */

export * as allocation from "./allocation";
export * as ballot from "./ballot";
export * as bps from "./bps";
export * as bucket from "./bucket";
export * as outcome from "./outcome";
export * as review from "./review";
export * as risk from "./risk";
export * as snapshot from "./snapshot";
export * as standstill from "./standstill";
export * as stream from "./stream";
export * as swing from "./swing";
export * as weight from "./weight";
export { RuleError, U64_MAX } from "./checked";
