import { condition, defineSpec, duration, type InferContext, paramMeta, toMillis, type Words } from "@millrace/engine/node";
import type { ChangelogMode, Schema } from "@millrace/engine/schema";
import { z } from "zod";
import { joinedExpressions, joinedLineage, joinedReads, joinedRowParam, joinedSchema } from "../joined-fields.ts";
import { checkKeyPairs, forgetAfterParam, joinKeyParams } from "../params.ts";

const params = z
  .strictObject({
    ...joinKeyParams(),
    joined: joinedRowParam,
    outer: z
      .enum(["none", "left"])
      .default("none")
      .register(paramMeta, {
        title: { en: "Rows without a version", zh: "没有对应版本的行" },
        description: {
          en: "They leave by a port of their own; or as joined rows whose right side is NULL, as a left join has them.",
          zh: "从单独的端口流出；或像左连接那样，作为右侧为 NULL 的结果行。",
        },
        options: { none: { en: "a port of their own", zh: "单独的端口" }, left: { en: "joined with NULL", zh: "右侧补 NULL" } },
      }),
    endsWhen: condition()
      .optional()
      .register(paramMeta, {
        title: { en: "A right row ends the version when", zh: "右侧行结束版本的条件" },
        description: {
          en: "For streams that tell of deletions in a field: from that row's time on there is no version. Rows whose kind is a deletion do so anyway.",
          zh: "用于以字段表示删除的流：从该行的时间起没有版本。类型为删除的行本来如此。",
        },
        kind: "condition",
        examples: ["type = 'delete'"],
      }),
    time: z
      .enum(["event", "processing"])
      .default("event")
      .register(paramMeta, {
        title: { en: "Version as of", zh: "版本时间" },
        description: {
          en: "The left row's event time, for which it waits until the watermark of both inputs has passed it; or the latest version that has arrived, at once.",
          zh: "左侧行的事件时间：需等待两个输入的水位线都越过它；或已到达的最新版本，立即连接。",
        },
        options: { event: { en: "the row's event time", zh: "行的事件时间" }, processing: { en: "its arrival", zh: "到达时刻" } },
        advanced: true,
      }),
    forgetAfter: forgetAfterParam({
      en: "Processing time after the last row of a key until all is forgotten that is kept for it, its latest version too. Left out: never.",
      zh: "某个 key 的最后一行之后，经过这么久的处理时间，遗忘为它保存的一切，包括最新版本。不填则永不遗忘。",
    }),
    forgetBy: duration()
      .optional()
      .register(paramMeta, {
        title: { en: "Forget at the latest after", zh: "最迟多久后遗忘" },
        description: {
          en: "The later this is, the fewer timers are moved. Left out: half as long again as the time above.",
          zh: "越晚，需要移动的定时器越少。不填则为上面时间的一倍半。",
        },
        kind: "duration",
        examples: ["36 h"],
        advanced: true,
      }),
  })
  .refine(
    ({ forgetAfter, forgetBy }) => forgetBy === undefined || (forgetAfter !== undefined && toMillis(forgetBy) >= toMillis(forgetAfter)),
    {
      path: ["forgetBy"],
      params: { expected: { en: "no less than the time to forget after", zh: "不小于遗忘时间" } },
    },
  );

export type TemporalJoinParams = z.infer<typeof params>;

export const spec = defineSpec<TemporalJoinParams>({
  type: "temporal-join",
  title: { en: "Temporal join", zh: "时态连接" },
  summary: {
    en: "Joins each row with the version of its key that held at the row's time: a price, a rate, a dimension that changes.",
    zh: "把每一行与其时间点上有效的版本连接：价格、汇率、会变化的维度。",
  },
  category: "join",
  keywords: [
    "versioned table",
    "as of",
    "FOR SYSTEM_TIME AS OF",
    "slowly changing dimension",
    "lookup",
    "版本表",
    "时态表",
    "缓慢变化维",
    "维度关联",
  ],
  params,
  inputs: {
    left: { en: "Rows that look for the version of their time.", zh: "查找其时间点上版本的行。" },
    right: {
      en: "Versions: each holds from its time until the next one of its key.",
      zh: "版本：从自身时间起有效，直到同 key 的下一个版本。",
    },
  },
  outputs,
  accepts: { left: ["append", "retract"], right: ["append", "upsert", "retract"] },
  sideOutputs: ["late", "unmatched"],
  rows: "new",
  passes: () => ({ late: "left", unmatched: "left" }),
  changelog: (_params, { left }) => {
    const mode: ChangelogMode = left ?? { mode: "append" };
    return { joined: mode, late: mode, unmatched: mode };
  },
  inferSchema,
  keyBy: ({ leftKey, rightKey }) => ({ left: leftKey, right: rightKey }),
  expressions: ({ leftKey, rightKey, joined, endsWhen }) => [
    ...leftKey.map((text, i) => ({ path: ["leftKey", i], text, port: "left" })),
    ...rightKey.map((text, i) => ({ path: ["rightKey", i], text, port: "right" })),
    ...(endsWhen === undefined ? [] : [{ path: ["endsWhen"], text: endsWhen, port: "right", expects: "condition" as const }]),
    ...joinedExpressions(joined),
  ],
  reads: ({ joined }) => joinedReads(joined),
  lineage: ({ params: { joined }, inputs }) => joinedLineage(joined, inputs),
  holdings: { rows: { en: "left rows that wait for the watermark", zh: "等待水位线的左侧行" } },
  dropReasons: { "no-key": { en: "version without a key", zh: "没有 key 的版本" } },
  cardLine: ({ leftKey, rightKey }) =>
    Array.isArray(leftKey) && Array.isArray(rightKey) ? `${leftKey.join(", ")} = ${rightKey.join(", ")}` : "",
});

function outputs({ outer, time }: Readonly<Record<string, unknown>>): Record<string, Words> {
  return {
    joined: { en: "One row for each left row that found a version.", zh: "每个找到版本的左侧行得到一行。" },
    ...(time !== "processing" && { late: { en: "Left rows at or behind the watermark.", zh: "等于或落后于水位线的左侧行。" } }),
    ...(outer !== "left" && { unmatched: { en: "Left rows for whose time there is no version.", zh: "在其时间点上没有版本的左侧行。" } }),
  };
}

function inferSchema(context: InferContext<TemporalJoinParams>): Record<string, Schema> {
  const { params, inputs } = context;
  checkKeyPairs(context);
  const joined = joinedSchema(params.joined, context, new Set(params.outer === "left" ? (["right"] as const) : []));
  return { ...(joined && { joined }), ...(inputs.left && { late: inputs.left, unmatched: inputs.left }) };
}
