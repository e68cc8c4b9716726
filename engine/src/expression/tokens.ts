/** Text to tokens. Every character belongs to a token, to white space or to a comment; anything else is a problem that says what to type instead. */
import type { TextRange } from "./api.ts";
import { failure, shorten } from "./problems.ts";
import { KEYWORDS } from "./syntax.ts";

export type Token = TextRange &
  (
    | { readonly kind: "word"; readonly text: string; readonly upper: string }
    | { readonly kind: "quoted"; readonly text: string }
    | { readonly kind: "string"; readonly text: string }
    | { readonly kind: "bytes"; readonly text: string }
    | { readonly kind: "number"; readonly text: string }
    | { readonly kind: "symbol"; readonly text: string }
    | { readonly kind: "end"; readonly text: "" }
  );

const SPACE = /[\s\u00a0\u3000\ufeff]+|--[^\n]*|\/\*[\s\S]*?\*\//y;
const WORD = /[\p{L}\p{Nl}_$][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}_$]*/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const SYMBOL = /<>|!=|<=|>=|\|\||\.\.\.|[=<>+\-*/%()[\],.:]/y;

/** What people type instead, by habit of other languages or with a Chinese keyboard. */
const INSTEAD: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/==+/y, "="],
  [/&&/y, "AND"],
  [/!/y, "NOT "],
  [/[“”][^“”]*[“”]/y, "'…'"],
  [/[‘’][^‘’]*[‘’]/y, "'…'"],
  [/，/y, ","],
  [/（/y, "("],
  [/）/y, ")"],
  [/；|;/y, ""],
  [/＝/y, "="],
  [/＞/y, ">"],
  [/＜/y, "<"],
  [/。/y, "."],
  [/【/y, "["],
  [/】/y, "]"],
  [/::/y, "CAST(… AS …)"],
  [/->>?/y, "."],
  [/\?\?/y, "COALESCE(…, …)"],
  [/\?/y, "CASE WHEN … THEN … ELSE … END"],
  [/\/\*/y, "--"],
];

/** The tokens of the text, an `end` last. Throws `ExpressionFailure`. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const space = match(SPACE, text, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const token = readToken(text, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: "end", text: "", start: text.length, end: text.length });
  return tokens;
}

function readToken(text: string, at: number): Token {
  const first = text[at] as string;
  if (first === "'") return readString(text, at, at);
  if (first === "`") return readQuoted(text, at);
  if ((first === "x" || first === "X") && text[at + 1] === "'") return readBytes(text, at);
  if ((first === "u" || first === "U") && text.startsWith("&'", at + 1)) return unicodeString(readString(text, at, at + 2));
  refuseHabits(text, at);
  const word = match(WORD, text, at);
  if (word !== undefined) return { kind: "word", text: word, upper: word.toUpperCase(), start: at, end: at + word.length };
  const number = match(NUMBER, text, at);
  if (number !== undefined) return readNumber(text, at, number);
  const symbol = match(SYMBOL, text, at);
  if (symbol !== undefined) return { kind: "symbol", text: symbol, start: at, end: at + symbol.length };
  const character = String.fromCodePoint(text.codePointAt(at) as number);
  throw failure("expression.unexpected-character", { character }, { start: at, end: at + character.length });
}

function readNumber(text: string, start: number, number: string): Token {
  const end = start + number.length;
  const glued = match(WORD, text, end);
  // "THEN 249else" is read as Flink reads it.
  if (glued === undefined || KEYWORDS.has(glued.toUpperCase())) return { kind: "number", text: number, start, end };
  throw failure("expression.bad-number", { got: number + glued }, { start, end: end + glued.length }, `\`${number + glued}\``);
}

/** `quote` is where the opening quote stands. */
function readString(text: string, start: number, quote: number): Token & { kind: "string" } {
  const read = readDelimited(text, quote, "'");
  if (read === undefined)
    throw failure(
      "expression.unclosed-string",
      { got: shorten(text.slice(start), 20) },
      { start, end: text.length },
      `${text.slice(start)}'`,
    );
  return { kind: "string", text: read.content, start, end: read.end };
}

function readQuoted(text: string, start: number): Token {
  const read = readDelimited(text, start, "`");
  if (read === undefined)
    throw failure(
      "expression.unclosed-name",
      { got: shorten(text.slice(start), 20) },
      { start, end: text.length },
      `${text.slice(start)}\``,
    );
  if (read.content === "") throw failure("expression.empty-name", {}, { start, end: read.end });
  return { kind: "quoted", text: read.content, start, end: read.end };
}

/** What stands between two quotes; a doubled quote is one. */
function readDelimited(text: string, start: number, quote: string): { content: string; end: number } | undefined {
  let content = "";
  let from = start + 1;
  for (;;) {
    const close = text.indexOf(quote, from);
    if (close === -1) return undefined;
    content += text.slice(from, close);
    if (text[close + 1] !== quote) return { content, end: close + 1 };
    content += quote;
    from = close + 2;
  }
}

function readBytes(text: string, start: number): Token {
  const { text: hex, end } = readString(text, start, start + 1);
  if (!/^(?:[0-9a-f]{2})*$/i.test(hex)) throw failure("expression.bad-bytes", { got: shorten(hex) }, { start, end });
  return { kind: "bytes", text: hex.toUpperCase(), start, end };
}

function unicodeString(token: Token & { kind: "string" }): Token {
  const text = token.text.replace(/\\\\|\\([0-9a-fA-F]{4})|\\\+([0-9a-fA-F]{6})/g, (whole, short?: string, long?: string) => {
    const point = Number.parseInt(short ?? long ?? "", 16);
    return whole === "\\\\" || point > 0x10ffff ? "\\" : String.fromCodePoint(point);
  });
  return { ...token, text };
}

function refuseHabits(text: string, at: number): void {
  if (text[at] === '"') refuseDoubleQuotes(text, at);
  if (text.startsWith("!=", at)) return;
  for (const [pattern, instead] of INSTEAD) {
    const got = match(pattern, text, at);
    if (got === undefined) continue;
    const fix = instead === "'…'" ? quoteText(got.slice(1, -1)) : instead;
    throw failure(
      "expression.write-instead",
      { got: shorten(got, 20), instead: shorten(fix.trim(), 40) },
      { start: at, end: at + got.length },
      instead.includes("… ") || instead.includes("…,") ? undefined : fix,
    );
  }
}

function refuseDoubleQuotes(text: string, start: number): never {
  const close = text.indexOf('"', start + 1);
  const end = close === -1 ? text.length : close + 1;
  const content = text.slice(start + 1, close === -1 ? undefined : close);
  throw failure("expression.double-quotes", { got: shorten(content, 20) }, { start, end }, quoteText(content));
}

/** The text as a string literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
