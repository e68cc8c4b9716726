import { defineSpec, expression, paramMeta, type Words } from "@millrace/engine/node";
import { z } from "zod";
import { foundBy } from "../field-sources.ts";
import { connectionParam, schemaParam, tableParam } from "../io-params.ts";
import {
  LOOKUP_HOLDINGS,
  LOOKUP_SHARES,
  lookupOutputs,
  lookupParams,
  lookupSettings,
  takenFields,
  takenNames,
  widenedSchemas,
} from "../lookup-params.ts";
import { fieldName } from "../params.ts";

const params = z
  .strictObject({
    table: tableParam().register(paramMeta, {
      title: { en: "Table", zh: "维表" },
      description: { en: "The dimension table to look in.", zh: "要查询的维表。" },
      examples: ["dim_sku_info"],
    }),
    key: expression().register(paramMeta, {
      title: { en: "Key", zh: "key" },
      description: {
        en: "Key of the row to find, over the incoming row. NULL finds nothing.",
        zh: "基于输入行的查询 key。NULL 查不到任何行。",
      },
      kind: "expression",
      examples: ["sku_id"],
    }),
    schema: schemaParam().register(paramMeta, {
      title: { en: "Columns of the table", zh: "维表的列" },
      description: {
        en: "A schema that the pipeline declares, or fields in SQL's words: those that are taken over.",
        zh: "流水线中声明的模式，或用 SQL 写出的字段：至少包括要取用的字段。",
      },
      kind: "schema",
      examples: ["name STRING, area_code STRING"],
    }),
    fields: takenFields(["name"]).register(paramMeta, {
      title: { en: "Fields to take over", zh: "取用的字段" },
      description: { en: "Added to the row, or put in place of what is there.", zh: "添加到行中，或替换已有的字段。" },
    }),
    into: fieldName()
      .optional()
      .register(paramMeta, {
        title: { en: "Whole row into", zh: "整行放入" },
        description: { en: "A field for all that was found, as it is.", zh: "把查到的整行原样放入该字段。" },
        examples: ["sku"],
        advanced: true,
      }),
    ...lookupParams(),
    changeKey: expression()
      .optional()
      .register(paramMeta, {
        title: { en: "Key of changes", zh: "变更流的 key" },
        description: {
          en: "Gives the node a second input, whose rows tell of keys that have changed: what is remembered of them is forgotten. For tables that something else writes and that tell nobody.",
          zh: "为节点增加第二个输入，其行表示哪些 key 已变更，相应缓存会被清除。用于由其他程序写入且不发通知的维表。",
        },
        kind: "expression",
        examples: ["id"],
        advanced: true,
      }),
    connection: connectionParam(),
  })
  .refine(({ fields, into }) => fields.length > 0 || into !== undefined, {
    path: ["fields"],
    params: {
      expected: { en: "at least one field to take over, or a field for the whole row", zh: "至少一个取用的字段，或存放整行的字段" },
    },
  });

export type DimensionLookupParams = z.infer<typeof params>;

export const spec = defineSpec<DimensionLookupParams>({
  type: "lookup",
  title: { en: "Lookup", zh: "维度关联" },
  summary: {
    en: "Widens each row by what a dimension table holds under its key: the user, the SKU, the province.",
    zh: "按 key 查询维表，补充每一行：用户、SKU、省份等。",
  },
  category: "join",
  keywords: [
    "dimension",
    "enrich",
    "async",
    "AsyncDataStream",
    "DimAsyncFunction",
    "lookup join",
    "HBase",
    "Phoenix",
    "MySQL",
    "Redis",
    "cache",
    "维表 join",
    "维度",
    "异步 IO",
    "旁路缓存",
    "宽表",
  ],
  params,
  inputs,
  outputs: (params) => lookupOutputs(params, { en: "Rows with what was found.", zh: "补充了查询结果的行。" }),
  broadcast: ["changes"],
  connection: "dimension",
  targets: ({ table }) => [{ kind: "dimension", name: table }],
  passes: () => ({ missing: "in" }),
  lineage: ({ params }) => foundBy("in", params.key, takenNames(params)),
  lookup: lookupSettings,
  holdings: LOOKUP_HOLDINGS,
  shares: LOOKUP_SHARES,
  inferSchema: widenedSchemas,
  expressions: ({ key, changeKey }) => [
    { path: ["key"], text: key, port: "in" },
    ...(changeKey === undefined ? [] : [{ path: ["changeKey"], text: changeKey, port: "changes" }]),
  ],
  cardLine: (params) => `${params.table ?? ""}[${params.key ?? ""}] → ${takenNames(params).join(", ")}`,
});

function inputs({ changeKey }: Readonly<Record<string, unknown>>): Record<string, Words> {
  return {
    in: { en: "Rows to widen.", zh: "要补充的行。" },
    ...(typeof changeKey === "string" && { changes: { en: "Rows that tell which keys have changed.", zh: "表示哪些 key 已变更的行。" } }),
  };
}
