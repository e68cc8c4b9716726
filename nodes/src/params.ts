/** Params that several node types have in common. */
import { formatType } from "@millrace/engine/expression";
import { duration, expression, type InferContext, type Params, paramMeta, toMillis, type Words } from "@millrace/engine/node";
import { z } from "zod";
import { fits, quote, words } from "./field-types.ts";

const MAX_NAME = 200;

/** Name of a field that a node makes; dots make a member of a nested row. Parts may not be empty, nor the one name that JavaScript gives a meaning of its own. */
export function fieldName(): z.ZodString {
  return z
    .string()
    .min(1)
    .max(MAX_NAME)
    .refine(isFieldName, {
      params: { expected: { en: 'a field name such as "page_id" or "page.id"', zh: "字段名，例如 “page_id” 或 “page.id”" } },
    });
}

function isFieldName(text: string): boolean {
  return text.split(".").every((part) => part !== "" && part !== "__proto__");
}

/** Fields that a node adds: a name and an expression over the input row. */
export function namedExpressions() {
  return z
    .array(
      z.strictObject({
        name: fieldName().register(paramMeta, {
          title: { en: "Name", zh: "名称" },
          description: {
            en: "Field of the output row; dots make a member of a nested row.",
            zh: "输出行中的字段名；用点号表示嵌套行的成员。",
          },
          examples: ["page_id", "common.is_new"],
        }),
        value: expression().register(paramMeta, {
          title: { en: "Value", zh: "值" },
          description: { en: "Expression over the incoming row.", zh: "基于输入行的表达式。" },
          kind: "expression",
          examples: ["page.page_id", "UPPER(name)"],
        }),
      }),
    )
    .max(1_000);
}

/** Fields of a group of rows: a name and an expression with aggregates. */
export function namedAggregates() {
  return z
    .array(
      z.strictObject({
        name: fieldName().register(paramMeta, {
          title: { en: "Name", zh: "名称" },
          description: {
            en: "Field of the result; dots make a member of a nested row.",
            zh: "结果中的字段名；用点号表示嵌套行的成员。",
          },
          examples: ["pv", "uv"],
        }),
        value: expression().register(paramMeta, {
          title: { en: "Value", zh: "值" },
          description: {
            en: "Aggregates of the rows, and beside them the key's fields, window_start, window_end (on the clock of the pipeline's zone) and window_time.",
            zh: "对行的聚合；其外可用分组字段、window_start、window_end（流水线时区的时钟）和 window_time。",
          },
          kind: "expression",
          examples: [
            "COUNT(*)",
            "COUNT(DISTINCT mid)",
            "SUM(amount) FILTER (WHERE status = 'paid')",
            "DATE_FORMAT(window_start, 'HH:mm:ss')",
          ],
        }),
      }),
    )
    .min(1)
    .max(1_000)
    .register(paramMeta, {
      title: { en: "Fields", zh: "字段" },
      description: { en: "What the result holds beside the key.", zh: "结果中除分组字段以外的字段。" },
    });
}

/** The params as the user typed them may be anything: ports and the card are asked for while one types. */
export function listParam(params: Params, name: string): readonly Readonly<Record<string, unknown>>[] {
  const list = params[name];
  return Array.isArray(list) ? list.filter((item) => typeof item === "object" && item !== null) : [];
}

/** Expressions whose values together are a row's key. */
export function keyParam(description: Words, examples: readonly string[], title: Words = { en: "Key", zh: "key" }) {
  return z
    .array(
      expression().register(paramMeta, {
        title: { en: "Key", zh: "key" },
        description: { en: "An expression; rows with equal values share a key.", zh: "一个表达式；值相等的行属于同一个 key。" },
        kind: "expression",
        examples,
      }),
    )
    .min(1)
    .max(20)
    .register(paramMeta, { title, description, examples });
}

/** After how long of processing time something is forgotten; left out: never. */
export function forgetAfterParam(description: Words) {
  return duration()
    .refine((text) => toMillis(text) > 0)
    .optional()
    .register(paramMeta, {
      title: { en: "Forget after", zh: "多久后遗忘" },
      description,
      kind: "duration",
      examples: ["1 d"],
      advanced: true,
    });
}

const SIGNED = /^\s*([-−+]?)(\s*\d.*)$/;

/** A distance in time, which may lie before: "-15 min", "0 s", "5 s". */
export function signedDuration(): z.ZodString {
  return z.string().refine((text) => duration().safeParse(SIGNED.exec(text)?.[2]).success, {
    // `signedMillis` may stand in what refines it.
    abort: true,
    params: { expected: { en: "a distance in time", zh: "时间差" } },
  });
}

/** Milliseconds of a text that passed `signedDuration()`. */
export function signedMillis(text: string): number {
  const [, sign, length] = SIGNED.exec(text) ?? [];
  const millis = toMillis(length ?? text);
  // Never the other zero.
  return sign === "-" || sign === "−" ? 0 - millis : millis;
}

/** The keys of a join with inputs `left` and `right`; `checkKeyPairs` compares them. */
export function joinKeyParams() {
  const description = (side: Words): Words => ({
    en: `What ${side.en} rows have in common with those that they match. NULL matches nothing.`,
    zh: `${side.zh}行与之匹配的行的共同值。NULL 不匹配任何行。`,
  });
  return {
    leftKey: keyParam(description({ en: "left", zh: "左侧" }), ["id"], { en: "Left key", zh: "左侧 key" }),
    rightKey: keyParam(description({ en: "right", zh: "右侧" }), ["order_id"], { en: "Right key", zh: "右侧 key" }),
  };
}

/** Both keys of a join have as many parts, and equal values are held alike. */
export function checkKeyPairs({
  params: { leftKey, rightKey },
  typeOf,
  problem,
}: Pick<InferContext<{ leftKey: string[]; rightKey: string[] }>, "params" | "typeOf" | "problem">): void {
  if (leftKey.length !== rightKey.length)
    return problem(
      words(
        ["rightKey"],
        `the left key has ${leftKey.length} parts, the right one ${rightKey.length}. Give both as many.`,
        `左侧 key 有 ${leftKey.length} 个部分，右侧有 ${rightKey.length} 个。请使两者数量相同。`,
      ),
    );
  for (const [i, text] of leftKey.entries()) {
    const [left, right] = [typeOf(text, "left"), typeOf(rightKey[i] as string, "right")];
    if (left && right && !fits(left, right) && !fits(right, left))
      problem(
        words(
          ["rightKey", i],
          `${quote(rightKey[i] as string)} is ${formatType(right)}, and on the left ${quote(text)} is ${formatType(left)}: they are never equal. Convert one of them with CAST.`,
          `${quote(rightKey[i] as string)} 是 ${formatType(right)}，而左侧的 ${quote(text)} 是 ${formatType(left)}：二者永不相等。请用 CAST 转换其中之一。`,
        ),
      );
  }
}
