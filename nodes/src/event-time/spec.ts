import { defineSpec, duration, expression, paramMeta, toMillis } from "@millrace/engine/node";
import { z } from "zod";

const params = z.strictObject({
  time: expression().register(paramMeta, {
    title: { en: "Time", zh: "时间" },
    description: {
      en: "When the row happened: a BIGINT of epoch milliseconds, a TIMESTAMP (in the pipeline's time zone) or a TIMESTAMP_LTZ. A row without it leaves by the error port.",
      zh: "该行发生的时间：毫秒时间戳 BIGINT、TIMESTAMP（按流水线时区）或 TIMESTAMP_LTZ。没有时间的行从 error 端口流出。",
    },
    kind: "time",
    examples: ["ts", "TO_TIMESTAMP(create_time)", "op_ts * 1000"],
  }),
  outOfOrderness: duration()
    .default("0 s")
    .register(paramMeta, {
      title: { en: "Out of order by at most", zh: "最大乱序时间" },
      description: {
        en: "How long a row may arrive after a later one. The watermark stays this much, and 1 ms, behind the latest time.",
        zh: "一行最多可以比更晚的行迟到多久。水位线比最大时间落后这么多，再加 1 毫秒。",
      },
      kind: "duration",
      examples: ["3 s", "0 s"],
    }),
  idleAfter: duration()
    .refine((text) => toMillis(text) > 0)
    .optional()
    .register(paramMeta, {
      title: { en: "Idle after", zh: "空闲超时" },
      description: {
        en: "After so long without a row this stream no longer holds others back where they meet. Left out: never.",
        zh: "这么久没有数据后，该流不再拖住与之汇合的其他流的水位线。不填则永不。",
      },
      kind: "duration",
      examples: ["10 s"],
    }),
  aheadAtMost: duration()
    .refine((text) => toMillis(text) > 0)
    .optional()
    .register(paramMeta, {
      title: { en: "Ahead of the clock by at most", zh: "最多超前时钟" },
      description: {
        en: "A row whose time is further in the future leaves by the error port: one wrong clock would make all others late. Left out: no bound.",
        zh: "时间比时钟超前更多的行从 error 端口流出：一个错误的时钟会使其他数据全部迟到。不填则不限制。",
      },
      kind: "duration",
      examples: ["1 d", "5 min"],
      advanced: true,
    }),
});

export type EventTimeParams = z.infer<typeof params>;

export const spec = defineSpec<EventTimeParams>({
  type: "event-time",
  title: { en: "Event time", zh: "事件时间" },
  summary: {
    en: "Says which field is the time of a row, and how late and how quiet a stream may be.",
    zh: "指定哪个字段是行的时间，以及流可以迟到多久、安静多久。",
  },
  category: "transform",
  keywords: ["watermark", "timestamp", "out of order", "late", "idle", "rowtime", "水位线", "水印", "乱序", "迟到", "时间语义", "空闲"],
  params,
  inputs: { in: { en: "Rows with a time among their fields.", zh: "字段中带有时间的行。" } },
  outputs: { out: { en: "The same rows with that time, and their watermark.", zh: "同样的行，带上该时间及其水位线。" } },
  accepts: ["append", "upsert", "retract"],
  watermark: "own",
  inferSchema: ({ inputs }) => (inputs.in ? { out: inputs.in } : {}),
  expressions: ({ time }) => [{ path: ["time"], text: time, port: "in", expects: "time" }],
  cardLine: ({ time, outOfOrderness = "0 s" }) => `${time} − ${outOfOrderness}`,
});
