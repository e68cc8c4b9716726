import { defineSpec, duration, type InferContext, paramMeta, type Words } from "@millrace/engine/node";
import type { Schema } from "@millrace/engine/schema";
import { z } from "zod";
import { words } from "../field-types.ts";
import { type JoinSide, joinedExpressions, joinedLineage, joinedReads, joinedRowParam, joinedSchema } from "../joined-fields.ts";
import { checkKeyPairs, joinKeyParams, signedDuration, signedMillis } from "../params.ts";

const bound = (title: Words, description: Words, examples: readonly string[]) =>
  signedDuration().register(paramMeta, { title, description, kind: "duration", examples });
const included = (title: Words) =>
  z
    .boolean()
    .default(true)
    .register(paramMeta, {
      title,
      description: { en: "Whether a row at exactly this distance matches.", zh: "时间差恰好等于该界时是否匹配。" },
      advanced: true,
    });

const params = z
  .strictObject({
    ...joinKeyParams(),
    lower: bound(
      { en: "Right from", zh: "右侧最早" },
      {
        en: "Earliest right row that matches, counted from the left row's time. Below zero: before it.",
        zh: "可匹配的最早的右侧行，从左侧行的时间起算。负数表示更早。",
      },
      ["-15 min", "0 s"],
    ),
    upper: bound(
      { en: "Right until", zh: "右侧最晚" },
      { en: "Latest right row that matches, counted from the left row's time.", zh: "可匹配的最晚的右侧行，从左侧行的时间起算。" },
      ["15 min", "0 s"],
    ),
    lowerIncluded: included({ en: "Earliest included", zh: "包含最早界" }),
    upperIncluded: included({ en: "Latest included", zh: "包含最晚界" }),
    joined: joinedRowParam,
    outer: z
      .enum(["none", "left", "right", "both"])
      .default("none")
      .register(paramMeta, {
        title: { en: "Unmatched rows", zh: "未匹配的行" },
        description: {
          en: "Rows without a partner leave by a port of their own; or as joined rows whose other side is NULL, as an outer join has them.",
          zh: "没有匹配的行从各自的端口流出；或像外连接那样，作为另一侧为 NULL 的结果行。",
        },
        options: {
          none: { en: "ports of their own", zh: "各自的端口" },
          left: { en: "left ones joined with NULL", zh: "左侧未匹配行补 NULL" },
          right: { en: "right ones joined with NULL", zh: "右侧未匹配行补 NULL" },
          both: { en: "all joined with NULL", zh: "两侧都补 NULL" },
        },
      }),
    rules: z
      .enum(["datastream", "sql"])
      .default("datastream")
      .register(paramMeta, {
        title: { en: "Rules", zh: "规则" },
        description: {
          en: "DataStream's: rows behind the watermark leave by the late ports. SQL's: they are still tried, and the watermark that goes on stays behind by the larger bound.",
          zh: "DataStream：落后于水位线的行从迟到端口流出。SQL：迟到的行仍会尝试匹配，输出的水位线延后较大的那个界。",
        },
        options: { datastream: { en: "DataStream", zh: "DataStream" }, sql: { en: "SQL", zh: "SQL" } },
        advanced: true,
      }),
    time: z
      .enum(["event", "processing"])
      .default("event")
      .register(paramMeta, {
        title: { en: "Time", zh: "时间" },
        description: {
          en: "Distances between the rows' event times, or, with SQL's rules, between the moments at which they arrive.",
          zh: "按行的事件时间计算时间差；或（仅 SQL 规则）按到达时刻计算。",
        },
        options: { event: { en: "event time", zh: "事件时间" }, processing: { en: "processing time", zh: "处理时间" } },
        advanced: true,
      }),
    cleanUpAfter: duration()
      .optional()
      .register(paramMeta, {
        title: { en: "Clean up after", zh: "清理延迟" },
        description: {
          en: "With SQL's rules: how long rows that are over may stay, so that many go at once. Late rows can still meet them. Left out: not at all.",
          zh: "仅 SQL 规则：过期的行还可保留多久，以便成批清理；迟到的行仍可能与之匹配。不填则立即清理。",
        },
        kind: "duration",
        examples: ["1 min"],
        advanced: true,
      }),
  })
  .refine(({ rules, time }) => rules === "sql" || time === "event", {
    path: ["time"],
    params: { expected: { en: "event time where the rules are DataStream's", zh: "DataStream 规则下为事件时间" } },
  })
  .refine(({ rules, cleanUpAfter }) => rules === "sql" || cleanUpAfter === undefined, {
    path: ["cleanUpAfter"],
    params: { expected: { en: "nothing where the rules are DataStream's", zh: "DataStream 规则下不填" } },
  });

export type IntervalJoinParams = z.infer<typeof params>;

export const spec = defineSpec<IntervalJoinParams>({
  type: "interval-join",
  title: { en: "Interval join", zh: "区间连接" },
  summary: {
    en: "Joins rows of two streams that have the same key and lie near each other in time.",
    zh: "连接两条流中 key 相同且时间相近的行。",
  },
  category: "join",
  keywords: [
    "intervalJoin",
    "stream join",
    "outer join",
    "left join",
    "between",
    "双流 join",
    "双流join",
    "双流连接",
    "区间 join",
    "订单宽表",
    "支付宽表",
  ],
  params,
  inputs: {
    left: { en: "Rows from whose time the bounds are counted.", zh: "时间界从这些行的时间起算。" },
    right: { en: "Rows to find within the bounds.", zh: "在时间界内查找的行。" },
  },
  outputs,
  sideOutputs: ["lateLeft", "lateRight", "unmatchedLeft", "unmatchedRight"],
  rows: "new",
  passes: () => ({ lateLeft: "left", lateRight: "right", unmatchedLeft: "left", unmatchedRight: "right" }),
  inferSchema,
  keyBy: ({ leftKey, rightKey }) => ({ left: leftKey, right: rightKey }),
  expressions: ({ leftKey, rightKey, joined }) => [
    ...leftKey.map((text, i) => ({ path: ["leftKey", i], text, port: "left" })),
    ...rightKey.map((text, i) => ({ path: ["rightKey", i], text, port: "right" })),
    ...joinedExpressions(joined),
  ],
  reads: ({ joined }) => joinedReads(joined),
  lineage: ({ params: { joined }, inputs }) => joinedLineage(joined, inputs).map((source) => ({ ...source, port: "joined" })),
  holdings: {
    left: { en: "left rows that wait for a partner", zh: "等待配对的左侧行" },
    right: { en: "right rows that wait for a partner", zh: "等待配对的右侧行" },
  },
  watermarkDelayMs: (params) => {
    const { lower, upper } = boundsOf(params);
    return params.rules === "sql" && params.time === "event" ? Math.max(upper, -lower) : 0;
  },
  cardLine: ({ leftKey, rightKey, lower, upper, lowerIncluded = true, upperIncluded = true }) => {
    const keys = Array.isArray(leftKey) && Array.isArray(rightKey) ? `${leftKey.join(", ")} = ${rightKey.join(", ")}, ` : "";
    return `${keys}${lowerIncluded ? "[" : "("}${lower ?? ""}, ${upper ?? ""}${upperIncluded ? "]" : ")"}`;
  },
});

/** Milliseconds, both inclusive: a bound that is not included is one millisecond further in, as in Flink. */
export function boundsOf(params: Pick<IntervalJoinParams, "lower" | "upper" | "lowerIncluded" | "upperIncluded">): {
  readonly lower: number;
  readonly upper: number;
} {
  return {
    lower: signedMillis(params.lower) + (params.lowerIncluded ? 0 : 1),
    upper: signedMillis(params.upper) - (params.upperIncluded ? 0 : 1),
  };
}

/** Sides whose unmatched rows leave by `joined`. */
export function outerSides(outer: IntervalJoinParams["outer"]): ReadonlySet<JoinSide> {
  return new Set(outer === "both" ? ["left", "right"] : outer === "none" ? [] : [outer]);
}

function outputs({ rules, outer }: Readonly<Record<string, unknown>>): Record<string, Words> {
  const padded = outerSides((outer ?? "none") as IntervalJoinParams["outer"]);
  return {
    joined: { en: "One row for each pair that matches.", zh: "每对匹配的行得到一行。" },
    ...(rules !== "sql" && {
      lateLeft: { en: "Left rows behind the watermark.", zh: "落后于水位线的左侧行。" },
      lateRight: { en: "Right rows behind the watermark.", zh: "落后于水位线的右侧行。" },
    }),
    ...(!padded.has("left") && { unmatchedLeft: { en: "Left rows whose time passed without a match.", zh: "过期仍未匹配的左侧行。" } }),
    ...(!padded.has("right") && { unmatchedRight: { en: "Right rows whose time passed without a match.", zh: "过期仍未匹配的右侧行。" } }),
  };
}

function inferSchema(context: InferContext<IntervalJoinParams>): Record<string, Schema> {
  const { params, inputs, problem } = context;
  const { lower, upper } = boundsOf(params);
  if (lower > upper)
    problem(
      words(
        ["upper"],
        `no time lies between ${params.lower} and ${params.upper}${params.lowerIncluded && params.upperIncluded ? "" : ", as the bounds are not included"}. Make the latest later than the earliest.`,
        `${params.lower} 与 ${params.upper} 之间没有时间${params.lowerIncluded && params.upperIncluded ? "" : "（不包含边界）"}。请让最晚界晚于最早界。`,
      ),
    );
  checkKeyPairs(context);
  const padded = outerSides(params.outer);
  // A row on the left without a partner lacks the right one.
  const missing = new Set<JoinSide>([
    ...(padded.has("left") ? (["right"] as const) : []),
    ...(padded.has("right") ? (["left"] as const) : []),
  ]);
  const joined = joinedSchema(params.joined, context, missing);
  return {
    ...(joined && { joined }),
    ...(inputs.left && { lateLeft: inputs.left, unmatchedLeft: inputs.left }),
    ...(inputs.right && { lateRight: inputs.right, unmatchedRight: inputs.right }),
  };
}
