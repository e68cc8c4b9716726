/**
 * Writing a new row, in code that is made for its fields: the names are constants of four bytes each. Pages whose policy forbids compiling get a loop. Nothing of a schema
 * gets into the text but numbers and, to read a field, names in quotes between brackets.
 */
import type { Field, Value, Values } from "../schema/index.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { canCompile } from "./row-builder.ts";
import { isIntegerType } from "./value-text.ts";

/** A field with what writes its value, which is not null. */
export interface WrittenField {
  readonly field: Field;
  readonly write: (value: Value) => void;
}

export type WriteRow = (row: Values) => void;

export function newRowWriter(fields: readonly WrittenField[], writer: ByteWriter, omitNulls: boolean): WriteRow {
  return canCompile() ? compiledRowWriter(fields, writer, omitNulls) : loopRowWriter(fields, writer, omitNulls);
}

export function loopRowWriter(fields: readonly WrittenField[], writer: ByteWriter, omitNulls: boolean): WriteRow {
  const named = fields.map(({ field: { name }, write }) => ({ name, quoted: `,${JSON.stringify(name)}:`, write }));
  return (row) => {
    const begun = writer.length;
    for (const { name, quoted, write } of named) {
      const value = Object.hasOwn(row, name) ? (row[name] ?? null) : null;
      if (value === null && omitNulls) continue;
      writer.text(quoted);
      if (value === null) writer.text("null");
      else write(value);
    }
    writer.closeObject(begun);
  };
}

export function compiledRowWriter(fields: readonly WrittenField[], writer: ByteWriter, omitNulls: boolean): WriteRow {
  const members = fields.map(({ field: { name, dataType } }, i) => {
    const key = JSON.stringify(name);
    const read = name in Object.prototype ? `(Object.hasOwn(row, ${key}) ? row[${key}] : null)` : `row[${key}]`;
    const write = isIntegerType(dataType.type)
      ? "writer.whole(value)"
      : dataType.type === "STRING"
        ? "writer.quoted(value)"
        : `write${i}(value)`;
    return `
  value = ${read};
  if (value !== null && value !== undefined) {
    ${constant(`,${key}:`)}
    ${write};
  }${omitNulls ? "" : ` else { ${constant(`,${key}:null`)} }`}`;
  });
  const text = `"use strict";
return (row) => {
  const begun = writer.length;
  let value = null, view = null, at = 0;${members.join("")}
  writer.closeObject(begun);
};`;
  const names = fields.map((_, i) => `write${i}`);
  return new Function("writer", ...names, text)(writer, ...fields.map(({ write }) => write)) as WriteRow;
}

const encoder = new TextEncoder();

/** Code that writes a text. It may write up to three zeros behind it, over which the next is written. */
function constant(text: string): string {
  const { length } = encoder.encode(text);
  const bytes = new DataView(new ArrayBuffer(length + 3));
  encoder.encodeInto(text, new Uint8Array(bytes.buffer));
  const words = Array.from(
    { length: Math.ceil(length / 4) },
    (_, i) => `view.setInt32((at + ${4 * i}) | 0, ${bytes.getInt32(4 * i, true)}, true);`,
  );
  return `writer.reserve(${length}); view = writer.view; at = writer.end; ${words.join(" ")} writer.end = (at + ${length}) | 0;`;
}
