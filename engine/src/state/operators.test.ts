/** State as operators use it: small node types of the kinds that need it, played as timelines and restored before each step. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { playCase } from "../../testing/index.ts";
import { defineNode, defineSpec, type NodeCase, type NodeType, type Row, row, watermark } from "../node/index.ts";
import type { DataType, Schema } from "../schema/index.ts";

const words = (text: string) => ({ en: text, zh: text });
const STRING: DataType = { type: "STRING" };
const BIGINT: DataType = { type: "BIGINT" };

/** Lets rows through whose table a rule names; those that come before there is any rule wait by their key. */
const ruled = defineNode({
  spec: defineSpec({
    type: "ruled",
    title: words("Ruled"),
    summary: words("Rows that a rule names."),
    category: "route",
    inputs: { in: words("Rows."), rules: words("Rules.") },
    outputs: { out: words("Rows with the rule's target.") },
    params: z.object({}),
    inferSchema: () => ({
      out: {
        type: "ROW",
        fields: [
          { name: "id", dataType: BIGINT },
          { name: "target", dataType: STRING },
        ],
      } satisfies Schema,
    }),
    keyBy: () => ({ in: ["id"] }),
    expressions: () => [{ path: ["key"], text: "id", port: "in" }],
    reads: () => ({ in: ["table"], rules: ["table", "target"] }),
    rows: "new",
    broadcast: ["rules"],
    dropReasons: { unruled: words("No rule.") },
  }),
  createOperator: (_params, { state }) => {
    const rules = state.map("rules", { key: STRING, value: STRING });
    const seen = state.value("seen", BIGINT);
    const shared = state.shared.map("rules");
    return {
      onRow(given, time, out, port) {
        if (port === "rules") return rules.set(given.table as string, given.target as string);
        const target = shared.get(given.table as string);
        if (target === undefined) return out.drop("unruled", given);
        const count = ((seen.get() as number | null) ?? 0) + 1;
        seen.set(count);
        out.emit("out", { id: given.id as number, target: `${target} ${count} of ${shared.size}` }, time);
      },
    };
  },
  cases: [],
});

/** Rows leave in the order of their time, as they came. */
const sorted = defineNode({
  spec: defineSpec({
    type: "sorted",
    title: words("Sorted"),
    summary: words("Rows in order of time."),
    category: "transform",
    inputs: { in: words("Rows.") },
    outputs: { out: words("The same rows.") },
    params: z.object({}),
    inferSchema: ({ inputs }) => ({ out: inputs.in as Schema }),
    keyBy: () => ({ in: ["user"] }),
    expressions: () => [{ path: ["key"], text: "user", port: "in" }],
  }),
  createOperator: (_params, { state, timers, schemas }) => {
    const waiting = state.map("waiting", { key: BIGINT, value: { type: "ARRAY", element: schemas.inputs.in as DataType } });
    return {
      onRow(given, time) {
        waiting.set(time, [...((waiting.get(time) as readonly Row[] | undefined) ?? []), given]);
        timers.atEventTime(time);
      },
      onTimer(time, out) {
        for (const each of waiting.take(time) as readonly Row[]) out.emit("out", each, time);
      },
    };
  },
  cases: [],
});

const cases: readonly [NodeType, NodeCase][] = [
  [
    ruled,
    {
      name: "reads under each key what broadcast rows wrote",
      params: {},
      inputs: { in: "id BIGINT, table STRING", rules: "table STRING, target STRING" },
      steps: [
        row(0, { id: 1, table: "order" }),
        row(0, { table: "order", target: "dwd_order" }, "rules"),
        row(0, { id: 1, table: "order" }),
        row(0, { id: 2, table: "order" }),
        row(0, { table: "user", target: "dim_user" }, "rules"),
        row(0, { id: 1, table: "user" }),
      ],
      emits: [
        ["out", { id: 1, target: "dwd_order 1 of 1" }],
        ["out", { id: 2, target: "dwd_order 1 of 1" }],
        ["out", { id: 1, target: "dim_user 2 of 2" }],
      ],
    },
  ],
  [
    sorted,
    {
      name: "keeps rows with members that no schema names, and gives them back by event-time timers",
      params: {},
      inputs: { in: "user STRING, n BIGINT" },
      steps: [
        row(20, { user: "ann", n: 2, more: { x: [1] } }),
        row(10, { user: "ann", n: 1 }),
        row(10, { user: "bob", n: 3, other: true }),
        watermark(15),
        row(16, { user: "bob", n: 4 }),
        watermark("max"),
      ],
      emits: [
        ["out", { user: "ann", n: 1 }, 10],
        ["out", { user: "bob", n: 3, other: true }, 10],
        ["out", { user: "bob", n: 4 }, 16],
        ["out", { user: "ann", n: 2, more: { x: [1] } }, 20],
      ],
    },
  ],
];

describe("an operator with state", () => {
  it.each(cases.map(([node, nodeCase]) => ({ name: nodeCase.name, node, nodeCase })))("$name", ({ node, nodeCase }) => {
    expect(playCase(node, nodeCase).failures).toEqual([]);
    for (let i = 0; i < (nodeCase.steps ?? []).length; i++)
      expect(playCase(node, nodeCase, { restartBefore: i }).failures, `restored before step ${i + 1}`).toEqual([]);
  });
});
