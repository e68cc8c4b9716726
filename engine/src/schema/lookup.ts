/** Questions about types and schemas that every room asks. */
import type { DataType, Field, RowShape } from "./types.ts";

/** Whether two types are the same, NOT NULL, names and order of fields included; what a schema says beside types (personal, open) is not part of one. */
export function sameType(a: DataType, b: DataType): boolean {
  if (a.type !== b.type || a.nullable !== b.nullable) return false;
  switch (a.type) {
    case "CHAR":
    case "VARCHAR":
    case "BINARY":
    case "VARBINARY":
      return a.length === (b as typeof a).length;
    case "DECIMAL":
      return a.precision === (b as typeof a).precision && a.scale === (b as typeof a).scale;
    case "TIME":
    case "TIMESTAMP":
    case "TIMESTAMP_LTZ":
      return a.precision === (b as typeof a).precision;
    case "ARRAY":
      return sameType(a.element, (b as typeof a).element);
    case "MAP":
      return sameType(a.key, (b as typeof a).key) && sameType(a.value, (b as typeof a).value);
    case "ROW":
      return sameFields(a, b as typeof a);
    default:
      return true;
  }
}

function sameFields(a: RowShape, b: RowShape): boolean {
  return (
    a.fields.length === b.fields.length &&
    a.fields.every(({ name, dataType }, i) => {
      const other = b.fields[i] as Field;
      return name === other.name && sameType(dataType, other.dataType);
    })
  );
}

/** The field of that name; names are case-sensitive. */
export function fieldNamed(row: RowShape, name: string): Field | undefined {
  return row.fields.find((field) => field.name === name);
}

/** The field at a path of names ("[]" for an array's elements), rows inside rows; undefined when there is none. */
export function fieldAt(row: RowShape, path: readonly string[]): Field | undefined {
  let field: Field | undefined;
  let dataType: DataType | undefined = row;
  for (const name of path) {
    if (dataType?.type === "ARRAY" && name === "[]") field = { name, dataType: dataType.element };
    else field = dataType?.type === "ROW" ? fieldNamed(dataType, name) : undefined;
    dataType = field?.dataType;
  }
  return field;
}
