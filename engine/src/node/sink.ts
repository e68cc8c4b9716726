/**
 * How a sink node writes. Rows arrive encoded (the runtime encodes with the codec the spec names, writing unchanged records through as bytes), and are
 * staged until the checkpoint that covers them commits. `prepare` makes the staged part durable enough that `commit`
 * cannot fail for reasons of its own, even in another process after a crash; the runtime keeps what `prepare` returned
 * in the snapshot. See `docs/decisions/commit.md`.
 */
import type { Millis } from "./operator.ts";
import type { ByteRange, Position } from "./source.ts";

export interface Sink {
  /** Called once, before the first row: opens what it writes to. Rejects when that cannot be; the run then does not begin. */
  open?(): Promise<void>;
  /** Stages one row. */
  write(record: SinkRecord): void;
  /** True while so much is staged that the source should wait. The runtime then commits before it reads on. */
  readonly isFull: boolean;
  /** Ends the part that belongs to checkpoint `checkpointId`; what it returns goes into the snapshot. */
  prepare(checkpointId: number): Promise<Prepared>;
  /** Makes visible what was prepared. Idempotent: it is called again after a restart. `via` is the shared transaction of the built-in stores. */
  commit(prepared: Prepared, via: BuiltInTransaction | undefined): Promise<void>;
  /** Gives up what was prepared or staged. */
  abort(prepared: Prepared | undefined): Promise<void>;
  close(): Promise<void>;
}

export interface SinkRecord {
  readonly value: ByteRange | null;
  readonly key: Uint8Array | null;
  readonly time: Millis;
  readonly headers?: readonly (readonly [string, Uint8Array])[];
  /** For sinks whose target is computed per row (topic name). */
  readonly target?: string;
}

/** Plain JSON; for Kafka { transactionalId, producerId, epoch }. */
export type Prepared = Position;

/**
 * The one LMDB transaction in which a checkpoint of a run whose sinks are all built in becomes visible: staged records, positions and the
 * pointer to the snapshot, all or nothing. Drivers of built-in stores recognise their own transaction by its `store`.
 */
export interface BuiltInTransaction {
  readonly store: unknown;
}
