/**
 * The short way from JSON to rows: one strict pass over the bytes that takes the wanted members and checks the others without making anything of them, in code that
 * is made for just these fields. What it takes it takes as the long way would; a value that is not of its type already goes the long way alone, and a record that is to be
 * refused whole, for errors have their words there.
 */
import type { ByteRange, KnownMembers, RecordText, Row } from "../node/index.ts";
import type { DataType, Schema, Value } from "../schema/index.ts";
import type { FieldTree } from "./codec.ts";
import { compiled } from "./json-compiled.ts";
import { readerCode } from "./json-reader-code.ts";
import { RecordView } from "./record-view.ts";

/** The row, or undefined for a record that is left to the long way. */
export type ReadRecord = (record: ByteRange) => Row | undefined;

/** The value of checked JSON, not null; undefined for one that the type does not take. */
export type ReadValue = (bytes: Uint8Array, start: number, end: number) => Value | undefined;

/** `view` looks at `seen`; its bytes from 0 stand in `own`, which rows hold on to, from `shift`. */
type Read = (view: DataView, from: number, end: number, seen: Uint8Array, own: Uint8Array, shift: number) => Row | undefined;

/** `readValue` makes the long way's readers of single values. */
export function recordReader(
  schema: Schema,
  wanted: FieldTree,
  readValue: (dataType: DataType, wanted: FieldTree) => ReadValue,
): ReadRecord {
  const { text, names, once, others } = readerCode(schema, wanted);
  const read = compiled(text, names, others, {
    others: others.map((other) => readValue(other.dataType, other.wanted)),
    records: once.map(recordClass),
  }) as Read;
  const seen = new RecordView();
  return ({ bytes, start, end }) => {
    seen.look(bytes, start, end);
    return read(seen.view, seen.start, seen.end, seen.bytes, bytes, start - seen.start);
  };
}

/** Texts of objects that have members at most once. That stands with the class, so it costs a text nothing. */
function recordClass(once: KnownMembers): new (bytes: Uint8Array, start: number, end: number) => RecordText {
  return class implements RecordText {
    readonly format = "json";
    readonly bytes: Uint8Array;
    readonly start: number;
    readonly end: number;

    constructor(bytes: Uint8Array, start: number, end: number) {
      this.bytes = bytes;
      this.start = start;
      this.end = end;
    }

    get once(): KnownMembers {
      return once;
    }
  };
}
