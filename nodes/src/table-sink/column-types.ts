/** Types of columns: what one of ClickHouse's is made of, and which fits a value of ours. */
import type { DataType } from "@millrace/engine/schema";

export interface ColumnType {
  /** "Decimal", "DateTime64", "String": without what wraps it. */
  readonly name: string;
  /** "18", "2", "'Asia/Shanghai'". */
  readonly args: readonly string[];
  readonly isNullable: boolean;
}

const WRAPPERS: ReadonlySet<string> = new Set(["LowCardinality", "Nullable", "SimpleAggregateFunction"]);
const DECIMAL_DIGITS: Readonly<Record<string, string>> = { Decimal32: "9", Decimal64: "18", Decimal128: "38", Decimal256: "76" };

/** "LowCardinality(Nullable(Decimal64(2)))". */
export function readColumnType(text: string, isNullable = false): ColumnType {
  const match = /^\s*(\w+)\s*(?:\((.*)\))?\s*$/s.exec(text);
  const name = match?.[1] ?? text.trim();
  const args = match?.[2] === undefined ? [] : argumentsOf(match[2]);
  if (WRAPPERS.has(name) && args.length > 0) return readColumnType(args.at(-1) as string, isNullable || name === "Nullable");
  const digits = DECIMAL_DIGITS[name];
  return digits === undefined ? { name, args, isNullable } : { name: "Decimal", args: [digits, args[0] ?? "0"], isNullable };
}

function argumentsOf(text: string): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  let begin = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (letter === "\\") i++;
    else if (letter === "'") isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (letter === "(") depth++;
    else if (letter === ")") depth--;
    else if (letter === "," && depth === 0) {
      found.push(text.slice(begin, i).trim());
      begin = i + 1;
    }
  }
  return [...found, text.slice(begin).trim()];
}

/** For a column of a new table. None takes NULL: a text is then "", a number 0. `timeZone`: of the pipeline. */
export function columnTypeFor(dataType: DataType, timeZone: string): string {
  switch (dataType.type) {
    case "BOOLEAN":
      return "Bool";
    case "TINYINT":
      return "Int8";
    case "SMALLINT":
      return "Int16";
    case "INT":
      return "Int32";
    case "BIGINT":
    case "INTERVAL_DAY_TIME":
    case "INTERVAL_YEAR_MONTH":
      return "Int64";
    case "FLOAT":
      return "Float32";
    case "DOUBLE":
      return "Float64";
    case "DECIMAL":
      return `Decimal(${dataType.precision}, ${dataType.scale})`;
    case "DATE":
      return "Date32";
    case "TIMESTAMP":
    case "TIMESTAMP_LTZ":
      return dataType.precision === 0 ? `DateTime('${timeZone}')` : `DateTime64(${dataType.precision}, '${timeZone}')`;
    case "ARRAY":
      return `Array(${columnTypeFor(dataType.element, timeZone)})`;
    case "MAP":
      return `Map(${columnTypeFor(dataType.key, timeZone)}, ${columnTypeFor(dataType.value, timeZone)})`;
    default:
      return "String";
  }
}
