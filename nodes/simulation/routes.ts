/** Changes and rules for dynamic splits, made of any row of a simulation. What a rule says follows from what it is for, so that it does not matter in which order rules come. */
import type { Plain } from "./expressions.ts";

const OPERATIONS = ["insert", "update", "delete"];

/** A change of a table, as decode changes gives it. */
export function changeOf({ id, k, n }: Plain): { readonly table: string; readonly type: string; readonly data: Plain } {
  const [number, of] = [Number(id ?? 0), Number(n ?? 0)];
  return { table: `t${number % 4}`, type: OPERATIONS[of % 3] as string, data: { id: number, k: String(k ?? "-") } };
}

/** A row of the table of rules; some are for kinds of targets that there are not. */
export function ruleOf({ id, n }: Plain) {
  const [table, operation] = [Number(id ?? 0) % 3, Number(n ?? 0) % 3];
  return {
    source_table: `t${table}`,
    operate_type: OPERATIONS[operation] as string,
    sink_type: ["kafka", "hbase", "hive"][(table + operation) % 3] as string,
    sink_table: `x${table}_${operation}`,
    sink_columns: "",
  };
}

/** Rows by port, and the rules that cannot be followed. */
export function routed<Item extends { readonly value: Plain }>(changes: readonly Item[], rules: readonly Item[]) {
  const rows: { readonly port: string; readonly item: Item }[] = [];
  const refused: Item[] = [];
  const inForce = new Map<string, Plain>();
  const portOf = (rule: Plain) => (rule.sink_type === "kafka" ? "topics" : "dimensions");
  for (const item of rules) {
    const { source_table: table, operate_type: type, sink_type, sink_table: target } = item.value;
    if (sink_type === "hive") {
      refused.push(item);
      continue;
    }
    inForce.set(`${table}:${type}`, item.value);
    rows.push({ port: portOf(item.value), item: { ...item, value: { target, table, type: "create", definition: { key: "id" } } } });
  }
  for (const item of changes) {
    const { table, type, data } = item.value as ReturnType<typeof changeOf> & Plain;
    const rule = inForce.get(`${table}:${type}`);
    if (rule === undefined) rows.push({ port: "missing", item });
    else rows.push({ port: portOf(rule), item: { ...item, value: { target: rule.sink_table, key: String(data.id), table, type, data } } });
  }
  return { rows, refused };
}
