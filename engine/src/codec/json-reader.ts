/**
 * The short way from JSON to rows: one strict pass over the bytes that takes the wanted members and checks the others without making anything of them, in code that
 * is made for just these fields. What it takes it takes as the long way would; a value that is not of its type already goes the long way alone, and a record that is to be
 * refused whole, for errors have their words there.
 */
import { attach, type ByteRange, type Row } from "../node/index.ts";
import type { DataType, Schema, Value } from "../schema/index.ts";
import type { FieldTree } from "./codec.ts";
import { MARGIN } from "./json-bytes.ts";
import { compiled } from "./json-compiled.ts";
import { readerCode } from "./json-reader-code.ts";

/** The row, or undefined for a record that is left to the long way. */
export type ReadRecord = (record: ByteRange) => Row | undefined;

/** The value of checked JSON, not null; undefined for one that the type does not take. */
export type ReadValue = (bytes: Uint8Array, start: number, end: number) => Value | undefined;

/** `view` looks at `seen`; its bytes from 0 stand in `own`, which rows hold on to, from `shift`. */
type Read = (view: DataView, from: number, end: number, seen: Uint8Array, own: Uint8Array, shift: number) => Row | undefined;

/** Generated code counts places in 32 bits. */
const GREATEST_PLACE = 0x7fff0000;
const LONGEST_COPY_KEPT = 1 << 20;

/** `readValue` makes the long way's readers of single values. */
export function recordReader(
  schema: Schema,
  wanted: FieldTree,
  readValue: (dataType: DataType, wanted: FieldTree) => ReadValue,
): ReadRecord {
  const { text, names, others } = readerCode(schema, wanted);
  const read = compiled(text, names, others, { others: others.map((other) => readValue(other.dataType, other.wanted)) }) as Read;

  let last: Uint8Array = new Uint8Array(0);
  let view: DataView = new DataView(last.buffer);
  let copy: Uint8Array = new Uint8Array(0);
  let copyView = view;

  /** A record that ends with its buffer is read in a copy, for readers look past its end. */
  function readCopied(bytes: Uint8Array, start: number, end: number): Row | undefined {
    const length = end - start;
    if (length > LONGEST_COPY_KEPT) {
      const own = new Uint8Array(length + MARGIN);
      own.set(bytes.subarray(start, end));
      return read(new DataView(own.buffer), 0, length, own, bytes, start);
    }
    if (length + MARGIN > copy.length) {
      copy = new Uint8Array(2 * (length + MARGIN));
      copyView = new DataView(copy.buffer);
    }
    copy.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
    return read(copyView, 0, length, copy, bytes, start);
  }

  return ({ bytes, start, end }) => {
    let row: Row | undefined;
    if (end > GREATEST_PLACE) return undefined;
    if (end + MARGIN > bytes.length) row = readCopied(bytes, start, end);
    else {
      if (bytes !== last) {
        last = bytes;
        view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      }
      row = read(view, start, end, bytes, bytes, 0);
    }
    return row && attach(row, { record: { format: "json", bytes, start, end } });
  };
}
