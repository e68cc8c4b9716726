/** The statements that the driver makes, and what it makes sure of in those that people make. */
import type { NewAnalyticalTable } from "@millrace/engine/node";
import { isAnalyticalTableName } from "../../table-name.ts";
import { ConnectionError, quote } from "../connection-error.ts";
import { badTableName } from "./errors.ts";

export function quoted(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

export function place(database: string, table: string): string {
  return `${quoted(database)}.${quoted(table)}`;
}

/** A text as ClickHouse reads it. */
export function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/**
 * Types and expressions go into the statement as they are written: they come from the same people who may write the table, and ClickHouse takes one statement. What would end a column and begin
 * something else is refused all the same, so that a mistake is told by its place.
 */
export function createTableStatement(database: string, name: string, definition: NewAnalyticalTable): string {
  if (!isAnalyticalTableName(name)) throw badTableName(name);
  const { columns, sortKey, version, partitionBy, remembers } = definition;
  for (const { name: column, type } of columns) checkPart(`the type of column ${quote(column)}`, `列 ${quote(column)} 的类型`, type);
  if (partitionBy !== undefined) checkPart("the partition", "分区表达式", partitionBy);
  return [
    `CREATE TABLE ${place(database, name)} (`,
    columns.map((column) => `  ${quoted(column.name)} ${column.type}`).join(",\n"),
    `) ENGINE = ${version === undefined ? "MergeTree" : `ReplacingMergeTree(${quoted(version)})`}`,
    ...(partitionBy === undefined ? [] : [`PARTITION BY ${partitionBy}`]),
    `ORDER BY ${sortKey.length === 1 ? quoted(sortKey[0] as string) : `(${sortKey.map(quoted).join(", ")})`}`,
    `SETTINGS non_replicated_deduplication_window = ${remembers}`,
  ].join("\n");
}

function checkPart(en: string, zh: string, text: string): void {
  let depth = 0;
  let isWhole = true;
  for (const { text: token } of tokensOf(text)) {
    if (token === "(") depth++;
    else if (token === ")") depth--;
    isWhole &&= depth >= 0 && token !== ";" && !(depth === 0 && token === ",");
  }
  if (isWhole && depth === 0 && text.trim() !== "") return;
  throw new ConnectionError("table.bad-definition", {
    en: `${quote(text)} cannot be ${en}: expected one whole expression with its brackets closed.`,
    zh: `${quote(text)} 不能作为${zh}：应为一个完整且括号配对的表达式。`,
  });
}

const SELECTING: ReadonlySet<string> = new Set(["SELECT", "WITH", "FROM", "("]);
const READING: ReadonlySet<string> = new Set([...SELECTING, "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "EXISTS"]);
/** They read what lies beside the tables, whatever a statement may write. */
const OUTSIDE: ReadonlySet<string> = new Set([
  "FILE",
  "FILECLUSTER",
  "URL",
  "URLCLUSTER",
  "S3",
  "S3CLUSTER",
  "GCS",
  "HDFS",
  "HDFSCLUSTER",
  "REMOTE",
  "REMOTESECURE",
  "MYSQL",
  "POSTGRESQL",
  "MONGODB",
  "REDIS",
  "SQLITE",
  "ODBC",
  "JDBC",
  "EXECUTABLE",
  "AZUREBLOBSTORAGE",
  "ICEBERG",
  "DELTALAKE",
  "HUDI",
  "PAIMON",
  "YTSAURUS",
  "ARROWFLIGHT",
]);

/** Throws a `ConnectionError` for a statement that does more than read tables. Returns it without what stands behind its end; `isSelect`: it asks for rows, and not about tables or plans. */
export function readingStatement(sql: string): { readonly text: string; readonly isSelect: boolean } {
  const tokens = tokensOf(sql);
  const refuse = (en: string, zh: string) =>
    new ConnectionError("table.not-reading", {
      en: `Only statements that read are run here: ${en}. Write SELECT, SHOW, DESCRIBE or EXPLAIN.`,
      zh: `此处只运行读取语句：${zh}。请使用 SELECT、SHOW、DESCRIBE 或 EXPLAIN。`,
    });
  const first = tokens[0];
  if (first === undefined) throw refuse("there is none", "没有语句");
  if (!READING.has(first.text.toUpperCase())) throw refuse(`got ${quote(first.text)}`, `实际为 ${quote(first.text)}`);
  const end = tokens.findIndex(({ text }) => text === ";");
  if (end >= 0 && tokens.slice(end).some(({ text }) => text !== ";")) throw refuse("one at a time", "一次一条");
  tokens.forEach(({ text, isName, isQuoted }, i) => {
    const word = text.toUpperCase();
    const next = tokens[i + 1]?.text.toUpperCase();
    if (!isName) return;
    if (next === "(" && OUTSIDE.has(word)) throw refuse(`without ${text}(…)`, `不能使用 ${text}(…)`);
    if (isQuoted) return;
    if (word === "SETTINGS") throw refuse("without SETTINGS", "不能带 SETTINGS");
    if (word === "INTO" && next === "OUTFILE") throw refuse("without INTO OUTFILE", "不能带 INTO OUTFILE");
    if (word === "FORMAT" && i > 0 && next !== "(") throw refuse("without FORMAT", "不能带 FORMAT");
  });
  return { text: end < 0 ? sql : sql.slice(0, tokens[end]?.at), isSelect: SELECTING.has(first.text.toUpperCase()) };
}

interface Token {
  readonly text: string;
  readonly at: number;
  /** A name or a key word. */
  readonly isName: boolean;
  readonly isQuoted: boolean;
}

/** Without comments; texts and quoted names are one token each. */
function tokensOf(sql: string): Token[] {
  const pattern =
    /\s+|--[^\n]*|#[!\s][^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:\\[\s\S]|''|[^'\\])*(?:'|$)|"(?:\\[\s\S]|""|[^"\\])*(?:"|$)|`(?:\\[\s\S]|``|[^`\\])*(?:`|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)|[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*|\d+|[\s\S]/gy;
  const tokens: Token[] = [];
  for (const { 0: text, index: at } of sql.matchAll(pattern)) {
    if (/^(?:\s|--|#[!\s]|\/\*)/.test(text)) continue;
    // A quoted name is a name all the same: `file`('…') reads the file.
    const isQuoted = /^["`]/.test(text);
    tokens.push({ text: isQuoted ? text.slice(1, -1) : text, at, isName: isQuoted || /^[A-Za-z_]/.test(text), isQuoted });
  }
  return tokens;
}
