/** Functions that choose among their arguments. They are other spellings of CASE, so what is not chosen is not computed. */
import type { Value } from "../../schema/index.ts";
import { choose, commonResult } from "../check-forms.ts";
import { checkComparison } from "../check-operators.ts";
import { convert } from "../convert.ts";
import { formatType } from "../format-type.ts";
import { failure } from "../problems.ts";
import { isText } from "../type-rules.ts";
import { apply, constant, type Typed, withNullable } from "../typed-tree.ts";
import { comparisonOf } from "../values/compare.ts";
import { BOOLEAN, type FunctionDefinition, param, type TypedCall } from "./define.ts";

const NULL: Typed["dataType"] = { type: "NULL" };

function isPresent(typed: Typed): Typed {
  return apply([typed], { nulls: "passed", inline: (a) => `(${a} !== null)` }, BOOLEAN, typed.range);
}

/** The first that is not NULL; every argument is computed once. */
function firstPresent({ scope, args, range }: TypedCall): Typed {
  const common = commonResult(scope, args, "Flink");
  const [last, ...before] = args.map((arg) => convert(scope, arg, common)).toReversed() as [Typed, ...Typed[]];
  const alwaysPresent = args.some(({ dataType }) => dataType.nullable === false);
  return before.reduce<Typed>((otherwise, value) => {
    const slot = Symbol("candidate");
    const reference: Typed = { kind: "slot", slot, dataType: value.dataType, range: value.range };
    const dataType = withNullable(common, !alwaysPresent);
    const body: Typed = { kind: "case", branches: [{ when: isPresent(reference), result: reference }], otherwise, dataType, range };
    return { kind: "let", slot, value, body, dataType, range };
  }, last);
}

/** A text that is never NULL keeps its own length, once both are known to belong together. */
function ifNull(call: TypedCall): Typed {
  const [value] = call.args as [Typed, Typed];
  commonResult(call.scope, call.args, "Flink");
  return value.dataType.nullable === false && isText(value.dataType) ? value : firstPresent(call);
}

function extreme(sign: 1 | -1) {
  return ({ scope, args, range, name }: TypedCall): Typed => {
    const common = commonResult(scope, args, "Flink");
    const compare = comparisonOf(common);
    if (!compare && common.type !== "NULL")
      throw failure("expression.no-order", { function: name, got: formatType(withNullable(common, true)) }, range);
    const make =
      () =>
      (...values: Value[]) =>
        values.reduce((best, value) => ((compare?.(value, best) ?? 0) * sign > 0 ? value : best));
    return apply(
      args.map((arg) => convert(scope, arg, common)),
      { make },
      common,
      range,
    );
  };
}

export const CONDITION_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "COALESCE",
    group: "condition",
    help: { en: "The first argument that is not NULL.", zh: "第一个不为 NULL 的参数。" },
    example: { text: "COALESCE(NULL, 'none')", result: "none" },
    signatures: [{ params: [param("value", "ANY")], rest: param("value", "ANY"), returns: NULL, build: firstPresent }],
  },
  {
    name: "IFNULL",
    group: "condition",
    help: { en: "The value, or the other one where it is NULL.", zh: "值本身；为 NULL 时取另一个值。" },
    example: { text: "IFNULL(NULL, 0)", result: "0" },
    signatures: [{ params: [param("value", "ANY"), param("otherwise", "ANY")], returns: NULL, build: ifNull }],
  },
  {
    name: "NULLIF",
    group: "condition",
    help: { en: "NULL where both are equal, else the first.", zh: "两者相等时为 NULL，否则为第一个值。" },
    example: { text: "NULLIF('-', '-')", result: "NULL" },
    signatures: [
      {
        params: [param("value", "ANY"), param("null_value", "ANY")],
        returns: NULL,
        build: ({ scope, args, range }) => {
          const [value, other] = args as [Typed, Typed];
          const slot = Symbol("value");
          // A constant is compared as what it is, so that one which is no time beside a time is found here.
          const reference: Typed = value.kind === "constant" ? value : { kind: "slot", slot, dataType: value.dataType, range: value.range };
          const when = checkComparison(scope, "=", reference, other, range);
          const body = choose(scope, [{ when, result: constant(null, NULL, range) }], reference, range);
          return { kind: "let", slot, value, body, dataType: body.dataType, range };
        },
      },
    ],
  },
  {
    name: "IF",
    group: "condition",
    help: { en: "The second argument where the condition is TRUE, else the third.", zh: "条件为 TRUE 时取第二个参数，否则取第三个。" },
    example: { text: "IF(2 > 1, 'yes', 'no')", result: "yes" },
    signatures: [
      {
        params: [param("condition", "BOOLEAN"), param("then", "ANY"), param("otherwise", "ANY")],
        returns: NULL,
        build: ({ scope, args, range }) => {
          const [when, then, otherwise] = args as [Typed, Typed, Typed];
          const chosen = choose(scope, [{ when, result: then }], otherwise, range);
          // Flink's rule for calls: nullable if an argument is, though a condition that is NULL only means the third.
          return when.dataType.nullable === false ? chosen : { ...chosen, dataType: withNullable(chosen.dataType, true) };
        },
      },
    ],
  },
  {
    name: "GREATEST",
    group: "condition",
    help: { en: "The greatest of the values; NULL if one is.", zh: "各值中最大的；任一为 NULL 则为 NULL。" },
    example: { text: "GREATEST(1, 3, 2)", result: "3" },
    signatures: [{ params: [param("value", "ANY")], rest: param("value", "ANY"), returns: NULL, build: extreme(1) }],
  },
  {
    name: "LEAST",
    group: "condition",
    help: { en: "The least of the values; NULL if one is.", zh: "各值中最小的；任一为 NULL 则为 NULL。" },
    example: { text: "LEAST(1, 3, 2)", result: "1" },
    signatures: [{ params: [param("value", "ANY")], rest: param("value", "ANY"), returns: NULL, build: extreme(-1) }],
  },
];
