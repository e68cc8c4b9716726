/**
 * The grammar of expressions: precedence climbing over Calcite's table of operators (`SqlStdOperatorTable`), which is what Flink parses with. Words that
 * Flink reserves but that mean nothing here (`value`, `start`, `date` without a text behind it) are taken as names of fields; `print` quotes them.
 */

import { parseCall, parseCast } from "./parse-call.ts";
import { isDatetimeWord, parseDatetime, parseInterval } from "./parse-literal.ts";
import { POWER } from "./power.ts";
import { failure, shorten } from "./problems.ts";
import { type BinaryOperator, type CaseBranch, type Expression, type IsWhat, KEYWORDS } from "./syntax.ts";
import type { TokenCursor } from "./token-cursor.ts";

const BINARY: Readonly<Record<string, readonly [operator: BinaryOperator, power: number]>> = {
  "=": ["=", POWER.COMPARE],
  "<>": ["<>", POWER.COMPARE],
  "!=": ["<>", POWER.COMPARE],
  "<": ["<", POWER.COMPARE],
  "<=": ["<=", POWER.COMPARE],
  ">": [">", POWER.COMPARE],
  ">=": [">=", POWER.COMPARE],
  "+": ["+", POWER.ADD],
  "-": ["-", POWER.ADD],
  "*": ["*", POWER.MULTIPLY],
  "/": ["/", POWER.MULTIPLY],
  "%": ["%", POWER.MULTIPLY],
  "||": ["||", POWER.MULTIPLY],
};

export function parseExpression(cursor: TokenCursor, power = 0): Expression {
  return cursor.nested(() => {
    const start = cursor.token.start;
    let left = parsePrefix(cursor);
    for (;;) {
      const longer = parseSuffix(cursor, left, start, power);
      if (longer === undefined) return left;
      left = longer;
    }
  });
}

/** What `left` becomes with the operator behind it; undefined when that binds less than `power`. */
function parseSuffix(cursor: TokenCursor, left: Expression, start: number, power: number): Expression | undefined {
  const { token } = cursor;
  if (token.kind === "symbol") {
    const binary = BINARY[token.text];
    if (binary === undefined || binary[1] <= power) return undefined;
    cursor.next();
    return parseBinary(cursor, left, start, ...binary);
  }
  if (token.kind !== "word") return undefined;
  switch (token.upper) {
    case "AND":
    case "OR":
      return POWER[token.upper] > power ? parseLogic(cursor, left, start, token.upper) : undefined;
    case "IS":
      return POWER.IS > power ? parseIs(cursor, left, start) : undefined;
    case "OVERLAPS":
      if (POWER.COMPARE <= power) return undefined;
      cursor.next();
      return parseBinary(cursor, left, start, "OVERLAPS", POWER.COMPARE);
    case "NOT":
    case "BETWEEN":
    case "IN":
    case "LIKE":
    case "SIMILAR":
      return POWER.BETWEEN > power ? parsePredicate(cursor, left, start) : undefined;
    default:
      return undefined;
  }
}

function parseBinary(cursor: TokenCursor, left: Expression, start: number, operator: BinaryOperator, power: number): Expression {
  const right = parseExpression(cursor, power);
  return cursor.node(start, [left, right], { kind: "binary" as const, operator, left, right });
}

function parseLogic(cursor: TokenCursor, first: Expression, start: number, operator: "AND" | "OR"): Expression {
  const operands = [first];
  while (cursor.takeWords(operator)) operands.push(parseExpression(cursor, POWER[operator]));
  return cursor.node(start, operands, { kind: "logic" as const, operator, operands });
}

function parseIs(cursor: TokenCursor, operand: Expression, start: number): Expression {
  cursor.expectWord("IS");
  const not = cursor.takeWords("NOT");
  if (cursor.takeWords("DISTINCT", "FROM")) {
    const right = parseExpression(cursor, POWER.COMPARE);
    return cursor.node(start, [operand, right], { kind: "distinct" as const, left: operand, right, not });
  }
  return finishIs(cursor, operand, start, parseIsWhat(cursor), not);
}

function finishIs(cursor: TokenCursor, operand: Expression, start: number, what: IsWhat, not: boolean): Expression {
  return cursor.node(start, [operand], { kind: "is" as const, operand, what, not });
}

function parseIsWhat(cursor: TokenCursor): IsWhat {
  for (const what of ["NULL", "TRUE", "FALSE", "UNKNOWN"] as const) if (cursor.takeWords(what)) return what;
  if (!cursor.takeWords("JSON")) throw cursor.expected("NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT FROM", "JSON");
  for (const what of ["OBJECT", "ARRAY", "SCALAR"] as const) if (cursor.takeWords(what)) return `JSON ${what}`;
  cursor.takeWords("VALUE");
  return "JSON";
}

function parsePredicate(cursor: TokenCursor, operand: Expression, start: number): Expression {
  const not = cursor.takeWords("NOT");
  if (cursor.takeWords("BETWEEN")) {
    const symmetric = cursor.takeWords("SYMMETRIC");
    cursor.takeWords("ASYMMETRIC");
    const low = parseExpression(cursor, POWER.BETWEEN);
    cursor.expectWord("AND");
    const high = parseExpression(cursor, POWER.BETWEEN);
    return cursor.node(start, [operand, low, high], { kind: "between" as const, operand, low, high, not, symmetric });
  }
  if (cursor.takeWords("IN")) {
    cursor.expectSymbol("(");
    const list = parseList(cursor, ")");
    if (list.length === 0) throw failure("expression.empty-list", {}, { start, end: cursor.previousEnd });
    return cursor.node(start, [operand, ...list], { kind: "in" as const, operand, list, not });
  }
  const similar = cursor.takeWords("SIMILAR");
  if (similar) cursor.expectWord("TO");
  else if (!cursor.takeWords("LIKE")) throw cursor.expected("BETWEEN", "IN", "LIKE");
  const pattern = parseExpression(cursor, POWER.BETWEEN);
  const escapedBy = cursor.takeWords("ESCAPE") ? parseExpression(cursor, POWER.BETWEEN) : undefined;
  return cursor.node(start, [operand, pattern, escapedBy], { kind: "like" as const, operand, pattern, escapedBy, not, similar });
}

function parsePrefix(cursor: TokenCursor): Expression {
  const { token } = cursor;
  if (token.kind === "symbol" && (token.text === "-" || token.text === "+")) {
    cursor.next();
    return parseUnary(cursor, token.start, token.text, POWER.SIGN);
  }
  if (cursor.takeWords("NOT")) return parseUnary(cursor, token.start, "NOT", POWER.NOT);
  return parsePath(cursor, parsePrimary(cursor), token.start);
}

function parseUnary(cursor: TokenCursor, start: number, operator: "+" | "-" | "NOT", power: number): Expression {
  const operand = parseExpression(cursor, power);
  return cursor.node(start, [operand], { kind: "unary" as const, operator, operand });
}

/** `.name` and `[index]` behind a value. */
function parsePath(cursor: TokenCursor, first: Expression, start: number): Expression {
  let of = first;
  for (;;) {
    if (cursor.takeSymbol(".")) {
      const { token } = cursor;
      if (token.kind !== "word" && token.kind !== "quoted") throw cursor.expected("<field>");
      cursor.next();
      of = cursor.node(start, [of], { kind: "member" as const, of, name: token.text });
    } else if (cursor.takeSymbol("[")) {
      const index = parseExpression(cursor);
      cursor.expectSymbol("]");
      of = cursor.node(start, [of, index], { kind: "index" as const, of, index });
    } else return of;
  }
}

function parsePrimary(cursor: TokenCursor): Expression {
  const { token } = cursor;
  const { start } = token;
  switch (token.kind) {
    case "number":
      cursor.next();
      return cursor.node(start, [], { kind: "number" as const, text: token.text });
    case "string":
      return parseString(cursor);
    case "bytes":
      cursor.next();
      return cursor.node(start, [], { kind: "bytes" as const, hex: token.text });
    case "quoted":
      cursor.next();
      return cursor.node(start, [], { kind: "field" as const, name: token.text });
    case "word":
      return parseWord(cursor, token.upper, start);
    default:
      return parseParenthesis(cursor, start);
  }
}

/** Strings one after another on separate lines are one, as SQL has it; on one line a comma was forgotten. */
function parseString(cursor: TokenCursor): Expression {
  const { start } = cursor.token;
  let value = cursor.next().text;
  while (cursor.token.kind === "string" && cursor.text.slice(cursor.previousEnd, cursor.token.start).includes("\n"))
    value += cursor.next().text;
  return cursor.node(start, [], { kind: "string" as const, value });
}

function parseParenthesis(cursor: TokenCursor, start: number): Expression {
  if (!cursor.takeSymbol("(")) throw cursor.expected("<value>");
  const items = parseList(cursor, ")");
  if (items.length === 0) throw failure("expression.empty-parentheses", {}, { start, end: cursor.previousEnd });
  return items.length === 1 ? (items[0] as Expression) : cursor.node(start, items, { kind: "row" as const, items });
}

/** Expressions up to the closing symbol. */
export function parseList(cursor: TokenCursor, close: ")" | "]"): Expression[] {
  const items: Expression[] = [];
  if (cursor.takeSymbol(close)) return items;
  do items.push(parseExpression(cursor));
  while (cursor.takeSymbol(","));
  if (!cursor.takeSymbol(close)) throw cursor.expected(",", close);
  return items;
}

function parseWord(cursor: TokenCursor, upper: string, start: number): Expression {
  if (upper === "TRUE" || upper === "FALSE") {
    cursor.next();
    return cursor.node(start, [], { kind: "boolean" as const, value: upper === "TRUE" });
  }
  if (cursor.takeWords("NULL") || cursor.takeWords("UNKNOWN")) return cursor.node(start, [], { kind: "null" as const });
  if (cursor.takeWords("CASE")) return parseCase(cursor, start);
  if (cursor.isSymbol("(", 1) && !KEYWORDS.has(upper)) {
    if (upper === "CAST" || upper === "TRY_CAST") return parseCast(cursor, upper === "TRY_CAST");
    return parseCall(cursor);
  }
  if (cursor.isSymbol("[", 1) && (upper === "ARRAY" || upper === "MAP")) return parseConstructor(cursor, upper, start);
  if (
    upper === "INTERVAL" &&
    (cursor.peek().kind === "string" || cursor.peek().kind === "number" || cursor.isSymbol("-", 1) || cursor.isSymbol("+", 1))
  )
    return parseInterval(cursor);
  if (isDatetimeWord(upper) && cursor.peek().kind === "string") return parseDatetime(cursor, upper);
  if (KEYWORDS.has(upper)) {
    const got = cursor.token.text;
    throw upper === "SELECT"
      ? failure("expression.statement", {}, cursor.token)
      : failure("expression.keyword", { got: shorten(got, 20) }, cursor.token, `\`${got}\``);
  }
  return cursor.node(start, [], { kind: "field" as const, name: cursor.next().text });
}

function parseConstructor(cursor: TokenCursor, upper: "ARRAY" | "MAP", start: number): Expression {
  cursor.next();
  cursor.expectSymbol("[");
  const items = parseList(cursor, "]");
  if (items.length === 0)
    throw failure(
      "expression.empty-collection",
      { word: upper },
      { start, end: cursor.previousEnd },
      `CAST(NULL AS ${upper === "MAP" ? "MAP<STRING, INT>" : "ARRAY<INT>"})`,
    );
  if (upper === "MAP" && items.length % 2 === 1) throw failure("expression.odd-map", {}, { start, end: cursor.previousEnd });
  return cursor.node(start, items, { kind: upper === "MAP" ? ("map" as const) : ("array" as const), items });
}

function parseCase(cursor: TokenCursor, start: number): Expression {
  const operand = cursor.isWord("WHEN") ? undefined : parseExpression(cursor);
  const branches: CaseBranch[] = [];
  while (cursor.takeWords("WHEN")) {
    const when = [parseExpression(cursor)];
    while (operand && cursor.takeSymbol(",")) when.push(parseExpression(cursor));
    cursor.expectWord("THEN");
    branches.push({ when, result: parseExpression(cursor) });
  }
  if (branches.length === 0) throw cursor.expected("WHEN");
  const otherwise = cursor.takeWords("ELSE") ? parseExpression(cursor) : undefined;
  if (!cursor.takeWords("END")) throw otherwise ? cursor.expected("END") : cursor.expected("WHEN", "ELSE", "END");
  const parts = [operand, otherwise, ...branches.flatMap(({ when, result }) => [...when, result])];
  return cursor.node(start, parts, { kind: "case" as const, operand, branches, otherwise });
}
