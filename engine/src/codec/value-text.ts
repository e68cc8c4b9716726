/**
 * Single values between text and what rows hold, as Flink's JSON and CSV formats write them. `undefined` says that the text is no value of the type.
 */
import type { DataType, Value } from "../schema/index.ts";
import { bytesFromBase64, bytesToBase64 } from "./base64.ts";
import { decimalFromText, decimalToText, held } from "./decimal-text.ts";
import { dateFromText, dateToText, instantFromText, timeFromText, timestampFromText, timestampToText, timeToText } from "./time-text.ts";

/** Least and greatest whole number of each integer type. */
export const INTEGER_RANGE = {
  TINYINT: [-128n, 127n],
  SMALLINT: [-32_768n, 32_767n],
  INT: [-2_147_483_648n, 2_147_483_647n],
  BIGINT: [-(2n ** 63n), 2n ** 63n - 1n],
  INTERVAL_YEAR_MONTH: [-2_147_483_648n, 2_147_483_647n],
  INTERVAL_DAY_TIME: [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

export type IntegerType = keyof typeof INTEGER_RANGE;

export function isIntegerType(type: string): type is IntegerType {
  return Object.hasOwn(INTEGER_RANGE, type);
}

/** Texts of a scalar type; for rows, arrays, maps and variants `undefined`. */
export function valueFromText(text: string, dataType: DataType): Value | undefined {
  switch (dataType.type) {
    case "STRING":
    case "CHAR":
    case "VARCHAR":
      return text;
    case "BOOLEAN": {
      const word = text.trim().toLowerCase();
      return word === "true" ? true : word === "false" ? false : undefined;
    }
    case "FLOAT": {
      const number = floatFromText(text);
      return number === undefined ? undefined : Math.fround(number);
    }
    case "DOUBLE":
      return floatFromText(text);
    case "DECIMAL":
      return decimalFromText(text, dataType.precision, dataType.scale);
    case "BYTES":
    case "BINARY":
    case "VARBINARY":
      return bytesFromBase64(text);
    case "DATE":
      return dateFromText(text.trim());
    case "TIME":
      return timeFromText(text.trim());
    case "TIMESTAMP":
      return timestampFromText(text.trim(), dataType.precision);
    case "TIMESTAMP_LTZ":
      return instantFromText(text.trim(), dataType.precision);
    default:
      return isIntegerType(dataType.type) ? integerFromText(text, dataType.type) : undefined;
  }
}

/** "12", "-3", and what is whole written otherwise: "12.0", "1e3". */
export function integerFromText(text: string, type: IntegerType): number | bigint | undefined {
  const trimmed = text.trim();
  if (/^[+-]?\d{1,40}$/.test(trimmed)) return inRange(BigInt(trimmed.replace("+", "")), type);
  const match = /^([+-]?\d{0,40})\.?(\d{0,400})(?:[eE]([+-]?\d{1,3}))?$/.exec(trimmed);
  if (!match) return undefined;
  const [, whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  const shift = Number(exponent) - fraction.length;
  const kept = shift >= 0 ? digits + "0".repeat(shift) : digits.slice(0, shift);
  if (!/\d/.test(digits) || (shift < 0 && /[1-9]/.test(digits.slice(shift)))) return undefined;
  return /\d/.test(kept) ? inRange(BigInt(kept.replace("+", "")), type) : 0;
}

function inRange(whole: bigint, type: IntegerType): number | bigint | undefined {
  const [least, greatest] = INTEGER_RANGE[type];
  return whole >= least && whole <= greatest ? held(whole) : undefined;
}

const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const FLOAT_WORDS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Infinity,
  "+Infinity": Infinity,
  "-Infinity": -Infinity,
};

function floatFromText(text: string): number | undefined {
  const trimmed = text.trim();
  return FLOAT.test(trimmed) ? Number(trimmed) : Object.hasOwn(FLOAT_WORDS, trimmed) ? FLOAT_WORDS[trimmed] : undefined;
}

/** The text of a scalar that is not NULL. */
export function valueToText(value: Value, dataType: DataType): string {
  switch (dataType.type) {
    case "FLOAT":
      return floatToText(value as number);
    case "DOUBLE":
      return Object.is(value, -0) ? "-0" : String(value);
    case "DECIMAL":
      return decimalToText(value as number | bigint, dataType.scale);
    case "BYTES":
    case "BINARY":
    case "VARBINARY":
      return bytesToBase64(value as Uint8Array);
    case "DATE":
      return dateToText(value as number);
    case "TIME":
      return timeToText(value as number);
    case "TIMESTAMP":
      return timestampToText(value as number | bigint);
    case "TIMESTAMP_LTZ":
      return `${timestampToText(value as number | bigint)}Z`;
    default:
      return String(value);
  }
}

/** The shortest text that reads back as the same single-precision number. */
function floatToText(value: number): string {
  if (Object.is(value, -0)) return "-0";
  if (!Number.isFinite(value)) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
