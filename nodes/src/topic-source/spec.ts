import { defineSpec, duration, paramMeta, toMillis } from "@millrace/engine/node";
import { z } from "zod";
import { connectionParam, formatParam, idleAfterParam, schemaParam, topicParam } from "../io-params.ts";
import { sourceSchema } from "../source-schema.ts";

/** Without it a time would mean another moment on another host. */
const HAS_ZONE = /\d(Z|[+-]\d\d:?\d\d)$/;

const params = z
  .strictObject({
    topic: topicParam().register(paramMeta, {
      title: { en: "Topic", zh: "主题" },
      description: { en: "All of its partitions are read.", zh: "读取其所有分区。" },
      kind: "topic",
      examples: ["ods_base_log"],
    }),
    schema: schemaParam(),
    format: formatParam(),
    from: z
      .enum(["group", "earliest", "latest", "time", "offset"])
      .default("group")
      .register(paramMeta, {
        title: { en: "Start from", zh: "起始位置" },
        description: {
          en: "Where a run without state begins. With state it goes on where it stopped.",
          zh: "没有状态的运行从何处开始。有状态时从上次停止的位置继续。",
        },
        options: {
          group: { en: "the group's position, else the earliest", zh: "消费者组的位点，没有则从最早开始" },
          earliest: { en: "the earliest record", zh: "最早的记录" },
          latest: { en: "now", zh: "最新位置" },
          time: { en: "a time", zh: "指定时间" },
          offset: { en: "an offset", zh: "指定偏移量" },
        },
      }),
    time: z
      .string()
      .refine((text) => HAS_ZONE.test(text) && Number.isFinite(Date.parse(text)), {
        params: {
          expected: {
            en: 'a time with its zone such as "2021-02-22T10:00:00+08:00"',
            zh: "带时区的时间，例如 “2021-02-22T10:00:00+08:00”",
          },
        },
      })
      .optional()
      .register(paramMeta, {
        title: { en: "Time", zh: "时间" },
        description: { en: "First record at or after it, for “a time”.", zh: "选择“指定时间”时，从该时间或之后的第一条记录开始。" },
        kind: "time",
        examples: ["2021-02-22T10:00:00+08:00"],
        advanced: true,
      }),
    offset: z
      .int()
      .min(0)
      .optional()
      .register(paramMeta, {
        title: { en: "Offset", zh: "偏移量" },
        description: { en: "In every partition, for “an offset”.", zh: "选择“指定偏移量”时，用于每个分区。" },
        advanced: true,
      }),
    until: z
      .enum(["stopped", "end"])
      .default("stopped")
      .register(paramMeta, {
        title: { en: "Read until", zh: "读到何时" },
        description: {
          en: "At the end: each partition up to where it ends when the run first opens it. When all sources of a pipeline end, so do its windows, and the run.",
          zh: "“末尾”：每个分区读到运行首次打开它时的末尾。流水线的所有数据源都结束后，窗口随之结束，运行完成。",
        },
        options: { stopped: { en: "it is stopped", zh: "被停止" }, end: { en: "the end", zh: "末尾" } },
        advanced: true,
      }),
    inStep: duration()
      .refine((text) => toMillis(text) > 0)
      .optional()
      .register(paramMeta, {
        title: { en: "In step within", zh: "同步读取，相差不超过" },
        description: {
          en: "While records wait, none is read whose time is more than this later than that of the earliest that waits, over all partitions and all sources of the pipeline that say so: what is read again comes in the order in which it happened, and is not late. With several subtasks each such step takes a checkpoint. Left out: each partition as fast as it can be read.",
          zh: "有积压时，时间比最早的待读记录晚出该值以上的记录先不读取，范围为流水线中所有设置了此项的数据源的全部分区：重新读取的数据按发生的先后到来，不会迟到。有多个子任务时，每一步需要一个检查点。不填则各分区尽快读取。",
        },
        kind: "duration",
        examples: ["1 s", "10 s"],
        advanced: true,
      }),
    group: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .register(paramMeta, {
        title: { en: "Consumer group", zh: "消费者组" },
        description: {
          en: "Under this name others see how far the pipeline has read. Without one, the pipeline's id.",
          zh: "其他人以此名称查看流水线的读取进度。留空则用流水线的 id。",
        },
        examples: ["base_log_app_group"],
        advanced: true,
      }),
    idleAfter: idleAfterParam(),
    connection: connectionParam(),
  })
  .refine(({ from, time }) => from !== "time" || time !== undefined, {
    path: ["time"],
    params: { expected: { en: "a time to start from", zh: "起始时间" } },
  })
  .refine(({ from, offset }) => from !== "offset" || offset !== undefined, {
    path: ["offset"],
    params: { expected: { en: "an offset to start from", zh: "起始偏移量" } },
  });

export type TopicSourceParams = z.output<typeof params>;

export const spec = defineSpec<TopicSourceParams>({
  type: "topic-source",
  title: { en: "Topic source", zh: "主题数据源" },
  summary: { en: "Reads the records of a topic.", zh: "读取主题中的记录。" },
  category: "source",
  keywords: ["kafka", "consumer", "log", "queue", "read", "ods", "消费", "消费者", "消息队列", "读取"],
  params,
  inputs: {},
  outputs: { out: { en: "The records, in order within each partition.", zh: "记录，分区内有序。" } },
  connection: "topic",
  inferSchema: (context) => ({ out: sourceSchema(context) }),
  format: ({ format }) => ({ name: format }),
  idleAfterMs: ({ idleAfter }) => toMillis(idleAfter),
  inStepMs: ({ inStep }) => (inStep === undefined ? undefined : toMillis(inStep)),
  dropReasons: { tombstone: { en: "record without a value", zh: "没有值的记录" } },
  cardLine: ({ topic }) => topic,
  targets: ({ topic }) => [{ kind: "topic", name: topic }],
});
