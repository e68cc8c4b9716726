/** Repairs that an editor offers for a problem of an expression. The likeliest comes with the problem; what else may have been meant is worked out here. */
import type { Words } from "../node/spec.ts";
import type { Problem } from "../pipeline/problem.ts";
import type { TextRange } from "./api.ts";
import { shorten } from "./problems.ts";
import { quoteName } from "./quote-name.ts";
import { quoteText } from "./tokens.ts";

export interface Fix {
  /** "Write 'home'". */
  readonly title: Words;
  /** What is replaced in the text; empty where something is inserted. */
  readonly range: TextRange;
  readonly replace: string;
}

/** The likeliest first; empty when only the author can know. `text` is the one the problem was found in. */
export function fixesOf(text: string, problem: Pick<Problem, "code" | "args" | "range" | "fix">): readonly Fix[] {
  const range = problem.range ?? { start: 0, end: text.length };
  const got = text.slice(range.start, range.end);
  const first = problem.fix === undefined ? [] : [problem.fix.replace];
  const others = ALTERNATIVES[problem.code]?.(got, problem.args) ?? [];
  return [...new Set([...first, ...others])].map((replace) => ({ title: titleOf(replace), range, replace }));
}

const ALTERNATIVES: Readonly<Record<string, (got: string, args: Problem["args"]) => readonly string[]>> = {
  // A word without quotes is mostly a field's name, sometimes a text.
  "expression.unknown-field": (got) => (/^[\w-]+$/.test(got) ? [quoteText(got)] : []),
  // Double quotes stand around names in other dialects.
  "expression.double-quotes": (_, { got }) => [quoteName(String(got))],
  "expression.unexpected-character": () => [""],
  "expression.bad-number": (got) => [quoteText(got)],
  "expression.not-a-condition": (got, { got: type }) => (/CHAR|STRING/.test(String(type)) ? [`${got} <> ''`] : [`${got} <> 0`]),
};

const MAX_TITLE = 60;

function titleOf(replace: string): Words {
  const shown = shorten(replace.trim().replace(/\s+/g, " "), MAX_TITLE);
  return shown === "" ? { en: "Remove it", zh: "删除" } : { en: `Write ${shown}`, zh: `改为 ${shown}` };
}
