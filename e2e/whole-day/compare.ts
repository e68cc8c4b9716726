/** Compares what a warehouse holds with what the plain computation says, row by row. */
import type { PlainWarehouse } from "@millrace/templates/plain-warehouse";
import { canonical, parseJson, type Row } from "@millrace/templates/plain-warehouse/values";
import { type Millrace, readTopic } from "../millrace.ts";

export interface Comparison {
  /** Rows that are as they must be. */
  readonly same: number;
  /** Rows that are not there, that are there more often than they must, and that must not be there. */
  readonly lost: number;
  readonly doubled: number;
  readonly different: number;
  /** The first of them, for people. */
  readonly examples: readonly string[];
}

/** What is to be compared, by the name of a topic or table. To make it comparable takes seconds without a pause, which no connection to a server outlives: so that is done afterwards. */
export type Compared = ReadonlyMap<string, () => { readonly written: readonly string[]; readonly expected: readonly string[] }>;

export async function readTopics(server: Millrace, day: PlainWarehouse): Promise<Compared> {
  const topics = new Map<string, () => { written: string[]; expected: string[] }>();
  for (const [topic, rows] of day.topics) {
    const texts = (await readTopic(server, topic)).map(({ text }) => text as string);
    topics.set(topic, () => ({
      written: texts.map((text) => canonical(withoutVersion(parseJson(text) as Row))),
      expected: rows.map(canonical),
    }));
  }
  return topics;
}

/** `ts` of a statistics row is the time of its computation. */
function withoutVersion(row: Row): Row {
  if (!("stt" in row)) return row;
  const { ts: _ts, ...rest } = row;
  return rest;
}

/** Every row as it stands in the table, before ReplacingMergeTree leaves any out: each was inserted once. And with FINAL, as people ask for it. */
export async function readTables(server: Millrace, day: PlainWarehouse): Promise<Compared> {
  const tables = new Map<string, () => { written: string[]; expected: string[] }>();
  for (const [name, rows] of day.tables) {
    const table = `${name}_0820`;
    const columns = (await query(server, `SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = '${table}'`))
      .map(([column, type]): Column => ({ name: String(column), isText: /^(String|DateTime)/.test(String(type)) }))
      .filter(({ name }) => name !== "ts");
    const textOf = (of: (column: Column, i: number) => unknown) =>
      JSON.stringify(columns.map((column, i) => cellOf(of(column, i), column)));
    for (const final of ["", " FINAL"]) {
      const written = await rowsOf(server, `${table}${final}`, columns);
      tables.set(`${table}${final}`, () => ({
        written: written.map((values) => textOf((_, i) => values[i])),
        expected: rows.map((row) => textOf(({ name }) => row[name])),
      }));
    }
  }
  return tables;
}

interface Column {
  readonly name: string;
  readonly isText: boolean;
}

/** Without a value a column is '' or 0. */
function cellOf(value: unknown, { isText }: Column): string | number {
  return isText ? String(value ?? "") : Number(value ?? 0);
}

const PAGE = 1_000;

async function rowsOf(server: Millrace, table: string, columns: readonly Column[]): Promise<(readonly unknown[])[]> {
  const names = columns.map(({ name }) => name).join(", ");
  const rows: (readonly unknown[])[] = [];
  for (;;) {
    const page = await query(server, `SELECT ${names} FROM ${table} ORDER BY ${names} LIMIT ${PAGE} OFFSET ${rows.length}`);
    rows.push(...page);
    if (page.length < PAGE) return rows;
  }
}

async function query(server: Millrace, sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await server.api<{ rows: unknown[][] }>("POST", "/api/tables/query", { sql })).rows;
}

export function compareAll(compared: Compared): Comparison {
  const all = [...compared].map(([name, comparable]) => {
    const { written, expected } = comparable();
    return compare(name, written, expected);
  });
  const sum = (of: (one: Comparison) => number) => all.reduce((total, one) => total + of(one), 0);
  return {
    same: sum(({ same }) => same),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    different: sum(({ different }) => different),
    examples: all.flatMap(({ examples }) => examples),
  };
}

function compare(name: string, written: readonly string[], expected: readonly string[]): Comparison {
  const left = new Map<string, number>();
  for (const row of expected) left.set(row, (left.get(row) ?? 0) + 1);
  let [same, doubled, different] = [0, 0, 0];
  const examples: string[] = [];
  for (const row of written) {
    const count = left.get(row);
    if (count !== undefined && count > 0) {
      left.set(row, count - 1);
      same++;
      continue;
    }
    if (count === 0) doubled++;
    else different++;
    if (examples.length < 2) examples.push(`${name}: ${count === 0 ? "doubled" : "not expected"} ${row}`);
  }
  const missing = [...left].filter(([, count]) => count > 0);
  const lost = missing.reduce((sum, [, count]) => sum + count, 0);
  return { same, lost, doubled, different, examples: [...examples, ...missing.slice(0, 2).map(([row]) => `${name}: lacks ${row}`)] };
}
