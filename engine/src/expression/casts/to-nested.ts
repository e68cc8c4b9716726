/** Casts of arrays, maps and rows, part by part. */
import type { DataType, Field, Value, Values } from "../../schema/index.ts";
import { ownMember } from "../values/format-value.ts";
import { type CastRule, type Conversion, conversionOf } from "./cast.ts";

export const nestedCast: CastRule = (from, to, settings) => {
  if (from.type === "ARRAY" && to.type === "ARRAY") {
    const element = partOf(from.element, to.element, settings);
    return element && ((value) => (value as readonly Value[]).map(element));
  }
  if (from.type === "MAP" && to.type === "MAP") {
    const key = partOf(from.key, to.key, settings);
    const inner = partOf(from.value, to.value, settings);
    return key && inner && ((value) => new Map([...(value as ReadonlyMap<Value, Value>)].map(([k, v]) => [key(k), inner(v)])));
  }
  if (from.type === "ROW" && to.type === "ROW") return rowCast(from, to, settings);
  return undefined;
};

const partOf: CastRule = (from, to, settings) => {
  const convert = conversionOf(from, to, settings);
  return convert && ((value) => (value === null ? null : convert(value)));
};

/** Fields by position, as Flink does; both have equally many. */
function rowCast(
  from: DataType & { type: "ROW" },
  to: DataType & { type: "ROW" },
  settings: Parameters<CastRule>[2],
): Conversion | undefined {
  if (from.fields.length !== to.fields.length) return undefined;
  const parts: { name: string; source: string; convert: Conversion }[] = [];
  for (const [i, { name, dataType }] of to.fields.entries()) {
    const source = from.fields[i] as Field;
    const convert = partOf(source.dataType, dataType, settings);
    if (!convert) return undefined;
    parts.push({ name, source: source.name, convert });
  }
  return (value) => Object.fromEntries(parts.map(({ name, source, convert }) => [name, convert(ownMember(value as Values, source))]));
}
