/** The params of a pattern, as people write them. */
import { condition, duration, expression, paramMeta, toMillis, type Words } from "@millrace/engine/node";
import { z } from "zod";
import { keyParam, namedExpressions } from "../params.ts";

const MOST_STEPS = 20;
const MOST_TIMES = 1_000;

/** A schema with its words; also one variant of several. */
function variant<T extends z.ZodType>(schema: T, title: Words, description: Words): T {
  paramMeta.add(schema, { title, description });
  return schema;
}

/** The discriminator of a variant: it has the variant's words. */
const tag = <T extends string>(value: T, title: Words, description: Words) => variant(z.literal(value), title, description);

const longerThanNothing = () => duration().refine((text) => toMillis(text) > 0);

const ONCE: Words = { en: "Once", zh: "一次" };
const TIMES: Words = { en: "A number of times", zh: "指定次数" };
const OR_MORE: Words = { en: "So many times or more", zh: "至少若干次" };

const between = z
  .enum(["relaxed", "strict", "any"])
  .default("relaxed")
  .register(paramMeta, {
    title: { en: "Between its rows", zh: "各次之间" },
    description: {
      en: "What may lie between two rows of this step: rows that do not match, nothing (consecutive), or any row, so that all combinations count.",
      zh: "该步骤的两行之间可以有：不匹配的行；什么都没有（consecutive）；或任意行，从而匹配所有组合（allowCombinations）。",
    },
    options: {
      relaxed: { en: "rows that do not match", zh: "不匹配的行" },
      strict: { en: "nothing: consecutive", zh: "无：必须连续" },
      any: { en: "any row: all combinations", zh: "任意行：所有组合" },
    },
  });

const greedy = z
  .boolean()
  .default(false)
  .register(paramMeta, {
    title: { en: "Greedy", zh: "贪婪" },
    description: {
      en: "A row that this step could take is not taken by the next one.",
      zh: "该步骤能匹配的行，不会被下一步匹配。",
    },
  });

const repeatGap = longerThanNothing()
  .optional()
  .register(paramMeta, {
    title: { en: "Within, from one to the next", zh: "相邻两次的时限" },
    description: {
      en: "Longest time between two of its rows; exactly as long is too long.",
      zh: "该步骤相邻两行的最长间隔；恰好等于该值即超时。",
    },
    kind: "duration",
    examples: ["3 s"],
    advanced: true,
  });

const until = condition()
  .optional()
  .register(paramMeta, {
    title: { en: "Until", zh: "直到" },
    description: {
      en: "A row that fulfils it ends the repetition, and is not taken.",
      zh: "满足该条件的行会结束重复，且不被匹配。",
    },
    kind: "condition",
    examples: ["page.page_id = 'payment'"],
  });

const least = (min: number, fallback: number) =>
  z
    .int()
    .min(min)
    .max(MOST_TIMES)
    .default(fallback)
    .register(paramMeta, {
      title: { en: "At least", zh: "最少" },
      description: { en: "How many rows it needs.", zh: "至少需要多少行。" },
      examples: ["2"],
    });

const most = z
  .int()
  .min(1)
  .max(MOST_TIMES)
  .optional()
  .register(paramMeta, {
    title: { en: "At most", zh: "最多" },
    description: { en: "Left out: exactly the number above.", zh: "不填则恰好为上面的次数。" },
    examples: ["3"],
  });

const once = variant(z.strictObject({ do: tag("once", ONCE, { en: "One row.", zh: "一行。" }) }), ONCE, { en: "One row.", zh: "一行。" });
const timesWords: Words = { en: "So many rows, or a range.", zh: "固定次数或一个范围。" };
const timesMembers = { do: tag("times", TIMES, timesWords), least: least(0, 2), most, between };
const orMoreWords: Words = { en: "Any number of rows from that on.", zh: "从该次数起任意多行。" };
const orMoreMembers = { do: tag("or-more", OR_MORE, orMoreWords), least: least(1, 1), between };

const repeatWords = {
  title: { en: "How often", zh: "次数" },
  description: { en: "How many rows in a row of matches the step takes.", zh: "该步骤匹配多少行。" },
};

const repeat = z
  .discriminatedUnion("do", [
    once,
    variant(z.strictObject({ ...timesMembers, greedy, gap: repeatGap }), TIMES, timesWords),
    variant(z.strictObject({ ...orMoreMembers, greedy, until, gap: repeatGap }), OR_MORE, orMoreWords),
  ])
  .default({ do: "once" })
  .register(paramMeta, repeatWords);

/** A group cannot be greedy. */
const groupRepeat = z
  .discriminatedUnion("do", [
    once,
    variant(z.strictObject({ ...timesMembers, gap: repeatGap }), TIMES, timesWords),
    variant(z.strictObject({ ...orMoreMembers, until, gap: repeatGap }), OR_MORE, orMoreWords),
  ])
  .default({ do: "once" })
  .register(paramMeta, repeatWords);

const follows = z
  .enum(["next", "followed-by", "followed-by-any"])
  .default("next")
  .register(paramMeta, {
    title: { en: "Follows", zh: "衔接" },
    description: {
      en: "How it follows the step before: as the very next row; later, past rows that do not match; or later, past any rows, so that each row that matches counts. Of the first step it says nothing.",
      zh: "如何衔接上一步：紧接着的下一行（next）；之后，跳过不匹配的行（followedBy）；或之后，跳过任意行，每个匹配的行都算（followedByAny）。对第一步无意义。",
    },
    options: {
      next: { en: "directly (strict)", zh: "紧接着（严格）" },
      "followed-by": { en: "later (relaxed)", zh: "之后（宽松）" },
      "followed-by-any": { en: "later, each that matches (any)", zh: "之后每个匹配（任意）" },
    },
  });

const optional = z
  .boolean()
  .default(false)
  .register(paramMeta, {
    title: { en: "May be missing", zh: "可缺省" },
    description: { en: "A match may do without it.", zh: "匹配中可以没有该步骤。" },
  });

const name = z
  .string()
  .min(1)
  .max(100)
  .register(paramMeta, {
    title: { en: "Name", zh: "名称" },
    description: {
      en: "By which expressions speak of its rows: entry.ts, COUNT(entry).",
      zh: "表达式用它引用该步骤的行：entry.ts、COUNT(entry)。",
    },
    examples: ["entry"],
  });

const where = condition()
  .optional()
  .register(paramMeta, {
    title: { en: "Where", zh: "条件" },
    description: {
      en: "A row that fulfils it matches. It may look at rows matched before: amount > 2 * first.amount, COUNT(more) < 5. Left out: any row.",
      zh: "满足条件的行匹配。可以引用之前匹配的行：amount > 2 * first.amount、COUNT(more) < 5。不填则任意行。",
    },
    kind: "condition",
    examples: ["page.last_page_id IS NULL", "SUM0(more.amount) + amount < 100"],
  });

const gap = longerThanNothing()
  .optional()
  .register(paramMeta, {
    title: { en: "Within, from the row before", zh: "距上一行的时限" },
    description: {
      en: "Longest time since the row matched before; exactly as long is too long. It is looked at when a row of the key comes.",
      zh: "距上一个匹配行的最长时间；恰好等于该值即超时。在该 key 有行到来时检查。",
    },
    kind: "duration",
    examples: ["10 s"],
    advanced: true,
  });

const rowWords: Words = { en: "A row", zh: "一行" };
const rowHelp: Words = { en: "A row that fulfils a condition, or several.", zh: "满足条件的一行或多行。" };
const rowStep = variant(
  z.strictObject({ is: tag("row", rowWords, rowHelp), name, follows, where, repeat, optional, gap }),
  rowWords,
  rowHelp,
);

const noneWords: Words = { en: "No such row", zh: "没有这样的行" };
const noneHelp: Words = {
  en: "A row that must not come. As the last step it makes a match when the time is over and none came.",
  zh: "不得出现的行。作为最后一步时，时限到而未出现即为匹配。",
};
const noneStep = variant(
  z.strictObject({
    is: tag("none", noneWords, noneHelp),
    name,
    follows: z
      .enum(["next", "followed-by"])
      .default("followed-by")
      .register(paramMeta, {
        title: { en: "Must not come", zh: "不得出现于" },
        description: {
          en: "As the very next row; or at all until the next step matches, or, as the last step, until the time is over.",
          zh: "紧接着的下一行（notNext）；或直到下一步匹配之前，作为最后一步时则直到时限结束（notFollowedBy）。",
        },
        options: {
          next: { en: "directly", zh: "紧接着" },
          "followed-by": { en: "until the next step or the end", zh: "直到下一步或结束" },
        },
      }),
    where,
    gap,
  }),
  noneWords,
  noneHelp,
);

const groupWords: Words = { en: "A group of steps", zh: "一组步骤" };
const groupHelp: Words = { en: "Steps that are repeated, or may be missing, together.", zh: "一起重复或一起缺省的步骤。" };

interface GroupStep {
  is: "group";
  follows: z.infer<typeof follows>;
  steps: Step[];
  repeat: z.infer<typeof groupRepeat>;
  optional: boolean;
}
type RowStep = z.infer<typeof rowStep>;
type NoneStep = z.infer<typeof noneStep>;
export type Step = RowStep | NoneStep | GroupStep;

const stepsWords = {
  title: { en: "Steps", zh: "步骤" },
  description: { en: "What is looked for, one after the other.", zh: "依次寻找的内容。" },
};

const groupSteps: z.ZodType<Step[]> = z.lazy(() => steps);

const groupStep = variant(
  z.strictObject({
    is: tag("group", groupWords, groupHelp),
    follows,
    steps: groupSteps.register(paramMeta, stepsWords),
    repeat: groupRepeat,
    optional,
  }),
  groupWords,
  groupHelp,
);

const steps = z
  .array(z.discriminatedUnion("is", [rowStep, noneStep, groupStep]))
  .min(1)
  .max(MOST_STEPS)
  .register(paramMeta, stepsWords);

const target = (title: Words) =>
  z
    .string()
    .min(1)
    .register(paramMeta, { title, description: { en: "One of the steps.", zh: "步骤之一。" }, examples: ["entry"] });
const missing = z
  .enum(["pass-on", "error"])
  .default("pass-on")
  .register(paramMeta, {
    title: { en: "Matches without it", zh: "没有该步骤的匹配" },
    description: {
      en: "What becomes of a match that has no such row, or begins with it: it skips nothing, or its last row leaves by the error port.",
      zh: "匹配中没有该行或以该行开头时：不跳过任何匹配，或其最后一行从 error 端口流出。",
    },
    options: { "pass-on": { en: "skip nothing", zh: "不跳过" }, error: { en: "to the error port", zh: "流向 error 端口" } },
    advanced: true,
  });

const SKIPS = {
  none: [
    { en: "Nothing", zh: "不跳过" },
    { en: "Every match counts.", zh: "所有匹配都算。" },
  ],
  next: [
    { en: "Matches that begin with the same row", zh: "同一起始行的匹配" },
    { en: "One match for each first row.", zh: "每个起始行只有一个匹配。" },
  ],
  "past-last": [
    { en: "Matches that begin before it ends", zh: "在其结束前开始的匹配" },
    { en: "The next match begins behind its last row.", zh: "下一个匹配从其最后一行之后开始。" },
  ],
  first: [
    { en: "Matches that begin before the first row of a step", zh: "在某步骤首行之前开始的匹配" },
    { en: "The next match begins with that row or later.", zh: "下一个匹配从该行或之后开始。" },
  ],
  last: [
    { en: "Matches that begin before the last row of a step", zh: "在某步骤末行之前开始的匹配" },
    { en: "The next match begins with that row or later.", zh: "下一个匹配从该行或之后开始。" },
  ],
} as const satisfies Record<string, readonly [Words, Words]>;

const skip = z
  .discriminatedUnion("to", [
    variant(z.strictObject({ to: tag("none", ...SKIPS.none) }), ...SKIPS.none),
    variant(z.strictObject({ to: tag("next", ...SKIPS.next) }), ...SKIPS.next),
    variant(z.strictObject({ to: tag("past-last", ...SKIPS["past-last"]) }), ...SKIPS["past-last"]),
    variant(z.strictObject({ to: tag("first", ...SKIPS.first), step: target({ en: "Step", zh: "步骤" }), missing }), ...SKIPS.first),
    variant(z.strictObject({ to: tag("last", ...SKIPS.last), step: target({ en: "Step", zh: "步骤" }), missing }), ...SKIPS.last),
  ])
  .default({ to: "none" })
  .register(paramMeta, {
    title: { en: "After a match, give up", zh: "匹配后放弃" },
    description: {
      en: "Which other matches of the key no longer count. A match is then held back until no other that began before it can still be completed.",
      zh: "同一 key 的哪些其他匹配不再算数。此时匹配会一直保留，直到没有更早开始且仍可能完成的匹配。",
    },
  });

const ROW_OUTPUT: Words = { en: "A matched row", zh: "匹配的某一行" };
const rowOutputHelp: Words = { en: "One row of the match, unchanged.", zh: "匹配中的一行，原样输出。" };
const FIELDS_OUTPUT: Words = { en: "Computed fields", zh: "计算字段" };
const fieldsOutputHelp: Words = { en: "A new row, computed over the matched rows.", zh: "由匹配的行计算出的新行。" };

const output = z
  .discriminatedUnion("do", [
    variant(
      z.strictObject({
        do: tag("row", ROW_OUTPUT, rowOutputHelp),
        step: z
          .string()
          .min(1)
          .optional()
          .register(paramMeta, {
            title: { en: "Step", zh: "步骤" },
            description: {
              en: "The last row of this step; where it has none, and when left out, the first row of all.",
              zh: "该步骤的最后一行；没有时或不填时为整个匹配的第一行。",
            },
            examples: ["entry"],
          }),
      }),
      ROW_OUTPUT,
      rowOutputHelp,
    ),
    variant(
      z.strictObject({
        do: tag("fields", FIELDS_OUTPUT, fieldsOutputHelp),
        fields: namedExpressions()
          .min(1)
          .register(paramMeta, {
            title: { en: "Fields", zh: "字段" },
            description: {
              en: "Over the matched rows: entry.ts and LAST(entry.ts), FIRST(more.amount), COUNT(more), SUM(more.amount). A step without rows gives NULL, and 0 for counts.",
              zh: "基于匹配的行：entry.ts 与 LAST(entry.ts)、FIRST(more.amount)、COUNT(more)、SUM(more.amount)。没有行的步骤为 NULL，计数为 0。",
            },
          }),
      }),
      FIELDS_OUTPUT,
      fieldsOutputHelp,
    ),
  ])
  .default({ do: "row" })
  .register(paramMeta, {
    title: { en: "Result", zh: "结果" },
    description: {
      en: "What leaves for each match, and for each partial match whose time is over.",
      zh: "每个匹配以及每个超时的部分匹配输出什么。",
    },
  });

export const params = z.strictObject({
  key: keyParam(
    {
      en: "Each key's rows are matched by themselves. Left out: all rows together, in one subtask.",
      zh: "各 key 的行分别匹配。不填则所有行一起匹配，只用一个子任务。",
    },
    ["common.mid"],
  ).optional(),
  steps,
  within: longerThanNothing()
    .optional()
    .register(paramMeta, {
      title: { en: "Within", zh: "时限" },
      description: {
        en: "Longest time from the first row of a match to its last; exactly as long is too long. Partial matches that take longer leave by timeout.",
        zh: "从匹配的第一行到最后一行的最长时间；恰好等于该值即超时。超时的部分匹配从 timeout 端口流出。",
      },
      kind: "duration",
      examples: ["10 s"],
    }),
  output,
  skip,
  time: z
    .enum(["event", "processing"])
    .default("event")
    .register(paramMeta, {
      title: { en: "Time", zh: "时间" },
      description: {
        en: "Rows wait until the watermark has passed them and are matched in the order of their times; or they are matched as they arrive.",
        zh: "行等到水位线越过后按时间顺序匹配；或按到达顺序立即匹配。",
      },
      options: { event: { en: "event time", zh: "事件时间" }, processing: { en: "processing time", zh: "处理时间" } },
      advanced: true,
    }),
  order: z
    .array(
      expression().register(paramMeta, {
        title: { en: "Order of equal times", zh: "同一时间的顺序" },
        description: {
          en: "An expression over the row; smaller values come first, NULL before all.",
          zh: "基于行的表达式；小的在前，NULL 最前。",
        },
        kind: "expression",
        examples: ["seq"],
      }),
    )
    .max(5)
    .optional()
    .register(paramMeta, {
      title: { en: "Order of equal times", zh: "同一时间的顺序" },
      description: {
        en: "In which order rows of one time are matched. Left out: as they arrive.",
        zh: "时间相同的行按什么顺序匹配。不填则按到达顺序。",
      },
      advanced: true,
    }),
  limit: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(10_000)
    .register(paramMeta, {
      title: { en: "Most partial matches of a key", zh: "每个 key 的部分匹配上限" },
      description: {
        en: "As many partial matches, and as many matched rows, may be held for one key. A row that would exceed it leaves by the error port.",
        zh: "一个 key 最多保留这么多部分匹配和匹配的行。会超出上限的行从 error 端口流出。",
      },
      advanced: true,
    }),
});

export type PatternParams = z.infer<typeof params>;
