/** What can be written next in a query over analytical tables: their names, their columns, and the language's words. */

export interface SqlSchema {
  readonly tables: readonly { readonly name: string; readonly columns: readonly { readonly name: string; readonly type: string }[] }[];
}

export interface SqlOffer {
  readonly kind: "table" | "column" | "word" | "function";
  readonly name: string;
  readonly insert: string;
  /** The type of a column and its table; the number of a table's columns. */
  readonly detail: string;
}

const WORDS = [
  "SELECT",
  "FROM",
  "FINAL",
  "WHERE",
  "PREWHERE",
  "GROUP BY",
  "ORDER BY",
  "LIMIT",
  "LIMIT BY",
  "HAVING",
  "WITH",
  "AS",
  "JOIN",
  "LEFT JOIN",
  "ON",
  "USING",
  "UNION ALL",
  "DISTINCT",
  "ASC",
  "DESC",
  "AND",
  "OR",
  "NOT",
  "IN",
  "LIKE",
  "BETWEEN",
  "IS NULL",
  "CASE",
  "WHEN",
  "THEN",
  "ELSE",
  "END",
  "INTERVAL",
  "SHOW TABLES",
  "DESCRIBE",
  "EXPLAIN",
];
const FUNCTIONS = [
  "count",
  "sum",
  "avg",
  "min",
  "max",
  "uniq",
  "uniqExact",
  "argMax",
  "argMin",
  "any",
  "quantile",
  "groupArray",
  "toDate",
  "toDateTime",
  "toStartOfMinute",
  "toStartOfHour",
  "toStartOfInterval",
  "toYYYYMMDD",
  "formatDateTime",
  "now",
  "today",
  "if",
  "multiIf",
  "coalesce",
  "round",
  "length",
  "lower",
  "upper",
  "substring",
  "concat",
  "toString",
  "toUInt64",
];

/** In the order in which they are offered: behind FROM and JOIN tables come first, elsewhere the columns of the tables that the text names; behind "t." its columns alone. */
export function sqlOffers(text: string, offset: number, { tables }: SqlSchema): readonly SqlOffer[] {
  const before = text.slice(0, offset).replace(/[\w`]*$/, "");
  const owner = /`?(\w+)`?\.$/.exec(before)?.[1];
  const named = tables.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(text));
  const tableOffers = tables.map(
    ({ name, columns }): SqlOffer => ({ kind: "table", name, insert: quoted(name), detail: String(columns.length) }),
  );
  const columnsOf = (some: SqlSchema["tables"]) =>
    some.flatMap((table) =>
      table.columns.map(({ name, type }): SqlOffer => ({ kind: "column", name, insert: quoted(name), detail: `${type} · ${table.name}` })),
    );
  if (owner !== undefined) return columnsOf(tables.filter(({ name }) => name === (aliasesOf(text).get(owner) ?? owner)));
  const rest = [
    ...FUNCTIONS.map((name): SqlOffer => ({ kind: "function", name, insert: `${name}(`, detail: "" })),
    ...WORDS.map((name): SqlOffer => ({ kind: "word", name, insert: name, detail: "" })),
  ];
  if (/\b(?:FROM|JOIN|DESCRIBE|TABLE)\s+$/i.test(before)) return [...tableOffers, ...rest];
  return [...columnsOf(named.length > 0 ? named : tables), ...rest, ...tableOffers];
}

/** "FROM orders AS o", "JOIN users u". */
function aliasesOf(text: string): ReadonlyMap<string, string> {
  const found = [...text.matchAll(/\b(?:FROM|JOIN)\s+`?(\w+)`?(?:\s+FINAL)?\s+(?:AS\s+)?`?(\w+)`?/gi)];
  return new Map(found.map(([, table, alias]) => [alias as string, table as string]));
}

function quoted(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll("`", "\\`")}\``;
}
