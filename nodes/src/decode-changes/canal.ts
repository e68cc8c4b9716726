/** Canal's flat messages: one for all rows of a statement, every value a text with its column's type beside it. */
import { elementRanges, objectMembers, type Range } from "@millrace/engine/codec";
import type { Value } from "@millrace/engine/schema";
import { canalColumn } from "./canal-column.ts";
import {
  isNull,
  lacks,
  listAt,
  type Message,
  messageReader,
  notThat,
  objectAt,
  objectText,
  type ReadChanges,
  TYPES,
  textAt,
  timeAt,
} from "./message.ts";

const ROWS: Readonly<Record<string, string>> = { INSERT: "insert", UPDATE: "update", DELETE: "delete" };

const { STRING, BIGINT, BOOLEAN, STRINGS } = TYPES;

export function canalReader(): ReadChanges {
  const open = messageReader({
    database: STRING,
    table: STRING,
    type: STRING,
    es: BIGINT,
    isDdl: BOOLEAN,
    pkNames: STRINGS,
    mysqlType: { type: "MAP", key: STRING, value: STRING },
  });
  return (text) => {
    const message = open(text);
    const { database, table, isDdl, pkNames, mysqlType, type } = message.fields as Record<string, Value>;
    if (typeof type !== "string") throw lacks("type", "Canal");
    if (isDdl === true) return undefined;
    const kind = ROWS[type];
    if (kind === undefined) throw notThat("type", { en: "INSERT, UPDATE or DELETE", zh: "INSERT、UPDATE 或 DELETE" }, type);
    if (typeof table !== "string") throw lacks("table", "Canal");
    const rows = listAt(message, "data");
    if (rows === null) throw lacks("data", "Canal");
    const former = listAt(message, "old");
    const types = (mysqlType ?? new Map()) as ReadonlyMap<string, string>;
    const old = former === null ? [] : elementRanges(message.bytes, former.start);
    const keys = pkNames as readonly string[] | null;
    const at = timeAt(message, "es", 1);
    return elementRanges(message.bytes, rows.start).map((row, i) => ({
      database,
      table,
      type: kind,
      at,
      data: columns(message, row, types, `data[${i}]`) ?? nothing(message, row, `data[${i}]`),
      old: old[i] ? columns(message, old[i], types, `old[${i}]`) : null,
      keys,
    }));
  };
}

/** The row with values of their types; null for NULL. */
function columns({ bytes }: Message, row: Range, types: ReadonlyMap<string, string>, place: string): string | null {
  const range = objectAt({ bytes, members: new Map([[place, { ...row, name: place }]]) }, place);
  if (range === null) return null;
  return objectText(
    objectMembers(bytes, range.start).map((member) => {
      const json = textAt(bytes, member);
      return [member.name, isNull(bytes, member) ? json : canalColumn(json, types.get(member.name))] as const;
    }),
  );
}

function nothing({ bytes }: Message, row: Range, place: string): never {
  throw notThat(place, { en: "a row", zh: "一行" }, textAt(bytes, row));
}
