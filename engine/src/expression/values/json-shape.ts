/** IS JSON [VALUE | OBJECT | ARRAY | SCALAR]. */
import type { Value } from "../../schema/index.ts";
import { parseJson } from "./json-text.ts";

export type JsonShape = "VALUE" | "OBJECT" | "ARRAY" | "SCALAR";

/** False for NULL and for what is no JSON. */
export function isJson(text: Value, shape: JsonShape): boolean {
  if (typeof text !== "string") return false;
  const value = parseJson(text);
  if (value === undefined) return false;
  if (shape === "VALUE") return true;
  const isArray = Array.isArray(value);
  const isObject = typeof value === "object" && value !== null && !isArray;
  return shape === "ARRAY" ? isArray : shape === "OBJECT" ? isObject : !isArray && !isObject;
}
