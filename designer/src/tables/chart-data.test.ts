import { describe, expect, it } from "vitest";
import { chartData, textOf } from "./chart-data.ts";

const columns = [
  { name: "ch", type: "String" },
  { name: "stt", type: "DateTime('Asia/Shanghai')" },
  { name: "uv", type: "UInt64" },
  { name: "amount", type: "Nullable(Decimal(18, 2))" },
];
const rows = [
  ["a", "2021-02-22 10:00:10", "2", "1.50"],
  ["b", "2021-02-22 10:00:00", "1", null],
];

describe("what is drawn of a result", () => {
  it("goes along time, in its order, with each column of numbers", () => {
    expect(chartData({ columns, rows })).toEqual({
      axes: ["ch", "stt", "uv", "amount"],
      x: "stt",
      labels: ["2021-02-22 10:00:00", "2021-02-22 10:00:10"],
      series: [
        { name: "uv", values: [1, 2] },
        { name: "amount", values: [null, 1.5] },
      ],
    });
  });

  it("goes along the column that one chooses, in the query's order", () => {
    expect(chartData({ columns, rows }, "ch")).toMatchObject({
      x: "ch",
      labels: ["a", "b"],
      series: [{ values: [2, 1] }, { values: [1.5, null] }],
    });
    expect(chartData({ columns, rows }, "uv")).toMatchObject({ x: "uv", series: [{ name: "amount" }] });
    expect(chartData({ columns, rows }, "gone")).toMatchObject({ x: "stt" });
  });

  it("goes along the first of numbers alone", () => {
    expect(
      chartData({
        columns: [
          { name: "n", type: "UInt8" },
          { name: "m", type: "Float64" },
        ],
        rows: [[1, 2]],
      }),
    ).toMatchObject({ x: "n", series: [{ name: "m", values: [2] }] });
  });

  it("is nothing without numbers or without rows", () => {
    expect(chartData({ columns: columns.slice(0, 2), rows })).toBeUndefined();
    expect(chartData({ columns, rows: [] })).toBeUndefined();
    expect(chartData({ columns: [], rows: [] })).toBeUndefined();
    expect(chartData({ columns: [{ name: "n", type: "UInt8" }], rows: [[1]] })).toBeUndefined();
  });

  it("keeps to what can be told apart", () => {
    const many = Array.from({ length: 20 }, (_, i) => ({ name: `c${i}`, type: "Int32" }));
    const long = Array.from({ length: 3_000 }, () => many.map(() => 1));
    const data = chartData({ columns: many, rows: long });
    expect([data?.series.length, data?.labels.length]).toEqual([8, 2_000]);
  });
});

it("shows any value", () => {
  expect([null, true, ["a", 1], "text", "18446744073709551615"].map(textOf)).toEqual([
    "NULL",
    "true",
    '["a",1]',
    "text",
    "18446744073709551615",
  ]);
});
