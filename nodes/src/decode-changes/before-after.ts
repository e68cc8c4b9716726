/** `{database, tableName, before, after, type}`, as the course's editions with Flink CDC write it: whole rows, `{}` where there is none. */
import { objectMembers } from "@millrace/engine/codec";
import type { Value } from "@millrace/engine/schema";
import { changedColumns } from "./changed-columns.ts";
import { lacks, type Message, messageReader, notThat, objectAt, type ReadChanges, TYPES, textAt } from "./message.ts";

const ROWS: Readonly<Record<string, string>> = {
  insert: "insert",
  create: "insert",
  read: "bootstrap-insert",
  update: "update",
  delete: "delete",
};

const { STRING } = TYPES;

export function beforeAfterReader(): ReadChanges {
  const open = messageReader({ database: STRING, tableName: STRING, type: STRING });
  return (text) => {
    const message = open(text);
    const { database, tableName, type } = message.fields as Record<string, Value>;
    if (typeof type !== "string") throw lacks("type", FORMAT);
    if (typeof tableName !== "string") throw lacks("tableName", FORMAT);
    const kind = ROWS[type.toLowerCase()];
    if (kind === undefined) throw notThat("type", { en: "insert, update, delete or read", zh: "insert、update、delete 或 read" }, type);
    const before = rowAt(message, "before");
    const after = rowAt(message, "after");
    const data = kind === "delete" ? before : after;
    if (data === null) throw lacks(kind === "delete" ? "before" : "after", FORMAT);
    return [
      { database, table: tableName, type: kind, data, old: kind === "update" && before !== null ? changedColumns(before, data) : null },
    ];
  };
}

const FORMAT = "{database, tableName, before, after, type}";

function rowAt(message: Message, name: string): string | null {
  const range = objectAt(message, name);
  return range === null || objectMembers(message.bytes, range.start).length === 0 ? null : textAt(message.bytes, range);
}
