/**
 * Patterns of `java.time.format.DateTimeFormatter`, which DATE_FORMAT of times and TO_TIMESTAMP use: read from the whole text, exactly, and resolved the "smart"
 * way (a day that a month has not is its last). `simple-date-pattern.ts` has the other kind.
 */
import { extract } from "./calendar.ts";
import { MONTHS, oncePerDay, type PatternPart, padded, partsOf, usWeek, usWeekOfMonth, WEEKDAYS } from "./date-names.ts";
import { DAY_MS, daysFromCivil, daysInMonth } from "./date-time.ts";

export interface DatePattern {
  /** A wall clock in text; undefined for what a wall clock does not have, such as an offset. */
  format(wallMs: number, nanos: number): string | undefined;
  /** The wall clock of a text; undefined when it does not fit. */
  parse(text: string): ParsedTime | undefined;
}
export interface ParsedTime {
  readonly ms: number;
  readonly nanos: number;
}

const LETTERS = "GyuMLQqdDHhkKmsSnNAaEecxXZzvVOYwWF";
/** Letters that a pattern may have only so many of. */
const MOST: Readonly<Record<string, number>> = {
  D: 3,
  d: 2,
  H: 2,
  h: 2,
  k: 2,
  K: 2,
  m: 2,
  s: 2,
  w: 2,
  W: 1,
  F: 1,
  a: 1,
  S: 9,
  M: 5,
  L: 5,
  Q: 5,
  q: 5,
  E: 5,
  e: 5,
  c: 5,
  G: 5,
};
/** Letters that come in certain numbers only. */
const COUNTS: Readonly<Record<string, readonly number[]>> = {
  v: [1, 4],
  O: [1, 4],
  V: [2],
  z: [1, 2, 3, 4],
  x: [1, 2, 3, 4, 5],
  X: [1, 2, 3, 4, 5],
  Z: [1, 2, 3, 4, 5],
};
/** Letters of offsets and zones. */
const ZONED = "xXZzvVO";
/** Letters whose text is the same all day long. */
const DAY_LETTERS = "GyuMLQqdDEecYwWF";

/** Undefined when the pattern has a letter that means nothing, or too many of one. */
export function datePattern(pattern: string): DatePattern | undefined {
  const all = partsOf(pattern, LETTERS);
  const nested = all && nestedParts(all);
  if (!nested || !all.every(isInNumber)) return undefined;
  const parse = (text: string) => parseNested(nested, text);
  // A wall clock has all fields, so that nothing is left out.
  const parts = all.filter((part) => !isBare(part, "[") && !isBare(part, "]"));
  if (parts.some((part) => !("literal" in part) && ZONED.includes(part.letter))) return { format: () => undefined, parse };
  const format = (wallMs: number, nanos: number) =>
    parts.map((part) => ("literal" in part ? part.literal : formatPart(part.letter, part.count, wallMs, nanos))).join("");
  const isOfDays = parts.every((part) => "literal" in part || DAY_LETTERS.includes(part.letter));
  return { format: isOfDays ? oncePerDay(format) : format, parse };
}

/** "May", "May", "M" for three, four and five letters. */
function named(name: string, count: number): string {
  return count >= 5 ? name.slice(0, 1) : count === 4 ? name : name.slice(0, 3);
}

function yearText(year: number, count: number): string {
  if (count === 2) return padded(((year % 100) + 100) % 100, 2);
  return (count >= 4 && year >= 10 ** count ? "+" : "") + padded(year, count);
}

function formatPart(letter: string, count: number, wallMs: number, nanos: number): string {
  const of = (unit: Parameters<typeof extract>[0]) => extract(unit, wallMs, nanos);
  switch (letter) {
    case "G":
      return of("YEAR") > 0
        ? count === 4
          ? "Anno Domini"
          : count === 5
            ? "A"
            : "AD"
        : count === 4
          ? "Before Christ"
          : count === 5
            ? "B"
            : "BC";
    case "u":
      return yearText(of("YEAR"), count);
    case "y":
      return yearText(of("YEAR") > 0 ? of("YEAR") : 1 - of("YEAR"), count);
    case "Y":
      return yearText(usWeek(wallMs).year, count);
    case "M":
    case "L":
      return count >= 3 ? named(MONTHS[of("MONTH") - 1] as string, count) : padded(of("MONTH"), count);
    case "Q":
    case "q": {
      const quarter = of("QUARTER");
      const ordinal = ["1st", "2nd", "3rd", "4th"][quarter - 1];
      return count < 3 ? padded(quarter, count) : count === 3 ? `Q${quarter}` : count === 4 ? `${ordinal} quarter` : String(quarter);
    }
    case "E":
      return named(WEEKDAYS[of("DOW") - 1] as string, Math.max(count, 3));
    case "e":
    case "c":
      return count >= 3 ? named(WEEKDAYS[of("DOW") - 1] as string, count) : padded(of("DOW"), count);
    case "F":
      return String(((of("DAY") - 1) % 7) + 1);
    case "w":
      return padded(usWeek(wallMs).week, count);
    case "W":
      return String(usWeekOfMonth(wallMs));
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
      return padded(of("NANOSECOND"), 9).slice(0, count);
    case "n":
      return padded(of("NANOSECOND"), count);
    case "A":
      return padded(((wallMs % DAY_MS) + DAY_MS) % DAY_MS, count);
    case "N":
      return (BigInt(((wallMs % DAY_MS) + DAY_MS) % DAY_MS) * 1_000_000n + BigInt(nanos)).toString().padStart(count, "0");
    default:
      return of("HOUR") < 12 ? "AM" : "PM";
  }
}

/** What a text said of each field, by its letter. */
type Read = Record<string, number>;

function isInNumber(part: PatternPart): boolean {
  if ("literal" in part) return true;
  return COUNTS[part.letter]?.includes(part.count) ?? part.count <= (MOST[part.letter] ?? 19);
}

/** Parts between brackets may be missing from a text. */
type Nested = PatternPart | { readonly optional: readonly Nested[] };

function isBare(part: PatternPart, symbols: string): boolean {
  return "literal" in part && part.bare === true && symbols.includes(part.literal);
}

/** Undefined for a bracket that closes nothing, and for symbols that Java reserves. One that is not closed ends with the pattern. */
function nestedParts(parts: readonly PatternPart[]): readonly Nested[] | undefined {
  const open: Nested[][] = [[]];
  for (const part of parts) {
    if (isBare(part, "{}#")) return undefined;
    if (isBare(part, "[")) {
      const optional: Nested[] = [];
      open.at(-1)?.push({ optional });
      open.push(optional);
    } else if (!isBare(part, "]")) open.at(-1)?.push(part);
    else if (open.length === 1) return undefined;
    else open.pop();
  }
  return open[0];
}

function parseNested(parts: readonly Nested[], text: string): ParsedTime | undefined {
  const read: Read = {};
  return parseParts(parts, text, 0, read) === text.length ? resolved(read) : undefined;
}

/** Where the parts end in the text; undefined when they do not fit. */
function parseParts(parts: readonly Nested[], text: string, start: number, read: Read): number | undefined {
  let at = start;
  for (const [i, part] of parts.entries()) {
    if ("optional" in part) {
      const tried: Read = { ...read };
      const end = parseParts(part.optional, text, at, tried);
      if (end === undefined) continue;
      at = end;
      Object.assign(read, tried);
    } else if ("literal" in part) {
      if (!text.startsWith(part.literal, at)) return undefined;
      at += part.literal.length;
    } else {
      const taken = readPart(part, text.slice(at), reservedAfter(parts, i), read);
      if (taken === undefined) return undefined;
      at += taken;
    }
  }
  return at;
}

function isNumeric(part: Nested | undefined): part is { letter: string; count: number } {
  if (part === undefined || "literal" in part || "optional" in part) return false;
  return "ML".includes(part.letter) ? part.count < 3 : "yudDHhkKmsSnNAF".includes(part.letter);
}

/** Digits that numbers of fixed width need which touch this one: it must not take them. */
function reservedAfter(parts: readonly Nested[], index: number): number {
  let reserved = 0;
  for (let i = index + 1; isNumeric(parts[i]); i++) reserved += (parts[i] as { count: number }).count;
  return reserved;
}

/** How many characters the part takes; undefined when it does not fit. */
function readPart({ letter, count }: { letter: string; count: number }, text: string, reserved: number, read: Read): number | undefined {
  switch (letter) {
    case "a":
      return readWord(["AM", "PM"], text, "a", read);
    case "G":
      return readWord(["BC", "AD"], text, "G", read);
    case "E":
      return readWord(count >= 4 ? WEEKDAYS : WEEKDAYS.map((name) => name.slice(0, 3)), text, "E", read);
    case "M":
    case "L":
      if (count < 3) break;
      return readWord(count >= 4 ? MONTHS : MONTHS.map((name) => name.slice(0, 3)), text, "M", read, 1);
    case "S": {
      const digits = new RegExp(`^\\d{${count}}`).exec(text)?.[0];
      if (digits !== undefined) read.S = Number(digits.padEnd(9, "0"));
      return digits?.length;
    }
    default:
  }
  const isYear = letter === "y" || letter === "u";
  const isFixed = count === 2 || (!isYear && count > 1);
  const digits = (isFixed ? new RegExp(`^\\d{${count}}`) : /^[+-]?\d{1,19}/).exec(text)?.[0];
  if (digits === undefined) return undefined;
  return take(letter, count, isFixed ? digits : unreserved(digits, reserved, isYear ? count : 1), read);
}

/** Leaves the digits that what follows needs. */
function unreserved(digits: string, reserved: number, least: number): string {
  const sign = /^[+-]/.test(digits) ? 1 : 0;
  return digits.slice(0, Math.max(sign + least, digits.length - reserved));
}

function take(letter: string, count: number, digits: string, read: Read): number | undefined {
  const number = Number(digits);
  if (letter === "y" || letter === "u") {
    const width = digits.replace(/^[+-]/, "").length;
    // Beyond its width a year shows its sign; within it has none.
    const needsSign = count >= 4 && width > count;
    if (count !== 2 && (width < count || needsSign !== digits.startsWith("+") || (letter === "y" && digits.startsWith("-"))))
      return undefined;
    read.y = count === 2 ? 2000 + number : number;
  } else read[letter === "L" ? "M" : letter] = number;
  return digits.length;
}

function readWord(words: readonly string[], text: string, name: string, read: Read, offset = 0): number | undefined {
  const index = words.findIndex((word) => text.startsWith(word));
  if (index === -1) return undefined;
  read[name] = index + offset;
  return (words[index] as string).length;
}

const RANGES: readonly (readonly [letter: string, least: number, greatest: number])[] = [
  ["M", 1, 12],
  ["d", 1, 31],
  ["D", 1, 366],
  ["H", 0, 24],
  ["k", 1, 24],
  ["h", 1, 12],
  ["K", 0, 11],
  ["m", 0, 59],
  ["s", 0, 59],
];

function resolved(read: Read): ParsedTime | undefined {
  for (const [letter, least, greatest] of RANGES) {
    const value = read[letter];
    if (value !== undefined && (value < least || value > greatest)) return undefined;
  }
  const hour12 = read.h === undefined ? read.K : read.h % 12;
  const afternoon = read.a === undefined || hour12 === undefined ? undefined : hour12 + 12 * read.a;
  const hour = read.H ?? (read.k === undefined ? (afternoon ?? 0) : read.k % 24);
  const [minute, second] = [read.m ?? 0, read.s ?? 0];
  const fraction = read.S ?? read.n ?? 0;
  if (hour === 24 && (minute > 0 || second > 0 || fraction > 0)) return undefined;
  const days = daysOf(read);
  if (days === undefined) return undefined;
  const ms = days * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1_000 + Math.floor(fraction / 1_000_000);
  return { ms, nanos: fraction % 1_000_000 };
}

function daysOf(read: Read): number | undefined {
  const year = read.G === 0 ? 1 - (read.y ?? 1970) : (read.y ?? 1970);
  if (read.D !== undefined && read.y !== undefined) return daysFromCivil(year, 1, 1) + read.D - 1;
  const month = read.M ?? 1;
  const days = daysFromCivil(year, month, Math.min(read.d ?? 1, daysInMonth(year, month)));
  const isWhole = read.y !== undefined && read.M !== undefined && read.d !== undefined;
  return read.E !== undefined && isWhole && extract("DOW", days * DAY_MS, 0) - 1 !== read.E ? undefined : days;
}
