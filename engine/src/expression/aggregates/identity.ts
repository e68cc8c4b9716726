/** A text by which values of one type are told apart: equal values have equal texts. NULL is a value like others. */
import type { Value, Values } from "../../schema/index.ts";

export function identityOf(value: Value): string {
  switch (typeof value) {
    case "string":
      return `s${value.length}:${value}`;
    case "number":
      return `n${value === 0 ? 0 : value};`;
    case "bigint":
      return `n${value};`;
    case "boolean":
      return value ? "t" : "f";
  }
  if (value === null) return "-";
  if (value instanceof Uint8Array) return `b${value.length}:${Array.from(value).join()}`;
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(identityOf).join("")}]`;
  if (value instanceof Map) return `{${[...(value as ReadonlyMap<Value, Value>)].map(pairOf).sort().join("")}}`;
  return `(${Object.values(value as Values)
    .map(identityOf)
    .join("")})`;
}

function pairOf([key, item]: readonly [Value, Value]): string {
  return identityOf(key) + identityOf(item);
}
