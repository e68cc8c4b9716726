/** Conversions that nobody wrote: widening numbers, texts compared with times. And the one that must be written, from VARIANT. */
import { RowError } from "../node/operator.ts";
import type { DataType } from "../schema/index.ts";
import type { TextRange } from "./api.ts";
import { conversionOf } from "./casts/cast.ts";
import { formatType } from "./format-type.ts";
import { failure, shorten } from "./problems.ts";
import { type Scope, sourceOf } from "./scope.ts";
import { isInteger, isText, isTimestamp, precisionOf } from "./type-rules.ts";
import { apply, type Compute, constant, type Typed, withNullable } from "./typed-tree.ts";

/** The value as another type, by the rules of CAST; constants are converted at once. The cast must be allowed. */
export function convert(scope: Scope, typed: Typed, to: DataType, range: TextRange = typed.range): Typed {
  const from = typed.dataType;
  const nullable = from.nullable !== false;
  if (typed.kind === "constant") return foldConversion(scope, typed, to, range);
  if (isHeldAlike(from, to)) return { ...typed, dataType: withNullable(to, nullable), range };
  return apply([typed], conversionCompute(from, to), to, range);
}

/** CAST as something that can be computed; must be allowed. */
export function conversionCompute(from: DataType, to: DataType): Compute {
  if (from.type === "BIGINT" && to.type === "DOUBLE") return { inline: (value) => `Number(${value})` };
  return {
    make: (settings) => conversionOf(from, to, settings) ?? impossible(from, to),
    mayBeNull: from.type === "VARIANT" || (to.type === "DECIMAL" && "undeclared"),
  };
}

function impossible(from: DataType, to: DataType): never {
  throw new Error(`no cast from ${formatType(from)} to ${formatType(to)}`);
}

function foldConversion(scope: Scope, typed: Typed & { kind: "constant" }, to: DataType, range: TextRange): Typed {
  if (typed.value === null) return constant(null, withNullable(to, true), range);
  const conversion = conversionOf(typed.dataType, to, scope.settings) ?? impossible(typed.dataType, to);
  try {
    const value = conversion(typed.value);
    return constant(value, withNullable(to, value === null || typed.dataType.nullable !== false), range);
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    throw failure("expression.bad-constant", { got: shorten(sourceOf(scope, typed.range)), type: formatType(bare(to)) }, typed.range);
  }
}

function bare(dataType: DataType): DataType {
  return withNullable(dataType, true);
}

const WIDTH: Readonly<Record<string, number>> = { TINYINT: 1, SMALLINT: 2, INT: 3, BIGINT: 4, FLOAT: 5, DOUBLE: 6 };

/** Whether every value of one type is held as it would be as the other. */
export function isHeldAlike(from: DataType, to: DataType): boolean {
  if (isInteger(from) && from.type !== "BIGINT" && to.type === "DOUBLE") return true;
  if (isInteger(from) && isInteger(to)) return (WIDTH[from.type] ?? 9) <= (WIDTH[to.type] ?? 0);
  if (from.type === "FLOAT" && to.type === "DOUBLE") return true;
  if (from.type === "DECIMAL" && to.type === "DECIMAL") return from.scale === to.scale && from.precision <= to.precision;
  if (isText(from) && to.type === "STRING") return true;
  if (isText(from) && to.type === "VARCHAR") return from.type !== "STRING" && "length" in from && from.length <= to.length;
  if (isTimestamp(from) && from.type === to.type) {
    const [a, b] = [precisionOf(from), precisionOf(to)];
    return a <= b && a > 3 === b > 3;
  }
  return formatType(bare(from)) === formatType(bare(to));
}

/** The cast that makes the value of the wanted type; undefined where none leads there. */
export function castTo(scope: Scope, typed: Typed, wanted: DataType): string | undefined {
  return isCastable(scope, typed, wanted) ? `CAST(${sourceOf(scope, typed.range)} AS ${formatType(bare(wanted))})` : undefined;
}

function isCastable(scope: Scope, typed: Typed, wanted: DataType): boolean {
  const conversion = conversionOf(typed.dataType, wanted, scope.settings);
  if (!conversion || typed.kind !== "constant" || typed.value === null) return conversion !== undefined;
  try {
    conversion(typed.value);
    return true;
  } catch (error) {
    if (error instanceof RowError) return false;
    throw error;
  }
}

/** VARIANT does not convert by itself: the problem names the cast and offers it as a repair. */
export function refuseVariant(scope: Scope, typed: Typed, wanted: DataType): void {
  if (typed.dataType.type !== "VARIANT") return;
  const operand = sourceOf(scope, typed.range);
  const cast = `CAST(${operand} AS ${formatType(bare(wanted))})`;
  throw failure("expression.variant", { operand: shorten(operand), cast: shorten(cast, 100) }, typed.range, cast);
}
