/**
 * What the server and the command line ask of the machinery that executes runs (worker threads, snapshots, taps), as types alone: `run-host/` implements
 * it, tests of the routes put a small host in memory in its place. A host knows nothing of drafts, versions or desired states; who decides that a run should be there is
 * `supervisor.ts`.
 *
 * A pipeline has at most one run at a time. Its checkpoints, savepoints and dead letters are kept under the pipeline's id in the data folder and outlive the run.
 */
import type { RoleName } from "@millrace/engine/node";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { DeadLetterPage, LiveFrame, NodeLive, RunStatus, Sample, SchemaProposal, TryResult } from "../api.ts";

export interface RunHost {
  /** A run is about to be started in the place of another: resolves when what it needs is loaded, so that the other may end. */
  getReady(): Promise<void>;
  /**
   * Starts a run and resolves once it is on its way (state "starting" or "running"). Rejects when it cannot begin: the pipeline has a run already, the document has errors,
   * a connection does not open, the state to restore does not fit (a `RunFailure` may hang on the error as `failure`). What goes wrong later ends the run (`RunHandle.ended`).
   */
  startRun(request: StartRun): Promise<RunHandle>;
  /** The newest state a run of the pipeline can go on from; undefined when there is none. */
  savedState(pipelineId: string): Promise<SavedState | undefined>;
  /** Everything a run of the pipeline can go on from, newest first: savepoints, and the checkpoints that are kept. */
  savepoints(pipelineId: string): Promise<readonly SavedState[]>;
  /** False when there is no savepoint of that id. A checkpoint cannot be deleted: the run keeps those it may need. */
  deleteSavepoint(pipelineId: string, id: string): Promise<boolean>;
  /** What becomes of each node's state if `document` went on from there; nothing is changed. Undefined when there is no such state. */
  planRestore(request: PlanRestore): Promise<RestorePlan | undefined>;
  /** Dead letters of the pipeline, newest first; works without a run too. */
  deadLetters(pipelineId: string, query: DeadLetterQuery): Promise<DeadLetterPage>;
  /** Removes checkpoints, savepoints and dead letters of a deleted pipeline. There must be no run. */
  forget(pipelineId: string): Promise<void>;
  /** Plays a document, or the part above `targets`, over given records with sinks off. Errors of the document are in the result's `problems`. */
  tryPipeline(request: TryPipeline): Promise<TryResult>;
  /** Looks at records of a source and proposes a schema. Undefined when the node is no source, or one of plain text, which needs none. */
  proposeSchema(request: ProposeSchema): Promise<SchemaProposal | undefined>;
  /** Stops every run at its last checkpoint without making savepoints (they go on from there) and lets go of threads and stores. */
  close(): Promise<void>;
}

export interface StartRun {
  readonly pipelineId: string;
  /** New for each deploy and start by a person, the same when the run is started again after a failure or the server's restart; part of transaction ids and tokens. */
  readonly runId: string;
  /** Of the document; told by the status and kept in snapshots. */
  readonly version: number;
  /** Has passed the format's check and `analyze`. */
  readonly document: PipelineDocument;
  /** Values of the pipeline's parameters; those left out have their defaults. */
  readonly set: Readonly<Record<string, unknown>>;
  /** What the document's connection aliases mean. An alias that is missing, and a node without one, mean the built-in driver of its role. */
  readonly connections: Readonly<Record<string, ConnectionConfig>>;
  /**
   * State and positions to go on from ("newest" where there is none: begins without). Left out: begins without state; checkpoints are discarded, savepoints stay. Once `startRun` has
   * resolved, "newest" means what this run began with, though it has made no checkpoint yet: a run that fails at once is started again from there.
   */
  readonly restoreFrom?: RestoreFrom | undefined;
  /** The version that made the state to go on from, where it is another one: what its sinks prepared is completed by them. */
  readonly earlier?: Pick<StartRun, "document" | "set" | "connections"> | undefined;
  /** Go on from an older state although rows written since are visible, so that they come twice. Without it such a start is refused with how many those are. */
  readonly force?: boolean | undefined;
}

/** "newest": the pipeline's newest checkpoint or savepoint. */
export type RestoreFrom = "newest" | { readonly savepoint: string };

export interface PlanRestore {
  readonly pipelineId: string;
  readonly document: PipelineDocument;
  readonly set: Readonly<Record<string, unknown>>;
  readonly from: RestoreFrom;
}

export interface RestorePlan {
  readonly from: SavedState;
  /** Nodes of the document, and those that only the saved state knows. */
  readonly nodes: readonly NodeRestore[];
}

/**
 * | state | meaning |
 * | --- | --- |
 * | kept | as it was saved |
 * | mapped | brought to the node's present schema, `how` says by which rule |
 * | dropped | of a node that is not there any more |
 * | new | the node begins without state |
 * | refused | does not fit, `how` says why and what to do; a start from here fails |
 *
 * Nodes that keep no state and had none are left out.
 */
export interface NodeRestore {
  readonly nodeId: string;
  readonly state: "kept" | "mapped" | "dropped" | "new" | "refused";
  readonly how?: Words | undefined;
  /** Of the saved state, where known without reading it. */
  readonly keys?: number | undefined;
  readonly bytes?: number | undefined;
}

export interface Words {
  readonly en: string;
  readonly zh: string;
}

/** A connection with its secrets in the clear; must not reach a log or an answer. */
export interface ConnectionConfig {
  readonly kind: string;
  readonly role: RoleName;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface SavedState {
  /** Unique in its pipeline. */
  readonly id: string;
  readonly kind: "checkpoint" | "savepoint";
  readonly at: number;
  /** Version of the document that wrote it. */
  readonly version: number;
  /** On disk. */
  readonly bytes: number;
  /** Stays until somebody deletes it (a savepoint); false: replaced by newer ones (a checkpoint). */
  readonly retained: boolean;
}

export interface RunHandle {
  readonly pipelineId: string;
  readonly runId: string;
  /** The picture of now, from memory. */
  status(): HostStatus;
  /** Counts of every node, from memory; stay readable after the end (the command line's summary is made of them). */
  nodes(): Readonly<Record<string, NodeLive>>;
  /** What is kept of an edge ("a.out->b.in", or "a.out" for any of a port's edges or an unwired port), latest last. Stays readable after the end. */
  samples(edge: string): Promise<readonly Sample[]>;
  /** Somebody looks at these edges: the host samples them more richly until `close`. */
  watch(edges: readonly string[]): Watch;
  /**
   * Ends the run and resolves when it has ended and everything is committed or given up: with `savepoint` after one more checkpoint that covers all that was read, else at
   * the last checkpoint. Rejects when the savepoint fails; the run then goes on. A run that has ended already is left alone.
   */
  stop(options: { readonly savepoint: boolean }): Promise<void>;
  /** Makes a savepoint while the run goes on; resolves once it is durable. Rejects when it fails or the run has ended; the run is left as it is. */
  savepoint(): Promise<SavedState>;
  /** Never rejects. */
  readonly ended: Promise<RunEnd>;
  /**
   * Sends dead letters into their nodes' inputs once more, once each, with their old times. `text` replaces the text of a single letter. Resolves with how many were taken (those
   * replayed before, or not there any more, are not) once that is durable.
   */
  replay(ids: readonly string[], text?: string): Promise<number>;
}

export interface HostStatus {
  readonly state: "starting" | "running" | "stopping" | "stopped" | "finished" | "failed";
  readonly startedAt: number;
  readonly lastCheckpoint?: RunStatus["lastCheckpoint"];
  /** Dead letters of this pipeline that are kept. */
  readonly deadLetters: number;
}

export type RunEnd =
  /** Asked to stop. */
  | { readonly state: "stopped" }
  /** All sources were bounded and have ended; everything is committed. */
  | { readonly state: "finished" }
  | { readonly state: "failed"; readonly failure: RunFailure };

export interface RunFailure {
  readonly message: Words;
  readonly nodeId?: string;
  /** True when trying again cannot help (state that does not fit, a forced restore that would double rows): the supervisor leaves it failed. */
  readonly permanent?: boolean;
  /** Rows that a start with `force` would write a second time; without it such a start is refused. */
  readonly doubled?: number;
}

/** One watcher's view. */
export interface Watch {
  /** Counts of now, and the samples of the watched edges that are new since the last call. */
  frame(): Pick<LiveFrame, "nodes" | "samples">;
  close(): void;
}

export interface DeadLetterQuery {
  readonly node?: string | undefined;
  /** Id of the oldest letter of the page before. */
  readonly before?: string | undefined;
  readonly limit: number;
  /** Found in text, code or message, ignoring case. */
  readonly search?: string | undefined;
}

export interface TryPipeline {
  /** "" for a document that is no pipeline's. */
  readonly pipelineId: string;
  readonly document: PipelineDocument;
  /** As of a run. */
  readonly connections: StartRun["connections"];
  /** Records by source node id: text in the source's format, or, with the origin they had, samples of what it gave (JSON); with their event time where known. Sources that are not named are read. */
  readonly records: Readonly<
    Record<string, readonly { readonly text: string; readonly time?: number | undefined; readonly origin?: Sample["origin"] }[]>
  >;
  /** "node.port"; left out: all. */
  readonly targets?: readonly string[] | undefined;
  readonly limit: number;
}

export interface ProposeSchema {
  /** "" for a document that is no pipeline's. */
  readonly pipelineId: string;
  readonly document: PipelineDocument;
  readonly node: string;
  /** As of a run. */
  readonly connections: StartRun["connections"];
  /** JSON records that are looked at where the source gives none. */
  readonly retained: readonly string[];
  readonly limit: number;
}

/** What `run-host/index.ts` exports as `createRunHost`. */
export type CreateRunHost = (options: RunHostOptions) => Promise<RunHost>;

interface RunHostOptions {
  /** Absolute path; the host keeps its own things in folders below it. */
  readonly dataFolder: string;
  /** One line for people, without secrets; with the pipeline whose run it is about. */
  readonly log: (line: string, pipelineId?: string) => void;
  /** Left out: those of `settings.ts`. */
  readonly limits?: RunLimits | undefined;
}

/** Bounds of what the host keeps, of each pipeline unless it says otherwise. */
export interface RunLimits {
  /** Nodes of a pipeline, those inside of fragments counted. */
  readonly nodes: number;
  /** Of topics that are made from now on and are given no time of their own; `Infinity`: for ever. */
  readonly topicMs: number;
  /** Of all topics together: above it the host warns. */
  readonly topicWarnBytes: number;
  /** Older dead letters go; `Infinity`: none does. */
  readonly deadLetterMs: number;
  /** When dead letters take more than this, the oldest go. */
  readonly deadLetterBytes: number;
  /** The newest checkpoints that are kept beside savepoints; at least 1. */
  readonly checkpoints: number;
  /** The newest savepoints that are kept; a further one removes the oldest. */
  readonly savepoints: number;
  /** Records kept of each output port. */
  readonly samples: number;
  /** Memory for them, of all ports together. */
  readonly sampleBytes: number;
  /** Memory for the keyed state of one node in one subtask; what is beyond goes to disk. */
  readonly stateBytes: number;
}
