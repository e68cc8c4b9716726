/**
 * Rows to JSON. A row that still is the record it was read from is that record's bytes; one with changes is the bytes with the changes spliced in, so that members, order
 * and number texts that no schema knows survive; a row that was made new is written from the schema.
 */
import { META, type Row } from "../node/index.ts";
import type { DataType, RowShape, Schema, Value, Values } from "../schema/index.ts";
import { ByteWriter, type WrittenRange } from "./byte-writer.ts";
import type { Encoder } from "./codec.ts";
import { cannotWrite, tooDeep } from "./codec-errors.ts";
import { MAX_VARIANT_DEPTH } from "./json-decode.ts";
import { splicer } from "./json-splice.ts";
import { newRowWriter } from "./json-writer-code.ts";
import { isIntegerType, valueToText } from "./value-text.ts";

export function jsonEncoder(schema: Schema, { omitNulls = true }: { readonly omitNulls?: boolean | undefined } = {}): Encoder {
  const writer = new ByteWriter();
  const write = rowWriter(schema, writer, omitNulls);
  return {
    encode(row) {
      const meta = row[META];
      if (meta?.record?.format === "json" && !meta.changes?.length) return meta.record;
      writer.begin();
      write(row);
      return writer.take();
    },
  };
}

/** Writes a value that is not null. */
type Write = (value: Value) => void;

function rowWriter(shape: RowShape, writer: ByteWriter, omitNulls: boolean): Write {
  const writeAny = orNull(variantWriter(writer), writer);
  const splice = splicer({ writer, omitNulls, writerOf: writerAt(shape, writer, omitNulls) });
  const writeNew = newRowWriter(
    shape.fields.map((field) => ({ field, write: valueWriter(field.dataType, writer, omitNulls) })),
    writer,
    omitNulls,
  );

  return (value) => {
    if (typeof value !== "object" || value === null || value instanceof Map || Array.isArray(value)) return writeAny(value);
    const row = value as Row;
    const meta = row[META];
    const record = meta?.record;
    if (record?.format !== "json") return writeNew(row);
    if (!meta?.changes?.length) return writer.copy(record.bytes, record.start, record.end);
    splice(record, meta.changes, row);
  };
}

/** Writers of fields by path, made when a change first touches them; by the value itself where the schema does not know the field. */
function writerAt(shape: RowShape, writer: ByteWriter, omitNulls: boolean): (path: readonly string[]) => Write {
  const known = new Map<string, Write>();
  return (path) => {
    const key = path.length === 1 ? (path[0] as string) : JSON.stringify(path);
    let write = known.get(key);
    if (!write) {
      const dataType = typeAt(shape, path);
      write = orNull(dataType ? valueWriter(dataType, writer, omitNulls) : variantWriter(writer), writer);
      known.set(key, write);
    }
    return write;
  };
}

function typeAt(shape: RowShape, path: readonly string[]): DataType | undefined {
  let dataType: DataType | undefined = shape;
  for (const name of path) dataType = dataType?.type === "ROW" ? dataType.fields.find((field) => field.name === name)?.dataType : undefined;
  return dataType;
}

function orNull(write: Write, writer: ByteWriter): Write {
  return (value) => (value === null || value === undefined ? writer.text("null") : write(value));
}

function valueWriter(dataType: DataType, writer: ByteWriter, omitNulls: boolean): Write {
  switch (dataType.type) {
    case "ROW":
      return remembering(rowWriter(dataType, writer, omitNulls), writer);
    case "ARRAY": {
      const write = orNull(valueWriter(dataType.element, writer, omitNulls), writer);
      return (value) => list(value as readonly Value[], write, writer);
    }
    case "MAP":
      return mapWriter(dataType, writer, omitNulls);
    case "VARIANT":
    case "NULL":
      return variantWriter(writer);
    case "BOOLEAN":
      return (value) => writer.text(String(value));
    case "DECIMAL":
      return (value) => writer.text(valueToText(value, dataType));
    case "FLOAT":
    case "DOUBLE":
      // JSON has no NaN; Flink writes it as text, which a DOUBLE reads back.
      return (value) => writer.text(Number.isFinite(value) ? valueToText(value, dataType) : JSON.stringify(valueToText(value, dataType)));
    default:
      if (isIntegerType(dataType.type)) return (value) => writer.whole(value as number | bigint);
      if (dataType.type === "STRING") return (value) => writer.quoted(value as string);
      return (value) => writer.quoted(valueToText(value, dataType));
  }
}

/** Writes the same value again as the bytes it was written as: values never change, and flatten adds the same part of a record to each of its elements. */
function remembering(write: Write, writer: ByteWriter): Write {
  let last: Value = null;
  let written: WrittenRange | undefined;
  return (value) => {
    if (value === last && written && writer.holds(written)) return writer.copy(written.bytes, written.start, written.end);
    const from = writer.length;
    write(value);
    last = value;
    written = writer.since(from);
  };
}

function list(values: readonly Value[], write: Write, writer: ByteWriter): void {
  let separator = "[";
  for (const value of values) {
    writer.text(separator);
    write(value);
    separator = ",";
  }
  writer.text(separator === "[" ? "[]" : "]");
}

function mapWriter(dataType: DataType & { type: "MAP" }, writer: ByteWriter, omitNulls: boolean): Write {
  const write = orNull(valueWriter(dataType.value, writer, omitNulls), writer);
  return (value) => {
    let separator = "{";
    for (const [key, one] of value as ReadonlyMap<Value, Value>) {
      if (key === null) throw cannotWrite("", dataType, "a map with the key NULL");
      writer.text(`${separator}${JSON.stringify(valueToText(key, dataType.key))}:`);
      write(one);
      separator = ",";
    }
    writer.text(separator === "{" ? "{}" : "}");
  };
}

/** A value as JSON by what it is. */
function variantWriter(writer: ByteWriter): Write {
  return (value) => writer.text(variantText(value, 0));
}

function variantText(value: Value | undefined, depth: number): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number")
    return Number.isFinite(value) ? (Object.is(value, -0) ? "-0" : String(value)) : JSON.stringify(String(value));
  if (typeof value !== "object") return JSON.stringify(value);
  if (depth >= MAX_VARIANT_DEPTH) throw tooDeep("", MAX_VARIANT_DEPTH);
  if (Array.isArray(value)) return `[${value.map((one) => variantText(one as Value, depth + 1)).join(",")}]`;
  if (value instanceof Uint8Array) return JSON.stringify(valueToText(value, { type: "BYTES" }));
  const members = value instanceof Map ? [...value].map(([key, one]) => [String(key), one] as const) : Object.entries(value as Values);
  return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${variantText(one as Value, depth + 1)}`).join(",")}}`;
}
