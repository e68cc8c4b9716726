import { defineSpec } from "@millrace/engine/node";
import { z } from "zod";
import { listParam } from "../params.ts";
import { appLogParams } from "./app-log/params.ts";
import { APP_LOG_SCHEMA } from "./app-log/schema.ts";
import { DEFAULT_RATE } from "./common-params.ts";
import { schemaParams } from "./fields/params.ts";
import { schemaOf } from "./fields/schema.ts";

const params = z.discriminatedUnion("kind", [appLogParams, schemaParams]);
export type GeneratorParams = z.output<typeof params>;

export const spec = defineSpec<GeneratorParams>({
  type: "generator",
  title: { en: "Generator", zh: "数据生成器" },
  summary: {
    en: "Makes records at a steady rate: the gmall app log, or fields by rule.",
    zh: "按固定速率生成记录：gmall 应用日志，或按规则生成的字段。",
  },
  category: "source",
  keywords: ["mock", "gmall", "app log", "applog", "faker", "datagen", "test data", "模拟日志", "模拟数据", "埋点", "日志", "造数"],
  params,
  inputs: {},
  outputs: { out: { en: "The records, in the order in which they are due.", zh: "按到期顺序输出的记录。" } },
  inferSchema: ({ params }) => ({ out: outputSchema(params) }),
  format: (params) => ({ name: params.kind === "app-log" ? params.format : "json" }),
  cardLine(params) {
    const what = params.kind === "schema" ? listParam(params, "fields").map(({ name }) => String(name)) : [String(params.kind)];
    return `${what.join(", ")} · ${params.rate ?? DEFAULT_RATE}/s`;
  },
});

function outputSchema(params: GeneratorParams) {
  if (params.kind === "schema") return schemaOf(params.fields);
  return params.format === "json" ? APP_LOG_SCHEMA : TEXT_SCHEMA;
}

const TEXT_SCHEMA = { type: "ROW", fields: [{ name: "text", dataType: { type: "STRING" } }] } as const;
