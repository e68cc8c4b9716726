import { defineSpec, duration, type InferContext, type Params, paramMeta, toMillis, type Words } from "@millrace/engine/node";
import type { ChangelogMode, DataType, RowShape, Schema } from "@millrace/engine/schema";
import { z } from "zod";
import { addField, duplicateField, quote, words } from "../field-types.ts";
import { listParam, namedAggregates, namedExpressions, signedDuration, signedMillis } from "../params.ts";

/** Windows that one row may be in: each of them is told of it. */
const MOST_WINDOWS = 10_000;

const aboveZero = () => duration().refine((text) => toMillis(text) > 0);

const size = (title: Words, description: Words, examples: readonly string[]) =>
  aboveZero().register(paramMeta, { title, description, kind: "duration", examples });

const offset = () =>
  signedDuration()
    .optional()
    .register(paramMeta, {
      title: { en: "Offset", zh: "偏移量" },
      description: {
        en: "Windows begin so much later (or, with a minus, earlier) than at whole multiples on the clock of the pipeline's time zone.",
        zh: "窗口起点相对于流水线时区时钟上整倍数时刻的偏移量，可为负。",
      },
      kind: "text",
      examples: ["-15 min", "2 s"],
      advanced: true,
    });

const tumbling = z
  .strictObject({
    kind: z.literal("tumbling").register(paramMeta, {
      title: { en: "Tumbling", zh: "滚动" },
      description: { en: "One after another; each row is in one.", zh: "首尾相接，每行只属于一个窗口。" },
    }),
    size: size({ en: "Size", zh: "大小" }, { en: "How long a window is.", zh: "窗口的长度。" }, ["10 s", "1 d"]),
    offset: offset(),
  })
  .refine(({ size, offset = "0 s" }) => isWithin(offset, size), outOfBounds(["offset"], "the size", "大小"))
  .register(paramMeta, {
    title: { en: "Tumbling", zh: "滚动" },
    description: { en: "One after another; each row is in one.", zh: "首尾相接，每行只属于一个窗口。" },
  });

const sliding = z
  .strictObject({
    kind: z.literal("sliding").register(paramMeta, {
      title: { en: "Sliding", zh: "滑动" },
      description: {
        en: "A new one begins every so often; a row is in all that it falls into.",
        zh: "每隔一段时间开始一个新窗口，一行属于覆盖它的所有窗口。",
      },
    }),
    size: size({ en: "Size", zh: "大小" }, { en: "How long a window is.", zh: "窗口的长度。" }, ["1 h", "10 min"]),
    every: size({ en: "Every", zh: "步长" }, { en: "How often one begins.", zh: "每隔多久开始一个。" }, ["1 min", "30 s"]),
    offset: offset(),
  })
  .refine(({ every, offset = "0 s" }) => isWithin(offset, every), outOfBounds(["offset"], "the step", "步长"))
  .refine(({ size, every }) => toMillis(size) / toMillis(every) <= MOST_WINDOWS, tooMany(["every"]))
  .register(paramMeta, {
    title: { en: "Sliding", zh: "滑动" },
    description: {
      en: "A new one begins every so often; a row is in all that it falls into.",
      zh: "每隔一段时间开始一个新窗口，一行属于覆盖它的所有窗口。",
    },
  });

const cumulating = z
  .strictObject({
    kind: z.literal("cumulating").register(paramMeta, {
      title: { en: "Cumulating", zh: "累积" },
      description: {
        en: "All begin together and each ends a step later, up to the size: the day so far, every hour.",
        zh: "起点相同，终点逐步后移，直到最大长度：例如每小时的当日累计。",
      },
    }),
    size: size({ en: "Size", zh: "最大长度" }, { en: "How long the longest is.", zh: "最长窗口的长度。" }, ["1 d"]),
    step: size({ en: "Step", zh: "步长" }, { en: "How much later the next one ends.", zh: "相邻窗口终点的间隔。" }, ["1 h", "10 min"]),
    offset: offset(),
  })
  .refine(({ size, offset = "0 s" }) => isWithin(offset, size), outOfBounds(["offset"], "the size", "大小"))
  .refine(({ size, step }) => toMillis(size) % toMillis(step) === 0, {
    path: ["step"],
    params: { expected: { en: "a length of time of which the size is a whole multiple", zh: "能整除最大长度的时长" } },
  })
  .refine(({ size, step }) => toMillis(size) / toMillis(step) <= MOST_WINDOWS, tooMany(["step"]))
  .register(paramMeta, {
    title: { en: "Cumulating", zh: "累积" },
    description: {
      en: "All begin together and each ends a step later, up to the size: the day so far, every hour.",
      zh: "起点相同，终点逐步后移，直到最大长度：例如每小时的当日累计。",
    },
  });

const session = z
  .strictObject({
    kind: z.literal("session").register(paramMeta, {
      title: { en: "Session", zh: "会话" },
      description: { en: "Rows that follow each other within the gap.", zh: "间隔不超过给定时长的连续数据。" },
    }),
    gap: size(
      { en: "Gap", zh: "间隔" },
      { en: "A row that comes later than so after the last one begins another session.", zh: "距上一行超过该时长的行开始新的会话。" },
      ["30 min", "10 s"],
    ),
  })
  .register(paramMeta, {
    title: { en: "Session", zh: "会话" },
    description: { en: "Rows that follow each other within the gap.", zh: "间隔不超过给定时长的连续数据。" },
  });

const params = z
  .strictObject({
    key: namedExpressions()
      .default([])
      .register(paramMeta, {
        title: { en: "Key", zh: "分组" },
        description: {
          en: "Rows with equal values are counted together; NULL is a value like others. The values are fields of the result. Left out: all rows together, in one subtask.",
          zh: "值相等的行归为一组，NULL 也是一种值；这些值是结果的字段。不填则所有行为一组，由一个子任务处理。",
        },
      }),
    window: z.discriminatedUnion("kind", [tumbling, sliding, cumulating, session]).register(paramMeta, {
      title: { en: "Window", zh: "窗口" },
      description: { en: "Which rows belong together in time.", zh: "哪些行在时间上属于一起。" },
    }),
    time: z
      .enum(["event", "processing"])
      .default("event")
      .register(paramMeta, {
        title: { en: "Time", zh: "时间" },
        description: {
          en: "When a row happened, or when it arrives here.",
          zh: "按行发生的时间，或按到达这里的时间。",
        },
        options: { event: { en: "event time", zh: "事件时间" }, processing: { en: "processing time", zh: "处理时间" } },
      }),
    fields: namedAggregates(),
    lateness: aboveZero()
      .optional()
      .register(paramMeta, {
        title: { en: "Allowed lateness", zh: "允许迟到" },
        description: {
          en: "How long after its end a window still takes rows; each gives its result anew. Left out: not at all.",
          zh: "窗口结束后还接收多久的迟到数据，每行都会再次输出结果。不填则不接收。",
        },
        kind: "duration",
        examples: ["1 min", "2 h"],
      }),
    early: aboveZero()
      .optional()
      .register(paramMeta, {
        title: { en: "Early results every", zh: "提前输出间隔" },
        description: {
          en: "Gives the result so far before the window ends: again and again after so much time. Left out: only at the end.",
          zh: "窗口结束之前每隔这么久输出一次当前结果。不填则只在结束时输出。",
        },
        kind: "duration",
        examples: ["10 s", "1 min"],
      }),
    rules: z
      .enum(["stream", "tvf", "group-window"])
      .default("stream")
      .register(paramMeta, {
        title: { en: "Rules", zh: "规则" },
        description: {
          en: "As Flink's DataStream, as SQL's windowing table functions (nothing is late but what belongs to no window that is still open; late rows are dropped), or as SQL's older group windows (results that change are taken back by -U before +U).",
          zh: "Flink DataStream 的规则；SQL 窗口表值函数的规则（只丢弃所属窗口全部结束的行）；或 SQL 旧式分组窗口的规则（结果变化时先发 -U 撤回，再发 +U）。",
        },
        options: {
          stream: { en: "DataStream", zh: "DataStream" },
          tvf: { en: "SQL, windowing table functions", zh: "SQL 窗口表值函数" },
          "group-window": { en: "SQL, group windows", zh: "SQL 分组窗口" },
        },
        advanced: true,
      }),
  })
  .refine(({ rules, lateness }) => rules !== "tvf" || lateness === undefined, {
    path: ["lateness"],
    params: { expected: { en: "nothing, as windowing table functions allow no lateness", zh: "不填：窗口表值函数不允许迟到" } },
  })
  .refine(({ rules, early }) => rules !== "tvf" || early === undefined, {
    path: ["early"],
    params: { expected: { en: "nothing, as windowing table functions give no early results", zh: "不填：窗口表值函数不提前输出" } },
  })
  .refine(({ time, lateness }) => time === "event" || lateness === undefined, {
    path: ["lateness"],
    params: { expected: { en: "nothing, as no row is late in processing time", zh: "不填：处理时间没有迟到" } },
  })
  .refine(
    ({ rules, window, lateness, early }) => rules !== "group-window" || window.kind !== "session" || (lateness ?? early) === undefined,
    {
      path: ["window"],
      params: {
        expected: {
          en: "no sessions where group windows allow lateness or give early results",
          zh: "分组窗口有允许迟到或提前输出时不能是会话窗口",
        },
      },
    },
  )
  .refine(({ rules, window }) => rules !== "tvf" || window.kind !== "sliding" || toMillis(window.size) % toMillis(window.every) === 0, {
    path: ["window", "every"],
    params: {
      expected: { en: "a length of time of which the size is a whole multiple, as HOP wants it", zh: "能整除窗口大小的时长（HOP 的要求）" },
    },
  });

export type WindowParams = z.infer<typeof params>;

/** What expressions over a window may name beside the key's fields and aggregates. */
const BOUNDS: readonly { readonly name: string; readonly dataType: DataType }[] = [
  { name: "window_start", dataType: { type: "TIMESTAMP", precision: 3, nullable: false } },
  { name: "window_end", dataType: { type: "TIMESTAMP", precision: 3, nullable: false } },
  { name: "window_time", dataType: { type: "TIMESTAMP_LTZ", precision: 3, nullable: false } },
];

export const spec = defineSpec<WindowParams>({
  type: "window",
  title: { en: "Window", zh: "开窗" },
  summary: { en: "Aggregates rows by key over windows of time.", zh: "按 key 在时间窗口内聚合。" },
  category: "aggregate",
  keywords: [
    "tumble",
    "tumbling",
    "hop",
    "sliding",
    "cumulate",
    "session",
    "aggregate",
    "group by",
    "count",
    "sum",
    "average",
    "PV",
    "UV",
    "滚动窗口",
    "滑动窗口",
    "累积窗口",
    "会话窗口",
    "窗口聚合",
    "分组",
    "聚合",
    "统计",
    "求和",
    "访客统计",
  ],
  params,
  inputs: { in: { en: "Rows to aggregate.", zh: "待聚合的行。" } },
  outputs,
  sideOutputs: ["late"],
  rows: "new",
  passes: (params): Readonly<Record<string, string>> => (hasLatePort(params) ? { late: "in" } : {}),
  keyBy: ({ key }): Readonly<Record<string, readonly string[]>> => (key.length === 0 ? {} : { in: key.map(({ value }) => value) }),
  groups: groupOf,
  inferSchema,
  expressions: ({ key, fields }) => [
    ...key.map(({ value }, i) => ({ path: ["key", i, "value"], text: value, port: "in" })),
    ...fields.map(({ value }, i) => ({ path: ["fields", i, "value"], text: value, port: "in", over: "groups" as const })),
  ],
  lineage: ({ params: { key, fields } }) => [
    ...key.map(({ name, value }) => ({ port: "out", field: name, from: [{ port: "in", text: value }] })),
    ...fields.map(({ name, value }) => ({ port: "out", field: name, from: [{ port: "in", text: value, over: "groups" as const }] })),
  ],
  changelog: (params): Readonly<Record<string, ChangelogMode>> => ({
    out: isUpdating(params) ? { mode: "retract" } : { mode: "append" },
    ...(hasLatePort(params) && { late: { mode: "append" } }),
  }),
  dropReasons: {
    late: { en: "late: all its windows were over", zh: "迟到：所属窗口均已结束" },
    between: { en: "between two windows", zh: "位于窗口之间的空隙" },
  },
  holdings: { "open windows": { en: "open windows", zh: "未结束的窗口" } },
  gives: { en: "the next window closes", zh: "下一个窗口关闭" },
  cardLine: (params) =>
    `${windowText(params.window)} / ${listParam(params, "key")
      .map(({ name }) => String(name))
      .join(", ")}`,
});

/** Results that change are taken back. */
export function isUpdating({ rules, lateness, early }: WindowParams): boolean {
  return rules === "group-window" && (lateness ?? early) !== undefined;
}

export function hasLatePort({ rules, time }: { readonly rules?: unknown; readonly time?: unknown }): boolean {
  return (rules ?? "stream") === "stream" && time !== "processing";
}

function outputs(params: Params): Record<string, Words> {
  return {
    out: { en: "One row for each key and window.", zh: "每个 key、每个窗口一行。" },
    ...(hasLatePort(params) && {
      late: { en: "Rows that came after all their windows were over, as they were.", zh: "所属窗口均已结束后才到达的行，保持原样。" },
    }),
  };
}

function windowText(window: unknown): string {
  const { kind, size, every, step, gap } = (window ?? {}) as Readonly<Record<string, unknown>>;
  return [kind, size ?? gap, every ?? step].filter((part) => part !== undefined).join(" ");
}

/** The key's fields and the window's bounds. */
function groupOf({ params: { key }, typeOf }: Pick<InferContext<WindowParams>, "params" | "typeOf">): Schema | undefined {
  let fields: RowShape["fields"] = [];
  for (const { name, value } of key) {
    const dataType = typeOf(value, "in");
    if (!dataType) return undefined;
    fields = [...fields, { name, dataType }];
  }
  return { type: "ROW", fields: [...fields, ...BOUNDS] };
}

function inferSchema({ params, inputs, typeOf, typeOverGroups, problem }: InferContext<WindowParams>): Record<string, Schema> {
  const input = inputs.in;
  if (!input) return {};
  const taken = new Set(BOUNDS.map(({ name }) => name));
  let out: Schema = { type: "ROW", fields: [] };
  const add = (name: string, dataType: DataType | undefined, path: readonly (string | number)[]) => {
    if (!dataType) return;
    if (dataType.type === "NULL")
      return problem(
        words(
          path,
          "the value is NULL of no type. Say which: CAST(NULL AS STRING).",
          "该值是没有类型的 NULL。请写明类型：CAST(NULL AS STRING)。",
        ),
      );
    out = addField(out, name, dataType, path, problem);
  };
  for (const [i, { name, value }] of params.key.entries()) {
    if (name.includes("."))
      problem(
        words(
          ["key", i, "name"],
          `${quote(name)} has a dot: a key's name is one word. Nest it among the fields.`,
          `${quote(name)} 含有点号：分组字段名应是一个词。请在字段列表中嵌套。`,
        ),
      );
    else if (taken.has(name)) problem(duplicateField(name, ["key", i, "name"]));
    taken.add(name);
    add(name, typeOf(value, "in"), ["key", i, "name"]);
  }
  const named = new Set(params.key.map(({ name }) => name));
  for (const [i, { name, value }] of params.fields.entries()) {
    if (named.has(name)) problem(duplicateField(name, ["fields", i, "name"]));
    named.add(name);
    add(name, typeOverGroups(value, "in"), ["fields", i, "name"]);
  }
  return hasLatePort(params) ? { out, late: input } : { out };
}

function isWithin(offset: string, size: string): boolean {
  return Math.abs(signedMillis(offset)) < toMillis(size);
}

function outOfBounds(path: (string | number)[], en: string, zh: string) {
  return { path, params: { expected: { en: `a distance in time that is shorter than ${en}`, zh: `短于${zh}的时间差` } } };
}

function tooMany(path: (string | number)[]) {
  return {
    path,
    params: {
      expected: {
        en: `a longer time, as a row would be in more than ${MOST_WINDOWS.toLocaleString("en")} windows`,
        zh: `更长的时间：一行会属于超过 ${MOST_WINDOWS} 个窗口`,
      },
    },
  };
}
