import { condition, defineSpec, expression, field, paramMeta } from "@millrace/engine/node";
import { z } from "zod";
import { checkRowField, connectionParam, mayWriteParam, omitNullsParam, partParam, tableParam } from "../io-params.ts";

const params = z
  .strictObject({
    table: tableParam()
      .optional()
      .register(paramMeta, {
        title: { en: "Table", zh: "维表" },
        description: { en: "Created if it is not there.", zh: "不存在时自动创建。" },
        examples: ["dim_sku_info"],
      }),
    tableExpression: expression()
      .optional()
      .register(paramMeta, {
        title: { en: "Table by expression", zh: "按表达式选择维表" },
        description: { en: "Computes the table's name for each row, instead of a fixed one.", zh: "为每一行计算维表名称，代替固定名称。" },
        kind: "expression",
        examples: ["CONCAT('dim_', table_name)"],
        advanced: true,
      }),
    mayWrite: mayWriteParam(tableParam(), ["dim_sku_info"]),
    key: expression().register(paramMeta, {
      title: { en: "Key", zh: "key" },
      description: {
        en: "What rows are looked up by. A row takes the place of the one with its key.",
        zh: "关联维表时使用的 key。相同 key 的行会被替换。",
      },
      kind: "expression",
      examples: ["id", "CONCAT_WS('|', shop_id, sku_id)"],
    }),
    deleteWhen: condition()
      .optional()
      .register(paramMeta, {
        title: { en: "Delete when", zh: "删除条件" },
        description: {
          en: "For streams that tell of deletions in a field: such a row deletes the one with its key. Rows whose kind is a deletion do so anyway.",
          zh: "用于以字段表示删除的流：满足条件的行删除相同 key 的行。类型为删除的行本来如此。",
        },
        kind: "condition",
        examples: ["type = 'delete'"],
      }),
    part: partParam(),
    definition: field()
      .optional()
      .register(paramMeta, {
        title: { en: "Definition of new tables", zh: "新建维表的定义" },
        description: {
          en: "A field that is a row of `columns` (list of names), `key` and `extend`, as dynamic split gives it: for stores that want columns, and for people to see.",
          zh: "一个行类型的字段，含 `columns`（列名列表）、`key` 和 `extend`，由动态分流给出：供需要列定义的存储使用，也供人查看。",
        },
        kind: "field",
        examples: ["definition"],
        advanced: true,
      }),
    omitNulls: omitNullsParam(),
    connection: connectionParam(),
  })
  .refine(({ table, tableExpression }) => (table === undefined) !== (tableExpression === undefined), {
    path: ["table"],
    params: { expected: { en: "a table, or an expression that computes it", zh: "一张维表，或计算维表名称的表达式（二选一）" } },
  });

export type DimensionSinkParams = z.output<typeof params>;

export const spec = defineSpec<DimensionSinkParams>({
  type: "dimension-sink",
  title: { en: "Dimension sink", zh: "维表输出" },
  summary: { en: "Keeps the latest row of each key, to be looked up.", zh: "保存每个 key 的最新行，供维度关联查询。" },
  category: "sink",
  keywords: ["upsert", "HBase", "Phoenix", "MySQL", "Redis", "dim", "key value", "维度", "维度表", "写入维表"],
  params,
  inputs: { in: { en: "Rows to keep.", zh: "要保存的行。" } },
  outputs: {},
  accepts: ["append", "upsert", "retract"],
  connection: "dimension",
  targets: ({ table, mayWrite = [] }) => (table === undefined ? mayWrite : [table]).map((name) => ({ kind: "dimension", name })),
  inferSchema({ params, inputs, problem }) {
    if (!inputs.in) return {};
    checkRowField(inputs.in, params.part, "part", problem);
    checkRowField(inputs.in, params.definition, "definition", problem);
    return {};
  },
  format: ({ omitNulls }) => ({ name: "json", omitNulls }),
  // Rows of one key pass one subtask, so that the latest stays.
  keyBy: ({ key }) => ({ in: [key] }),
  expressions: ({ key, deleteWhen, tableExpression }) => [
    { path: ["key"], text: key, port: "in" },
    ...(deleteWhen === undefined ? [] : [{ path: ["deleteWhen"], text: deleteWhen, port: "in", expects: "condition" as const }]),
    ...(tableExpression === undefined ? [] : [{ path: ["tableExpression"], text: tableExpression, port: "in" }]),
  ],
  sinkKey: ({ key }) => key,
  sinkTarget: ({ tableExpression }) => tableExpression,
  sinkPart: ({ part }) => part,
  sinkDefinition: ({ definition }) => definition,
  sinkDelete: ({ deleteWhen }) => deleteWhen,
  delivery: "idempotent",
  cardLine: ({ table, tableExpression }) => table ?? tableExpression ?? "",
});
