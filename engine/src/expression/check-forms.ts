/** Conditions and the forms that are neither operators nor functions: CASE, CAST, IN, LIKE, constructors. */
import type { DataType, Value } from "../schema/index.ts";
import { castError, conversionOf } from "./casts/cast.ts";
import { checkComparison } from "./check-operators.ts";
import { castTo, conversionCompute, convert, isHeldAlike, refuseVariant } from "./convert.ts";
import { folded } from "./fold.ts";
import { formatType } from "./format-type.ts";
import { failure, shorten } from "./problems.ts";
import { type Scope, sourceOf } from "./scope.ts";
import type { Expression, IntervalUnit } from "./syntax.ts";
import { commonType, isExact, isInteger, isNumeric, isText, isTimestamp, type Rules } from "./type-rules.ts";
import { apply, constant, isNullConstant, nullabilityOf, type Typed, withNullable } from "./typed-tree.ts";
import { millisOfUnit, monthsOf } from "./values/calendar.ts";
import { mapOf } from "./values/collections.ts";
import { truncate } from "./values/decimal.ts";
import { held } from "./values/integer.ts";
import { isJson, type JsonShape } from "./values/json-shape.ts";
import { likePattern, similarPattern } from "./values/like.ts";
import { patternFailure } from "./values/pattern.ts";

type Of<K extends Expression["kind"]> = Extract<Expression, { kind: K }>;
type Range = { readonly start: number; readonly end: number };

type Constructor = Of<"array" | "map" | "row">;

const BOOLEAN: DataType = { type: "BOOLEAN" };

/** The typed condition; NULL is one. */
export function asCondition(scope: Scope, typed: Typed): Typed {
  if (isNullConstant(typed)) return constant(null, BOOLEAN, typed.range);
  refuseVariant(scope, typed, BOOLEAN);
  if (typed.dataType.type === "BOOLEAN") return typed;
  throw failure(
    "expression.not-a-condition",
    { of: shorten(sourceOf(scope, typed.range)), got: formatType(withNullable(typed.dataType, true)) },
    typed.range,
    `${sourceOf(scope, typed.range)} IS NOT NULL`,
  );
}

export function checkLogic(scope: Scope, { operator, operands, range }: Of<"logic">): Typed {
  const conditions = scope.checkAll(operands).map((typed) => asCondition(scope, typed));
  return { kind: "logic", operator, operands: conditions, ...nullabilityOf(BOOLEAN, conditions), range };
}

export function checkNot(scope: Scope, operand: Typed, range: Range): Typed {
  return apply([asCondition(scope, operand)], { inline: (a) => `(!${a})` }, BOOLEAN, range);
}

function negatedIf(not: boolean, typed: Typed): Typed {
  return not ? apply([typed], { inline: (a) => `(!${a})` }, BOOLEAN, typed.range) : typed;
}

export function checkIs(scope: Scope, { operand, what, not, range }: Of<"is">): Typed {
  const typed = scope.check(operand);
  const equality = not ? "!==" : "===";
  const is = (arg: Typed, literal: string) =>
    apply([arg], { nulls: "passed", inline: (a) => `(${a} ${equality} ${literal})` }, BOOLEAN, range);
  switch (what) {
    case "NULL":
      return is(typed, "null");
    case "UNKNOWN":
      return is(asCondition(scope, typed), "null");
    case "TRUE":
      return is(asCondition(scope, typed), "true");
    case "FALSE":
      return is(asCondition(scope, typed), "false");
    default: {
      refuseVariant(scope, typed, { type: "STRING" });
      if (!isText(typed.dataType) && !isNullConstant(typed)) throw notAText(scope, `IS ${what}`, typed);
      const shape = (what.split(" ")[1] ?? "VALUE") as JsonShape;
      return apply([typed], { nulls: "passed", make: () => (text: Value) => isJson(text, shape) !== not }, BOOLEAN, range);
    }
  }
}

/** Computes a value once for several uses. */
function bind(value: Typed, use: (slot: Typed) => Typed): Typed {
  if (value.kind === "constant" || value.kind === "field" || value.kind === "slot") return use(value);
  const slot = Symbol("operand");
  const body = use({ kind: "slot", slot, dataType: value.dataType, range: value.range });
  return { kind: "let", slot, value, body, dataType: body.dataType, range: body.range };
}

function logic(operator: "AND" | "OR", operands: readonly Typed[], range: Range): Typed {
  return { kind: "logic", operator, operands, ...nullabilityOf(BOOLEAN, operands), range };
}

export function checkBetween(scope: Scope, { operand, low, high, not, symmetric, range }: Of<"between">): Typed {
  const [value, least, greatest] = scope.checkAll([operand, low, high]) as [Typed, Typed, Typed];
  const result = bind(value, (slot) => {
    const within = (a: Typed, b: Typed) =>
      logic("AND", [checkComparison(scope, ">=", slot, a, range), checkComparison(scope, "<=", slot, b, range)], range);
    if (!symmetric) return within(least, greatest);
    return bind(least, (a) => bind(greatest, (b) => logic("OR", [within(a, b), within(b, a)], range)));
  });
  return negatedIf(not, result);
}

/** From this many constants on they are looked up instead of compared one by one. */
const LOOKED_UP = 4;

export function checkIn(scope: Scope, { operand, list, not, range }: Of<"in">): Typed {
  const rows = list.filter((item): item is Constructor => item.kind === "row");
  if (operand.kind === "row" && rows.length === list.length) return negatedIf(not, rowAmong(scope, operand, rows, range));
  const [value, ...items] = scope.checkAll([operand, ...list]) as [Typed, ...Typed[]];
  const result = constantList(value, items, range) ?? bind(value, (slot) => anyOf(scope, slot, items, range));
  return negatedIf(not, result);
}

/**
 * ROW(a, b) = ROW(c, d), or IN of several: as Flink reads it, a = c AND b = d, so that a NULL among them makes it NULL. Rows that are no constructors are compared as
 * values.
 */
export function rowAmong(scope: Scope, row: Constructor, others: readonly Constructor[], range: Range): Typed {
  const odd = others.find(({ items }) => items.length !== row.items.length || items.length === 0);
  if (odd)
    return anyOf(
      scope,
      scope.check(row),
      others.map((other) => scope.check(other)),
      range,
    ); // refused there, with the types
  const compared = (slots: readonly Typed[]) => {
    const equal = others.map(({ items }) =>
      logic(
        "AND",
        scope.checkAll(items).map((item, i) => checkComparison(scope, "=", slots[i] as Typed, item, range)),
        range,
      ),
    );
    return equal.length === 1 ? (equal[0] as Typed) : logic("OR", equal, range);
  };
  const bound = ([next, ...rest]: readonly Typed[], slots: readonly Typed[]): Typed =>
    next ? bind(next, (slot) => bound(rest, [...slots, slot])) : compared(slots);
  return bound(scope.checkAll(row.items), []);
}

function anyOf(scope: Scope, value: Typed, items: readonly Typed[], range: Range): Typed {
  return logic(
    "OR",
    items.map((item) => checkComparison(scope, "=", value, item, range)),
    range,
  );
}

/** x IN (1, 2, 3, NULL …) over texts or integers as one look-up. */
function constantList(value: Typed, items: readonly Typed[], range: Range): Typed | undefined {
  if (items.length < LOOKED_UP || !items.every((item) => item.kind === "constant")) return undefined;
  const isOneKind = [isText, isInteger].some(
    (is) => is(value.dataType) && items.every((item) => isNullConstant(item) || is(item.dataType)),
  );
  if (!isOneKind) return undefined;
  const values = new Set(items.map((item) => (item.kind === "constant" ? item.value : null)));
  const otherwise = values.delete(null) ? null : false;
  return apply(
    [value],
    { make: () => (one: Value) => (values.has(one) ? true : otherwise), mayBeNull: otherwise === null },
    BOOLEAN,
    range,
  );
}

function notAText(scope: Scope, of: string, typed: Typed) {
  const got = formatType(withNullable(typed.dataType, true));
  return failure("expression.not-a-text", { of, got }, typed.range, castTo(scope, typed, { type: "STRING" }));
}

export function checkLike(scope: Scope, { operand, pattern, escapedBy, not, similar, range }: Of<"like">): Typed {
  const args = scope.checkAll([operand, pattern, ...(escapedBy ? [escapedBy] : [])]);
  for (const arg of args) {
    refuseVariant(scope, arg, { type: "STRING" });
    if (!isText(arg.dataType) && !isNullConstant(arg)) throw notAText(scope, similar ? "SIMILAR TO" : "LIKE", arg);
  }
  const [text, like, character] = args as [Typed, Typed, Typed?];
  const compile = similar ? similarPattern : likePattern;
  if (like.kind === "constant" && (character === undefined || character.kind === "constant")) {
    if (like.value === null || (character && character.value === null)) return constant(null, BOOLEAN, range);
    const matches = compile(String(like.value), character && String(character.value));
    if (typeof matches === "string")
      throw failure("expression.bad-pattern", { got: shorten(String(like.value)), reason: matches }, like.range);
    return negatedIf(not, apply([text], { make: () => matches }, BOOLEAN, range));
  }
  const compute = { make: () => dynamicLike(compile) };
  return negatedIf(not, apply(args, compute, BOOLEAN, range));
}

/** Patterns that come with the rows; the last one is kept, for they often repeat. */
function dynamicLike(compile: typeof likePattern) {
  let last: { pattern: string; escapedBy: string | undefined; matches: (text: string) => boolean } | undefined;
  return (text: string, pattern: string, escapedBy?: string): boolean => {
    if (last === undefined || last.pattern !== pattern || last.escapedBy !== escapedBy) {
      const matches = compile(pattern, escapedBy);
      last = { pattern, escapedBy, matches: typeof matches === "string" ? patternFailure(pattern) : matches };
    }
    return last.matches(text);
  };
}

export function checkCase(scope: Scope, { operand, branches, otherwise, range }: Of<"case">): Typed {
  const parts = [
    ...(operand ? [operand] : []),
    ...branches.flatMap(({ when, result }) => [...when, result]),
    ...(otherwise ? [otherwise] : []),
  ];
  const typed = scope.checkAll(parts);
  const value = operand && (typed.shift() as Typed);
  const read = branches.map(({ when }) => ({ when: when.map(() => typed.shift() as Typed), result: typed.shift() as Typed }));
  const last = typed[0] ?? constant(null, { type: "NULL" }, range);
  if (!value) {
    const conditions = read.map(({ when, result }) => ({ when: asCondition(scope, when[0] as Typed), result }));
    return choose(scope, conditions, last, range);
  }
  return bind(value, (slot) => {
    const conditions = read.map(({ when, result }) => ({ when: anyOf(scope, slot, when, range), result }));
    return choose(scope, conditions, last, range);
  });
}

/** The first branch whose condition is TRUE, all as their common type. */
export function choose(
  scope: Scope,
  branches: readonly { readonly when: Typed; readonly result: Typed }[],
  otherwise: Typed,
  range: Range,
): Typed {
  const results = [...branches.map(({ result }) => result), otherwise];
  const common = commonResult(scope, results);
  return {
    kind: "case",
    branches: branches.map(({ when, result }) => ({ when, result: convert(scope, result, common) })),
    otherwise: convert(scope, otherwise, common),
    ...nullabilityOf(common, results),
    range,
  };
}

/** The type of several possible results; throws with the first that does not fit. */
export function commonResult(scope: Scope, results: readonly Typed[], rules: Rules = "Calcite"): DataType {
  const common = commonType(
    results.map(({ dataType }) => dataType),
    rules,
  );
  if (common) return common;
  const variant = results.find(({ dataType }) => dataType.type === "VARIANT");
  const other = results.find(({ dataType }) => dataType.type !== "VARIANT" && dataType.type !== "NULL");
  if (variant && other) refuseVariant(scope, variant, isText(other.dataType) ? { type: "STRING" } : other.dataType);
  const index = results.findIndex((_, i) => commonType(results.slice(0, i + 1).map(({ dataType }) => dataType)) === undefined);
  const odd = results[index] as Typed;
  const before = commonType(results.slice(0, index).map(({ dataType }) => dataType)) as DataType;
  // What spells no such value becomes a text with the others.
  const [first] = results as [Typed, ...Typed[]];
  const own = castTo(scope, odd, before);
  const repair = own ?? (index === 1 && isText(odd.dataType) ? castTo(scope, first, { type: "STRING" }) : undefined);
  const at = own === undefined && repair !== undefined ? first.range : odd.range;
  const args = { got: formatType(withNullable(odd.dataType, true)), expected: formatType(withNullable(before, true)) };
  throw failure("expression.different-types", { ...args, ...(repair && { suggestion: shorten(repair, 100) }) }, at, repair);
}

/** What TRY_CAST gives may always be NULL. */
export function checkCast(scope: Scope, cast: Of<"cast">): Typed {
  const typed = typedCast(scope, cast);
  return cast.tries ? { ...typed, dataType: withNullable(typed.dataType, true) } : typed;
}

function typedCast(scope: Scope, { operand, target, tries, unit, range }: Of<"cast">): Typed {
  const typed = scope.check(operand);
  const { dataType } = typed;
  // A TIME has whole seconds wherever Flink makes one.
  const to: DataType = target.type === "TIME" ? { type: "TIME", precision: 0 } : withNullable(target, true);
  if (isNullConstant(typed)) return constant(null, to, range);
  if (unit !== undefined && isExact(dataType)) return numberOfUnits(scope, typed, to, unit, range);
  if (!conversionOf(dataType, to, scope.settings)) throw wrongCast(typed, to, range);
  if (isHeldAlike(dataType, to)) return { ...typed, dataType: withNullable(to, dataType.nullable !== false), range };
  if (typed.kind === "constant" && !tries) return convert(scope, typed, to, range);
  const cast = apply([typed], conversionCompute(dataType, to), to, range);
  return tries ? { kind: "try", operand: cast, dataType: to, range } : cast;
}

/** CAST(5 AS INTERVAL DAY). */
function numberOfUnits(scope: Scope, typed: Typed, to: DataType, unit: IntervalUnit, range: Range): Typed {
  const months = monthsOf(unit);
  const scale = typed.dataType.type === "DECIMAL" ? typed.dataType.scale : 0;
  const make = () => (value: number | bigint) => {
    if (months !== undefined) return Math.imul(Number(BigInt.asIntN(32, BigInt(truncate(value, scale, 0)))), months);
    const millis = Number(truncate(held(BigInt(value) * BigInt(millisOfUnit(unit) ?? 1)), scale, 0));
    if (!Number.isSafeInteger(millis)) throw castError(value, typed.dataType, to);
    return millis;
  };
  return folded(apply([typed], { make }, to, range), scope.settings);
}

function wrongCast(typed: Typed, to: DataType, range: Range) {
  const { dataType } = typed;
  const hint =
    isNumeric(dataType) && isTimestamp(to)
      ? "TO_TIMESTAMP_LTZ(number, 3)"
      : isTimestamp(dataType) && isNumeric(to)
        ? "UNIX_TIMESTAMP(CAST(… AS STRING))"
        : "CAST(CAST(… AS STRING) AS …)";
  return failure("expression.no-cast", { from: formatType(withNullable(dataType, true)), to: formatType(to), hint }, range);
}

export function checkConstructor(scope: Scope, { kind, items, range }: Of<"array" | "map" | "row">): Typed {
  const typed = scope.checkAll(items);
  if (kind === "row") {
    const names = typed.map((_, i) => `EXPR$${i}`);
    const fields = typed.map(({ dataType }, i) => ({ name: names[i] as string, dataType }));
    const make =
      () =>
      (...values: Value[]) =>
        Object.fromEntries(names.map((name, i) => [name, values[i] as Value]));
    return apply(typed, { nulls: "passed", make }, { type: "ROW", fields }, range);
  }
  if (kind === "array") {
    const element = commonResult(scope, typed);
    const args = typed.map((item) => convert(scope, item, element));
    return apply(
      args,
      {
        nulls: "passed",
        make:
          () =>
          (...values: Value[]) =>
            values,
      },
      { type: "ARRAY", element },
      range,
    );
  }
  const [keys, values] = [typed.filter((_, i) => i % 2 === 0), typed.filter((_, i) => i % 2 === 1)];
  const [key, value] = [commonResult(scope, keys), commonResult(scope, values)];
  const args = typed.map((item, i) => convert(scope, item, i % 2 === 0 ? key : value));
  return apply(args, { nulls: "passed", make: () => mapOf }, { type: "MAP", key, value }, range);
}
