import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyExpression, shapeOf } from "./any-expression.testing.ts";
import { check, parse } from "./check.ts";
import { compile } from "./compile.ts";
import { print } from "./print.ts";
import { ExpressionFailure } from "./problems.ts";
import { type Expression, MAX_LENGTH, MAX_NESTING } from "./syntax.ts";
import { problemsOf, SETTINGS } from "./test-support.ts";

const parsedShape = (text: string) => shapeOf(parse(text));

describe("precedence", () => {
  it.each([
    ["a OR b AND c", "a OR (b AND c)"],
    ["NOT a = b", "NOT (a = b)"],
    ["NOT a AND b", "(NOT a) AND b"],
    ["a = b IS NULL", "(a = b) IS NULL"],
    ["a + b * c - d", "(a + (b * c)) - d"],
    ["- a * b", "(- a) * b"],
    ["a || b + c", "(a || b) + c"],
    ["a + 1 > b AND c BETWEEN 1 AND 2 AND d", "((a + 1) > b) AND (c BETWEEN 1 AND 2) AND d"],
    ["a LIKE b || '%'", "a LIKE (b || '%')"],
    ["a IS NOT DISTINCT FROM b + 1", "a IS NOT DISTINCT FROM (b + 1)"],
    ["a.b[1].c", "((a.b)[1]).c"],
    ["a NOT IN (1, 2) OR b", "(a NOT IN (1, 2)) OR b"],
  ])("%s means %s", (text, explicit) => {
    expect(parsedShape(text)).toEqual(parsedShape(explicit));
  });
});

describe("print", () => {
  it.each([
    "a.`select`.b['k'][1]",
    "`a``b` = 'it''s'",
    "CASE a WHEN 1, 2 THEN 'x' ELSE NULL END",
    "CASE WHEN a THEN 1 WHEN b THEN 2 END",
    "TRY_CAST(a AS ROW<x INT NOT NULL, `y z` ARRAY<MAP<STRING, DECIMAL(10, 2)>>>)",
    "EXTRACT(YEAR FROM a)",
    "FLOOR(a TO DAY)",
    "CEILING(a)",
    "TRIM(LEADING 'x' FROM a)",
    "TRIM(BOTH FROM a)",
    "SUBSTRING(a FROM 2 FOR 3)",
    "POSITION('x' IN a)",
    "OVERLAY(a PLACING 'x' FROM 2)",
    "JSON_VALUE(a, '$.x' RETURNING INT NULL ON EMPTY DEFAULT 1 ON ERROR)",
    "JSON_OBJECT(KEY 'a' VALUE 1 ABSENT ON NULL)",
    "INTERVAL -'1 02' DAY TO HOUR",
    "DATE '2024-05-31' - INTERVAL '1' MONTH",
    "x'0A' || U&'\\4e2d'",
    "a NOT LIKE 'x!%' ESCAPE '!'",
    "a IS NOT JSON OBJECT",
    "ARRAY[1, MAP['a', ROW(1, 2)]]",
    "(a, b) OVERLAPS (c, d)",
    "TIMESTAMPADD(HOUR, 1, a)",
    "a -- the first\n + /* and */ b",
  ])("writes %s so that it reads the same", (text) => {
    const expression = parse(text);
    expect(parsedShape(print(expression))).toEqual(shapeOf(expression));
  });

  it("is the inverse of parse for any expression", () => {
    fc.assert(
      fc.property(anyExpression(), (text) => {
        const expression = parse(text);
        expect(parsedShape(print(expression))).toEqual(shapeOf(expression));
      }),
      { numRuns: 300 },
    );
  });
});

describe("mistakes", () => {
  it.each([
    ["", "the expression ends too early: expected a value.", "", undefined],
    ["a >", "the expression ends too early: expected a value.", ">", undefined],
    ["a b", 'expected an operator or the end, got "b".', "b", undefined],
    ["f(a", 'the expression ends too early: expected "," or ")".', "a", "f(a)"],
    ["CASE a THEN 1 END", 'expected WHEN, got "THEN".', "THEN", undefined],
    ["CASE WHEN a THEN 1", "the expression ends too early: expected WHEN, ELSE or END.", "1", "CASE WHEN a THEN 1 END"],
    ['a = "x"', "text stands in single quotes: 'x', not \"x\".", '"x"', "a = 'x'"],
    ["a == 1", "write = instead of ==.", "==", "a = 1"],
    ["a && b", "write AND instead of &&.", "&&", "a AND b"],
    ["a = ‘x’", "write 'x' instead of ‘x’.", "‘x’", "a = 'x'"],
    ["f(a，b)", "write , instead of ，.", "，", "f(a,b)"],
    ["a = 'x", "the text 'x has no closing quote. Add ' at its end.", "'x", "a = 'x'"],
    ["`a", "the name `a has no closing backtick. Add ` at its end.", "`a", "`a`"],
    ["12abc", '"12abc" is no number. Separate the number from what follows; odd names stand in backticks.', "12abc", "`12abc`"],
    ["a @ b", '"@" means nothing here. Remove it; text stands in single quotes, odd names in backticks.', "@", undefined],
    ["end = 1", '"end" is a word of the language. If it is a field, write `end`.', "end", "`end` = 1"],
    [
      "SELECT a FROM b",
      "expected an expression over a row, got a SELECT statement. Write only the value or the condition.",
      "SELECT",
      undefined,
    ],
    ["a IN ()", "the list of IN is empty. Write at least one value.", "a IN ()", undefined],
    ["x'0'", "x'0' is no sequence of bytes: expected pairs of hexadecimal digits, as in x'0aff'.", "x'0'", undefined],
    ["MAP['a']", "MAP takes keys and values in turn: one value is missing. Write MAP['key', 'value'].", "MAP['a']", undefined],
    ["CAST(a AS LONG)", 'unknown type "LONG"; did you mean "BIGINT"?', "LONG", "CAST(a AS BIGINT)"],
    ["CAST(a AS DECIMAL(99))", "expected a whole number from 1 to 38, got 99.", "99", undefined],
    ["a IS GREAT", 'expected NULL, TRUE, FALSE, UNKNOWN, DISTINCT FROM or JSON, got "GREAT".', "GREAT", undefined],
    ["a;", '";" does not belong here. Remove it.', ";", "a"],
  ])("%s", (text, en, at, fixed) => {
    const [said, ...others] = problemsOf(text, "a INT, b INT");
    expect(others).toEqual([]);
    expect(said).toMatchObject({ en, at, fixed });
    expect(said?.zh).toMatch(/[\u4e00-\u9fff]/);
  });
});

describe("hostile texts", { timeout: 60_000 }, () => {
  const nest = (open: string, close: string, times: number) => `${open.repeat(times)}a${close.repeat(times)}`;

  it.each([
    ["parentheses", nest("(", ")", 100_000)],
    ["signs", `${"- ".repeat(90_000)}a`],
    ["a chain of +", `a${" + a".repeat(20_000)}`],
    ["a path", `a${".b".repeat(20_000)}`],
    ["calls", nest("f(", ")", 60_000)],
    ["CASE", nest("CASE WHEN ", " THEN 1 END", 10_000)],
    ["types", `CAST(a AS ${nest("ARRAY<", ">", 10_000)})`],
  ])("refuses deep %s without overflowing the stack", (_, text) => {
    expect(problemsOf(text, "a INT")[0]?.en).toMatch(/^the expression is (?:nested more than 300 levels deep|too long)/);
  });

  it("takes as many conditions side by side as fit", () => {
    const text = `a = 0${" OR a = 1".repeat(20_000)}`;
    expect(text.length).toBeLessThan(MAX_LENGTH);
    expect(problemsOf(text, "a INT")).toEqual([]);
  });

  it("takes what is nested as deep as is allowed", () => {
    const text = nest("(", ")", MAX_NESTING - 2);
    expect(problemsOf(text, "a INT")).toEqual([]);
  });

  it("answers any text with an expression or with problems", () => {
    const pieces = fc.constantFrom(
      ..."a b page.id v.x ( ) [ ] , . + - * / || = <> < > <= AND OR NOT IS NULL IN BETWEEN LIKE ESCAPE CASE WHEN THEN ELSE END CAST AS INT STRING 1 2.5 'x' `q` x'0a' INTERVAL '1' DAY TO SECOND EXTRACT FROM YEAR TRIM COALESCE ROUND REGEXP JSON_VALUE '$.a' ARRAY MAP ROW DATE '2024-01-01' \" “ ， /* -- \n".split(
        / (?!\n)/,
      ),
    );
    const schema = {
      type: "ROW",
      fields: [
        { name: "a", dataType: { type: "INT" } },
        { name: "v", dataType: { type: "VARIANT" } },
      ],
    } as const;
    const text = fc.oneof(
      fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join(" ")),
      fc.string({ maxLength: 40, unit: "binary" }),
    );
    fc.assert(
      fc.property(text, (one) => {
        const { checked, problems } = check(one, schema, SETTINGS);
        if (checked) expect(typeof compile(checked, SETTINGS)).toBe("function");
        else expect(problems.length).toBeGreaterThan(0);
        for (const { range } of problems) expect(range.start >= 0 && range.start <= range.end && range.end <= one.length).toBe(true);
      }),
      // 30 s in CI, and ten minutes in `pnpm verify:long expression-fuzz`.
      process.env["CI"] === "true" ? { numRuns: 100_000_000, interruptAfterTimeLimit: 30_000 } : { numRuns: 3_000 },
    );
  }, 90_000);
});

describe("parse", () => {
  it("throws what is wrong as problems", () => {
    const attempt = (): Expression => parse("a +");
    expect(attempt).toThrow(ExpressionFailure);
  });
});
