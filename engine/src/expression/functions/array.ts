/** Functions of arrays. Positions count from 1. */
import { RowError } from "../../node/operator.ts";
import type { DataType, Value } from "../../schema/index.ts";
import { convert } from "../convert.ts";
import { formatType } from "../format-type.ts";
import { failure } from "../problems.ts";
import { commonType, isText, widensTo } from "../type-rules.ts";
import { apply, type Compute, type Typed, withNullable } from "../typed-tree.ts";
import { distinct, except, extremeOf, intersect, sliceArray, sortedArray } from "../values/collections.ts";
import { comparisonOf, sameValue } from "../values/compare.ts";
import { BOOLEAN, type FunctionDefinition, type FunctionGroup, INT, optional, param, STRING, type TypedCall } from "./define.ts";

const group: FunctionGroup = "collection";
const array = param("array", "ARRAY");

function elementOf({ types }: TypedCall, index = 0): DataType {
  const type = types[index];
  return type?.type === "ARRAY" ? type.element : { type: "NULL" };
}

const bare = (dataType: DataType) => withNullable(dataType, true);
const same = ({ types }: TypedCall): DataType => types[0] as DataType;

/** An array and something that may be one of its elements: of its type, or of one that widens to it. */
function elementArguments(call: TypedCall): { args: [Typed, Typed]; element: DataType } {
  const [list, wanted] = call.args as [Typed, Typed];
  const own = elementOf(call);
  // Flink refuses a text of any length beside CHARs; cut to theirs it would be another text.
  const isWider = own.type === "CHAR" && isText(wanted.dataType) && wanted.dataType.type !== "CHAR";
  const element = own.type === "NULL" ? wanted.dataType : isWider ? withNullable(STRING, own.nullable !== false) : own;
  if (!widensTo(wanted.dataType, element)) {
    const args = { expected: formatType(bare(own)), got: formatType(bare(wanted.dataType)) };
    throw failure("expression.different-types", args, wanted.range);
  }
  const nullable = own.nullable !== false || wanted.dataType.nullable !== false;
  return {
    args: [convert(call.scope, list, { type: "ARRAY", element }), convert(call.scope, wanted, bare(element))],
    element: withNullable(element, nullable),
  };
}

/** Looks for an element; `nullNeedle` says whether NULL is looked for like others or makes the result NULL. */
function searching(returns: DataType, nullNeedle: "looked for" | "NULL", search: (values: readonly Value[], value: Value) => Value) {
  return (call: TypedCall): Typed => {
    const { args } = elementArguments(call);
    if (nullNeedle === "NULL") return apply(args, { make: () => search as never }, returns, call.range);
    const isPresent = args[0].dataType.nullable === false;
    const make = () => (values: Value, value: Value) => (values === null ? null : search(values as readonly Value[], value));
    return apply(args, { nulls: "passed", mayBeNull: !isPresent, make }, returns, call.range);
  };
}

/** A function that gives the array changed by an element. */
function changing(change: (values: readonly Value[], value: Value) => readonly Value[], widens: boolean) {
  return (call: TypedCall): Typed => {
    const { args, element } = elementArguments(call);
    // Flink declares what a NULL is added to as nullable, though it is not.
    const isPresent = args[0].dataType.nullable === false && (!widens || args[1].dataType.nullable === false);
    const make = () => (values: Value, value: Value) => (values === null ? null : change(values as readonly Value[], value));
    const returns: DataType = { type: "ARRAY", element: widens ? element : elementOf(call) };
    return apply(args, { nulls: "passed", mayBeNull: !isPresent, make }, returns, call.range);
  };
}

/** A function of arrays that have one type of element. */
function combining(combine: (...arrays: (readonly Value[])[]) => readonly Value[]) {
  return ({ args, types, scope, range }: TypedCall): Typed => {
    const common = commonType(types, "Flink");
    if (common?.type !== "ARRAY") {
      const odd = args.find((_, i) => commonType(types.slice(0, i + 1)) === undefined) ?? (args[0] as Typed);
      throw failure(
        "expression.different-types",
        { expected: formatType(bare(types[0] as DataType)), got: formatType(bare(odd.dataType)) },
        odd.range,
      );
    }
    return apply(
      args.map((arg) => convert(scope, arg, bare(common))),
      { make: () => combine },
      bare(common),
      range,
    );
  };
}

/** The order of the elements; throws for a type without one. */
function orderOf(call: TypedCall) {
  const element = elementOf(call);
  const compare = comparisonOf(element);
  if (compare && element.type !== "BOOLEAN") return compare;
  if (element.type === "NULL") return () => 0;
  throw failure("expression.no-order", { function: call.name, got: formatType(bare(call.types[0] as DataType)) }, call.range);
}

function extreme(sign: 1 | -1): (call: TypedCall) => Compute {
  return (call) => {
    const compare = orderOf(call);
    return { mayBeNull: true, make: () => (values: readonly Value[]) => extremeOf(values, compare, sign) };
  };
}

function joined(values: readonly Value[], separator: string, nullText?: string): string {
  const texts = nullText === undefined ? values.filter((value) => value !== null) : values.map((value) => value ?? nullText);
  return texts.join(separator);
}

const element = param("element", "ANY");

export const ARRAY_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "ELEMENT",
    group,
    help: {
      en: "The only element of an array; NULL of an empty one, an error for more.",
      zh: "数组唯一的元素；空数组为 NULL，多于一个则报错。",
    },
    example: { text: "ELEMENT(ARRAY['a'])", result: "a" },
    signatures: [{ params: [array], returns: elementOf, compute: { mayBeNull: "undeclared", make: () => onlyElement } }],
  },
  {
    name: "ARRAY_CONTAINS",
    group,
    help: { en: "Whether an array has an element; NULL is looked for like others.", zh: "数组是否包含某元素；NULL 也照样查找。" },
    example: { text: "ARRAY_CONTAINS(ARRAY[1, 2], 2)", result: "TRUE" },
    signatures: [
      {
        params: [array, element],
        returns: BOOLEAN,
        build: searching(BOOLEAN, "looked for", (values, value) => values.some((one) => sameValue(one, value))),
      },
    ],
  },
  {
    name: "ARRAY_POSITION",
    group,
    help: {
      en: "Where an element first stands in an array, from 1; 0 if nowhere.",
      zh: "元素在数组中首次出现的位置，从 1 起；没有则为 0。",
    },
    example: { text: "ARRAY_POSITION(ARRAY['a', 'b'], 'b')", result: "2" },
    signatures: [
      {
        params: [array, element],
        returns: INT,
        build: searching(INT, "NULL", (values, value) => values.findIndex((one) => sameValue(one, value)) + 1),
      },
    ],
  },
  {
    name: "ARRAY_APPEND",
    group,
    help: { en: "The array with one more element at its end.", zh: "在数组末尾加一个元素。" },
    example: { text: "ARRAY_APPEND(ARRAY[1, 2], 3)", result: "[1, 2, 3]" },
    signatures: [{ params: [array, element], returns: same, build: changing((values, value) => [...values, value], true) }],
  },
  {
    name: "ARRAY_PREPEND",
    group,
    help: { en: "The array with one more element at its start.", zh: "在数组开头加一个元素。" },
    example: { text: "ARRAY_PREPEND(ARRAY[1, 2], 0)", result: "[0, 1, 2]" },
    signatures: [{ params: [array, element], returns: same, build: changing((values, value) => [value, ...values], true) }],
  },
  {
    name: "ARRAY_REMOVE",
    group,
    help: { en: "The array without every element that equals the given one.", zh: "去掉数组中所有等于给定值的元素。" },
    example: { text: "ARRAY_REMOVE(ARRAY[1, 2, 1], 1)", result: "[2]" },
    signatures: [
      {
        params: [array, element],
        returns: same,
        build: changing((values, value) => values.filter((one) => !sameValue(one, value)), false),
      },
    ],
  },
  {
    name: "ARRAY_DISTINCT",
    group,
    help: { en: "The array with each element once, where it first stands.", zh: "数组去重，保留首次出现的元素。" },
    example: { text: "ARRAY_DISTINCT(ARRAY[1, 2, 1])", result: "[1, 2]" },
    signatures: [{ params: [array], returns: same, compute: { make: () => (values: readonly Value[]) => distinct(values) } }],
  },
  {
    name: "ARRAY_REVERSE",
    group,
    help: { en: "The elements from last to first.", zh: "反转数组。" },
    example: { text: "ARRAY_REVERSE(ARRAY[1, 2, 3])", result: "[3, 2, 1]" },
    signatures: [{ params: [array], returns: same, compute: { make: () => (values: readonly Value[]) => values.toReversed() } }],
  },
  {
    name: "ARRAY_SLICE",
    group,
    help: {
      en: "The elements from one position to another, both included; negative positions count from the end.",
      zh: "从某位置到某位置的元素（含两端）；负数从末尾数。",
    },
    example: { text: "ARRAY_SLICE(ARRAY['a', 'b', 'c', 'd'], 2, -2)", result: "[b, c]" },
    signatures: [
      {
        params: [array, param("start", "INT"), optional("end", "INT")],
        returns: same,
        compute: {
          make:
            () =>
            (values: readonly Value[], start: number, end = values.length) =>
              sliceArray(values, start, end),
        },
      },
    ],
  },
  {
    name: "ARRAY_SORT",
    group,
    help: {
      en: "The elements in order; ascending unless FALSE is given, NULLs first when ascending unless the third argument says otherwise.",
      zh: "数组排序；默认升序，给 FALSE 为降序；升序时 NULL 在前，可由第三个参数指定。",
    },
    example: { text: "ARRAY_SORT(ARRAY[3, NULL, 1], FALSE)", result: "[3, 1, NULL]" },
    signatures: [
      {
        params: [array, optional("ascending", "BOOLEAN"), optional("nulls_first", "BOOLEAN")],
        returns: same,
        compute: (call) => {
          const compare = orderOf(call);
          const make =
            () =>
            (values: readonly Value[], ascending = true, nullsFirst = ascending) =>
              sortedArray(values, compare, ascending, nullsFirst);
          return { make };
        },
      },
    ],
  },
  {
    name: "ARRAY_UNION",
    group,
    help: { en: "The elements of both arrays, each once.", zh: "两个数组的并集，去重。" },
    example: { text: "ARRAY_UNION(ARRAY[1, 2], ARRAY[2, 3])", result: "[1, 2, 3]" },
    signatures: [{ params: [array, param("other", "ARRAY")], returns: same, build: combining(distinct) }],
  },
  {
    name: "ARRAY_EXCEPT",
    group,
    help: { en: "The elements of the first array that the second has not, each once.", zh: "在第一个数组而不在第二个数组中的元素，去重。" },
    example: { text: "ARRAY_EXCEPT(ARRAY[1, 2, 2], ARRAY[1])", result: "[2]" },
    signatures: [
      {
        params: [array, param("other", "ARRAY")],
        returns: same,
        build: combining((values, other) => except(values, other as readonly Value[])),
      },
    ],
  },
  {
    name: "ARRAY_INTERSECT",
    group,
    help: { en: "The elements that both arrays have, each once.", zh: "两个数组的交集，去重。" },
    example: { text: "ARRAY_INTERSECT(ARRAY[1, 2, 2], ARRAY[2, 3])", result: "[2]" },
    signatures: [
      {
        params: [array, param("other", "ARRAY")],
        returns: same,
        build: combining((values, other) => intersect(values, other as readonly Value[])),
      },
    ],
  },
  {
    name: "ARRAY_CONCAT",
    group,
    help: { en: "The arrays one after another; NULL if one is NULL.", zh: "依次连接数组；任一为 NULL 则为 NULL。" },
    example: { text: "ARRAY_CONCAT(ARRAY[1], ARRAY[2, 1])", result: "[1, 2, 1]" },
    signatures: [{ params: [array], rest: array, returns: same, build: combining((...arrays) => arrays.flat(1)) }],
  },
  {
    name: "ARRAY_MAX",
    group,
    help: { en: "The greatest element; NULLs are left out.", zh: "数组中最大的元素；忽略 NULL。" },
    example: { text: "ARRAY_MAX(ARRAY[1, 3, 2])", result: "3" },
    signatures: [{ params: [array], returns: elementOf, compute: extreme(1) }],
  },
  {
    name: "ARRAY_MIN",
    group,
    help: { en: "The least element; NULLs are left out.", zh: "数组中最小的元素；忽略 NULL。" },
    example: { text: "ARRAY_MIN(ARRAY[2, 1, 3])", result: "1" },
    signatures: [{ params: [array], returns: elementOf, compute: extreme(-1) }],
  },
  {
    name: "ARRAY_JOIN",
    group,
    help: {
      en: "Texts of an array with a separator between them; NULLs are left out, or stand as the third argument.",
      zh: "用分隔符连接文本数组；跳过 NULL，或替换为第三个参数。",
    },
    example: { text: "ARRAY_JOIN(ARRAY['a', NULL, 'b'], '-', '?')", result: "a-?-b" },
    signatures: [
      {
        params: [param("array", "ARRAY of STRING"), param("separator", "STRING"), optional("null_text", "STRING")],
        returns: STRING,
        compute: { make: () => joined },
      },
    ],
  },
];

function onlyElement(values: readonly Value[]): Value {
  if (values.length <= 1) return values[0] ?? null;
  throw new RowError("expression.element", {
    en: `ELEMENT takes an array of at most one element, got ${values.length}. Use array[1] for the first.`,
    zh: `ELEMENT 只接受至多一个元素的数组，得到 ${values.length} 个。取第一个请用 array[1]。`,
  });
}
