// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pipeline parameters are written so
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyze, hasErrors } from "./analyze.ts";
import { anyDocument } from "./arbitraries.testing.ts";
import { type PipelineDocument, parsePortRef } from "./document.ts";
import { lineageOf } from "./lineage.ts";
import { words } from "./problem-words.ts";
import { specs } from "./specs.testing.ts";

/** Documents whose nodes are of known types with params that often fit, wired at random. */
const plausible: fc.Arbitrary<PipelineDocument> = fc
  .tuple(
    anyDocument,
    fc.array(
      fc.oneof(
        fc.record({
          type: fc.constant("source"),
          params: fc.record({ schema: fc.constantFrom("a", "b"), changes: fc.boolean() }, { requiredKeys: [] }),
        }),
        fc.record({
          type: fc.constant("filter"),
          params: fc.record({ condition: fc.oneof(fc.constantFrom("amount > 1", "TRUE", "user", "(("), fc.string()) }),
        }),
        fc.record({ type: fc.constant("compute"), params: fc.record({ value: fc.constantFrom("amount + 1", "user", "nope", "${x}") }) }),
        fc.record({
          type: fc.constant("split"),
          params: fc.record({
            cases: fc.array(fc.record({ name: fc.constantFrom("a", "__proto__", "error"), when: fc.constant("TRUE") })),
          }),
        }),
        fc.record({
          type: fc.constant("faulty"),
          params: fc.record({ where: fc.constantFrom("ports", "infer", "expressions", "forgets", "changelog") }),
        }),
        fc.record({ type: fc.constantFrom("union", "window", "sink", "source", "unknown", "constructor"), params: fc.object() }),
      ),
      { minLength: 1, maxLength: 8 },
    ),
    fc.array(fc.tuple(fc.nat(7), fc.constantFrom("out", "error", "a", "in", "toString"), fc.nat(7), fc.constantFrom("in", "out")), {
      maxLength: 12,
    }),
    fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  )
  .map(([document, nodes, edges, disabled]) => ({
    ...document,
    nodes: Object.fromEntries(
      nodes.map((node, i) => [`n${i}`, { ...node, name: `N${i}`, ...(disabled[i] && { disabled: true }) }]),
    ) as PipelineDocument["nodes"],
    edges: edges.map(([from, output, to, input]) => ({ from: `n${from}.${output}`, to: `n${to}.${input}` })),
  }));

/** Thousands of documents, on a machine that does other things too. */
const PATIENCE = { timeout: 60_000 };

describe("analyze, whatever document it is given", PATIENCE, () => {
  it("gives graphs whose fields all have a lineage", () => {
    fc.assert(
      fc.property(plausible, (document) => {
        const { graph } = analyze(document, specs);
        for (const { id: node, outputs } of graph.nodes) {
          for (const [port, { schema }] of Object.entries(outputs))
            for (const { name } of schema.fields) expect(lineageOf(graph, { node, port, path: [name] })).toHaveProperty("lineage");
        }
      }),
      { numRuns: 200 },
    );
  });

  it("does not throw, says every problem in both languages, and points at places that are there", () => {
    fc.assert(
      fc.property(fc.oneof(anyDocument, plausible), (document) => {
        const { problems, graph } = analyze(document, specs);
        for (const problem of problems) {
          const { en, zh } = words(problem);
          expect(en).not.toBe("");
          expect(zh).not.toBe("");
          if (problem.nodeId !== undefined) expect(document.nodes).toHaveProperty([problem.nodeId]);
        }
        expect(graph.nodes.map(({ id }) => id).sort()).toEqual(
          Object.entries(document.nodes)
            .filter(([, { type }]) => specs.has(type))
            .map(([id]) => id)
            .sort(),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it("gives a complete graph when there are no errors: all is known, in order", () => {
    fc.assert(
      fc.property(plausible, (document) => {
        const { problems, graph } = analyze(document, specs);
        if (hasErrors(problems)) return;
        const seen = new Set<string>();
        for (const node of graph.nodes) {
          expect(node.ok).toBe(true);
          for (const port of Object.values(node.inputs))
            for (const edge of port.edges) expect(seen, `${edge.from} before ${node.id}`).toContain(parsePortRef(edge.from).node);
          for (const port of [...Object.values(node.inputs), ...Object.values(node.outputs)])
            if (!node.disabled) expect(port.known, `a port of ${node.id}`).toBe(true);
          seen.add(node.id);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("finds its way along a chain of 20,000 nodes and around a circle of as many", () => {
    const count = 20_000;
    const nodes = Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, { type: "union", name: "U", params: {} }]));
    const edges = Array.from({ length: count - 1 }, (_, i) => ({ from: `n${i}.out`, to: `n${i + 1}.in` }));
    const document: PipelineDocument = { formatVersion: 1, name: "long", nodes, edges };
    expect(analyze(document, specs).graph.nodes.map(({ id }) => id)).toEqual(Object.keys(nodes));
    const round = { ...document, edges: [...edges, { from: `n${count - 1}.out`, to: "n0.in" }] };
    expect(analyze(round, specs).problems.filter(({ code }) => code === "graph.cycle")).toHaveLength(1);
  });
});
