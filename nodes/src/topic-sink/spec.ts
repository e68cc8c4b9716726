import { defineSpec, duration, expression, paramMeta, toMillis } from "@millrace/engine/node";
import { z } from "zod";
import { checkRowField, connectionParam, mayWriteParam, omitNullsParam, partParam, topicParam } from "../io-params.ts";

const SETTING = /^[a-z][a-z0-9._-]{0,199}$/;

const params = z
  .strictObject({
    topic: topicParam()
      .optional()
      .register(paramMeta, {
        title: { en: "Topic", zh: "主题" },
        description: { en: "Created if it is not there.", zh: "不存在时自动创建。" },
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
    mayWrite: mayWriteParam(topicParam(), ["dwd_order_info"]),
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
    partition: expression()
      .optional()
      .register(paramMeta, {
        title: { en: "Partition by expression", zh: "按表达式选择分区" },
        description: {
          en: "A whole number from 0 on, instead of choosing by the key. NULL: by the key.",
          zh: "不小于 0 的整数，代替按 key 选择。为 NULL 时按 key 选择。",
        },
        kind: "expression",
        examples: ["MOD(user_id, 4)"],
        advanced: true,
      }),
    partitions: z
      .int()
      .min(1)
      .max(10_000)
      .default(4)
      .register(paramMeta, {
        title: { en: "Partitions of new topics", zh: "新建主题的分区数" },
        description: { en: "For topics that are not there yet.", zh: "用于尚不存在的主题。" },
        advanced: true,
      }),
    retention: duration()
      .refine((text) => toMillis(text) > 0, { params: { expected: { en: "a length of time above zero", zh: "大于零的时长" } } })
      .optional()
      .register(paramMeta, {
        title: { en: "Retention of new topics", zh: "新建主题的保留时间" },
        description: {
          en: "Older records may be removed. Empty: as the connection keeps topics by default.",
          zh: "更早的记录可能被删除。留空则按连接对主题的默认设置。",
        },
        kind: "duration",
        examples: ["7 days"],
        advanced: true,
      }),
    replication: z
      .int()
      .min(1)
      .max(32_767)
      .optional()
      .register(paramMeta, {
        title: { en: "Copies of new topics", zh: "新建主题的副本数" },
        description: {
          en: "Kafka only: on how many brokers each partition lies. Empty: as the brokers have it by default.",
          zh: "仅用于 Kafka：每个分区存放在多少个 broker 上。留空则按 broker 的默认设置。",
        },
        advanced: true,
      }),
    settings: z
      .array(
        z.strictObject({
          name: z
            .string()
            .regex(SETTING)
            .register(paramMeta, {
              title: { en: "Name", zh: "名称" },
              description: { en: "As Kafka calls it.", zh: "Kafka 中的名称。" },
              examples: ["cleanup.policy", "compression.type", "min.insync.replicas"],
            }),
          value: z
            .string()
            .min(1)
            .max(1_000)
            .register(paramMeta, {
              title: { en: "Value", zh: "值" },
              description: { en: "As Kafka writes it.", zh: "按 Kafka 的写法。" },
              examples: ["compact", "zstd", "2"],
            }),
        }),
      )
      .max(100)
      .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
        params: { expected: { en: "each setting once", zh: "每个设置只出现一次" } },
      })
      .optional()
      .register(paramMeta, {
        title: { en: "Settings of new topics", zh: "新建主题的设置" },
        description: {
          en: "Kafka only: any of a topic's settings, before those above. A topic that is there is left as it is.",
          zh: "仅用于 Kafka：主题的任意设置，优先于上面的设置。已存在的主题保持不变。",
        },
        advanced: true,
      }),
    delivery: z
      .enum(["exactly-once", "at-least-once"])
      .default("exactly-once")
      .register(paramMeta, {
        title: { en: "Delivery", zh: "投递保证" },
        description: {
          en: "At least once: on Kafka rows are visible at once, without transactions; after a crash those since the last checkpoint are written again.",
          zh: "至少一次：在 Kafka 上不使用事务，行立即可见；崩溃后会重写上一个检查点之后的行。",
        },
        options: {
          "exactly-once": { en: "exactly once", zh: "精确一次" },
          "at-least-once": { en: "at least once", zh: "至少一次" },
        },
        advanced: true,
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
    part: partParam(),
    omitNulls: omitNullsParam(),
    connection: connectionParam(),
  })
  .refine(({ topic, topicExpression }) => (topic === undefined) !== (topicExpression === undefined), {
    path: ["topic"],
    params: { expected: { en: "a topic, or an expression that computes it", zh: "一个主题，或计算主题名称的表达式（二选一）" } },
  })
  .refine(({ part, format }) => part === undefined || format === "json", {
    path: ["format"],
    params: { expected: { en: '"json", as a row in the row can be written as that alone', zh: "“json”，行中的行只能写成它" } },
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
  inferSchema({ params, inputs, problem }) {
    if (inputs.in) checkRowField(inputs.in, params.part, "part", problem);
    return {};
  },
  format: ({ format, omitNulls }) => ({ name: format, omitNulls }),
  expressions: ({ key, partition, topicExpression }) => [
    ...(key === undefined ? [] : [{ path: ["key"], text: key, port: "in" }]),
    ...(partition === undefined ? [] : [{ path: ["partition"], text: partition, port: "in" }]),
    ...(topicExpression === undefined ? [] : [{ path: ["topicExpression"], text: topicExpression, port: "in" }]),
  ],
  sinkKey: ({ key }) => key,
  sinkPartition: ({ partition }) => partition,
  sinkTarget: ({ topicExpression }) => topicExpression,
  sinkPart: ({ part }) => part,
  delivery: "exactly-once",
  cardLine: ({ topic, topicExpression }) => topic ?? topicExpression ?? "",
  targets: ({ topic, mayWrite = [] }) => (topic === undefined ? mayWrite : [topic]).map((name) => ({ kind: "topic", name })),
});
