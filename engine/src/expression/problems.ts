/** How lexer, parser and checker say what is wrong: by throwing one problem, which the front door turns into data. */
import type { Problem } from "../pipeline/problem.ts";
import type { ExpressionProblem, TextRange } from "./api.ts";
import type { ExpressionProblemCode } from "./problem-words.ts";

export class ExpressionFailure extends Error {
  readonly problems: readonly ExpressionProblem[];
  constructor(problems: readonly ExpressionProblem[]) {
    super(problems[0]?.code ?? "expression");
    this.problems = problems;
  }
}

export function expressionProblem(
  code: ExpressionProblemCode,
  args: Problem["args"],
  range: TextRange,
  fix?: string,
  severity: Problem["severity"] = "error",
): ExpressionProblem {
  return { code, args, severity, range: { start: range.start, end: range.end }, ...(fix !== undefined && { fix: { replace: fix } }) };
}

export function failure(code: ExpressionProblemCode, args: Problem["args"], range: TextRange, fix?: string): ExpressionFailure {
  return new ExpressionFailure([expressionProblem(code, args, range, fix)]);
}

/** Enough of a value to recognize it by. */
export function shorten(text: string, length = 60): string {
  const points = [...text.slice(0, 2 * length)];
  return points.length > length || text.length > 2 * length ? `${points.slice(0, length).join("")}…` : text;
}
