/** A place in the tokens, and the ways of going on from there that every part of the parser uses. */
import type { TextRange } from "./api.ts";
import { type ExpressionFailure, failure, shorten } from "./problems.ts";
import { type Expression, MAX_LENGTH, MAX_NESTING } from "./syntax.ts";
import { type Token, tokenize } from "./tokens.ts";

/** The text of the token with what was forgotten before it, or instead of it. */
function missing(expected: readonly string[], token: Token, got: string): string | undefined {
  const [word] = expected;
  if ((word === "AS" || word === "IN" || word === "PLACING") && got === ",") return ` ${word}`;
  return expected.includes(",") && token.kind !== "symbol" ? `, ${got}` : undefined;
}

export class TokenCursor {
  readonly text: string;
  private readonly tokens: readonly Token[];
  private at = 0;
  private nesting = 0;
  /** How many levels lie below each node; a long chain of operators is deep without any nesting of the parser. */
  private readonly heights = new WeakMap<object, number>();

  constructor(text: string) {
    if (text.length > MAX_LENGTH)
      throw failure("expression.too-long", { length: text.length, limit: MAX_LENGTH }, { start: MAX_LENGTH, end: text.length });
    this.text = text;
    this.tokens = tokenize(text);
  }

  get token(): Token {
    return this.tokens[this.at] as Token;
  }
  peek(ahead = 1): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)] as Token;
  }
  /** The end of what was last taken. */
  get previousEnd(): number {
    return this.tokens[this.at - 1]?.end ?? 0;
  }
  next(): Token {
    const { token } = this;
    if (token.kind !== "end") this.at++;
    return token;
  }

  isSymbol(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "symbol" && token.text === text;
  }
  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "word" && token.upper === word;
  }
  takeSymbol(text: string): boolean {
    if (!this.isSymbol(text)) return false;
    this.at++;
    return true;
  }
  /** All of the words or none. */
  takeWords(...words: string[]): boolean {
    if (!words.every((word, i) => this.isWord(word, i))) return false;
    this.at += words.length;
    return true;
  }
  expectSymbol(text: string): void {
    if (!this.takeSymbol(text)) throw this.expected(text);
  }
  expectWord(word: string): void {
    if (!this.takeWords(word)) throw this.expected(word);
  }

  /** "expected …, got …" at the present token; `expected` are names of words and symbols, or one of the kinds that `problem-words.ts` knows. */
  expected(...expected: string[]): ExpressionFailure {
    const { token } = this;
    const got = this.text.slice(token.start, token.end);
    if (token.kind !== "end")
      return failure("expression.expected", { expected, got: shorten(got, 20) }, token, missing(expected, token, got));
    const last = this.lastCharacter();
    const closing = expected.findLast((one) => /^[)\]]$|^END$/.test(one));
    const fix = closing && `${this.text.slice(last.start, last.end)}${closing === "END" ? " END" : closing}`;
    return failure("expression.unfinished", { expected }, last, fix);
  }

  /** At the end there is nothing to underline but what stands last. */
  private lastCharacter(): TextRange {
    const end = this.previousEnd;
    return { start: Math.max(0, end - 1), end };
  }

  /** Parses something that may contain itself. */
  nested<T>(parse: () => T): T {
    if (++this.nesting > MAX_NESTING) throw this.tooDeep(this.token);
    const parsed = parse();
    this.nesting--;
    return parsed;
  }

  /** Finishes a node that begins at `start` and contains `parts`. */
  node<N extends object>(start: number, parts: readonly (Expression | undefined)[], node: N): N & { range: TextRange } {
    let height = 0;
    for (const part of parts) if (part) height = Math.max(height, this.heights.get(part) ?? 0);
    const made = { ...node, range: { start, end: this.previousEnd } };
    if (height >= MAX_NESTING) throw this.tooDeep(made.range);
    this.heights.set(made, height + 1);
    return made;
  }

  private tooDeep(range: TextRange): ExpressionFailure {
    return failure("expression.too-deep", { limit: MAX_NESTING }, range);
  }
}
