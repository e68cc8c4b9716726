import { ByteWriter, codecOf } from "@millrace/engine/codec";
import { type ByteRange, type Operator, type OperatorContext, type Row, RowError } from "@millrace/engine/node";
import type { Schema, Value } from "@millrace/engine/schema";
import { quote, valueAt } from "../field-types.ts";
import { beforeAfterReader } from "./before-after.ts";
import { canalReader } from "./canal.ts";
import { debeziumReader } from "./debezium.ts";
import { maxwellReader } from "./maxwell.ts";
import type { Change, JsonValue, ReadChanges } from "./message.ts";
import type { DecodeChangesParams } from "./spec.ts";

const READERS: Readonly<Record<DecodeChangesParams["format"], () => ReadChanges>> = {
  maxwell: maxwellReader,
  canal: canalReader,
  debezium: debeziumReader,
  "before-after": beforeAfterReader,
};

const JSON_FORMAT = { name: "json" } as const;

/**
 * Each change is written as the JSON of one envelope and read again by its schema: so it is a record like any other, and columns that nobody declared pass sinks, state and
 * other subtasks as they came.
 */
export function createOperator({ format, field }: DecodeChangesParams, { schemas }: OperatorContext): Operator {
  const read = READERS[format]();
  const messageOf = field === undefined ? wholeRow(schemas.inputs.in as Schema) : textIn(field);
  const decoder = codecOf(JSON_FORMAT).decoder(schemas.outputs.out as Schema, true, JSON_FORMAT);
  const write = envelopeWriter();
  return {
    onRow(row, time, out) {
      const message = messageOf(row);
      const changes = read(message);
      if (changes === undefined) return out.drop("definition", row);
      // All of a message or nothing: a change that cannot be read takes it to the error port whole.
      const rows = changes.map((change) => decoder.decode(write(change, message.bytes)));
      for (const one of rows) out.emit("out", one, time);
    },
  };
}

function wholeRow(schema: Schema): (row: Row) => ByteRange {
  const encoder = codecOf(JSON_FORMAT).encoder(schema, JSON_FORMAT);
  return (row) => encoder.encode(row);
}

function textIn(field: string): (row: Row) => ByteRange {
  const path = field.split(".");
  const encoder = new TextEncoder();
  return (row) => {
    const text = valueAt(row, path);
    if (text === null)
      throw new RowError("decode-changes.null", {
        en: `The field ${quote(field)} is NULL for this row; expected a message.`,
        zh: `该行的字段 ${quote(field)} 为 NULL；应为一条消息。`,
      });
    const bytes = encoder.encode(text as string);
    return { bytes, start: 0, end: bytes.length };
  };
}

/** Gives bytes of their own: rows keep them. */
function envelopeWriter(): (change: Change, message: Uint8Array) => ByteRange {
  const writer = new ByteWriter();
  return ({ database, table, type, at, data, old, xid, xoffset, commit, keys }, message) => {
    let separator = "{";
    const member = (name: string, write: () => void) => {
      writer.text(`${separator}"${name}":`);
      write();
      separator = ",";
    };
    const scalar = (name: string, value: Value | undefined) => {
      if (value !== null && value !== undefined)
        member(name, () => writer.text(typeof value === "bigint" ? String(value) : JSON.stringify(value)));
    };
    const object = (name: string, value: JsonValue | null | undefined) => {
      if (typeof value === "string") member(name, () => writer.text(value));
      else if (value) member(name, () => writer.copy(message, value.start, value.end));
    };
    writer.begin();
    scalar("database", database);
    scalar("table", table);
    scalar("type", type);
    scalar("ts", at === null || at === undefined ? null : instantText(at));
    object("data", data);
    object("old", old);
    scalar("xid", xid);
    scalar("xoffset", xoffset);
    scalar("commit", commit);
    scalar("keys", keys);
    writer.text("}");
    const { bytes, start, end } = writer.take();
    return { bytes: bytes.slice(start, end), start: 0, end: end - start };
  };
}

/** As Flink writes a TIMESTAMP_LTZ: "2021-02-22 02:00:00Z". */
function instantText(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").replace(".000Z", "Z");
}
