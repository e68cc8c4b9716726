import { describe, expect, it } from "vitest";
import { RowError } from "../node/operator.ts";
import { check } from "./check.ts";
import { compile, compileRow } from "./compile.ts";
import { evaluate, problemsOf, SETTINGS, schemaOf } from "./test-support.ts";

const FIELDS = "a STRING, n INT, day DATE";
const context = { time: 0, now: () => 0 };
const checkedOf = (text: string) => {
  const { checked } = check(text, schemaOf(FIELDS), SETTINGS);
  if (!checked) throw new Error(text);
  return checked;
};

function wordsOf(run: () => unknown) {
  try {
    run();
  } catch (error) {
    if (error instanceof RowError) return error.words;
  }
  return undefined;
}

describe("a row that cannot be computed", () => {
  it("is told with the expression and the value, in both languages", () => {
    const row = { a: "x", n: 0, day: null };
    expect(wordsOf(() => compile(checkedOf("CAST(a AS INT)\n  + 1"), SETTINGS)(row, context))).toEqual({
      en: '"CAST(a AS INT) + 1": "x" cannot be converted to INT. Correct the value, or use TRY_CAST to get NULL instead.',
      zh: expect.stringMatching(/^"CAST\(a AS INT\) \+ 1"："x" 无法/),
    });
  });

  it.each([
    ["INTERVAL '30' DAY / n", /^"INTERVAL '30' DAY \/ n": division by zero/],
    ["INTERVAL '30' DAY * 1E300", /is no interval/],
    ["CAST(9223372036854775807 + n AS INTERVAL DAY)", /cannot be converted to INTERVAL/],
  ])("is told when an interval is none: %s", (text, words) => {
    expect(wordsOf(() => compile(checkedOf(text), SETTINGS)({ a: null, n: 0, day: null }, context))?.en).toMatch(words);
  });

  it("names of several expressions the one that failed", () => {
    const texts = ["UPPER(a)", "7 / n", "CAST(a AS INT)"];
    const make = compileRow(
      texts.map((text, i) => ({ name: `f${i}`, value: checkedOf(text) })),
      SETTINGS,
    );
    expect(wordsOf(() => make({ a: "1", n: 0, day: null }, context))?.en).toMatch(/^"7 \/ n": division by zero/);
    expect(wordsOf(() => make({ a: "x", n: 1, day: null }, context))?.en).toMatch(/^"CAST\(a AS INT\)": /);
    expect(make({ a: "1", n: 7, day: null }, context)).toEqual({ f0: "1", f1: 1, f2: 1 });
  });

  it("shows the beginning of a long expression", () => {
    const long = `CAST(a AS INT)${" + 1".repeat(60)}`;
    expect(wordsOf(() => compile(checkedOf(long), SETTINGS)({ a: "x", n: 0, day: null }, context))?.en.slice(0, 90)).toMatch(
      /^"CAST\(a AS INT\) \+ 1.{60,70}…": "x"/,
    );
  });
});

describe("as in Flink", () => {
  it("a text that is no time is equal to none, and in no order with one", () => {
    const row = { a: "soon", n: 0, day: 0 };
    expect(evaluate("day = a", FIELDS, row)).toBe("NULL");
    expect(evaluate("day <> a", FIELDS, row)).toBe("NULL");
    expect(evaluate("CASE day WHEN a THEN 1 ELSE 2 END", FIELDS, row)).toBe("2");
    expect(evaluate("day = a", FIELDS, { ...row, a: "1970-01-01" })).toBe("TRUE");
    expect(wordsOf(() => evaluate("day < a", FIELDS, row))?.en).toMatch(/^"day < a": "soon" cannot be converted to DATE/);
  });

  it("TRIM may say the side without the characters", () => {
    expect(evaluate("TRIM(LEADING '  x ') || '|'")).toBe("x |");
    expect(evaluate("TRIM(BOTH '  x ')")).toBe("x");
  });

  it("POSITION and OVERLAY have words and no commas", () => {
    expect(problemsOf("POSITION('a', a)", FIELDS)).toMatchObject([{ en: 'expected IN or ")", got ",".', fixed: "POSITION('a' IN a)" }]);
    expect(problemsOf("OVERLAY(a, 'x' FROM 2)", FIELDS)).toMatchObject([{ fixed: "OVERLAY(a PLACING 'x' FROM 2)" }]);
  });
});
