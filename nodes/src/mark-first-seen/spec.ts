import { formatType } from "@millrace/engine/expression";
import { condition, defineSpec, expression, field, type InferContext, type Params, paramMeta, type Words } from "@millrace/engine/node";
import type { DataType, Schema } from "@millrace/engine/schema";
import { z } from "zod";
import { addField, fieldType, fits, isOrdered, nullable, quote, words } from "../field-types.ts";
import { forgetAfterParam, keyParam } from "../params.ts";

const set = z
  .strictObject({
    do: z.literal("set").register(paramMeta, {
      title: { en: "Set a field", zh: "设置字段" },
      description: { en: "All rows go on; a field says which they are.", zh: "所有行继续流动，用一个字段标明。" },
    }),
    field: field().register(paramMeta, {
      title: { en: "Field", zh: "字段" },
      description: {
        en: "Set on the rows for which the condition holds; added if the row has none.",
        zh: "对满足条件的行设置该字段；没有则添加。",
      },
      kind: "field",
      examples: ["common.is_new"],
    }),
    first: expression()
      .optional()
      .register(paramMeta, {
        title: { en: "Value when first", zh: "首次时的值" },
        description: { en: "Left out: the field stays as it is.", zh: "不填则保持原值。" },
        kind: "expression",
        examples: ["TRUE"],
      }),
    repeat: expression()
      .optional()
      .register(paramMeta, {
        title: { en: "Value when seen before", zh: "非首次时的值" },
        description: { en: "Left out: the field stays as it is.", zh: "不填则保持原值。" },
        kind: "expression",
        examples: ["'0'", "FALSE"],
      }),
  })
  .refine(({ first, repeat }) => first !== undefined || repeat !== undefined, {
    path: ["repeat"],
    params: { expected: { en: "a value for first rows, for repeated ones, or both", zh: "首次的值、非首次的值，或两者" } },
  })
  .register(paramMeta, {
    title: { en: "Set a field", zh: "设置字段" },
    description: { en: "All rows go on; a field says which they are.", zh: "所有行继续流动，用一个字段标明。" },
  });

const drop = z
  .strictObject({
    do: z.literal("drop").register(paramMeta, {
      title: { en: "Drop repeats", zh: "丢弃重复" },
      description: { en: "Rows seen before are dropped and counted.", zh: "非首次的行丢弃并计数。" },
    }),
  })
  .register(paramMeta, {
    title: { en: "Drop repeats", zh: "丢弃重复" },
    description: { en: "Rows seen before are dropped and counted.", zh: "非首次的行丢弃并计数。" },
  });

const split = z
  .strictObject({
    do: z.literal("split").register(paramMeta, {
      title: { en: "Two outputs", zh: "两个输出" },
      description: { en: "Rows seen before leave by the port repeat.", zh: "非首次的行从 repeat 端口流出。" },
    }),
  })
  .register(paramMeta, {
    title: { en: "Two outputs", zh: "两个输出" },
    description: { en: "Rows seen before leave by the port repeat.", zh: "非首次的行从 repeat 端口流出。" },
  });

const params = z.strictObject({
  key: keyParam(
    {
      en: "Whose first sight it is: a device, a user. A row without it leaves by the error port.",
      zh: "按什么判断首次：设备、用户等。没有 key 的行从 error 端口流出。",
    },
    ["common.mid"],
  ),
  when: condition()
    .optional()
    .register(paramMeta, {
      title: { en: "Only rows where", zh: "只判断满足条件的行" },
      description: {
        en: "Other rows go on as they are and leave the memory alone. Left out: all rows.",
        zh: "其他行原样通过，也不影响记忆。不填则判断所有行。",
      },
      kind: "condition",
      examples: ["common.is_new = '1'"],
    }),
  value: expression().register(paramMeta, {
    title: { en: "Value to remember", zh: "要记住的值" },
    description: {
      en: "Such as the day of the visit. A constant: once per key, ever.",
      zh: "例如访问日期。写常量则每个 key 只有一次首次。",
    },
    kind: "expression",
    examples: ["DATE_FORMAT(TO_TIMESTAMP_LTZ(ts, 3), 'yyyyMMdd')", "1"],
  }),
  compare: z
    .enum(["equal", "different", "newer-than"])
    .default("equal")
    .register(paramMeta, {
      title: { en: "First when nothing is remembered, or the value is", zh: "没有记忆时为首次；否则当该值" },
      description: {
        en: "equal: the first value is kept for good, rows with it count as first. different: each change of value is a first and is remembered. newer-than: only a greater value is, so late rows of an old day are repeats.",
        zh: "equal：永远保留第一个值，等于它的行算首次。different：值每次变化都算首次并记住新值。newer-than：只有更大的值才算，旧日期的迟到数据算重复。",
      },
      options: {
        equal: { en: "equal to the remembered one", zh: "等于记住的值" },
        different: { en: "different from the remembered one", zh: "不同于记住的值" },
        "newer-than": { en: "newer than the remembered one", zh: "比记住的值新" },
      },
    }),
  output: z.discriminatedUnion("do", [set, drop, split]).register(paramMeta, {
    title: { en: "Result", zh: "结果" },
    description: { en: "How first rows and repeated ones are told apart.", zh: "如何区分首次的行与重复的行。" },
  }),
  store: z
    .enum(["condition", "every-row"])
    .default("condition")
    .register(paramMeta, {
      title: { en: "Remember the value of", zh: "记住哪些行的值" },
      description: {
        en: "Only rows that meet the condition, or every row: then a device whose first log does not meet it is not taken for new later.",
        zh: "只记住满足条件的行；或记住每一行：这样，首条日志不满足条件的设备以后不会被当作新设备。",
      },
      options: { condition: { en: "rows that meet the condition", zh: "满足条件的行" }, "every-row": { en: "every row", zh: "每一行" } },
      advanced: true,
    }),
  forgetAfter: forgetAfterParam({
    en: "Processing time after the last change of the remembered value. Left out: never.",
    zh: "从记住的值最后一次变化起，经过这么久的处理时间后遗忘。不填则永不遗忘。",
  }),
});

export type MarkFirstSeenParams = z.infer<typeof params>;

export const spec = defineSpec<MarkFirstSeenParams>({
  type: "mark-first-seen",
  title: { en: "Mark first seen", zh: "首次识别" },
  summary: { en: "Tells the first rows of each key from those that come after.", zh: "区分每个 key 首次出现的行与之后的行。" },
  category: "transform",
  keywords: [
    "new visitor",
    "returning visitor",
    "unique visit",
    "first",
    "deduplicate",
    "is_new",
    "state",
    "新老访客",
    "新老用户",
    "新用户",
    "首次访问",
    "去重",
    "独立访客",
    "日活",
    "状态编程",
    "ValueState",
  ],
  params,
  inputs: { in: { en: "Rows to tell apart.", zh: "待识别的行。" } },
  outputs,
  inferSchema: (context) => inferSchema(context),
  keyBy: ({ key }) => ({ in: key }),
  expressions: ({ key, when, value, output }) => [
    ...key.map((text, i) => ({ path: ["key", i], text, port: "in" })),
    ...(when === undefined ? [] : [{ path: ["when"], text: when, port: "in", expects: "condition" as const }]),
    { path: ["value"], text: value, port: "in" },
    ...(output.do === "set" && output.first !== undefined ? [{ path: ["output", "first"], text: output.first, port: "in" }] : []),
    ...(output.do === "set" && output.repeat !== undefined ? [{ path: ["output", "repeat"], text: output.repeat, port: "in" }] : []),
  ],
  reads: ({ output }) => ({ in: output.do === "set" ? [output.field] : [] }),
  lineage: ({ params: { value, output } }) => {
    if (output.do !== "set") return [];
    const { field, first, repeat } = output;
    const values = [value, first, repeat].filter((text) => text !== undefined);
    return [{ field, from: [{ port: "in", field, how: "copied" as const }, ...values.map((text) => ({ port: "in", text }))] }];
  },
  dropReasons: { repeat: { en: "seen before", zh: "非首次" } },
  cardLine: ({ key, value }) => `${value} / ${Array.isArray(key) ? key.join(", ") : ""}`,
});

function outputs(params: Params): Record<string, Words> {
  const isSplit = (params.output as { do?: unknown } | undefined)?.do === "split";
  return {
    out: isSplit
      ? { en: "First rows, and those that do not meet the condition.", zh: "首次的行，以及不满足条件的行。" }
      : { en: "Rows that go on.", zh: "继续流动的行。" },
    ...(isSplit && { repeat: { en: "Rows seen before.", zh: "非首次的行。" } }),
  };
}

function inferSchema({ params, inputs, typeOf, problem }: InferContext<MarkFirstSeenParams>): Record<string, Schema> {
  const input = inputs.in;
  if (!input) return {};
  const valueType = typeOf(params.value, "in");
  if (valueType && !isOrdered(valueType)) {
    const type = formatType(valueType);
    problem(
      words(
        ["value"],
        `expected a number, text or time to remember, got a value of type ${type}. Convert it, for example with CAST.`,
        `期望要记住的值是数字、文本或时间，得到 ${type} 类型的值。请转换，例如用 CAST。`,
      ),
    );
  }
  const { output } = params;
  if (output.do === "drop") return { out: input };
  if (output.do === "split") return { out: input, repeat: input };
  let out: Schema = input;
  for (const side of ["first", "repeat"] as const) {
    const text = output[side];
    const from = text === undefined ? undefined : typeOf(text, "in");
    if (from === undefined) continue;
    const to = fieldType(out, output.field);
    if (to && fits(from, to)) continue;
    if (to) problem(wrongValue(side, text as string, from, output.field, to));
    else out = addField(out, output.field, ofNewField(from), ["output", "field"], problem);
  }
  return { out };
}

/** Type of a field that is not there yet: rows that are not set have NULL. */
function ofNewField(dataType: DataType): DataType {
  return nullable(dataType.type === "CHAR" ? { type: "STRING" } : dataType);
}

function wrongValue(side: "first" | "repeat", text: string, from: DataType, path: string, to: DataType) {
  const [got, expected] = [formatType(from), formatType(to)];
  return words(
    ["output", side],
    `field ${quote(path)} is ${expected}, ${quote(text)} is ${got}. Write a value of type ${expected}.`,
    `字段 ${quote(path)} 的类型是 ${expected}，而 ${quote(text)} 是 ${got}。请写 ${expected} 类型的值。`,
  );
}
