import { defineSpec, expression, type InferContext, type Params, paramMeta } from "@millrace/engine/node";
import type { ChangelogMode, DataType, Schema } from "@millrace/engine/schema";
import { z } from "zod";
import { computedFrom } from "../field-sources.ts";
import { addField, quote, words, wrongType } from "../field-types.ts";
import { checkOrder, orderByParam, orderExpressions } from "../order-param.ts";
import { fieldName, forgetAfterParam, keyParam, listParam } from "../params.ts";
import { windowEndParam, windowEndProblem } from "../window-end-param.ts";

const params = z
  .strictObject({
    key: keyParam(
      {
        en: "Each key's rows are ranked by themselves. For the top of each window, put the fields of the window into the key. Left out: all rows together, in one subtask.",
        zh: "各 key 的行分别排名。要按窗口取前 N，请把窗口字段放入 key。不填则所有行一起排名，只用一个子任务。",
      },
      ["category", "window_end"],
    ).optional(),
    orderBy: orderByParam(
      {
        en: "What is best comes first; of equal rows the one that came first. Left out: the order in which rows come.",
        zh: "最优者在前；相同时先到者在前。不填则按到达顺序。",
      },
      "descending",
      ["amount", "visits"],
    ),
    n: expression().register(paramMeta, {
      title: { en: "How many", zh: "取几行" },
      description: {
        en: "A whole number; or an expression, of which the key's first row says how many.",
        zh: "整数；或表达式，由该 key 的第一行决定取几行。",
      },
      kind: "expression",
      examples: ["3", "top_size"],
    }),
    firstRank: z
      .int()
      .min(1)
      .default(1)
      .register(paramMeta, {
        title: { en: "From rank", zh: "从第几名起" },
        description: { en: "2: the best one is left out.", zh: "2：不输出第一名。" },
        advanced: true,
      }),
    rank: fieldName()
      .optional()
      .register(paramMeta, {
        title: { en: "Field for the rank", zh: "名次字段" },
        description: {
          en: "Set to 1, 2, 3 … A row whose rank changes is then given anew; without it only what enters or leaves the first n is told.",
          zh: "依次为 1、2、3…… 名次变化的行会重新输出；不填则只输出进入或离开前 N 的行。",
        },
        kind: "field",
        examples: ["rank"],
      }),
    rowKey: keyParam(
      {
        en: "Rows with equal values are states of the same thing, of which the last to come counts: the key of rows that update each other. Left out: each row counts by itself.",
        zh: "值相等的行是同一事物的不同状态，以最后到达的为准：即相互更新的行的 key。不填则每行各自计算。",
      },
      ["sku_id", "user_id"],
      { en: "Row key", zh: "行 key" },
    ).optional(),
    updates: z
      .enum(["any", "better"])
      .default("any")
      .register(paramMeta, {
        title: { en: "Rows change", zh: "行如何变化" },
        description: {
          en: "For rows with a row key. In any way: all of them are kept, for any may come up. Only for the better, as counts do: only the first n are kept; a row that is deleted leaves by the error port.",
          zh: "用于有行 key 的行。任意：保留所有行，因为任何一行都可能升上来。只会更优（如计数）：只保留前 N 行；被删除的行从 error 端口流出。",
        },
        options: { any: { en: "in any way", zh: "任意" }, better: { en: "only for the better", zh: "只会更优" } },
        advanced: true,
      }),
    windowEnd: windowEndParam({
      en: "Then a window's first n are given once, for good, when the watermark has passed its end. Left out: at once, and taken back when better rows come.",
      zh: "填写后，窗口的前 N 行在水位线越过其结束时间时一次输出，不再更改。不填则立即输出，有更优的行时撤回。",
    }),
    changes: z
      .enum(["retract", "upsert"])
      .default("retract")
      .register(paramMeta, {
        title: { en: "Changes", zh: "变更" },
        description: {
          en: "How a new result says what it replaces: by the old row before it; or by its key alone, where it has one: key and rank, or the row key.",
          zh: "新结果如何表明它替换了什么：先给出旧行；或只凭其 key（若有）：key 与名次，或行 key。",
        },
        options: { retract: { en: "old row, then new row", zh: "先旧行后新行" }, upsert: { en: "new row alone", zh: "只有新行" } },
        advanced: true,
      }),
    forgetAfter: forgetAfterParam({
      en: "Processing time after a key's list last changed. Left out: never. With the window in the key, what is kept of old windows goes by this alone.",
      zh: "从某个 key 的名单最后一次变化起，经过这么久的处理时间后遗忘。不填则永不遗忘。key 中含窗口时，旧窗口的状态只靠它清除。",
    }),
  })
  .refine(({ n, firstRank }) => firstRank === 1 || (numberOf(n) ?? 0) >= firstRank, {
    path: ["firstRank"],
    params: { expected: { en: "1, or a rank up to a number of rows that is fixed", zh: "1，或不超过固定行数的名次" } },
  })
  .refine(({ n }) => numberOf(n) !== 0, {
    path: ["n"],
    params: { expected: { en: "1 or more", zh: "不小于 1" } },
  })
  .refine(({ windowEnd, rowKey }) => windowEnd === undefined || rowKey === undefined, {
    path: ["rowKey"],
    params: { expected: { en: "nothing where results come at the end of the window", zh: "在窗口结束时输出结果的情况下不填" } },
  })
  .refine(({ windowEnd, forgetAfter }) => windowEnd === undefined || forgetAfter === undefined, {
    path: ["forgetAfter"],
    params: { expected: { en: "nothing where results come at the end of the window", zh: "在窗口结束时输出结果的情况下不填" } },
  });

export type TopNParams = z.infer<typeof params>;

/** How many rows, where that is a number; undefined where rows say it. */
export function numberOf(n: unknown): number | undefined {
  return typeof n === "string" && /^\s*\d{1,15}\s*$/.test(n) ? Number(n) : undefined;
}

/** What the operator keeps and tells follows from what its input's rows may do. Flink's names are in `operator.ts`. */
export type Way = "window-end" | "first" | "best" | "growing" | "changing";

export function wayOf({ windowEnd, orderBy, rowKey, updates, n, firstRank }: TopNParams, { mode }: ChangelogMode): Way {
  if (windowEnd !== undefined) return "window-end";
  if (mode === "retract" || (rowKey !== undefined && updates === "any")) return "changing";
  if (rowKey === undefined && orderBy.length === 0) return "first";
  return numberOf(n) === 1 && firstRank === 1 ? "best" : "growing";
}

/** By what a new row replaces one that was given; undefined where only the old row itself says it. */
function resultKey(params: TopNParams, way: Way): readonly string[] | undefined {
  const { key = [], rank, rowKey, firstRank } = params;
  if (rank !== undefined) return [...key, rank];
  if (way === "best") return key;
  // Without the rank a row that moves past the first ranks is not told by its own key.
  return rowKey === undefined || firstRank > 1 ? undefined : [...new Set([...key, ...rowKey])];
}

/** What comes out may do. */
export function resultChanges(params: TopNParams, input: ChangelogMode): ChangelogMode {
  const way = wayOf(params, input);
  if (way === "window-end" || way === "first") return { mode: "append" };
  const key = params.changes === "upsert" ? resultKey(params, way) : undefined;
  return key === undefined || key.length === 0 ? { mode: "retract" } : { mode: "upsert", key };
}

export const spec = defineSpec<TopNParams>({
  type: "top-n",
  title: { en: "Top N", zh: "前 N 名" },
  summary: { en: "Keeps the first N rows of each key, by their order.", zh: "每个 key 按顺序只保留前 N 行。" },
  category: "aggregate",
  keywords: ["top", "ranking", "rank", "row_number", "limit", "best", "hot", "leaderboard", "排名", "排行榜", "热门", "名次", "最大"],
  params,
  inputs: { in: { en: "Rows to rank; they may update each other.", zh: "待排名的行，可以相互更新。" } },
  outputs: ({ windowEnd }) => ({
    out: { en: "The first rows of each key, and how they change.", zh: "每个 key 的前 N 行及其变更。" },
    ...(windowEnd !== undefined && { late: { en: "Rows whose window was over.", zh: "所属窗口已结束的行。" } }),
  }),
  sideOutputs: ["late"],
  passes: ({ windowEnd }): Readonly<Record<string, string>> => (windowEnd === undefined ? {} : { late: "in" }),
  inferSchema,
  keyBy: ({ key }): Readonly<Record<string, readonly string[]>> => (key === undefined ? {} : { in: key }),
  expressions: ({ key = [], orderBy, n, rowKey = [], windowEnd }) => [
    ...key.map((text, i) => ({ path: ["key", i], text, port: "in" })),
    ...orderExpressions(orderBy),
    ...(numberOf(n) === undefined ? [{ path: ["n"], text: n, port: "in" }] : []),
    ...rowKey.map((text, i) => ({ path: ["rowKey", i], text, port: "in" })),
    ...(windowEnd === undefined ? [] : [{ path: ["windowEnd"], text: windowEnd, port: "in" }]),
  ],
  // A row that is taken back is told by all its fields, where it has no key of its own.
  reads: ({ rowKey }, { in: input }) => ({ in: input?.mode === "retract" && rowKey === undefined ? ["*"] : [] }),
  lineage: ({ params: { rank, orderBy } }) =>
    rank === undefined ? [] : [{ port: "out", field: rank, from: orderBy.map(({ value }) => computedFrom("in", value)) }],
  accepts: ({ windowEnd }) => (windowEnd === undefined ? ["append", "upsert", "retract"] : ["append"]),
  changelog: (given, inputs): Readonly<Record<string, ChangelogMode>> => ({
    out: resultChanges(given, inputs.in ?? { mode: "append" }),
    ...(given.windowEnd !== undefined && { late: { mode: "append" } }),
  }),
  dropReasons: {
    beyond: { en: "not among the first", zh: "不在前 N 名之内" },
    unknown: { en: "takes back a row that is not there", zh: "撤回的行不存在" },
  },
  holdings: {
    rows: { en: "rows kept", zh: "保留的行" },
    windows: { en: "open windows", zh: "未结束的窗口" },
  },
  cardLine,
});

function cardLine(given: Params): string {
  const order = listParam(given, "orderBy").map(({ value, direction }) => `${value} ${direction === "ascending" ? "↑" : "↓"}`);
  const key = Array.isArray(given.key) ? ` / ${given.key.join(", ")}` : "";
  return `${given.n ?? ""}${order.length > 0 ? ` · ${order.join(", ")}` : ""}${key}`;
}

const WHOLE: readonly string[] = ["TINYINT", "SMALLINT", "INT", "BIGINT"];
const RANK: DataType = { type: "BIGINT", nullable: false };

function inferSchema(context: InferContext<TopNParams>): Record<string, Schema> {
  const { params: given, inputs, changelogs, typeOf, problem } = context;
  const input = inputs.in;
  if (!input) return {};
  checkOrder(given.orderBy, context);
  if (numberOf(given.n) === undefined) {
    const type = typeOf(given.n, "in");
    if (type && !WHOLE.includes(type.type)) problem(wrongType(given.n, "a whole number", type, ["n"]));
  }
  if (given.windowEnd !== undefined) windowEndProblem(given.windowEnd, context);
  if (changelogs.in?.mode === "upsert") checkRowKey(given, changelogs.in.key, problem);
  const out = given.rank === undefined ? input : addField(input, given.rank, RANK, ["rank"], problem);
  return given.windowEnd === undefined ? { out } : { out, late: input };
}

/** Rows that update each other by a key are told apart by it, and do not move from one list to another. */
function checkRowKey(
  { key = [], rowKey = [] }: TopNParams,
  updated: readonly string[],
  problem: InferContext<TopNParams>["problem"],
): void {
  const missing = updated.find((text) => !rowKey.includes(text) && !key.includes(text));
  if (missing !== undefined || rowKey.length === 0)
    problem(
      words(
        ["rowKey"],
        `the rows that come in update each other by ${updated.map(quote).join(", ")}. Give the row key, with all of these that are not in the key.`,
        `输入的行按 ${updated.map(quote).join("、")} 相互更新。请填写行 key，包含其中不在 key 里的所有项。`,
      ),
    );
  const moving = key.findIndex((text) => !updated.includes(text));
  if (moving !== -1)
    problem(
      words(
        ["key", moving],
        `the rows that come in update each other by ${updated.map(quote).join(", ")}, and ${quote(key[moving] as string)} is not among it: a row that changes it would stay in its old list too. Let them come with their old rows (retract), or take it out of the key.`,
        `输入的行按 ${updated.map(quote).join("、")} 相互更新，其中没有 ${quote(key[moving] as string)}：该值变化的行会同时留在旧名单中。请让输入带有旧行（retract），或从 key 中去掉它。`,
      ),
    );
}
