import { defineSpec, expression, paramMeta } from "@millrace/engine/node";
import { z } from "zod";
import { connectionParam, omitNullsParam, topicParam } from "../io-params.ts";

const params = z
  .strictObject({
    topic: topicParam()
      .optional()
      .register(paramMeta, {
        title: { en: "Topic", zh: "主题" },
        description: { en: "Created with four partitions if it is not there.", zh: "不存在时以四个分区创建。" },
        kind: "topic",
        examples: ["dwd_page_log"],
      }),
    topicExpression: expression()
      .optional()
      .register(paramMeta, {
        title: { en: "Topic by expression", zh: "按表达式选择主题" },
        description: { en: "Computes the topic's name for each row, instead of a fixed one.", zh: "为每一行计算主题名称，代替固定名称。" },
        kind: "expression",
        examples: ["CONCAT('dwd_', table_name)"],
        advanced: true,
      }),
    key: expression()
      .optional()
      .register(paramMeta, {
        title: { en: "Key", zh: "key" },
        description: {
          en: "Rows with the same key keep their order: they go to the same partition. Without one, rows are spread.",
          zh: "key 相同的行进入同一分区，保持顺序。留空则分散到各分区。",
        },
        kind: "expression",
        examples: ["common.mid"],
      }),
    format: z
      .enum(["json", "csv", "text"])
      .default("json")
      .register(paramMeta, {
        title: { en: "Format", zh: "格式" },
        description: { en: "JSON objects, CSV lines, or the field `text` as it is.", zh: "JSON 对象、CSV 行，或原样写出字段 `text`。" },
        options: { json: { en: "JSON", zh: "JSON" }, csv: { en: "CSV", zh: "CSV" }, text: { en: "Text as it is", zh: "原样文本" } },
        advanced: true,
      }),
    omitNulls: omitNullsParam(),
    connection: connectionParam(),
  })
  .refine(({ topic, topicExpression }) => (topic === undefined) !== (topicExpression === undefined), {
    path: ["topic"],
    params: { expected: { en: "a topic, or an expression that computes it", zh: "一个主题，或计算主题名称的表达式（二选一）" } },
  });

export type TopicSinkParams = z.output<typeof params>;

export const spec = defineSpec<TopicSinkParams>({
  type: "topic-sink",
  title: { en: "Topic sink", zh: "主题输出" },
  summary: { en: "Writes rows to a topic, exactly once.", zh: "将行写入主题，精确一次。" },
  category: "sink",
  keywords: ["kafka", "producer", "write", "dwd", "dwm", "dynamic topic", "生产", "生产者", "写入", "消息队列"],
  params,
  inputs: { in: { en: "Rows to write.", zh: "要写出的行。" } },
  outputs: {},
  connection: "topic",
  inferSchema: () => ({}),
  format: ({ format, omitNulls }) => ({ name: format, omitNulls }),
  expressions: ({ key, topicExpression }) => [
    ...(key === undefined ? [] : [{ path: ["key"], text: key, port: "in" }]),
    ...(topicExpression === undefined ? [] : [{ path: ["topicExpression"], text: topicExpression, port: "in" }]),
  ],
  sinkKey: ({ key }) => key,
  sinkTarget: ({ topicExpression }) => topicExpression,
  delivery: "exactly-once",
  cardLine: ({ topic, topicExpression }) => topic ?? topicExpression ?? "",
  targets: ({ topic }) => (topic === undefined ? [] : [{ kind: "topic", name: topic }]),
});
