import type { Schema } from "@millrace/engine/schema";
import { describe, expect, test } from "vitest";
import { type LiveQuestion, liveValue } from "./live-value.ts";

const schema: Schema = {
  type: "ROW",
  fields: [
    { name: "page_id", dataType: { type: "STRING" } },
    { name: "amount", dataType: { type: "BIGINT" } },
  ],
};
const ask = (text: string, records: readonly string[], expects?: LiveQuestion["expects"]) =>
  liveValue({ text, schema, timeZone: "Asia/Shanghai", expects, now: 0, samples: records.map((record) => ({ text: record, time: 0 })) });
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
  test("says what was read beside each result", () => {
    expect(ask("amount > 5", [row("home", 9)], "condition").shown[0]?.read).toBe("9");
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
