export * from "./key.ts";
export type { KeySnapshot, StateSchema } from "./keyed-state.ts";
export { NodeFailure } from "./node-runtime.ts";
export * from "./runner.ts";
export type { TapSample, TapSettings } from "./tap.ts";
export * from "./task.ts";
export * from "./try.ts";
