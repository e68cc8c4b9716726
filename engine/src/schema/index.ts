export * from "./infer.ts";
export * from "./types.ts";
