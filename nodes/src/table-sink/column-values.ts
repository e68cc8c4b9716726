/**
 * A value as a column takes it, in JSON. ClickHouse itself wraps a number that is too large for its column, cuts off decimals and pushes a date that is out of range to the nearest that is not, all without a
 * word; so ranges are looked at here, where the row can still leave by the error port.
 */
import { codecOf } from "@millrace/engine/codec";
import { formatType, formatValue } from "@millrace/engine/expression";
import { RowError } from "@millrace/engine/node";
import type { DataType, Value } from "@millrace/engine/schema";
import { type ColumnType, readColumnType } from "./column-types.ts";

/** JSON of a value. Throws `RowError` for one that the column cannot take. */
export type ColumnWriter = (value: Value) => string;

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly table: string;
}

/** Undefined when no value of the type can go into the column. `timeZone`: in which moments become days and texts. */
export function columnWriter(column: Column, dataType: DataType, timeZone: string): ColumnWriter | undefined {
  const type = readColumnType(column.type);
  const write = writerOf(type, dataType, column, timeZone);
  return write && ((value) => (value === null ? "null" : write(value)));
}

function writerOf(type: ColumnType, dataType: DataType, column: Column, timeZone: string): ColumnWriter | undefined {
  if (dataType.type === "NULL") return () => "null";
  const integer = /^(U?)Int(\d+)$/.exec(type.name);
  if (integer) return integerWriter(column, dataType, integer[1] === "U", Number(integer[2]));
  switch (type.name) {
    case "Float32":
    case "Float64":
    case "BFloat16":
      return floatWriter(column, dataType);
    case "Decimal":
      return decimalWriter(column, dataType, Number(type.args[0] ?? 10), Number(type.args[1] ?? 0));
    case "Bool":
      return dataType.type === "BOOLEAN" ? String : undefined;
    case "String":
      return textWriter(dataType, timeZone);
    case "FixedString":
      return fixedTextWriter(column, dataType, timeZone, Number(type.args[0]));
    case "Date":
    case "Date32":
    case "DateTime":
    case "DateTime64":
      return timeWriter(column, type, dataType, timeZone);
    default:
      return asJson(dataType);
  }
}

interface Number_ {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** Undefined for a type whose values are no numbers. */
function exactOf(column: Column, dataType: DataType): ((value: Value) => Number_) | undefined {
  switch (dataType.type) {
    case "TINYINT":
    case "SMALLINT":
    case "INT":
    case "BIGINT":
    case "INTERVAL_DAY_TIME":
    case "INTERVAL_YEAR_MONTH":
      return (value) => ({ unscaled: BigInt(value as number | bigint), scale: 0 });
    case "BOOLEAN":
      return (value) => ({ unscaled: value === true ? 1n : 0n, scale: 0 });
    case "DECIMAL":
      return (value) => ({ unscaled: BigInt(value as number | bigint), scale: dataType.scale });
    case "FLOAT":
    case "DOUBLE":
    case "STRING":
    case "CHAR":
    case "VARCHAR":
    case "VARIANT":
      return (value) => parseExact(column, value);
    default:
      return undefined;
  }
}

function parseExact(column: Column, value: Value): Number_ {
  const text = typeof value === "string" ? value.trim() : typeof value === "number" || typeof value === "bigint" ? String(value) : "";
  const match = /^([+-]?)(\d{1,400})(?:\.(\d{0,400}))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (!match) throw badValue(column, shownValue(value), "a number", "数值");
  const fraction = match[3] ?? "";
  const digits = BigInt(`${match[1] === "-" ? "-" : ""}${match[2]}${fraction}`);
  const scale = fraction.length - Number(match[4] ?? 0);
  return scale >= 0 ? { unscaled: digits, scale } : { unscaled: digits * 10n ** BigInt(-scale), scale: 0 };
}

function integerWriter(column: Column, dataType: DataType, isUnsigned: boolean, bits: number): ColumnWriter | undefined {
  const read = exactOf(column, dataType);
  const most = (1n << BigInt(isUnsigned ? bits : bits - 1)) - 1n;
  const least = isUnsigned ? 0n : -most - 1n;
  return (
    read &&
    ((value) => {
      const { unscaled, scale } = read(value);
      const unit = 10n ** BigInt(scale);
      const whole = unscaled / unit;
      if (whole * unit === unscaled && whole >= least && whole <= most) return String(whole);
      throw badValue(column, shown(unscaled, scale), `a whole number from ${least} to ${most}`, `${least} 到 ${most} 的整数`);
    })
  );
}

function decimalWriter(column: Column, dataType: DataType, precision: number, scale: number): ColumnWriter | undefined {
  const read = exactOf(column, dataType);
  const bound = 10n ** BigInt(precision);
  return (
    read &&
    ((value) => {
      const given = read(value);
      const unscaled = rescaled(given, scale);
      if (unscaled < bound && unscaled > -bound) return `"${shown(unscaled, scale)}"`;
      throw badValue(
        column,
        shown(given.unscaled, given.scale),
        `at most ${precision - scale} digits before the point`,
        `小数点前至多 ${precision - scale} 位`,
      );
    })
  );
}

/** HALF_UP, as CAST rounds. */
function rescaled({ unscaled, scale }: Number_, to: number): bigint {
  if (to >= scale) return unscaled * 10n ** BigInt(to - scale);
  const unit = 10n ** BigInt(scale - to);
  const half = unscaled < 0n ? -unit / 2n : unit / 2n;
  return (unscaled + half) / unit;
}

function shown(unscaled: bigint, scale: number): string {
  if (scale === 0) return String(unscaled);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function floatWriter(column: Column, dataType: DataType): ColumnWriter | undefined {
  if (dataType.type === "FLOAT" || dataType.type === "DOUBLE")
    return (value) => (Number.isFinite(value) ? String(value) : Number.isNaN(value) ? '"nan"' : (value as number) > 0 ? '"inf"' : '"-inf"');
  const read = exactOf(column, dataType);
  return (
    read &&
    ((value) => {
      const { unscaled, scale } = read(value);
      return shown(unscaled, scale);
    })
  );
}

function textWriter(dataType: DataType, timeZone: string): ColumnWriter {
  const nested = ["ARRAY", "MAP", "ROW", "VARIANT"].includes(dataType.type) ? asJson(dataType) : undefined;
  if (nested) return (value) => (typeof value === "string" ? JSON.stringify(value) : JSON.stringify(nested(value)));
  return (value) => JSON.stringify(typeof value === "string" ? value : formatValue(value, dataType, { timeZone }));
}

function fixedTextWriter(column: Column, dataType: DataType, timeZone: string, length: number): ColumnWriter {
  const write = textWriter(dataType, timeZone);
  return (value) => {
    const text = write(value);
    if (Buffer.byteLength(JSON.parse(text) as string) <= length) return text;
    throw badValue(column, shownValue(value), `at most ${length} bytes`, `至多 ${length} 字节`);
  };
}

/** First and last year, whatever the zone, that a column of the type holds to the end. */
const YEARS: Readonly<Record<string, readonly [number, number]>> = {
  Date: [1970, 2148],
  Date32: [1900, 2299],
  DateTime: [1970, 2105],
  DateTime64: [1900, 2299],
};

const TIME_TEXT = /^(\d{4})-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

function timeWriter(column: Column, type: ColumnType, dataType: DataType, timeZone: string): ColumnWriter | undefined {
  const isDay = type.name === "Date" || type.name === "Date32";
  const [first, last] = YEARS[type.name] as readonly [number, number];
  const checked = (text: string, value: Value) => {
    const year = Number(TIME_TEXT.exec(text)?.[1]);
    if (year >= first && year <= last) return JSON.stringify(isDay ? text.slice(0, 10) : text);
    throw badValue(
      column,
      shownValue(value),
      `${isDay ? "a date" : 'a date and time, as "2021-02-22 10:31:05"'} of the years ${first} to ${last}`,
      `${first} 至 ${last} 年的${isDay ? "日期" : '日期时间，例如 "2021-02-22 10:31:05"'}`,
    );
  };
  switch (dataType.type) {
    case "STRING":
    case "CHAR":
    case "VARCHAR":
      return (value) => checked((value as string).trim(), value);
    case "DATE":
      // Without a time of day a column of moments takes midnight of its zone.
      return (value) => {
        const text = formatValue(value, dataType, { timeZone });
        return checked(isDay ? text : `${text} 00:00:00`, text);
      };
    case "TIMESTAMP":
      // A wall clock: read in the column's zone.
      return (value) => {
        const text = formatValue(value, dataType, { timeZone });
        return checked(text, text);
      };
    case "TIMESTAMP_LTZ":
      return (value) => {
        const text = isDay ? formatValue(value, dataType, { timeZone }) : isoOf(value, dataType.precision);
        return checked(text, text);
      };
    default:
      return undefined;
  }
}

/** A moment in UTC, whatever the column's zone is. */
function isoOf(value: Value, precision: number): string {
  const nanos = precision <= 3 ? BigInt(value as number) * 1_000_000n : (value as bigint);
  const rest = ((nanos % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const millis = Number((nanos - rest) / 1_000_000n);
  if (Math.abs(millis) > LAST_MILLIS) return "";
  const text = new Date(millis).toISOString();
  return precision <= 3 ? text : `${text.slice(0, -1)}${String(rest).padStart(6, "0")}Z`;
}

/** Of a Date. */
const LAST_MILLIS = 8.64e15;

function asJson(dataType: DataType): ColumnWriter {
  const encoder = codecOf({ name: "json" }).encoder({ type: "ROW", fields: [{ name: "v", dataType }] }, { name: "json" });
  return (value) => {
    const { bytes, start, end } = encoder.encode({ v: value });
    return Buffer.from(bytes.buffer, bytes.byteOffset + start + '{"v":'.length, end - start - '{"v":}'.length).toString();
  };
}

/** `text`: the value as people write it. */
function badValue({ table, name, type }: Column, text: string, en: string, zh: string): RowError {
  return new RowError("table.bad-value", {
    en: `Column ${name} of table ${table} (${type}) cannot take ${text}; expected ${en}. Mend the value, or map another expression to the column.`,
    zh: `表 ${table} 的列 ${name}（${type}）无法写入 ${text}；应为${zh}。请修正取值，或将其他表达式映射到该列。`,
  });
}

function shownValue(value: Value): string {
  const text = typeof value === "string" ? JSON.stringify(value) : typeof value === "object" ? "this value" : String(value);
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

/** For a message about a column that takes no value of the type. */
export function typeText(dataType: DataType): string {
  return formatType(dataType);
}
