/**
 * What each aggregate keeps of the rows of a group, as JavaScript over the fields of an accumulator: how it begins, how a row's values are added, how two of them become one, and what it comes
 * to. Values are added one by one and never kept, but where the result holds them. Rules are Flink's: NULLs are left out, sums wrap around as their type does, and an average or a variance is
 * computed in the type of its argument.
 */
import type { DataType, Value } from "../../schema/index.ts";
import type { CheckedAggregate, ExpressionSettings } from "../api.ts";
import { check } from "../check.ts";
import { compile } from "../compile.ts";
import { formatType } from "../format-type.ts";
import { withNullable } from "../typed-tree.ts";
import { comparisonOf } from "../values/compare.ts";
import { addDecimal } from "../values/decimal.ts";
import { addLong } from "../values/integer.ts";
import { identityOf } from "./identity.ts";

/** JavaScript of one aggregate. Variables hold values of the arguments; `acc` and `other` are accumulators. */
export interface AccumulatorCode {
  readonly fields: readonly AccumulatorField[];
  /** Values that are computed of the arguments' before anything is changed, since that may fail: code by which further variables get theirs. */
  readonly derived?: (values: readonly string[]) => readonly string[];
  /** Arguments where a NULL leaves the row out; left out: all. */
  readonly skipsNullsOf?: (values: readonly string[]) => readonly string[];
  /** Statements; `values` are the arguments and then what was derived. */
  readonly add: (values: readonly string[]) => string;
  readonly merge: string;
  readonly result: string;
}

export interface AccumulatorField {
  readonly name: string;
  readonly dataType: DataType;
  readonly initial: string;
}

/** What code may call is handed in by reference; gives the variable that holds it. */
export type Give = (value: unknown) => string;

const BIGINT: DataType = { type: "BIGINT", nullable: false };
const DOUBLE: DataType = { type: "DOUBLE" };

export function accumulatorOf(aggregate: CheckedAggregate, settings: ExpressionSettings, give: Give): AccumulatorCode {
  const plain = plainAccumulator(aggregate, settings, give);
  return aggregate.distinct ? distinctAccumulator(aggregate, plain, give) : plain;
}

function plainAccumulator({ text, name, args, dataType }: CheckedAggregate, settings: ExpressionSettings, give: Give): AccumulatorCode {
  const type = args[0]?.dataType ?? BIGINT;
  const field = fieldsOf(text);
  switch (name) {
    case "COUNT": {
      const count = field("", BIGINT, "0");
      return { fields: [count.field], add: () => `${count.acc}++;`, merge: `${count.acc} += ${count.other};`, result: count.acc };
    }
    case "SUM": {
      const sum = sumOf(field, "", dataType, give);
      return { fields: [sum.field], add: ([value]) => sum.add(value as string), merge: sum.merge, result: sum.acc };
    }
    case "AVG":
      return averageOf(field, type, dataType, settings, give);
    case "VAR_POP":
    case "VAR_SAMP":
    case "STDDEV_POP":
    case "STDDEV_SAMP":
      return varianceOf(name, field, type, dataType, settings, give);
    case "MIN":
    case "MAX":
      return extremeOf(field, type, name === "MIN" ? "<" : ">", give);
    case "FIRST_VALUE": {
      const first = field("", nullableOf(type), "null");
      const set = (value: string) => `if (${first.acc} === null) ${first.acc} = ${value};`;
      return { fields: [first.field], add: ([value]) => set(value as string), merge: set(first.other), result: first.acc };
    }
    case "LAST_VALUE": {
      const last = field("", nullableOf(type), "null");
      const merge = `if (${last.other} !== null) ${last.acc} = ${last.other};`;
      return { fields: [last.field], add: ([value]) => `${last.acc} = ${value};`, merge, result: last.acc };
    }
    case "LISTAGG":
      return listOf(field);
    case "COLLECT":
      return collectionOf(field, type, give);
    case "ARRAY_AGG": {
      const values = field("", { type: "ARRAY", element: type }, "null");
      const append = (more: string) => `if (${values.acc} === null) ${values.acc} = [${more}]; else ${values.acc}.push(${more});`;
      return {
        fields: [values.field],
        skipsNullsOf: () => [],
        add: ([value]) => append(value as string),
        merge: `if (${values.other} !== null) { ${append(`...${values.other}`)} }`,
        // A copy: rows may come after a result was given.
        result: `(${values.acc} === null ? null : ${values.acc}.slice())`,
      };
    }
    default:
      throw new Error(`aggregate ${name} has nothing that computes it`);
  }
}

/** Only values that were not there before go on to the aggregate itself. */
function distinctAccumulator({ text, args }: CheckedAggregate, inner: AccumulatorCode, give: Give): AccumulatorCode {
  const [first] = args;
  const isPlain = args.length === 1 && first !== undefined && isScalar(first.dataType);
  const seenType: DataType = isPlain
    ? { type: "MAP", key: withNullable(first.dataType, false), value: { type: "BOOLEAN" } }
    : {
        type: "MAP",
        key: { type: "STRING", nullable: false },
        value: { type: "ROW", fields: args.map(({ dataType }, i) => ({ name: `v${i}`, dataType })) },
      };
  const seen = fieldsOf(text)("seen", seenType, "new Map()");
  const keyOf = (values: readonly string[]) => (isPlain ? values[0] : `${give(identityOf)}([${values.slice(0, args.length).join()}])`);
  const itemOf = (values: readonly string[]) => (isPlain ? "true" : `{ ${args.map((_, i) => `v${i}: ${values[i]}`).join(", ")} }`);
  const add = (values: readonly string[]) =>
    `const key = ${keyOf(values)}; if (!${seen.acc}.has(key)) { ${seen.acc}.set(key, ${itemOf(values)}); ${inner.add(values)} }`;
  const again = args.map((_, i) => (isPlain ? "entry[0]" : `entry[1].v${i}`));
  return {
    ...inner,
    fields: [seen.field, ...inner.fields],
    add,
    merge: `for (const entry of ${seen.other}) { ${add([...again, ...(inner.derived?.(again) ?? [])])} }`,
  };
}

type FieldOf = ReturnType<typeof fieldsOf>;

/** Fields are named by the aggregate, so that state tells which it is of. */
function fieldsOf(text: string) {
  return (part: string, dataType: DataType, initial: string) => {
    const name = part === "" ? text : `${text} ${part}`;
    const key = JSON.stringify(name);
    return { field: { name, dataType, initial }, acc: `acc[${key}]`, other: `other[${key}]` };
  };
}

function sumOf(field: FieldOf, part: string, type: DataType, give: Give) {
  const { field: own, acc, other } = field(part, nullableOf(type), "null");
  const plus = plusOf(type, give);
  const add = (value: string) => `${acc} = ${acc} === null ? ${value} : ${plus(acc, value)};`;
  return { field: own, acc, add, merge: `if (${other} !== null) ${add(other)}` };
}

/** As the type adds. */
function plusOf({ type }: DataType, give: Give): (a: string, b: string) => string {
  switch (type) {
    case "TINYINT":
      return (a, b) => `((${a} + ${b}) << 24) >> 24`;
    case "SMALLINT":
      return (a, b) => `((${a} + ${b}) << 16) >> 16`;
    case "INT":
      return (a, b) => `(${a} + ${b}) | 0`;
    case "BIGINT":
      return (a, b) => `${give(addLong)}(${a}, ${b})`;
    case "DECIMAL":
      return (a, b) => `${give(addDecimal)}(${a}, ${b})`;
    case "FLOAT":
      return (a, b) => `Math.fround(${a} + ${b})`;
    default:
      return (a, b) => `${a} + ${b}`;
  }
}

function averageOf(field: FieldOf, type: DataType, result: DataType, settings: ExpressionSettings, give: Give): AccumulatorCode {
  const sumType = type.type === "DECIMAL" ? { ...type, precision: 38 } : isApproximate(type) ? DOUBLE : BIGINT;
  const sum = sumOf(field, "sum", sumType, give);
  const count = field("count", BIGINT, "0");
  const finish = give(finisher(`CAST(s / n AS ${bare(result)})`, { s: sumType, n: BIGINT }, settings));
  return {
    fields: [sum.field, count.field],
    add: ([value]) => `${sum.add(value as string)} ${count.acc}++;`,
    merge: `${sum.merge} ${count.acc} += ${count.other};`,
    result: `(${count.acc} === 0 ? null : ${finish}({ s: ${sum.acc}, n: ${count.acc} }))`,
  };
}

/** As Calcite's AggregateReduceFunctionsRule writes them: of the sums of the values and of their squares. */
function varianceOf(
  name: string,
  field: FieldOf,
  type: DataType,
  result: DataType,
  settings: ExpressionSettings,
  give: Give,
): AccumulatorCode {
  const own = withNullable(result, true);
  const square = expressionOf(`CAST(x AS ${bare(result)}) * CAST(x AS ${bare(result)})`, { x: type }, settings);
  const value = expressionOf(`CAST(x AS ${bare(result)})`, { x: type }, settings);
  const sum = sumOf(field, "sum", own, give);
  const squares = sumOf(field, "squares", sumType(square.dataType), give);
  const count = field("count", BIGINT, "0");
  const divisor = name.endsWith("POP") ? "n" : "(n - 1)";
  const variance = `(q - s * s / n) / ${divisor}`;
  const finish = give(
    finisher(
      `CAST(${name.startsWith("STDDEV") ? `POWER(${variance}, 0.5)` : variance} AS ${bare(result)})`,
      { s: own, q: squares.field.dataType, n: BIGINT },
      settings,
    ),
  );
  return {
    fields: [sum.field, squares.field, count.field],
    derived: ([x]) => [value, square].map(({ evaluate }) => `(${x} === null ? null : ${give(evaluate)}({ x: ${x} }))`),
    add: ([, x, squared]) => `${sum.add(x as string)} ${squares.add(squared as string)} ${count.acc}++;`,
    merge: `${sum.merge} ${squares.merge} ${count.acc} += ${count.other};`,
    result: `(${count.acc} < ${name.endsWith("POP") ? 1 : 2} ? null : ${finish}({ s: ${sum.acc}, q: ${squares.acc}, n: ${count.acc} }))`,
  };
}

function extremeOf(field: FieldOf, type: DataType, sign: "<" | ">", give: Give): AccumulatorCode {
  const best = field("", nullableOf(type), "null");
  const isBetter = (value: string) =>
    hasSigns(type) ? `${value} ${sign} ${best.acc}` : `${give(comparisonOf(type))}(${value}, ${best.acc}) ${sign} 0`;
  const add = (value: string) => `if (${best.acc} === null || ${isBetter(value)}) ${best.acc} = ${value};`;
  return {
    fields: [best.field],
    add: ([value]) => add(value as string),
    merge: `if (${best.other} !== null) { ${add(best.other)} }`,
    result: best.acc,
  };
}

/** Values whose order is that of JavaScript's own signs. */
function hasSigns({ type }: DataType): boolean {
  return !["STRING", "CHAR", "VARCHAR", "BYTES", "BINARY", "VARBINARY"].includes(type);
}

function listOf(field: FieldOf): AccumulatorCode {
  const list = field("", { type: "STRING" }, "null");
  // Joining two lists needs the separator that was used last.
  const separator = field("separator", { type: "STRING" }, `","`);
  return {
    fields: [list.field, separator.field],
    skipsNullsOf: ([value]) => [value as string],
    add: ([value, given]) =>
      `${given === undefined ? "" : `${separator.acc} = ${given} ?? "";`} ${list.acc} = ${list.acc} === null ? ${value} : ${list.acc} + ${separator.acc} + ${value};`,
    merge: `if (${list.other} !== null) { ${separator.acc} = ${separator.other}; ${list.acc} = ${list.acc} === null ? ${list.other} : ${list.acc} + ${separator.acc} + ${list.other}; }`,
    result: list.acc,
  };
}

function collectionOf(field: FieldOf, type: DataType, give: Give): AccumulatorCode {
  const INT: DataType = { type: "INT", nullable: false };
  if (isScalar(type)) {
    const counts = field("", { type: "MAP", key: withNullable(type, false), value: INT }, "new Map()");
    const add = (value: string, count: string) => `${counts.acc}.set(${value}, (${counts.acc}.get(${value}) ?? 0) + ${count});`;
    return {
      fields: [counts.field],
      add: ([value]) => add(value as string, "1"),
      merge: `for (const [value, count] of ${counts.other}) { ${add("value", "count")} }`,
      result: `new Map(${counts.acc})`,
    };
  }
  const item: DataType = {
    type: "ROW",
    fields: [
      { name: "value", dataType: type },
      { name: "count", dataType: INT },
    ],
  };
  const counts = field("", { type: "MAP", key: { type: "STRING", nullable: false }, value: item }, "new Map()");
  const add = (key: string, value: string, count: string) =>
    `const key = ${key}; ${counts.acc}.set(key, { value: ${value}, count: (${counts.acc}.get(key)?.count ?? 0) + ${count} });`;
  return {
    fields: [counts.field],
    add: ([value]) => add(`${give(identityOf)}(${value})`, value as string, "1"),
    merge: `for (const [id, one] of ${counts.other}) { ${add("id", "one.value", "one.count")} }`,
    result: `new Map(Array.from(${counts.acc}.values(), (one) => [one.value, one.count]))`,
  };
}

function sumType(type: DataType): DataType {
  return withNullable(type.type === "DECIMAL" ? { ...type, precision: 38 } : type, true);
}

function nullableOf(type: DataType): DataType {
  return withNullable(type, true);
}

/** Values that a Map tells apart by themselves. */
function isScalar({ type }: DataType): boolean {
  return !["ARRAY", "MAP", "ROW", "VARIANT", "BYTES", "BINARY", "VARBINARY"].includes(type);
}

function isApproximate({ type }: DataType): boolean {
  return type === "FLOAT" || type === "DOUBLE";
}

function bare(type: DataType): string {
  return formatType(withNullable(type, true));
}

function finisher(text: string, fields: Readonly<Record<string, DataType>>, settings: ExpressionSettings) {
  return expressionOf(text, fields, settings).evaluate;
}

/** An expression of ours over a row of ours. */
function expressionOf(text: string, fields: Readonly<Record<string, DataType>>, settings: ExpressionSettings) {
  const schema = { type: "ROW", fields: Object.entries(fields).map(([name, dataType]) => ({ name, dataType })) } as const;
  const { checked, problems } = check(text, schema, settings);
  if (!checked) throw new Error(`${text}: ${problems.map(({ code }) => code).join(", ")}`);
  const compiled = compile(checked, settings);
  const context = { time: 0, now: () => 0 };
  return { dataType: checked.dataType, evaluate: (row: Readonly<Record<string, Value>>) => compiled(row, context) };
}
