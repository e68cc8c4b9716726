/** Params that several node types have in common. */
import { expression, type Params, paramMeta, type Words } from "@millrace/engine/node";
import { z } from "zod";

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

/** The params as the user typed them may be anything: ports and the card are asked for while one types. */
export function listParam(params: Params, name: string): readonly Readonly<Record<string, unknown>>[] {
  const list = params[name];
  return Array.isArray(list) ? list.filter((item) => typeof item === "object" && item !== null) : [];
}

/** Expressions whose values together are a row's key. */
export function keyParam(description: Words, examples: readonly string[]) {
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
    .register(paramMeta, { title: { en: "Key", zh: "key" }, description, examples });
}
