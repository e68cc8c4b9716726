/**
 * Dates and times as Flink's JSON and CSV formats write them with the 'SQL' standard: "2020-12-18", "12:13:14.5", "2020-12-18 12:13:14.123" and, for
 * TIMESTAMP_LTZ, a "Z" behind it. Reading also takes ISO 8601's "T", and an offset for TIMESTAMP_LTZ. Flink: `org.apache.flink.formats.common.TimeFormats`.
 */

const ZONED = /^(.*?)(Z|[+-]\d{2}:\d{2})$/;

const DAY_MS = 86_400_000;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DASH = 0x2d;
const COLON = 0x3a;
const POINT = 0x2e;

/** The number that `count` digits from `at` on say; NaN where one is none. */
function digits(text: string, at: number, count: number): number {
  let number = 0;
  for (let i = at; i < at + count; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

/** Days since 1970-01-01. */
export function dateFromText(text: string): number | undefined {
  return text.length === 10 ? dateAt(text) : undefined;
}

/** The date that the text begins with. */
function dateAt(text: string): number | undefined {
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)];
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH || Number.isNaN(year) || !(month >= 1 && month <= 12)) return undefined;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = (DAYS_IN_MONTH[month - 1] as number) + (isLeap && month === 2 ? 1 : 0);
  return day >= 1 && day <= last ? daysOf(year, month, day) : undefined;
}

/** Years of the proleptic Gregorian calendar begin with March here, so that the day that some have more is their last. */
function daysOf(year: number, month: number, day: number): number {
  const years = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return years * 365 + Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400) + dayOfYear - DAYS_TO_1970;
}

/** From 1 March of the year 0. */
const DAYS_TO_1970 = 719_468;

/** Milliseconds of the day and what nanoseconds are left, of the time that begins at `at` and goes on to the end. */
function clockFromText(text: string, at: number): { ms: number; nanos: number } | undefined {
  const [hours, minutes, seconds] = [digits(text, at, 2), digits(text, at + 3, 2), digits(text, at + 6, 2)];
  if (text.charCodeAt(at + 2) !== COLON || text.charCodeAt(at + 5) !== COLON) return undefined;
  if (!(hours <= 23 && minutes <= 59 && seconds <= 59)) return undefined;
  const whole = (hours * 3600 + minutes * 60 + seconds) * 1000;
  const count = text.length - at - 9;
  if (count === -1) return { ms: whole, nanos: 0 };
  if (count < 1 || count > 9 || text.charCodeAt(at + 8) !== POINT) return undefined;
  const fraction = digits(text, at + 9, count) * 10 ** (9 - count);
  return Number.isNaN(fraction) ? undefined : { ms: whole + Math.floor(fraction / 1e6), nanos: fraction % 1e6 };
}

/** Milliseconds of the day. */
export function timeFromText(text: string): number | undefined {
  return clockFromText(text, 0)?.ms;
}

/** As rows hold a TIMESTAMP of the precision: milliseconds, above 3 nanoseconds; digits beyond the precision are cut off. */
export function timestampFromText(text: string, precision: number): number | bigint | undefined {
  if (text.length < 19 || (text[10] !== " " && text[10] !== "T")) return undefined;
  const days = dateAt(text);
  const clock = clockFromText(text, 11);
  if (days === undefined || clock === undefined) return undefined;
  const ms = days * DAY_MS + clock.ms;
  if (precision <= 3) {
    const step = 10 ** (3 - precision);
    return Math.floor(ms / step) * step;
  }
  const step = 10 ** (9 - precision);
  return BigInt(ms) * 1_000_000n + BigInt(Math.floor(clock.nanos / step) * step);
}

/** An instant; without "Z" or an offset it is none. */
export function instantFromText(text: string, precision: number): number | bigint | undefined {
  const match = ZONED.exec(text);
  if (!match) return undefined;
  const [, local = "", zone = "Z"] = match;
  const timestamp = timestampFromText(local, precision);
  if (timestamp === undefined || zone === "Z") return timestamp;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  const offsetMs = (zone[0] === "-" ? -minutes : minutes) * 60_000;
  return typeof timestamp === "bigint" ? timestamp - BigInt(offsetMs) * 1_000_000n : timestamp - offsetMs;
}

export function dateToText(days: number): string {
  return new Date(days * DAY_MS).toISOString().slice(0, -14);
}

export function timeToText(ms: number): string {
  return clockToText(ms, 0);
}

export function timestampToText(timestamp: number | bigint): string {
  const [ms, nanos] =
    typeof timestamp === "bigint"
      ? [Number(floorDiv(timestamp, 1_000_000n)), Number(timestamp - floorDiv(timestamp, 1_000_000n) * 1_000_000n)]
      : [timestamp, 0];
  const days = Math.floor(ms / DAY_MS);
  return `${dateToText(days)} ${clockToText(ms - days * DAY_MS, nanos)}`;
}

/** Only the digits of the fraction that say something. */
function clockToText(ms: number, nanos: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (number: number) => String(number).padStart(2, "0");
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const fraction = (ms % 1000) * 1e6 + nanos;
  return fraction === 0 ? clock : `${clock}.${String(fraction).padStart(9, "0").replace(/0+$/, "")}`;
}

function floorDiv(a: bigint, b: bigint): bigint {
  return a / b - (a % b < 0n ? 1n : 0n);
}
