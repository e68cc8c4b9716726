/** The expressions of one node against the schemas that arrive: each checked once, each problem at its place in the params. */
import type { CheckedExpression } from "../expression/api.ts";
import { check, formatType } from "../expression/index.ts";
import type { ExpressionUse } from "../node/spec.ts";
import type { DataType } from "../schema/index.ts";
import { failed, type NodeDraft } from "./analyze-params.ts";
import type { Problem } from "./problem.ts";
import { problem } from "./problem-words.ts";
import type { TypedPort } from "./typed-graph.ts";
import { own, valueAt } from "./value-at.ts";

export interface ExpressionChecker {
  readonly checked: Map<string, CheckedExpression>;
  /** Every expression of the node, at its place in the params. */
  checkAll(): void;
  /** Undefined when it is wrong (said once) or the input is not known. */
  typeOf(text: string, port: string): DataType | undefined;
}

export function expressionChecker(
  draft: NodeDraft,
  inputs: Readonly<Record<string, TypedPort>>,
  timeZone: string,
  raise: (found: Omit<Problem, "nodeId">) => void,
): ExpressionChecker {
  const { spec, params } = draft;
  const checked = new Map<string, CheckedExpression>();
  const seen = new Set<string>();

  function checkOne(text: string, port: string, path: ExpressionUse["path"] | undefined): CheckedExpression | undefined {
    const key = `${port}\u0000${text}`;
    const input = own(inputs, port);
    if (!input?.known) return undefined;
    if (seen.has(key)) return checked.get(key);
    seen.add(key);
    // Where a parameter was filled in, positions in the filled text mean nothing in the text that the person sees.
    const isAsTyped = path !== undefined && valueAt(draft.rawParams, path) === text;
    const result = check(text, input.schema, { timeZone });
    for (const { range, fix, ...found } of result.problems)
      raise({ ...found, ...(path && { path }), ...(isAsTyped && { range, ...(fix && { fix }) }) });
    if (result.checked) checked.set(key, result.checked);
    return result.checked;
  }

  function checkUse({ path, text, port, expects }: ExpressionUse): void {
    const dataType = checkOne(text, port, path)?.dataType;
    if (!dataType || dataType.type === "NULL") return;
    if (expects === "condition" && dataType.type !== "BOOLEAN")
      raise(problem("params.not-a-condition", { type: formatType(dataType) }, { path }));
    if (expects === "time" && !TIME_TYPES.has(dataType.type)) raise(problem("params.not-a-time", { type: formatType(dataType) }, { path }));
  }

  return {
    checked,
    checkAll() {
      guard(draft, raise, () => {
        for (const use of spec.expressions?.(params) ?? []) checkUse(use);
        for (const [port, texts] of Object.entries(spec.keyBy?.(params) ?? {})) for (const text of texts) checkOne(text, port, undefined);
      });
    },
    typeOf: (text, port) => checkOne(text, port, undefined)?.dataType,
  };
}

const TIME_TYPES: ReadonlySet<string> = new Set(["INT", "BIGINT", "TIMESTAMP", "TIMESTAMP_LTZ"]);

/** What a spec's function gives; undefined, and a problem of the node, when it throws. */
export function guard<T>({ spec }: NodeDraft, raise: (found: Omit<Problem, "nodeId">) => void, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    raise(failed(spec, error));
    return undefined;
  }
}
