/** The columns of a table of records: the schema's leaves in its order, then what the records carry beyond it. */
import type { DataType, Schema } from "@millrace/engine/schema";
import { isObject, type Json, type PreviewRecord, pathText } from "./record.ts";

export interface Column {
  readonly key: string;
  readonly path: readonly string[];
  /** Undefined for members that the schema does not list. */
  readonly dataType: DataType | undefined;
  readonly personal: boolean;
}

/** Wider tables do not help anybody: the rest is in the JSON view. */
const MAX_COLUMNS = 200;
/** Rows inside of rows are shown by path down to here, deeper ones as JSON. */
const MAX_DEPTH = 4;

export function columnsOf(schema: Schema | undefined, records: readonly PreviewRecord[]): readonly Column[] {
  const columns = new Map<string, Column>();
  if (schema) fromSchema(schema, [], columns);
  for (const record of records) fromValue(record.value, [], columns);
  return [...columns.values()].slice(0, MAX_COLUMNS);
}

function fromSchema(schema: Schema, path: readonly string[], columns: Map<string, Column>): void {
  for (const field of schema.fields) {
    const inner = [...path, field.name];
    if (field.dataType.type === "ROW" && field.dataType.fields.length > 0 && inner.length < MAX_DEPTH) {
      fromSchema(field.dataType, inner, columns);
    } else {
      columns.set(pathText(inner), { key: pathText(inner), path: inner, dataType: field.dataType, personal: field.personal === true });
    }
  }
}

function fromValue(value: Json | undefined, path: readonly string[], columns: Map<string, Column>): void {
  if (!isObject(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    const innerPath = [...path, name];
    const key = pathText(innerPath);
    if (columns.has(key)) continue;
    if (isObject(inner) && innerPath.length < MAX_DEPTH && Object.keys(inner).length > 0) fromValue(inner, innerPath, columns);
    else if (!hasBelow(columns, key)) columns.set(key, { key, path: innerPath, dataType: undefined, personal: false });
  }
}

/** A null row of the schema is not a column of its own. */
function hasBelow(columns: ReadonlyMap<string, Column>, key: string): boolean {
  for (const other of columns.keys()) if (other.startsWith(`${key}.`)) return true;
  return false;
}
