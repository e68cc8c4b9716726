/** The param of nodes that give their results when the window that rows came from is over. `window-end.ts` computes with it. */
import { formatType } from "@millrace/engine/expression";
import { expression, type InferContext, paramMeta, type Words } from "@millrace/engine/node";
import { quote, words } from "./field-types.ts";

export function windowEndParam(description: Words) {
  return expression()
    .optional()
    .register(paramMeta, {
      title: { en: "End of the window", zh: "窗口结束时间" },
      description,
      kind: "expression",
      examples: ["window_end"],
    });
}

const TIMES: readonly string[] = ["TIMESTAMP", "TIMESTAMP_LTZ", "BIGINT"];

/** For a spec's `inferSchema`: it is a time. */
export function windowEndProblem(text: string, { typeOf, problem }: Pick<InferContext<never>, "typeOf" | "problem">): void {
  const type = typeOf(text, "in");
  if (type && !TIMES.includes(type.type))
    problem(
      words(
        ["windowEnd"],
        `${quote(text)} is ${formatType(type)}, which is no time. Take a TIMESTAMP such as window_end, or BIGINT milliseconds.`,
        `${quote(text)} 是 ${formatType(type)}，不是时间。请用 TIMESTAMP（例如 window_end）或毫秒 BIGINT。`,
      ),
    );
}
