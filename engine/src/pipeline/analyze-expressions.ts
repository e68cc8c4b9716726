/** The expressions of one node against the schemas that arrive: each checked once, each problem at its place in the params. */
import type { AggregateCheckResult, CheckedAggregate, CheckedExpression, CheckResult } from "../expression/api.ts";
import { check, checkAggregates, checkMatched, formatType } from "../expression/index.ts";
import type { ExpressionUse } from "../node/spec.ts";
import type { DataType, Schema } from "../schema/index.ts";
import { failed, type NodeDraft } from "./analyze-params.ts";
import { placeOf } from "./fragments.ts";
import type { Problem } from "./problem.ts";
import { problem } from "./problem-words.ts";
import { expressionKey, type TypedPort } from "./typed-graph.ts";
import { own, valueAt } from "./value-at.ts";

export interface ExpressionChecker {
  readonly checked: Map<string, CheckedExpression>;
  readonly aggregates: Map<string, readonly CheckedAggregate[]>;
  /** What a group has beside its aggregates. */
  readonly groups: Schema | undefined;
  /** Every expression of the node, at its place in the params. */
  checkAll(): void;
  /** Undefined when it is wrong (said once) or the input is not known. */
  typeOf(text: string, port: string): DataType | undefined;
  typeOverGroups(text: string, port: string): DataType | undefined;
  typeOverMatch(text: string, port: string): DataType | undefined;
}

export function expressionChecker(
  draft: NodeDraft,
  inputs: Readonly<Record<string, TypedPort>>,
  timeZone: string,
  raise: (found: Omit<Problem, "nodeId">) => void,
): ExpressionChecker {
  const { spec, params } = draft;
  const checked = new Map<string, CheckedExpression>();
  const aggregates = new Map<string, readonly CheckedAggregate[]>();
  const seen = new Set<string>();
  let groups: Schema | undefined;

  function checkOne({ text, port, path, over }: Looked): CheckedExpression | undefined {
    const key = expressionKey({ text, port, ...(over && { over }) });
    const input = own(inputs, port);
    if (!input?.known) return undefined;
    if (seen.has(key)) return checked.get(key);
    seen.add(key);
    // Where a parameter was filled in, positions in the filled text mean nothing in the text that the person sees; inside of a fragment they may, at the node that uses it (`problem-places.ts`).
    const isAsTyped = path !== undefined && (valueAt(draft.rawParams, path) === text || placeOf(draft.id).inner !== undefined);
    const result = checkAs(over, text, input.schema);
    if (result === undefined) return undefined;
    for (const { range, fix, ...found } of result.problems)
      raise({ ...found, ...(path && { path }), ...(isAsTyped && { range, ...(fix && { fix }) }) });
    if (!result.checked) return undefined;
    if (!isOverGroups(result)) checked.set(key, result.checked);
    else {
      const parts = result.aggregates.flatMap(({ args, filter }) => (filter ? [...args, filter] : args));
      checked.set(key, { ...result.checked, reads: parts.flatMap(({ reads }) => reads) });
      aggregates.set(key, result.aggregates);
    }
    return result.checked;
  }

  function checkAs(over: Looked["over"], text: string, rows: Schema): CheckResult | AggregateCheckResult | undefined {
    if (over === undefined) return check(text, rows, { timeZone });
    if (over === "groups") return checkOver(text, rows);
    return checkMatched(text, { rows, steps: spec.steps?.(params) ?? [], hasCandidate: over === "matched" }, { timeZone });
  }

  /** Undefined, and nothing is said, where the group's fields are not known: what is wrong with them has been said. */
  function checkOver(text: string, rows: Schema): CheckResult | AggregateCheckResult | undefined {
    groups ??= spec.groups?.({
      params,
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, { schema }]) => [name, schema])),
      typeOf,
    });
    return groups && checkAggregates(text, rows, groups, { timeZone });
  }

  function typeOf(text: string, port: string): DataType | undefined {
    return checkOne({ text, port })?.dataType;
  }

  function checkUse(use: ExpressionUse): void {
    const { path, expects } = use;
    const dataType = checkOne(use)?.dataType;
    if (!dataType || dataType.type === "NULL") return;
    if (expects === "condition" && dataType.type !== "BOOLEAN")
      raise(problem("params.not-a-condition", { type: formatType(dataType) }, { path }));
    if (expects === "time" && !TIME_TYPES.has(dataType.type)) raise(problem("params.not-a-time", { type: formatType(dataType) }, { path }));
  }

  /** A row's key is computed where the row comes from and again where it goes. */
  function checkKey(text: string, port: string): void {
    const found = checkOne({ text, port });
    if (!found || found.isRepeatable) return;
    const use = spec.expressions?.(params).find((one) => one.text === text && one.port === port);
    raise(problem("params.changing-key", { text }, { ...(use && { path: use.path }) }));
  }

  return {
    checked,
    aggregates,
    get groups() {
      return groups;
    },
    checkAll() {
      guard(draft, raise, () => {
        for (const use of spec.expressions?.(params) ?? []) checkUse(use);
        for (const [port, texts] of Object.entries(spec.keyBy?.(params) ?? {})) for (const text of texts) checkKey(text, port);
      });
    },
    typeOf,
    typeOverGroups: (text, port) => checkOne({ text, port, over: "groups" })?.dataType,
    typeOverMatch: (text, port) => checkOne({ text, port, over: "match" })?.dataType,
  };
}

function isOverGroups(result: CheckResult | AggregateCheckResult): result is AggregateCheckResult {
  return "aggregates" in result;
}

type Looked = Pick<ExpressionUse, "text" | "port" | "over"> & Partial<Pick<ExpressionUse, "path">>;

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
