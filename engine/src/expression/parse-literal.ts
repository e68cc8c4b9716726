/** Literals of more than one token: DATE '…', TIMESTAMP '…', INTERVAL '…' DAY TO SECOND. Their texts are read by the checker. */
import { type Expression, INTERVAL_UNITS, type IntervalUnit } from "./syntax.ts";
import type { TokenCursor } from "./token-cursor.ts";

export type DatetimeWord = "DATE" | "TIME" | "TIMESTAMP";

export function isDatetimeWord(word: string): word is DatetimeWord {
  return word === "DATE" || word === "TIME" || word === "TIMESTAMP";
}

export function parseDatetime(cursor: TokenCursor, type: DatetimeWord): Expression {
  const { start } = cursor.next();
  const { text } = cursor.next();
  return cursor.node(start, [], { kind: "datetime" as const, type, text });
}

export function parseInterval(cursor: TokenCursor): Expression {
  const { start } = cursor.next();
  const negative = cursor.takeSymbol("-");
  if (!negative) cursor.takeSymbol("+");
  if (cursor.token.kind !== "string" && cursor.token.kind !== "number") throw cursor.expected("<text>");
  const { text } = cursor.next();
  const from = parseUnit(cursor);
  const to = cursor.takeWords("TO") ? parseUnit(cursor) : undefined;
  return cursor.node(start, [], { kind: "interval" as const, text, negative, from, to });
}

/** A unit, singular or plural, with the precision that Flink allows and that says nothing here. */
function parseUnit(cursor: TokenCursor): IntervalUnit {
  const { token } = cursor;
  const unit = token.kind === "word" ? INTERVAL_UNITS.find((unit) => token.upper === unit || token.upper === `${unit}S`) : undefined;
  if (unit === undefined) throw cursor.expected("<interval unit>");
  cursor.next();
  if (cursor.takeSymbol("(")) {
    do if (cursor.next().kind !== "number") throw cursor.expected("<number>");
    while (cursor.takeSymbol(","));
    cursor.expectSymbol(")");
  }
  return unit;
}
