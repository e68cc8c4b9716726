/**
 * Dates and times as numbers: days, milliseconds of the day, and timestamps as milliseconds (up to precision 3) or nanoseconds (bigint above). The calendar is the
 * proleptic Gregorian one, as Java's `java.time` and Flink's runtime have it.
 */

export const DAY_MS = 86_400_000;
const NANOS_PER_MS = 1_000_000;

export interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Days since 1970-01-01; Howard Hinnant's algorithm, right for every year. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

export function civilFromDays(days: number): Civil {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The same day of the month, or the month's last day where it has no such day. */
export function addMonths(days: number, months: number): number {
  const { year, month, day } = civilFromDays(days);
  const total = year * 12 + (month - 1) + months;
  const [toYear, toMonth] = [Math.floor(total / 12), (((total % 12) + 12) % 12) + 1];
  return daysFromCivil(toYear, toMonth, Math.min(day, daysInMonth(toYear, toMonth)));
}

export type Timestamp = number | bigint;

/** Milliseconds since the epoch, cut off downwards. */
export function millisOf(timestamp: Timestamp): number {
  if (typeof timestamp === "number") return timestamp;
  const nanos = BigInt(NANOS_PER_MS);
  const quotient = timestamp / nanos;
  return Number(timestamp % nanos < 0n ? quotient - 1n : quotient);
}

/** Nanoseconds within the millisecond. */
export function nanosOf(timestamp: Timestamp): number {
  if (typeof timestamp === "number") return 0;
  const rest = Number(timestamp % BigInt(NANOS_PER_MS));
  return rest < 0 ? rest + NANOS_PER_MS : rest;
}

/** As rows hold a timestamp of the precision; finer digits are cut off. */
export function timestampOf(ms: number, nanos: number, precision: number): Timestamp {
  if (precision <= 3) {
    const step = 10 ** (3 - precision);
    return Math.floor(ms / step) * step;
  }
  const step = 10 ** (9 - precision);
  return BigInt(ms) * BigInt(NANOS_PER_MS) + BigInt(Math.floor(nanos / step) * step);
}

export function withPrecision(timestamp: Timestamp, precision: number): Timestamp {
  return timestampOf(millisOf(timestamp), nanosOf(timestamp), precision);
}

/** The same moment `ms` later, in the same form. */
export function shifted(timestamp: Timestamp, ms: number): Timestamp {
  return typeof timestamp === "number" ? timestamp + ms : timestamp + BigInt(ms) * BigInt(NANOS_PER_MS);
}

export function addMonthsTo(timestamp: Timestamp, months: number): Timestamp {
  const days = Math.floor(millisOf(timestamp) / DAY_MS);
  return shifted(timestamp, (addMonths(days, months) - days) * DAY_MS);
}

/* Texts, as Flink's `DateTimeUtils` reads them for CAST. What is wrong is a row error of the cast. */

const DATE = /^\s*(\d+)\s*(?:-\s*(\d+)\s*(?:-\s*(\d+)\s*)?)?$/;

/** "2024-5-1", "2024-05", "2024", and whatever stands behind a blank. */
export function dateFromText(text: string): number | undefined {
  const space = text.indexOf(" ");
  const match = DATE.exec(space > 0 ? text.slice(0, space) : text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)];
  const isValid = year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  return isValid ? daysFromCivil(year, month, day) : undefined;
}

const TIME = /^\s*(\d+)\s*(?::\s*(\d+)\s*(?::\s*(\d+)\s*(?:\.\s*(\d*)\s*)?)?)?(?:([+-])\s*(\d+)\s*(?::\s*(\d+)\s*)?)?$/;

/** Milliseconds of the day: "12", "12:30", "12:30:05.123"; an offset such as "+02:00" is added. */
export function timeFromText(text: string): number | undefined {
  const match = TIME.exec(text);
  if (!match) return undefined;
  const [hour, minute, second] = [Number(match[1]), Number(match[2] ?? 0), Number(match[3] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const ms = Number((match[4] ?? "").slice(0, 3).padEnd(3, "0"));
  const offset = (Number(match[6] ?? 0) * 60 + Number(match[7] ?? 0)) * (match[5] === "-" ? -60_000 : 60_000);
  return (hour * 3600 + minute * 60 + second) * 1000 + ms + offset;
}

interface WallClock {
  readonly ms: number;
  readonly nanos: number;
}

const DATE_TIME = /^(\d{4}|\+\d{5,9})-(\d{1,2})-(\d{1,2})(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{0,9}))?)?$/;

/** "2024-5-1" or "2024-5-1 1:2:3.123456789". As java.time's "smart" reading has it, a day that a month has not is its last, and 24:00:00 the next day. */
export function dateTimeFromText(text: string): WallClock | undefined {
  const match = DATE_TIME.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((digits) => Number(digits ?? 0));
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31 || minute > 59 || second > 59) return undefined;
  const fraction = Number((match[7] ?? "").padEnd(9, "0"));
  if (hour > 23 && !(hour === 24 && minute === 0 && second === 0 && fraction === 0)) return undefined;
  const days = daysFromCivil(year, month, Math.min(day, daysInMonth(year, month)));
  const clock = (hour * 3600 + minute * 60 + second) * 1000 + Math.floor(fraction / NANOS_PER_MS);
  return { ms: days * DAY_MS + clock, nanos: fraction % NANOS_PER_MS };
}

const SQL_TIMESTAMP = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:\s+(\d+):(\d+):(\d+)(?:\.(\d{1,9}))?)?$/;

/** `java.sql.Timestamp.valueOf` and `java.sql.Date.valueOf`, which Flink's functions fall back to: days and hours beyond their range go on counting. */
export function sqlTimestampFromText(text: string, withTime: boolean): WallClock | undefined {
  const match = SQL_TIMESTAMP.exec(text.trim());
  if (!match || (match[4] !== undefined) !== withTime) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((digits) => Number(digits ?? 0));
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  const fraction = Number((match[7] ?? "").padEnd(9, "0"));
  const ms = daysFromCivil(year, month, day) * DAY_MS + (hour * 3600 + minute * 60 + second) * 1000 + Math.floor(fraction / NANOS_PER_MS);
  return { ms, nanos: fraction % NANOS_PER_MS };
}

const two = (number: number): string => (number < 10 ? `0${number}` : String(number));

export function dateText(days: number): string {
  const { year, month, day } = civilFromDays(days);
  const digits = String(Math.abs(year)).padStart(4, "0");
  return `${year < 0 ? "-" : ""}${digits}-${two(month)}-${two(day)}`;
}

/** All digits of the precision, as Flink prints them: "12:34:56.100" for TIME(3). */
export function timeText(ms: number, precision: number, nanos = 0): string {
  const seconds = Math.floor(ms / 1000);
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (precision === 0) return clock;
  return `${clock}.${String((ms % 1000) * NANOS_PER_MS + nanos)
    .padStart(9, "0")
    .slice(0, precision)}`;
}

export function timestampText(timestamp: Timestamp, precision: number): string {
  const ms = millisOf(timestamp);
  const days = Math.floor(ms / DAY_MS);
  return `${dateText(days)} ${timeText(ms - days * DAY_MS, precision, nanosOf(timestamp))}`;
}

/** `DateTimeFormatter.ISO_LOCAL_DATE_TIME`: with seconds, and as many digits of a fraction as there are. */
export function isoDateTimeText(timestamp: Timestamp): string {
  return `${timestampText(timestamp, 9)
    .replace(" ", "T")
    .replace(/\.?0+$/, "")}`.replace(/T(\d\d:\d\d):?$/, "T$1:00");
}

/** `LocalDateTime.toString()`: without seconds that are 0, and a fraction of three, six or nine digits. */
export function localDateTimeText(timestamp: Timestamp): string {
  const text = timestampText(timestamp, 9).replace(" ", "T");
  return text.replace(/(?:\.?000){1,3}$/, "").replace(/(T\d\d:\d\d):00$/, "$1");
}

/** "+1-02": years and months. */
export function monthsText(months: number): string {
  const count = Math.abs(months);
  return `${months < 0 ? "-" : "+"}${Math.floor(count / 12)}-${two(count % 12)}`;
}

/** "+1 02:03:04.005": days and time. */
export function spanText(ms: number): string {
  const span = Math.abs(ms);
  return `${ms < 0 ? "-" : "+"}${Math.floor(span / DAY_MS)} ${timeText(span % DAY_MS, 3)}`;
}
