/** Units of the calendar: what a moment has of each, where each begins, how many lie between two moments. Sources: Calcite's and Flink's `DateTimeUtils`. */
import { addMonths, civilFromDays, DAY_MS, daysFromCivil } from "./date-time.ts";

export const CALENDAR_UNITS = [
  "YEAR",
  "QUARTER",
  "MONTH",
  "WEEK",
  "DAY",
  "HOUR",
  "MINUTE",
  "SECOND",
  "MILLISECOND",
  "MICROSECOND",
  "NANOSECOND",
  "DECADE",
  "CENTURY",
  "MILLENNIUM",
] as const;
export type CalendarUnit = (typeof CALENDAR_UNITS)[number];
export const EXTRACT_UNITS = [...CALENDAR_UNITS, "DOW", "ISODOW", "DOY", "ISOYEAR", "EPOCH"] as const;
export type ExtractUnit = (typeof EXTRACT_UNITS)[number];

/** Sunday is 1. */
const dayOfWeek = (days: number): number => ((((days + 4) % 7) + 7) % 7) + 1;
/** Monday is 1. */
const isoDayOfWeek = (days: number): number => ((((days + 3) % 7) + 7) % 7) + 1;

/** The ISO week's year and number: a week belongs to the year of its Thursday. */
function isoWeek(days: number): { year: number; week: number } {
  const thursday = days - isoDayOfWeek(days) + 4;
  const { year } = civilFromDays(thursday);
  return { year, week: Math.floor((thursday - daysFromCivil(year, 1, 1)) / 7) + 1 };
}

/** A moment of a wall clock: milliseconds, and nanoseconds within the last of them. */
export function extract(unit: ExtractUnit, wallMs: number, nanos: number): number {
  const days = Math.floor(wallMs / DAY_MS);
  const clock = wallMs - days * DAY_MS;
  switch (unit) {
    case "HOUR":
      return Math.floor(clock / 3_600_000);
    case "MINUTE":
      return Math.floor(clock / 60_000) % 60;
    case "SECOND":
      return Math.floor(clock / 1_000) % 60;
    case "MILLISECOND":
      return clock % 1_000;
    case "MICROSECOND":
      return (clock % 1_000) * 1_000 + Math.floor(nanos / 1_000);
    case "NANOSECOND":
      return (clock % 1_000) * 1_000_000 + nanos;
    case "EPOCH":
      return Math.floor(wallMs / 1_000);
    default:
      return extractDate(unit, days);
  }
}

function extractDate(unit: ExtractUnit, days: number): number {
  const { year, month, day } = civilFromDays(days);
  switch (unit) {
    case "YEAR":
      return year;
    case "QUARTER":
      return Math.ceil(month / 3);
    case "MONTH":
      return month;
    case "WEEK":
      return isoWeek(days).week;
    case "ISOYEAR":
      return isoWeek(days).year;
    case "DOW":
      return dayOfWeek(days);
    case "ISODOW":
      return isoDayOfWeek(days);
    case "DOY":
      return days - daysFromCivil(year, 1, 1) + 1;
    case "DECADE":
      return Math.floor(year / 10);
    case "CENTURY":
      return year > 0 ? Math.ceil(year / 100) : Math.floor(year / 100);
    case "MILLENNIUM":
      return year > 0 ? Math.ceil(year / 1000) : Math.floor(year / 1000);
    default:
      return day;
  }
}

const FIXED_MS: Readonly<Record<string, number>> = { DAY: DAY_MS, HOUR: 3_600_000, MINUTE: 60_000, SECOND: 1_000, MILLISECOND: 1 };

/** Where the unit around the moment begins; weeks begin on Sunday. */
export function startOf(unit: CalendarUnit, wallMs: number): number {
  const fixed = FIXED_MS[unit];
  if (fixed !== undefined) return Math.floor(wallMs / fixed) * fixed;
  return Object.hasOwn(FIXED_MS, unit) || unit === "MICROSECOND" || unit === "NANOSECOND"
    ? wallMs
    : startOfDate(unit, Math.floor(wallMs / DAY_MS)) * DAY_MS;
}

function startOfDate(unit: CalendarUnit, days: number): number {
  const { year, month } = civilFromDays(days);
  switch (unit) {
    case "WEEK":
      return days - (dayOfWeek(days) - 1);
    case "MONTH":
      return daysFromCivil(year, month, 1);
    case "QUARTER":
      return daysFromCivil(year, Math.floor((month - 1) / 3) * 3 + 1, 1);
    case "DECADE":
      return daysFromCivil(Math.floor(year / 10) * 10, 1, 1);
    case "CENTURY":
      return daysFromCivil(Math.floor((year - 1) / 100) * 100 + 1, 1, 1);
    case "MILLENNIUM":
      return daysFromCivil(Math.floor((year - 1) / 1000) * 1000 + 1, 1, 1);
    default:
      return daysFromCivil(year, 1, 1);
  }
}

const MONTHS: Readonly<Record<string, number>> = { YEAR: 12, QUARTER: 3, MONTH: 1, DECADE: 120, CENTURY: 1_200, MILLENNIUM: 12_000 };

const AGES: ReadonlySet<string> = new Set(["DECADE", "CENTURY", "MILLENNIUM"]);

/** The moment itself when a unit begins there, else the beginning of the next. */
export function nextStartOf(unit: CalendarUnit, wallMs: number): number {
  const start = startOf(unit, wallMs);
  // Flink takes the next decade, century and millennium also where one begins.
  if (start === wallMs && !AGES.has(unit)) return start;
  const fixed = unit === "WEEK" ? 7 * DAY_MS : FIXED_MS[unit];
  return fixed !== undefined ? start + fixed : addMonths(start / DAY_MS, MONTHS[unit] ?? 12) * DAY_MS;
}

/** Months of a unit that is counted in months; undefined for the others. */
export function monthsOf(unit: string): number | undefined {
  return MONTHS[unit];
}
/** Milliseconds of a unit of fixed length. */
export function millisOfUnit(unit: string): number | undefined {
  return unit === "WEEK" ? 7 * DAY_MS : FIXED_MS[unit];
}

/** Whole units from one moment to another, cut off towards zero. */
export function unitsBetween(unit: string, from: number, to: number): number {
  const months = MONTHS[unit];
  if (months === undefined) return Math.trunc((to - from) / (millisOfUnit(unit) ?? 1)) + 0;
  return Math.trunc(monthsBetween(from, to) / months) + 0;
}

/** Flink's `subtractMonths`: days decide, and the time of day only where the last month ends on the very day. */
function monthsBetween(from: number, to: number): number {
  const [fromDay, toDay] = [Math.floor(from / DAY_MS), Math.floor(to / DAY_MS)];
  const months = monthsBetweenDays(fromDay, toDay);
  const isSameDay = addMonths(fromDay, months) === toDay;
  return isSameDay && to - toDay * DAY_MS < from - fromDay * DAY_MS ? months - 1 : months;
}

function monthsBetweenDays(from: number, to: number): number {
  if (to < from) return -monthsBetweenDays(to, from);
  // No month has more than 31 days, so the estimate is never too high.
  for (let months = Math.trunc((to - from) / 31); ; months++) {
    if (addMonths(from, months) >= to || addMonths(from, months + 1) > to) return months;
  }
}
