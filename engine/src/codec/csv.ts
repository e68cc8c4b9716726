/**
 * CSV as RFC 4180 has it, one record to a range, columns in the order of the schema. NULL is an empty cell, empty text is `""`. Cells of rows, arrays, maps and
 * variants hold JSON; everything else is written as in Flink's CSV format. A header line is the business of who holds the file: `csvHeader` gives its text.
 */
import { attach, type ByteRange, type Row, RowError } from "../node/index.ts";
import type { DataType, Field, Schema, Value } from "../schema/index.ts";
import { textOf } from "./byte-text.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { Codec, Decoder, Encoder, FieldTree } from "./codec.ts";
import { missing, notUtf8, wrongType } from "./codec-errors.ts";
import { type CsvColumn, csvReader } from "./csv-reader.ts";
import { jsonDecoder } from "./json-decode.ts";
import { jsonEncoder } from "./json-encode.ts";
import { utf8Fault } from "./json-fault.ts";
import { canCompile } from "./row-builder.ts";
import { valueFromText, valueToText } from "./value-text.ts";

export const csvCodec: Codec = {
  name: "csv",
  decoder: (schema, wanted, { separator }) => csvDecoder(schema, wanted, separator),
  encoder: (schema, { separator }) => csvEncoder(schema, separator),
};

const COMMA = ",";

/** The names of the columns as a first line, without a line break. */
export function csvHeader(schema: Schema, separator: string = COMMA): string {
  return schema.fields.map(({ name }) => quoted(name, separator)).join(separator);
}

/** As for JSON: a decoder may be made for a record or two. */
const FIRST_RECORDS = 16;

function csvDecoder(schema: Schema, wanted: FieldTree, separator: string = COMMA): Decoder {
  const splitting = splittingDecoder(schema, wanted, separator);
  let read: NonNullable<ReturnType<typeof csvReader>> = () => undefined;
  let count = 0;
  return {
    decode(record) {
      if (count < FIRST_RECORDS && ++count === FIRST_RECORDS) read = readingCsvDecoder(schema, wanted, separator) ?? read;
      return read(record) ?? splitting.decode(record);
    },
  };
}

/** The short way; undefined where nothing may be compiled, or the separator is an unusual one. */
export function readingCsvDecoder(schema: Schema, wanted: FieldTree, separator: string = COMMA): ReturnType<typeof csvReader> {
  return canCompile() ? csvReader(columnsOf(schema, wanted), separator) : undefined;
}

function columnsOf(schema: Schema, wanted: FieldTree): CsvColumn[] {
  return schema.fields.map((field) => {
    const read = isWanted(field, wanted) ? cellReader(field) : undefined;
    return { field, read: read && ((text) => read({ text, isQuoted: true })) };
  });
}

/** A cell is read whole, whichever of its members are wanted. */
function isWanted({ name }: Field, wanted: FieldTree): boolean {
  return wanted === true || Object.hasOwn(wanted, name);
}

/** The long way: for every separator, cell and error. */
export function splittingDecoder(schema: Schema, wanted: FieldTree, separator: string = COMMA): Decoder {
  const columns = schema.fields.map((field) => ({ field, read: isWanted(field, wanted) ? cellReader(field) : undefined }));
  return {
    decode(record) {
      const cells = csvCells(record, separator);
      if (cells.length !== columns.length) throw wrongCount(columns.length, cells.length);
      const row: Record<string, Value> = {};
      for (const [i, { field, read }] of columns.entries()) if (read) define(row, field.name, read(cells[i] as Cell));
      const { bytes, start, end } = record;
      return attach(row as Row, { record: { format: "csv", bytes, start, end } });
    },
  };
}

/** Plain assignment would set the prototype for one name. */
function define(row: Record<string, Value>, name: string, value: Value): void {
  if (name === "__proto__") Object.defineProperty(row, name, { value, enumerable: true, writable: true, configurable: true });
  else row[name] = value;
}

/** The text of one cell, and whether it stood in quotes. */
export interface Cell {
  readonly text: string;
  readonly isQuoted: boolean;
}

function cellReader({ name, dataType }: Field): (cell: Cell) => Value {
  const nested = isNested(dataType) ? jsonDecoder({ type: "ROW", fields: [{ name, dataType }] }, true) : undefined;
  const prefix = `{${JSON.stringify(name)}:`;
  return ({ text, isQuoted }) => {
    if (text === "" && !isQuoted) {
      if (dataType.nullable === false) throw missing(name, dataType);
      return null;
    }
    if (nested) {
      const bytes = encoder.encode(`${prefix}${text}}`);
      return nested.decode({ bytes, start: 0, end: bytes.length })[name] ?? null;
    }
    const value = valueFromText(text, dataType);
    if (value === undefined) throw wrongType(name, dataType, JSON.stringify(text));
    return value;
  };
}

function isNested({ type }: DataType): boolean {
  return type === "ROW" || type === "ARRAY" || type === "MAP" || type === "VARIANT";
}

const encoder = new TextEncoder();

/** Cells of one record; a line break at its end does not count. Throws `RowError`. */
export function csvCells({ bytes, start, end }: ByteRange, separator: string): Cell[] {
  const text = textOf(bytes, start, end).replace(/\r?\n$|\r$/, "");
  if (text.includes("\ufffd")) {
    const at = utf8Fault(bytes.subarray(start, end));
    if (at !== undefined) throw notUtf8(at);
  }
  const cells: Cell[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      const close = closingQuote(text, at);
      if (close < 0) throw notCsv(at, "the quote that opens here is not closed", "此处的引号没有闭合");
      cells.push({ text: text.slice(at + 1, close).replaceAll('""', '"'), isQuoted: true });
      at = close + 1;
      if (at === text.length) return cells;
      if (!text.startsWith(separator, at))
        throw notCsv(at, `expected ${JSON.stringify(separator)} after the closing quote`, `引号闭合后期望 ${JSON.stringify(separator)}`);
    } else {
      const next = text.indexOf(separator, at);
      const cell = text.slice(at, next < 0 ? undefined : next);
      const quote = cell.indexOf('"');
      if (quote >= 0) throw notCsv(at + quote, "a quote inside a cell that is not quoted", "未加引号的单元格中出现引号");
      cells.push({ text: cell, isQuoted: false });
      if (next < 0) return cells;
      at = next;
    }
    at += separator.length;
  }
}

function closingQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

function csvEncoder(schema: Schema, separator: string = COMMA): Encoder {
  const writer = new ByteWriter();
  const columns = schema.fields.map((field) => ({ name: field.name, write: cellWriter(field, separator) }));
  return {
    encode(row) {
      writer.begin();
      for (const [i, { name, write }] of columns.entries()) {
        if (i > 0) writer.text(separator);
        const value = Object.hasOwn(row, name) ? (row[name] ?? null) : null;
        if (value !== null) writer.text(write(value));
      }
      return writer.take();
    },
  };
}

function cellWriter({ name, dataType }: Field, separator: string): (value: Value) => string {
  if (!isNested(dataType)) return (value) => quoted(valueToText(value, dataType), separator);
  const json = jsonEncoder({ type: "ROW", fields: [{ name, dataType }] });
  const prefix = JSON.stringify(name).length + 2;
  return (value) => {
    const { bytes, start, end } = json.encode({ [name]: value });
    return quoted(textOf(bytes, start, end).slice(prefix, -1), separator);
  };
}

function quoted(text: string, separator: string): string {
  const isPlain = text !== "" && !text.includes(separator) && !/["\r\n]/.test(text);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}

function wrongCount(expected: number, got: number): RowError {
  return new RowError("codec.wrong-count", {
    en: `the record has ${got} cells, expected ${expected} as the schema has fields. Correct the schema, the separator or the file.`,
    zh: `记录有 ${got} 个单元格，按模式字段数应为 ${expected}。请更正模式、分隔符或文件。`,
  });
}

function notCsv(at: number, en: string, zh: string): RowError {
  return new RowError("codec.not-csv", {
    en: `the record is not CSV: at character ${at}: ${en}. Quote the cell, and double the quotes inside it.`,
    zh: `记录不是 CSV：第 ${at} 个字符处：${zh}。请为单元格加引号，并将其中的引号写两遍。`,
  });
}
