/** Comparison, arithmetic and what is written with operators. */
import type { DataType, Value } from "../schema/index.ts";
import { conversionOf } from "./casts/cast.ts";
import { checkTemporalArithmetic } from "./check-temporal.ts";
import { castTo, convert, refuseVariant } from "./convert.ts";
import { formatType } from "./format-type.ts";
import { failure, shorten } from "./problems.ts";
import { type Scope, sourceOf } from "./scope.ts";
import { quoteText } from "./tokens.ts";
import {
  arithmeticType,
  asDecimal,
  commonType,
  isApproximate,
  isBytes,
  isExact,
  isInteger,
  isNumeric,
  isShort,
  isText,
  isTimePoint,
} from "./type-rules.ts";
import { apply, type Compute, constant, isNullConstant, type Typed, withNullable } from "./typed-tree.ts";
import { comparisonOf, sameValue } from "./values/compare.ts";
import { decimalOperation, negate, rescale } from "./values/decimal.ts";
import {
  addLong,
  divideInt,
  divideLong,
  multiplyLong,
  negateLong,
  remainderInt,
  remainderLong,
  subtractLong,
  type Whole,
} from "./values/integer.ts";

type Range = { readonly start: number; readonly end: number };
export type ComparisonOperator = "=" | "<>" | "<" | "<=" | ">" | ">=";
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%";

const BOOLEAN: DataType = { type: "BOOLEAN" };

export function checkComparison(scope: Scope, operator: ComparisonOperator, left: Typed, right: Typed, range: Range): Typed {
  if (isNullConstant(left) || isNullConstant(right)) return constant(null, BOOLEAN, range);
  const [a, b] = comparable(scope, operator, left, right, range);
  return apply([a, b], comparisonCompute(operator, a.dataType), BOOLEAN, range);
}

/** IS [NOT] DISTINCT FROM: as `<>`, but NULL is a value like others. */
export function checkDistinct(scope: Scope, not: boolean, left: Typed, right: Typed, range: Range): Typed {
  const isNullSide = isNullConstant(left) || isNullConstant(right);
  const [a, b] = isNullSide ? [left, right] : comparable(scope, "=", left, right, range);
  const isHeldSimply = !isNullSide && isComparedInline(a.dataType);
  const compute: Compute = isHeldSimply
    ? { nulls: "passed", inline: (x, y) => (not ? `(${x} === ${y})` : `(${x} !== ${y})`) }
    : { nulls: "passed", make: () => (x: Value, y: Value) => sameValue(x, y) === not };
  return apply([a, b], compute, BOOLEAN, range);
}

/** Both sides as one type that has the operation; throws with the repair where there is none. */
function comparable(scope: Scope, operator: string, left: Typed, right: Typed, range: Range): [Typed, Typed] {
  const [l, r] = [left.dataType, right.dataType];
  refuseVariant(scope, left, r.type === "VARIANT" ? { type: "STRING" } : generous(r));
  refuseVariant(scope, right, generous(l));
  if (isNumeric(l) && isNumeric(r)) return comparableNumbers(scope, left, right);
  if (isText(l) && isTimePoint(r)) return [asTime(scope, operator, left, r), right];
  if (isTimePoint(l) && isText(r)) return [left, asTime(scope, operator, right, l)];
  const common = commonType([l, r], "Flink");
  const isOrdered = operator === "=" || operator === "<>" || (common !== undefined && comparisonOf(common) !== undefined);
  if (!common || !isOrdered) throw wrongComparison(scope, operator, left, right, range);
  return [convert(scope, left, common), convert(scope, right, common)];
}

/** A text that is no time is equal to none; in what order it stands to one cannot be said. */
function asTime(scope: Scope, operator: string, text: Typed, to: DataType): Typed {
  const converted = convert(scope, text, to);
  const isEquality = operator === "=" || operator === "<>";
  return isEquality && converted.kind !== "constant"
    ? { kind: "try", operand: converted, dataType: withNullable(converted.dataType, true), range: text.range }
    : converted;
}

/** The type to suggest for a cast to what this is compared with: a literal's own type would be too narrow. */
function generous(dataType: DataType): DataType {
  if (isText(dataType)) return { type: "STRING" };
  return isInteger(dataType) ? { type: "BIGINT" } : dataType;
}

function comparableNumbers(scope: Scope, left: Typed, right: Typed): [Typed, Typed] {
  const [l, r] = [left.dataType, right.dataType];
  if (isInteger(l) && isInteger(r)) return [left, right];
  if (isApproximate(l) || isApproximate(r)) return [convert(scope, left, { type: "DOUBLE" }), convert(scope, right, { type: "DOUBLE" })];
  const scale = Math.max(asDecimal(l).scale, asDecimal(r).scale);
  return [atScale(left, scale), atScale(right, scale)];
}

/** For comparison only: the unscaled number may have more digits than any DECIMAL. */
function atScale(typed: Typed, scale: number): Typed {
  const from = asDecimal(typed.dataType).scale;
  const dataType: DataType = withNullable({ type: "DECIMAL", precision: 38, scale }, typed.dataType.nullable !== false);
  if (from === scale) return { ...typed, dataType };
  if (typed.kind === "constant")
    return constant(typed.value === null ? null : rescale(typed.value as Whole, from, scale), dataType, typed.range);
  return apply([typed], { make: () => (value: Whole) => rescale(value, from, scale) }, dataType, typed.range);
}

/** Types whose equal values are the same for `===`. */
function isComparedInline(dataType: DataType): boolean {
  return !isBytes(dataType) && comparisonOf(dataType) !== undefined;
}

const JAVASCRIPT = { "=": "===", "<>": "!==", "<": "<", "<=": "<=", ">": ">", ">=": ">=" } as const;

function comparisonCompute(operator: ComparisonOperator, dataType: DataType): Compute {
  const isEquality = operator === "=" || operator === "<>";
  if (isComparedInline(dataType) && (isEquality || !isText(dataType))) return { inline: (a, b) => `(${a} ${JAVASCRIPT[operator]} ${b})` };
  if (isEquality) return { make: () => (a: Value, b: Value) => sameValue(a, b) === (operator === "=") };
  const compare = comparisonOf(dataType) ?? (() => 0);
  switch (operator) {
    case "<":
      return { make: () => (a: Value, b: Value) => compare(a, b) < 0 };
    case "<=":
      return { make: () => (a: Value, b: Value) => compare(a, b) <= 0 };
    case ">":
      return { make: () => (a: Value, b: Value) => compare(a, b) > 0 };
    default:
      return { make: () => (a: Value, b: Value) => compare(a, b) >= 0 };
  }
}

function wrongComparison(scope: Scope, operator: string, left: Typed, right: Typed, range: Range) {
  const [l, r] = [left, right].map(({ dataType }) => formatType(withNullable(dataType, true))) as [string, string];
  const repair = comparisonRepair(scope, left, right) ?? comparisonRepair(scope, right, left);
  const at = repair?.range ?? range;
  const suggestion = repair && shorten(repair.text, 80);
  return failure("expression.no-comparison", { operator, left: l, right: r, ...(suggestion && { suggestion }) }, at, repair?.text);
}

/** A text compared with something else: a literal loses its quotes, anything else is cast. */
function comparisonRepair(scope: Scope, typed: Typed, other: Typed): { text: string; range: Range } | undefined {
  const isScalar = isNumeric(other.dataType) || other.dataType.type === "BOOLEAN";
  if (!isText(typed.dataType) || !isScalar) return undefined;
  const { range } = typed;
  if (typed.kind !== "constant" && other.kind === "constant") return { text: quoteText(sourceOf(scope, other.range)), range: other.range };
  if (typed.kind !== "constant")
    return { text: `CAST(${sourceOf(scope, range)} AS ${formatType(withNullable(generous(other.dataType), true))})`, range };
  const text = String(typed.value).trim();
  const isRight = isNumeric(other.dataType) ? /^-?\d+(\.\d+)?$/.test(text) : /^(true|false)$/i.test(text);
  if (isRight) return { text: text.toUpperCase(), range };
  if (other.kind === "constant") return { text: quoteText(sourceOf(scope, other.range)), range: other.range };
  return { text: `CAST(${sourceOf(scope, other.range)} AS STRING)`, range: other.range };
}

/** + - * / % on numbers, and + - with times and intervals. */
export function checkArithmetic(scope: Scope, operator: ArithmeticOperator, left: Typed, right: Typed, range: Range): Typed {
  const temporal = checkTemporalArithmetic(scope, operator, left, right, range);
  if (temporal) return temporal;
  refuseVariant(scope, left, isNumeric(right.dataType) ? generous(right.dataType) : { type: "DOUBLE" });
  refuseVariant(scope, right, generous(left.dataType));
  if (isNullConstant(left) || isNullConstant(right)) {
    const other = isNullConstant(left) ? right.dataType : left.dataType;
    if (isNumeric(other) || other.type === "NULL") return constant(null, withNullable(other, true), range);
  }
  const result = arithmeticType(operator, left.dataType, right.dataType);
  if (!result) throw wrongArithmetic(scope, operator, left, right, range);
  refuseDivisionByZero(scope, operator, left, right, range);
  if (result.type === "DECIMAL") {
    const [a, b] = [asDecimal(left.dataType), asDecimal(right.dataType)];
    const make = () => decimalOperation(operator, a, b, result);
    const isAsHeld = operator === "*" ? a.scale + b.scale === result.scale : a.scale === b.scale && a.scale === result.scale;
    const quick = isAsHeld ? quickly(operator, result.precision) : undefined;
    // Only where 38 digits are not enough for every result can one be too large, hence NULL.
    return apply([left, right], { make, quick, mayBeNull: result.precision === 38 && "undeclared" }, result, range);
  }
  if (result.type === "DOUBLE" || result.type === "FLOAT") return floatArithmetic(scope, operator, left, right, result, range);
  // A DECIMAL that is divided by a whole number for the remainder becomes one first, as in Flink.
  const dividend = left.dataType.type === "DECIMAL" ? convert(scope, left, { type: "BIGINT" }) : left;
  return apply([dividend, right], wholeArithmetic(operator, dividend.dataType, right.dataType, result), result, range);
}

/** Where both sides are constants every row would fail. */
function refuseDivisionByZero(scope: Scope, operator: ArithmeticOperator, left: Typed, right: Typed, range: Range): void {
  const isZero = right.kind === "constant" && (right.value === 0 || right.value === 0n);
  if (left.kind === "constant" && isZero && (operator === "/" || operator === "%"))
    throw failure("expression.division-by-zero", { of: shorten(sourceOf(scope, range)) }, range);
}

function floatArithmetic(scope: Scope, operator: ArithmeticOperator, left: Typed, right: Typed, result: DataType, range: Range): Typed {
  const args = [convert(scope, left, result), convert(scope, right, result)];
  const isSingle = result.type === "FLOAT";
  return apply(args, { inline: (a, b) => (isSingle ? `Math.fround(${a} ${operator} ${b})` : `(${a} ${operator} ${b})`) }, result, range);
}

const LONG = { "+": addLong, "-": subtractLong, "*": multiplyLong, "/": divideLong, "%": remainderLong } as const;
/** How far the bits of a narrower type are from the top of 32. */
const SHIFT: Readonly<Record<string, number>> = { TINYINT: 24, SMALLINT: 16 };

/** Sums and products of numbers, below what a number holds exactly and below the precision. */
function quickly(operator: ArithmeticOperator, precision: number): Compute["quick"] {
  const limit = precision < 16 ? 10 ** precision : Number.MAX_SAFE_INTEGER;
  if (operator === "+" || operator === "-") return { code: (a, b) => `${a} ${operator} ${b}`, limit };
  // Plus zero: no minus zero.
  return operator === "*" ? { code: (a, b) => `${a} * ${b} + 0`, limit } : undefined;
}

function wholeArithmetic(operator: ArithmeticOperator, left: DataType, right: DataType, result: DataType): Compute {
  if ([left, right, result].some(({ type }) => type === "BIGINT")) return { make: () => LONG[operator], quick: quickly(operator, 16) };
  const shift = SHIFT[result.type];
  const narrowed = (code: string) => (shift === undefined ? `(${code})` : `(((${code}) << ${shift}) >> ${shift})`);
  switch (operator) {
    case "*":
      return { inline: (a, b) => narrowed(`Math.imul(${a}, ${b})`) };
    case "/":
      return { make: () => (shift === undefined ? divideInt : (a: number, b: number) => (divideInt(a, b) << shift) >> shift) };
    case "%":
      return { make: () => remainderInt };
    default:
      return { inline: (a, b) => narrowed(`(${a} ${operator} ${b}) | 0`) };
  }
}

function wrongArithmetic(scope: Scope, operator: string, left: Typed, right: Typed, range: Range) {
  const [l, r] = [left, right].map(({ dataType }) => formatType(withNullable(dataType, true))) as [string, string];
  const args = { operator, left: l, right: r };
  if (operator === "+" && (isText(left.dataType) || isText(right.dataType))) {
    const side = (typed: Typed) =>
      isText(typed.dataType) ? sourceOf(scope, typed.range) : `CAST(${sourceOf(scope, typed.range)} AS STRING)`;
    const fix = `${side(left)} || ${side(right)}`;
    return failure("expression.plus-on-text", { ...args, suggestion: shorten(fix, 100) }, range, fix);
  }
  const isRemainder = operator === "%" && isNumeric(left.dataType) && isNumeric(right.dataType);
  if (isRemainder) {
    const side = (typed: Typed) => (isApproximate(typed.dataType) ? castTo(scope, typed, WIDE) : sourceOf(scope, typed.range));
    return failure("expression.remainder", args, range, `${side(left)} % ${side(right)}`);
  }
  const ofTimes = timesRepair(scope, operator, left, right);
  if (ofTimes) return failure("expression.no-arithmetic", { ...args, suggestion: shorten(ofTimes, 100) }, range, ofTimes);
  const first = asNumber(scope, left, right);
  const second = asNumber(scope, right, left);
  const fix = first || second ? `${first ?? sourceOf(scope, left.range)} ${operator} ${second ?? sourceOf(scope, right.range)}` : undefined;
  return failure("expression.no-arithmetic", args, range, fix);
}

/** A difference of times has a unit, and what is added to one as well. */
function timesRepair(scope: Scope, operator: string, left: Typed, right: Typed): string | undefined {
  if (!isTimePoint(left.dataType)) return undefined;
  const [time, other] = [left, right].map(({ range }) => sourceOf(scope, range));
  const unit = left.dataType.type === "DATE" ? "DAY" : "SECOND";
  if (operator === "-" && right.dataType.type === left.dataType.type) return `TIMESTAMPDIFF(${unit}, ${other}, ${time})`;
  if (!isInteger(right.dataType) || (operator !== "+" && operator !== "-")) return undefined;
  return `TIMESTAMPADD(${unit}, ${operator === "-" ? `-(${other})` : other}, ${time})`;
}

const WIDE: DataType = { type: "DECIMAL", precision: 38, scale: 18 };

/** A text beside a number is the number that it spells, or is cast. */
function asNumber(scope: Scope, typed: Typed, other: Typed): string | undefined {
  if (!isText(typed.dataType) || !isNumeric(other.dataType)) return undefined;
  const spelled = typed.kind === "constant" ? String(typed.value).trim() : "";
  return /^\d+(\.\d+)?$/.test(spelled) ? spelled : castTo(scope, typed, generous(other.dataType));
}

/** Unary minus. */
export function checkNegation(scope: Scope, operand: Typed, range: Range): Typed {
  const { dataType } = operand;
  refuseVariant(scope, operand, { type: "DOUBLE" });
  if (isNullConstant(operand)) return { ...operand, range };
  if (dataType.type === "BIGINT") return apply([operand], { make: () => negateLong }, dataType, range);
  if (dataType.type === "DECIMAL") return apply([operand], { make: () => negate }, dataType, range);
  if (isExact(dataType)) return apply([operand], { inline: (a) => wrapped(`(0 - ${a}) | 0`, dataType) }, dataType, range);
  if (isApproximate(dataType)) return apply([operand], { inline: (a) => `(-${a})` }, dataType, range);
  if (dataType.type.startsWith("INTERVAL")) return apply([operand], { inline: (a) => `(0 - ${a})` }, dataType, range);
  throw failure(
    "expression.not-a-number",
    { got: formatType(withNullable(dataType, true)), operator: "-" },
    operand.range,
    numberFix(scope, operand),
  );
}

function numberFix(scope: Scope, operand: Typed): string | undefined {
  return castTo(scope, operand, { type: "DOUBLE" });
}

function wrapped(code: string, dataType: DataType): string {
  const shift = SHIFT[dataType.type];
  return shift === undefined ? `(${code})` : `(((${code}) << ${shift}) >> ${shift})`;
}

export function checkPlus(scope: Scope, operand: Typed, range: Range): Typed {
  refuseVariant(scope, operand, { type: "DOUBLE" });
  const { dataType } = operand;
  if (isNumeric(dataType) || dataType.type === "NULL" || dataType.type.startsWith("INTERVAL")) return { ...operand, range };
  throw failure(
    "expression.not-a-number",
    { got: formatType(withNullable(dataType, true)), operator: "+" },
    operand.range,
    numberFix(scope, operand),
  );
}

/** `||`: texts, or bytes; numbers and times become texts, as in Flink. */
export function checkConcat(scope: Scope, left: Typed, right: Typed, range: Range): Typed {
  refuseVariant(scope, left, { type: "STRING" });
  refuseVariant(scope, right, { type: "STRING" });
  const [l, r] = [left.dataType, right.dataType];
  if (isBytes(l) && isBytes(r)) return apply([left, right], { make: () => concatBytes }, { type: "BYTES" }, range);
  const asText = (typed: Typed) => {
    const allowed =
      isText(typed.dataType) || typed.dataType.type === "NULL" || conversionOf(typed.dataType, { type: "STRING" }, scope.settings);
    if (!allowed) throw failure("expression.no-arithmetic", { operator: "||", left: formatType(l), right: formatType(r) }, range);
    return isText(typed.dataType) ? typed : convert(scope, typed, { type: "STRING" });
  };
  return apply([asText(left), asText(right)], { inline: (a, b) => `(${a} + ${b})` }, concatType(l, r), range);
}

function concatType(left: DataType, right: DataType): DataType {
  if (!isShort(left) || !isShort(right)) return { type: "STRING" };
  return { type: left.type === "CHAR" && right.type === "CHAR" ? "CHAR" : "VARCHAR", length: left.length + right.length };
}

function concatBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
