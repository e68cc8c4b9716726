import { defineSpec, field, paramMeta } from "@millrace/engine/node";
import type { DataType, Schema } from "@millrace/engine/schema";
import { z } from "zod";
import { duplicateField, fieldType, nullable, requireField, withExpressions, withField, wrongType } from "../field-types.ts";
import { fieldName, listParam, namedExpressions } from "../params.ts";

const params = z.strictObject({
  array: field().register(paramMeta, {
    title: { en: "Array", zh: "数组字段" },
    description: { en: "Each of its elements becomes a row.", zh: "其中每个元素变成一行。" },
    kind: "field",
    examples: ["displays", "page.items"],
  }),
  fields: namedExpressions()
    .default([])
    .register(paramMeta, {
      title: { en: "Fields of the whole row", zh: "来自整行的字段" },
      description: {
        en: "Added to each element. A member of the element with the same name is replaced.",
        zh: "添加到每个元素。与元素成员同名时替换该成员。",
      },
    }),
  element: fieldName()
    .default("value")
    .register(paramMeta, {
      title: { en: "Element's field", zh: "元素字段名" },
      description: {
        en: "Holds the element where it is not a row (an array of texts).",
        zh: "元素不是行时（例如文本数组），存放该元素的字段。",
      },
      examples: ["tag"],
      advanced: true,
    }),
  position: fieldName()
    .optional()
    .register(paramMeta, {
      title: { en: "Position's field", zh: "序号字段名" },
      description: {
        en: "Holds the element's place in the array, from 1. Left out: none.",
        zh: "元素在数组中的序号，从 1 开始。不填则不添加。",
      },
      examples: ["position"],
      advanced: true,
    }),
  whenEmpty: z
    .enum(["drop", "keep"])
    .default("drop")
    .register(paramMeta, {
      title: { en: "Empty arrays", zh: "空数组" },
      description: {
        en: "A row whose array is empty or NULL is dropped and counted, or kept as one row whose element is NULL.",
        zh: "数组为空或为 NULL 的行：丢弃并计数；或保留为一行，元素为 NULL。",
      },
      options: { drop: { en: "drop and count", zh: "丢弃并计数" }, keep: { en: "keep one row", zh: "保留一行" } },
    }),
});

export type FlattenParams = z.infer<typeof params>;

export const spec = defineSpec<FlattenParams>({
  type: "flatten",
  title: { en: "Flatten", zh: "展开数组" },
  summary: { en: "Makes a row of each element of an array.", zh: "把数组中的每个元素变成一行。" },
  category: "transform",
  keywords: ["unnest", "explode", "flatMap", "lateral", "array", "展开", "炸开", "一行变多行", "数组", "曝光"],
  params,
  inputs: { in: { en: "Rows with an array.", zh: "带数组的行。" } },
  outputs: { out: { en: "One row per element, in the array's order.", zh: "每个元素一行，按数组顺序。" } },
  accepts: ["append", "retract"],
  rows: ({ array }) => ({ elementsOf: array }),
  inferSchema(context) {
    const { params, inputs, problem } = context;
    const input = inputs.in;
    if (!input) return {};
    const array = requireField(input, params.array, ["array"], problem);
    if (!array) return {};
    if (array.type !== "ARRAY") {
      problem(wrongType(params.array, "ARRAY", array, ["array"]));
      return {};
    }
    const { element } = array;
    const isNullable = params.whenEmpty === "keep" || element.nullable !== false;
    const out = withExpressions(membersOf(element, params.element, isNullable), params.fields, context, "in");
    if (params.position === undefined) return { out };
    if (params.fields.some(({ name }) => name === params.position)) problem(duplicateField(params.position, ["position"]));
    return {
      out: withField(out, params.position.split("."), { type: "INT", ...(params.whenEmpty === "drop" && { nullable: false }) }) ?? out,
    };
  },
  expressions: ({ fields }) => fields.map(({ value }, i) => ({ path: ["fields", i, "value"], text: value, port: "in" })),
  lineage: ({ params: { array, element, position, fields }, inputs }) => [
    ...(elementType(inputs.in, array) === "ROW"
      ? []
      : [{ field: element, from: [{ port: "in", field: `${array}.[]`, how: "copied" as const }] }]),
    ...fields.map(({ name, value }) => ({ field: name, from: [{ port: "in", text: value }] })),
    ...(position === undefined ? [] : [{ field: position, from: [{ port: "in", field: array, how: "computed" as const }] }]),
  ],
  dropReasons: { empty: { en: "array empty or NULL", zh: "数组为空或 NULL" } },
  cardLine(params) {
    const added = listParam(params, "fields").map(({ name }) => String(name));
    return [`${params.array}[]`, ...added].join(" + ");
  },
});

function elementType(input: Schema | undefined, path: string): DataType["type"] | undefined {
  const array = input && fieldType(input, path);
  return array?.type === "ARRAY" ? array.element.type : undefined;
}

/** Fields of a row made of an element; with `isNullable` all of them may be NULL, for there may be no element. */
function membersOf(element: DataType, name: string, isNullable: boolean): Schema {
  const fields = element.type === "ROW" ? element.fields : [{ name, dataType: element }];
  return {
    type: "ROW",
    fields: isNullable ? fields.map((field) => ({ ...field, dataType: nullable(field.dataType) })) : fields,
    ...(element.type === "ROW" && element.open && { open: true }),
  };
}
