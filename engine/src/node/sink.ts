/**
 * How a sink node writes, in two parts as in Flink's Sink V2. Each subtask has a `Sink` of its own, in the subtask's thread: rows arrive encoded (the runtime encodes with the
 * codec the spec names, writing unchanged records through as bytes), and wait until the checkpoint that covers them. One `Committer` per node, beside the checkpoints, makes
 * visible what all of them prepared. What passes from one to the other is plain data, so that committing works from any thread, and in another process
 * after a crash. See `docs/decisions/commit.md`.
 */
import type { Millis, RowError } from "./operator.ts";
import type { Row } from "./row.ts";
import type { ByteRange } from "./source.ts";
import type { Words } from "./spec.ts";

/** One subtask's part of a sink node. */
export interface Sink {
  /** Called once, before the first row: opens what it writes to. Rejects when that cannot be; the run then does not begin. */
  open?(): Promise<void>;
  /** Stages a copy of one row: what the record is made of is the caller's again when this returns. */
  write(record: SinkRecord): void;
  /** Makes the target where it is not there, before anything that is written later; `definition`: a JSON object that says how, in the sink's words. */
  make?(target: string | undefined, definition: ByteRange | null): void;
  /** Why it is not open yet, while what it writes to is being made ready; rows wait where they are. */
  waitsFor?(): Words | undefined;
  /** True while so much is staged that the source should wait. The runtime then makes a checkpoint before it reads on. */
  readonly isFull: boolean;
  /** Ends the part that belongs to checkpoint `checkpointId` (which rises); durable enough when this resolves that committing it cannot fail for reasons of its own, from any thread or process. */
  prepare(checkpointId: number): Promise<Prepared>;
  /** Gives up what was written since the last `prepare`. */
  abort(): Promise<void>;
  /** What was prepared can still be committed. */
  close(): Promise<void>;
}

/** Makes visible what the subtasks' sinks prepared. One per sink node and run. */
export interface Committer {
  /**
   * "within": inside the checkpoint's built-in transaction; what was prepared need not be kept. "after": once the checkpoint is durable; what was prepared is kept with it as
   * plain JSON, and is committed again after a restart before any sink is opened.
   */
  readonly phase: "within" | "after";
  /**
   * Idempotent. `prepared`: one per subtask, in any order; `via`: the checkpoint's transaction, for "within". Rejects with `PreparedLost` when a part can never become visible. `refuse`: for "after", to be called
   * with rows that the outside takes in no case while it takes the others; they go to the dead letters.
   */
  commit(prepared: readonly Prepared[], via: BuiltInTransaction | undefined, refuse: (row: RefusedRow) => void): Promise<void>;
  /** Only for "after": what became of each, without changing anything. */
  inspect?(prepared: readonly Prepared[]): Promise<readonly PreparedFate[]>;
  close(): Promise<void>;
}

/** A row that the outside refused once it was prepared. */
export interface RefusedRow {
  /** The same whenever the same row is refused, and no other's: it becomes one dead letter. */
  readonly id: string;
  readonly error: RowError;
  /** As it came in at the node. */
  readonly port: string;
  readonly bytes: Uint8Array;
  readonly time: Millis;
}

/** "pending": it can still be committed. "lost": it can never become visible. */
export type PreparedFate = "committed" | "pending" | "lost";

/** What a sink prepared: structured-cloneable; plain JSON for an "after" committer. Only the sink and its committer know its form. */
export type Prepared = { readonly [name: string]: unknown };

/** The outside gave up what was prepared (a transaction timed out, a topic was deleted): it can never become visible, and a restart from its checkpoint would miss its rows. */
export class PreparedLost extends Error {
  readonly words: Words;
  /** The parts that are lost. */
  readonly prepared: readonly Prepared[];
  /** How many rows they held, where that is known. */
  readonly records: number | undefined;

  constructor(words: Words, prepared: readonly Prepared[], records: number | undefined, cause?: unknown) {
    super(words.en, { cause });
    this.name = "PreparedLost";
    this.words = words;
    this.prepared = prepared;
    this.records = records;
  }
}

export interface SinkRecord {
  readonly value: ByteRange | null;
  readonly key: Uint8Array | null;
  readonly time: Millis;
  readonly headers?: readonly (readonly [string, Uint8Array])[];
  /** Of sinks that write values and not records (`spec.sinkValues`): what is written; `value` is then the row as it came in. */
  readonly made?: MadeRow | undefined;
  /** For sinks whose target is computed per row (topic name). */
  readonly target?: string | undefined;
  /** For sinks whose target has partitions, a whole number from 0 on. */
  readonly partition?: number | undefined;
}

export interface MadeRow {
  readonly row: Row;
  /** As JSON, for people. */
  text(): ByteRange;
}

/**
 * The one LMDB transaction in which a checkpoint becomes durable: staged records of built-in topics, positions and the
 * pointer to the snapshot, all or nothing. Drivers of built-in stores recognise their own transaction by its `store`.
 */
export interface BuiltInTransaction {
  readonly store: unknown;
}
