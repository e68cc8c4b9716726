import { describe, expect, it } from "vitest";
import { evaluate, problemsOf } from "./test-support.ts";

describe("CAST", () => {
  it.each([
    ["CAST(300 AS TINYINT)", "44"],
    ["CAST(-1234567 AS TINYINT)", "121"],
    ["CAST(2147483648 AS INT)", "-2147483648"],
    ["CAST(1.9 AS INT)", "1"],
    ["CAST(CAST(-1.9 AS DOUBLE) AS INT)", "-1"],
    ["CAST(1e30 AS INT)", "2147483647"],
    ["CAST(1e30 AS BIGINT)", "9223372036854775807"],
    ["CAST(' 12 ' AS INT)", "12"],
    ["CAST('12.9' AS INT)", "12"],
    ["CAST('1e3' AS DOUBLE)", "1000.0"],
    ["CAST('1.005' AS DECIMAL(10, 2))", "1.01"],
    ["TRY_CAST('12345' AS DECIMAL(3, 0))", "NULL"],
    ["CAST(12345 AS DECIMAL(3, 0))", "NULL"],
    ["CAST(2.345 AS DECIMAL(3, 2))", "2.35"],
    ["CAST(TRUE AS INT)", "1"],
    ["CAST(0 AS BOOLEAN)", "FALSE"],
    ["CAST('yes' AS BOOLEAN)", "TRUE"],
    ["CAST(TRUE AS STRING)", "TRUE"],
    ["CAST(1e10 AS STRING)", "1.0E10"],
    ["CAST(CAST(0.1 AS FLOAT) AS STRING)", "0.1"],
    ["CAST(CAST(0.0001 AS DOUBLE) AS STRING)", "1.0E-4"],
    ["CAST(12.30 AS STRING)", "12.30"],
    ["CAST('abcdef' AS VARCHAR(3))", "abc"],
    ["CAST('a' AS CHAR(3)) || '|'", "a  |"],
    ["CAST(x'616263' AS STRING)", "abc"],
    ["CAST('2024-5-1' AS DATE)", "2024-05-01"],
    ["CAST('2024-05-01 12:00:00' AS DATE)", "2024-05-01"],
    ["CAST('12:5' AS TIME)", "12:05:00"],
    ["CAST('2024-05-01' AS TIMESTAMP(3))", "2024-05-01 00:00:00.000"],
    ["CAST('2024-05-01 12:00:00.123456789' AS TIMESTAMP(9))", "2024-05-01 12:00:00.123456789"],
    ["CAST('2024-05-01 12:00:00.123456789' AS TIMESTAMP(4))", "2024-05-01 12:00:00.1234"],
    ["CAST('2024-05-01 00:00:00' AS TIMESTAMP_LTZ(0))", "2024-05-01 00:00:00"],
    ["CAST(TO_TIMESTAMP_LTZ(0, 3) AS TIMESTAMP(0))", "1970-01-01 08:00:00"],
    ["CAST(TO_TIMESTAMP_LTZ(0, 3) AS TIME)", "08:00:00"],
    ["CAST(DATE '2024-05-01' AS TIMESTAMP(0))", "2024-05-01 00:00:00"],
    ["CAST(TIME '12:00:00' AS TIMESTAMP(0))", "1970-01-01 12:00:00"],
    ["CAST(TIMESTAMP '1969-12-31 23:59:59.999' AS DATE)", "1969-12-31"],
    ["CAST(ARRAY[1, NULL] AS STRING)", "[1, NULL]"],
    ["CAST(MAP['a', TRUE] AS STRING)", "{a=TRUE}"],
    ["CAST(ROW(1, 'a', NULL) AS STRING)", "(1, a, NULL)"],
    ["CAST(ARRAY['1', '2'] AS ARRAY<INT>)", "[1, 2]"],
    ["CAST(ROW(1, '2') AS ROW<a STRING, b INT>).b", "2"],
    ["TRY_CAST('x' AS INT)", "NULL"],
    ["TRY_CAST(ARRAY['x'] AS ARRAY<INT>)", "NULL"],
    ["TRY_CAST('2024-02-30' AS DATE)", "NULL"],
    ["CAST(NULL AS ARRAY<INT>)", "NULL"],
  ])("%s is %s", (text, expected) => {
    expect(evaluate(text)).toBe(expected);
  });

  it.each([
    [
      "CAST(s AS DECIMAL(3, 0))",
      "12345",
      '"12345" cannot be converted to DECIMAL(3, 0). Correct the value, or use TRY_CAST to get NULL instead.',
    ],
    ["CAST(s AS INT)", "12x", '"12x" cannot be converted to INT. Correct the value, or use TRY_CAST to get NULL instead.'],
    ["CAST(s AS INT)", "2147483648", '"2147483648" cannot be converted to INT.'],
    ["CAST(s AS BIGINT)", "9223372036854775808", '"9223372036854775808" cannot be converted to BIGINT.'],
    ["CAST(s AS DOUBLE)", "", '"" cannot be converted to DOUBLE.'],
    ["CAST(s AS BOOLEAN)", "maybe", '"maybe" cannot be converted to BOOLEAN.'],
    ["CAST(s AS DATE)", "2023-02-29", '"2023-02-29" cannot be converted to DATE.'],
    ["CAST(s AS TIMESTAMP(3))", "25:00", '"25:00" cannot be converted to TIMESTAMP(3).'],
    ["CAST(s AS DECIMAL(5, 2))", "a".repeat(100), `"${"a".repeat(60)}…" cannot be converted to DECIMAL(5, 2).`],
  ])("%s of %s fails the row with the value", (text, s, message) => {
    expect(() => evaluate(text, "s STRING", { s })).toThrow(message);
  });

  it("is refused where no value could be converted", () => {
    expect(problemsOf("CAST(TIMESTAMP '2024-05-01 00:00:00' AS INT)")[0]?.en).toBe(
      "no cast leads from TIMESTAMP(0) to INT. Try UNIX_TIMESTAMP(CAST(… AS STRING)).",
    );
  });
});
