/** Operators and forms that are no functions, described like them. */
import type { Words } from "../node/spec.ts";

export interface FormDescription {
  readonly form: string;
  readonly help: Words;
  /** An expression without fields and what `formatValue` prints of its value. */
  readonly example: { readonly text: string; readonly result: string };
}

function form(text: string, en: string, zh: string, example: string, result: string): FormDescription {
  return { form: text, help: { en, zh }, example: { text: example, result } };
}

/** From what binds least to what binds most, then the forms. */
export const OPERATORS: readonly FormDescription[] = [
  form("a OR b", "At least one holds.", "至少一个成立。", "FALSE OR NULL", "NULL"),
  form("a AND b", "Both hold.", "两者都成立。", "FALSE AND NULL", "FALSE"),
  form("NOT a", "The opposite; NULL stays NULL.", "取反；NULL 仍为 NULL。", "NOT 1 = 2", "TRUE"),
  form("a IS [NOT] NULL", "Whether there is no value.", "是否为 NULL。", "1 IS NULL", "FALSE"),
  form(
    "a IS [NOT] TRUE | FALSE | UNKNOWN",
    "Whether a condition is so; never NULL.",
    "条件是否为某值；结果不为 NULL。",
    "NULL IS UNKNOWN",
    "TRUE",
  ),
  form(
    "a IS [NOT] DISTINCT FROM b",
    "Whether both differ, NULL being a value.",
    "是否不同，把 NULL 当作值。",
    "1 IS DISTINCT FROM NULL",
    "TRUE",
  ),
  form(
    "a IS [NOT] JSON [VALUE | OBJECT | ARRAY | SCALAR]",
    "Whether a text is JSON of that kind.",
    "文本是否为（该种）JSON。",
    "'[1]' IS JSON ARRAY",
    "TRUE",
  ),
  form("= <> != < <= > >=", "Comparison; NULL where one side is.", "比较；任一侧为 NULL 则为 NULL。", "2 >= 1.5", "TRUE"),
  form(
    "(a, b) OVERLAPS (c, d)",
    "Whether two periods of time share a moment.",
    "两个时间段是否重叠。",
    "(DATE '2024-01-01', INTERVAL '3' DAY) OVERLAPS (DATE '2024-01-02', DATE '2024-01-05')",
    "TRUE",
  ),
  form("a [NOT] BETWEEN [SYMMETRIC] b AND c", "Within two bounds, both included.", "在两个界之间（含两端）。", "2 BETWEEN 1 AND 3", "TRUE"),
  form("a [NOT] IN (b, …)", "Equal to one of a list.", "等于列表中的某个值。", "'b' IN ('a', 'b')", "TRUE"),
  form(
    "a [NOT] LIKE b [ESCAPE c]",
    "A text by a pattern: % for anything, _ for one character.",
    "按模式匹配文本：% 任意内容，_ 单个字符。",
    "'good_detail' LIKE 'good%'",
    "TRUE",
  ),
  form(
    "a [NOT] SIMILAR TO b [ESCAPE c]",
    "A text by SQL's regular expressions, as a whole.",
    "按 SQL 正则匹配整个文本。",
    "'abc' SIMILAR TO '(a|b)+c'",
    "TRUE",
  ),
  form(
    "a + b, a - b",
    "Numbers, or a time and an interval.",
    "数字加减，或时间与间隔。",
    "DATE '2024-01-31' + INTERVAL '1' MONTH",
    "2024-02-29",
  ),
  form("a * b, a / b, a % b", "Numbers; whole numbers are cut off when divided.", "乘、除、取余；整数相除截断。", "-7 / 2", "-3"),
  form("a || b", "Texts one after the other.", "连接文本。", "'a' || 'b'", "ab"),
  form("-a, +a", "The sign.", "正负号。", "-(3)", "-3"),
  form("a.b", "A field within a row.", "行内的字段。", "CAST(ROW(1, 'x') AS ROW<id INT, name STRING>).name", "x"),
  form(
    "a[i], m[k]",
    "An element from 1, or a map's value; NULL where there is none.",
    "数组元素（从 1 起）或映射的值；没有则为 NULL。",
    "ARRAY['a', 'b'][2]",
    "b",
  ),
  form(
    "CASE WHEN a THEN b … [ELSE c] END",
    "The first branch whose condition holds.",
    "第一个条件成立的分支。",
    "CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END",
    "b",
  ),
  form(
    "CASE a WHEN b[, c] THEN d … [ELSE e] END",
    "The first branch whose value is equal.",
    "第一个值相等的分支。",
    "CASE 2 WHEN 1, 2 THEN 'low' ELSE 'high' END",
    "low",
  ),
  form(
    "CAST(a AS type)",
    "A value of another type; an error of the row where it is none.",
    "转换类型；无法转换则该行出错。",
    "CAST('12' AS INT)",
    "12",
  ),
  form("TRY_CAST(a AS type)", "The same, but NULL where it is none.", "转换类型；无法转换则为 NULL。", "TRY_CAST('x' AS INT)", "NULL"),
  form("ARRAY[a, …]", "An array.", "数组。", "ARRAY[1, 2]", "[1, 2]"),
  form("MAP[k, v, …]", "A map of keys and values in turn.", "由键与值依次组成的映射。", "MAP['a', 1]", "{a=1}"),
  form("ROW(a, …)", "A row.", "行。", "ROW(1, 'a')", "(1, a)"),
  form(
    "DATE '…', TIME '…', TIMESTAMP '…'",
    "Times as they are written.",
    "时间字面量。",
    "TIMESTAMP '2024-05-31 12:30:00'",
    "2024-05-31 12:30:00",
  ),
  form("INTERVAL '…' unit [TO unit]", "A span of time.", "时间间隔。", "INTERVAL '1 02:03' DAY TO MINUTE", "+1 02:03:00.000"),
];
