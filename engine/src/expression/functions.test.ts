import { describe, expect, it } from "vitest";
import { checkAggregates } from "./check.ts";
import { formatType } from "./format-type.ts";
import { FUNCTIONS, functionNamed } from "./functions/table.ts";
import { allFunctionHelp, functionHelp } from "./help.ts";
import { evaluate, problemsOf, SETTINGS, schemaOf } from "./test-support.ts";

const SCALAR = FUNCTIONS.filter(({ group }) => group !== "aggregate");
const AGGREGATES = FUNCTIONS.filter(({ group }) => group === "aggregate");

describe.each(SCALAR)("$name", ({ example }) => {
  it("gives what its example says", () => {
    expect(evaluate(example.text)).toBe(example.result);
  });
});

describe.each(AGGREGATES)("$name", ({ example }) => {
  it("has the type that its example says", () => {
    const { checked } = checkAggregates(example.text, schemaOf("x INT NOT NULL"), schemaOf(""), SETTINGS);
    expect(checked && formatType(checked.dataType)).toBe(example.result);
  });
});

describe.each(FUNCTIONS)("$name", ({ name, aliases = [], help }) => {
  it("is explained in both languages", () => {
    expect(help.en).toMatch(/\.$/);
    expect(help.zh).toMatch(/[\u4e00-\u9fff].*。$/);
  });

  it("is found by each of its names", () => {
    for (const one of [name, ...aliases]) expect(functionNamed(one)?.name).toBe(name);
  });
});

/** What has an answer for NULL, or takes everything. */
const OTHERS = new Set(["DATE_FORMAT", "IS_ALPHA", "IS_DIGIT", "IS_DECIMAL", "HASH_CODE"]);

/** Those with the plain form name(a, b), which compute NULL from NULL. */
const PLAIN = SCALAR.flatMap(({ name, signatures }) => {
  const [first] = signatures;
  if (!first || OTHERS.has(name) || first.rest || first.params.length === 0 || signatures.some(({ shape, build }) => shape || build))
    return [];
  return [{ name, families: first.params.filter(({ optional }) => !optional).map(({ family }) => family) }];
});

describe.each(PLAIN)("$name", ({ name, families }) => {
  it("is NULL where its first argument is", () => {
    const args = ["NULL", ...families.slice(1).map((family) => SAMPLE[family] ?? "NULL")];
    expect(evaluate(`${name}(${args.join(", ")})`)).toBe("NULL");
  });

  it("says what it takes when it gets something else", () => {
    const [said] = problemsOf(`${name}(ROW(1, 2)${", 'x'".repeat(families.length - 1)})`);
    expect(said?.en).toMatch(/^argument 1 of .*: expected .*, got ROW<.*>\. Convert it with CAST\.$/);
    expect(said?.zh).toMatch(/第 1 个参数：期望/);
  });
});

/** A value of each family. */
const SAMPLE: Readonly<Record<string, string>> = {
  BYTES: "x'61'",
  STRING: "'UTF-8'",
  INTEGER: "1",
  NUMBER: "1",
  DOUBLE: "1",
  ANY: "1",
  BOOLEAN: "TRUE",
};

describe("texts", () => {
  it.each([
    ["SUBSTRING('hello', -3)", "llo"],
    ["SUBSTRING('hello', 0, 3)", "hel"],
    ["SUBSTRING('hello', 9)", ""],
    ["SUBSTRING('hello', 2, -1)", "NULL"],
    ["SUBSTRING('a😀b', 2, 1)", "😀"],
    ["CHAR_LENGTH('a😀b')", "3"],
    ["REVERSE('a😀')", "😀a"],
    ["UPPER(CAST(NULL AS STRING))", "NULL"],
    ["TRIM('  a  ')", "a"],
    ["TRIM(TRAILING FROM 'a  ')", "a"],
    ["TRIM('x' FROM 'xax')", "a"],
    ["LPAD('abc', 2, 'x')", "ab"],
    ["LPAD('abc', 5, '')", "NULL"],
    ["RPAD('a', 4, 'xy')", "axyx"],
    ["LEFT('abc', -1)", ""],
    ["RIGHT('abc', 5)", "abc"],
    ["CONCAT('a', CAST(NULL AS STRING))", "NULL"],
    ["CONCAT_WS(CAST(NULL AS STRING), 'a')", "NULL"],
    ["CONCAT_WS(',')", ""],
    ["REPLACE('aaa', 'a', '$&')", "$&$&$&"],
    ["POSITION('' IN 'abc')", "1"],
    ["POSITION('x' IN 'abc')", "0"],
    ["SPLIT_INDEX('a,,c', ',', 1)", ""],
    ["SPLIT_INDEX('a,b', ',', 2)", "NULL"],
    ["SPLIT_INDEX('a,b', ',', -1)", "NULL"],
    ["REGEXP_EXTRACT('abc', '(x)', 1)", "NULL"],
    ["REGEXP_EXTRACT('abc', 'b', 7)", "NULL"],
    ["REGEXP_REPLACE('a.b', '\\.', '$1')", "a$1b"],
    ["REGEXP('流水线123', '[\\u4e00-\\u9fa5]+\\d{3}')", "TRUE"],
  ])("%s is %s", (text, expected) => {
    expect(evaluate(text)).toBe(expected);
  });

  it("refuses to make a text that fills the memory", () => {
    expect(() => evaluate("REPEAT('abc', 2000000000)")).toThrow("the text would have 6000000000 characters; at most 16000000 are made.");
  });

  it("warns of a constant pattern that is none, and gives NULL", () => {
    expect(problemsOf("REGEXP_EXTRACT('a', '(')")[0]).toMatchObject({
      en: "'(' is no regular expression (an unclosed (); the result is NULL for every row. Correct it.",
      at: "'('",
    });
    expect(evaluate("REGEXP_EXTRACT('a', '(')")).toBe("NULL");
  });
});

describe("numbers", () => {
  it.each([
    ["ABS(CAST(-9223372036854775808 AS BIGINT))", "-9223372036854775808"],
    ["ABS(-1.50)", "1.50"],
    ["SIGN(-2.5)", "-1.0"],
    ["ROUND(2.5)", "3"],
    ["ROUND(-2.5)", "-3"],
    ["ROUND(1.005, 2)", "1.01"],
    ["ROUND(CAST(1.005 AS DOUBLE), 2)", "1.01"],
    ["ROUND(155, -1)", "160"],
    ["TRUNCATE(-155, -1)", "-150"],
    ["FLOOR(-2.5)", "-3"],
    ["CEIL(-2.5)", "-2"],
    ["FLOOR(CAST(-0.5 AS DOUBLE))", "-1.0"],
    ["MOD(-7, 3)", "-1"],
    ["MOD(7.5, 2)", "1.5"],
    ["POWER(2, -1)", "0.5"],
    ["SQRT(-1)", "NaN"],
    ["LN(0)", "-Infinity"],
  ])("%s is %s", (text, expected) => {
    expect(evaluate(text)).toBe(expected);
  });
});

describe("times", () => {
  it.each([
    ["DATE_FORMAT(TO_TIMESTAMP_LTZ(0, 3), 'yyyy-MM-dd HH:mm:ss')", "1970-01-01 08:00:00"],
    ["DATE_FORMAT('2024-05-31 12:00:00', 'HH')", "12"],
    ["DATE_FORMAT(DATE '2024-05-31', 'yyyyMMdd')", "20240531"],
    ["DATE_FORMAT(TIMESTAMP '2024-05-31 12:00:00', 'EEE, d MMM yy h:mm a')", "Fri, 31 May 24 12:00 PM"],
    ["FROM_UNIXTIME(0)", "1970-01-01 08:00:00"],
    ["UNIX_TIMESTAMP('1970-01-01 08:00:00')", "0"],
    ["UNIX_TIMESTAMP()", "1717158600"],
    ["TO_TIMESTAMP('2024-02-30 00:00:00')", "2024-02-29 00:00:00.000"],
    ["TO_TIMESTAMP('2024-13-30 00:00:00')", "NULL"],
    ["TO_TIMESTAMP('20240531', 'yyyyMMdd')", "2024-05-31 00:00:00.000"],
    ["TO_TIMESTAMP_LTZ(1717158600, 0)", "2024-05-31 20:30:00.000"],
    ["TO_TIMESTAMP_LTZ(1717158600123, 3)", "2024-05-31 20:30:00.123"],
    ["TO_DATE('2024-5-1')", "2024-05-01"],
    ["EXTRACT(HOUR FROM TO_TIMESTAMP_LTZ(0, 3))", "8"],
    ["FLOOR(TO_TIMESTAMP_LTZ(0, 3) TO DAY)", "1970-01-01 00:00:00.000"],
    ["FLOOR(TIMESTAMP '2024-05-31 12:34:56' TO MONTH)", "2024-05-01 00:00:00"],
    ["CEIL(TIMESTAMP '2024-12-31 12:34:56' TO QUARTER)", "2025-01-01 00:00:00"],
    ["CEIL(DATE '2024-05-01' TO MONTH)", "2024-05-01"],
    ["TIMESTAMPADD(HOUR, 1, DATE '2024-05-31')", "2024-05-31 01:00:00.000000"],
    ["TIMESTAMPDIFF(MONTH, TIMESTAMP '2024-01-31 12:00:00', TIMESTAMP '2024-02-29 12:00:00')", "1"],
    ["TIMESTAMPDIFF(MONTH, TIMESTAMP '2024-01-31 12:00:00', TIMESTAMP '2024-02-29 11:59:59')", "0"],
    ["TIMESTAMPDIFF(DAY, DATE '2024-05-31', DATE '2024-05-01')", "-30"],
    ["CURRENT_DATE", "2024-05-31"],
    ["LOCALTIME", "20:30:00"],
    ["LOCALTIMESTAMP", "2024-05-31 20:30:00.000"],
    ["CURRENT_TIMESTAMP", "2024-05-31 20:30:00.000"],
  ])("%s is %s", (text, expected) => {
    expect(evaluate(text)).toBe(expected);
  });

  it("refuses a constant pattern of dates that would fail each row, and warns of one that would make each NULL", () => {
    expect(problemsOf("DATE_FORMAT(CURRENT_TIMESTAMP, 'bogus')")[0]).toMatchObject({
      en: "'bogus' is no pattern of dates. Write letters such as yyyy-MM-dd HH:mm:ss, other text in single quotes.",
      at: "'bogus'",
    });
    expect(problemsOf("TO_TIMESTAMP('2024', 'bogus')")[0]?.en).toBe(
      "'bogus' is no pattern of dates; the result is NULL for every row. Write letters such as yyyy-MM-dd HH:mm:ss, other text in single quotes.",
    );
  });

  it("refuses a precision of epochs that is neither seconds nor milliseconds", () => {
    expect(problemsOf("TO_TIMESTAMP_LTZ(1, 5)")[0]?.en).toBe(
      "TO_TIMESTAMP_LTZ takes seconds or milliseconds, got precision 5. Write 0 for seconds or 3 for milliseconds.",
    );
  });

  it("names the units when one is unknown", () => {
    expect(problemsOf("EXTRACT(HUOR FROM CURRENT_TIMESTAMP)")[0]).toMatchObject({
      en: 'EXTRACT does not know "HUOR"; did you mean "HOUR"?',
      fixed: "EXTRACT(HOUR FROM CURRENT_TIMESTAMP)",
    });
  });
});

describe("JSON texts", () => {
  it.each([
    [`JSON_VALUE('{"a": "x"}', '$.a')`, "x"],
    [`JSON_VALUE('{"a": 9007199254740993}', '$.a')`, "9007199254740993"],
    [`JSON_VALUE('{"a": {}}', '$.a')`, "NULL"],
    [`JSON_VALUE('{"a": [1, 2]}', '$.a[1]' RETURNING INT)`, "2"],
    [`JSON_VALUE('{"a b": 1}', '$["a b"]')`, "1"],
    [`JSON_VALUE('no json', '$.a')`, "NULL"],
    [`JSON_VALUE('no json', '$.a' DEFAULT 'x' ON ERROR)`, "x"],
    [`JSON_VALUE('{}', 'lax $.a' DEFAULT 5 ON EMPTY)`, "5"],
    [`JSON_VALUE('{}', '$.a' DEFAULT 5 ON EMPTY)`, "NULL"],
    [`JSON_VALUE('{"a": null}', 'lax $.a' DEFAULT 'none' ON EMPTY)`, "none"],
    [`JSON_VALUE('{"a": "x"}', '$.a' RETURNING INT)`, "NULL"],
    [`JSON_VALUE('{"a": 1}', '$.__proto__')`, "NULL"],
    [`JSON_VALUE(CAST(NULL AS STRING), '$.a')`, "NULL"],
    [`JSON_EXISTS('{"a": null}', '$.a')`, "FALSE"],
    [`JSON_EXISTS('{"a": 1}', '$.b')`, "FALSE"],
    [`JSON_EXISTS('{"a": 1}', 'strict $.b' UNKNOWN ON ERROR)`, "NULL"],
    [`'{"a": 1}' IS JSON OBJECT`, "TRUE"],
    [`'[' IS NOT JSON`, "TRUE"],
  ])("%s is %s", (text, expected) => {
    expect(evaluate(text)).toBe(expected);
  });

  it("fails the row where that is asked", () => {
    expect(() => evaluate(`JSON_VALUE('{}', '$.a' ERROR ON ERROR)`)).toThrow(
      'JSON_VALUE finds no value that it can give at $.a in "{}". Correct the path, or use NULL ON ERROR.',
    );
  });

  it("warns of a path that is none, which is an error of every row", () => {
    expect(problemsOf("JSON_VALUE('{}', '$.a(')")[0]?.en).toBe(
      "'$.a(' is no path into JSON, which is an error of every row. Write it as '$.a.b[0]'.",
    );
    expect(evaluate("JSON_VALUE('{}', '$.a(' DEFAULT 'x' ON ERROR)")).toBe("x");
  });
});

describe("help", () => {
  it("is found in any case, with signatures", () => {
    expect(functionHelp("extract")?.signatures).toEqual(["EXTRACT(unit FROM time)", "EXTRACT(unit FROM interval)"]);
    expect(functionHelp("lpad")?.signatures).toEqual(["LPAD(text, length, fill)"]);
    expect(functionHelp("nothing")).toBeUndefined();
  });

  it("lists every function once", () => {
    const names = allFunctionHelp().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
