import { formatType } from "@millrace/engine/expression";
import { condition, defineSpec, expression, paramMeta } from "@millrace/engine/node";
import { z } from "zod";
import { isOrdered, quote, words } from "../field-types.ts";
import { forgetAfterParam, keyParam } from "../params.ts";
import { windowEndParam, windowEndProblem } from "../window-end-param.ts";

const arrival = {
  title: { en: "Arrival", zh: "到达顺序" },
  description: { en: "As the rows come.", zh: "按行到达的先后。" },
};
const time = {
  title: { en: "Time", zh: "事件时间" },
  description: {
    en: "By the rows' event time; of equal times the first to come is the first, the last to come the last.",
    zh: "按行的事件时间；时间相同时，先到的为首，后到的为末。",
  },
};
const value = {
  title: { en: "A value", zh: "某个值" },
  description: {
    en: "By a value of the row, such as a version: the first has the least, the last the greatest.",
    zh: "按行中的某个值，例如版本号：最小的为首，最大的为末。",
  },
};

const order = z.discriminatedUnion("by", [
  z.strictObject({ by: z.literal("arrival").register(paramMeta, arrival) }).register(paramMeta, arrival),
  z.strictObject({ by: z.literal("time").register(paramMeta, time) }).register(paramMeta, time),
  z
    .strictObject({
      by: z.literal("value").register(paramMeta, value),
      value: expression().register(paramMeta, {
        title: { en: "Value", zh: "值" },
        description: {
          en: "A row takes the place of the one that is kept only when its value is newer: greater where the last is kept, less where the first is. NULL never is.",
          zh: "仅当该值更新时，行才替换已保留的行：保留末行时须更大，保留首行时须更小。NULL 永远不算。",
        },
        kind: "expression",
        examples: ["version", "updated_at"],
      }),
    })
    .register(paramMeta, value),
]);

const params = z
  .strictObject({
    key: keyParam(
      { en: "Rows with equal keys are the same thing; one of them is kept.", zh: "key 相同的行视为同一事物，只保留其中一行。" },
      ["common.mid", "order_id"],
    ),
    keep: z
      .enum(["first", "last"])
      .default("first")
      .register(paramMeta, {
        title: { en: "Keep", zh: "保留" },
        description: {
          en: "The first row of a key; or the last one so far, which changes what came out before.",
          zh: "每个 key 的首行；或到目前为止的末行，此时会更新之前的结果。",
        },
        options: { first: { en: "the first", zh: "首行" }, last: { en: "the last", zh: "末行" } },
      }),
    order: order.default({ by: "arrival" }).register(paramMeta, {
      title: { en: "Order", zh: "顺序" },
      description: { en: "What makes a row the first or the last.", zh: "依据什么判断首行与末行。" },
    }),
    emit: z
      .enum(["at-once", "watermark"])
      .default("at-once")
      .register(paramMeta, {
        title: { en: "Give it out", zh: "输出时机" },
        description: {
          en: "At once: what turns out not to be the first is taken back later. When the watermark has passed: once, for good.",
          zh: "立即：之后若发现不是首行，则撤回更正。水位线越过之后：只输出一次，不再更改。",
        },
        options: { "at-once": { en: "at once", zh: "立即" }, watermark: { en: "when the watermark has passed it", zh: "水位线越过之后" } },
      }),
    windowEnd: windowEndParam({
      en: "Keeps one row of each key and window, the first or the last by time, and gives it when the watermark has passed the window's end. Left out: one row of each key.",
      zh: "每个 key、每个窗口保留一行（按事件时间的首行或末行），水位线越过窗口结束时间时输出。不填则每个 key 一行。",
    }),
    endsWhen: condition()
      .optional()
      .register(paramMeta, {
        title: { en: "A row ends its key when", zh: "行结束其 key 的条件" },
        description: {
          en: "For streams that tell of deletions in a field: what was kept is taken back. Rows whose kind is a deletion do so anyway. Only where the last by arrival is kept.",
          zh: "用于以字段表示删除的流：撤回已保留的行。类型为删除的行本来如此。仅适用于按到达顺序保留末行。",
        },
        kind: "condition",
        examples: ["type = 'delete'"],
        advanced: true,
      }),
    changes: z
      .enum(["retract", "upsert"])
      .default("retract")
      .register(paramMeta, {
        title: { en: "Changes", zh: "变更" },
        description: {
          en: "How a new result says what it replaces: by the old row before it, or by its key alone.",
          zh: "新结果如何表明它替换了什么：先给出旧行，或只凭 key。",
        },
        options: { retract: { en: "old row, then new row", zh: "先旧行后新行" }, upsert: { en: "new row alone", zh: "只有新行" } },
        advanced: true,
      }),
    forgetAfter: forgetAfterParam({
      en: "Processing time after a key's kept row was last set. Left out: never, and then a row that is the same as the kept one changes nothing.",
      zh: "从某个 key 保留的行最后一次设置起，经过这么久的处理时间后遗忘。不填则永不遗忘，此时与保留行相同的行不产生变化。",
    }),
  })
  .refine(
    ({ keep, order, emit, windowEnd }) => emit === "at-once" || (order.by === "time" && (keep === "first" || windowEnd !== undefined)),
    {
      path: ["emit"],
      params: {
        expected: {
          en: "at once, or the first by time, or a window's last by time: only those are known for good when the watermark has passed",
          zh: "“立即”，或按事件时间保留首行或窗口的末行：只有它们在水位线越过后不再变化",
        },
      },
    },
  )
  .refine(({ emit, windowEnd }) => emit === "watermark" || windowEnd === undefined, {
    path: ["windowEnd"],
    params: { expected: { en: "nothing where rows are given at once", zh: "立即输出时不填" } },
  })
  .refine(({ windowEnd, forgetAfter }) => windowEnd === undefined || forgetAfter === undefined, {
    path: ["forgetAfter"],
    params: { expected: { en: "nothing for windows, which are forgotten when they end", zh: "按窗口时不填，窗口结束即遗忘" } },
  })
  .refine(({ keep, order, endsWhen }) => endsWhen === undefined || (keep === "last" && order.by === "arrival"), {
    path: ["endsWhen"],
    params: { expected: { en: "nothing, or the last by arrival kept", zh: "不填，或按到达顺序保留末行" } },
  });

export type DistinctParams = z.infer<typeof params>;

/** What came out may be taken back. */
const isUpdating = ({ keep, order, emit }: DistinctParams) =>
  emit !== "watermark" && (keep === "last" || (order?.by !== undefined && order.by !== "arrival"));

export const spec = defineSpec<DistinctParams>({
  type: "distinct",
  title: { en: "Distinct", zh: "去重" },
  summary: { en: "Keeps one row of each key: the first or the last.", zh: "每个 key 只保留一行：首行或末行。" },
  category: "transform",
  keywords: ["deduplicate", "dedup", "unique", "row_number", "upsert", "latest", "first", "last", "去重", "排重", "最新", "幂等"],
  params,
  inputs: { in: { en: "Rows, several of a key.", zh: "每个 key 可能有多行。" } },
  outputs: ({ emit }) => ({
    out: { en: "One row of each key, or the changes of it.", zh: "每个 key 一行，或该行的变更。" },
    ...(emit === "watermark" && { late: { en: "Rows behind the watermark.", zh: "落后于水位线的行。" } }),
  }),
  sideOutputs: ["late"],
  inferSchema({ params, inputs, typeOf, problem }) {
    const input = inputs.in;
    if (!input) return {};
    const { order } = params;
    const type = order.by === "value" ? typeOf(order.value, "in") : undefined;
    if (order.by === "value" && type && !isOrdered(type))
      problem(
        words(
          ["order", "value"],
          `${quote(order.value)} is ${formatType(type)}, which has no order. Take a number, a text or a time.`,
          `${quote(order.value)} 是 ${formatType(type)}，没有大小顺序。请用数字、文本或时间。`,
        ),
      );
    if (params.windowEnd !== undefined) windowEndProblem(params.windowEnd, { typeOf, problem });
    return params.emit === "watermark" ? { out: input, late: input } : { out: input };
  },
  keyBy: ({ key }) => ({ in: key }),
  expressions: ({ key, order, endsWhen, windowEnd }) => [
    ...key.map((text, i) => ({ path: ["key", i], text, port: "in" })),
    ...(order.by === "value" ? [{ path: ["order", "value"], text: order.value, port: "in" }] : []),
    ...(windowEnd === undefined ? [] : [{ path: ["windowEnd"], text: windowEnd, port: "in" }]),
    ...(endsWhen === undefined ? [] : [{ path: ["endsWhen"], text: endsWhen, port: "in", expects: "condition" as const }]),
  ],
  // A repeat is told by all its fields.
  reads: ({ keep, order, forgetAfter }) => ({
    in: keep === "last" && order.by === "arrival" && forgetAfter === undefined ? ["*"] : [],
  }),
  accepts: ({ keep, order }) => (keep === "last" && (order?.by ?? "arrival") === "arrival" ? ["append", "upsert", "retract"] : ["append"]),
  changelog: (params) => {
    if (!isUpdating(params)) return { out: { mode: "append" } };
    return { out: params.changes === "upsert" ? { mode: "upsert", key: params.key } : { mode: "retract" } };
  },
  dropReasons: {
    repeat: { en: "not the one that is kept", zh: "不是要保留的行" },
    unknown: { en: "takes back a row that is not kept", zh: "撤回的行未被保留" },
  },
  holdings: { rows: { en: "rows that wait for the watermark", zh: "等待水位线的行" } },
  cardLine: ({ key, keep }) => `${keep ?? "first"} / ${Array.isArray(key) ? key.join(", ") : ""}`,
});
