/**
 * State values by their declared type: rows are their fields in order, without names; everything else says itself what it is (`value-bytes.ts`). Of an open row the record's text and
 * what was changed of it are kept as well, so that it leaves as it came, with members that no schema names; of every row its kind.
 */

import { rowOfValues } from "../codec/row-builder.ts";
import { attach, type Change, META, type RecordText, type Row, type RowMeta } from "../node/row.ts";
import type { DataType, RowKind, RowShape, Value, Values } from "../schema/index.ts";
import { TAG, type ValueReader, type ValueWriter } from "./value-bytes.ts";

export type WriteValue = (writer: ValueWriter, value: Value | undefined) => void;
export type ReadValue = (reader: ValueReader) => Value;

const KINDS: readonly RowKind[] = ["+I", "-U", "+U", "-D"];
const FORMATS: readonly RecordText["format"][] = ["json", "csv", "text"];

export function valueWriter(dataType: DataType): WriteValue {
  switch (dataType.type) {
    case "ARRAY": {
      const write = valueWriter(dataType.element);
      return (writer, value) => {
        if (value === null || value === undefined) return writer.byte(TAG.NULL);
        const elements = value as readonly Value[];
        writer.byte(TAG.ARRAY);
        writer.varint(elements.length);
        for (const element of elements) write(writer, element);
      };
    }
    case "MAP": {
      const [writeKey, writeItem] = [valueWriter(dataType.key), valueWriter(dataType.value)];
      return (writer, value) => {
        if (value === null || value === undefined) return writer.byte(TAG.NULL);
        const map = value as ReadonlyMap<Value, Value>;
        writer.byte(TAG.MAP);
        writer.varint(map.size);
        for (const [key, item] of map) {
          writeKey(writer, key);
          writeItem(writer, item);
        }
      };
    }
    case "ROW":
      return rowWriter(dataType);
    default:
      return (writer, value) => writer.value(value);
  }
}

export function valueReader(dataType: DataType): ReadValue {
  switch (dataType.type) {
    case "ARRAY": {
      const read = valueReader(dataType.element);
      return (reader) => {
        if (!expectTag(reader, TAG.ARRAY)) return null;
        const elements: Value[] = [];
        for (let left = reader.count(); left > 0; left--) elements.push(read(reader));
        return elements;
      };
    }
    case "MAP": {
      const [readKey, readItem] = [valueReader(dataType.key), valueReader(dataType.value)];
      return (reader) => {
        if (!expectTag(reader, TAG.MAP)) return null;
        const map = new Map<Value, Value>();
        for (let left = reader.count(); left > 0; left--) {
          const key = readKey(reader);
          map.set(key, readItem(reader));
        }
        return map;
      };
    }
    case "ROW":
      return rowReader(dataType);
    default:
      return (reader) => reader.value();
  }
}

function rowWriter(shape: RowShape): WriteValue {
  const names = shape.fields.map((field) => field.name);
  const writers = shape.fields.map((field) => valueWriter(field.dataType));
  return (writer, value) => {
    if (value === null || value === undefined) return writer.byte(TAG.NULL);
    const row = value as Row;
    const meta = row[META];
    const keepsText = shape.open === true && meta?.record !== undefined;
    if (meta !== undefined && (keepsText || (meta.kind ?? "+I") !== "+I")) {
      writer.byte(TAG.ROW_WITH_META);
      writeMeta(writer, meta, keepsText);
    } else writer.byte(TAG.ROW);
    for (let i = 0; i < names.length; i++) (writers[i] as WriteValue)(writer, row[names[i] as string]);
  };
}

function rowReader(shape: RowShape): ReadValue {
  const build = rowOfValues(shape.fields.map((field) => field.name));
  const readers = shape.fields.map((field) => valueReader(field.dataType));
  return (reader) => {
    const meta = readRowHead(reader);
    if (meta === null) return null;
    const values: Value[] = [];
    for (let i = 0; i < readers.length; i++) values.push((readers[i] as ReadValue)(reader));
    const row = build(values);
    return meta === undefined ? row : attach(row as Values, meta);
  };
}

/** What stands before a row's fields; null where there is no row. */
export function readRowHead(reader: ValueReader): RowMeta | null | undefined {
  const tag = reader.byte();
  if (tag === TAG.NULL) return null;
  if (tag !== TAG.ROW && tag !== TAG.ROW_WITH_META) throw new Error(`state: expected a row, found the byte ${tag}`);
  return tag === TAG.ROW_WITH_META ? readMeta(reader) : undefined;
}

/** Kind, then, with a text, its format (one more than its number; 0 for none), the text and the changes. */
function writeMeta(writer: ValueWriter, { kind, record, changes = [] }: RowMeta, keepsText: boolean): void {
  writer.byte(KINDS.indexOf(kind ?? "+I"));
  if (!keepsText || record === undefined) return writer.byte(0);
  writer.byte(1 + FORMATS.indexOf(record.format));
  writer.varint(record.end - record.start);
  writer.raw(record.bytes.subarray(record.start, record.end));
  writer.varint(changes.length);
  for (const change of changes) {
    writer.varint(change.path.length);
    for (const name of change.path) writer.text(name);
    writer.byte(change.removed ? 1 : 0);
    writer.value(change.value);
  }
}

function readMeta(reader: ValueReader): RowMeta {
  const kind = KINDS[reader.byte()];
  const format = reader.byte();
  if (format === 0) return { kind };
  const bytes = reader.raw(reader.varint());
  const record: RecordText = { format: FORMATS[format - 1] as RecordText["format"], bytes, start: 0, end: bytes.length };
  const changes: Change[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const path = Array.from({ length: reader.count() }, () => reader.text());
    const removed = reader.byte() === 1;
    const value = reader.value();
    changes.push(removed ? { path, value, removed } : { path, value });
  }
  return { ...(kind === "+I" ? {} : { kind }), record, ...(changes.length > 0 ? { changes } : {}) };
}

function expectTag(reader: ValueReader, expected: number): boolean {
  const tag = reader.byte();
  if (tag === TAG.NULL) return false;
  if (tag !== expected) throw new Error(`state: expected the byte ${expected}, found ${tag}`);
  return true;
}

/** The type under which values are written without the texts that they may carry, in a form that the type itself reads. */
export function withoutTexts(dataType: DataType): DataType {
  switch (dataType.type) {
    case "ARRAY":
      return { ...dataType, element: withoutTexts(dataType.element) };
    case "MAP":
      return { ...dataType, value: withoutTexts(dataType.value) };
    case "ROW":
      return { type: "ROW", fields: dataType.fields.map((field) => ({ ...field, dataType: withoutTexts(field.dataType) })) };
    default:
      return dataType;
  }
}

/** True where a value of the type may carry a record's text. */
export function mayHoldText(dataType: DataType): boolean {
  switch (dataType.type) {
    case "ARRAY":
      return mayHoldText(dataType.element);
    case "MAP":
      return mayHoldText(dataType.value);
    case "ROW":
      return dataType.open === true || dataType.fields.some((field) => mayHoldText(field.dataType));
    default:
      return false;
  }
}

/**
 * Gives values of the type texts of their own, wherever rows of an open schema stand in them. A row that was read from a topic holds a range of a chunk; kept in state, it would keep the whole
 * chunk in memory, and its bytes may be used for another. Undefined where no value of the type holds a text.
 */
export function textOwner(dataType: DataType): ((value: Value) => Value) | undefined {
  if (!mayHoldText(dataType)) return undefined;
  switch (dataType.type) {
    case "ARRAY": {
      const own = textOwner(dataType.element) as (value: Value) => Value;
      return (value) => {
        if (value === null) return null;
        const owned = (value as readonly Value[]).map(own);
        return owned.some((element, i) => element !== (value as readonly Value[])[i]) ? owned : value;
      };
    }
    case "MAP": {
      const own = textOwner(dataType.value) as (value: Value) => Value;
      return (value) => (value === null ? null : new Map([...(value as ReadonlyMap<Value, Value>)].map(([key, item]) => [key, own(item)])));
    }
    default:
      return rowTextOwner(dataType as RowShape);
  }
}

function rowTextOwner(shape: RowShape): (value: Value) => Value {
  const inside = shape.fields.flatMap(({ name, dataType }) => {
    const own = textOwner(dataType);
    return own ? [{ name, own }] : [];
  });
  return (value) => {
    if (value === null) return null;
    const row = withOwnText(value as Row);
    let copy: Record<string, Value> | undefined;
    for (const { name, own } of inside) {
      const member = row[name];
      if (member === null || member === undefined) continue;
      const owned = own(member);
      if (owned === member) continue;
      copy ??= row === value ? { ...row } : (row as Record<string, Value>);
      copy[name] = owned;
    }
    return copy ?? row;
  };
}

function withOwnText(row: Row): Row {
  const meta = row[META];
  const record = meta?.record;
  if (record === undefined) return row;
  if (record.bytes.length === record.end - record.start) return row;
  // From the pool that small buffers share: one of its own costs more than most texts.
  const bytes = Buffer.from(record.bytes.subarray(record.start, record.end));
  // Member by member: an element's text has its members on its prototype.
  const own: RecordText = { format: record.format, bytes, start: 0, end: bytes.length, ...(record.once && { once: record.once }) };
  return attach({ ...row }, { ...meta, record: own });
}
