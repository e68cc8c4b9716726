/** Casts to numbers: Java's narrowing between them, texts read strictly. */
import type { DataType, Value } from "../../schema/index.ts";
import { isInteger, isText } from "../type-rules.ts";
import { decimalFromText, decimalToNumber, fit, rescale, truncate } from "../values/decimal.ts";
import { held, type Whole, WRAP } from "../values/integer.ts";
import { floatText } from "../values/java-number.ts";
import { type CastRule, type Conversion, castError } from "./cast.ts";

type IntegerName = keyof typeof WRAP;

export const numberCast: CastRule = (from, to) => {
  if (from.type === "BOOLEAN") return fromBoolean(to);
  if (isText(from)) return fromText(from, to);
  if (isInteger(from)) return fromInteger(to);
  if (from.type === "DECIMAL") return fromDecimal(from.scale, to);
  if (from.type === "FLOAT" || from.type === "DOUBLE") return fromFloat(from, to);
  return undefined;
};

function fromBoolean(to: DataType): Conversion {
  if (to.type === "DECIMAL") return (value) => fit(rescale(value ? 1 : 0, 0, to.scale), to.precision);
  return (value) => (value ? 1 : 0);
}

function fromInteger(to: DataType): Conversion {
  if (to.type === "DECIMAL") return (value) => fit(rescale(value as Whole, 0, to.scale), to.precision);
  if (to.type === "DOUBLE") return (value) => Number(value);
  if (to.type === "FLOAT") return (value) => Math.fround(Number(value));
  return WRAP[to.type as IntegerName] as Conversion;
}

function fromDecimal(scale: number, to: DataType): Conversion {
  if (to.type === "DECIMAL") return (value) => fit(rescale(value as Whole, scale, to.scale), to.precision);
  if (to.type === "DOUBLE") return (value) => decimalToNumber(value as Whole, scale);
  if (to.type === "FLOAT") return (value) => Math.fround(decimalToNumber(value as Whole, scale));
  const wrap = WRAP[to.type as IntegerName];
  return (value) => wrap(truncate(value as Whole, scale, 0));
}

const LIMITS = { INT: [-(2 ** 31), 2 ** 31 - 1], BIGINT: [-(2 ** 63), 2 ** 63] } as const;

function fromFloat(from: DataType, to: DataType): Conversion {
  if (to.type === "DOUBLE") return (value) => value;
  if (to.type === "FLOAT") return (value) => Math.fround(value as number);
  if (to.type === "DECIMAL") {
    const text = from.type === "FLOAT" ? floatText : String;
    return (value) => {
      if (!Number.isFinite(value)) throw castError(value, from, to);
      return decimalFromText(text(value as number), to.precision, to.scale) ?? null;
    };
  }
  if (to.type === "BIGINT") return (value) => saturatedLong(value as number);
  // Java narrows a float to INT first, saturating, and then cuts bits.
  const wrap = WRAP[to.type as IntegerName];
  return (value) => wrap(saturatedInt(value as number));
}

export function saturatedInt(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.trunc(Math.min(Math.max(value, LIMITS.INT[0]), LIMITS.INT[1])) + 0;
}

export function saturatedLong(value: number): Whole {
  if (Number.isNaN(value)) return 0;
  if (value >= LIMITS.BIGINT[1]) return 2n ** 63n - 1n;
  if (value <= LIMITS.BIGINT[0]) return -(2n ** 63n);
  return held(BigInt(Math.trunc(value)));
}

const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  TINYINT: [-128n, 127n],
  SMALLINT: [-32_768n, 32_767n],
  INT: [-(2n ** 31n), 2n ** 31n - 1n],
  BIGINT: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** Flink's `BinaryStringDataUtil.toLong` ignores the digits behind a point. */
const WHOLE = /^[+-]?(?:\d{1,40}(?:\.\d*)?|\.\d*)$/;
const FLOATING = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/;
const WORDS: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity, "+Infinity": Infinity, "-Infinity": -Infinity };

export function wholeFromText(text: string, type: string): Whole | undefined {
  const number = WHOLE.exec(text.trim())?.[0];
  const [least, greatest] = RANGES[type] as readonly [bigint, bigint];
  if (number === undefined) return undefined;
  const [digits = ""] = number.replace("+", "").split(".");
  const whole = BigInt(digits === "-" ? 0 : digits);
  return whole >= least && whole <= greatest ? held(whole) : undefined;
}

export function floatFromText(text: string): number | undefined {
  const trimmed = text.trim();
  if (FLOATING.test(trimmed)) return Number.parseFloat(trimmed);
  return Object.hasOwn(WORDS, trimmed) ? WORDS[trimmed] : undefined;
}

function fromText(from: DataType, to: DataType): Conversion {
  const read = (text: string): Value | undefined => {
    if (to.type === "DECIMAL") return decimalFromText(text, to.precision, to.scale);
    if (to.type === "DOUBLE") return floatFromText(text);
    if (to.type !== "FLOAT") return wholeFromText(text, to.type);
    const number = floatFromText(text);
    return number === undefined ? undefined : Math.fround(number);
  };
  return (value) => {
    const result = read(value as string);
    // Unlike those of other numbers, too many digits of a text are an error (`DecimalDataUtils.castFrom`).
    if (result === undefined || result === null) throw castError(value, from, to);
    return result;
  };
}
