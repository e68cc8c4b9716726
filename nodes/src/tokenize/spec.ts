import { defineSpec, expression, paramMeta } from "@millrace/engine/node";
import { z } from "zod";
import { computedFrom } from "../field-sources.ts";
import { addField, duplicateField, isText, words, wrongType } from "../field-types.ts";
import { fieldName } from "../params.ts";
import { compileRegularExpression } from "../regular-expression.ts";

const methods = {
  chinese: {
    title: { en: "Chinese words", zh: "中文分词" },
    description: { en: "By the rules and the word list of IK Analyzer.", zh: "按 IK 分词器的规则和词典切分。" },
  },
  separator: {
    title: { en: "Separator", zh: "分隔符" },
    description: { en: "What stands between two separators is a word.", zh: "两个分隔符之间的内容为一个词。" },
  },
} as const;

const by = z.discriminatedUnion("method", [
  z
    .strictObject({
      method: z.literal("chinese").register(paramMeta, methods.chinese),
      mode: z
        .enum(["smart", "max-word"])
        .default("smart")
        .register(paramMeta, {
          title: { en: "Mode", zh: "模式" },
          description: {
            en: "Words that do not overlap, as a reader parts them; or every word of the list that is in the text.",
            zh: "互不重叠的词，如人阅读时的切分；或文本中包含的词典里的每个词。",
          },
          options: {
            smart: { en: "smart: no overlap", zh: "智能：不重叠" },
            "max-word": { en: "max word: every word", zh: "最细粒度：全部词" },
          },
        }),
    })
    .register(paramMeta, methods.chinese),
  z
    .strictObject({
      method: z.literal("separator").register(paramMeta, methods.separator),
      separator: z
        .string()
        .min(1)
        .max(1_000)
        .default("\\s+")
        .register(paramMeta, {
          title: { en: "Separator", zh: "分隔符" },
          description: {
            en: "A regular expression in RE2's dialect, which takes linear time.",
            zh: "RE2 语法的正则表达式，匹配时间与文本长度成线性关系。",
          },
          examples: ["\\s+", "[,;，；]"],
        }),
    })
    .register(paramMeta, methods.separator),
]);

const params = z.strictObject({
  text: expression().register(paramMeta, {
    title: { en: "Text", zh: "文本" },
    description: { en: "Expression whose words are wanted.", zh: "要切分的文本表达式。" },
    kind: "expression",
    examples: ["page.item", "CONCAT(title, ' ', brand)"],
  }),
  by: by.default({ method: "chinese", mode: "smart" }).register(paramMeta, {
    title: { en: "Words", zh: "切分方式" },
    description: { en: "What parts a text into words.", zh: "如何把文本切分成词。" },
  }),
  as: fieldName()
    .default("word")
    .register(paramMeta, {
      title: { en: "Word's field", zh: "词的字段名" },
      description: { en: "Added to the row.", zh: "添加到行的字段。" },
      examples: ["keyword"],
    }),
  position: fieldName()
    .optional()
    .register(paramMeta, {
      title: { en: "Position's field", zh: "序号字段名" },
      description: {
        en: "Holds the word's place among the words of its text, from 1. Left out: none.",
        zh: "该词在所属文本各词中的序号，从 1 开始。不填则不添加。",
      },
      examples: ["position"],
      advanced: true,
    }),
  skip: z
    .array(z.enum(["single", "digits"]))
    .max(2)
    .default([])
    .register(paramMeta, {
      title: { en: "Leave out", zh: "忽略" },
      description: { en: "Words that say little by themselves.", zh: "本身意义不大的词。" },
      options: {
        single: { en: "words of one letter", zh: "单个字符" },
        digits: { en: "words of digits alone", zh: "纯数字" },
      },
      advanced: true,
    }),
  whenEmpty: z
    .enum(["drop", "keep"])
    .default("drop")
    .register(paramMeta, {
      title: { en: "No words", zh: "没有词" },
      description: {
        en: "A row whose text is NULL or has no words is dropped and counted, or kept as one row whose word is NULL.",
        zh: "文本为 NULL 或没有词的行：丢弃并计数；或保留为一行，词为 NULL。",
      },
      options: { drop: { en: "drop and count", zh: "丢弃并计数" }, keep: { en: "keep one row", zh: "保留一行" } },
    }),
  longest: z
    .int()
    .min(1)
    .max(100_000)
    .default(4_000)
    .register(paramMeta, {
      title: { en: "Longest text", zh: "文本最大长度" },
      description: {
        en: "In letters. Rows with a longer one leave by the error port: Chinese text that is made to be hard takes time that grows with the square of its length.",
        zh: "单位为字符。更长的行从 error 端口流出：刻意构造的中文文本，其切分时间随长度的平方增长。",
      },
      advanced: true,
    }),
});

export type TokenizeParams = z.infer<typeof params>;

export const spec = defineSpec<TokenizeParams>({
  type: "tokenize",
  title: { en: "Tokenize", zh: "分词" },
  summary: { en: "Makes a row of each word of a text, Chinese included.", zh: "把文本（含中文）中的每个词变成一行。" },
  category: "transform",
  keywords: ["ik", "words", "segment", "keyword", "split text", "lateral", "udtf", "ik_analyze", "分词", "关键词", "切词", "词云", "热词"],
  params,
  inputs: { in: { en: "Rows with a text.", zh: "带文本的行。" } },
  outputs: { out: { en: "One row per word, in the text's order.", zh: "每个词一行，按文本中的顺序。" } },
  accepts: ["append", "retract"],
  inferSchema({ params, inputs, typeOf, problem }) {
    const input = inputs.in;
    if (!input) return {};
    const type = typeOf(params.text, "in");
    if (type && !isText(type) && type.type !== "NULL") problem(wrongType(params.text, "STRING", type, ["text"]));
    if (params.by.method === "separator") {
      const separator = compileRegularExpression(params.by.separator);
      if ("reason" in separator)
        problem(
          words(
            ["by", "separator"],
            `${JSON.stringify(params.by.separator)} is no regular expression: ${separator.reason}. Put a \\ before characters that stand for themselves.`,
            `${JSON.stringify(params.by.separator)} 不是正则表达式：${separator.reason}。按字面匹配的字符前请加 \\。`,
          ),
        );
    }
    const isNullable = params.whenEmpty === "keep";
    const notNull = isNullable ? {} : ({ nullable: false } as const);
    const out = addField(input, params.as, { type: "STRING", ...notNull }, ["as"], problem);
    if (params.position === undefined) return { out };
    if (params.position === params.as) problem(duplicateField(params.position, ["position"]));
    return { out: addField(out, params.position, { type: "INT", ...notNull }, ["position"], problem) };
  },
  expressions: ({ text }) => [{ path: ["text"], text, port: "in" }],
  lineage: ({ params: { text, as, position } }) =>
    [as, position].flatMap((field) => (field === undefined ? [] : [{ field, from: [computedFrom("in", text)] }])),
  dropReasons: { empty: { en: "no words", zh: "没有词" } },
  cardLine: (params) => `${params.text} → ${params.as ?? "word"}`,
});
