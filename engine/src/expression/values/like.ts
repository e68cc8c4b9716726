/** LIKE and SIMILAR TO. LIKE never goes back behind a `%`, so it takes at most text times pattern. */
import { compilePattern } from "./pattern.ts";

export type Matches = (text: string) => boolean;
/** Why a pattern is none: a key of the words in `problem-words.ts`. */
export type PatternFault = "escape-length" | "escape-use" | "regex";

const ANY = Symbol("%");
const ONE = Symbol("_");
type Part = string | typeof ANY | typeof ONE;

export function likePattern(pattern: string, escapedBy?: string): Matches | PatternFault {
  const parts = likeParts(pattern, escapedBy);
  if (typeof parts === "string") return parts;
  return simpleLike(parts) ?? segmentedLike(parts);
}

function likeParts(pattern: string, escapedBy: string | undefined): Part[] | PatternFault {
  const escapes = escapedBy === undefined ? [] : [...escapedBy];
  if (escapes.length > 1 || (escapedBy === "" && /[%_]/.test(pattern))) return "escape-length";
  const points = [...pattern];
  const parts: Part[] = [];
  for (let i = 0; i < points.length; i++) {
    const point = points[i] as string;
    if (point === escapes[0]) {
      const next = points[++i];
      if (next !== "%" && next !== "_" && next !== point) return "escape-use";
      parts.push(next);
    } else parts.push(point === "%" ? ANY : point === "_" ? ONE : point);
  }
  return parts;
}

/** 'abc', 'abc%', '%abc' and '%abc%' are what most people write. */
function simpleLike(parts: readonly Part[]): Matches | undefined {
  const first = parts[0] === ANY;
  const last = parts.length > 1 && parts.at(-1) === ANY;
  const middle = parts.slice(first ? 1 : 0, last ? -1 : undefined);
  if (middle.some((part) => typeof part !== "string")) return undefined;
  const literal = middle.join("");
  if (first && last) return (text) => text.includes(literal);
  if (first) return (text) => text.endsWith(literal);
  return last ? (text) => text.startsWith(literal) : (text) => text === literal;
}

/** What stands between two `%`: how many characters it takes, and the texts in it with `undefined` for each `_`. */
interface Segment {
  readonly points: number;
  readonly chunks: readonly (string | undefined)[];
}

function segmentsOf(parts: readonly Part[]): readonly Segment[] {
  const segments: { points: number; chunks: (string | undefined)[] }[] = [{ points: 0, chunks: [] }];
  for (const part of parts) {
    const segment = segments.at(-1) as (typeof segments)[number];
    if (part === ANY) segments.push({ points: 0, chunks: [] });
    else {
      segment.points += 1;
      const before = segment.chunks.at(-1);
      if (part === ONE) segment.chunks.push(undefined);
      else if (before === undefined) segment.chunks.push(part);
      else segment.chunks[segment.chunks.length - 1] = before + part;
    }
  }
  return segments;
}

/** The first segment at the beginning, the last at the end, the others one after another wherever they come first. */
function segmentedLike(parts: readonly Part[]): Matches {
  const [first, ...others] = segmentsOf(parts) as [Segment, ...Segment[]];
  const last = others.pop();
  return (text) => {
    let at = endOf(first, text, 0);
    if (at === -1 || !last) return at === text.length;
    for (const segment of others) {
      at = firstEndOf(segment, text, at);
      if (at === -1) return false;
    }
    const begin = backBy(last.points, text);
    return begin >= at && endOf(last, text, begin) === text.length;
  };
}

/** Where the segment ends if it stands here; -1: it does not. */
function endOf({ chunks }: Segment, text: string, start: number): number {
  let at = start;
  for (const chunk of chunks) {
    if (chunk !== undefined) {
      if (!text.startsWith(chunk, at)) return -1;
      at += chunk.length;
    } else if (at < text.length) at = behind(text, at);
    else return -1;
  }
  return at;
}

function firstEndOf(segment: Segment, text: string, start: number): number {
  const head = segment.chunks[0];
  for (let at = start; at <= text.length; at = behind(text, at)) {
    if (head !== undefined) at = text.indexOf(head, at);
    if (at === -1) return -1;
    const end = endOf(segment, text, at);
    if (end !== -1) return end;
  }
  return -1;
}

/** The index behind the character here; a pair of halves is one. */
function behind(text: string, at: number): number {
  return isPair(text, at) ? at + 2 : at + 1;
}

/** The index of the last so many characters; -1: the text has fewer. */
function backBy(points: number, text: string): number {
  let at = text.length;
  for (let i = 0; i < points; i++) {
    if (at === 0) return -1;
    at -= at > 1 && isPair(text, at - 2) ? 2 : 1;
  }
  return at;
}

function isPair(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
}

/** SQL's regular expressions: % _ | * + ? {m,n} ( ) [ ] [[:ALPHA:]], and a point for any character, as in Flink; the whole text must match. */
export function similarPattern(pattern: string, escapedBy?: string): Matches | PatternFault {
  const escapes = escapedBy === undefined ? [] : [...escapedBy];
  if (escapedBy !== undefined && escapes.length !== 1) return "escape-length";
  let source = "";
  let inClass = false;
  const points = [...pattern];
  for (let i = 0; i < points.length; i++) {
    const point = points[i] as string;
    if (point === escapes[0]) {
      const next = points[++i];
      if (next === undefined) return "escape-use";
      source += quoteForPattern(next);
    } else if (point === "[" && posixAt(points, i)) {
      source += posixAt(points, i);
      i += points.slice(i).join("").indexOf(":]]") + 2;
    } else if (inClass) {
      inClass = point !== "]";
      source += point === "\\" ? "\\\\" : point;
    } else if (point === "%") source += "[\\s\\S]*";
    else if (point === "_") source += "[\\s\\S]";
    else if (point === "[") {
      inClass = true;
      source += point;
    } else source += "|*+?{}(),.0123456789".includes(point) ? point : quoteForPattern(point);
  }
  const compiled = compilePattern(`^(?:${source})$`);
  return "fault" in compiled ? "regex" : (text) => compiled.exec(text, 0) !== undefined;
}

const POSIX: Readonly<Record<string, string>> = {
  ALPHA: "\\p{Alpha}",
  DIGIT: "\\p{Digit}",
  UPPER: "\\p{Upper}",
  LOWER: "\\p{Lower}",
  SPACE: "\\p{Space}",
  WHITESPACE: "\\s",
  ALNUM: "\\p{Alnum}",
};

/** What a class such as [[:ALPHA:]] stands for, if one begins here. */
function posixAt(points: readonly string[], at: number): string | undefined {
  const name = /^\[\[:([A-Za-z]+):\]\]/.exec(points.slice(at, at + 20).join(""))?.[1]?.toUpperCase();
  return name !== undefined && Object.hasOwn(POSIX, name) ? POSIX[name] : undefined;
}

function quoteForPattern(character: string): string {
  return /[\p{L}\p{N}\s_]/u.test(character) ? character : `\\${character}`;
}
