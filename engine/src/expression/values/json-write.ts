/** Values as JSON. Sources: Flink's `JsonGenerateUtils`, and Jackson for the forms of numbers. */
import { RowError } from "../../node/operator.ts";
import type { DataType, Value, Values } from "../../schema/index.ts";
import { isBytes, isText } from "../type-rules.ts";
import { base64OfBytes } from "./base64.ts";
import { isoDateTimeText, type Timestamp } from "./date-time.ts";
import { decimalText } from "./decimal.ts";
import { ownMember } from "./format-value.ts";
import type { Whole } from "./integer.ts";
import { doubleText } from "./java-number.ts";
import { exactJson, type Json, JsonNumber } from "./json-document.ts";
import { jsonText } from "./json-text.ts";

/** What turns values of the type into JSON; undefined for types that have none. */
export function jsonWriter(dataType: DataType): ((value: Value) => Json) | undefined {
  const write = presentWriter(dataType);
  return write && ((value) => (value === null ? null : write(value)));
}

function presentWriter(dataType: DataType): ((value: Value) => Json) | undefined {
  if (isText(dataType)) return (value) => value as string;
  if (isBytes(dataType)) return (value) => base64OfBytes(value as Uint8Array);
  switch (dataType.type) {
    case "NULL":
      return () => null;
    case "BOOLEAN":
      return (value) => value as boolean;
    case "TINYINT":
    case "SMALLINT":
    case "INT":
    case "BIGINT":
      return (value) => new JsonNumber(String(value));
    case "FLOAT":
    case "DOUBLE":
      return (value) => realNumber(value as number);
    case "DECIMAL":
      return (value) => decimalNumber(value as Whole, dataType.scale);
    case "TIMESTAMP":
      return (value) => isoDateTimeText(value as Timestamp);
    case "TIMESTAMP_LTZ":
      return (value) => `${isoDateTimeText(value as Timestamp)}Z`;
    case "ARRAY": {
      const element = jsonWriter(dataType.element);
      return element && ((value) => (value as readonly Value[]).map(element));
    }
    case "MAP": {
      const inner = jsonWriter(dataType.value);
      if (!inner || !isText(dataType.key)) return undefined;
      return (value) => Object.fromEntries([...(value as ReadonlyMap<Value, Value>)].map(([key, item]) => [keyText(key), inner(item)]));
    }
    case "ROW": {
      const members = dataType.fields.map(({ name, dataType }) => ({ name, write: jsonWriter(dataType) }));
      if (members.some(({ write }) => write === undefined)) return undefined;
      return (value) => Object.fromEntries(members.map(({ name, write }) => [name, write?.(ownMember(value as Values, name)) ?? null]));
    }
    case "VARIANT":
      return (value) => exactJson(jsonText(value)) ?? null;
    default:
      return undefined;
  }
}

function keyText(key: Value): string {
  if (typeof key === "string") return key;
  throw new RowError("expression.json-key", {
    en: "a map with a NULL key cannot be written as JSON. Remove the entry.",
    zh: "含 NULL 键的映射无法写成 JSON。请去掉该条目。",
  });
}

/** Jackson writes what JSON has no number for as a text, and a FLOAT as the DOUBLE that it is. */
function realNumber(value: number): Json {
  return Number.isFinite(value) ? new JsonNumber(doubleText(value)) : doubleText(value);
}

function decimalNumber(value: Whole, scale: number): Json {
  return new JsonNumber(decimalText(value, scale));
}
