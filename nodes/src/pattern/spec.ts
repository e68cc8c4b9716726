import { defineSpec, type ExpressionUse, type InferContext, type Params } from "@millrace/engine/node";
import type { Schema } from "@millrace/engine/schema";
import { listParam } from "../params.ts";
import { patternProblems } from "./check-pattern.ts";
import { chainOf, stepNames } from "./links-of-params.ts";
import { measuredSchema, wholeRowStep } from "./measured-schema.ts";
import { type PatternParams, params } from "./params.ts";

export const spec = defineSpec<PatternParams>({
  type: "pattern",
  title: { en: "Pattern", zh: "模式匹配" },
  summary: { en: "Finds rows of a key that follow each other as described.", zh: "找出同一 key 中按描述先后出现的行。" },
  category: "aggregate",
  keywords: [
    "CEP",
    "complex event processing",
    "MATCH_RECOGNIZE",
    "sequence",
    "followedBy",
    "notFollowedBy",
    "within",
    "timeout",
    "bounce",
    "复杂事件处理",
    "模式",
    "序列",
    "超时",
    "跳出",
    "跳出率",
    "用户行为",
    "风控",
  ],
  params,
  inputs: { in: { en: "Rows to find the pattern in.", zh: "在其中寻找模式的行。" } },
  outputs: {
    match: { en: "One row for each match.", zh: "每个匹配一行。" },
    timeout: { en: "One row for each partial match whose time was over.", zh: "每个超时的部分匹配一行。" },
    late: { en: "Rows at or behind the watermark, as they came.", zh: "不晚于水位线的行，原样输出。" },
  },
  inferSchema,
  keyBy: ({ key }) => (key === undefined ? {} : { in: key }),
  expressions: (given) => expressionsOf(given),
  steps: ({ steps }) => stepNames(steps),
  reads: ({ output, steps }) => ({
    in: output.do === "fields" && output.fields.some(({ value }) => wholeRowStep(value, steps) !== undefined) ? ["*"] : [],
  }),
  rows: ({ output }) => (output.do === "row" ? "pass" : "new"),
  lineage: ({ params: { output, steps } }) =>
    output.do === "row"
      ? []
      : output.fields.map(({ name, value }) => ({
          field: name,
          from: [
            wholeRowStep(value, steps) === undefined
              ? { port: "in", text: value, over: "match" as const }
              : { port: "in", field: "", how: "copied" as const },
          ],
        })),
  sideOutputs: ["timeout", "late"],
  passes: () => ({ late: "in" }),
  holdings: {
    "partial matches": { en: "Partial matches", zh: "部分匹配" },
    "matched rows": { en: "Matched rows kept", zh: "保留的匹配行" },
  },
  cardLine,
});

function expressionsOf(given: PatternParams): ExpressionUse[] {
  const { key = [], order = [], output } = given;
  return [
    ...key.map((text, i) => ({ path: ["key", i], text, port: "in" })),
    ...order.map((text, i) => ({ path: ["order", i], text, port: "in", over: "matched" as const })),
    ...chainOf(given).conditions.map(({ text, path }) => ({
      path,
      text,
      port: "in",
      expects: "condition" as const,
      over: "matched" as const,
    })),
    ...(output.do === "fields"
      ? output.fields.flatMap(({ value }, i) =>
          wholeRowStep(value, given.steps) === undefined
            ? [{ path: ["output", "fields", i, "value"], text: value, port: "in", over: "match" as const }]
            : [],
        )
      : []),
  ];
}

function inferSchema(context: InferContext<PatternParams>): Record<string, Schema> {
  const { params: given, inputs, problem } = context;
  for (const found of patternProblems(given)) problem(found);
  const input = inputs.in;
  if (!input) return {};
  const { output } = given;
  const result = output.do === "row" ? input : measuredSchema(output.fields, context);
  return { match: result, timeout: result, late: input };
}

const FOLLOWS: Readonly<Record<string, string>> = { next: " → ", "followed-by": " ⇢ ", "followed-by-any": " ⇢* " };

/** "entry ⇢ no more · 10 s"; whatever is typed so far. */
function cardLine(given: Params): string {
  const within = typeof given.within === "string" && given.within !== "" ? given.within : undefined;
  return `${stepsLine(listParam(given, "steps"))}${within === undefined ? "" : ` · ${within}`}`;
}

function stepsLine(steps: readonly Readonly<Record<string, unknown>>[]): string {
  return steps
    .map((step, i) => {
      const arrow = i === 0 ? "" : (FOLLOWS[String(step.follows)] ?? (step.is === "none" ? " ⇢ " : " → "));
      const label = step.is === "group" ? `(${stepsLine(listParam(step, "steps"))})` : String(step.name ?? "");
      return `${arrow}${step.is === "none" ? "no " : ""}${label}${timesLine(step)}${step.optional === true ? "?" : ""}`;
    })
    .join("");
}

function timesLine({ repeat }: Readonly<Record<string, unknown>>): string {
  const { do: how, least, most } = (repeat ?? {}) as Readonly<Record<string, unknown>>;
  if (how === "or-more") return least === undefined || least === 1 ? "+" : `{${least},}`;
  if (how !== "times") return "";
  return most === undefined ? `{${least ?? 2}}` : `{${least ?? 2},${most}}`;
}
