/** Values as Flink's CAST to STRING prints them. */
import type { DataType, Value, Values } from "../../schema/index.ts";
import type { ExpressionSettings } from "../api.ts";
import { dateText, millisOf, monthsText, shifted, spanText, type Timestamp, timestampText, timeText } from "./date-time.ts";
import { decimalText } from "./decimal.ts";
import type { Whole } from "./integer.ts";
import { doubleText, floatText } from "./java-number.ts";
import { jsonText } from "./json-text.ts";
import { timeZoneOf } from "./time-zone.ts";

export function formatValue(value: Value, dataType: DataType, settings: ExpressionSettings): string {
  return formatterOf(dataType, settings)(value);
}

/** A function that prints values of the type, NULL as "NULL". */
export function formatterOf(dataType: DataType, settings: ExpressionSettings): (value: Value) => string {
  const format = formatterOfPresent(dataType, settings);
  return (value) => (value === null || value === undefined ? "NULL" : format(value));
}

const utf8 = new TextDecoder();

function formatterOfPresent(dataType: DataType, settings: ExpressionSettings): (value: Value) => string {
  switch (dataType.type) {
    case "BOOLEAN":
      return (value) => (value === true ? "TRUE" : "FALSE");
    case "FLOAT":
      return (value) => floatText(value as number);
    case "DOUBLE":
      return (value) => doubleText(value as number);
    case "DECIMAL":
      return (value) => decimalText(value as Whole, dataType.scale);
    case "BYTES":
    case "BINARY":
    case "VARBINARY":
      return (value) => utf8.decode(value as Uint8Array);
    case "DATE":
      return (value) => dateText(value as number);
    case "TIME":
      return (value) => timeText(value as number, dataType.precision);
    case "TIMESTAMP":
      return (value) => timestampText(value as Timestamp, dataType.precision);
    case "TIMESTAMP_LTZ": {
      const zone = timeZoneOf(settings.timeZone);
      return (value) => timestampText(shifted(value as Timestamp, zone.offsetAt(millisOf(value as Timestamp))), dataType.precision);
    }
    case "INTERVAL_YEAR_MONTH":
      return (value) => monthsText(value as number);
    case "INTERVAL_DAY_TIME":
      return (value) => spanText(value as number);
    case "ARRAY": {
      const element = formatterOf(dataType.element, settings);
      return (value) => `[${(value as readonly Value[]).map(element).join(", ")}]`;
    }
    case "MAP": {
      const [key, inner] = [formatterOf(dataType.key, settings), formatterOf(dataType.value, settings)];
      return (value) => `{${[...(value as ReadonlyMap<Value, Value>)].map(([k, v]) => `${key(k)}=${inner(v)}`).join(", ")}}`;
    }
    case "ROW": {
      const members = dataType.fields.map(({ name, dataType }) => ({ name, format: formatterOf(dataType, settings) }));
      return (value) => `(${members.map(({ name, format }) => format(ownMember(value as Values, name))).join(", ")})`;
    }
    case "VARIANT":
      return jsonText;
    default:
      return (value) => String(value);
  }
}

export function ownMember(values: Values, name: string): Value {
  return Object.hasOwn(values, name) ? (values[name] as Value) : null;
}
