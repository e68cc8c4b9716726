/** What a run keeps of itself: the parts that its subtasks give, and the whole that the coordinator makes count. */
import type { Millis, Position, Prepared } from "../node/index.ts";
import type { RowKind } from "../schema/index.ts";
import type { StateSchema } from "../state/index.ts";

/** By source node and split. */
export type Positions = Readonly<Record<string, Readonly<Record<string, Position>>>>;

/** Rows by node. */
export type RowCounts = Readonly<Record<string, number>>;

/** One subtask's part of a checkpoint. Plain data: it crosses threads. */
export interface CheckpointPart {
  readonly subtask: number;
  readonly positions: Positions;
  /** What its sinks prepared, by node. */
  readonly prepared: Readonly<Record<string, Prepared>>;
  /** Where its state was written; only the host knows its form. */
  readonly state: unknown;
  /** Bytes of state written now. */
  readonly bytes: number;
  readonly schemas: Readonly<Record<string, StateSchema>>;
  /** Rows that its sinks took since the subtask began, by node. */
  readonly rowsOut: RowCounts;
}

export interface Checkpoint {
  readonly id: number;
  readonly kind: CheckpointKind;
  readonly positions: Positions;
  /** What sinks prepared that commit after the checkpoint, by node: one per subtask. */
  readonly prepared: Readonly<Record<string, readonly Prepared[]>>;
  /** By subtask. */
  readonly states: readonly unknown[];
  readonly schemas: Readonly<Record<string, StateSchema>>;
  /** Rows that sinks took in all the pipeline's runs, by node: the difference of two checkpoints is what they wrote between them. */
  readonly rowsOut: RowCounts;
}

export type CheckpointKind = "checkpoint" | "savepoint";

/** What a run goes on from. */
export type Restored = Pick<Checkpoint, "positions" | "prepared">;

/** A dead letter that goes into its node's input once more. */
export interface Replay {
  readonly nodeId: string;
  readonly port: string;
  readonly kind: RowKind;
  readonly time: Millis | null;
  readonly bytes: Uint8Array;
  /** As of the letter. */
  readonly hidden?: readonly string[] | undefined;
}

/** From the coordinator to a subtask. */
export type ToSubtask =
  /** What came before the last restart is settled: open sources and sinks, and begin. */
  | { readonly type: "begin" }
  /** Take no more records in, let what is under way arrive, then take the picture. */
  | { readonly type: "checkpoint"; readonly id: number; readonly kind: CheckpointKind }
  /** Every subtask has taken the picture: go on. `front`: time of the earliest record that waits in any of them; the largest time when none does. */
  | { readonly type: "resume"; readonly front: Millis }
  /** End, and give up what is not prepared. */
  | { readonly type: "stop" };

/** From a subtask to the coordinator. */
export type FromSubtask =
  | { readonly type: "opened" }
  /** Something has changed since the last picture. */
  | { readonly type: "changed" }
  /** Its sinks hold so much, or it has read so far, that it waits for a checkpoint. */
  | { readonly type: "full" }
  /** All of its inputs have ended. */
  | { readonly type: "ended" }
  /** The picture is taken; it is being written. `front`: time of the earliest record that waits to be read in step with others; the largest time when none does. */
  | { readonly type: "cut"; readonly id: number; readonly front: Millis }
  /** It is written, and all sinks have prepared. */
  | { readonly type: "prepared"; readonly id: number; readonly part: CheckpointPart };
