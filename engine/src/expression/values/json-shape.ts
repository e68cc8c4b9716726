/** IS JSON [VALUE | OBJECT | ARRAY | SCALAR]. */
import type { Value } from "../../schema/index.ts";
import { isScalar, quickJson } from "./json-document.ts";

export type JsonShape = "VALUE" | "OBJECT" | "ARRAY" | "SCALAR";

/** False for NULL and for what is no JSON. */
export function isJson(text: Value, shape: JsonShape): boolean {
  if (typeof text !== "string") return false;
  const json = quickJson(text);
  if (json === undefined) return false;
  if (shape === "VALUE") return true;
  if (shape === "SCALAR") return isScalar(json);
  return !isScalar(json) && Array.isArray(json) === (shape === "ARRAY");
}
