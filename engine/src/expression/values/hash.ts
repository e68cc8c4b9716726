/** Java's and Flink's hash codes. */
import type { DataType, Value } from "../../schema/index.ts";
import { isText } from "../type-rules.ts";
import { millisOf, nanosOf, type Timestamp } from "./date-time.ts";
import type { Whole } from "./integer.ts";
import { javaHash } from "./java-text.ts";

/** HASH_CODE of a value of the type; undefined where Flink has none. */
export function hashCodeOf(dataType: DataType): ((value: Value) => number) | undefined {
  if (isText(dataType)) return (value) => Math.abs(javaHash(value as string)) | 0;
  switch (dataType.type) {
    case "BOOLEAN":
      return (value) => (value ? 1231 : 1237);
    case "TINYINT":
    case "SMALLINT":
    case "INT":
    case "DATE":
    case "TIME":
    case "INTERVAL_YEAR_MONTH":
      return (value) => value as number;
    case "BIGINT":
    case "INTERVAL_DAY_TIME":
      return (value) => longHash(value as Whole);
    case "FLOAT":
      return (value) => floatBits(value as number);
    case "DOUBLE":
      return (value) => doubleHash(value as number);
    case "DECIMAL":
      return (value) => (Math.imul(31, bigIntegerHash(BigInt(value as Whole))) + dataType.scale) | 0;
    case "TIMESTAMP":
    case "TIMESTAMP_LTZ":
      return (value) => (Math.imul(31, longHash(millisOf(value as Timestamp))) + nanosOf(value as Timestamp)) | 0;
    default:
      return undefined;
  }
}

function longHash(value: Whole): number {
  const bits = BigInt.asUintN(64, BigInt(value));
  return Number(bits >> 32n) ^ Number(bits & 0xffff_ffffn);
}

const view = new DataView(new ArrayBuffer(8));

function floatBits(value: number): number {
  view.setFloat32(0, value);
  return view.getInt32(0);
}

function doubleHash(value: number): number {
  view.setFloat64(0, value);
  return view.getInt32(0) ^ view.getInt32(4);
}

/** BigInteger.hashCode; BigDecimal's is 31 times that and the scale. */
function bigIntegerHash(value: bigint): number {
  let magnitude = value < 0n ? -value : value;
  const words: number[] = [];
  for (; magnitude > 0n; magnitude >>= 32n) words.unshift(Number(magnitude & 0xffff_ffffn));
  let hash = 0;
  for (const word of words) hash = (Math.imul(31, hash) + word) | 0;
  return value < 0n ? -hash | 0 : hash;
}
