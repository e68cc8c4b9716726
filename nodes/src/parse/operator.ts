import {
  attach,
  changeFields,
  changeRow,
  kindOf,
  META,
  type Operator,
  type OperatorContext,
  type Row,
  RowError,
} from "@millrace/engine/node";
import { quote, valueAt } from "../field-types.ts";
import type { ParseParams } from "./spec.ts";
import { textReader } from "./text-reader.ts";

export function createOperator({ field, as, keep, into }: ParseParams, { declared }: OperatorContext): Operator {
  const path = field.split(".");
  const reader = textReader(as, declared);
  const intoPath = into?.split(".");

  function read(row: Row): Row {
    const text = valueAt(row, path);
    if (text === null) throw noText(field);
    try {
      return reader.read(text as string);
    } catch (error) {
      throw error instanceof RowError ? inField(field, error) : error;
    }
  }

  function join(row: Row, parsed: Row): Row {
    const kind = kindOf(row);
    if (keep === "parsed") {
      if (intoPath) return changeRow(kind === "+I" ? {} : attach({}, { kind }), intoPath, parsed);
      // The text becomes the record: members that the schema does not name are written through with it.
      return kind === "+I" ? parsed : attach(parsed, { ...parsed[META], kind });
    }
    if (intoPath) return changeRow(row, intoPath, parsed);
    return changeFields(
      row,
      reader.fields.map(({ name }) => ({ path: [name], value: parsed[name] ?? null })),
    );
  }

  return { onRow: (row, time, out) => out.emit("out", join(row, read(row)), time) };
}

function noText(field: string): RowError {
  return new RowError("parse.null", {
    en: `The field ${quote(field)} is NULL for this row; expected a text.`,
    zh: `该行的字段 ${quote(field)} 为 NULL；应为文本。`,
  });
}

function inField(field: string, { code, words }: RowError): RowError {
  return new RowError(code, { en: `${field}: ${words.en}`, zh: `${field}：${words.zh}` });
}
