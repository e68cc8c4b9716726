/** Maxwell: one message a row, `old` with the columns that changed alone, times in seconds. */
import type { Value } from "@millrace/engine/schema";
import { lacks, messageReader, notThat, objectAt, type ReadChanges, TYPES, timeAt } from "./message.ts";

const ROWS = ["insert", "update", "delete", "bootstrap-start", "bootstrap-insert", "bootstrap-complete"];
/** With `output_ddl`. */
const DEFINITION = /^(table|database)-(create|alter|drop)$/;

const { STRING, BIGINT, BOOLEAN, STRINGS } = TYPES;

export function maxwellReader(): ReadChanges {
  const open = messageReader({
    database: STRING,
    table: STRING,
    type: STRING,
    ts: BIGINT,
    xid: BIGINT,
    xoffset: BIGINT,
    commit: BOOLEAN,
    primary_key_columns: STRINGS,
  });
  return (text) => {
    const message = open(text);
    const { database, table, type, xid, xoffset, commit, primary_key_columns } = message.fields as Record<string, Value>;
    if (typeof type !== "string") throw lacks("type", "Maxwell");
    if (DEFINITION.test(type)) return undefined;
    if (!ROWS.includes(type)) throw notThat("type", { en: `one of ${ROWS.join(", ")}`, zh: `${ROWS.join("、")} 之一` }, type);
    if (typeof table !== "string") throw lacks("table", "Maxwell");
    const data = objectAt(message, "data");
    if (data === null) throw lacks("data", "Maxwell");
    const keys = primary_key_columns as readonly string[] | null;
    const at = timeAt(message, "ts", 1_000);
    return [{ database, table, type, at, data, old: objectAt(message, "old"), xid, xoffset, commit, keys } as const];
  };
}
