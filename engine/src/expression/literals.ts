/** Literals and their types, as Calcite types them. */
import type { DataType } from "../schema/index.ts";
import { failure, shorten } from "./problems.ts";
import type { Expression, IntervalUnit } from "./syntax.ts";
import { constant, type Typed } from "./typed-tree.ts";
import { dateFromText, dateTimeFromText, timeFromText, timestampOf } from "./values/date-time.ts";
import { held } from "./values/integer.ts";

type Kind = Expression["kind"];
type Of<K extends Kind> = Extract<Expression, { kind: K }>;

export function checkNumber({ text, range }: Of<"number">, negative: boolean): Typed {
  const sign = negative ? "-" : "";
  const of = (value: number | bigint | null, dataType: DataType) => constant(value, { ...dataType, nullable: false }, range);
  if (/e/i.test(text)) {
    const value = Number(sign + text);
    if (!Number.isFinite(value)) throw failure("expression.number-range", { got: shorten(sign + text), type: "DOUBLE" }, range);
    return of(value, { type: "DOUBLE" });
  }
  const [whole = "", digitsBehind] = text.split(".");
  // "1." is a whole number.
  const fraction = digitsBehind === "" && whole !== "" ? undefined : digitsBehind;
  // Calcite takes a literal whose digits make a BIGINT; what is longer is written as a cast text.
  const unscaled = BigInt(sign + whole + (fraction ?? ""));
  const scale = fraction?.length ?? 0;
  // Zeros before the point count as they stand: 0.5 is DECIMAL(2, 1), .5 is DECIMAL(1, 1).
  const precision = Math.min(Math.max(whole.length + scale, 1), 38);
  if (unscaled < -(2n ** 63n) || unscaled >= 2n ** 63n) {
    const type = `DECIMAL(${Math.min(Math.max(precision, scale + 1), 38)}, ${scale})`;
    const instead = `CAST('${sign}${text}' AS ${type})`;
    throw failure(
      "expression.number-range",
      { got: shorten(sign + text), type: "BIGINT", suggestion: shorten(instead, 80) },
      range,
      instead,
    );
  }
  if (fraction === undefined) return of(held(unscaled), { type: unscaled >= -(2n ** 31n) && unscaled < 2n ** 31n ? "INT" : "BIGINT" });
  return of(held(unscaled), { type: "DECIMAL", precision, scale });
}

export function checkString({ value, range }: Of<"string">): Typed {
  // Calcite counts UTF-16 units here, Flink's functions count characters.
  return constant(value, { type: "CHAR", length: value.length, nullable: false }, range);
}

export function checkBytes({ hex, range }: Of<"bytes">): Typed {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return constant(bytes, { type: "BINARY", length: bytes.length, nullable: false }, range);
}

const EXAMPLE = { DATE: "DATE '2024-05-31'", TIME: "TIME '12:30:00'", TIMESTAMP: "TIMESTAMP '2024-05-31 12:30:00'" } as const;

export function checkDatetime({ type, text, range }: Of<"datetime">): Typed {
  const bad = () => failure("expression.bad-literal", { got: shorten(text), type, example: EXAMPLE[type] }, range);
  if (type === "DATE") {
    const days = /^\s*\d{4}-\d{1,2}-\d{1,2}\s*$/.test(text) ? dateFromText(text) : undefined;
    if (days === undefined) throw bad();
    return constant(days, { type: "DATE", nullable: false }, range);
  }
  const precision = Math.min(/\.(\d+)\s*$/.exec(text)?.[1]?.length ?? 0, 9);
  if (type === "TIME") {
    const ms = /:.*:/.test(text) ? timeFromText(text) : undefined;
    if (ms === undefined) throw bad();
    return constant(Math.floor(ms / 1_000) * 1_000, { type: "TIME", precision: 0, nullable: false }, range);
  }
  const wall = /-.*-/.test(text) ? dateTimeFromText(text.trim().replace(/(\.\d{9})\d+$/, "$1")) : undefined;
  if (wall === undefined) throw bad();
  return constant(timestampOf(wall.ms, wall.nanos, precision), { type: "TIMESTAMP", precision, nullable: false }, range);
}

const UNIT_MS: Readonly<Record<string, number>> = { WEEK: 604_800_000, DAY: 86_400_000, HOUR: 3_600_000, MINUTE: 60_000, SECOND: 1_000 };
const UNIT_MONTHS: Readonly<Record<string, number>> = { YEAR: 12, QUARTER: 3, MONTH: 1 };
const ORDER = ["DAY", "HOUR", "MINUTE", "SECOND"] as const;

export function checkInterval(literal: Of<"interval">): Typed {
  const { text, negative, from, to, range } = literal;
  const match = /^\s*([+-]?)\s*(\S(?:.*\S)?)\s*$/.exec(text);
  const magnitude = match && (to === undefined ? singleUnit(match[2] as string, from) : severalUnits(match[2] as string, from, to));
  if (magnitude === null || magnitude === undefined) {
    const example = to === undefined ? `INTERVAL '10' ${from}` : "INTERVAL '1 02:03:04' DAY TO SECOND";
    throw failure("expression.bad-literal", { got: shorten(text), type: `INTERVAL ${from}${to ? ` TO ${to}` : ""}`, example }, range);
  }
  const signed = ((match?.[1] === "-") !== negative ? -magnitude : magnitude) + 0;
  const type = from in UNIT_MONTHS ? "INTERVAL_YEAR_MONTH" : "INTERVAL_DAY_TIME";
  return constant(signed, { type, nullable: false }, range);
}

function singleUnit(text: string, unit: IntervalUnit): number | undefined {
  const match = /^(\d{1,10})(?:\.(\d{1,9}))?$/.exec(text);
  if (!match || (match[2] !== undefined && unit !== "SECOND")) return undefined;
  const months = UNIT_MONTHS[unit];
  if (months !== undefined) return Number(match[1]) * months;
  return Number(match[1]) * (UNIT_MS[unit] as number) + millis(match[2]);
}

function millis(fraction: string | undefined): number {
  return Number((fraction ?? "").slice(0, 3).padEnd(3, "0"));
}

function severalUnits(text: string, from: IntervalUnit, to: IntervalUnit): number | undefined {
  if (from === "YEAR" && to === "MONTH") {
    const match = /^(\d{1,9})-(\d{1,2})$/.exec(text);
    return match && Number(match[2]) < 12 ? Number(match[1]) * 12 + Number(match[2]) : undefined;
  }
  const [first, last] = [ORDER.indexOf(from as "DAY"), ORDER.indexOf(to as "DAY")];
  if (first === -1 || last <= first) return undefined;
  const units = ORDER.slice(first, last + 1);
  const pattern = units.map((_, i) => `${i === 0 ? "" : units[i - 1] === "DAY" ? "\\s+" : ":"}(\\d{1,9})`).join("");
  const match = new RegExp(`^${pattern}${to === "SECOND" ? "(?:\\.(\\d{1,9}))?" : ""}$`).exec(text);
  const isBeyond = (unit: IntervalUnit, i: number) => i > 0 && Number(match?.[i + 1]) > (unit === "HOUR" ? 23 : 59);
  if (!match || units.some(isBeyond)) return undefined;
  return units.reduce((sum, unit, i) => sum + Number(match[i + 1]) * (UNIT_MS[unit] as number), 0) + millis(match[units.length + 1]);
}
