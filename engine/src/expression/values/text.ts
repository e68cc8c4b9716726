/** What functions do with texts. Positions and lengths count code points, not UTF-16 units, so that 😀 is one character. */
import { RowError } from "../../node/operator.ts";

/** Longest text that a function makes out of a short one. */
const MAX_RESULT = 16_000_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all of ASCII, where a unit is a character.
const ASCII = /^[\x00-\x7f]*$/;

export function characters(text: string): readonly string[] | string {
  return ASCII.test(text) ? text : [...text];
}

export function characterCount(text: string): number {
  return characters(text).length;
}

/** From `start` (0-based) up to `end`. */
export function slice(text: string, start: number, end?: number): string {
  const points = characters(text);
  return typeof points === "string" ? points.slice(start, end) : points.slice(start, end).join("");
}

/** SQL's SUBSTRING, as Flink's `BinaryStringDataUtil.substringSQL`: from 1, negative from the end, 0 as 1. */
export function substring(text: string, position: number, length?: number): string | null {
  if (length !== undefined && length < 0) return null;
  const count = characterCount(text);
  const start = position > 0 ? position - 1 : position < 0 ? count + position : 0;
  if (start < 0 || start >= count) return "";
  return slice(text, start, length === undefined ? undefined : start + length);
}

/** Without any of the characters at the chosen ends. */
export function trim(text: string, side: "BOTH" | "LEADING" | "TRAILING", set: string): string {
  const isIn = new Set(set);
  const points = [...text];
  let [start, end] = [0, points.length];
  if (side !== "TRAILING") while (start < end && isIn.has(points[start] as string)) start++;
  if (side !== "LEADING") while (end > start && isIn.has(points[end - 1] as string)) end--;
  return points.slice(start, end).join("");
}

/** NULL for a negative length or nothing to fill with. Lengths are UTF-16 units here, as Flink's `lpad` and `rpad` have it. */
export function pad(text: string, length: number, fill: string, side: "left" | "right"): string | null {
  if (length < 0 || fill === "") return null;
  refuseLength(length);
  if (length <= text.length) return wellFormed(text.slice(0, length));
  const filling = fill.repeat(Math.ceil((length - text.length) / fill.length)).slice(0, length - text.length);
  return wellFormed(side === "left" ? filling + text : text + filling);
}

/** Half a character becomes a question mark, as where Java writes it in UTF-8. */
export function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "?");
}

export function repeat(text: string, times: number): string {
  if (times <= 0) return "";
  refuseLength(times * text.length);
  return text.repeat(times);
}

/** Throws where a function would make a text that is longer than anybody can want. */
export function refuseLength(length: number, most = MAX_RESULT): void {
  if (length <= most) return;
  throw new RowError("expression.too-large", {
    en: `the text would have ${length} characters; at most ${most} are made. Use a smaller length.`,
    zh: `文本将有 ${length} 个字符；最多生成 ${most} 个。请使用更小的长度。`,
  });
}

/** The position of the `occurrence`th find from `start` on (1-based; negative: from the end backwards); 0 when there is none. */
export function instr(text: string, part: string, start: number, occurrence: number): number {
  const points = [...text];
  const wanted = [...part];
  if (occurrence < 1)
    throw new RowError("expression.occurrence", {
      en: `INSTR counts occurrences from 1, got ${occurrence}. Correct the value.`,
      zh: `INSTR 的出现次数从 1 起，得到 ${occurrence}。请修正该值。`,
    });
  if (start === 0) return 0;
  // Flink finds nothing but the ends.
  if (part === "") return start > 0 ? 1 : points.length + 1;
  const step = start > 0 ? 1 : -1;
  let left = occurrence;
  let at = start > 0 ? start - 1 : points.length + start;
  if (step < 0) at = Math.min(at, points.length - wanted.length);
  for (; at >= 0 && at + wanted.length <= points.length; at += step) {
    if (wanted.every((point, i) => points[at + i] === point) && --left === 0) return at + 1;
  }
  return 0;
}

/** In UTF-16 units, and with nothing behind a part of no length, as Flink's `overlay` has it. */
export function overlay(text: string, part: string, position: number, length: number): string {
  if (position <= 0 || position > text.length) return text;
  const hasRest = length > 0 && position + length <= text.length;
  return wellFormed(text.slice(0, position - 1) + part + (hasRest ? text.slice(position - 1 + length) : ""));
}

/** Words begin with a capital; only letters and digits of ASCII are parts of words, and only they change. */
export function initcap(text: string): string {
  return text.replace(/[A-Za-z0-9]+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
}

/** Characters of `from` become those at the same place in `to`; those beyond it go. NULL for `from` changes nothing, for `to` it is an empty text. */
export function translate(text: string | null, from: string | null, to: string | null): string | null {
  if (text === null || from === null) return text;
  const targets = [...(to ?? "")];
  const map = new Map<string, string>();
  for (const [i, point] of [...from].entries()) if (!map.has(point)) map.set(point, targets[i] ?? "");
  return [...text].map((point) => map.get(point) ?? point).join("");
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("");
}

/** NULL for other characters. Of an odd number of digits Flink takes the first for nothing: "F12" is 00 12. */
export function bytesOfHex(text: string): Uint8Array | null {
  if (!/^[0-9a-f]*$/i.test(text)) return null;
  const even = text.length % 2 === 1 ? `00${text.slice(1)}` : text;
  return Uint8Array.from(even.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
