import { describe, expect, it } from "vitest";
import { check } from "./check.ts";
import { EXPRESSION_PROBLEM_WORDS } from "./problem-words.ts";
import { MAX_LENGTH, MAX_NESTING } from "./syntax.ts";
import { problemsOf, SETTINGS, schemaOf } from "./test-support.ts";

const FIELDS =
  "i INT, s STRING, t BOOLEAN, d DOUBLE, page ROW<page_id STRING>, list ARRAY<STRING>, m MAP<STRING, INT>, v VARIANT, z TIMESTAMP_LTZ(3), day DATE";

/** For each problem that a text can have: a text that has it, and what is said. Places and repairs stand in the tests of parser and operators. */
const MISTAKES: readonly (readonly [code: string, text: string, en: string])[] = [
  [
    "too-long",
    "i".repeat(MAX_LENGTH + 1),
    "the expression is too long: 200001 characters, at most 200000 are read. Split it over several nodes.",
  ],
  [
    "too-deep",
    `${"(".repeat(MAX_NESTING + 1)}i${")".repeat(MAX_NESTING + 1)}`,
    "the expression is nested more than 300 levels deep. Split it over several nodes.",
  ],
  ["unexpected-character", "i # 2", '"#" means nothing here. Remove it; text stands in single quotes, odd names in backticks.'],
  ["write-instead", "i == 1", "write = instead of ==."],
  ["double-quotes", 's = "x"', "text stands in single quotes: 'x', not \"x\"."],
  ["unclosed-string", "s = 'x", "the text 'x has no closing quote. Add ' at its end."],
  ["unclosed-name", "`i", "the name `i has no closing backtick. Add ` at its end."],
  ["empty-name", "`` = 1", "the name between the backticks is empty. Write a field's name."],
  ["bad-number", "12abc", '"12abc" is no number. Separate the number from what follows; odd names stand in backticks.'],
  ["bad-bytes", "x'0'", "x'0' is no sequence of bytes: expected pairs of hexadecimal digits, as in x'0aff'."],
  ["expected", "i 1", 'expected an operator or the end, got "1".'],
  ["unfinished", "i +", "the expression ends too early: expected a value."],
  ["keyword", "end = 1", '"end" is a word of the language. If it is a field, write `end`.'],
  ["statement", "SELECT i", "expected an expression over a row, got a SELECT statement. Write only the value or the condition."],
  ["empty-parentheses", "()", "nothing stands between the parentheses. Write a value."],
  ["empty-list", "i IN ()", "the list of IN is empty. Write at least one value."],
  [
    "empty-collection",
    "ARRAY[]",
    "nothing stands in ARRAY[ ], so that its type is not known. Write at least one value, or CAST(NULL AS ARRAY<INT>).",
  ],
  ["odd-map", "MAP['a']", "MAP takes keys and values in turn: one value is missing. Write MAP['key', 'value']."],
  ["twice", "JSON_VALUE(s, '$' NULL ON EMPTY NULL ON EMPTY)", "ON EMPTY is given twice. Remove one."],
  ["unknown-type", "CAST(i AS LONG)", 'unknown type "LONG"; did you mean "BIGINT"?'],
  ["type-parameter", "CAST(i AS DECIMAL(99))", "expected a whole number from 1 to 38, got 99."],
  ["duplicate-field", "CAST(ROW(1, 2) AS ROW<a INT, a INT>)", 'two fields are named "a". Rename one of them.'],
  [
    "number-range",
    "99999999999999999999",
    "99999999999999999999 is beyond what BIGINT holds. Write CAST('99999999999999999999' AS DECIMAL(20, 0)).",
  ],
  ["bad-literal", "DATE '2024-02-30'", "\"2024-02-30\" is no DATE. Write it as DATE '2024-05-31'."],
  ["bad-constant", "CAST('x' AS INT)", "'x' cannot be converted to INT. Correct the value."],
  ["unknown-field", "pge.page_id = 'x'", 'unknown field "pge"; did you mean "page"?'],
  ["no-member", "i.x", '"i" is of type INT and has no field "x". Remove it, or read the value with JSON_VALUE if it is JSON text.'],
  ["no-element", "i[1]", '"i" is of type INT and has no elements. [ ] reads arrays and maps.'],
  ["index-type", "list['a']", 'the elements of "list" are found by INT, got CHAR(1).'],
  ["variant", "UPPER(v)", 'the type of "v" is not known (VARIANT). Say what it is: CAST(v AS STRING).'],
  ["no-comparison", "i = day", 'INT and DATE cannot be compared with "=". Convert one of them with CAST.'],
  ["write-instead", "s RLIKE 'a'", "write REGEXP(text, 'pattern') instead of RLIKE."],
  ["write-instead", "i::STRING", "write CAST(… AS …) instead of ::."],
  ["write-instead", "i ? 1 : 2", "write CASE WHEN … THEN … ELSE … END instead of ?."],
  ["no-arithmetic", "z - z", '"-" does not take TIMESTAMP_LTZ(3) and TIMESTAMP_LTZ(3). Write TIMESTAMPDIFF(SECOND, z, z).'],
  ["no-arithmetic", "day + i", '"+" does not take DATE and INT. Write TIMESTAMPADD(DAY, i, day).'],
  ["no-arithmetic", "t * 2", '"*" does not take BOOLEAN and INT. Convert them with CAST.'],
  [
    "remainder",
    "d % 2",
    "a remainder is taken of exact numbers, got DOUBLE and INT. Convert them with CAST(… AS DECIMAL(38, 18)) or CAST(… AS BIGINT).",
  ],
  ["division-by-zero", "1 / 0", "1 / 0 divides by zero. Write another divisor."],
  ["plus-on-text", "s + 'x'", "\"+\" adds numbers, got STRING and CHAR(1). To join texts write s || 'x'."],
  ["not-a-number", "-s", 'expected a number after "-", got STRING. Convert it with CAST.'],
  ["not-a-condition", "i AND t", 'expected a condition (BOOLEAN), got "i" of type INT. Compare it with something.'],
  ["not-a-text", "i LIKE 'a'", "LIKE looks at texts, got INT. Convert it with CAST(… AS STRING)."],
  ["bad-pattern", "s LIKE 'a!' ESCAPE '!'", "the pattern 'a!' is not valid: the escape may only stand before %, _ or itself."],
  ["bad-regex", "REGEXP_EXTRACT(s, '(a')", "'(a' is no regular expression (an unclosed (); the result is NULL for every row. Correct it."],
  [
    "bad-date-pattern",
    "TO_TIMESTAMP(s, 'bogus')",
    "'bogus' is no pattern of dates; the result is NULL for every row. Write letters such as yyyy-MM-dd HH:mm:ss, other text in single quotes.",
  ],
  [
    "wrong-date-pattern",
    "DATE_FORMAT(z, 'bogus')",
    "'bogus' is no pattern of dates. Write letters such as yyyy-MM-dd HH:mm:ss, other text in single quotes.",
  ],
  [
    "epoch-precision",
    "TO_TIMESTAMP_LTZ(i, 5)",
    "TO_TIMESTAMP_LTZ takes seconds or milliseconds, got precision 5. Write 0 for seconds or 3 for milliseconds.",
  ],
  ["time-unit", "EXTRACT(YEAR FROM TIME '10:00:00')", "TIME(0) has no YEAR. Write one of HOUR, MINUTE, SECOND, MILLISECOND."],
  ["bad-json-path", "JSON_VALUE(s, '$.a(')", "'$.a(' is no path into JSON, which is an error of every row. Write it as '$.a.b[0]'."],
  [
    "json-returning",
    "JSON_VALUE(s, '$' RETURNING DATE)",
    "JSON_VALUE returns texts, numbers and truth values. Write RETURNING STRING, BOOLEAN, INT, BIGINT or DOUBLE.",
  ],
  [
    "different-types",
    "JSON_VALUE(s, '$.a' RETURNING BOOLEAN DEFAULT x'ff' ON EMPTY)",
    "the results must be of one type: expected BOOLEAN, got BINARY(1).",
  ],
  ["different-types", "IF(t, 1, 'a')", "the results must be of one type: expected INT, got CHAR(1). Write CAST(1 AS STRING)."],
  ["no-cast", "CAST(t AS DATE)", "no cast leads from BOOLEAN to DATE. Try CAST(CAST(… AS STRING) AS …)."],
  ["overlaps", "t OVERLAPS t", "OVERLAPS takes two periods of times, as in (start, end) OVERLAPS (start, INTERVAL '1' HOUR), got t."],
  ["no-order", "GREATEST(list, list)", "GREATEST needs values that have an order, got ARRAY<STRING>."],
  [
    "json-query-returning",
    "JSON_QUERY(s, '$' RETURNING INT)",
    "JSON_QUERY returns JSON text or an array of texts. Write RETURNING STRING or RETURNING ARRAY<STRING>; EMPTY OBJECT is for texts only.",
  ],
  ["json-key", "JSON_OBJECT(i VALUE 1)", "the names of JSON_OBJECT are texts in single quotes. Write JSON_OBJECT('name' VALUE value)."],
  ["json-alone", "JSON(s)", "JSON(…) stands only as a value of JSON_OBJECT or JSON_ARRAY. Write JSON_OBJECT('name' VALUE JSON(text))."],
  [
    "no-json",
    "JSON_OBJECT('a' VALUE INTERVAL '1' DAY)",
    "JSON_OBJECT cannot write INTERVAL DAY TO SECOND as JSON. Convert it with CAST(… AS STRING).",
  ],
  ["negative-index", "list[0]", "positions count from 1, got 0. Write the position of a value of the list."],
  [
    "no-hash",
    "HASH_CODE(list)",
    "HASH_CODE takes texts, numbers, truth values and times, got ARRAY<STRING>. Convert it with CAST(… AS STRING).",
  ],
  [
    "unknown-charset",
    "ENCODE(s, 'klingon')",
    "'klingon' is no known charset. Write one of UTF-8, US-ASCII, ISO-8859-1, UTF-16, UTF-16BE, UTF-16LE.",
  ],
  [
    "object-fields",
    "OBJECT_OF('User', 'name')",
    "expected a row's name and then names and values in turn, the names as texts. Write OBJECT_OF('User', 'name', 'Bob', 'age', 42) or OBJECT_UPDATE(row, 'age', 43).",
  ],
  ["unknown-function", "UPER(s)", 'unknown function "UPER"; did you mean "UPPER"?'],
  ["aggregate", "SUM(i)", "SUM works on many rows; an expression sees one. Use a node that aggregates."],
  ["not-aggregate", "UPPER(DISTINCT s)", "UPPER works on one row: (*), DISTINCT and FILTER are for aggregates such as COUNT. Remove them."],
  ["argument-count", "LPAD(s)", "wrong number of arguments for LPAD: got 1. Write LPAD(text, length, fill)."],
  ["argument-type", "UPPER(i)", "argument 1 of UPPER(text): expected STRING, got INT. Convert it with CAST."],
  ["wrong-word", "EXTRACT(HUOR FROM z)", 'EXTRACT does not know "HUOR"; did you mean "HOUR"?'],
];

describe("what is said of mistakes", () => {
  it.each(MISTAKES)("%s", (code, text, en) => {
    const [problem] = check(text, schemaOf(FIELDS), SETTINGS).problems;
    expect(problem?.code).toBe(`expression.${code}`);
    const [said] = problemsOf(text, FIELDS);
    expect(said?.en).toBe(en);
    expect(said?.zh).toMatch(/[\u4e00-\u9fff]/);
  });

  it("is tried for every problem that there is", () => {
    // Only an expression over matched rows can be wrong so: matched.test.ts.
    const elsewhere = ["expression.several-steps"];
    const tried = new Set(MISTAKES.map(([code]) => `expression.${code}`));
    expect(Object.keys(EXPRESSION_PROBLEM_WORDS).sort()).toEqual([...tried, ...elsewhere].sort());
  });
});
