/** Types in SQL's words: "ROW<mid STRING NOT NULL, ts BIGINT>", "TIMESTAMP(3) WITH LOCAL TIME ZONE", "INT ARRAY". */
import { didYouMean } from "../pipeline/did-you-mean.ts";
import type { DataType, Field, RowShape } from "../schema/index.ts";
import type { TextRange } from "./api.ts";
import { failure } from "./problems.ts";
import type { TokenCursor } from "./token-cursor.ts";

const SIMPLE: Readonly<Record<string, DataType>> = {
  BOOLEAN: { type: "BOOLEAN" },
  TINYINT: { type: "TINYINT" },
  SMALLINT: { type: "SMALLINT" },
  INT: { type: "INT" },
  INTEGER: { type: "INT" },
  BIGINT: { type: "BIGINT" },
  FLOAT: { type: "FLOAT" },
  DOUBLE: { type: "DOUBLE" },
  STRING: { type: "STRING" },
  BYTES: { type: "BYTES" },
  DATE: { type: "DATE" },
  VARIANT: { type: "VARIANT" },
  NULL: { type: "NULL" },
};
const WITH_ARGUMENTS = [
  "CHAR",
  "VARCHAR",
  "BINARY",
  "VARBINARY",
  "DECIMAL",
  "TIME",
  "TIMESTAMP",
  "TIMESTAMP_LTZ",
  "INTERVAL",
  "ARRAY",
  "MAP",
  "ROW",
];

/** Names of all types, for completion and suggestions. */
export const TYPE_NAMES: readonly string[] = [
  ...Object.keys(SIMPLE).filter((name) => name !== "INTEGER" && name !== "NULL"),
  ...WITH_ARGUMENTS,
];

/** Longest CHAR, VARCHAR …; a VARCHAR of this length is STRING. */
const MAX_TEXT = 2_147_483_647;

/** Other systems' words for the same. */
const ALIASES: Readonly<Record<string, string>> = {
  LONG: "BIGINT",
  TEXT: "STRING",
  BOOL: "BOOLEAN",
  DATETIME: "TIMESTAMP",
  JSON: "VARIANT",
  STRUCT: "ROW",
  LIST: "ARRAY",
  OBJECT: "ROW",
  NUMBER: "DECIMAL",
  INT64: "BIGINT",
  INT32: "INT",
  FLOAT64: "DOUBLE",
};

/** A type with its NOT NULL. */
export function parseDataType(cursor: TokenCursor): DataType {
  return cursor.nested(() => {
    let dataType = parseNullability(cursor, parseBare(cursor));
    while (cursor.takeWords("ARRAY")) dataType = parseNullability(cursor, { type: "ARRAY", element: dataType });
    return dataType;
  });
}

/** "mid STRING, ts BIGINT" up to what is no field any more. */
export function parseFields(cursor: TokenCursor): RowShape {
  const fields: Field[] = [];
  const names = new Set<string>();
  do {
    const { token } = cursor;
    if (token.kind !== "word" && token.kind !== "quoted") throw cursor.expected("<field>");
    cursor.next();
    if (names.has(token.text)) throw failure("expression.duplicate-field", { field: token.text }, token);
    names.add(token.text);
    fields.push({ name: token.text, dataType: parseDataType(cursor) });
  } while (cursor.takeSymbol(","));
  return { type: "ROW", fields };
}

function parseNullability(cursor: TokenCursor, dataType: DataType): DataType {
  if (cursor.takeWords("NOT", "NULL")) return { ...dataType, nullable: false };
  // "RETURNING INT NULL ON EMPTY": that NULL is not the type's.
  if (!cursor.isWord("ON", 1)) cursor.takeWords("NULL");
  return dataType;
}

function parseBare(cursor: TokenCursor): DataType {
  const { token } = cursor;
  if (token.kind !== "word") throw cursor.expected("<type>");
  cursor.next();
  const simple = Object.hasOwn(SIMPLE, token.upper) ? SIMPLE[token.upper] : undefined;
  if (simple) {
    if (token.upper === "DOUBLE") cursor.takeWords("PRECISION");
    return simple;
  }
  switch (token.upper) {
    case "CHAR":
    case "CHARACTER":
      if (cursor.takeWords("VARYING")) return varchar(parseLength(cursor, MAX_TEXT));
      return { type: "CHAR", length: parseLength(cursor, 1) };
    case "VARCHAR":
      return varchar(parseLength(cursor, MAX_TEXT));
    case "BINARY":
      if (cursor.takeWords("VARYING")) return varbinary(parseLength(cursor, MAX_TEXT));
      return { type: "BINARY", length: parseLength(cursor, 1) };
    case "VARBINARY":
      return varbinary(parseLength(cursor, MAX_TEXT));
    case "DECIMAL":
    case "DEC":
    case "NUMERIC":
      return parseDecimal(cursor);
    case "TIME": {
      const precision = parsePrecision(cursor, 0);
      cursor.takeWords("WITHOUT", "TIME", "ZONE");
      return { type: "TIME", precision };
    }
    case "TIMESTAMP":
      return parseTimestamp(cursor);
    case "TIMESTAMP_LTZ":
      return { type: "TIMESTAMP_LTZ", precision: parsePrecision(cursor, 6) };
    case "INTERVAL":
      return parseInterval(cursor);
    case "ARRAY": {
      const [element] = parseBracketed(cursor, 1);
      return { type: "ARRAY", element: element as DataType };
    }
    case "MAP": {
      const [key, value] = parseBracketed(cursor, 2);
      return { type: "MAP", key: key as DataType, value: value as DataType };
    }
    case "ROW":
      return parseRow(cursor);
    default:
      throw unknownType(token.text, token.upper, token);
  }
}

function unknownType(got: string, upper: string, range: TextRange) {
  const suggestion = (Object.hasOwn(ALIASES, upper) ? ALIASES[upper] : undefined) ?? didYouMean(upper, TYPE_NAMES);
  return failure("expression.unknown-type", { got, ...(suggestion && { suggestion }), known: TYPE_NAMES }, range, suggestion);
}

function varchar(length: number): DataType {
  return length === MAX_TEXT ? { type: "STRING" } : { type: "VARCHAR", length };
}
function varbinary(length: number): DataType {
  return length === MAX_TEXT ? { type: "BYTES" } : { type: "VARBINARY", length };
}

function parseLength(cursor: TokenCursor, otherwise: number): number {
  return cursor.takeSymbol("(") ? closed(cursor, parseNumber(cursor, 1, MAX_TEXT)) : otherwise;
}
function parsePrecision(cursor: TokenCursor, otherwise: number): number {
  return cursor.takeSymbol("(") ? closed(cursor, parseNumber(cursor, 0, 9)) : otherwise;
}
function closed<T>(cursor: TokenCursor, value: T): T {
  cursor.expectSymbol(")");
  return value;
}

function parseNumber(cursor: TokenCursor, least: number, greatest: number): number {
  const { token } = cursor;
  if (token.kind !== "number") throw cursor.expected("<number>");
  cursor.next();
  const number = Number(token.text);
  if (!/^\d+$/.test(token.text) || number < least || number > greatest)
    throw failure("expression.type-parameter", { got: token.text, least, greatest }, token);
  return number;
}

function parseDecimal(cursor: TokenCursor): DataType {
  if (!cursor.takeSymbol("(")) return { type: "DECIMAL", precision: 10, scale: 0 };
  const precision = parseNumber(cursor, 1, 38);
  const scale = cursor.takeSymbol(",") ? parseNumber(cursor, 0, precision) : 0;
  return closed(cursor, { type: "DECIMAL", precision, scale });
}

function parseTimestamp(cursor: TokenCursor): DataType {
  const precision = parsePrecision(cursor, 6);
  if (cursor.takeWords("WITH", "LOCAL", "TIME", "ZONE")) return { type: "TIMESTAMP_LTZ", precision };
  if (cursor.isWord("WITH")) {
    cursor.next();
    throw cursor.expected("LOCAL TIME ZONE");
  }
  cursor.takeWords("WITHOUT", "TIME", "ZONE");
  return { type: "TIMESTAMP", precision };
}

const MONTHS = new Set(["YEAR", "MONTH", "QUARTER"]);
const TIMES = new Set(["DAY", "HOUR", "MINUTE", "SECOND", "WEEK"]);

function parseInterval(cursor: TokenCursor): DataType {
  const unit = () => {
    const { token } = cursor;
    if (token.kind !== "word" || !(MONTHS.has(token.upper) || TIMES.has(token.upper))) throw cursor.expected("<interval unit>");
    cursor.next();
    if (cursor.takeSymbol("(")) {
      parseNumber(cursor, 0, 9);
      if (cursor.takeSymbol(",")) parseNumber(cursor, 0, 9);
      cursor.expectSymbol(")");
    }
    return token.upper;
  };
  const from = unit();
  if (cursor.takeWords("TO")) unit();
  return { type: MONTHS.has(from) ? "INTERVAL_YEAR_MONTH" : "INTERVAL_DAY_TIME" };
}

/** Types between < and >; the `>` of an inner type may be glued to ours (`>=` cannot occur here). */
function parseBracketed(cursor: TokenCursor, count: number): DataType[] {
  cursor.expectSymbol("<");
  const types = [parseDataType(cursor)];
  while (types.length < count) {
    cursor.expectSymbol(",");
    types.push(parseDataType(cursor));
  }
  cursor.expectSymbol(">");
  return types;
}

function parseRow(cursor: TokenCursor): DataType {
  if (cursor.takeSymbol("<>")) return { type: "ROW", fields: [] };
  const close = cursor.isSymbol("(") ? ")" : ">";
  cursor.expectSymbol(close === ")" ? "(" : "<");
  if (cursor.takeSymbol(close)) return { type: "ROW", fields: [] };
  const row = parseFields(cursor);
  cursor.expectSymbol(close);
  return row;
}
