import { defineSpec } from "@millrace/engine/node";
import { z } from "zod";
import { listParam } from "../params.ts";
import { appLogParams } from "./app-log/params.ts";
import { APP_LOG_SCHEMA } from "./app-log/schema.ts";
import { DEFAULT_RATE } from "./common-params.ts";
import { schemaParams } from "./fields/params.ts";
import { schemaOf } from "./fields/schema.ts";
import { shopParams } from "./shop/params.ts";

const params = z.discriminatedUnion("kind", [appLogParams, shopParams, schemaParams]);
export type GeneratorParams = z.output<typeof params>;

export const spec = defineSpec<GeneratorParams>({
  type: "generator",
  title: { en: "Generator", zh: "数据生成器" },
  summary: {
    en: "Makes records at a steady rate: the gmall app log, the changes of the gmall shop's database, or fields by rule.",
    zh: "按固定速率生成记录：gmall 应用日志、gmall 商城业务库的变更，或按规则生成的字段。",
  },
  category: "source",
  keywords: [
    "mock",
    "gmall",
    "app log",
    "applog",
    "faker",
    "datagen",
    "test data",
    "模拟日志",
    "模拟数据",
    "埋点",
    "日志",
    "造数",
    "mock shop",
    "business database",
    "maxwell",
    "binlog",
    "cdc",
    "业务数据",
    "业务库",
    "订单",
    "ods_base_db_m",
  ],
  params,
  inputs: {},
  outputs: { out: { en: "The records, in the order in which they are due.", zh: "按到期顺序输出的记录。" } },
  inferSchema: ({ params }) => ({ out: outputSchema(params) }),
  format: (params) => ({ name: params.kind === "app-log" ? params.format : "json" }),
  cardLine(params) {
    const what = params.kind === "schema" ? listParam(params, "fields").map(({ name }) => String(name)) : [String(params.kind)];
    const { rate = params.kind === "shop" ? 1 : DEFAULT_RATE, visitsPerSecond } = params as { rate?: number; visitsPerSecond?: number };
    return `${what.join(", ")} · ${visitsPerSecond ?? rate}/s`;
  },
});

function outputSchema(params: GeneratorParams) {
  if (params.kind === "schema") return schemaOf(params.fields);
  if (params.kind === "shop") return MESSAGE_SCHEMA;
  return params.format === "json" ? APP_LOG_SCHEMA : TEXT_SCHEMA;
}

const TEXT_SCHEMA = { type: "ROW", fields: [{ name: "text", dataType: { type: "STRING" } }] } as const;

/** A Maxwell message and the key under which it goes to Kafka. The message comes first: it is what sinks of text write. */
const MESSAGE_SCHEMA = {
  type: "ROW",
  fields: [
    { name: "text", dataType: { type: "STRING" } },
    { name: "key", dataType: { type: "STRING" } },
  ],
} as const;
