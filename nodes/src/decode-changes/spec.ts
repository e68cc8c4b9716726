import { defineSpec, field, type InferContext, paramMeta } from "@millrace/engine/node";
import type { DataType, Field, RowShape, Schema } from "@millrace/engine/schema";
import { z } from "zod";
import { isText, requireField, wrongType } from "../field-types.ts";
import { schemaOf } from "../schema-text.ts";

const params = z.strictObject({
  format: z
    .enum(["maxwell", "canal", "debezium", "before-after"])
    .default("maxwell")
    .register(paramMeta, {
      title: { en: "Format", zh: "格式" },
      description: {
        en: "Who writes the topic. Debezium's messages may have their schema around them or not.",
        zh: "写入该主题的工具。Debezium 的消息可带模式，也可不带。",
      },
      options: {
        maxwell: { en: "Maxwell", zh: "Maxwell" },
        canal: { en: "Canal (flat messages)", zh: "Canal（flat 消息）" },
        debezium: { en: "Debezium", zh: "Debezium" },
        "before-after": { en: "database, tableName, before, after, type", zh: "database、tableName、before、after、type" },
      },
    }),
  field: field()
    .optional()
    .register(paramMeta, {
      title: { en: "Text", zh: "文本字段" },
      description: {
        en: "A field of type STRING that holds the message. Left out: the record itself is the message.",
        zh: "存放消息的 STRING 字段。不填则记录本身就是消息。",
      },
      kind: "field",
      examples: ["text"],
    }),
  columns: z
    .string()
    .min(1)
    .optional()
    .register(paramMeta, {
      title: { en: "Columns", zh: "列" },
      description: {
        en: "Columns of `data` and `old` that expressions read, in SQL's words or as a schema of the pipeline. All others are kept as they are, so tables of any shape pass.",
        zh: "表达式要读取的 `data` 与 `old` 中的列，用 SQL 写出或填写流水线的模式名。其他列原样保留，因此任何结构的表都能通过。",
      },
      kind: "schema",
      examples: ["id BIGINT, total_amount DECIMAL(16, 2)"],
    }),
});

export type DecodeChangesParams = z.infer<typeof params>;

export const spec = defineSpec<DecodeChangesParams>({
  type: "decode-changes",
  title: { en: "Decode changes", zh: "解析变更" },
  summary: {
    en: "Reads the changes of database tables out of Maxwell's, Canal's or Debezium's messages, all in one form.",
    zh: "从 Maxwell、Canal 或 Debezium 的消息中读取数据库表的变更，统一为一种形式。",
  },
  category: "transform",
  keywords: [
    "cdc",
    "change data capture",
    "binlog",
    "Maxwell",
    "Canal",
    "Debezium",
    "Flink CDC",
    "MySQL",
    "ods_base_db_m",
    "变更",
    "变更数据捕获",
    "业务数据",
    "同步",
  ],
  params,
  inputs: { in: { en: "Messages of a change topic.", zh: "变更主题的消息。" } },
  outputs: { out: { en: "One row for each table row that changed.", zh: "每个发生变更的表行得到一行。" } },
  rows: "new",
  reads: ({ field }) => ({ in: [field ?? "*"] }),
  inferSchema(context) {
    const { params, inputs, problem } = context;
    if (!inputs.in) return {};
    if (params.field !== undefined) {
      const text = requireField(inputs.in, params.field, ["field"], problem);
      if (text && !isText(text)) problem(wrongType(params.field, "STRING", text, ["field"]));
    }
    return { out: changeSchema(columnsOf(context)) };
  },
  lineage: ({ params, declared }) =>
    changeSchema(columnsOf({ params, declared, problem: () => undefined })).fields.map(({ name }) => ({
      field: name,
      from: [{ port: "in", field: params.field ?? "", how: "computed" as const }],
    })),
  dropReasons: { definition: { en: "changes a table's definition", zh: "变更表的定义" } },
  cardLine: ({ format, field }) => `${String(format ?? "maxwell")}${typeof field === "string" ? ` · ${field}` : ""}`,
});

function columnsOf({
  params,
  declared,
  problem,
}: Pick<InferContext<DecodeChangesParams>, "params" | "declared" | "problem">): readonly Field[] {
  if (params.columns === undefined) return [];
  const found = schemaOf(params.columns, declared, ["columns"]);
  if ("schema" in found) return found.schema.fields;
  problem(found.problem);
  return [];
}

/** What docs.md says of each field. */
function changeSchema(columns: readonly Field[]): Schema {
  const STRING: DataType = { type: "STRING" };
  const row: RowShape = { type: "ROW", fields: columns, open: true };
  const types: Readonly<Record<string, DataType>> = {
    database: STRING,
    table: STRING,
    type: STRING,
    ts: { type: "TIMESTAMP_LTZ", precision: 3 },
    data: row,
    old: row,
    xid: { type: "BIGINT" },
    xoffset: { type: "BIGINT" },
    commit: { type: "BOOLEAN" },
    keys: { type: "ARRAY", element: STRING },
  };
  return { type: "ROW", fields: Object.entries(types).map(([name, dataType]) => ({ name, dataType })), open: true };
}
