/** JSON between text and VARIANT values; whole numbers stay exact beyond 2^53. */
import type { JsonObject, Value } from "../../schema/index.ts";

/** Deeper values are refused when they are read. */
export const MAX_JSON_DEPTH = 500;

/** Compact JSON text of a VARIANT. */
export function jsonText(value: Value): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(jsonText).join(",")}]`;
  return `{${Object.entries(value as JsonObject)
    .map(([name, member]) => `${JSON.stringify(name)}:${jsonText(member)}`)
    .join(",")}}`;
}

/** The value of a JSON text; undefined when it is none or nested too deep. */
export function parseJson(text: string): Value | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text, exactWhole);
  } catch {
    // SyntaxError is the answer "no JSON"; a text deeper than the stack gives RangeError, and is refused alike.
    return undefined;
  }
  return isTooDeep(value as Value, 0) ? undefined : (value as Value);
}

/** `context.source` is the number as written; V8 has it since Node 21, and TypeScript does not know it yet. */
function exactWhole(this: unknown, _name: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || !Number.isInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}

function isTooDeep(value: Value, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth > MAX_JSON_DEPTH) return true;
  return Object.values(value).some((member) => isTooDeep(member as Value, depth + 1));
}
