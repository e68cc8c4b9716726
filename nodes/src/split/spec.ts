import { condition, defineSpec, type Params, paramMeta, type Words } from "@millrace/engine/node";
import type { Problem } from "@millrace/engine/pipeline";
import { z } from "zod";
import { words } from "../field-types.ts";
import { listParam } from "../params.ts";

/** A port's name as edges can say it; "default" and "error" are taken. */
const CASE_NAME = /^(?!(?:default|error)$)[a-z][A-Za-z0-9_]{0,63}$/;

const params = z.strictObject({
  cases: z
    .array(
      z.strictObject({
        name: z
          .string()
          .refine((name) => CASE_NAME.test(name), {
            params: {
              expected: {
                en: 'a small letter, then letters, digits or _ (at most 64), other than "default" and "error"',
                zh: "小写字母开头，其后为字母、数字或 _（至多 64 个字符），且不是 “default” 或 “error”",
              },
            },
          })
          .register(paramMeta, {
            title: { en: "Name", zh: "名称" },
            description: { en: "The output port of this case.", zh: "该分支的输出端口。" },
            examples: ["start", "page"],
          }),
        when: condition().register(paramMeta, {
          title: { en: "Condition", zh: "条件" },
          description: {
            en: "Rows for which it is true leave by this port. NULL counts as false.",
            zh: "结果为真的行从该端口流出。NULL 视为假。",
          },
          kind: "condition",
          examples: ["`start` IS NOT NULL", "page.page_id = 'cart'"],
        }),
      }),
    )
    .min(1)
    .max(100)
    .register(paramMeta, {
      title: { en: "Cases", zh: "分支" },
      description: { en: "Each is an output port, tried from top to bottom.", zh: "每个分支是一个输出端口，自上而下依次判断。" },
    }),
  mode: z
    .enum(["first", "every"])
    .default("first")
    .register(paramMeta, {
      title: { en: "A row goes to", zh: "行流向" },
      description: { en: "The first case that is true, or every one.", zh: "第一个满足的分支，或所有满足的分支。" },
      options: { first: { en: "the first match", zh: "第一个匹配" }, every: { en: "every match", zh: "所有匹配" } },
    }),
  otherwise: z
    .enum(["default", "drop", "error"])
    .default("default")
    .register(paramMeta, {
      title: { en: "Without a match", zh: "无匹配时" },
      description: {
        en: "Rows for which no case is true: to the default port, dropped and counted, or to the error port.",
        zh: "没有任何分支满足的行：流向 default 端口、丢弃并计数，或流向 error 端口。",
      },
      options: {
        default: { en: "to the default port", zh: "流向 default 端口" },
        drop: { en: "drop and count", zh: "丢弃并计数" },
        error: { en: "to the error port", zh: "流向 error 端口" },
      },
    }),
});

export type SplitParams = z.infer<typeof params>;

export const spec = defineSpec<SplitParams>({
  type: "split",
  title: { en: "Split", zh: "分流" },
  summary: { en: "Sends each row to the outputs whose conditions it meets.", zh: "按条件把每一行送往不同的输出。" },
  category: "route",
  keywords: ["side output", "route", "switch", "branch", "case", "OutputTag", "侧输出流", "分流", "路由", "分支"],
  params,
  inputs: { in: { en: "Rows to send on.", zh: "待分流的行。" } },
  outputs,
  accepts: ["append", "retract"],
  inferSchema({ params, inputs, problem: raise }) {
    const seen = new Set<string>();
    for (const [i, { name }] of params.cases.entries()) {
      if (seen.has(name)) raise(duplicateCase(name, i));
      seen.add(name);
    }
    const schema = inputs.in;
    return schema ? Object.fromEntries(Object.keys(outputs(params)).map((port) => [port, schema])) : {};
  },
  expressions: ({ cases }) =>
    cases.map(({ when }, i) => ({ path: ["cases", i, "when"], text: when, port: "in", expects: "condition" as const })),
  dropReasons: { unmatched: { en: "no case matched", zh: "没有匹配的分支" } },
  cardLine: (params) =>
    listParam(params, "cases")
      .map(({ name }) => name)
      .join(" · "),
});

function outputs(params: Params): Record<string, Words> {
  const ports: [string, Words][] = listParam(params, "cases").flatMap(({ name, when }) =>
    typeof name === "string" && CASE_NAME.test(name) ? [[name, { en: `Rows where ${String(when)}`, zh: `满足 ${String(when)} 的行` }]] : [],
  );
  if ((params.otherwise ?? "default") === "default")
    ports.push(["default", { en: "Rows for which no case is true.", zh: "没有任何分支满足的行。" }]);
  return Object.fromEntries(ports);
}

function duplicateCase(name: string, index: number): Problem {
  return words(
    ["cases", index, "name"],
    `two cases are named "${name}". Rename one: each name is a port of its own.`,
    `有两个分支都名为 “${name}”。请为其中之一改名：每个名称是一个独立的端口。`,
  );
}
