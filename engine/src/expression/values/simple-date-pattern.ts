/**
 * Patterns of `java.text.SimpleDateFormat`, which FROM_UNIXTIME, UNIX_TIMESTAMP, TO_DATE, CONVERT_TZ and DATE_FORMAT of texts use. It reads leniently: the beginning
 * of a text is enough, and months, days and hours beyond their range go on counting.
 */
import { extract } from "./calendar.ts";
import { MONTHS, oncePerDay, type PatternPart, padded, partsOf, usWeek, usWeekOfMonth, WEEKDAYS } from "./date-names.ts";
import { DAY_MS, daysFromCivil } from "./date-time.ts";
import type { TimeZone } from "./time-zone.ts";

export interface SimpleDatePattern {
  format(instant: number, zone: TimeZone): string;
  /** The instant of a text, in the zone unless it names another; undefined when it does not fit. */
  parse(text: string, zone: TimeZone): number | undefined;
}

const LETTERS = "GyYMLwWDdFEuaHkKhmsSzZX";
const DAY_LETTERS = "GyYMLwWDdFEu";

/** Undefined when the pattern has a letter that means nothing. */
export function simpleDatePattern(pattern: string): SimpleDatePattern | undefined {
  const parts = partsOf(pattern, LETTERS);
  if (!parts) return undefined;
  const write = (wallMs: number, offsetMs: number) =>
    parts.map((part) => ("literal" in part ? part.literal : formatPart(part.letter, part.count, wallMs, offsetMs))).join("");
  const isOfDays = parts.every((part) => "literal" in part || DAY_LETTERS.includes(part.letter));
  const dayText = oncePerDay((wallMs) => write(wallMs, 0));
  return {
    format: (instant, zone) => {
      const offset = zone.offsetAt(instant);
      return isOfDays ? dayText(instant + offset, 0) : write(instant + offset, offset);
    },
    parse: (text, zone) => parseParts(parts, text, zone),
  };
}

function formatPart(letter: string, count: number, wallMs: number, offsetMs: number): string {
  const of = (unit: Parameters<typeof extract>[0]) => extract(unit, wallMs, 0);
  switch (letter) {
    case "G":
      return of("YEAR") > 0 ? "AD" : "BC";
    case "y":
    case "Y": {
      const year = letter === "Y" ? usWeek(wallMs).year : of("YEAR") > 0 ? of("YEAR") : 1 - of("YEAR");
      return count === 2 ? padded(year % 100, 2) : padded(year, count);
    }
    case "M":
    case "L": {
      const name = MONTHS[of("MONTH") - 1] as string;
      return count >= 4 ? name : count === 3 ? name.slice(0, 3) : padded(of("MONTH"), count);
    }
    case "E": {
      const name = WEEKDAYS[of("DOW") - 1] as string;
      return count >= 4 ? name : name.slice(0, 3);
    }
    case "u":
      return padded(of("ISODOW"), count);
    case "w":
      return padded(usWeek(wallMs).week, count);
    case "W":
      return padded(usWeekOfMonth(wallMs), count);
    case "F":
      return padded(Math.ceil(of("DAY") / 7), count);
    case "d":
      return padded(of("DAY"), count);
    case "D":
      return padded(of("DOY"), count);
    case "H":
      return padded(of("HOUR"), count);
    case "k":
      return padded(of("HOUR") || 24, count);
    case "K":
      return padded(of("HOUR") % 12, count);
    case "h":
      return padded(of("HOUR") % 12 || 12, count);
    case "m":
      return padded(of("MINUTE"), count);
    case "s":
      return padded(of("SECOND"), count);
    case "S":
      return padded(of("MILLISECOND"), count);
    case "a":
      return of("HOUR") < 12 ? "AM" : "PM";
    default:
      return offsetText(letter, count, offsetMs);
  }
}

/** Zones are shown by their offset: their names are a matter of the host's tables. */
function offsetText(letter: string, count: number, offsetMs: number): string {
  const minutes = Math.abs(Math.round(offsetMs / 60_000));
  const [hour, minute] = [padded(Math.floor(minutes / 60), 2), padded(minutes % 60, 2)];
  const sign = offsetMs < 0 ? "-" : "+";
  if (letter === "z") return offsetMs === 0 ? "UTC" : `GMT${sign}${hour}:${minute}`;
  if (letter === "X" && offsetMs === 0) return "Z";
  if (letter === "X" && count === 1) return sign + hour;
  return letter === "X" && count === 3 ? `${sign}${hour}:${minute}` : sign + hour + minute;
}

type Read = Record<string, number>;

function parseParts(parts: readonly PatternPart[], text: string, zone: TimeZone): number | undefined {
  const read: Read = {};
  let at = 0;
  for (const [i, part] of parts.entries()) {
    if ("literal" in part) {
      if (!text.startsWith(part.literal, at)) return undefined;
      at += part.literal.length;
      continue;
    }
    const space = /^[ \t]*/.exec(text.slice(at))?.[0].length ?? 0;
    const next = parts[i + 1];
    // Numbers that touch each other have as many digits as their letters.
    const isGlued = next !== undefined && !("literal" in next);
    const taken = readPart(part, text.slice(at + space), isGlued, read);
    if (taken === undefined) return undefined;
    at += space + taken;
  }
  return instantOf(read, zone);
}

function readPart({ letter, count }: { letter: string; count: number }, text: string, isGlued: boolean, read: Read): number | undefined {
  switch (letter) {
    case "a":
      return readWord(["AM", "PM"], text, "a", read);
    case "G":
      return readWord(["BC", "AD"], text, "G", read);
    case "E":
      return readName(WEEKDAYS, text, "E", read);
    case "M":
    case "L":
      if (count < 3) break;
      return readName(MONTHS, text, "M", read, 1) ?? readNumber("M", text, isGlued ? count : undefined, read);
    case "z":
    case "Z":
    case "X":
      return readOffset(text, letter, read);
    default:
  }
  const taken = readNumber(letter === "L" ? "M" : letter === "Y" ? "y" : letter, text, isGlued ? count : undefined, read);
  // Two digits for a year mean one from 80 years ago until 20 years from now.
  if (taken === 2 && letter === "y" && count <= 2 && /^\d\d/.test(text))
    read.y = (read.y as number) + ((read.y as number) > 45 ? 1900 : 2000);
  return taken;
}

function readNumber(name: string, text: string, width: number | undefined, read: Read): number | undefined {
  const digits = /^-?\d{1,15}/.exec(width === undefined ? text : text.slice(0, width))?.[0];
  if (digits !== undefined) read[name] = Number(digits) + 0;
  return digits?.length;
}

function readName(names: readonly string[], text: string, name: string, read: Read, offset = 0): number | undefined {
  return (
    readWord(names, text, name, read, offset) ??
    readWord(
      names.map((one) => one.slice(0, 3)),
      text,
      name,
      read,
      offset,
    )
  );
}

function readWord(words: readonly string[], text: string, name: string, read: Read, offset = 0): number | undefined {
  const index = words.findIndex((word) => text.slice(0, word.length).toLowerCase() === word.toLowerCase());
  if (index === -1) return undefined;
  read[name] = index + offset;
  return (words[index] as string).length;
}

function readOffset(text: string, letter: string, read: Read): number | undefined {
  const match = letter === "X" ? /^(?:Z|([+-])(\d\d)(?::?(\d\d))?)/.exec(text) : /^(?:GMT|UTC)?(?:([+-])(\d\d?):?(\d\d)?)?/i.exec(text);
  if (!match || match[0] === "") return undefined;
  const minutes = Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
  read.X = (match[1] === "-" ? -minutes : minutes) * 60_000;
  return match[0].length;
}

function instantOf(read: Read, zone: TimeZone): number {
  const hour12 = (read.h === undefined ? (read.K ?? 0) : read.h % 12) + 12 * (read.a ?? 0);
  const hour = read.H ?? (read.k === undefined ? hour12 : read.k % 24);
  const clock = ((hour * 60 + (read.m ?? 0)) * 60 + (read.s ?? 0)) * 1_000 + (read.S ?? 0);
  const wall = daysOf(read) * DAY_MS + clock;
  return read.X === undefined ? zone.instantOf(wall) : wall - read.X;
}

function daysOf(read: Read): number {
  const year = read.G === 0 ? 1 - (read.y ?? 1970) : (read.y ?? 1970);
  if (read.D !== undefined && read.M === undefined) return daysFromCivil(year, 1, 1) + read.D - 1;
  const months = year * 12 + (read.M ?? 1) - 1;
  const first = daysFromCivil(Math.floor(months / 12), (((months % 12) + 12) % 12) + 1, 1);
  return first + (read.d ?? 1) - 1;
}
