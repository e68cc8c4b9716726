export * from "./codec.ts";
export { jsonCodec } from "./json.ts";
