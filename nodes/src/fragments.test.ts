// biome-ignore-all lint/suspicious/noTemplateCurlyInString: parameters are written so
/** Fragments as they run, with the real node types: rows, times, state, errors and lineage go through them as if their nodes stood in the pipeline itself. */
import type { TimelineTest } from "@millrace/engine/node";
import { analyze, lineageOf, type PipelineDocument } from "@millrace/engine/pipeline";
import { Task } from "@millrace/engine/run";
import { playPipeline } from "@millrace/engine/testing";
import { describe, expect, it } from "vitest";
import { nodeTypes } from "./registry.ts";

type Short = readonly [type: string, params?: object, more?: object];

function drawing(nodes: Record<string, Short>, edges: readonly string[], more: Partial<PipelineDocument> = {}): PipelineDocument {
  return {
    formatVersion: 1,
    name: "p",
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([id, [type, params = {}, rest]]) => [id, { type, name: id, params: params as never, ...rest }]),
    ),
    edges: edges.map((edge) => ({ from: edge.split(" > ")[0] as string, to: edge.split(" > ")[1] as string })),
    ...more,
  };
}

const SCHEMA = "mid STRING, n BIGINT, ts BIGINT";

/** The first row of each key in a window of time, and how many there were. */
const firsts = drawing(
  {
    in: ["fragment-input", { schema: SCHEMA }],
    mark: ["mark-first-seen", { key: ["${key}"], value: "n", output: { do: "drop" } }],
    divide: [
      "select",
      {
        fields: [
          { name: "key", value: "${key}" },
          { name: "share", value: "100 / n" },
        ],
      },
    ],
    out: ["fragment-output"],
  },
  ["in.out > mark.in", "mark.out > divide.in", "divide.out > out.in"],
  { name: "Firsts", parameters: { key: { type: "expression", default: "mid" } } },
);

/** As above, twice, one in the other. */
const nested = drawing(
  { in: ["fragment-input", { schema: SCHEMA }], inner: ["fragment:firsts", { key: "${by}" }], out: ["fragment-output"] },
  ["in.out > inner.in", "inner.out > out.in"],
  {
    name: "Nested",
    parameters: { by: { type: "field", default: "mid" } },
    fragments: { firsts: { version: 1, document: firsts } },
  },
);

const pipeline = (fragment: "firsts" | "nested", params: object = {}, more: Partial<PipelineDocument> = {}) =>
  drawing(
    { src: ["topic-source", { topic: "t", schema: SCHEMA }], use: [`fragment:${fragment}`, params], sink: ["topic-sink", { topic: "u" }] },
    ["src.out > use.in", "use.out > sink.in", ...((more.edges as unknown as string[]) ?? [])],
    { fragments: { firsts: { version: 1, document: firsts }, nested: { version: 1, document: nested } } },
  );

const ROWS = [
  { value: { mid: "a", n: 4 }, time: 1 },
  { value: { mid: "a", n: 5 }, time: 2 },
  { value: { mid: "b", n: 0 }, time: 3 },
  { value: { mid: "c", n: 2 }, time: 4 },
];

const specs = new Map([...nodeTypes].map(([type, { spec }]) => [type, spec]));

describe.each([
  ["firsts", "use", {}],
  ["nested", "use/inner", {}],
] as const)("a run through %s", (fragment, path, params) => {
  const test: TimelineTest = {
    name: "t",
    steps: [
      { rows: { src: ROWS.slice(0, 2) }, expect: { rows: { "use.out": [{ value: { key: "a", share: 25 }, time: 1 }] } } },
      {
        rows: { src: ROWS.slice(2) },
        watermark: { src: 4 },
        expect: {
          rows: {
            sink: [{ value: { key: "c", share: 50 }, time: 4 }],
            [`${path}/mark.out`]: [{ value: { mid: "b", n: 0 } }, { value: { mid: "c", n: 2 } }],
          },
          counters: {
            "use.in": 4,
            "use.out": 2,
            "use.errors": 1,
            "use.dropped.repeat": 1,
            [`${path}/mark.in`]: 4,
            [`${path}/divide.errors`]: 1,
            "sink.in": 2,
          },
          watermark: { sink: 4 },
        },
      },
      { end: true, expect: { watermark: { sink: "max" } } },
    ],
  };

  it("gives the rows, counters and times of the nodes inside, and of the node that uses it", () => {
    const { failures, deadLetters } = playPipeline(pipeline(fragment, params), nodeTypes, test);
    expect(failures).toEqual([]);
    expect(deadLetters.map(({ nodeId }) => nodeId)).toEqual([`${path}/divide`]);
  });

  it("keeps its state over restarts and in other numbers of subtasks", () => {
    for (const i of test.steps.keys()) {
      expect(playPipeline(pipeline(fragment, params), nodeTypes, test, { restartBefore: i }).failures).toEqual([]);
      expect(playPipeline(pipeline(fragment, params), nodeTypes, test, { rescaleBefore: { step: i, parallelism: 3 } }).failures).toEqual(
        [],
      );
    }
  });

  it("leads what goes wrong inside out of the error port where that is wired", () => {
    const wired = pipeline(fragment, params);
    const document = {
      ...wired,
      nodes: { ...wired.nodes, bad: { type: "topic-sink", name: "bad", params: { topic: "bad" } } },
      edges: [...wired.edges, { from: "use.error", to: "bad.in" }],
    };
    const { failures, deadLetters, rows } = playPipeline(document, nodeTypes, { name: "t", steps: [{ rows: { src: ROWS } }] });
    expect(failures).toEqual([]);
    expect(deadLetters).toEqual([]);
    expect(rows.bad?.map(({ text }) => JSON.parse(text).node)).toEqual([`${path}/divide`]);
  });

  it("is passed by while it is disabled", () => {
    const on = pipeline(fragment, params);
    const off = { ...on, nodes: { ...on.nodes, use: { ...on.nodes.use, disabled: true } } } as PipelineDocument;
    const { failures, rows } = playPipeline(off, nodeTypes, { name: "t", steps: [{ rows: { src: ROWS } }] });
    expect(failures).toEqual([]);
    expect(rows.sink).toHaveLength(4);
  });
});

it("is tried in a test of its own, rows in at its inputs and out at its outputs", () => {
  const { failures } = playPipeline(firsts, nodeTypes, {
    name: "t",
    set: { key: "mid || '!'" },
    steps: [{ rows: { in: ROWS.slice(0, 2) }, expect: { rows: { out: [{ value: { key: "a!", share: 25 }, time: 1 }] } } }],
  });
  expect(failures).toEqual([]);
});

it("traces fields through fragments, from the port of the using node too", () => {
  const { graph } = analyze(pipeline("nested"), specs);
  const found = lineageOf(graph, { node: "use", port: "out", path: ["key"] });
  if ("problem" in found) throw new Error(found.problem.code);
  expect(found.lineage.origins).toEqual([{ node: "src", port: "out", path: ["mid"], targets: [{ kind: "topic", name: "t" }] }]);
  expect(found.lineage.downstream.map(({ to }) => to.node)).toContain("sink");
});

it("takes up the state that another version of it kept, node by node", () => {
  const taskOf = (document: PipelineDocument) =>
    new Task({ graph: analyze(document, specs).graph, nodeTypes, now: () => 0, seed: "", onDeadLetter: () => undefined });
  const bytes = (value: object) => {
    const text = new TextEncoder().encode(JSON.stringify(value));
    return { bytes: text, start: 0, end: text.length };
  };
  const before = taskOf(pipeline("nested"));
  for (const { value, time } of ROWS) before.pushText("src", bytes(value), time);
  const next = {
    ...firsts,
    nodes: { ...firsts.nodes, more: { type: "filter", name: "more", params: { when: "TRUE" } } },
    edges: [...firsts.edges.slice(0, 2), { from: "divide.out", to: "more.in" }, { from: "more.out", to: "out.in" }],
  };
  const newer = pipeline("nested");
  const after = taskOf({
    ...newer,
    fragments: { nested: { version: 2, document: { ...nested, fragments: { firsts: { version: 2, document: next } } } } },
  });
  expect([...after.restore(before.snapshot(true))]).toEqual([]);
  after.pushText("src", bytes({ mid: "a", n: 1 }), 9);
  expect(after.counts()["use/inner/mark"]?.dropped).toEqual({ repeat: 1 });
});
