/**
 * The short way from JSON to rows: one strict pass over the bytes that takes the wanted members and checks the others without making anything of them (`engine/scanner`), then code that
 * is made for just these fields. What it takes it takes as the long way would; a value that is not of its type already goes the long way alone, and a record that is to be
 * refused whole, for errors have their words there.
 */
import { type ByteRange, type KnownMembers, META, type RecordText, type Row } from "../node/index.ts";
import type { DataType, Schema, Value } from "../schema/index.ts";
import type { FieldTree } from "./codec.ts";
import { numberEnd } from "./json-bytes.ts";
import { textReader } from "./json-compiled.ts";
import { LONG, longEnd, POWERS_OF_TEN } from "./json-numbers.ts";
import { readerCode } from "./json-reader-code.ts";
import { scannerOfThread } from "./record-scanner.ts";

export interface ReadRecord {
  /** The row, or undefined for a record that is left to the long way. */
  read(record: ByteRange): Row | undefined;
  /** As a decoder's. */
  steady(isSteady: boolean): void;
}

/** The value of checked JSON, not null; undefined for one that the type does not take. */
export type ReadValue = (bytes: Uint8Array, start: number, end: number) => Value | undefined;

/** Makes the row of what the scanner found; its places are `shift` before those in `own`, which rows hold on to. */
type Read = (own: Uint8Array, shift: number, start: number, end: number) => Row | undefined;

/** `readValue` makes the long way's readers of single values. Undefined where the thread has no scanner. */
export function recordReader(
  schema: Schema,
  wanted: FieldTree,
  readValue: (dataType: DataType, wanted: FieldTree) => ReadValue,
): ReadRecord | undefined {
  const scanner = scannerOfThread();
  if (!scanner) return undefined;
  const { text, members, once, absent, values } = readerCode(schema, wanted);
  const { view, words, floats, texts } = scanner;
  const read = new Function("env", text)({
    META,
    POWERS: POWERS_OF_TEN,
    LONG,
    words,
    floats,
    texts,
    newText: (from: number, to: number) => scanner.newText(from, to),
    plainEnd: (from: number) => numberEnd(view, from, view.byteLength),
    longEnd: (from: number) => longEnd(view, from),
    reads: values.map((value) => readValue(value.dataType, value.wanted)),
    fromTexts: values.map(({ dataType }) => textReader(dataType)),
    records: once.map((known) => recordClass(known)),
    lacking: once.map((known, i) => recordClass(known, new Set(absent[i]))),
  }) as Read;
  const records = scanner.reader(members);
  return {
    read({ bytes, start, end }) {
      const shift = records.scan(bytes, start, end);
      return shift === undefined ? undefined : read(bytes, shift, start, end);
    },
    steady: (isSteady) => records.steady(isSteady),
  };
}

/** Texts of objects that have members at most once, and others not at all. That stands with the class, so it costs a text nothing. */
function recordClass(once: KnownMembers, lacks?: ReadonlySet<string>): new (bytes: Uint8Array, start: number, end: number) => RecordText {
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

    get lacks(): ReadonlySet<string> | undefined {
      return lacks;
    }
  };
}
