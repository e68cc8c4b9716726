/**
 * The short way from CSV to rows: one pass over the bytes, in code that is made for the columns. As with JSON, what it takes it takes as the long way would, and all else
 * is left to that.
 */
import { attach, type ByteRange, type Row, RowError } from "../node/index.ts";
import type { DataType, Field, Value } from "../schema/index.ts";
import { textOf } from "./byte-text.ts";
import { cellEnd, DOUBLED, quotedEnd } from "./csv-bytes.ts";
import { NOT_TAKEN } from "./json-bytes.ts";
import { HEAD, keyOf, scalarCode } from "./json-code.ts";
import { compiled } from "./json-compiled.ts";
import { KnownTexts } from "./known-texts.ts";
import { RecordView } from "./record-view.ts";
import { isIntegerType } from "./value-text.ts";

/** A column; undefined for `read` where nobody wants it, otherwise the long way's reader of a cell that is not empty. */
export interface CsvColumn {
  readonly field: Field;
  readonly read: ((text: string) => Value) | undefined;
}

const texts = new KnownTexts(textOf);

type Read = (view: DataView, from: number, end: number, bytes: Uint8Array) => Row | undefined;

/** Undefined for a separator that could be part of a number, or is more than a byte. The reader gives undefined for a record that is left to the long way. */
export function csvReader(columns: readonly CsvColumn[], separator: string): ((record: ByteRange) => Row | undefined) | undefined {
  if (!/^[\t !#-*,/:-@[-`{-~]$/.test(separator)) return undefined;
  const read = compiled(readerCode(columns, separator.charCodeAt(0)), [], [], {
    texts,
    cellEnd,
    quotedEnd,
    DOUBLED,
    reads: columns.map((column) => column.read && quietly(column.read)),
  }) as Read;
  const seen = new RecordView();
  return ({ bytes, start, end }) => {
    seen.look(bytes, start, withoutLineBreak(bytes, start, end));
    const row = read(seen.view, seen.start, seen.end, seen.bytes);
    return row && attach(row, { record: { format: "csv", bytes, start, end } });
  };
}

function withoutLineBreak(bytes: Uint8Array, start: number, end: number): number {
  if (end === start) return end;
  if (bytes[end - 1] === 0x0d) return end - 1;
  if (bytes[end - 1] !== 0x0a) return end;
  return end - 1 > start && bytes[end - 2] === 0x0d ? end - 2 : end - 1;
}

/** The record is refused whole, with the words of the long way. */
function quietly(read: (text: string) => Value): (text: string) => Value | undefined {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      if (error instanceof RowError) return undefined;
      throw error;
    }
  };
}

function readerCode(columns: readonly CsvColumn[], separator: number): string {
  const four = separator * 0x01010101;
  const wanted = columns.flatMap(({ read }, i) => (read ? [i] : []));
  const cells = columns.map(
    ({ field, read }, i) => `
  ${i > 0 ? `if (at >= end || view.getUint8(at) !== ${separator}) return undefined;\n  at = (at + 1) | 0;` : ""}
  isQuoted = at < end && view.getUint8(at) === 34;
  start = at;
  if (isQuoted) {
    start = (at + 1) | 0;
    stop = quotedEnd(view, at, end) | 0;
    at = (stop + 1) | 0;
  } else {
    stop = cellEnd(view, at, end, ${four}) | 0;
    at = stop;
  }
  if (stop === ${NOT_TAKEN}) return undefined;
  ${read ? valueCode(field.dataType, i) : ""}`,
  );
  return `${HEAD(0, 0)}
const { cellEnd, quotedEnd, DOUBLED, reads } = env;
${wanted.map((i) => `const read${i} = reads[${i}];`).join("\n")}
return (view, from, to, seen) => {
  const end = to | 0;
  let at = from | 0, start = 0, stop = 0, moved = 0, isQuoted = false, text = "";
  ${wanted.length > 0 ? `let ${wanted.map((i) => `v${i} = null`).join(", ")};` : ""}${cells.join("")}
  return at === end ? { ${wanted.map((i) => `${keyOf((columns[i] as CsvColumn).field.name)}: v${i}`).join(", ")} } : undefined;
};`;
}

function valueCode(dataType: DataType, i: number): string {
  const number = isIntegerType(dataType.type) || ["DOUBLE", "FLOAT", "DECIMAL", "BOOLEAN"].includes(dataType.type);
  const text = `text = texts.textOf(view, seen, start, stop);
    if (isQuoted && DOUBLED.value) text = text.replaceAll('""', '"');
    v${i} = ${dataType.type === "STRING" ? "text" : `read${i}(text)`};
    if (v${i} === undefined) return undefined;`;
  // What stops before the cell does, or goes on behind it, is not the cell's value.
  const short = `moved = ${NOT_TAKEN};
    if (!isQuoted) { let at = start; ${scalarCode(dataType, `v${i}`, 0)} at = ${NOT_TAKEN}; moved = at; }
    if (moved !== stop) { ${text} }`;
  return `if (start === stop && !isQuoted) ${dataType.nullable === false ? "return undefined;" : `v${i} = null;`}
  else { ${number ? short : text} }`;
}
