/** What the parts of the checker share while one expression is checked. */
import type { Schema } from "../schema/index.ts";
import type { ExpressionProblem, ExpressionSettings, TextRange } from "./api.ts";
import type { Expression } from "./syntax.ts";
import type { Typed } from "./typed-tree.ts";

export interface Scope {
  readonly text: string;
  readonly schema: Schema;
  readonly settings: ExpressionSettings;
  /** Types one expression; throws `ExpressionFailure`. */
  check(expression: Expression): Typed;
  /** Types each and only then throws, so that one look shows every mistake. */
  checkAll(expressions: readonly Expression[]): Typed[];
  /** The expression reads this field of the row. */
  read(path: readonly string[]): void;
  warn(problem: ExpressionProblem): void;
  /** Takes up an aggregate and gives the field that will hold its value; undefined where none may stand. */
  readonly aggregate: ((call: Extract<Expression, { kind: "call" }>) => Typed) | undefined;
}

/** What stands at the range, as the user wrote it. */
export function sourceOf(scope: Scope, range: TextRange): string {
  return scope.text.slice(range.start, range.end);
}
