import { describe, expect, it } from "vitest";
import { RowError } from "../../node/index.ts";
import type { Values } from "../../schema/index.ts";
import { checkAggregates } from "../check.ts";
import { compile } from "../compile.ts";
import { SETTINGS, schemaOf } from "../test-support.ts";
import { formatValue } from "../values/format-value.ts";
import { compileAggregates } from "./compile-aggregates.ts";

const context = { time: 0, now: () => 0 };

/** What the expression gives over the rows, as CAST to STRING prints it; each inner list is accumulated alone, and then they are merged. */
function over(text: string, fields: string, ...groups: readonly (readonly Values[])[]): string {
  const { checked, aggregates, problems } = checkAggregates(text, schemaOf(fields), schemaOf("k STRING"), SETTINGS);
  if (!checked) throw new Error(problems.map(({ code }) => code).join());
  const aggregation = compileAggregates(aggregates, ["k"], SETTINGS);
  const parts = groups.map((rows) => {
    const accumulator = aggregation.create();
    for (const row of rows) aggregation.accumulate(accumulator, row, context);
    return accumulator;
  });
  const [whole, ...others] = parts as [Values, ...Values[]];
  for (const other of others) aggregation.merge(whole, other);
  const value = compile(checked, SETTINGS)(aggregation.results(whole, { k: "key" }), context);
  return formatValue(value, checked.dataType, SETTINGS);
}

const xs = (...values: (number | bigint | string | null)[]) => values.map((x) => ({ x }));

describe("aggregates over a group", () => {
  it.each([
    ["COUNT(*)", "x INT", [3, null, 3], "3"],
    ["COUNT(x)", "x INT", [3, null, 3], "2"],
    ["COUNT(DISTINCT x)", "x INT", [3, null, 3], "1"],
    ["SUM(x)", "x INT", [3, null, 4], "7"],
    ["SUM(x)", "x INT", [null], "NULL"],
    ["SUM(x)", "x INT", [2_147_483_647, 1], "-2147483648"],
    ["SUM(x)", "x TINYINT", [127, 1], "-128"],
    ["SUM(x)", "x SMALLINT", [32_767, 2], "-32767"],
    ["SUM(x)", "x BIGINT", [9_223_372_036_854_775_807n, 1], "-9223372036854775808"],
    ["SUM(x)", "x BIGINT", [9_007_199_254_740_991, 2], "9007199254740993"],
    ["SUM(x)", "x DOUBLE", [0.1, 0.2], "0.30000000000000004"],
    ["SUM(x)", "x DECIMAL(4, 2)", [9_999, 9_999], "199.98"],
    ["SUM(DISTINCT x)", "x INT", [3, 3, 4], "7"],
    ["AVG(x)", "x INT", [3, 4], "3"],
    ["AVG(x)", "x INT", [-3, -4], "-3"],
    ["AVG(x)", "x INT", [2_147_483_647, 2_147_483_647], "2147483647"],
    ["AVG(x)", "x DECIMAL(4, 2)", [100, 100, 200], "1.333333"],
    ["AVG(x)", "x DOUBLE", [1, 2], "1.5"],
    ["AVG(x)", "x INT", [null], "NULL"],
    ["MIN(x)", "x STRING", ["b", null, "a", "c"], "a"],
    ["MAX(x)", "x STRING", ["ｱ", "😀"], "😀"],
    ["MAX(x)", "x BIGINT", [9_007_199_254_740_993n, 5], "9007199254740993"],
    ["FIRST_VALUE(x)", "x INT", [null, 4, 3], "4"],
    ["LAST_VALUE(x)", "x INT", [4, 3, null], "3"],
    ["LISTAGG(x)", "x STRING", ["a", null, "b"], "a,b"],
    ["LISTAGG(x, ' / ')", "x STRING", ["a", "b"], "a / b"],
    ["LISTAGG(DISTINCT x)", "x STRING", ["a", "b", "a"], "a,b"],
    ["COLLECT(x)", "x INT", [2, null, 2, 1], "{2=2, 1=1}"],
    ["ARRAY_AGG(x)", "x INT", [2, null, 2], "[2, NULL, 2]"],
    ["VAR_POP(x)", "x DOUBLE", [1, 2, 3, 4], "1.25"],
    ["VAR_SAMP(x)", "x DOUBLE", [1, 2, 3], "1.0"],
    ["VAR_SAMP(x)", "x DOUBLE", [1], "NULL"],
    ["STDDEV_POP(x)", "x DOUBLE", [2, 4, 4, 4, 5, 5, 7, 9], "2.0"],
    ["STDDEV_SAMP(x)", "x DECIMAL(4, 1)", [10, 20, 30], "1.000000"],
    ["SUM(x) FILTER (WHERE x > 1)", "x INT", [1, 2, 3], "5"],
    ["SUM(x) FILTER (WHERE x > 9)", "x INT NOT NULL", [1], "NULL"],
    ["CAST(COUNT(*) FILTER (WHERE x > 1) AS STRING) || '/' || CAST(COUNT(*) AS STRING) || k", "x INT", [1, 2], "1/2key"],
  ])("%s of %s", (text, fields, values, expected) => {
    expect(over(text, fields, xs(...values))).toBe(expected);
    // Merged of two parts, and of parts that hold nothing.
    const cut = values.length >> 1;
    expect(over(text, fields, [], xs(...values.slice(0, cut)), [], xs(...values.slice(cut)))).toBe(expected);
  });

  it("tell values apart that are no scalars", () => {
    const rows = [{ x: [1, 2] }, { x: [1, 2] }, { x: [1, null] }];
    expect(over("COUNT(DISTINCT x)", "x ARRAY<INT>", rows)).toBe("2");
    expect(over("COUNT(DISTINCT x)", "x ARRAY<INT>", rows.slice(0, 1), rows)).toBe("2");
    expect(over("CARDINALITY(COLLECT(x))", "x ARRAY<INT>", rows, rows)).toBe("2");
    expect(over("COUNT(DISTINCT x)", "x BYTES", [{ x: new Uint8Array([1]) }, { x: new Uint8Array([1]) }])).toBe("1");
    expect(
      over("COUNT(DISTINCT x, y)", "x INT, y STRING", [
        { x: 1, y: "a" },
        { x: 1, y: "b" },
        { x: 1, y: null },
      ]),
    ).toBe("2");
  });

  it("are not changed by a row that cannot be computed, however far it came", () => {
    const { aggregates } = checkAggregates("COUNT(*) + SUM(10 / x)", schemaOf("x INT"), schemaOf(""), SETTINGS);
    const aggregation = compileAggregates(aggregates, [], SETTINGS);
    const accumulator = aggregation.create();
    aggregation.accumulate(accumulator, { x: 5 }, context);
    const before = structuredClone(accumulator);
    expect(() => aggregation.accumulate(accumulator, { x: 0 }, context)).toThrow(RowError);
    expect(accumulator).toEqual(before);
  });

  it("compute no argument of a row that the filter leaves out", () => {
    expect(over("SUM(10 / x) FILTER (WHERE x <> 0)", "x INT", xs(0, 5))).toBe("2");
  });

  it("add one row to several accumulators, each once", () => {
    const { aggregates } = checkAggregates("COUNT(DISTINCT x) + COUNT(x)", schemaOf("x INT"), schemaOf(""), SETTINGS);
    const aggregation = compileAggregates(aggregates, [], SETTINGS);
    const both = [aggregation.create(), aggregation.create()];
    aggregation.read({ x: 1 }, context);
    for (const accumulator of both) aggregation.add(accumulator);
    expect(aggregation.results(both[1] as Values, {})).toEqual({ "COUNT(DISTINCT x)": 1, "COUNT(x)": 1 });
    expect(both[0]).toEqual(both[1]);
  });

  it("give results that later rows do not change", () => {
    const { aggregates } = checkAggregates(
      "CARDINALITY(ARRAY_AGG(x)) + CARDINALITY(COLLECT(x))",
      schemaOf("x INT"),
      schemaOf(""),
      SETTINGS,
    );
    const aggregation = compileAggregates(aggregates, [], SETTINGS);
    const accumulator = aggregation.create();
    aggregation.accumulate(accumulator, { x: 1 }, context);
    const early = aggregation.results(accumulator, {});
    aggregation.accumulate(accumulator, { x: 2 }, context);
    expect(early).toEqual({ "ARRAY_AGG(x)": [1], "COLLECT(x)": new Map([[1, 1]]) });
  });
});
