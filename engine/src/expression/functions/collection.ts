/** Functions of arrays and maps. */

import { RowError } from "../../node/operator.ts";
import type { DataType, Value } from "../../schema/index.ts";
import { convert } from "../convert.ts";
import { formatType } from "../format-type.ts";
import { failure } from "../problems.ts";
import { commonType } from "../type-rules.ts";
import { apply, type Typed, withNullable } from "../typed-tree.ts";
import { sameValue } from "../values/compare.ts";
import { BOOLEAN, type FunctionDefinition, INT, param, type TypedCall } from "./define.ts";

const array = param("array", "ARRAY");
const map = param("map", "MAP");

function elementOf({ types }: TypedCall): DataType {
  const [type] = types;
  return type?.type === "ARRAY" ? type.element : { type: "NULL" };
}

/** A function of an array and something that may be one of its elements. */
function withElement(returns: DataType, compute: (array: readonly Value[], element: Value) => Value) {
  return (call: TypedCall): Typed => {
    const [list, wanted] = call.args as [Typed, Typed];
    const element = commonType([elementOf(call), wanted.dataType]);
    if (!element) {
      const args = { expected: formatType(withNullable(elementOf(call), true)), got: formatType(withNullable(wanted.dataType, true)) };
      throw failure("expression.different-types", args, wanted.range);
    }
    const args = [convert(call.scope, list, { type: "ARRAY", element }), convert(call.scope, wanted, element)];
    const make = () => (values: Value, value: Value) => (values === null ? null : compute(values as readonly Value[], value));
    const isPresent = list.dataType.nullable === false;
    return apply(args, { nulls: "passed", mayBeNull: !isPresent, make }, returns, call.range);
  };
}

export const COLLECTION_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "CARDINALITY",
    group: "collection",
    help: { en: "How many elements an array, or entries a map, has.", zh: "数组的元素个数，或映射的条目数。" },
    example: { text: "CARDINALITY(ARRAY[1, 2, 3])", result: "3" },
    signatures: [
      { params: [array], returns: INT, compute: { make: () => (values: readonly Value[]) => values.length } },
      { params: [map], returns: INT, compute: { make: () => (entries: ReadonlyMap<Value, Value>) => entries.size } },
    ],
  },
  {
    name: "ELEMENT",
    group: "collection",
    help: {
      en: "The only element of an array; NULL of an empty one, an error for more.",
      zh: "数组唯一的元素；空数组为 NULL，多于一个则报错。",
    },
    example: { text: "ELEMENT(ARRAY['a'])", result: "a" },
    signatures: [{ params: [array], returns: elementOf, compute: { mayBeNull: true, make: () => onlyElement } }],
  },
  {
    name: "ARRAY_CONTAINS",
    group: "collection",
    help: { en: "Whether an array has an element.", zh: "数组是否包含某元素。" },
    example: { text: "ARRAY_CONTAINS(ARRAY[1, 2], 2)", result: "TRUE" },
    signatures: [
      {
        params: [array, param("element", "ANY")],
        returns: BOOLEAN,
        build: withElement(BOOLEAN, (values, value) => values.some((one) => sameValue(one, value))),
      },
    ],
  },
  {
    name: "ARRAY_POSITION",
    group: "collection",
    help: {
      en: "Where an element first stands in an array, from 1; 0 if nowhere.",
      zh: "元素在数组中首次出现的位置，从 1 起；没有则为 0。",
    },
    example: { text: "ARRAY_POSITION(ARRAY['a', 'b'], 'b')", result: "2" },
    signatures: [
      {
        params: [array, param("element", "ANY")],
        returns: INT,
        build: withElement(INT, (values, value) => values.findIndex((one) => sameValue(one, value)) + 1),
      },
    ],
  },
  {
    name: "MAP_KEYS",
    group: "collection",
    help: { en: "The keys of a map as an array.", zh: "映射的所有键，作为数组。" },
    example: { text: "MAP_KEYS(MAP['a', 1])", result: "[a]" },
    signatures: [
      {
        params: [map],
        returns: ({ types: [type] }) => ({ type: "ARRAY", element: type?.type === "MAP" ? type.key : { type: "NULL" } }),
        compute: { make: () => (entries: ReadonlyMap<Value, Value>) => [...entries.keys()] },
      },
    ],
  },
  {
    name: "MAP_VALUES",
    group: "collection",
    help: { en: "The values of a map as an array.", zh: "映射的所有值，作为数组。" },
    example: { text: "MAP_VALUES(MAP['a', 1])", result: "[1]" },
    signatures: [
      {
        params: [map],
        returns: ({ types: [type] }) => ({ type: "ARRAY", element: type?.type === "MAP" ? type.value : { type: "NULL" } }),
        compute: { make: () => (entries: ReadonlyMap<Value, Value>) => [...entries.values()] },
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
