import { defineSpec, duration, expression, type FieldSource, type InferContext, paramMeta } from "@millrace/engine/node";
import type { ChangelogMode, DataType, Schema } from "@millrace/engine/schema";
import { z } from "zod";
import { fieldType, isText, withField, words } from "../field-types.ts";
import { rowOf } from "../state-types.ts";
import { NEEDED_COLUMNS, RULE_COLUMNS } from "./rule.ts";
import { areChanges } from "./rule-changes.ts";

const sinkType = (title: { en: string; zh: string }, description: { en: string; zh: string }, fallback: string) =>
  z
    .string()
    .min(1)
    .max(100)
    .default(fallback)
    .register(paramMeta, { title, description, examples: [fallback], advanced: true });

const params = z
  .strictObject({
    key: z
      .array(
        expression().register(paramMeta, {
          title: { en: "Key", zh: "key" },
          description: { en: "Expression over the row.", zh: "基于行的表达式。" },
          kind: "expression",
          examples: ["`table`", "data.id"],
        }),
      )
      .max(20)
      .default([])
      .register(paramMeta, {
        title: { en: "Keep in order by", zh: "按此保持顺序" },
        description: {
          en: "Rows with the same values stay in order while others go on beside them in other subtasks. Left empty: all rows pass one subtask.",
          zh: "值相同的行保持顺序，其他行可在别的子任务中并行处理。留空则所有行经过同一个子任务。",
        },
      }),
    bootstrapAsInsert: z
      .boolean()
      .default(true)
      .register(paramMeta, {
        title: { en: "History counts as inserts", zh: "历史数据视为新增" },
        description: {
          en: "Rows of the type bootstrap-insert follow the rule for insert. Off: they want rules of their own.",
          zh: "类型为 bootstrap-insert 的行遵循 insert 规则。关闭时需要单独的规则。",
        },
      }),
    settle: duration()
      .default("1 s")
      .register(paramMeta, {
        title: { en: "Rules are there after", zh: "规则就绪等待" },
        description: {
          en: "Rows are held until rules have come and none has for this long; or until a bootstrap of them is complete. Later rules apply at once.",
          zh: "行会先等待：直到规则到达且在这段时间内没有新规则，或规则的 bootstrap 完成。之后的规则立即生效。",
        },
        kind: "duration",
        examples: ["1 s"],
        advanced: true,
      }),
    mostHeld: z
      .int()
      .min(0)
      .max(10_000_000)
      .default(10_000)
      .register(paramMeta, {
        title: { en: "Rows held at most", zh: "最多等待的行数" },
        description: {
          en: "Per subtask, while there are no rules yet; further ones leave by the error port. 0: none is held, and each is without a rule.",
          zh: "每个子任务在规则尚未到达时最多等待的行数，超出的从 error 端口流出。0 表示不等待，直接视为没有规则。",
        },
        advanced: true,
      }),
    topicType: sinkType(
      { en: "sink_type of topics", zh: "主题的 sink_type" },
      { en: "Rules that say so send rows to a topic.", zh: "取此值的规则把行写入主题。" },
      "kafka",
    ),
    dimensionType: sinkType(
      { en: "sink_type of dimension tables", zh: "维表的 sink_type" },
      { en: "Rules that say so send rows to a dimension table.", zh: "取此值的规则把行写入维表。" },
      "hbase",
    ),
  })
  .refine(({ topicType, dimensionType }) => topicType !== dimensionType, {
    path: ["dimensionType"],
    params: { expected: { en: "another sink_type than that of topics", zh: "与主题不同的 sink_type" } },
  });

export type DynamicSplitParams = z.output<typeof params>;

const append: ChangelogMode = { mode: "append" };
const STRING: DataType = { type: "STRING" };

export const spec = defineSpec<DynamicSplitParams>({
  type: "dynamic-split",
  title: { en: "Dynamic split", zh: "动态分流" },
  summary: {
    en: "Routes changes of tables by a table of rules that may change while it runs: to topics and dimension tables, each with its columns.",
    zh: "按运行中可修改的规则表分流各表的变更：写入主题或维表，并只保留规则列出的列。",
  },
  category: "route",
  keywords: [
    "table_process",
    "TableProcessFunction",
    "BaseDBApp",
    "broadcast",
    "BroadcastProcessFunction",
    "broadcast state",
    "router",
    "side output",
    "配置表",
    "广播流",
    "广播状态",
    "侧输出流",
    "分流",
    "动态配置",
  ],
  params,
  inputs: {
    rows: { en: "Changes of tables, as decode changes gives them.", zh: "各表的变更，由“解析变更”给出。" },
    rules: {
      en: "The table of rules: its changes, or its rows. Goes to every subtask.",
      zh: "规则表：它的变更，或它的行。广播到每个子任务。",
    },
  },
  outputs: {
    topics: { en: "Rows for topics.", zh: "写入主题的行。" },
    dimensions: { en: "Rows for dimension tables.", zh: "写入维表的行。" },
    missing: { en: "Changes for which there is no rule, as they came.", zh: "没有规则的变更，原样输出。" },
  },
  sideOutputs: ["missing"],
  broadcast: ["rules"],
  rows: "new",
  passes: () => ({ missing: "rows" }),
  reads: () => ({ rows: ["*"], rules: ["*"] }),
  accepts: { rows: ["append"], rules: ["append", "upsert", "retract"] },
  changelog: () => ({ topics: append, dimensions: append, missing: append }),
  keyBy: ({ key }): Record<string, readonly string[]> => (key.length === 0 ? {} : { rows: key }),
  expressions: ({ key }) => key.map((text, i) => ({ path: ["key", i], text, port: "rows" })),
  inferSchema,
  lineage,
  dropReasons: { "no-row": { en: "tells of no row (a bootstrap's start or end)", zh: "不含行数据（bootstrap 的开始或结束）" } },
  holdings: { rules: { en: "rules", zh: "规则" }, held: { en: "rows that wait for rules", zh: "等待规则的行" } },
  cardLine: ({ topicType = "kafka", dimensionType = "hbase" }) => `${topicType} · ${dimensionType}`,
});

function inferSchema({ inputs: { rows, rules }, problem }: InferContext<DynamicSplitParams>): Record<string, Schema> {
  if (rules) checkRules(rules, problem);
  if (!rows) return {};
  const isChange =
    ["table", "type"].every((name) => isText(fieldType(rows, name) ?? { type: "NULL" })) && fieldType(rows, "data")?.type === "ROW";
  if (!isChange) {
    problem(
      words(
        [],
        "rows: expected changes with the fields table, type and data. Put a node “Decode changes” before this input.",
        "rows：期望带有 table、type 和 data 字段的变更。请在该输入之前放置“解析变更”节点。",
      ),
    );
    return { missing: rows };
  }
  const definition = rowOf({ columns: { type: "ARRAY", element: STRING }, key: STRING, extend: STRING });
  let routed: Schema = { ...rows, open: true };
  for (const [name, dataType] of Object.entries({ target: STRING, key: STRING, definition }))
    routed = withField(routed, [name], dataType) ?? routed;
  return { topics: routed, dimensions: routed, missing: rows };
}

function checkRules(rules: Schema, problem: InferContext<DynamicSplitParams>["problem"]): void {
  const inside = areChanges(rules) ? "data." : "";
  const missing = NEEDED_COLUMNS.filter((name) => !isText(fieldType(rules, inside + name) ?? { type: "NULL" }));
  if (missing.length === 0) return;
  const names = missing.map((name) => inside + name).join(", ");
  const all = RULE_COLUMNS.map((name) => `${name} STRING`).join(", ");
  problem(
    words(
      [],
      `rules: expected rows of the table of rules; ${names} of the type STRING is not there. Declare its columns where the rules are read: ${all}.`,
      `rules：期望规则表的行；缺少 STRING 类型的 ${names}。请在读取规则处声明其列：${all}。`,
    ),
  );
}

function lineage({ inputs: { rows, rules } }: Pick<InferContext<DynamicSplitParams>, "inputs">): readonly FieldSource[] {
  const inside = rules && areChanges(rules) ? "data." : "";
  const fromRules = (...names: string[]) => names.map((name) => ({ port: "rules", field: inside + name, how: "computed" as const }));
  const routed = ["topics", "dimensions"].flatMap((port): FieldSource[] => [
    ...(rows?.fields ?? []).map(({ name }): FieldSource => ({ port, field: name, from: [{ port: "rows", field: name, how: "copied" }] })),
    { port, field: "target", from: fromRules("sink_table") },
    { port, field: "key", from: [{ port: "rows", field: "data", how: "computed" }, ...fromRules("sink_pk")] },
    { port, field: "definition", from: fromRules("sink_columns", "sink_pk", "sink_extend") },
  ]);
  return routed;
}
