/** CAST: which types become which, and how. Sources: Flink's `LogicalTypeCasts` and its `CastRule`s. A value that cannot be converted is a row error with the value in its words. */
import { RowError } from "../../node/operator.ts";
import type { DataType, Value } from "../../schema/index.ts";
import type { ExpressionSettings } from "../api.ts";
import { formatType } from "../format-type.ts";
import { shorten } from "../problems.ts";
import { isBytes, isNumeric, isText } from "../type-rules.ts";
import { withNullable } from "../typed-tree.ts";
import { formatterOf } from "../values/format-value.ts";
import { variantCast } from "./from-variant.ts";
import { nestedCast } from "./to-nested.ts";
import { numberCast } from "./to-number.ts";
import { temporalCast } from "./to-temporal.ts";
import { bytesCast, textCast } from "./to-text.ts";

/** Converts a value that is not NULL; may give NULL (a DECIMAL that does not fit). */
export type Conversion = (value: Value) => Value;
/** Undefined where no cast leads from one type to the other. */
export type CastRule = (from: DataType, to: DataType, settings: ExpressionSettings) => Conversion | undefined;

export const conversionOf: CastRule = (from, to, settings) => {
  if (isSame(from, to)) return unchanged;
  if (from.type === "NULL") return unchanged;
  if (from.type === "VARIANT") return variantCast(from, to, settings);
  if (isText(to)) return textCast(from, to, settings);
  if (isBytes(to)) return bytesCast(from, to, settings);
  if (to.type === "BOOLEAN") return booleanCast(from, to);
  if (isNumeric(to)) return numberCast(from, to, settings);
  return temporalCast(from, to, settings) ?? nestedCast(from, to, settings);
};

export const unchanged: Conversion = (value) => value;

function isSame(a: DataType, b: DataType): boolean {
  return formatType(withNullable(a, true)) === formatType(withNullable(b, true));
}

const TRUTH: Readonly<Record<string, boolean>> = {
  t: true,
  true: true,
  y: true,
  yes: true,
  1: true,
  f: false,
  false: false,
  n: false,
  no: false,
  0: false,
};

function booleanCast(from: DataType, to: DataType): Conversion | undefined {
  if (isNumeric(from)) return (value) => value !== 0;
  if (!isText(from)) return undefined;
  return (value) => {
    const word = (value as string).trim().toLowerCase();
    if (!Object.hasOwn(TRUTH, word)) throw castError(value, from, to);
    return TRUTH[word] as boolean;
  };
}

/** Settings matter for the text of TIMESTAMP_LTZ only, which no failing cast starts from. */
const IN_UTC: ExpressionSettings = { timeZone: "UTC" };

export function castError(value: Value, from: DataType, to: DataType): RowError {
  const shown = shorten(formatterOf(from, IN_UTC)(value));
  const got = isText(from) ? JSON.stringify(shown) : shown;
  const expected = formatType(withNullable(to, true));
  return new RowError("expression.cast", {
    en: `${got} cannot be converted to ${expected}. Correct the value, or use TRY_CAST to get NULL instead.`,
    zh: `${got} 无法转换为 ${expected}。请修正该值，或用 TRY_CAST 得到 NULL。`,
  });
}
