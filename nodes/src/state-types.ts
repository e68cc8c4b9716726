/** Types in which operators keep what they hold: part of a savepoint's format. */
import type { DataType } from "@millrace/engine/schema";

export const BIGINT: DataType = { type: "BIGINT" };

/** A row of these fields, in this order. */
export function rowOf(fields: Readonly<Record<string, DataType>>): DataType {
  return { type: "ROW", fields: Object.entries(fields).map(([name, dataType]) => ({ name, dataType })) };
}
