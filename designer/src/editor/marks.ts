/** Problems of an expression as its editor shows them in the text, in the user's language. */
import { type Fix, fixesOf } from "@millrace/engine/expression";
import type { Words } from "@millrace/engine/node";
import { type Problem, words } from "@millrace/engine/pipeline";

export interface ExpressionMark {
  readonly message: string;
  readonly severity: Problem["severity"];
  /** Absent: the whole text. */
  readonly range: Problem["range"];
  /** The likeliest first. */
  readonly fixes: readonly Fix[];
}

/** `text` is the one in which they were found. Where the form stands is no part of the message: it is shown there. */
export function marksOf(text: string, problems: readonly Problem[], say: (words: Words) => string): readonly ExpressionMark[] {
  return problems.map(({ path: _, ...problem }) => ({
    message: say(words(problem)),
    severity: problem.severity,
    range: problem.range,
    fixes: fixesOf(text, problem),
  }));
}
