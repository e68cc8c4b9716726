import type { Schema } from "@millrace/engine/schema";
import { describe, expect, test } from "vitest";
import { fieldAt, fieldOffers } from "./field-at.ts";

const schema: Schema = {
  type: "ROW",
  fields: [
    { name: "page", dataType: { type: "ROW", fields: [{ name: "page_id", dataType: { type: "STRING" } }] } },
    { name: "start", dataType: { type: "STRING" } },
    { name: "ts", dataType: { type: "BIGINT" } },
  ],
};
const offered = (text: string) => fieldOffers(text, text.length, schema)?.fields.map(({ insert }) => insert);

describe("completion of fields", () => {
  test("offers the row's fields, reserved names in backticks", () => {
    expect(offered("")).toEqual(["page", "`start`", "ts"]);
  });
  test("offers the members of a row after its dot", () => {
    expect(offered("ts > 1 AND page.")).toEqual(["page_id"]);
    expect(offered("`page` . pa")).toEqual(["page_id"]);
  });
  test("replaces what was typed of the name, and no more", () => {
    expect(fieldOffers("page.pa = 'x'", 7, schema)).toMatchObject({ start: 5, end: 7 });
  });
  test("offers nothing below a field that has no members", () => {
    expect(offered("ts.")).toEqual([]);
  });
  test("keeps quiet within texts and comments", () => {
    expect([offered("page.page_id = 'ho"), offered("ts -- pa"), offered("/* pa")]).toEqual([undefined, undefined, undefined]);
    expect(offered("page.page_id = 'it''s' AND ")).toHaveLength(3);
  });
});

describe("the field under the pointer", () => {
  test("is the row over its name and the member over the member's", () => {
    expect(fieldAt("page.page_id", 2, schema)).toMatchObject({ path: ["page"], start: 0, end: 4 });
    expect(fieldAt("page.page_id", 8, schema)).toMatchObject({ path: ["page", "page_id"], dataType: { type: "STRING" } });
  });
  test("is none over words that are no field, or within a text", () => {
    expect([fieldAt("UPPER(ts)", 2, schema), fieldAt("'page'", 3, schema)]).toEqual([undefined, undefined]);
  });
});
