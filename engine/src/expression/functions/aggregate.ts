/**
 * Functions of many rows. They are parsed and typed here; nodes that aggregate compute them. Types are Flink's: a sum of whole numbers has their type (and wraps
 * around like them), and so has their average, cut off.
 */
import type { DataType } from "../../schema/index.ts";
import { formatType } from "../format-type.ts";
import { failure } from "../problems.ts";
import { withNullable } from "../typed-tree.ts";
import { comparisonOf } from "../values/compare.ts";
import { BIGINT, type FunctionDefinition, optional, type Param, param, type Signature, STRING, type TypedCall } from "./define.ts";

const number = param("number", "NUMBER");
const value = param("value", "ANY");
const COUNT: DataType = { ...BIGINT, nullable: false };

const own = ({ types }: TypedCall): DataType => types[0] as DataType;
const ownOrNull = (call: TypedCall): DataType => withNullable(own(call), true);

/** A sum has room for all digits. */
function sumType(call: TypedCall): DataType {
  const type = own(call);
  return type.type === "DECIMAL" ? { ...type, precision: 38 } : type;
}

function averageType(call: TypedCall): DataType {
  const type = own(call);
  return type.type === "DECIMAL" ? { ...type, precision: 38, scale: Math.max(6, type.scale) } : type;
}

function ordered(call: TypedCall): DataType {
  const type = own(call);
  if (type.type === "NULL" || comparisonOf(type)) return type;
  throw failure("expression.no-order", { function: call.name, got: formatType(withNullable(type, true)) }, call.range);
}

function aggregate(name: string, en: string, zh: string, text: string, result: string, ...signatures: Signature[]): FunctionDefinition {
  return { name, group: "aggregate", help: { en, zh }, example: { text, result }, signatures };
}

/** Of one argument. */
function ofOne(name: string, en: string, zh: string, result: string, given: Param, returns: Signature["returns"]): FunctionDefinition {
  return aggregate(name, en, zh, `${name}(x)`, result, { params: [given], returns });
}

/** Examples are over a field `x INT NOT NULL`; their result is the type. */
export const AGGREGATE_FUNCTIONS: readonly FunctionDefinition[] = [
  aggregate(
    "COUNT",
    "How many rows there are (*), or how many have a value that is not NULL; with DISTINCT each value counts once.",
    "行数（*），或不为 NULL 的值的个数；加 DISTINCT 则相同的值只计一次。",
    "COUNT(DISTINCT x)",
    "BIGINT NOT NULL",
    { shape: "COUNT(*)", params: [], returns: COUNT },
    { shape: "COUNT([DISTINCT] value …)", params: [value], rest: value, returns: COUNT },
  ),
  ofOne(
    "SUM",
    "The sum of the values; NULLs are left out, NULL if nothing is left.",
    "各值之和；忽略 NULL，全为 NULL 则为 NULL。",
    "INT NOT NULL",
    number,
    sumType,
  ),
  ofOne(
    "AVG",
    "The average of the values; of whole numbers a whole number, cut off.",
    "各值的平均；整数的平均仍为整数（截断）。",
    "INT NOT NULL",
    number,
    averageType,
  ),
  ofOne("MIN", "The least value.", "最小值。", "INT NOT NULL", value, ordered),
  ofOne("MAX", "The greatest value.", "最大值。", "INT NOT NULL", value, ordered),
  ofOne("FIRST_VALUE", "The value of the first row that has one.", "第一个有值的行的值。", "INT", value, ownOrNull),
  ofOne("LAST_VALUE", "The value of the last row that has one.", "最后一个有值的行的值。", "INT", value, ownOrNull),
  aggregate(
    "LISTAGG",
    "The texts one after another with ',' or the given separator between them; NULLs are left out.",
    "用 ',' 或给定的分隔符连接各文本；忽略 NULL。",
    "LISTAGG(CAST(x AS STRING), ';')",
    "STRING NOT NULL",
    {
      params: [param("text", "STRING"), optional("separator", "STRING")],
      returns: ({ types }) => withNullable(STRING, types[0]?.nullable !== false),
    },
  ),
  ofOne(
    "COLLECT",
    "Every value with how often it occurs.",
    "每个值及其出现次数。",
    "MAP<INT NOT NULL, INT NOT NULL> NOT NULL",
    value,
    (call) => ({
      type: "MAP",
      key: own(call),
      value: { type: "INT", nullable: false },
      nullable: false,
    }),
  ),
  ofOne("ARRAY_AGG", "The values as an array.", "各值组成的数组。", "ARRAY<INT NOT NULL>", value, (call) => ({
    type: "ARRAY",
    element: own(call),
  })),
  ofOne("STDDEV_POP", "The standard deviation of all values.", "总体标准差。", "INT NOT NULL", number, averageType),
  ofOne("STDDEV_SAMP", "The standard deviation of a sample.", "样本标准差。", "INT", number, (call) =>
    withNullable(averageType(call), true),
  ),
  ofOne("VAR_POP", "The variance of all values.", "总体方差。", "INT NOT NULL", number, averageType),
  ofOne("VAR_SAMP", "The variance of a sample.", "样本方差。", "INT", number, (call) => withNullable(averageType(call), true)),
];
