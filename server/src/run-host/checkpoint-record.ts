/** What is stored of each checkpoint, in the store whose transaction makes it count. */
import type { Prepared } from "@millrace/engine/node";
import type { Positions, RowCounts, StateSchema } from "@millrace/engine/run";
import type { SavedState } from "../runs/run-host.ts";
import type { StatePointer } from "./state-file.ts";

export const RECORD_FORMAT = 2;

/** With the pipeline's id behind it: the key of its `CheckpointList`. */
export const CHECKPOINTS = "checkpoints/";
/** With the pipeline's id behind it: the key of its savepoints' records. */
export const SAVEPOINTS = "savepoints/";

export interface CheckpointRecord {
  readonly format: typeof RECORD_FORMAT;
  readonly pipelineId: string;
  /** The run that wrote it. */
  readonly runId: string;
  readonly version: number;
  readonly kind: "checkpoint" | "savepoint";
  /** Rises from one checkpoint of the pipeline to the next, whatever run makes it. */
  readonly checkpointId: number;
  readonly at: number;
  /** By subtask. */
  readonly states: readonly StatePointer[];
  readonly positions: Positions;
  /** Of sinks that commit after the checkpoint: one per subtask. */
  readonly prepared: Readonly<Record<string, readonly Prepared[]>>;
  readonly schemas: Readonly<Record<string, StateSchema>>;
  /** Subtasks of each node; missing in records of older versions. */
  readonly parallelism?: Readonly<Record<string, number>>;
  /** Rows that the pipeline's sinks took, up to here, by node. */
  readonly rowsOut: RowCounts;
}

/** All that is kept of a pipeline's checkpoints beside savepoints. */
export interface CheckpointList {
  /** The last one made, also when none is kept: a run without state goes on counting from it. */
  readonly last: { readonly checkpointId: number; readonly rowsOut: RowCounts };
  /** Newest first. */
  readonly kept: readonly CheckpointRecord[];
}

/** What a run can go on from. The newest state is the first of `kept`: after a start without state there is none, though savepoints of before are in `all`. */
export interface SavedCheckpoints extends CheckpointList {
  /** Newest first, savepoints too. */
  readonly all: readonly CheckpointRecord[];
}

/** Rows that were written between two checkpoints. */
export function rowsBetween(older: { readonly rowsOut: RowCounts }, newer: { readonly rowsOut: RowCounts }): RowCounts {
  return Object.fromEntries(Object.entries(newer.rowsOut).map(([node, count]) => [node, count - (older.rowsOut[node] ?? 0)]));
}

export function savedStateOf({ checkpointId, kind, at, version, states }: CheckpointRecord): SavedState {
  return {
    id: String(checkpointId),
    kind,
    at,
    version,
    bytes: states.reduce((sum, { bytes }) => sum + bytes, 0),
    retained: kind === "savepoint",
  };
}
