/** Builds one subtask of a run in this thread: its connections, its task, its sources and sinks, and what it has to show. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Roles, RunClaim, Sink, Source, TopicLog, Words } from "@millrace/engine/node";
import { analyze, parsePortRef, type TypedGraph, type TypedNode, words } from "@millrace/engine/pipeline";
import {
  DEFAULT_TAP,
  type DeadLetter,
  DROPPED,
  type ExchangeBatch,
  type FromSubtask,
  parallelismIn,
  planRun,
  type RunPlan,
  type StateSchema,
  Subtask,
  stateSchemas,
  type TapSample,
  Task,
  writtenSchema,
} from "@millrace/engine/run";
import { nodeTypes } from "@millrace/nodes/registry";
import type { RunLimits } from "../runs/run-host.ts";
import type { CheckpointRecord } from "./checkpoint-record.ts";
import { PermanentFailure } from "./checkpoint-store.ts";
import { DEAD_LETTERS, openLetterSink, openReplays, readReplays } from "./dead-letters.ts";
import { type Moved, movedEntry, movedRecord } from "./moved-nodes.ts";
import { createPauses } from "./pauses.ts";
import type { RunStart, SubtaskView } from "./protocol.ts";
import { openSpillFolder } from "./spill-folder.ts";
import { readStateFile } from "./state-file.ts";
import { StateFileWriter } from "./state-writer.ts";

/** The graph that a run executes, spread over its subtasks: the same in all of its threads. Throws `PermanentFailure` for a document with errors. */
export function planOf(
  start: Pick<RunStart, "document" | "set">,
  limits: Pick<RunLimits, "nodes">,
): {
  readonly graph: TypedGraph;
  readonly plan: RunPlan;
  /** What each node's operator keeps. */
  readonly schemas: Readonly<Record<string, StateSchema>>;
} {
  const specs = new Map([...nodeTypes].map(([type, node]) => [type, node.spec]));
  const { problems, graph } = analyze(start.document, specs, { set: start.set, mostNodes: limits.nodes, runs: true });
  const errors = problems.filter((problem) => problem.severity === "error");
  if (errors.length > 0 || !graph) {
    const all = errors.map(words);
    throw new PermanentFailure({ en: all.map(({ en }) => en).join(" "), zh: all.map(({ zh }) => zh).join(" ") });
  }
  const schemas = stateSchemas(graph, nodeTypes);
  return { graph, plan: planRun(graph, schemas), schemas };
}

export interface SubtaskLinks {
  toCoordinator(message: FromSubtask): void;
  send(batch: ExchangeBatch): void;
  giveCredit(batch: ExchangeBatch): void;
  log(line: string): void;
}

export interface OpenSubtask {
  readonly task: Task;
  readonly subtask: Subtask;
  readonly sources: ReadonlyMap<string, Source>;
  /** What the sources say an empty edge waits for. */
  readonly expects: ReadonlyMap<string, Words>;
  /** Of the sink that is being made ready, before any source is read. */
  waitsFor(): { readonly nodeId: string; readonly words: Words } | undefined;
  view(watched: readonly string[]): SubtaskView;
  samples(port: string): readonly TapSample[];
  /** With all samples that are kept. */
  lastView(ports: readonly string[]): SubtaskView;
  close(): Promise<void>;
}

export async function openSubtask(options: {
  readonly start: RunStart;
  readonly graph: TypedGraph;
  readonly plan: RunPlan;
  readonly subtask: number;
  readonly claim: RunClaim;
  readonly restored: CheckpointRecord | undefined;
  readonly topics: TopicLog;
  readonly connectionOf: (node: TypedNode) => Roles[keyof Roles] | undefined;
  readonly links: SubtaskLinks;
}): Promise<OpenSubtask> {
  const { start, graph, plan, subtask, claim, topics, connectionOf, links } = options;
  const { record: restored, moved } = options.restored ? movedRecord(options.restored, graph) : { record: undefined, moved: NOT_MOVED };
  const now = () => Date.now();
  const { timeZone } = graph.settings;
  const pauses = createPauses();
  const sources = new Map<string, Source>();
  const sinks = new Map<string, Sink>();
  const expects = new Map<string, Words>();
  for (const node of graph.nodes) {
    const parallelism = plan.parallelism.get(node.id) ?? 1;
    if (subtask >= parallelism) continue;
    const type = nodeTypes.get(node.spec.type);
    const shared = { pipelineId: start.pipelineId, nodeId: node.id, connection: connectionOf(node), now, subtask, parallelism, timeZone };
    if (type?.createSource) {
      const source = type.createSource(node.params, {
        ...shared,
        sleep: (ms) => pauses.pause(ms),
        schema: Object.values(node.outputs)[0]?.schema,
      });
      sources.set(node.id, source);
      const expected = source.expects?.();
      if (expected) expects.set(node.id, expected);
    }
    if (type?.createSink && !node.disabled)
      sinks.set(
        node.id,
        type.createSink(node.params, {
          ...shared,
          runId: start.runId,
          claim,
          restored: restored?.prepared[node.id]?.[subtask],
          schema: writtenSchema(node),
        }),
      );
  }
  const letters = await openLetterSink(topics, start.pipelineId, subtask);
  let running: Subtask | undefined;
  const runFolder = join(start.dataFolder, "runs", start.pipelineId);
  const spill = openSpillFolder(join(runFolder, "spill", String(subtask)));
  const task = new Task({
    graph,
    nodeTypes,
    sinks,
    now,
    seed: randomUUID(),
    connectionOf: (nodeId) => {
      const node = graph.nodes.find(({ id }) => id === nodeId);
      return node && connectionOf(node);
    },
    wake: pauses.wake,
    spill: (nodeId) => spill.optionsFor(nodeId, start.limits.stateBytes),
    onDeadLetter: (letter: DeadLetter) => letters.write(letter),
    taps: { ...DEFAULT_TAP, keep: start.limits.samples, keepText: textPerPort(start.limits.sampleBytes, graph, plan) },
    place: {
      plan,
      subtask,
      send: links.send,
      onBarrier: (exchange, from, checkpointId) => running?.onBarrier(exchange, from, checkpointId),
    },
  });
  const stateFolder = join(runFolder, "state");
  try {
    if (restored) restoreInto(task, stateFolder, restored, moved);
  } catch (error) {
    await spill.close();
    throw error;
  }
  const base =
    restored && moved.size === 0 && keepsAll(restored, plan, stateSchemas(graph, nodeTypes)) ? restored.states[subtask] : undefined;
  const { pipelineId, runId } = start;
  const writer = new StateFileWriter({ folder: stateFolder, pipelineId, runId, subtask, base, log: links.log });
  // Replays enter at the first subtask, which sends them where they belong.
  const reader =
    subtask === 0
      ? await openReplays(topics, start.pipelineId, restored?.positions.__replays?.__replays?.offset as number | undefined)
      : undefined;
  running = new Subtask({
    graph,
    plan,
    subtask,
    task,
    sources,
    sinks: new Map([...sinks, [DEAD_LETTERS, letters.sink]]),
    restored,
    goesOn: !writer.nextFull,
    ...(reader && { replays: { reader, read: readReplays } }),
    host: {
      now,
      pause: async (ms) => {
        await pauses.pause(ms);
      },
      wake: pauses.wake,
      toCoordinator: links.toCoordinator,
      giveCredit: links.giveCredit,
      async writeState(checkpointId, full, entries) {
        const { written, nextFull, ...state } = await writer.append(checkpointId, full, entries);
        return { state, bytes: written, nextFull };
      },
    },
  });
  const sent = new Map<string, number>();
  const samples = (port: string, after = -1) => {
    const { node, port: name } = parsePortRef(port);
    return task.tap(node, name)?.since(after) ?? [];
  };
  return {
    task,
    subtask: running,
    sources,
    expects,
    waitsFor() {
      for (const [nodeId, sink] of sinks) {
        const words = sink.waitsFor?.();
        if (words) return { nodeId, words };
      }
      return undefined;
    },
    samples,
    view(watched) {
      const fresh: Record<string, readonly TapSample[]> = {};
      // Who begins to watch gets what is kept.
      for (const port of sent.keys()) if (!watched.includes(port)) sent.delete(port);
      for (const port of watched) {
        const found = samples(port, sent.get(port) ?? -1);
        const last = found.at(-1);
        if (!last) continue;
        sent.set(port, last.seq);
        fresh[port] = found;
      }
      return { counts: task.counts(), lag: running.lag(), splits: running.splits(), samples: fresh };
    },
    lastView: (ports) => ({
      counts: task.counts(),
      lag: running.lag(),
      splits: running.splits(),
      samples: Object.fromEntries(ports.map((port) => [port, samples(port)])),
    }),
    async close() {
      await writer.close();
      await spill.close();
    },
  };
}

/** Whether each subtask has what it had, and nothing else: then its files go on, and are not written anew. */
function keepsAll(restored: CheckpointRecord, plan: RunPlan, schemas: Readonly<Record<string, StateSchema>>): boolean {
  const asStored = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  return isDeepStrictEqual(restored.parallelism, parallelismIn(plan)) && isDeepStrictEqual(asStored(restored.schemas), asStored(schemas));
}

/** All ports whose last samples are kept when a run ends, those of rows that ended at a node among them. */
export function portsOf(graph: TypedGraph): readonly string[] {
  return [...graph.nodes, ...graph.uses].flatMap((node) => [...Object.keys(node.outputs), DROPPED].map((port) => `${node.id}.${port}`));
}

const NOT_MOVED: Moved = new Map();
const BYTES_PER_UNIT = 2;

/** Each port's share of the memory for samples, in UTF-16 units. */
function textPerPort(bytes: number, graph: TypedGraph, plan: RunPlan): number {
  return Math.floor(bytes / BYTES_PER_UNIT / (portsOf(graph).length * plan.subtasks));
}

/** Every subtask reads all files and takes what is its own, so a checkpoint restores at any parallelism. Throws `StateFileError`. */
function restoreInto(task: Task, folder: string, restored: CheckpointRecord, moved: Moved): void {
  const restore = task.beginRestore(restored.states.length, restored.schemas);
  for (const [subtask, pointer] of restored.states.entries())
    for (const entry of readStateFile(folder, pointer, restored.pipelineId)) restore.take(subtask, movedEntry(entry, moved));
  restore.end();
}
