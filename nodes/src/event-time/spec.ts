import { defineSpec, duration, expression, paramMeta, toMillis } from "@millrace/engine/node";
import { z } from "zod";
import { words } from "../field-types.ts";

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
  knownAfter: z
    .array(
      z.strictObject({
        rows: z
          .string()
          .min(1)
          .max(200)
          .register(paramMeta, {
            title: { en: "Rows of", zh: "哪些行" },
            description: { en: "The stream that is delayed.", zh: "被延迟的流。" },
            kind: "text",
            examples: ["dwm_user_jump_detail"],
          }),
        by: duration().register(paramMeta, {
          title: { en: "Come later by", zh: "晚多久" },
          description: { en: "Several delays of the same rows add up.", zh: "同一些行的多个延迟会累加。" },
          kind: "duration",
          examples: ["10 s"],
        }),
      }),
    )
    .max(100)
    .optional()
    .register(paramMeta, {
      title: { en: "Rows that are known later", zh: "较晚才能得知的行" },
      description: {
        en: "What delays rows on their way here, such as a pattern that waits before it gives them. It changes nothing; where less disorder is allowed than these delays come to, a warning says which rows will be late.",
        zh: "使行较晚到达这里的原因，例如先等待再输出的模式匹配。不改变任何结果；允许的乱序小于这些延迟之和时，会警告哪些行将迟到。",
      },
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
  inferSchema({ params, inputs, problem }) {
    for (const warning of rowsThatWillBeLate(params)) problem({ ...warning, severity: "warning" });
    return inputs.in ? { out: inputs.in } : {};
  },
  expressions: ({ time }) => [{ path: ["time"], text: time, port: "in", expects: "time" }],
  cardLine: ({ time, outOfOrderness = "0 s" }) => `${time} − ${outOfOrderness}`,
});

function rowsThatWillBeLate({ outOfOrderness, knownAfter = [] }: EventTimeParams) {
  return [...Map.groupBy(knownAfter, ({ rows }) => rows)].flatMap(([rows, delays]) => {
    const needed = delays.reduce((sum, { by }) => sum + toMillis(by), 0);
    if (needed <= toMillis(outOfOrderness)) return [];
    const sum = `${delays.map(({ by }) => by).join(" + ")}${delays.length > 1 ? ` = ${needed / 1000} s` : ""}`;
    return words(
      ["outOfOrderness"],
      `Rows of ${rows} are known ${sum} after their time. With ${outOfOrderness} they can be late and are then lost to the windows behind. Allow at least ${needed / 1000} s.`,
      `${rows} 的行在其时间之后 ${sum} 才能得知；只允许 ${outOfOrderness} 时会迟到，被后面的窗口丢掉。请至少允许 ${needed / 1000} s。`,
    );
  });
}
