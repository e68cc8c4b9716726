/**
 * Keeps the runs that should be there. What should run is in the store; what does run is with the run host; this brings the second in line with the first: after a deploy or a
 * stop, after a failure (again, with growing pauses), and after a restart of the server. What happens to one pipeline happens in turn.
 */
import { randomUUID } from "node:crypto";
import type { AnalyzeOptions, PipelineDocument, Problem } from "@millrace/engine/pipeline";
import type { RunStatus } from "../api.ts";
import { notFound, problemsFailure } from "../http/api-failure.ts";
import type { Deployment, PipelineStore, StoredPipeline } from "../pipelines/store.ts";
import type { ProcessLock } from "../process-lock.ts";
import { type Clock, pauseBefore, type RestartPolicy } from "./restarts.ts";
import {
  failureOf,
  neverDeployed,
  noSuchSavepoint,
  refusedState,
  runsAlready,
  runsElsewhere,
  runsNot,
  savepointFailed,
  savepointOfStopFailed,
  startFailed,
} from "./run-failures.ts";
import type { ConnectionConfig, RestoreFrom, RunEnd, RunFailure, RunHandle, RunHost, SavedState, StartRun } from "./run-host.ts";
import { type Entry, runStatus, statusBeside } from "./run-status.ts";
import type { RunsBeside } from "./runs-beside.ts";

export interface SupervisorDeps {
  readonly store: PipelineStore;
  readonly host: RunHost;
  readonly analyze: (document: PipelineDocument, options: AnalyzeOptions) => readonly Problem[];
  /** Aliases of the document to connections. Throws `ApiFailure` when the deployment names what is not there. */
  readonly connectionsOf: (document: PipelineDocument, deployment: Deployment) => Readonly<Record<string, ConnectionConfig>>;
  /** Undefined when a process beside this server runs the pipeline. */
  readonly claimRun: (id: string) => ProcessLock | undefined;
  readonly beside: RunsBeside;
  readonly clock: Clock;
  readonly restarts: RestartPolicy;
  readonly log: (line: string, pipelineId: string) => void;
}

export interface Supervisor {
  /** Starts what should run. A pipeline that cannot start is retried like any that failed; the others are not held up. */
  resume(): Promise<void>;
  /**
   * Runs the draft: stops what runs with a savepoint, goes on from it (or from the savepoint that is named) with the new version. Saved state that does not fit is refused before
   * anything is stopped. When the new version does not start, the old one goes on and the reason is thrown.
   */
  deploy(
    id: string,
    options: { readonly from?: DeployFrom | undefined; readonly force?: boolean | undefined } & Deployment,
  ): Promise<RunStatus>;
  stop(id: string, options: { readonly savepoint: boolean }): Promise<RunStatus>;
  /** The deployed version again; "savepoint": from the newest state. */
  start(
    id: string,
    options: { readonly from: "savepoint" | "fresh" | OfSavepoint; readonly force?: boolean | undefined },
  ): Promise<RunStatus>;
  /** While the run goes on. */
  savepoint(id: string): Promise<SavedState>;
  deleteSavepoint(id: string, savepoint: string): Promise<void>;
  /** Stops the run and forgets its state; the pipeline itself is removed by `remove`, in the same turn. */
  discard(id: string, remove: () => void): Promise<void>;
  /** Undefined for a pipeline that was never deployed, unless a process beside this server runs it. */
  status(pipeline: StoredPipeline): RunStatus | undefined;
  /** The run of now, here or in a process beside, or the last one of this process. */
  handle(id: string): RunHandle | undefined;
  /** Lets go without changing what should run. */
  close(): Promise<void>;
}

export type DeployFrom = "keep" | "fresh" | OfSavepoint;
type OfSavepoint = Exclude<RestoreFrom, string>;

interface Started {
  readonly runId: string;
  /** Undefined: without state. */
  readonly from: RestoreFrom | undefined;
  readonly force?: boolean | undefined;
}

export function createSupervisor(deps: SupervisorDeps): Supervisor {
  const { store, host, clock, log } = deps;
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

  /** `begun` notes that it runs, before its end is looked at: a run may have ended by then. */
  async function startVersion(entry: Entry, id: string, version: number, run: Started, begun?: () => void): Promise<void> {
    const stored = store.version(id, version);
    if (!stored) throw new Error(`version ${version} of ${id} is not in the store`);
    const { document, deployment } = stored;
    const connections = deps.connectionsOf(document, deployment);
    const earlier = await earlierOf(id, version, run.from);
    const claim = deps.claimRun(id);
    if (!claim) throw runsElsewhere(id);
    entry.busy = "starting";
    try {
      entry.handle = await host.startRun({
        pipelineId: id,
        runId: run.runId,
        version,
        document,
        set: deployment.set,
        connections,
        restoreFrom: run.from,
        ...(earlier ? { earlier } : {}),
        ...(run.force ? { force: true } : {}),
      });
      entry.active = true;
    } catch (error) {
      claim.release();
      throw error;
    } finally {
      entry.busy = undefined;
    }
    const handle = entry.handle;
    log(`version ${version} runs, ${beginning(run.from)}`, id);
    try {
      begun?.();
    } finally {
      void handle.ended.then((end) => {
        claim.release();
        onEnd(entry, id, handle, end);
      });
    }
  }

  /** The version that made the state to go on from, where it is not the one that starts. */
  async function earlierOf(id: string, version: number, from: RestoreFrom | undefined): Promise<StartRun["earlier"]> {
    if (from === undefined) return undefined;
    const states = await host.savepoints(id);
    const saved = from === "newest" ? states[0] : states.find((state) => state.id === from.savepoint);
    const stored = saved && saved.version !== version ? store.version(id, saved.version) : undefined;
    if (!stored) return undefined;
    try {
      const { document, deployment } = stored;
      return { document, set: deployment.set, connections: deps.connectionsOf(document, deployment) };
    } catch (error) {
      log(`what version ${saved?.version} may have left cannot be looked after: ${failureOf(error).message.en}`, id);
      return undefined;
    }
  }

  /** A person's start: what was before it does not count any more. */
  function noteStart(entry: Entry, id: string, version: number, runId: string): void {
    store.setLive(id, version, runId);
    entry.failure = undefined;
  }

  function onEnd(entry: Entry, id: string, handle: RunHandle, end: RunEnd): void {
    if (closed || entry.handle !== handle) return;
    entry.active = false;
    entry.kept = { ...entry.kept, state: true };
    if (end.state !== "failed") log(end.state === "finished" ? "finished: all its sources have ended" : "stopped", id);
    if (end.state === "finished") keep(id, () => store.setDesired(id, "finished"));
    if (end.state === "failed") {
      if (clock.now() - handle.status().startedAt >= deps.restarts.healthyAfterMs) entry.attempts = 0;
      failed(entry, id, end.failure);
    }
  }

  function failed(entry: Entry, id: string, failure: RunFailure): void {
    const now = clock.now();
    entry.failure = { ...failure, at: now };
    keep(id, () => store.setFailure(id, { ...failure, at: now }));
    const what = `failed${failure.nodeId === undefined ? "" : ` at node ${failure.nodeId}`}: ${failure.message.en}`;
    if (failure.permanent) return log(`${what} Trying again cannot help.`, id);
    if (store.get(id)?.desired !== "running") return log(what, id);
    const pause = pauseBefore(entry.attempts, deps.restarts);
    entry.attempts += 1;
    log(`${what} It is tried again in ${pause / 1000} s.`, id);
    const cancel = clock.after(pause, () => void inTurn(id, (current) => again(current, id)));
    entry.retry = { at: now + pause, cancel };
  }

  /** What happens to a run by itself must not end the server when it cannot be written down (a full disk). */
  function keep(id: string, write: () => void): void {
    try {
      write();
    } catch (error) {
      log(`its state could not be stored: ${error instanceof Error ? error.message : String(error)}`, id);
    }
  }

  /** Brings up what should run, from its newest state; a failure to start counts like a failure of the run. */
  async function again(entry: Entry, id: string): Promise<void> {
    entry.retry = undefined;
    const pipeline = store.get(id);
    if (closed || !pipeline || pipeline.desired !== "running" || entry.active) return;
    if (pipeline.liveVersion === undefined || pipeline.runId === undefined) return;
    try {
      await startVersion(entry, id, pipeline.liveVersion, { runId: pipeline.runId, from: "newest" });
    } catch (error) {
      failed(entry, id, failureOf(error));
    }
  }

  function cancelRetry(entry: Entry): void {
    entry.retry?.cancel();
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
        throw savepointOfStopFailed(error);
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

  /** Before anything is stopped: state that does not fit, and a savepoint that is not there. */
  async function checkState(id: string, document: PipelineDocument, set: Deployment["set"], from: RestoreFrom): Promise<void> {
    const plan = await host.planRestore({ pipelineId: id, document, set, from });
    const refused = plan && refusedState(plan);
    if (refused) throw refused;
    if (!plan && from !== "newest") throw noSuchSavepoint(id, from.savepoint);
  }

  const supervisor: Supervisor = {
    async resume() {
      const pipelines = store.list().filter((pipeline) => pipeline.liveVersion !== undefined);
      await Promise.all(pipelines.map(({ id }) => lookUpKept(entryOf(id), id)));
      const wanted = pipelines.filter((pipeline) => pipeline.desired === "running");
      await Promise.all(wanted.map(({ id }) => inTurn(id, (entry) => again(entry, id))));
    },

    deploy: (id, { from = "keep", force, ...deployment }) =>
      inTurn(id, async (entry) => {
        const before = pipelineOf(id);
        const problems = deps.analyze(before.draft, { set: deployment.set, pipelineId: id, runs: true });
        if (problems.some((problem) => problem.severity === "error")) throw problemsFailure(problems);
        deps.connectionsOf(before.draft, deployment);
        const restoreFrom = from === "keep" ? "newest" : from === "fresh" ? undefined : from;
        if (restoreFrom) await checkState(id, before.draft, deployment.set, restoreFrom);

        cancelRetry(entry);
        const wasRunning = entry.active;
        if (wasRunning) await host.getReady();
        await stopRun(entry, id, from !== "fresh");
        const version = store.addVersion(id, before.draft, deployment, clock.now());
        const runId = randomUUID();
        try {
          await startVersion(entry, id, version, { runId, from: restoreFrom, force }, () => noteStart(entry, id, version, runId));
        } catch (error) {
          store.removeVersion(id, version);
          if (wasRunning) await again(entry, id);
          throw startFailed(error, wasRunning);
        }
        return statusOf(id);
      }),

    stop: (id, { savepoint }) =>
      inTurn(id, async (entry) => {
        const beside = entry.active ? undefined : deps.beside.handle(id);
        if (beside) {
          await beside.stop({ savepoint });
          return statusBeside(beside);
        }
        if (pipelineOf(id).liveVersion === undefined) throw neverDeployed(id);
        cancelRetry(entry);
        await stopRun(entry, id, savepoint);
        store.setDesired(id, "stopped");
        return statusOf(id);
      }),

    start: (id, { from, force }) =>
      inTurn(id, async (entry) => {
        const { liveVersion } = pipelineOf(id);
        if (liveVersion === undefined) throw neverDeployed(id);
        if (entry.active) throw runsAlready(id);
        const restoreFrom = from === "savepoint" ? "newest" : from === "fresh" ? undefined : from;
        const deployed = store.version(id, liveVersion);
        if (restoreFrom && deployed) await checkState(id, deployed.document, deployed.deployment.set, restoreFrom);
        cancelRetry(entry);
        const runId = randomUUID();
        try {
          await startVersion(entry, id, liveVersion, { runId, from: restoreFrom, force }, () => noteStart(entry, id, liveVersion, runId));
        } catch (error) {
          throw startFailed(error, false);
        }
        return statusOf(id);
      }),

    savepoint: (id) =>
      inTurn(id, async (entry) => {
        if (pipelineOf(id).liveVersion === undefined) throw neverDeployed(id);
        if (!entry.active || !entry.handle) throw runsNot(id);
        try {
          const saved = await entry.handle.savepoint();
          log(`savepoint ${saved.id} was made`, id);
          return saved;
        } catch (error) {
          throw savepointFailed(error);
        }
      }),

    deleteSavepoint: (id, savepoint) =>
      inTurn(id, async (entry) => {
        pipelineOf(id);
        if (!(await host.deleteSavepoint(id, savepoint))) throw noSuchSavepoint(id, savepoint);
        log(`savepoint ${savepoint} was deleted`, id);
        if (!entry.active) await lookUpKept(entry, id);
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
      const entry = entryOf(pipeline.id);
      const beside = entry.active ? undefined : deps.beside.handle(pipeline.id);
      if (beside) return statusBeside(beside);
      return pipeline.liveVersion === undefined ? undefined : runStatus(pipeline, entry);
    },

    handle(id) {
      const entry = entries.get(id);
      return entry?.active ? entry.handle : (deps.beside.handle(id) ?? entry?.handle);
    },

    async close() {
      closed = true;
      for (const entry of entries.values()) cancelRetry(entry);
      await Promise.all([...entries.values()].map((entry) => entry.turn));
      await host.close();
    },
  };
  return supervisor;
}

function beginning(from: RestoreFrom | undefined): string {
  if (from === undefined) return "begun without state";
  return from === "newest" ? "from its newest state" : `from savepoint ${from.savepoint}`;
}
