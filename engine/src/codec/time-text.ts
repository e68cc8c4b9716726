/**
 * Dates and times as Flink's JSON and CSV formats write them with the 'SQL' standard: "2020-12-18", "12:13:14.5", "2020-12-18 12:13:14.123" and, for
 * TIMESTAMP_LTZ, a "Z" behind it. Reading also takes ISO 8601's "T", and an offset for TIMESTAMP_LTZ. Flink: `org.apache.flink.formats.common.TimeFormats`.
 */

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?$/;
const ZONED = /^(.*?)(Z|[+-]\d{2}:\d{2})$/;

const DAY_MS = 86_400_000;

/** Days since 1970-01-01. */
export function dateFromText(text: string): number | undefined {
  const match = DATE.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() / DAY_MS : undefined;
}

/** Milliseconds of the day and what nanoseconds are left. */
function clockFromText(text: string): { ms: number; nanos: number } | undefined {
  const match = TIME.exec(text);
  if (!match) return undefined;
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const fraction = Number((match[4] ?? "").padEnd(9, "0"));
  return { ms: (hours * 3600 + minutes * 60 + seconds) * 1000 + Math.floor(fraction / 1e6), nanos: fraction % 1e6 };
}

/** Milliseconds of the day. */
export function timeFromText(text: string): number | undefined {
  return clockFromText(text)?.ms;
}

/** As rows hold a TIMESTAMP of the precision: milliseconds, above 3 nanoseconds; digits beyond the precision are cut off. */
export function timestampFromText(text: string, precision: number): number | bigint | undefined {
  if (text.length < 19 || (text[10] !== " " && text[10] !== "T")) return undefined;
  const days = dateFromText(text.slice(0, 10));
  const clock = clockFromText(text.slice(11));
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
