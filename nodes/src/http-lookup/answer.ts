/** From the text of an answer to what is taken over: its row, or the entries of its list with what names the next page. */
import { codecOf } from "@millrace/engine/codec";
import type { ByteRange } from "@millrace/engine/node";
import type { DataType, RowShape, Schema, Value, Values } from "@millrace/engine/schema";
import { valueAt, withField } from "../field-types.ts";
import type { HttpLookupParams } from "./spec.ts";

export interface Page {
  /** The row, or this page's entries. */
  readonly found: Value;
  readonly next: Value;
}

/** Decoding throws a `RowError` for what is no JSON of these types. */
export function pageReader({ list, paging }: HttpLookupParams, schema: Schema): (body: Uint8Array) => Page {
  if (list === undefined) {
    const decoder = codecOf({ name: "json" }).decoder(schema, true, { name: "json" });
    return (body) => ({ found: decoder.decode(rangeOf(body)), next: null });
  }
  // A list on its own gets a member around it.
  const listPath = list === "*" ? [LIST] : list.split(".");
  const nextPath = paging.by === "next" && list !== "*" ? paging.field.split(".") : undefined;
  let shape: RowShape = { type: "ROW", fields: [] };
  shape = required(withField(shape, listPath, { type: "ARRAY", element: schema }));
  if (nextPath) shape = required(withField(shape, nextPath, { type: "VARIANT" } satisfies DataType));
  const decoder = codecOf({ name: "json" }).decoder(shape, true, { name: "json" });
  return (body) => {
    const row = decoder.decode(rangeOf(list === "*" ? Buffer.concat([BEFORE, body, AFTER]) : body)) as Values;
    return { found: valueAt(row, listPath) ?? [], next: nextPath ? valueAt(row, nextPath) : null };
  };
}

const LIST = "list";
const BEFORE = Buffer.from(`{"${LIST}":`);
const AFTER = Buffer.from("}");

function rangeOf(bytes: Uint8Array): ByteRange {
  return { bytes, start: 0, end: bytes.length };
}

function required(shape: RowShape | undefined): RowShape {
  if (!shape) throw new Error("the list and the next page lie within one another");
  return shape;
}
