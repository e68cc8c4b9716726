/** What patterns of dates have in common: names (English), and how a pattern falls into parts. */
import { extract } from "./calendar.ts";
import { DAY_MS, daysFromCivil } from "./date-time.ts";

export const MONTHS = "January February March April May June July August September October November December".split(" ");
export const WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** A literal that is `bare` stands without quotes. */
export type PatternPart = { readonly literal: string; readonly bare?: true } | { readonly letter: string; readonly count: number };

/** Undefined when a quote is not closed, or a letter means nothing. */
export function partsOf(pattern: string, letters: string): PatternPart[] | undefined {
  const parts: PatternPart[] = [];
  for (const [whole, quoted, letter] of pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[\s\S]/g)) {
    if (quoted !== undefined) parts.push({ literal: quoted === "" ? "'" : quoted.replaceAll("''", "'") });
    else if (letter === undefined) {
      if (whole === "'") return undefined;
      parts.push({ literal: whole, bare: true });
    } else if (letters.includes(letter)) parts.push({ letter, count: whole.length });
    else return undefined;
  }
  return parts;
}

export const padded = (number: number, count: number): string => (number < 0 ? "-" : "") + String(Math.abs(number)).padStart(count, "0");

/** The week of the year, and the year it belongs to, as the United States count: weeks begin on Sunday, and the first holds 1 January. */
export function usWeek(wallMs: number): { readonly year: number; readonly week: number } {
  const days = Math.floor(wallMs / DAY_MS);
  const year = extract("YEAR", wallMs, 0);
  const weekOf = (of: number) => {
    const first = daysFromCivil(of, 1, 1);
    const weekday = extract("DOW", first * DAY_MS, 0);
    return Math.floor((days - first + weekday - 1) / 7) + 1;
  };
  return weekOf(year + 1) >= 1 ? { year: year + 1, week: 1 } : { year, week: weekOf(year) };
}

/** The week of the month, counted alike. */
export function usWeekOfMonth(wallMs: number): number {
  const [day, weekday] = [extract("DAY", wallMs, 0), extract("DOW", wallMs, 0)];
  return Math.ceil((day + ((((weekday - day) % 7) + 7) % 7)) / 7);
}

/** Remembers the last result for patterns whose text is the same all day long: rows of a stream are mostly of the same day. */
export function oncePerDay(format: (wallMs: number, nanos: number) => string): (wallMs: number, nanos: number) => string {
  let lastDay = Number.NaN;
  let lastText = "";
  return (wallMs, nanos) => {
    const day = Math.floor(wallMs / DAY_MS);
    if (day !== lastDay) {
      lastText = format(wallMs, nanos);
      lastDay = day;
    }
    return lastText;
  };
}
