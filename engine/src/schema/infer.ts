/** The schema that a handful of JSON records suggests: tests, files and the command line use it where none is declared. */
import type { DataType, Field, Schema } from "./types.ts";

/** Fields in the order they first appear. Integers are BIGINT, other numbers DOUBLE, what is sometimes one thing and sometimes another VARIANT. */
export function inferSchema(records: Iterable<unknown>): Schema {
  let merged: DataType | undefined;
  for (const record of records) {
    const type = inferType(record);
    if (type.type === "ROW") merged = merged === undefined ? type : unify(merged, type);
  }
  return merged?.type === "ROW" ? { ...merged, open: true } : { type: "ROW", fields: [], open: true };
}

export function inferType(value: unknown): DataType {
  switch (typeof value) {
    case "string":
      return { type: "STRING" };
    case "boolean":
      return { type: "BOOLEAN" };
    case "bigint":
      return { type: "BIGINT" };
    case "number":
      return Number.isInteger(value) ? { type: "BIGINT" } : { type: "DOUBLE" };
    case "object": {
      if (value === null) return { type: "NULL" };
      if (Array.isArray(value)) {
        const element = value.map(inferType).reduce<DataType>(unify, { type: "NULL" });
        return { type: "ARRAY", element: element.type === "NULL" ? { type: "STRING" } : element };
      }
      const fields: Field[] = Object.entries(value).map(([name, member]) => ({ name, dataType: inferType(member) }));
      return { type: "ROW", fields, open: true };
    }
    default:
      return { type: "NULL" };
  }
}

function unify(a: DataType, b: DataType): DataType {
  if (a.type === "NULL") return b;
  if (b.type === "NULL") return a;
  if (a.type === "ROW" && b.type === "ROW") {
    const fields = new Map(a.fields.map((field) => [field.name, field.dataType]));
    for (const field of b.fields) {
      const known = fields.get(field.name);
      fields.set(field.name, known === undefined ? field.dataType : unify(known, field.dataType));
    }
    return { type: "ROW", fields: [...fields].map(([name, dataType]) => ({ name, dataType })), open: true };
  }
  if (a.type === "ARRAY" && b.type === "ARRAY") return { type: "ARRAY", element: unify(a.element, b.element) };
  if (a.type === b.type) return a;
  const numbers = new Set(["BIGINT", "DOUBLE"]);
  if (numbers.has(a.type) && numbers.has(b.type)) return { type: "DOUBLE" };
  return { type: "VARIANT" };
}
