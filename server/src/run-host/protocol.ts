/** What the server's thread and a run's worker thread say to each other. */
import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { NodeLive, RunStatus, Sample } from "../api.ts";
import type { ConnectionConfig, RunEnd } from "../runs/run-host.ts";

/** `workerData` of a run's thread. */
export interface RunStart {
  readonly dataFolder: string;
  readonly pipelineId: string;
  readonly runId: string;
  readonly version: number;
  readonly document: PipelineDocument;
  readonly set: Readonly<Record<string, unknown>>;
  readonly connections: Readonly<Record<string, ConnectionConfig>>;
  readonly restore: boolean;
}

export type ToWorker =
  | { readonly type: "stop"; readonly savepoint: boolean }
  /** Ports ("node.port") whose new samples go into each frame. */
  | { readonly type: "watch"; readonly ports: readonly string[] }
  | { readonly type: "samples"; readonly request: number; readonly port: string };

export type FromWorker =
  | { readonly type: "running" }
  | ({ readonly type: "frame" } & Frame)
  | { readonly type: "samples"; readonly request: number; readonly samples: readonly Sample[] }
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

/** "a.out->b.in" and "a.out" both name the port "a.out". */
export function portOfEdge(edge: string): string {
  const arrow = edge.indexOf("->");
  return arrow === -1 ? edge : edge.slice(0, arrow);
}
