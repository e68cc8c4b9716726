/** Order and equality of values of one type. */
import type { DataType, Value, Values } from "../../schema/index.ts";

/** Negative, zero, positive; undefined where one of them is NaN, which compares with nothing. */
export type Comparison = (a: Value, b: Value) => number;

/** Texts by code points, as Flink compares their UTF-8 bytes; UTF-16 units would put 😀 before ｱ. */
export function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const isSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;
    if (isSurrogate(x) !== isSurrogate(y)) return isSurrogate(x) ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}

/** As Java's `String.compareTo`. */
export function compareUtf16(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return a.length - b.length;
}

/** Order within a type that has one; undefined for ARRAY, MAP, ROW and VARIANT. */
export function comparisonOf(dataType: DataType): Comparison | undefined {
  switch (dataType.type) {
    case "STRING":
    case "CHAR":
    case "VARCHAR":
      return (a, b) => compareTexts(a as string, b as string);
    case "BYTES":
    case "BINARY":
    case "VARBINARY":
      return (a, b) => compareBytes(a as Uint8Array, b as Uint8Array);
    case "ARRAY":
    case "MAP":
    case "ROW":
    case "VARIANT":
    case "NULL":
      return undefined;
    default:
      return (a, b) => ((a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0);
  }
}

/** Whether two values of one type are the same; NULLs inside are equal to each other. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && compareBytes(a, b) === 0;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameValue(item, b[i]));
  if (a instanceof Map) return b instanceof Map && a.size === b.size && [...a].every(([key, value]) => hasEntry(b, key, value));
  return sameMembers(a as Values, b as Values);
}

function hasEntry(map: ReadonlyMap<Value, Value>, key: Value, value: Value): boolean {
  if (typeof key !== "object") return map.has(key) && sameValue(value, map.get(key) as Value);
  for (const [other, itsValue] of map) if (sameValue(key, other)) return sameValue(value, itsValue);
  return false;
}

/** Rows by position, as SQL compares them: ROW(1, 2) has no names of its own. */
function sameMembers(a: Values, b: Values): boolean {
  const [x, y] = [Object.values(a), Object.values(b)];
  return x.length === y.length && x.every((value, i) => sameValue(value, y[i] as Value));
}

/** What a map holds under a key of any type; undefined when nothing. */
export function lookUp(map: ReadonlyMap<Value, Value>, key: Value): Value | undefined {
  if (typeof key !== "object" || key === null) return map.get(key);
  for (const [other, value] of map) if (sameValue(key, other)) return value;
  return undefined;
}
