import { defineSpec, field, type InferContext, paramMeta } from "@millrace/engine/node";
import type { Schema } from "@millrace/engine/schema";
import { z } from "zod";
import { addField, isText, quote, requireField, withField, words, wrongType } from "../field-types.ts";
import { fieldName } from "../params.ts";
import { schemaOf } from "../schema-text.ts";
import { compilePattern } from "./pattern.ts";

const schema = z
  .string()
  .min(1)
  .register(paramMeta, {
    title: { en: "Fields", zh: "字段" },
    description: {
      en: "Names and types in SQL's words, or the name of a schema of the pipeline.",
      zh: "用 SQL 写出字段名与类型，或填写流水线中声明的模式名。",
    },
    kind: "schema",
    examples: ["mid STRING, ts BIGINT", "app_log"],
  });

const separator = (
  title: { en: string; zh: string },
  description: { en: string; zh: string },
  fallback: string,
  examples: readonly string[],
) => z.string().min(1).max(10).default(fallback).register(paramMeta, { title, description, examples });

const formats = {
  json: { title: { en: "JSON", zh: "JSON" }, description: { en: "The text is a JSON object.", zh: "文本是一个 JSON 对象。" } },
  csv: {
    title: { en: "CSV", zh: "CSV" },
    description: { en: "The text is one line of CSV, cells in the order of the fields.", zh: "文本是一行 CSV，单元格按字段顺序排列。" },
  },
  regex: {
    title: { en: "Regular expression", zh: "正则表达式" },
    description: { en: "Named groups become fields.", zh: "命名分组成为字段。" },
  },
  keyValue: { title: { en: "key=value", zh: "key=value" }, description: { en: "Pairs such as a=1&b=2.", zh: "形如 a=1&b=2 的键值对。" } },
} as const;

const as = z.discriminatedUnion("format", [
  z.strictObject({ format: z.literal("json").register(paramMeta, formats.json), schema }).register(paramMeta, formats.json),
  z
    .strictObject({
      format: z.literal("csv").register(paramMeta, formats.csv),
      schema,
      separator: separator({ en: "Separator", zh: "分隔符" }, { en: "Stands between two cells.", zh: "两个单元格之间的字符。" }, ",", [
        ",",
        ";",
      ]),
    })
    .register(paramMeta, formats.csv),
  z
    .strictObject({
      format: z.literal("regex").register(paramMeta, formats.regex),
      pattern: z
        .string()
        .min(1)
        .max(5_000)
        .register(paramMeta, {
          title: { en: "Pattern", zh: "模式" },
          description: {
            en: "Matches anywhere in the text unless it is tied with ^ and $. RE2's dialect, which takes linear time: no look-ahead, no back references.",
            zh: "可匹配文本任意位置，除非用 ^ 和 $ 限定。使用线性时间的 RE2 语法：没有先行断言和反向引用。",
          },
          examples: ["^(?<ip>\\S+) (?<status>\\d+)$"],
        }),
      schema: schema.optional().register(paramMeta, {
        title: { en: "Fields", zh: "字段" },
        description: {
          en: "Types of the groups that are wanted. Left out: all groups, as STRING.",
          zh: "所需分组的类型。不填则为全部分组，类型 STRING。",
        },
        kind: "schema",
        examples: ["ip STRING, status INT"],
      }),
    })
    .register(paramMeta, formats.regex),
  z
    .strictObject({
      format: z.literal("key-value").register(paramMeta, formats.keyValue),
      schema,
      pairSeparator: separator(
        { en: "Between pairs", zh: "键值对之间" },
        { en: "Stands between two pairs.", zh: "两个键值对之间的字符。" },
        "&",
        ["&", " "],
      ),
      keySeparator: separator(
        { en: "After a key", zh: "键之后" },
        { en: "Stands between a key and its value.", zh: "键与值之间的字符。" },
        "=",
        ["=", ":"],
      ),
    })
    .register(paramMeta, formats.keyValue),
]);

const params = z.strictObject({
  field: field().register(paramMeta, {
    title: { en: "Text", zh: "文本字段" },
    description: {
      en: "A field of type STRING. NULL or what cannot be read sends the row to the error port.",
      zh: "STRING 类型的字段。为 NULL 或无法解析时，该行从 error 端口流出。",
    },
    kind: "field",
    examples: ["line", "payload.body"],
  }),
  as: as.register(paramMeta, {
    title: { en: "Read as", zh: "解析方式" },
    description: { en: "How the text says its fields.", zh: "文本如何表示字段。" },
  }),
  keep: z
    .enum(["parsed", "all"])
    .default("parsed")
    .register(paramMeta, {
      title: { en: "Output row", zh: "输出行" },
      description: { en: "The parsed fields alone, or the incoming row with them added.", zh: "只有解析出的字段，或在输入行上添加它们。" },
      options: {
        parsed: { en: "parsed fields", zh: "解析出的字段" },
        all: { en: "incoming row and parsed fields", zh: "输入行加解析出的字段" },
      },
    }),
  into: fieldName()
    .optional()
    .register(paramMeta, {
      title: { en: "As one field", zh: "放入一个字段" },
      description: {
        en: "Name of a row that holds the parsed fields. Left out: they stand beside the others.",
        zh: "存放解析结果的行字段名。不填则与其他字段并列。",
      },
      examples: ["log"],
      advanced: true,
    }),
});

export type ParseParams = z.infer<typeof params>;

export const spec = defineSpec<ParseParams>({
  type: "parse",
  title: { en: "Parse", zh: "解析" },
  summary: {
    en: "Reads fields out of a text: JSON, CSV, regular expression, key=value.",
    zh: "从文本中解析字段：JSON、CSV、正则表达式、key=value。",
  },
  category: "transform",
  keywords: ["json", "csv", "regex", "grok", "logfmt", "extract", "decode", "解析", "正则", "反序列化", "字段提取", "日志解析"],
  params,
  inputs: { in: { en: "Rows with a text.", zh: "带文本的行。" } },
  outputs: { out: { en: "Rows with the fields found.", zh: "带有解析字段的行。" } },
  rows: ({ keep }) => (keep === "all" ? "pass" : "new"),
  reads: ({ field }) => ({ in: [field] }),
  inferSchema(context) {
    const { params, inputs, problem } = context;
    const input = inputs.in;
    if (!input) return {};
    const text = requireField(input, params.field, ["field"], problem);
    if (text && !isText(text)) problem(wrongType(params.field, "STRING", text, ["field"]));
    const parsed = parsedSchema(context);
    return parsed ? { out: outputSchema(input, parsed, context) } : {};
  },
  lineage({ params, declared }) {
    const { field, keep, into } = params;
    const parsed = parsedSchema({ params, declared, problem: () => undefined })?.fields ?? [];
    const names = into !== undefined ? [into] : keep === "parsed" ? [""] : parsed.map(({ name }) => name);
    return names.map((name) => ({ field: name, from: [{ port: "in", field, how: "computed" as const }] }));
  },
  cardLine: ({ field, as, into }) => `${field}: ${as?.format ?? ""}${into === undefined ? "" : ` → ${into}`}`,
});

function outputSchema(input: Schema, parsed: Schema, { params: { keep, into }, problem }: InferContext<ParseParams>): Schema {
  const base: Schema = keep === "all" ? input : { type: "ROW", fields: [] };
  if (into !== undefined) return addField(base, into, parsed, ["into"], problem);
  return keep === "parsed" ? parsed : parsed.fields.reduce((out, { name, dataType }) => withField(out, [name], dataType) ?? out, base);
}

/** Fields that the text gives; undefined when a problem was raised. */
function parsedSchema({
  params: { as },
  declared,
  problem,
}: Pick<InferContext<ParseParams>, "params" | "declared" | "problem">): Schema | undefined {
  if (as.format !== "regex") return declaredFields(as.schema, declared, problem);
  const pattern = compilePattern(as.pattern);
  if ("reason" in pattern) {
    problem(
      words(
        ["as", "pattern"],
        `not a pattern that can be used: ${pattern.reason}. Correct it; look-ahead and back references are not there.`,
        `无法使用的模式：${pattern.reason}。请更正；不支持先行断言和反向引用。`,
      ),
    );
    return undefined;
  }
  if (pattern.groups.length === 0) {
    problem(
      words(
        ["as", "pattern"],
        `expected at least one named group, got ${quote(as.pattern)}. Write (?<name>…) around what should be a field.`,
        `期望至少一个命名分组，得到 ${quote(as.pattern)}。请用 (?<name>…) 括住要成为字段的部分。`,
      ),
    );
    return undefined;
  }
  if (as.schema === undefined) return { type: "ROW", fields: pattern.groups.map((name) => ({ name, dataType: { type: "STRING" } })) };
  const schema = declaredFields(as.schema, declared, problem);
  for (const { name } of schema?.fields ?? [])
    if (!pattern.groups.includes(name))
      problem(
        words(
          ["as", "schema"],
          `the pattern has no group "${name}". Its groups: ${pattern.groups.join(", ")}. Rename the field or the group.`,
          `模式中没有分组 “${name}”。现有分组：${pattern.groups.join("、")}。请修改字段名或分组名。`,
        ),
      );
  return schema && { type: "ROW", fields: schema.fields };
}

function declaredFields(
  text: string,
  declared: InferContext<ParseParams>["declared"],
  raise: InferContext<ParseParams>["problem"],
): Schema | undefined {
  const found = schemaOf(text, declared, ["as", "schema"]);
  if ("schema" in found) return found.schema;
  raise(found.problem);
  return undefined;
}
