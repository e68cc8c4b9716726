/**
 * Keeps the runs that should be there. What should run is in the store; what does run is with the run host; this brings the second in line with the first: after a deploy or a
 * stop, after a failure (again, with growing pauses), and after a restart of the server. What happens to one pipeline happens in turn.
 */
import { randomUUID } from "node:crypto";
import type { AnalyzeOptions, PipelineDocument, Problem } from "@millrace/engine/pipeline";
import type { RunStatus } from "../api.ts";
import { ApiFailure, notFound, problemsFailure } from "../http/api-failure.ts";
import type { Deployment, PipelineStore, StoredFailure, StoredPipeline } from "../pipelines/store.ts";
import type { ConnectionConfig, RunEnd, RunFailure, RunHandle, RunHost } from "./run-host.ts";

export interface SupervisorDeps {
  readonly store: PipelineStore;
  readonly host: RunHost;
  readonly analyze: (document: PipelineDocument, options: AnalyzeOptions) => readonly Problem[];
  /** Aliases of the document to connections, by environment. Throws `ApiFailure` when it names what is not there. */
  readonly connectionsOf: (document: PipelineDocument, environment: string | undefined) => Readonly<Record<string, ConnectionConfig>>;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

export interface Supervisor {
  /** Starts what should run. A pipeline that cannot start is retried like any that failed; the others are not held up. */
  resume(): Promise<void>;
  /** Runs the draft: stops what runs with a savepoint, goes on from it with the new version. When the new version does not start, the old one goes on and the reason is thrown. */
  deploy(id: string, options: { readonly from?: "keep" | "fresh" | undefined } & Deployment): Promise<RunStatus>;
  stop(id: string, options: { readonly savepoint: boolean }): Promise<RunStatus>;
  /** The deployed version again. */
  start(id: string, options: { readonly from: "savepoint" | "fresh" }): Promise<RunStatus>;
  /** Stops the run and forgets its state; the pipeline itself is removed by `remove`, in the same turn. */
  discard(id: string, remove: () => void): Promise<void>;
  /** Undefined for a pipeline that was never deployed. */
  status(pipeline: StoredPipeline): RunStatus | undefined;
  /** The run of now, or the last one of this process. */
  handle(id: string): RunHandle | undefined;
  /** Lets go without changing what should run. */
  close(): Promise<void>;
}

/** Pauses before a run is tried again; the last one repeats. A run that held for `STABLE_MS` starts over with the first. */
const BACK_OFF_MS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000];
const STABLE_MS = 60_000;

interface Entry {
  handle?: RunHandle | undefined;
  /** The handle's run has not ended. */
  active: boolean;
  attempts: number;
  /** Until it is in the store. */
  failure?: StoredFailure | undefined;
  retry?: { readonly timer: NodeJS.Timeout } | undefined;
  busy?: "starting" | "stopping" | undefined;
  /** What the host keeps of a pipeline without a run: state to go on from, dead letters. */
  kept: { readonly state: boolean; readonly deadLetters: number };
  turn: Promise<unknown>;
}

export function createSupervisor(deps: SupervisorDeps): Supervisor {
  const { store, host, now, log } = deps;
  const entries = new Map<string, Entry>();
  let closed = false;

  function entryOf(id: string): Entry {
    const known = entries.get(id);
    if (known) return known;
    const entry: Entry = { active: false, attempts: 0, kept: { state: false, deadLetters: 0 }, turn: Promise.resolve() };
    entries.set(id, entry);
    return entry;
  }

  /** One thing at a time per pipeline. */
  function inTurn<T>(id: string, work: (entry: Entry) => Promise<T>): Promise<T> {
    const entry = entryOf(id);
    const result = entry.turn.then(() => work(entry));
    entry.turn = result.catch(() => undefined);
    return result;
  }

  function pipelineOf(id: string): StoredPipeline {
    const pipeline = store.get(id);
    if (!pipeline) throw notFound({ en: "pipeline", zh: "流水线" }, id);
    return pipeline;
  }

  function statusOf(id: string): RunStatus {
    const status = supervisor.status(pipelineOf(id));
    if (!status) throw new Error(`pipeline ${id} has no status though it was deployed`);
    return status;
  }

  async function startVersion(entry: Entry, id: string, version: number, runId: string, restoreFrom: "newest" | undefined): Promise<void> {
    const stored = store.version(id, version);
    if (!stored) throw new Error(`version ${version} of ${id} is not in the store`);
    const { document, deployment } = stored;
    const connections = deps.connectionsOf(document, deployment.environment);
    entry.busy = "starting";
    try {
      entry.handle = await host.startRun({ pipelineId: id, runId, version, document, set: deployment.set, connections, restoreFrom });
      entry.active = true;
    } finally {
      entry.busy = undefined;
    }
    const handle = entry.handle;
    void handle.ended.then((end) => onEnd(entry, id, handle, end));
  }

  function onEnd(entry: Entry, id: string, handle: RunHandle, end: RunEnd): void {
    if (closed || entry.handle !== handle) return;
    entry.active = false;
    entry.kept = { ...entry.kept, state: true };
    if (end.state === "finished") keep(() => store.setDesired(id, "finished"));
    if (end.state === "failed") {
      if (now() - handle.status().startedAt >= STABLE_MS) entry.attempts = 0;
      failed(entry, id, end.failure);
    }
  }

  function failed(entry: Entry, id: string, failure: RunFailure): void {
    entry.failure = { ...failure, at: now() };
    keep(() => store.setFailure(id, { ...failure, at: now() }));
    log(`run of ${id} failed: ${failure.message.en}${failure.permanent ? "" : "; it will be tried again"}`);
    if (failure.permanent || store.get(id)?.desired !== "running") return;
    const pause = BACK_OFF_MS[Math.min(entry.attempts, BACK_OFF_MS.length - 1)] as number;
    entry.attempts += 1;
    const timer = setTimeout(() => void inTurn(id, (current) => again(current, id)), pause);
    timer.unref();
    entry.retry = { timer };
  }

  /** What happens to a run by itself must not end the server when it cannot be written down (a full disk). */
  function keep(write: () => void): void {
    try {
      write();
    } catch (error) {
      log(`the state of a run could not be stored: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Brings up what should run, from its newest state; a failure to start counts like a failure of the run. */
  async function again(entry: Entry, id: string): Promise<void> {
    entry.retry = undefined;
    const pipeline = store.get(id);
    if (closed || !pipeline || pipeline.desired !== "running" || entry.active) return;
    if (pipeline.liveVersion === undefined || pipeline.runId === undefined) return;
    try {
      await startVersion(entry, id, pipeline.liveVersion, pipeline.runId, "newest");
    } catch (error) {
      failed(entry, id, failureOf(error));
    }
  }

  function cancelRetry(entry: Entry): void {
    if (entry.retry) clearTimeout(entry.retry.timer);
    entry.retry = undefined;
    entry.attempts = 0;
  }

  async function stopRun(entry: Entry, id: string, savepoint: boolean): Promise<void> {
    if (entry.active && entry.handle) {
      entry.busy = "stopping";
      try {
        await entry.handle.stop({ savepoint });
        await entry.handle.ended;
      } catch (error) {
        throw savepointFailure(error);
      } finally {
        entry.busy = undefined;
      }
      entry.active = false;
    }
    await lookUpKept(entry, id);
  }

  async function lookUpKept(entry: Entry, id: string): Promise<void> {
    const [state, { total }] = await Promise.all([host.savedState(id), host.deadLetters(id, { limit: 1 })]);
    entry.kept = { state: state !== undefined, deadLetters: total };
  }

  const supervisor: Supervisor = {
    async resume() {
      const pipelines = store.list().filter((pipeline) => pipeline.liveVersion !== undefined);
      await Promise.all(pipelines.map(({ id }) => lookUpKept(entryOf(id), id)));
      const wanted = pipelines.filter((pipeline) => pipeline.desired === "running");
      await Promise.all(wanted.map(({ id }) => inTurn(id, (entry) => again(entry, id))));
    },

    deploy: (id, { from, set, environment }) =>
      inTurn(id, async (entry) => {
        const before = pipelineOf(id);
        const problems = deps.analyze(before.draft, { set, pipelineId: id });
        if (problems.some((problem) => problem.severity === "error")) throw problemsFailure(problems);
        deps.connectionsOf(before.draft, environment);

        const keep = from !== "fresh";
        cancelRetry(entry);
        const wasRunning = entry.active;
        await stopRun(entry, id, keep);
        const version = store.addVersion(id, before.draft, { set, environment }, now());
        const runId = randomUUID();
        try {
          await startVersion(entry, id, version, runId, keep ? "newest" : undefined);
        } catch (error) {
          store.removeVersion(id, version);
          if (wasRunning) await again(entry, id);
          throw startFailure(error, wasRunning);
        }
        store.setLive(id, version, runId);
        entry.failure = undefined;
        return statusOf(id);
      }),

    stop: (id, { savepoint }) =>
      inTurn(id, async (entry) => {
        if (pipelineOf(id).liveVersion === undefined) throw neverDeployed(id);
        cancelRetry(entry);
        await stopRun(entry, id, savepoint);
        store.setDesired(id, "stopped");
        return statusOf(id);
      }),

    start: (id, { from }) =>
      inTurn(id, async (entry) => {
        const { liveVersion } = pipelineOf(id);
        if (liveVersion === undefined) throw neverDeployed(id);
        if (entry.active) {
          throw new ApiFailure(409, "running", { en: `Pipeline "${id}" runs already.`, zh: `流水线 "${id}" 已在运行。` });
        }
        cancelRetry(entry);
        const runId = randomUUID();
        try {
          await startVersion(entry, id, liveVersion, runId, from === "savepoint" ? "newest" : undefined);
        } catch (error) {
          throw startFailure(error, false);
        }
        store.setLive(id, liveVersion, runId);
        entry.failure = undefined;
        return statusOf(id);
      }),

    discard: (id, remove) =>
      inTurn(id, async (entry) => {
        pipelineOf(id);
        cancelRetry(entry);
        store.setDesired(id, "stopped");
        await stopRun(entry, id, false);
        await host.forget(id);
        remove();
        entries.delete(id);
      }),

    status(pipeline) {
      const { id, liveVersion, desired } = pipeline;
      if (liveVersion === undefined) return undefined;
      const entry = entryOf(id);
      const failure = entry.failure ?? pipeline.failure;
      const run = entry.handle?.status();
      return {
        pipelineId: id,
        ...(pipeline.runId === undefined ? {} : { runId: pipeline.runId }),
        version: liveVersion,
        ...(pipeline.environment === undefined ? {} : { environment: pipeline.environment }),
        state: stateOf(entry, desired, failure !== undefined),
        ...(failure
          ? { failure: { message: failure.message, at: failure.at, ...(failure.nodeId ? { nodeId: failure.nodeId } : {}) } }
          : {}),
        ...(run ? { startedAt: run.startedAt } : {}),
        ...(run?.lastCheckpoint ? { lastCheckpoint: run.lastCheckpoint } : {}),
        savepoint: !entry.active && entry.kept.state,
        deadLetters: run?.deadLetters ?? entry.kept.deadLetters,
      };
    },

    handle: (id) => entries.get(id)?.handle,

    async close() {
      closed = true;
      for (const entry of entries.values()) cancelRetry(entry);
      await Promise.all([...entries.values()].map((entry) => entry.turn));
      await host.close();
    },
  };
  return supervisor;
}

function stateOf(entry: Entry, desired: StoredPipeline["desired"], hasFailed: boolean): RunStatus["state"] {
  if (entry.busy) return entry.busy;
  if (entry.active && entry.handle) return entry.handle.status().state;
  if (entry.retry) return "restarting";
  if (desired === "finished") return "finished";
  return desired === "running" && hasFailed ? "failed" : desired === "running" ? "starting" : "stopped";
}

/** Errors of the host carry the whole failure, those of connections words in both languages; others are told by their message. */
function failureOf(error: unknown): RunFailure {
  const { failure, words } = (error ?? {}) as { failure?: RunFailure; words?: RunFailure["message"] };
  if (failure) return failure;
  if (words) return { message: words };
  const text = error instanceof Error ? error.message : String(error);
  return { message: { en: text, zh: text } };
}

function savepointFailure(error: unknown): ApiFailure {
  const { message } = failureOf(error);
  return new ApiFailure(409, "savepoint-failed", {
    en: `The savepoint failed, so the run goes on: ${message.en} Mend the cause, or stop without a savepoint (it then goes on from its last checkpoint).`,
    zh: `保存点失败,运行继续:${message.zh} 请排除原因,或不做保存点直接停止(之后从最近的检查点继续)。`,
  });
}

function startFailure(error: unknown, oldGoesOn: boolean): ApiFailure {
  if (error instanceof ApiFailure) return error;
  const { message } = failureOf(error);
  return new ApiFailure(422, "start-failed", {
    en: `The run did not start: ${message.en}${oldGoesOn ? " The version before goes on." : ""}`,
    zh: `运行未能启动:${message.zh}${oldGoesOn ? " 之前的版本继续运行。" : ""}`,
  });
}

function neverDeployed(id: string): ApiFailure {
  return new ApiFailure(409, "never-deployed", {
    en: `Pipeline "${id}" was never deployed. Deploy it first.`,
    zh: `流水线 "${id}" 从未部署。请先部署。`,
  });
}
