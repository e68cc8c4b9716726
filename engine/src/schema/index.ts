export * from "./infer.ts";
export * from "./lookup.ts";
export * from "./types.ts";
