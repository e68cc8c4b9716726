/** Calls: name(a, b), and the functions that SQL gives words between their arguments. */
import { parseExpression, parseList } from "./parse-expression.ts";
import { parseDataType } from "./parse-type.ts";
import { failure } from "./problems.ts";
import {
  type AggregateClauses,
  type Expression,
  INTERVAL_UNITS,
  type IntervalUnit,
  type JsonBehaviour,
  type JsonClauses,
} from "./syntax.ts";
import type { TokenCursor } from "./token-cursor.ts";
import type { Token } from "./tokens.ts";

export function parseCast(cursor: TokenCursor, tries: boolean): Expression {
  const { start } = cursor.next();
  cursor.expectSymbol("(");
  const operand = parseExpression(cursor);
  cursor.expectWord("AS");
  const unit = singleUnit(cursor);
  const target = parseDataType(cursor);
  cursor.expectSymbol(")");
  return cursor.node(start, [operand], { kind: "cast" as const, operand, target, tries, unit });
}

/** The unit of the type that follows, if it is INTERVAL DAY and the like, without TO. */
function singleUnit(cursor: TokenCursor): IntervalUnit | undefined {
  if (!cursor.isWord("INTERVAL") || cursor.isWord("TO", 2)) return undefined;
  const word = cursor.peek();
  return word.kind === "word" ? INTERVAL_UNITS.find((unit) => word.upper === unit) : undefined;
}

type Special = (cursor: TokenCursor, name: string, start: number) => Expression;

const SPECIAL: Readonly<Record<string, Special>> = {
  EXTRACT: parseExtract,
  FLOOR: parseRounding,
  CEIL: parseRounding,
  CEILING: parseRounding,
  TRIM: parseTrim,
  SUBSTRING: (cursor, name, start) => parseSeparated(cursor, name, start, ["FROM", "FOR"]),
  POSITION: (cursor, name, start) => parseSeparated(cursor, name, start, ["IN"]),
  OVERLAY: (cursor, name, start) => parseSeparated(cursor, name, start, ["PLACING", "FROM", "FOR"]),
  TIMESTAMPADD: parseUnitFirst,
  TIMESTAMPDIFF: parseUnitFirst,
  JSON_EXISTS: parseJson,
  JSON_VALUE: parseJson,
  JSON_QUERY: parseJson,
  JSON_OBJECT: parseJsonObject,
  JSON_ARRAY: parseJson,
  ROW: (cursor, _name, start) => {
    const items = parseList(cursor, ")");
    return cursor.node(start, items, { kind: "row" as const, items });
  },
};

export function parseCall(cursor: TokenCursor): Expression {
  const token = cursor.next();
  const name = token.text.toUpperCase();
  cursor.expectSymbol("(");
  if (Object.hasOwn(SPECIAL, name)) return (SPECIAL[name] as Special)(cursor, name, token.start);
  return parsePlain(cursor, name, token.start);
}

type Aggregate = { -readonly [K in keyof AggregateClauses]: AggregateClauses[K] };

/** name(a, b), and what aggregates have: (*), (DISTINCT a), FILTER (WHERE a) behind. */
function parsePlain(cursor: TokenCursor, name: string, start: number): Expression {
  const over: Aggregate = {};
  if (cursor.isSymbol("*") && cursor.isSymbol(")", 1)) {
    cursor.next();
    over.star = true;
  }
  const isQuantified = (cursor.isWord("DISTINCT") || cursor.isWord("ALL")) && startsValue(cursor.peek());
  if (isQuantified && cursor.next().text.toUpperCase() === "DISTINCT") over.distinct = true;
  const args = parseList(cursor, ")");
  if (cursor.isWord("FILTER") && cursor.isSymbol("(", 1)) {
    cursor.next();
    cursor.expectSymbol("(");
    cursor.expectWord("WHERE");
    over.filter = parseExpression(cursor);
    cursor.expectSymbol(")");
  }
  const isAggregate = Object.keys(over).length > 0;
  return cursor.node(start, [...args, over.filter], { kind: "call" as const, name, args, ...(isAggregate && { over }) });
}

/** A token behind DISTINCT that makes it a word of the language and not a field. */
function startsValue(token: Token): boolean {
  return token.kind !== "end" && (token.kind !== "symbol" || token.text === "(");
}

function call(cursor: TokenCursor, name: string, start: number, args: readonly Expression[], json?: JsonClauses): Expression {
  return cursor.node(start, args, { kind: "call" as const, name, args, ...(json && { json }) });
}

/** A bare word among the arguments: a unit, BOTH. */
function takeWord(cursor: TokenCursor, expected: string): Expression {
  const { token } = cursor;
  if (token.kind !== "word") throw cursor.expected(expected);
  cursor.next();
  return cursor.node(token.start, [], { kind: "word" as const, word: token.upper });
}

function parseExtract(cursor: TokenCursor, name: string, start: number): Expression {
  const unit = takeWord(cursor, "<unit>");
  cursor.expectWord("FROM");
  const operand = parseExpression(cursor);
  cursor.expectSymbol(")");
  return call(cursor, name, start, [unit, operand]);
}

/** FLOOR(x) and FLOOR(x TO DAY). */
function parseRounding(cursor: TokenCursor, name: string, start: number): Expression {
  const args = [parseExpression(cursor)];
  if (cursor.takeWords("TO")) args.push(takeWord(cursor, "<unit>"));
  if (!cursor.takeSymbol(")")) throw cursor.expected("TO", ")");
  return call(cursor, name === "CEILING" ? "CEIL" : name, start, args);
}

/** TRIM(s), TRIM(c FROM s), TRIM(LEADING FROM s), TRIM(BOTH c FROM s): the characters are always given to the checker when a word is. */
function parseTrim(cursor: TokenCursor, name: string, start: number): Expression {
  const { token } = cursor;
  const isSide =
    token.kind === "word" && /^(BOTH|LEADING|TRAILING)$/.test(token.upper) && !cursor.isSymbol(")", 1) && !cursor.isSymbol(",", 1);
  const side = isSide ? takeWord(cursor, "BOTH") : undefined;
  if (side && cursor.takeWords("FROM")) {
    const operand = parseExpression(cursor);
    cursor.expectSymbol(")");
    return call(cursor, name, start, [side, operand]);
  }
  const first = parseExpression(cursor);
  if (!side && !cursor.isWord("FROM")) {
    cursor.expectSymbol(")");
    return call(cursor, name, start, [first]);
  }
  // Flink reads TRIM(BOTH s) as well.
  if (side && cursor.takeSymbol(")")) return call(cursor, name, start, [side, first]);
  cursor.expectWord("FROM");
  const operand = parseExpression(cursor);
  cursor.expectSymbol(")");
  return call(cursor, name, start, [side ?? { kind: "word", word: "BOTH", range: first.range }, first, operand]);
}

/** f(a, b, c) or f(a FROM b FOR c): the words in their order, those at the end may be left out. */
function parseSeparated(cursor: TokenCursor, name: string, start: number, words: readonly string[]): Expression {
  if (cursor.isSymbol(")")) return call(cursor, name, start, parseList(cursor, ")"));
  // IN is an operator of its own inside an expression: POSITION(a IN b) must not read "a IN b".
  const args = [parseExpression(cursor, words[0] === "IN" ? OPERAND_POWER : 0)];
  if (words[0] === "FROM" && cursor.takeSymbol(",")) return call(cursor, name, start, [...args, ...parseList(cursor, ")")]);
  for (const word of words) {
    if (!cursor.takeWords(word)) break;
    args.push(parseExpression(cursor));
  }
  if (!cursor.takeSymbol(")")) throw cursor.expected(...words.slice(args.length - 1, args.length), ")");
  return call(cursor, name, start, args);
}

/** Binds tighter than IN and looser than +. */
const OPERAND_POWER = 64;

function parseUnitFirst(cursor: TokenCursor, name: string, start: number): Expression {
  const unit = takeWord(cursor, "<unit>");
  cursor.expectSymbol(",");
  return call(cursor, name, start, [unit, ...parseList(cursor, ")")]);
}

/** JSON_VALUE(v, path RETURNING t DEFAULT x ON EMPTY …) and its like; for JSON_ARRAY any number of values before the clauses. */
function parseJson(cursor: TokenCursor, name: string, start: number): Expression {
  const args: Expression[] = [];
  if (!startsClause(cursor) && !cursor.isSymbol(")")) {
    do args.push(parseExpression(cursor));
    while (cursor.takeSymbol(","));
  }
  const { clauses, parts } = parseClauses(cursor);
  if (!cursor.takeSymbol(")")) throw cursor.expected(",", ")");
  return cursor.node(start, [...args, ...parts], { kind: "call" as const, name, args, json: clauses });
}

function parseJsonObject(cursor: TokenCursor, name: string, start: number): Expression {
  const args: Expression[] = [];
  if (!startsClause(cursor) && !cursor.isSymbol(")")) {
    do {
      // KEY may be left out, and may be a field's name.
      if (cursor.isWord("KEY") && !cursor.isWord("VALUE", 1) && !cursor.isSymbol(":", 1)) cursor.next();
      args.push(parseExpression(cursor));
      if (!cursor.takeWords("VALUE") && !cursor.takeSymbol(":")) throw cursor.expected("VALUE");
      args.push(parseExpression(cursor));
    } while (cursor.takeSymbol(","));
  }
  const { clauses } = parseClauses(cursor);
  if (!cursor.takeSymbol(")")) throw cursor.expected(",", ")");
  return call(cursor, name, start, args, clauses);
}

function startsClause(cursor: TokenCursor): boolean {
  return cursor.isWord("ON", 1) && (cursor.isWord("NULL") || cursor.isWord("ABSENT"));
}

type Clauses = { -readonly [K in keyof JsonClauses]: JsonClauses[K] };

function parseClauses(cursor: TokenCursor): { clauses: JsonClauses; parts: Expression[] } {
  const clauses: Clauses = {};
  const parts: Expression[] = [];
  for (;;) {
    const { token } = cursor;
    if (cursor.takeWords("RETURNING")) clauses.returning = parseDataType(cursor);
    else if (cursor.takeWords("NULL", "ON", "NULL")) clauses.nulls = "NULL";
    else if (cursor.takeWords("ABSENT", "ON", "NULL")) clauses.nulls = "ABSENT";
    else if (token.kind === "word" && /^(WITH|WITHOUT)$/.test(token.upper)) clauses.wrapper = parseWrapper(cursor);
    else {
      const behaviour = parseBehaviour(cursor);
      if (behaviour === undefined) return { clauses, parts };
      if (behaviour.do === "DEFAULT") parts.push(behaviour.value);
      cursor.expectWord("ON");
      const when = cursor.takeWords("EMPTY") ? "onEmpty" : cursor.takeWords("ERROR") ? "onError" : undefined;
      if (when === undefined) throw cursor.expected("EMPTY", "ERROR");
      if (clauses[when]) throw failure("expression.twice", { what: when === "onEmpty" ? "ON EMPTY" : "ON ERROR" }, token);
      clauses[when] = behaviour;
    }
  }
}

function parseWrapper(cursor: TokenCursor): NonNullable<JsonClauses["wrapper"]> {
  const without = cursor.takeWords("WITHOUT");
  if (!without) cursor.expectWord("WITH");
  const conditional = !without && cursor.takeWords("CONDITIONAL");
  if (!conditional) cursor.takeWords("UNCONDITIONAL");
  cursor.takeWords("ARRAY");
  cursor.expectWord("WRAPPER");
  return without ? "WITHOUT" : conditional ? "CONDITIONAL" : "UNCONDITIONAL";
}

function parseBehaviour(cursor: TokenCursor): JsonBehaviour | undefined {
  if (cursor.takeWords("DEFAULT")) return { do: "DEFAULT", value: parseExpression(cursor) };
  if (cursor.takeWords("EMPTY", "ARRAY")) return { do: "EMPTY ARRAY" };
  if (cursor.takeWords("EMPTY", "OBJECT")) return { do: "EMPTY OBJECT" };
  for (const word of ["NULL", "ERROR", "TRUE", "FALSE", "UNKNOWN"] as const) if (cursor.takeWords(word)) return { do: word };
  return undefined;
}
