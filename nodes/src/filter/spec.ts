import { condition, defineSpec, paramMeta } from "@millrace/engine/node";
import { z } from "zod";

const params = z.strictObject({
  when: condition().register(paramMeta, {
    title: { en: "Condition", zh: "条件" },
    description: { en: "Rows for which it is true go on. NULL counts as false.", zh: "结果为真的行继续向下游流动。NULL 视为假。" },
    kind: "condition",
    examples: ["amount > 100", "page.page_id = 'home'"],
  }),
});

export type FilterParams = z.infer<typeof params>;

export const spec = defineSpec<FilterParams>({
  type: "filter",
  title: { en: "Filter", zh: "过滤" },
  summary: { en: "Lets the rows through for which a condition is true.", zh: "只让满足条件的行通过。" },
  category: "transform",
  keywords: ["where", "condition", "keep", "drop", "if", "条件", "筛选", "过滤", "清洗", "etl"],
  params,
  inputs: { in: { en: "Rows to test.", zh: "待判断的行。" } },
  outputs: { out: { en: "Rows for which the condition is true.", zh: "满足条件的行。" } },
  accepts: ["append", "retract"],
  inferSchema: ({ inputs }) => (inputs.in ? { out: inputs.in } : {}),
  expressions: ({ when }) => [{ path: ["when"], text: when, port: "in", expects: "condition" }],
  dropReasons: { filtered: { en: "condition not true", zh: "不满足条件" } },
  cardLine: ({ when }) => when,
});
