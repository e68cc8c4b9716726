/** Params that sources and sinks have in common. */
import { duration, field, type InferContext, paramMeta } from "@millrace/engine/node";
import type { Schema } from "@millrace/engine/schema";
import { z } from "zod";
import { requireField, wrongType } from "./field-types.ts";
import { isTableName } from "./table-name.ts";
import { isTopicName } from "./topic-name.ts";

/** Which connection: an alias that the document lists, or the built-in driver when left out. */
export function connectionParam() {
  return z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,63}$/)
    .optional()
    .register(paramMeta, {
      title: { en: "Connection", zh: "连接" },
      description: { en: "An alias of the pipeline; without one, what is built in.", zh: "流水线中的连接别名；留空则使用内置实现。" },
      kind: "connection",
      advanced: true,
    });
}

/** A topic's name by Kafka's rule. */
export function topicParam() {
  return z.string().refine(isTopicName, {
    params: {
      expected: { en: "1 to 249 letters, digits, dots, underscores and hyphens", zh: "1 至 249 个字母、数字、点、下划线或连字符" },
    },
  });
}

export function schemaParam() {
  return z
    .string()
    .min(1)
    .optional()
    .register(paramMeta, {
      title: { en: "Schema", zh: "模式" },
      description: {
        en: "A schema that the pipeline declares, or fields in SQL's words. Without one, records have no fields that expressions could read.",
        zh: "流水线中声明的模式，或用 SQL 写出的字段。留空时记录没有可供表达式读取的字段。",
      },
      kind: "schema",
      examples: ["app_log", "mid STRING, ts BIGINT"],
    });
}

const FORMAT_WORDS = {
  json: { en: "JSON", zh: "JSON" },
  csv: { en: "CSV", zh: "CSV" },
  text: { en: "Text as it is", zh: "原样文本" },
};

export function formatParam() {
  return z
    .enum(["json", "csv", "text"])
    .default("json")
    .register(paramMeta, {
      title: { en: "Format", zh: "格式" },
      description: {
        en: "JSON objects, CSV lines, or text: one field `text` with the whole record.",
        zh: "JSON 对象、CSV 行，或文本：整条记录放入字段 `text`。",
      },
      options: FORMAT_WORDS,
    });
}

export function omitNullsParam() {
  return z
    .boolean()
    .default(true)
    .register(paramMeta, {
      title: { en: "Leave out nulls", zh: "省略空值" },
      description: {
        en: "Members that are NULL are not written. Records that pass unchanged stay as they are.",
        zh: "不写出值为 NULL 的成员。未改动的记录保持原样。",
      },
      advanced: true,
    });
}

/** Sinks: a row in the row, to be written in its place. */
export function partParam() {
  return field()
    .optional()
    .register(paramMeta, {
      title: { en: "Write only", zh: "只写出" },
      description: {
        en: "A field that is a row: it is written instead of the whole row, with members that no schema knows. A row in which it is NULL writes nothing; its target is made if it is not there.",
        zh: "一个行类型的字段：写出它而不是整行，包括模式未列出的成员。该字段为 NULL 的行不写出任何内容，只在目标不存在时创建目标。",
      },
      kind: "field",
      examples: ["data"],
      advanced: true,
    });
}

/** Sinks whose target is computed: what people and the map may know of it. `of`: a target's name. */
export function mayWriteParam(of: z.ZodType<string>, examples: readonly string[]) {
  return z
    .array(
      of.register(paramMeta, {
        title: { en: "Name", zh: "名称" },
        description: { en: "One that the expression may give.", zh: "表达式可能给出的一个名称。" },
        examples,
      }),
    )
    .max(1_000)
    .default([])
    .register(paramMeta, {
      title: { en: "Names it may compute", zh: "可能计算出的名称" },
      description: {
        en: "For the map and for lineage, which see the drawing and no rows. What is not listed is written all the same.",
        zh: "供地图和血缘使用，因为它们只看图纸而不看数据。未列出的名称同样会写入。",
      },
      advanced: true,
    });
}

/** What is wrong with a field that should be a row. */
export function checkRowField(input: Schema, path: string | undefined, at: string, raise: InferContext<never>["problem"]): void {
  if (path === undefined) return;
  const found = requireField(input, path, [at], raise);
  if (found && found.type !== "ROW") raise(wrongType(path, "ROW", found, [at]));
}

export function idleAfterParam() {
  return duration()
    .default("5 s")
    .register(paramMeta, {
      title: { en: "Idle after", zh: "空闲超时" },
      description: {
        en: "A partition without records for this long no longer holds the watermark back.",
        zh: "分区在这段时间内没有记录时，不再阻碍水位线前进。",
      },
      kind: "duration",
      examples: ["5 s", "1 min"],
      advanced: true,
    });
}

/** A dimension table's name. */
export function tableParam() {
  return z.string().refine(isTableName, {
    params: {
      expected: {
        en: "a letter, then letters, digits, underscores, dots and colons (at most 128)",
        zh: "以字母开头，其后为字母、数字、下划线、点或冒号（至多 128 个字符）",
      },
    },
  });
}
