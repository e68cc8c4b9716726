/**
 * Offsets of a time zone. `Intl` is slow (microseconds a question), so offsets are kept per quarter of an hour: the clocks of the world change at whole
 * quarters; where a quarter's two ends differ, the question is asked exactly.
 */

const SLOT_MS = 900_000;
/** About a year of quarters; event times stay together. */
const MAX_SLOTS = 40_000;

export interface TimeZone {
  /** Milliseconds to add to an instant to get its wall clock. */
  offsetAt(epochMs: number): number;
  /** The instant of a wall clock. As Java: in a gap the clock is moved on by the gap, in an overlap the earlier instant counts. */
  instantOf(wallMs: number): number;
}

const zones = new Map<string, TimeZone>();

/** Throws `RangeError` for a zone that nobody knows. */
export function timeZoneOf(name: string): TimeZone {
  let zone = zones.get(name);
  if (!zone) {
    zone = makeZone(name);
    if (zones.size > 1_000) zones.clear();
    zones.set(name, zone);
  }
  return zone;
}

export function isTimeZone(name: string): boolean {
  try {
    timeZoneOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Names of three letters that Java keeps from old times. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  ACT: "Australia/Darwin",
  AET: "Australia/Sydney",
  AGT: "America/Argentina/Buenos_Aires",
  ART: "Africa/Cairo",
  AST: "America/Anchorage",
  BET: "America/Sao_Paulo",
  BST: "Asia/Dhaka",
  CAT: "Africa/Harare",
  CNT: "America/St_Johns",
  CST: "America/Chicago",
  CTT: "Asia/Shanghai",
  EAT: "Africa/Addis_Ababa",
  ECT: "Europe/Paris",
  IET: "America/Indiana/Indianapolis",
  IST: "Asia/Kolkata",
  JST: "Asia/Tokyo",
  MIT: "Pacific/Apia",
  NET: "Asia/Yerevan",
  NST: "Pacific/Auckland",
  PLT: "Asia/Karachi",
  PNT: "America/Phoenix",
  PRT: "America/Puerto_Rico",
  PST: "America/Los_Angeles",
  SST: "Pacific/Guadalcanal",
  VST: "Asia/Ho_Chi_Minh",
};

/** `TimeZone.getTimeZone`: a name that is none is UTC, and offsets need GMT before them. */
export function javaTimeZone(name: string): TimeZone {
  if (Object.hasOwn(OLD_NAMES, name)) return timeZoneOf(OLD_NAMES[name] as string);
  const isOffset = /^(?:[+-]|UTC?[+-])/.test(name);
  return !isOffset && isTimeZone(name) ? timeZoneOf(name) : timeZoneOf("UTC");
}

const FIXED = /^(?:GMT|UTC|UT)?([+-])(\d{1,2})(?::?(\d{2}))?$/;

function makeZone(name: string): TimeZone {
  const fixed = FIXED.exec(name);
  if (fixed) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3] ?? 0);
    return fixedZone((fixed[1] === "-" ? -minutes : minutes) * 60_000);
  }
  if (/^(?:UTC|GMT|UT|Z|Etc\/UTC|Etc\/GMT)$/.test(name)) return fixedZone(0);
  const ask = asker(name);
  const slots = new Map<number, number>();
  let lastSlot = Number.NaN;
  let lastOffset = 0;
  const offsetAt = (epochMs: number): number => {
    const slot = Math.floor(epochMs / SLOT_MS);
    if (slot === lastSlot) return lastOffset;
    let offset = slots.get(slot);
    if (offset === undefined) {
      offset = ask(slot * SLOT_MS);
      if (ask((slot + 1) * SLOT_MS - 1) !== offset) return ask(epochMs);
      if (slots.size >= MAX_SLOTS) slots.clear();
      slots.set(slot, offset);
    }
    lastSlot = slot;
    lastOffset = offset;
    return offset;
  };
  return { offsetAt, instantOf: (wallMs) => instantOf(wallMs, offsetAt) };
}

function fixedZone(offset: number): TimeZone {
  return { offsetAt: () => offset, instantOf: (wallMs) => wallMs - offset };
}

/** A day is more than any zone's offset changes by, and less than lies between two changes. */
const DAY_MS = 86_400_000;

function instantOf(wallMs: number, offsetAt: (epochMs: number) => number): number {
  const before = offsetAt(wallMs - DAY_MS);
  const after = offsetAt(wallMs + DAY_MS);
  const early = wallMs - before;
  if (before === after || offsetAt(early) === before) return early;
  const late = wallMs - after;
  // Neither fits: the wall clock was skipped, and counting on with the old offset moves it by the gap.
  return offsetAt(late) === after ? late : early;
}

function asker(timeZone: string): (epochMs: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (epochMs) => {
    if (Math.abs(epochMs) > 8.64e15) return 0;
    const parts: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(epochMs)) parts[type] = value;
    const number = (name: string) => Number(parts[name]);
    const year = parts.era?.startsWith("B") ? 1 - number("year") : number("year");
    const wall = new Date(0);
    wall.setUTCFullYear(year, number("month") - 1, number("day"));
    wall.setUTCHours(number("hour"), number("minute"), number("second"));
    return wall.getTime() - Math.floor(epochMs / 1000) * 1000;
  };
}
