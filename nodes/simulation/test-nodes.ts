/** Node types of the simulation alone: a source and a sink whose outside is simulated, and a window, which shows every watermark that is too high. */
import {
  defineNode,
  defineSpec,
  type KeyedState,
  type NodeType,
  type Operator,
  type OperatorContext,
  type Row,
} from "@millrace/engine/node";
import type { Schema } from "@millrace/engine/schema";
import { z } from "zod";
import { nodeTypes } from "../src/registry.ts";
import type { Plain } from "./expressions.ts";
import { changeOf, ruleOf } from "./routes.ts";

const WORDS = { en: "of the simulation", zh: "仿真用" };
const ELEMENT: Schema = {
  type: "ROW",
  open: true,
  fields: [
    { name: "v", dataType: { type: "BIGINT" } },
    { name: "s", dataType: { type: "STRING" } },
  ],
};

export const RECORD: Schema = {
  type: "ROW",
  open: true,
  fields: [
    { name: "id", dataType: { type: "BIGINT" } },
    { name: "k", dataType: { type: "STRING" } },
    { name: "n", dataType: { type: "INT" } },
    { name: "ts", dataType: { type: "BIGINT" } },
    { name: "raw", dataType: { type: "STRING" } },
    { name: "items", dataType: { type: "ARRAY", element: ELEMENT } },
  ],
};

const WINDOW: Schema = { type: "ROW", fields: RECORD.fields.filter(({ name }) => ["id", "k", "n", "ts"].includes(name)) };

export const WINDOW_MS = 1_000;
const A_DAY_MS = 86_400_000;

const never = () => {
  throw new Error("made by the simulation");
};

const source = defineNode({
  spec: defineSpec({
    type: "simulated-source",
    title: WORDS,
    summary: WORDS,
    category: "source",
    inputs: {},
    outputs: { out: WORDS },
    params: z.strictObject({}),
    inferSchema: () => ({ out: RECORD }),
    format: () => ({ name: "json" }),
    idleAfterMs: () => A_DAY_MS,
  }),
  cases: [],
  createSource: never,
});

const sink = defineNode({
  spec: defineSpec({
    type: "simulated-sink",
    title: WORDS,
    summary: WORDS,
    category: "sink",
    inputs: { in: WORDS },
    outputs: {},
    params: z.strictObject({ phase: z.enum(["within", "after"]), mostRows: z.int() }),
    inferSchema: () => ({}),
    format: () => ({ name: "json" }),
  }),
  cases: [],
  createSink: never,
});

/** Rows and the sum of their ids, by key and second of event time. */
const count = defineNode({
  spec: defineSpec({
    type: "simulated-count",
    title: WORDS,
    summary: WORDS,
    category: "aggregate",
    inputs: { in: WORDS },
    outputs: { out: WORDS, late: WORDS },
    params: z.strictObject({}),
    keyBy: () => ({ in: ["k"] }),
    expressions: () => [{ path: [], text: "k", port: "in" }],
    reads: () => ({ in: ["id", "k"] }),
    rows: "new",
    inferSchema: ({ inputs }) => (inputs.in ? { out: WINDOW, late: inputs.in } : {}),
  }),
  cases: [],
  createOperator: (_params: unknown, context: OperatorContext) => countOperator(context.state, context),
});

function countOperator(state: KeyedState, { timers }: OperatorContext): Operator {
  const counts = state.map("counts", { key: { type: "BIGINT" }, value: { type: "BIGINT" } });
  const sums = state.map("sums", { key: { type: "BIGINT" }, value: { type: "BIGINT" } });
  return {
    onRow(row, time, out) {
      const end = Math.floor(time / WINDOW_MS) * WINDOW_MS + WINDOW_MS;
      if (end - 1 <= timers.watermark) return out.emit("late", row, time);
      counts.set(end, Number(counts.get(end) ?? 0) + 1);
      sums.set(end, Number(sums.get(end) ?? 0) + Number(row.id ?? 0));
      timers.atEventTime(end - 1);
    },
    onTimer(time, out) {
      const end = time + 1;
      const row = { id: sums.take(end) ?? null, k: state.key[0] ?? null, n: counts.take(end) ?? null, ts: time };
      out.emit("out", row, time);
    },
  };
}

const STRING = { type: "STRING" } as const;
const strings = (...names: string[]) => names.map((name) => ({ name, dataType: STRING }));
const CHANGE: Schema = {
  type: "ROW",
  fields: [
    ...strings("table", "type"),
    { name: "data", dataType: { type: "ROW", open: true, fields: [{ name: "id", dataType: { type: "BIGINT" } }, ...strings("k")] } },
  ],
};
const RULE: Schema = { type: "ROW", fields: strings("source_table", "operate_type", "sink_type", "sink_table", "sink_columns") };

/** Makes another row of each. */
function making(type: string, output: Schema, make: (row: Plain) => object): NodeType {
  return defineNode({
    spec: defineSpec({
      type,
      title: WORDS,
      summary: WORDS,
      category: "transform",
      inputs: { in: WORDS },
      outputs: { out: WORDS },
      params: z.strictObject({}),
      reads: () => ({ in: ["id", "k", "n"] }),
      rows: "new",
      inferSchema: () => ({ out: output }),
    }),
    cases: [],
    createOperator: () => ({ onRow: (row, time, out) => out.emit("out", make(row as Plain) as Row, time) }),
  });
}

const changes = making("simulated-changes", CHANGE, changeOf);
const rules = making("simulated-rules", RULE, ruleOf);

export const simulatedTypes: ReadonlyMap<string, NodeType> = new Map([
  ...nodeTypes,
  ...[source, sink, count, changes, rules].map((type) => [type.spec.type, type] as const),
]);
