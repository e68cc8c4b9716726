import { expect, it } from "vitest";
import { check, compileCondition, compileRow } from "./index.ts";
import { parseSchema } from "./types.ts";

const SETTINGS = { timeZone: "UTC" };
const NOW = 1_600_000_000_000;
const context = { time: 0, now: () => NOW };

function checked(text: string) {
  const parsed = parseSchema("a INT, page ROW<item STRING, seconds INT>");
  if (!("schema" in parsed)) throw new Error("the schema is wrong");
  const result = check(text, parsed.schema, SETTINGS);
  if (!result.checked) throw new Error(JSON.stringify(result.problems));
  return result.checked;
}

const rowOf = (...fields: readonly (readonly [string, string])[]) =>
  compileRow(
    fields.map(([name, text]) => ({ name, value: checked(text) })),
    SETTINGS,
  );

it("makes a row of fields in their order", () => {
  const make = rowOf(["seconds", "page.seconds"], ["item", "page.item"], ["more", "page.seconds + a"]);
  expect(Object.entries(make({ a: 1, page: { item: "7", seconds: 5 } }, context))).toEqual([
    ["seconds", 5],
    ["item", "7"],
    ["more", 6],
  ]);
  expect(make({ a: null, page: null }, context)).toEqual({ seconds: null, item: null, more: null });
});

it("keeps a field of any name as a field", () => {
  const make = rowOf(["__proto__", "a"], ["constructor", "a"]);
  expect(Object.entries(make({ a: 3, page: null }, context))).toEqual([
    ["__proto__", 3],
    ["constructor", 3],
  ]);
});

it("gives the clock to a field that asks for it", () => {
  const make = rowOf(["a", "a"], ["at", "UNIX_TIMESTAMP()"]);
  expect(make({ a: 1, page: null }, context)).toEqual({ a: 1, at: NOW / 1000 });
});

it("fails as the first field that cannot be computed does", () => {
  const make = rowOf(["a", "a"], ["b", "a / 0"], ["c", "CAST(page.item AS INT)"]);
  expect(() => make({ a: 1, page: { item: "x", seconds: 1 } }, context)).toThrow(/zero/);
});

it("counts NULL as false in a condition", () => {
  const isTrue = compileCondition(checked("a > 1"), SETTINGS);
  expect([2, 1, null].map((a) => isTrue({ a, page: null }, context))).toEqual([true, false, false]);
});
