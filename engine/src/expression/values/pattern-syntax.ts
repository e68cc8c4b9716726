/** Regular expressions in Java's dialect, read into a tree. What backtracking cannot bound or nobody needs in a stream (recursion, comments) is not part of it. */

export type PatternNode =
  | { readonly kind: "set"; readonly test: (point: number) => boolean }
  | { readonly kind: "sequence"; readonly items: readonly PatternNode[] }
  | { readonly kind: "choice"; readonly options: readonly PatternNode[] }
  | { readonly kind: "group"; readonly index: number; readonly inner: PatternNode }
  | {
      readonly kind: "repeat";
      readonly inner: PatternNode;
      readonly least: number;
      readonly most: number;
      readonly mode: "greedy" | "lazy" | "possessive";
    }
  | { readonly kind: "look"; readonly inner: PatternNode; readonly behind: boolean; readonly negative: boolean }
  | { readonly kind: "atomic"; readonly inner: PatternNode }
  | { readonly kind: "back"; readonly index: number; readonly fold: boolean }
  | { readonly kind: "edge"; readonly edge: Edge };
export type Edge = "start" | "end" | "line-start" | "line-end" | "word" | "no-word" | "text-end";

export interface PatternTree {
  readonly root: PatternNode;
  readonly groups: number;
}

/** Why and where the pattern is wrong. */
export class PatternFault extends Error {}

/** Deepest nesting of groups. */
const MAX_DEPTH = 100;
/** Highest count of {n,m}: each repetition is written out. */
const MAX_COUNT = 1_000;

interface Flags {
  readonly fold: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

export function parsePattern(source: string): PatternTree {
  return new PatternReader(source).read();
}

const isDigit = (point: number) => point >= 48 && point <= 57;
const isWord = (point: number) => isDigit(point) || (point >= 65 && point <= 90) || (point >= 97 && point <= 122) || point === 95;
const isSpace = (point: number) => point === 32 || (point >= 9 && point <= 13);
const isLineEnd = (point: number) => point === 10 || point === 13 || point === 0x85 || point === 0x2028 || point === 0x2029;

type Test = (point: number) => boolean;
const not =
  (test: Test): Test =>
  (point) =>
    !test(point);

const CLASSES: Readonly<Record<string, Test>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
  h: (point) => point === 32 || point === 9 || point === 0xa0 || point === 0x3000 || (point >= 0x2000 && point <= 0x200a),
  v: (point) => (point >= 10 && point <= 13) || isLineEnd(point),
};
const ESCAPES: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 };
/** Java's POSIX names, ASCII only as there. */
const POSIX: Readonly<Record<string, string>> = {
  Lower: "[a-z]",
  Upper: "[A-Z]",
  ASCII: "[\\x00-\\x7f]",
  Alpha: "[A-Za-z]",
  Digit: "[0-9]",
  Alnum: "[A-Za-z0-9]",
  Punct: "[!-/:-@\\[-`{-~]",
  Graph: "[!-~]",
  Print: "[ -~]",
  Blank: "[ \\t]",
  Cntrl: "[\\x00-\\x1f\\x7f]",
  XDigit: "[0-9A-Fa-f]",
  Space: "[ \\t\\n\\v\\f\\r]",
  IsAlphabetic: "\\p{Alphabetic}",
  IsDigit: "\\p{Nd}",
  IsHan: "\\p{Script=Han}",
};

class PatternReader {
  private readonly points: readonly number[];
  private at = 0;
  private groups = 0;
  private depth = 0;
  private readonly names = new Map<string, number>();
  private flags: Flags = { fold: false, multiline: false, dotAll: false };

  constructor(source: string) {
    this.points = Array.from(source, (character) => character.codePointAt(0) as number);
  }

  read(): PatternTree {
    const root = this.choice();
    if (this.at < this.points.length) throw new PatternFault("an unmatched )");
    return { root, groups: this.groups };
  }

  private peek(text: string): boolean {
    return [...text].every((character, i) => this.points[this.at + i] === character.codePointAt(0));
  }
  private take(text: string): boolean {
    if (!this.peek(text)) return false;
    this.at += text.length;
    return true;
  }
  private next(): number {
    const point = this.points[this.at++];
    if (point === undefined) throw new PatternFault("it ends too early");
    return point;
  }

  private choice(): PatternNode {
    if (++this.depth > MAX_DEPTH) throw new PatternFault("nested too deep");
    const { flags } = this;
    const options = [this.sequence()];
    while (this.take("|")) options.push(this.sequence());
    this.flags = flags;
    this.depth--;
    return options.length === 1 ? (options[0] as PatternNode) : { kind: "choice", options };
  }

  private sequence(): PatternNode {
    const items: PatternNode[] = [];
    while (this.at < this.points.length && !this.peek("|") && !this.peek(")")) {
      const atom = this.atom();
      if (atom) items.push(this.repeated(atom));
    }
    return items.length === 1 ? (items[0] as PatternNode) : { kind: "sequence", items };
  }

  private repeated(first: PatternNode): PatternNode {
    let inner = first;
    for (;;) {
      const counts = this.counts();
      if (!counts) return inner;
      const mode = this.take("?") ? "lazy" : this.take("+") ? "possessive" : "greedy";
      inner = { kind: "repeat", inner, least: counts[0], most: counts[1], mode };
    }
  }

  private counts(): [least: number, most: number] | undefined {
    if (this.take("*")) return [0, Infinity];
    if (this.take("+")) return [1, Infinity];
    if (this.take("?")) return [0, 1];
    if (!this.take("{")) return undefined;
    const least = this.count();
    let most = least;
    if (this.take(",")) most = this.peek("}") ? Infinity : this.count();
    if (!this.take("}") || most < least) throw new PatternFault("a wrong { }");
    return [least, most];
  }

  private count(): number {
    let digits = "";
    while (isDigit(this.points[this.at] ?? 0)) digits += String.fromCodePoint(this.next());
    if (digits === "" || Number(digits) > MAX_COUNT)
      throw new PatternFault(digits === "" ? "a wrong { }" : `more than ${MAX_COUNT} repetitions`);
    return Number(digits);
  }

  private set(test: Test): PatternNode {
    return { kind: "set", test: this.flags.fold ? folded(test) : test };
  }

  /** Undefined for what matches nothing of its own, such as (?i). */
  private atom(): PatternNode | undefined {
    const point = this.next();
    switch (String.fromCodePoint(point)) {
      case "(":
        return this.group();
      case "[":
        return this.set(this.charClass());
      case ".":
        return { kind: "set", test: this.flags.dotAll ? () => true : not(isLineEnd) };
      case "^":
        return { kind: "edge", edge: this.flags.multiline ? "line-start" : "start" };
      case "$":
        return { kind: "edge", edge: this.flags.multiline ? "line-end" : "end" };
      case "\\":
        return this.escape();
      case "*":
      case "+":
      case "?":
        throw new PatternFault("a repetition of nothing");
      case "{":
        // Java repeats what matches nothing; what is no repetition is refused.
        this.at -= 1;
        return { kind: "sequence", items: [] };
      default:
        return this.set((other) => other === point);
    }
  }

  private group(): PatternNode | undefined {
    if (!this.take("?")) return this.captured(undefined);
    if (this.take(":")) return this.closed(this.choice());
    if (this.take("=")) return { kind: "look", behind: false, negative: false, inner: this.closed(this.choice()) };
    if (this.take("!")) return { kind: "look", behind: false, negative: true, inner: this.closed(this.choice()) };
    if (this.take("<=")) return { kind: "look", behind: true, negative: false, inner: this.closed(this.choice()) };
    if (this.take("<!")) return { kind: "look", behind: true, negative: true, inner: this.closed(this.choice()) };
    if (this.take(">")) return { kind: "atomic", inner: this.closed(this.choice()) };
    if (this.take("<")) return this.captured(this.until(">"));
    return this.inlineFlags();
  }

  private captured(name: string | undefined): PatternNode {
    const index = ++this.groups;
    if (name !== undefined) this.names.set(name, index);
    return { kind: "group", index, inner: this.closed(this.choice()) };
  }

  private closed<T>(inner: T): T {
    if (!this.take(")")) throw new PatternFault("an unclosed (");
    return inner;
  }

  private until(close: string): string {
    let text = "";
    while (!this.take(close)) text += String.fromCodePoint(this.next());
    return text;
  }

  private inlineFlags(): PatternNode | undefined {
    const changed = { ...this.flags };
    let value = true;
    for (;;) {
      const letter = String.fromCodePoint(this.next());
      if (letter === "-") value = false;
      else if (letter === "i") changed.fold = value;
      else if (letter === "m") changed.multiline = value;
      else if (letter === "s") changed.dotAll = value;
      else if (letter === ")") {
        this.flags = changed;
        return undefined;
      } else if (letter === ":") {
        const outer = this.flags;
        this.flags = changed;
        const inner = this.closed(this.choice());
        this.flags = outer;
        return inner;
      } else if (letter !== "u") throw new PatternFault(`an unknown flag ${letter}`);
    }
  }

  private escape(): PatternNode | undefined {
    const letter = String.fromCodePoint(this.next());
    switch (letter) {
      case "b":
        return { kind: "edge", edge: "word" };
      case "B":
        return { kind: "edge", edge: "no-word" };
      case "A":
        return { kind: "edge", edge: "start" };
      case "z":
        return { kind: "edge", edge: "text-end" };
      case "Z":
        return { kind: "edge", edge: "end" };
      case "Q":
        return this.quoted();
      case "k": {
        if (!this.take("<")) throw new PatternFault("a wrong \\k");
        const index = this.names.get(this.until(">"));
        if (index === undefined) throw new PatternFault("an unknown group");
        return { kind: "back", index, fold: this.flags.fold };
      }
      default:
        if (letter >= "1" && letter <= "9") return this.backReference(Number(letter));
        this.at--;
        return this.set(this.escapedSet());
    }
  }

  private backReference(index: number): PatternNode {
    if (index > this.groups) throw new PatternFault("an unknown group");
    return { kind: "back", index, fold: this.flags.fold };
  }

  private quoted(): PatternNode {
    const items: PatternNode[] = [];
    while (this.at < this.points.length && !this.take("\\E")) {
      const point = this.next();
      items.push(this.set((other) => other === point));
    }
    return { kind: "sequence", items };
  }

  /** What stands behind a backslash, as a set of characters. */
  private escapedSet(): Test {
    const point = this.next();
    const letter = String.fromCodePoint(point);
    const known = CLASSES[letter];
    if (known && Object.hasOwn(CLASSES, letter)) return known;
    if (letter === "p" || letter === "P") {
      const test = this.property();
      return letter === "P" ? not(test) : test;
    }
    const code = this.escapedPoint(point, letter);
    return (other) => other === code;
  }

  private escapedPoint(point: number, letter: string): number {
    if (Object.hasOwn(ESCAPES, letter)) return ESCAPES[letter] as number;
    if (letter === "x") return this.take("{") ? Number.parseInt(this.until("}"), 16) : this.hex(2);
    if (letter === "u") return this.hex(4);
    if (letter === "0") {
      const octal = /^[0-7]{1,3}/.exec(String.fromCodePoint(...this.points.slice(this.at, this.at + 3)))?.[0] ?? "";
      if (octal === "") throw new PatternFault("a wrong \\0");
      this.at += octal.length;
      return Number.parseInt(octal, 8);
    }
    if (/[A-Za-z]/.test(letter)) throw new PatternFault(`an unknown \\${letter}`);
    return point;
  }

  private hex(count: number): number {
    const digits = String.fromCodePoint(...this.points.slice(this.at, this.at + count));
    if (digits.length < count || !/^[0-9a-fA-F]+$/.test(digits)) throw new PatternFault("wrong hexadecimal digits");
    this.at += count;
    return Number.parseInt(digits, 16);
  }

  private property(): Test {
    const name = this.take("{") ? this.until("}") : String.fromCodePoint(this.next());
    const bare = name.replace(/^(?:Is|java)(?=[A-Z][a-z]?$)/, "");
    const source = (Object.hasOwn(POSIX, name) ? POSIX[name] : undefined) ?? `\\p{${bare}}`;
    let set: RegExp;
    try {
      set = new RegExp(`^${source}$`, "u");
    } catch {
      throw new PatternFault(`an unknown property ${name}`);
    }
    return (point) => set.test(String.fromCodePoint(point));
  }

  /** What stands behind [ up to its ]: items, ranges, nested classes, && for both. */
  private charClass(): Test {
    if (++this.depth > MAX_DEPTH) throw new PatternFault("nested too deep");
    const negative = this.take("^");
    const tests: Test[] = [];
    let all: Test | undefined;
    let first = true;
    while (first || !this.peek("]")) {
      if (this.take("&&")) {
        all = both(all, anyOf(tests.splice(0)));
        continue;
      }
      if (first && this.peek("]") && this.points.indexOf(93, this.at + 1) === -1) throw new PatternFault("an unclosed [");
      first = false;
      tests.push(this.classItem());
    }
    this.at++;
    this.depth--;
    const test = both(all, anyOf(tests));
    return negative ? not(test) : test;
  }

  private classItem(): Test {
    if (this.take("[")) return this.charClass();
    const least = this.classPoint();
    if (typeof least !== "number") return least;
    if (!this.peek("-") || this.points[this.at + 1] === 93 || this.points[this.at + 1] === 91) return (point) => point === least;
    this.at++;
    const greatest = this.classPoint();
    if (typeof greatest !== "number" || greatest < least) throw new PatternFault("a wrong range");
    return (point) => point >= least && point <= greatest;
  }

  private classPoint(): number | Test {
    const point = this.next();
    if (point !== 92) return point;
    const letter = String.fromCodePoint(this.points[this.at] ?? 0);
    if (Object.hasOwn(CLASSES, letter) || letter === "p" || letter === "P") return this.escapedSet();
    const escaped = this.next();
    return this.escapedPoint(escaped, String.fromCodePoint(escaped));
  }
}

function anyOf(tests: readonly Test[]): Test {
  return tests.length === 1 ? (tests[0] as Test) : (point) => tests.some((test) => test(point));
}
function both(a: Test | undefined, b: Test): Test {
  return a ? (point) => a(point) && b(point) : b;
}
/** Java folds ASCII letters only, unless told otherwise. */
function folded(test: Test): Test {
  return (point) => test(point) || (isWord(point) && !isDigit(point) && point !== 95 && test(point ^ 32));
}
