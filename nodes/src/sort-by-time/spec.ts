import { defineSpec, type Params, paramMeta } from "@millrace/engine/node";
import { z } from "zod";
import { checkOrder, orderByParam, orderExpressions } from "../order-param.ts";
import { keyParam, listParam } from "../params.ts";

const params = z.strictObject({
  key: keyParam(
    {
      en: "Each key's rows are put in order by themselves. Left out: all rows together, in one subtask.",
      zh: "各 key 的行分别排序。不填则所有行一起排序，只用一个子任务。",
    },
    ["user_id"],
  ).optional(),
  orderBy: orderByParam(
    {
      en: "The order of rows of one time. Left out, or equal there too: as they came.",
      zh: "时间相同的行的顺序。不填或仍相同时，按到达顺序。",
    },
    "ascending",
    ["seq"],
  ),
  mostRows: z
    .int()
    .min(1)
    .default(1_000_000)
    .register(paramMeta, {
      title: { en: "Most rows of a key that wait", zh: "每个 key 最多等待的行数" },
      description: {
        en: "A row that would be one too many leaves by the error port: the watermark has stood still, or rows lie far ahead of it.",
        zh: "会超出上限的行从 error 端口流出：说明水位线停滞，或行的时间远超水位线。",
      },
      advanced: true,
    }),
});

export type SortByTimeParams = z.infer<typeof params>;

export const spec = defineSpec<SortByTimeParams>({
  type: "sort-by-time",
  title: { en: "Sort by time", zh: "按时间排序" },
  summary: { en: "Lets rows out in the order of their event time.", zh: "按事件时间的先后输出行。" },
  category: "transform",
  keywords: ["order by", "sort", "event time", "out of order", "buffer", "reorder", "排序", "乱序", "事件时间", "有序"],
  params,
  inputs: { in: { en: "Rows out of order.", zh: "乱序的行。" } },
  outputs: {
    out: { en: "The rows, in the order of their times.", zh: "按时间先后的行。" },
    late: { en: "Rows behind one that was let out already, as they came.", zh: "落后于已输出的行的行，原样输出。" },
  },
  sideOutputs: ["late"],
  inferSchema(context) {
    const input = context.inputs.in;
    checkOrder(context.params.orderBy, context);
    return input ? { out: input, late: input } : {};
  },
  keyBy: ({ key }): Readonly<Record<string, readonly string[]>> => (key === undefined ? {} : { in: key }),
  expressions: ({ key = [], orderBy }) => [...key.map((text, i) => ({ path: ["key", i], text, port: "in" })), ...orderExpressions(orderBy)],
  holdings: { rows: { en: "rows that wait", zh: "等待的行" } },
  cardLine,
});

function cardLine(given: Params): string {
  const order = listParam(given, "orderBy").map(({ value, direction }) => `${value} ${direction === "descending" ? "↓" : "↑"}`);
  const key = Array.isArray(given.key) ? ` / ${given.key.join(", ")}` : "";
  return `${["time ↑", ...order].join(", ")}${key}`;
}
