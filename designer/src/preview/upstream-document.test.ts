import { type PipelineDocument, type PipelineNode, parsePortRef } from "@millrace/engine/pipeline";
import { describe, expect, test } from "vitest";
import { specs } from "../store/specs.ts";
import { upstreamDocument } from "./upstream-document.ts";

const node = (type: string, params: PipelineNode["params"] = {}): PipelineNode => ({ type, name: type, params });
const document: PipelineDocument = {
  formatVersion: 1,
  name: "p",
  timeZone: "UTC",
  nodes: {
    gen: node("generator", { kind: "app-log" }),
    logger: node("topic-sink", { topic: "ods" }),
    ods: node("topic-source", { topic: "ods" }),
    keep: node("filter", { when: "a > 1" }),
    next: node("filter", { when: "broken" }),
    dwd: node("topic-sink", { topic: "dwd" }),
    other: node("topic-source", { topic: "other" }),
  },
  edges: [
    { from: "gen.out", to: "logger.in" },
    { from: "ods.out", to: "keep.in" },
    { from: "keep.out", to: "next.in" },
    { from: "next.out", to: "dwd.in" },
  ],
  layout: { nodes: { keep: { x: 1, y: 2 } } },
};
const upstream = (of: PipelineDocument, id: string) => upstreamDocument(of, id, specs);

describe("what is above a node", () => {
  test("is that node, those before it, and what feeds their topics in the pipeline, with their edges", () => {
    const part = upstream(document, "keep");
    expect(Object.keys(part.nodes)).toEqual(["gen", "logger", "ods", "keep"]);
    expect(part.edges.map(({ to }) => parsePortRef(to).node)).toEqual(["logger", "keep"]);
    expect(part.timeZone).toBe("UTC");
  });
  test("is the same whatever changes below it, and wherever things lie or how they are called", () => {
    const changed = structuredClone(document);
    (changed.nodes.next as PipelineNode).params = { when: "a > 2" };
    (changed.nodes.keep as PipelineNode).name = "Keep";
    changed.layout = { nodes: { keep: { x: 300, y: 2 } } };
    expect(upstream(changed, "keep")).toEqual(upstream(document, "keep"));
  });
  test("is another when a parameter of it changes, or of what writes its topic", () => {
    for (const id of ["keep", "gen"]) {
      const changed = structuredClone(document);
      (changed.nodes[id] as PipelineNode).params = { changed: true };
      expect(upstream(changed, "keep")).not.toEqual(upstream(document, "keep"));
    }
  });
  test("ends in a circle, and is empty for a node that is not there", () => {
    const circle = { ...document, edges: [...document.edges, { from: "next.out", to: "keep.in" }] };
    expect(Object.keys(upstream(circle, "keep").nodes)).toContain("next");
    expect(upstream(document, "gone").nodes).toEqual({});
  });
});
