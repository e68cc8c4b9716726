import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyDocument } from "./arbitraries.testing.ts";
import { canonical, canonicalText } from "./canonical.ts";
import { DEFAULTS, type PipelineDocument } from "./document.ts";
import { readDocument } from "./read.ts";
import { pipeline } from "./specs.testing.ts";

/** The document with everything said that would hold anyway; edges by where they end. */
function spelledOut(document: PipelineDocument) {
  const { timeZone, parallelism, checkpointInterval, layout, ...rest } = document;
  const groups = Map.groupBy(document.edges, ({ to }) => to);
  return {
    ...DEFAULTS,
    ...(timeZone && { timeZone }),
    ...(parallelism && { parallelism }),
    ...(checkpointInterval && { checkpointInterval }),
    ...{ parameters: {}, connections: {}, fragments: {}, notes: {}, groups: {} },
    ...rest,
    tests: (document.tests ?? []).map((test) => ({ set: {}, ...test })),
    schemas: Object.fromEntries(
      Object.entries(document.schemas ?? {}).map(([id, schema]) => [id, { open: true, personal: [], ...schema }]),
    ),
    nodes: Object.fromEntries(Object.entries(document.nodes).map(([id, node]) => [id, { ...node, params: node.params ?? {} }])),
    layout: { nodes: {}, notes: {}, ...layout },
    edges: Object.fromEntries([...groups].map(([to, edges]) => [to, edges.map(({ from }) => from)])),
  };
}

describe("the canonical form", () => {
  it("loses nothing", () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const read = readDocument(canonicalText(document));
        expect(read.problems).toBeUndefined();
        expect(spelledOut(read.document as PipelineDocument)).toEqual(spelledOut(document));
      }),
      { numRuns: 300 },
    );
  });

  it("is its own canonical form, byte for byte", () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const text = canonicalText(document);
        expect(canonicalText(JSON.parse(text) as PipelineDocument)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it("does not depend on the order in which members and edges were written", () => {
    const shuffle = (value: unknown): unknown => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
      return Object.fromEntries(Object.entries(value).reverse());
    };
    fc.assert(
      fc.property(anyDocument, (document) => {
        const nodes = Object.fromEntries(Object.entries(document.nodes).map(([id, node]) => [id, shuffle(node)]));
        const edges = [...Map.groupBy(document.edges, ({ to }) => to).values()].reverse().flat();
        const shuffled = shuffle({ ...document, nodes: shuffle(nodes), layout: shuffle(document.layout), edges }) as PipelineDocument;
        expect(canonicalText(shuffled)).toBe(canonicalText(document));
      }),
      { numRuns: 300 },
    );
  });

  it("puts nodes by id and edges by where they end, and leaves out what holds anyway", () => {
    const document = pipeline({ b: ["sink", { topic: "t", connection: "c" }], a: ["source"] }, ["a.out > b.in"], {
      timeZone: "Asia/Shanghai",
      parallelism: 2,
      tests: [],
      notes: {},
    });
    expect(canonicalText(document)).toBe(`{
  "formatVersion": 1,
  "name": "test",
  "parallelism": 2,
  "nodes": {
    "a": {
      "type": "source",
      "name": "a"
    },
    "b": {
      "type": "sink",
      "name": "b",
      "params": {
        "connection": "c",
        "topic": "t"
      }
    }
  },
  "edges": [
    {
      "from": "a.out",
      "to": "b.in"
    }
  ]
}
`);
  });

  it("keeps the order of edges into one port, which a union sees, and of a schema's fields", () => {
    const document = pipeline({}, ["z.out > u.in", "a.out > u.in", "b.out > s.in"], { schemas: { e: { fields: { z: "INT", a: "INT" } } } });
    expect(canonical(document).edges.map(({ from }) => from)).toEqual(["b.out", "z.out", "a.out"]);
    expect(Object.keys(canonical(document).schemas?.["e"]?.fields ?? {})).toEqual(["z", "a"]);
  });
});
