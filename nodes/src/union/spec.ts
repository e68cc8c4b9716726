import { formatType } from "@millrace/engine/expression";
import { defineSpec } from "@millrace/engine/node";
import { problem } from "@millrace/engine/pipeline";
import type { DataType, RowShape } from "@millrace/engine/schema";
import { z } from "zod";
import { fits, isText, nullable, sameType } from "../field-types.ts";

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
    const [first, ...others] = inputLists.in ?? [];
    if (!first) return {};
    let out = first;
    for (const [i, schema] of others.entries()) {
      out = unitedRows(out, schema, [], (difference) => raise(differentTypes(difference, i + 2)));
    }
    return { out };
  },
});

interface Difference {
  readonly path: readonly string[];
  readonly before: DataType;
  readonly here: DataType;
}
type Raise = (difference: Difference) => void;

/** Fields of either side, those of the first in front; what one side lacks may be NULL. */
function unitedRows(a: RowShape, b: RowShape, path: readonly string[], raise: Raise): RowShape {
  const inOther = (name: string, other: RowShape) => other.fields.find((field) => field.name === name);
  const shared = a.fields.map((field) => {
    const twin = inOther(field.name, b);
    return { ...field, dataType: twin ? united(field.dataType, twin.dataType, [...path, field.name], raise) : nullable(field.dataType) };
  });
  const added = b.fields.filter(({ name }) => !inOther(name, a)).map((field) => ({ ...field, dataType: nullable(field.dataType) }));
  const isOpen = a.open || b.open;
  return { type: "ROW", fields: [...shared, ...added], ...(isOpen && { open: true }) };
}

/** The type whose values those of both are, as they are held; rows go on as they came. */
function united(before: DataType, here: DataType, path: readonly string[], raise: Raise): DataType {
  const type = unitedBare(before, here, path, raise);
  if (!type) raise({ path, before, here });
  return before.nullable === false && here.nullable === false ? { ...(type ?? before), nullable: false } : nullable(type ?? before);
}

function unitedBare(a: DataType, b: DataType, path: readonly string[], raise: Raise): DataType | undefined {
  if (a.type === "ROW" && b.type === "ROW") return unitedRows(a, b, path, raise);
  if (a.type === "ARRAY" && b.type === "ARRAY") return { type: "ARRAY", element: united(a.element, b.element, [...path, "[]"], raise) };
  if (a.type === "MAP" && b.type === "MAP" && sameType(a.key, b.key))
    return { type: "MAP", key: a.key, value: united(a.value, b.value, [...path, "{}"], raise) };
  if (isText(a) && isText(b)) return formatType(nullable(a)) === formatType(nullable(b)) ? a : { type: "STRING" };
  if (a.type === "DECIMAL" && b.type === "DECIMAL" && a.scale === b.scale) return a.precision >= b.precision ? a : b;
  if (sameType(a, b) || fits(b, a)) return a;
  return fits(a, b) ? b : undefined;
}

function differentTypes({ path, before, here }: Difference, edge: number) {
  const [name, was, is] = [path.join(".").replaceAll(/\.(?=\[|\{)/g, ""), formatType(before), formatType(here)];
  return problem("node.words", {
    en: `field "${name}" is ${was} in an earlier input and ${is} in input ${edge}; a union needs one type. Convert one of them with a select before it.`,
    zh: `字段 “${name}” 在前面的输入中是 ${was}，在第 ${edge} 个输入中是 ${is}；合流需要同一类型。请先用选择字段节点转换其中之一。`,
  });
}
