import { analyze, type PipelineDocument, words } from "@millrace/engine/pipeline";
import { describe, expect, it } from "vitest";
import { specs } from "../specs.ts";

describe("rows that are known later", () => {
  const knownAfter = [
    { rows: "bounces", by: "2 s" },
    { rows: "visits", by: "1 s" },
    { rows: "bounces", by: "10 s" },
  ];

  it("are warned of by name where less disorder is allowed than their delays come to", () => {
    expect(problemsOf({ outOfOrderness: "3 s", knownAfter })).toEqual([
      "warning: outOfOrderness: Rows of bounces are known 2 s + 10 s = 12 s after their time. With 3 s they can be late and are then lost to the windows behind. Allow at least 12 s.",
    ]);
  });

  it("are not spoken of where exactly as much is allowed", () => {
    expect(problemsOf({ outOfOrderness: "12 s", knownAfter })).toEqual([]);
    expect(problemsOf({ outOfOrderness: "11999 ms", knownAfter })).toHaveLength(1);
  });

  it("are warned of for each of the streams", () => {
    expect(problemsOf({ knownAfter }).map((text) => /Rows of (\w+)/.exec(text)?.[1])).toEqual(["bounces", "visits"]);
  });
});

function problemsOf(params: Readonly<Record<string, unknown>>): string[] {
  const document = {
    formatVersion: 1,
    name: "delays",
    nodes: {
      source: { type: "topic-source", name: "source", params: { topic: "t", schema: "ts BIGINT" } },
      time: { type: "event-time", name: "time", params: { time: "ts", ...params } },
      end: { type: "discard", name: "end", params: {} },
    },
    edges: [
      { from: "source.out", to: "time.in" },
      { from: "time.out", to: "end.in" },
    ],
  } as PipelineDocument;
  const { problems } = analyze(document, new Map(specs.map((spec) => [spec.type, spec])));
  return problems.map((problem) => `${problem.severity}: ${words(problem).en}`);
}
