/** BaseDBApp: changes in Maxwell's form to facts by topic and dimensions by table. */
import { type Rule, TABLE_PROCESS } from "./rules.ts";
import { isRow, parseJson, type Row, withoutNulls } from "./values.ts";

export interface BaseDb {
  /** Rows by topic in the order of arrival; columns that are null are left out. */
  readonly facts: ReadonlyMap<string, readonly Row[]>;
  /** Rows by table and key as they are in the end. */
  readonly dimensions: ReadonlyMap<string, ReadonlyMap<string, Row>>;
  readonly dirty: readonly string[];
  /** Changes without a rule, by table and type. */
  readonly unruled: ReadonlyMap<string, number>;
}

export function baseDb(lines: readonly string[], rules: readonly Rule[] = TABLE_PROCESS): BaseDb {
  const byChange = new Map(rules.map((rule) => [`${rule.source_table}:${rule.operate_type}`, rule]));
  const facts = new Map<string, Row[]>();
  const dimensions = new Map<string, Map<string, Row>>();
  const dirty: string[] = [];
  const unruled = new Map<string, number>();
  for (const line of lines) {
    const message = parseJson(line);
    if (!isRow(message)) {
      dirty.push(line);
      continue;
    }
    const { table, data } = message;
    if (typeof table !== "string" || !isRow(data) || Object.keys(data).length === 0) continue;
    const type = message.type === "bootstrap-insert" ? "insert" : String(message.type);
    const rule = byChange.get(`${table}:${type}`);
    if (rule === undefined) {
      unruled.set(`${table}:${type}`, (unruled.get(`${table}:${type}`) ?? 0) + 1);
      continue;
    }
    const row = withoutNulls(Object.fromEntries(rule.sink_columns.map((column) => [column, data[column]])));
    if (rule.sink_type === "kafka") {
      const rows = facts.get(rule.sink_table) ?? [];
      rows.push(row);
      facts.set(rule.sink_table, rows);
    } else {
      const rows = dimensions.get(rule.sink_table) ?? new Map<string, Row>();
      dimensions.set(rule.sink_table, rows.set(String(row[rule.sink_pk ?? "id"]), row));
    }
  }
  return { facts, dimensions, dirty, unruled };
}

/** The first of each id: what comes again is a repeated delivery. */
export function oncePerId(rows: readonly Row[], id = "id"): Row[] {
  const seen = new Set<string>();
  return rows.filter((row) => !seen.has(String(row[id])) && seen.add(String(row[id])));
}
