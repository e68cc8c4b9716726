/**
 * JSON to rows over `JSON.parse`: the wanted fields are taken out of what it gives and brought to their types; the rest is left behind. Leniency is that of
 * Flink's JSON format: a number may stand as text, a STRING takes any value as its text, a member that is missing is NULL. Unlike there, what would
 * lose something (a fraction for an INT, digits beyond a DECIMAL's precision) refuses the record.
 *
 * Most records never come here: `json-reader.ts` takes them in one pass over their bytes.
 *
 * `JSON.parse` rounds whole numbers beyond 2^53 and decimals of many digits. Where a wanted BIGINT, DECIMAL or STRING looks as if that had happened,
 * the value is read again from its own bytes; no other record pays for it.
 */
import { attach, type ByteRange, type Row, RowError } from "../node/index.ts";
import type { DataType, RowShape, Schema, Value } from "../schema/index.ts";
import { textOf } from "./byte-text.ts";
import type { CheckRecord, Decoder, FieldTree } from "./codec.ts";
import { missing, notJson, notUtf8, snippet, tooDeep, wrongType } from "./codec-errors.ts";
import { ElementRecords } from "./element-records.ts";
import { utf8Fault } from "./json-fault.ts";
import { type ReadRecord, type ReadValue, recordReader } from "./json-reader.ts";
import { isFixed, type Place, placeName, rangeAt, stepsTo } from "./record-place.ts";
import { canCompile, rowBuilder } from "./row-builder.ts";
import { INTEGER_RANGE, type IntegerType, integerFromText, isIntegerType, valueFromText } from "./value-text.ts";

/** Levels of a VARIANT; everything else is as deep as its type. */
export const MAX_VARIANT_DEPTH = 500;

/** A decoder may be made for a record or two; making a reader costs what some hundred records do. */
const FIRST_RECORDS = 16;

export function jsonDecoder(schema: Schema, wanted: FieldTree, check?: CheckRecord): Decoder {
  const parsing = parsingDecoder(schema, wanted);
  let reading: ReadRecord | undefined;
  let count = 0;
  return {
    decode(record) {
      if (count < FIRST_RECORDS && ++count === FIRST_RECORDS) reading = readingDecoder(schema, wanted);
      const fast = reading?.read(record);
      if (fast !== undefined) return fast;
      const row = parsing.decode(record);
      check?.(record, row);
      return row;
    },
    steady: (isSteady) => reading?.steady(isSteady),
  };
}

/** The short way; undefined where the page's policy forbids compiling (the designer's does), or the platform has no WebAssembly. */
export function readingDecoder(schema: Schema, wanted: FieldTree): ReadRecord | undefined {
  return canCompile() ? recordReader(schema, wanted, valueReader) : undefined;
}

/** The long way for one value. */
function valueReader(dataType: DataType, wanted: FieldTree): ReadValue {
  const scope: Scope = { record: NO_RECORD };
  const convert = converter(dataType, wanted, { above: undefined, step: "" }, scope);
  return (bytes, start, end) => {
    scope.record = { bytes, start, end };
    try {
      return convert(JSON.parse(textOf(bytes, start, end)));
    } catch (error) {
      // The record is refused whole, with the words of the long way.
      if (error instanceof RowError) return undefined;
      throw error;
    }
  };
}

const NO_RECORD: ByteRange = { bytes: new Uint8Array(0), start: 0, end: 0 };

/** The long way: for every record, every type and every error. */
export function parsingDecoder(schema: Schema, wanted: FieldTree): Decoder {
  const scope: Scope = { record: NO_RECORD };
  const toRow = rowConverter(schema, wanted, { above: undefined, step: "" }, scope);
  return {
    decode(record) {
      const { bytes, start, end } = record;
      const text = textOf(bytes, start, end);
      let json: unknown;
      try {
        json = JSON.parse(text);
      } catch {
        throw notJson(record);
      }
      // The decoder puts U+FFFD where bytes are no UTF-8; only then, or where the record itself has one, are the bytes looked at.
      if (text.includes("\ufffd")) refuseDamage(record);
      scope.record = record;
      return attach(toRow(json) as Row, { record: { format: "json", bytes, start, end } });
    },
  };
}

function refuseDamage({ bytes, start, end }: ByteRange): void {
  const at = utf8Fault(bytes.subarray(start, end));
  if (at !== undefined) throw notUtf8(at);
}

/** The record being decoded. */
interface Scope {
  record: ByteRange;
}

/** Takes a value that is not null; gives one of the type or throws `RowError`. */
type Convert = (value: unknown) => Value;

function converter(dataType: DataType, wanted: FieldTree, place: Place, scope: Scope): Convert {
  switch (dataType.type) {
    case "ROW":
      return rowConverter(dataType, wanted, place, scope);
    case "ARRAY":
      return arrayConverter(dataType.element, wanted, place, scope);
    case "MAP":
      return mapConverter(dataType, place, scope);
    case "VARIANT":
      return variantConverter(place, scope);
    case "STRING":
    case "CHAR":
    case "VARCHAR":
      return (value) => (typeof value === "string" ? value : textOfValue(value, place, scope));
    case "BOOLEAN":
      return (value) => (typeof value === "boolean" ? value : fromText(value, dataType, place, scope));
    case "DOUBLE":
      return (value) => (typeof value === "number" ? value : fromText(value, dataType, place, scope));
    case "FLOAT":
      return (value) => (typeof value === "number" ? Math.fround(value) : fromText(value, dataType, place, scope));
    case "DECIMAL":
      return decimalConverter(dataType, place, scope);
    default:
      if (isIntegerType(dataType.type)) return integerConverter(dataType, dataType.type, place, scope);
      return (value) => fromText(value, dataType, place, scope);
  }
}

function rowConverter(shape: RowShape, wanted: FieldTree, place: Place, scope: Scope): Convert {
  const fields = shape.fields.filter(({ name }) => wanted === true || Object.hasOwn(wanted, name));
  const converters = fields.map(({ name, dataType }) =>
    orNull(
      dataType,
      converter(dataType, wanted === true ? true : (wanted[name] as FieldTree), { above: place, step: name }, scope),
      place,
      name,
    ),
  );
  const build = rowBuilder(
    fields.map(({ name }) => name),
    converters,
  );
  return (value) => {
    if (typeof value !== "object" || Array.isArray(value) || value === null) throw mismatch(shape, place, scope);
    return build(value as Record<string, unknown>);
  };
}

/** Null for null and for what is missing; a NOT NULL type refuses both. */
function orNull(dataType: DataType, convert: Convert, above: Place, step: string): Convert {
  if (dataType.nullable !== false) return (value) => (value === null || value === undefined ? null : convert(value));
  return (value) => {
    if (value === null || value === undefined) throw missing(placeName({ above, step }), dataType);
    return convert(value);
  };
}

function arrayConverter(element: DataType, wanted: FieldTree, place: Place, scope: Scope): Convert {
  const inside: Place = { above: place, step: 0, varies: true };
  const inner = wanted === true || !Object.hasOwn(wanted, "[]") ? wanted : (wanted["[]"] as FieldTree);
  const convert = converter(element, inner, inside, scope);
  const isRow = element.type === "ROW";
  const fixedSteps = isFixed(place) ? stepsTo(place) : undefined;
  return (value) => {
    if (!Array.isArray(value)) throw mismatch({ type: "ARRAY", element }, place, scope);
    const records = isRow && value.length > 0 ? new ElementRecords(scope.record, fixedSteps ?? stepsTo(place)) : undefined;
    const values: Value[] = [];
    for (let i = 0; i < value.length; i++) {
      inside.step = i;
      const one: unknown = value[i];
      if (one === null) {
        if (element.nullable === false) throw missing(placeName(inside), element);
        values.push(null);
      } else {
        const converted = convert(one);
        values.push(records ? attach(converted as Row, records.metaOf(i)) : converted);
      }
    }
    return values;
  };
}

function mapConverter(dataType: DataType & { type: "MAP" }, place: Place, scope: Scope): Convert {
  const inside: Place = { above: place, step: "", varies: true };
  const convert = converter(dataType.value, true, inside, scope);
  return (value) => {
    if (typeof value !== "object" || Array.isArray(value)) throw mismatch(dataType, place, scope);
    const map = new Map<Value, Value>();
    for (const [name, one] of Object.entries(value as Record<string, unknown>)) {
      inside.step = name;
      const key = valueFromText(name, dataType.key);
      if (key === undefined) throw wrongType(placeName(inside), dataType.key, JSON.stringify(name));
      if (one === null && dataType.value.nullable === false) throw missing(placeName(inside), dataType.value);
      map.set(key, one === null ? null : convert(one));
    }
    return map;
  };
}

function integerConverter(dataType: DataType, type: IntegerType, place: Place, scope: Scope): Convert {
  const isWide = INTEGER_RANGE[type][1] > Number.MAX_SAFE_INTEGER;
  const least = isWide ? Number.MIN_SAFE_INTEGER : Number(INTEGER_RANGE[type][0]);
  const greatest = isWide ? Number.MAX_SAFE_INTEGER : Number(INTEGER_RANGE[type][1]);
  return (value) => {
    // Adding 0 makes -0 what it is in Java.
    if (typeof value === "number" && value >= least && value <= greatest && Number.isInteger(value)) return value + 0;
    const text = typeof value === "string" ? value : typeof value === "number" ? sourceText(place, scope) : undefined;
    const whole = text === undefined ? undefined : integerFromText(text, type);
    if (whole === undefined) throw mismatch(dataType, place, scope);
    return whole;
  };
}

function decimalConverter(dataType: DataType & { type: "DECIMAL" }, place: Place, scope: Scope): Convert {
  const { precision, scale } = dataType;
  const factor = 10 ** scale;
  // Up to here neighbouring numbers are closer together than half of the last digit.
  const limit = Math.min(10 ** precision, 2 ** 51);
  const isExactFactor = scale <= 22;
  return (value) => {
    if (typeof value === "number" && isExactFactor) {
      // The number nearest to unscaled / factor: the text said just that, or differs by far less than half of the last digit, which HALF_UP rounds to the same.
      const unscaled = Math.round(value * factor);
      if (unscaled > -limit && unscaled < limit && unscaled / factor === value) return unscaled + 0;
    }
    const text = typeof value === "string" ? value : typeof value === "number" ? sourceText(place, scope) : undefined;
    const decimal = text === undefined ? undefined : valueFromText(text, dataType);
    if (decimal === undefined) throw mismatch(dataType, place, scope);
    return decimal;
  };
}

function variantConverter(place: Place, scope: Scope): Convert {
  return (value) => {
    if (!hasUnsafeInteger(value, 0, place)) return value as Value;
    const text = sourceText(place, scope);
    return JSON.parse(text, (_key, one: unknown, context?: { source?: string }) =>
      typeof one === "number" && !Number.isSafeInteger(one) && /^-?\d+$/.test(context?.source ?? "")
        ? BigInt(context?.source as string)
        : one,
    ) as Value;
  };
}

function hasUnsafeInteger(value: unknown, depth: number, place: Place): boolean {
  if (typeof value === "number") return Number.isInteger(value) && !Number.isSafeInteger(value);
  if (typeof value !== "object" || value === null) return false;
  if (depth >= MAX_VARIANT_DEPTH) throw tooDeep(placeName(place), MAX_VARIANT_DEPTH);
  let found = false;
  // No early end: the depth of all of it is checked.
  if (Array.isArray(value)) for (const one of value) found = hasUnsafeInteger(one, depth + 1, place) || found;
  else for (const name of Object.keys(value)) found = hasUnsafeInteger((value as Record<string, unknown>)[name], depth + 1, place) || found;
  return found;
}

/** What a STRING takes of a value that is none: words and whole numbers as they are, other numbers as written, objects and lists as their compact JSON. */
function textOfValue(value: unknown, place: Place, scope: Scope): string {
  if (typeof value === "boolean" || Number.isSafeInteger(value)) return String(value);
  if (typeof value === "number") return sourceText(place, scope);
  return compactJson(sourceText(place, scope));
}

/** The text without white space between its tokens; numbers and strings as they were written. */
function compactJson(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|[ \t\r\n]+/g, (_token, string: string | undefined) => string ?? "");
}

function fromText(value: unknown, dataType: DataType, place: Place, scope: Scope): Value {
  const converted = typeof value === "string" ? valueFromText(value, dataType) : undefined;
  if (converted === undefined) throw mismatch(dataType, place, scope);
  return converted;
}

function sourceText(place: Place, { record }: Scope): string {
  const { start, end } = rangeAt(record, stepsTo(place));
  return textOf(record.bytes, start, end);
}

function mismatch(dataType: DataType, place: Place, { record }: Scope): Error {
  const { start, end } = rangeAt(record, stepsTo(place));
  return wrongType(placeName(place), dataType, snippet(record.bytes, start, end));
}
