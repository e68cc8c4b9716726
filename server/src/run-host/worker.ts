/**
 * A run's thread: opens the connections, builds the task from the document, goes on from the stored checkpoint if asked, and tells the server's thread four
 * times a second what people want to see. Nothing here is shared with other runs but the stores.
 */
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { Committer, NodeType, Roles, Sink, Source, TopicLog, Words } from "@millrace/engine/node";
import { analyze, parsePortRef, type TypedGraph, type TypedNode, words } from "@millrace/engine/pipeline";
import { type DeadLetter, NodeFailure, Runner, type TapSample, Task } from "@millrace/engine/run";
import { ConnectionError } from "@millrace/nodes/connections";
import { nodeTypes } from "@millrace/nodes/registry";
import type { Sample } from "../api.ts";
import type { RunEnd } from "../runs/run-host.ts";
import { CheckpointStore, PermanentFailure } from "./checkpoint-store.ts";
import { openConnections } from "./connections.ts";
import { createDeadLetterTopics, encodeLetter, openReplays, readReplays } from "./dead-letters.ts";
import { LiveCounts } from "./live-counts.ts";
import type { Frame, FromWorker, RunStart, ToWorker } from "./protocol.ts";
import { trimMemory } from "./trim-memory.ts";

const FRAME_MS = 250;
/** Who has just deployed waits for the first row: for a second its frames come sooner. */
const EARLY_FRAME_MS = 40;
const EARLY_MS = 1_000;
/** By then a run has started; one that has processed so few rows collects no garbage by itself. */
const SETTLED_MS = 5_000;
const QUIET_ROWS = 10_000;
/** Samples of every port that the last frame carries. */
const LAST_SAMPLES = 20;

const port = parentPort;
if (!port) throw new Error("worker.ts runs in a worker thread");
const start = workerData as RunStart;
const send = (message: FromWorker) => port.postMessage(message);

/** Wakes the pause that the loop is in. */
let wake: (() => void) | undefined;

let runner: Runner | undefined;
let stopRequested: { savepoint: boolean } | undefined;
let watched: readonly string[] = [];
let frame: () => Frame = () => ({ nodes: {}, samples: {}, deadLetters: 0 });
let samplesOf: (port: string, after: number) => readonly Sample[] = () => [];
const sent = new Map<string, number>();

port.on("message", (message: ToWorker) => {
  switch (message.type) {
    case "stop":
      stopRequested = { savepoint: message.savepoint };
      runner?.stop(stopRequested);
      wake?.();
      return;
    case "watch":
      for (const added of message.ports) if (!watched.includes(added)) sent.delete(added);
      watched = message.ports;
      return;
    case "samples":
      send({ type: "samples", request: message.request, samples: samplesOf(message.port, -1) });
  }
});

main().then(
  (end) => finish(end),
  (error: unknown) => finish({ state: "failed", failure: failureOf(error) }),
);

async function main(): Promise<RunEnd> {
  const specs = new Map([...nodeTypes].map(([type, node]) => [type, node.spec]));
  const { problems, graph } = analyze(start.document, specs, { set: start.set });
  const errors = problems.filter((problem) => problem.severity === "error");
  if (errors.length > 0 || !graph) {
    const all = errors.map(words);
    throw new PermanentFailure({ en: all.map(({ en }) => en).join(" "), zh: all.map(({ zh }) => zh).join(" ") });
  }
  const connections = await openConnections(start.dataFolder, start.connections);
  try {
    return await execute(graph, connections.topics, (node) => connections.of(node));
  } finally {
    await connections.close();
  }
}

async function execute(
  graph: TypedGraph,
  topics: TopicLog,
  connectionOf: (node: TypedNode) => Roles[keyof Roles] | undefined,
): Promise<RunEnd> {
  const now = () => Date.now();
  const store = new CheckpointStore({
    topics,
    folder: join(start.dataFolder, "runs", start.pipelineId),
    pipelineId: start.pipelineId,
    runId: start.runId,
    version: start.version,
  });
  await store.claim();
  const saved = start.restore ? await store.load() : undefined;
  await createDeadLetterTopics(topics, start.pipelineId);

  const letters: DeadLetter[] = [];
  let letterBytes = 0;
  const sinks = new Map<string, Sink>();
  const committers = new Map<string, Committer>();
  const sources = new Map<string, Source>();
  const expects = new Map<string, Words>();
  for (const node of graph.nodes) {
    const type = nodeTypes.get(node.spec.type) as NodeType;
    const shared = { pipelineId: start.pipelineId, nodeId: node.id, connection: connectionOf(node), now };
    if (type.createSource) {
      const source = type.createSource(node.params, {
        ...shared,
        timeZone: graph.settings.timeZone,
        sleep: pause,
        subtask: 0,
        parallelism: 1,
        schema: Object.values(node.outputs)[0]?.schema,
      });
      sources.set(node.id, source);
      const words = source.expects?.();
      if (words) expects.set(node.id, words);
    }
    if (type.createSink && !node.disabled) {
      sinks.set(
        node.id,
        type.createSink(node.params, {
          ...shared,
          runId: start.runId,
          subtask: 0,
          parallelism: 1,
          restored: saved?.prepared[node.id],
          schema: Object.values(node.inputs)[0]?.schema,
        }),
      );
      const committer = type.createCommitter?.(node.params, { ...shared, runId: start.runId });
      if (committer) committers.set(node.id, committer);
    }
  }
  const task = new Task({
    graph,
    nodeTypes,
    sinks,
    now,
    onDeadLetter: (letter) => {
      letters.push(letter);
      letterBytes += letter.bytes.length + 200;
    },
  });
  if (saved) {
    store.checkSchemas(saved, task.stateSchemas());
    const gone = task.restore(saved.entries);
    for (const id of gone)
      send({ type: "log", line: `The state of node ${JSON.stringify(id)}, which is no longer in the pipeline, was dropped.` });
  }

  const letterWriter = await topics.openTransactionalWriter(`dead-letters/${start.pipelineId}`);
  let lastCheckpoint: Frame["lastCheckpoint"];
  let kept = await store.countDeadLetters();
  if (!saved) await store.forget();
  const reader = await openReplays(topics, start.pipelineId, saved?.replayOffset);
  runner = new Runner({
    graph,
    task,
    sources,
    sinks,
    committers,
    restored: saved && { checkpointId: saved.checkpointId, positions: saved.positions, prepared: saved.prepared },
    replays: { reader, read: readReplays },
    takeDeadLetters: () => ({ letters: letters.splice(0), bytes: letterBytes }),
    pendingDeadLetterBytes: () => letterBytes,
    host: {
      now,
      pause: async (ms) => {
        await pause(ms);
      },
      commit: async (checkpoint, commitWithin) => {
        for (const letter of checkpoint.deadLetters) {
          const value = encodeLetter(letter);
          letterWriter.write(store.deadLetterTopic, {
            value: { bytes: value, start: 0, end: value.length },
            key: null,
            time: letter.at,
            partition: 0,
          });
        }
        const handle = await letterWriter.prepare(checkpoint.id);
        const done = await store.commit(checkpoint, async (via) => {
          await commitWithin(via);
          await topics.commitPrepared([handle], via);
        });
        kept += checkpoint.deadLetters.length;
        letterBytes = 0;
        return done;
      },
      onCheckpoint: (info) => {
        lastCheckpoint = info;
      },
    },
  });

  const live = new LiveCounts(graph, expects);
  samplesOf = (ref, after) => {
    const { node, port: name } = parsePortRef(ref);
    return (task.tap(node, name)?.since(after) ?? []).map(toSample);
  };
  frame = () => {
    const samples: Record<string, readonly Sample[]> = {};
    for (const ref of watched) {
      const fresh = samplesOf(ref, sent.get(ref) ?? -1);
      const last = fresh.at(-1);
      if (!last) continue;
      sent.set(ref, last.seq);
      samples[ref] = fresh;
    }
    return {
      nodes: live.view(now(), task.counts(), runner?.lag() ?? {}),
      samples,
      deadLetters: kept,
      ...(lastCheckpoint ? { lastCheckpoint } : {}),
    };
  };
  const begunAt = now();
  const tick = () => {
    send({ type: "frame", ...frame() });
    ticker = setTimeout(tick, now() - begunAt < EARLY_MS ? EARLY_FRAME_MS : FRAME_MS);
  };
  let ticker = setTimeout(tick, EARLY_FRAME_MS);
  const settled = setTimeout(() => {
    const rows = Object.values(task.counts()).flatMap((counts) => Object.values(counts.out));
    if (rows.reduce((sum, total) => sum + total, 0) < QUIET_ROWS) trimMemory();
  }, SETTLED_MS);
  try {
    send({ type: "frame", ...frame() });
    send({ type: "running" });
    if (stopRequested) runner.stop(stopRequested);
    return { state: await runner.run() };
  } finally {
    clearTimeout(ticker);
    clearTimeout(settled);
    await letterWriter.close();
    await store.close();
  }
}

/** A row of samples as the API shows them. */
function toSample(sample: TapSample): Sample {
  const { changed, ...rest } = sample;
  return { ...rest, ...(changed ? { changed: [...changed] } : {}) };
}

/** Waits on the real clock; returns false when woken early. A pause of 0 lets messages and timers in. */
function pause(ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    if (ms <= 0) {
      setImmediate(() => resolve(true));
      return;
    }
    const timer = setTimeout(() => {
      wake = undefined;
      resolve(true);
    }, ms);
    wake = () => {
      clearTimeout(timer);
      wake = undefined;
      resolve(false);
    };
  });
}

function failureOf(error: unknown): Extract<RunEnd, { state: "failed" }>["failure"] {
  if (error instanceof PermanentFailure) return { message: error.words, permanent: true };
  const cause = error instanceof NodeFailure ? error.cause : error;
  // People get the sentence; who has to mend it needs the place.
  if (cause instanceof Error && cause.stack !== undefined) send({ type: "log", line: cause.stack });
  const text = cause instanceof Error ? cause.message : String(cause);
  const known = cause instanceof PermanentFailure || cause instanceof ConnectionError ? cause.words : undefined;
  return {
    message: known ?? { en: text, zh: text },
    ...(error instanceof NodeFailure ? { nodeId: error.nodeId } : {}),
    ...(cause instanceof PermanentFailure ? { permanent: true } : {}),
  };
}

function finish(end: RunEnd): void {
  const last = frame();
  const samples = Object.fromEntries(
    Object.entries(last.nodes).flatMap(([id, node]) =>
      Object.keys(node.out).map((name) => [`${id}.${name}`, samplesOf(`${id}.${name}`, -1).slice(-LAST_SAMPLES)]),
    ),
  );
  send({ type: "ended", end, ...last, samples });
  port?.close();
}
