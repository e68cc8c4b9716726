/** Texts as Java's library handles them: hash codes, the order of a HashMap, `String.split`, `Formatter`. */
import type { DataType, Value } from "../../schema/index.ts";
import { isText } from "../type-rules.ts";
import { localDateTimeText, type Timestamp } from "./date-time.ts";
import { decimalText } from "./decimal.ts";
import { formatValue } from "./format-value.ts";
import type { Whole } from "./integer.ts";
import { doubleText, floatText } from "./java-number.ts";
import type { Pattern } from "./pattern.ts";
import { refuseLength } from "./text.ts";

/** `String.hashCode`. */
export function javaHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
  return hash;
}

/** `String.trim`: without what is no more than a blank at both ends. */
export function javaTrim(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && text.charCodeAt(start) <= 32) start++;
  while (end > start && text.charCodeAt(end - 1) <= 32) end--;
  return text.slice(start, end);
}

/** Entries in the order in which a HashMap made for `expected` of them shows them: by bucket, and in a bucket as they came. */
export function hashMapOrder(entries: ReadonlyMap<string, string | null>, expected: number): Map<string, string | null> {
  let capacity = tableSize(expected <= 2 ? expected + 1 : Math.ceil(expected / 0.75));
  while (entries.size > capacity * 0.75) capacity *= 2;
  const bucketOf = (key: string) => {
    const hash = javaHash(key);
    return (hash ^ (hash >>> 16)) & (capacity - 1);
  };
  return new Map([...entries].sort(([a], [b]) => bucketOf(a) - bucketOf(b)));
}

function tableSize(wanted: number): number {
  let size = 1;
  while (size < wanted) size *= 2;
  return size;
}

/** `String.split(pattern, limit)`: an empty match at the start cuts nothing off; without a limit empty parts at the end go. */
export function javaSplit(text: string, pattern: Pattern, limit = 0): string[] {
  const parts: string[] = [];
  let [from, at] = [0, 0];
  while (at <= text.length && (limit === 0 || parts.length < limit - 1)) {
    const match = pattern.exec(text, at);
    if (!match) break;
    const isEmpty = match.end === match.start;
    if (!(isEmpty && match.start === 0) && !(isEmpty && match.start === text.length)) {
      parts.push(text.slice(from, match.start));
      from = match.end;
    }
    at = isEmpty ? match.end + 1 : match.end;
  }
  if (from === 0 && parts.length === 0) return [text];
  parts.push(text.slice(from));
  if (limit === 0) while (parts.length > 0 && parts.at(-1) === "") parts.pop();
  return parts;
}

/** Characters to which one value is filled up; digits behind a point are computed one by one. */
const MAX_FILLED = 100_000;
const SPECIFIER = /%(?:(\d+)\$)?([-#+ 0,(<]*)(\d+)?(?:\.(\d+))?([tT])?([a-zA-Z%])/y;

/** `Formatter.format` in the United States' locale for values of the types; undefined where Java throws. */
export function javaFormat(format: string, values: readonly Value[], types: readonly DataType[]): string | undefined {
  let result = "";
  let [at, next, last] = [0, 0, -1];
  while (at < format.length) {
    const percent = format.indexOf("%", at);
    result += format.slice(at, percent === -1 ? undefined : percent);
    if (percent === -1) break;
    SPECIFIER.lastIndex = percent;
    const match = SPECIFIER.exec(format);
    if (!match) return undefined;
    at = SPECIFIER.lastIndex;
    const [, position, flags = "", width, precision, date, letter = ""] = match;
    const shape = {
      flags,
      width: width === undefined ? undefined : Number(width),
      precision: precision === undefined ? undefined : Number(precision),
    };
    refuseLength(Math.max(shape.width ?? 0, shape.precision ?? 0), MAX_FILLED);
    if (date !== undefined || new Set(flags).size !== flags.length) return undefined;
    if (letter === "%" || letter === "n") {
      if (letter === "n" ? match[0] !== "%n" : shape.precision !== undefined) return undefined;
      result += letter === "n" ? "\n" : fill("%", shape);
      continue;
    }
    const index = flags.includes("<") ? last : position === undefined ? next++ : Number(position) - 1;
    if (index < 0 || index >= values.length) return undefined;
    last = index;
    const text = formatOne(letter, { ...shape, flags: flags.replace("<", "") }, values[index] as Value, types[index] as DataType);
    if (text === undefined) return undefined;
    result += text;
  }
  return result;
}

interface Shape {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

function fill(text: string, { flags, width = 0 }: Shape): string {
  return flags.includes("-") ? text.padEnd(width) : text.padStart(width);
}

function formatOne(letter: string, shape: Shape, value: Value, type: DataType): string | undefined {
  if (shape.flags.includes("-") && shape.width === undefined) return undefined;
  const upper = (text: string | undefined) => (text !== undefined && letter !== letter.toLowerCase() ? text.toUpperCase() : text);
  switch (letter) {
    case "s":
    case "S":
    case "b":
    case "B":
    case "h":
    case "H": {
      if (/[+ 0,(#]/.test(shape.flags)) return undefined;
      const text = generalText(letter.toLowerCase(), value, type);
      return upper(text === undefined ? undefined : fill(text.slice(0, shape.precision), shape));
    }
    case "c":
    case "C":
      return upper(characterText(value, type, shape));
    case "d":
    case "o":
    case "x":
    case "X":
      return upper(wholeText(letter.toLowerCase(), value, type, shape));
    case "e":
    case "E":
    case "f":
    case "g":
    case "G":
      return upper(realText(letter.toLowerCase(), value, type, shape));
    default:
      return undefined;
  }
}

function generalText(letter: string, value: Value, type: DataType): string | undefined {
  if (letter === "b") return value === null ? "false" : typeof value === "boolean" ? String(value) : "true";
  if (value === null) return "null";
  if (letter === "h") return isText(type) ? undefined : Number.isInteger(value) ? (Number(value) >>> 0).toString(16) : undefined;
  return plainText(value, type);
}

/** `String.valueOf` of Flink's own objects. */
function plainText(value: Value, type: DataType): string {
  switch (type.type) {
    case "FLOAT":
      return floatText(value as number);
    case "DOUBLE":
      return doubleText(value as number);
    case "DECIMAL":
      return decimalText(value as Whole, type.scale);
    case "TIMESTAMP":
    case "TIMESTAMP_LTZ":
      return localDateTimeText(value as Timestamp);
    case "ARRAY":
    case "MAP":
    case "ROW":
    case "BINARY":
    case "VARBINARY":
    case "BYTES":
      // Java's own texts of these name addresses; see `docs/flink-differences.md`.
      return formatValue(value, type, { timeZone: "UTC" });
    default:
      return String(value);
  }
}

const WHOLE: ReadonlySet<string> = new Set([
  "TINYINT",
  "SMALLINT",
  "INT",
  "BIGINT",
  "DATE",
  "TIME",
  "INTERVAL_YEAR_MONTH",
  "INTERVAL_DAY_TIME",
]);

function characterText(value: Value, type: DataType, shape: Shape): string | undefined {
  if (/[+ 0,(#]/.test(shape.flags) || shape.precision !== undefined) return undefined;
  if (value === null) return fill("null", shape);
  if (!["TINYINT", "SMALLINT", "INT", "DATE", "TIME", "INTERVAL_YEAR_MONTH"].includes(type.type)) return undefined;
  const point = Number(value);
  return point >= 0 && point <= 0x10ffff ? fill(String.fromCodePoint(point), shape) : undefined;
}

const BITS: Readonly<Record<string, number>> = { TINYINT: 8, SMALLINT: 16, INT: 32, DATE: 32, TIME: 32, INTERVAL_YEAR_MONTH: 32 };

function wholeText(letter: string, value: Value, type: DataType, shape: Shape): string | undefined {
  const { flags, precision } = shape;
  if (precision !== undefined || (flags.includes("+") && flags.includes(" ")) || (flags.includes("-") && flags.includes("0")))
    return undefined;
  if (flags.includes("0") && shape.width === undefined) return undefined;
  if (value === null) return fill("null", shape);
  if (!WHOLE.has(type.type)) return undefined;
  const number = BigInt(value as Whole);
  if (letter === "d") {
    if (flags.includes("#")) return undefined;
    const digits = (number < 0n ? -number : number).toString();
    return signed(flags.includes(",") ? grouped(digits) : digits, number < 0n, shape);
  }
  if (/[+ ,(]/.test(flags)) return undefined;
  const bits = BigInt.asUintN(BITS[type.type] ?? 64, number);
  const prefix = flags.includes("#") ? (letter === "x" ? "0x" : "0") : "";
  const text = bits.toString(letter === "x" ? 16 : 8);
  return flags.includes("0") ? prefix + text.padStart((shape.width ?? 0) - prefix.length, "0") : fill(prefix + text, shape);
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

function signed(digits: string, negative: boolean, shape: Shape): string {
  const { flags, width = 0 } = shape;
  const [before, after] = negative
    ? flags.includes("(")
      ? ["(", ")"]
      : ["-", ""]
    : [flags.includes("+") ? "+" : flags.includes(" ") ? " " : "", ""];
  if (flags.includes("0")) return before + digits.padStart(width - before.length - after.length, "0") + after;
  return fill(before + digits + after, shape);
}

function realText(letter: string, value: Value, type: DataType, shape: Shape): string | undefined {
  const { flags, precision = 6 } = shape;
  if ((flags.includes("+") && flags.includes(" ")) || (flags.includes("-") && flags.includes("0"))) return undefined;
  if (flags.includes("0") && shape.width === undefined) return undefined;
  if (value === null) return fill("null".slice(0, shape.precision), shape);
  // Flink hands DECIMAL over as an object of its own, which Java's %f refuses.
  if (type.type !== "FLOAT" && type.type !== "DOUBLE") return undefined;
  const number = type.type === "FLOAT" ? Number(floatText(value as number)) : (value as number);
  const magnitude = Math.abs(number);
  const negative = number < 0 || Object.is(number, -0);
  if (!Number.isFinite(number)) {
    const word = Number.isNaN(number) ? "NaN" : "Infinity";
    return signed(word, negative, { ...shape, flags: flags.replace("0", "") });
  }
  if (letter === "e") return flags.includes(",") ? undefined : signed(exponentText(magnitude, precision), negative, shape);
  if (letter === "g") {
    if (flags.includes("#")) return undefined;
    const digits = precision === 0 ? 1 : precision;
    const rounded = Number(halfUp(magnitude, Math.max(0, digits)));
    if (magnitude !== 0 && (rounded < 1e-4 || rounded >= 10 ** digits)) return signed(exponentText(magnitude, digits - 1), negative, shape);
    const whole = magnitude === 0 ? 1 : Math.floor(Math.log10(magnitude)) + 1;
    return signed(fixedText(magnitude, Math.max(0, digits - whole), flags), negative, shape);
  }
  return signed(fixedText(magnitude, precision, flags), negative, shape);
}

function fixedText(magnitude: number, precision: number, flags: string): string {
  const [whole = "", fraction] = halfUp(magnitude, precision).split(".");
  return (flags.includes(",") ? grouped(whole) : whole) + (fraction === undefined ? (flags.includes("#") ? "." : "") : `.${fraction}`);
}

/** The digits that are printed, rounded half up; JavaScript's toFixed rounds the exact binary value. */
function halfUp(magnitude: number, precision: number): string {
  const { digits, point } = digitsOf(magnitude);
  const kept = point + precision;
  let whole = BigInt(digits.slice(0, Math.max(0, kept)).padEnd(Math.max(0, kept), "0") || "0");
  if (kept >= 0 && (digits[kept] ?? "0") >= "5") whole += 1n;
  const text = whole.toString().padStart(precision + 1, "0");
  return precision === 0 ? text : `${text.slice(0, -precision)}.${text.slice(-precision)}`;
}

function exponentText(magnitude: number, precision: number): string {
  if (magnitude === 0) return `${halfUp(0, precision)}e+00`;
  const { digits, point } = digitsOf(magnitude);
  let exponent = point - 1;
  let text = halfUp(Number(`0.${digits}e1`), precision);
  if (text.startsWith("10")) {
    text = halfUp(1, precision);
    exponent += 1;
  }
  return `${text}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** The shortest digits, and where the point stands among them: 12.5 is 125 with the point behind 2. */
function digitsOf(magnitude: number): { digits: string; point: number } {
  const [mantissa = "", exponent = "0"] = magnitude.toExponential().split("e");
  return { digits: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}
