/** The rows that one order and what happens around it have made so far, and the changes of the transaction at hand. */
import type { Change } from "./maxwell.ts";
import type { Row, TableName, Value } from "./tables.ts";

export interface Desk {
  insert(table: TableName, row: Row & { readonly id: Value }): void;
  update(table: TableName, id: Value, columns: Row): void;
  remove(table: TableName, id: Value): void;
  row(table: TableName, id: Value): Row | undefined;
  rows(table: TableName): Iterable<Row>;
  /** The changes since the last call. */
  takeChanges(): Change[];
}

/** `given`: rows that are there already. */
export function createDesk(given: Iterable<readonly [TableName, Row]> = []): Desk {
  const tables = new Map<TableName, Map<Value, Row>>();
  let changes: Change[] = [];

  function rowsOf(table: TableName): Map<Value, Row> {
    let rows = tables.get(table);
    if (rows === undefined) tables.set(table, (rows = new Map()));
    return rows;
  }

  function present(table: TableName, id: Value): Row {
    const row = rowsOf(table).get(id);
    if (row === undefined) throw new Error(`no row ${id} of ${table} to change`);
    return row;
  }

  for (const [table, row] of given) rowsOf(table).set(row.id as Value, row);

  return {
    insert(table, row) {
      rowsOf(table).set(row.id, row);
      changes.push({ table, type: "insert", row });
    },
    update(table, id, columns) {
      const before = present(table, id);
      const old = Object.fromEntries(
        Object.entries(columns)
          .filter(([name, value]) => (before[name] ?? null) !== value)
          .map(([name]) => [name, before[name] ?? null]),
      );
      // What changes nothing is no change in the log.
      if (Object.keys(old).length === 0) return;
      const row = { ...before, ...columns };
      rowsOf(table).set(id, row);
      changes.push({ table, type: "update", row, old });
    },
    remove(table, id) {
      const row = present(table, id);
      rowsOf(table).delete(id);
      changes.push({ table, type: "delete", row });
    },
    row: (table, id) => rowsOf(table).get(id),
    rows: (table) => rowsOf(table).values(),
    takeChanges() {
      const taken = changes;
      changes = [];
      return taken;
    },
  };
}
