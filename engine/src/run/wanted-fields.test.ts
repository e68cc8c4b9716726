import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineSpec, type NodeSpec, type RowsFrom } from "../node/spec.ts";
import { analyze, type PipelineDocument } from "../pipeline/index.ts";
import type { Schema } from "../schema/index.ts";
import { wantedFields } from "./wanted-fields.ts";

const same = (en: string) => ({ en, zh: en });
const base = { title: same("Node"), summary: same("A node."), outputs: { out: same("Rows.") } };

const source = defineSpec({
  ...base,
  type: "source",
  category: "source",
  inputs: {},
  params: z.strictObject({ format: z.enum(["json", "csv"]).default("json") }),
  inferSchema: ({ declared }) => ({ out: declared("log") as Schema }),
  format: ({ format }) => ({ name: format }),
});

/** A node that reads `value`, and whose rows come from where its param says. */
const step = defineSpec({
  ...base,
  type: "step",
  category: "transform",
  inputs: { in: same("Rows.") },
  params: z.strictObject({
    value: z.string().optional(),
    reads: z.array(z.string()).default([]),
    passes: z.boolean().default(false),
    adds: z.string().optional(),
    drops: z.string().optional(),
    rows: z.union([z.enum(["pass", "new"]), z.strictObject({ elementsOf: z.string() })]).default("pass"),
  }),
  rows: ({ rows }): RowsFrom => rows,
  reads: ({ reads }) => ({ in: reads }),
  passes: ({ passes }): Record<string, string> => (passes ? { out: "in" } : {}),
  expressions: ({ value }) => (value === undefined ? [] : [{ path: ["value"], text: value, port: "in" }]),
  inferSchema({ params, inputs }) {
    const { rows, adds, drops } = params;
    const input = inputs.in as Schema;
    const withAdded = ({ fields, ...shape }: Schema): Schema => ({
      ...shape,
      fields: [
        ...fields.filter(({ name }) => name !== drops),
        ...(adds === undefined ? [] : [{ name: adds, dataType: { type: "STRING" } as const }]),
      ],
    });
    if (typeof rows === "string") return { out: withAdded(input) };
    const array = input.fields.find(({ name }) => name === rows.elementsOf)?.dataType;
    return {
      out:
        array?.type === "ARRAY" && array.element.type === "ROW"
          ? withAdded(array.element)
          : { type: "ROW", fields: [{ name: "value", dataType: { type: "STRING" } }] },
    };
  },
});

const sink = defineSpec({
  ...base,
  type: "sink",
  category: "sink",
  inputs: { in: same("Rows.") },
  outputs: {},
  params: z.strictObject({ format: z.enum(["json", "csv"]).default("json") }),
  format: ({ format }) => ({ name: format }),
  inferSchema: () => ({}),
});

const specs = new Map([source, step, sink].map((spec) => [spec.type, spec as unknown as NodeSpec]));

type Params = PipelineDocument["nodes"][string]["params"];

/** What the source must decode for these steps in a row, and a sink. */
function wanted(steps: readonly Params[], { from = {}, to = {} }: { from?: Params; to?: Params } = {}) {
  const chain = [{ type: "source", params: from }, ...steps.map((params) => ({ type: "step", params })), { type: "sink", params: to }];
  const document: PipelineDocument = {
    formatVersion: 1,
    name: "chain",
    schemas: {
      log: {
        fields: { ts: "BIGINT", page: "ROW<id STRING, name STRING>", displays: "ARRAY<ROW<item STRING, pos INT>>", tags: "ARRAY<STRING>" },
      },
    },
    nodes: Object.fromEntries(chain.map(({ type, params }, i) => [`n${i}`, { type, name: type, params }])),
    edges: chain.slice(1).map((_, i) => ({ from: `n${i}.out`, to: `n${i + 1}.in` })),
  };
  const { problems, graph } = analyze(document, specs);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return wantedFields(graph).bySource.get("n0");
}

describe("wanted fields", () => {
  it("are none where records are written through", () => {
    expect(wanted([])).toEqual({});
  });

  it("are those that expressions and nodes read, all along the way", () => {
    expect(wanted([{ value: "page.id" }, { reads: ["ts"] }])).toEqual({ page: { id: true }, ts: true });
  });

  it("stop at a node that makes its rows new", () => {
    expect(wanted([{ value: "page.id", rows: "new" }, { value: "ts" }])).toEqual({ page: { id: true } });
  });

  it("are those read of rows that leave as they came beside new ones", () => {
    const { page } = wanted([{ value: "page.id", rows: "new", passes: true }, { value: "page.name" }]) as { page: unknown };
    expect(page).toEqual({ id: true, name: true });
  });

  it("lie inside of the elements that are to be rows", () => {
    expect(wanted([{ rows: { elementsOf: "displays" }, value: "page.id" }, { value: "item" }])).toEqual({
      page: { id: true },
      displays: { "[]": { item: true } },
    });
  });

  it("name the array even when nothing of its elements is read, so that its rows are found", () => {
    expect(wanted([{ rows: { elementsOf: "displays" } }])).toEqual({ displays: { "[]": {} } });
  });

  it("name what is added on the way, so that a record is known not to have it", () => {
    expect(wanted([{ adds: "new" }, { reads: ["ts"] }])).toEqual({ new: {}, ts: true });
    expect(wanted([{ rows: { elementsOf: "displays" }, adds: "new" }])).toEqual({ displays: { "[]": { new: {} } } });
    expect(wanted([{ rows: { elementsOf: "displays" } }, { adds: "new" }, { reads: ["new"] }])).toEqual({
      displays: { "[]": { new: true } },
    });
    expect(wanted([{ value: "ts", rows: "new" }, { adds: "new" }])).toEqual({ ts: true });
  });

  it("are no more for a field that is added again after it was dropped: it need not be right in the record", () => {
    expect(wanted([{ drops: "ts" }, { adds: "ts" }])).toEqual({});
    expect(wanted([{ rows: { elementsOf: "displays" }, drops: "pos" }, { adds: "pos" }])).toEqual({ displays: { "[]": {} } });
  });

  it("are whole elements where these are no rows", () => {
    expect(wanted([{ rows: { elementsOf: "tags" } }])).toEqual({ tags: true });
  });

  it("are all where a sink writes another format than was read", () => {
    expect(wanted([], { to: { format: "csv" } })).toBe(true);
    expect(wanted([], { from: { format: "csv" } })).toBe(true);
  });

  it("are all where a node reads all", () => {
    expect(wanted([{ value: "ts" }, { reads: ["*"] }])).toBe(true);
  });
});
