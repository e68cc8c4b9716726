import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Values } from "../schema/index.ts";
import { evaluate, problemsOf, readsOf, typeOf } from "./test-support.ts";

const FIELDS = `t BOOLEAN, f BOOLEAN, n BOOLEAN, i INT, b BIGINT, big BIGINT, d DECIMAL(10, 2), x DOUBLE, s STRING, nothing STRING, ts TIMESTAMP(3), ltz TIMESTAMP_LTZ(3), day DATE,
  page ROW<page_id STRING, during BIGINT>, gone ROW<a INT>, list ARRAY<ROW<id STRING>>, names MAP<STRING, INT>, v VARIANT, tiny TINYINT`;
const ROW = {
  t: true,
  f: false,
  n: null,
  i: 7,
  b: 5,
  big: 9_223_372_036_854_775_807n,
  d: 1234,
  x: 2.5,
  s: "abc",
  nothing: null,
  ts: Date.UTC(2024, 4, 31, 12, 30),
  ltz: Date.UTC(2024, 4, 31, 12, 30),
  day: 19_874,
  page: { page_id: "good_detail", during: null },
  gone: null,
  list: [{ id: "a" }, { id: "b" }],
  names: new Map([["k", 1]]),
  v: { a: { b: 3, list: [1, "two"] }, text: "x", yes: true },
  tiny: 127,
};
const value = (text: string, row: Values = ROW) => evaluate(text, FIELDS, row);

describe("three-valued logic", () => {
  const truth = ["t", "f", "n"] as const;
  const AND = { tt: "TRUE", tf: "FALSE", tn: "NULL", ft: "FALSE", ff: "FALSE", fn: "FALSE", nt: "NULL", nf: "FALSE", nn: "NULL" } as const;
  const OR = { tt: "TRUE", tf: "TRUE", tn: "TRUE", ft: "TRUE", ff: "FALSE", fn: "NULL", nt: "TRUE", nf: "NULL", nn: "NULL" } as const;
  const pairs = truth.flatMap((a) => truth.map((b) => [a, b] as const));

  it.each(pairs)("%s AND/OR %s", (a, b) => {
    expect(value(`${a} AND ${b}`)).toBe(AND[`${a}${b}`]);
    expect(value(`${a} OR ${b}`)).toBe(OR[`${a}${b}`]);
  });

  it.each([
    ["NOT n", "NULL"],
    ["NOT t", "FALSE"],
    ["n IS NULL", "TRUE"],
    ["n IS UNKNOWN", "TRUE"],
    ["n IS TRUE", "FALSE"],
    ["n IS NOT TRUE", "TRUE"],
    ["f IS FALSE", "TRUE"],
    ["s = NULL", "NULL"],
    ["nothing = nothing", "NULL"],
    ["nothing IS DISTINCT FROM s", "TRUE"],
    ["nothing IS NOT DISTINCT FROM NULL", "TRUE"],
    ["x'01' IS NOT DISTINCT FROM x'01'", "TRUE"],
    ["i IN (1, NULL)", "NULL"],
    ["i IN (7, NULL)", "TRUE"],
    ["i NOT IN (1, NULL)", "NULL"],
    ["i IN (1, 2, 3, 4, NULL)", "NULL"],
    ["s IN ('abc', 'd', 'e', 'f')", "TRUE"],
    ["nothing IN ('a', 'b', 'c', 'd')", "NULL"],
    ["i BETWEEN 7 AND 7", "TRUE"],
    ["i BETWEEN 8 AND NULL", "FALSE"],
    ["i NOT BETWEEN 1 AND 6", "TRUE"],
    ["i BETWEEN SYMMETRIC 9 AND 1", "TRUE"],
    ["i BETWEEN 9 AND 1", "FALSE"],
  ])("%s is %s", (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  it("does not compute what no longer matters", () => {
    expect(value("f AND i / 0 = 1")).toBe("FALSE");
    expect(value("t OR i / 0 = 1")).toBe("TRUE");
    expect(value("CASE WHEN t THEN 1 ELSE i / 0 END")).toBe("1");
    expect(value("COALESCE(s, CAST(i / 0 AS STRING))")).toBe("abc");
  });
});

describe("arithmetic", () => {
  it.each([
    ["i / 2", "3", "INT"],
    ["-i / 2", "-3", "INT"],
    ["-i % 4", "-3", "INT"],
    ["2147483647 + 1", "-2147483648", "INT NOT NULL"],
    ["big + 1", "-9223372036854775808", "BIGINT"],
    ["-(-9223372036854775808)", "-9223372036854775808", "BIGINT NOT NULL"],
    ["big * 2", "-2", "BIGINT"],
    ["9007199254740991 + 2", "9007199254740993", "BIGINT NOT NULL"],
    ["i + b", "12", "BIGINT"],
    ["tiny + tiny", "-2", "TINYINT"],
    ["d + i", "19.34", "DECIMAL(13, 2)"],
    ["d * d", "152.2756", "DECIMAL(21, 4)"],
    ["d / 7", "1.7628571428571", "DECIMAL(21, 13)"],
    ["0.1 + 0.2", "0.3", "DECIMAL(3, 1) NOT NULL"],
    ["-d", "-12.34", "DECIMAL(10, 2)"],
    ["d % 5", "2.34", "DECIMAL(10, 2)"],
    ["x * 2", "5.0", "DOUBLE"],
    ["x + d", "14.84", "DOUBLE"],
    ["x / 0", "Infinity", "DOUBLE"],
    ["i + NULL", "NULL", "INT"],
    ["CAST('12345678901234567890' AS DECIMAL(20, 0)) + 1", "12345678901234567891", "DECIMAL(21, 0) NOT NULL"],
    ["s || '-' || CAST(i AS STRING)", "abc-7", "STRING"],
    ["'a' || i", "a7", "STRING"],
    ["nothing || 'a'", "NULL", "STRING"],
  ])("%s is %s as %s", (text, expected, type) => {
    expect(value(text)).toBe(expected);
    expect(typeOf(text, FIELDS)).toBe(type);
  });

  it("makes division by zero an error of the row, with the value", () => {
    expect(() => value("i / 0")).toThrow("division by zero: 7 / 0. Guard it, for example with NULLIF(divisor, 0).");
    expect(() => value("d / 0")).toThrow("division by zero: 12.34 / 0.");
    expect(() => value("big % 0")).toThrow("division by zero: 9223372036854775807 / 0.");
    expect(value("i / NULLIF(0, 0)")).toBe("NULL");
  });

  const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const held = (number: bigint) => (Number.isSafeInteger(Number(number)) ? Number(number) : number);

  it("computes BIGINT as 64 bits do", () => {
    fc.assert(
      fc.property(long, long, (a, b) => {
        const row = { a: held(a), b: held(b) };
        const of = (text: string) => evaluate(text, "a BIGINT, b BIGINT", row);
        expect(of("a + b")).toBe(String(BigInt.asIntN(64, a + b)));
        expect(of("a - b")).toBe(String(BigInt.asIntN(64, a - b)));
        expect(of("a * b")).toBe(String(BigInt.asIntN(64, a * b)));
        expect(of("a < b")).toBe(a < b ? "TRUE" : "FALSE");
        if (b !== 0n) {
          expect(of("a / b")).toBe(String(BigInt.asIntN(64, a / b)));
          expect(of("a % b")).toBe(String(a % b));
        }
      }),
    );
  });

  it("computes DECIMAL exactly", () => {
    const unscaled = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
    fc.assert(
      fc.property(unscaled, unscaled, (a, b) => {
        const row = { a: held(a), b: held(b) };
        const of = (text: string) => evaluate(text, "a DECIMAL(16, 3), b DECIMAL(16, 3)", row);
        expect(of("(a + b) - b = a")).toBe("TRUE");
        expect(of("a * b = b * a")).toBe("TRUE");
        expect(of("a < b")).toBe(a < b ? "TRUE" : "FALSE");
        expect(of("CAST(CAST(a AS STRING) AS DECIMAL(16, 3)) = a")).toBe("TRUE");
      }),
    );
  });
});

describe("DECIMAL", () => {
  /** A number of at most so many digits behind and before the point. */
  const decimal = fc.tuple(fc.integer({ min: 1, max: 38 }), fc.nat()).chain(([precision, seed]) => {
    const scale = seed % (Math.min(precision, 18) + 1);
    const most = 10n ** BigInt(precision) - 1n;
    return fc.bigInt({ min: -most, max: most }).map((unscaled) => ({ precision, scale, unscaled }));
  });
  type Decimal = { readonly precision: number; readonly scale: number; readonly unscaled: bigint };
  const power = (exponent: number) => 10n ** BigInt(exponent);

  /** HALF_UP, away from zero. */
  function divided(dividend: bigint, divisor: bigint): bigint {
    const negative = dividend < 0n !== divisor < 0n;
    const [a, b] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor];
    const rounded = (2n * a + b) / (2n * b);
    return negative ? -rounded : rounded;
  }

  /** Flink's result types: more than 38 digits cost digits behind the point, but not the first six. */
  function fitted(precision: number, scale: number): { precision: number; scale: number } {
    if (precision <= 38) return { precision, scale };
    return { precision: 38, scale: Math.max(38 - (precision - scale), Math.min(scale, 6)) };
  }

  /** The exact result as a fraction, and its type. */
  function model(operator: string, a: Decimal, b: Decimal): { fraction: [bigint, bigint]; precision: number; scale: number } {
    const scale = Math.max(a.scale, b.scale);
    const whole = Math.max(a.precision - a.scale, b.precision - b.scale);
    const [x, y] = [a.unscaled * power(scale - a.scale), b.unscaled * power(scale - b.scale)];
    switch (operator) {
      case "+":
        return { fraction: [x + y, power(scale)], ...fitted(whole + scale + 1, scale) };
      case "-":
        return { fraction: [x - y, power(scale)], ...fitted(whole + scale + 1, scale) };
      case "*":
        return {
          fraction: [a.unscaled * b.unscaled, power(a.scale + b.scale)],
          ...fitted(a.precision + b.precision + 1, a.scale + b.scale),
        };
      default: {
        const behind = Math.max(6, a.scale + b.precision + 1);
        return { fraction: [x, y], ...fitted(a.precision - a.scale + b.scale + behind, behind) };
      }
    }
  }

  it("is computed and rounded as by whole numbers of any size", () => {
    fc.assert(
      fc.property(decimal, decimal, fc.constantFrom("+", "-", "*", "/"), (a, b, operator) => {
        if (operator === "/" && b.unscaled === 0n) return;
        const { fraction, precision, scale } = model(operator, a, b);
        const unscaled = divided(fraction[0] * power(scale), fraction[1]);
        const fits = unscaled < power(precision) && unscaled > -power(precision);
        const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
        const text = (unscaled < 0n ? "-" : "") + (scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`);
        const fields = `a DECIMAL(${a.precision}, ${a.scale}), b DECIMAL(${b.precision}, ${b.scale})`;
        expect(typeOf(`a ${operator} b`, fields)).toBe(`DECIMAL(${precision}, ${scale})`);
        expect(evaluate(`a ${operator} b`, fields, { a: held(a.unscaled), b: held(b.unscaled) })).toBe(fits ? text : "NULL");
      }),
      { numRuns: 2_000 },
    );
  });

  const held = (number: bigint) => (Number.isSafeInteger(Number(number)) ? Number(number) : number);
});

describe("repeated parts", () => {
  it("are computed once, but for those that differ each time", () => {
    const counted = (text: string) => {
      let calls = 0;
      const get = () => {
        calls += 1;
        return "abc";
      };
      const row = Object.defineProperty({ ...ROW }, "s", { enumerable: true, get });
      const result = value(text, row);
      return [result, calls];
    };
    expect(counted("UPPER(s) = 'X' OR UPPER(s) = 'ABC'")).toEqual(["TRUE", 1]);
    expect(counted("CASE WHEN s = 'x' THEN 1 WHEN CHAR_LENGTH(s) = 3 THEN CHAR_LENGTH(s) ELSE 0 END")).toEqual(["3", 1]);
    expect(value("RAND() = RAND()")).toBe("FALSE");
    expect(value("UUID() = UUID()")).toBe("FALSE");
  });

  it("are not taken from where they may not have been computed", () => {
    expect(value("CASE WHEN f THEN i + 1 END IS NULL AND i + 1 = 8")).toBe("TRUE");
    expect(value("(f AND UPPER(s) = 'X') OR UPPER(s) = 'ABC'")).toBe("TRUE");
    expect(value("(TRY_CAST(s AS INT) IS NULL) AND COALESCE(TRY_CAST(s AS INT), 5) = 5")).toBe("TRUE");
  });
});

describe("comparison", () => {
  it.each([
    ["b = 5.0", "TRUE"],
    ["d > 12", "TRUE"],
    ["d = 12.340", "TRUE"],
    ["x >= 2.5", "TRUE"],
    ["big > 9223372036854775806", "TRUE"],
    ["big = 9223372036854775807", "TRUE"],
    ["s < 'abd'", "TRUE"],
    ["'😀' > 'ｱ'", "TRUE"],
    ["'a' = 'a '", "FALSE"],
    ["x'01' < x'0100'", "TRUE"],
    ["ts = '2024-05-31 12:30:00'", "TRUE"],
    ["day = '2024-05-31'", "TRUE"],
    ["day < ts", "TRUE"],
    ["ltz = TIMESTAMP '2024-05-31 20:30:00'", "TRUE"],
    ["ts = TIMESTAMP '2024-05-31 12:30:00.000000'", "TRUE"],
    ["ARRAY[1, 2] = ARRAY[1, 2]", "TRUE"],
    ["ARRAY[1, NULL] <> ARRAY[1, 2]", "TRUE"],
    ["MAP['a', 1, 'b', 2] = MAP['b', 2, 'a', 1]", "TRUE"],
    ["ROW(1, 'a') = ROW(1, 'a')", "TRUE"],
    ["INTERVAL '1' DAY = INTERVAL '24' HOUR", "TRUE"],
  ])("%s is %s", (text, expected) => {
    expect(value(text)).toBe(expected);
  });
});

describe("LIKE", () => {
  it.each([
    ["'abc' LIKE 'a%'", "TRUE"],
    ["'abc' LIKE '%c'", "TRUE"],
    ["'abc' LIKE '%b%'", "TRUE"],
    ["'abc' LIKE 'a_c'", "TRUE"],
    ["'a😀c' LIKE 'a_c'", "TRUE"],
    ["'abc' LIKE 'A%'", "FALSE"],
    ["'a%c' LIKE 'a!%c' ESCAPE '!'", "TRUE"],
    ["'abc' LIKE 'a!%c' ESCAPE '!'", "FALSE"],
    ["'' LIKE '%'", "TRUE"],
    ["'' LIKE '_'", "FALSE"],
    ["'mississippi' LIKE 'm%iss%ppi'", "TRUE"],
    ["nothing LIKE '%'", "NULL"],
    ["s LIKE s || '%'", "TRUE"],
    ["'ac' SIMILAR TO '(a|b)_'", "TRUE"],
    ["'aab' SIMILAR TO 'a+'", "FALSE"],
  ])("%s is %s", (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  it("finds what a regular expression finds", () => {
    const letters = fc.array(fc.constantFrom("a", "b", "%", "_", "!", "😀", "\\", ".", "\n"), { maxLength: 9 }).map((all) => all.join(""));
    const quoted = (one: string) => one.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
    const part = (one: string) => (one === "%" ? "[^]*" : one === "_" ? "[^]" : quoted(one.replace(/^!(?=.)/s, "")));
    const regex = (pattern: string) => new RegExp(`^${pattern.replace(/!.|./gsu, part)}$`, "u");
    fc.assert(
      fc.property(letters, letters, (text, pattern) => {
        fc.pre(/^(?:[^!]|![!%_])*$/.test(pattern));
        const row = { ...ROW, s: text, nothing: pattern };
        expect(value("s LIKE nothing ESCAPE '!'", row)).toBe(regex(pattern).test(text) ? "TRUE" : "FALSE");
      }),
      { numRuns: 3_000 },
    );
  });

  it("takes no time on patterns that others hang on", () => {
    expect(value(`'${"a".repeat(5_000)}' LIKE '${"%a".repeat(40)}b'`)).toBe("FALSE");
  });
});

describe("paths", () => {
  it.each([
    ["page.page_id", "good_detail"],
    ["page['page_id']", "good_detail"],
    ["page.during", "NULL"],
    ["gone.a", "NULL"],
    ["list[1].id", "a"],
    ["list[3].id", "NULL"],
    ["list[i - 7].id", "NULL"],
    ["names['k']", "1"],
    ["names['x']", "NULL"],
    ["v.a.b IS NULL", "FALSE"],
    ["CAST(v.a.b AS INT) + 1", "4"],
    ["CAST(v.a['list'][2] AS STRING)", "two"],
    ["CAST(v.a AS STRING)", '{"b":3,"list":[1,"two"]}'],
    ["CAST(v.nothing.at.all AS INT)", "NULL"],
    ["CAST(v.constructor AS STRING)", "NULL"],
    ["CAST(v.a.list AS ARRAY<STRING>)", "[1, two]"],
    ["CAST(v.a AS ROW<b INT>)", "(3)"],
    ["CAST(v.yes AS BOOLEAN)", "TRUE"],
    ["TRY_CAST(v.text AS INT)", "NULL"],
  ])("%s is %s", (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  it("reads a field that a row does not have as NULL", () => {
    expect(evaluate("a IS NULL AND `constructor` IS NULL AND `__proto__` IS NULL", "a INT, `constructor` INT, `__proto__` INT", {})).toBe(
      "TRUE",
    );
  });

  it("says which fields it reads", () => {
    expect(readsOf("page.page_id = 'x' AND list[1].id = s AND page.page_id <> s AND v.a.b IS NULL", FIELDS)).toEqual([
      ["page", "page_id"],
      ["list", "[]", "id"],
      ["s"],
      ["v"],
    ]);
  });
});

describe("times with intervals", () => {
  it.each([
    ["ts + INTERVAL '1' DAY", "2024-06-01 12:30:00.000"],
    ["ts - INTERVAL '3' MONTH", "2024-02-29 12:30:00.000"],
    ["INTERVAL '90' SECOND + ts", "2024-05-31 12:31:30.000"],
    ["day + INTERVAL '1' MONTH", "2024-06-30"],
    ["TIME '23:59:59' + INTERVAL '2' SECOND", "00:00:01"],
    ["INTERVAL '1 02:03:04.5' DAY TO SECOND", "+1 02:03:04.500"],
    ["INTERVAL '1-2' YEAR TO MONTH", "+1-02"],
    ["INTERVAL '1' HOUR * 3", "+0 03:00:00.000"],
    ["- INTERVAL '1' DAY", "-1 00:00:00.000"],
  ])("%s is %s", (text, expected) => {
    expect(value(text)).toBe(expected);
  });
});

describe("CASE and its like", () => {
  it.each([
    ["CASE i WHEN 1 THEN 'one' WHEN 6, 7 THEN 'seven' END", "seven", "VARCHAR(5)"],
    ["CASE WHEN n THEN 1 END", "NULL", "INT"],
    ["CASE WHEN t THEN 1 ELSE 2.5 END", "1.0", "DECIMAL(11, 1) NOT NULL"],
    ["IF(n, 1, 2)", "2", "INT"],
    ["COALESCE(nothing, s, 'x')", "abc", "STRING NOT NULL"],
    ["COALESCE(nothing, nothing)", "NULL", "STRING"],
    ["NULLIF(i, 7)", "NULL", "INT"],
    ["IFNULL(NULL, 1)", "1", "INT NOT NULL"],
    ["GREATEST(1, NULL)", "NULL", "INT"],
    ["LEAST('b', 'a')", "a", "CHAR(1) NOT NULL"],
  ])("%s is %s as %s", (text, expected, type) => {
    expect(value(text)).toBe(expected);
    expect(typeOf(text, FIELDS)).toBe(type);
  });
});

describe("what does not fit", () => {
  it.each([
    ["pge.page_id", 'unknown field "pge"; did you mean "page"?', "pge", "page.page_id"],
    ["page.pageid", 'unknown field "pageid"; did you mean "page_id"?', "pageid", "page.page_id"],
    ["page_id = 'x'", 'unknown field "page_id"; did you mean "page.page_id"?', "page_id", "page.page_id = 'x'"],
    ["page['pageid']", 'unknown field "pageid"; did you mean "page_id"?', "'pageid'", "page['page_id']"],
    ["page.zzz", 'unknown field "zzz". Fields here: page_id, during.', "zzz", undefined],
    ["i.a", '"i" is of type INT and has no field "a". Remove it, or read the value with JSON_VALUE if it is JSON text.', "a", undefined],
    ["i[1]", '"i" is of type INT and has no elements. [ ] reads arrays and maps.', "i[1]", undefined],
    ["list['a']", 'the elements of "list" are found by INT, got CHAR(1).', "'a'", undefined],
    [
      "v.a.b > 2",
      'the type of "v.a.b" is not known (VARIANT). Say what it is: CAST(v.a.b AS BIGINT).',
      "v.a.b",
      "CAST(v.a.b AS BIGINT) > 2",
    ],
    [
      "v.a.b = 'x'",
      'the type of "v.a.b" is not known (VARIANT). Say what it is: CAST(v.a.b AS STRING).',
      "v.a.b",
      "CAST(v.a.b AS STRING) = 'x'",
    ],
    [
      "v.yes AND t",
      'the type of "v.yes" is not known (VARIANT). Say what it is: CAST(v.yes AS BOOLEAN).',
      "v.yes",
      "CAST(v.yes AS BOOLEAN) AND t",
    ],
    [
      "UPPER(v.text)",
      'the type of "v.text" is not known (VARIANT). Say what it is: CAST(v.text AS STRING).',
      "v.text",
      "UPPER(CAST(v.text AS STRING))",
    ],
    ["i = '7'", 'INT and CHAR(1) cannot be compared with "=". Write 7.', "'7'", "i = 7"],
    ["s = 7", "STRING and INT cannot be compared with \"=\". Write '7'.", "7", "s = '7'"],
    ["s = i", 'STRING and INT cannot be compared with "=". Write CAST(s AS BIGINT).', "s", "CAST(s AS BIGINT) = i"],
    ["t = 'true'", 'BOOLEAN and CHAR(4) cannot be compared with "=". Write TRUE.', "'true'", "t = TRUE"],
    [
      "list < list",
      'ARRAY<ROW<id STRING>> and ARRAY<ROW<id STRING>> cannot be compared with "<". Convert one of them with CAST.',
      "list < list",
      undefined,
    ],
    ["day = 'never'", "'never' cannot be converted to DATE. Correct the value.", "'never'", undefined],
    ["s + 1", '"+" adds numbers, got STRING and INT. To join texts write s || CAST(1 AS STRING).', "s + 1", "s || CAST(1 AS STRING)"],
    ["s * 2", '"*" does not take STRING and INT. Convert them with CAST.', "s * 2", "CAST(s AS BIGINT) * 2"],
    ["- s", 'expected a number after "-", got STRING. Convert it with CAST.', "s", "- CAST(s AS DOUBLE)"],
    ["i AND t", 'expected a condition (BOOLEAN), got "i" of type INT. Compare it with something.', "i", "i IS NOT NULL AND t"],
    ["i LIKE 'a'", "LIKE looks at texts, got INT. Convert it with CAST(… AS STRING).", "i", "CAST(i AS STRING) LIKE 'a'"],
    ["s LIKE 'a!' ESCAPE '!'", "the pattern 'a!' is not valid: the escape may only stand before %, _ or itself.", "'a!'", undefined],
    [
      "IF(t, 1, 'a')",
      "the results must be of one type: expected INT, got CHAR(1). Write CAST(1 AS STRING).",
      "1",
      "IF(t, CAST(1 AS STRING), 'a')",
    ],
    ["CAST(t AS DATE)", "no cast leads from BOOLEAN to DATE. Try CAST(CAST(… AS STRING) AS …).", "CAST(t AS DATE)", undefined],
    [
      "CAST(i AS TIMESTAMP(3))",
      "no cast leads from INT to TIMESTAMP(3). Try TO_TIMESTAMP_LTZ(number, 3).",
      "CAST(i AS TIMESTAMP(3))",
      undefined,
    ],
    ["CAST('x' AS INT)", "'x' cannot be converted to INT. Correct the value.", "'x'", undefined],
    ["1 / 0", "1 / 0 divides by zero. Write another divisor.", "1 / 0", undefined],
    ["COUNT(i)", "COUNT works on many rows; an expression sees one. Use a node that aggregates.", "COUNT", undefined],
    ["UPER(s)", 'unknown function "UPER"; did you mean "UPPER"?', "UPER", "UPPER(s)"],
    ["LPAD(s)", "wrong number of arguments for LPAD: got 1. Write LPAD(text, length, fill).", "LPAD(s)", undefined],
    [
      "LPAD(s, 'x', 'y')",
      "argument 2 of LPAD(text, length, fill): expected a whole number, got CHAR(1). Convert it with CAST.",
      "'x'",
      undefined,
    ],
    ["DATE '2024-13-01'", "\"2024-13-01\" is no DATE. Write it as DATE '2024-05-31'.", "DATE '2024-13-01'", undefined],
    ["INTERVAL 'x' DAY", "\"x\" is no INTERVAL DAY. Write it as INTERVAL '10' DAY.", "INTERVAL 'x' DAY", undefined],
    ["GREATEST(list, list)", "GREATEST needs values that have an order, got ARRAY<ROW<id STRING>>.", "GREATEST(list, list)", undefined],
    ["t OVERLAPS t", "OVERLAPS takes two periods of times, as in (start, end) OVERLAPS (start, INTERVAL '1' HOUR), got t.", "t", undefined],
    ["1e999", "1e999 is beyond what DOUBLE holds. Write fewer digits.", "1e999", undefined],
  ])("%s", (text, en, at, fixed) => {
    const [said, ...others] = problemsOf(text, FIELDS);
    expect(others).toEqual([]);
    expect(said).toMatchObject({ en, at, fixed });
    expect(said?.zh).toMatch(/[\u4e00-\u9fff]/);
  });

  it("says every mistake at once, in the order of the text", () => {
    expect(problemsOf("UPPER(i) = 'x' AND nme = 'y' OR b + t > 1", FIELDS).map(({ at }) => at)).toEqual(["i", "nme", "b + t"]);
  });
});
