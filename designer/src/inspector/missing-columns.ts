/** Which columns a list of names and values could still have. */
import { quoteName } from "@millrace/engine/expression";
import type { Schema } from "@millrace/engine/schema";

export interface OfferedColumn {
  readonly name: string;
  /** The field of that name; empty where there is none, to be filled in. */
  readonly value: string;
}

/** Those of the table, when it is there; else one for each field of the row. */
export function missingColumns(
  items: readonly unknown[],
  row: Schema | undefined,
  table: readonly string[] | undefined,
): readonly OfferedColumn[] {
  const fields = row?.fields.map(({ name }) => name) ?? [];
  const listed = new Set(items.map((item) => (item as { readonly name?: unknown } | null)?.name));
  return (table ?? fields)
    .filter((name) => !listed.has(name))
    .map((name) => ({ name, value: fields.includes(name) ? quoteName(name) : "" }));
}
