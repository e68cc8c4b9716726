/**
 * A run's first thread: it coordinates the run, executes its first subtask, starts a thread for each further one, and tells the server's thread four
 * times a second what people want to see. Nothing here is shared with other runs but the stores.
 */
import { join } from "node:path";
import { parentPort } from "node:worker_threads";
import type { Committer, NodeType, RefusedRow, RunClaim, TopicLog } from "@millrace/engine/node";
import type { TypedGraph } from "@millrace/engine/pipeline";
import { addUp, Coordinator, type FromSubtask, parallelismIn, type ToSubtask } from "@millrace/engine/run";
import { nodeTypes } from "@millrace/nodes/registry";
import type { Sample } from "../api.ts";
import type { NodeRestore, RunEnd } from "../runs/run-host.ts";
import { type CheckpointRecord, savedStateOf } from "./checkpoint-record.ts";
import { CheckpointStore, PermanentFailure, readSavedStates } from "./checkpoint-store.ts";
import { type Connections, openConnections } from "./connections.ts";
import { countDeadLetters, createDeadLetterTopics, DEAD_LETTERS, keepRefused, letterCommitter } from "./dead-letters.ts";
import { type EarlierSinks, openEarlierSinks } from "./earlier-sinks.ts";
import { failureOf } from "./failure-of.ts";
import { LiveCounts } from "./live-counts.ts";
import { mergeCounts, mergeSamples, mergeSplits } from "./merge-views.ts";
import { type OpenSubtask, openSubtask, planOf, portsOf } from "./open-subtask.ts";
import { createPauses } from "./pauses.ts";
import type { Frame, FromWorker, RunStart, SubtaskView, ToWorker } from "./protocol.ts";
import { chooseCheckpoint, fallBack } from "./recover.ts";
import { Refusals } from "./refusals.ts";
import { restorePlan } from "./restore-plan.ts";
import { StateFileError } from "./state-file.ts";
import { removeUnusedStates } from "./state-files.ts";
import {
  closePeers,
  listenToPeers,
  type PeerPorts,
  peerLinks,
  peerPorts,
  type SubtaskThreads,
  startSubtaskThreads,
} from "./subtask-threads.ts";
import { trimMemory } from "./trim-memory.ts";

const FRAME_MS = 250;
/** Who has just deployed waits for the first row: for a second its frames come sooner. */
const EARLY_FRAME_MS = 40;
const EARLY_MS = 1_000;
/** By then a run has started. */
const SETTLED_MS = 5_000;
/** From then on it is looked so often whether the run is quiet: one that gave so few rows since the last look collects next to no garbage by itself. */
const QUIET_MS = 60_000;
const QUIET_ROWS = 10_000;
/** Samples of every port that the last frame carries. */
const LAST_SAMPLES = 20;

const port = parentPort;
if (!port) throw new Error("worker.ts runs in a worker thread");
/** Before it is there nothing else is asked for. */
let start!: RunStart;
let hasStarted = false;
const send = (message: FromWorker) => port.postMessage(message);
const log = (line: string) => send({ type: "log", line });

let coordinator: Coordinator | undefined;
/** What failed before there was a coordinator. */
let early: { readonly error: unknown } | undefined;
let lastRecord: CheckpointRecord | undefined;
let lastPorts: readonly string[] = [];
let stopRequested: { savepoint: boolean } | undefined;
let watched: readonly string[] = [];
let watch: (ports: readonly string[]) => void = () => undefined;
let frame: () => Frame = () => ({ nodes: {}, samples: {}, deadLetters: 0 });
let samplesOf: (port: string) => Promise<readonly Sample[]> = async () => [];

port.on("message", (message: ToWorker) => {
  switch (message.type) {
    case "start":
      ({ start } = message);
      hasStarted = true;
      main().then(finish, (error: unknown) => finish({ state: "failed", failure: failureOf(error, log) }));
      return;
    case "stop":
      if (!hasStarted) return port.close();
      stopRequested = { savepoint: message.savepoint };
      coordinator?.stop(stopRequested);
      return;
    case "savepoint":
      void makeSavepoint(message.request);
      return;
    case "watch":
      watched = message.ports;
      watch(watched);
      return;
    case "samples":
      void samplesOf(message.port).then((samples) => send({ type: "samples", request: message.request, samples }));
  }
});

send({ type: "ready" });

async function main(): Promise<RunEnd> {
  const planned = planOf(start, start.limits);
  const links = peerPorts(planned.plan.subtasks);
  const own = links[0] as PeerPorts;
  // What a thread loads takes as long as all that follows here until it is needed.
  const threads = startSubtaskThreads({
    run: start,
    links,
    onMessage: (message) => coordinator?.onMessage(message),
    onFailure: (error) => {
      if (coordinator) coordinator.fail(error);
      else early ??= { error };
    },
    log,
  });
  let connections: Connections | undefined;
  try {
    connections = await openConnections(start.dataFolder, start.connections, true);
    return await execute(planned, connections, threads, own);
  } finally {
    await threads.stop();
    closePeers(own);
    await connections?.close();
  }
}

async function execute(
  { graph, plan, schemas }: ReturnType<typeof planOf>,
  connections: Connections,
  threads: SubtaskThreads,
  peers: PeerPorts,
): Promise<RunEnd> {
  const now = () => Date.now();
  const { topics } = connections;
  const store = new CheckpointStore({
    topics,
    pipelineId: start.pipelineId,
    runId: start.runId,
    version: start.version,
    parallelism: parallelismIn(plan),
    limits: start.limits,
  });
  const claim = await store.claim();
  await createDeadLetterTopics(topics, start.pipelineId, start.limits);
  const committers = openCommitters(graph, connections);
  const earlier = await openEarlier(graph, claim, (nodeId, rows) => keepRefused(topics, start.pipelineId, nodeId, rows, now()));
  const pauses = createPauses();
  const toCoordinator = (message: FromSubtask) => coordinator?.onMessage(message);
  // What was prepared belongs to the sinks that prepared it.
  const preparers = new Map([...committers, ...(earlier?.committers ?? [])]);
  const openFirst = async (record: CheckpointRecord | undefined): Promise<OpenSubtask> => {
    const opened = await openSubtask({
      start,
      graph,
      plan,
      subtask: 0,
      claim,
      restored: record,
      topics,
      connectionOf: (node) => connections.of(node),
      links: { toCoordinator, ...peerLinks(peers), log },
    });
    try {
      // Its state can be read: it is what the run goes on from.
      if (record) await earlier?.settle(record);
      return opened;
    } catch (error) {
      await opened.close();
      throw error;
    }
  };
  const refusals = new Refusals();
  const refused = async (nodeId: string, rows: readonly RefusedRow[]) => {
    await keepRefused(topics, start.pipelineId, nodeId, rows, now());
    refusals.add(nodeId, rows, now());
  };
  const { saved, first } = await restored({ graph, schemas }, store, preparers, openFirst).finally(() => earlier?.close());
  threads.open({ claim, restored: saved });
  try {
    const live = new LiveCounts(graph, first.expects);
    let lastCheckpoint: Frame["lastCheckpoint"];
    let kept = await countDeadLetters(topics, start.pipelineId);
    const files = new StateFiles(topics);
    const toSubtask = (subtask: number, message: ToSubtask) =>
      subtask === 0 ? first.subtask.onMessage(message) : threads.toSubtask(subtask, message);
    const run = new Coordinator({
      subtasks: plan.subtasks,
      checkpointIntervalMs: graph.settings.checkpointIntervalMs,
      committers,
      sources: first.sources,
      restored: saved && { ...saved, prepared: withoutNodes(saved.prepared, earlier?.committers) },
      last: store.last,
      host: {
        now,
        pause: async (ms) => {
          await pauses.pause(ms);
        },
        wake: pauses.wake,
        toSubtask,
        opens: () => store.opens(plan.subtasks),
        opened: () => store.opened(plan.subtasks),
        async commit(checkpoint, commitWithin) {
          lastRecord = await store.commit(checkpoint, commitWithin);
          await files.removeUnused(lastRecord);
        },
        refused,
        onCheckpoint(info) {
          lastCheckpoint = info;
          void countDeadLetters(topics, start.pipelineId).then((count) => {
            kept = count;
          });
        },
      },
    });
    coordinator = run;
    lastPorts = portsOf(graph);
    listenToPeers(peers, first.subtask);
    watch = (ports) => threads.watch(ports);
    watch(watched);
    samplesOf = async (ref) => mergeSamples([first.samples(ref), ...(await threads.samples(ref))]);
    frame = () => {
      const views = [first.view(watched), ...threads.views()];
      const samples: Record<string, readonly Sample[]> = {};
      for (const ref of watched) {
        const fresh = mergeSamples(views.map((view) => view.samples[ref] ?? []));
        if (fresh.length > 0) samples[ref] = fresh;
      }
      const counts = refusals.in(mergeCounts(views.map((view) => view.counts)));
      const lag = addUp(views.map((view) => view.lag));
      return {
        nodes: live.view(now(), counts, lag, mergeSplits(views.map((view) => view.splits)), first.waitsFor()),
        samples,
        deadLetters: kept,
        ...(lastCheckpoint ? { lastCheckpoint } : {}),
      };
    };
    if (early) run.fail(early.error);
    if (stopRequested) run.stop(stopRequested);
    const stopTelling = tell(() => rowsOf(first.task.counts()));
    send({ type: "running" });
    const running = first.subtask.run().catch((error: unknown) => run.fail(error));
    try {
      return { state: await run.run() };
    } finally {
      stopTelling();
      await running;
    }
  } finally {
    await first.close();
  }
}

/** The first subtask with the newest state that a run can go on from. */
async function restored(
  { graph, schemas }: Pick<ReturnType<typeof planOf>, "graph" | "schemas">,
  store: CheckpointStore,
  committers: ReadonlyMap<string, Committer>,
  openFirst: (record: CheckpointRecord | undefined) => Promise<OpenSubtask>,
): Promise<{ readonly saved: CheckpointRecord | undefined; readonly first: OpenSubtask }> {
  const checkpoints = store.saved;
  const newest = checkpoints.kept[0];
  let saved = await chooseCheckpoint(checkpoints, committers, { from: start.restoreFrom, force: start.force === true });
  if (saved !== undefined && start.restoreFrom === "newest" && saved !== newest)
    log(
      `Nothing of checkpoint ${newest?.checkpointId} is visible and it cannot be completed; the run goes on from checkpoint ${saved.checkpointId}.`,
    );
  for (;;) {
    const plan = saved && restorePlan(saved, graph, schemas);
    const refused = plan?.find(({ state }) => state === "refused");
    if (refused?.how) throw new PermanentFailure(refused.how);
    try {
      const first = await openFirst(saved);
      for (const line of restoreLines(plan ?? [])) log(line);
      if (saved === undefined) await store.forget();
      else if (saved !== newest) await store.goBackTo(saved);
      return { saved, first };
    } catch (error) {
      if (!(error instanceof StateFileError) || saved === undefined) throw error;
      saved = await fallBack(saved, checkpoints, committers, error.message);
      log(`${error.message} Nothing that was written since is visible; the run goes on from checkpoint ${saved.checkpointId}.`);
    }
  }
}

/** For the log: what a restore changed. */
function restoreLines(plan: readonly NodeRestore[]): string[] {
  return plan.flatMap(({ nodeId, state, how }) => {
    if (state === "dropped") return [`The state of node ${JSON.stringify(nodeId)}, which keeps none any more, was dropped.`];
    if (state === "mapped") return [`The state of node ${JSON.stringify(nodeId)} was mapped: ${how?.en}`];
    return [];
  });
}

function openCommitters(graph: TypedGraph, connections: Connections): ReadonlyMap<string, Committer> {
  const committers = new Map<string, Committer>([[DEAD_LETTERS, letterCommitter(connections.topics)]]);
  for (const node of graph.nodes) {
    if (node.disabled) continue;
    const committer = (nodeTypes.get(node.spec.type) as NodeType).createCommitter?.(node.params, {
      pipelineId: start.pipelineId,
      runId: start.runId,
      nodeId: node.id,
      connection: connections.of(node),
      now: () => Date.now(),
    });
    if (committer) committers.set(node.id, committer);
  }
  return committers;
}

/** Undefined where the version that made the state is the one that starts, or cannot be understood any more. */
async function openEarlier(
  graph: TypedGraph,
  claim: RunClaim,
  refused: (nodeId: string, rows: readonly RefusedRow[]) => Promise<void>,
): Promise<EarlierSinks | undefined> {
  const { earlier } = start;
  if (!earlier) return undefined;
  let before: TypedGraph;
  try {
    before = planOf(earlier, start.limits).graph;
  } catch (error) {
    if (!(error instanceof PermanentFailure)) throw error;
    log(
      `The version that made the last state cannot be run any more, so what its sinks may have left is not looked after: ${error.message}`,
    );
    return undefined;
  }
  const now = { graph, connections: start.connections };
  return openEarlierSinks({ start, claim, nodeTypes, now, earlier: { graph: before, connections: earlier.connections }, refused, log });
}

function withoutNodes<T>(members: Readonly<Record<string, T>>, gone: ReadonlyMap<string, unknown> = new Map()): Record<string, T> {
  return Object.fromEntries(Object.entries(members).filter(([nodeId]) => !gone.has(nodeId)));
}

/** Removes the state files that no kept checkpoint and no savepoint needs. */
class StateFiles {
  private readonly topics: TopicLog;
  private known = "";

  constructor(topics: TopicLog) {
    this.topics = topics;
  }

  /** `record`: the checkpoint that has just been made. */
  async removeUnused(record: CheckpointRecord): Promise<void> {
    const newest = record.states.flatMap(({ parts }) => parts.map(({ file }) => file)).join();
    if (newest === this.known) return;
    this.known = newest;
    const kept = readSavedStates(this.topics, start.pipelineId).flatMap(({ states }) => states);
    await removeUnusedStates(join(start.dataFolder, "runs", start.pipelineId, "state"), start.runId, record.states, kept);
  }
}

/** Sends frames until the returned function is called. */
function tell(rows: () => number): () => void {
  const begunAt = Date.now();
  const tick = () => {
    send({ type: "frame", ...frame() });
    ticker = setTimeout(tick, Date.now() - begunAt < EARLY_MS ? EARLY_FRAME_MS : FRAME_MS);
  };
  send({ type: "frame", ...frame() });
  let ticker = setTimeout(tick, EARLY_FRAME_MS);
  let before = 0;
  const trim = () => {
    const given = rows();
    if (given - before < QUIET_ROWS) trimMemory();
    before = given;
    trimmer = setTimeout(trim, QUIET_MS);
  };
  let trimmer = setTimeout(trim, SETTLED_MS);
  return () => {
    clearTimeout(ticker);
    clearTimeout(trimmer);
  };
}

/** Rows that left nodes. */
function rowsOf(counts: SubtaskView["counts"]): number {
  return Object.values(counts)
    .flatMap(({ out }) => Object.values(out))
    .reduce((sum, total) => sum + total, 0);
}

async function makeSavepoint(request: number): Promise<void> {
  try {
    if (!coordinator) throw new Error("the run has not begun yet");
    const id = await coordinator.savepoint();
    const record = lastRecord;
    if (record?.checkpointId !== id) throw new Error(`savepoint ${id} is not the last checkpoint`);
    send({ type: "savepoint", request, made: savedStateOf(record) });
  } catch (error) {
    send({ type: "savepoint", request, made: failureOf(error, log) });
  }
}

async function finish(end: RunEnd): Promise<void> {
  const last = frame();
  const samples: Record<string, readonly Sample[]> = {};
  for (const ref of lastPorts) samples[ref] = (await samplesOf(ref)).slice(-LAST_SAMPLES);
  send({ type: "ended", end, ...last, samples });
  port?.close();
}
