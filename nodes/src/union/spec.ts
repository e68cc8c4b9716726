import { formatType } from "@millrace/engine/expression";
import { defineSpec } from "@millrace/engine/node";
import { problem } from "@millrace/engine/pipeline";
import type { Field, Schema } from "@millrace/engine/schema";
import { z } from "zod";
import { nullable, sameType } from "../field-types.ts";

const params = z.strictObject({});

export const spec = defineSpec<z.infer<typeof params>>({
  type: "union",
  title: { en: "Union", zh: "合流" },
  summary: { en: "Brings rows of several streams together, in the order they arrive.", zh: "把多条流的行合到一起，按到达顺序。" },
  category: "join",
  keywords: ["union all", "merge", "concat", "combine", "合并", "汇聚", "多流合并", "汇合"],
  params,
  inputs: { in: { en: "Any number of streams.", zh: "任意多条流。" } },
  outputs: { out: { en: "All their rows.", zh: "所有输入的行。" } },
  manyEdgesPerInput: true,
  accepts: ["append", "retract"],
  inferSchema({ inputLists, problem: raise }) {
    const schemas = inputLists.in ?? [];
    const [first, ...others] = schemas;
    if (!first) return {};
    let out = first;
    for (const [i, schema] of others.entries()) {
      for (const field of schema.fields) {
        const known = out.fields.find(({ name }) => name === field.name);
        if (known && !sameType(known.dataType, field.dataType)) raise(differentTypes(known, field, i + 2));
      }
      out = both(out, schema);
    }
    return { out };
  },
});

/** Fields of either side, those of the first in front; what one side lacks may be NULL. */
function both(a: Schema, b: Schema): Schema {
  const inBoth = (name: string, other: Schema) => other.fields.find((field) => field.name === name);
  const shared = a.fields.map((field) => {
    const twin = inBoth(field.name, b);
    return twin?.dataType.nullable === false ? field : { ...field, dataType: nullable(field.dataType) };
  });
  const added = b.fields.filter((field) => !inBoth(field.name, a)).map((field) => ({ ...field, dataType: nullable(field.dataType) }));
  const isOpen = a.open || b.open;
  return { type: "ROW", fields: [...shared, ...added], ...(isOpen && { open: true }) };
}

function differentTypes(known: Field, field: Field, edge: number) {
  const [before, here] = [formatType(known.dataType), formatType(field.dataType)];
  return problem("node.words", {
    en: `field "${field.name}" is ${before} in an earlier input and ${here} in input ${edge}; a union needs one type. Convert one of them with a select before it.`,
    zh: `字段 “${field.name}” 在前面的输入中是 ${before}，在第 ${edge} 个输入中是 ${here}；合流需要同一类型。请先用选择字段节点转换其中之一。`,
  });
}
