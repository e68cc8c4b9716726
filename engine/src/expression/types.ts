/** Types and schemas from text. */
import type { DataType, Schema } from "../schema/index.ts";
import type { ExpressionProblem } from "./api.ts";
import { parseDataType, parseFields } from "./parse-type.ts";
import { ExpressionFailure } from "./problems.ts";
import { TokenCursor } from "./token-cursor.ts";

export function parseType(text: string): { dataType: DataType } | { problem: ExpressionProblem } {
  return readWhole(text, (cursor) => ({ dataType: parseDataType(cursor) }));
}

export function parseSchema(text: string): { schema: Schema } | { problem: ExpressionProblem } {
  return readWhole(text, (cursor) => ({ schema: cursor.token.kind === "end" ? NO_FIELDS : parseFields(cursor) }));
}

const NO_FIELDS: Schema = { type: "ROW", fields: [] };

function readWhole<T>(text: string, read: (cursor: TokenCursor) => T): T | { problem: ExpressionProblem } {
  try {
    const cursor = new TokenCursor(text);
    const result = read(cursor);
    if (cursor.token.kind !== "end") throw cursor.expected(",");
    return result;
  } catch (error) {
    const problem = error instanceof ExpressionFailure ? error.problems[0] : undefined;
    if (!problem) throw error;
    return { problem };
  }
}
