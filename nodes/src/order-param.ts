/** The param by which rows are put in order, and what a spec says of it. `row-order.ts` compares. */
import { formatType } from "@millrace/engine/expression";
import { type ExpressionUse, expression, type InferContext, paramMeta, type Words } from "@millrace/engine/node";
import { z } from "zod";
import { isOrdered, quote, words } from "./field-types.ts";

export interface OrderBy {
  readonly value: string;
  readonly direction: "ascending" | "descending";
  readonly nulls?: "first" | "last" | undefined;
}

/** A list of values, the first that differs decides. `direction`: what is taken where none is given. */
export function orderByParam(description: Words, direction: OrderBy["direction"], examples: readonly string[]) {
  return z
    .array(
      z.strictObject({
        value: expression().register(paramMeta, {
          title: { en: "Value", zh: "值" },
          description: { en: "A number, a text or a time.", zh: "数字、文本或时间。" },
          kind: "expression",
          examples,
        }),
        direction: z
          .enum(["ascending", "descending"])
          .default(direction)
          .register(paramMeta, {
            title: { en: "Direction", zh: "方向" },
            description: { en: "Which end comes first.", zh: "哪一端在前。" },
            options: { ascending: { en: "least first", zh: "从小到大" }, descending: { en: "greatest first", zh: "从大到小" } },
          }),
        nulls: z
          .enum(["first", "last"])
          .optional()
          .register(paramMeta, {
            title: { en: "NULL comes", zh: "NULL 的位置" },
            description: { en: "Left out: NULL is the least of all.", zh: "不填则 NULL 视为最小。" },
            options: { first: { en: "first", zh: "最前" }, last: { en: "last", zh: "最后" } },
            advanced: true,
          }),
      }),
    )
    .max(20)
    .default([])
    .register(paramMeta, { title: { en: "Order", zh: "排序" }, description, examples });
}

/** For a spec's `expressions`; the param is named `orderBy`. */
export function orderExpressions(orderBy: readonly OrderBy[]): ExpressionUse[] {
  return orderBy.map(({ value: text }, i) => ({ path: ["orderBy", i, "value"], text, port: "in" }));
}

/** For a spec's `inferSchema`: every value has an order. */
export function checkOrder(orderBy: readonly OrderBy[], { typeOf, problem }: Pick<InferContext<never>, "typeOf" | "problem">): void {
  for (const [i, { value }] of orderBy.entries()) {
    const type = typeOf(value, "in");
    if (type && !isOrdered(type))
      problem(
        words(
          ["orderBy", i, "value"],
          `${quote(value)} is ${formatType(type)}, which has no order. Take a number, a text or a time.`,
          `${quote(value)} 是 ${formatType(type)}，没有大小顺序。请用数字、文本或时间。`,
        ),
      );
  }
}
