/** A handful of node types for the pipeline's tests: data and pure functions, as every spec. */
import { z } from "zod";
import { condition, defineSpec, duration, expression, type NodeSpec, paramMeta } from "../node/spec.ts";
import type { Schema } from "../schema/index.ts";
import type { PipelineDocument } from "./document.ts";
import { problem } from "./problem-words.ts";

const words = (en: string) => ({ en, zh: en });

const EVENT: Schema = {
  type: "ROW",
  fields: [
    { name: "user", dataType: { type: "STRING" } },
    { name: "amount", dataType: { type: "INT" } },
  ],
};

const source = defineSpec({
  type: "source",
  title: words("Source"),
  summary: words("Gives rows."),
  category: "source",
  params: z.strictObject({
    schema: z.string().optional(),
    connection: z
      .string()
      .default("main")
      .register(paramMeta, { title: words("Connection"), kind: "connection" }),
    rate: z.number().min(1).max(1000).default(20),
    changes: z.boolean().optional(),
  }),
  inputs: {},
  outputs: { out: words("Rows.") },
  connection: "topic",
  changelog: ({ changes }) => ({ out: changes ? { mode: "retract" } : { mode: "append" } }),
  inferSchema({ params, declared, problem: raise }) {
    if (params.schema === undefined) return { out: EVENT };
    const schema = declared(params.schema);
    if (!schema) raise(problem("schema.unknown", { schema: params.schema }, { path: ["schema"] }));
    return schema ? { out: schema } : {};
  },
});

const filter = defineSpec({
  type: "filter",
  title: words("Filter"),
  summary: words("Keeps rows."),
  category: "transform",
  params: z.strictObject({
    condition: condition().register(paramMeta, { title: words("Condition"), kind: "condition", examples: ["amount > 100"] }),
  }),
  inputs: { in: words("Rows.") },
  outputs: { out: words("Kept rows.") },
  expressions: (params) => [{ path: ["condition"], text: params.condition, port: "in", expects: "condition" }],
  inferSchema: ({ inputs }) => ({ out: inputs["in"] as Schema }),
});

const compute = defineSpec({
  type: "compute",
  title: words("Compute"),
  summary: words("Makes one field."),
  category: "transform",
  params: z.strictObject({ value: expression().register(paramMeta, { title: words("Value"), kind: "expression" }) }),
  inputs: { in: words("Rows.") },
  outputs: { out: words("Computed.") },
  rows: "new",
  expressions: ({ value }) => [{ path: ["value"], text: value, port: "in" }],
  inferSchema({ params, typeOf }) {
    const dataType = typeOf(params.value, "in");
    return { out: { type: "ROW", fields: dataType ? [{ name: "value", dataType }] : [] } };
  },
});

/** Its outputs are its cases. */
const split = defineSpec({
  type: "split",
  title: words("Split"),
  summary: words("Sends rows several ways."),
  category: "route",
  params: z.strictObject({ cases: z.array(z.strictObject({ name: z.string(), when: condition() })).min(1) }),
  inputs: { in: words("Rows.") },
  sideOutputs: ["late"],
  outputs: ({ cases }) => Object.fromEntries(cases.map(({ name }) => [name, words(name)])),
  expressions: ({ cases }) =>
    cases.map(({ when }, i) => ({ path: ["cases", i, "when"], text: when, port: "in", expects: "condition" as const })),
  inferSchema: ({ params, inputs }) => Object.fromEntries(params.cases.map(({ name }) => [name, inputs["in"] as Schema])),
});

const union = defineSpec({
  type: "union",
  title: words("Union"),
  summary: words("Puts streams together."),
  category: "transform",
  params: z.strictObject({}),
  inputs: { in: words("Rows.") },
  outputs: { out: words("All rows.") },
  manyEdgesPerInput: true,
  inferSchema: ({ inputLists }) => ({ out: inputLists["in"]?.[0] as Schema }),
});

const window = defineSpec({
  type: "window",
  title: words("Window"),
  summary: words("Counts."),
  category: "aggregate",
  params: z.strictObject({
    key: expression(),
    value: expression().default("COUNT(*)"),
    size: duration()
      .refine((text) => !/^\s*0/.test(text))
      .register(paramMeta, { title: words("Size"), kind: "duration", examples: ["10 s", "1 min"] }),
  }),
  inputs: { in: words("Rows.") },
  outputs: { out: words("Counts.") },
  accepts: ["append", "retract"],
  keyBy: ({ key }) => ({ in: [key] }),
  rows: "new",
  groups({ params, typeOf }) {
    const dataType = typeOf(params.key, "in");
    return dataType && { type: "ROW", fields: [{ name: "key", dataType }] };
  },
  expressions: ({ value }) => [{ path: ["value"], text: value, port: "in", over: "groups" }],
  inferSchema({ params, typeOverGroups }) {
    const dataType = typeOverGroups(params.value, "in");
    return { out: { type: "ROW", fields: dataType ? [{ name: "value", dataType }] : [] } };
  },
});

const sink = defineSpec({
  type: "sink",
  title: words("Sink"),
  summary: words("Writes rows."),
  category: "sink",
  params: z.strictObject({ topic: z.string().min(1), connection: z.string().default("main") }),
  inputs: { in: words("Rows.") },
  outputs: {},
  connection: "topic",
  targets: ({ topic }) => [{ kind: "topic", name: topic }],
  inferSchema: () => ({}),
});

const port = { title: words("Port"), summary: words("Of a fragment."), category: "fragment", params: z.strictObject({}) } as const;

const fragmentInput = defineSpec({
  ...port,
  type: "port-in",
  inputs: {},
  outputs: { out: words("Rows.") },
  inferSchema: () => ({ out: EVENT }),
  fragmentPort: { side: "input", used: "port" },
});

const fragmentOutput = defineSpec({
  ...port,
  type: "port-out",
  inputs: { in: words("Rows.") },
  outputs: {},
  inferSchema: () => ({}),
  fragmentPort: { side: "output", used: "port" },
});

const passing = defineSpec({
  ...port,
  type: "port",
  inputs: { in: words("Rows.") },
  outputs: { out: words("Rows.") },
  manyEdgesPerInput: true,
  accepts: ["append", "upsert", "retract"],
  inferSchema: ({ inputs }) => ({ out: inputs["in"] as Schema }),
});

/** Fails in every function that it can. */
const faulty = defineSpec({
  type: "faulty",
  title: words("Faulty"),
  summary: words("Throws."),
  category: "transform",
  params: z.strictObject({ where: z.enum(["ports", "infer", "expressions", "forgets", "changelog"]) }),
  inputs: ({ where }) => {
    if (where === "ports") throw new Error("no ports");
    return {};
  },
  outputs: { out: words("Nothing.") },
  expressions({ where }) {
    if (where === "expressions") throw new Error("no expressions");
    return [];
  },
  changelog({ where }) {
    if (where === "changelog") throw new Error("no changelog");
    return {};
  },
  inferSchema({ params }): Record<string, Schema> {
    if (params.where === "infer") throw new Error("no schema");
    return params.where === "forgets" ? {} : { out: EVENT };
  },
});

export const specs: ReadonlyMap<string, NodeSpec> = new Map(
  ([source, filter, compute, split, union, window, sink, fragmentInput, fragmentOutput, passing, faulty] as unknown as NodeSpec[]).map(
    (spec) => [spec.type, spec],
  ),
);

type NodeShort = readonly [type: string, params?: Readonly<Record<string, unknown>>, more?: Readonly<Record<string, unknown>>];

/** A document in short form: nodes as type and params, edges as "a.out > b.in". */
export function pipeline(
  nodes: Readonly<Record<string, NodeShort>>,
  edges: readonly string[] = [],
  more: Partial<PipelineDocument> = {},
): PipelineDocument {
  return {
    formatVersion: 1,
    name: "test",
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([id, [type, params = {}, rest = {}]]) => [
        id,
        { type, name: id, params: params as Record<string, never>, ...rest },
      ]),
    ),
    edges: edges.map((edge) => {
      const [from = "", to = ""] = edge.split(" > ");
      return { from, to };
    }),
    ...more,
  };
}
