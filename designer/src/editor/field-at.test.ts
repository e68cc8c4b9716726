import type { Schema } from "@millrace/engine/schema";
import { describe, expect, test } from "vitest";
import { fieldAt, wordAt } from "./field-at.ts";

const schema: Schema = {
  type: "ROW",
  fields: [
    { name: "page", dataType: { type: "ROW", fields: [{ name: "page_id", dataType: { type: "STRING" } }] } },
    { name: "start", dataType: { type: "STRING" } },
    { name: "ts", dataType: { type: "BIGINT" } },
  ],
};

describe("the field under the pointer", () => {
  test("is the row over its name and the member over the member's", () => {
    expect(fieldAt("page.page_id", 2, schema)).toMatchObject({ path: ["page"], start: 0, end: 4 });
    expect(fieldAt("page.page_id", 8, schema)).toMatchObject({ path: ["page", "page_id"], dataType: { type: "STRING" } });
  });
  test("is none over words that are no field, or within a text", () => {
    expect([fieldAt("UPPER(ts)", 2, schema), fieldAt("'page'", 3, schema)]).toEqual([undefined, undefined]);
  });
});

describe("the word under the pointer", () => {
  test("may be a function's, and is none within a text", () => {
    expect(wordAt("UPPER(ts)", 2)).toEqual({ start: 0, end: 5, word: "UPPER" });
    expect([wordAt("'UPPER'", 3), wordAt("1 + 2", 2)]).toEqual([undefined, undefined]);
  });
});
