/**
 * A run in a process of its own, from a file to a file, whose sink is like one whose outside system does not answer: from the message "stall" on its `prepare` waits, until the message "go on".
 * Tells its parent twenty times a second how many records it has read. Arguments: the folder of the files, the input's name, the output's name.
 */
import type { NodeType, SinkContext } from "@millrace/engine/node";
import { analyze, type PipelineDocument } from "@millrace/engine/pipeline";
import { Coordinator, planRun, Subtask, Task } from "@millrace/engine/run";
import { openConnection } from "@millrace/nodes/connections";
import { nodeTypes } from "@millrace/nodes/registry";

export type ToParent =
  | { readonly type: "read"; readonly records: number; readonly waiting: boolean }
  | { readonly type: "ended"; readonly how: string };

const [folder = "", input = "", output = ""] = process.argv.slice(2);
const document: PipelineDocument = {
  formatVersion: 1,
  name: "Stalled",
  nodes: {
    source: { type: "file-source", name: "Source", params: { path: input, schema: "id BIGINT, pad STRING" } },
    all: { type: "filter", name: "All", params: { when: "id >= 0" } },
    sink: { type: "file-sink", name: "Sink", params: { path: output } },
  },
  edges: [
    { from: "source.out", to: "all.in" },
    { from: "all.out", to: "sink.in" },
  ],
};

let gate = Promise.withResolvers<void>();
gate.resolve();
let waiting = false;
process.on("message", (message) => {
  if (message === "stall") gate = Promise.withResolvers<void>();
  if (message === "go on") gate.resolve();
});

const { graph, problems } = analyze(document, new Map([...nodeTypes].map(([type, { spec }]) => [type, spec])));
if (!graph || problems.length > 0) throw new Error(`the document has problems: ${JSON.stringify(problems)}`);
const connection = await openConnection(
  { kind: "built-in", role: "files", settings: { root: folder } },
  { dataFolder: folder, now: Date.now },
);
const context = (nodeId: string) => ({ pipelineId: "stalled", nodeId, connection, now: Date.now, subtask: 0 });
const nodeOf = (nodeId: string) => {
  const node = graph.nodes.find(({ id }) => id === nodeId);
  if (!node) throw new Error(`the graph has no node ${nodeId}`);
  return { params: node.params, type: nodeTypes.get(node.spec.type) as NodeType, node };
};
const from = nodeOf("source");
const to = nodeOf("sink");
const source = from.type.createSource?.(from.params, {
  ...context("source"),
  timeZone: graph.settings.timeZone,
  sleep: async () => true,
  parallelism: 1,
  schema: from.node.outputs.out?.schema,
});
const fileSink = to.type.createSink?.(to.params, {
  ...context("sink"),
  runId: "stalled",
  parallelism: 1,
  restored: undefined,
  schema: to.node.inputs.in?.schema,
} as SinkContext);
if (!source || !fileSink) throw new Error("a file has no source or no sink");

const sink: typeof fileSink = {
  open: () => fileSink.open?.() ?? Promise.resolve(),
  write: (record) => fileSink.write(record),
  get isFull() {
    return fileSink.isFull;
  },
  async prepare(checkpoint) {
    waiting = true;
    await gate.promise;
    waiting = false;
    return fileSink.prepare(checkpoint);
  },
  abort: () => fileSink.abort(),
  close: () => fileSink.close(),
};

const sinks = new Map([["sink", sink]]);
const sources = new Map([["source", source]]);
const task = new Task({
  graph,
  nodeTypes,
  sinks,
  now: Date.now,
  seed: "",
  onDeadLetter: ({ words }) => {
    throw new Error(words.en);
  },
});
const now = Date.now;
const pause = (ms: number) => new Promise<void>((resolve) => (ms > 0 ? setTimeout(resolve, ms) : setImmediate(resolve)));
const wake = () => undefined;
const coordinator: Coordinator = new Coordinator({
  subtasks: 1,
  checkpointIntervalMs: graph.settings.checkpointIntervalMs,
  committers: new Map(),
  sources,
  restored: undefined,
  last: { checkpointId: 0, rowsOut: {} },
  host: {
    now,
    // It looks at least as often as checkpoints are due; there is nobody to wake it.
    pause: (ms) => pause(Math.min(ms, 10)),
    wake,
    toSubtask: (_subtask, message) => subtask.onMessage(message),
    opens: async () => undefined,
    opened: async () => undefined,
    refused: async () => undefined,
    commit: (_checkpoint, commitWithin) => commitWithin(undefined),
  },
});
const subtask: Subtask = new Subtask({
  graph,
  plan: planRun(graph, {}),
  subtask: 0,
  task,
  sources,
  sinks,
  restored: undefined,
  host: {
    now,
    pause,
    wake,
    toCoordinator: (message) => coordinator.onMessage(message),
    giveCredit: () => undefined,
    writeState: async () => ({ state: undefined, bytes: 0, nextFull: false }),
  },
});
const tell = (message: ToParent) => process.send?.(message);
const ticker = setInterval(() => tell({ type: "read", records: task.counts().source?.out.out ?? 0, waiting }), 50);
const running = subtask.run().catch((error: unknown) => coordinator.fail(error));
const how = await coordinator.run();
await running;
clearInterval(ticker);
tell({ type: "read", records: task.counts().source?.out.out ?? 0, waiting });
tell({ type: "ended", how });
process.disconnect?.();
