/** What the tests of the language share: one expression over one row, as text. */
import type { Values } from "../schema/index.ts";
import { check } from "./check.ts";
import { compile } from "./compile.ts";
import { formatType } from "./format-type.ts";
import { EXPRESSION_PROBLEM_WORDS, type ExpressionProblemCode } from "./problem-words.ts";
import { parseSchema } from "./types.ts";
import { formatValue } from "./values/format-value.ts";

export const SETTINGS = { timeZone: "Asia/Shanghai" };
/** 2024-05-31 20:30:00 in Shanghai. */
export const NOW = Date.UTC(2024, 4, 31, 12, 30);

export function schemaOf(fields: string) {
  const read = parseSchema(fields);
  if ("problem" in read) throw new Error(`not a schema: ${fields}`);
  return read.schema;
}

/** The value as CAST to STRING prints it. */
export function evaluate(text: string, fields = "", row: Values = {}, settings = SETTINGS): string {
  const { checked, problems } = check(text, schemaOf(fields), settings);
  if (!checked) throw new Error(`${text}: ${problems.map(({ code }) => code).join()}`);
  return formatValue(compile(checked, settings)(row, { time: 0, now: () => NOW }), checked.dataType, settings);
}

export function typeOf(text: string, fields = ""): string {
  const { checked, problems } = check(text, schemaOf(fields), SETTINGS);
  if (!checked) throw new Error(`${text}: ${problems.map(({ code }) => code).join()}`);
  return formatType(checked.dataType);
}

export function readsOf(text: string, fields: string): readonly (readonly string[])[] {
  return check(text, schemaOf(fields), SETTINGS).checked?.reads ?? [];
}

export interface Said {
  readonly en: string;
  readonly zh: string;
  /** What the problem is about. */
  readonly at: string;
  /** The text with the problem's repair made. */
  readonly fixed: string | undefined;
}

/** Every problem, in words. */
export function problemsOf(text: string, fields = ""): readonly Said[] {
  return check(text, schemaOf(fields), SETTINGS).problems.map(({ code, args, range, fix }) => ({
    ...EXPRESSION_PROBLEM_WORDS[code as ExpressionProblemCode](args),
    at: text.slice(range.start, range.end),
    fixed: fix && text.slice(0, range.start) + fix.replace + text.slice(range.end),
  }));
}
