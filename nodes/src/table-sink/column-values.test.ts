import { parseType } from "@millrace/engine/expression";
import { RowError } from "@millrace/engine/node";
import type { DataType, Value } from "@millrace/engine/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnTypeFor, readColumnType } from "./column-types.ts";
import { columnWriter } from "./column-values.ts";

const ZONE = "Asia/Shanghai";

function typeOf(text: string): DataType {
  return (parseType(text) as { dataType: DataType }).dataType;
}

function written(type: string, dataType: string, value: Value): string {
  const write = columnWriter({ name: "c", type, table: "t" }, typeOf(dataType), ZONE);
  if (!write) return "takes none";
  try {
    return write(value);
  } catch (error) {
    if (error instanceof RowError) return error.message;
    throw error;
  }
}

const refusal = (type: string, value: string, expected: string) =>
  `Column c of table t (${type}) cannot take ${value}; expected ${expected}. Mend the value, or map another expression to the column.`;

describe("a number", () => {
  it.each([
    ["UInt8", "INT", 255, "255"],
    ["UInt8", "INT", 256, refusal("UInt8", "256", "a whole number from 0 to 255")],
    ["UInt64", "BIGINT", -1, refusal("UInt64", "-1", "a whole number from 0 to 18446744073709551615")],
    ["Int64", "BIGINT", 9223372036854775807n, "9223372036854775807"],
    ["Int8", "INT", -128, "-128"],
    ["UInt64", "DECIMAL(20, 2)", 700, "7"],
    ["UInt64", "DECIMAL(20, 2)", 750, refusal("UInt64", "7.50", "a whole number from 0 to 18446744073709551615")],
    ["UInt64", "DOUBLE", 1e15, "1000000000000000"],
    ["UInt64", "STRING", " 18446744073709551615 ", "18446744073709551615"],
    ["UInt64", "STRING", "many", refusal("UInt64", '"many"', "a number")],
    ["UInt8", "BOOLEAN", true, "1"],
    ["Decimal64(2)", "DECIMAL(16, 2)", 1234, '"12.34"'],
    ["Decimal(18, 2)", "DECIMAL(10, 3)", 1235, '"1.24"'],
    ["Decimal(18, 2)", "DECIMAL(10, 3)", -1235, '"-1.24"'],
    ["Decimal(18, 2)", "DOUBLE", 0.1, '"0.10"'],
    ["Decimal(4, 2)", "BIGINT", 100, refusal("Decimal(4, 2)", "100", "at most 2 digits before the point")],
    ["Nullable(Decimal(4, 2))", "STRING", "1e1", '"10.00"'],
    ["Float64", "DOUBLE", 0.1, "0.1"],
    ["Float64", "DOUBLE", Number.NaN, '"nan"'],
    ["Float64", "DECIMAL(5, 2)", 150, "1.50"],
    ["UInt64", "TIMESTAMP_LTZ(3)", 1, "takes none"],
  ])("goes into %s from %s %s as %s", (type, dataType, value, text) => {
    expect(written(type, dataType, value as Value)).toBe(text);
  });

  it("is rounded and bounded as exact arithmetic says", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.integer({ min: 0, max: 9 }), (unscaled, scale) => {
        const value = Number.isSafeInteger(Number(unscaled)) ? Number(unscaled) : unscaled;
        const text = written("Decimal(38, 2)", `DECIMAL(38, ${scale})`, value);
        const got = BigInt(text.replaceAll(/[".]/g, ""));
        const unit = 10n ** BigInt(scale);
        const distance = got * unit - unscaled * 100n;
        expect(2n * (distance < 0n ? -distance : distance)).toBeLessThanOrEqual(unit);
      }),
    );
  });
});

describe("text", () => {
  it.each([
    ["String", "STRING", 'a"\n\\小米', JSON.stringify('a"\n\\小米')],
    ["LowCardinality(String)", "BIGINT", 7, '"7"'],
    ["String", "DECIMAL(5, 2)", 150, '"1.50"'],
    ["String", "ARRAY<BIGINT>", [1, 2], '"[1,2]"'],
    ["FixedString(3)", "STRING", "CN", '"CN"'],
    ["FixedString(3)", "STRING", "中国", refusal("FixedString(3)", '"中国"', "at most 3 bytes")],
    ["Bool", "BOOLEAN", false, "false"],
    ["Bool", "STRING", "true", "takes none"],
    ["Array(Int64)", "ARRAY<BIGINT>", [1, 9007199254740993n], "[1,9007199254740993]"],
    ["UUID", "STRING", "x", '"x"'],
    ["Int8", "BIGINT", null, "null"],
  ])("goes into %s from %s %s as %s", (type, dataType, value, text) => {
    expect(written(type, dataType, value as Value)).toBe(text);
  });
});

describe("a time", () => {
  const moment = Date.UTC(2021, 1, 22, 2, 31, 5, 7);
  it.each([
    ["DateTime('Asia/Shanghai')", "TIMESTAMP_LTZ(3)", moment, '"2021-02-22T02:31:05.007Z"'],
    ["DateTime64(9)", "TIMESTAMP_LTZ(9)", BigInt(moment) * 1_000_000n + 5n, '"2021-02-22T02:31:05.007000005Z"'],
    ["DateTime", "TIMESTAMP(0)", Date.UTC(2021, 1, 22, 10, 31, 5), '"2021-02-22 10:31:05"'],
    ["DateTime", "STRING", "2021-02-22 10:31:05", '"2021-02-22 10:31:05"'],
    ["DateTime", "DATE", 18_680, '"2021-02-22 00:00:00"'],
    ["Date", "TIMESTAMP_LTZ(3)", Date.UTC(2021, 1, 21, 20), '"2021-02-22"'],
    ["Date32", "DATE", 18_680, '"2021-02-22"'],
    ["DateTime", "BIGINT", moment, "takes none"],
    [
      "DateTime",
      "STRING",
      "2200-01-01 00:00:00",
      refusal("DateTime", '"2200-01-01 00:00:00"', 'a date and time, as "2021-02-22 10:31:05" of the years 1970 to 2105'),
    ],
    ["DateTime", "STRING", "soon", refusal("DateTime", '"soon"', 'a date and time, as "2021-02-22 10:31:05" of the years 1970 to 2105')],
    ["Date", "DATE", -1, refusal("Date", '"1969-12-31"', "a date of the years 1970 to 2148")],
  ])("goes into %s from %s %s as %s", (type, dataType, value, text) => {
    expect(written(type, dataType, value as Value)).toBe(text);
  });
});

it("reads ClickHouse's types", () => {
  expect(readColumnType("LowCardinality(Nullable(String))")).toEqual({ name: "String", args: [], isNullable: true });
  expect(readColumnType("Decimal64(2)")).toEqual({ name: "Decimal", args: ["18", "2"], isNullable: false });
  expect(readColumnType("SimpleAggregateFunction(sum, UInt64)").name).toBe("UInt64");
  expect(readColumnType("Enum8('a, b' = 1, 'c' = 2)").args).toEqual(["'a, b' = 1", "'c' = 2"]);
});

it.each([
  ["BIGINT", "Int64"],
  ["DECIMAL(16, 2)", "Decimal(16, 2)"],
  ["TIMESTAMP(3)", "DateTime64(3, 'Asia/Shanghai')"],
  ["TIMESTAMP_LTZ(0)", "DateTime('Asia/Shanghai')"],
  ["ARRAY<STRING>", "Array(String)"],
  ["MAP<STRING, INT>", "Map(String, Int32)"],
  ["ROW<a INT>", "String"],
])("makes of %s a column %s", (dataType, type) => {
  expect(columnTypeFor(typeOf(dataType), ZONE)).toBe(type);
  expect(columnWriter({ name: "c", type, table: "t" }, typeOf(dataType), ZONE)).toBeDefined();
});
