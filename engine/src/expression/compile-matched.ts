/** Expressions over rows matched so far as functions: what they ask of those rows is looked up, and the rest is an expression over one row. */
import type { MatchedRow } from "../node/operator.ts";
import type { Value, Values } from "../schema/index.ts";
import { compileAggregates } from "./aggregates/compile-aggregates.ts";
import type { CheckedExpression, CheckedLookup, EvalContext, ExpressionSettings } from "./api.ts";
import { compile } from "./compile.ts";

/** The context's time is that of the candidate or the match; each row that is looked at has its own meanwhile. */
type Context = EvalContext & { time: number };

/** `matched` from the first row on; `candidate` where the expression is over one. Throws `RowError`. */
type MatchedCompiled = (matched: readonly MatchedRow[], candidate: Values | undefined, context: Context) => Value;

const NO_ROW: Values = {};

type LookUp = (matched: readonly MatchedRow[], context: Context) => Value;

export function compileMatched(checked: CheckedExpression, settings: ExpressionSettings): MatchedCompiled {
  const compiled = compile(checked, settings);
  const looks = (checked.lookups ?? []).map((lookup) => ({ field: lookup.field, lookUp: lookUpOf(lookup, settings) }));
  if (looks.length === 0) return (_matched, candidate, context) => compiled(candidate ?? NO_ROW, context);
  return (matched, candidate, context) => {
    const { time } = context;
    const row: Record<string, Value> = { ...candidate };
    for (const { field, lookUp } of looks) row[field] = lookUp(matched, context);
    context.time = time;
    return compiled(row, context);
  };
}

function lookUpOf(lookup: CheckedLookup, settings: ExpressionSettings): LookUp {
  const { step } = lookup;
  const isMeant = (one: MatchedRow): boolean => step === undefined || one.step === step;
  if (lookup.kind === "aggregate") {
    const { create, accumulate, results } = compileAggregates([lookup.aggregate], [], settings);
    return (matched, context) => {
      const accumulator = create();
      for (const one of matched) {
        if (!isMeant(one)) continue;
        context.time = one.time;
        accumulate(accumulator, one.row, context);
      }
      return results(accumulator, {})[lookup.aggregate.field] as Value;
    };
  }
  const value = compile(lookup.value, settings);
  const { from, offset } = lookup.place;
  return (matched, context) => {
    const one = from === "first" ? nth(matched, isMeant, offset) : nthLast(matched, isMeant, offset);
    if (one === undefined) return null;
    context.time = one.time;
    return value(one.row, context);
  };
}

function nth(matched: readonly MatchedRow[], isMeant: (one: MatchedRow) => boolean, offset: number): MatchedRow | undefined {
  let left = offset;
  for (const one of matched) if (isMeant(one) && left-- === 0) return one;
  return undefined;
}

function nthLast(matched: readonly MatchedRow[], isMeant: (one: MatchedRow) => boolean, offset: number): MatchedRow | undefined {
  let left = offset;
  for (let i = matched.length - 1; i >= 0; i--) {
    const one = matched[i] as MatchedRow;
    if (isMeant(one) && left-- === 0) return one;
  }
  return undefined;
}
