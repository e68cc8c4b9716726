import type { PipelineDocument } from "@millrace/engine/pipeline";
import { describe, expect, test } from "vitest";
import { givenToBoth, pairRows, sameUpstream } from "./draft-difference.ts";
import { leavesOf } from "./leaves.ts";
import { type PreviewRecord, parseJson } from "./record.ts";

const node = (params: Record<string, string> = {}) => ({ type: "x", name: "x", params });
const live: PipelineDocument = {
  formatVersion: 1,
  name: "p",
  nodes: { source: node(), keep: node({ when: "a > 1" }), sink: node() },
  edges: [
    { from: "source.out", to: "keep.in" },
    { from: "keep.out", to: "sink.in" },
  ],
};

describe("rows seen live stand for the draft", () => {
  test("where nothing above differs", () => {
    const draft = { ...live, nodes: { ...live.nodes, keep: node({ when: "a > 2" }) } };
    expect([sameUpstream(draft, live, "source"), sameUpstream(draft, live, "keep"), sameUpstream(draft, live, "sink")]).toEqual([
      true,
      false,
      false,
    ]);
  });
  test("also when a node was only renamed or moved", () => {
    const draft = { ...live, nodes: { ...live.nodes, keep: { ...node({ when: "a > 1" }), name: "Large ones" } }, layout: { nodes: {} } };
    expect(sameUpstream(draft, live, "sink")).toBe(true);
  });
  test("but not behind a node that was put in between", () => {
    const draft = {
      ...live,
      nodes: { ...live.nodes, more: node() },
      edges: [
        { from: "source.out", to: "more.in" },
        { from: "more.out", to: "keep.in" },
      ],
    };
    expect([sameUpstream(draft, live, "more"), sameUpstream(draft, live, "keep")]).toEqual([false, false]);
  });
  test("and a circle in the draft ends the search", () => {
    const circle = { ...live, edges: [...live.edges, { from: "sink.out", to: "source.in" }] };
    expect(sameUpstream(circle, circle, "sink")).toBe(true);
  });
});

describe("rows of draft and live version", () => {
  const record = (origin: string | undefined, text: string): PreviewRecord => ({
    seq: 0,
    at: 0,
    time: null,
    kind: "+I",
    text,
    value: parseJson(text),
    truncated: false,
    origin,
    source: origin && "source",
    changed: [],
    reason: undefined,
  });
  test("are paired by the record they stem from", () => {
    const pairs = pairRows(
      [record("t-0@1", '{"a":1}'), record("t-0@2", '{"a":2}'), record("t-0@3", '{"a":3}')],
      [record("t-0@1", '{ "a": 1 }'), record("t-0@2", '{"a":20}'), record("t-0@4", '{"a":4}')],
    );
    expect(pairs.map(({ what }) => what)).toEqual(["same", "changed", "added", "removed"]);
  });
  test("count only when both were given the record, unless one has no such source", () => {
    const [one, two, window] = [record("t-0@1", "1"), record("t-0@2", "2"), record(undefined, "3")];
    const moved = givenToBoth({ "source.out": [one] }, { "source.out": [one, two] });
    expect([one, two, window].filter(moved)).toEqual([one, window]);
    const replaced = givenToBoth({ "source.out": [one] }, { "other.out": [] });
    expect([one, two].filter(replaced)).toEqual([one, two]);
  });
  test("are paired in their order where one record gives several", () => {
    const two = [record("t-0@1", '{"a":1}'), record("t-0@1", '{"a":2}')];
    expect(pairRows(two, two.slice(1)).map(({ what }) => what)).toEqual(["changed", "removed"]);
  });
});

describe("a record's leaves", () => {
  test("are named by paths that an expression can use", () => {
    expect(leavesOf(parseJson('{"a":{"b c":1},"d":[{"e":2}],"f":[1,2],"g":{}}') ?? null).map(({ path }) => path)).toEqual([
      "a.`b c`",
      "d[1].e",
      "f",
      "g",
    ]);
  });
  test("are read down to 500 levels; a record nested deeper is shown as its text", () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    expect(leavesOf(parseJson(nested(500)) ?? null)).toHaveLength(1);
    expect(parseJson(nested(501))).toBeUndefined();
    expect(parseJson(`"${"[".repeat(1_000)}"`)).toBe("[".repeat(1_000));
  });
});
