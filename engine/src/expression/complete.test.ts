import { describe, expect, it } from "vitest";
import { completionsAt } from "./complete.ts";
import { schemaOf } from "./test-support.ts";

const schema = schemaOf("amount INT, page ROW<page_id STRING, `order` INT>, list ARRAY<ROW<id STRING>>, v VARIANT");
const at = (marked: string) => completionsAt(marked.replace("|", ""), marked.indexOf("|"), schema);
const names = (marked: string) => at(marked).items.map(({ name }) => name);

describe("completion", () => {
  it("offers fields, functions and words where a value may stand", () => {
    expect(names("|").slice(0, 4)).toEqual(["amount", "page", "list", "v"]);
    expect(names("amount > 1 AND |")).toEqual(expect.arrayContaining(["page", "COALESCE", "CASE", "NOT"]));
    expect(names("SU|")).not.toContain("SUM");
  });

  it("puts what begins as written first, and replaces it", () => {
    const { items, range } = at("amount > 1 AND pa|");
    expect(items[0]?.name).toBe("page");
    expect(range).toEqual({ start: 15, end: 17 });
    expect(names("uppe|")[0]).toBe("UPPER");
  });

  it("offers the fields of what stands before the dot, quoted where needed", () => {
    expect(at("page.|").items).toEqual([
      { kind: "field", name: "page_id", insert: "page_id", path: ["page", "page_id"], dataType: { type: "STRING" } },
      { kind: "field", name: "order", insert: "`order`", path: ["page", "order"], dataType: { type: "INT" } },
    ]);
    expect(names("UPPER(page.pa|")).toEqual(["page_id", "order"]);
    expect(names("list[1].|")).toEqual(["id"]);
    expect(names("list[amount + 1].i|")).toEqual(["id"]);
    expect(names("page.`or|")).toEqual(["order", "page_id"]);
  });

  it("offers nothing where nothing is known", () => {
    expect(names("v.|")).toEqual([]);
    expect(names("amount.|")).toEqual([]);
    expect(names("page.page_id = 'a|")).toEqual([]);
    expect(names("amount > 10|")).toEqual([]);
    expect(names("amount -- note |")).toEqual([]);
  });

  it("brings signature, help and example of a function", () => {
    const [item] = at("LPA|").items;
    expect(item).toMatchObject({
      kind: "function",
      insert: "LPAD(",
      help: { signatures: ["LPAD(text, length, fill)"], example: { text: "LPAD('7', 3, '0')", result: "007" } },
    });
  });

  it("offers aggregates over groups, and in them the fields of the rows", () => {
    const rows = schemaOf("amount INT, page ROW<id INT>");
    const groups = schemaOf("mid STRING");
    const over = (text: string) => completionsAt(text.replace("|", ""), text.indexOf("|"), rows, groups).items.map(({ name }) => name);
    expect(over("|")).toEqual(expect.arrayContaining(["mid", "SUM", "UPPER"]));
    expect(over("|")).not.toContain("amount");
    expect(over("1 + SUM(COALESCE(|")).toEqual(expect.arrayContaining(["amount", "page", "UPPER"]));
    expect(over("1 + SUM(COALESCE(|")).not.toContain("SUM");
    expect(over("SUM(page.|")).toEqual(["id"]);
    expect(over("SUM(amount) / |")).not.toContain("amount");
    expect(names("|")).not.toContain("SUM");
  });
});
