/**
 * How a source node reads. A source is a set of splits (a topic's partitions, a file, one generator); each split has a position that the
 * runtime keeps in the checkpoint and hands back after a restart. Sources give records as bytes; the runtime decodes them
 * with the codec that the spec names, and sends what cannot be decoded to the source node's `error` port.
 *
 * Sources may do I/O, but only through the connection they are given.
 */
import type { Millis } from "./operator.ts";
import type { BuiltInTransaction } from "./sink.ts";

/** Where a split stands: plain JSON, only the source knows its form ({ offset: 120 }, { line: 3, byte: 812 }). */
export type Position = { readonly [name: string]: string | number | boolean | null };

export interface Source {
  /** The splits that exist now; asked again every few seconds for sources whose splits grow. Ids are stable. */
  splits(): Promise<readonly Split[]>;
  /** Opens a split at a position from a checkpoint, or at the node's configured start when there is none. */
  open(split: Split, position: Position | undefined): Promise<SplitReader>;
  /** A checkpoint with these positions (by split) counts; called inside its transaction, so that consumers' positions are kept with it. */
  committed?(positions: Readonly<Record<string, Position>>, via: BuiltInTransaction | undefined): Promise<void>;
  /** One sentence that says what an empty edge waits for ("the generator sends 20 a second"). */
  expects?(): { en: string; zh: string };
  close(): Promise<void>;
}

export interface Split {
  /** Unique within the source: "ods_base_log-0". */
  readonly id: string;
  /** For people and `origin`: topic or file name. */
  readonly origin: string;
  readonly partition?: number;
  /** True when reading it ends (a file). */
  readonly bounded: boolean;
}

export interface SplitReader {
  /**
   * Up to `maxRecords` further records: an empty batch when nothing is there now (after waiting at most `waitMs`), `undefined` at the end of a
   * bounded split. The batch's memory stays valid for as long as anyone holds it, or until it is released.
   */
  read(maxRecords: number, waitMs: number): Promise<RecordBatch | undefined>;
  /** What the checkpoint that covers everything returned so far must keep. */
  position(): Position;
  /** The same, if the record with this offset, one of the last batch's, were the next. A split without it is not read in step with others. */
  positionAt?(offset: number): Position;
  close(): Promise<void>;
}

/** Records as ranges of shared buffers, columns rather than objects. */
export interface RecordBatch {
  readonly count: number;
  /** The text of record i. `null`: a tombstone. */
  bytes(i: number): ByteRange | null;
  key?(i: number): Uint8Array | null;
  headers?(i: number): readonly (readonly [string, Uint8Array])[];
  /** Record's own time; event time until an event-time node says otherwise. */
  time(i: number): Millis;
  /** Offset, line number: with the split it is the record's origin. */
  offset(i: number): number;
  /** Nobody looks at the batch any more: its memory may be used for another. Need not be called. */
  release?(): void;
}

export interface ByteRange {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Where a sampled record came from. */
export interface Origin {
  readonly nodeId: string;
  readonly split: string;
  readonly topic: string;
  readonly partition?: number;
  readonly offset: number;
}
