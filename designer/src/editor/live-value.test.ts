import type { Schema } from "@millrace/engine/schema";
import { describe, expect, test } from "vitest";
import { type LiveQuestion, liveRows, liveValue } from "./live-value.ts";

const schema: Schema = {
  type: "ROW",
  fields: [
    { name: "page_id", dataType: { type: "STRING" } },
    { name: "amount", dataType: { type: "BIGINT" } },
  ],
};
const ask = (text: string, records: readonly string[], expects?: LiveQuestion["expects"]) =>
  liveValue(
    { text, schema, timeZone: "Asia/Shanghai", expects, now: 0 },
    liveRows(
      records.map((record) => ({ text: record, time: 0 })),
      schema,
    ),
  );
const row = (page_id: string | null, amount: number) => JSON.stringify({ page_id, amount });

describe("the live value of an expression", () => {
  test("shows the latest five results first and counts over all records", () => {
    const answer = ask(
      "amount + 1",
      [1, 2, 3, 4, 5, 6, 7].map((amount) => row("home", amount)),
    );
    expect(answer.shown.map(({ result }) => result)).toEqual([8, 7, 6, 5, 4].map((value) => ({ is: "value", text: String(value) })));
    expect(answer).toMatchObject({ count: 7, nulls: 0, errors: 0, kept: undefined });
  });
  test("counts what a condition keeps; NULL is not kept", () => {
    const answer = ask("page_id = 'home'", [row("home", 1), row("cart", 1), row(null, 1)], "condition");
    expect(answer).toMatchObject({ kept: 1, nulls: 1, keeps: [true, false, false] });
  });
  test("shows beside each result what was read of the record, NULL where there was nothing", () => {
    expect(ask("amount > 5 AND page_id IS NULL", [row(null, 9)], "condition").shown[0]?.record).toEqual([
      { name: "amount", text: "9" },
      { name: "page_id", text: "NULL" },
    ]);
  });
  test("shows the record's first fields beside an expression that reads none, and its text where it is no record", () => {
    expect(ask("1 + 1", [row("home", 9)]).shown[0]?.record).toEqual([
      { name: "page_id", text: "home" },
      { name: "amount", text: "9" },
    ]);
    expect(ask("amount", ["{broken"]).shown[0]?.record).toEqual([{ name: "", text: "{broken" }]);
  });
  test("tells names of fields that are called the same apart", () => {
    const nested: Schema = {
      type: "ROW",
      fields: ["a", "b"].map((name) => ({ name, dataType: { type: "ROW", fields: [{ name: "n", dataType: { type: "INT" } }] } })),
    };
    const question = { text: "a.n + b.n", schema: nested, timeZone: "UTC", expects: undefined, now: 0 };
    const { shown } = liveValue(question, liveRows([{ text: '{"a":{"n":1},"b":{"n":2}}', time: 0 }], nested));
    expect(shown[0]?.record.map(({ name }) => name)).toEqual(["a.n", "b.n"]);
  });
  test("says in both languages why a record gives no value", () => {
    const [first] = ask("1 / amount", [row("home", 0)]).shown;
    expect(first?.result).toMatchObject({ is: "error", message: { en: expect.stringMatching(/zero/), zh: expect.stringMatching(/零|0/) } });
  });
  test("gives a record that is no JSON as an error of its own, and goes on", () => {
    const answer = ask("amount", ["{broken", row("home", 3)]);
    expect(answer).toMatchObject({ count: 2, errors: 1 });
    expect(answer.shown.map(({ result }) => result.is)).toEqual(["value", "error"]);
  });
  test("gives no value for an expression that is wrong", () => {
    expect(ask("amuont + 1", [row("home", 1)])).toMatchObject({ type: undefined, shown: [], count: 0 });
  });
});
