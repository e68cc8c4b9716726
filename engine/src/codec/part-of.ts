/** A part of a row as the JSON that the whole row would be written with: members that no schema knows are in it, which the row's own value at that place does not have. */
import type { ByteRange, Row } from "../node/index.ts";
import type { Format } from "../node/spec.ts";
import type { Schema } from "../schema/index.ts";
import { jsonEncoder } from "./json-encode.ts";
import { memberRange, skipSpace } from "./json-scan.ts";

/** Null where the part is NULL or not there; valid until the next call. Throws `RowError` for a row that JSON cannot hold. */
export type PartOf = (row: Row) => ByteRange | null;

const OPEN_OBJECT = 0x7b;
const NULL = 0x6e;

/** `path`: a field, nested ones with dots. */
export function partOf(schema: Schema, path: string, format: Pick<Format, "omitNulls"> = {}): PartOf {
  const encoder = jsonEncoder(schema, format);
  const names = path.split(".");
  return (row) => {
    const { bytes, start, end } = encoder.encode(row);
    let at = { start: skipSpace(bytes, start), end };
    for (const name of names) {
      const member = bytes[at.start] === OPEN_OBJECT ? memberRange(bytes, at.start, name) : undefined;
      if (member === undefined) return null;
      at = member;
    }
    return bytes[at.start] === NULL ? null : { bytes, ...at };
  };
}
