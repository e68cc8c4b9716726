/** Functions of maps, and of rows that are built by name. */
import { RowError } from "../../node/operator.ts";
import type { DataType, Field, Value, Values } from "../../schema/index.ts";
import { convert } from "../convert.ts";
import { formatType } from "../format-type.ts";
import { failure } from "../problems.ts";
import { commonType } from "../type-rules.ts";
import { apply, type Typed, withNullable } from "../typed-tree.ts";
import { mapOf, unionOfMaps } from "../values/collections.ts";
import { constantText, type FunctionDefinition, type FunctionGroup, INT, param, type TypedCall } from "./define.ts";

const group: FunctionGroup = "collection";
const map = param("map", "MAP");
const NULL: DataType = { type: "NULL" };

type Entries = ReadonlyMap<Value, Value>;

const keyType = ({ types: [type] }: TypedCall): DataType => (type?.type === "MAP" ? type.key : NULL);
const valueType = ({ types: [type] }: TypedCall): DataType => (type?.type === "MAP" ? type.value : NULL);
const elementType = (type: DataType | undefined): DataType => (type?.type === "ARRAY" ? type.element : NULL);

function fromArrays(keys: readonly Value[], values: readonly Value[]): Entries {
  if (keys.length === values.length) return mapOf(...keys.flatMap((key, i) => [key, values[i] as Value]));
  throw new RowError("expression.map-from-arrays", {
    en: `MAP_FROM_ARRAYS takes as many values as keys, got ${keys.length} keys and ${values.length} values. Correct the arrays.`,
    zh: `MAP_FROM_ARRAYS 的键与值个数须相同，得到 ${keys.length} 个键和 ${values.length} 个值。请更正数组。`,
  });
}

function union({ args, types, scope, range }: TypedCall): Typed {
  const common = commonType(types);
  if (common?.type !== "MAP") {
    const odd = args.find((_, i) => commonType(types.slice(0, i + 1)) === undefined) ?? (args[0] as Typed);
    const expected = formatType(withNullable(types[0] as DataType, true));
    throw failure("expression.different-types", { expected, got: formatType(withNullable(odd.dataType, true)) }, odd.range);
  }
  return apply(
    args.map((arg) => convert(scope, arg, withNullable(common, true))),
    {
      make:
        () =>
        (...maps: Entries[]) =>
          unionOfMaps(maps),
    },
    common,
    range,
  );
}

/** Names and values in turn. */
function namedFields(args: readonly Typed[]): Field[] {
  const fields: Field[] = [];
  for (let i = 0; i < args.length; i += 2) {
    const [key, value] = [args[i] as Typed, args[i + 1]];
    const name = constantText(key);
    if (name === undefined || !value) throw failure("expression.object-fields", {}, key.range);
    if (fields.some((field) => field.name === name)) throw failure("expression.duplicate-field", { field: name }, key.range);
    fields.push({ name, dataType: withNullable(value.dataType, true) });
  }
  return fields;
}

const JAVA_CLASS = /^(?:[\p{ID_Start}_$][\p{ID_Continue}$]*\.)*[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

function objectOf({ args, range }: TypedCall): Typed {
  const [className, ...pairs] = args as [Typed, ...Typed[]];
  if (!JAVA_CLASS.test(constantText(className) ?? "")) throw failure("expression.object-fields", {}, className.range);
  const fields = namedFields(pairs);
  const make =
    () =>
    (...values: Value[]) =>
      Object.fromEntries(fields.map(({ name }, i) => [name, values[i] as Value]));
  const values = pairs.filter((_, i) => i % 2 === 1);
  return apply(values, { nulls: "passed", make }, { type: "ROW", fields }, range);
}

function objectUpdate({ args, types, range }: TypedCall): Typed {
  const [row, ...pairs] = args as [Typed, ...Typed[]];
  const shape = types[0];
  if (shape?.type !== "ROW") throw failure("expression.object-fields", {}, row.range);
  const changed = namedFields(pairs);
  const unknown = changed.findIndex(({ name }) => !shape.fields.some((field) => field.name === name));
  if (unknown !== -1) {
    const known = shape.fields.map(({ name }) => name);
    throw failure("expression.unknown-field", { field: (changed[unknown] as Field).name, known }, (pairs[unknown * 2] as Typed).range);
  }
  const fields = shape.fields.map((field) => changed.find(({ name }) => name === field.name) ?? field);
  const make =
    () =>
    (values: Value, ...others: Value[]) =>
      values === null ? null : { ...(values as Values), ...Object.fromEntries(changed.map(({ name }, i) => [name, others[i] as Value])) };
  const isPresent = row.dataType.nullable === false;
  const values = pairs.filter((_, i) => i % 2 === 1);
  return apply([row, ...values], { nulls: "passed", mayBeNull: !isPresent, make }, { type: "ROW", fields }, range);
}

export const MAP_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "CARDINALITY",
    group,
    help: { en: "How many elements an array, or entries a map, has.", zh: "数组的元素个数，或映射的条目数。" },
    example: { text: "CARDINALITY(ARRAY[1, 2, 3])", result: "3" },
    signatures: [
      { params: [param("array", "ARRAY")], returns: INT, compute: { make: () => (values: readonly Value[]) => values.length } },
      { params: [map], returns: INT, compute: { make: () => (entries: Entries) => entries.size } },
    ],
  },
  {
    name: "MAP_KEYS",
    group,
    help: { en: "The keys of a map as an array.", zh: "映射的所有键，作为数组。" },
    example: { text: "MAP_KEYS(MAP['a', 1])", result: "[a]" },
    signatures: [
      {
        params: [map],
        returns: (call) => ({ type: "ARRAY", element: keyType(call) }),
        compute: { make: () => (entries: Entries) => [...entries.keys()] },
      },
    ],
  },
  {
    name: "MAP_VALUES",
    group,
    help: { en: "The values of a map as an array.", zh: "映射的所有值，作为数组。" },
    example: { text: "MAP_VALUES(MAP['a', 1])", result: "[1]" },
    signatures: [
      {
        params: [map],
        returns: (call) => ({ type: "ARRAY", element: valueType(call) }),
        compute: { make: () => (entries: Entries) => [...entries.values()] },
      },
    ],
  },
  {
    name: "MAP_ENTRIES",
    group,
    help: { en: "The entries of a map as an array of rows with key and value.", zh: "映射的所有条目，作为含 key 与 value 的行数组。" },
    example: { text: "MAP_ENTRIES(MAP['a', 1])", result: "[(a, 1)]" },
    signatures: [
      {
        params: [map],
        returns: (call) => {
          const fields = [
            { name: "key", dataType: keyType(call) },
            { name: "value", dataType: valueType(call) },
          ];
          return { type: "ARRAY", element: { type: "ROW", fields } };
        },
        compute: { make: () => (entries: Entries) => Array.from(entries, ([key, value]) => ({ key, value })) },
      },
    ],
  },
  {
    name: "MAP_FROM_ARRAYS",
    group,
    help: { en: "A map of an array of keys and an array of as many values.", zh: "由键数组与等长的值数组组成映射。" },
    example: { text: "MAP_FROM_ARRAYS(ARRAY['a', 'b'], ARRAY[1, 2])", result: "{a=1, b=2}" },
    signatures: [
      {
        params: [param("keys", "ARRAY"), param("values", "ARRAY")],
        returns: ({ types }) => ({ type: "MAP", key: elementType(types[0]), value: elementType(types[1]) }),
        compute: { make: () => fromArrays },
      },
    ],
  },
  {
    name: "MAP_UNION",
    group,
    help: { en: "All entries of the maps; under the same key the last map's value counts.", zh: "合并映射；键相同时取最后一个映射的值。" },
    example: { text: "MAP_UNION(MAP['a', 1], MAP['a', 2])", result: "{a=2}" },
    signatures: [{ params: [map], rest: map, returns: NULL, build: union }],
  },
  {
    name: "OBJECT_OF",
    group,
    help: {
      en: "A row of named fields; the first text names the kind of thing and is not kept.",
      zh: "由字段名与值组成的行；第一个文本是类型名，不保留。",
    },
    example: { text: "OBJECT_OF('com.example.User', 'name', 'Bob', 'age', 42).age", result: "42" },
    signatures: [{ params: [param("class", "STRING")], rest: param("name_or_value", "ANY"), returns: NULL, build: objectOf }],
  },
  {
    name: "OBJECT_UPDATE",
    group,
    help: { en: "A row with other values in the named fields.", zh: "更新行中指定字段的值。" },
    example: { text: "OBJECT_UPDATE(OBJECT_OF('com.example.User', 'name', 'Bob'), 'name', 'Ann').name", result: "Ann" },
    signatures: [{ params: [param("row", "ANY")], rest: param("name_or_value", "ANY"), returns: NULL, build: objectUpdate }],
  },
];
