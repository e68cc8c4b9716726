/** What nodes that look something up for each row have in common: how many at once, for how long, how often, what is remembered, and what becomes of a row without an answer. */
import { duration, type InferContext, type LookupSettings, type Params, paramMeta, toMillis, type Words } from "@millrace/engine/node";
import type { DataType, Schema } from "@millrace/engine/schema";
import { z } from "zod";
import { addField, fieldType, nullable, requireField } from "./field-types.ts";
import { fieldName, listParam } from "./params.ts";
import { schemaOf } from "./schema-text.ts";

export function lookupParams() {
  return {
    missing: z
      .enum(["nulls", "port"])
      .default("nulls")
      .register(paramMeta, {
        title: { en: "Rows that find nothing", zh: "未查到的行" },
        description: {
          en: "They go on with NULL for what was looked up, or leave as they came by a port of their own. They are counted either way.",
          zh: "查询字段为 NULL 继续流动，或原样从单独的端口流出。两种情况都会计数。",
        },
        options: { nulls: { en: "go on with NULL", zh: "以 NULL 继续" }, port: { en: "a port of their own", zh: "单独的端口" } },
      }),
    order: z
      .enum(["ordered", "unordered"])
      .default("ordered")
      .register(paramMeta, {
        title: { en: "Rows leave", zh: "输出顺序" },
        description: {
          en: "In the order they came, so that a slow answer holds up those behind it; or as they are answered, though never across a watermark.",
          zh: "按到达顺序：慢的应答会挡住后面的行；或按应答先后：但不会越过水位线。",
        },
        options: { ordered: { en: "in order", zh: "按顺序" }, unordered: { en: "as answered", zh: "按应答先后" } },
      }),
    cacheRows: z
      .int()
      .min(0)
      .max(10_000_000)
      .default(10_000)
      .register(paramMeta, {
        title: { en: "Remember so many", zh: "缓存条数" },
        description: {
          en: "Answers that each worker keeps, the latest used. 0: every row asks.",
          zh: "每个工作线程保留的应答条数（最近使用）。0 表示每行都查询。",
        },
      }),
    cacheFor: duration()
      .refine((text) => toMillis(text) > 0)
      .default("10 min")
      .register(paramMeta, {
        title: { en: "Remember for", zh: "缓存时长" },
        description: {
          en: "Then it is asked for again. Changes that are told are seen at once.",
          zh: "之后重新查询。已通知的变更立即可见。",
        },
        kind: "duration",
        examples: ["10 min", "1 d"],
      }),
    cacheMisses: z
      .boolean()
      .default(true)
      .register(paramMeta, {
        title: { en: "Remember what is not there", zh: "缓存未命中" },
        description: { en: "Otherwise every row with such a key asks again.", zh: "否则这样的 key 每行都会再次查询。" },
        advanced: true,
      }),
    capacity: z
      .int()
      .min(1)
      .max(100_000)
      .default(100)
      .register(paramMeta, {
        title: { en: "Under way at once", zh: "并发上限" },
        description: {
          en: "Rows per worker that wait for an answer; then the source waits.",
          zh: "每个工作线程同时等待应答的行数；达到后数据源等待。",
        },
        advanced: true,
      }),
    timeout: duration()
      .refine((text) => toMillis(text) > 0)
      .default("60 s")
      .register(paramMeta, {
        title: { en: "Give up after", zh: "超时" },
        description: { en: "From a row's first request to its answer, retries included.", zh: "从该行的第一次请求到应答，包括重试。" },
        kind: "duration",
        examples: ["60 s"],
        advanced: true,
      }),
    attempts: z
      .int()
      .min(1)
      .max(100)
      .default(3)
      .register(paramMeta, {
        title: { en: "Attempts", zh: "尝试次数" },
        description: { en: "Requests for one row at most, the first one counted.", zh: "每行最多请求的次数，包括第一次。" },
        advanced: true,
      }),
    retryAfter: duration()
      .default("1 s")
      .register(paramMeta, {
        title: { en: "Pause before a retry", zh: "重试间隔" },
        description: { en: "Each further one is twice as long.", zh: "之后每次加倍。" },
        kind: "duration",
        examples: ["1 s"],
        advanced: true,
      }),
    retryMisses: z
      .boolean()
      .default(false)
      .register(paramMeta, {
        title: { en: "Retry when nothing is found", zh: "未查到时重试" },
        description: { en: "For rows that come before what they look for.", zh: "用于行先于其维度数据到达的情况。" },
        advanced: true,
      }),
    onFailure: z
      .enum(["fail", "error", "pass"])
      .default("fail")
      .register(paramMeta, {
        title: { en: "Without an answer", zh: "没有应答时" },
        description: {
          en: "The run fails and begins again from its checkpoint; or the row leaves by the error port; or it goes on as one that found nothing.",
          zh: "运行失败并从检查点重新开始；或该行从 error 端口流出；或按未查到处理。",
        },
        options: {
          fail: { en: "the run fails", zh: "运行失败" },
          error: { en: "the row goes to error", zh: "该行进入 error" },
          pass: { en: "as if nothing were found", zh: "按未查到处理" },
        },
        advanced: true,
      }),
  };
}

/** Words for what lookups count. */
export const LOOKUP_HOLDINGS = {
  "rows under way": { en: "Rows under way", zh: "等待应答的行" },
  "rows waiting": { en: "Rows waiting to ask", zh: "排队的行" },
  "rows remembered": { en: "Answers kept", zh: "缓存条数" },
  "answers remembered": { en: "Answered from memory", zh: "缓存命中" },
  "answers asked for": { en: "Asked for", zh: "缓存未命中（已查询）" },
  "rows that found nothing": { en: "Rows that found nothing", zh: "未查到的行" },
} as const satisfies Record<string, Words>;

export const LOOKUP_SHARES = [
  { title: { en: "Answered from memory, share", zh: "缓存命中率" }, part: "answers remembered", rest: "answers asked for" },
] as const;

export type LookupParams = z.infer<z.ZodObject<ReturnType<typeof lookupParams>>>;

export function lookupSettings({ order, capacity, timeout, attempts, retryAfter, retryMisses, onFailure }: LookupParams): LookupSettings {
  return {
    input: "in",
    ordered: order === "ordered",
    capacity,
    timeoutMs: toMillis(timeout),
    retry: { attempts, pauseMs: toMillis(retryAfter), growth: 2, misses: retryMisses },
    onFailure,
  };
}

/** Fields that are taken over from what was found. */
export function takenFields(examples: readonly string[]) {
  return z
    .array(
      z.strictObject({
        name: fieldName().register(paramMeta, {
          title: { en: "Name", zh: "名称" },
          description: { en: "Field of the row; dots make a member of a nested row.", zh: "行中的字段名；用点号表示嵌套行的成员。" },
          examples: ["province_name"],
        }),
        field: z
          .string()
          .min(1)
          .register(paramMeta, {
            title: { en: "From", zh: "取自" },
            description: { en: "Field of what was found, nested ones with dots.", zh: "查询结果中的字段，嵌套字段用点号。" },
            examples,
          }),
      }),
    )
    .max(1_000)
    .default([]);
}

/** Names of what is taken over, for the card. */
export function takenNames(params: Params): readonly string[] {
  const names = listParam(params, "fields").map(({ name }) => String(name));
  return typeof params.into === "string" ? [params.into, ...names] : names;
}

/** `out`: words for the main port. */
export function lookupOutputs({ missing }: Params, out: Words): Record<string, Words> {
  return { out, ...(missing === "port" && { missing: { en: "Rows that found nothing, as they came.", zh: "未查到的行，保持原样。" } }) };
}

/** What the params say is found, open: what is taken as a whole keeps members that no schema names. */
export function foundSchema(
  { schema }: { readonly schema?: string | undefined },
  declared: InferContext<never>["declared"],
): ReturnType<typeof schemaOf> {
  if (schema === undefined) return { schema: { type: "ROW", fields: [], open: true } };
  const found = schemaOf(schema, declared, ["schema"]);
  return "schema" in found ? { schema: { ...found.schema, open: true } } : found;
}

interface Taken {
  readonly schema?: string | undefined;
  readonly fields: readonly { readonly name: string; readonly field: string }[];
  readonly into?: string | undefined;
}

/** The incoming row with what is taken over; NULL where nothing is found. `wholeOf`: the type of what goes `into` a field, of the schema of what is found. */
export function widenedSchemas(
  { params, inputs, declared, problem }: Pick<InferContext<Taken>, "params" | "inputs" | "declared" | "problem">,
  wholeOf: (found: Schema) => DataType = (found) => found,
): Record<string, Schema> {
  const input = inputs.in;
  if (!input) return {};
  const found = foundSchema(params, declared);
  if ("problem" in found) {
    problem(found.problem);
    return {};
  }
  let out: Schema = input;
  for (const [i, { name, field }] of params.fields.entries()) {
    requireField(found.schema, field, ["fields", i, "field"], problem);
    const dataType = fieldType(found.schema, field);
    if (dataType) out = addField(out, name, nullable(dataType), ["fields", i, "name"], problem);
  }
  if (params.into !== undefined) out = addField(out, params.into, nullable(wholeOf(found.schema)), ["into"], problem);
  return { out, missing: input };
}
