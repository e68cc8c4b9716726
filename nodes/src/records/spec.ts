import { defineSpec, paramMeta } from "@millrace/engine/node";
import { z } from "zod";
import { schemaParam } from "../io-params.ts";
import { sourceSchema } from "../source-schema.ts";

const params = z.strictObject({
  records: z
    .string()
    .min(1)
    .max(2_000_000)
    .register(paramMeta, {
      title: { en: "Records", zh: "记录" },
      description: { en: "One a line. Empty lines are passed over.", zh: "每行一条，忽略空行。" },
      kind: "text",
      examples: ['{"id": 1, "name": "a"}'],
    }),
  schema: schemaParam(),
  format: z
    .enum(["json", "text"])
    .default("json")
    .register(paramMeta, {
      title: { en: "Format", zh: "格式" },
      description: { en: "JSON objects, or text: one field `text` with the whole line.", zh: "JSON 对象，或文本：整行放入字段 `text`。" },
      options: { json: { en: "JSON", zh: "JSON" }, text: { en: "Text as it is", zh: "原样文本" } },
    }),
});

export type RecordsParams = z.output<typeof params>;

/** The lines that are records, in their order. */
export function linesOf(records: string): readonly string[] {
  return records.split(/\r?\n/).filter((line) => line.trim() !== "");
}

export const spec = defineSpec<RecordsParams>({
  type: "records",
  title: { en: "Records", zh: "给定记录" },
  summary: { en: "Gives the records that are written here, once.", zh: "将此处写下的记录输出一次。" },
  category: "source",
  keywords: [
    "values",
    "seed",
    "inline",
    "fixed",
    "sample",
    "fromElements",
    "fromCollection",
    "test data",
    "初始数据",
    "种子数据",
    "固定记录",
    "测试数据",
  ],
  params,
  inputs: {},
  outputs: { out: { en: "The records, in their order.", zh: "记录，按书写顺序。" } },
  inferSchema: (context) => ({ out: sourceSchema(context) }),
  format: ({ format }) => ({ name: format }),
  cardLine: ({ records }) => `× ${typeof records === "string" ? linesOf(records).length : 0}`,
});
