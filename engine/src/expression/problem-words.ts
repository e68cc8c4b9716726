/** The words of every problem with an expression, English and Chinese, made from its arguments. */
import type { Words } from "../node/spec.ts";
import type { Problem } from "../pipeline/problem.ts";

type Args = Problem["args"];

const text = (args: Args, name: string): string => String(args[name] ?? "");
const list = (args: Args, name: string): readonly string[] => (Array.isArray(args[name]) ? (args[name] as readonly string[]) : []);
const suggestionEn = (args: Args, otherwise = ""): string => (args.suggestion ? `; did you mean "${args.suggestion}"?` : otherwise);
const suggestionZh = (args: Args, otherwise = ""): string => (args.suggestion ? `；是否想写 “${args.suggestion}”？` : otherwise);

/** What the parser may expect beside words and symbols. */
const EXPECTED: Readonly<Record<string, Words>> = {
  "<value>": { en: "a value", zh: "一个值" },
  "<operator>": { en: "an operator or the end", zh: "运算符或结尾" },
  "<field>": { en: "a field's name", zh: "字段名" },
  "<type>": { en: "a type such as BIGINT", zh: "类型（例如 BIGINT）" },
  "<number>": { en: "a number", zh: "数字" },
  "<text>": { en: "a text in single quotes", zh: "单引号中的文本" },
  "<unit>": { en: "a unit of time such as HOUR", zh: "时间单位（例如 HOUR）" },
  "<interval unit>": {
    en: "a unit of time: YEAR, MONTH, DAY, HOUR, MINUTE or SECOND",
    zh: "时间单位：YEAR、MONTH、DAY、HOUR、MINUTE 或 SECOND",
  },
};

function expectedEn(args: Args): string {
  const words = list(args, "expected").map((one) => EXPECTED[one]?.en ?? (/\w/.test(one) ? one : `"${one}"`));
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} or ${words.at(-1)}` : (words[0] ?? "");
}
function expectedZh(args: Args): string {
  const words = list(args, "expected").map((one) => EXPECTED[one]?.zh ?? (/\w/.test(one) ? ` ${one}` : ` “${one}”`));
  return words.length > 1 ? `${words.slice(0, -1).join("、")} 或 ${words.at(-1)}` : (words[0] ?? "");
}

const FAMILY_ZH: Readonly<Record<string, string>> = {
  STRING: "文本（STRING）",
  BYTES: "二进制（BYTES）",
  "STRING or BYTES": "文本或二进制",
  NUMBER: "数字",
  DOUBLE: "数字",
  INTEGER: "整数",
  INT: "整数（INT）",
  "STRING or NUMBER": "文本或数字",
  BOOLEAN: "条件（BOOLEAN）",
  DATE: "日期（DATE）",
  TIMESTAMP: "时间戳（TIMESTAMP）",
  "TIME POINT": "日期或时间",
  INTERVAL: "时间间隔（INTERVAL）",
  ARRAY: "数组（ARRAY）",
  "ARRAY of STRING": "文本数组（ARRAY<STRING>）",
  MAP: "映射（MAP）",
};
const FAMILY_EN: Readonly<Record<string, string>> = {
  NUMBER: "a number",
  DOUBLE: "a number",
  INTEGER: "a whole number",
  INT: "a whole number (INT)",
  "STRING or NUMBER": "a text or a number",
  "TIME POINT": "a date or time",
};

const PATTERN_FAULT: Readonly<Record<string, Words>> = {
  "escape-length": { en: "the escape must be one character", zh: "转义符必须是单个字符" },
  "escape-use": { en: "the escape may only stand before %, _ or itself", zh: "转义符只能出现在 %、_ 或其自身之前" },
  regex: { en: "it is no regular expression", zh: "它不是正则表达式" },
};

export const EXPRESSION_PROBLEM_WORDS = {
  "expression.too-long": (a) => ({
    en: `the expression is too long: ${text(a, "length")} characters, at most ${text(a, "limit")} are read. Split it over several nodes.`,
    zh: `表达式过长：${text(a, "length")} 个字符，最多读取 ${text(a, "limit")} 个。请拆分到多个节点。`,
  }),
  "expression.too-deep": (a) => ({
    en: `the expression is nested more than ${text(a, "limit")} levels deep. Split it over several nodes.`,
    zh: `表达式嵌套超过 ${text(a, "limit")} 层。请拆分到多个节点。`,
  }),
  "expression.unexpected-character": (a) => ({
    en: `"${text(a, "character")}" means nothing here. Remove it; text stands in single quotes, odd names in backticks.`,
    zh: `此处不能出现 “${text(a, "character")}”。请删除；文本用单引号，特殊名称用反引号。`,
  }),
  "expression.write-instead": (a) => ({
    en: a.instead ? `write ${text(a, "instead")} instead of ${text(a, "got")}.` : `"${text(a, "got")}" does not belong here. Remove it.`,
    zh: a.instead ? `请把 ${text(a, "got")} 写成 ${text(a, "instead")}。` : `此处不应有 “${text(a, "got")}”。请删除。`,
  }),
  "expression.double-quotes": (a) => ({
    en: `text stands in single quotes: '${text(a, "got")}', not "${text(a, "got")}".`,
    zh: `文本要用单引号：'${text(a, "got")}'，而不是 "${text(a, "got")}"。`,
  }),
  "expression.unclosed-string": (a) => ({
    en: `the text ${text(a, "got")} has no closing quote. Add ' at its end.`,
    zh: `文本 ${text(a, "got")} 缺少结尾的单引号。请在末尾补上 '。`,
  }),
  "expression.unclosed-name": (a) => ({
    en: `the name ${text(a, "got")} has no closing backtick. Add \` at its end.`,
    zh: `名称 ${text(a, "got")} 缺少结尾的反引号。请在末尾补上 \`。`,
  }),
  "expression.empty-name": () => ({
    en: "the name between the backticks is empty. Write a field's name.",
    zh: "反引号之间的名称为空。请写字段名。",
  }),
  "expression.bad-number": (a) => ({
    en: `"${text(a, "got")}" is no number. Separate the number from what follows; odd names stand in backticks.`,
    zh: `“${text(a, "got")}” 不是数字。请把数字与后面的内容分开；特殊名称用反引号。`,
  }),
  "expression.bad-bytes": (a) => ({
    en: `x'${text(a, "got")}' is no sequence of bytes: expected pairs of hexadecimal digits, as in x'0aff'.`,
    zh: `x'${text(a, "got")}' 不是字节序列：期望成对的十六进制数字，例如 x'0aff'。`,
  }),
  "expression.expected": (a) => ({
    en: `expected ${expectedEn(a)}, got "${text(a, "got")}".`,
    zh: `期望${expectedZh(a)}，得到 “${text(a, "got")}”。`,
  }),
  "expression.unfinished": (a) => ({
    en: `the expression ends too early: expected ${expectedEn(a)}.`,
    zh: `表达式不完整：期望${expectedZh(a)}。`,
  }),
  "expression.keyword": (a) => ({
    en: `"${text(a, "got")}" is a word of the language. If it is a field, write \`${text(a, "got")}\`.`,
    zh: `“${text(a, "got")}” 是语言的关键字。若是字段，请写成 \`${text(a, "got")}\`。`,
  }),
  "expression.statement": () => ({
    en: "expected an expression over a row, got a SELECT statement. Write only the value or the condition.",
    zh: "期望针对一行的表达式，得到 SELECT 语句。请只写值或条件。",
  }),
  "expression.empty-parentheses": () => ({ en: "nothing stands between the parentheses. Write a value.", zh: "括号内为空。请写一个值。" }),
  "expression.empty-list": () => ({ en: "the list of IN is empty. Write at least one value.", zh: "IN 的列表为空。请至少写一个值。" }),
  "expression.empty-collection": (a) => ({
    en: `nothing stands in ${text(a, "word")}[ ], so that its type is not known. Write at least one value, or CAST(NULL AS ${a.word === "MAP" ? "MAP<STRING, INT>" : "ARRAY<INT>"}).`,
    zh: `${text(a, "word")}[ ] 中没有值，无法得知类型。请至少写一个值，或写 CAST(NULL AS ${a.word === "MAP" ? "MAP<STRING, INT>" : "ARRAY<INT>"})。`,
  }),
  "expression.odd-map": () => ({
    en: "MAP takes keys and values in turn: one value is missing. Write MAP['key', 'value'].",
    zh: "MAP 的键和值须成对：缺少一个值。请写 MAP['key', 'value']。",
  }),
  "expression.twice": (a) => ({ en: `${text(a, "what")} is given twice. Remove one.`, zh: `${text(a, "what")} 出现了两次。请删除其一。` }),
  "expression.unknown-type": (a) => ({
    en: `unknown type "${text(a, "got")}"${suggestionEn(a, `. Types: ${list(a, "known").join(", ")}.`)}`,
    zh: `未知类型 “${text(a, "got")}”${suggestionZh(a, `。可用类型：${list(a, "known").join("、")}。`)}`,
  }),
  "expression.type-parameter": (a) => ({
    en: `expected a whole number from ${text(a, "least")} to ${text(a, "greatest")}, got ${text(a, "got")}.`,
    zh: `期望 ${text(a, "least")} 到 ${text(a, "greatest")} 的整数，得到 ${text(a, "got")}。`,
  }),
  "expression.duplicate-field": (a) => ({
    en: `two fields are named "${text(a, "field")}". Rename one of them.`,
    zh: `有两个字段都名为 “${text(a, "field")}”。请为其中之一改名。`,
  }),
  "expression.number-range": (a) => ({
    en: `${text(a, "got")} is beyond what ${text(a, "type")} holds. ${a.suggestion ? `Write ${text(a, "suggestion")}.` : "Write fewer digits."}`,
    zh: `${text(a, "got")} 超出 ${text(a, "type")} 的范围。${a.suggestion ? `请写 ${text(a, "suggestion")}。` : "请减少位数。"}`,
  }),
  "expression.bad-literal": (a) => ({
    en: `"${text(a, "got")}" is no ${text(a, "type")}. Write it as ${text(a, "example")}.`,
    zh: `“${text(a, "got")}” 不是有效的 ${text(a, "type")}。请写成 ${text(a, "example")}。`,
  }),
  "expression.bad-constant": (a) => ({
    en: `${text(a, "got")} cannot be converted to ${text(a, "type")}. Correct the value.`,
    zh: `${text(a, "got")} 无法转换为 ${text(a, "type")}。请修正该值。`,
  }),
  "expression.unknown-field": (a) => ({
    en: `unknown field "${text(a, "field")}"${suggestionEn(a, list(a, "known").length ? `. Fields here: ${list(a, "known").join(", ")}.` : ". There are no fields here.")}`,
    zh: `未知字段 “${text(a, "field")}”${suggestionZh(a, list(a, "known").length ? `。此处的字段：${list(a, "known").join("、")}。` : "。此处没有字段。")}`,
  }),
  "expression.no-member": (a) => ({
    en: `"${text(a, "of")}" is of type ${text(a, "type")} and has no field "${text(a, "name")}". Remove it, or read the value with JSON_VALUE if it is JSON text.`,
    zh: `“${text(a, "of")}” 的类型是 ${text(a, "type")}，没有字段 “${text(a, "name")}”。请删除；若是 JSON 文本，可用 JSON_VALUE 读取。`,
  }),
  "expression.no-element": (a) => ({
    en: `"${text(a, "of")}" is of type ${text(a, "type")} and has no elements. [ ] reads arrays and maps.`,
    zh: `“${text(a, "of")}” 的类型是 ${text(a, "type")}，没有元素。[ ] 只能用于数组和映射。`,
  }),
  "expression.index-type": (a) => ({
    en: `the elements of "${text(a, "of")}" are found by ${text(a, "expected")}, got ${text(a, "got")}.`,
    zh: `“${text(a, "of")}” 的元素要用 ${text(a, "expected")} 查找，得到 ${text(a, "got")}。`,
  }),
  "expression.variant": (a) => ({
    en: `the type of "${text(a, "operand")}" is not known (VARIANT). Say what it is: ${text(a, "cast")}.`,
    zh: `“${text(a, "operand")}” 的类型未知（VARIANT）。请指明类型：${text(a, "cast")}。`,
  }),
  "expression.no-comparison": (a) => ({
    en: `${text(a, "left")} and ${text(a, "right")} cannot be compared with "${text(a, "operator")}"${a.suggestion ? `. Write ${text(a, "suggestion")}.` : ". Convert one of them with CAST."}`,
    zh: `${text(a, "left")} 与 ${text(a, "right")} 不能用 “${text(a, "operator")}” 比较${a.suggestion ? `。请写 ${text(a, "suggestion")}。` : "。请用 CAST 转换其中之一。"}`,
  }),
  "expression.no-arithmetic": (a) => ({
    en: `"${text(a, "operator")}" does not take ${text(a, "left")} and ${text(a, "right")}. ${a.suggestion ? `Write ${text(a, "suggestion")}.` : "Convert them with CAST."}`,
    zh: `“${text(a, "operator")}” 不接受 ${text(a, "left")} 与 ${text(a, "right")}。${a.suggestion ? `请写 ${text(a, "suggestion")}。` : "请用 CAST 转换。"}`,
  }),
  "expression.remainder": (a) => ({
    en: `a remainder is taken of exact numbers, got ${text(a, "left")} and ${text(a, "right")}. Convert them with CAST(… AS DECIMAL(38, 18)) or CAST(… AS BIGINT).`,
    zh: `余数只用于精确数值，得到 ${text(a, "left")} 与 ${text(a, "right")}。请用 CAST(… AS DECIMAL(38, 18)) 或 CAST(… AS BIGINT) 转换。`,
  }),
  "expression.division-by-zero": (a) => ({
    en: `${text(a, "of")} divides by zero. Write another divisor.`,
    zh: `${text(a, "of")} 的除数为零。请更换除数。`,
  }),
  "expression.plus-on-text": (a) => ({
    en: `"+" adds numbers, got ${text(a, "left")} and ${text(a, "right")}. To join texts write ${text(a, "suggestion")}.`,
    zh: `“+” 用于数字相加，得到 ${text(a, "left")} 与 ${text(a, "right")}。连接文本请写 ${text(a, "suggestion")}。`,
  }),
  "expression.not-a-number": (a) => ({
    en: `expected a number after "${text(a, "operator")}", got ${text(a, "got")}. Convert it with CAST.`,
    zh: `“${text(a, "operator")}” 之后期望数字，得到 ${text(a, "got")}。请用 CAST 转换。`,
  }),
  "expression.not-a-condition": (a) => ({
    en: `expected a condition (BOOLEAN), got "${text(a, "of")}" of type ${text(a, "got")}. Compare it with something.`,
    zh: `期望条件（BOOLEAN），得到 ${text(a, "got")} 类型的 “${text(a, "of")}”。请写成比较。`,
  }),
  "expression.not-a-text": (a) => ({
    en: `${text(a, "of")} looks at texts, got ${text(a, "got")}. Convert it with CAST(… AS STRING).`,
    zh: `${text(a, "of")} 只用于文本，得到 ${text(a, "got")}。请用 CAST(… AS STRING) 转换。`,
  }),
  "expression.bad-pattern": (a) => ({
    en: `the pattern '${text(a, "got")}' is not valid: ${PATTERN_FAULT[text(a, "reason")]?.en ?? text(a, "reason")}.`,
    zh: `模式 '${text(a, "got")}' 无效：${PATTERN_FAULT[text(a, "reason")]?.zh ?? text(a, "reason")}。`,
  }),
  "expression.bad-regex": (a) => ({
    en: `'${text(a, "got")}' is no regular expression (${text(a, "reason")}); the result is NULL for every row. Correct it.`,
    zh: `'${text(a, "got")}' 不是正则表达式（${text(a, "reason")}）；每行的结果都将为 NULL。请更正。`,
  }),
  "expression.bad-date-pattern": (a) => ({
    en: `'${text(a, "got")}' is no pattern of dates; the result is NULL for every row. Write letters such as yyyy-MM-dd HH:mm:ss, other text in single quotes.`,
    zh: `'${text(a, "got")}' 不是日期模式；每行的结果都将为 NULL。请使用 yyyy-MM-dd HH:mm:ss 之类的字母，其他文本用单引号。`,
  }),
  "expression.wrong-date-pattern": (a) => ({
    en: `'${text(a, "got")}' is no pattern of dates. Write letters such as yyyy-MM-dd HH:mm:ss, other text in single quotes.`,
    zh: `'${text(a, "got")}' 不是日期模式。请使用 yyyy-MM-dd HH:mm:ss 之类的字母，其他文本用单引号。`,
  }),
  "expression.epoch-precision": (a) => ({
    en: `TO_TIMESTAMP_LTZ takes seconds or milliseconds, got precision ${text(a, "got")}. Write 0 for seconds or 3 for milliseconds.`,
    zh: `TO_TIMESTAMP_LTZ 接受秒或毫秒，得到精度 ${text(a, "got")}。秒请写 0，毫秒请写 3。`,
  }),
  "expression.time-unit": (a) => ({
    en: `${text(a, "got")} has no ${text(a, "unit")}. Write one of ${list(a, "words").join(", ")}.`,
    zh: `${text(a, "got")} 没有 ${text(a, "unit")}。请写以下之一：${list(a, "words").join("、")}。`,
  }),
  "expression.bad-json-path": (a) => ({
    en: `'${text(a, "got")}' is no path into JSON, which is an error of every row. Write it as '$.a.b[0]'.`,
    zh: `'${text(a, "got")}' 不是 JSON 路径，每行都会出错。请写成 '$.a.b[0]'。`,
  }),
  "expression.json-returning": (a) => ({
    en: `${text(a, "function")} returns texts, numbers and truth values. Write RETURNING STRING, BOOLEAN, INT, BIGINT or DOUBLE.`,
    zh: `${text(a, "function")} 只返回文本、数字和布尔值。请写 RETURNING STRING、BOOLEAN、INT、BIGINT 或 DOUBLE。`,
  }),
  "expression.different-types": (a) => ({
    en: `the results must be of one type: expected ${text(a, "expected")}, got ${text(a, "got")}.${a.suggestion ? ` Write ${text(a, "suggestion")}.` : ""}`,
    zh: `各结果须为同一类型：期望 ${text(a, "expected")}，得到 ${text(a, "got")}。${a.suggestion ? `请写 ${text(a, "suggestion")}。` : ""}`,
  }),
  "expression.no-cast": (a) => ({
    en: `no cast leads from ${text(a, "from")} to ${text(a, "to")}. Try ${text(a, "hint")}.`,
    zh: `无法从 ${text(a, "from")} 转换为 ${text(a, "to")}。可以试试 ${text(a, "hint")}。`,
  }),
  "expression.overlaps": (a) => ({
    en: `OVERLAPS takes two periods of times, as in (start, end) OVERLAPS (start, INTERVAL '1' HOUR), got ${text(a, "got")}.`,
    zh: `OVERLAPS 需要两个时间段，例如 (start, end) OVERLAPS (start, INTERVAL '1' HOUR)，得到 ${text(a, "got")}。`,
  }),
  "expression.no-order": (a) => ({
    en: `${text(a, "function")} needs values that have an order, got ${text(a, "got")}.`,
    zh: `${text(a, "function")} 需要可排序的值，得到 ${text(a, "got")}。`,
  }),
  "expression.json-query-returning": (a) => ({
    en: `${text(a, "function")} returns JSON text or an array of texts. Write RETURNING STRING or RETURNING ARRAY<STRING>; EMPTY OBJECT is for texts only.`,
    zh: `${text(a, "function")} 只返回 JSON 文本或文本数组。请写 RETURNING STRING 或 RETURNING ARRAY<STRING>；EMPTY OBJECT 仅用于文本。`,
  }),
  "expression.json-key": (a) => ({
    en: `the names of ${text(a, "function")} are texts in single quotes. Write JSON_OBJECT('name' VALUE value).`,
    zh: `${text(a, "function")} 的名称须为单引号中的文本。请写 JSON_OBJECT('name' VALUE value)。`,
  }),
  "expression.json-alone": () => ({
    en: "JSON(…) stands only as a value of JSON_OBJECT or JSON_ARRAY. Write JSON_OBJECT('name' VALUE JSON(text)).",
    zh: "JSON(…) 只能作为 JSON_OBJECT 或 JSON_ARRAY 的值。请写 JSON_OBJECT('name' VALUE JSON(text))。",
  }),
  "expression.no-json": (a) => ({
    en: `${text(a, "function")} cannot write ${text(a, "got")} as JSON. Convert it with CAST(… AS STRING).`,
    zh: `${text(a, "function")} 无法把 ${text(a, "got")} 写成 JSON。请用 CAST(… AS STRING) 转换。`,
  }),
  "expression.negative-index": (a) => ({
    en: `positions count from 1, got ${text(a, "got")}. Write the position of a value of the list.`,
    zh: `位置从 1 起，得到 ${text(a, "got")}。请写列表中某个值的位置。`,
  }),
  "expression.no-hash": (a) => ({
    en: `${text(a, "function")} takes texts, numbers, truth values and times, got ${text(a, "got")}. Convert it with CAST(… AS STRING).`,
    zh: `${text(a, "function")} 只接受文本、数字、布尔值和时间，得到 ${text(a, "got")}。请用 CAST(… AS STRING) 转换。`,
  }),
  "expression.unknown-charset": (a) => ({
    en: `'${text(a, "got")}' is no known charset. Write one of ${list(a, "known").join(", ")}.`,
    zh: `“${text(a, "got")}” 不是已知的字符集。请写以下之一：${list(a, "known").join("、")}。`,
  }),
  "expression.object-fields": () => ({
    en: "expected a row's name and then names and values in turn, the names as texts. Write OBJECT_OF('User', 'name', 'Bob', 'age', 42) or OBJECT_UPDATE(row, 'age', 43).",
    zh: "期望对象名，之后依次为字段名与值，名称须为文本。请写 OBJECT_OF('User', 'name', 'Bob', 'age', 42) 或 OBJECT_UPDATE(row, 'age', 43)。",
  }),
  "expression.unknown-function": (a) => ({
    en: `unknown function "${text(a, "function")}"${suggestionEn(a, ". Completion lists all of them.")}`,
    zh: `未知函数 “${text(a, "function")}”${suggestionZh(a, "。自动补全会列出所有函数。")}`,
  }),
  "expression.aggregate": (a) => ({
    en: `${text(a, "function")} works on many rows; an expression sees one. Use a node that aggregates.`,
    zh: `${text(a, "function")} 作用于多行，而表达式只看到一行。请使用聚合节点。`,
  }),
  "expression.several-steps": (a) => ({
    en: `rows of one step are looked at at a time; this looks at ${list(a, "steps").join(" and ")}. Write two expressions, such as SUM(a.x) + SUM(b.x).`,
    zh: `一次只能查看一个步骤的行；这里查看了 ${list(a, "steps").join(" 和 ")}。请写成两个表达式，例如 SUM(a.x) + SUM(b.x)。`,
  }),
  "expression.not-aggregate": (a) => ({
    en: `${text(a, "function")} works on one row: (*), DISTINCT and FILTER are for aggregates such as COUNT. Remove them.`,
    zh: `${text(a, "function")} 作用于一行：(*)、DISTINCT 和 FILTER 仅用于 COUNT 等聚合函数。请删除。`,
  }),
  "expression.argument-count": (a) => ({
    en: `wrong number of arguments for ${text(a, "function")}: got ${text(a, "got")}. Write ${list(a, "signatures").join(" or ")}.`,
    zh: `${text(a, "function")} 的参数个数不对：得到 ${text(a, "got")} 个。请写 ${list(a, "signatures").join(" 或 ")}。`,
  }),
  "expression.argument-type": (a) => ({
    en: `argument ${text(a, "position")} of ${text(a, "signature")}: expected ${FAMILY_EN[text(a, "expected")] ?? text(a, "expected")}, got ${text(a, "got")}. Convert it with CAST.`,
    zh: `${text(a, "signature")} 的第 ${text(a, "position")} 个参数：期望${FAMILY_ZH[text(a, "expected")] ?? ` ${text(a, "expected")}`}，得到 ${text(a, "got")}。请用 CAST 转换。`,
  }),
  "expression.wrong-word": (a) => ({
    en: `${text(a, "function")} does not know "${text(a, "got")}"${suggestionEn(a, `. Write one of ${list(a, "words").join(", ")}.`)}`,
    zh: `${text(a, "function")} 不认识 “${text(a, "got")}”${suggestionZh(a, `。请写以下之一：${list(a, "words").join("、")}。`)}`,
  }),
} as const satisfies Readonly<Record<string, (args: Args) => Words>>;

export type ExpressionProblemCode = keyof typeof EXPRESSION_PROBLEM_WORDS;
