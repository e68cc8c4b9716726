/** Debezium, with and without the schema around the payload: whole rows before and after. */
import { objectMembers, type Range } from "@millrace/engine/codec";
import type { Value } from "@millrace/engine/schema";
import { z } from "zod";
import { changedColumns } from "./changed-columns.ts";
import { type ColumnSchema, debeziumColumn } from "./debezium-column.ts";
import {
  isNull,
  lacks,
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

const ROWS: Readonly<Record<string, string>> = { c: "insert", r: "bootstrap-insert", u: "update", d: "delete" };

const { STRING, BIGINT } = TYPES;

export function debeziumReader(): ReadChanges {
  const openAny = messageReader({});
  const open = messageReader({ op: STRING, ts_ms: BIGINT });
  const openSource = messageReader({ db: STRING, table: STRING, ts_ms: BIGINT });
  return (text) => {
    const outer = openAny(text);
    const payload = outer.members.has("schema") ? objectAt(outer, "payload") : null;
    const message = payload === null ? open(text) : open({ bytes: text.bytes, ...payload });
    const op = message.fields.op as Value;
    // Messages of its topic for definitions, and a table that was emptied.
    if (message.members.has("ddl") || op === "t") return undefined;
    if (typeof op !== "string") throw lacks("op", "Debezium");
    const type = ROWS[op];
    if (type === undefined) throw notThat("op", { en: "c, u, d or r", zh: "c、u、d 或 r" }, op);
    const place = objectAt(message, "source");
    if (place === null) throw lacks("source", "Debezium");
    const source = openSource({ bytes: text.bytes, ...place });
    if (typeof source.fields.table !== "string") throw lacks("source.table", "Debezium");
    const schemas = payload === null ? undefined : schemasIn(outer);
    const before = rowAt(message, "before", schemas);
    const after = rowAt(message, "after", schemas);
    const data = type === "delete" ? before : after;
    if (data === null) throw lacks(type === "delete" ? "before" : "after", "Debezium");
    return [
      {
        database: source.fields.db as Value,
        table: source.fields.table,
        type,
        at: timeAt(source, "ts_ms", 1) ?? timeAt(message, "ts_ms", 1),
        data,
        old: type === "update" && before !== null ? changedColumns(before, data) : null,
      },
    ];
  };
}

/** Columns by which of "before" and "after" they are of. */
type Schemas = ReadonlyMap<string, ReadonlyMap<string, ColumnSchema>>;

const column = z.looseObject({ field: z.string(), name: z.string().nullish(), parameters: z.record(z.string(), z.string()).nullish() });
const envelope = z.looseObject({ fields: z.array(z.looseObject({ field: z.string(), fields: z.array(column).optional() })) });

function schemasIn(outer: Message): Schemas | undefined {
  const range = objectAt(outer, "schema");
  if (range === null) return undefined;
  const text = textAt(outer.bytes, range);
  const parsed = envelope.safeParse(JSON.parse(text));
  if (!parsed.success) throw notThat("schema", { en: "a schema of Kafka Connect", zh: "Kafka Connect 的模式" }, text);
  return new Map(parsed.data.fields.map(({ field, fields = [] }) => [field, new Map(fields.map((one) => [one.field, one]))]));
}

/** The row's JSON; with a schema its values in the forms that they have in Maxwell's messages. */
function rowAt(message: Message, name: string, schemas: Schemas | undefined): string | null {
  const range: Range | null = objectAt(message, name);
  if (range === null) return null;
  const { bytes } = message;
  const columns = schemas?.get(name);
  if (columns === undefined) return textAt(bytes, range);
  return objectText(
    objectMembers(bytes, range.start).map((member) => {
      const json = textAt(bytes, member);
      return [member.name, isNull(bytes, member) ? json : debeziumColumn(json, columns.get(member.name))] as const;
    }),
  );
}
