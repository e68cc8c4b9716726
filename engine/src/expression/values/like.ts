/** LIKE and SIMILAR TO. LIKE never backtracks further than its last `%`, so it takes at most text times pattern. */
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
  return simpleLike(parts) ?? ((text) => matchLike([...text], parts));
}

function likeParts(pattern: string, escapedBy: string | undefined): Part[] | PatternFault {
  const escapes = escapedBy === undefined ? [] : [...escapedBy];
  if (escapes.length > 1) return "escape-length";
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

function matchLike(text: readonly string[], parts: readonly Part[]): boolean {
  let [t, p] = [0, 0];
  let [resumeText, resumePart] = [0, -1];
  while (t < text.length) {
    const part = parts[p];
    if (part === ANY) {
      resumePart = ++p;
      resumeText = t;
    } else if (part === ONE || (part !== undefined && part === text[t])) {
      p++;
      t++;
    } else if (resumePart >= 0) {
      p = resumePart;
      t = ++resumeText;
    } else return false;
  }
  while (parts[p] === ANY) p++;
  return p === parts.length;
}

/** SQL's regular expressions: % _ | * + ? {m,n} ( ) [ ] [[:ALPHA:]], and a point for any character, as in Flink; the whole text must match. */
export function similarPattern(pattern: string, escapedBy?: string): Matches | PatternFault {
  const escapes = escapedBy === undefined ? [] : [...escapedBy];
  if (escapes.length > 1) return "escape-length";
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
