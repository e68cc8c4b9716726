/**
 * Bytes to rows and back. A codec is handed the fields that anything downstream reads (the planner collects them), so that a decoder need not touch the rest; an
 * encoder writes an unchanged record through as its own bytes and splices changes into it, so that what no schema knows survives.
 */
import type { ByteRange, Row } from "../node/index.ts";
import type { Format } from "../node/spec.ts";
import type { Schema } from "../schema/index.ts";

/** Which fields are read: a whole value (true), or some members of a row (or of an array's rows, under "[]"). */
export type FieldTree = true | { readonly [member: string]: FieldTree };

export interface Codec {
  readonly name: Format["name"];
  /** A decoder for the wanted fields; fields not wanted may be absent from its rows. Every row keeps its text (`META.record`). */
  decoder(schema: Schema, wanted: FieldTree, format: Format, check?: CheckRecord): Decoder;
  encoder(schema: Schema, format: Format): Encoder;
}

/** Called for each record in which a wanted member may come twice (it may be called for others). May throw `RowError`. */
export type CheckRecord = (record: ByteRange, row: Row) => void;

export interface Decoder {
  /** Throws `RowError` with position and reason for what is not valid: the record then belongs to the dead letters whole. */
  decode(text: ByteRange): Row;
  /**
   * Whether the bytes of the records that follow stay as they are until this is called again, as those of a batch do: so a decoder may copy many at once. Unless told, it takes
   * none for granted.
   */
  steady?(isSteady: boolean): void;
}

export interface Encoder {
  /** The row's text, valid until the next call. May be the very bytes it was decoded from; callers never write to it. Throws `RowError` for what the format cannot hold. */
  encode(row: Row): ByteRange;
}
