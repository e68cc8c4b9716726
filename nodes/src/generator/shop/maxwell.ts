/** Changes as Maxwell tells them: one JSON object a row, members in its order, and the key under which it sends them to Kafka. */
import { keyJson, type Row, rowJson, someColumnsJson, type TableName } from "./tables.ts";

export interface Change {
  readonly table: TableName;
  readonly type: "insert" | "update" | "delete";
  /** The whole row after the change; of a delete the row that was there. */
  readonly row: Row;
  /** Of an update the columns that changed, as they were. */
  readonly old?: Row;
}

/** Where a change stands: its transaction, its place there counted from 0, and whether it is the last. */
export interface Place {
  readonly xid: number;
  readonly xoffset: number;
  readonly isLast: boolean;
}

export interface MaxwellMessage {
  /** UTF-8 JSON text. */
  readonly key: string;
  readonly text: string;
}

/** `seconds`: of the transaction. */
export function changeMessage(database: string, change: Change, seconds: number, { xid, xoffset, isLast }: Place): MaxwellMessage {
  const { table, type, row, old } = change;
  const place = isLast ? `"commit":true` : `"xoffset":${xoffset}`;
  const before = old === undefined ? "" : `,"old":${someColumnsJson(table, old)}`;
  return {
    key: messageKey(database, table, row, [xid, xoffset]),
    text: `{${head(database, table, type, seconds)},"xid":${xid},${place},"data":${rowJson(table, row)}${before}}`,
  };
}

export type BootstrapType = "bootstrap-start" | "bootstrap-insert" | "bootstrap-complete";

/** History has neither transaction nor place. Start and end have no row. `number`: counted through one bootstrap. */
export function bootstrapMessage(
  database: string,
  table: TableName,
  type: BootstrapType,
  seconds: number,
  row: Row | undefined,
  number: number,
): MaxwellMessage {
  return {
    key: messageKey(database, table, row, [seconds, number]),
    text: `{${head(database, table, type, seconds)},"data":${row === undefined ? "{}" : rowJson(table, row)}}`,
  };
}

function head(database: string, table: TableName, type: string, seconds: number): string {
  return `"database":${JSON.stringify(database)},"table":"${table}","type":"${type}","ts":${seconds}`;
}

/** Rows of a table without a primary key have a number of their own instead; Maxwell draws it, here it follows from where the message stands. */
function messageKey(database: string, table: TableName, row: Row | undefined, [a, b]: readonly [number, number]): string {
  return `{"database":${JSON.stringify(database)},"table":"${table}",${keyJson(table, row) ?? `"_uuid":"${uuid(table, a, b)}"`}}`;
}

/** In the form of a random UUID. */
function uuid(table: TableName, a: number, b: number): string {
  let hash = 0x811c9dc5;
  for (const character of table) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  const hex = (value: number, length: number) => Math.floor(value).toString(16).padStart(length, "0").slice(-length);
  return `${hex(hash >>> 0, 8)}-${hex(a / 2 ** 32, 4)}-4${hex(b / 2 ** 32, 3)}-8${hex(b / 2 ** 20, 3)}-${hex(a % 2 ** 28, 7)}${hex(b % 2 ** 20, 5)}`;
}
