/** Functions with a unit of the calendar among their arguments: EXTRACT, FLOOR and CEIL to a unit, TIMESTAMPADD, TIMESTAMPDIFF, and YEAR and its like. */
import type { DataType, Value } from "../../schema/index.ts";
import { plusInterval } from "../check-temporal.ts";
import { convert } from "../convert.ts";
import { formatType } from "../format-type.ts";
import { failure } from "../problems.ts";
import { commonType, isTimestamp, precisionOf } from "../type-rules.ts";
import { apply, type Compute, type Typed, withNullable } from "../typed-tree.ts";
import {
  CALENDAR_UNITS,
  type CalendarUnit,
  EXTRACT_UNITS,
  type ExtractUnit,
  extract,
  millisOfUnit,
  monthsOf,
  nextStartOf,
  startOf,
  unitsBetween,
} from "../values/calendar.ts";
import { DAY_MS, millisOf, nanosOf, type Timestamp, timestampOf } from "../values/date-time.ts";
import { timeZoneOf } from "../values/time-zone.ts";
import { BIGINT, constantText, type FunctionDefinition, INT, param, type Signature, type TypedCall, word } from "./define.ts";

/** JDBC's names of the same. */
const TSI = ["YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"] as const;
const STEP_UNITS = [...TSI, ...TSI.map((unit) => `SQL_TSI_${unit}`), "MILLISECOND"];
const DIFFERENCE_UNITS = [...STEP_UNITS, "MICROSECOND"];

function unitOf({ args }: TypedCall, index: number): string {
  return (constantText(args[index]) ?? "").replace(/^SQL_TSI_/, "");
}

function partOfMonths(unit: ExtractUnit, months: number): number {
  const years = { YEAR: 1, CENTURY: 100, MILLENNIUM: 1_000 }[unit as string];
  if (years !== undefined) return Math.trunc(months / 12 / years);
  return unit === "MONTH" ? months % 12 : Math.trunc(((months % 12) - 1) / 3) + 1;
}

const CLOCK_UNITS: readonly string[] = ["HOUR", "MINUTE", "SECOND", "MILLISECOND"];
/** Units that types have of which not every one makes sense. */
const UNITS_OF: Readonly<Record<string, readonly string[]>> = {
  TIME: CLOCK_UNITS,
  DATE: EXTRACT_UNITS.filter((unit) => unit !== "MICROSECOND" && unit !== "NANOSECOND"),
  INTERVAL_YEAR_MONTH: ["YEAR", "QUARTER", "MONTH", "CENTURY", "MILLENNIUM"],
  INTERVAL_DAY_TIME: ["DAY", ...CLOCK_UNITS],
};

/** The computation of a unit; throws for a unit that the type does not have. */
function extractingOf({ types, range }: TypedCall, unit: ExtractUnit, index: number): Compute {
  const dataType = types[index] as DataType;
  const words = UNITS_OF[dataType.type];
  if (words && !words.includes(unit))
    throw failure("expression.time-unit", { got: formatType(withNullable(dataType, true)), unit, words }, range);
  return extracting(unit, dataType);
}

/** What shows the wall clock of a time: a number of milliseconds, and nanoseconds in the last of them. */
function extracting(unit: ExtractUnit, dataType: DataType): Compute {
  switch (dataType.type) {
    case "DATE":
      return { make: () => (days: number) => extract(unit, days * DAY_MS, 0) };
    case "TIME":
      return { make: () => (ms: number) => extract(unit, ms, 0) };
    case "INTERVAL_YEAR_MONTH":
      return { make: () => (months: number) => partOfMonths(unit, months) + 0 };
    case "INTERVAL_DAY_TIME":
      return {
        make: () => (ms: number) => (unit === "DAY" ? Math.trunc(ms / DAY_MS) : Math.sign(ms) * extract(unit, Math.abs(ms), 0)) + 0,
      };
    case "TIMESTAMP_LTZ":
      return {
        make: ({ timeZone }) => {
          const zone = timeZoneOf(timeZone);
          return (time: Timestamp) => {
            const ms = millisOf(time);
            return extract(unit, ms + zone.offsetAt(ms), nanosOf(time));
          };
        },
      };
    default:
      return { make: () => (time: Timestamp) => extract(unit, millisOf(time), nanosOf(time)) };
  }
}

function part(name: string, unit: ExtractUnit, en: string, zh: string, text: string, result: string): FunctionDefinition {
  return {
    name,
    group: "time",
    help: { en, zh },
    example: { text, result },
    signatures: [param("time", "TIME POINT"), param("interval", "INTERVAL")].map((of) => ({
      params: [of],
      returns: BIGINT,
      compute: (call) => extractingOf(call, unit, 0),
    })),
  };
}

/** Flink divides by zero for the others. */
const ROUNDING_UNITS = CALENDAR_UNITS.filter((unit) => unit !== "MICROSECOND" && unit !== "NANOSECOND");

/** FLOOR(time TO unit). A DATE stays as it is below a day, a TIME above. */
export function roundingToUnit(name: string, direction: "floor" | "ceil"): Signature {
  const round = direction === "floor" ? startOf : nextStartOf;
  return {
    shape: `${name}(time TO unit)`,
    params: [param("time", "TIME POINT"), word("unit", ROUNDING_UNITS)],
    returns: ({ types }) => types[0] as DataType,
    compute: (call) => {
      const unit = unitOf(call, 1) as CalendarUnit;
      const type = call.types[0] as DataType;
      // The day after is what Flink calls the ceiling of a DATE to a DAY.
      if (type.type === "DATE" && unit === "DAY" && direction === "ceil") return { make: () => (days: number) => days + 1 };
      if (type.type === "DATE") return { make: () => (days: number) => Math.floor(round(unit, days * DAY_MS) / DAY_MS) };
      if (type.type === "TIME")
        return { make: () => (ms: number) => ((millisOfUnit(unit) ?? DAY_MS) >= DAY_MS ? ms : round(unit, ms) % DAY_MS) };
      return {
        make: ({ timeZone }) => roundTimestamp(unit, round, direction, type.type === "TIMESTAMP_LTZ" ? timeZone : "UTC", precisionOf(type)),
      };
    },
  };
}

function roundTimestamp(unit: CalendarUnit, round: typeof startOf, direction: "floor" | "ceil", timeZone: string, precision: number) {
  const zone = timeZoneOf(timeZone);
  const isOfDays = direction === "ceil" && (millisOfUnit(unit) ?? Infinity) > DAY_MS;
  const isOfMillis = direction === "ceil" && unit === "MILLISECOND";
  return (time: Timestamp): Timestamp => {
    const ms = millisOf(time);
    const wall = ms + zone.offsetAt(ms);
    // Flink's ceiling to a unit of more than a day looks at the day alone: all of a unit's first day belongs to its beginning. To others it sees milliseconds.
    const rounded = isOfDays ? Math.floor(wall / DAY_MS) * DAY_MS : isOfMillis && nanosOf(time) > 0 ? wall + 1 : wall;
    return timestampOf(zone.instantOf(round(unit, rounded)), 0, precision);
  };
}

/** TIMESTAMPADD is time + count * INTERVAL '1' unit; a DATE that gets hours becomes a TIMESTAMP. */
function addUnits(call: TypedCall): Typed {
  const { args, range, scope } = call;
  const unit = unitOf(call, 0);
  const [, count, given] = args as [Typed, Typed, Typed];
  const months = monthsOf(unit);
  const unitMs = millisOfUnit(unit) ?? 0;
  const isDate = given.dataType.type === "DATE" && months === undefined && unitMs % DAY_MS !== 0;
  const time = isDate
    ? convert(scope, given, withNullable({ type: "TIMESTAMP", precision: 6 }, true))
    : unit === "MILLISECOND"
      ? withMillis(scope, given)
      : given;
  const type: DataType = { type: months === undefined ? "INTERVAL_DAY_TIME" : "INTERVAL_YEAR_MONTH" };
  const amountOf =
    months === undefined
      ? (amount: number | bigint) => wrapped(amount, unitMs, 64)
      : (amount: number | bigint) => wrapped(amount, months, 32);
  const interval = apply([count], { make: () => amountOf }, type, count.range);
  return plusInterval(time, interval, 1, range);
}

function withMillis(scope: TypedCall["scope"], time: Typed): Typed {
  const { dataType } = time;
  return isTimestamp(dataType) && precisionOf(dataType) < 3 ? convert(scope, time, { ...dataType, precision: 3 } as DataType) : time;
}

/** A product as Java's INT and BIGINT have it. */
function wrapped(amount: number | bigint, factor: number, bits: 32 | 64): number {
  const product = Number(amount) * factor;
  const isExact = bits === 32 ? product === (product | 0) : Number.isSafeInteger(product);
  return isExact ? product : Number(BigInt.asIntN(bits, BigInt(amount) * BigInt(factor)));
}

/** What Flink counts as whole seconds and multiplies. */
const PARTS_OF_SECOND: Readonly<Record<string, number>> = { MILLISECOND: 1_000, MICROSECOND: 1_000_000 };

function countUnits(call: TypedCall): Typed {
  const { args, range, scope } = call;
  const unit = unitOf(call, 0);
  const [, from, to] = args as [Typed, Typed, Typed];
  const common = commonType([from.dataType, to.dataType]);
  const isMixed = from.dataType.type !== to.dataType.type && [from, to].some(({ dataType }) => dataType.type === "TIMESTAMP_LTZ");
  if (!common || isMixed || !(isTimestamp(common) || common.type === "DATE" || common.type === "TIME"))
    throw failure(
      "expression.different-types",
      { expected: formatType(withNullable(from.dataType, true)), got: formatType(withNullable(to.dataType, true)) },
      to.range,
    );
  const scale = common.type === "DATE" ? DAY_MS : 1;
  const parts = PARTS_OF_SECOND[unit] ?? 1;
  const counted = parts === 1 ? unit : "SECOND";
  const make =
    () =>
    (a: Timestamp, b: Timestamp): Value =>
      Math.imul(unitsBetween(counted, millisOf(a) * scale, millisOf(b) * scale) | 0, parts);
  return apply([convert(scope, from, common), convert(scope, to, common)], { make }, INT, range);
}

export const UNIT_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "EXTRACT",
    group: "time",
    help: { en: "One part of a time as a number, in the pipeline's zone.", zh: "按流水线时区取时间的某一部分。" },
    example: { text: "EXTRACT(DAY FROM DATE '2024-05-31')", result: "31" },
    signatures: [
      {
        shape: "EXTRACT(unit FROM time)",
        params: [word("unit", EXTRACT_UNITS), param("time", "TIME POINT")],
        returns: BIGINT,
        compute: (call) => extractingOf(call, unitOf(call, 0) as ExtractUnit, 1),
      },
      {
        shape: "EXTRACT(unit FROM interval)",
        params: [word("unit", EXTRACT_UNITS), param("interval", "INTERVAL")],
        returns: BIGINT,
        compute: (call) => extractingOf(call, unitOf(call, 0) as ExtractUnit, 1),
      },
    ],
  },
  part("YEAR", "YEAR", "The year.", "年。", "YEAR(DATE '2024-05-31')", "2024"),
  part("QUARTER", "QUARTER", "The quarter of the year, 1 to 4.", "季度，1 到 4。", "QUARTER(DATE '2024-05-31')", "2"),
  part("MONTH", "MONTH", "The month, 1 to 12.", "月，1 到 12。", "MONTH(DATE '2024-05-31')", "5"),
  part("WEEK", "WEEK", "The week of the year by ISO 8601.", "ISO 8601 的年内周数。", "WEEK(DATE '2024-05-31')", "22"),
  part("DAYOFYEAR", "DOY", "The day of the year.", "一年中的第几天。", "DAYOFYEAR(DATE '2024-05-31')", "152"),
  part("DAYOFMONTH", "DAY", "The day of the month.", "一月中的第几天。", "DAYOFMONTH(DATE '2024-05-31')", "31"),
  part("DAYOFWEEK", "DOW", "The day of the week; Sunday is 1.", "一周中的第几天；周日为 1。", "DAYOFWEEK(DATE '2024-05-31')", "6"),
  part("HOUR", "HOUR", "The hour, 0 to 23.", "小时，0 到 23。", "HOUR(TIME '12:34:56')", "12"),
  part("MINUTE", "MINUTE", "The minute, 0 to 59.", "分钟，0 到 59。", "MINUTE(TIME '12:34:56')", "34"),
  part("SECOND", "SECOND", "The second, 0 to 59.", "秒，0 到 59。", "SECOND(TIME '12:34:56')", "56"),
  {
    name: "TIMESTAMPADD",
    group: "time",
    help: { en: "A time some units later (or earlier).", zh: "时间加（或减）若干单位。" },
    example: { text: "TIMESTAMPADD(MONTH, 1, DATE '2024-01-31')", result: "2024-02-29" },
    signatures: [
      { params: [word("unit", STEP_UNITS), param("count", "INTEGER"), param("time", "TIME POINT")], returns: INT, build: addUnits },
    ],
  },
  {
    name: "TIMESTAMPDIFF",
    group: "time",
    help: { en: "How many whole units lie from the first time to the second.", zh: "从第一个时间到第二个时间的完整单位数。" },
    example: { text: "TIMESTAMPDIFF(DAY, DATE '2024-05-01', DATE '2024-05-31')", result: "30" },
    signatures: [
      { params: [word("unit", DIFFERENCE_UNITS), param("from", "TIME POINT"), param("to", "TIME POINT")], returns: INT, build: countUnits },
    ],
  },
];
