/** Casts of JSON of unknown shape: a value becomes what a JSON record's value of that type becomes. */
import type { DataType, JsonObject, Value } from "../../schema/index.ts";
import { isText } from "../type-rules.ts";
import { ownMember } from "../values/format-value.ts";
import { jsonText } from "../values/json-text.ts";
import { type CastRule, type Conversion, castError, conversionOf } from "./cast.ts";

const STRING: DataType = { type: "STRING" };
const DOUBLE: DataType = { type: "DOUBLE" };
const BIGINT: DataType = { type: "BIGINT" };
const BOOLEAN: DataType = { type: "BOOLEAN" };

export const variantCast: CastRule = (from, to, settings) => {
  switch (to.type) {
    case "ARRAY": {
      const element = partOf(from, to.element, settings);
      return element && checked(from, to, (value) => (Array.isArray(value) ? value.map(element) : undefined));
    }
    case "MAP": {
      if (!isText(to.key)) return undefined;
      const inner = partOf(from, to.value, settings);
      return (
        inner && checked(from, to, (value) => (isObject(value) ? new Map(Object.entries(value).map(([k, v]) => [k, inner(v)])) : undefined))
      );
    }
    case "ROW": {
      const parts = to.fields.map(({ name, dataType }) => ({ name, convert: partOf(from, dataType, settings) }));
      if (parts.some(({ convert }) => convert === undefined)) return undefined;
      return checked(from, to, (value) =>
        isObject(value)
          ? Object.fromEntries(parts.map(({ name, convert }) => [name, convert?.(ownMember(value, name)) ?? null]))
          : undefined,
      );
    }
    default:
      return scalarCast(from, to, settings);
  }
};

const partOf: CastRule = (from, to, settings) => {
  const convert = variantCast(from, to, settings);
  return convert && ((value) => (value === null ? null : convert(value)));
};

function scalarCast(from: DataType, to: DataType, settings: Parameters<CastRule>[2]): Conversion | undefined {
  if (to.type === "VARIANT") return (value) => value;
  const fromText = conversionOf(STRING, to, settings);
  const fromDouble = conversionOf(DOUBLE, to, settings);
  const fromWhole = conversionOf(BIGINT, to, settings);
  const fromBoolean = conversionOf(BOOLEAN, to, settings);
  const byType = (value: Value): Conversion | undefined => {
    switch (typeof value) {
      case "string":
        return fromText;
      case "boolean":
        return isText(to) ? (truth) => fromText?.(String(truth)) ?? null : fromBoolean;
      case "bigint":
        return fromWhole;
      case "number":
        return Number.isInteger(value) && Number.isSafeInteger(value) ? fromWhole : numberCast(to, fromDouble, fromText);
      default:
        return isText(to) ? (json) => fromText?.(jsonText(json)) ?? null : undefined;
    }
  };
  return checked(from, to, (value) => byType(value)?.(value));
}

/** Numbers as their JSON text: "1.5", not Java's forms. */
function numberCast(to: DataType, fromDouble: Conversion | undefined, fromText: Conversion | undefined): Conversion | undefined {
  return isText(to) ? (number) => fromText?.(String(number)) ?? null : fromDouble;
}

function checked(from: DataType, to: DataType, convert: (value: Value) => Value | undefined): Conversion {
  return (value) => {
    const result = convert(value);
    if (result === undefined) throw castError(value, from, to);
    return result;
  };
}

function isObject(value: Value): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Map) && !(value instanceof Uint8Array);
}
