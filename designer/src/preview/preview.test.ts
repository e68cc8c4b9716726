import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { Sample } from "@millrace/server/api";
import { describe, expect, test } from "vitest";
import { columnsOf } from "./columns.ts";
import { differencesOf } from "./difference.ts";
import { cellText, formatJson, type PreviewRecord, parseJson, pathText, recordOf } from "./record.ts";
import { statisticsOf } from "./statistics.ts";
import { inGraphOrder, wayOf } from "./way.ts";

const sample = (seq: number, text: string, offset = seq): Sample => ({
  seq,
  at: 0,
  time: seq,
  kind: "+I",
  text,
  origin: { nodeId: "source", split: "ods-0", topic: "ods", partition: 0, offset },
});
const records = (...values: unknown[]): PreviewRecord[] => values.map((value, seq) => recordOf(sample(seq, JSON.stringify(value))));

describe("records", () => {
  test("keep integers beyond 2^53 digit by digit", () => {
    expect(cellText(parseJson('{"id":9007199254740993}'))).toBe('{"id":9007199254740993}');
  });
  test("that are not JSON keep their text", () => {
    const record = recordOf(sample(1, "{broken"));
    expect([record.value, record.text]).toEqual([undefined, "{broken"]);
  });
  test("carry their origin as people name it", () => {
    expect(recordOf(sample(7, "1")).origin).toBe("ods-0@7");
  });
  test("are indented as JSON", () => {
    expect(formatJson({ a: [1, {}], b: "x" }, 2)).toBe('{\n  "a": [\n    1,\n    {}\n  ],\n  "b": "x"\n}');
  });
  test("have paths that an expression can use", () => {
    expect(pathText(["page", "last id"])).toBe("page.`last id`");
  });
});

describe("columns", () => {
  test("follow the schema, nested rows by path, and add what records carry beyond it", () => {
    const schema = {
      type: "ROW" as const,
      open: true as const,
      fields: [
        { name: "common", dataType: { type: "ROW" as const, fields: [{ name: "mid", dataType: { type: "STRING" as const } }] } },
        { name: "ts", dataType: { type: "BIGINT" as const } },
      ],
    };
    expect(columnsOf(schema, records({ common: { mid: "m" }, ts: 1, extra: { x: 1 } }, { common: null })).map(({ key }) => key)).toEqual([
      "common.mid",
      "ts",
      "extra.x",
    ]);
  });
});

describe("statistics", () => {
  const column = { key: "n", path: ["n"], dataType: undefined, personal: false };
  test("count nulls and absent values alike and order numbers as numbers", () => {
    expect(statisticsOf(records({ n: 9 }, { n: 10 }, { n: null }, {}, { n: 9 }), column)).toMatchObject({
      count: 5,
      nulls: 2,
      distinct: 2,
      min: "9",
      max: "10",
      top: [
        { text: "9", count: 2 },
        { text: "10", count: 1 },
      ],
    });
  });
  test("give no histogram for a single value", () => {
    expect(statisticsOf(records({ n: 1 }, { n: 1 }), column).histogram).toBeUndefined();
  });
});

describe("differences", () => {
  test("name what was added, removed and changed by path", () => {
    expect(differencesOf({ a: 1, b: { c: 1, d: 1 } }, { b: { c: 2, d: 1 }, e: 1 }).map(({ key, change }) => [key, change])).toEqual([
      ["a", "removed"],
      ["b.c", "changed"],
      ["e", "added"],
    ]);
  });
  test("do not depend on the order of members", () => {
    expect(differencesOf({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([]);
  });
});

describe("the way of a record", () => {
  const document: PipelineDocument = {
    formatVersion: 1,
    name: "p",
    nodes: Object.fromEntries(["sink", "fix", "keep", "source"].map((id) => [id, { type: "x", name: id, params: {} }])),
    edges: [
      { from: "source.out", to: "fix.in" },
      { from: "fix.out", to: "keep.in" },
      { from: "keep.out", to: "sink.in" },
    ],
  };
  const samples = new Map([
    ["source.out->fix.in", [recordOf(sample(1, '{"a":1}', 5))]],
    ["fix.out->keep.in", [recordOf(sample(9, '{"a":2}', 5))]],
  ]);
  const question = { document, origin: "ods-0@5", samples, deadLetters: [], dropped: new Map() };

  test("goes through the nodes in the order of the graph", () => {
    expect(inGraphOrder(document)).toEqual(["source", "fix", "keep", "sink"]);
  });
  test("says what each node did", () => {
    expect(wayOf(question).map(({ nodeId, what }) => [nodeId, what])).toEqual([
      ["source", "source"],
      ["fix", "changed"],
      ["keep", "unseen"],
    ]);
  });
  test("says why a record was dropped where it was seen to end", () => {
    const ended = (offset: number) => new Map([["keep", [recordOf({ ...sample(3, '{"a":2}', offset), reason: "filtered" })]]]);
    expect(wayOf({ ...question, dropped: ended(5) }).at(-1)).toMatchObject({ nodeId: "keep", what: "dropped", reason: "filtered" });
    expect(wayOf({ ...question, dropped: ended(6) }).at(-1)).toMatchObject({ nodeId: "keep", what: "unseen" });
  });
});
