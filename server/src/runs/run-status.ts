/** The state of a pipeline's run as the API shows it: from what should be (the store) and what is (the host). */
import { placeOf } from "@millrace/engine/pipeline";
import type { LiveFrame, NodeLive, RunStatus } from "../api.ts";
import type { StoredFailure, StoredPipeline } from "../pipelines/store.ts";
import type { RunHandle } from "./run-host.ts";
import type { RunBeside } from "./runs-beside.ts";

/** What the supervisor knows of a pipeline. */
export interface Entry {
  handle?: RunHandle | undefined;
  /** The handle's run has not ended. */
  active: boolean;
  /** Tries since the run last was healthy. */
  attempts: number;
  /** Until it is in the store. */
  failure?: StoredFailure | undefined;
  retry?: { readonly at: number; readonly cancel: () => void } | undefined;
  busy?: "starting" | "stopping" | undefined;
  /** What the host keeps of a pipeline without a run: state to go on from, dead letters. */
  kept: { readonly state: boolean; readonly deadLetters: number };
  /** Ends when what was asked for before has been done. */
  turn: Promise<unknown>;
}

/** Of a pipeline that was deployed. */
export function runStatus(pipeline: StoredPipeline, entry: Entry): RunStatus {
  const failure = entry.failure ?? pipeline.failure;
  const run = entry.handle?.status();
  return {
    pipelineId: pipeline.id,
    ...(pipeline.runId === undefined ? {} : { runId: pipeline.runId }),
    ...(pipeline.liveVersion === undefined ? {} : { version: pipeline.liveVersion }),
    ...(pipeline.environment === undefined ? {} : { environment: pipeline.environment }),
    state: stateOf(entry, pipeline.desired, failure !== undefined),
    ...(failure ? { failure: shown(failure) } : {}),
    ...(entry.retry ? { restart: { at: entry.retry.at, attempt: entry.attempts } } : {}),
    ...(run ? { startedAt: run.startedAt } : {}),
    ...(run?.lastCheckpoint ? { lastCheckpoint: run.lastCheckpoint } : {}),
    savepoint: !entry.active && entry.kept.state,
    deadLetters: run?.deadLetters ?? entry.kept.deadLetters,
  };
}

/** Of a pipeline that a process beside the server runs. */
export function statusBeside(run: RunBeside): RunStatus {
  const { state, startedAt, lastCheckpoint, deadLetters } = run.status();
  const { pipelineId, process } = run;
  return { pipelineId, state, startedAt, ...(lastCheckpoint ? { lastCheckpoint } : {}), savepoint: false, deadLetters, process };
}

/** Counts of the nodes, with the reason of the run's last failure on the node that failed. */
export function withFailure(nodes: LiveFrame["nodes"], { failure }: RunStatus): LiveFrame["nodes"] {
  if (failure?.nodeId === undefined) return nodes;
  const { message, at, nodeId } = failure;
  // A node inside of a fragment, and the one that people see.
  const failed = [...new Set([nodeId, placeOf(nodeId).node])].map((id) => [
    id,
    { ...(nodes[id] ?? NOTHING_YET), failure: { message, at } },
  ]);
  return { ...nodes, ...Object.fromEntries(failed) };
}

/** Of a node that failed before this server counted anything. */
const NOTHING_YET: NodeLive = { in: {}, out: {}, dropped: {}, errors: 0, watermark: null };

function shown({ message, at, nodeId, permanent }: StoredFailure): NonNullable<RunStatus["failure"]> {
  return { message, at, ...(nodeId === undefined ? {} : { nodeId }), ...(permanent ? { permanent } : {}) };
}

function stateOf(entry: Entry, desired: StoredPipeline["desired"], hasFailed: boolean): RunStatus["state"] {
  if (entry.busy) return entry.busy;
  if (entry.active && entry.handle) return entry.handle.status().state;
  if (entry.retry) return "restarting";
  if (desired === "finished") return "finished";
  return desired === "running" && hasFailed ? "failed" : desired === "running" ? "starting" : "stopped";
}
