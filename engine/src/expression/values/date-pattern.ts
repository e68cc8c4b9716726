/** Java's patterns of dates and times ("yyyy-MM-dd HH:mm:ss.SSS"), as SimpleDateFormat and DateTimeFormatter agree on them. Names are English. */

import { extract } from "./calendar.ts";
import { civilFromDays, DAY_MS, daysFromCivil, daysInMonth } from "./date-time.ts";

const MONTHS = "January February March April May June July August September October November December".split(" ");
const WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

type Part = { readonly literal: string } | { readonly letter: string; readonly count: number };

export interface DatePattern {
  /** A wall clock in text; `offsetMs` is the zone's, for patterns that show it. */
  format(wallMs: number, nanos: number, offsetMs: number): string;
  /** The wall clock of a text (or the instant, when the text names an offset); undefined when it does not fit. */
  parse(text: string): ParsedTime | undefined;
}
export interface ParsedTime {
  readonly ms: number;
  readonly nanos: number;
  readonly offsetMs: number | undefined;
}

const LETTERS = "GyuMLdDHhkKmsSnaEXxZwWFe";

/** Undefined when the pattern has a letter that means nothing. */
export function datePattern(pattern: string): DatePattern | undefined {
  const parts = partsOf(pattern);
  if (!parts) return undefined;
  const format: DatePattern["format"] = (wallMs, nanos, offsetMs) =>
    parts.map((part) => ("literal" in part ? part.literal : formatPart(part.letter, part.count, wallMs, nanos, offsetMs))).join("");
  const isOfDays = parts.every((part) => "literal" in part || DAY_LETTERS.includes(part.letter));
  return { format: isOfDays ? oncePerDay(format) : format, parse: (text) => parse(parts, text) };
}

/** Letters whose text is the same all day long. */
const DAY_LETTERS = "GyuMLdDEewWF";

/** Rows of a stream are mostly of the same day: its text is made once. */
function oncePerDay(format: DatePattern["format"]): DatePattern["format"] {
  let lastDay = Number.NaN;
  let lastText = "";
  return (wallMs, nanos, offsetMs) => {
    const day = Math.floor(wallMs / DAY_MS);
    if (day !== lastDay) {
      lastText = format(wallMs, nanos, offsetMs);
      lastDay = day;
    }
    return lastText;
  };
}

function partsOf(pattern: string): Part[] | undefined {
  const parts: Part[] = [];
  for (const [whole, quoted, letters] of pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[\s\S]/g)) {
    if (quoted !== undefined) parts.push({ literal: quoted === "" ? "'" : quoted.replaceAll("''", "'") });
    else if (letters === undefined) {
      if (whole === "'") return undefined;
      parts.push({ literal: whole });
    } else if (LETTERS.includes(letters)) parts.push({ letter: letters, count: whole.length });
    else return undefined;
  }
  return parts;
}

const padded = (number: number, count: number): string => (number < 0 ? "-" : "") + String(Math.abs(number)).padStart(count, "0");

function formatPart(letter: string, count: number, wallMs: number, nanos: number, offsetMs: number): string {
  const of = (unit: Parameters<typeof extract>[0]) => extract(unit, wallMs, nanos);
  switch (letter) {
    case "G":
      return of("YEAR") > 0 ? "AD" : "BC";
    case "y":
    case "u":
      return count === 2 ? padded(((of("YEAR") % 100) + 100) % 100, 2) : padded(of("YEAR"), count);
    case "M":
    case "L": {
      const name = MONTHS[of("MONTH") - 1] as string;
      return count >= 4 ? name : count === 3 ? name.slice(0, 3) : padded(of("MONTH"), count);
    }
    case "E": {
      const name = WEEKDAYS[of("DOW") - 1] as string;
      return count >= 4 ? name : name.slice(0, 3);
    }
    case "e":
      return padded(of("DOW"), count);
    case "F":
      return padded(Math.ceil(of("DAY") / 7), count);
    case "w":
      return padded(of("WEEK"), count);
    case "W":
      return padded(Math.ceil((of("DAY") + ((((of("DOW") - of("DAY")) % 7) + 7) % 7)) / 7), count);
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
      return padded(of("NANOSECOND"), 9).slice(0, count).padEnd(count, "0");
    case "n":
      return padded(of("NANOSECOND"), count);
    case "a":
      return of("HOUR") < 12 ? "AM" : "PM";
    default:
      return offsetText(letter, count, offsetMs);
  }
}

function offsetText(letter: string, count: number, offsetMs: number): string {
  if (letter === "X" && offsetMs === 0) return "Z";
  const minutes = Math.abs(Math.round(offsetMs / 60_000));
  const [hour, minute] = [padded(Math.floor(minutes / 60), 2), padded(minutes % 60, 2)];
  const sign = offsetMs < 0 ? "-" : "+";
  if (letter !== "Z" && count === 1 && minute === "00") return sign + hour;
  return letter !== "Z" && count >= 3 ? `${sign}${hour}:${minute}` : sign + hour + minute;
}

/** What a text said of each field. */
type Read = Record<string, number>;

function parse(parts: readonly Part[], text: string): ParsedTime | undefined {
  const read: Read = {};
  let at = 0;
  for (const [i, part] of parts.entries()) {
    if ("literal" in part) {
      if (!text.startsWith(part.literal, at)) return undefined;
      at += part.literal.length;
      continue;
    }
    const next = parts[i + 1];
    // Digits that touch the next number end where their letters end; others go on.
    const isGlued = next !== undefined && !("literal" in next) && !"aEGXxZ".includes(next.letter);
    const taken = readPart(part, text, at, isGlued, read);
    if (taken === undefined) return undefined;
    at += taken;
  }
  // Digits of a fraction that the pattern has no letters for are cut off, as Flink does.
  const rest = text.slice(at);
  if (rest !== "" && !(read.S !== undefined && /^\d+$/.test(rest))) return undefined;
  return assemble(read);
}

function readPart(part: { letter: string; count: number }, text: string, at: number, isGlued: boolean, read: Read): number | undefined {
  const { letter, count } = part;
  const rest = text.slice(at, at + 40);
  if (letter === "a") return readWord(["AM", "PM"], rest, 2, "a", read);
  if (letter === "G") return readWord(["BC", "AD"], rest, 2, "G", read);
  if ((letter === "M" || letter === "L") && count >= 3) {
    const length = readWord(MONTHS, rest, count === 3 ? 3 : undefined, "M", read);
    if (length !== undefined) read.M = (read.M as number) + 1;
    return length;
  }
  if (letter === "E") return readWord(WEEKDAYS, rest, count >= 4 ? undefined : 3, "E", read);
  if (letter === "X" || letter === "x" || letter === "Z") return readOffset(rest, read);
  const longest = isGlued || letter === "S" ? count : 9;
  const digits = new RegExp(`^[+-]?\\d{1,${longest}}`).exec(rest)?.[0];
  if (digits === undefined || (isGlued && digits.length < count)) return undefined;
  if (letter === "S") read.S = Number(digits.slice(0, 9).padEnd(9, "0"));
  else if ((letter === "y" || letter === "u") && count === 2 && digits.length === 2)
    read.y = Number(digits) + (Number(digits) < 70 ? 2000 : 1900);
  else read[letter === "u" ? "y" : letter === "L" ? "M" : letter] = Number(digits);
  return digits.length;
}

function readWord(words: readonly string[], text: string, length: number | undefined, name: string, read: Read): number | undefined {
  const index = words.findIndex((word) => text.toLowerCase().startsWith(word.slice(0, length).toLowerCase()));
  if (index === -1) return undefined;
  read[name] = index;
  return (words[index] as string).slice(0, length).length;
}

function readOffset(text: string, read: Read): number | undefined {
  const match = /^(?:Z|([+-])(\d{2}):?(\d{2})?)/.exec(text);
  if (!match) return undefined;
  const minutes = Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
  read.X = (match[1] === "-" ? -minutes : minutes) * 60_000;
  return match[0].length;
}

function assemble(read: Read): ParsedTime | undefined {
  const hour12 = read.h ?? read.K;
  const hour = read.H ?? (read.k === undefined ? (hour12 === undefined ? 0 : (hour12 % 12) + 12 * (read.a ?? 0)) : read.k % 24);
  const [minute, second] = [read.m ?? 0, read.s ?? 0];
  const fraction = read.S ?? read.n ?? 0;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const days = daysOf(read);
  if (days === undefined) return undefined;
  const ms = days * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1_000 + Math.floor(fraction / 1_000_000);
  return { ms, nanos: fraction % 1_000_000, offsetMs: read.X };
}

function daysOf(read: Read): number | undefined {
  const year = read.y ?? 1970;
  if (read.D !== undefined) {
    const days = daysFromCivil(year, 1, 1) + read.D - 1;
    return read.D >= 1 && civilFromDays(days).year === year ? days : undefined;
  }
  const [month, day] = [read.M ?? 1, read.d ?? 1];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month) ? daysFromCivil(year, month, day) : undefined;
}
