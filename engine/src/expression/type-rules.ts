/** Which types belong together, and what an operation on two of them gives. Sources: Flink's `LogicalTypeMerging`, Calcite's `SqlTypeFactoryImpl.leastRestrictive`. */
import type { DataType } from "../schema/index.ts";

export type DecimalType = DataType & { readonly type: "DECIMAL" };

/** Decimal digits that the values of an integer type have. */
const DIGITS: Readonly<Record<string, number>> = { TINYINT: 3, SMALLINT: 5, INT: 10, BIGINT: 19 };

export const isInteger = ({ type }: DataType): boolean => Object.hasOwn(DIGITS, type);
export const isExact = (dataType: DataType): boolean => isInteger(dataType) || dataType.type === "DECIMAL";
export const isApproximate = ({ type }: DataType): boolean => type === "FLOAT" || type === "DOUBLE";
export const isNumeric = (dataType: DataType): boolean => isExact(dataType) || isApproximate(dataType);
export const isText = ({ type }: DataType): boolean => type === "STRING" || type === "CHAR" || type === "VARCHAR";
/** A text with a length of its own. */
export const isShort = (dataType: DataType): dataType is DataType & { type: "CHAR" | "VARCHAR" } =>
  dataType.type === "CHAR" || dataType.type === "VARCHAR";
export const isBytes = ({ type }: DataType): boolean => type === "BYTES" || type === "BINARY" || type === "VARBINARY";
export const isTimestamp = ({ type }: DataType): boolean => type === "TIMESTAMP" || type === "TIMESTAMP_LTZ";
export const isTimePoint = (dataType: DataType): boolean => dataType.type === "DATE" || dataType.type === "TIME" || isTimestamp(dataType);
export const isInterval = ({ type }: DataType): boolean => type === "INTERVAL_YEAR_MONTH" || type === "INTERVAL_DAY_TIME";

/** Precision of a type with fractions of a second. */
export function precisionOf(dataType: DataType): number {
  return dataType.type === "TIME" || dataType.type === "TIMESTAMP" || dataType.type === "TIMESTAMP_LTZ" ? dataType.precision : 0;
}

/** An exact number's type as DECIMAL. */
export function asDecimal(dataType: DataType): DecimalType {
  if (dataType.type === "DECIMAL") return dataType;
  return { type: "DECIMAL", precision: DIGITS[dataType.type] ?? 38, scale: 0 };
}

const MAX_PRECISION = 38;
const MIN_SCALE = 6;

/** Keeps the digits before the point, and of those behind it at least six, where both do not fit in 38. */
function fitted(precision: number, scale: number): DecimalType {
  if (precision <= MAX_PRECISION) return { type: "DECIMAL", precision, scale };
  const whole = precision - scale;
  return { type: "DECIMAL", precision: MAX_PRECISION, scale: Math.max(MAX_PRECISION - whole, Math.min(scale, MIN_SCALE)) };
}

export function decimalResult(operator: "+" | "-" | "*" | "/" | "%", left: DecimalType, right: DecimalType): DecimalType {
  const [p1, s1, p2, s2] = [left.precision, left.scale, right.precision, right.scale];
  switch (operator) {
    case "+":
    case "-": {
      const scale = Math.max(s1, s2);
      return fitted(Math.max(p1 - s1, p2 - s2) + scale + 1, scale);
    }
    case "*":
      return fitted(p1 + p2 + 1, s1 + s2);
    case "/": {
      const scale = Math.max(MIN_SCALE, s1 + p2 + 1);
      return fitted(p1 - s1 + s2 + scale, scale);
    }
    case "%": {
      if (s1 === 0 && s2 === 0) return { type: "DECIMAL", precision: p2, scale: 0 };
      const scale = Math.max(s1, s2);
      return fitted(Math.min(p1 - s1, p2 - s2) + scale, scale);
    }
  }
}

/** ROUND(x, digits) of a DECIMAL. */
export function roundedDecimal({ precision, scale }: DecimalType, digits: number): DecimalType {
  if (digits >= scale) return { type: "DECIMAL", precision, scale };
  if (digits < 0) return { type: "DECIMAL", precision: Math.min(MAX_PRECISION, 1 + precision - scale), scale: 0 };
  return { type: "DECIMAL", precision: 1 + precision - scale + digits, scale: digits };
}

/** What + - * / % of two numbers gives; `undefined` if one is no number. */
export function arithmeticType(operator: "+" | "-" | "*" | "/" | "%", left: DataType, right: DataType): DataType | undefined {
  if (!isNumeric(left) || !isNumeric(right)) return undefined;
  if (operator === "%" && (isApproximate(left) || isApproximate(right))) return undefined;
  // Calcite types a remainder of whole numbers by its divisor.
  if (operator === "%" && isInteger(right) && asDecimal(left).scale === 0) return bare(right);
  if (isExact(left) && isExact(right) && (left.type === "DECIMAL" || right.type === "DECIMAL"))
    return decimalResult(operator, asDecimal(left), asDecimal(right));
  // Calcite takes the first of the two, so that FLOAT - DOUBLE is a FLOAT.
  if (isApproximate(left) && isApproximate(right)) return bare(left);
  return commonNumber(left, right);
}

function commonNumber(left: DataType, right: DataType): DataType {
  if (isInteger(left) && isInteger(right)) return asDecimal(left).precision >= asDecimal(right).precision ? bare(left) : bare(right);
  if (isExact(left) && isExact(right)) {
    const [a, b] = [asDecimal(left), asDecimal(right)];
    const scale = Math.max(a.scale, b.scale);
    const whole = Math.max(a.precision - a.scale, b.precision - b.scale);
    return {
      type: "DECIMAL",
      precision: Math.min(MAX_PRECISION, whole + scale),
      scale: Math.min(scale, Math.max(0, MAX_PRECISION - whole)),
    };
  }
  const isSingle = [left, right].every(({ type }) => type !== "DOUBLE" && type !== "DECIMAL");
  return { type: isSingle ? "FLOAT" : "DOUBLE" };
}

function bare(dataType: DataType): DataType {
  const { nullable: _, ...rest } = dataType;
  return rest as DataType;
}

/**
 * Whose rules decide on FLOAT beside others: Calcite's operators (CASE, constructors) take DOUBLE for it with a DECIMAL, and of FLOAT and DOUBLE the first; Flink's own
 * functions (COALESCE, GREATEST) take FLOAT for a DECIMAL before it, and DOUBLE for one behind it and with a DOUBLE. Of a timestamp and an instant the
 * first take the first, or a timestamp if one is more precise, Flink's the instant.
 */
export type Rules = "Calcite" | "Flink";

/** The type that holds values of all of them (branches of a CASE, a list of IN); nullable if one is. `undefined` if they do not belong together. */
export function commonType(types: readonly DataType[], rules: Rules = "Calcite"): DataType | undefined {
  const known = types.filter(({ type }) => type !== "NULL");
  let common: DataType | undefined = known.length === 0 ? { type: "NULL" } : bare(known[0] as DataType);
  for (const dataType of known.slice(1)) {
    common = common && commonOfTwo(common, bare(dataType), rules);
    if (common === undefined) return undefined;
  }
  const nullable = types.some(({ nullable }) => nullable !== false);
  return common && (nullable ? common : ({ ...common, nullable: false } as DataType));
}

function commonOfTwo(a: DataType, b: DataType, rules: Rules): DataType | undefined {
  if (isApproximate(a) && isApproximate(b) && rules === "Calcite") return a;
  if (isNumeric(a) && isNumeric(b)) {
    const isWide = a.type === "DOUBLE" || b.type === "DOUBLE" || (a.type === "FLOAT" && b.type === "DECIMAL");
    const isSingle = rules === "Flink" && !isWide && !(isExact(a) && isExact(b));
    return isSingle ? { type: "FLOAT" } : commonNumber(a, b);
  }
  if (isText(a) && isText(b)) return commonText(a, b);
  if (isBytes(a) && isBytes(b)) return commonBytes(a, b);
  if (a.type === "DATE" && isTimestamp(b)) return b;
  if (b.type === "DATE" && isTimestamp(a)) return a;
  if (isTimestamp(a) && isTimestamp(b)) {
    const precision = Math.max(precisionOf(a), precisionOf(b));
    if (a.type !== b.type && rules === "Calcite") return precisionOf(a) === precisionOf(b) ? a : { type: "TIMESTAMP", precision };
    const type = a.type === "TIMESTAMP_LTZ" || b.type === "TIMESTAMP_LTZ" ? "TIMESTAMP_LTZ" : "TIMESTAMP";
    return { type, precision };
  }
  if (a.type === "TIME" && b.type === "TIME") return { type: "TIME", precision: Math.max(a.precision, b.precision) };
  if (a.type === "ARRAY" && b.type === "ARRAY") {
    const element = commonType([a.element, b.element], rules);
    return element && { type: "ARRAY", element };
  }
  if (a.type === "MAP" && b.type === "MAP") {
    const key = commonType([a.key, b.key], rules);
    const value = commonType([a.value, b.value], rules);
    return key && value && { type: "MAP", key, value };
  }
  if (a.type === "ROW" && b.type === "ROW") return commonRow(a, b, rules);
  return a.type === b.type ? a : undefined;
}

function commonRow(a: DataType & { type: "ROW" }, b: DataType & { type: "ROW" }, rules: Rules): DataType | undefined {
  if (a.fields.length !== b.fields.length) return undefined;
  const fields = a.fields.map((field, i) => {
    const dataType = commonType([field.dataType, (b.fields[i] as typeof field).dataType], rules);
    return dataType && { name: field.name, dataType };
  });
  return fields.every((field) => field !== undefined) ? { type: "ROW", fields } : undefined;
}

function commonText(a: DataType, b: DataType): DataType {
  if (a.type === "STRING" || b.type === "STRING") return { type: "STRING" };
  const [x, y] = [a, b] as readonly (DataType & { length: number })[] as [DataType & { length: number }, DataType & { length: number }];
  if (a.type === "CHAR" && b.type === "CHAR" && x.length === y.length) return a;
  return { type: "VARCHAR", length: Math.max(x.length, y.length) };
}

function commonBytes(a: DataType, b: DataType): DataType {
  if (a.type === "BYTES" || b.type === "BYTES") return { type: "BYTES" };
  const [x, y] = [a, b] as readonly (DataType & { length: number })[] as [DataType & { length: number }, DataType & { length: number }];
  if (a.type === "BINARY" && b.type === "BINARY" && x.length === y.length) return a;
  return { type: "VARBINARY", length: Math.max(x.length, y.length) };
}

const WIDENS: Readonly<Record<string, readonly string[]>> = {
  TINYINT: ["TINYINT"],
  SMALLINT: ["TINYINT", "SMALLINT"],
  INT: ["TINYINT", "SMALLINT", "INT"],
  BIGINT: ["TINYINT", "SMALLINT", "INT", "BIGINT"],
  FLOAT: ["TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DECIMAL"],
};

/** Whether values of one type become the other without being asked; source: Flink's `LogicalTypeCasts`. */
export function widensTo(from: DataType, to: DataType): boolean {
  if (from.type === "NULL") return true;
  if (isNumeric(from) && isNumeric(to)) return WIDENS[to.type]?.includes(from.type) ?? true;
  return commonType([from, to], "Flink") !== undefined;
}
