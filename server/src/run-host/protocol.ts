/** What the server's thread, a run's first thread and its further threads say to each other. */
import type { MessagePort } from "node:worker_threads";
import type { RunClaim } from "@millrace/engine/node";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { ExchangeBatch, FromSubtask, PortCounts, SplitStatus, TapSample, ToSubtask } from "@millrace/engine/run";
import type { NodeLive, RunStatus, Sample } from "../api.ts";
import type { ConnectionConfig, RestoreFrom, RunEnd, RunFailure, RunLimits, SavedState, StartRun } from "../runs/run-host.ts";
import type { CheckpointRecord } from "./checkpoint-record.ts";

/** What a run's first thread begins with. */
export interface RunStart {
  readonly dataFolder: string;
  readonly pipelineId: string;
  readonly runId: string;
  readonly version: number;
  readonly document: PipelineDocument;
  readonly set: Readonly<Record<string, unknown>>;
  readonly connections: Readonly<Record<string, ConnectionConfig>>;
  readonly restoreFrom?: RestoreFrom | undefined;
  readonly earlier?: StartRun["earlier"];
  readonly force?: boolean | undefined;
  readonly limits: RunLimits;
}

export type ToWorker =
  /** Comes first, and once; until then "stop" ends the thread. */
  | { readonly type: "start"; readonly start: RunStart }
  | { readonly type: "stop"; readonly savepoint: boolean }
  | { readonly type: "savepoint"; readonly request: number }
  /** Ports ("node.port") whose new samples go into each frame. */
  | { readonly type: "watch"; readonly ports: readonly string[] }
  | { readonly type: "samples"; readonly request: number; readonly port: string };

export type FromWorker =
  /** All that a run needs is loaded. */
  | { readonly type: "ready" }
  | { readonly type: "running" }
  | ({ readonly type: "frame" } & Frame)
  | { readonly type: "samples"; readonly request: number; readonly samples: readonly Sample[] }
  | { readonly type: "savepoint"; readonly request: number; readonly made: SavedState | RunFailure }
  | { readonly type: "log"; readonly line: string }
  /** The last word: final counts, the last samples of every port, and how it ended. */
  | ({ readonly type: "ended"; readonly end: RunEnd } & Frame);

export interface Frame {
  readonly nodes: Readonly<Record<string, NodeLive>>;
  /** By "node.port". */
  readonly samples: Readonly<Record<string, readonly Sample[]>>;
  readonly deadLetters: number;
  readonly lastCheckpoint?: RunStatus["lastCheckpoint"];
}

/** `workerData` of a run's further threads, which get ready while the first one finds out what the run goes on from. */
export interface SubtaskStart {
  readonly run: RunStart;
  readonly subtask: number;
  /** To each other subtask but itself, by number. */
  readonly peers: readonly (MessagePort | undefined)[];
}

/** What a subtask begins with. */
export interface SubtaskOpening {
  readonly claim: RunClaim;
  /** The record that the run goes on from. */
  readonly restored: CheckpointRecord | undefined;
}

/** From the first thread to a further one. */
export type ToSubtaskThread =
  | ({ readonly type: "open" } & SubtaskOpening)
  | { readonly type: "control"; readonly message: ToSubtask }
  | { readonly type: "watch"; readonly ports: readonly string[] }
  | { readonly type: "samples"; readonly request: number; readonly port: string };

export type FromSubtaskThread =
  | { readonly type: "control"; readonly message: FromSubtask }
  | { readonly type: "view"; readonly view: SubtaskView }
  | { readonly type: "samples"; readonly request: number; readonly samples: readonly TapSample[] }
  | { readonly type: "log"; readonly line: string }
  /** The last word; the view has the last samples of every port. */
  | { readonly type: "ended"; readonly failure: RunFailure | undefined; readonly view: SubtaskView };

/** Between any two subtasks. */
export type PeerMessage =
  | { readonly type: "batch"; readonly batch: ExchangeBatch }
  | { readonly type: "credit"; readonly exchange: number; readonly from: number };

/** What one subtask has to show. */
export interface SubtaskView {
  readonly counts: Readonly<Record<string, PortCounts>>;
  readonly lag: Readonly<Record<string, number>>;
  /** By source node. */
  readonly splits: Readonly<Record<string, readonly SplitStatus[]>>;
  /** By "node.port", those that are new. */
  readonly samples: Readonly<Record<string, readonly TapSample[]>>;
}

/** "a.out->b.in" and "a.out" both name the port "a.out". */
export function portOfEdge(edge: string): string {
  const arrow = edge.indexOf("->");
  return arrow === -1 ? edge : edge.slice(0, arrow);
}
